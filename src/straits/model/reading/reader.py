"""Conversions of one case on one time axis: rates, amounts, prices and payments in the units of the model."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case import units
from straits.case.conversion import origin_made
from straits.case.files.cells import parse_cell
from straits.case.schema.tables import TABLES, columns
from straits.case.timeaxis import Steps, by_day, growth_by_day
from straits.errors import ModelError
from straits.model.network import UNTRACKED, Cargo

if TYPE_CHECKING:
    from straits.case.case import Case


class Reader:
    """Conversions of one case on one time axis.

    Parameters
    ----------
    case : Case
    steps : Steps
    options : sequence of str
        Options that are switched on; they add to the capacity of their assets.
    around : bool
        Whether profiles hold on the same days of other years where they say nothing.
    """

    def __init__(
        self, case: Case, steps: Steps, options: Sequence[str] = (), *, around: bool = False
    ) -> None:
        self.case = case
        self.steps = steps
        self._sorted: dict[str, dict[str, Any]] = {}
        self.commodities = self.rows("commodities")
        self.currency, self.rates = case.settings.currency, case.settings.rates
        start = case.settings.time.start
        dates = [start + dt.timedelta(days=int(d)) for d in range(int(steps.edges[-1]))]
        leap = np.array(
            [d.year % 4 == 0 and (d.year % 100 != 0 or d.year % 400 == 0) for d in dates], dtype=float
        )
        #: Days of each step that fall into leap years; a yearly rate is spread over 366 days there.
        self.leap_days = np.add.reduceat(leap, steps.edges[:-1].astype(int))
        self.options = self._options(options)
        #: Lot of each supply, where supplies of one cargo pay other duties; see `straits.model.reading.duties`.
        self.lots: dict[str, str] = {}
        self._around = around
        self._known_shares: dict[str, np.ndarray] = {}
        #: Other values for a time, by kind of row, id and column, in the unit of the cell.
        self._dated: dict[tuple[type, str, str], list[tuple[Any, Any, float]]] = defaultdict(list)
        for change in case.dated:
            value: Any = parse_cell(columns(change.table)[change.column], change.value)
            key = TABLES[change.table], change.row, change.column
            self._dated[key].append((change.start, change.end, value))

    def rows(self, table: str) -> dict[str, Any]:
        """Give the rows of a table by id, in the order of ids."""
        if table not in self._sorted:
            self._sorted[table] = dict(sorted(self.case.rows(table).items()))
        return self._sorted[table]

    def fiscal_of(self, asset: str) -> list[Any]:
        """Give the fiscal rows that stand on an asset, in the order of their ids."""
        return self._fiscal.get(asset, [])

    @cached_property
    def _fiscal(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows("fiscal").values():
            found[row.asset].append(row)
        return found

    def _options(self, chosen: Sequence[str]) -> dict[str, list[Any]]:
        table = self.case.rows("options")
        if unknown := set(chosen) - set(table):
            raise ModelError(f"options {sorted(unknown)} are not in table options; it has {sorted(table)}")
        by_asset: dict[str, list[Any]] = defaultdict(list)
        for key in sorted(chosen):
            by_asset[table[key].asset].append(table[key])
        return by_asset

    def rate(
        self, value: float, unit: str | None, commodity: str, bbl_per_t: float | None = None
    ) -> np.ndarray:
        """Turn a rate into units per step, shape (T,); infinite stays infinite."""
        days = self.steps.days
        if np.isinf(value):
            return np.full(len(days), np.inf)
        if unit is None:
            if value == 0:
                return np.zeros(len(days))
            raise ModelError(f"a rate of {value} of {commodity} has no unit")
        if unit.endswith("/step"):
            kept = self.commodities[commodity]
            amount = units.amount(value, unit.removesuffix("/step"), kept, bbl_per_t=bbl_per_t)
            return amount * self.steps.part_of_calendar
        common, leap = (
            units.amount_per_day(value, unit, self.commodities[commodity], year_days=n, bbl_per_t=bbl_per_t)
            for n in (365.0, 366.0)
        )
        return common * (days - self.leap_days) + leap * self.leap_days

    def over_time(
        self, row: Any, column: str, read: Callable[[float, str | None], float | np.ndarray]
    ) -> np.ndarray:
        """Give a number of a row in each step, shape (T,): the mean over its days of what its profile says.

        Parameters
        ----------
        row : Row
        column : str
            Column of the number; `<column>_profile` may name a profile.
        read : callable
            Turns a value and its unit into units of the model, one number or one for each step.
        """
        steps = len(self.steps.days)
        cell, unit = getattr(row, column), getattr(row, f"{column}_unit")
        name: str = getattr(row, f"{column}_profile", None) or ""
        rows = self.case.profiles[name] if name else ()
        if not rows:
            found = np.broadcast_to(read(cell, unit), (steps,))
        elif rows[0].value_unit is None:
            factor = np.array([r.value for r in rows]) @ self._shares(name)
            found = np.broadcast_to(read(cell, unit), (steps,)) * factor
        else:
            values = np.array([np.broadcast_to(read(r.value, r.value_unit), (steps,)) for r in rows])
            found = (values * self._shares(name)).sum(axis=0)
        for start, end, value in self._dated.get((type(row), row.id, column), ()):
            share = self.steps.overlap(start, end)
            then = np.broadcast_to(read(value, unit), (steps,))
            # A part of what is unlimited is unlimited: nothing but whole steps tells it apart.
            found = np.where(
                share == 0, found, np.where(share == 1, then, found * (1 - share) + then * share)
            )
        return found

    def _shares(self, profile: str) -> np.ndarray:
        """Give the part of each step in which each row of a profile holds, times what it has grown to then, shape (rows, T)."""
        if profile not in self._known_shares:
            rows, times = self.case.profiles[profile], (self.steps.start, self.steps.end)
            holds, _ = by_day(rows, *times, around=self._around)
            first = self.steps.edges[:-1].astype(int)
            held = (holds[None, :] == np.arange(len(rows))[:, None]).astype(float)
            if any(row.growth for row in rows):
                held *= np.array([growth_by_day(row, *times) for row in rows])
            self._known_shares[profile] = np.add.reduceat(held, first, axis=1) / self.steps.days
        return self._known_shares[profile]

    def rate_of(self, row: Any, column: str, commodity: str, bbl_per_t: float | None = None) -> np.ndarray:
        """Give a rate of a row in units per step, shape (T,), with its profile."""
        return self.over_time(row, column, lambda value, unit: self.rate(value, unit, commodity, bbl_per_t))

    def price_of(self, row: Any, column: str, commodity: str, bbl_per_t: float | None = None) -> np.ndarray:
        """Give a price of a row in thousand currency per canonical unit, shape (T,), with its profile."""
        return self.over_time(row, column, lambda value, unit: self.price(value, unit, commodity, bbl_per_t))

    def capacity(self, row: Any, commodity: str) -> np.ndarray:
        """Capacity of a link, process or supply in units per step, with what the chosen options add."""
        total = self.rate_of(row, "capacity", commodity)
        for option in self.options.get(row.id, ()):
            total = total + self.rate(option.adds, option.adds_unit, commodity)
        if row.id in self.case.rows("converts"):
            works = self.steps.overlap(row.start, row.end)
            return np.where(works > 0, total, 0.0) * np.where(np.isinf(total), 1.0, works)
        return total

    def agreed(self, contract: Any, commodity: str) -> np.ndarray:
        """Agreed amount of a contract in units per step, with what the chosen options add."""
        total = self.rate(contract.amount, contract.amount_unit, commodity)
        for option in self.options.get(contract.id, ()):
            total = total + self.rate(option.adds, option.adds_unit, commodity)
        return total

    def amount(self, value: float, unit: str | None, commodity: str) -> float:
        """Turn an amount into canonical units; infinite and zero need no unit."""
        if np.isinf(value) or (value == 0 and unit is None):
            return value
        if unit is None:
            raise ModelError(f"an amount of {value} of {commodity} has no unit")
        return units.amount(value, unit, self.commodities[commodity])

    def price(
        self, value: float | None, unit: str | None, commodity: str, bbl_per_t: float | None = None
    ) -> float:
        """Turn a price into thousand currency per canonical unit; None becomes nan, zero needs no unit."""
        if value is None:
            return float("nan")
        if value == 0:
            return 0.0
        if unit is None:
            raise ModelError(f"a price of {value} for {commodity} has no unit")
        return units.price(
            value,
            unit,
            self.commodities[commodity],
            currency=self.currency,
            bbl_per_t=bbl_per_t,
            rates=self.rates,
        )

    def payment(self, value: float, unit: str | None) -> np.ndarray:
        """Turn money per time into thousand currency per step, shape (T,)."""
        if value == 0:
            return np.zeros(len(self.steps.days))
        if unit is None:
            raise ModelError(f"a payment of {value} has no unit")
        common, leap = (
            units.money_per_day(value, unit, self.currency, year_days=n, rates=self.rates)
            for n in (365.0, 366.0)
        )
        return common * (self.steps.days - self.leap_days) + leap * self.leap_days

    def cargo(self, supply: Any) -> Cargo:
        """Give the cargo that a supply puts out."""
        origin = self.origin(supply.commodity, supply.origin, supply.place)
        return Cargo(supply.commodity, origin, self.lots.get(supply.id, ""))

    def made(self, process: Any, good: str, cargo: Cargo) -> Cargo:
        """Give the cargo that a process makes of another: of its origin, and of no lot."""
        kept = None if cargo.origin == UNTRACKED else cargo.origin
        return Cargo(good, origin_made(self.case, process, good, kept) or UNTRACKED)

    def origin(self, commodity: str, origin: str | None, place: str) -> str:
        """Origin under which cargo is kept: the given one, else the territory of the place."""
        if not self.commodities[commodity].tracked:
            return UNTRACKED
        found = origin or self.case.rows("places")[place].territory
        if found is None:
            raise ModelError(
                f"commodity {commodity} at place {place} has no origin: give `origin` in the row, or a territory to the place"
            )
        return found
