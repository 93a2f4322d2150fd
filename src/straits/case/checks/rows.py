"""Checks of single rows: ids, references, ranges, intervals and dates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from straits.case.checks.registry import Problem, check
from straits.case.effects import is_unlimited
from straits.case.ownership import holds_on
from straits.case.schema.tables import ASSET_TABLES, TABLES, columns, tables_of
from straits.case.scopes import SCOPES, touched
from straits.errors import did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData

_SCENARIO_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@check("id_form", "error")
def id_form(case: CaseData) -> Iterator[Problem]:
    """An id that could not be referred to: it holds `|` or a line break, or looks like `transit:X`, `territory:X`, `actor:X`."""
    for table in TABLES:
        for key in case.fresh_ids(table):
            if "|" in key or "\n" in key:
                yield Problem(f"id {key!r} holds '|' or a line break", table, key, "id")
            elif table in ASSET_TABLES and key.partition(":")[0] in SCOPES and ":" in key:
                yield Problem(
                    f"id {key!r} begins like a scope of disruptions ({', '.join(SCOPES)})", table, key, "id"
                )


@check("scenario_name", "error")
def scenario_name(case: CaseData) -> Iterator[Problem]:
    """A scenario id that cannot name a file, or `baseline`, which is the case without a scenario."""
    for key in case.scenarios:
        if not _SCENARIO_ID.fullmatch(key):
            message = f"found {key!r}; accepted: letters, digits, '_', '-' and '.', beginning with a letter or digit"
            yield Problem(message, f"scenarios/{key}", None, "id")
        elif key == "baseline":
            yield Problem(
                "'baseline' is the case without a scenario; take another id", f"scenarios/{key}", None, "id"
            )


@check("shared_asset_id", "error")
def shared_asset_id(case: CaseData) -> Iterator[Problem]:
    """An id that two asset tables use, so that a control or disruption could mean either."""
    owner: dict[str, str] = {}
    for table in ASSET_TABLES:
        for key in case.known_ids(table):
            if owner.setdefault(key, table) != table:
                yield Problem(f"id {key!r} also stands in table {owner[key]}", table, key, "id")


@check("unknown_id", "error", refers=True)
def unknown_id(case: CaseData) -> Iterator[Problem]:
    """A reference to a row that does not exist."""
    for table in TABLES:
        rows = case.fresh(table)
        if not rows:
            continue
        for name, column in columns(table).items():
            if column.refers is None:
                continue
            targets = tables_of(column.refers)
            known = {key for target in targets for key in case.known_ids(target)}
            if column.refers == "profile":
                targets, known = ("profiles, column profile",), set(case.profiles)
            for key, row in rows.items():
                value = getattr(row, name)
                for found in value if isinstance(value, tuple) else (value,):
                    if found is not None and found not in known:
                        what = "name" if column.refers == "profile" else "id"
                        message = f"found {found!r}, which is no {what} of {', '.join(targets)}{did_you_mean(found, known)}"
                        yield Problem(message, table, key, name)


@check("repeated_member", "error")
def repeated_member(case: CaseData) -> Iterator[Problem]:
    """A list that names one thing twice."""
    for table in TABLES:
        lists = [name for name, column in columns(table).items() if column.kind == "list" and name != "steps"]
        for key, row in case.fresh(table).items():
            for name in lists:
                members = getattr(row, name)
                if len(set(members)) < len(members):
                    twice = next(member for member in members if members.count(member) > 1)
                    yield Problem(f"{twice!r} stands twice in the list", table, key, name)


@dataclass(frozen=True)
class Range:
    """Accepted numbers of a column."""

    low: float = 0.0
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    whole: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below and (not self.whole or value == math.floor(value))

    def __str__(self) -> str:
        low = f"above {self.low:g}" if self.open_low else f"{self.low:g} or more"
        low = "" if math.isinf(self.low) else low
        high = f"below {self.high:g}" if self.open_high else f"{self.high:g} or less"
        high = "" if math.isinf(self.high) else high
        return ("a whole number, " if self.whole else "") + " and ".join(part for part in (low, high) if part)


_ABOVE_0 = Range(open_low=True)
_SHARE = Range(high=1.0)
#: Days that something may be expected to last, as its end is a date: more end after the last year that a calendar has.
_EXPECTED = Range(high=1_000_000.0, open_low=True, whole=True)

#: What the solver takes for unlimited, or not at all.
_NO_NUMBER = 1e20
#: Below this a number is no amount of anything, and the solver, which scales numbers, loses it.
_NO_AMOUNT = 1e-30

#: Every number that is not simply "0 or more".
RANGES: dict[tuple[str, str], Range] = {
    ("commodities", "bbl_per_t"): _ABOVE_0,
    ("commodities", "t_per_wagon"): _ABOVE_0,
    ("commodities", "teu_per_train"): _ABOVE_0,
    ("commodities", "kwh_per_m3"): _ABOVE_0,
    ("commodities", "mwh_per_t"): _ABOVE_0,
    ("commodities", "mwh_per_m3_lng"): _ABOVE_0,
    ("profiles", "growth"): Range(-1.0, 10.0, open_low=True),
    ("places", "lon"): Range(-180.0, 180.0),
    ("places", "lat"): Range(-90.0, 90.0),
    ("links", "loss"): Range(high=1.0, open_high=True),
    **{
        (table, f"elasticity{end}"): Range(-math.inf, 0.0, open_high=True)
        for table in ("markets", "price_responses")
        for end in ("", "_low", "_high")
    },
    ("markets", "choke_price"): _ABOVE_0,
    ("markets", "floor_price"): _ABOVE_0,
    ("world_markets", "volume"): _ABOVE_0,
    ("world_markets", "price"): _ABOVE_0,
    ("world_markets", "sold"): _ABOVE_0,
    **{("exposures", f"net_exports{end}"): Range(-math.inf) for end in ("", "_low", "_high")},
    ("markets", "bbl_per_t"): _ABOVE_0,
    ("fleets", "payload"): _ABOVE_0,
    ("fleets", "speed_knots"): Range(high=1_000.0, open_low=True),
    ("fleets", "availability"): Range(high=1.0, open_low=True),
    ("controls", "share"): _SHARE,
    ("rights", "share"): _SHARE,
    ("measures", "factor"): _SHARE,
    ("measures", "expected_days"): _EXPECTED,
    ("hazards", "rate_per_year"): Range(high=8_784.0),
    ("hazards", "duration_days"): Range(high=36_600.0, open_low=True),
    ("hazards", "duration_spread"): Range(open_low=True, open_high=True),
    ("hazards", "factor"): _SHARE,
    ("options", "adds"): _ABOVE_0,
    ("options", "life_years"): _ABOVE_0,
    ("regimes", "start_probability"): _SHARE,
    ("regimes", "strike_probability"): _SHARE,
    # Ends that nothing in the world passes: beyond them stands a slip in a unit or a decimal mark.
    ("places", "precision_km"): Range(high=20_040.0),
    ("links", "length_km"): Range(high=100_000.0),
    ("links", "transit_days"): Range(high=3_660.0),
    ("supplies", "ramp_down"): Range(high=1_440.0),
    ("supplies", "ramp_up"): Range(high=1_440.0),
    ("fleets", "turnaround_days"): Range(high=3_660.0),
}


@check("range", "error")
def physical_range(case: CaseData) -> Iterator[Problem]:
    """A number out of its physical range: negative capacity, loss of 1 or more, share above 1, latitude of 100."""
    for table in TABLES:
        numbers = [
            (name, RANGES.get((table, name), Range()))
            for name, column in columns(table).items()
            if column.is_number
        ]
        for key, row in case.fresh(table).items():
            for name, accepted in numbers:
                value = getattr(row, name)
                if value is not None and not accepted.holds(value):
                    yield Problem(f"found {value:g}; accepted: {accepted}", table, key, name)
                elif value is not None and _NO_NUMBER <= abs(value) < math.inf:
                    message = f"found {value:g}; accepted: below {_NO_NUMBER:g}, from where on the solver knows no numbers"
                    yield Problem(message, table, key, name)
                elif value is not None and 0 < abs(value) < _NO_AMOUNT:
                    message = f"found {value:g}; accepted: 0, or {_NO_AMOUNT:g} or more: less is no amount of anything"
                    yield Problem(message, table, key, name)
    for scenario in case.scenarios.values():
        for item in scenario.disruptions:
            where = f"scenarios/{scenario.id}"
            if not _SHARE.holds(item.factor):
                yield Problem(
                    f"found {item.factor:g} for {item.asset!r}; accepted: {_SHARE}", where, None, "factor"
                )
            if item.expected_days is not None and not _EXPECTED.holds(item.expected_days):
                message = f"found {item.expected_days:g} for {item.asset!r}; accepted: {_EXPECTED}"
                yield Problem(message, where, None, "expected_days")


#: From here on the solver rounds what stands beside a number.
_TOO_LARGE = 1e15


@check("too_large", "warning")
def too_large(case: CaseData) -> Iterator[Problem]:
    """A number so large that the solver loses the others beside it."""
    for table in TABLES:
        numbers = [name for name, column in columns(table).items() if column.is_number]
        for key, row in case.rows(table).items():
            for name in numbers:
                value = getattr(row, name)
                if value is not None and _TOO_LARGE <= abs(value) < math.inf:
                    message = f"found {value:g}; the solver loses others beside it"
                    yield Problem(message, table, key, name)


@check("interval", "error")
def interval(case: CaseData) -> Iterator[Problem]:
    """A number that lies outside its own low and high ends."""
    for table in TABLES:
        lows = [
            name.removesuffix("_low")
            for name, column in columns(table).items()
            if name.endswith("_low") and column.is_number
        ]
        for key, row in case.fresh(table).items():
            for name in lows:
                low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high", None)
                value = getattr(row, name)
                if value is None:
                    end = "_low" if low is not None else "_high" if high is not None else ""
                    if end:
                        message = f"{name}{end} is given, and {name} is not"
                        yield Problem(message, table, key, name)
                    continue
                if low is not None and value < low:
                    yield Problem(f"found {value:g}, below {name}_low {low:g}", table, key, name)
                if high is not None and value > high:
                    yield Problem(f"found {value:g}, above {name}_high {high:g}", table, key, name)


@check("coordinates", "error")
def coordinates(case: CaseData) -> Iterator[Problem]:
    """A longitude without a latitude, or the other way round."""
    for key, place in case.fresh("places").items():
        if (place.lon is None) != (place.lat is None):
            missing = "lon" if place.lon is None else "lat"
            yield Problem(f"{missing} is missing while its partner is given", "places", key, missing)


@check("self_link", "error")
def self_link(case: CaseData) -> Iterator[Problem]:
    """A link from a place to itself."""
    for key, link in case.fresh("links").items():
        if link.from_place == link.to_place:
            yield Problem(f"from_place and to_place are both {link.to_place!r}", "links", key, "to_place")


@check("ramp_unlimited", "error")
def ramp_unlimited(case: CaseData) -> Iterator[Problem]:
    """A ramp, which is a share of capacity, on a supply of unlimited capacity."""
    for key, supply in case.fresh("supplies").items():
        for name in ("ramp_down", "ramp_up"):
            if (
                getattr(supply, name) is not None
                and math.isinf(supply.capacity)
                and not supply.capacity_profile
            ):
                yield Problem(
                    "the ramp is a share of capacity, and capacity is unlimited", "supplies", key, name
                )


@check("hazard_unlimited", "warning", refers=True)
def hazard_unlimited(case: CaseData) -> Iterator[Problem]:
    """A hazard on an asset of unlimited capacity, which an event closes in steps that it fills whole and in no others."""
    for key, hazard in case.rows("hazards").items():
        for asset in hazard.assets:
            struck = [(row.id, is_unlimited(table, row)) for table, row in touched(case, asset)]
            if struck and all(unlimited for _, unlimited in struck):
                yield Problem(
                    f"asset {asset!r} has unlimited capacity: an event changes nothing in steps that it fills in part, or where "
                    "it leaves a part; give it a capacity",
                    "hazards",
                    key,
                    "assets",
                )


@check("no_origin", "error", refers=True)
def no_origin(case: CaseData) -> Iterator[Problem]:
    """A supply or a filled store of a tracked commodity without an origin, at a place without a territory."""
    commodities, places = case.rows("commodities"), case.rows("places")
    for table, name in (("supplies", "origin"), ("stores", "start_origin")):
        for key, row in case.fresh(table).items():
            commodity, place = commodities.get(row.commodity), places.get(row.place)
            if (
                commodity is None
                or place is None
                or not commodity.tracked
                or getattr(row, name)
                or place.territory
            ):
                continue
            if table == "supplies" or row.start > 0 or row.min_level > 0:
                yield Problem(f"give an origin, or a territory to place {row.place!r}", table, key, name)


def holders_by_day(case: CaseData, controls: list[Any]) -> Iterator[tuple[date, list[Any]]]:
    """Yield each day of the axis on which something begins or ends, with the controls that hold from it."""
    axis = case.settings.time
    marks = {axis.start}
    marks |= {day for row in controls for day in (row.start, row.end) if day and axis.start < day < axis.end}
    for day in sorted(marks):
        yield day, [row for row in controls if holds_on(row, day)]


@check("shares", "error", whole=True)
def shares(case: CaseData) -> Iterator[Problem]:
    """Owners of an asset whose shares do not add to 1 on some day, a missing share, or a share of a role that has none."""
    owners: dict[str, list[Any]] = {}
    for key, control in case.fresh("controls").items():
        if control.role != "owner":
            if control.share is not None:
                yield Problem(f"role {control.role!r} has no share; leave it blank", "controls", key, "share")
        elif control.share is None:
            yield Problem("an owner needs a share; write 1 for a sole owner", "controls", key, "share")
        else:
            owners.setdefault(control.asset, []).append(control)
    for asset, controls in owners.items():
        for day, held in holders_by_day(case, controls):
            total = math.fsum(row.share for row in held)
            if held and abs(total - 1) > 1e-6:
                named = ", ".join(f"{row.actor} {row.share:g}" for row in held)
                message = (
                    f"owner shares of {asset!r} add to {total:.7g} on {day} ({named}); they must add to 1"
                )
                yield Problem(message, "controls", held[0].id, "share")
                break
