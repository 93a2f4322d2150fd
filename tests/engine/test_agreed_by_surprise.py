"""Agreed flows whose period ends before news comes, or reaches over it: who has what they are worth, by hand."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, million, places, supply
from straits.contingency import sweep
from straits.stress import stress

#: The dear way is shut on the last two days of four.
SHUT = {"id": "shut", "title": "shut", "foresight": "surprise", "disruptions": [
    {"asset": "dear", "factor": 0.0, "start": "2022-01-03", "end": "2022-01-05"}]}  # fmt: skip
WINDOW = "2022-01-03:2d"


def quota(**given):
    """3 kt/d are sold at 100. The pipe costs nothing on two days, 1 on the two that follow; the dear way costs 40. What goes by
    pipe is agreed to be 8 kt at most in all, worth 39 each to CCC: a tonne more on the last days would spare the dear way."""
    term = {
        "id": "q",
        "name": "Quota",
        "kind": "greatest",
        "asset": "pipe",
        "amount": 2,
        "amount_unit": "kt/d",
        "payer": "CCC",
    }
    profile = [
        {"id": "a", "profile": "later", "start": "2022-01-01", "end": "2022-01-03", "value": 0},
        {"id": "b", "profile": "later", "start": "2022-01-03", "end": "2022-01-05", "value": 1},
    ]
    return {
        "places": places("A", "B", B="BBB"),
        "links": [
            link("pipe", "A", "B", capacity=9, cost=1, cost_profile="later", scarcity_rule="scarcity"),
            link("dear", "A", "B", capacity=9, cost=40, scarcity_rule="scarcity"),
        ],
        "supplies": [supply("field", "A", 9, cost=20)],
        "markets": [market("buyer", "B", 100, demand=3)],
        "profiles": profile,
        "actors": [{"id": key, "name": key, "kind": "state"} for key in ("AAA", "BBB", "CCC", "LINE")],
        "contracts": [term | given],
        "controls": [
            {"id": f"of-{key}", "asset": key, "actor": actor, "role": "owner", "share": 1}
            for key, actor in (("field", "AAA"), ("pipe", "LINE"), ("dear", "LINE"))
        ],
    }  # fmt: skip


def solved(**given):
    return stress(build(quota(**given), scenarios=[SHUT], time=days(4)), ["shut"], refine=False)


def of(solution, actor):
    books = solution.accounts()
    assert books["amount"].sum() == pytest.approx(solution.objective)
    return books[books["actor"] == actor].set_index("item")["amount"].to_dict()


def test_what_moved_before_the_news_keeps_its_price():
    """Proves: 6 of the 8 kt go on the first two days, when a tonne of the quota is worth 39; by the news that the dear way is
    shut the 2 that are left are worth 79, so that the payer has 6 times 39 and 2 times 79, and the pipe's owner nothing.
    Without it: the news would pay the quota 40 more on each tonne that had gone before it, out of the pipe's pocket: 240,000 USD.
    """
    found = solved()
    assert of(found.baseline, "CCC") == pytest.approx({"commitment": million((8, 39))})
    assert of(found.solutions["shut"], "CCC") == pytest.approx({"commitment": million((6, 39), (2, 79))})
    assert of(found.solutions["shut"], "LINE") == {}
    ranges = found.state_ranges("shut").set_index("state")
    assert ranges.loc["CCC", ["change", "least", "most"]].tolist() == pytest.approx([million((2, 40))] * 3)


def test_a_period_that_is_over_is_over():
    """Proves: a quota of the first two days alone is worth 40 a tonne, before the news and after; nothing is open.
    Without it: a price of a period that is over would have no limit, and of its payer a report would say that all is open.
    """
    found = solved(amount=1, end="2022-01-03")
    assert of(found.solutions["shut"], "CCC") == pytest.approx({"commitment": million((2, 40))})
    ranges = found.state_ranges("shut").set_index("state")
    assert ranges.loc["CCC", ["change", "least", "most"]].tolist() == pytest.approx([0.0] * 3)
    assert not ranges.loc["CCC", "open"]


def test_what_fell_short_before_the_news_stays_short():
    """Proves: of 4 kt/d that must go by pipe on the first two days 2 kt fall short of what is sold, at 5 a tonne; the news
    changes neither that nor who pays.
    Without it: the penalty of a period that is over would be forgiven by whatever happens next.
    """
    found = solved(kind="least", amount=4, end="2022-01-03", penalty=5, penalty_unit="USD/t")
    for solution in (found.baseline, found.solutions["shut"]):
        assert solution.shortfall["amount"].tolist() == pytest.approx([2.0])
        assert of(solution, "CCC")["shortfall penalty"] == pytest.approx(million((-2, 5)))


def test_changes_leave_open_what_still_moves():
    """Proves: a quota of all that is sold is worth anything from 0 to 39 a tonne, and on the last two days, once the dear way is
    shut, to 79: by 40 more on 6 kt. Where a tenth of the dear way is shut, which nobody uses, nobody's change is open.
    Without it: what had gone before the news would be open before and fixed after: 234,000 USD to lose where nothing happens.
    """
    tenth = SHUT | {"id": "tenth", "disruptions": [SHUT["disruptions"][0] | {"factor": 0.9}]}
    case = build(quota(amount=3), scenarios=[SHUT, tenth], time=days(4))
    found = stress(case, ["shut", "tenth"], refine=False)
    ranges = {key: found.state_ranges(key).set_index("state")[["least", "most"]] for key in ("shut", "tenth")}
    assert ranges["shut"].loc["CCC"].tolist() == pytest.approx([0.0, million((6, 40))])
    assert ranges["shut"].loc["BBB"].tolist() == pytest.approx([-million((6, 40)), 0.0])
    assert ranges["tenth"].to_numpy() == pytest.approx(0.0)


def test_failures_say_what_stress_says():
    """Proves: the dear way as a failure brings the payer the 80,000 USD that `stress` says, by surprise.
    Without it: the same closure would have two accounts.
    """
    case = build(quota(), time=days(4))
    found = sweep(case, over=["dear"], window=WINDOW, foresight="surprise", refine=False)
    losses = {name: found.table.iloc[0][name] for name in found.table.columns if str(name).endswith("CCC")}
    assert losses and all(value == pytest.approx(-million((2, 40))) for value in losses.values())


@pytest.mark.parametrize(("window", "tonnes"), [(2, 5), (3, 8)])
def test_windows_that_move_on_keep_the_price_of_each_step(window, tonnes):
    """Proves: the first window of two days needs 6 of the 8 kt, so that what goes on its first day is worth nothing to the
    payer, the 5 kt that follow 39 each; a window of three days sees that 9 are wanted, and all 8 are worth 39.
    Without it: the last window would set the price of the quota for all days before it.
    """
    s = straits.solve(build(quota(), time=days(4)), foresight=straits.rolling(window))
    assert of(s, "CCC") == pytest.approx({"commitment": million((tonnes, 39))})


def test_what_strands_whole_is_worth_nothing():
    """Proves: 6 kt a day are a day on their way when the buyer turns them away by surprise on the third day and the fourth.
    What arrives strands, all of it, and is worth nothing: the carrier, who bought it at 200, loses that on 6 kt, the field its
    150 on 6 kt that are not produced, and no price leaves that open.
    Without it: where all strands its price had no limit, and nothing could be said of who loses what.
    """
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("ships", "A", "B", capacity=9, transit_days=1, scarcity_rule="scarcity")],
        "supplies": [supply("field", "A", 6, cost=50)],
        "markets": [market("buyer", "B", 200)],
        "actors": [{"id": key, "name": key, "kind": "state"} for key in ("AAA", "BBB", "LINE")],
        "controls": [
            {"id": f"of-{key}", "asset": key, "actor": actor, "role": "owner", "share": 1}
            for key, actor in (("field", "AAA"), ("ships", "LINE"))
        ],
    }
    no = {"id": "no", "title": "no", "foresight": "surprise", "disruptions": [
        {"asset": "buyer", "factor": 0.0, "start": "2022-01-03", "end": "2022-01-05"}]}  # fmt: skip
    found = stress(build(tables, scenarios=[no], time=days(4)), ["no"], refine=False)
    assert found.solutions["no"].stranded["amount"].sum() == pytest.approx(6)
    ranges = found.state_ranges("no").set_index("state")[["change", "least", "most"]]
    assert ranges.loc["LINE"].tolist() == pytest.approx([-million((6, 200))] * 3)
    assert ranges.loc["AAA"].tolist() == pytest.approx([-million((6, 150))] * 3)
