"""Rows of the reference program on what is made and moved."""

from __future__ import annotations

import math
from typing import Any

from straits.testing.reference.linear import INF, Name
from straits.testing.reference.terms import Terms, part_of
from straits.testing.reference.ways import Cargo

KM_PER_MILE = 1.852


class Moving(Terms):
    """Writes fields, links and processes."""

    def fields(self) -> None:
        """Supplies: least output, ramps, emergencies."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("supplies").items():
            cargo = self.ways.supplies[key]
            capacity = self.capacity(row, row.commodity)
            whole = [
                x + y
                for x, y in zip(
                    a.rate_of("supplies", row, "capacity", row.commodity),
                    self.added(key, row.commodity),
                    strict=True,
                )
            ]
            least = a.rate(row.min_output, row.min_output_unit, row.commodity)
            least = self.per_step([min(amount, most) for amount, most in zip(least, whole, strict=True)])
            cost = self.mean(a.price_of("supplies", row, "cost", row.commodity))
            emergency = a.price(row.forced_cost, row.forced_cost_unit, row.commodity)
            open_ = [part_of(capacity[t], self.share(key, t)) for t in range(self.T)]
            for t in range(self.T):
                p.cell(("supply", key, t), -cost[t], 0.0, open_[t])
                self.put(row.place, cargo, t, ("supply", key, t), 1.0)
                terms: dict[Name, float] = {("supply", key, t): 1.0}
                if emergency is not None:
                    p.cell(("forced", key, t), -emergency)
                    terms[("forced", key, t)] = 1.0
                p.row(("least_output", key, t), terms, part_of(least[t], self.share(key, t)))
            if self.quiet:
                continue
            rate = [o / d for o, d in zip(open_, self.length, strict=True)]
            for t in range(1, self.T):
                now, ago = ("supply", key, t), ("supply", key, t - 1)
                change: dict[Name, float] = {now: 1 / self.length[t], ago: -1 / self.length[t - 1]}
                between = (self.length[t] + self.length[t - 1]) / 2
                if row.ramp_down is not None:
                    fall = row.ramp_down * between * capacity[t] / self.length[t]
                    slack = {("forced", key, t): 1 / self.length[t]} if emergency is not None else {}
                    p.row(("ramp_down", key, t), change | slack, -max(fall, rate[t - 1] - rate[t]))
                if row.ramp_up is not None:
                    rise = row.ramp_up * between * capacity[t] / self.length[t]
                    p.row(("ramp_up", key, t), change, most=max(rise, rate[t] - rate[t - 1]))

    def links(self) -> None:
        """Flows, shared capacity, arrivals, and what is on its way at both ends of the axis."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("links").items():
            capacity = self.capacity(row, row.commodities[0])
            cargoes = [k for k in self.ways.cargoes if key in self.ways.links(k)]
            wait = 0.0 if self.quiet else row.transit_days
            costs = {k: self.mean(a.price_of("links", row, "cost", k[0])) for k in cargoes}
            tolls = {k: self.mean(a.price_of("links", row, "tariff", k[0])) for k in cargoes}
            for t in range(self.T):
                for cargo in cargoes:
                    cost, toll = costs[cargo][t], tolls[cargo][t] * (self.tariffs == "paid")
                    cell = ("flow", key, cargo, t)
                    struck = self.share("", t, cargo, key)
                    dear = self.dear(key, cargo, t)
                    p.cell(
                        cell, -cost - toll - dear, 0.0, part_of(capacity[t], struck) if struck < 1 else INF
                    )
                    self.put(row.from_place, cargo, t, cell, -1.0)
                    arriving = self.arrivals(t, wait)
                    for later, share in arriving.items():
                        self.put(row.to_place, cargo, later, cell, (1 - row.loss) * share)
                    self.closing(row, cargo, t, 1 - math.fsum(arriving.values()))
                terms = {("flow", key, cargo, t): 1.0 for cargo in cargoes}
                if terms:
                    p.row(("capacity", key, t), terms, most=part_of(capacity[t], self.share(key, t)))
                if self.rest is not None and wait > 0:
                    first, last = self.edges[t], self.edges[t + 1]
                    for cargo in cargoes:
                        at = (row.to_place, cargo, t)
                        days = max(min(last, wait) - first, 0.0)
                        amount = self.rest.flow.get((key, cargo), 0.0) * days * (1 - row.loss)
                        self.before[at] = self.before.get(at, 0.0) + amount

    def processes(self) -> None:
        """What goes into processes, and what they make of it."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("converts").items():
            capacity = self.capacity(row, row.commodity)
            cargoes = [k for k in self.ways.cargoes if key in self.ways.processes(k)]
            cost = self.mean(a.price_of("converts", row, "cost", row.commodity))
            toll = self.mean(a.price_of("converts", row, "tariff", row.commodity))
            for t in range(self.T):
                for cargo in cargoes:
                    cell, struck = ("flow", key, cargo, t), self.share("", t, cargo, key)
                    most = part_of(capacity[t], struck) if struck < 1 else INF
                    p.cell(cell, -cost[t] - toll[t] * (self.tariffs == "paid"), 0.0, most)
                    self.put(row.place, cargo, t, cell, -1.0)
                    for made, share in self.ways.makes(row, cargo).items():
                        self.put(row.place, made, t, cell, share)
                taken = {("flow", key, cargo, t): 1.0 for cargo in cargoes}
                if taken:
                    p.row(("capacity", key, t), taken, most=part_of(capacity[t], self.share(key, t)))

    def arrivals(self, step: int, wait: float) -> dict[int, float]:
        """Give the share of what enters in a step that arrives in each."""
        if wait == 0:
            return {step: 1.0}
        begin, end = self.edges[step] + wait, self.edges[step + 1] + wait
        covered = {
            t: min(self.edges[t + 1], end) - max(self.edges[t], begin) for t in range(self.T)
        }  # fmt: skip
        return {t: days / (end - begin) for t, days in covered.items() if days > 0}

    def closing(self, row: Any, cargo: Cargo, step: int, beyond: float) -> None:
        """Value what arrives after the end."""
        if self.rest is None or beyond <= 1e-12:
            return
        cell = ("flow", row.id, cargo, step)
        worth = self.rest.worth.get((row.to_place, cargo), 0.0)
        if worth == -INF:
            limit = self.rest.flow.get((row.id, cargo), 0.0) * self.length[step]
            self.program.most[cell] = min(self.program.most[cell], limit)
        else:
            self.program.worth[cell] += worth * (1 - row.loss) * beyond
