"""Small cases drawn at random, with everything that the model knows."""

from __future__ import annotations

from hypothesis import strategies as st

from small import build, link, market, places, store, supply

NODES = "ABCDEF"


@st.composite
def cases(draw, auctioned=False):
    """Small cases: fields with ramps, links with losses, transit and tariffs, a store, a fleet, markets of all kinds, fiscal
    terms and rights.

    `auctioned`: every scarcity is its owner's, and no term takes anything.
    """
    edges = draw(
        st.lists(
            st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda e: e[0] != e[1]),
            min_size=3, max_size=9, unique=True,
        )
    )  # fmt: skip
    number = st.integers(0, 20)
    links = [
        link(
            f"l{i}", a, b, capacity=draw(st.integers(1, 12)), cost=draw(number), tariff=draw(number),
            loss=draw(st.sampled_from([0, 0, 0.1])), transit_days=draw(st.sampled_from([0, 0, 1, 1.5, 9])),
            mode=draw(st.sampled_from(["sea", "pipeline"])), length_km=500, **_rule(draw, auctioned),
        )
        for i, (a, b) in enumerate(edges)
    ]  # fmt: skip
    field = {"ramp_down": draw(st.sampled_from([None, 0.02])), "forced_cost": 15}
    supplies = [supply("s0", "A", draw(st.integers(1, 20)), cost=draw(number), **field),
                supply("s1", "B", draw(st.integers(1, 20)), cost=draw(number), min_output=1, forced_cost=9)]  # fmt: skip
    kind = draw(st.sampled_from(["stepwise", "linear", "fixed"]))
    more = {"linear": {"elasticity": -0.5}, "fixed": {"unmet_price": 300}}.get(kind, {})
    markets = [
        market("m0", "E", 100, demand=draw(st.integers(2, 15)), demand_kind=kind, **more),
        market("m1", "F", 60, demand=9, steps="60:4|20:5"),
    ]
    tables = {
        "places": places(*NODES, B="BBB"),
        "links": links,
        "supplies": supplies,
        "markets": markets,
        "stores": [store("t", draw(st.sampled_from("CDE")), 20, start=draw(st.integers(0, 20)), start_origin="AAA",
                         **_rule(draw, auctioned))],
        "fleets": [{"id": "f", "name": "f", "kind": "vessel", "commodity": "oil", "links": "l0|l1", "count": 3, "payload": 4,
                    "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 2, **_rule(draw, auctioned)}],
        "contracts": [{"id": "c", "name": "c", "kind": "least", "asset": "l2", "amount": 1, "amount_unit": "kt/d",
                       "penalty": 50, "penalty_unit": "USD/t"},
                      {"id": "q", "name": "q", "kind": "greatest", "asset": "l0", "amount": 4, "amount_unit": "kt/d"}],
    }  # fmt: skip
    tables |= _terms(draw, auctioned)
    day = draw(st.integers(2, 20))
    stop = {"asset": draw(st.sampled_from([row["id"] for row in links])), "start": f"2022-01-{day:02d}",
            "end": f"2022-01-{day + 6:02d}", "expected_days": draw(st.sampled_from([2, 6, 12]))}  # fmt: skip
    time = {"start": "2022-01-01", "end": "2022-01-31", "step": draw(st.sampled_from(["week", "day"])),
            "boundary": draw(st.sampled_from(["steady", "empty"]))}  # fmt: skip
    return build(tables, time=time, scenarios=[{"id": "stop", "title": "stop", "disruptions": [stop]}])


def _rule(draw, auctioned):
    rule = "scarcity" if auctioned else draw(st.sampled_from([None, "tariff", "scarcity"]))
    return {"scarcity_rule": rule} if rule else {}


def _terms(draw, auctioned):
    """Fiscal terms of every kind on supplies, links and markets, and rights by share and by amount, some of them for a time."""
    units = {"export_duty": "USD/t", "excise": "USD/t", "fixed": "kUSD/d"}
    fiscal = []
    for i, (kind, asset) in enumerate(
        draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["royalty", "profit_share", "export_duty", "excise", "fixed"]),
                    st.sampled_from(["s0", "s1", "l0", "l1", "m0", "m1"]),
                ),
                min_size=1, max_size=6, unique=True,
            )
        )
    ):  # fmt: skip
        taker = {"s0": "AAA", "s1": "BBB"}.get(asset, draw(st.sampled_from(["AAA", "BBB"])))
        rate = 0 if auctioned else draw(st.integers(1, 8)) / (1 if kind in units else 10)
        fiscal.append({"id": f"x{i}", "asset": asset, "taker": taker, "kind": kind, "rate": rate,
                       **({"rate_unit": units[kind]} if kind in units else {}), **_while(draw)})  # fmt: skip
    rights = [
        {"id": "r0", "asset": "l0", "actor": "CCC", "share": 0.4, **_while(draw)},
        {"id": "r1", "asset": "l1", "actor": "BBB", "amount": 0.5, "amount_unit": "kt/d"},
        {"id": "r2", "asset": "t", "actor": "CCC", "amount": 5, "amount_unit": "kt"},
        {"id": "r3", "asset": "f", "actor": "BBB", "amount": 1},
    ]
    return {"fiscal": fiscal, "rights": rights}


def _while(draw):
    return draw(st.sampled_from([{}, {"start": "2022-01-10"}, {"end": "2022-01-20"}]))
