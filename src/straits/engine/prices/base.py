"""Prices of what failures are counted from: those that `straits.stress` tells of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from straits.case.schema.settings import Scenario
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.solve import alike, solve_fitted
from straits.engine.steps import Fitted, fitted
from straits.errors import SolveError
from straits.lp.optimal_set import is_optimum
from straits.model import Model, Solution


def with_reference_dual(model: Model, fit: Fitted, scenario: Scenario | None, tariffs: str | None) -> Model:
    """Give a model the prices that variants of it are to be nearest to.

    Parameters
    ----------
    model : Model
        Of the fitted case and the scenario.
    fit : Fitted
    scenario : Scenario or None
        What acts besides what fails.
    tariffs : {"paid", "internal"} or None

    Returns
    -------
    Model
        With duals where its own optimum is not all that decides them: in steps that were cut they are the nearest to those in the
        steps of the case, and under a scenario the nearest to those of the baseline, as those of `straits.stress` are. The model
        itself in all other cases, and where these duals are not found.
    """
    if not fit.refine and scenario is None:
        return model
    try:
        found = solve_fitted(fitted(fit.asked), None, tariffs=tariffs)
        if fit.refine:
            found = with_nearest_prices(solve_fitted(fit, None, tariffs=tariffs, near=found), found)
        if scenario is not None:
            after = solve_fitted(fit, scenario, foresight="perfect", tariffs=tariffs, near=found)
            found = with_nearest_prices(after, found)
    except SolveError:
        # What is asked for has an answer all the same, or its own reason for having none.
        return model
    return replace(model, reference_dual=found.dual) if alike(found.model, model) else model


def reference_dual(model: Model) -> np.ndarray | None:
    """Give the duals (rows,) that a model is known to have before anything is changed, if they are known."""
    past = model.decided
    if past is None:
        return model.reference_dual
    # Rows of the past are free: their prices are those of the plan, whatever happens.
    return np.where(past.rows, 0.0, past.dual)


def at_reference_prices(before: Solution) -> Solution:
    """Give a solution of a model before anything is changed the duals that it is known to have, if they support its plan."""
    model, dual = before.model, reference_dual(before.model)
    if dual is None or not is_optimum(model, before.x, dual):
        return before
    prices = model.prices(dual, model.cost - model.matrix.T @ dual)
    return replace(before, dual=prices[0], reduced_cost=prices[1])
