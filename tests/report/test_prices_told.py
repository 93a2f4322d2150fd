"""What a report says of prices that answer, and of what all together lose."""

from __future__ import annotations

import math

import pytest

from small import build, days, link, market, places, supply
from straits.report import Study
from straits.report import format as fmt
from straits.report.gather import ask_all
from straits.report.sections.compared import gains, prices
from straits.stress import over_elasticity, stress


@pytest.fixture(scope="module")
def study() -> Study:
    """A stop of two days by BBB, which carries most of what AAA sells and sells to the same world itself."""
    stop = {"id": "stop", "title": "The pipe is shut",
            "disruptions": [{"asset": "pipe", "factor": 0, "start": "2022-01-04", "end": "2022-01-06"}]}  # fmt: skip
    case = build(
        {
            "places": places("A", "B"),
            "links": [
                link("pipe", "A", "B", capacity=20, tariff=5, tariff_to="BBB"),
                link("rail", "A", "B", capacity=4.5, cost=50),
            ],
            "supplies": [supply("field", "A", 24.5, cost=10)],
            "markets": [market("sea", "B", 100, world="oil", buyer="CCC")],
            "world_markets": [{"id": "oil", "name": "Oil at sea", "commodity": "oil", "volume": 980, "volume_unit": "kt/d",
                               "price": 100, "price_unit": "USD/t", "sold": 24.5, "sold_unit": "kt/d"}],
            "price_responses": [{"id": "answer", "world": "oil", "horizon": "months", "elasticity": -0.25,
                                 "elasticity_low": -0.5, "elasticity_high": -0.1}],
            "exposures": [{"id": "seller", "actor": "BBB", "world": "oil", "net_exports": 100, "net_exports_unit": "kt/d"}],
        },
        time=days(10), scenarios=[stop],
        focus={"actor": "AAA", "commodity": "oil", "against": "BBB", "scenario": "stop"},
    )  # fmt: skip
    return Study(stress(case))


def test_what_carrying_out_costs_is_told_as_a_range(study: Study) -> None:
    """Proves: the section gives the rise of the price and what the stop brings who makes it, within and beyond the network and
    both together, each from least to most over the elasticity, as the analysis has them; it says that this is no motive.
    Without it: one number of a wide range would be quoted.
    """
    asked = ask_all(study)
    table = over_elasticity(study.case, "stop")
    mine = table[table["actor"] == "BBB"]
    text = prices._opening(asked)
    low, high = mine["rise"].min(), mine["rise"].max()
    assert f"{fmt.percent(low)} to {fmt.percent(high)} higher" in text
    least, most = (fmt.money(x, "USD") for x in (mine["together"].min(), mine["together"].max()))
    assert f"both together, it gains {least} to {most}" in text
    assert "within the network it loses" in text and "no motive" in text
    numbers = prices._numbers(asked)["cost_of_carrying_out_million"]
    assert numbers["actor"] == "BBB" and numbers["within"] == pytest.approx([-0.2, -0.2])
    assert numbers["together"] == pytest.approx([mine["together"].min(), mine["together"].max()])
    section = prices.PART.section(asked, None)  # type: ignore[arg-type]
    assert section is not None and len(section.blocks) == 3
    assert "in no account" in prices.exposed_table(asked).note


def test_a_price_that_does_not_rise_is_told_as_that(study: Study) -> None:
    """Proves: a closure after which as much comes to market is not said to leave cargo missing.
    Without it: of a stop of gas a report would say that wheat is missing in the world, and dearer by 0 % to 0 %.
    """
    idle = {"id": "idle", "title": "Half of what is not used",
            "disruptions": [{"asset": "rail", "factor": 0.99, "start": "2022-01-04", "end": "2022-01-06"}]}  # fmt: skip
    tables = {name: frame.to_dict("records") for name, frame in study.case.tables.items() if len(frame)}
    tables["supplies"][0]["capacity"] = 10
    tables["world_markets"][0]["sold"] = 10
    case = build(
        tables,
        time=days(10),
        scenarios=[idle],
        focus=study.case.settings.focus.model_dump() | {"scenario": "idle"},
    )
    text = prices._opening(ask_all(Study(stress(case))))
    assert "nothing is missing in the world, so that the price of “Oil at sea” does not rise. What" in text
    assert " 0 %" not in text


def test_a_case_without_a_world_has_no_such_section(study: Study) -> None:
    """Proves: without exposures nothing is asked, no section is shown, and no table has rows.
    Without it: every report would have an empty page.
    """
    assert not prices._wanted(Study(stress(study.case, []))) or study.main is None
    assert prices._opening(study) == "" and prices._numbers(study) == {}
    assert not len(prices.exposed_table(study).frame)


def test_what_all_lose_has_its_parts(study: Study) -> None:
    """Proves: the opening of gains says by what all are worse off and by what better, and the parts add up to the sum.
    Without it: a loss of more a tonne than the price would have no reason.
    """
    text = gains._opening(study)
    parts = study.comparison.value_parts.set_index("part")["change"]
    assert f"worse: worth to buyers {fmt.money(-float(parts['worth to buyers']), 'USD')}" in text
    assert f"better: production {fmt.money(float(parts['production']), 'USD')}" in text
    assert math.isclose(parts.sum(), study.comparison.states["change"].sum(), rel_tol=1e-6)
