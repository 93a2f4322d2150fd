"""Sentences that follow from their numbers: what lost exports were worth, what knowing costs, what is told of next to nothing."""

from __future__ import annotations

import pandas as pd
import pytest

import straits
from small import build, link, market, places, store, supply
from straits.case import Change
from straits.report import format as fmt
from straits.report.sections.asked.failures import PART as FAILURES
from straits.report.sections.asked.single import Failures, find_failures
from straits.report.sections.basemaps import Basemaps
from straits.report.sections.compared.steps import show as steps_section
from straits.report.study.content import Study
from straits.report.study.words import beyond_states
from straits.report.writing.headline import headline, plain
from straits.stress.tables.measures import bypass
from straits.wording import if_more

TIME = {"start": "2022-01-01", "end": "2022-03-12", "step": "week"}


def _exporter(*scenarios, **buyer):
    """AAA pumps 10 kt/d, which take two days by way of B to a buyer at C; steps are weeks."""
    tables = {
        "places": places("A", "B", "C", B="BBB", C="CCC"),
        "links": [
            link("pipe", "A", "B", cost=10, transit_days=2),
            link("ship", "B", "C", capacity=12, cost=20, transit_days=1),
        ],
        "supplies": [supply("field", "A", 10, cost=30)],
        "markets": [market("buyer", "C", 200, **buyer)],
    }
    focus = {"actor": "AAA", "commodity": "oil", "against": "CCC"}
    return build(tables, time=TIME, scenarios=list(scenarios), focus=focus)


STOP = {"id": "stop", "title": "Stop", "disruptions": [{"asset": "ship", "start": "2022-02-05", "end": "2022-02-26"}],
        "foresight": "surprise"}  # fmt: skip


def test_what_lost_exports_are_worth_where_prices_move() -> None:
    """Proves: at a price that stays the lost exports are told with their worth; where it rises with what is missing, that all
    that is sold brings more, with the amount of the table.
    Without it: 200 kt that bring more would be "worth USD -36 million at the prices paid"."""
    fixed = Study(straits.stress(_exporter(STOP)))
    lost = fixed.focus_summary.iloc[0]
    assert f", worth {fmt.money(lost['revenue_lost'], 'USD')} at the prices paid." in plain(
        headline(fixed)[1]
    )
    assert lost["revenue_lost"] == pytest.approx(lost["lost_exports"] * 0.2)
    dear = {"demand_kind": "elastic", "demand": 10, "elasticity": -0.3, "choke_price": 2000, "choke_price_unit": "USD/t",
            "floor_price": 50, "floor_price_unit": "USD/t"}  # fmt: skip
    half = {**STOP, "disruptions": [STOP["disruptions"][0] | {"factor": 0.5}]}
    moved = Study(straits.stress(_exporter(half, **dear)))
    told, row = plain(headline(moved)[1]), moved.focus_summary.iloc[0]
    assert row["revenue_lost"] < 0 < row["lost_exports"]
    assert told.endswith(
        f"; as prices rise, all that is sold brings {fmt.money(-row['revenue_lost'], 'USD')} more."
    ), told


def test_a_share_is_of_the_exports_that_are_told() -> None:
    """Proves: a loss beside another scenario, which exports less than the baseline, is told as a part of what that one exports.
    Without it: "takes 105 kt of these exports, 30 %" stood behind the 700 kt of the baseline."""
    half = {"table": "supplies", "row": "field", "column": "capacity", "value": 5}
    less = {"id": "less", "title": "Less", "changes": [half]}
    both = {**STOP, "changes": [half], "compare_with": "less", "foresight": "perfect"}
    study = Study(straits.stress(_exporter(both, less), ["stop"]))
    told, row = [plain(text) for text in headline(study)], study.focus_summary.iloc[0]
    before = row["exports"] + row["lost_exports"]
    assert row["lost_share"] == pytest.approx(row["lost_exports"] / before) and before < 0.6 * study.exports
    lost, of = (fmt.amount(amount, "kt") for amount in (row["lost_exports"], before))
    assert f"takes {lost} of the {of} exported there, {fmt.percent(row['lost_share'])}" in told[1], told[1]
    assert " of these exports, " in plain(headline(Study(straits.stress(_exporter(STOP))))[1])


def test_what_is_known_can_cost_more() -> None:
    """Proves: of a stop that is known a whole week before it cannot be sent, since a part would strand, so that knowing costs
    more than a surprise, and failures and surprises say why.
    Without it: the larger number stood beside "the least possible"."""
    study = Study(straits.stress(_exporter(STOP)))
    table = study.comparison.foresights.set_index("answer").loc["joint value lost"]
    assert table["known"] > 1.01 * table["surprise"]
    text = " ".join(str(block) for block in steps_section(study, Basemaps(study)).blocks)
    assert "; in “Stop” more would be lost, since nobody sends knowingly what would strand." in text
    study = study.with_part(find_failures(study))
    links = study.found(Failures).links.set_index("asset")
    assert links.loc["ship", "value_lost_if_known"] > 1.01 * links.loc["ship", "value_lost"]
    told = str(FAILURES.section(study, Basemaps(study)).blocks[0])
    assert "if all had known it from the start: more, since nobody sends knowingly what would strand)" in told
    assert "least possible" not in told
    assert if_more(99.0, 100.0) == if_more(100.0, 100.0) == if_more(-3.0, -3.0) == if_more(-3.0, -9.0) == ""


