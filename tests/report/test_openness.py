"""What equally good plans and prices leave open, as the report tells it."""

from __future__ import annotations

import pytest

import straits
from small import build, link, market, places, supply
from straits.report import Study
from straits.report.page import Fold, Shown
from straits.report.sections.basemaps import Basemaps
from straits.report.sections.support.openness import open_numbers, ranges_table
from straits.report.sections.support.openness import show as open_section
from straits.stress import stress


@pytest.fixture(scope="module")
def study() -> Study:
    """Two moorings that cost the same, 5 and 4 kt/d, for a field of 6; a third that is dearer and idle but for the stop."""
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [
            link("one", "A", "B", capacity=5, cost=10, corridor="sea"),
            link("two", "A", "B", capacity=4, cost=10, corridor="sea"),
            link("rail", "A", "B", capacity=9, cost=20, corridor="land"),
        ],
        "supplies": [supply("field", "A", 6, cost=50)],
        "markets": [market("buyer", "B", 200)],
    }
    stop = {"asset": "one", "start": "2022-01-01", "end": "2022-01-02"}
    surprise = {"id": "later", "title": "Later", "foresight": "surprise", "disruptions": [stop]}
    known = {"id": "stop", "title": "Mooring one stopped", "disruptions": [stop | {"asset": "two"}]}
    case = build(
        tables,
        scenarios=[known, surprise],
        focus={"actor": "AAA", "commodity": "oil", "scenario": "stop"},
    )
    compared = stress(case)
    return Study(compared, ranges=open_numbers(compared))


def test_only_what_is_open_is_listed(study):
    """Proves: the table lists the two equal moorings with 2 to 5 and 1 to 4 kt and nothing else of the baseline; with one of them
    stopped nothing is open. Without it: a reader could not tell the solver's choice from an answer."""
    table = ranges_table(study).frame
    assert table["name"].tolist() == ["two", "one"]
    assert table[["least", "most"]].to_numpy().ravel().tolist() == pytest.approx([1, 4, 2, 5])
    assert (table["scenario"] == "baseline").all() and (table["kind"] == "link").all()


def test_the_section_counts_what_holds(study):
    """Proves: the text says how many numbers of each kind hold and how many are open, in the right number and gender of words.
    Without it: the table alone would not say that all the rest was tried."""
    text, shown = open_section(study, Basemaps(study)).blocks
    assert "the only amount of a good exported by a country is the same" in text
    assert "both flows on routes are the same; 2 of 3 flows on links are open" in text
    assert "Both accounts of states are the same." in text and "all 0 " not in text
    assert isinstance(shown, Shown) and list(shown.table.frame) == [
        "kind",
        "name",
        "unit",
        "shown",
        "least",
        "most",
    ]


def test_runs_with_surprises_range_from_the_news_on(study):
    """Proves: a main scenario that becomes known on its day has ranges too, of what was not decided before, and the section
    is empty where no run has any.
    Without it: a report that leads with a surprise would say nothing of what is open, or show ranges of duals that prove nothing.
    """
    case = study.case
    later = Study(stress(case, ["later"]), ranges=open_numbers(stress(case, ["later"])))
    assert set(later.ranges["scenario"]) == {"baseline", "later"}
    kinds = {str(measure).partition(":")[0] for measure in later.ranges["measure"]}
    assert kinds == {"exports", "corridor", "flow", "state", "change"}
    assert open_section(Study(later.comparison), Basemaps(later)).blocks == []


def test_the_reference_case_by_scenario():
    """Proves: on the reference case all exports hold, and the main scenario's ranges come behind a fold. Without it: tables of
    two runs would be read as one."""
    compared = straits.stress(straits.load_case("caspian"), ["russia-transit-90"], foresight="perfect")
    found = Study(compared, ranges=open_numbers(compared))
    table = ranges_table(found).frame
    assert "exports" not in set(table["kind"])
    assert {"route", "account", "change of account", "link"} == set(table["kind"])
    moorings = table[table["name"].str.startswith("CPC mooring") & (table["scenario"] == "baseline")]
    assert moorings["least"].tolist() == pytest.approx([0, 0, 0], abs=1e-6) and len(moorings) == 3
    assert [type(block) for block in open_section(found, Basemaps(found)).blocks[1:3]] == [Shown, Fold]
