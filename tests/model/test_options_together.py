"""Options that require or exclude each other, in every room that builds some."""

from __future__ import annotations

import datetime as dt
import random

import pytest

import straits
from small import build, days, link, market, places, supply
from straits.case.built import impossible, required
from straits.case.schema.records import Option
from straits.case.schema.settings import Scenario
from straits.errors import StraitsError
from straits.hedge import design, hedge
from straits.power import balance, game, with_each_option
from straits.testing import random_case, reference_lp
from straits.testing.reference.amounts import working
from straits.threat import threat

FREE = {
    "adds_unit": "kt/d",
    "capital_cost": 0,
    "capital_cost_unit": "MUSD",
    "life_years": 1,
    "years_to_build": 0,
}


def option(key, asset="round", adds=2, **more):
    return {"id": key, "name": key, "asset": asset, "adds": adds, **FREE, **more}


def case(*options, links=(), **more):
    """A field of 8 kt a day, sold at 100 USD/t: 5 by a line through T, and what options add by a way round."""
    tables = {
        "actors": [{"id": key, "name": key, "kind": "state"} for key in ("AAA", "BBB", "TTT")],
        "places": places("A", "T", "B", A="AAA", T="TTT", B="BBB"),
        "links": [
            link("in", "A", "T", capacity=5), link("out", "T", "B", capacity=5), link("round", "A", "B", capacity=0), *links
        ],
        "supplies": [supply("field", "A", 8)],
        "markets": [market("buyer", "B", 100)],
        "controls": [{"id": "c", "asset": "field", "actor": "AAA", "role": "owner", "share": 1}],
        "options": list(options),
    }  # fmt: skip
    return build(tables, time=days(10), **more)


def built(*options, **decisions):
    made = [{"option": key, "day": day} for key, day in decisions.items()]
    return Scenario.model_validate({"id": "s", "title": "s", "options": options, "decisions": made})


def drawn_together(seed):
    """A drawn case with a scenario of all its options, most of which require others, some decided on a day, some for a time."""
    case, chance = random_case(seed, hard=0.0), random.Random(seed)
    start = case.settings.time.start
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    rows = [
        {k: v for k, v in row.items() if v is not None and v == v}
        for row in tables["options"].to_dict("records")
    ]
    keys = [row["id"] for row in rows]
    for k, row in enumerate(rows):
        if k and chance.random() < 0.8:
            row["requires"] = "|".join(sorted(chance.sample(keys[:k], min(k, chance.choice([1, 1, 2])))))
        if chance.random() < 0.7:
            row["years_to_build"] = chance.choice([0, 0.01, 0.02, 0.05])
        if chance.random() < 0.7:
            row["life_years"] = chance.choice([0.02, 0.05, 0.1, 5])
    decided = [
        {"option": key, "day": start + dt.timedelta(days=chance.randrange(-10, 25))}
        for key in keys
        if chance.random() < 0.6
    ]
    made = case.scenarios["stop"].model_dump() | {"options": tuple(keys), "decisions": decided}
    stop = Scenario.model_validate(made)
    return straits.Case.from_tables(
        tables | {"options": rows}, scenarios=[stop], **case.settings.model_dump()
    ), "stop"


NEEDS = (option("a"), option("b", adds=1, requires="a"))
APART = (option("a"), option("b", adds=1, excludes="a"))


@pytest.mark.parametrize(
    ("options", "chosen", "said"),
    [
        (NEEDS, ["b"], "'b' requires 'a', which is not built"),
        (APART, ["a", "b"], "'a' and 'b' exclude each other"),
    ],
)
def test_what_cannot_be_built_is_refused(options, chosen, said):
    """Proves: a scenario, a package of a threat and a balance that build what cannot be built are errors that name the options.
    Without it: each would tell a gain of something that nobody can build."""
    with pytest.raises(StraitsError, match=said):
        case(*options, scenarios=[{"id": "s", "title": "s", "options": chosen}])
    with pytest.raises(StraitsError, match=said):
        straits.solve(case(*options), built(*chosen))
    stop = {"id": "stop", "title": "stop", "sender": "TTT", "target": "AAA", "act": {"disruptions": [{"asset": "out"}]},
            "start": "2022-01-01", "days": 10, "horizon": 3, "demand": {"worth": 1, "cost": 1}, "retreat_cost": 1,
            "packages": [{"id": "p", "options": chosen}]}  # fmt: skip
    with pytest.raises(StraitsError, match=said):
        threat(case(*options), stop)
    with pytest.raises(StraitsError, match=said):
        balance(case(*options), "AAA", "oil", extra_cost=0.0, options=chosen)


