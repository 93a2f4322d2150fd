"""How spread exports are: by route, by land crossed, as observed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import straits
from straits.case import Case
from straits.power import balance
from straits.power.network.summary import balance_text

from .ways import case_of_ways as _case
from .ways import link as _link


def test_balance_by_hand():
    """Proves: all 10 go by land, index 1. Each unit moved to the sea costs 4 - 1 = 3 (tariffs are transfers): for 9
    MUSD three can be moved, shares 0.7 and 0.3, index 0.58; for 15, five, index 0.5; more money changes nothing. Through
    T go 0.7, then 0.5, then, as no more than 6 have room at sea, 0.4 of the exports: 0.49, 0.25, 0.16. Without it: extra
    cost or the square could be wrong."""
    for extra, lowest, through in ((0.0, 1.0, 1.0), (9.0, 0.58, 0.49), (15.0, 0.5, 0.25), (99.0, 0.5, 0.16)):
        found = balance(_case(), "P", "x", extra_cost=extra)
        rows = found.indices.set_index("way")
        for way in ("corridor", "territory", "ports"):
            assert rows.loc[way, "modelled"] == pytest.approx(1.0)
            assert rows.loc[way, "lowest"] == pytest.approx(
                through if way == "territory" else lowest, abs=1e-4
            )
        assert rows.loc["market", "lowest"] == pytest.approx(1.0)
    shares = found.table.set_index(["way", "partner"])["spread"]
    assert shares["ports", "P"] == pytest.approx(0.5, abs=1e-3)
    assert shares["territory"].to_dict() == pytest.approx({"T": 0.4}, abs=1e-3)
    assert "0.500 at the least" in balance_text(found)[-1]


OWNER = [{"id": "c1", "asset": "two", "actor": "T", "role": "owner", "share": 1}]


def _three_ways(**replaced) -> Case:
    """P sends 6 through T and U (cost 1), 4 through T alone (cost 2, to a port of T); by sea there is room for 5 more."""
    places = [
        {"id": "field", "name": "field", "kind": "field", "territory": "P"},
        {"id": "hub", "name": "hub", "kind": "junction", "territory": "T"},
        {"id": "quay", "name": "quay", "kind": "port", "territory": "T"},
        {"id": "pass", "name": "pass", "kind": "junction", "territory": "U"},
        {"id": "sea", "name": "sea", "kind": "junction"},
        {"id": "town", "name": "town", "kind": "market", "territory": "B"},
    ]
    actors = [{"id": k, "name": k, "kind": "state"} for k in ("P", "T", "U", "B")]
    return _case(
        **{"actors": actors, "places": places, "links": _three_links(), "controls": OWNER, **replaced}
    )


def _three_links():
    return [
        _link("one", "field", "hub", "pipeline", 6, 0, corridor="far"),
        _link("two", "hub", "pass", "pipeline", "unlimited", 0),
        _link("three", "pass", "town", "pipeline", "unlimited", 1),
        _link("side", "field", "quay", "rail", 4, 1, corridor="near"),
        _link("quay-sea", "quay", "sea", "loading", "unlimited", 1),
        _link("ship", "sea", "town", "sea", "unlimited", 0),
        _link("straight", "field", "sea", "sea", 5, 5, corridor="free"),
    ]


def test_transit_counts_each_state_that_is_crossed():
    """Proves: of 10 units 6 cross T and U, 4 cross T and leave by its port: T has 10/10, U 6/10, index 1 + 0.36; B, who
    buys, is no transit state. By port: 4 by T, 6 by land, 0.52. Moving 5 to the open sea, 4 dearer than through U
    (cost 5 against 1) and 3 dearer than by T's port (5 against 2): with 20 all 5 come from those that cross both, T 0.5,
    U 0.1. Without it: a unit that crosses two states could count once, or its buyer as one of them."""
    found = balance(_three_ways(), "P", "x", extra_cost=0.0)
    rows, shares = found.indices.set_index("way"), found.table.set_index(["way", "partner"])
    assert shares.loc["territory", "modelled"].to_dict() == pytest.approx({"T": 1.0, "U": 0.6})
    assert rows.loc["territory", "modelled"] == pytest.approx(1.36)
    assert rows.loc["ports", "modelled"] == pytest.approx(0.16 + 0.36)
    spread = balance(_three_ways(), "P", "x", extra_cost=20.0)
    wide = spread.table.set_index(["way", "partner"])["spread"]
    assert wide["territory"].to_dict() == pytest.approx({"T": 0.5, "U": 0.1}, abs=1e-3)
    assert spread.indices.set_index("way").loc["territory", "lowest"] == pytest.approx(0.26, abs=1e-4)


def _twice(back: list[dict]) -> Case:
    """P's 10 units go by sea from its port to T, over land, and from T's other port by sea to B; or straight by the sea."""
    places = [
        {"id": "field", "name": "field", "kind": "field", "territory": "P"},
        {"id": "sea", "name": "sea", "kind": "junction"},
        {"id": "east", "name": "east", "kind": "port", "territory": "T"},
        {"id": "west", "name": "west", "kind": "port", "territory": "T"},
        {"id": "ocean", "name": "ocean", "kind": "junction"},
        {"id": "town", "name": "town", "kind": "market", "territory": "B"},
    ]
    links = [
        _link("load", "field", "sea", "loading", "unlimited", 0),
        _link("round", "sea", "ocean", "sea", "unlimited", 5),
        _link("ship", "ocean", "town", "sea", "unlimited", 0) | {"loss": 0.1},
        _link("out", "east", "west", "pipeline", "unlimited", 0),
        _link("reload", "west", "ocean", "loading", "unlimited", 0),
    ]
    return _case(places=places, links=[*links, *back])


def test_ports_where_cargo_is_lost_at_sea_or_sails_twice():
    """Proves: of 10 units that leave P's port 9 arrive: P's port has 10/9 of what is sold, nothing goes by land. Where they
    can land in T and sail again, nothing is said by port, all crosses T, and the text says so. Without it: both cases would
    end in a solver's error, or a share by land below zero."""
    lost = balance(_twice([]), "P", "x", extra_cost=0.0)
    ports = lost.table.set_index(["way", "partner"]).loc["ports", ["modelled", "spread"]]
    assert ports.loc["P"].tolist() == pytest.approx([10 / 9, 10 / 9])
    assert ports.loc["by land"].tolist() == pytest.approx([0.0, 0.0])
    found = balance(_twice([_link("land", "sea", "east", "sea", "unlimited", 0)]), "P", "x", extra_cost=0.0)
    assert set(found.indices["way"]) == {"market", "territory"} and found.parameters["left_out"] == ["ports"]
    assert found.table.set_index(["way", "partner"])["modelled"]["territory", "T"] == pytest.approx(10 / 9)
    assert "put to sea twice" in balance_text(found)[-1] and "twice" not in " ".join(balance_text(lost))


