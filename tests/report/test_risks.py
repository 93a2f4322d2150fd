"""Double failures and drawn histories: numbers of the analyses, and what the report says of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import straits
from small import build, days, link, market, places, supply
from straits.case import Case
from straits.case.schema.settings import Disruption, Scenario
from straits.contingency import ensemble
from straits.lp import Bounds, LinearProgram
from straits.report import Study, format, key_numbers, report_html
from straits.report.drawing.riskcharts import Level, Pair, Share, exceedance_curve, pair_bars, part_bars
from straits.report.gather import ask_all as find_all
from straits.report.sections.asked import attack as attack_part
from straits.report.sections.asked import pairs
from straits.report.sections.asked import risk as risks
from straits.report.sections.asked.attack import Attack
from straits.report.sections.asked.pairs import Pairs, pair_blocks
from straits.report.sections.asked.risk import Risk
from straits.report.sections.asked.single import Failures
from straits.report.study.size import most_variants
from straits.report.study.words import window_of
from straits.report.writing.tables import study_tables
from straits.stress import Comparison

from .test_analyses import refocused, section

HAZARDS = [
    {"id": "quarrel", "name": "Transit is refused", "assets": "pipe", "rate_per_year": 0.5, "duration_days": 40,
     "events_known": 2, "note": "seen twice"},
    {"id": "slide", "name": "Landslide on the railway", "assets": "rail|load", "rate_per_year": 1.0, "duration_days": 14,
     "months": "3|4", "events_known": 0},
]  # fmt: skip


@pytest.fixture(scope="module")
def risky(teaching: Case) -> Study:
    """The teaching case with two hazards, tariffs as transfers, and nothing asked but failures and risks."""
    tables = {name: frame for name, frame in teaching.tables.items() if len(frame)} | {"hazards": HAZARDS}
    settings = teaching.settings.model_dump() | {"tariffs": "internal"}
    settings["focus"] |= {"against": None, "players": ()}
    case = Case.from_tables(tables, **settings)
    return find_all(Study(Comparison(case, straits.solve(case), {})))


# ---------------------------------------------------------------------- pairs


def test_pairs_are_what_closing_both_takes(risky: Study) -> None:
    """Proves: the loss of a pair is that of both closed in one scenario, and what each alone costs is the single failure. Without
    it: pairs could be of another window or reference than the ranking above them."""
    assert risky.part(Pairs) is not None and risky.part(Failures) is not None
    first, last = window_of(risky)
    row = risky.found(Pairs).table.iloc[0]
    both = tuple(Disruption(asset=row[name], factor=0, start=first, end=last) for name in ("first", "second"))
    closed = straits.solve(
        risky.case, Scenario(id="x", title="X", disruptions=both), foresight="perfect", tariffs="internal"
    )
    assert row["value_lost"] == pytest.approx(risky.baseline.objective - closed.objective, abs=1e-6)
    alone = risky.found(Failures).links.set_index("asset")["value_lost"]
    assert row["first_alone"] == pytest.approx(alone[row["first"]])
    assert row["second_alone"] == pytest.approx(alone[row["second"]])
    assert row["first_alone"] >= row["second_alone"]
    assert row["beyond_the_sum"] == pytest.approx(
        row["value_lost"] - row["first_alone"] - row["second_alone"]
    )
    assert (risky.found(Pairs).table["beyond_the_sum"] > 0).all()
    assert risky.found(Pairs).tried == 6  # of four links
    text = section(report_html(risky), "failures")
    assert "All 6 pairs of these links were closed too" in text
    assert format.money(row["value_lost"], "USD") in text


def test_variants_follow_from_what_hangs_together() -> None:
    """Proves: of 6,000 columns that all share a row a report solves 1,666 variants, of 6,000 in ten parts a hundred times as
    many, of the largest program one; of pairs there are no more than variants. Without it: a case that hangs together would
    take ten times as long as one of the same size in parts."""

    def program(parts: int, columns: int = 6000) -> LinearProgram:
        of = np.repeat(np.arange(parts), columns // parts)
        matrix = sparse.csc_matrix((np.ones(columns), (of, np.arange(columns))))
        none, ends = np.zeros(columns), np.zeros(parts)
        return LinearProgram(none, matrix, Bounds(none, none, ends, ends))

    assert (most_variants(program(1)), most_variants(program(10)), most_variants(program(1, 400_000))) == (
        1666,
        166_666,
        1,
    )
    assert pairs.most_links(1000, 10) == 5 and pairs.most_links(1000) > 100


def test_a_large_model_pairs_fewer_links(risky: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: pairs times columns stay within the work of a report, and the text says that not all were closed. Without it: a
    report of a large case would take hours, or look complete."""
    for columns in (1000, 10_054, 600_000):
        links = pairs.most_links(columns)
        assert links * (links - 1) / 2 * columns <= pairs.WORK < (links + 1) * links / 2 * columns
    monkeypatch.setattr(pairs, "WORK", 3 * len(risky.baseline.model.cost))
    found = pairs.find_pairs(risky)
    assert (found.links, found.tried, found.carriers) == (3, 3, 4)
    text = str(pair_blocks(risky.with_part(found))[0])
    assert text.startswith("All 3 pairs of the 3 links that cost most value alone were closed")


