"""Agreed flows that cargo could reach by going round."""

from __future__ import annotations

import pytest

from straits.case import Case

from .conftest import SETTINGS, Tables


def link(key: str, start: str, end: str, capacity: float = 5.0) -> dict[str, object]:
    made = {
        "id": key,
        "name": key,
        "from_place": start,
        "to_place": end,
        "mode": "rail",
        "commodities": ["crude"],
    }
    return {**made, "capacity": capacity, "capacity_unit": "kt/week", "cost": 1.0, "cost_unit": "USD/t"}


def warned(tables: Tables, more: list[dict[str, object]], **contract: object) -> list[str]:
    """Give the messages of the check for an agreed flow on the pipe from field to port."""
    tables["places"] += [
        {"id": name, "name": name, "kind": "station", "territory": "AAA"} for name in ("north", "south")
    ]
    tables["links"] += more
    tables["contracts"] = [{**tables["contracts"][0], "kind": "least", **contract}]
    case = Case.from_tables(tables, **SETTINGS)
    return [f.message for f in case.check().warnings if f.code == "goes_round" and f.row == "quota"]


#: Another field at the way back, so that cargo has a use for it: south, north, field, port.
ROUND = [link("down", "port", "south"), link("up", "south", "north", 3.0), link("home", "north", "field")]


@pytest.mark.parametrize(
    ("more", "contract", "told"),
    [
        (ROUND, {}, True),
        (ROUND, {"kind": "greatest"}, False),
        (ROUND, {"amount": 0.0}, False),
        (ROUND[:2], {}, False),
        ([link("back", "port", "field")], {}, False),
    ],
)
def test_an_agreed_flow_with_a_way_back(
    tables: Tables, more: list[dict[str, object]], contract: dict[str, object], told: bool
) -> None:
    """Proves: an agreed least flow is warned of where cargo can come back by other links that it has a use for, with the least
    capacity on the circle; not without a way back, nor for a link straight back, of which the flow counts net.
    Without it: a promise would be kept by cargo that reaches nobody."""
    # Wells at each place of the way and a buyer at each: every link of it lies on some way from a supply to a market.
    for at in ("port", "south", "north"):
        tables["supplies"].append(
            {**tables["supplies"][0], "id": f"wells-{at}", "place": at, "origin": "AAA"}
        )
    for at in ("south", "north", "field"):
        tables["markets"].append({**tables["markets"][0], "id": f"spot-{at}", "place": at})
    found = warned(tables, more, **contract)
    assert bool(found) == told
    if told:
        assert "'down', 'up', 'home', up to 3 kt/week" in found[0] and "corridor 'south'" in found[0]


def test_links_that_lead_only_back_are_no_way_round(tables: Tables) -> None:
    """Proves: links by which cargo could only come back to where it has been are not counted, as the model drops them.
    Without it: every two-way railway behind a port would be warned of."""
    del tables["stores"]
    tables["controls"] = [row for row in tables["controls"] if row["asset"] != "tanks"]
    tables["rights"] = [row for row in tables["rights"] if row["asset"] != "tanks"]
    assert warned(tables, ROUND) == []
