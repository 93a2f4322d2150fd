"""Routes between two places of a case: time, cost, tariff, and the states whose land and hands they pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.case.effects import acting
from straits.case.scopes import touched
from straits.case.territory import territories_of
from straits.case.timeaxis import day_of
from straits.errors import ModelError, did_you_mean
from straits.results.result import Result, described, version
from straits.ways.legs import Legs, taken_of
from straits.ways.shortest import Arc, Way, shortest_ways
from straits.wording import as_money

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: What may be least: days under way, resource cost, tariff, or what a shipper pays (both).
MEASURES = ("days", "cost", "tariff", "paid")
SEA = "(open sea)"


def routes(
    case: Case,
    start: str,
    end: str,
    commodity: str,
    *,
    by: str = "paid",
    count: int = 5,
    origin: str | None = None,
    scenario: Scenario | str | None = None,
    on: str | date | None = None,
) -> Result:
    """List the best routes of a commodity between two places.

    Parameters
    ----------
    case : Case
    start, end : str
        Where it begins and ends: id or name of a place, id of a supply, market or process, or of a state, which stands for all
        its places (from where something is supplied, to where something is bought or taken into a process, if there are such). A
        route is of one commodity: what a process makes of it has routes of its own.
    commodity : str
        What moves.
    by : {"paid", "cost", "tariff", "days"}
        What is to be least: what a shipper pays (cost and tariff), the resource cost, the tariff, or days under way.
    count : int
        How many at most.
    origin : str, optional
        Origin of the cargo: links that do not admit it are left out.
    scenario : Scenario or str, optional
        Its changes and options apply.
    on : str or date, optional
        Day, such as 2022-07-01, on which it is sent: links that are closed on it, by the scenario or in every run, are left
        out, and its numbers hold. Default: none is left out, and of what changes over time its mean over the axis counts.

    Returns
    -------
    Result
        `routes`: route, ways (the links' corridors), places, links, days, cost, tariff, paid, arrives (share of what is sent), km
        (nan where a length is missing), capacity (the least along the way, amount per year; options that are on counted).
        `legs`: route, leg, link, from, to, mode, days, cost, tariff, km. `states`: route, state, days, cost, km, tariff (what its
        treasury, authorities and companies receive), share_of_days.

    Raises
    ------
    ModelError
        An unknown place, commodity, measure or scenario, a day outside the axis, or no way between the two.

    Notes
    -----
    Yen's algorithm (`straits.ways.shortest`). Cost and tariff are those of one unit that enters each link; `arrives` is what is
    left of it. What measures add to the cost of a link is in its cost, or in its tariff where somebody receives it; tolls of
    joint capacities are in the tariff, duties are not. Days are the transit days of links: waiting in ports and for vessels is
    not in them. No route passes a place twice, and nothing says that a route has room: capacity is a column. A link that crosses
    several states counts in equal parts for each, one at sea for none; a tariff is its receivers', in equal parts, or its owners'
    by their shares.
    """
    if by not in MEASURES:
        raise ModelError(f"by={by!r}: expected one of {', '.join(MEASURES)}{did_you_mean(by, MEASURES)}")
    if count < 1:
        raise ModelError(f"count={count!r}: expected 1 or more")
    on = day_of(on, "on")
    case, chosen = _as_changed(case, scenario)
    goods = case.rows("commodities")
    if commodity not in goods:
        raise ModelError(f"the case has no commodity {commodity!r}{did_you_mean(commodity, goods)}")
    legs = Legs(case, chosen, commodity, origin, on)
    shut = _closed(case, chosen, commodity, origin, on)
    links = [
        row for key, row in case.rows("links").items()
        if commodity in row.commodities and key not in shut and (not row.origins or origin in (None, *row.origins))
        and legs.capacity(row) > 0
    ]  # fmt: skip
    arcs = [Arc(row.id, row.from_place, row.to_place, legs.of(row)[by]) for row in links]
    ends = _places(case, start, "supplies", commodity), _places(case, end, "markets", commodity)
    found = shortest_ways(arcs, *ends, count)
    if not found:
        when = f" on {on}" if on else ""
        raise ModelError(f"{commodity}: no way leads from {start} to {end} over links that are open{when}")
    return _result(case, found, legs, {"from": start, "to": end, "commodity": commodity, "by": by, "count": count,
                   "origin": origin, "scenario": chosen.id if chosen else "baseline", "on": on})  # fmt: skip


def _as_changed(case: Case, scenario: Scenario | str | None) -> tuple[Case, Scenario | None]:
    if scenario is None or scenario == "baseline":
        return case, None
    if isinstance(scenario, str):
        if scenario not in case.scenarios:
            raise ModelError(
                f"case {case.settings.id} has no scenario {scenario!r}{did_you_mean(scenario, case.scenarios)}"
            )
        scenario = case.scenarios[scenario]
    return (case.with_changes(scenario.changes) if scenario.changes else case), scenario


def _closed(
    case: Case, scenario: Scenario | None, commodity: str, origin: str | None, on: date | None
) -> set[str]:
    """Give the links on which nothing of a commodity and origin moves on a day.

    They are closed themselves, held by a closed joint capacity of which the commodity takes something, or served by fleets that
    are all closed.
    """
    found: set[str] = set()
    tied_up: set[str] = set()
    for effect in acting(case, scenario) if on else ():
        hit = effect.commodity in (None, commodity) and (not effect.origins or origin in effect.origins)
        if effect.factor == 0 and on is not None and effect.start <= on < effect.end and hit:
            scope, _, actor = effect.asset.partition(":")
            if scope == "transit" and origin == actor:
                continue
            for table, row in touched(case, effect.asset, on, effect.end):
                if table == "links":
                    found.add(row.id)
                elif table == "joints" and taken_of(row, commodity) > 0:
                    found |= set(row.links)
                elif table == "fleets":
                    tied_up.add(row.id)
    serving: dict[str, set[str]] = defaultdict(set)
    for key, fleet in case.rows("fleets").items():
        for link in fleet.links:
            serving[link].add(key)
    return found | {link for link, fleets in serving.items() if fleets <= tied_up}


def _places(case: Case, name: str, table: str, commodity: str) -> Collection[str]:
    """Give the places that an id or a name stands for; `table` has what stands at those that matter of a state."""
    places, rows = case.rows("places"), case.rows(table)
    if name in places:
        return [name]
    for other in ("supplies", "markets", "converts"):
        if name in case.rows(other):
            return [case.rows(other)[name].place]
    if name in case.rows("actors"):
        mine = [key for key, row in places.items() if row.territory == name]
        used = [*rows.values(), *(case.rows("converts").values() if table == "markets" else ())]
        busy = [row.place for row in used if row.place in mine and row.commodity == commodity]
        if busy or mine:
            return sorted(set(busy or mine))
    named = {row.name.lower(): key for key, row in places.items()}
    if name.lower() in named:
        return [named[name.lower()]]
    known = [*places, *(row.name for row in places.values())]
    raise ModelError(
        f"{name!r} is neither the id nor the name of a place, nor the id of a supply, a market, a process or a state with "
        "places"
        f"{did_you_mean(name, known)}"
    )


def _result(case: Case, found: Sequence[Way], legs: Legs, asked: dict[str, Any]) -> Result:
    rows = case.rows("links")
    table, parts, states = [], [], []
    for number, way in enumerate(found, start=1):
        links = [rows[arc.key] for arc in way.arcs]
        each = [legs.of(row) for row in links]
        total = {name: sum(leg[name] for leg in each) for name in MEASURES}
        km = sum(row.length_km if row.length_km is not None else np.nan for row in links)
        corridors = " + ".join(dict.fromkeys(row.corridor for row in links if row.corridor))
        stops = " > ".join(
            [case.rows("places")[key].name for key in (links[0].from_place, *(r.to_place for r in links))]
        )
        table.append((number, corridors, stops, "|".join(row.id for row in links), total["days"], total["cost"],
                      total["tariff"], total["paid"], float(np.prod([1 - row.loss for row in links])), km,
                      min(legs.capacity(row) for row in links)))  # fmt: skip
        parts += [
            (number, n, row.id, row.from_place, row.to_place, row.mode, leg["days"], leg["cost"], leg["tariff"],
             row.length_km if row.length_km is not None else np.nan)
            for n, (row, leg) in enumerate(zip(links, each, strict=True), start=1)
        ]  # fmt: skip
        states += _by_state(case, number, links, each, legs)
    money, amount = f"{case.settings.currency}/{legs.unit}", f"{legs.commodity.unit}/y"
    prices = dict.fromkeys(("cost", "tariff", "paid"), money)
    columns = [
        "route",
        "ways",
        "places",
        "links",
        "days",
        "cost",
        "tariff",
        "paid",
        "arrives",
        "km",
        "capacity",
    ]
    listed = pd.DataFrame(table, columns=columns)
    leg_columns = ["route", "leg", "link", "from_place", "to_place", "mode", "days", "cost", "tariff", "km"]
    state_columns = ["route", "state", "days", "cost", "km", "tariff", "share_of_days"]
    return Result(
        question=f"Which are the best routes of {asked['commodity']} from {asked['from']} to {asked['to']}, by {asked['by']}?",
        method="The shortest ways that pass no place twice (Yen 1971), by the link's transit days, resource cost or tariff.",
        parameters={**asked, "unit": money, "currency": case.settings.currency},
        provenance={"straits": version(), "case": case.settings.id, "case_hash": case.hash},
        tables={
            "routes": described(
                listed, title="Routes, the best first", units={"days": "d", "km": "km", "capacity": amount, **prices},
                note="days: under way on links, without waiting; paid: cost and tariff; capacity: the least along the way",
            ),
            "legs": described(pd.DataFrame(parts, columns=leg_columns), title="Links of each route",
                              units={"days": "d", "km": "km", "cost": money, "tariff": money}),
            "states": described(
                pd.DataFrame(states, columns=state_columns), title="Share of each state in each route",
                units={"days": "d", "km": "km", "cost": money, "tariff": money},
                note="a link that crosses several states counts in equal parts; tariff: what its receivers there get",
            ),
        },
        sentences=tuple(_told(listed, asked, money)),
    )  # fmt: skip


def _by_state(
    case: Case, number: int, links: Sequence[Any], each: Sequence[dict[str, float]], legs: Legs
) -> list[tuple[Any, ...]]:
    """Divide a route among the states whose land it crosses and whose hands its tariffs reach."""
    of: dict[str, dict[str, float]] = defaultdict(
        lambda: dict.fromkeys(("days", "cost", "km", "tariff"), 0.0)
    )
    for row, leg in zip(links, each, strict=True):
        crossed = (
            (SEA,) if row.mode == "sea" else sorted(territories_of(case, "links", row)) or ("(nowhere)",)
        )
        for state in crossed:
            of[state]["days"] += leg["days"] / len(crossed)
            of[state]["cost"] += leg["cost"] / len(crossed)
            of[state]["km"] += (row.length_km if row.length_km is not None else np.nan) / len(crossed)
        for state, amount in legs.received(row).items():
            of[state]["tariff"] += amount
    days = sum(part["days"] for part in of.values())
    return [
        (
            number,
            state,
            part["days"],
            part["cost"],
            part["km"],
            part["tariff"],
            part["days"] / days if days else np.nan,
        )
        for state, part in sorted(of.items(), key=lambda item: (-item[1]["days"], item[0]))
    ]


def _told(table: pd.DataFrame, asked: dict[str, Any], money: str) -> list[str]:
    """Say what the best route takes and costs, and by how much the quickest and the cheapest differ."""
    first = table.to_dict("records")[0]

    def way(row: dict[Any, Any]) -> str:
        return str(row["ways"] or row["places"])

    told = [
        f"By {asked['by']} the best of {len(table)} routes found, {way(first)}, takes {first['days']:g} days and costs "
        f"{as_money(first['paid'])} {money}, of which tariffs {as_money(first['tariff'])}."
    ]
    quick = table.sort_values(["days", "paid"]).to_dict("records")[0]
    cheap = table.sort_values(["paid", "days"]).to_dict("records")[0]
    if quick["route"] != cheap["route"]:
        told.append(
            f"The quickest of them, {way(quick)}, takes {quick['days']:g} days at {as_money(quick['paid'])} {money}; the "
            f"cheapest, {way(cheap)}, {cheap['days']:g} days at {as_money(cheap['paid'])}."
        )
    return told
