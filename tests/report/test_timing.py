"""The section on building now or waiting: its sentences and tables are those of the plan."""

from __future__ import annotations

import datetime as dt

import pytest

import straits
from straits.case import Case
from straits.errors import ModelError
from straits.report import build_study
from straits.report import format as fmt
from straits.report.sections.asked import hedge, timing
from straits.report.study.content import Study
from straits.stress import stress

REGIMES = [
    {"id": "calm", "name": "Calm", "start_probability": 1, "strike_probability": 0.01, "transitions": "calm:0.9|tense:0.1"},
    {"id": "tense", "strike_probability": 0.95, "transitions": "tense:0.95|calm:0.05"},
]  # fmt: skip


def case_with(regimes) -> Case:
    case = straits.load_case("two-routes")
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    if regimes:
        tables["regimes"] = regimes
    return Case.from_tables(tables, scenarios=case.scenarios.values(), **case.settings.model_dump())


@pytest.fixture(scope="module")
def study() -> Study:
    case = case_with(REGIMES)
    made = Study(stress(case), findings=case.check())
    # Longer than a report's window: a stop of a month is over before the berth earns its cost.
    window = (dt.date(2022, 7, 2), dt.date(2022, 8, 27))
    found = straits.hedge.hedge(case, attacker="NBR", budget=1, window=window)
    made = made.with_part(hedge.Building("NBR", found, window))
    assert timing._wanted(made)
    return made.with_part(timing.find_timing(made))


def test_the_section_says_what_to_start_in_which_regime(study: Study) -> None:
    """Proves: the section names the options, says that regimes are guesses, what to start if the first year is calm, and at
    which chance of a strike that turns; the tables are those of the plan with names in place of ids. Without it: a minister
    would see a staircase and not when to begin."""
    section = timing.show(study, None)  # type: ignore[arg-type]
    found = study.found(timing.Timing).found
    text = " ".join(str(block) for block in section.blocks[:2])
    row = found.tables["decisions"].iloc[0]
    assert "Second berth at the port" in text and "All regimes are guesses" in text
    assert "“Calm”" in text and "start nothing yet" in text and row["start"] == ""
    assert f"at a chance of {fmt.percent(row['as_good_at'], 3)}." in text
    plan = timing.plan_table(study).frame
    assert plan.query("regime == 'tense' and year == 0")["start"].tolist() == ["Second berth at the port"]
    later = found.tables["plan"].query("regime == 'tense' and works == 'berth'")["year"].min()
    assert plan.query("regime == 'tense' and works == 'Second berth at the port'")["year"].min() == later
    assert timing._numbers(study) == {"timing": {"calm": {"start": []}}}


def test_without_regimes_or_without_a_staircase_there_is_no_plan(study: Study) -> None:
    """Proves: a case without regimes has no section and says why, and where what to build was not found the reason is an error
    of the model. Without it: a report would fail for a table that a case need not have."""
    case = case_with(None)
    bare = Study(stress(case), findings=case.check()).with_part(study.found(hedge.Building))
    assert not timing._wanted(bare) and not timing.show(bare, None).blocks  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no regimes"):
        timing.find_timing(bare)
    with pytest.raises(ModelError, match="nothing to plan with"):
        timing.find_timing(Study(study.comparison, findings=study.findings))


def test_a_report_asks_after_the_staircase() -> None:
    """Proves: asked for with the staircase, the plan has its answer in a study; a case without regimes leaves the section out.
    Without it: the plan could be asked for before what to build is known."""
    made = build_study(case_with(REGIMES), sections=["hedge", "timing"])
    assert made.part(timing.Timing) is not None or "nothing to plan with" in made.lacking["timing"]
    assert (
        build_study(case_with(None), sections=["hedge", "timing"]).lacking["timing"]
        == "the case has no regimes"
    )


def test_an_option_that_is_built_in_part_is_planned_whole() -> None:
    """Proves: where the step that saves most takes a part of the berth, the plan is made with the whole berth and says so.
    Without it: a case with an option that can be built in part would have no plan over years, but an error about an id."""
    case = case_with(REGIMES)
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    for row in tables["options"]:
        row["divisible"] = True
    case = Case.from_tables(tables, scenarios=case.scenarios.values(), **case.settings.model_dump())
    made = Study(stress(case), findings=case.check())
    window = (dt.date(2022, 7, 2), dt.date(2022, 8, 27))
    found = straits.hedge.hedge(case, attacker="NBR", budget=1, window=window)
    assert any(":" in portfolio for portfolio in found.frontier["portfolio"])
    made = made.with_part(hedge.Building("NBR", found, window))
    plan = timing.find_timing(made)
    assert plan.options == ["berth"]
    text = str(timing.show(made.with_part(plan), None).blocks[0])  # type: ignore[arg-type]
    assert "with Second berth at the port," in text
    assert (
        "Built whole here, though any part could be: Second berth at the port. All regimes are guesses"
        in text
    )


def test_parts_of_options_are_told_as_shares(study: Study) -> None:
    """Proves: a portfolio with a part of an option is told with its share, and a step that only moves the share says so.
    Without it: half a berth would be called a berth."""
    assert hedge.names_of(study, "berth:0.25") == "25 % of Second berth at the port"
    assert hedge._changes(study, {"berth": 0.25}, {"berth": 0.5}) == ["Second berth at the port: 50 %"]
    assert hedge._changes(study, {}, {"berth": 0.5}) == ["add 50 % of Second berth at the port"]
