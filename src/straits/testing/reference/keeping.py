"""Rows of the reference program on what is kept, and on the ships and joint capacities that carry."""

from __future__ import annotations

from typing import Any

from straits.testing.reference.buying import Buying
from straits.testing.reference.linear import INF, Name
from straits.testing.reference.terms import part_of
from straits.testing.reference.ways import Cargo

KM_PER_MILE = 1.852


class Keeping(Buying):
    """Writes stores, what is thrown away, fleets and joint capacities."""

    def tanks(self) -> None:
        """Stores: level, rates, what lies there at both ends."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("stores").items():
            dead = a.amount(row.min_level, row.min_level_unit, row.commodity)
            room = a.amount(row.capacity, row.capacity_unit, row.commodity) - dead
            more = self.added(key, row.commodity, "amount")
            start = a.amount(row.start, row.start_unit, row.commodity) - dead
            inward = a.rate_of("stores", row, "in_rate", row.commodity)
            outward = a.rate_of("stores", row, "out_rate", row.commodity)
            yearly = a.price_of("stores", row, "cost", row.commodity)
            years = [sum(1 / a.year(day) for day in a.days(step)) for step in self.steps]
            cargoes = [k for k in self.ways.cargoes if key in self.ways.stores(k)]
            back = self.reserve_of(row)
            kept = [max(amount - dead, 0.0) for amount in back]
            for t in range(self.T):
                change: dict[Name, float] = {}
                for cargo in cargoes:
                    cell, ago = ("stock", key, cargo, t), ("stock", key, cargo, (t - 1) % self.T)
                    worth = -yearly[t] * years[t]
                    if self.rest is not None and t == self.T - 1:
                        worth += max(self.rest.in_store.get((key, cargo), 0.0), 0.0)
                    p.cell(cell, worth)
                    self.put(row.place, cargo, t, cell, -1.0)
                    change[cell] = 1.0
                    if t or self.year:
                        self.put(row.place, cargo, t, ago, 1.0)
                        change[ago] = change.get(ago, 0.0) - 1.0
                held = {("stock", key, k, t): 1.0 for k in cargoes}
                ends = -INF
                if row.end_level is not None and t == self.T - 1 and not self.year:
                    ends = a.amount(row.end_level, row.end_level_unit, row.commodity) - dead
                p.row(("level", key, t), held, ends, room + more[t])
                if kept[t] > 0 and not self.year:
                    at_start = max(kept[0] - (start if key in self.ways.held else 0.0), 0.0)
                    rise = max(kept[t] - kept[t - 1], 0.0) if t else 0.0
                    self.held_back(row, held, t, kept[t], rise, at_start)
                own = start if t == 0 and key in self.ways.held and not self.year else 0.0
                left = self.share(key, t)
                p.row(
                    ("rate", key, t), change, own - part_of(outward[t], left), own + part_of(inward[t], left)
                )
            if key in self.ways.held and not self.year:
                at = (row.place, self.ways.held[key], 0)
                self.before[at] = self.before.get(at, 0.0) + start

    def reserve_of(self, row: Any) -> list[float]:
        """Give the reserve of a store in each step."""
        return self.amounts.over_time(
            "stores", row, "reserve", lambda v, u: [self.amounts.amount(v, u, row.commodity)] * self.T
        )

    def held_back(
        self, row: Any, held: dict[Name, float], t: int, reserve: float, rise: float, at_start: float
    ) -> None:
        """Hold a reserve back: what lacks of it more than a step before is drawn, at its price, on days when it may be, or was
        not filled where it rose, at the same price."""
        p, price = self.program, self.amounts.price(row.release_price, row.release_price_unit, row.commodity)
        days = self.amounts.days(self.steps[t])
        free = price is not None and any(
            (row.release_start is None or row.release_start <= day)
            and (row.release_end is None or day < row.release_end)
            for day in days
        )
        lacking, drawn, ago = ("lacking", row.id, t), ("drawn", row.id, t), ("lacking", row.id, t - 1)
        p.cell(lacking, 0.0, 0.0, reserve)
        p.cell(drawn, -(price or 0.0), 0.0, INF if free else 0.0)
        unfilled = ("unfilled", row.id, t)
        p.cell(unfilled, -(price or 0.0), 0.0, 0.0 if price is None else rise)
        p.row(("reserve", row.id, t), held | {lacking: 1.0}, reserve)
        before: dict[Name, float] = {ago: -1.0} if ago in p.worth else {}
        p.row(
            ("release", row.id, t),
            before | {lacking: 1.0, drawn: -1.0, unfilled: -1.0},
            most=at_start if t == 0 else 0.0,
        )

    def thrown_away(self) -> None:
        """Let cargo strand that was on its way before the start and cannot be called back."""
        for key, row in self.case.rows("links").items():
            for cargo in self.ways.cargoes:
                if self.rest is None or row.transit_days == 0 or key not in self.ways.links(cargo):
                    continue
                flow = self.rest.flow.get((key, cargo), 0.0) * (1 - row.loss)
                for t in range(self.T):
                    amount = flow * max(min(self.edges[t + 1], row.transit_days) - self.edges[t], 0.0)
                    cell = ("stranded", key, cargo, t)
                    self.program.cell(cell, 0.0, 0.0, amount)
                    self.put(row.to_place, cargo, t, cell, -1.0)

    def ships(self) -> None:
        """Fleets: vessel-days, and who carries what."""
        p, a = self.program, self.amounts
        links = self.case.rows("links")
        uses: dict[tuple[str, Cargo], list[str]] = {}
        days: dict[tuple[str, str], float] = {}
        empty: dict[tuple[str, str], float] = {}
        loads: dict[str, float] = {}
        for key, row in self.case.rows("fleets").items():
            payload = a.amount(row.payload, row.payload_unit, row.commodity)
            for name in row.links:
                link = links[name]
                sailing = (
                    link.length_km / (row.speed_knots * KM_PER_MILE * 24)
                    if row.speed_knots and link.length_km
                    else link.transit_days
                )
                days[key, name] = (2 * sailing + row.turnaround_days) / payload
                if row.returns == "free":
                    kinds = [self.case.rows("places")[p].kind for p in (link.from_place, link.to_place)]
                    calls = sum(kind not in ("junction", "border") for kind in kinds)
                    days[key, name] = (sailing + row.turnaround_days * calls / 2) / payload
                    empty[key, name] = sailing
                    loads[key] = payload
                for cargo in self.ways.cargoes:
                    if name in self.ways.links(cargo):
                        uses.setdefault((name, cargo), []).append(key)
        for (name, cargo), fleets in uses.items():
            for t in range(self.T):
                carried = {("carry", f, name, cargo, t): -1.0 for f in fleets}
                for cell in carried:
                    p.cell(cell)
                p.row(("carried_by", name, cargo, t), carried | {("flow", name, cargo, t): 1.0}, 0.0, 0.0)
        for key, row in self.case.rows("fleets").items():
            more = self.added(key, row.commodity, "count")
            for t in range(self.T):
                terms = {
                    ("carry", key, name, cargo, t): days[key, name]
                    for (name, cargo), fleets in uses.items() if key in fleets
                }  # fmt: skip
                if row.returns == "free":
                    terms |= self.sailing_empty(key, row, t, empty)
                    self.at_places(key, t, uses, loads[key], empty)
                p.row(
                    ("fleet_days", key, t),
                    terms,
                    most=(row.count + more[t]) * row.availability * self.length[t] * self.share(key, t),
                )

    def sailing_empty(
        self, fleet: str, row: Any, t: int, empty: dict[tuple[str, str], float]
    ) -> dict[Name, float]:
        """Give the days of ships that sail a link empty, there or back, as long as it is open."""
        found: dict[Name, float] = {}
        for name in row.links:
            most = INF if self.share(name, t) > 0 else 0.0
            for way in ("there", "back"):
                cell = ("ballast", fleet, name, way, t)
                self.program.cell(cell, 0.0, 0.0, most)
                found[cell] = empty[fleet, name]
        return found

    def at_places(
        self,
        fleet: str,
        t: int,
        uses: dict[tuple[str, Cargo], list[str]],
        load: float,
        empty: dict[tuple[str, str], float],
    ) -> None:
        """Let as many ships of a fleet leave each place as come to it."""
        links, rows = self.case.rows("links"), dict[str, dict[Name, float]]()

        def moves(cell: Name, a: str, b: str, ships: float) -> None:
            for place, share in ((a, -ships), (b, ships)):
                terms = rows.setdefault(place, {})
                terms[cell] = terms.get(cell, 0.0) + share

        for (name, cargo), fleets in uses.items():
            if fleet in fleets:
                moves(
                    ("carry", fleet, name, cargo, t), links[name].from_place, links[name].to_place, 1 / load
                )
        for key, name in empty:
            if key == fleet:
                a, b = links[name].from_place, links[name].to_place
                moves(("ballast", fleet, name, "there", t), a, b, 1.0)
                moves(("ballast", fleet, name, "back", t), b, a, 1.0)
        for place, terms in rows.items():
            self.program.row(("ships", fleet, place, t), terms, 0.0, 0.0)

    def together(self) -> None:
        """Joint capacities: what passes on several links counts by weight, and pays by it."""
        for key, row in self.case.rows("joints").items():
            more = self.added(key, "", "count")
            takes = self.amounts.joint_use(row)
            for t in range(self.T):
                terms = {}
                for name in row.links:
                    for cargo in self.ways.cargoes:
                        if name in self.ways.links(cargo):
                            terms["flow", name, cargo, t] = takes[cargo[0]]
                most = (row.capacity + more[t]) * self.length[t] * self.share(key, t)
                self.program.row(("joint", key, t), terms, most=most)
                if self.tariffs == "paid":
                    for cell, taken in terms.items():
                        self.program.worth[cell] -= taken * row.toll / 1e3
