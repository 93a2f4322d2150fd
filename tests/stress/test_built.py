"""What options of a scenario bring by the year beside what they cost, solved by hand."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from straits.model.options import annuity_of
from straits.stress import stress
from straits.stress.tables.built import TOGETHER, built_text
from straits.testing import build, link, market, places, supply
from straits.wording import as_amount

#: Three years, the second of 366 days.
YEARS = {"start": "2023-01-01", "end": "2026-01-01", "step": "year", "boundary": "empty"}
COST = {
    "capital_cost": 3,
    "capital_cost_unit": "MUSD",
    "life_years": 10,
    "yearly_cost": 0.1,
    "yearly_cost_unit": "MUSD/y",
}


def case(*scenarios, options=(), rate=0.0, **more):
    """A field of 100 kt a year, a pipe of 40, a buyer of 80 at 100 USD/t, and options that widen the pipe by 20 each."""
    rows = [
        {"id": key, "name": f"Pipe {key}", "asset": "pipe", "adds": 20, "adds_unit": "kt/y", **row}
        for key, row in dict(options).items()
    ]
    tables = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=40, capacity_unit="kt/y")],
        "supplies": [supply("field", "A", 100, capacity_unit="kt/y")],
        "markets": [market("buyer", "B", 100, demand=80, demand_unit="kt/y")],
        "options": rows,
    }
    made = [{"id": s["options"][0], "title": "Wide", **s} for s in scenarios]
    return build(tables | more, scenarios=made, time=YEARS, discount_rate=rate)


def test_one_option_stands_with_its_gain_its_annuity_and_its_day():
    """Proves: 20 kt a year more from July 2024 bring 20 * (184 / 366 + 1) kt at 100 USD/t in 549 days; three million over ten
    years cost 0.3 a year at no interest, and upkeep 0.1; the sentence says from when, gain, cost and net.
    Without it: a gain of three years would be set against the cost of one, or counted from before it is built.
    """
    decided = [{"option": "a", "day": "2023-07-01"}]
    found = stress(
        case({"options": ["a"], "decisions": decided}, options={"a": COST | {"years_to_build": 1}})
    )
    row = found.built.iloc[0]
    years, gain = 549 / 365, 20 * (184 / 366 + 1) / 10
    assert row[["scenario", "option", "decided", "works_from", "works_until"]].tolist() == [
        "a", "a", "2023-07-01", "2024-07-01", "2034-07-01",
    ]  # fmt: skip
    assert row[
        ["years", "gain", "gain_per_year", "cost", "cost_per_year", "net", "net_per_year"]
    ].tolist() == pytest.approx(
        [years, gain, gain / years, 0.4 * years, 0.4, gain - 0.4 * years, gain / years - 0.4]
    )
    told = found.told("a")[-1]
    assert told == (
        "a has built Pipe a (decided on 2023-07-01, works from 2024-07-01). It brings 1.998 million USD of joint value a year "
        "beside the same without it. It costs 0.4 million USD a year, with capital paid back over its life at 0%: net "
        "1.598 million USD."
    )
    assert "Pipe a" in found.to_json()["sentences"][1]


def test_the_annuity_is_the_one_of_hedge_at_the_rate_of_the_case():
    """Proves: at 10% a capital of three million over ten years costs 0.4882 a year, with upkeep 0.5882, by the rule that `hedge`
    uses, which takes the rate of the case too.
    Without it: two rooms would tell two costs of one option.
    """
    made = case({"options": ["a"]}, options={"a": COST}, rate=0.1)
    assert annuity_of(3, 10, 0.1) == pytest.approx(0.48823618)
    assert stress(made).built["cost_per_year"].tolist() == pytest.approx([0.58823618])
    assert straits.hedge.design(made).tables["built"]["cost"].tolist() == pytest.approx([0.58823618])


def test_several_options_are_worth_something_together():
    """Proves: two pipes from the start, one of them to the end of 2024, bring 40, 40 and 20 kt; each has its cost and no gain of
    its own, and together they cost 0.4 in three years and 0.4 in two.
    Without it: the second would seem to bring nothing, or both the same gain twice.
    """
    decided = [{"option": "b", "day": "2015-01-01"}]
    made = case({"options": ["a", "b"], "decisions": decided}, options={"a": COST, "b": COST})
    table = stress(made).built.set_index("option")
    assert np.isnan(table.loc[["a", "b"], ["gain", "net"]].to_numpy(float)).all()
    assert table["years"].tolist() == pytest.approx([1096 / 365, 731 / 365, 1096 / 365])
    assert table.loc[TOGETHER, "gain"] == pytest.approx(10.0)
    assert table.loc[TOGETHER, "cost"] == pytest.approx(0.4 * (1096 + 731) / 365)


def test_a_cost_that_is_not_known_is_said_and_not_nothing():
    """Proves: an option whose capital cost or life is blank has no cost, no net, and a sentence that says so.
    Without it: what nobody knows would be free.
    """
    for blank in ("capital_cost", "life_years"):
        found = stress(case({"options": ["a", "b"]}, options={"a": COST, "b": COST | {blank: None}}))
        table = found.built.set_index("option")
        assert table["cost_per_year"].isna().tolist() == [False, True, True]
        assert np.isnan(table.loc[TOGETHER, "net"])
        assert found.told("a")[-1].endswith("Cost not known: capital_cost or life_years of Pipe b is blank.")


def test_what_it_is_compared_with_may_be_another_world():
    """Proves: an option in a scenario with a closed pipe is held against the same closure without it, also where the scenario is
    compared with the baseline; where that is a scenario of the case, it is not solved again.
    Without it: the loss by the closure would count as the option's.
    """
    shut = [{"asset": "pipe", "factor": 0.5, "start": "2023-01-01", "end": "2026-01-01"}]
    wide = {"options": ["a"], "disruptions": shut}
    solved: list[str] = []
    found = stress(case(wide, options={"a": COST}), refine=False, progress=solved.append)
    assert found.built["gain"].tolist() == pytest.approx([3 * 0.5 * 20 / 10])
    assert found.value_lost("a") == pytest.approx(3.0)
    assert any(text.endswith("The gain is that of a year in which this happens.") for text in found.told("a"))
    assert solved == ["baseline", "a", "a without options"]
    made = case(wide, options={"a": COST})
    bare = made.scenarios["a"].model_copy(update={"id": "shut", "options": ()})
    solved.clear()
    again = stress(made, [made.scenarios["a"], bare], refine=False, progress=solved.append)
    assert again.built["gain"].tolist() == pytest.approx([3.0])
    assert sorted(solved) == ["a", "baseline", "shut"]


def test_what_never_works_and_what_nothing_would_do_without():
    """Proves: an option that comes after the case has no gain by the year; one without which a promise that is hard cannot be
    kept has none either, and both are said.
    Without it: a division by no years, or a run that ends because a question beside it has no answer.
    """
    late = case({"options": ["a"], "decisions": [{"option": "a", "day": "2030-01-01"}]}, options={"a": COST})
    found = stress(late)
    assert found.built["gain"].tolist() == [0.0]
    assert np.isnan(found.built["gain_per_year"].iloc[0])
    assert found.told("a")[1].endswith("Nothing of that works within the case.")
    promise = {
        "id": "p",
        "name": "p",
        "kind": "least",
        "asset": "buyer",
        "amount": 60,
        "amount_unit": "kt/y",
        "per": "period",
    }
    soft = case(
        {"options": ["a"], "changes": [{"table": "contracts", "row": "p", "column": "amount", "value": 60}]},
        options={"a": COST}, contracts=[promise | {"amount": 10}],
    )  # fmt: skip
    found = stress(soft)
    assert list(found.solutions) == ["a"]
    assert np.isnan(found.built["gain"].iloc[0])
    assert "Without it there is no plan" in found.told("a")[1]


def test_what_takes_is_not_said_to_bring():
    """Proves: half a million more is brought, half a million less is taken, and less than a dollar is nothing, either way.
    Without it: an option that harms would read as one that helps.
    """
    found = stress(case({"options": ["a"]}, options={"a": COST}))
    solution, row = found.solutions["a"], found.built
    for gain, said in (
        (0.5, "brings 0.5 m"),
        (-0.5, "takes 0.5 m"),
        (-1e-9, "brings nothing b"),
        (1e-9, "brings nothing b"),
    ):
        assert f"It {said}" in built_text(solution, row.assign(gain_per_year=gain), "a")


def test_a_scenario_that_builds_nothing_has_no_row():
    """Proves: the table is empty with its columns where nobody builds, and nothing more is solved."""
    solved: list[str] = []
    made = case(options={"a": COST})
    found = stress(made, [straits.case.Scenario(id="idle", title="Idle")], progress=solved.append)
    assert len(found.built) == 0
    assert "cost_per_year" in found.built
    assert solved == ["baseline", "idle"]


def test_what_is_on_its_way_at_the_start_is_told_beside_the_gain():
    """Proves: a line of two days that was widened before by 5 kt a day has 10 kt more on its way on the first of ten days: of a
    gain of 5 million at 100 USD/t one is the worth of these, which cost nothing, and the table and the sentence say so; decided
    within the case it has none.
    Without it: the gain of a year would hold what the year before had paid for, ten of 221 million of tankers on the Caspian.
    """
    row = {"id": "a", "name": "Wider line", "asset": "line", "adds": 5, "adds_unit": "kt/d"} | COST
    tables = {
        "places": places("A", "B"),
        "links": [link("line", "A", "B", capacity=5, transit_days=2)],
        "supplies": [supply("field", "A", 20, cost=20)],
        "markets": [market("buyer", "B", 120)],
        "options": [row],
    }
    ten = {"start": "2022-01-01", "end": "2022-01-11", "step": "day", "boundary": "steady"}
    there = {"id": "a", "title": "Wide", "options": ["a"]}
    for scenario, start in (
        (there, 10 * 120 / 1000),
        (there | {"decisions": [{"option": "a", "day": "2022-01-03"}]}, 0.0),
    ):
        found = stress(build(tables, scenarios=[scenario], time=ten))
        built = found.built.iloc[0]
        assert built["at_start"] == pytest.approx(start)
        told = "Without what more is on its way on the first day"
        assert (told in found.told("a")[-1]) == (start > 0)
        if start:
            own = as_amount((built["gain"] - start) / (10 / 365))
            assert (
                f"{told}, which costs nothing within the case, that would be {own} million USD a year."
                in found.told("a")[-1]
            )
            assert built["gain"] - start == pytest.approx(5 * 10 * 100 / 1000)
            taken = found.built.assign(gain=-6.0, gain_per_year=-6.0 / (10 / 365))
            of_it = f"that would be {as_amount((6.0 + start) / (10 / 365))} million USD a year."
            assert "It takes" in (text := built_text(found.solutions["a"], taken, "Wide")) and of_it in text


def test_what_options_of_different_days_cost_is_told_as_a_mean_and_at_its_most():
    """Proves: of two pipes that cost 0.4 a year, one there from the start and one from 2025, the mean of three years is 0.533 and
    both together cost 0.8; the sentence says both, and that gain and cost are means. Of two from the start there is one number.
    Without it: "They cost 0.533 million a year" would be quoted as the bill of a year in which both stand.
    """
    decided = [{"option": "b", "day": "2025-01-01"}]
    late = {"a": COST, "b": COST}
    found = stress(case({"options": ["a", "b"], "decisions": decided}, options=late))
    told = found.told("a")[-1]
    assert (
        "of joint value a year, on average over the time in which any of them works, beside the same" in told
    )
    assert (
        "They cost 0.5332 million USD a year on average, 0.8 when most of it is to be paid, with capital"
        in told
    )
    told = stress(case({"options": ["a", "b"]}, options=late)).told("a")[-1]
    assert "They cost 0.8 million USD a year, with capital" in told and "average" not in told


def test_what_is_left_at_the_end_is_told_beside_the_gain():
    """Proves: a line that makes fuel cheaper at rest makes what is left on its way at the end worth less to who has it; the gain
    counts that at one worth in both plans, the table says how much it is, and so does the sentence where it is much.
    Without it: gains of options one by one would not add up to that of all, and nothing would say why.
    """
    row = {"id": "a", "name": "Second line", "asset": "wide", "adds": 20, "adds_unit": "kt/d"} | COST
    tables = {
        "places": places("A", "B"),
        "links": [
            link("line", "A", "B", capacity=5, transit_days=4),
            link("wide", "A", "B", capacity=0, transit_days=4),
        ],
        "supplies": [supply("field", "A", 50, cost=20)],
        "markets": [market("first", "B", 120, demand=8), market("second", "B", 60, demand=50)],
        "options": [row],
    }
    ten = {"start": "2022-01-01", "end": "2022-01-11", "step": "day", "boundary": "steady"}
    found = stress(build(tables, scenarios=[{"id": "a", "title": "Wide", "options": ["a"]}], time=ten))
    built, plan = found.built.iloc[0], found.solutions["a"]
    # At rest one more unit is worth 120 without the line, and 60 with it; 25 kt a day of four days are on their way.
    assert built["at_end"] == pytest.approx(4 * 25 * (60 - 120) / 1000)
    bare = stress(build(tables, time=ten), []).baseline
    assert built["gain"] == pytest.approx(plan.objective - built["at_end"] - bare.objective)
    told = "What is left at the end is counted at its worth without it; at its worth with it, that is 6 million USD less."
    assert told in found.told("a")[-1]


def test_a_gain_over_years_of_which_one_is_struck_is_said_to_be_a_mean():
    """Proves: where the pipe is shut in one of three years, the sentence says over how many years the gain is a mean, and in how
    many of them this happens; where it is shut in all, it is that of such a year.
    Without it: half of what four terminals are worth in the year of a stop was told as "of a year in which this happens".
    """
    for last, said in (
        ("2024-01-01", "The gain is a mean over 3 years, in 1 of which this happens."),
        ("2026-01-01", "The gain is that of a year in which this happens."),
    ):
        shut = [{"asset": "pipe", "factor": 0.5, "start": "2023-01-01", "end": last}]
        found = stress(case({"options": ["a"], "disruptions": shut}, options={"a": COST}), refine=False)
        assert found.told("a")[1].endswith(said), found.told("a")[1]


def test_a_stop_before_an_option_works_is_none_of_its_years():
    """Proves: of a pipe that works in the last of three years, and a stop in the first two or in all, the sentence counts the
    years of the pipe alone.
    Without it: "of a year in which this happens" would be said of a gain that no stop ever met.
    """
    decided = [{"option": "a", "day": "2025-01-01"}]
    for last, said in (
        ("2025-01-01", "The gain is a mean over 1 year, in none of which this happens."),
        ("2026-01-01", "The gain is that of a year in which this happens."),
    ):
        shut = [{"asset": "pipe", "factor": 0.5, "start": "2023-01-01", "end": last}]
        late = case({"options": ["a"], "decisions": decided, "disruptions": shut}, options={"a": COST})
        told = stress(late, refine=False).told("a")[1]
        assert told.endswith(said), told