def test_no_pair_worse_than_its_parts_has_a_sentence(risky: Study) -> None:
    """Proves: nothing to rank gives one sentence and no drawing."""
    assert risky.part(Pairs) is not None
    none = replace(risky.part(Pairs), table=risky.found(Pairs).table.iloc[:0])
    blocks = pair_blocks(risky.with_part(none))
    assert len(blocks) == 1 and str(blocks[0]).endswith("No pair costs more than the two losses added up.")


# ---------------------------------------------------------------------- drawn histories


def test_what_closures_take_as_surprises_stands_beside_what_they_take_if_known(risky: Study) -> None:
    """Proves: who fills its tanks in time loses nothing, and beside it stand mean and tail where each closure becomes known on
    its day, those of the ensemble of the same seed; where both agree within their errors, that is said.
    Without it: an importer read that its hazards take 0 kt, with an error of 0 kt, where as surprises they take thirty."""
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("way", "A", "B", capacity=9)],
        "supplies": [supply("wells", "A", 20)],
        "markets": [market("buyers", "B", 200, demand=6)],
        "stores": [{"id": "tank", "name": "Tank", "place": "B", "commodity": "oil", "capacity": 90, "capacity_unit": "kt",
                    "start": 0, "start_origin": "AAA", "cost": 365, "cost_unit": "USD/t"}],
        "hazards": [{"id": "storm", "name": "Storm", "assets": "way", "rate_per_year": 12, "duration_days": 2,
                     "duration_shape": "fixed"}],
    }  # fmt: skip
    case = build(tables, time=days(30), focus={"actor": "BBB", "commodity": "oil", "direction": "imports"})
    study = Study(Comparison(case, straits.solve(case), {}))
    found = risks.find_risk(study)
    text = section(report_html(study.with_part(found)), "risk")
    asked = ensemble(
        case, draws=found.draws // 10, measure="used:oil:BBB", levels=(0.9,), foresight="surprise"
    )
    rows = asked.summary.set_index("statistic")
    mean, tail = rows.loc["expected loss"], rows.loc["CVaR 0.9"]
    assert mean["value"] > 2 * found.statistic("expected loss")[0]
    assert f"{found.draws // 10} drawn histories lose {format.amount(mean['value'], 'kt')} on average" in text
    assert f"of all that can happen {format.amount(tail['value'], 'kt')} (standard error" in text
    told = key_numbers(study.with_part(found))["drawn_histories"]["by_surprise"]["lost_deliveries"]
    assert told["CVaR 0.9"]["value"] == pytest.approx(tail["value"])
    assert "drawn histories lose as much on average, within two standard errors" in section(
        report_html(risky), "risk"
    )


