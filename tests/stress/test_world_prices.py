"""What a stop does to a world price, and what that brings who is beyond the network, worked out by hand."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, places, supply
from straits.errors import ModelError
from straits.stress.elasticity import over_elasticity
from straits.stress.tables.measures import value_parts
from straits.testing import random_case

WORLD = {
    "world_markets": [{"id": "oil", "name": "oil", "commodity": "oil", "volume": 980, "volume_unit": "kt/d", "price": 100,
                       "price_unit": "USD/t", "sold": 24.5, "sold_unit": "kt/d"}],
    "price_responses": [{"id": "answer", "world": "oil", "horizon": "months", "elasticity": -0.25, "elasticity_low": -0.5,
                         "elasticity_high": -0.1}],
    "exposures": [
        {"id": "seller", "actor": "BBB", "world": "oil", "net_exports": 100, "net_exports_unit": "kt/d",
         "net_exports_low": 90, "net_exports_high": 110},
        {"id": "buyer", "actor": "CCC", "world": "oil", "net_exports": -300, "net_exports_unit": "kt/d"},
    ],
}  # fmt: skip
#: For two of ten days the pipe of BBB, which earns 5 USD/t, is shut: 20 of the 24.5 kt/d are missing.
STOP = {
    "id": "stop",
    "title": "stop",
    "disruptions": [{"asset": "pipe", "factor": 0, "start": "2022-01-04", "end": "2022-01-06"}],
}


def case_of(scenarios=(STOP,), **tables):
    found = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=20, tariff=5, tariff_to="BBB"), link("rail", "A", "B", capacity=4.5, cost=50)],
        "supplies": [supply("field", "A", 24.5, cost=10)],
        "markets": [market("sea", "B", 100, world="oil")],
    } | WORLD  # fmt: skip
    return build({k: v for k, v in (found | tables).items() if v}, time=days(10), scenarios=list(scenarios))


def test_missing_barrels_raise_the_price_for_those_beyond():
    """Proves: 20 of 980 kt/d missing for two days, with an elasticity of -0.25, raise the price by 8.16 per cent on these
    days. An exporter of 100 kt/d beyond gains 1.63 million, an importer of 300 pays three times that; at the ends of elasticity
    and of net exports between half times 0.9 and 2.5 times 1.1 of it. None of it stands in an account.
    Without it: a sender's leverage through the price would be nothing, or would be counted as value of the network.
    """
    found = straits.stress(case_of(), ["stop"])
    rise = 100 * 20 / 980 / 0.25
    prices = found.world_prices
    assert prices["change"].round(6).tolist() == [0] * 3 + [round(rise, 6)] * 2 + [0] * 5
    assert prices["missing"].max() == pytest.approx(20 / 980)
    table = found.exposures.set_index("actor")
    gain = rise * 100 * 2 / 1000
    assert table["change"].to_dict() == pytest.approx({"BBB": gain, "CCC": -3 * gain})
    assert table["change_low"].to_dict() == pytest.approx({"BBB": 0.9 * gain / 2, "CCC": -3 * 2.5 * gain})
    assert table["change_high"].to_dict() == pytest.approx({"BBB": 1.1 * gain * 2.5, "CCC": -3 * gain / 2})
    assert table.loc["BBB", "net_exports"] == pytest.approx(1000)
    total = found.actors["change"].sum()
    assert total == pytest.approx(found.solutions["stop"].objective - found.baseline.objective)
    assert found.states.set_index("state")["change"]["BBB"] == pytest.approx(-0.2)


def test_what_carrying_out_costs_who_does_it_is_a_range_over_the_elasticity():
    """Proves: BBB loses 0.2 million of tariff and gains 1.63 beyond, together 1.43; with the price answering least 0.62, most
    3.88. Each end is solved anew and the loss within does not hang on it, because a tariff is a tariff.
    Without it: the sign of what a threat costs would be told from the network alone.
    """
    table = over_elasticity(case_of(), "stop")
    mine = table[table["actor"] == "BBB"].set_index("setting")
    gain = 100 * 20 / 980 / 0.25 * 100 * 2 / 1000
    assert mine["within"].tolist() == pytest.approx([-0.2] * 3)
    assert mine["together"].to_dict() == pytest.approx(
        {"as given": gain - 0.2, "answers least": gain / 2 - 0.2, "answers most": 2.5 * gain - 0.2}
    )
    assert mine.loc["as given", "rise"] == pytest.approx(20 / 980 / 0.25)
    ends = mine.loc["as given", ["outside_low", "outside_high"]]
    assert ends.tolist() == pytest.approx([0.9 * gain, 1.1 * gain])
    with pytest.raises(ModelError, match="name a scenario"):
        over_elasticity(case_of(), "baseline")
    with pytest.raises(ModelError, match="no world market"):
        over_elasticity(case_of(exposures=None), "stop")


def test_a_scenario_that_sets_how_prices_answer_is_valued_by_one_curve():
    """Proves: a stop of two days asked about over days, with an elasticity of -0.5, raises the price by half of what it does over
    months. The case is compared with itself at the same elasticity: the 40 kt that are missing are worth the same area under a
    straight curve that falls half as steeply, and the world beyond gains nothing by the change of curve itself. Who is compared
    with a scenario that sets another elasticity is told that the two cannot be set side by side.
    Without it: a five-day stop cost 6 billion USD, the difference of two levels of what all the world gains.
    """
    answers = [
        *WORLD["price_responses"],
        {"id": "soon", "world": "oil", "horizon": "days", "elasticity": -0.5},
    ]
    asked = {"table": "world_markets", "row": "oil", "column": "horizon", "value": "days"}
    soon = STOP | {"id": "soon", "changes": [asked]}
    other = {"id": "other", "title": "other", "compare_with": "soon", "disruptions": STOP["disruptions"],
             "changes": [asked | {"value": "months"}]}  # fmt: skip
    none = {"id": "none", "title": "none", "changes": [asked]}
    found = straits.stress(case_of([STOP, soon, none, other], price_responses=answers))
    lost = found.summary.set_index("scenario")["value_lost"]
    assert lost["none"] == 0
    # 40 kt at 100 USD/t less the cost of 10 are 3.6 million; the rest is what the world pays above 100, by the part of the curve.
    rise = found.world_prices.groupby("scenario")["change"].max()
    assert rise["soon"] == pytest.approx(100 * 20 / 980 / 0.5)
    assert rise["stop"] == pytest.approx(2 * rise["soon"])
    assert lost["soon"] - 3.6 == pytest.approx((lost["stop"] - 3.6) / 2)
    assert 0 < lost["soon"] - 3.6 < 40 * rise["soon"] / 1000
    assert found.reference("soon").network.markets.worlds[0].elasticity == -0.5
    assert found.actors["change"].groupby(found.actors["scenario"]).sum()["soon"] == pytest.approx(
        -lost["soon"]
    )
    assert "oil answers with an elasticity of -0.25, but of -0.5 in soon" in found.failed["other"]


def test_a_case_without_world_markets_has_empty_tables():
    """Proves: without world markets the two tables are empty, and a comparison is saved as before.
    Without it: every case would need a world.
    """
    case = case_of(
        world_markets=None, price_responses=None, exposures=None, markets=[market("sea", "B", 100)]
    )
    found = straits.stress(case, ["stop"])
    assert not len(found.exposures) and not len(found.world_prices)
    assert {"exposures", "world_prices"} <= set(found.tables)


def test_what_is_lost_with_a_tonne_is_made_of_its_price_and_what_goes_with_it():
    """Proves: of two days without the pipe, 40 kt are not sold: what buyers lose is the area under the world's curve, production
    saves 10 a tonne, the tariff is nobody's cost; on drawn cases with every feature the parts add up to the joint value.
    Without it: a loss a tonne above the price would have no reason.
    """
    found = straits.stress(case_of(), ["stop"])
    parts = found.value_parts.set_index("part")["change"]
    assert parts["production"] == pytest.approx(40 * 10 / 1000)
    assert parts["moving"] == pytest.approx(0)
    assert parts["worth to buyers"] < -40 * 100 / 1000
    assert parts.sum() == pytest.approx(found.solutions["stop"].objective - found.baseline.objective)
    tried = 0
    for seed in range(14):
        try:
            s = straits.solve(random_case(seed, hard=0.0), "stop")
        except ModelError:
            continue
        tried += 1
        table = value_parts(s)
        size = max(1.0, table["amount"].abs().sum())
        assert table["amount"].sum() == pytest.approx(s.objective, abs=1e-9 * size), seed
    assert tried > 5
