"""The sections on failures, the worst attack and power say what the analyses found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import numpy as np
import pandas as pd
import pytest

import straits
from straits.case import Case
from straits.case.schema.settings import Disruption, Scenario
from straits.report import Study, format, report_html
from straits.report.gather import ask_all as find_all
from straits.report.page import Shown
from straits.report.sections.asked import attack as attack_part
from straits.report.sections.asked import powertables as power_tables
from straits.report.sections.asked.attack import Attack, find_attack
from straits.report.sections.asked.attack import show as attack_section
from straits.report.sections.asked.failures import storage_share
from straits.report.sections.asked.players import Power
from straits.report.sections.asked.single import Failures
from straits.report.sections.basemaps import Basemaps
from straits.report.study.words import window_of
from straits.report.table import Table
from straits.report.writing.html import table_html
from straits.stress import Comparison, stress
from straits.stress.tables.measures import exports


def refocused(case: Case, **focus: object) -> Case:
    settings = case.settings.model_dump()
    settings["focus"] |= focus
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    return Case.from_tables(tables, scenarios=list(case.scenarios.values()), **settings)


def with_idle(case: Case, **focus: object) -> Case:
    """Add a state that nothing belongs to and that controls nothing, and let the focus look at what it could do."""
    idle = pd.DataFrame([{"id": "IDL", "name": "Idle", "kind": "state"}])
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["actors"] = pd.concat([tables["actors"], idle], ignore_index=True)
    settings = case.settings.model_dump()
    settings["focus"] |= {"against": "IDL", **focus}
    return Case.from_tables(tables, scenarios=list(case.scenarios.values()), **settings)


def section(page: str, ident: str) -> str:
    """Return the text of a section, without its drawings' marks."""
    found = re.search(rf'<section id="{ident}">(.*?)</section>', page, re.S)
    return unescape(re.sub(r"<[^>]+>", " ", found[1])).replace("\u00a0", " ") if found else ""


def sold(solution: straits.Solution) -> float:
    table = exports(solution)
    return float(table.loc[(table["commodity"] == "crude") & (table["origin"] == "LND"), "amount"].sum())


# ---------------------------------------------------------------------- failures


@pytest.fixture(scope="module")
def untied(teaching: Case) -> Study:
    """The teaching case without a store and with tariffs as transfers: what is sold when is then no matter of taste."""
    tables_ = {
        name: frame
        for name, frame in teaching.tables.items()
        if len(frame) and name not in ("stores", "claims")
    }
    controls = tables_["controls"]
    tables_["controls"] = controls[controls["asset"] != "farm"]
    settings = teaching.settings.model_dump() | {"tariffs": "internal"}
    settings["focus"] |= {"against": None, "players": ()}
    case = Case.from_tables(tables_, scenarios=list(teaching.scenarios.values()), **settings)
    return find_all(Study(stress(case)))


def closed_alone(study: Study, asset: str, foresight: str = "surprise") -> straits.Solution:
    """Solve the closure of an asset over the window of the failures as a scenario by itself."""
    first, last = window_of(study)
    stop = Disruption(asset=asset, factor=0, start=first, end=last)
    return straits.solve(study.case, Scenario(id="x", title="X", disruptions=(stop,)), foresight=foresight)


def test_failures_are_what_closing_each_link_takes(untied: Study) -> None:
    """Proves: exports and value lost equal those of the same closure solved as a scenario by itself, a surprise, the greatest
    first; value lost if known is that of it with foresight. Without it: the ranking could be of another window, cargo or case."""
    assert untied.part(Failures) is not None
    table = untied.found(Failures).links
    assert set(table["asset"]) == {"pipe", "pipe-sea", "rail", "load"}
    assert table["exports_lost"].is_monotonic_decreasing
    for asset, lost, value in zip(table["asset"], table["exports_lost"], table["value_lost"], strict=True):
        alone = closed_alone(untied, asset)
        assert lost == pytest.approx(sold(untied.baseline) - sold(alone), abs=1e-6)
        assert value == pytest.approx(untied.baseline.objective - alone.objective, abs=1e-6)
        known = table.set_index("asset").loc[asset, "value_lost_if_known"]
        expected = closed_alone(untied, asset, "perfect")
        assert known == pytest.approx(untied.baseline.objective - expected.objective, abs=1e-6)
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1.0)
    states = untied.found(Failures).states.set_index("state")
    lost = sold(untied.baseline) - sold(closed_alone(untied, "transit:NBR"))
    assert states.loc["NBR", "transit_exports_lost"] == pytest.approx(lost, abs=1e-6)
    assert lost > 0


