"""Every check is triggered by a case spoilt for it, and silent on the whole one."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from straits.case import Case, Finding, Findings
from straits.case.checks.registry import CHECKS
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


#: Code, what spoils the case, and the cell that the finding names.
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


TRIGGERS: list[tuple[str, Spoil, Cell]] = [
    ("id_form", add("sources", id="a|b", title="T"), ("sources", "a|b", "id")),
    ("id_form", add("places", id="transit:X", **PLACE), ("places", "transit:X", "id")),
    ("scenario_name", scene(id="a/b"), ("scenarios/a/b", None, "id")),
    ("scenario_name", scene(id="baseline"), ("scenarios/baseline", None, "id")),
    ("shared_asset_id", add("places", id="pipe", **PLACE), ("places", "pipe", "id")),
    ("unknown_id", put("links", "to_place", "prot"), ("links", "pipe", "to_place")),
    ("unknown_id", put("actors", "member_of", ["AAA", "CCC"]), ("actors", "AAA", "member_of")),
    ("unknown_id", put("controls", "asset", "pip"), ("controls", "c1", "asset")),
    ("repeated_member", put("links", "commodities", ["crude", "crude"]), ("links", "pipe", "commodities")),
    ("range", put("links", "capacity", -1.0), ("links", "pipe", "capacity")),
    ("range", put("links", "loss", 1.0), ("links", "pipe", "loss")),
    ("range", put("places", "lat", 90.5), ("places", "field", "lat")),
    ("range", put("controls", "share", 1.5), ("controls", "c1", "share")),
    ("range", put("fleets", "availability", 0.0), ("fleets", "ships", "availability")),
    ("range", put("markets", "elasticity", 0.0), ("markets", "spot", "elasticity")),
    ("range", put("commodities", "bbl_per_t", 0.0), ("commodities", "crude", "bbl_per_t")),
    ("range", disrupt(factor=1.5), ("scenarios/stop", None, "factor")),
    ("range", disrupt(expected_days=0), ("scenarios/stop", None, "expected_days")),
    ("interval", put("links", "cost_low", 6.0), ("links", "pipe", "cost")),
    ("interval", put("links", "cost_high", 4.0), ("links", "pipe", "cost")),
    ("coordinates", put("places", "lon", 50.0), ("places", "field", "lat")),
    ("self_link", put("links", "to_place", "field"), ("links", "pipe", "to_place")),
    ("demand", put("markets", "demand_kind", "fixed"), ("markets", "spot", "demand")),
    ("demand", both(LINEAR, put("markets", "elasticity", None)), ("markets", "spot", "elasticity")),
    ("demand", both(LINEAR, put("markets", "price", 0)), ("markets", "spot", "price")),
    ("demand", both(STEPS, put("markets", "steps", ["500:10", "510:20"])), ("markets", "spot", "steps")),
    ("demand", both(STEPS, put("markets", "steps", ["500:10", "490:10"])), ("markets", "spot", "steps")),
    ("demand", both(STEPS, put("markets", "steps", ["490:30"])), ("markets", "spot", "steps")),
    ("demand", both(STEPS, put("markets", "steps", ["500"])), ("markets", "spot", "steps")),
    ("demand", both(LINEAR, put("markets", "steps", ["500:30"])), ("markets", "spot", "steps")),
    (
        "ramp_unlimited",
        both(put("supplies", "capacity", "unlimited"), put("supplies", "ramp_up", 0.1)),
        ("supplies", "wells", "ramp_up"),
    ),
    (
        "hazard_unlimited",
        both(
            put("supplies", "capacity", "unlimited"),
            add("hazards", id="h1", name="Fire", assets=["wells"], rate_per_year=1.0, duration_days=3.0),
        ),
        ("hazards", "h1", "assets"),
    ),
    ("no_origin", put("places", "territory", None), ("supplies", "wells", "origin")),
    ("no_origin", put("places", "territory", None, row=1), ("stores", "tanks", "start_origin")),
    (
        "bounds",  # 20 kt in a step of a week are less than 3 kt a day
        both(put("supplies", "capacity", 20.0), put("supplies", "capacity_unit", "kt/step"),
             put("supplies", "min_output", 3.0), put("supplies", "min_output_unit", "kt/d")),
        ("supplies", "wells", "min_output"),
    ),
    ("range", put("measures", "expected_days", 1e14), ("measures", "order", "expected_days")),
    ("range", disrupt(expected_days=1e9), ("scenarios/stop", None, "expected_days")),
    ("range", put("supplies", "cost", 1e-300), ("supplies", "wells", "cost")),
    ("axis_length", setting(time={**SETTINGS["time"], "end": "9022-01-03"}), ("case.yaml", None, "time.end")),
    ("far_apart", put("markets", "price", 1e13), ("markets", "spot", "price")),
    ("far_apart", put("supplies", "capacity", 1e12), ("supplies", "wells", "capacity")),
    ("too_large", put("links", "cost", 1e15), ("links", "pipe", "cost")),
    ("range", put("links", "cost", 1e308), ("links", "pipe", "cost")),
    ("range", put("markets", "price", 1e20), ("markets", "spot", "price")),
    ("range", put("supplies", "ramp_down", 1e5), ("supplies", "wells", "ramp_down")),
    ("range", put("links", "transit_days", 1e5), ("links", "pipe", "transit_days")),
    ("range", put("fleets", "speed_knots", 1e5), ("fleets", "ships", "speed_knots")),
    ("range", hazard(rate_per_year=1e5), ("hazards", "h", "rate_per_year")),
    ("range", hazard(duration_days=1e5), ("hazards", "h", "duration_days")),
    ("id_signs", add("places", id="a:b", name="X", kind="port"), ("places", "a:b", "id")),
    ("id_signs", add("actors", id="a:b", name="X", kind="state"), ("actors", "a:b", "id")),
    ("id_signs", add("places", id="field+port", name="X", kind="port"), ("places", "field+port", "id")),
    ("id_signs", add("places", id="po\u200brt", name="X", kind="port"), ("places", "po\u200brt", "id")),
    ("look_alike", add("places", id="p\u043ert", name="X", kind="port"), ("places", "p\u043ert", "id")),
    ("look_alike", add("actors", id="\uff21AA", name="X", kind="state"), ("actors", "\uff21AA", "id")),
    ("unit_of_nothing", put("links", "tariff_unit", "USD/t"), ("links", "pipe", "tariff")),
    ("unit_of_nothing", put("contracts", "penalty_unit", "USD/t"), ("contracts", "quota", "penalty")),
    ("period", setting(time={**SETTINGS["time"], "end": "2022-01-03"}), ("case.yaml", None, "time.end")),
    ("period", put("measures", "end", "2022-01-31"), ("measures", "order", "end")),
    ("period", put("measures", "effect_end", "2022-01-01"), ("measures", "order", "effect_end")),
    ("period", disrupt(end="2022-01-10"), ("scenarios/stop", None, "end")),
    ("shares", put("controls", "share", 0.9), ("controls", "c1", "share")),
    ("shares", both(put("controls", "share", 0.5), add("controls", **{**SMALL["controls"][0], "id": "c3", "share": 0.5,
                                                                      "end": "2022-02-01"})), ("controls", "c1", "share")),
    ("shares", put("controls", "share", None), ("controls", "c1", "share")),
    ("shares", put("controls", "role", "operator"), ("controls", "c1", "share")),
    ("missing_unit", put("links", "capacity_unit", None), ("links", "pipe", "capacity_unit")),
    ("missing_unit", put("stores", "in_rate", 4.0), ("stores", "tanks", "in_rate_unit")),
    ("yields", put("converts", "yields", ["diesel"]), ("converts", "refinery", "yields")),
    ("yields", put("converts", "yields", ["diesel=0.6", "diesel=0.1"]), ("converts", "refinery", "yields")),
    ("yields", put("converts", "yields", ["diesel=0"]), ("converts", "refinery", "yields")),
    ("yields", put("converts", "yields", ["petrol=0.6"]), ("converts", "refinery", "yields")),
    ("yields", put("converts", "yields", ["crude=0.6"]), ("converts", "refinery", "yields")),
    ("yields", put("converts", "yields", ["diesel=1.2"]), ("converts", "refinery", "yields")),
    (
        "yields",
        both(
            add("commodities", id="power", name="Power", unit="GWh"),
            put("commodities", "mwh_per_t", 11.9),
            put("converts", "yields", ["power=12"]),
        ),
        ("converts", "refinery", "yields"),
    ),
    (
        "yields",
        both(put("commodities", "tracked", False), put("places", "territory", None, 1)),
        ("converts", "refinery", "origin"),
    ),
    ("convert_blocked", put("markets", "place", "field", 1), ("converts", "refinery", "yields")),
    (
        "convert_blocked",
        both(
            put("converts", "commodity", "diesel"),
            put("converts", "yields", ["crude=0.6"]),
            put("converts", "yields_low", None),
            put("converts", "yields_high", None),
        ),
        ("converts", "refinery", "place"),
    ),
    (
        "conversion_gain",
        both(
            add("commodities", id="heat", name="Heat", unit="unit"),
            put("converts", "yields", ["heat=0.5"]),
            add("converts", **{**SMALL["converts"][0], "id": "back", "commodity": "heat", "yields": ["crude=3"],
                               "capacity_unit": "unit/d", "cost_unit": "USD/unit", "cost_profile": None}),
        ),
        ("converts", "back", "yields"),
    ),
    (
        "fleet_goods",
        both(
            add("commodities", id="gas", name="Gas", unit="mcm"),
            put("fleets", "commodity", "gas"),
            put("fleets", "payload_unit", "mcm"),
        ),
        ("fleets", "ships", "links"),
    ),
    ("fiscal_asset", put("fiscal", "asset", "refinery"), ("fiscal", "tax", "kind")),
    ("unit", put("links", "capacity_unit", "Mt/yr"), ("links", "pipe", "capacity_unit")),
    ("unit", put("links", "capacity_unit", "USD/t"), ("links", "pipe", "capacity_unit")),
    ("unit", put("stores", "capacity_unit", "bcm"), ("stores", "tanks", "capacity_unit")),
    ("unit", put("options", "adds_unit", "kt"), ("options", "loop", "adds_unit")),
    ("unit", both(put("options", "asset", "ships"), put("options", "adds_unit", "kt/d")), ("options", "loop", "adds_unit")),
    ("unit", both(put("options", "asset", "tanks")), ("options", "loop", "adds_unit")),
    (
        "mixed_units",
        both(
            add("commodities", id="gas", name="Gas", unit="mcm"),
            put("links", "commodities", ["crude", "gas"]),
        ),
        ("links", "pipe", "commodities"),
    ),
    (
        "mixed_units",
        both(add("commodities", **GRADE), put("links", "commodities", ["crude", "light"]), put("links", "capacity_unit", "kb/d")),
        ("links", "pipe", "capacity_unit"),
    ),
    (
        "bounds",
        both(put("supplies", "min_output", 3.7), put("supplies", "min_output_unit", "Mt/y")),
        ("supplies", "wells", "min_output"),
    ),
    ("bounds", put("stores", "start", 101.0), ("stores", "tanks", "start")),
    ("bounds", both(put("stores", "min_level", 51.0), put("stores", "min_level_unit", "kt")), ("stores", "tanks", "min_level")),
    ("claim_target", put("claims", "table", "link"), ("claims", "cl1", "table")),
    ("claim_target", put("claims", "table", "sources"), ("claims", "cl1", "table")),
    ("claim_target", put("claims", "row", "pip"), ("claims", "cl1", "row")),
    ("claim_target", put("claims", "column", "capacty"), ("claims", "cl1", "column")),
    ("claim_chosen", add("claims", **{**RIVAL, "value": "10"}), ("claims", "cl1", "chosen")),
    ("claim_chosen", put("claims", "chosen", False), ("claims", "cl1", "chosen")),
    ("claim_value", put("claims", "value", "10.00000002"), ("claims", "cl1", "value")),
    ("claim_value", put("claims", "unit", None), ("claims", "cl1", "value")),
    ("claim_value", put("claims", "value", "ten"), ("claims", "cl1", "value")),
    ("claim_value", put("claims", "unit", "kt"), ("claims", "cl1", "unit")),
    ("claim_value", both(put("claims", "value", "0"), put("claims", "unit", "kt")), ("claims", "cl1", "unit")),
    ("claim_value", both(put("claims", "value", "unlimited"), put("claims", "unit", "kt")), ("claims", "cl1", "unit")),
    ("claim_value", put("claims", "column", "mode"), ("claims", "cl1", "value")),
    ("unsourced", both(), ("commodities", None, None)),
    (
        "supply_stranded",
        both(put("markets", "origins", ["BBB"]), put("markets", "origins", ["BBB"], 1)),
        ("supplies", "wells", "place"),
    ),
    ("supply_stranded", put("links", "origins", ["BBB"]), ("supplies", "wells", "place")),
    ("market_unreached", both(add("places", id="p", **PLACE), put("markets", "place", "p")), ("markets", "spot", "place")),
    ("place_unreached", add("places", id="p", **PLACE), ("places", "p", None)),
    (
        "link_leads_nowhere",
        both(add("places", id="p", **PLACE), add("links", **{**LINK, "id": "l2", "to_place": "p"})),
        ("links", "l2", "to_place"),
    ),
    (
        "corridor_twice",
        both(
            add("places", id="p", **PLACE),
            add("links", **{**LINK, "id": "l2", "from_place": "port", "to_place": "p", "corridor": "south"}),
        ),
        ("links", "l2", "corridor"),
    ),
    (
        "hard_promise",
        both(STEPS, put("markets", "demand_kind", "fixed")),
        ("markets", "spot", "unmet_price"),
    ),
    ("measure_cost", both(put("measures", "asset", "port"), put("measures", "cost", 3.0), put("measures", "cost_unit", "USD/t")),
     ("measures", "order", "asset")),
    ("measure_cost", put("measures", "cost_to", ["BBB"]), ("measures", "order", "cost_to")),
    ("joint_weights", put("joints", "weights", ["crude=much"]), ("joints", "strait", "weights")),
    ("joint_weights", put("joints", "weights", ["ore=1"]), ("joints", "strait", "weights")),
    ("fleet_days", put("fleets", "turnaround_days", 0.0), ("fleets", "ships", "links")),
    ("uncontrolled", lambda tables, scenario, settings: tables["controls"].pop(), ("supplies", "wells", None)),
    ("uncontrolled", put("controls", "end", "2022-02-01"), ("links", "pipe", None)),
    ("uncontrolled", lambda tables, scenario, settings: tables.pop("controls"), ("controls", None, None)),
    ("scenario_reference", scene(measures=["odrer"]), ("scenarios/stop", None, "measures")),
    ("scenario_reference", scene(options=["lop"]), ("scenarios/stop", None, "options")),
    ("scenario_reference", scene(compare_with="base"), ("scenarios/stop", None, "compare_with")),
    ("scenario_reference", disrupt(asset="pip"), ("scenarios/stop", None, "asset")),
    ("scenario_reference", disrupt(asset="transit:BB"), ("scenarios/stop", None, "asset")),
    ("scenario_reference", disrupt(asset="transits:BBB"), ("scenarios/stop", None, "asset")),
    ("scenario_reference", disrupt(commodity="gas"), ("scenarios/stop", None, "commodity")),
    ("scenario_reference", disrupt(origins=["CCC"]), ("scenarios/stop", None, "origins")),
    ("scenario_reference", disrupt(source="newspaper"), ("scenarios/stop", None, "source")),
    (
        "scenario_change",
        scene(changes=[{"table": "links", "row": "pipe", "column": "loss", "value": 2.0}]),
        ("scenarios/stop", None, "changes"),
    ),
    (
        "scenario_change",
        scene(changes=[{"table": "links", "row": "pip", "column": "loss", "value": 0.1}]),
        ("scenarios/stop", None, "changes"),
    ),
    ("exchange_rate", setting(exchange_rates=[{"currency": "EUR", "rate": -1.0}]), ("case.yaml", "EUR", "exchange_rates")),
    ("exchange_rate", setting(exchange_rates=[{"currency": "USD", "rate": 2.0}]), ("case.yaml", "USD", "exchange_rates")),
    ("exchange_rate", setting(exchange_rates=[{"currency": "EUR", "rate": 1.0}] * 2), ("case.yaml", "EUR", "exchange_rates")),
    (
        "exchange_rate",
        setting(exchange_rates=[{"currency": "EUR", "rate": 1.0, "source": "bok"}]),
        ("case.yaml", "EUR", "exchange_rates"),
    ),
    ("focus", setting(focus={**FOCUS, "actor": "CCC"}), ("case.yaml", None, "focus.actor")),
    ("focus", setting(focus={**FOCUS, "commodity": "gas"}), ("case.yaml", None, "focus.commodity")),
    ("focus", setting(focus={**FOCUS, "against": "CCC"}), ("case.yaml", None, "focus.against")),
    ("focus", setting(focus={**FOCUS, "players": ["AAA", "CCC"]}), ("case.yaml", None, "focus.players")),
    (
        "route_link",
        lambda tables, scenario, settings: settings["routes"]["features"].append({"type": "Feature", "id": "pip"}),
        ("routes.geojson", None, None),
    ),
    ("outside_axis", put("contracts", "start", "2023-01-01"), ("contracts", "quota", "start")),
    (
        "outside_axis",
        both(put("measures", "effect_start", "2024-01-01"), put("measures", "end", None)),
        ("measures", "order", "start"),
    ),
    ("outside_axis", disrupt(start="2021-01-10", end="2021-02-01"), ("scenarios/stop", None, "start")),
    ("short_for_steps", both(), ("scenarios/stop", None, "start")),
    ("short_for_steps", put("measures", "baseline", True), ("measures", "order", "start")),
    ("short_for_steps", hazard(), ("hazards", "h", "duration_days")),
    ("refine_nothing", scene(refine=[{"from": "2030-01-01", "to": "2030-01-08"}]), ("scenarios/stop", None, "refine")),
    ("measure_effect", put("measures", "factor", None), ("measures", "order", "factor")),
    ("measure_effect", both(put("measures", "asset", None), put("measures", "baseline", True)), ("measures", "order", "asset")),
    (
        "part_of_unlimited",
        both(put("links", "capacity", "unlimited"), put("claims", "value", "unlimited"), put("claims", "unit", None),
             disrupt(asset="pipe", end="2022-01-12")),
        ("scenarios/stop", None, "asset"),
    ),
    (
        "part_of_unlimited",
        both(put("links", "capacity", "unlimited"), put("claims", "value", "unlimited"), put("claims", "unit", None)),
        ("measures", "order", "asset"),
    ),
    (
        "part_of_unlimited",
        both(put("links", "capacity", "unlimited"), put("claims", "value", "unlimited"), put("claims", "unit", None),
             disrupt(asset="territory:AAA", end="2022-01-12")),
        ("scenarios/stop", None, "asset"),
    ),
    ("part_of_unlimited", disrupt(asset="tanks", factor=0.5), ("scenarios/stop", None, "asset")),
    ("part_stops", disrupt(asset="tanks", factor=0.5), ("scenarios/stop", None, "asset")),
    (
        "part_stops",
        both(put("links", "capacity", "unlimited"), put("claims", "value", "unlimited"), put("claims", "unit", None)),
        ("measures", "order", "asset"),
    ),
    (
        "part_stops",
        both(put("links", "capacity", "unlimited"), put("claims", "value", "unlimited"), put("claims", "unit", None),
             put("measures", "factor", None), disrupt(asset="pipe", origins=["AAA"], factor=0.5)),
        ("scenarios/stop", None, "asset"),
    ),
    ("origins_of_store", disrupt(asset="tanks", origins=["AAA"]), ("scenarios/stop", None, "origins")),
    ("origins_of_store", disrupt(asset="port", origins=["AAA"]), ("scenarios/stop", None, "origins")),
    ("origins_of_store", disrupt(asset="ships", origins=["AAA"]), ("scenarios/stop", None, "origins")),
    ("part_by_origin", disrupt(asset="pipe", factor=0.5, origins=["AAA"]), ("scenarios/stop", None, "factor")),
    ("goes_round", go_round, ("contracts", "quota", "asset")),
    ("changes_nothing", disrupt(asset="pipe", factor=1.0), ("scenarios/stop", None, "factor")),
    ("unknown_id", put("fiscal", "asset", "well"), ("fiscal", "tax", "asset")),
    ("unknown_id", put("fiscal", "taker", "AA"), ("fiscal", "tax", "taker")),
    ("unknown_id", put("rights", "actor", "AA"), ("rights", "slots", "actor")),
    ("interval", put("fiscal", "rate_low", 0.15), ("fiscal", "tax", "rate")),
    ("period", both(put("fiscal", "end", "2022-01-01", 1), put("fiscal", "start", "2022-01-09", 1)), ("fiscal", "duty", "end")),
    ("missing_unit", put("fiscal", "rate_unit", None, 1), ("fiscal", "duty", "rate_unit")),
    ("unit", put("fiscal", "rate_unit", "%"), ("fiscal", "tax", "rate_unit")),
    ("unit", put("fiscal", "rate_unit", "USD/y", 1), ("fiscal", "duty", "rate_unit")),
    ("unit", both(put("fiscal", "kind", "fixed", 1)), ("fiscal", "duty", "rate_unit")),
    ("unit", put("rights", "amount_unit", "kb/d", 1), ("rights", "room", "amount_unit")),
    ("range", put("rights", "share", 1.5), ("rights", "slots", "share")),
    ("fiscal_asset", put("fiscal", "asset", "port"), ("fiscal", "tax", "asset")),
    ("contract_asset", put("contracts", "asset", "port"), ("contracts", "quota", "asset")),
    ("fiscal_asset", put("rights", "asset", "wells"), ("rights", "slots", "asset")),
    ("fiscal_rate", both(put("fiscal", "rate", 25), put("fiscal", "rate_high", 30)), ("fiscal", "tax", "rate")),
    ("fiscal_rate", put("fiscal", "rate_high", 20), ("fiscal", "tax", "rate_high")),
    ("fiscal_rate", add("fiscal", id="more", asset="wells", taker="BBB", kind="royalty", rate=0.95, start="2022-01-09"),
     ("fiscal", "more", "rate")),
    ("fiscal_overlap", add("fiscal", id="again", name="extraction tax", asset="wells", taker="AAA", kind="royalty", rate=0.1,
                           start="2022-01-09"), ("fiscal", "again", "start")),
    ("fiscal_overlap", add("rights", id="again", asset="pipe", actor="BBB", share=0.1), ("rights", "slots", "start")),
    ("fiscal_taker", put("fiscal", "taker", "BBB", 1), ("fiscal", "duty", "taker")),
    ("world_market", put("world_markets", "sold", 900_000), ("world_markets", "brent", "sold")),
    ("profile_length", put("profiles", "step", "month"), ("profiles", "s1", "end")),
    ("profile_gap", put("profiles", "end", "2022-02-01"), ("profiles", "s1", "start")),
    ("profile_unit", put("profiles", "value_unit", "USD/t"), ("profiles", "s2", "value_unit")),
    (
        "profile_cell",
        both(put("links", "capacity", "unlimited"), put("links", "capacity_profile", "season")),
        ("links", "pipe", "capacity"),
    ),
    ("profile_idle", put("supplies", "cost_profile", None), ("profiles", "l1", "profile")),
    ("price_response", put("price_responses", "used", False), ("world_markets", "brent", "horizon")),
    ("price_response", put("price_responses", "horizon", "months", 1), ("price_responses", "long", "used")),
    ("duty_on_nothing", both(put("fiscal", "asset", "pipe", 1), put("fiscal", "taker", "BBB", 1)), ("fiscal", "duty", "asset")),
    ("duty_on_nothing", both(put("fiscal", "asset", "spot", 1), put("fiscal", "taker", "BBB", 1)), ("fiscal", "duty", "asset")),
    ("rights", put("rights", "amount", 3), ("rights", "slots", "share")),
    ("rights", put("rights", "share", None), ("rights", "slots", "share")),
    ("rights", both(put("links", "capacity", "unlimited"), put("claims", "value", "unlimited"), put("claims", "unit", None),
                    add("rights", id="part", asset="pipe", actor="AAA", amount=1, amount_unit="kt/d")),
     ("rights", "part", "amount")),
    ("rights", add("rights", id="most", asset="pipe", actor="AAA", amount=8, amount_unit="kt/d"), ("rights", "most", "amount")),
    ("right_to_nothing", put("links", "scarcity_rule", "scarcity"), ("rights", "slots", "asset")),
    ("right_to_nothing", put("rights", "start", "2030-01-01"), ("rights", "slots", "start")),
    ("right_to_nothing", put("fiscal", "end", "2021-02-01", 1), ("fiscal", "duty", "end")),
    ("threat_reference", threaten(sender="AAX"), ("threats/stop", None, "sender")),
    ("threat_reference", threaten(act={"disruptions": [{"asset": "pip"}]}), ("threats/stop", None, "act.disruptions.0.asset")),
    ("threat_time", threaten(start="2023-01-11"), ("threats/stop", None, "start")),
    ("threat_time", threaten(step="week"), ("threats/stop", None, "days")),
    ("threat_package", threaten(packages=[{"id": "none", "options": []}]), ("threats/stop", None, "packages.0.options")),
    ("threat_right", threaten(act={}), ("threats/stop", None, "act")),
    ("threat_right", threaten(sender="CCC"), ("threats/stop", None, "act")),
    ("unknown_id", put("options", "requires", ["lop"]), ("options", "loop", "requires")),
    ("unknown_id", put("options", "asset", "pip"), ("options", "loop", "asset")),
    ("option_asset", both(put("contracts", "kind", "least"), put("options", "asset", "quota")), ("options", "loop", "asset")),
    ("option_together", put("options", "requires", ["loop"]), ("options", "loop", "requires")),
    ("option_together", put("options", "excludes", ["loop"]), ("options", "loop", "excludes")),
    ("option_together",
     both(add("options", **OTHER), put("options", "requires", ["other"]), put("options", "excludes", ["other"])),
     ("options", "loop", "requires")),
    ("option_together", both(add("options", **OTHER, requires=["loop"]), put("options", "requires", ["other"])),
     ("options", "other", "requires")),
    ("range", add("regimes", id="calm", start_probability=1, strike_probability=2), ("regimes", "calm", "strike_probability")),
    ("regime_start", add("regimes", id="calm", start_probability=0.9), ("regimes", "calm", "start_probability")),
    ("regime_moves", add("regimes", id="calm", start_probability=1, transitions=["calm"]), ("regimes", "calm", "transitions")),
    ("regime_moves", add("regimes", id="calm", start_probability=1, transitions=["calm:0.9"]),
     ("regimes", "calm", "transitions")),
    ("regime_moves", add("regimes", id="calm", start_probability=1, transitions=["tense:1"]), ("regimes", "calm", "transitions")),
    ("people_terms",
     both(add("people", id="p1", name="Ada Marlow", office="minister", state="AAA", end="2021-06-30"),
          add("people", id="p2", name="Ada Marlow", office="minister", state="AAA", start="2021-06-30")),
     ("people", "p2", "start")),
    ("period", add("people", id="p1", name="Ada Marlow", office="minister", state="AAA", start="2021-01-02", end="2021-01-01"),
     ("people", "p1", "end")),
    ("unknown_id", add("people", id="p1", name="Ada Marlow", office="minister", state="XXX"), ("people", "p1", "state")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "spoil", "cell"), TRIGGERS)
def test_trigger(code: str, spoil: Spoil, cell: Cell) -> None:
    """Proves: the check finds what it is for, and names the cell. Without it: a wrong case would run."""
    found = [finding for finding in findings(spoil) if finding.code == code]
    assert found, findings(spoil)
    assert cell in [(finding.table, finding.row, finding.column) for finding in found]
    assert {finding.severity for finding in found} == {CHECKS[code].severity}


@pytest.mark.parametrize(
    ("spoil", "cell"),
    [
        (put("fiscal", "kind", "tax"), ("fiscal", "tax", "kind")),
        (put("links", "scarcity_rule", "auction"), ("links", "pipe", "scarcity_rule")),
    ],
)
def test_words_of_the_division(spoil: Spoil, cell: Cell) -> None:
    """Proves: a kind of fiscal term and a rule of scarcity that are none are refused, and the cell is named.
    Without it: a misspelt word would be read as no term and no rule."""
    found = [finding for finding in findings(spoil) if finding.code == "choice"]
    assert [(finding.table, finding.row, finding.column) for finding in found] == [cell]
    assert found[0].severity == "error"


def test_every_check_has_a_trigger() -> None:
    """Proves: no check is untested. Without it: a check could be dead and nobody would know."""
    assert {code for code, _, _ in TRIGGERS} == set(CHECKS)


def test_the_small_case_is_sound() -> None:
    """Proves: no check objects to a sound case, apart from counting unsourced numbers and telling of short stops."""
    assert {finding.code for finding in findings(both())} == {"unsourced", "short_for_steps"}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (both(put("links", "cost", 0.0), put("links", "cost_unit", None)), "missing_unit"),
        (
            both(put("claims", "value", "8"), put("claims", "unit", "wagon/d"), put("commodities", "t_per_wagon", 1250.0)),
            "claim_value",
        ),
        (both(add("claims", **{**RIVAL, "chosen": False})), "claim_chosen"),
        (both(put("options", "asset", "ships"), put("options", "adds_unit", None)), "missing_unit"),
        (both(put("options", "asset", "tanks"), put("options", "adds_unit", "kb")), "unit"),
        (both(put("controls", "share", 0.5), add("controls", **{**SMALL["controls"][0], "id": "c3", "share": 0.5})), "shares"),
        (both(STEPS, put("markets", "steps", ["500:10", "490:20"])), "demand"),
        (both(put("stores", "start", 799.0), put("stores", "start_unit", "kb")), "bounds"),
        (disrupt(asset="pipe", factor=0.0), "part_of_unlimited"),
        (disrupt(asset="tanks", factor=0.0), "part_stops"),
        (put("supplies", "cost", 5e-17), "range"),
        (disrupt(asset="territory:BBB", origins=["AAA"]), "origins_of_store"),
        (both(put("supplies", "min_output", 40.0), put("supplies", "min_output_unit", "kt/step")), "bounds"),
        (both(add("commodities", **GRADE), put("links", "commodities", ["crude", "light"])), "mixed_units"),
        (put("commodities", "tracked", False), "no_origin"),
        (both(put("places", "territory", None), put("commodities", "tracked", False)), "no_origin"),
        (both(put("links", "cost_low", 5.0), put("links", "cost_high", 5.0)), "interval"),
    ],
)  # fmt: skip
def test_no_false_alarm(spoil: Spoil, code: str) -> None:
    """Proves: what is right at the edge of a check passes. Without it: users would learn to ignore the checks."""
    assert code not in {finding.code for finding in findings(spoil)}


def test_owners_may_change(tables: Tables) -> None:
    """Proves: shares add to 1 on each day, not over all owners that ever were."""
    tables["controls"][0]["end"] = "2022-02-01"
    tables["controls"].append({**SMALL["controls"][0], "id": "c3", "actor": "BBB", "start": "2022-02-01"})
    assert Case.from_tables(tables, **SETTINGS).check().errors == []


def test_unsourced_numbers(small: Case) -> None:
    """Proves: a number is unsourced unless its chosen claim, or its row, has a source. Without it: guesses pass as facts."""
    found = small.check()
    listed = set(
        zip(found.unsourced["table"], found.unsourced["row"], found.unsourced["column"], strict=True)
    )
    assert ("links", "pipe", "cost") in listed
    assert ("links", "pipe", "capacity") not in listed, "claim cl1 has a source"
    assert ("contracts", "quota", "amount") not in listed, "its row has a source"
    assert ("markets", "spot", "demand") not in listed, "unlimited is no number"
    assert found.unsourced_by_table == {
        "commodities": 1,
        "links": 1,
        "supplies": 2,
        "markets": 2,
        "stores": 4,
        "joints": 2,
        "fleets": 3,
    }


def test_a_claim_without_source_supports_nothing(tables: Tables) -> None:
    """Proves: a claim that rests on nothing leaves its number unsourced; coordinates are counted apart."""
    tables["claims"][0]["source"] = None
    tables["places"][0].update(lon=50.0, lat=45.0)
    counts = Case.from_tables(tables, **SETTINGS).check().unsourced_by_table
    assert counts["links"] == 2
    assert counts["places (coordinates)"] == 2


def test_findings_as_json_and_text(tables: Tables) -> None:
    """Proves: findings can be read by machines and people: valid JSON, and lines with cell, message and code."""
    tables["markets"][0].update(demand_kind="fixed", demand=4.0, demand_unit="kt/d")
    found = Case.from_tables(tables, **SETTINGS).check()
    read = json.loads(found.to_json())
    assert read["errors"] == []
    assert {"hard_promise", "unsourced"} <= {item["code"] for item in read["warnings"]}
    assert read["unsourced"]["total"] == len(found.unsourced) == len(read["unsourced"]["numbers"])
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(found)
    text = console.export_text()
    assert "markets, row 'spot', column unmet_price: fixed demand" in text
    assert "0 errors" in text
    assert isinstance(found, Findings)
    assert next(iter(found)) is found[0]


def test_checks_run_on_a_bare_network() -> None:
    """Proves: a case of places and no links is checked without a crash, and each check has a sentence for the reference."""
    bare = {"places": [{"id": "a", "name": "A", "kind": "port"}, {"id": "b", "name": "B", "kind": "port"}]}
    import pandas as pd

    links = pd.DataFrame(columns=list(Case.from_tables(SMALL, **SETTINGS).tables["links"].columns))
    found = Case.from_tables({**bare, "links": links}, **SETTINGS).check()
    assert [finding.code for finding in found] == ["place_unreached", "place_unreached"]
    assert all(
        check.doc.endswith(".") and check.severity in ("error", "warning") for check in CHECKS.values()
    )