def test_the_section_tells_the_ensemble(risky: Study) -> None:
    """Proves: average, VaR and CVaR with their errors are those of the ensemble of the same seed, and the hazards stand with
    what they rest on. Without it: a reader would take rates from two events for statistics."""
    assert risky.part(Risk) is not None
    alone = ensemble(
        risky.case, draws=risks.DRAWS, rng=risks.SEED, measure="exports:crude:LND", levels=risks.LEVELS
    )
    mean, error = risky.found(Risk).statistic("expected loss")
    assert mean == pytest.approx(alone.summary["value"].iloc[0]) and mean > 0
    text = section(report_html(risky), "risk")
    assert f"loses {format.amount(mean, 'kt')} of its exports of" in text
    assert f"(standard error {format.amount(error, 'kt', 2)})" in text
    tail = risky.found(Risk).statistic("CVaR 0.95")[0]
    assert f"and then {format.amount(tail, 'kt')} on average" in text
    assert "500 histories of 2022" in text and "seed 0" in text
    assert (
        "The rates rest on 2 events that happened in all (Transit is refused: 2; Landslide on the railway: none)"
        in text
    )
    assert "allow a true rate between 0.12 and 3.6 times the one counted" in text
    assert "2 known events" in text and "0 known events" in text and "seen twice" in text


def test_most_is_more_than_half(risky: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a hazard without which more than half of the average would not be lost is where most comes from; with less it is
    the largest part. Without it: the first of four equal hazards would be told as most of the risk."""
    found = risky.found(Risk).found
    for share, told in ((0.6, "Most comes from one hazard"), (0.3, "The largest part comes from one hazard")):
        monkeypatch.setitem(found.tables, "contributions", found.contributions.assign(share=share))
        assert told in section(report_html(risky), "risk")


def test_tables_of_risk_have_units(risky: Study) -> None:
    """Proves: workbook and CSV get the statistics, the curve, the hazards and the pairs, with units in the headings."""
    made = {table.name: table for table in study_tables(risky)}
    assert {"risk", "exceedance", "hazards", "double_failures"} <= set(made)
    assert made["exceedance"].heading("loss") == "loss [kt]"
    assert made["hazards"].heading("adds_to_expected_loss") == "adds to expected loss [kt]"
    assert made["double_failures"].heading("beyond_the_sum") == "beyond the sum [million USD]"
    assert set(made["risk"].frame["unit"]) == {"kt", "chance"}
    curve = made["exceedance"].frame
    assert curve["probability"].is_monotonic_decreasing and curve["probability"].iloc[-1] == 0


def test_without_hazards_there_is_no_section(study: Study, risky: Study) -> None:
    """Proves: a case without hazards asks nothing; one whose hazards cannot be drawn gives the reason in place of a drawing."""
    assert study.part(Risk) is None and 'id="risk"' not in report_html(study)
    case = refocused(risky.case, commodity="crude")
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["hazards"] = tables["hazards"].assign(rate_per_year=0.0)
    still = Case.from_tables(tables, **case.settings.model_dump())
    found = find_all(Study(Comparison(still, risky.baseline, {})))
    assert "no hazard can happen" in section(report_html(found), "risk")


def test_rates_without_counts_say_so(risky: Study) -> None:
    """Proves: where the case does not say what its rates rest on, the report says that it does not."""
    case = risky.case
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["hazards"] = [{k: v for k, v in row.items() if k != "events_known"} for row in HAZARDS]
    silent = Case.from_tables(tables, **case.settings.model_dump())
    study = replace(risky, comparison=Comparison(silent, risky.baseline, {}))
    assert "does not say on how many events" in section(report_html(study), "risk")


def test_counts_of_few_events_tell_little() -> None:
    """Proves: the interval of a rate is the exact one of tables (Garwood): of one event 0.0253 to 5.57, of two 0.242 to 7.22."""
    assert risks.count_interval(1) == pytest.approx((0.02532, 5.5716), rel=1e-3)
    assert [2 * end for end in risks.count_interval(2)] == pytest.approx([0.2422, 7.2247], rel=1e-3)


# ---------------------------------------------------------------------- drawings


def test_exceedance_curve_falls_and_names_its_levels() -> None:
    """Proves: the curve falls to the right, a mark lies at its loss and chance, and each has its error told."""
    losses, chances = np.array([0.0, 1.0, 2.0, 4.0]), np.array([0.8, 0.4, 0.1, 0.0])
    level = Level(2.0, 0.2, 0.1, "one in ten")
    text = exceedance_curve(
        "e", "T", "D", losses, chances, np.full(4, 0.02), [level], (0.9, 0.1), "lost, Mt", "Mt"
    )
    root = ET.fromstring(text)
    assert sum(e.get("stroke") == "#0072B2" and e.tag.endswith("path") for e in root) == 1
    mark = next(e for e in root if e.tag.endswith("circle"))
    assert float(mark.get("cx") or 0) == pytest.approx(62 + (780 - 62) / 2)  # 2 of 4
    # Chances by their logarithm, from 1 at the top to half of the rarest, or of 5 %, at the bottom.
    assert float(mark.get("cy") or 0) == pytest.approx(26 + 310 * np.log(0.1) / np.log(0.025), abs=0.01)
    assert "2 Mt, standard error 0.2" in text and "on average 0.9 Mt" in text


def test_bars_are_as_long_as_their_parts() -> None:
    """Proves: three parts of a pair lie end to end in proportion; a hazard's bar is as long as its value."""
    text = pair_bars("p", "T", "D", [Pair("A", "B", 2.0, 1.0, 3.0, "note")], "value")
    rects = [e for e in ET.fromstring(text) if e.tag.endswith("rect")][3:]
    widths = [float(e.get("width") or 0) for e in rects]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.02) and widths[2] == pytest.approx(
        3 * widths[1], abs=0.03
    )
    assert "+3" in text and "and B" in text
    parts = [Share("A", 4.0, 0.5, "note"), Share("B", 2.0, 0.0, "")]
    rects = [e for e in ET.fromstring(part_bars("h", "T", "D", parts, "Mt")) if e.tag.endswith("rect")]
    assert float(rects[0].get("width") or 0) == pytest.approx(2 * float(rects[1].get("width") or 0), abs=0.02)


