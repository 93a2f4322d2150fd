"""Checks of what can be as it stands and hardly was meant so: days of another calendar, conversion factors of another unit,
actors who belong to themselves, routes that lead elsewhere, ids that look alike or cannot be named, units of nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from straits.case.checks.registry import Problem, check
from straits.case.schema.tables import ASSET_TABLES, TABLES, columns
from straits.case.scopes import SCOPES
from straits.lookalike import difference, skeleton
from straits.plain import plain

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Years of our time as other calendars count them, from the first to before the second.
_CALENDARS = (
    (2, 200, "the Republic of China, or of an era of Japan"),
    (1300, 1500, "the Persian or the Islamic calendar"),
    (2400, 2700, "the Buddhist calendar"),
    (5600, 5900, "the Jewish calendar"),
)
#: Price years: from the first that has prices of a world market to well after the last that somebody plans for.
_PRICE_YEARS = (1800, 2200)


def _told(day: date) -> str | None:
    """Say of which calendar a day looks to be; None of ours."""
    for first, end, name in _CALENDARS:
        if first <= day.year < end:
            return f"found {day}, a year as {name} counts; accepted: a day of the Gregorian calendar, such as 2022-03-21"
    return None


@check("calendar", "error")
def calendar(case: CaseData) -> Iterator[Problem]:
    """A day in a year of another calendar (Persian, Islamic, Buddhist), outside all time, or such a price year."""
    year = case.settings.price_year
    if year is not None and not _PRICE_YEARS[0] <= year <= _PRICE_YEARS[1]:
        message = f"found {year}; accepted: a year from {_PRICE_YEARS[0]} to {_PRICE_YEARS[1]}"
        yield Problem(message, "case.yaml", None, "price_year")
    axis = case.settings.time
    named: list[tuple[str, str, date | None]] = [
        ("case.yaml", "time.start", axis.start),
        ("case.yaml", "time.end", axis.end),
    ]
    for scenario in case.scenarios.values():
        where = f"scenarios/{scenario.id}"
        for item in scenario.disruptions:
            named += [(where, name, getattr(item, name)) for name in ("start", "end", "known")]
        for change in scenario.changes:
            named += [(where, name, getattr(change, name)) for name in ("start", "end")]
        named += [(where, "decisions", decision.day) for decision in scenario.decisions]
    for where, name, day in named:
        if day is not None and (told := _told(day)):
            yield Problem(told, where, None, name)
    for table in TABLES:
        days = [name for name, column in columns(table).items() if column.kind == "date"]
        for key, row in case.fresh(table).items() if days else ():
            for name in days:
                value = getattr(row, name)
                if value is not None and (told := _told(value)):
                    yield Problem(told, table, key, name)


class _Usual(NamedTuple):
    """Numbers that a conversion factor has, and what another number most likely is."""

    ranges: tuple[tuple[float, float], ...]
    unit: str
    slip: str


#: Wide on purpose: from bitumen (6 bbl/t) to liquefied ethane (18); from oil shale (8.9 GJ/t net) to refinery gas (49.5), and
#: hydrogen by itself (120 net, 142 gross). Source of calorific values but that of hydrogen: IPCC, Guidelines for National
#: Greenhouse Gas Inventories (2006), volume 2, table 1.2.
_FACTORS = {
    "bbl_per_t": _Usual(((5.0, 20.0),), "bbl/t", "tonnes per barrel, or barrels per kt"),
    "kwh_per_m3": _Usual(((2.5, 32.0),), "kWh/m3", "MJ/m3, or energy per 1000 m3"),
    "mwh_per_t": _Usual(((1.4, 17.0), (30.0, 42.0)), "MWh/t", "GJ/t, or kWh/t"),
    "mwh_per_m3_lng": _Usual(((2.0, 9.0),), "MWh/m3", "GJ/m3, or MWh per tonne"),
    "t_per_wagon": _Usual(((10.0, 200.0),), "t", "kilograms, or tonnes of a train"),
    "teu_per_train": _Usual(((10.0, 1000.0),), "TEU", "trains per TEU"),
}


@check("factor_slip", "warning")
def factor_slip(case: CaseData) -> Iterator[Problem]:
    """A conversion factor that nothing has: barrels per tonne as tonnes per barrel, a calorific value in MJ in place of kWh."""
    for table, names in (("commodities", tuple(_FACTORS)), ("markets", ("bbl_per_t",))):
        for key, row in case.fresh(table).items():
            for name in names:
                value, usual = getattr(row, name), _FACTORS[name]
                if value is None or any(low <= value <= high for low, high in usual.ranges):
                    continue
                ends = " or ".join(f"{low:g} to {high:g}" for low, high in usual.ranges)
                message = f"found {value:g} {usual.unit}, where goods have {ends}: is it {usual.slip}?"
                yield Problem(message, table, key, name)


@check("belongs_in_a_round", "warning", whole=True)
def belongs_in_a_round(case: CaseData) -> Iterator[Problem]:
    """An actor who belongs to itself, in a round of states, alliances and groups or not: its gains would be nobody's."""
    rows = case.rows("actors")
    above: dict[str, list[str]] = {
        key: [one for one in (row.state, *row.member_of) if one is not None and one in rows]
        for key, row in rows.items()
    }
    for key in rows:
        seen: set[str] = set()
        ways: list[tuple[str, tuple[str, ...]]] = [(one, (one,)) for one in above[key]]
        while ways:
            actor, way = ways.pop()
            if actor == key:
                through = " -> ".join((key, *way))
                column = "state" if rows[key].state == way[0] else "member_of"
                yield Problem(f"{key!r} belongs to itself: {through}", "actors", key, column)
                break
            if actor not in seen:
                seen.add(actor)
                ways += [(one, (*way, one)) for one in above[actor]]


