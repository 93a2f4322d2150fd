"""Numbers that can move stand with their range: the first sentences of a report, and its summary for machines."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import straits
from straits.report import format as fmt
from straits.report.sections.support.openness import open_numbers
from straits.report.study.answers import together_range
from straits.report.study.content import Study
from straits.report.writing.headline import headline, plain
from straits.report.writing.summary import key_numbers
from straits.testing import build, link, market, places, supply

OVER = "in nine of ten draws of all uncertain numbers"


@pytest.fixture(
    scope="module", params=[("landlocked-importer", "near-port-stops"), ("two-routes", "pipeline-stop")]
)
def drawn(request):
    """An importer and an exporter, each with a scenario and draws of its uncertain numbers."""
    case = straits.load_case(request.param[0])
    sure = straits.uncertainty(case, request.param[1], draws=6)
    return Study(straits.stress(case, [request.param[1]])).with_part(sure), sure


def _ends(sure, sums):
    return [float(sums.quantile(q)) for q in (0.05, 0.95)]


def test_the_trade_of_the_baseline_stands_with_its_range(drawn):
    """Proves: behind what is used, or exported, in the baseline stand the ends between which nine of ten draws put it: those of
    what is left and what is lost together, draw by draw.
    Without it: 897 kt would be quoted as if nothing that it rests on were uncertain, by the sentence that is read first."""
    study, sure = drawn
    word = study.trade.word
    low, high = _ends(sure, sure.draws[word] + sure.draws[f"lost {word}"])
    unit, factor = fmt.larger_unit("kt", high)
    span = f" ({fmt.number(low * factor)} to {fmt.number(high * factor)} {unit} {OVER}) of "
    assert fmt.amount(study.trade.amount, "kt") + span in plain(headline(study)[0])


def test_what_else_the_second_sentence_tells_stands_with_its_range(drawn):
    """Proves: what is promised in vain and how much dearer one more unit is, or what lost exports are worth, are told by the ends
    of the same draws; without draws by the one number. Without it: one number of four had a range."""
    study, sure = drawn
    ends = sure.answers.set_index("answer")[["q05", "q95"]]
    told = plain(headline(study)[1])
    if study.trade.imports:
        low, high = map(fmt.number, ends.loc["unmet more"])
        assert f", {low} to {high} kt of it promised and not delivered" in told
        low, high = map(fmt.number, ends.loc["price rise"])
        assert told.endswith(
            f"worth {low} to {high} USD/t more to it on average over the period than otherwise."
        )
    else:
        low, high = (fmt.money(end, "USD") for end in ends.loc["revenue lost"])
        assert f", worth {low} to {high} at the prices paid" in told


def test_who_loses_most_stands_with_a_range_and_the_draws_are_told_once(drawn):
    """Proves: also of other states, and of who belongs to none, the change is told with its range; over what it goes is said in
    full once. Without it: of four sums of money three would look certain."""
    study, _ = drawn
    told = plain(headline(study)[2])
    assert told.count(OVER) == 1 and " in as many draws" in told
    sums = re.findall(r"USD [\d.,]+ \w+(?: worse off)? \((?:[A-Z][^()]*; )?(?:USD|prices)", told)
    assert len(sums) == (3 if study.trade.imports else 2), told


def test_the_members_of_an_alliance_together_have_the_range_of_their_sum(drawn):
    """Proves: what two states lose together lies between the ends of the sums of each draw. Without it: 813 billion of the Union
    stood without a range."""
    study, sure = drawn
    states = [str(state) for state in sure.states["state"]][:2]
    whole = sum(sure.draws[f"account of {state}"] for state in states)
    assert together_range(study, states) == pytest.approx(tuple(_ends(sure, whole)))
    assert all(end != end for end in together_range(study, ["nobody knows"]))


def test_the_summary_names_what_is_lost(drawn):
    """Proves: `summary.json` of an importer holds deliveries under names of deliveries, with what the tables say, and no number
    of exports lost; that of an exporter keeps its names. Without it: a program would read 459 TWh of lost exports."""
    study, sure = drawn
    found = key_numbers(study)
    lost, other = ("deliveries", "exports") if study.trade.imports else ("exports", "deliveries")
    ends = sure.answers.set_index("answer").loc[f"lost {lost}", ["q05", "q95"]]
    assert found[f"lost_{lost}_drawn"] == pytest.approx(list(ends))
    assert not [key for key in (*found, *found["main_scenario"]) if key.startswith(f"lost_{other}")]
    table = study.comparison.imports if study.trade.imports else study.focus_summary
    mine = (table["commodity"] == study.focus[1]) & (table["state"] == "UPL" if study.trade.imports else True)
    row = table[mine].iloc[0]
    main = found["main_scenario"]
    column = "lost" if study.trade.imports else "lost_exports"
    assert main[f"lost_{lost}"] == pytest.approx(row[column]) and main["lost_share"] == pytest.approx(
        row["lost_share"]
    )


def test_the_largest_link_and_what_is_used_are_told_with_what_plans_leave_open():
    """Proves: of two roads that cost the same, and a buyer to whom the last ton is worth what it costs, the share of the first
    and what is used stand with the ends that plans as good have. Without it: a minister quotes a road that could be empty."""
    stop = {"asset": "one", "start": "2022-01-02", "end": "2022-01-05"}
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("one", "A", "B", capacity=8), link("two", "A", "B", capacity=8)],
            "supplies": [supply("works", "A", 20, cost=100)],
            "markets": [market("must", "B", 800, demand=8), market("may", "B", 100, demand=4)],
        },
        scenarios=[{"id": "stop", "title": "Stop", "disruptions": [stop]}],
        focus={"actor": "BBB", "commodity": "oil", "direction": "imports", "scenario": "stop"},
    )  # fmt: skip
    comparison = straits.stress(case)
    study = Study(comparison, ranges=open_numbers(comparison))
    days = (pd.Timestamp(case.settings.time.end) - pd.Timestamp(case.settings.time.start)).days
    told = plain(headline(study)[0])
    assert f" ({8 * days} to {12 * days} kt in plans that are as good) of " in told
    assert told.endswith(f" (0 to {8 * days} kt in plans that are as good).")
