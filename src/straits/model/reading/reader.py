"""Conversions of one case on one time axis: rates, amounts, prices and payments in the units of the model."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case import units
from straits.case.built import impossible, works
from straits.case.conversion import origin_made
from straits.case.files.cells import parse_cell
from straits.case.schema.tables import TABLES, columns
from straits.case.timeaxis import Steps, by_day, growth_by_day
from straits.case.units.quantities import grade_of
from straits.errors import ModelError
from straits.model.assets import UNTRACKED, Cargo

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


class Reader:
    """Conversions of one case on one time axis.

    Parameters
    ----------
    case : Case
    steps : Steps
    scenario : Scenario, optional
        Its options add to the capacity of their assets, while they work.
    around : bool
        Whether profiles hold on the same days of other years where they say nothing.
    """

    def __init__(
        self, case: Case, steps: Steps, scenario: Scenario | None = None, *, around: bool = False
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
        #: Part of its calendar year that each step is.
        self.years = (steps.days - self.leap_days) / 365.0 + self.leap_days / 366.0
        self._options = self._built(scenario)
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

    def _built(self, scenario: Scenario | None) -> dict[str, list[tuple[Any, np.ndarray]]]:
        """Give the options of a scenario by asset, each with the share of each step in which it works, shape (T,)."""
        table, chosen = self.case.rows("options"), set(scenario.options) if scenario else set()
        if unknown := chosen - set(table):
            raise ModelError(f"options {sorted(unknown)} are not in table options; it has {sorted(table)}")
        if scenario and (wrong := impossible(scenario, table)):
            raise ModelError("\n".join(f"scenario {scenario.id}, options: {message}" for message in wrong))
        by_asset: dict[str, list[tuple[Any, np.ndarray]]] = defaultdict(list)
        for key in sorted(chosen):
            assert scenario is not None
            working = self.steps.overlap(*works(scenario, table[key], table))
            by_asset[table[key].asset].append((table[key], working))
        return by_asset

    def added(self, asset: str, read: Callable[[float, str | None], float | np.ndarray]) -> np.ndarray:
        """Give what the options of the scenario add to an asset or contract in each step, shape (T,).

        Parameters
        ----------
        asset : str
        read : callable
            Turns what an option adds and its unit into units of the model, one number or one for each step.
        """
        total = np.zeros(len(self.steps.days))
        for option, working in self._options.get(asset, ()):
            total = total + read(option.adds, option.adds_unit) * working
        return total

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
        changes = self._dated.get((type(row), row.id, column), ())
        if not changes:
            return self._followed(row, column, read)
        # Which change holds on each day, the last of several; -1 for none.
        holds = np.full(int(self.steps.edges[-1]), -1)
        for number, (start, end, _) in enumerate(changes):
            first = 0 if start is None else max(int(self.steps.day(start)), 0)
            holds[first : None if end is None else max(int(self.steps.day(end)), 0)] = number
        found = self._followed(row, column, read, holds < 0)
        for number, (_, _, value) in enumerate(changes):
            then = read(value, getattr(row, f"{column}_unit"))
            found = found + _part(then, self._mean(holds == number))
        return found

    def _followed(
        self,
        row: Any,
        column: str,
        read: Callable[[float, str | None], float | np.ndarray],
        days: np.ndarray | None = None,
    ) -> np.ndarray:
        """Give a number of a row by its cell and profile, on some days alone (days,): the others count as nothing."""
        cell, unit = getattr(row, column), getattr(row, f"{column}_unit")
        name: str = getattr(row, f"{column}_profile", None) or ""
        rows = self.case.profiles[name] if name else ()
        if not rows:
            own = _everywhere(read(cell, unit), len(self.steps.days))
            return own if days is None else _part(own, self._mean(days))
        shares = self._shares(name, days)
        if rows[0].value_unit is None:
            return np.asarray(read(cell, unit) * (np.array([r.value for r in rows]) @ shares))
        values = np.array([_everywhere(read(r.value, r.value_unit), len(self.steps.days)) for r in rows])
        return np.asarray((values * shares).sum(axis=0))

    def _mean(self, by_day: np.ndarray) -> np.ndarray:
        """Give the mean over the days of each step, shape (..., T)."""
        first = self.steps.edges[:-1].astype(int)
        return np.asarray(np.add.reduceat(by_day.astype(float), first, axis=-1) / self.steps.days)

    def _shares(self, profile: str, days: np.ndarray | None = None) -> np.ndarray:
        """Give the part of each step in which each row of a profile holds, times what it has grown to then, shape (rows, T)."""
        if days is None and profile in self._known_shares:
            return self._known_shares[profile]
        rows, times = self.case.profiles[profile], (self.steps.start, self.steps.end)
        holds, _ = by_day(rows, *times, around=self._around)
        held = (holds[None, :] == np.arange(len(rows))[:, None]).astype(float)
        if any(row.growth for row in rows):
            held *= np.array([growth_by_day(row, *times) for row in rows])
        if days is not None:
            return self._mean(held * days)
        self._known_shares[profile] = self._mean(held)
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
        total = total + self.added(row.id, lambda adds, unit: self.rate(adds, unit, commodity))
        if row.id in self.case.rows("converts"):
            open_ = self.steps.overlap(row.start, row.end)
            return np.where(open_ > 0, total, 0.0) * np.where(np.isinf(total), 1.0, open_)
        return total

    def agreed(self, contract: Any, commodity: str) -> np.ndarray:
        """Agreed amount of a contract in units per step, with what the chosen options add."""
        grade = grade_of(self.case, "contracts", contract)
        total = self.rate(contract.amount, contract.amount_unit, commodity, grade)
        return total + self.added(contract.id, lambda adds, unit: self.rate(adds, unit, commodity, grade))

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


def _everywhere(number: float | np.ndarray, steps: int) -> np.ndarray:
    """Give a number in each step, shape (T,)."""
    return number if isinstance(number, np.ndarray) and number.ndim else np.full(steps, number)


def _part(number: float | np.ndarray, share: np.ndarray) -> np.ndarray:
    """Give a share of a number; a part of what is unlimited is unlimited, and no part of it nothing."""
    whole = np.broadcast_to(number, share.shape)
    return np.multiply(whole, share, out=np.zeros(share.shape), where=share > 0)