def test_machines_get_the_same_numbers(risky: Study) -> None:
    """Proves: summary.json holds the worst pair and the statistics of the draws, seed included."""
    numbers = key_numbers(risky)
    assert risky.part(Pairs) is not None and risky.part(Risk) is not None
    assert numbers["worst_pair_beyond_its_parts"]["beyond_the_sum_million"] == pytest.approx(
        risky.found(Pairs).table["beyond_the_sum"].iloc[0]
    )
    drawn = numbers["drawn_histories"]
    assert (drawn["draws"], drawn["seed"]) == (risks.DRAWS, risks.SEED)
    assert drawn["lost_exports"]["CVaR 0.9"]["value"] == risky.found(Risk).statistic("CVaR 0.9")[0]


def test_sections_open_with_a_sentence_that_holds_by_itself(study: Study) -> None:
    """Proves: the first words of a section give run, period, unit and what is compared, with the numbers of its table. Without
    it: a sentence that is quoted alone could be wrong."""
    page = report_html(study)
    row = study.focus_summary.iloc[int(study.focus_summary["lost_exports"].to_numpy(float).argmax())]
    title = study.scenario_title(str(row["scenario"]))
    assert (
        f"The only scenario, “{title}”, takes {format.amount(float(row['lost_exports']), 'kt')} of"
        in section(page, "scenarios")
    )
    states = study.comparison.states
    total = states.loc[states["scenario"] == study.main, "change"].sum()
    assert f"all actors and goods together lose {format.money(-total, 'USD')} in 2022" in section(
        page, "gains"
    )
    totals = study.route_totals(study.baseline)
    top = max(totals, key=lambda name: totals[name])
    assert f"In the baseline {top} carries {format.amount(totals[top], 'kt')}" in section(page, "routes")
    days = study.comparison.storage_days
    farm = days[(days["scenario"] == "baseline") & (days["store"] == "farm")].iloc[0]
    assert f"full {format.number(farm['days_from_mean'], 2)} days later, from its mean level" in section(
        page, "storage"
    )


def test_ties_have_a_table(study: Study) -> None:
    """Proves: every choice that takes as much as the worst is a row, the worst itself included."""
    assert study.part(Attack) is not None
    ties = pd.DataFrame({"budget": [1, 1], "attack": ["pipe", "rail"]})
    tied = study.with_part(replace(study.found(Attack), ties=ties))
    frame = attack_part.worst_ties_table(tied).frame
    assert list(frame["ids"]) == ["pipe", "rail"] and list(frame["closures_at_most"]) == [1, 1]
    assert attack_part.attacks_table(tied).frame["others_as_bad"].iloc[0] == 1
    text = section(report_html(tied), "worst")
    assert "(or Railway to the port, which takes as much)" in text and "1 other choice as bad" in text
