"""Which of many equally good plans is under way: one rule, so that what a surprise costs does not hang on chance.

A linear program often has many optima, and the solver ends with any of them. Until something happens all are worth the same;
when news comes they are not: full tanks, cargo on its way and what was delivered already are lost or saved. So the plan under
way is chosen by a rule, one wish after another (lexicographic optima: Isermann 1982, *OR Spektrum* 4(4)):

1. while something is the matter, fields run on as long as there is room: none is cut for a stop that may end any day;
2. as little as possible is held in store, in unit-days: nobody holds what he gains nothing by;
3. fields produce as much, and as early, as they can; what that leaves open is decided by the names of the rows of the case.

The names have weights that are all different, so that the plan is the only one but for rounding, whatever basis the solver
started from and in whatever order the rows stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.lp.chosen import chosen_plan
from straits.model import Solution
from straits.model.circles import can_go_round, circles

if TYPE_CHECKING:
    from straits.lp import Answer, Bounds
    from straits.lp.answer import Basis
    from straits.model import Model
    from straits.model.formulation import Formulation

#: What the name of a column weighs at most, in steps of delay: ways of ten links differ by less than half a step.
_BY_NAME = 0.05


def wish(model: Model, *, run_on: bool) -> np.ndarray:
    """Give the weights of columns whose sum is least for the plan that is chosen.

    Parameters
    ----------
    model : Model
    run_on : bool
        Whether something is the matter.

    Notes
    -----
    One program instead of three, one after another: a unit that is made one step earlier weighs as much as it could gain by the
    wish after, for as long as the axis is. Weights stay within 1e7 of each other, far from the solver's tolerance.
    """
    f, n = model.formulation, model.network
    held, made = (1.0, 1.0 + float(n.steps.days.sum())) if run_on else (1.0 + n.T, 1.0)
    weights = _BY_NAME * (1.0 + f.columns.drawn()) / 2.0
    weights[f.stock.slice] += held * np.tile(n.steps.days, f.stock.count)
    weights[f.supply.slice] += made * np.tile(np.arange(n.T) - n.T, f.supply.count)
    return weights


def settled(
    model: Model, bounds: Bounds, answer: Answer, wanted: np.ndarray, start: Basis
) -> tuple[np.ndarray, Basis]:
    """Give the plan that is chosen of all that are as good as an optimal one.

    Parameters
    ----------
    model : Model
    bounds : Bounds
        Of the program.
    answer : Answer
        An optimum.
    wanted : ndarray, shape (columns,)
        Weights whose sum is to be least; see `wish`.
    start : Basis
        From which it is looked for.

    Returns
    -------
    ndarray, shape (columns,)
        The plan; that of the optimum where the wish has no end, or could be had only by sending cargo round.
    Basis
        Where it stands.
    """
    x, basis = chosen_plan(model.matrix, bounds, answer, wanted, start)
    return (answer.x, start) if goes_round(model.formulation, x, answer.x) else (x, basis)


def settled_solution(model: Model, answer: Answer, start: Basis) -> tuple[Solution, Basis]:
    """Give an optimum as a solution, with the plan that is chosen of all that are as good.

    Parameters
    ----------
    model : Model
        With the bounds that were solved under.
    answer : Answer
        Optimal, with its vectors.
    start : Basis
        From which the plan is looked for.

    Returns
    -------
    Solution
    Basis
        Where the plan stands.
    """
    wanted = wish(model, run_on=model.decided is not None)
    x, basis = settled(model, model.bounds, answer, wanted, start)
    return Solution(model, x, *model.prices(answer.dual, answer.reduced_cost), answer.status), basis


def goes_round(f: Formulation, x: np.ndarray, other: np.ndarray) -> bool:
    """Say whether more cargo goes round in a plan than in another."""
    found = circles(f, x) if can_go_round(f) else []
    return bool(found) and len(found) > len(circles(f, other))
