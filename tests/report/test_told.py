"""What tables and sentences of a report say: units, periods, twins of figures, what is left out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

import straits
from straits.report import Study
from straits.report import format as fmt
from straits.report.page import Shown, Table
from straits.report.sections.asked.attack import Attack
from straits.report.sections.asked.attack import _finer as worst_finer
from straits.report.sections.asked.hedge import _finer as hedge_finer
from straits.report.sections.asked.hedgetables import Building
from straits.report.sections.asked.power import leverage_figure
from straits.report.sections.basemaps import links_table
from straits.report.sections.compared import steps
from straits.report.sections.compared.bottlenecks import _priced_by
from straits.report.sections.compared.routes import _source_last, measures_table, routes_figure
from straits.report.writing.html import Told, columns_of, table_html
from straits.report.writing.tables import _without_noise, every_table
from straits.stress import stress
from straits.stress.varied.sensitivity import cost_intervals
from straits.testing import build, link, market, places, supply


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("2021", "2022", "2021"), ("2021", "2023", "2021 and 2022"), ("2021", "2024", "the years 2021 to 2023")],
)
def test_a_period_stands_in_a_sentence(start: str, end: str, said: str) -> None:
    """Proves: after "in" and "of" a period reads as English. Without it: "In 2021 to 2022 the EU-27 uses"."""
    time = SimpleNamespace(start=pd.Timestamp(f"{start}-01-01"), end=pd.Timestamp(f"{end}-01-01"))
    study = Study.__new__(Study)
    object.__setattr__(
        study, "comparison", SimpleNamespace(case=SimpleNamespace(settings=SimpleNamespace(time=time)))
    )
    assert study.period == said


def test_boxes_are_told_in_millions() -> None:
    """Proves: no number of boxes has seven digits. Without it: "Europe uses 47,011,538 TEU"."""
    assert [fmt.amount(x, "TEU") for x in (47_011_538.0, 434_624.0, 6_861.0)] == [
        "47 million TEU",
        "0.435 million TEU",
        "6,861 TEU",
    ]
    assert fmt.typeset("3,423,657 TEU less, 12,000,000 TEU/d") == "3.42 million TEU less, 12,000,000 TEU/d"


def test_limits_are_priced_by_their_own_unit() -> None:
    """Proves: the note on bottlenecks names the unit of each limit. Without it: prices of GWh/d were said to be per tonne."""
    assert [_priced_by(unit) for unit in ("GWh/d", "kt/d", "mcm/d", "kt", "vessel", "call/d")] == [
        "MWh", "t", "1000 m³", "t", "vessel-day", "call",
    ]  # fmt: skip


def test_columns_that_say_nothing_are_left_out() -> None:
    """Proves: what is blank in every row has no column in the page. Without it: columns of dashes."""
    frame = pd.DataFrame(
        {"a": [1.0, 2.0], "b": [float("nan")] * 2, "c": ["", None], "d": [float("nan"), 0.0]}
    )
    shown = Shown(Table("t", "T", frame))
    assert columns_of(shown) == ["a", "d"]
    assert ">b<" not in table_html(shown)
    assert columns_of(Shown(Table("t", "T", frame[["b"]]))) == ["b"]


def test_the_table_beside_a_map_begins_with_what_changes_most() -> None:
    """Proves: the first rows beside a map are those that it shows. Without it: eight links of no change beside every map."""
    study = Study(stress(straits.load_case("two-routes")))
    change = links_table(study, "crude", "pipeline-stop").frame["change"].abs()
    assert change.is_monotonic_decreasing and change.iloc[0] > 0
    flow = links_table(study, "crude", "baseline").frame["flow"]
    assert flow.is_monotonic_decreasing


def test_ends_that_nobody_gives_are_not_tried() -> None:
    """Proves: of a case that gives no interval of a cost or price only the answer as given is there.
    Without it: five rows of one number, said to be the answer across all intervals.
    """
    found = cost_intervals(straits.load_case("two-routes"), "pipeline-stop")
    assert found["setting"].tolist() == ["as given"]


def test_rounding_is_nothing_in_files_and_what_supports_a_row_stands_last() -> None:
    """Proves: files write rounding as 0, as the page does; infinite numbers and blanks stay; a row begins with what it says.
    Without it: a loss of 3.6e-12 in the workbook, and events that begin with their source.
    """
    noisy = Table(
        "t", "T", pd.DataFrame({"lost": [3.6e-12, float("inf"), float("nan"), 2.0], "n": [1, 2, 3, 4]})
    )
    assert _without_noise(noisy).frame["lost"].tolist()[:2] == [0.0, float("inf")]
    assert _without_noise(noisy).frame["lost"].isna().tolist() == [False, False, True, False]
    told = _source_last(pd.DataFrame(columns=["source", "confidence", "id", "title"]))
    assert told.columns.tolist() == ["id", "title", "source", "confidence"]


def test_an_importer_has_no_tables_of_exports_by_route() -> None:
    """Proves: tables about selling abroad are left out of a study of imports. Without it: hundreds of rows of zeros."""
    study = Study(stress(straits.load_case("landlocked-importer"), ["near-port-stops"]))
    made = {table.name: table for table in every_table(study)}
    assert not len(made["exports_by_route"].frame) and not len(made["bypass"].frame)


def test_a_share_of_exports_is_of_exports() -> None:
    """Proves: 8 kt/d that take two routes one after the other go wholly by either, and the figure says that they stand in both.
    Without it: the share by one route was half, for both together were taken for what is exported.
    """
    case = build(
        {
            "actors": [{"id": "AAA", "name": "Alpha", "kind": "state"}, {"id": "BBB", "name": "Beta", "kind": "state"}],
            "places": places("A", "M", "B", A="AAA", M="BBB", B="BBB"),
            "links": [
                link("one", "A", "M", capacity=10, corridor="First"), link("two", "M", "B", capacity=10, corridor="Second"),
            ],
            "supplies": [supply("wells", "A", 8)],
            "markets": [market("buyers", "B", 50)],
        },
        focus={"actor": "AAA", "commodity": "oil"},
    )  # fmt: skip
    study = Study(stress(case))
    assert study.route_share(study.baseline, "First") == pytest.approx(1.0)
    assert study.route_share(study.baseline, "Second") == pytest.approx(1.0)
    assert "stands in both" in routes_figure(study, None, ident="routes", with_events=False).caption


def test_what_was_told_is_not_told_again_in_folds_and_twins() -> None:
    """Proves: long sentences of notes and captions stand once; short ones and new ones stay; a text that is new is whole.
    Without it: fifty maps with one caption, and their tables with one note, are a twentieth of the page.
    """
    long = "The width of a line is its flow, the width of its halo its capacity, at one scale."
    told = Told()
    assert told.whole(f"All origins. {long}") == f"All origins. {long}"
    assert (
        told.anew(f"All origins. {long} No room for: A.", "Else as before.")
        == "All origins. No room for: A. Else as before."
    )
    assert told.anew("Something else, which nobody has said before in this whole page.", "x") != "x"
    table = Table("t", "T", pd.DataFrame({"a": [1.0]}), note=long)
    assert long in table_html(Shown(table)) and long not in table_html(Shown(table), told)


def test_a_short_sentence_goes_with_what_it_speaks_of() -> None:
    """Proves: where the sentence about borders is not told again, neither is "They imply no position.", which speaks of it.
    Without it: captions of maps said of nothing that they imply no position.
    """
    long, told = "Maps show borders as in Natural Earth, from the packed atlas.", Told()
    told.whole(f"Average. {long} They imply no position.")
    assert (
        told.anew(f"Average. {long} They imply no position.", "Else as before.") == "Average. Else as before."
    )


def test_headings_are_for_people() -> None:
    """Proves: a column of a scenario is headed by its title on the page, and by its id in files; days are not "days" again.
    Without it: "russia-transit-90 million USD", and "cover days days".
    """
    frame = pd.DataFrame({"state": ["A"], "stop-90": [1.0], "cover_days": [2.0]})
    table = Table(
        "t", "T", frame, {"stop-90": "million USD", "cover_days": "days"}, called={"stop-90": "A stop"}
    )
    assert [table.words(name) for name in frame] == [
        ("state", ""),
        ("A stop", "million USD"),
        ("cover days", ""),
    ]
    assert table.heading("stop-90") == "stop-90 [million USD]"


def surprised_twice() -> Study:
    """Two stops that nobody foresees, and an order that stops nothing; acts of law in no order."""
    stop = {"asset": "pipe", "start": "2022-01-03", "end": "2022-01-05"}
    act = {"kind": "order", "asset": "pipe", "end": "2022-01-06"}
    case = build(
        {
            "places": places("A", "B", A="AAA", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=10)],
            "supplies": [supply("wells", "A", 8)],
            "markets": [market("buyers", "B", 50)],
            "measures": [
                {"id": "late", "name": "Late", "status": "threatened", "start": "2022-01-04"} | act,
                {"id": "soon", "name": "Soon", "status": "ordered", "start": "2022-01-02"} | act,
            ],
        },
        scenarios=[
            *({"id": key, "title": key.title(), "foresight": "surprise", "disruptions": [stop]} for key in ("first", "second")),
            {"id": "paper", "title": "Paper", "measures": ["soon"]},
        ],
        time={"start": "2022-01-01", "end": "2022-01-08", "step": "day", "boundary": "empty"},
        focus={"actor": "AAA", "commodity": "oil"},
    )  # fmt: skip
    return Study(stress(case))


def test_scenarios_and_acts_in_words() -> None:
    """Proves: many surprises are spoken of as many, and of what is lost it is said that it is value; what costs nothing costs no
    joint value; acts stand by their first day.
    Without it: "14 scenarios are a surprise: nobody acts on it", "what is lost would be less" beside a table in which less is
    lost by surprise, "costs USD 0 of joint value", and an act of January behind one of August.
    """
    study = surprised_twice()
    told = " ".join(block for block in steps.show(study, None).blocks if isinstance(block, str))
    assert (
        "2 scenarios are a surprise: nobody acts on them before their day." in told
        and "less joint value would be lost" in told
    )
    assert study.comparison.told("paper")[0].startswith(
        "paper, known to all from the start, costs no joint value beside baseline"
    )
    assert list(measures_table(study).frame["name"]) == ["Soon", "Late"]


def test_one_closure_in_two_lengths_of_steps() -> None:
    """Proves: where the worst case was found in finer steps, it says what those of the case say, and what to build says what the
    worst case counts. Without it: one report said that the same strait, closed for the same days, takes 25.2 and 20.1 billion.
    """
    window = (dt.date(2024, 1, 19), dt.date(2024, 3, 1))
    curve = pd.DataFrame({"loss": [0.0, 25_162.0], "loss_coarse": [0.0, 20_143.0], "budget": [0, 1]})
    attack = Attack("YEM", "EUR", "value", curve, curve, curve, "million USD", window, [], curve)
    frontier = pd.DataFrame({"loss": [20_143.0]})
    building = Building("YEM", SimpleNamespace(frontier=frontier), window)
    study = SimpleNamespace(
        part=lambda _: attack, found=lambda _: attack, currency="USD", commodity_unit="kt"
    )
    assert "the steps of the case say USD 20.1 billion for one." in fmt.typeset(worst_finer(study))
    assert "“The worst that could be done” counts USD 25.2 billion." in fmt.typeset(
        hedge_finer(study, building)
    )
    alike = dataclasses.replace(attack, curve=curve.assign(loss=[0.0, 20_143.0]))
    study = SimpleNamespace(part=lambda _: alike, found=lambda _: alike, currency="USD", commodity_unit="kt")
    assert worst_finer(study) == hedge_finer(study, building) == ""


def test_leverage_says_what_it_leaves_open(study: Study) -> None:
    """Proves: the figure says that stores are not withheld. Without it: Coastland, which may close tanks too, takes 124 million
    by withholding and 147 by a stop of its territory, and a reader cannot know why.
    """
    assert "stores stay open" in leverage_figure(study).caption
