"""Amounts, rates and prices of a case in the units of the model, worked out from the words of the format page."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from straits.case import Case

#: Cubic metres in a barrel, to the last digit of the format page.
BARREL = 0.158987294928
#: Tonnes, thousand cubic metres, TEU or units in one unit of amount that needs no factor; MWh, m3 of LNG.
TONNES = {"t": 1.0, "kt": 1e3, "Mt": 1e6}
CUBIC_METRES = {"m3": 1.0, "1000 m3": 1e3, "mcm": 1e6, "bcm": 1e9}
BARRELS = {"bbl": 1.0, "kb": 1e3, "mb": 1e6}
MEGAWATT_HOURS = {"MWh": 1.0, "GWh": 1e3, "TWh": 1e6, "MMBtu": 1055.05585262 / 3600}
LNG = {"m3 LNG": 1.0, "1000 m3 LNG": 1e3}
COUNTED = {"TEU": 1.0, "FEU": 2.0, "kTEU": 1e3, "unit": 1.0, "kunit": 1e3}
#: Thousands of the currency in one unit of money, by its prefix.
MONEY = {"": 1e-3, "k": 1.0, "M": 1e3, "bn": 1e6}


class Amounts:
    """Amounts of a case, day by day, with profiles and changes that hold for a time.

    Parameters
    ----------
    case : Case
    """

    def __init__(self, case: Case, year: tuple[dt.date, dt.date] | None = None) -> None:
        axis = case.settings.time
        self.currency = case.settings.currency
        self.others = {other.currency: other.rate for other in case.settings.exchange_rates}
        self.commodities = case.rows("commodities")
        self.profiles: dict[str, list[Any]] = {}
        for row in case.rows("profiles").values():
            self.profiles.setdefault(row.profile, []).append(row)
        self.for_a_time = case.dated
        if year is not None:
            self.for_a_time = ()
            axis = axis.model_copy(update={"start": year[0], "end": year[1], "step": "month", "refine": ()})
        self.around = year is not None
        self.first, self.last = axis.start, axis.end
        #: Steps of the calendar, and these cut where the axis is refined.
        self.calendar = list(_steps(axis.start, axis.end, axis.step))
        self.steps = [part for step in self.calendar for part in _cut(step, axis.refine)]

    def days(self, step: tuple[dt.date, dt.date]) -> list[dt.date]:
        """List the days of a step."""
        return [step[0] + dt.timedelta(days=d) for d in range((step[1] - step[0]).days)]

    def year(self, day: dt.date) -> int:
        """Count the days of the calendar year of a day."""
        return (dt.date(day.year + 1, 1, 1) - dt.date(day.year, 1, 1)).days

    def over_time(self, table: str, row: Any, column: str, turn: Any) -> list[float]:
        """Give a number in each step, the mean over its days; `turn` gives for a value and its unit a number in each step."""
        cell, unit = getattr(row, column), getattr(row, f"{column}_unit")
        rows = self.profiles.get(getattr(row, f"{column}_profile", None) or "", [])
        values: dict[Any, list[float]] = {}

        def turned(value: Any, of: str | None) -> list[float]:
            if (value, of) not in values:
                values[value, of] = turn(value, of)
            return values[value, of]

        found = []
        for t, step in enumerate(self.steps):
            numbers = []
            for day in self.days(step):
                number = turned(cell, unit)[t]
                then = self.day_that_tells(rows, day)
                for part in rows:
                    if in_stretch(part, then):
                        number = (
                            number * part.value
                            if part.value_unit is None
                            else turned(part.value, part.value_unit)[t]
                        )
                        if part.growth:
                            began = (day.month, day.day) >= (part.start.month, part.start.day)
                            number *= (1 + part.growth) ** (day.year - part.start.year - (not began))
                for change in self.for_a_time:
                    if (change.table, change.row, change.column) == (table, row.id, column) and (
                        (change.start is None or change.start <= day)
                        and (change.end is None or day < change.end)
                    ):
                        value = math.inf if change.value == "unlimited" else float(change.value)
                        number = turned(value, unit)[t]
                numbers.append(number)
            found.append(math.fsum(numbers) / len(numbers))
        return found

    def day_that_tells(self, rows: list[Any], day: dt.date) -> dt.date:
        """Give a day, or the same day of the nearest year for which a profile says something, if other years may be asked."""
        for years in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5) if self.around else ():
            short = years and (day.month, day.day) == (2, 29)
            other = day.replace(year=day.year + years, day=28 if short else day.day)
            if any(in_stretch(part, other) for part in rows):
                return other
        return day

    def rate_of(
        self, table: str, row: Any, column: str, commodity: str, grade: float | None = None
    ) -> list[float]:
        """Give a rate of a row in units of the model in each step."""
        return self.over_time(table, row, column, lambda v, u: self.rate(v, u, commodity, grade))

    def price_of(
        self, table: str, row: Any, column: str, commodity: str, grade: float | None = None
    ) -> list[float]:
        """Give a price of a row in thousands of the currency for one unit of the model in each step."""
        size = len(self.steps)
        return self.over_time(
            table, row, column, lambda v, u: [self.price(v, u, commodity, grade) or 0.0] * size
        )

    def unit(self, unit: str, commodity: str, grade: float | None = None) -> float:
        """Give the model's units in one unit of amount of a commodity."""
        row: Any = self.commodities[commodity]  # a sound case gives the factors that its units need
        if unit in MEGAWATT_HOURS or unit in LNG or row.unit == "GWh":
            energy = (
                MEGAWATT_HOURS[unit] if unit in MEGAWATT_HOURS
                else LNG[unit] * row.mwh_per_m3_lng if unit in LNG
                else CUBIC_METRES[unit] * row.kwh_per_m3 / 1e3 if unit in CUBIC_METRES
                else TONNES[unit] * row.mwh_per_t
            )  # fmt: skip
            per = {"GWh": 1e3, "mcm": 1e3 * (row.kwh_per_m3 or 0), "kt": 1e3 * (row.mwh_per_t or 0)}
            return float(energy / per[row.unit])
        if row.unit == "mcm":
            return CUBIC_METRES[unit] / 1e6
        if row.unit == "TEU":
            return row.teu_per_train if unit == "train" else COUNTED[unit]
        if row.unit == "unit":
            return COUNTED[unit]
        if unit in TONNES:
            return TONNES[unit] / 1e3
        if unit == "wagon":
            return row.t_per_wagon / 1e3
        barrels = BARRELS[unit] if unit in BARRELS else CUBIC_METRES[unit] / BARREL
        return barrels / (grade or row.bbl_per_t) / 1e3

    def amount(self, value: float, unit: str | None, commodity: str) -> float:
        """Give an amount in units of the model."""
        return value if value == 0 or math.isinf(value) else value * self.unit(str(unit), commodity)

    def joint_use(self, row: Any) -> dict[str, float]:
        """Give how much of a joint capacity one unit of the model of each commodity takes: weights are for t, 1000 m3, MWh
        or TEU."""
        given = dict(text.split("=") for text in row.weights)
        size = {"kt": 1000.0, "mcm": 1000.0, "GWh": 1000.0}
        return {
            key: (float(given[key]) if given else 1.0) * size.get(good.unit, 1.0)
            for key, good in self.commodities.items()
            if not given or key in given
        }

    def rate(self, value: float, unit: str | None, commodity: str, grade: float | None = None) -> list[float]:
        """Give a rate in units of the model in each step."""
        if value == 0 or math.isinf(value):
            return [value] * len(self.steps)
        amount, _, period = {"MW": "MWh/h", "GW": "GWh/h"}.get(str(unit), str(unit)).rpartition("/")
        size = value * self.unit(amount, commodity, grade)
        if period == "step":
            return [
                size * len(self.days(part)) / len(self.days(step))
                for step in self.calendar
                for part in self.steps
                if step[0] <= part[0] < step[1]
            ]

        def daily(day: dt.date) -> float:
            year = self.year(day)
            return size / {"y": year, "month": year / 12, "week": 7, "d": 1, "h": 1 / 24}[period]

        return [sum(daily(day) for day in self.days(step)) for step in self.steps]

    def price(
        self, value: float | None, unit: str | None, commodity: str, grade: float | None = None
    ) -> float | None:
        """Give a price in thousands of the currency for one unit of the model; None where there is none."""
        if not value:
            return value
        money, _, amount = str(unit).partition("/")
        name = next((other for other in self.others if money.endswith(other)), self.currency)
        worth = MONEY[money.removesuffix(name)] * self.others.get(name, 1.0)
        return value * worth / self.unit(amount, commodity, grade)


