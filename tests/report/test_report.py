"""The report, workbook, tables and summary hold what the study found, and ask nothing of a network."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from straits.case import Case
from straits.case.schema.settings import Disruption, Scenario
from straits.report import Study, answer, key_numbers, report_html, study_tables, write_study
from straits.report import format as fmt
from straits.report.sections.asked.single import Failures
from straits.report.sections.basemaps import moves
from straits.stress import Comparison, Uncertainty, stress

SECTIONS = (
    "summary", "map", "scenarios", "gains", "routes", "storage", "bypass", "bottlenecks", "failures", "worst",
    "power", "back-test", "open", "intervals", "weak-numbers", "method", "sources",
)  # fmt: skip


class Reader(HTMLParser):
    """Collects ids, resource attributes, text, and checks that tags close."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})
    #: What a start or end tag of a table closes that HTML lets stand open (section 13.1.2.4 of the standard).
    CELLS, ROWS = ("td", "th"), ("td", "th", "tr")

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.loads: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._leave(self.CELLS if tag in self.CELLS else self.ROWS if tag == "tr" else ())
        if tag not in self.VOID:
            self.open.append(tag)
        self._attributes(tag, attrs)

    def _leave(self, tags: tuple[str, ...]) -> None:
        while self.open and self.open[-1] in tags:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._attributes(tag, attrs)

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids[value or ""] += 1
            if name in ("src", "href", "srcset", "data", "action", "xlink:href"):
                self.loads.append((tag, name, value or ""))

    def handle_endtag(self, tag: str) -> None:
        self._leave(self.ROWS if tag in ("thead", "tbody", "table") else ())
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page(study: Study) -> str:
    return report_html(study)


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_page_is_well_formed(read: Reader) -> None:
    """Proves: every tag closes in order and no id occurs twice. Without it: hatches and basemaps of one figure would vanish
    behind those of another, as they did."""
    assert not read.open
    assert [name for name, count in read.ids.items() if count > 1] == []


def test_nothing_leaves_the_machine(page: str, read: Reader) -> None:
    """Proves: no tag loads anything; links to sources are plain links; the page forbids loading by itself too."""
    for tag, name, value in read.loads:
        assert tag in ("a", "use") and name == "href", (tag, name, value)
        assert tag == "a" or value.startswith("#")
    assert not re.search(r"url\((?!#)", page) and "@import" not in page and not read.tags["script"]
    assert "default-src 'none'" in page


def test_every_section_and_twin_is_there(page: str, read: Reader) -> None:
    """Proves: all sections that the report promises are there and in the contents, and each figure has its table."""
    for ident in SECTIONS:
        assert read.ids[ident] == 1, ident
        assert f'href="#{ident}"' in page
    assert read.tags["figure"] >= 10
    # The map of the first screen is a figure of the sections once more; its table is there.
    assert page.count('class="twin"') == read.tags["figure"] - 1


def test_use_refers_to_what_exists(read: Reader) -> None:
    """Proves: every reference inside the page has its target."""
    for _, _, value in read.loads:
        if value.startswith("#"):
            assert value[1:] in read.ids, value


def test_text_of_the_case_is_text(page: str, read: Reader) -> None:
    """Proves: a title with markup in it is shown, not run."""
    assert "<script>alert" not in page
    assert any("<script>alert('x')</script>" in text for text in read.text)


