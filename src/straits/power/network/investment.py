"""Options that a coalition may build: a column for each, which adds to bounds of the model at an annuity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from straits.case.built import apart
from straits.case.units import NO_RATES, Rates
from straits.errors import ModelError
from straits.lp.states.part import Switch
from straits.model import Bounds, Model, compile_case
from straits.model.options import Options, yearly_cost
from straits.power.games.game import GameError

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


def annuity(
    option: Option, currency: str, discount_rate: float, days: float, rates: Rates = NO_RATES
) -> float:
    """Return what an option costs over `days` days, thousand currency: annuities of its capital, and what it costs to keep.

    Raises
    ------
    GameError
        The option has no capital cost or no life.
    """
    try:
        return 1000.0 * yearly_cost(option, currency, discount_rate, rates).total * days / 365.0
    except ModelError as error:
        raise GameError(str(error)) from error


def with_options(
    case: Case, scenario: Scenario | str | None, options: Sequence[str], discount_rate: float
) -> tuple[Model, dict[str, Built]]:
    """Compile a case in which each option can be built in any part from none to all.

    Each option gets a column z from 0 to 1. What it adds to the bound of a row or column becomes a
    coefficient of z; for a column the bound moves into a new row. No more of an option is built than of what it requires, and of
    two that exclude each other no more than one in all.

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
    if not options:
        return base, {}
    try:
        chosen = Options(base, options)
    except ModelError as error:
        raise GameError(str(error)) from error
    table = case.rows("options")
    days = float(base.network.steps.days.sum())
    columns, rows = len(base.cost), base.matrix.shape[0]
    old = base.bounds
    moved, lifts, every = chosen.lifts()
    limits = {column: rows + i for i, column in enumerate(moved.tolist())}
    number = {key: k for k, key in enumerate(options)}
    money = case.settings
    cost = [annuity(table[option], money.currency, discount_rate, days, money.rates) for option in options]
    flowing = _flowing(base)
    coefficients: list[tuple[int, int, float]] = []  # row, option, coefficient
    lifted: list[list[int]] = [[] for _ in options]
    for working, is_column, at, amount in lifts:
        k = number[chosen.working[working]]
        coefficients.append((limits[at] if is_column else at, k, -amount))
        entry = at if is_column else columns + at
        if flowing[entry]:
            lifted[k].append(entry)
    bound = sparse.csc_matrix(
        (np.ones(len(moved)), (np.arange(len(moved)), moved)), shape=(len(moved), columns)
    )
    where, which, values = (
        (np.array(v) for v in zip(*coefficients, strict=True)) if coefficients else (np.empty(0),) * 3
    )
    building = sparse.csc_matrix(
        (values.astype(float), (where.astype(int), which.astype(int))),
        shape=(rows + len(moved), len(options)),
    )
    together, most = _together(case, base.scenario.options if base.scenario else (), number)
    matrix = sparse.hstack([sparse.vstack([base.matrix, bound]), building], format="csc")
    matrix = sparse.vstack(
        [matrix, sparse.hstack([sparse.csc_matrix((len(most), columns)), together])], format="csc"
    )
    none, one = np.zeros(len(options)), np.ones(len(options))
    bounds = Bounds(
        np.concatenate([old.column_lower, none]),
        np.concatenate([np.maximum(every.column_upper, old.column_upper), one]),
        np.concatenate([old.row_lower, np.full(len(moved) + len(most), -np.inf)]),
        np.concatenate([old.row_upper, old.column_upper[moved], most]),
    )
    model = replace(base, matrix=matrix, cost=np.concatenate([base.cost, cost]), bounds=bounds)
    built = {
        option: Built(
            Switch(np.array([columns + k]), none[:1], one[:1], none[:1], none[:1]),
            np.array(sorted(lifted[k]), dtype=np.int64),
        )
        for k, option in enumerate(options)
    }
    return model, built


def _together(
    case: Case, built: Sequence[str], number: Mapping[str, int]
) -> tuple[sparse.csc_matrix, NDArray[np.float64]]:
    """Return rows over the parts of options that are built, each at most a number: what they require and exclude.

    Raises
    ------
    GameError
        One requires what can not be built, or excludes what is built already.
    """
    table, rows, most = case.rows("options"), list[dict[int, float]](), list[float]()
    for key, k in number.items():
        for other in table[key].requires:
            if other in number:
                rows.append({k: 1.0, number[other]: -1.0})
                most.append(0.0)
            elif other not in built:
                raise GameError(
                    f"options: {key!r} requires {other!r}, which is not among them; add it, or leave {key!r} out"
                )
        for other in table:
            if apart(table, key, other) and other in built:
                raise GameError(
                    f"options: {key!r} and {other!r}, which the scenario has, exclude each other; leave {key!r} out"
                )
            if apart(table, key, other) and number.get(other, -1) > k:
                rows.append({k: 1.0, number[other]: 1.0})
                most.append(1.0)
    found = sparse.lil_matrix((len(rows), len(number)))
    for i, row in enumerate(rows):
        for k, value in row.items():
            found[i, k] = value
    return found.tocsc(), np.array(most)


def _flowing(model: Model) -> NDArray[np.bool_]:
    """Return which columns and rows limit what moves, so that they are zero where an asset is closed."""
    f, found = model.formulation, np.zeros(sum(model.matrix.shape), dtype=bool)
    columns = model.matrix.shape[1]
    for block, offset in ((f.supply, 0), (f.flow, 0), (f.capacity, columns), (f.fleet_days, columns)):
        found[offset + block.slice.start : offset + block.slice.stop] = True
    return found


__all__ = ["annuity", "with_options"]