@check("state_of_a_state", "warning")
def state_of_a_state(case: CaseData) -> Iterator[Problem]:
    """A state or alliance that belongs to a state: its gains count as its own all the same."""
    for key, row in case.fresh("actors").items():
        if row.kind in ("state", "alliance") and row.state is not None:
            message = (
                f"{key!r} is of kind {row.kind}, and belongs to {row.state!r}: what it earns counts as its own. Leave `state` "
                "blank, or make it a company, group or authority"
            )
            yield Problem(message, "actors", key, "state")


#: Kilometres from the place of a link at which its route may begin or end: a place can stand for a region.
_AWAY_KM = 300.0

Point = tuple[float, float]


@check("route_away", "warning", whole=True)
def route_away(case: CaseData) -> Iterator[Problem]:
    """A route that begins or ends far from the places of its link, or leaves the Earth: latitude came first, or metres."""
    for number, feature in enumerate((case.routes or {}).get("features", []), start=1):
        link = case.rows("links").get((feature.get("properties") or {}).get("link", feature.get("id")))
        geometry = feature.get("geometry") or {}
        line = geometry.get("coordinates") if geometry.get("type") == "LineString" else None
        if link is None or not line:
            continue
        where = f"feature {number}, {link.id!r}"
        if beyond := next((p for p in line if abs(p[1]) > 90 or abs(p[0]) > 540), None):
            message = (
                f"{where}: found the point {list(beyond[:2])}; expected longitude and latitude in degrees"
            )
            yield Problem(message, "routes.geojson")
            continue
        rows = [case.rows("places").get(key) for key in (link.from_place, link.to_place)]
        places: list[Point] = [
            (row.lon, row.lat)
            for row in rows
            if row is not None and row.lon is not None and row.lat is not None
        ]
        ends = [(float(p[0]), float(p[1])) for p in (line[0], line[-1])]
        away = _apart(ends, places)
        if len(places) == 2 and away > _AWAY_KM:
            turned = _apart([(lat, lon) for lon, lat in ends], places)
            hint = "; latitude seems to stand before longitude" if turned < away / 2 else ""
            message = (
                f"{where}: an end lies {away:,.0f} km from its place; expected within {_AWAY_KM:g} km{hint}"
            )
            yield Problem(message, "routes.geojson")


