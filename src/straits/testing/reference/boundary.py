"""The network at rest, from which the axis starts and by which its end is valued."""

from __future__ import annotations

import math
from datetime import date, timedelta

from straits.case import Case
from straits.case.schema.settings import Scenario
from straits.testing.reference.amounts import Amounts, in_stretch
from straits.testing.reference.linear import INF, Best, Name, Program
from straits.testing.reference.trade import Rest, Trade

#: How far a cell or row may lie from its end and still count as resting on it.
NEAR = 1e-7


def at_rest(case: Case, scenario: Scenario | None, tariffs: str) -> Rest | None:
    """Solve the network at rest; None if it has no plan.

    Parameters
    ----------
    case : Case
        With the changes of the scenario.
    scenario : Scenario or None
        Its options are built.
    tariffs : {"paid", "internal"}
    """
    axis = case.settings.time
    followed = {
        name
        for table in ("links", "supplies", "markets", "stores", "converts", "world_markets")
        for row in case.rows(table).values()
        for column, name in row
        if column.endswith("_profile") and name
    }
    years = [(axis.start, _same_day(axis.start, 1)), (_same_day(axis.end, -1), axis.end)]
    if followed and all(_tells(case, name, *year) for name in followed for year in years):
        return _over_a_year(case, scenario, tariffs, years)
    trade = Trade(case, scenario, tariffs, still=True)
    program = trade.program
    best = program.best()
    if best.status != "optimal":
        return None
    plan = _least_under_way(trade, best)
    days = trade.length[0]
    rest = Rest(flow={(n[1], n[2]): x / days for n, x in plan.items() if n[0] == "flow"})
    for key in trade.balance:
        rest.worth[key[0], key[1]] = _one_more(program, best.plan, {("balance", *key): 1.0})
    for store, row in case.rows("stores").items():
        for cargo in trade.ways.cargoes:
            rest.in_store[store, cargo] = rest.worth.get((row.place, cargo), 0.0)
    return rest


def _over_a_year(
    case: Case, scenario: Scenario | None, tariffs: str, years: list[tuple[date, date]]
) -> Rest | None:
    """Solve the first and the last year of the axis, each as one that repeats; None if one has no plan."""
    rest = Rest()
    before, after = (Trade(case, scenario, tariffs, year=year) for year in years)
    best = before.program.best()
    if best.status != "optimal":
        return None
    last = before.T - 1
    for name, x in _least_under_way(before, best).items():
        if name[0] == "flow" and name[3] == last:
            rest.flow[name[1], name[2]] = x / before.length[last]
    program = after.program
    best = program.best()
    if best.status != "optimal":
        return None
    for place, cargo, t in after.balance:
        if t == 0:
            rest.worth[place, cargo] = _one_more(program, best.plan, {("balance", place, cargo, 0): 1.0})
    for key, row in case.rows("stores").items():
        for cargo in after.ways.cargoes:
            if ("balance", row.place, cargo, 0) in program.rows:
                more = {("balance", row.place, cargo, 0): 1.0, ("rate", key, 0): -1.0}
                rest.in_store[key, cargo] = _one_more(program, best.plan, more)
    return rest


def _same_day(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _tells(case: Case, profile: str, first: date, last: date) -> bool:
    """Whether a profile says something of each day of a year, or of the same day of a year near it."""
    amounts = Amounts(case, (first, last))
    rows = amounts.profiles.get(profile, [])
    days = [first + timedelta(days=d) for d in range((last - first).days)]
    return all(any(in_stretch(row, amounts.day_that_tells(rows, day)) for row in rows) for day in days)


def _least_under_way(trade: Trade, best: Best) -> dict[Name, float]:
    """Among the best plans give the one with the least cargo under way."""
    program, links = trade.program, trade.case.rows("links")
    pairs = sorted((key, k) for k in trade.ways.cargoes for key in trade.ways.links(k))
    weight = dict.fromkeys(program.worth, 0.0)
    for n, (key, cargo) in enumerate(pairs, start=1):
        if links[key].transit_days > 0:
            golden = math.modf(n * (math.sqrt(5) - 1) / 2)[0]
            weight["flow", key, cargo, trade.T - 1] = -(links[key].transit_days + 0.001 * golden)
    chosen = Program(weight, program.least, program.most, dict(program.rows))
    slack = 1e-9 * max(1.0, math.fsum(abs(w * best.plan[n]) for n, w in program.worth.items()))
    chosen.row("best", program.worth, best.value - slack)
    found = chosen.best()
    return found.plan if found.status == "optimal" else best.plan


def _one_more(program: Program, plan: dict[Name, float], more: dict[Name, float]) -> float:
    """Give what one more unit in some rows would add: the best of all small changes of a best plan that make room for it."""
    change = Program()
    for name, worth in program.worth.items():
        x, size = plan[name], NEAR * max(1.0, abs(plan[name]))
        down = -INF if x > program.least[name] + size else 0.0
        up = INF if x < program.most[name] - size else 0.0
        change.cell(name, worth, down, up)
    for name, (terms, least, most) in program.rows.items():
        if least == most:
            change.row(name, terms, -more.get(name, 0.0), -more.get(name, 0.0))
            continue
        value = math.fsum(v * plan[n] for n, v in terms.items())
        size = NEAR * max(1.0, math.fsum(abs(v * plan[n]) for n, v in terms.items()))
        shift = -more.get(name, 0.0)
        change.row(
            name, terms, shift if value <= least + size else -INF, shift if value >= most - size else INF
        )
    found = change.best()
    if found.status == "infeasible":
        return -INF
    if found.status != "optimal":
        raise ArithmeticError(f"one more unit at {more}: {found.status}")
    return found.value