def test_what_eases_a_surprise_gains_less_if_that_is_known() -> None:
    """Proves: a second ship is worth less where the stop that it eases is known, for which a store at C is then filled; that is
    told as a lesser gain beside the stop.
    Without it: "more would be lost, since nobody sends knowingly what would strand", of what gains and where nothing strands.
    """
    tables = {
        "places": places("A", "B", "C", B="BBB", C="CCC"),
        "links": [
            link("pipe", "A", "B", cost=10),
            link("ship", "B", "C", capacity=12, cost=20),
            link("other", "B", "C", capacity=0, cost=30),
        ],
        "supplies": [supply("field", "A", 12, cost=30)],
        "stores": [store("tank", "C", capacity=50, start=0)],
        "markets": [market("buyer", "C", 200, demand=8)],
    }
    stop = {
        "disruptions": [{"asset": "ship", "start": "2022-02-05", "end": "2022-02-15"}],
        "foresight": "surprise",
    }
    wider = [{"table": "links", "row": "other", "column": "capacity", "value": 8}]
    scenarios = [
        {"id": "stop", "title": "Stop", **stop},
        {"id": "eased", "title": "Eased", "changes": wider, "compare_with": "stop", **stop},
    ]
    time = {"start": "2022-01-01", "end": "2022-03-12", "step": "day"}
    study = Study(
        straits.stress(
            build(tables, time=time, scenarios=scenarios, focus={"actor": "AAA", "commodity": "oil"})
        )
    )
    table = study.comparison.foresights
    rows = table[table["answer"] == "joint value lost"].set_index("scenario")
    assert rows.loc["eased", "surprise"] < 1.01 * rows.loc["eased", "known"] < 0 < rows.loc["stop", "known"]
    text = " ".join(str(block) for block in steps_section(study, Basemaps(study)).blocks)
    assert "gained by knowing; beside “Stop”, known too, “Eased” would gain less." in text


def test_no_more_goes_round_than_is_exported_and_no_less_than_none() -> None:
    """Proves: of what is all sold in CCC none goes round its land or its ports, though a hundredth more sets out for it than is
    sold. Without it: minus one per cent went round its land, and all of it round its ports.
    """
    case = _exporter(STOP | {"foresight": "perfect"})
    case = case.with_changes([Change(table="links", row="ship", column="loss", value=0.01)])
    for run in (straits.solve(case), straits.solve(case, "stop")):
        found = bypass(run, "AAA", "oil", "CCC").set_index("definition")
        assert found.loc["territory", "through"] == pytest.approx(found.loc["territory", "exports"] / 0.99)
        assert (found["around"] == 0.0).all() and (found["share"] == 0.0).all()


@pytest.mark.parametrize(
    ("value", "said"), [(-874.0, "USD −874 million"), (654.0, "USD +654 million"), (0.0, "USD 0")]
)
def test_only_a_gain_has_a_plus(value, said) -> None:
    """Proves: a loss keeps its minus alone. Without it: USD +−874 million."""
    assert fmt.money(value, "USD", plus=True) == said


def test_who_belongs_to_no_state_is_told_where_it_loses_or_gains_most() -> None:
    """Proves: lines that belong to no state and gain more than any state, and traders who lose more, are named with the states;
    who gains or loses less than a state is not.
    Without it: where lines gained 46 billion, the largest gain that a reader was told of was that of a state, 0.145 billion.
    """
    case = _exporter(STOP)
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    groups = [
        {"id": key, "name": name, "kind": "group"}
        for key, name in (("L", "Large lines"), ("T", "Traders at sea"))
    ]
    tables["actors"] = pd.concat([tables["actors"], pd.DataFrame(groups)], ignore_index=True)
    study = Study(
        straits.stress(straits.Case.from_tables(tables, **case.settings.model_dump(mode="json")), [])
    )
    changes = {"AAA": -3.0, "BBB": 2.0, "L": 46_000.0, "T": -24_000.0, "(nobody) ship": 99_000.0}
    told = beyond_states(study, changes)
    assert (
        told
        == "of those who belong to no state, Traders at sea lose USD 24 billion and Large lines gain USD 46 billion"
    )
    assert beyond_states(study, changes | {"T": -2.0, "L": 1.0}) == ""
    assert beyond_states(study, changes | {"T": -2.0}, "[{}](#gains)").endswith(
        "state, Large lines gain [USD 46 billion](#gains)"
    )
