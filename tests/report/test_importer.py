"""A report about what a state brings in: its sentences, its section, and none of it for an exporter."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

import straits
from straits.case import Change
from straits.case.ownership import states_of
from straits.report import format as fmt
from straits.report.page import Shown, Table
from straits.report.sections.asked import attack
from straits.report.sections.asked.failures import _worst_territory, state_failures_table
from straits.report.sections.asked.single import Failures
from straits.report.sections.basemaps import Basemaps
from straits.report.sections.compared import bypass, gains, processes, routes, scenarios, storage
from straits.report.sections.compared.imports import PART, asked, imports_table
from straits.report.sections.support.openness import named_ranges
from straits.report.study import answers
from straits.report.study.content import Study
from straits.report.study.words import good_words
from straits.report.writing.headline import headline, plain
from straits.report.writing.html import cell, table_html
from straits.testing import build, link, market, places, supply
from straits.worst import worst


def study_of(name, scenarios):
    return Study(straits.stress(straits.load_case(name), scenarios))


def test_an_importer_is_told_what_it_goes_without():
    """Proves: the first sentences speak of what is used, lost, promised and worth, with the numbers of the table, and none of
    exports; the section shows the state alone, in all its goods.
    Without it: an importer would read that it exports 0 kt and loses none.
    """
    study = study_of("landlocked-importer", ["near-port-stops"])
    row = study.comparison.imports.set_index(["state", "commodity"]).loc[("UPL", "fuel")]
    told = [plain(text) for text in headline(study)]
    assert told[0].startswith(
        "In 2023 Upland uses 897 kt of fuel in the baseline and produces none; all of what enters comes by one link"
    )
    assert f"takes {row['lost']:.1f} kt of what Upland uses" in told[1]
    assert f"{row['unmet_more']:.1f} kt of it promised and not delivered" in told[1]
    assert not any("export" in text for text in told[:3])
    section = PART.section(study, Basemaps(study))
    assert section is not None
    shown = [
        block.table.frame for block in section.blocks if hasattr(block, "table") and hasattr(block, "columns")
    ]
    assert set(shown[0]["state"]) == {"Upland"}
    assert set(shown[0]["commodity"]) == {"Fuel", "Grain"}
    assert abs(shown[1].groupby("scenario")["share"].sum() - 1).max() < 1e-9


@pytest.mark.parametrize(
    ("unit", "said"), [("kt", "USD/t"), ("mcm", "USD/1000 m³"), ("GWh", "USD/MWh"), ("TEU", "USD/TEU")]
)
def test_a_price_is_told_in_the_unit_of_its_table(unit, said):
    """Proves: the headline says of a table's price, 805 a box, that it is 805 USD/TEU.
    Without it: a price of containers would be quoted a thousand times too high.
    """
    stop = {"asset": "way", "factor": 0.5, "start": "2022-01-01", "end": "2022-01-11"}
    rate, price = f"{unit}/d", said.replace("³", "3")
    good = {"commodity": "box", "cost_unit": price, "capacity_unit": rate}
    case = build(
        {
            "commodities": [{"id": "box", "name": "Boxes", "unit": unit}],
            "places": places("A", "B", B="BBB"),
            "links": [
                link("way", "A", "B", capacity=10, commodities="box", capacity_unit=rate, cost_unit=price)
            ],
            "supplies": [supply("works", "A", 20, **good, cost=100)],
            "markets": [
                market("buyers", "B", 800, commodity="box", demand=8, demand_unit=rate, price_unit=price)
            ],
        },
        scenarios=[{"id": "stop", "title": "Stop", "disruptions": [stop]}],
        focus={"actor": "BBB", "commodity": "box", "direction": "imports", "scenario": "stop"},
    )
    study = Study(straits.stress(case))
    told = " ".join(plain(text) for text in headline(study))
    assert study.comparison.imports["price"].tolist() == pytest.approx([800.0])
    assert f"one more unit is worth 800 {said} to it" in told
    assert imports_table(study).units["price"] == said
    assert study.comparison.told("stop")[0].endswith("what BBB uses of boxes is 3 " + unit + " less (37.5%).")


@pytest.mark.parametrize(
    ("at_home", "said"),
    [
        (0.0, "all of it from abroad; the 6 kt that it produces leave it"),
        (2.0, "produces 33 % of it at home"),
    ],
)
def test_who_sends_out_what_he_makes_does_not_use_it(at_home, said):
    """Proves: of an importer that also exports, boxes of its own that go abroad are not told as used at home, and no sentence or
    figure is about its exports; what it uses of its own is.
    Without it: Europe would make half of the containers that it receives, all of which it sends to Asia.
    """
    day, both = {"commodity": "box"}, {"capacity": 9, "commodities": "box"}
    half = {"asset": "out", "factor": 0.5, "start": "2022-01-01", "end": "2022-01-02"}
    markets = [
        market("here", "A", 500, demand=4, origins="BBB", **day),
        market("there", "B", 500, demand=6 - at_home, origins="AAA", **day),
    ]
    markets += [market("own", "A", 600, demand=at_home, origins="AAA", **day)] if at_home else []
    case = build(
        {
            "commodities": [{"id": "box", "name": "Boxes", "unit": "kt"}],
            "places": places("A", "B", B="BBB"),
            "links": [link("out", "A", "B", corridor="Strait", **both), link("in", "B", "A", **both)],
            "supplies": [supply("works", "A", 6, **day), supply("mills", "B", 4, **day)],
            "markets": markets,
        },
        scenarios=[{"id": "stop", "title": "Stop", "disruptions": [half]}],
        time={"start": "2022-01-01", "end": "2022-01-02", "step": "day", "boundary": "empty"},
        focus={"actor": "AAA", "commodity": "box", "direction": "imports", "scenario": "stop", "against": "BBB"},
    )  # fmt: skip
    study = Study(straits.stress(case))
    told = plain(headline(study)[0])
    assert told.startswith("In the time from 1 Jan 2022 to 1 Jan 2022 AAA uses")
    assert said in told
    bases = Basemaps(study)
    shown = [part.section(study, bases) for part in (scenarios.PART, routes.PART, bypass.PART)]
    assert not any(
        "exports of boxes" in str(block).lower() for section in shown if section for block in section.blocks
    )


def test_a_title_that_holds_the_id_of_another_scenario_stays_as_it_is():
    """Proves: "The same stop, announced, with a second tank farm" is told by its title, although a scenario is called announced.
    Without it: the title of one would stand within that of the other.
    """
    study = study_of("landlocked-importer", ["announced", "announced-with-tanks"])
    told = scenarios._by_title(study, study.comparison.told("announced-with-tanks")[0])
    assert told.startswith("“The same stop, announced, with a second tank farm” costs")
    assert told.split("beside ")[1].startswith("the baseline;")


def test_prices_of_several_goods_have_their_units_beside_them():
    """Proves: where a table holds goods of several units, each row says in what unit its price is, and shares are of what enters.
    Without it: a price of grain and one of gas would share a heading that fits neither.
    """
    study = study_of("landlocked-importer", ["near-port-stops"])
    mixed = study.comparison.imports.assign(unit=["TEU", *study.comparison.imports["unit"][1:]])
    study.comparison.__dict__["imports"] = mixed  # kept after it was first asked for
    table = imports_table(study)
    assert "price" not in table.units
    assert table.frame["price_unit"].tolist()[:2] == ["USD/TEU", "USD/t"]


def test_sections_without_anything_are_left_out_and_dates_have_no_hour():
    """Proves: a case without processes has no section on them; a day stands as a day.
    Without it: a report would show a heading over an empty table, and midnight beside each date.
    """
    study = study_of("landlocked-importer", ["near-port-stops"])
    section = processes.PART.section(study, Basemaps(study))
    assert section is not None
    assert not section.blocks
    assert cell(pd.Timestamp("2022-03-01")) == ("2022-03-01", False)
    assert cell(pd.Timestamp("2022-03-01 06:30")) == ("2022-03-01 06:30", False)


def test_what_has_no_end_is_told_by_its_column():
    """Proves: a recovery that has no end within the case is beyond the period, in page and PDF; a store that nothing fills is
    never full, however long the period: its days have no limit.
    Without it: a reader would take a store without inflow for one that fills next year.
    """
    table = Table("t", "T", pd.DataFrame({"days_to_recovery": [np.inf], "days_from_mean": [np.inf]}),
                  dict.fromkeys(("days_to_recovery", "days_from_mean"), "days"))  # fmt: skip
    page = table_html(Shown(table))
    assert "<td class=n>beyond the period<td class=n>unlimited" in page
    assert [cell(np.inf, "days", name)[0] for name in table.frame] == ["beyond the period", "unlimited"]


def test_the_worst_for_an_importer_is_told_in_money():
    """Proves: what an attacker can close is ranked by the value that all lose, as `worst` finds it, and told as money.
    Without it: a country that can buy elsewhere at any price would read that an attack takes next to nothing.
    """
    study = study_of("landlocked-importer", ["near-port-stops"])
    study = study.with_part(attack.find_attack(study))
    found = study.found(attack.Attack)
    straight = worst(study.case, attacker=found.attacker, window=found.window, objective="value", budget=1)
    assert found.curve["loss"].iloc[1] == pytest.approx(straight.curve["loss"].iloc[1])
    told = str(attack.show(study, Basemaps(study)).blocks[0])
    lost = fmt.money(found.curve["loss"].iloc[1], "USD")
    assert f"the {found.measure}, of all goods together, would fall by {lost}" in told
    assert "at any cost" not in told


def test_an_exporter_has_no_such_section():
    """Proves: the report about an exporter leaves the section out and says why.
    Without it: every report would have a table about who uses what.
    """
    study = study_of("two-routes", ["pipeline-stop"])
    assert not asked(study)
    section = PART.section(study, Basemaps(study))
    assert section is not None
    assert not section.blocks
    assert all(not len(table.frame) for table in PART.every_table(study))


def euro_gas():
    return study_of("euro-gas", ["russia-stops", "norway-outage"])


def test_a_report_on_an_alliance():
    """Proves: the first sentences say what the members lose together, and name no member among other states; stores are told by
    the days of use that they hold, not by how long they could take in what has no way out.
    Without it: a minister of the Union would read that the largest loss of another state is Germany's, and when its stores would
    run over.
    """
    study = euro_gas()
    told = " ".join(plain(text) for text in headline(study))
    assert "The members of the EU-27 together are" in told
    members = {row.name for row in study.case.rows("actors").values() if "EU" in row.member_of}
    others = re.findall(r"largest (?:loss|gain)[^()]* is [^()]*\(([^()]*)\)", told)
    assert others and not members & {*others}
    lost = study.comparison.states
    lost = lost[
        (lost["scenario"] == "russia-stops") & lost["state"].map(lambda s: s in states_of(study.case, "EU"))
    ]
    assert fmt.money(-float(lost["change"].sum()), "USD") in told
    opening = storage.PART.section(study, Basemaps(study)).blocks[0]
    assert "Days of its mean use of natural gas in the baseline that the stores of the EU-27 hold" in opening
    assert "would be full" not in opening
    assert "worse off, if each unit is taken as bought at what one more is worth" in told


def test_what_closes_is_not_said_to_close_nothing():
    """Proves: a fault that takes half of a producer's output is not said to close nothing that is used; what it is compared with
    is written as it is named; no amount stands as a power of ten.
    Without it: the report would deny what the scenario does wherever no market changes by a hundredth.
    """
    study = euro_gas()
    told = " ".join(str(block) for block in scenarios._scenario(study, Basemaps(study), "norway-outage"))
    assert "All markets together buy as much, within 1 %, as in the run compared with: the baseline." in told
    assert "closes nothing" not in told
    assert not any(re.search(r"\de\+\d", text) for text in study.comparison.sentences)


@pytest.fixture(scope="module")
def untracked():
    """A state that uses 8 kt/d of a good whose origin nobody tracks, and half of which stops for ten days."""
    stop = {"asset": "way", "factor": 0.5, "start": "2022-01-01", "end": "2022-01-11"}
    case = build(
        {
            "actors": [{"id": "AAA", "name": "Alpha", "kind": "state"}, {"id": "BBB", "name": "Beta Republic", "kind": "state"}],
            "commodities": [{"id": "gas", "name": "Russian gas", "unit": "GWh", "tracked": False}],
            "places": places("A", "B", A="AAA", B="BBB"),
            "links": [link("way", "A", "B", capacity=10, commodities="gas", capacity_unit="GWh/d", cost_unit="USD/MWh")],
            "supplies": [supply("works", "A", 20, commodity="gas", capacity_unit="GWh/d", cost_unit="USD/MWh")],
            "markets": [market("buyers", "B", 800, commodity="gas", demand=8, demand_unit="GWh/d", price_unit="USD/MWh")],
        },
        scenarios=[{"id": "stop", "title": "Stop", "disruptions": [stop]}],
        focus={"actor": "BBB", "commodity": "gas", "direction": "imports", "scenario": "stop"},
    )  # fmt: skip
    return Study(straits.stress(case))


def test_the_range_of_what_an_importer_lacks_stands_on_the_first_screen(untracked, monkeypatch):
    """Proves: what the draws say of the answer is told beside it. Without it: 459 TWh were told without the range that the
    tables had."""
    monkeypatch.setattr(answers, "drawn_range", lambda study, answer=None: (1200.0, 2500.0))
    assert "(1.2 to 2.5 TWh in nine of ten draws of all uncertain numbers)" in plain(headline(untracked)[1])


def test_of_a_good_without_origins_no_exporter_and_no_transit_is_told(untracked):
    """Proves: where origins are not told apart, nothing is said of whose exports are open, nor of cargo of others in transit; the
    good keeps the capital of its adjective. Without it: "from any", and Norway's own gas as transit through Norway.
    """
    found = pd.DataFrame(
        [{"measure": measure, "unit": "GWh", "amount": 1.0, "least": 0.0, "most": 1.0, "open": True, "scenario": "baseline"}
         for measure in ("exports:gas:any", "corridor:By sea:gas:any")]
    )  # fmt: skip
    names = named_ranges(replace(untracked, ranges=found))["name"].tolist()
    assert names == ["By sea: Russian gas"]
    assert untracked.name("actors", "any") == "any origin"
    losses = pd.DataFrame(
        [
            {
                "state": "AAA",
                "all_exports_lost": 5.0,
                "all_value_lost": 2.0,
                "transit_exports_lost": 5.0,
                "transit_value_lost": 2.0,
            }
        ]
    )
    told = untracked.with_part(Failures(pd.DataFrame(), losses, (date(2022, 1, 1), date(2022, 1, 2)), 1.0))
    assert "transit" not in " ".join(state_failures_table(told).frame.columns)
    assert "only cargo of others" not in _worst_territory(told)
    assert good_words(untracked) == "Russian gas"
    assert "Russian gas" in plain(headline(untracked)[0])


def test_to_whom_goes_what_a_full_road_is_worth_is_told():
    """Proves: roads at a tariff earn it alone, and the section says who has the rest, by name and amount, and how the case says
    otherwise; where their owners keep it, nothing is told of shippers.
    Without it: "World traders gain USD 92.3 million" by a stop of Upland's port, and nobody could say why.
    """
    study = study_of("landlocked-importer", ["near-port-stops"])
    found = study.comparison.actors
    moved = found[found["item"] == "scarcity to shippers"]["change"].sum()
    told = gains._opening(study)
    assert (
        f"who owns the supply that the cargo comes from, wherever he is (World traders {fmt.money(moved, 'USD', plus=True)})"
        in told
    )
    assert "`scarcity_rule` or `rights` say so" in told
    kept = [
        Change(table="links", row=road, column="scarcity_rule", value="scarcity")
        for road in ("road-near", "road-far")
    ]
    owned = Study(straits.stress(study.case.with_changes(kept), ["near-port-stops"]))
    assert "at a tariff" not in gains._opening(owned) and "USD 104 million" in gains._opening(owned)


def test_two_territories_that_take_as_much_are_both_named(untracked):
    """Proves: where another state's territory takes as much as the first, it is named too, and one that takes less is not.
    Without it: of two states that each hold the only pipe the first of the table alone would be called the worst."""
    losses = pd.DataFrame({"state": ["AAA", "CCC", "DDD"], "all_exports_lost": [5.0, 5.0, 4.0]})
    found = Failures(pd.DataFrame(), losses, (date(2022, 1, 1), date(2022, 1, 2)), 1.0)
    told = _worst_territory(untracked.with_part(found))
    assert "Alpha takes most" in told and ", as much as CCC: " in told and "DDD" not in told


def test_more_promised_in_vain_than_is_used_less():
    """Proves: 10 kt that are promised for two days are not delivered; 46 kt of the usual 50 must be taken or paid for, so that
    works which pay less than it costs use 6 on the days that follow, and 4 are used less over the period: the 10 are not said
    to be of these 4.
    Without it: a report would say that of 55 mcm which are used less 81 were promised.
    """
    stop = {"asset": "way", "factor": 0, "start": "2022-01-02", "end": "2022-01-04"}
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("way", "A", "B", capacity=7)],
            "supplies": [supply("field", "A", 7, cost=20)],
            "markets": [
                market("homes", "B", 100, demand=5, demand_kind="fixed", unmet_price=300),
                market("works", "B", 10, demand=1),
            ],
            "contracts": [
                {"id": "take", "name": "Take or pay", "kind": "least", "asset": "way", "amount": 4.6, "amount_unit": "kt/d",
                 "penalty": 50, "penalty_unit": "USD/t"}
            ],
        },
        time={"start": "2022-01-01", "end": "2022-01-11", "step": "day", "boundary": "empty"},
        scenarios=[{"id": "stop", "title": "Stop", "disruptions": [stop]}],
        focus={"actor": "BBB", "commodity": "oil", "direction": "imports", "scenario": "stop"},
    )  # fmt: skip
    study = Study(straits.stress(case, refine=False))
    told = plain(headline(study)[1])
    assert told.startswith("“Stop” takes 4 kt of what BBB uses")
    assert (
        "; 10 kt is promised and not delivered, while more is used at other times or for other ends" in told
    )
    assert "of it promised" not in told
