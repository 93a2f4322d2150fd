"""Terms of the reference program: what stands in its rows, and what of a capacity is left."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

from straits.case import Case
from straits.case.schema.settings import Scenario
from straits.testing.reference.amounts import Amounts, working
from straits.testing.reference.disruptions import Left
from straits.testing.reference.linear import INF, Name, Program
from straits.testing.reference.ways import Cargo, Ways


@dataclass
class Rest:
    """The network at rest: flow per day on each link, worth of one more unit, and where there is no room for one."""

    flow: dict[tuple[str, Cargo], float] = field(default_factory=dict)
    worth: dict[tuple[str, Cargo], float] = field(default_factory=dict)
    #: Worth of one more unit in a store.
    in_store: dict[tuple[str, Cargo], float] = field(default_factory=dict)


class Terms:
    """Holds the program of a case while it is written.

    Parameters
    ----------
    case : Case
        With the changes of the scenario.
    scenario : Scenario or None
    tariffs : {"paid", "internal"}
    still : bool
        One step for the whole axis: no transit time, stores, ramps or disruptions.
    year : (date, date), optional
        A year in steps of a month whose last leads into its first: no transit time, ramps or disruptions.
    rest : Rest, optional
        What is on its way at the start, and what is left worth at the end.
    """

    def __init__(
        self,
        case: Case,
        scenario: Scenario | None,
        tariffs: str,
        *,
        still: bool = False,
        year: tuple[Any, Any] | None = None,
        rest: Rest | None = None,
    ) -> None:
        self.case, self.tariffs, self.still, self.rest = case, tariffs, still, rest
        self.year, self.quiet = year, still or year is not None
        self.amounts, self.ways = Amounts(case, year), Ways(case)
        self.built = [case.rows("options")[key] for key in (scenario.options if scenario else ())]
        self.decided = {d.option: d.day for d in (scenario.decisions if scenario else ())}
        self.left = Left(case, scenario, self.ways.cargoes)
        axis = self.amounts
        self.steps = [(axis.first, axis.last)] if still else axis.steps
        self.edges = [(a - axis.first).days for a, _ in self.steps] + [(axis.last - axis.first).days]
        self.length = [float(b - a) for a, b in itertools.pairwise(self.edges)]
        self.T = len(self.steps)
        self.program = Program()
        #: Terms of each balance, and what arrives there from before the start.
        self.balance: dict[tuple[str, Cargo, int], dict[Name, float]] = {}
        self.before: dict[tuple[str, Cargo, int], float] = {}
        #: Sales of the markets that a world market joins, in units of it, by world market and step.
        self.joined: dict[tuple[str, int], dict[Name, float]] = {}

    def put(self, place: str, cargo: Cargo, step: int, cell: Name, share: float) -> None:
        """Add a term to a balance."""
        terms = self.balance.setdefault((place, cargo, step), {})
        terms[cell] = terms.get(cell, 0.0) + share

    def per_step(self, rates: list[float]) -> list[float]:
        """Give a rate in each step of this program."""
        return [math.fsum(rates)] if self.still else rates

    def share(self, asset: str, step: int, cargo: Cargo | None = None, link: str = "") -> float:
        """Give the share of capacity that is left in a step, averaged over its days."""
        if self.quiet:
            return 1.0
        days = self.amounts.days(self.steps[step])
        if cargo is not None:
            return math.fsum(self.left.of_cargo(link, cargo, day) for day in days) / len(days)
        return math.fsum(self.left.of(asset, day) for day in days) / len(days)

    def dear(self, link: str, cargo: Cargo, step: int, *, received: bool = False) -> float:
        """Give what measures add to the cost of a cargo on a link, the mean over the days of a step; `received`: only what
        somebody receives, which is nothing with internal tariffs."""
        if self.quiet:
            return 0.0
        days, total = self.amounts.days(self.steps[step]), 0.0
        for day in days:
            for m in self.left.dear(link, cargo, day):
                cost = self.amounts.price(m.cost, m.cost_unit, cargo[0]) or 0.0
                if m.cost_to:
                    total += cost * (self.tariffs == "paid")
                elif not received:
                    total += cost
        return total / len(days)

    def mean(self, values: list[float]) -> list[float]:
        """Give a price in each step of this program: at rest, the mean over the days."""
        if not self.still:
            return values
        days = [len(self.amounts.days(step)) for step in self.amounts.steps]
        return [math.fsum(v * d for v, d in zip(values, days, strict=True)) / sum(days)]

    def added(
        self, asset: str, commodity: str, unit: str = "rate", grade: float | None = None
    ) -> list[float]:
        """Give what options add to an asset in each step: rates, amounts, or counts."""
        steps = self.amounts.steps if unit == "rate" else self.steps
        found = [0.0] * len(steps)
        for o in (o for o in self.built if o.asset == asset):
            if unit == "rate":
                each = self.amounts.rate(o.adds, o.adds_unit, commodity, grade)
            else:
                adds = o.adds if unit == "count" else self.amounts.amount(o.adds, o.adds_unit, commodity)
                each = [adds] * len(steps)
            for t, step in enumerate(steps):
                days = self.amounts.days(step)
                works = sum(working(o, self.decided, day, self.case.rows("options")) for day in days)
                found[t] += each[t] * works / len(days)
        return found

    def capacity(self, row: Any, commodity: str) -> list[float]:
        """Give the capacity of a link, process or field in each step, before disruptions."""
        table = next(t for t in ("links", "converts", "supplies") if row.id in self.case.rows(t))
        rates = self.amounts.rate_of(table, row, "capacity", commodity)
        whole = [a + b for a, b in zip(rates, self.added(row.id, commodity), strict=True)]
        if table == "converts":
            works = [
                [
                    (row.start is None or row.start <= d) and (row.end is None or d < row.end)
                    for d in self.amounts.days(step)
                ]
                for step in self.amounts.steps
            ]
            whole = [part_of(a, sum(w) / len(w)) for a, w in zip(whole, works, strict=True)]
        return self.per_step(whole)


def part_of(amount: float, share: float) -> float:
    """Give a share of an amount; of an unlimited one, nothing or all."""
    if amount == INF:
        return 0.0 if share == 0 else INF
    return amount * share
