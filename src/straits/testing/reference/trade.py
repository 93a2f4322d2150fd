"""The program of a case, row by row as in `docs/formulation.md`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from straits.case import Case
from straits.case.schema.settings import Scenario
from straits.testing.reference.amounts import Amounts, working
from straits.testing.reference.disruptions import Left
from straits.testing.reference.linear import INF, Name, Program
from straits.testing.reference.ways import Cargo, Ways

#: Parts into which linear demand is cut.
PARTS = 16
KM_PER_MILE = 1.852


@dataclass
class Rest:
    """The network at rest: flow per day on each link, worth of one more unit, and where there is no room for one."""

    flow: dict[tuple[str, Cargo], float] = field(default_factory=dict)
    worth: dict[tuple[str, Cargo], float] = field(default_factory=dict)
    #: Worth of one more unit in a store.
    in_store: dict[tuple[str, Cargo], float] = field(default_factory=dict)


class Trade:
    """Writes the program of a case.

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
        self.write()

    # ------------------------------------------------------------------ help

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

    def added(self, asset: str, commodity: str, unit: str = "rate") -> list[float]:
        """Give what options add to an asset in each step: rates, amounts, or counts."""
        steps = self.amounts.steps if unit == "rate" else self.steps
        found = [0.0] * len(steps)
        for o in (o for o in self.built if o.asset == asset):
            if unit == "rate":
                each = self.amounts.rate(o.adds, o.adds_unit, commodity)
            else:
                adds = o.adds if unit == "count" else self.amounts.amount(o.adds, o.adds_unit, commodity)
                each = [adds] * len(steps)
            for t, step in enumerate(steps):
                days = self.amounts.days(step)
                found[t] += each[t] * sum(working(o, self.decided, day) for day in days) / len(days)
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
            whole = [_part(a, sum(w) / len(w)) for a, w in zip(whole, works, strict=True)]
        return self.per_step(whole)

    # ------------------------------------------------------------------ write

    def write(self) -> None:
        """Write all cells and rows."""
        self.fields()
        self.links()
        self.processes()
        self.buyers()
        self.worlds()
        if not self.still:
            self.tanks()
        if not self.quiet:
            self.thrown_away()
        self.ships()
        self.together()
        self.promises()
        for key, terms in self.balance.items():
            amount = -self.before.get(key, 0.0)
            self.program.row(("balance", *key), terms, amount, amount)

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
            open_ = [_part(capacity[t], self.share(key, t)) for t in range(self.T)]
            for t in range(self.T):
                p.cell(("supply", key, t), -cost[t], 0.0, open_[t])
                self.put(row.place, cargo, t, ("supply", key, t), 1.0)
                terms: dict[Name, float] = {("supply", key, t): 1.0}
                if emergency is not None:
                    p.cell(("forced", key, t), -emergency)
                    terms[("forced", key, t)] = 1.0
                p.row(("least_output", key, t), terms, _part(least[t], self.share(key, t)))
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
                    p.cell(cell, -cost - toll - dear, 0.0, _part(capacity[t], struck) if struck < 1 else INF)
                    self.put(row.from_place, cargo, t, cell, -1.0)
                    arriving = self.arrivals(t, wait)
                    for later, share in arriving.items():
                        self.put(row.to_place, cargo, later, cell, (1 - row.loss) * share)
                    self.closing(row, cargo, t, 1 - math.fsum(arriving.values()))
                terms = {("flow", key, cargo, t): 1.0 for cargo in cargoes}
                if terms:
                    p.row(("capacity", key, t), terms, most=_part(capacity[t], self.share(key, t)))
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
                    most = _part(capacity[t], struck) if struck < 1 else INF
                    p.cell(cell, -cost[t] - toll[t] * (self.tariffs == "paid"), 0.0, most)
                    self.put(row.place, cargo, t, cell, -1.0)
                    for made, share in self.ways.makes(row, cargo).items():
                        self.put(row.place, made, t, cell, share)
                taken = {("flow", key, cargo, t): 1.0 for cargo in cargoes}
                if taken:
                    p.row(("capacity", key, t), taken, most=_part(capacity[t], self.share(key, t)))

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
                    p.cell(("tranche", key, b, t), price[t], 0.0, _part(width[t], left))
                    parts[("tranche", key, b, t)] = -1.0
                p.row(("sold", key, t), sales | parts, 0.0, 0.0)
                if row.demand_kind == "fixed":
                    promised = _part(curve[0][1][t], left)
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
            cut = {p: _elastic(p, row.elasticity, choke, p if low is None else low) for p in set(prices)}
            most = max(len(parts) for parts in cut.values())
            parts = [[(p, q * demands[t]) for p, q in cut[prices[t]]] for t in steps]
            parts = [of + [(of[-1][0], 0.0)] * (most - len(of)) for of in parts]
        elif row.demand_kind == "linear" or row.steps:
            parts = [[(p * prices[t], q * demands[t]) for p, q in _curve(row)] for t in steps]
        else:
            parts = [[(prices[t], demands[t])] for t in steps]
        found = []
        for b in range(len(parts[0])):
            widths = [of[b][1] for of in parts]
            price = [of[b][0] for of in parts]
            found.append((self.mean(price), self.per_step(widths)))
        return found

    def mean(self, values: list[float]) -> list[float]:
        """Give a price in each step of this program: at rest, the mean over the days."""
        if not self.still:
            return values
        days = [len(self.amounts.days(step)) for step in self.amounts.steps]
        return [math.fsum(v * d for v, d in zip(values, days, strict=True)) / sum(days)]

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
            parts = _of_world(math.fsum(sold) / math.fsum(volume), answer)
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
            cargoes = [k for k in self.ways.cargoes if key in self.ways.stores(k)]
            back = self.reserve_of(row)
            kept = [max(amount - dead, 0.0) for amount in back]
            for t in range(self.T):
                change: dict[Name, float] = {}
                for cargo in cargoes:
                    cell, ago = ("stock", key, cargo, t), ("stock", key, cargo, (t - 1) % self.T)
                    worth = -yearly[t] / 365 * self.length[t]
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
                    self.held_back(
                        row, held, t, kept[t], max(kept[0] - (start if key in self.ways.held else 0.0), 0.0)
                    )
                own = start if t == 0 and key in self.ways.held and not self.year else 0.0
                left = self.share(key, t)
                p.row(("rate", key, t), change, own - _part(outward[t], left), own + _part(inward[t], left))
            if key in self.ways.held and not self.year:
                at = (row.place, self.ways.held[key], 0)
                self.before[at] = self.before.get(at, 0.0) + start

    def reserve_of(self, row: Any) -> list[float]:
        """Give the reserve of a store in each step."""
        return self.amounts.over_time(
            "stores", row, "reserve", lambda v, u: [self.amounts.amount(v, u, row.commodity)] * self.T
        )

    def held_back(self, row: Any, held: dict[Name, float], t: int, reserve: float, at_start: float) -> None:
        """Hold a reserve back: what lacks of it more than a step before is drawn, at its price, on days when it may be."""
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
        p.row(("reserve", row.id, t), held | {lacking: 1.0}, reserve)
        before: dict[Name, float] = {ago: -1.0} if ago in p.worth else {}
        p.row(("release", row.id, t), before | {lacking: 1.0, drawn: -1.0}, most=at_start if t == 0 else 0.0)

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

    # ------------------------------------------------------------------ contracts

    def promises(self) -> None:
        """Least and greatest flows."""
        p, a = self.program, self.amounts
        for key, row in self.case.rows("contracts").items():
            kind = next(
                k for k in ("links", "converts", "supplies", "markets") if row.asset in self.case.rows(k)
            )
            asset = self.case.rows(kind)[row.asset]
            commodity = row.commodity or (asset.commodities[0] if kind == "links" else asset.commodity)
            agreed = a.rate(row.amount, row.amount_unit, commodity)
            rate = [x + y for x, y in zip(agreed, self.added(key, commodity), strict=True)]
            begin, end = max(row.start or a.first, a.first), min(row.end or a.last, a.last)
            if self.year:
                axis = self.case.settings.time
                if (row.start or axis.start) > axis.start or (row.end or axis.end) < axis.end:
                    continue
                begin, end = a.first, a.last
            periods = list(self.periods(row.per, begin, end))
            shares = [[_overlap(step, period) for step in a.steps] for period in periods]
            amounts = [math.fsum(r * s for r, s in zip(rate, share, strict=True)) for share in shares]
            if self.still:
                if (begin, end) != (a.first, a.last):
                    continue
                shares, amounts = [[1.0]], [math.fsum(amounts)]
            penalty = a.price(row.penalty, row.penalty_unit, commodity)
            for n, (share, amount) in enumerate(zip(shares, amounts, strict=True)):
                terms: dict[Name, float] = {}
                for t, part in enumerate(share):
                    if part:
                        for cell, weight in self.counted(kind, asset, row, t).items():
                            terms[cell] = terms.get(cell, 0.0) + weight * part
                if row.kind == "greatest":
                    p.row(("contract", key, n), terms, most=amount)
                    continue
                if penalty is not None:
                    p.cell(("shortfall", key, n), -penalty)
                    terms[("shortfall", key, n)] = 1.0
                p.row(("contract", key, n), terms, amount)

    def periods(self, per: str, begin: Any, end: Any) -> Any:
        """Cut the time of a contract into its periods."""
        if begin >= end:
            return
        if per == "period":
            yield begin, end
            return
        if per == "month":
            edges = sorted({begin, end, *(d for d in _firsts(begin, end))})
        else:
            edges = sorted({begin, end, *(a for a, _ in self.amounts.calendar if begin < a < end)})
        yield from itertools.pairwise(edges)

    def counted(self, kind: str, asset: Any, row: Any, step: int) -> Mapping[Name, float]:
        """Give what counts for a contract in a step."""

        def counts(cargo: Cargo) -> bool:
            return row.commodity in (None, cargo[0]) and (not row.origins or cargo[1] in row.origins)

        if kind == "supplies":
            return {("supply", asset.id, step): 1.0} if counts(self.ways.supplies[asset.id]) else {}
        cargoes = [k for k in self.ways.cargoes if counts(k)]
        if kind == "markets":
            return {("sale", asset.id, k, step): 1.0 for k in cargoes if asset.id in self.ways.markets(k)}
        if kind == "converts":
            return {("flow", asset.id, k, step): 1.0 for k in cargoes if asset.id in self.ways.processes(k)}
        found: dict[Name, float] = {}
        for cargo in cargoes:
            if asset.id not in self.ways.links(cargo):
                continue
            found[("flow", asset.id, cargo, step)] = 1.0
            for key, back in self.case.rows("links").items():
                ends = (back.from_place, back.to_place) == (asset.to_place, asset.from_place)
                if row.kind == "least" and ends and key in self.ways.links(cargo):
                    found[("flow", key, cargo, step)] = -1.0 / (1 - asset.loss)
        return found


