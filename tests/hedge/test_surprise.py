"""Attacks that nobody expects, with options built: by hand, and against every attack run as a scenario."""

from __future__ import annotations

import numpy as np
import pytest

from hedge.random_options import random_case
from hedge.test_staircase import check
from small import build, days, link, market, places, store, supply
from straits.errors import ModelError
from straits.hedge import hedge
from straits.hedge.replies.part import Known, Part
from straits.model import compile_case

#: Three days after the axis begins: something has been decided by then.
LATE = ("2022-01-04", "2022-01-06")


def option(key, asset, adds, unit, cost, **more):
    return {"id": key, "name": key, "asset": asset, "adds": adds, "adds_unit": unit, "capital_cost": 0, "life_years": 1,
            "yearly_cost": cost, "yearly_cost_unit": "kUSD/y", **more}  # fmt: skip


def city(*options):
    """A field of 6 kt/d at 10 in CCC, a city of BBB that is promised 4 at 100 (500 more if missed); AAA works the pipe."""
    return build(
        {
            "places": places("A", "B", A="CCC", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=6), link("road", "A", "B", capacity=1, cost=30)],
            "supplies": [supply("field", "A", 6, cost=10)],
            "markets": [
                market("heat", "B", 100, demand=4, demand_kind="fixed", unmet_price=500, buyer="BBB")
            ],
            "stores": [store("tank", "B", 0, in_rate=8, out_rate=8)],
            "controls": [{"id": "c", "asset": "pipe", "actor": "AAA", "role": "operator"}],
            "options": list(options),
        },
        time=days(8),
    )


TANK, ROAD = option("tank", "tank", 8, "kt", 1), option("wider", "road", 1, "kt/d", 2)
HOW = {"attacker": "AAA", "access": "veto", "assets": "pipe", "window": "2022-01-04:2d"}


def test_a_tank_that_nobody_filled_saves_nothing():
    """Proves: AAA shuts the pipe for two days on which 8 kt are promised. With nothing built 2 kt come by road at 30 more and 6
    are missed at 590: 3.6 million. Who knows of it fills a tank with 6 kt, so that 0.06 are left; by surprise it is empty and
    saves nothing, and a wider road brings 4 kt: 2.48. What the same portfolio loses if it is known stands beside each step.
    Without it: the planner would pay for a tank, because the attacker had announced the day.
    """
    found = hedge(city(TANK, ROAD), **HOW)
    assert found.parameters["foresight"] == "surprise"
    assert found.frontier["portfolio"].tolist() == ["", "wider"]
    assert found.frontier["loss"].tolist() == pytest.approx([3.6, 2.48])
    assert found.frontier["loss_known"].tolist() == pytest.approx([3.6, 2.48])
    assert found.options["alone"].tolist() == pytest.approx([0, 1.12])
    assert found.frontier["attack_known"].tolist() == ["pipe", "pipe"]
    dear = hedge(city(TANK), **HOW, foresight="surprise")
    assert len(dear.frontier) == 1 and "No option lowers that." in dear.sentences
    known = hedge(city(TANK, ROAD), **HOW, foresight="perfect")
    assert known.frontier["portfolio"].tolist() == ["", "tank"]
    assert known.frontier["loss"].tolist() == pytest.approx([3.6, 0.06])
    assert "loss_known" not in known.frontier
    safe = hedge(city(option("filled", "field", 1, "kt/d", 1)), **HOW).frontier
    assert safe["loss"].tolist() == pytest.approx([3.6])


def test_what_is_built_can_make_a_surprise_worse():
    """Proves: ships at 59 in place of a road at 60 gain 0.024 million in quiet times; but 8 kt are on their way, paid for with 69
    a tonne, when the quay is shut for good: 248 + 240 - 552 + 480 remain of 960, so 0.544 are lost; without ships nothing is.
    Who knows of it ships only what arrives in time, and gains 0.008.
    Without it: it would be taken as proved that building more never hurts.
    """
    tables = {
        "places": places("A", "P", "B"),
        "links": [
            link("road", "A", "B", capacity=4, cost=60),
            link("ship", "A", "P", capacity=0, cost=59, transit_days=2, mode="sea"),
            link("quay", "P", "B", capacity=4),
        ],
        "supplies": [supply("field", "A", 8, cost=10)],
        "markets": [market("buyer", "B", 100, demand=4)],
        "options": [option("ships", "ship", 4, "kt/d", 1)],
    }
    how = {"assets": "quay", "window": "2022-01-05:4d"}
    found = hedge(build(tables, time=days(8)), **how, foresight="surprise")
    assert found.frontier["portfolio"].tolist() == [""]
    assert found.frontier["loss"].tolist() == pytest.approx([0.0], abs=1e-9)
    assert found.options["alone"].tolist() == pytest.approx([-0.544])
    assert found.portfolios["loss"].tolist() == pytest.approx([0.0, 0.544])
    known = hedge(build(tables, time=days(8)), **how)
    assert known.frontier["loss"].tolist() == pytest.approx([0.0, -0.008], abs=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 3, 8, 9, 11, 12, 17])
