"""Which of many equally good plans is carried out: one rule, so that what a surprise costs does not hang on chance.

A linear program often has many optima, and the solver ends with any of them. Until something happens all are worth the same;
when news comes they are not: full tanks, cargo on its way and what was delivered already are lost or saved. So the plan is chosen
by a rule, one wish after another (lexicographic optima: Isermann 1982, *OR Spektrum* 4(4)):

1. while something is the matter, fields run on as was planned, as long as there is room: none is cut for a stop that may end
   any day;
2. nothing that is on its way is let go, no more than at rest is under way when the axis ends, and as little as possible is held
   in store, in unit-days: nobody throws away, heaps up at the end, or holds, what he gains nothing by;
3. fields produce as much, and as early, as they can; what that leaves open is decided by the names of the rows of the case.

The names have weights that are all different, so that the plan is the only one but for rounding, whatever basis the solver
started from and in whatever order the rows stand. News that makes the plan under way no worse leaves it as it is: of the first
wish it has all, and by the others it was chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.lp.answer import Basis
from straits.lp.chosen import Planned, Wish, chosen_plan
from straits.model import Solution
from straits.model.circles import can_go_round, circles

if TYPE_CHECKING:
    from straits.lp import Answer, Bounds
    from straits.model import Model
    from straits.model.formulation import Formulation

#: What the name of a column weighs at most, in steps of delay: ways of ten links differ by less than half a step.
_BY_NAME = 0.05


def wish(model: Model, planned: np.ndarray | None = None) -> Wish:
    """Give what is wished of the plan that is chosen.

    Parameters
    ----------
    model : Model
    planned : ndarray, shape (columns,), optional
        The plan that was carried out when something became the matter.

    Notes
    -----
    One program instead of several, one after another: a unit that is held a day less, or made one step earlier, weighs as much as
    it could gain by the wishes after, for as long as the axis is.
    """
    f, n = model.formulation, model.network
    held = (1.0 + n.T) * n.steps.days
    most = 1.0 + float(held.sum())
    weights = _BY_NAME * (1.0 + f.columns.drawn()) / 2.0
    weights[f.stock.slice] += np.tile(held, f.stock.count)
    weights[f.stranded.slice] += most
    earlier = np.tile(n.T - np.arange(n.T, dtype=float), f.supply.count)
    weights[f.supply.slice] -= earlier
    columns, usual, late = _late(f)
    parts = [(columns, -np.ones(len(columns)), -usual, most * late)]
    if planned is not None:
        supply = np.arange(f.supply.slice.start, f.supply.slice.stop)
        parts.append((supply, np.ones(len(supply)), planned[supply], most * earlier))
    joined = Planned(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    return Wish(weights, joined if len(joined.columns) else None)


def _late(f: Formulation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give columns of which a part arrives after the end, how much enters them at rest, and that part.

    A supply that costs what its cargo is worth after the end could send any amount of it, and would, as it produces all it can.
    """
    n = f.network
    late = np.array([f.transit[days].beyond for days in n.link_transit[n.pair_link]]).reshape(-1, n.T)
    pair, step = np.nonzero(late > 0)
    rest = np.zeros(len(late)) if f.boundary is None else f.boundary.flow
    return f.flow.at(pair, step), rest[pair] * n.steps.days[step], late[pair, step]


def wish_after(model: Model) -> Wish:
    """Give what is wished of plans of a model, some of which may have been decided before news came."""
    return wish(model, None if model.decided is None else model.decided.x)


def settled(
    model: Model, bounds: Bounds, answer: Answer, wished: Wish, start: Basis
) -> tuple[np.ndarray, Basis]:
    """Give the plan that is chosen of all that are as good as an optimal one.

    Parameters
    ----------
    model : Model
    bounds : Bounds
        Of the program.
    answer : Answer
        An optimum.
    wished : Wish
        See `wish`.
    start : Basis
        From which it is looked for; see `straits.lp.chosen.chosen_plan`.

    Returns
    -------
    ndarray, shape (columns,)
        The plan; that of the optimum where the wish has no end, or could be had only by sending cargo round.
    Basis
        Where it stands.
    """
    x, basis = chosen_plan(model.matrix, bounds, answer, wished, start)
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
    x, basis = settled(model, model.bounds, answer, wish_after(model), start)
    prices = model.prices(answer.dual, answer.reduced_cost)
    return Solution(model, x, *prices, answer.status, basis=of_model(model, basis)), basis


def of_model(model: Model, basis: Basis) -> Basis:
    """Give what a basis says of the columns and rows of a model: what is more or less than wished has some of its own behind."""
    rows, columns = model.matrix.shape
    return Basis.later(lambda: (basis.columns[:columns], basis.rows[:rows]))


def goes_round(f: Formulation, x: np.ndarray, other: np.ndarray) -> bool:
    """Say whether more cargo goes round in a plan than in another."""
    found = circles(f, x) if can_go_round(f) else []
    return bool(found) and len(found) > len(circles(f, other))