def _steps(first: dt.date, last: dt.date, step: str) -> Any:
    while first < last:
        if step == "year":
            following = dt.date(first.year + 1, 1, 1)
        elif step == "month":
            following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
        else:
            following = first + dt.timedelta(days=7 if step == "week" else 1)
        yield first, min(following, last)
        first = following


def working(option: Any, decided: Mapping[str, dt.date], day: dt.date, table: Mapping[str, Any]) -> bool:
    """Whether an option of a scenario works on a day: it, and what it requires."""
    if not all(working(table[other], decided, day, table) for other in option.requires):
        return False
    if option.id not in decided:
        return True
    first = _years_on(decided[option.id], option.years_to_build or 0.0)
    return first <= day and (option.life_years is None or day < _years_on(first, option.life_years))


def _years_on(day: dt.date, years: float) -> dt.date:
    part, whole = math.modf(years)
    try:
        moved = day.replace(year=day.year + int(whole))
    except ValueError:  # no such 29 February
        moved = day.replace(year=day.year + int(whole), day=28)
    return moved + dt.timedelta(days=round(part * 365))


def in_stretch(row: Any, day: dt.date) -> bool:
    """Whether a row of a profile holds on a day."""
    for year in [day.year - 1, day.year] if row.every else [row.start.year]:
        first = row.start.replace(year=year)
        if row.end is not None:
            last = row.end.replace(year=row.end.year + year - row.start.year)
        elif row.step in ("day", "week"):
            last = first + dt.timedelta(days=1 if row.step == "day" else 7)
        else:
            last, month = first.replace(day=1), first.month + {"month": 1, "quarter": 3, "year": 12}[row.step]
            last = last.replace(year=first.year + (month - 1) // 12, month=(month - 1) % 12 + 1)
            following = (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            last = last.replace(day=min(first.day, (following - dt.timedelta(days=1)).day))
        if first <= day < last:
            return True
    return False


def _cut(step: tuple[dt.date, dt.date], refine: Any) -> Any:
    """Cut a step of the calendar at every day on which a finer one begins, or a refinement ends."""
    day = begin = step[0]
    while day < step[1]:
        if day > begin and any(_begins(part, day) for part in refine):
            yield begin, day
            begin = day
        day += dt.timedelta(days=1)
    yield begin, step[1]


def _begins(part: Any, day: dt.date) -> bool:
    since = (day - part.start).days
    if part.step == "month":
        return day == part.end or day == part.start or (since > 0 and day < part.end and day.day == 1)
    return day == part.end or (
        since >= 0 and day < part.end and since % (7 if part.step == "week" else 1) == 0
    )