def _apart(ends: list[Point], places: list[Point]) -> float:
    """Give how far the farther end of a route lies from its place, whichever way the route is drawn, km."""
    ways = (places, places[::-1])
    return min(max((_km(a, b) for a, b in zip(ends, way, strict=False)), default=0.0) for way in ways)


def _km(a: Point, b: Point) -> float:
    """Give the distance of two points on the sphere by the haversine formula."""
    (lon_a, lat_a), (lon_b, lat_b) = ([math.radians(x) for x in point] for point in (a, b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(min(1.0, max(0.0, half))))


#: Tables whose ids stand in the names of results, such as `exports:crude:KAZ`, and after scopes, such as `transit:RUS`.
_NAMED = ("actors", "commodities", "options", *ASSET_TABLES)


@check("id_signs", "error")
def id_signs(case: CaseData) -> Iterator[Problem]:
    """An id with `:`, which separates ids in names of results, with an invisible sign, or that reads as two assets, `a+b`."""
    assets = {key for table in ASSET_TABLES for key in case.known_ids(table)}
    for table in TABLES:
        for key in case.fresh_ids(table):
            if table in _NAMED and ":" in key and key.partition(":")[0] not in SCOPES:
                message = (
                    f"id {key!r} holds ':', which separates ids in names of results; write '-' or '_' instead"
                )
                yield Problem(message, table, key, "id")
            elif table in ASSET_TABLES and "+" in key and assets.issuperset(key.split("+")):
                message = f"id {key!r} reads as {' and '.join(key.split('+'))} failing together; write '-' or '_' instead"
                yield Problem(message, table, key, "id")
            elif plain(key) != key or "\u00ad" in key:
                yield Problem(f"id {plain(key)!r} holds a sign that is not seen; remove it", table, key, "id")


@check("look_alike", "warning")
def look_alike(case: CaseData) -> Iterator[Problem]:
    """Two ids that look the same and are not: letters of two alphabets, digits of two scripts, wide and narrow, capitals."""
    for tables in [ASSET_TABLES, *((table,) for table in TABLES if table not in ASSET_TABLES)]:
        seen: dict[str, str] = {}
        for table in tables:
            for key in case.known_ids(table):
                other = seen.setdefault(skeleton(key).casefold(), key)
                if other != key:
                    yield Problem(_alike(key, other), table, key, "id")
    seen = {}
    for key in case.scenarios:
        other = seen.setdefault(key.casefold(), key)
        if other != key:
            told = f"{_alike(key, other)}; some systems keep both in one file, and lose one"
            yield Problem(told, f"scenarios/{key}", None, "id")


def _alike(key: str, other: str) -> str:
    """Say of two ids that look alike where they differ."""
    capitals = "they differ in capitals" if skeleton(key) != skeleton(other) else "they differ in spaces"
    return f"id {key!r} looks like {other!r}: {difference(key, other) or capitals}"


@check("unit_of_nothing", "warning")
def unit_of_nothing(case: CaseData) -> Iterator[Problem]:
    """A unit beside a blank number: the number takes its default, or is not given, which may not be what was meant."""
    for table in filter(case.known_ids, TABLES):
        cells = case.parsed(table).cells
        for name, column in columns(table).items():
            if column.unit_column is None or not column.is_number or name.endswith(("_low", "_high")):
                continue
            default = "is not given" if column.default is None else f"is taken as {column.default:g}"
            for of in cells:
                unit = of.get(column.unit_column)
                if unit is not None and of.get(name) is None:
                    told = f"the unit {unit!r} stands beside a blank {name}, which {default}"
                    yield Problem(told, table, of["id"], name)
