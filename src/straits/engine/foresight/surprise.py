"""Closures that nobody expects, as a program: what lies before the day of the news is fixed to the plan under way.

That is all: columns of steps before the day are held at the plan, and cargo that was sent before may strand. Closures touch only
later steps, so they are patches of this program as of any other, and what is proved for the model holds for it: dual bounds,
skipped answers, the worst of all attacks. It is the program that foresight `surprise` solves in its last step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from straits.engine.foresight.news import step_under_way
from straits.engine.foresight.stepwise import ends_of, plan_under_way
from straits.errors import ModelError
from straits.lp.answer import Basis
from straits.model import Model
from straits.model.compiled import Decided

#: What can be known of closures beforehand.
Foresight = Literal["perfect", "surprise"]


class Knowing(NamedTuple):
    """A program, and what is known of closures in it.

    Attributes
    ----------
    model : Model
    foresight : {"perfect", "surprise"}
    told : list of str
        What was asked for and makes no difference.
    """

    model: Model
    foresight: Foresight
    told: list[str]


def knowing(
    model: Model, foresight: Foresight | None, day: dt.date, *, acts: bool, starts: Sequence[Basis] = ()
) -> Knowing:
    """Give the program on which closures that begin on a day are answered.

    Parameters
    ----------
    model : Model
        With what is known from the start.
    foresight : {"perfect", "surprise"} or None
        None is the rule of scenarios: acts of an actor are a surprise, where anything was decided before them.
    day : date
    acts : bool
        Whether a named actor closes, instead of something that fails.
    starts : sequence of Basis
        As `surprised` takes them.

    Raises
    ------
    ModelError
        If the foresight is none of these.
    """
    if foresight not in (None, "perfect", "surprise"):
        raise ModelError(
            f"foresight={foresight!r}: expected 'perfect' (closures are known from the start) or 'surprise' (they become known "
            "on the first day of the window)"
        )
    if foresight == "perfect" or (foresight is None and not acts):
        return Knowing(model, "perfect", [])
    made = surprised(model, day, starts)
    if made.decided is not None:
        return Knowing(made, "surprise", [])
    told = [
        f"foresight surprise: {day} lies in the first step, before which nothing was decided, so the answer is that of foresight "
        "perfect"
    ]
    return Knowing(model, "perfect", [] if foresight is None else told)


def surprised(model: Model, day: dt.date, starts: Sequence[Basis] = ()) -> Model:
    """Give the program of a model from a day on, with what comes before as it was planned without any closure.

    Parameters
    ----------
    model : Model
        With what is known from the start: its own effects.
    day : date
        On which closures become known, all of them with their ends.
    starts : sequence of Basis
        Of the plan under way in a like model, to find that of this one from.

    Returns
    -------
    Model
        The same one where the day lies in the first step: nothing was decided before.

    Raises
    ------
    InfeasibleError, SolveError
        As `straits.solve`, of the model as it is.
    """
    first = step_under_way(model, day)
    if first == 0:
        return model
    plan, f = plan_under_way(model, starts=starts), model.formulation
    columns, rows = (end < first for end in ends_of(model))
    b = model.bounds.copy()
    b.column_upper[f.stranded.slice] = f.committed(plan.x, first).ravel()
    b.column_lower[columns] = b.column_upper[columns] = plan.x[columns]
    # Rows of the past hold columns of the past alone: they hold but for rounding.
    b.row_lower[rows], b.row_upper[rows] = -np.inf, np.inf
    dual, reduced = plan.dual, plan.reduced_cost
    if model.reference_dual is not None:
        dual, reduced = model.reference_dual, model.cost - model.matrix.T @ model.reference_dual
    past = Decided(day, first, columns, rows, plan.x, reduced, dual, plan.bases)
    return replace(model, bounds=b, decided=past)
