"""Ways to spoil the small case: what a check is tried on, and rows that take part in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from straits.case import Case, Finding
from straits.errors import CaseError

from .conftest import SCENARIOS, SETTINGS, Tables
from .conftest import TABLES as SMALL

Spoil = Callable[[Tables, dict[str, Any], dict[str, Any]], Any]
Cell = tuple[str | None, str | None, str | None]


def findings(spoil: Spoil) -> list[Finding]:
    """Spoil tables, scenario and settings of the small case, and give what the checks find."""
    tables, scenario, settings = copy.deepcopy(SMALL), copy.deepcopy(SCENARIOS[0]), copy.deepcopy(SETTINGS)
    routes = {"type": "FeatureCollection", "features": []}
    settings["routes"] = routes
    spoil(tables, scenario, settings)
    try:
        return list(Case.from_tables(tables, scenarios=[scenario], **settings).check())
    except CaseError as error:
        return list(error.findings)


def put(table: str, column: str, value: Any, row: int = 0) -> Spoil:
    return lambda tables, scenario, settings: tables[table][row].update({column: value})


def add(table: str, /, **row: Any) -> Spoil:
    return lambda tables, scenario, settings: tables.setdefault(table, []).append(row)


def both(*spoils: Spoil) -> Spoil:
    def spoil(tables: Tables, scenario: dict[str, Any], settings: dict[str, Any]) -> None:
        for each in spoils:
            each(tables, scenario, settings)

    return spoil


def hazard(**values: Any) -> Spoil:
    row = {"id": "h", "name": "H", "assets": ["pipe"], "rate_per_year": 1.0, "duration_days": 1.0, **values}
    return add("hazards", **row)


def disrupt(**values: Any) -> Spoil:
    return lambda tables, scenario, settings: scenario["disruptions"][0].update(values)


def scene(**values: Any) -> Spoil:
    return lambda tables, scenario, settings: scenario.update(values)


def setting(**values: Any) -> Spoil:
    return lambda tables, scenario, settings: settings.update(values)


PLACE = {"name": "P", "kind": "port", "territory": "AAA"}
LINK = {**SMALL["links"][0], "corridor": None}
GRADE = {"id": "light", "name": "Light", "unit": "kt", "bbl_per_t": 9.0}
FOCUS = {"actor": "AAA", "commodity": "crude"}
RIVAL = {"id": "cl2", "table": "links", "row": "pipe", "column": "capacity", "value": "12", "unit": "kt/d"}
STEPS = both(put("markets", "demand", 30.0), put("markets", "demand_unit", "kt/d"))
LINEAR = both(STEPS, put("markets", "demand_kind", "linear"), put("markets", "elasticity", -0.5))
OTHER = {"id": "other", "name": "Other", "asset": "pipe", "adds": 1, "adds_unit": "kt/d"}
STORE_NOWHERE = add("stores", **{**SMALL["stores"][0], "id": "s2", "place": "p"})


def go_round(tables: Tables, scenario: dict[str, Any], settings: dict[str, Any]) -> None:
    # From the port back to the field by a station, with wells and a buyer at each place.
    tables["places"].append({"id": "station", "name": "Station", "kind": "station", "territory": "AAA"})
    pipe = tables["links"][0]
    tables["links"] += [
        {**pipe, "id": "down", "from_place": "port", "to_place": "station"},
        {**pipe, "id": "home", "from_place": "station", "to_place": "field"},
    ]
    for at in ("port", "station"):
        tables["supplies"].append(
            {**tables["supplies"][0], "id": f"wells-{at}", "place": at, "origin": "AAA"}
        )
    for at in ("station", "field"):
        tables["markets"].append({**tables["markets"][0], "id": f"spot-{at}", "place": at})
    tables["contracts"][0]["kind"] = "least"


def threaten(**fields: Any) -> Spoil:
    """A threat of BBB, or of another, against AAA."""

    def spoil(tables: dict, scenario: dict, settings: dict) -> None:
        tables["actors"].append({"id": "CCC", "name": "Far away", "kind": "state"})
        threat = {
            "id": "stop", "title": "Stop", "sender": "BBB", "target": "AAA", "act": {"disruptions": [{"asset": "pipe"}]},
            "start": "2022-01-05", "days": 8, "horizon": 3, "demand": {"worth": 1, "cost": 1}, "retreat_cost": 1,
        }  # fmt: skip
        settings["threats"] = [{**threat, **fields}]

    return spoil