def test_answer_gives_the_numbers_of_the_study(study: Study) -> None:
    """Proves: the five sentences hold exports, loss and range, who pays, how sure and what helps as the tables have them. Without
    it: headline and table could differ."""
    first, second, whom, third, helps = answer(study)
    row = study.focus_summary.iloc[0]
    assert fmt.amount(study.exports, "kt") in first
    assert fmt.amount(float(row["lost_exports"]), "kt") in second
    assert fmt.percent(float(row["lost_share"])) in second
    low, high = (row["lost_exports"] - 111.0) / 1000, (row["lost_exports"] + 222.0) / 1000
    drawn = study.found(Uncertainty).answers.set_index("answer").loc["lost exports"]
    assert (
        f"({fmt.number(drawn['q05'] / 1000)} to {fmt.number(drawn['q95'] / 1000)} Mt in nine of ten draws"
        in second
    )
    # Without draws it is the intervals of costs alone, and says so.
    alone = replace(
        study, parts={kind: found for kind, found in study.parts.items() if kind is not Uncertainty}
    )
    told = answer(alone)[1]
    assert (
        f"between {fmt.number(low)} and {fmt.number(high)} Mt across the intervals of unknown costs" in told
    )
    states = study.comparison.states.set_index("state")["change"]
    assert f"{fmt.money(abs(float(states['LND'])), study.currency)} worse off" in whom
    assert "one more" in helps or "Of the options" in helps
    assert "2 measured amounts" in third
    assert f"error of {fmt.percent(float(study.comparison.back_test['error'].abs().max()))}" in third


def test_rates_by_link_are_of_the_disrupted_steps(study: Study) -> None:
    """Proves: the map's flows are averages over the steps that the closure fills, summed by hand here: nothing on the closed
    pipeline, before and after at the same steps. Without it: 30 days would drown in a year."""
    table = study.links_table("pipeline-stop", "crude").set_index("id")
    flows = study.scenarios["pipeline-stop"].flows
    steps = np.flatnonzero(study.struck("pipeline-stop") > 0.999)
    chosen = flows[(flows["link"] == "rail") & flows["step"].isin(steps)]
    assert table.loc["rail", "flow"] == pytest.approx(chosen["amount"].sum() / study.days[steps].sum())
    assert table.loc["pipe", "flow"] == 0
    assert table.loc["pipe", "closed"] and not table.loc["rail", "closed"]
    assert table.loc["pipe", "lost_capacity"] == pytest.approx(1.0)
    assert table.loc["pipe-sea", "capacity"] == pytest.approx(120)
    assert (table["change"] == table["flow"] - table["reference"]).all()


def test_routes_over_time_add_up(study: Study) -> None:
    """Proves: rates by route and step, times days, are the flow on counting links; nothing is lost in the pivot."""
    labels = {key: row.corridor for key, row in study.case.rows("links").items() if row.corridor}
    flows = study.baseline.flows
    total = flows.loc[flows["link"].isin(labels), "amount"].sum()
    assert sum(study.route_totals(study.baseline).values()) == pytest.approx(total)


def test_files_hold_the_tables(study: Study, tmp_path: Path) -> None:
    """Proves: all files are written; CSV and sheets have each table's rows and numbers, units in the headings; unlimited and
    missing survive as a word and a blank; the summary is strict JSON. Without it: a workbook could silently drop rows."""
    written = []
    paths = write_study(study, tmp_path / "out", progress=written.append)
    assert (
        [path.name for path in paths] == ["report.html", "results.xlsx", "tables", "summary.json"] == written
    )
    made = study_tables(study)
    book = CalamineWorkbook.from_path(str(tmp_path / "out" / "results.xlsx"))
    assert book.sheet_names == ["contents", *(table.name for table in made)]
    for table in made:
        rows = book.get_sheet_by_name(table.name).to_python()
        assert rows[0] == [table.heading(str(column)) for column in table.frame]
        assert len(rows) == len(table.frame) + 1
        csv = pd.read_csv(tmp_path / "out" / "tables" / f"{table.name}.csv", keep_default_na=False, dtype=str)
        assert len(csv) == len(table.frame)
        for place, column in enumerate(table.frame):
            if table.frame[column].dtype.kind == "f":
                for cell, text, value in zip(
                    [row[place] for row in rows[1:]], csv.iloc[:, place], table.frame[column], strict=True
                ):
                    if np.isfinite(value):
                        assert cell == pytest.approx(value) and float(text) == pytest.approx(value)
                    else:
                        assert cell == ("" if np.isnan(value) else "unlimited")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert summary["main_scenario"]["lost_exports"] == pytest.approx(
        study.focus_summary["lost_exports"].iloc[0]
    )
    assert summary["case_hash"] == study.case.hash
    assert summary["worst_attacks"][0]["closures"] == ["pipe"]
    assert set(summary["shapley_million"]["As it is"]) == {"LND", "NBR", "oilco"}
    assert study.part(Failures) is not None
    assert (
        summary["worst_single_failure"]["lost_exports"] == study.found(Failures).links["exports_lost"].max()
    )