def test_transit_observed_follows_from_corridors():
    """Proves: 5 observed on the far way are 5 through T and U; 3 on the near one, 3 through T and by its port; 2 by sea
    cross nobody: T 0.8, U 0.5, index 0.89; ports, T 0.3 and P 0.2. With a second, open way on from the hub by T's port
    the far way no longer forces U, with a shut one it does. Without it: states could be counted that the oil need not
    have crossed."""
    seen = [_seen(k, value) for k, value in (("far", 5), ("near", 3), ("free", 2))]
    found = balance(_three_ways(observations=seen), "P", "x", extra_cost=0.0)
    shares = found.table.set_index(["way", "partner"])["observed"]
    assert shares["territory"].to_dict() == pytest.approx({"T": 0.8, "U": 0.5})
    assert found.indices.set_index("way").loc["territory", "observed"] == pytest.approx(0.89)
    assert shares["ports"].dropna().to_dict() == pytest.approx({"T": 0.3, "P": 0.2})
    for room, states in ((2, {"T": 0.8}), (0, {"T": 0.8, "U": 0.5})):
        more = [*_three_links(), _link("switch", "hub", "quay", "rail", room, 0)]
        found = balance(_three_ways(observations=seen, links=more), "P", "x", extra_cost=0.0)
        assert found.table.set_index(["way", "partner"])["observed"][
            "territory"
        ].dropna().to_dict() == pytest.approx(states)


def test_observed_transit_of_the_reference_case():
    """Proves: of the observed exports of 2022, CPC, Samara and Makhachkala, 97 % crossed Russia, as the sum of routes by
    hand says: (52.2 + 8 + 2.018) / 64.158. Without it: routes that end in Russian ports could be left out, or China's."""
    found = balance(straits.load_case("caspian"), "KAZ", "crude", extra_cost=0.0)
    shares = found.table.set_index(["way", "partner"])["observed"]
    assert shares["territory", "RUS"] == pytest.approx(62.218 / 64.158, abs=1e-4)
    assert shares["ports", "RUS"] == pytest.approx(62.218 / 64.158, abs=1e-4)
    assert shares["territory", "TUR"] == pytest.approx(0.25 / 64.158, abs=1e-5)
    assert "CHN" not in shares["territory"].index


