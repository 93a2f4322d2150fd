"""Who gets what of the value, solved by hand: fiscal layers, duties, rights to scarce capacity, and what comes back to
shippers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import auctioned
import straits
from randomcases import cases
from small import DAY, amount, build, days, link, market, places, store, supply
from straits.model.accounts import ledger_of
from straits.model.accounts.tracing import Tracing

FIRMS = [
    {"id": k, "name": k, "kind": "company", "state": s}
    for k, s in (("FIELD", "BBB"), ("PIPE", "CCC"), ("X", "CCC"), ("Y", "BBB"))
]
OWNERS = [
    {"id": a, "asset": a, "actor": o, "role": "owner", "share": 1} for a, o in (("field", "FIELD"), ("pipe", "PIPE"))
]  # fmt: skip


def case_of(*, pipe=None, fields=None, time=None, scenarios=(), **tables):
    """A field of 6 kt/d at 50 USD/t, a pipe at 10 USD/t, a buyer abroad who pays 100."""
    found = {
        "actors": FIRMS,
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", **{"cost": 10, **(pipe or {})})],
        "supplies": fields or [supply("field", "A", 6, cost=50)],
        "markets": [market("shop", "B", 100)],
        "controls": OWNERS,
    }
    found = {name: rows for name, rows in (found | tables).items() if rows}
    return build(found, time=time or DAY, scenarios=scenarios)


def fiscal(kind, rate, asset="field", taker="AAA", **more):
    units = {"export_duty": "USD/t", "excise": "USD/t", "fixed": "kUSD/d"}
    row = {"id": f"{kind}-{asset}-{taker}", "asset": asset, "taker": taker, "kind": kind, "rate": rate}
    return row | ({"rate_unit": units[kind]} if kind in units else {}) | more


def right(actor, **more):
    return {"id": f"{actor}-{more.get('start', '')}", "asset": "pipe", "actor": actor} | more


def entries(solution, *items):
    """Entries of some items, thousand USD by actor and item."""
    table = solution.accounts()
    table = table[table["item"].isin(items)] if items else table
    return {(r.actor, r.item): r.amount * 1000 for r in table.itertuples() if abs(r.amount) > 1e-9}


def of(solution, actor):
    table = solution.accounts()
    return table.loc[table["actor"] == actor, "amount"].sum() * 1000


# ---------------------------------------------------------------------- layers


def test_royalty_first_then_a_share_of_what_is_left():
    """Proves: 6 kt at a local price of 90 and a cost of 50 bring 240. A royalty of a tenth takes 54 of the value of 540, a share
    of a quarter 46.5 of the 186 that are left. Without it: the share would be taken of the whole margin, or twice.
    """
    case = case_of(fiscal=[fiscal("royalty", 0.1), fiscal("profit_share", 0.25)])
    found = entries(straits.solve(case))
    assert found == pytest.approx(
        {
            ("FIELD", "supply margin"): 240, ("FIELD", "royalty"): -54, ("FIELD", "profit share"): -46.5,
            ("AAA", "royalty"): 54, ("AAA", "profit share"): 46.5,
        }
    )  # fmt: skip


def test_fixed_payment_comes_before_the_shares_which_stand_side_by_side():
    """Proves: of the margin of 240 a fixed 40 is paid first, then two takers have a quarter and a half of the 200 left; each of
    the same base. Without it: the order of rows would decide who gets what.
    """
    rows = [fiscal("profit_share", 0.25), fiscal("profit_share", 0.5, taker="Y"), fiscal("fixed", 40)]
    solution = straits.solve(case_of(fiscal=rows))
    assert (of(solution, "AAA"), of(solution, "Y"), of(solution, "FIELD")) == pytest.approx((90, 100, 50))


def test_a_fixed_payment_by_the_year_is_spread_over_its_days():
    """Proves: 365 kUSD a year are 1 a day in 2022, and none on the day before the contract. Without it: a payment would hang on
    the length of steps."""
    rows = [fiscal("fixed", 0.365, rate_unit="MUSD/y", start="2022-01-03")]
    for step in ("day", "week"):
        found = entries(straits.solve(case_of(fiscal=rows, time=days(7, step=step))), "fixed payment")
        assert found[("AAA", "fixed payment")] == pytest.approx(5)


def test_the_taker_of_a_share_bears_its_part_of_a_loss():
    """Proves: a field that must go on at a price of 30 below its cost of 50 loses 120, of which the taker of a half bears 60.
    Without it: accounts would not be linear in the prices, and ranges of them would be wrong.
    """
    fields = [supply("field", "A", 6, cost=50, min_output=6)]
    case = case_of(fields=fields, markets=[market("shop", "B", 40)], fiscal=[fiscal("profit_share", 0.5)])
    solution = straits.solve(case)
    assert (of(solution, "AAA"), of(solution, "FIELD")) == pytest.approx((-60, -60))


def test_terms_hold_from_their_first_day_to_the_day_before_their_last():
    """Proves: a royalty that begins on the sixth of seven days takes two sevenths of the week's, in days and in a week alike.
    Without it: terms of a treaty would hold over a whole step or the whole case.
    """
    rows = [fiscal("royalty", 0.1, start="2022-01-06", end="2022-02-01")]
    for step in ("day", "week"):
        found = entries(straits.solve(case_of(fiscal=rows, time=days(7, step=step))), "royalty")
        assert found[("AAA", "royalty")] == pytest.approx(2 * 54)


def test_levies_on_a_market_and_on_a_link_fall_on_whose_cargo_it_is():
    """Proves: a royalty of a tenth at the market takes 60 of sales of 600, one on the pipe 54 of the 540 that enter, both from
    the owner of the field, and a share of a quarter at the field is then taken of what they leave. Without it: a buyer or a
    carrier would pay for cargo that is not theirs.
    """
    rows = [
        fiscal("royalty", 0.1, "shop"), fiscal("royalty", 0.1, "pipe"), fiscal("profit_share", 0.25, taker="Y"),
    ]  # fmt: skip
    solution = straits.solve(case_of(fiscal=rows))
    assert entries(solution, "royalty") == pytest.approx(
        {("AAA", "royalty"): 114, ("FIELD", "royalty"): -114}
    )
    assert of(solution, "Y") == pytest.approx(0.25 * (240 - 114))


def test_profit_tax_of_a_carrier_is_taken_of_its_tariff():
    """Proves: at a tariff of 5 the pipe earns 30, of which a fifth goes to its treasury; the scarcity of the pipe goes to the
    shippers and is not taxed there. Without it: a carrier would be taxed on what it does not have.
    """
    case = case_of(pipe={"tariff": 5, "capacity": 4}, fiscal=[fiscal("profit_share", 0.2, "pipe", "CCC")])
    solution = straits.solve(case)
    assert (of(solution, "CCC"), of(solution, "PIPE")) == pytest.approx((4, 16))


# ---------------------------------------------------------------------- who keeps the scarcity


def test_scarcity_of_a_pipe_at_a_tariff_goes_to_holders_of_rights_and_the_rest_to_shippers():
    """Proves: a pipe of 4 kt/d at 10 and a tariff of 5 has a scarcity of 35 a tonne, 140 in all. Its owner has the tariff, 20. X
    has a right to a quarter and Y to 1 kt/d, 35 each; the other half is the field's. Auctioned, all of it is the owner's.
    Without it: whoever owns a regulated pipe would gain when it breaks.
    """
    pipe = {"tariff": 5, "capacity": 4}
    rows = [right("X", share=0.25), right("Y", amount=1, amount_unit="kt/d")]
    solution = straits.solve(case_of(pipe=pipe, rights=rows))
    assert entries(solution) == pytest.approx(
        {
            ("PIPE", "tariff"): 20, ("X", "scarcity by right"): 35, ("Y", "scarcity by right"): 35,
            ("FIELD", "scarcity to shippers"): 70,
        }
    )  # fmt: skip
    auction = straits.solve(case_of(pipe=pipe | {"scarcity_rule": "scarcity"}))
    assert of(auction, "PIPE") == pytest.approx(160)


def test_rights_hold_by_days_and_shrink_alike():
    """Proves: X has a right to half of the pipe on three of seven days; when half of the pipe is out, what it is worth is divided
    as before. Without it: a right would last for ever, or be served before all others.
    """
    stop = {"asset": "pipe", "factor": 0.5, "start": "2022-01-01", "end": "2022-01-08"}
    case = case_of(
        pipe={"capacity": 4}, rights=[right("X", share=0.5, end="2022-01-04")], time=days(7),
        scenarios=[{"id": "half", "title": "half", "disruptions": [stop]}],
    )  # fmt: skip
    for scenario, whole in (("baseline", 4 * 40), ("half", 2 * 40)):
        assert of(straits.solve(case, scenario), "X") == pytest.approx(3 * whole / 2)


@pytest.mark.parametrize(
    ("pipe", "rights", "keeper"),
    [
        ({}, [], "FIELD"),
        ({"mode": "rail"}, [], "FIELD"),
        ({"mode": "loading"}, [], "FIELD"),
        ({"mode": "sea"}, [], "PIPE"),
        ({"mode": "sea", "tariff": 1}, [], "FIELD"),
        ({"mode": "sea"}, [right("X", share=1)], "X"),
        ({"mode": "sea", "scarcity_rule": "tariff"}, [], "FIELD"),
        ({"scarcity_rule": "scarcity"}, [], "PIPE"),
    ],
)
def test_rule_by_default(pipe, rights, keeper):
    """Proves: what is not said follows from tariff, mode and rights. Without it: chartered ships would carry at a published
    tariff."""
    solution = straits.solve(case_of(pipe={"capacity": 4, **pipe}, rights=rights))
    table = solution.accounts().set_index("actor")["amount"]
    assert table.groupby(level=0).sum().idxmax() == keeper


def test_shippers_share_by_what_they_move():
    """Proves: of 4 kt in the pipe 1 comes from a cheap field and 3 from a dear one, so they have 40 and 120 of its scarcity.
    Without it: it would go to the state of origin, or in equal parts.
    """
    fields = [supply("field", "A", 6, cost=50), supply("cheap", "A", 1, cost=20)]
    own = [*OWNERS, {"id": "o", "asset": "cheap", "actor": "Y", "role": "owner", "share": 1}]
    solution = straits.solve(case_of(pipe={"capacity": 4}, fields=fields, controls=own))
    assert entries(solution, "scarcity to shippers") == pytest.approx(
        {("FIELD", "scarcity to shippers"): 120, ("Y", "scarcity to shippers"): 40}
    )


def test_what_comes_back_is_a_part_of_the_margin():
    """Proves: the field sells at its cost because the pipe is full; a royalty of a tenth and a share of a half are taken of the
    value and the margin that its owner really has. 4 kt bring 90 a tonne: royalty 36, share (160 - 36) / 2.
    Without it: a treasury would have nothing whenever a pipe is full.
    """
    rows = [fiscal("royalty", 0.1), fiscal("profit_share", 0.5)]
    solution = straits.solve(case_of(pipe={"capacity": 4}, fiscal=rows))
    assert entries(solution, "royalty", "profit share")[("AAA", "royalty")] == pytest.approx(36)
    assert of(solution, "AAA") == pytest.approx(36 + 62)


def test_scarcity_of_fleets_and_stores_by_their_rule():
    """Proves: ships earn their scarcity unless their rule is tariff; what a tank earns on a day without a buyer goes to its
    owner, or to whose oil it held. Without it: rules would hold for links alone.
    """
    ship = {"id": "ship", "name": "s", "kind": "vessel", "commodity": "oil", "links": "pipe", "count": 1, "payload": 4,
            "payload_unit": "kt", "speed_knots": 10}  # fmt: skip
    own = [
        *OWNERS,
        *({"id": a, "asset": a, "actor": "X", "role": "owner", "share": 1} for a in ("ship", "tank")),
    ]
    for rule, keeper in ((None, "X"), ("tariff", "FIELD")):
        pipe = {"mode": "sea", "length_km": 222.24}  # half a day at ten knots
        case = case_of(
            pipe=pipe, controls=own[:-1], fleets=[ship | ({"scarcity_rule": rule} if rule else {})]
        )
        assert of(straits.solve(case), keeper) == pytest.approx(160)
        shut = {"asset": "shop", "start": "2022-01-01", "end": "2022-01-02"}
        tank = store("tank", "A", 2, **({"scarcity_rule": rule} if rule else {}))
        case = case_of(
            fields=[supply("field", "A", 4, cost=50)], controls=[*OWNERS, own[-1]], stores=[tank], time=days(2),
            scenarios=[{"id": "shut", "title": "shut", "disruptions": [shut]}],
        )  # fmt: skip
        # 2 kt are put in at the field's cost of 50 and sold at 90 with the 4 kt of the next day.
        found = entries(straits.solve(case, "shut"), "storage", "scarcity to shippers")
        item = "storage" if rule is None else "scarcity to shippers"
        assert found == pytest.approx({(keeper, item): 80})


def test_payer_of_a_commitment():
    """Proves: a promise to send 2 kt/d by a way that costs 60 more falls on whom the contract names; else on the shippers of a
    pipe at a tariff, or on the owner of one that is auctioned. Without it: a carrier at a tariff would pay for its customers'
    promise.
    """
    ways = [link("pipe", "A", "B", cost=10), link("long", "A", "B", cost=70)]
    agreed = {"id": "c", "name": "c", "kind": "least", "asset": "long", "amount": 2, "amount_unit": "kt/d"}
    own = [*OWNERS, {"id": "o", "asset": "long", "actor": "PIPE", "role": "owner", "share": 1}]
    for more, rule, payer in (({}, None, "FIELD"), ({}, "scarcity", "PIPE"), ({"payer": "X"}, None, "X")):
        links = [ways[0], ways[1] | ({"scarcity_rule": rule} if rule else {})]
        solution = straits.solve(case_of(links=links, controls=own, contracts=[agreed | more]))
        found = entries(solution, "commitment")
        assert found == pytest.approx({(payer, "commitment"): -120})
        assert solution.accounts()["amount"].sum() == pytest.approx(solution.objective)


# ---------------------------------------------------------------------- duties


def trade(duty, *, fields=None, on="field", kind="export_duty", scenarios=(), **more):
    """A field in AAA, a buyer at home who pays 60 and one abroad who pays 90."""
    found = {
        "actors": FIRMS,
        "places": places("A", "B", B="BBB"),
        "links": [link("border", "A", "B")],
        "supplies": fields or [supply("field", "A", 6, cost=50)],
        "markets": [market("home", "A", 60, buyer="X"), market("abroad", "B", 90, buyer="Y")],
        "controls": OWNERS[:1],
        "fiscal": [fiscal(kind, duty, on)],
    }
    return build(found | more, scenarios=scenarios)


@pytest.mark.parametrize("kind", ["export_duty", "excise"])
@pytest.mark.parametrize("on", ["field", "border", "abroad"])
def test_a_duty_is_seen_by_shippers_as_a_tariff_is(on, kind):
    """Proves: a duty of 20 leaves exports at 90 better than 60 at home, and the budget has 120 of it; one of 40 turns all 6 kt to
    the home market and brings nothing. The joint value counts the duty, the shippers' does not; acting together they do not see
    it. Without it: a treasury could take what it likes and nobody would move.
    """
    light, heavy = (straits.solve(trade(duty, on=on, kind=kind)) for duty in (20, 40))
    assert (amount(light, "border"), amount(heavy, "border")) == pytest.approx((6, 0))
    assert entries(light, "export duty", "excise") == pytest.approx({("AAA", kind.replace("_", " ")): 120})
    assert light.objective == pytest.approx(0.240) and light.lp_value == pytest.approx(0.120)
    assert of(light, "FIELD") == pytest.approx(120) and not entries(heavy, "export duty", "excise")
    together = straits.solve(trade(40, on=on, kind=kind), tariffs="internal")
    assert amount(together, "border") == pytest.approx(6) and together.objective == pytest.approx(0.240)


def test_no_duty_on_what_stays():
    """Proves: a duty on a field is due on what it sells abroad, not at home. Without it: it would be a tax on output."""
    case = trade(20, markets=[market("home", "A", 60, demand=2), market("abroad", "B", 55)])
    solution = straits.solve(case)
    assert amount(solution, "border") == 0 and solution.sales["amount"].sum() == pytest.approx(2)


def test_each_field_pays_its_own_duty():
    """Proves: of two fields with one cargo, one pays 50 a tonne abroad and shuts in, the other is exempt and goes on; with a
    buyer at home the one that pays sells there. Tables show one cargo. Without it: both would pay the mean.
    """
    fields = [supply("field", "A", 6, cost=50), supply("free", "A", 3, cost=50)]
    only = [market("abroad", "B", 90)]
    solution = straits.solve(trade(50, fields=fields, markets=only))
    assert solution.supply.set_index("supply")["amount"].to_dict() == pytest.approx({"field": 0, "free": 3})
    both = straits.solve(trade(50, fields=fields))
    assert both.sales.set_index("market")["amount"].to_dict() == pytest.approx({"home": 6, "abroad": 3})
    assert len(both.flows) == 1 and both.flows["amount"].sum() == pytest.approx(3)
    mixed = straits.solve(trade(20, fields=fields))
    assert entries(mixed, "export duty") == pytest.approx({("AAA", "export duty"): 120})
    assert len(mixed.flows) == 1 and mixed.flows["amount"].sum() == pytest.approx(9)


def test_lots_of_an_origin_share_what_is_left_to_it():
    """Proves: half of a pipe of 6 kt/d is left to oil of AAA, and both of its lots together send 3, not 3 each. Without it: a
    duty would loosen a closure.
    """
    fields = [supply("field", "A", 6, cost=50), supply("free", "A", 3, cost=50)]
    half = {"asset": "border", "factor": 0.5, "start": "2022-01-01", "end": "2022-01-02", "origins": ["AAA"]}
    scenario = {"id": "half", "title": "half", "disruptions": [half]}
    case = trade(
        20, fields=fields, links=[link("border", "A", "B", capacity=6)], scenarios=[scenario],
    )  # fmt: skip
    assert amount(straits.solve(case), "border") == pytest.approx(6)
    assert amount(straits.solve(case, "half"), "border") == pytest.approx(3)


def test_an_export_duty_on_a_border_spares_transit():
    """Proves: oil of CCC that passes AAA pays an excise there and no export duty. Without it: transit would be taxed as if it
    came from the state that it crosses.
    """
    transit = {
        "places": places("C", "A", "B", C="CCC", A="AAA", B="BBB"),
        "links": [link("into", "C", "A"), link("border", "A", "B")],
        "supplies": [supply("field", "C", 6, cost=50)],
        "markets": [market("abroad", "B", 90)],
    }
    spared = straits.solve(trade(20, on="border", **transit))
    assert not entries(spared, "export duty") and of(spared, "FIELD") == pytest.approx(240)
    paid = straits.solve(trade(20, on="border", kind="excise", **transit))
    assert entries(paid, "excise") == pytest.approx({("AAA", "excise"): 120})


def test_a_duty_by_the_barrel_takes_the_grade_of_the_market():
    """Proves: 2 USD a barrel at 7.5 barrels a tonne are 15 a tonne, at 8 barrels of the market's grade 16. Without it: a unit
    would be read as another."""
    for grade, due in ((None, 15), (8, 16)):
        markets = [market("abroad", "B", 90, **({"bbl_per_t": grade} if grade else {}))]
        solution = straits.solve(
            trade(2, fiscal=[fiscal("export_duty", 2, rate_unit="USD/bbl")], markets=markets)
        )
        assert entries(solution, "export duty")[("AAA", "export duty")] == pytest.approx(6 * due)


# ---------------------------------------------------------------------- parties


def test_accounts_say_whose_budget_company_and_consumers():
    """Proves: a royalty is the budget's of AAA, a margin the company's, at home in BBB, what a buyer saves the consumers', and
    what a group of many has stands apart from states. Without it: a margin of foreign owners would read as a state's gain.
    """
    many = {"id": "MANY", "name": "many", "kind": "group"}
    case = case_of(
        actors=[*FIRMS, many], fiscal=[fiscal("royalty", 0.1)],
        controls=[*OWNERS[1:], {"id": "f", "asset": "field", "actor": "FIELD", "role": "owner", "share": 0.5},
                  {"id": "m", "asset": "field", "actor": "MANY", "role": "owner", "share": 0.5}],
        markets=[market("shop", "B", 100, buyer="Y", demand_kind="linear", demand=6, elasticity=-1)],
    )  # fmt: skip
    table = straits.solve(case).accounts().groupby(["kind", "residence"])["amount"].sum()
    assert set(table.index) == {("budget", "AAA"), ("company", "BBB"), ("group", "MANY"), ("consumer", "BBB")}
    assert table["company", "BBB"] == pytest.approx(table["group", "MANY"])


# ---------------------------------------------------------------------- properties


@given(cases(auctioned=True), st.sampled_from(["paid", "internal"]), st.sampled_from(["perfect", "surprise"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_take_nothing_and_auction_all_and_it_is_as_before(case, tariffs, foresight):
    """Proves: with rates of zero and every scarcity to its owner, each entry of the accounts is that of the division before there
    were rules. Without it: a new table could move money in cases that do not use it.
    """
    solution = straits.solve(case, "stop", tariffs=tariffs, foresight=foresight)
    found, before = ledger_of(solution), auctioned.ledger_of(solution)
    scale = max(1.0, *(abs(v) for v in before.values()))
    for key in found.keys() | before.keys():
        assert found.get(key, 0.0) == pytest.approx(before.get(key, 0.0), abs=1e-9 * scale), key


def test_tracing_keeps_every_tonne():
    """Proves: two fields meet at a place, part goes into a tank and out again, part round by another place; what their oil has of
    all sales adds up to what each put out. Without it: one owner would have another's scarcity.
    """
    tables = {
        "places": places("A", "B", "C", "D", B="AAA"),
        "links": [link("a", "A", "C", capacity=3), link("b", "B", "C", capacity=2), link("c", "C", "D", capacity=4),
                  link("d", "A", "D", capacity=1)],
        "supplies": [supply("s", "A", 4, cost=1), supply("t", "B", 2, cost=2)],
        "markets": [market("m", "D", 90)],
        "stores": [store("tank", "C", 6)],
    }  # fmt: skip
    shut = {"asset": "m", "start": "2022-01-02", "end": "2022-01-03"}
    case = build(tables, time=days(4), scenarios=[{"id": "shut", "title": "shut", "disruptions": [shut]}])
    solution = straits.solve(case, "shut")
    f, n, traced = solution.formulation, solution.network, Tracing(solution)
    sold = sum(
        (solution.block(f.sale)[q][:, None] * traced.at_balances(f.sale_at[[q]])[0]).sum(axis=0)
        for q in range(len(n.markets.sale_market))
    )
    left = solution.block(f.stock)[0][-1] * traced.in_stores(np.array([0]))[0][-1]
    assert sold + left == pytest.approx(solution.block(f.supply).sum(axis=1), abs=1e-6)
    assert solution.block(f.stock).max() > 1 and np.all(sold > 0)


def test_a_promise_undone_by_a_way_back_whose_owner_keeps_its_scarcity(solved):
    """Proves: 3 kt that go back to a buyer at 300 count against a promise of 2 kt the other way, so that 5 are owed at 50; with
    1 kt sold at home and 1 at the near side, 0.957 million in all. The pipe with the promise earns its tariff alone, the way back
    its scarcity: what it takes off the promise stands with its owner, and all accounts add up.
    Without it: 0.15 million would be nobody's.
    """
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("there", "A", "B", tariff=1, tariff_unit="USD/t"),
                  link("back", "B", "A", cost=1, scarcity_rule="scarcity")],
        "supplies": [supply("east", "B", 4), supply("near", "A", 1, origin="BBB")],
        "markets": [market("west", "A", 300, demand=4), market("home", "B", 10, demand=1)],
        "contracts": [{"id": "c", "name": "c", "kind": "least", "asset": "there", "amount": 2, "amount_unit": "kt/d",
                       "penalty": 50, "penalty_unit": "USD/t"}],
        "controls": [{"id": "o", "asset": "back", "actor": "BBB", "role": "owner", "share": 1}],
    }  # fmt: skip
    s = solved(tables, time=days(1))
    assert s.objective == pytest.approx(0.957)
    table = s.accounts()
    assert table["amount"].sum() == pytest.approx(s.objective)
    of_back = table[(table["actor"] == "BBB") & (table["item"] == "commitment")]
    assert of_back["amount"].tolist() == pytest.approx([0.15])
