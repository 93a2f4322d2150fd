"""Who may close what is one answer: in worst cases, in games and in disruptions."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.access.rights import opened, rights_of, spokesmen, under_access
from straits.case.ownership import HOLDING, REGIMES, closable_by
from straits.engine.variant import close
from straits.errors import ModelError
from straits.model import compile_case
from straits.worst import minimal_cut_sets, protect, worst

STATES = ("AAA", "BBB", "CCC")
START = dt.date(2022, 1, 1)


def random_rights(seed: int) -> straits.Case:
    """A case of all kinds of asset, with firms in several steps, alliances, shares, places and dates drawn at random."""
    rng = np.random.default_rng(seed)
    firms = [
        {"id": "f0", "name": "f0", "kind": "company", "state": rng.choice(STATES)},
        {"id": "f1", "name": "f1", "kind": "company", "state": rng.choice([*STATES, "f0"])},
        {"id": "f2", "name": "f2", "kind": "company", "member_of": "f1"},
        {"id": "f3", "name": "f3", "kind": "company"},
        {"id": "ALL", "name": "ALL", "kind": "alliance"},
        {"id": "AAA", "name": "AAA", "kind": "state", "member_of": "ALL"},
    ]
    lies = {k: str(v) for k in "ABCD" if (v := rng.choice([*STATES, ""]))} | {"A": "AAA"}
    listed = [str(rng.choice(["", "BBB", "AAA|CCC"])) or None for _ in range(3)]
    assets = ("l0", "l1", "l2", "s0", "m0", "t0", "v0", "A", "D")
    controls = []
    for k, asset in enumerate(assets):
        actors = rng.permutation(["f0", "f1", "f2", "f3", *STATES])
        edge = f"2022-01-{int(rng.integers(2, 12)):02d}"
        cut = {"end": edge} if rng.random() < 0.5 else {}
        parts = (
            [(actors[0], 0.5), (actors[1], 0.25), (actors[2], 0.25)]
            if rng.random() < 0.6
            else [(actors[0], 1.0)]
        )
        rows = [{"actor": a, "role": "owner", "share": share, **cut} for a, share in parts]
        if cut and rng.random() < 0.5:
            rows.append({"actor": actors[3], "role": "owner", "share": 1.0, "start": edge})
        if rng.random() < 0.4:
            rows.append({"actor": actors[4], "role": rng.choice(["operator", "regulator"]), "start": edge})
        controls += [
            {"id": f"{k}.{i}", "asset": asset, **row}
            for i, row in enumerate(rows)
            if rng.random() < 0.9 or not cut
        ]
    controls = _sound(controls)
    mode = str(rng.choice(["sea", "pipeline"]))
    return build(
        {
            "actors": firms,
            "places": places("A", "B", "C", "D", **lies),
            "links": [
                link("l0", "A", "B", capacity=9, territory=listed[0]),
                link("l1", "B", "C", capacity=9, territory=listed[1], mode=mode, length_km=500, transit_days=1),
                link("l2", "C", "D", capacity=9, territory=listed[2]),
            ],
            "supplies": [supply("s0", "A", 5)],
            "markets": [market("m0", "D", 100, buyer=str(rng.choice(["", *STATES])) or None)],
            "stores": [store("t0", "C", 9, in_rate=3, out_rate=3)],
            "fleets": [{"id": "v0", "name": "v0", "kind": "vessel", "commodity": "oil", "links": "l1", "count": 3,
                        "payload": 9, "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 1}],
            "controls": controls,
        },
        time=days(12),
    )  # fmt: skip


def _sound(controls):
    """Leave out owners of assets whose shares do not add up on some day."""
    bad = set()
    for day in range(1, 13):
        now = f"2022-01-{day:02d}"
        total: dict[str, float] = {}
        for row in controls:
            if row["role"] == "owner" and row.get("start", now) <= now and now < row.get("end", "2023"):
                total[row["asset"]] = total.get(row["asset"], 0.0) + row["share"]
        bad |= {asset for asset, share in total.items() if abs(share - 1) > 1e-9}
    return [row for row in controls if row["role"] != "owner" or row["asset"] not in bad]


def _closed_in_games(case, attacker, access):
    """Assets and days that are closed to all others when one player withholds what it may, as games have it."""
    network = compile_case(case).network
    belong = {a for a in STATES if spokesmen(case, [attacker]).get(a) == 0}
    players = [attacker, *(s for s in STATES if s not in belong)]
    # Land of a state that the attacker speaks for is the attacker's.
    rights = under_access(rights_of(network, spokesmen(case, players), len(players)), access, network)
    others = np.array([((1 << len(players)) - 1) & ~1])
    shut = ~opened(rights, others)[0]
    return {
        (right.asset, day)
        for right, closed in zip(rights, shut, strict=True)
        if closed
        for day in range(*(right.steps or (0, 12)))
    }


def _days(items):
    return {
        (c.asset, d)
        for c in items
        for d in range(*((pd.Timestamp(day) - pd.Timestamp(START)).days for day in (c.start, c.end)))
    }


@pytest.mark.parametrize("access", REGIMES)
@pytest.mark.parametrize("seed", range(12))
def test_one_answer_to_who_may_close_what(seed, access):
    """Proves: on random cases, for each actor and access, the assets and days that a worst case closes are those that a game
    closes to all others when the actor withholds; and what `actor:X` closes is the part of it that X owns or operates.
    Without it: `worst` would say that a state controls nothing where `power` gives it six assets."""
    case = random_rights(seed)
    model = compile_case(case)
    axis = case.settings.time
    for actor in case.rows("actors"):
        may = closable_by(case, actor, access=access)
        assert _days(may) == _closed_in_games(case, actor, access)
        if may:
            found = worst(case, attacker=actor, access=access, budget=0)
            assert set(found.assets) == {c.asset for c in may}
            assert _days(found.rights.itertuples()) == _days(may)
        else:
            with pytest.raises(ModelError, match=f"actor {actor} controls nothing"):
                worst(case, attacker=actor, access=access, budget=0)
        held = closable_by(case, actor, access=access, roles=HOLDING)
        assert _days(held) <= _days(may)
        whole = close(model, f"actor:{actor}", axis.start, axis.end, access=access)
        one_by_one = model.bounds_under(
            (*model.effects, *(e for c in held for e in close(model, c.asset, c.start, c.end).made_of))
        )
        np.testing.assert_array_equal(whole.row_upper, one_by_one.row_upper[whole.rows])
        np.testing.assert_array_equal(whole.column_upper, one_by_one.column_upper[whole.columns])
        assert bool(held) != whole.idle


def test_the_gas_case_gives_russia_what_lies_on_its_land():
    """Proves: RUS may close what lies on its land, by host as by veto; under regulated access its field alone. Without it: the
    case would have no attacker, though its game has."""
    case = straits.load_case("eurasian-gas")
    assert set(worst(case, attacker="RUS", budget=1).assets) == {
        "trunk", "south", "yamal", "north", "centre-north", "gas-siberia"
    }  # fmt: skip
    assert worst(case, attacker="RUS", budget=1, access="regulated").assets == ["gas-siberia"]


TWO_OWNERS = {
    "actors": [{"id": k, "name": k, "kind": "company"} for k in ("X", "Y")],
    "places": places("A", "B"),
    "links": [link("pipe", "A", "B", capacity=4, cost=10)],
    "supplies": [supply("field", "A", 6, cost=50)],
    "markets": [market("shop", "B", 100)],
    "controls": [
        {"id": "x", "asset": "pipe", "actor": "X", "role": "operator", "end": "2022-01-04"},
        {"id": "y", "asset": "pipe", "actor": "Y", "role": "operator", "start": "2022-01-04"},
    ],
}


def test_an_attack_lasts_as_long_as_the_right():
    """Proves: X runs the pipe on three days of ten: its worst attack costs three days of 4 kt at 40 USD/t, Y's seven, by the
    right that is named with its days; cut sets and protection heed it too. Without it: who sold a line would stop it after."""
    case = build(TWO_OWNERS, time=days(10))
    found = worst(case, attacker="X", budget=1)
    assert found.curve["loss"].tolist() == pytest.approx([0.0, 3 * 4 * 40 / 1000])
    assert found.rights.values.tolist() == [
        ["pipe", "operator", pd.Timestamp(START), pd.Timestamp(2022, 1, 4)]
    ]
    assert worst(case, attacker="Y", budget=1).curve["loss"].tolist() == pytest.approx(
        [0.0, 7 * 4 * 40 / 1000]
    )
    safe = protect(case, protect=1, budget=1, attacker="X")
    assert safe.table["loss"].tolist() == pytest.approx([3 * 4 * 40 / 1000, 0.0])
    assert minimal_cut_sets(case, attacker="X", budget=1, remaining=0.8).table[
        "value"
    ].tolist() == pytest.approx([28.0])
    with pytest.raises(ModelError, match="actor X controls nothing from 2022-01-05 to 2022-01-08"):
        worst(case, attacker="X", budget=1, window="2022-01-05:3d")


def test_access_needs_an_attacker_and_a_known_word():
    """Proves: access without an attacker, or one that is none, is refused. Without it: it would be passed over in silence."""
    case = build(TWO_OWNERS, time=days(10))
    with pytest.raises(ModelError, match="name the attacker"):
        worst(case, budget=1, access="veto")
    with pytest.raises(ModelError, match="did you mean 'host'"):
        worst(case, budget=1, attacker="X", access="hots")
