"""Check of agreed flows that cargo could reach by going round, from the end of a link back to its start by other links."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from straits.case.checks.network import Cargo, accepts, carries, reach, sources
from straits.case.checks.registry import Problem, check

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.network import Link


@check("goes_round", "warning", whole=True)
def goes_round(case: CaseData) -> Iterator[Problem]:
    """A least flow agreed on a link from whose end cargo can come back to its start: cargo that goes round could keep it."""
    links = case.rows("links")
    for key, contract in case.rows("contracts").items():
        link = links.get(contract.asset)
        if contract.kind != "least" or contract.amount == 0 or link is None:
            continue
        for cargo in sources(case):
            named = contract.commodity in (None, cargo[0]) and (
                not contract.origins or cargo[1] in contract.origins
            )
            if not named or not carries(link, cargo):
                continue
            back = way_back(case, link, cargo)
            if back:
                yield Problem(_message(link, back, cargo), "contracts", key, "asset")
                break


def _message(link: Link, back: list[Link], cargo: Cargo) -> str:
    what = f"{cargo[0]} of {cargo[1]}" if cargo[1] else cargo[0]
    names = ", ".join(repr(other.id) for other in back)
    text = f"{what} can go round: from {link.to_place!r} back to {link.from_place!r} by {names}"
    circle = [link, *back]
    if (
        len({one.capacity_unit for one in circle}) == 1
        and (least := min(one.capacity for one in circle)) < math.inf
    ):
        text += f", up to {least:g} {link.capacity_unit}"
    corridors = sorted({one.corridor for one in circle if one.corridor})
    also = f" and in the flow of corridor {', '.join(map(repr, corridors))}" if corridors else ""
    return f"{text}. What goes round would count here{also} and reach nobody; look for circles in the plan"


def way_back(case: CaseData, link: Link, cargo: Cargo) -> list[Link]:
    """Give links by which a cargo comes back from the end of a link to its start; none if there is no such way.

    A link straight back does not count: an agreed flow counts net of it. Links that cargo can use only on its way back to where
    it has been are left out, as the model leaves them out: before such a link, or after it, every way passes its other end.
    """
    usable = [other for other in case.rows("links").values() if carries(other, cargo)]
    out, into = _arcs(usable), _arcs(usable, turned=True)
    between = reach([link.to_place], out) & reach([link.from_place], into)
    starts = sources(case)[cargo]
    goals = {row.place for row in case.rows("markets").values() if accepts(row, cargo)}
    for table in ("stores", "converts"):
        goals |= {row.place for row in case.rows(table).values() if row.commodity == cargo[0]}
    leaving: dict[str, list[Link]] = defaultdict(list)
    for other in usable:
        a, b = other.from_place, other.to_place
        straight = (a, b) == (link.to_place, link.from_place)
        if straight or not {a, b} <= between:
            continue
        if a in _past(starts, out, b) and b in _past(goals, into, a):
            leaving[a].append(other)
    came: dict[str, list[Link]] = {link.to_place: []}
    queue = deque([link.to_place])
    while queue and link.from_place not in came:
        here = queue.popleft()
        for other in leaving[here]:
            if other.to_place not in came:
                came[other.to_place] = [*came[here], other]
                queue.append(other.to_place)
    return came.get(link.from_place, [])


def _arcs(links: Iterable[Link], *, turned: bool = False) -> dict[str, list[str]]:
    arcs: dict[str, list[str]] = defaultdict(list)
    for link in links:
        a, b = (link.to_place, link.from_place) if turned else (link.from_place, link.to_place)
        arcs[a].append(b)
    return arcs


def _past(starts: set[str], arcs: dict[str, list[str]], avoided: str) -> set[str]:
    """Give the places that can be reached without passing one of them."""
    left = {
        place: [end for end in ends if end != avoided] for place, ends in arcs.items() if place != avoided
    }
    return reach(starts - {avoided}, left)
