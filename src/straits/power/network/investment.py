"""Options that a coalition may build: a column for each, which adds to bounds of the model at an annuity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from straits.case import units
from straits.lp.states.part import Switch
from straits.model import Bounds, Model, compile_case
from straits.power.games.game import Array, GameError

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.records import Option
    from straits.case.schema.settings import Scenario


@dataclass(frozen=True)
class Built:
    """An option as a part of the model.

    Attributes
    ----------
    switch : Switch
        Forbids it.
    lifted : ndarray of int
        Columns and rows (offset by the number of columns) of the case's own model in which nothing moves when the asset is
        closed, and which the option lifts. A new route has no room in them but by the option.
    """

    switch: Switch
    lifted: NDArray[np.int64]


def annuity(option: Option, currency: str, discount_rate: float, days: float) -> float:
    """Return what an option costs over `days` days, thousand currency: the annuity of its capital cost.

    Raises
    ------
    GameError
        The option has no capital cost or no life.
    """
    for column in ("capital_cost", "life_years"):
        if getattr(option, column) is None:
            raise GameError(
                f"table options, row {option.id}, column {column}: blank, but what it costs to build must be known; "
                "fill it in or leave the option out"
            )
    assert option.capital_cost is not None and option.life_years is not None
    if option.capital_cost_unit is None:
        raise GameError(
            f"table options, row {option.id}, column capital_cost_unit: blank, expected a unit of money"
        )
    capital = units.money(option.capital_cost, option.capital_cost_unit, currency)
    years = option.life_years
    rate = 1.0 / years if discount_rate == 0 else discount_rate / (1.0 - (1.0 + discount_rate) ** -years)
    return capital * rate * days / 365.0


def with_options(
    case: Case, scenario: Scenario | str | None, options: Sequence[str], discount_rate: float
) -> tuple[Model, dict[str, Built]]:
    """Compile a case in which each option can be built in any part from none to all.

    Each option gets a column z from 0 to 1. What it adds to the bound of a row or column becomes a
    coefficient of z; for a column the bound moves into a new row.

    Parameters
    ----------
    case, scenario
        As in `compile_case`; tariffs are internal.
    options : sequence of str
        Ids of options.
    discount_rate : float
        Yearly, not negative.

    Returns
    -------
    Model
        The model with columns and rows added behind those of the formulation.
    dict of str to Built
        For each option.
    """
    if not discount_rate >= 0:
        raise GameError(f"discount_rate: must not be negative, found {discount_rate}")
    base = compile_case(case, scenario, tariffs="internal")
    table = case.rows("options")
    for option in options:
        if option not in table:
            from straits.errors import did_you_mean

            raise GameError(f"options: {option!r} is not in table options{did_you_mean(option, table)}")
    if not options:
        return base, {}
    days = float(base.network.steps.days.sum())
    columns, rows = len(base.cost), base.matrix.shape[0]
    old = base.bounds
    column_upper = old.column_upper.copy()
    coefficients: list[tuple[int, int, float]] = []  # row, option, coefficient
    limits: dict[int, int] = {}  # column whose bound moved into a new row -> that row
    cost, lifted = [], []
    flowing = _flowing(base)
    for k, option in enumerate(options):
        cost.append(annuity(table[option], case.settings.currency, discount_rate, days))
        adds_columns, adds_rows = _added(case, scenario, base, option)
        for row, amount in adds_rows:
            coefficients.append((row, k, -amount))
        for column, amount in adds_columns:
            limits.setdefault(column, rows + len(limits))
            column_upper[column] += amount
            coefficients.append((limits[column], k, -amount))
        grown = [c for c, _ in adds_columns] + [columns + row for row, _ in adds_rows]
        lifted.append(np.array([entry for entry in grown if flowing[entry]], dtype=np.int64))
    moved = np.array(list(limits), dtype=int)
    bound = sparse.csc_matrix(
        (np.ones(len(moved)), (np.arange(len(moved)), moved)), shape=(len(moved), columns)
    )
    at, which, values = (np.array(v) for v in zip(*coefficients, strict=True))
    building = sparse.csc_matrix(
        (values.astype(float), (at.astype(int), which.astype(int))), shape=(rows + len(moved), len(options))
    )
    matrix = sparse.hstack([sparse.vstack([base.matrix, bound]), building], format="csc")
    none, one = np.zeros(len(options)), np.ones(len(options))
    bounds = Bounds(
        np.concatenate([old.column_lower, none]),
        np.concatenate([column_upper, one]),
        np.concatenate([old.row_lower, np.full(len(moved), -np.inf)]),
        np.concatenate([old.row_upper, old.column_upper[moved]]),
    )
    model = replace(base, matrix=matrix, cost=np.concatenate([base.cost, cost]), bounds=bounds)
    built = {
        option: Built(Switch(np.array([columns + k]), none[:1], one[:1], none[:1], none[:1]), lifted[k])
        for k, option in enumerate(options)
    }
    return model, built


def _flowing(model: Model) -> NDArray[np.bool_]:
    """Return which columns and rows limit what moves, so that they are zero where an asset is closed."""
    f, found = model.formulation, np.zeros(sum(model.matrix.shape), dtype=bool)
    columns = model.matrix.shape[1]
    for block, offset in ((f.supply, 0), (f.flow, 0), (f.capacity, columns), (f.fleet_days, columns)):
        found[offset + block.slice.start : offset + block.slice.stop] = True
    return found


def _added(
    case: Case, scenario: Scenario | str | None, base: Model, option: str
) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """Find what an option adds to upper bounds of columns and rows, by compiling the case with it."""
    built = compile_case(case, _switched_on(case, scenario, option), tariffs="internal")
    if built.matrix.shape != base.matrix.shape:
        raise GameError(f"option {option} changes more than capacities, so that it cannot be built in part")
    f, result = base.formulation, []
    # Only bounds that are capacities: a steady state that differs moves others too.
    for with_it, without, blocks in (
        (built.bounds.column_upper, base.bounds.column_upper, (f.supply, f.flow)),
        (
            built.bounds.row_upper,
            base.bounds.row_upper,
            (f.capacity, f.fleet_days, f.ramp_up, f.level, f.rate),
        ),
    ):
        capacity = np.zeros(len(with_it), dtype=bool)
        for block in blocks:
            capacity[block.slice] = True
        changed = np.flatnonzero(capacity & (with_it != without))
        difference: Array = with_it[changed] - without[changed]
        if not np.isfinite(difference).all():
            raise GameError(f"option {option}: what it adds has no limit")
        result.append([(int(i), float(d)) for i, d in zip(changed, difference, strict=True)])
    if not result[0] and not result[1]:
        raise GameError(f"option {option} adds nothing to its asset {case.rows('options')[option].asset}")
    return result[0], result[1]


def _switched_on(case: Case, scenario: Scenario | str | None, option: str) -> Scenario:
    from straits.case.schema.settings import Scenario
    from straits.model import find_scenario

    found = find_scenario(case, scenario)
    if found is None:
        return Scenario(id=f"with-{option}", title=option, options=(option,))
    return found.model_copy(update={"options": (*found.options, option)})


__all__ = ["annuity", "with_options"]