def test_value_lost_is_for_lack_of_storage_or_of_route(study: Study) -> None:
    """Proves: the two causes add up to the loss, and neither is negative: storage without limit never costs."""
    assert study.part(Failures) is not None
    table = study.found(Failures).links
    parts = table["lack_of_storage"] + table["lack_of_route"]
    assert parts.to_numpy() == pytest.approx(table["value_lost"].to_numpy())
    assert (table[["lack_of_storage", "lack_of_route"]] >= 0).all(axis=None)
    assert table["value_lost"].iloc[0] > 0


def test_the_window_is_of_whole_steps(study: Study) -> None:
    """Proves: the window begins at the step nearest to the first disruption and has the whole steps nearest to 30 days; without
    a disruption it lies in the middle. Without it: a link without a limit cannot be closed for part of a week."""
    edges = [date(2022, 1, 1) + pd.Timedelta(days=float(edge)) for edge in study.edges]
    # 6 July is nearer to the step that begins on 9 July; four weeks are nearer to 30 days than five.
    assert window_of(study) == (date(2022, 7, 9), date(2022, 8, 6))
    assert set(window_of(study)) <= {edge if isinstance(edge, date) else edge.date() for edge in edges}
    quiet = Study(Comparison(study.case, study.baseline, {}))
    first, last = window_of(quiet)
    assert (last - first).days == 28
    assert abs((first - date(2022, 1, 1)).days + 15 - 182.5) <= 3.5


def test_the_section_tells_the_worst_failure(study: Study) -> None:
    """Proves: text, ranking and table of territories hold the numbers of the analysis."""
    assert study.part(Failures) is not None
    text = section(report_html(study), "failures")
    worst = study.found(Failures).links.iloc[0]
    assert f"The failure of {study.asset_name(worst['asset'])} takes most" in text
    assert "lack of storage:" not in text  # all of it is for lack of a route here
    assert "Whole territories as one failure, for 28 days from 9 Jul 2022" in text
    states = study.found(Failures).states.set_index("state")
    whole, through = (
        format.amount(states.loc["NBR", f"{scope}_exports_lost"], "kt") for scope in ("all", "transit")
    )
    assert f"{whole} if all on its territory stops for those days, {through} if only cargo" in text


def test_lack_of_storage_names_the_stores(study: Study) -> None:
    """Proves: the share of the value lost for lack of storage is told with the stores that are thought without limit. Without
    it: a reader would not know that tanks which nobody has built yet count."""
    assert study.part(Failures) is not None
    table = study.found(Failures).links.copy()
    table.loc[0, "lack_of_storage"] = 0.25 * table.loc[0, "value_lost"]
    text = section(report_html(study.with_part(replace(study.part(Failures), links=table))), "failures")
    assert (
        "25 % of that value is lost for lack of storage: it would be kept if no store had a limit (Port tank farm)"
        in text
    )
    assert np.isnan(storage_share(10.0, 11.0)) and np.isnan(storage_share(np.inf, 1.0))


def test_a_promise_that_cannot_be_kept_has_no_limit(study: Study) -> None:
    """Proves: a failure that leaves the case infeasible is named as such and does not lead the ranking with a blank."""
    assert study.part(Failures) is not None
    table = study.found(Failures).links.copy()
    broken = table["asset"] == "rail"
    table.loc[broken, ["exports_lost", "value_lost"]] = [np.nan, np.inf]
    table.loc[broken, "possible"] = False
    table = pd.concat([table[~broken], table[broken]], ignore_index=True)
    text = section(report_html(study.with_part(replace(study.part(Failures), links=table))), "failures")
    assert "so their loss has no limit: Railway to the port." in text


