"""The network at rest, from which the axis starts and by which its end is valued."""

from __future__ import annotations

import math

from straits.case import Case
from straits.case.schema.settings import Scenario
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
    trade = Trade(case, scenario, tariffs, still=True)
    program = trade.program
    best = program.best()
    if best.status != "optimal":
        return None
    plan = _least_under_way(trade, best)
    days = trade.length[0]
    rest = Rest(flow={(n[1], n[2]): x / days for n, x in plan.items() if n[0] == "flow"})
    for key in trade.balance:
        rest.worth[key[0], key[1]] = _one_more(program, best.plan, ("balance", *key))
    return rest


def _least_under_way(trade: Trade, best: Best) -> dict[Name, float]:
    """Among the best plans give the one with the least cargo under way."""
    program, links = trade.program, trade.case.rows("links")
    pairs = sorted((key, k) for k in trade.ways.cargoes for key in trade.ways.links(k))
    weight = dict.fromkeys(program.worth, 0.0)
    for n, (key, cargo) in enumerate(pairs, start=1):
        if links[key].transit_days > 0:
            golden = math.modf(n * (math.sqrt(5) - 1) / 2)[0]
            weight["flow", key, cargo, 0] = -(links[key].transit_days + 0.001 * golden)
    chosen = Program(weight, program.least, program.most, dict(program.rows))
    slack = 1e-9 * max(1.0, math.fsum(abs(w * best.plan[n]) for n, w in program.worth.items()))
    chosen.row("best", program.worth, best.value - slack)
    found = chosen.best()
    return found.plan if found.status == "optimal" else best.plan


def _one_more(program: Program, plan: dict[Name, float], balance: Name) -> float:
    """Give what one more unit at a balance would add: the best of all small changes of a best plan that make room for it."""
    change = Program()
    for name, worth in program.worth.items():
        x, size = plan[name], NEAR * max(1.0, abs(plan[name]))
        down = -INF if x > program.least[name] + size else 0.0
        up = INF if x < program.most[name] - size else 0.0
        change.cell(name, worth, down, up)
    for name, (terms, least, most) in program.rows.items():
        if least == most:
            more = -1.0 if name == balance else 0.0
            change.row(name, terms, more, more)
            continue
        value = math.fsum(v * plan[n] for n, v in terms.items())
        size = NEAR * max(1.0, math.fsum(abs(v * plan[n]) for n, v in terms.items()))
        change.row(name, terms, 0.0 if value <= least + size else -INF, 0.0 if value >= most - size else INF)
    found = change.best()
    if found.status == "infeasible":
        return -INF
    if found.status != "optimal":
        raise ArithmeticError(f"one more unit at {balance}: {found.status}")
    return found.value