def test_the_same_study_gives_the_same_page(study: Study, page: str) -> None:
    """Proves: nothing random or of the clock is in the page."""
    assert report_html(replace(study)) == page


def test_a_case_without_scenarios_focus_or_coordinates_still_reports(teaching: Case, study: Study) -> None:
    """Proves: the report is not made for one case: without scenarios, focus, coordinates, stores and sources it says what there
    is, and says that no interval was tried. Without it: a newcomer's first case would end in a traceback."""
    from straits.stress import stress

    tables = {name: frame for name, frame in teaching.tables.items() if name in ("places", "links", "supplies", "markets",
              "commodities", "actors")}  # fmt: skip
    tables["places"] = tables["places"].drop(columns=["lon", "lat"])
    settings = teaching.settings.model_dump()
    settings["focus"] = None
    case = Case.from_tables(tables, **settings)
    bare = Study(stress(case))
    html = report_html(bare)
    assert 'id="map"' not in html and 'id="method"' in html
    assert bare.focus[:2] == ("LND", "crude")
    assert any(
        "no interval of unknown costs was tried" in text.lower()
        for text in answer(Study(stress(case, [study.case.scenarios["pipeline-stop"]])))
    )
    assert key_numbers(bare)["exports"] > 0
    shown = Study(stress(case, [study.case.scenarios["pipeline-stop"]]))
    assert 'id="gains"' in report_html(shown)


def test_study_without_comparisons_has_no_main(teaching: Case, study: Study) -> None:
    """Proves: a study of the baseline alone names no main scenario and says so in the answer."""
    alone = Study(Comparison(teaching, study.baseline, {}))
    assert alone.main is None
    assert "nothing is compared" in answer(alone)[1]


def test_only_what_is_struck_or_sold_differently_gets_a_map(study: Study) -> None:
    """Proves: a scenario that closes the pipeline gets a map of crude; the same run under the name of a scenario that closes
    nothing gets none, whatever course the solver took. Without it: a tie between two courses would look like an effect."""
    assert moves(study, "pipeline-stop", "crude")
    same = Study(Comparison(study.case, study.baseline, {"baseline": study.baseline}))
    assert not moves(same, "baseline", "crude")


def test_what_was_tried_has_a_cell(study: Study) -> None:
    """Proves: a run that the solver gave up at first shows what was tried, as text. Without it: a list in a cell would end the
    report.
    """
    made = {**study.baseline.provenance, "tried": ["as asked", "without presolve"]}
    tried = Comparison(study.case, replace(study.baseline, provenance=made), study.comparison.solutions)
    assert "as asked; without presolve" in report_html(replace(study, comparison=tried))


def test_how_long_each_run_took_stands_in_the_workbook(study: Study) -> None:
    """Proves: runs that took other times fill the same cells of the page, and the workbook says how long each took.
    Without it: the table of runs would be another on every machine.
    """

    def taking(seconds: float) -> Study:
        made = {**study.baseline.provenance, "seconds_compile": seconds, "seconds_solve": seconds}
        return replace(study, comparison=Comparison(study.case, replace(study.baseline, provenance=made), {}))

    assert report_html(taking(1.0)) == report_html(taking(123.456))
    runs = next(table for table in study_tables(taking(123.456)) if table.name == "runs")
    assert list(runs.frame["seconds_solve"]) == [123.456]