# ---------------------------------------------------------------------- the worst attack


def one_asset(teaching: Case) -> dict[str, pd.DataFrame]:
    """Tables in which the tankers are the landlocked state's own: the neighbour may close the pipeline and nothing else."""
    tables_ = {name: frame.copy() for name, frame in teaching.tables.items() if len(frame)}
    tables_["links"].loc[tables_["links"]["id"] == "pipe-sea", "territory"] = "LND"
    tables_["controls"].loc[tables_["controls"]["asset"] == "pipe-sea", "actor"] = "oilco"
    return tables_


def test_one_asset_made_safe_ends_the_attack(teaching: Case) -> None:
    """Proves: the neighbour may close the pipeline alone, what that takes is the most that could be exported with and without
    it, and making it safe leaves nothing to lose. Without it: the curve could be of another attacker."""
    case = Case.from_tables(one_asset(teaching), **teaching.settings.model_dump())
    study = Study(Comparison(case, straits.solve(case), {}))
    study = study.with_part(find_attack(study))
    found = study.found(Attack)
    assert found.assets == ["pipe"]
    assert list(found.curve["budget"]) == [0, 1]
    assert found.curve["proved"].all()
    row = found.protected.iloc[0]
    assert (row["protected"], row["attack"], row["loss"]) == ("pipe", "", pytest.approx(0.0, abs=1e-6))
    frame = attack_part.attacks_table(study).frame
    assert frame.loc[0, "closed"] == frame.loc[0, "made_safe"] == "Pipeline through Neighbour"
    assert frame.loc[0, "lost"] == found.curve["loss"].iloc[1] > 0
    text = section(report_html(study), "worst")
    whole, lost = (
        format.amount(value, found.unit) for value in (found.whole, float(found.curve["loss"].iloc[1]))
    )
    assert (
        "the worst choice would be Pipeline through Neighbour: the most that Landlocked could export" in text
    )
    assert f"{whole}, would fall by {lost}." in text
    assert list(attack_part.closable(study).frame["right"]) == ["regulator, territory"]
    assert "If Pipeline through Neighbour could not be closed" in text


def test_who_controls_nothing_has_a_sentence(teaching: Case) -> None:
    """Proves: an attacker without any control gives the reason in place of a drawing, and the rest of the report is there."""
    case = with_idle(teaching, players=())
    study = find_all(Study(Comparison(case, straits.solve(case), {})))
    assert study.part(Attack) is None and study.part(Power) is None
    page = report_html(study)
    assert "IDL controls nothing" in section(page, "worst")
    assert (
        "<svg"
        not in page[page.index('<section id="worst">') : page.index('<section id="method">')].split(
            "</section>"
        )[0]
    )
    assert 'id="power"' not in page


def test_without_state_or_players_there_is_no_section(teaching: Case, study: Study) -> None:
    """Proves: a focus that names neither asks neither; and without a focus nothing is asked. Without it: a newcomer waits."""
    plain = find_all(Study(Comparison(refocused(teaching, against=None, players=()), study.baseline, {})))
    assert (
        plain.part(Failures) is not None
        and plain.part(Attack) is None
        and plain.part(Power) is None
        and not plain.lacking
    )
    page = report_html(plain)
    assert 'id="failures"' in page and 'id="worst"' not in page and 'id="power"' not in page
    settings = teaching.settings.model_dump() | {"focus": None}
    bare = Case.from_tables({n: f for n, f in teaching.tables.items() if len(f)}, **settings)
    alone = Study(Comparison(bare, study.baseline, {}))
    assert find_all(alone) is alone


def test_what_is_not_proved_says_so(study: Study) -> None:
    """Proves: a bound above the loss is told as such, in the drawing and not only in the table."""
    assert study.part(Attack) is not None
    curve = study.found(Attack).curve.assign(proved=False)
    curve["largest_loss"] = curve["loss"] + 500.0
    told = attack_section(study.with_part(replace(study.part(Attack), curve=curve)), Basemaps(study))
    drawing = told.blocks[1].svg  # type: ignore[union-attr]
    assert "not proved: at most" in drawing and ", proved" not in drawing