def test_what_stands_one_after_the_other_does_not_exclude_it():
    """Proves: `a` lives for 0.01 years, four days, from the start, and `b`, which excludes it, is decided after them: 2 kt a
    day for four days and 1 for six more, beside 5, at 100 USD/t.
    Without it: who replaces an option by another could not ask."""
    options = (option("a", life_years=0.01), option("b", adds=1, excludes="a"))
    found = straits.solve(case(*options), built("a", "b", a="2022-01-01", b="2022-01-05"))
    assert found.objective == pytest.approx(0.1 * (50 + 2 * 4 + 1 * 6))
    with pytest.raises(StraitsError, match="stand at the same time"):
        straits.solve(case(*options), built("a", "b", a="2022-01-01", b="2022-01-04"))


def test_without_what_it_requires_it_does_not_work():
    """Proves: `b`, decided on the first day, works from the sixth, on which `a` begins to, by both programs; so say the table of
    what is built, and a threat's package, of which nothing works until `a`, a quarter of a year in building, does.
    Without it: an addition would carry cargo before what it is added to."""
    scenario = built("a", "b", a="2022-01-06")
    whole = case(*NEEDS, scenarios=[scenario.model_dump(mode="json")])
    assert straits.solve(whole, "s").objective == pytest.approx(0.1 * (50 + 3 * 5))
    assert reference_lp(whole, "s").objective == pytest.approx(6.5)
    table = straits.stress(whole, ["s"]).built.set_index("option")
    assert table.loc["b", "works_from"] == "2022-01-06" and table.loc["b", "years"] == pytest.approx(5 / 365)
    stop = {"id": "stop", "title": "stop", "sender": "TTT", "target": "AAA", "act": {"disruptions": [{"asset": "out"}]},
            "start": "2022-01-01", "days": 10, "horizon": 5, "demand": {"worth": 1, "cost": 1}, "retreat_cost": 1,
            "packages": [{"id": "p", "options": ["a", "b"]}]}  # fmt: skip
    found = threat(case(option("a", years_to_build=0.25), NEEDS[1]), stop)
    assert found.thresholds.query("package == 'p'")["step"].tolist() == [3]


@pytest.mark.parametrize("seed", [42, 72, 100, 118, 164])
def test_drawn_requirements_by_both_programs(seed):
    """Proves: drawn cases with options that require one or two others, themselves required, decided on days of their own and for
    a time, are worth by the plain program what they are worth by the model.
    Without it: of what is required by what is required, or has come to the end of its life, the rule could hold by chance.
    """
    whole, scenario = drawn_together(seed)
    found = straits.solve(whole, scenario, foresight="perfect", refine=False)
    worth = found.provenance.get("lp_value_at_most", found.lp_value)
    assert worth == pytest.approx(reference_lp(whole, scenario).lp_value, rel=1e-6, abs=1e-6)


def test_what_excludes_each_other_never_stands_on_one_day():
    """Proves: of drawn options with what they require, two that exclude each other are refused where, day by day, both work on
    some day, and only there.
    Without it: lives that end together with what they require could be taken for longer than they are.
    """
    told = set()
    for seed in range(200):
        chance = random.Random(seed)
        keys = "abcd"
        rows = {
            key: Option.model_validate(option(
                key, years_to_build=chance.choice([0, 0.01, 0.03]), life_years=chance.choice([None, 0.02, 0.05, 1]),
                requires="|".join(chance.sample(keys[:k], chance.choice([0, min(k, 1), min(k, 2)]))) or None,
            ))
            for k, key in enumerate(keys)
        }  # fmt: skip
        one, other = sorted(chance.sample(keys, 2))
        if one in required(rows, other):
            continue
        rows[other] = rows[other].model_copy(update={"excludes": (one,)})
        decided = {k: dt.date(2022, 1, chance.randint(1, 30)) for k in keys if chance.random() < 0.6}
        standing = [dt.date(2021, 12, 1) + dt.timedelta(days=k) for k in range(500)]
        both = any(all(working(rows[key], decided, day, rows) for key in (one, other)) for day in standing)
        assert bool(impossible(built(*keys, **decided), rows)) == both, seed
        told.add(both)
    assert told == {True, False}


def test_coalitions_build_no_more_than_what_it_requires_and_not_beside_what_it_excludes():
    """Proves: AAA and BBB alone sell what options carry, free of cost: with `b` of 3 that requires `a` of 1, both; of two that
    exclude each other the larger, 3; one that needs what is not among them is refused.
    Without it: the coalition would have carried 3 without what it takes, or 4 by both."""

    def reached(*options, chosen=True):
        return game(case(*options), ["AAA", "BBB", "TTT"], options=chosen)["AAA", "BBB"]

    dear = option("a", adds=1, yearly_cost=3.65, yearly_cost_unit="MUSD/y")
    needs = option("b", adds=3, requires="a")
    assert reached(dear, needs) == pytest.approx(0.1 * (1 + 3) * 10 - 0.1)
    assert reached(option("a", adds=1), option("b", adds=3, excludes="a")) == pytest.approx(3.0)
    with pytest.raises(StraitsError, match="'b' requires 'a'"):
        reached(dear, needs, chosen=["b"])
    with pytest.raises(StraitsError, match="exclude each other; leave 'b' out"):
        game(case(*APART), ["AAA", "TTT"], options=["b"], scenario=built("a"))


