"""Rights as of the day, in the model: what an actor strikes, and who earns, solved by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, supply
from straits.case import Change
from straits.model import Effect, compile_case, factors_of


def owner(actor: str, asset: str = "pipe", share: float = 1.0, **dates):
    key = f"{asset}.{actor}.{dates.get('start', '')}"
    return {"id": key, "asset": asset, "actor": actor, "role": "owner", "share": share, **dates}


FIRMS = [
    {"id": k, "name": k, "kind": "company", "state": s} for k, s in (("X", "BBB"), ("Y", "CCC"), ("Z", "X"))
]


def _case(controls, count=14, step="week", disruptions=(), **more):
    """A field of 6 kt/d at 50 USD/t, a pipe of 4 kt/d at 10 USD/t, a market that pays 100: the pipe earns 40 USD/t."""
    tables = {
        "actors": FIRMS,
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=4, cost=10, scarcity_rule="scarcity")],
        "supplies": [supply("field", "A", 6, cost=50)],
        "markets": [market("shop", "B", 100)],
        **({"controls": controls} if controls else {}),
        **more,
    }
    scenarios = [{"id": "less", "title": "less", "disruptions": list(disruptions)}] if disruptions else []
    return build(tables, time=days(count, step=step), scenarios=scenarios)


def _earned(solution, item="link scarcity"):
    table = solution.accounts()
    return table[table["item"] == item].set_index("actor")["amount"].round(9).to_dict()


DAILY = 4 * 40 / 1000.0


def test_one_day_of_thirty_earns_a_thirtieth():
    """Proves: X owns the pipe on the first day of thirty, Y afterwards, and each earns its days, by steps of a day, a week or a
    month alike. Without it: whoever held it for a day would get half."""
    controls = [owner("X", end="2022-01-02"), owner("Y", start="2022-01-02")]
    for step in ("day", "week", "month"):
        found = _earned(straits.solve(_case(controls, 30, step)))
        assert found == pytest.approx({"X": DAILY, "Y": 29 * DAILY})


def test_each_step_is_divided_by_its_own_days():
    """Proves: X owns three days of the first week, in which the pipe carries all; Y the rest, with half of the pipe in the second
    week: X earns three days of a full pipe, not three fourteenths of both weeks. Without it: who sold before a stop would share
    its loss."""
    half = {"asset": "pipe", "factor": 0.5, "start": "2022-01-08", "end": "2022-01-15"}
    controls = [owner("X", end="2022-01-04"), owner("Y", start="2022-01-04")]
    case = _case(controls, disruptions=[half])
    assert _earned(straits.solve(case, "less")) == pytest.approx(
        {"X": 3 * DAILY, "Y": 4 * DAILY + 3.5 * DAILY}
    )


def test_a_margin_of_goods_that_arrive_later_is_the_owners_at_entry():
    """Proves: with two days of transit, what enters on X's last day is X's, though it arrives when Y owns the pipe; the accounts
    add up. Without it: a sale would move gains to the buyer of the pipe."""
    links = [link("pipe", "A", "B", capacity=4, cost=10, transit_days=2, scarcity_rule="scarcity")]
    controls = [owner("X", end="2022-01-05"), owner("Y", start="2022-01-05")]
    solution = straits.solve(_case(controls, 10, "day", links=links))
    assert _earned(solution) == pytest.approx({"X": 4 * DAILY, "Y": 4 * DAILY})
    assert solution.accounts()["amount"].sum() == pytest.approx(solution.objective)


def test_what_nobody_owns_stands_under_that_name():
    """Proves: the pipe that nobody owns earns for `(nobody) pipe`, in accounts, by state, and in ranges; the state on whose land
    the field lies does not get its profit. Without it: the alphabet would decide who owns a line across two states."""
    case = _case([owner("X", "field", 0.25), owner("Y", "field", 0.75)])
    solution = straits.solve(case)
    assert _earned(solution) == pytest.approx({"(nobody) pipe": 14 * DAILY})
    whole = straits.ranges(solution, ["state:(nobody)", "account:(nobody) pipe"])
    assert whole["amount"].tolist() == pytest.approx([14 * DAILY] * 2)
    assert "state:(nobody)" in set(straits.ranges(solution)["measure"])
    told = {(f.code, f.row): f.message for f in case.check().warnings}
    assert "(nobody) pipe" in told["uncontrolled", "pipe"]


def test_who_is_told_that_nobody_owns_it_is_told_what_it_earns():
    """Proves: a supply that nobody owns earns its margin, a pipe its tariff alone; neither is told of the other's.
    Without it: of a well it would be said that it earns a tariff and no scarcity."""
    case = _case([{"id": "c", "asset": "pipe", "actor": "BBB", "role": "regulator"}])
    told = {f.row: f.message for f in case.with_changes(
        [Change(table="links", row="pipe", column="scarcity_rule", value="tariff")]
    ).check().warnings if f.code == "uncontrolled"}  # fmt: skip
    assert "; its tariff (what it is worth beyond" in told["pipe"] and "tariff" not in told["field"]
    assert "; what it earns stands in accounts as '(nobody) field'" in told["field"]


def _left(case, asset, start, end, **more):
    network = compile_case(case).network
    effect = Effect(asset, 0.0, dt.date.fromisoformat(start), dt.date.fromisoformat(end), **more)
    return factors_of(network, [effect]).by_kind


def test_an_actor_closes_only_what_it_holds_on_the_day():
    """Proves: X sold the pipe on the 2nd: `actor:X` from the 1st to the 4th closes the first day, from the 20th nothing; its
    buyer Y closes the others. Without it: a sanctioned seller would stop what it sold."""
    case = _case([owner("X", end="2022-01-02"), owner("Y", start="2022-01-02")], 30, "day")
    link_ = _left(case, "actor:X", "2022-01-01", "2022-01-05")["link"][0]
    np.testing.assert_array_equal(link_, [0.0, *[1.0] * 29])
    assert not _left(case, "actor:X", "2022-01-20", "2022-01-22")["link"]
    np.testing.assert_array_equal(
        _left(case, "actor:Y", "2022-01-01", "2022-01-05")["link"][0], [1.0, 0.0, 0.0, 0.0, *[1.0] * 26]
    )


def test_an_actor_acts_with_its_companies_and_needs_half():
    """Proves: Z, a firm of X of BBB, holds 30 %, X 20 %: BBB and X close the pipe, Z alone and Y, with less than half, do not.
    Without it: a state would have no hand on its firms, and a shareholder of a hundredth would have one."""
    case = _case(
        [owner("Z", share=0.3), owner("X", share=0.2), owner("Y", share=0.1), owner("AAA", share=0.4)]
    )
    closes = {
        a: bool(_left(case, f"actor:{a}", "2022-01-01", "2022-01-15")["link"]) for a in ("BBB", "X", "Z", "Y")
    }
    assert closes == {"BBB": True, "X": True, "Z": False, "Y": False}


def test_access_of_an_actor_that_fails():
    """Proves: under host a pipe on land of states stays open against its owner, under regulated against its operator too.
    Without it: access would mean nothing for `actor:X`."""
    operator = {"id": "op", "asset": "pipe", "actor": "Y", "role": "operator"}
    case = _case([owner("X"), operator])
    window = ("2022-01-01", "2022-01-15")
    for actor, access, closed in [
        ("X", "veto", True), ("X", "host", False), ("Y", "host", True), ("Y", "regulated", False),
    ]:  # fmt: skip
        assert bool(_left(case, f"actor:{actor}", *window, access=access)["link"]) is closed
