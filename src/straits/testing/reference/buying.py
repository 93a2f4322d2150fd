"""Rows of the reference program on what is bought."""

from __future__ import annotations

import math
from typing import Any

from straits.testing.reference.curves import curve_of, elastic, of_world
from straits.testing.reference.disruptions import Left
from straits.testing.reference.linear import INF, Name
from straits.testing.reference.moving import Moving
from straits.testing.reference.terms import part_of


class Buying(Moving):
    """Writes markets and world markets."""

    def buyers(self) -> None:
        """Sales, curves, promises to markets."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("markets").items():
            curve = self.curve(row)
            cargoes = [k for k in self.ways.cargoes if key in self.ways.markets(k)]
            unmet = a.price(row.unmet_price, row.unmet_price_unit, row.commodity, row.bbl_per_t)
            grade = self.grade(row)
            for t in range(self.T):
                sales: dict[Name, float] = {}
                for cargo in cargoes:
                    cell = ("sale", key, cargo, t)
                    p.cell(cell, -grade * self.world_price(row.world)[t])
                    if row.world is not None:
                        self.joined.setdefault((row.world, t), {})[cell] = grade
                    self.put(row.place, cargo, t, cell, -1.0)
                    sales[cell] = 1.0
                left, parts = self.share(key, t), dict[Name, float]()
                for b, (price, width) in enumerate(curve):
                    p.cell(("tranche", key, b, t), price[t], 0.0, part_of(width[t], left))
                    parts[("tranche", key, b, t)] = -1.0
                p.row(("sold", key, t), sales | parts, 0.0, 0.0)
                if row.demand_kind == "fixed":
                    promised = part_of(curve[0][1][t], left)
                    missing: dict[Name, float] = {}
                    if unmet is not None:
                        p.cell(("unmet", key, t), -unmet)
                        missing = {("unmet", key, t): 1.0}
                    p.row(("demand", key, t), sales | missing, promised, promised)

    def curve(self, row: Any) -> list[tuple[list[float], list[float]]]:
        """Give the price and width of each part of a market's demand in each step, in units of the model."""
        a, good, grade = self.amounts, row.commodity, row.bbl_per_t
        prices = a.price_of("markets", row, "price", good, grade)
        demands = a.rate_of("markets", row, "demand", good, grade)
        steps = range(len(a.steps))
        if row.demand_kind == "elastic":
            choke = a.price(row.choke_price, row.choke_price_unit, good, grade) or 0.0
            low = a.price(row.floor_price, row.floor_price_unit, good, grade)
            cut = {p: elastic(p, row.elasticity, choke, p if low is None else low) for p in set(prices)}
            most = max(len(parts) for parts in cut.values())
            parts = [[(p, q * demands[t]) for p, q in cut[prices[t]]] for t in steps]
            parts = [of + [(of[-1][0], 0.0)] * (most - len(of)) for of in parts]
        elif row.demand_kind == "linear" or row.steps:
            parts = [[(p * prices[t], q * demands[t]) for p, q in curve_of(row)] for t in steps]
        else:
            parts = [[(prices[t], demands[t])] for t in steps]
        found = []
        for b in range(len(parts[0])):
            widths = [of[b][1] for of in parts]
            price = [of[b][0] for of in parts]
            found.append((self.mean(price), self.per_step(widths)))
        return found

    def grade(self, row: Any) -> float:
        """Give how many units of its world market one unit sold at a market is: a price moves by the barrel."""
        usual: Any = self.case.rows("commodities")[row.commodity].bbl_per_t
        return row.bbl_per_t / usual if row.bbl_per_t and usual else 1.0

    def world_price(self, world: str | None) -> list[float]:
        """Give the price of a world market at what the case sells there, in each step; none without one."""
        if world is None:
            return [0.0] * self.T
        row = self.case.rows("world_markets")[world]
        return self.mean(self.amounts.price_of("world_markets", row, "price", row.commodity))

    def worlds(self) -> None:
        """World markets: what is sold at their markets fills their curve from above."""
        for key, row in self.case.rows("world_markets").items():
            sold = self.per_step(self.amounts.rate(row.sold, row.sold_unit, row.commodity))
            volume = self.per_step(self.amounts.rate(row.volume, row.volume_unit, row.commodity))
            (answer,) = (
                r.elasticity
                for r in self.case.rows("price_responses").values()
                if (r.world, r.horizon, r.side, r.used) == (key, row.horizon, "both", True)
            )
            parts = of_world(math.fsum(sold) / math.fsum(volume), answer)
            out = [0.0] * self.T if self.still else self.out_anyhow(row.commodity)
            for t in range(self.T):
                if (key, t) not in self.joined:
                    continue
                terms = dict(self.joined[key, t])
                usual = max(sold[t] - out[t], sold[t] / 10)
                for b, (share, low, high) in enumerate(parts):
                    cell = ("world", key, b, t)
                    ends = [max(usual + (end - 1) * sold[t], 0.0) for end in (low, high)]
                    self.program.cell(cell, share * self.world_price(key)[t], 0.0, ends[1] - ends[0])
                    terms[cell] = -1.0
                self.program.row(("one_price", key, t), terms, 0.0, 0.0)

    def out_anyhow(self, commodity: str) -> list[float]:
        """Give what measures of the baseline take of the supplies of a commodity in each step."""
        left, found = Left(self.case, None, self.ways.cargoes), [0.0] * self.T
        for key, row in self.case.rows("supplies").items():
            if row.commodity != commodity:
                continue
            capacity = self.capacity(row, row.commodity)
            for t in range(self.T):
                days = self.amounts.days(self.steps[t])
                share = math.fsum(left.of(key, day) for day in days) / len(days)
                found[t] += capacity[t] * (1 - share) if capacity[t] < INF else 0.0
        return found
