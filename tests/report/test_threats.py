"""The section on threats."""

from __future__ import annotations

import re

import pytest

import straits
from straits.case import Case
from straits.report import build_study, key_numbers, report_html, study_tables
from straits.report.sections.asked.threats import decay_figure, decay_table

THREAT = {
    "id": "stop", "title": "A stop of the pipeline", "sender": "NBR", "target": "LND",
    "act": {"disruptions": [{"asset": "pipe"}]}, "start": "2022-03-05", "days": 28, "horizon": 36,
    "demand": {"worth": 100, "cost": 100}, "retreat_cost": {"low": 50, "high": 300},
    "packages": [{"id": "berth", "options": ["berth"]}],
}  # fmt: skip


def with_threats(*threats) -> Case:
    case = straits.load_case("two-routes")
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    return Case.from_tables(
        tables, scenarios=case.scenarios.values(), threats=threats, **case.settings.model_dump()
    )


@pytest.fixture(scope="module")
def study():
    bound = {**THREAT, "id": "withhold", "act": {"withhold": True}, "days": 1, "packages": []}
    return build_study(with_threats(THREAT, bound), sections=["threats"])


def test_the_section_says_who_can_take_what_until_when(study):
    """Proves: the section opens with who can take what, draws decay with the date of the option, and lists what rests on
    guesses. Without it: a minister would see a verdict and not that it hangs on an assumption."""
    page = report_html(study)
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "A stop of the pipeline: Neighbour could take" in text
    assert "rest on no source" in text and "Nothing here says what anybody intends" in text
    assert "how leverage decays" in text and "2024-03" in text
    assert "carrying out costs less than backing down" in text


def test_a_threat_without_an_answer_takes_no_other_with_it(study):
    """Proves: a threat that cannot be answered is named with its reason, and the other stands. Without it: one slip would
    empty the section."""
    page = report_html(study)
    assert "Threat withhold has no answer" in page and "has its middle" in page


def test_tables_and_numbers_of_threats(study):
    """Proves: verdicts, thresholds and decay of all threats are tables of the study, and the summary holds the numbers.
    Without it: a workbook would lack what the page shows."""
    tables = {table.name: table.frame for table in study_tables(study)}
    assert set(tables["threats-verdicts"]["threat"]) == {"stop"}
    assert {"threats-thresholds", "threats-decay", "threats-payoffs", "threats-assumptions"} <= set(tables)
    numbers = key_numbers(study)["threats"]["stop"]
    assert numbers["loss"] == pytest.approx(tables["threats-decay"]["loss"][0])
    assert numbers["sustainable_demand"] >= 0


def test_the_table_below_a_chart_is_of_its_threat():
    """Proves: with two threats the table that stands below the decay of each holds that one alone; the workbook holds both.
    Without it: below the chart of the second threat stood the numbers of the first.
    """
    longer = {**THREAT, "id": "longer", "title": "A shorter stop", "days": 14}
    two = build_study(with_threats(THREAT, longer), sections=["threats"])
    for key in ("stop", "longer"):
        figure = decay_figure(two, key)
        assert figure is not None and set(figure.twin.frame["threat"]) == {key}
    assert set(decay_table(two).frame["threat"]) == {"stop", "longer"}


def test_a_case_without_threats_has_no_section():
    """Proves: without threats there is no section. Without it: every report would have an empty heading."""
    assert "could take" not in report_html(build_study(with_threats(), sections=["threats"]))


def test_an_act_of_a_later_step_is_told_to_be_the_first(study):
    """Proves: the table of months has one loss in all of them until something is built, and the chart and the list of what is
    taken for granted say that the act counts as one on its first day.
    Without it: a loss of March would stand for that of next July."""
    table = decay_table(study).frame
    same = table[(table["threat"] == "stop") & (table["built"] == "as it is")]
    assert same["loss"].nunique() == 1 and same["day"].nunique() > 1
    text = " ".join(re.sub(r"<[^>]+>", " ", report_html(study)).split())
    assert (
        "after the start of a package on 5 Mar 2022; each counts as one on that day, whatever the season."
        in text
    )
    assert (
        "that of a later step counts as the same: seasons are left out" in text and "from 2022-03-05" in text
    )
