"""Numbers, days and units of a case that is drawn at random."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

Row = dict[str, Any]

STATES = ("AAA", "BBB", "CCC")
PLACES = "ABCDEFG"
#: Commodity: unit, and units in which rates, amounts and prices of it are written, with how many model units one is.
GOODS = {
    "oil": ("kt", [("kt", 1.0), ("t", 1e-3), ("kb", 1 / 7.5)]),
    "cond": ("kt", [("kt", 1.0), ("Mt", 1e3), ("wagon", 0.06)]),
    "gas": ("mcm", [("mcm", 1.0), ("1000 m3", 1e-3), ("GWh", 1 / 10.5), ("1000 m3 LNG", 6.8 / 10.5)]),
    "power": ("GWh", [("GWh", 1.0), ("MWh", 1e-3), ("MMBtu", 1055.05585262 / 3600 / 1e3)]),
    "box": ("TEU", [("TEU", 1.0), ("FEU", 2.0), ("train", 40.0)]),
}
EXCHANGE = [{"currency": "EUR", "rate": 1.25}]
PERIODS = {"d": 1.0, "week": 7.0, "month": 30.4, "y": 365.0, "h": 1 / 24}


def short(value: float) -> float:
    """A number as a person would write it."""
    return float(f"{value:.6g}")


class Values:
    """Draws what stands in cells.

    Parameters
    ----------
    chance : random.Random
        Any source of chance, also one that a property test gives.
    generic : bool
        Whether amounts and prices have many digits, so that no two plans are equally good; else they are small whole numbers.
    """

    def __init__(self, chance: random.Random, *, generic: bool = False, hard: float = 0.1) -> None:
        self.chance, self.generic, self.hard = chance, generic, hard
        self.tables: dict[str, list[Row]] = {}
        self.goods = chance.sample(list(GOODS), chance.choice([1, 1, 2, 3]))
        self.time = self._time()
        self.start = dt.date.fromisoformat(self.time["start"])
        self.end = dt.date.fromisoformat(self.time["end"])

    def yes(self, share: float = 0.5) -> bool:
        return self.chance.random() < share

    def number(self, least: int, most: int) -> float:
        if self.generic:
            return round(self.chance.uniform(least, most), 4) if most > least else float(least)
        return self.chance.randint(least, most)

    def some(self, members: Any, share: float = 0.5) -> str | None:
        """A list of some members as it stands in a cell, or a blank."""
        chosen = [m for m in members if self.yes(share)]
        return "|".join(chosen) or None

    def day(self, late: int = 0) -> dt.date:
        return self.start + dt.timedelta(days=self.chance.randint(-2, (self.end - self.start).days + late))

    def rate(self, row: Row, column: str, commodity: str, per_day: float, *, any_good: bool = False) -> None:
        """Write a rate in some unit; in one that needs no factor of the commodity where it may count for others too."""
        amount, size = GOODS[commodity][1][0] if any_good else self.chance.choice(GOODS[commodity][1])
        period = self.chance.choice([*PERIODS, "step"] if self.yes(0.3) else ["d", "d", "d", "y"])
        days = (
            {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}[self.time["step"]]
            if period == "step"
            else PERIODS[period]
        )
        unit = "MW" if (amount, period) == ("MWh", "h") else f"{amount}/{period}"
        row |= {column: short(per_day / size * days), f"{column}_unit": unit}

    def amount(self, row: Row, column: str, commodity: str, value: float) -> None:
        amount, size = self.chance.choice(GOODS[commodity][1])
        row |= {column: short(value / size), f"{column}_unit": amount}

    def price(self, row: Row, column: str, commodity: str, value: float, *, any_good: bool = False) -> None:
        """Write a price, given in thousands of the currency for a model unit."""
        amount, size = GOODS[commodity][1][0] if any_good else self.chance.choice(GOODS[commodity][1])
        money, worth = self.chance.choice([("USD", 1e-3), ("kUSD", 1.0), ("USD", 1e-3), ("EUR", 1.25e-3)])
        row |= {column: short(value * size / worth), f"{column}_unit": f"{money}/{amount}"}

    def _time(self) -> Row:
        chance = self.chance
        step = chance.choice(["day", "day", "week", "month", "year"])
        start = chance.choice([dt.date(2022, 1, 1), dt.date(2023, 12, 20), dt.date(2024, 2, 10)])
        length = {"day": (2, 14), "week": (8, 50), "month": (40, 150), "year": (200, 800)}[step]
        end = start + dt.timedelta(days=chance.randint(*length))
        return {"start": start.isoformat(), "end": end.isoformat(), "step": step,
                "boundary": chance.choice(["steady", "empty"])}  # fmt: skip