def test_sources_can_be_looked_up(study: Study) -> None:
    """Proves: each source stands under the id by which tables cite it, a value that it gives has the unit of its cell, and a
    claim on who holds what is named by asset, role and holder.
    Without it: "ARG2201" in a table leads nowhere, and a capacity of 25 could be tonnes or barrels a day.
    """
    from straits.report.sections.support.sources import source_list

    tables = {name: frame for name, frame in study.case.tables.items() if len(frame)}
    key, held = next(
        (key, row) for key, row in study.case.rows("controls").items() if row.role == "owner" and row.share
    )
    mine = {"id": "held", "table": "controls", "row": key, "column": "share", "value": str(held.share)}
    more = pd.DataFrame([mine | {"source": "annual-report", "confidence": "low", "chosen": True}])
    without_unit = tables["claims"].assign(
        unit=tables["claims"]["unit"].where(tables["claims"]["row"] != "pipe")
    )
    tables["claims"] = pd.concat([without_unit, more], ignore_index=True)
    case = Case.from_tables(tables, **study.case.settings.model_dump())
    page = source_list(Study(stress(case, [])))
    assert "<span class='tag'>annual-report</span> <strong>" in page
    pipe = case.rows("links")["pipe"]
    assert f"{pipe.name}, capacity: 30 {pipe.capacity_unit} " in page
    holder, asset = case.rows("actors")[held.actor].name, study.asset_name(str(held.asset))
    assert f"{asset}, owner {holder}, share: {held.share} " in page


def test_bottlenecks_are_told_of_the_good_that_leads(study: Study) -> None:
    """Proves: the sentence names the dearest bottleneck of the leading good, and the table below a figure begins with what the
    figure shows. Without it: a unit of gas would be set above a unit of oil, and "the same as a table" would be another."""
    from straits.report.sections.compared import bottlenecks

    told = bottlenecks._opening(study)
    assert "dearest bottleneck of crude oil is " in told
    figure = bottlenecks.bottleneck_figure(study, "baseline")
    assert figure is not None and figure.twin.frame["kind"].iloc[0] != "supply"
    assert study.asset_name(str(figure.twin.frame["asset"].iloc[0])) in told


def test_what_is_not_built_is_no_bottleneck() -> None:
    """Proves: a tank without room, which would gain most by a unit more, is not told to be the dearest bottleneck, nor drawn; in
    a run that builds it, it is. Without it: ships that wait nowhere would be the narrowest place of the Red Sea.
    """
    from straits.report.sections.compared import bottlenecks
    from straits.testing import build, link, market, places, supply

    tank = {"id": "tank", "name": "tank", "place": "B", "commodity": "oil", "capacity": 0, "capacity_unit": "kt", "start": 0,
            "start_unit": "kt"}  # fmt: skip
    option = {"id": "room", "name": "room", "asset": "tank", "adds": 1, "adds_unit": "kt", "capital_cost": 1,
              "capital_cost_unit": "MUSD", "life_years": 9, "years_to_build": 1}  # fmt: skip
    closed = Disruption(asset="bc", factor=0.0, start="2022-01-02", end="2022-01-03")
    shut = Scenario(id="shut", title="shut", foresight="perfect", disruptions=(closed,))
    scenarios = [shut, shut.model_copy(update={"id": "with-room", "options": ("room",)})]
    case = build(
        {
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": True}],
            "places": places("A", "B", "C"),
            "links": [link("ab", "A", "B", capacity=5), link("bc", "B", "C", capacity=9)],
            "supplies": [supply("field", "A", 6)],
            "markets": [market("sea", "C", 100)],
            "stores": [tank],
            "options": [option],
        },
        scenarios=scenarios,
        time={"start": "2022-01-01", "end": "2022-01-06", "step": "day", "boundary": "empty"},
    )
    study = Study(stress(case))
    worth = study.comparison.bottlenecks.set_index(["scenario", "asset"])["worth"]
    assert worth["shut", "tank"] > 0 and worth["with-room", "tank"] > 0
    told = {run: set(bottlenecks._binding(study, run)["asset"]) for run in ("shut", "with-room")}
    assert "tank" not in told["shut"] and "tank" in told["with-room"]
