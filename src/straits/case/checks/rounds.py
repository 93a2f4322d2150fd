"""Checks of what goes round and of processes: flows agreed that cargo could reach by going back to the start of a link, and
processes that make of goods what cannot be, or what nobody takes."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from straits.case.answers import numbers_of, yields_of
from straits.case.checks.network import Cargo, accepts, arcs_of, carries, goals, reach, sources
from straits.case.checks.registry import Problem, check
from straits.case.conversion import limits_of, made_of, origin_made, outputs_of
from straits.errors import did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.converts import Convert
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
    uses = {row.place for row in case.rows("markets").values() if accepts(row, cargo)}
    for table in ("stores", "converts"):
        uses |= {row.place for row in case.rows(table).values() if row.commodity == cargo[0]}
    leaving: dict[str, list[Link]] = defaultdict(list)
    for other in usable:
        a, b = other.from_place, other.to_place
        straight = (a, b) == (link.to_place, link.from_place)
        if straight or not {a, b} <= between:
            continue
        if a in _past(starts, out, b) and b in _past(uses, into, a):
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


@check("yields", "error", refers=True)
def yields(case: CaseData) -> Iterator[Problem]:
    """Yields of a process that are no numbers, of no commodity, more than goes in, or of an origin that nothing tells."""
    goods = case.rows("commodities")
    for key, row in case.fresh("converts").items():
        found, named = yields_of(row), [text.partition("=")[0].strip() for text in row.yields]
        if not named or len(named) != len(found) or not all(found.values()):
            told = f"found {'|'.join(row.yields)!r}; expected COMMODITY=NUMBER, above 0, each once"
            yield Problem(told, "converts", key, "yields")
            continue
        for good in named:
            if good not in goods:
                told = f"makes {good!r}, which is no id of commodities{did_you_mean(good, goods)}"
                yield Problem(told, "converts", key, "yields")
            elif good == row.commodity:
                yield Problem(
                    f"makes {good!r} of itself; give what is left as less input", "converts", key, "yields"
                )
            elif row.commodity in goods and goods[good].tracked and row.place in case.rows("places"):
                kept = goods[row.commodity].tracked
                if not kept and origin_made(case, row, good, None) is None:
                    told = f"nothing tells the origin of {good!r}: give `origin`, or a territory to the place"
                    yield Problem(told, "converts", key, "origin")
        yield from _ends(key, row, found)
        if row.commodity in goods and all(good in goods for good in named):
            yield from _gain(case, key, row)


def _ends(key: str, row: Convert, found: Mapping[str, float]) -> Iterator[Problem]:
    """Find ends of yields that are no numbers, of what is not made, or on the wrong side of the yield."""
    for column, side in (("yields_low", -1.0), ("yields_high", 1.0)):
        for text in getattr(row, column):
            good = text.partition("=")[0].strip()
            end = numbers_of([text]).get(good)
            if good not in found or end is None:
                told = f"found {text!r}; expected COMMODITY=NUMBER of what it makes: {', '.join(found)}"
                yield Problem(f"{told}{did_you_mean(good, found)}", "converts", key, column)
            elif side * (end - found[good]) < 0:
                told = (
                    f"found {good}={end:g}, {'above' if side < 0 else 'below'} its yield of {found[good]:g}"
                )
                yield Problem(told, "converts", key, column)


def _gain(case: CaseData, key: str, row: Convert) -> Iterator[Problem]:
    """Find a process that makes more mass of mass, or more energy of energy, than goes in."""
    goods = case.rows("commodities")
    taken = goods[row.commodity]
    made = outputs_of(case, row)
    for unit, most in limits_of(case, row).items():
        out = sum(share for good, share in made.items() if goods[good].unit == unit)
        if out > most * (1 + 1e-9):
            holds = "" if unit == taken.unit else f", which holds {most:g}"
            told = f"gives {out:g} {unit} of products for one {taken.unit} of {taken.id!r}{holds}; accepted: at most {most:g}"
            yield Problem(told, "converts", key, "yields")


@check("convert_blocked", "warning", whole=True)
def convert_blocked(case: CaseData) -> Iterator[Problem]:
    """A process that nothing reaches, or that makes what finds no market, store or further process."""
    starts = sources(case)
    ends = goals(case, starts, stores=True)
    for key, row in case.rows("converts").items():
        here = [
            cargo
            for cargo in starts
            if cargo[0] == row.commodity and row.place in reach(starts[cargo], arcs_of(case, cargo))
        ]
        if not here:
            yield Problem(
                f"no {row.commodity} reaches {row.place!r}: it has nothing to take", "converts", key, "place"
            )
        for cargo in here:
            lost = [
                made[0]
                for made in made_of(case, row, cargo)
                if row.place not in reach(ends.get(made, ()), arcs_of(case, made, turned=True))
            ]
            if lost:
                told = f"what it makes of {' and '.join(sorted(lost))} finds no market, store or process, so that it "
                told += "stands still; "
                yield Problem(
                    told + "what is thrown away needs a market at price 0", "converts", key, "yields"
                )
                break


@check("conversion_gain", "error", whole=True)
def conversion_gain(case: CaseData) -> Iterator[Problem]:
    """Processes that turn a commodity into others and these back into more of it than there was."""
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for key, row in case.rows("converts").items():
        for good, share in outputs_of(case, row).items():
            best[row.commodity, good] = max(best.get((row.commodity, good), (0.0, "")), (share, key))
    goods = sorted({good for pair in best for good in pair})
    most: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {
        pair: (share, (key,)) for pair, (share, key) in best.items()
    }
    # The most that any chain of processes makes of each: products of yields along it, as Floyd and Warshall add lengths.
    for via in goods:
        for a in goods:
            for b in goods:
                if (a, via) in most and (via, b) in most:
                    share = most[a, via][0] * most[via, b][0]
                    if share > most.get((a, b), (0.0, ()))[0] * (1 + 1e-12):
                        most[a, b] = share, (*most[a, via][1], *most[via, b][1])
        gained = next((a for a in goods if most.get((a, a), (0.0, ()))[0] > 1 + 1e-9), None)
        if gained is not None:
            share, chain = most[gained, gained]
            told = f"{' and '.join(map(repr, dict.fromkeys(chain)))} make {share:.4g} of each unit of {gained!r}; "
            told += "accepted: at most 1"
            yield Problem(told, "converts", chain[0], "yields")
            return