def test_more_closures_are_said_to_take_no_more_only_where_it_is_proved(study: Study) -> None:
    """Proves: where the largest budget takes what one closure takes, that is said if it is proved, and what is not known if not.
    Without it: a search that was stopped would be quoted as a proof that one closure is as bad as three.
    """
    assert study.part(Attack) is not None
    curve = study.found(Attack).curve
    two = pd.concat([curve, curve.tail(1)], ignore_index=True)
    two["budget"] = range(len(two))
    for most, proved, said in (
        (0.0, True, "closures would take no more"),
        (500.0, False, "not proved to be the worst; at most"),
    ):
        two.loc[two.index[-1], "largest_loss"] = two["loss"].iloc[-1] + most
        two.loc[two.index[-1], "proved"] = proved
        found = replace(study.part(Attack), curve=two)
        told = str(attack_section(study.with_part(found), Basemaps(study)).blocks[0])
        assert said in told and ("take no more" in told) is proved


def test_one_closure_that_takes_less_than_a_failure_says_why(study: Study) -> None:
    """Proves: where an asset that may be closed takes more among the single failures, a sentence says what is counted otherwise;
    where it does not, there is none. Without it: two numbers for one closure would stand on one page without a word.
    """
    found, failures = study.found(Attack), study.part(Failures)
    assert failures is not None and not found.in_money
    loss = float(found.curve["loss"].iloc[1])
    for share, told in ((0.5, True), (1.0, False)):
        links = failures.links.assign(asset=found.assets[0], exports_lost=loss / share)
        beside = study.with_part(replace(failures, links=links))
        first = str(attack_section(beside, Basemaps(study)).blocks[0])
        assert ("Single failures above take more" in first) is told


def test_an_attack_that_takes_nothing_has_no_drawing(study: Study) -> None:
    """Proves: closures without effect give one sentence."""
    assert study.part(Attack) is not None
    idle = replace(study.part(Attack), curve=study.found(Attack).curve.assign(loss=0.0, largest_loss=0.0))
    blocks = attack_section(study.with_part(idle), Basemaps(study)).blocks
    assert len(blocks) == 1 and "none of them takes anything" in str(blocks[0])


def test_an_attack_with_more_assets_ties_and_a_safe_one(teaching: Case) -> None:
    """Proves: with a second asset for the attacker, budgets grow to both; once one is safe the worst is the other alone."""
    tables_ = one_asset(teaching)
    extra = {"id": "c9", "asset": "rail", "actor": "NBR", "role": "regulator", "confidence": "low"}
    tables_["controls"] = pd.concat([tables_["controls"], pd.DataFrame([extra])], ignore_index=True)
    case = Case.from_tables(tables_, **teaching.settings.model_dump())
    study = Study(Comparison(case, straits.solve(case), {}))
    found = find_attack(study)
    assert isinstance(found, Attack)
    loss = found.curve.set_index("budget")["loss"]
    assert list(loss.index) == [0, 1, 2]
    assert loss[2] > loss[1] > 0
    one = found.protected.set_index("budget")
    assert 0 < one.loc[2, "loss"] == pytest.approx(one.loc[1, "loss"])
    assert one.loc[2, "attack"] != one.loc[2, "protected"]


# ---------------------------------------------------------------------- power


def test_power_is_told_by_name_and_adds_up(study: Study) -> None:
    """Proves: players stand with their names, shares add up to what all reach, and the matrix prints its numbers."""
    assert study.part(Power) is not None
    shares = study.found(Power).shares
    assert set(shares["player"]) == {"Landlocked", "Neighbour", "Landlocked Oil"}
    assert set(shares["network"]) == {"As it is", "With options"}
    assert shares.groupby("network")["share"].sum().tolist() == pytest.approx([1.0, 1.0])
    page = report_html(study)
    text = section(page, "power")
    assert "Row withholds, column loses: million USD" in text
    largest = study.found(Power).leverage.matrix().max().max()
    assert f" {largest:,.0f} " in re.sub(r"\s+", " ", text)
    assert "What Landlocked loses when each withholds" in text
    assert "it is largest when" in text