def test_an_option_by_itself_stands_with_what_it_requires():
    """Proves: with `a` and `b`, 6 of 8 kt a day go round when T withholds, so that 2 are lost, at 100 USD/t over ten days; `b` by
    itself is asked about with `a`.
    Without it: it would be an addition to nothing, of 4, and 4 would be lost."""
    found = with_each_option(case(option("a"), option("b", adds=4, requires="a")), ["TTT", "AAA"], ["a", "b"])
    assert found.query("actor == 'TTT'")[["as_it_is", "a", "b"]].to_numpy().tolist() == [
        pytest.approx([5.0, 5.0, 2.0])
    ]


@pytest.mark.parametrize("who", ["a", "b"])
def test_hedge_leaves_out_what_a_scenario_excludes(who):
    """Proves: an option that cannot stand beside one of the scenario is refused, whichever of the two names the other.
    Without it: portfolios would hold it where the option of the scenario named it."""
    other = {"a": "b", "b": "a"}[who]
    options = [option(key, excludes=other if key == who else None) for key in ("a", "b")]
    with pytest.raises(StraitsError, match="'b' and 'a', which the scenario has, exclude each other"):
        hedge(case(*options), assets="out", scenario=built("a"))


def test_a_balance_tells_all_capital():
    """Proves: what options cost is told with the capital that is paid besides, 2 + 3 million.
    Without it: a fixed cost would be left out."""
    whole = case(option("a", capital_cost=2, fixed_cost=3, fixed_cost_unit="MUSD"))
    assert balance(whole, "AAA", "oil", extra_cost=0.0, options=True).parameters["capital"] == pytest.approx(
        5.0
    )


def test_what_adds_nothing_is_paid_for_where_it_is_required():
    """Proves: a permit on a line without a limit, which adds nothing and costs 0.02 million USD in these ten days, is built and
    paid for by who builds the way round that requires it, for 1 kt a day at 100 USD/t: 1 million; dearer than that, neither is.
    Without it: the program would build the way round alone, free of what it cannot stand without."""
    free = link("free", "A", "B", capacity="unlimited", cost=500)
    for yearly, chosen, net in ((0.73, "permit|b", 5.98), (73.0, "", 5.0)):
        permit = option("permit", "free", yearly_cost=yearly, yearly_cost_unit="MUSD/y")
        found = (
            design(case(permit, option("b", adds=1, requires="permit"), links=[free]))
            .tables["design"]
            .iloc[0]
        )
        assert (found["portfolio"], found["net"]) == (chosen, pytest.approx(net))


@pytest.mark.parametrize("room", [design, hedge])
def test_no_larger_part_is_built_than_of_what_it_requires(room):
    """Proves: `b` carries what 3 kt a day bring, 3 million USD, and stands only with all of `a`, which can be built in part and
    costs 1 million; with nothing of `a` there is no portfolio of `b`.
    Without it: `b` would stand beside a part of nothing, and `a` be left out of the portfolio and of its cost."""
    part = option("a", adds=0.1, divisible=True, yearly_cost=36.5, yearly_cost_unit="MUSD/y")
    whole = case(part, option("b", adds=3, requires="a"))
    if room is design:
        row = design(whole).tables["design"].iloc[0]
        assert (row["portfolio"], row["cost"], row["net"]) == (
            "a|b",
            pytest.approx(36.5),
            pytest.approx(5 + 3 - 1),
        )
    else:
        found = hedge(whole, assets="out").portfolios
        assert "b" not in set(found["portfolio"])
        assert found.set_index("portfolio").loc["a|b", "loss"] == pytest.approx(5 - 3.1)


def test_added_last_to_others_that_can_stand():
    """Proves: against a stop of the line, 1 kt a day of `a` saves 1 million USD over ten days alone, and 1 added last to `b` and
    `c`, which requires it; beside `b` and `x`, which exclude each other, it is blank; neither of them is named as worth more with
    the other.
    Without it: it would be told what it saves beside what cannot stand."""
    options = [option("a", adds=1), option("b", adds=1), option("c", adds=1, requires="b")]
    found = hedge(case(*options), assets="out").options.set_index("option")
    assert found.loc["a", ["alone", "added_last"]].tolist() == pytest.approx([1.0, 1.0])
    assert found.loc["b", "added_last"] == pytest.approx(1.0)
    found = hedge(case(*options, option("x", adds=1, excludes="b")), assets="out").options.set_index("option")
    assert found["added_last"].isna().to_dict() == {"a": True, "b": False, "c": False, "x": False}
    assert found.loc["x", "added_last"] == pytest.approx(1.0) and not found["with"].any()