def test_worst(seed: int) -> None:
    """Proves: cost, loss, attack and proof of every step, and what every portfolio loses at least, are those of trying all
    portfolios and attacks, each run as a scenario that comes by surprise; so is what is lost if it is known.
    Without it: a bound could be carried to a portfolio with another past, for which it does not hold."""
    check(seed, "attack", "worst", 1 + seed % 2, LATE, surprise=True)


@pytest.mark.parametrize("seed", [8, 9])
@pytest.mark.parametrize("measure", ["expected", "cvar"])
def test_both(seed: int, measure: str) -> None:
    """Proves: the same where histories happen besides, which are known from the start, so that each has its plan under way.
    Without it: the plan under way would be that of quiet times, whatever history was known."""
    check(seed, "both", measure, 1, LATE, surprise=True)


def test_volume_by_surprise_starts_from_the_plan_of_traders():
    """Proves: what CCC can export is counted from the plan of traders, who hold nothing in a tank: 32 kt less 6; the tank adds
    nothing by surprise, and 6 kt of those who know.
    Without it: the plan under way would be one that hoards for an attack that nobody expects."""
    how = HOW | {"objective": "volume", "target": "CCC"}
    found = hedge(city(TANK), **how)
    assert found.frontier["loss"].tolist() == pytest.approx([6.0])
    assert hedge(city(TANK), **how, foresight="perfect").frontier["loss"].tolist() == pytest.approx(
        [6.0, 0.0]
    )


def test_a_program_that_chooses_knows_the_attack():
    """Proves: where an option can be built in part, the losses are those of who knows, and a warning says so; to ask for a
    surprise is refused with what would be accepted.
    Without it: planes that bound no surprise would be called proofs of one."""
    case = city(TANK | {"divisible": True})
    found = hedge(case, **HOW)
    assert found.parameters["foresight"] == "perfect"
    assert any("foresight perfect" in text for text in found.parameters["warnings"])
    assert found.frontier["loss"].iloc[-1] == pytest.approx(0.06, rel=1e-5)
    with pytest.raises(ModelError, match=r"foresight='surprise': .*name up to 16 whole options"):
        hedge(case, **HOW, foresight="surprise")
    with pytest.raises(ModelError, match="nobody attacks against 'hazards'"):
        hedge(random_case(1), "hazards", foresight="surprise")


def test_nobody_is_surprised_without_a_budget_or_a_past():
    """Proves: with a budget of 0, and on the first day, the answer is that of who knows, and has no second loss beside it.
    Without it: planes of the duals would be taken across different pasts."""
    for more in ({"budget": 0}, {"window": "2022-01-01:2d"}):
        found = hedge(city(TANK, ROAD), **(HOW | more))
        assert "loss_known" not in found.frontier
        known = hedge(city(TANK, ROAD), **(HOW | more), foresight="perfect")
        np.testing.assert_allclose(found.frontier["loss"], known.frontier["loss"])


def test_a_larger_set_is_looked_for_downwards():
    """Proves: where a reply uses what is not built, the next set lacks it, whatever other replies are known: {a, b} with a used
    and {b, c, d} with b used leave nothing built to be answered itself.
    Without it: the search for a set that answers many could go round between two replies for ever."""
    used = {0b0011: 0b0001, 0b1110: 0b0010, 0b0000: 0b0000}
    asked = []

    def solve(part, history, attack, built):
        asked.append(built)
        return Known(used[built], built, 1.0, np.zeros(0))

    model = compile_case(city(TANK))
    part = Part(model, np.arange(len(model.cost)), np.arange(model.matrix.shape[0]), 0b1111, 0, solve)
    part.reply((), 0, 0b1110)
    part.reply((), 0, 0b0011)
    assert part.most((), 0, 0).built == 0
    assert asked == [0b1110, 0b0011, 0b0000]


def test_where_a_cost_would_change_the_choice():
    """Proves: who knows of the stop builds the tank and saves 3.54 of 3.6 million; the wider road, alone worth 1.12, would be
    chosen in its place from the cost on at which both leave as much over eight days; beside the tank it saves nothing, so that at
    no cost it would be chosen.
    Without it: a report would name a cost of 0 as the one that decides.
    """
    found = hedge(city(TANK, ROAD), **HOW, foresight="perfect").flips.set_index("option")
    years = 8 / 365
    assert found["chosen"].tolist() == [True, False]
    assert found.loc["tank", "flips_at"] == pytest.approx((3.54 - (1.12 - 0.002 * years)) / years)
    assert found.loc["tank", "then"] == "wider"
    assert np.isnan(found.loc["wider", "flips_at"]) and found.loc["wider", "then"] == ""