def test_what_the_focus_loses_is_of_its_good(study: Study) -> None:
    """Proves: the exports in the small table are those of the leverage analysis, for the focus good and actor only."""
    assert study.part(Power) is not None
    table = power_tables.leverage_on_focus(study).frame.set_index("withholds")
    assert set(table.index) == {"Neighbour", "Landlocked Oil"}
    rows = study.found(Power).leverage.exports
    row = rows[
        (rows["actor"] == "Neighbour") & (rows["target"] == "Landlocked") & (rows["commodity"] == "crude")
    ]
    assert table.loc["Neighbour", "exports_lost"] == pytest.approx(row["amount_lost"].sum())
    assert table.loc["Neighbour", "exports_lost"] > 0


def test_what_the_section_says_rests_on_the_analyses(study: Study) -> None:
    """Proves: the assets that take most alone, the option that helps most, and the crossing of Neighbour are told with the
    numbers of the analyses. Without it: text and tables could part."""
    assert (
        study.part(Power) is not None
        and study.found(Power).each is not None
        and study.found(Power).balance is not None
    )
    text = re.sub(r"\s+", " ", section(report_html(study), "power"))
    # Its shares are not those that the headline tells, which shippers choose.
    assert "what costs all together least, with tariffs as transfers" in text
    held = study.found(Power).leverage
    top = held.table.sort_values("loss").iloc[-1]
    alone = float(held.rests_on(top["actor"], top["target"])["loss_alone"].max())
    assert alone > 0 and f"({format.money(alone, 'USD')})" in text
    assert (
        "No option by itself lowers what Landlocked loses" in text
    )  # its oil company, which loses, plays for itself
    each = pd.DataFrame(
        {"actor": ["Neighbour"], "target": ["Landlocked"], "as_it_is": [200.0], "berth": [150.0]}
    )
    other = section(report_html(study.with_part(replace(study.part(Power), each=each))), "power")
    assert "from USD 200 million to USD 150 million, by 25" in re.sub(r"\s+", " ", other)
    assert "the index by" in text and "The figure shows every way of counting" in text
    frame = power_tables.options_on_focus(study).frame
    assert frame["network"].tolist() == ["as it is", "Second berth at the port"]


def test_a_range_is_told_where_it_is_wide() -> None:
    """Proves: a hundredth is no range. Without it: rounding of the solver would look like doubt."""
    assert format.between(100.0, 100.9) == ""
    assert format.between(88.2, 210.4) == "88 to 210"


def test_one_lacking_part_does_not_cost_the_report(teaching: Case, study: Study) -> None:
    """Proves: a question that cannot be answered leaves its reason; the others are answered."""
    lonely = with_idle(teaching, players=("LND", "buyers"))
    found = find_all(Study(Comparison(lonely, study.baseline, {})))
    assert found.part(Failures) is not None
    assert "attack" in found.lacking and found.part(Attack) is None
    assert "could not be worked out" in section(report_html(found), "worst")


# ---------------------------------------------------------------------- what was mended beside


def test_columns_that_say_one_thing_are_said_once() -> None:
    """Proves: a constant column of words leaves a longer table and is told below it; numbers, and short tables, stay whole."""
    frame = pd.DataFrame({"unit": ["kt"] * 4, "name": list("abcd"), "value": [1.0] * 4})
    html = table_html(Shown(Table("t", "T", frame)))
    assert "In every row: unit kt." in html
    assert html.count("<th ") == 2 and html.count("kt") == 1
    assert table_html(Shown(Table("t", "T", frame.head(3)))).count("<th ") == 3


def test_stores_of_the_focus_come_first(teaching: Case) -> None:
    """Proves: a store of the leading good is drawn before one of another good that changes more, and alone has days told."""
    caspian = straits.load_case("caspian")
    study = Study(stress(caspian, ["russia-transit-30"]))
    text = section(report_html(study), "storage")
    assert text.index("CPC tank farm") < text.index("Container yard")
    days = text[text.index("Days that stores can take in") :]
    assert "CPC tank farm" in days and "Container yard" not in days