def test_what_takes_no_named_route_counts():
    """Proves: of 10 units 7 go by land, on links that name no route, and 3 by sea: 0.3 and 0.7, index 0.58, in exports and in
    imports. Without it: the sea would have all of it, and an index of 1."""
    links = [
        _link("in", "field", "hub", "pipeline", 7, 0),
        _link("out", "hub", "town", "pipeline", "unlimited", 1),
        _link("rail", "field", "port", "rail", "unlimited", 0),
        _link("ship", "port", "sea", "sea", 6, 4),
        _link("land", "sea", "town", "sea", "unlimited", 0, corridor="sea"),
    ]
    for actor, imports in (("P", False), ("B", True)):
        found = balance(_case(links=links), actor, "x", extra_cost=0.0, imports=imports)
        shares = found.table.set_index(["way", "partner"])["modelled"]["corridor"]
        assert shares.to_dict() == pytest.approx({"sea": 0.3, "no named route": 0.7})
        assert found.indices.set_index("way").loc["corridor", "modelled"] == pytest.approx(0.58)
        wide = balance(_case(links=links), actor, "x", extra_cost=99.0, imports=imports).indices.set_index(
            "way"
        )
        assert wide.loc["corridor", "lowest"] == pytest.approx(0.5, abs=1e-4)


def test_of_routes_that_nothing_takes_nothing_is_said() -> None:
    """Proves: where all goes by land and only the sea has a name, balance says that nothing goes by a named route, of exports as
    of imports. Without it: an importer would read of its exports."""
    links = [
        _link("in", "field", "hub", "pipeline", "unlimited", 0),
        _link("out", "hub", "town", "pipeline", "unlimited", 1),
        _link("rail", "field", "port", "rail", "unlimited", 0),
        _link("ship", "port", "sea", "sea", 6, 4),
        _link("land", "sea", "town", "sea", "unlimited", 0, corridor="sea"),
    ]
    for actor, does in (("P", "exported"), ("B", "imported")):
        found = balance(_case(links=links), actor, "x", extra_cost=0.0, imports=does == "imported")
        assert found.parameters["left_out"] == ["corridor"] and "corridor" not in set(found.indices["way"])
        assert (
            f"By route nothing is said: as modelled, nothing is {does} by a route that has a name."
            in balance_text(found)
        )


def _seen(corridor, value):
    return {"id": f"o{corridor}", "name": corridor, "target_kind": "corridor", "target": corridor, "commodity": "x",
            "origin": "P", "start": "2022-01-01", "end": "2022-02-01", "value": value, "value_unit": "unit"}  # fmt: skip


def test_balance_against_a_general_solver():
    """Proves: with three ways of costs 1, 2 and 5 and little money, the cutting planes end at the optimum that a
    general convex solver finds. Without it: tangents could cut off the optimum."""
    links = [
        _link("in", "field", "hub", "pipeline", "unlimited", 1, corridor="a"),
        _link("out", "hub", "town", "pipeline", "unlimited", 0),
        _link("straight", "field", "town", "rail", "unlimited", 2, corridor="b"),
        _link("ship", "field", "sea", "sea", "unlimited", 5, corridor="c"),
        _link("land", "sea", "town", "sea", "unlimited", 0),
    ]
    found = (
        balance(_case(links=links), "P", "x", extra_cost=8.0)
        .indices.set_index("way")
        .loc["corridor", "lowest"]
    )
    cost = np.array([1.0, 2.0, 5.0])
    best = minimize(
        lambda s: s @ s, [0.9, 0.1, 0.0], jac=lambda s: 2 * s, bounds=[(0, 1)] * 3,
        constraints=[{"type": "eq", "fun": lambda s: s.sum() - 1}, {"type": "ineq", "fun": lambda s: 18.0 - 10 * cost @ s}],
    )  # fmt: skip
    assert found == pytest.approx(best.fun, abs=2e-5)


def test_balance_observed():
    """Proves: observations of the whole time make observed shares: 8 by land and 2 by sea give 0.68; 0.8 crossed T, 0.64.
    Without it: they could be of another origin or time."""
    seen = [
        {"id": f"o{k}", "name": k, "target_kind": "corridor", "target": k, "commodity": "x", "origin": "P", "start": "2022-01-01",
         "end": end, "value": value, "value_unit": "unit"}
        for k, value, end in (("land", 8, "2022-02-01"), ("sea", 2, "2022-02-01"), ("land", 99, "2022-01-15"))
    ]  # fmt: skip
    seen[2]["id"] = "part"
    found = balance(_case(observations=seen), "P", "x", extra_cost=0.0).indices.set_index("way")
    assert found.loc["corridor", "observed"] == pytest.approx(0.68)
    assert found.loc["territory", "observed"] == pytest.approx(0.64)
    assert np.isnan(found.loc["market", "observed"])