def _part(amount: float, share: float) -> float:
    """Give a share of an amount; of an unlimited one, nothing or all."""
    if amount == INF:
        return 0.0 if share == 0 else INF
    return amount * share


def _overlap(step: tuple[Any, Any], period: tuple[Any, Any]) -> float:
    days = (min(step[1], period[1]) - max(step[0], period[0])).days
    return max(days, 0) / (step[1] - step[0]).days


def _firsts(begin: Any, end: Any) -> Any:
    day = begin.replace(day=1)
    while day < end:
        if day > begin:
            yield day
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)


def _curve(row: Any) -> list[tuple[float, float]]:
    """Give the price and width of each part of a market's demand, as shares of its price and its demand."""
    if row.demand_kind == "linear":
        whole = 1 - row.elasticity
        middles = [(b + 0.5) / PARTS * whole for b in range(PARTS)]
        return [(1 + (q - 1) / row.elasticity, whole / PARTS) for q in middles]
    pairs = [(float(p), float(q)) for p, q in (text.split(":") for text in row.steps)]
    return [(p / row.price, q / row.demand) for p, q in pairs]


def _elastic(usual: float, elasticity: float, choke: float, floor: float) -> list[tuple[float, float]]:
    """Cut demand of constant elasticity into parts at the mean price of each, by adding the price up bit by bit."""
    bits = 2000

    def bought(price: float) -> float:
        return math.exp(elasticity * math.log(price / usual))

    parts = [(choke, bought(choke))]
    edges = (
        [choke * (floor / choke) ** (b / PARTS) for b in range(PARTS + 1)]
        if choke > floor * (1 + 1e-12)
        else []
    )
    for high, low in itertools.pairwise(edges):
        # Value of a part: from price to price, what is bought more, at the mean of the two prices (trapezoids).
        inner = [high * (low / high) ** (i / bits) for i in range(bits + 1)]
        value = math.fsum((p + q) / 2 * (bought(q) - bought(p)) for p, q in itertools.pairwise(inner))
        width = bought(low) - bought(high)
        parts.append((value / width, width))
    return parts


def _of_world(share: float, elasticity: float) -> list[tuple[float, float, float]]:
    """Cut what the world would pay into parts: share of its price, and both ends as shares of what the case sells there."""

    def price(bought: float) -> float:
        return 1 + (bought - 1) * share / elasticity

    zero, edge = 1 - elasticity / share, 1 / 24.5
    edges = [k * edge for k in range(37) if k not in (24, 25)]
    while edges[-1] < zero:
        edges.append(2 * edges[-1])
    edges = [e for e in edges if e < zero] + [zero]
    return [((price(a) + price(b)) / 2, a, b) for a, b in itertools.pairwise(edges)]
