"""What is under way when the axis ends: as much as at rest where more would gain nothing, whatever the supplier could send."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from straits.engine.prices.ranges import ranges
from straits.stress.tables.imports import supplies
from straits.testing import build, link, market, places, store, supply

TIME = {"start": "2022-01-01", "end": "2022-04-02", "step": "week"}
STOP = {"id": "stop", "title": "Stop", "foresight": "surprise",
        "disruptions": [{"asset": "road", "factor": 0.2, "start": "2022-01-29", "end": "2022-02-19"}]}  # fmt: skip


def _importer(capacity: float | str, ships: float | str, transit: float = 20.0, **time: str) -> straits.Case:
    """B uses 4 kt/d that come from the world by ship and by road; the world sells at one price all that it has."""
    return build(
        {
            "commodities": [{"id": "fuel", "name": "Fuel", "unit": "kt", "tracked": False}],
            "places": places("A", "H", "B", A="AAA", H="BBB", B="BBB"),
            "links": [
                link("ship", "A", "H", capacity=ships, commodities="fuel", cost=20, transit_days=transit),
                link("road", "H", "B", capacity=9, commodities="fuel", cost=10, transit_days=3),
            ],
            "supplies": [supply("world", "A", capacity, commodity="fuel", cost=500)],
            "markets": [market("town", "B", 900, commodity="fuel", demand=4, demand_kind="fixed", unmet_price=2000,
                               unmet_price_unit="USD/t")],
        },
        time=TIME | time,
        scenarios=[STOP],
        focus={"actor": "BBB", "commodity": "fuel", "direction": "imports"},
    )  # fmt: skip


def _departures(plan: straits.Solution, key: str) -> np.ndarray:
    """Give what enters a link a day, step by step."""
    rows = plan.flows[plan.flows["link"] == key]
    found = np.zeros(plan.network.T)
    np.add.at(found, rows["step"].to_numpy(int), rows["amount"].to_numpy(float))
    return found / plan.network.steps.days


@pytest.mark.parametrize(("capacity", "ships"), [(4, "unlimited"), (50, "unlimited"), (50, 30), ("unlimited", 30),
                                                 ("unlimited", "unlimited")])  # fmt: skip
@pytest.mark.parametrize("transit", [20.0, 45.0])
def test_who_could_send_more_for_nothing_sends_no_more_at_the_end(capacity, ships, transit):
    """Proves: cargo that costs what it is worth after the end leaves at the rate of every day, to the last, whether its supplier
    could send just that, twelve times as much, or any amount; what is brought in is what is used. That more would be as good, the
    range of the ships says.
    Without it: departures rose from 4 to 50 kt a day two weeks before the end, 1,228 kt were "brought in" of 322 used, and of
    an unlimited supplier the plan was whatever the solver ended with."""
    plan = straits.solve(_importer(capacity, ships, transit))
    assert _departures(plan, "ship") == pytest.approx(np.full(13, 4.0))
    assert _departures(plan, "road") == pytest.approx(np.full(13, 4.0))
    table = supplies(plan)
    mine = table[table["state"] == "BBB"]
    assert mine["brought"].sum() == pytest.approx(mine["used"].sum()) == pytest.approx(4 * 91)
    if capacity != 4:
        row = ranges(plan, ["flow:ship"]).iloc[0]
        assert row["amount"] == pytest.approx(364) and row["most"] > 700


def test_that_holds_for_what_is_decided_again_when_news_comes():
    """Proves: after a stop by surprise as well no more than usual leaves in the last steps, and what a supplier could send beside
    that changes neither what is used nor what is brought in.
    Without it: the glut of the end stood beside a stop as if the stop had made it."""
    case = _importer(50, "unlimited")
    rows = [
        straits.stress(_importer(capacity, "unlimited"), ["stop"]).imports.iloc[0] for capacity in (50, 400)
    ]
    assert rows[0]["brought"] == pytest.approx(rows[1]["brought"])
    assert rows[0]["lost"] == pytest.approx(rows[1]["lost"]) and rows[0]["lost"] > 10
    plan = straits.stress(case, ["stop"]).solutions["stop"]
    late = plan.formulation.transit[20.0].beyond > 0
    assert _departures(plan, "ship")[late].max() < 4.0 + 1e-6


def test_what_is_worth_more_after_the_end_is_sent():
    """Proves: the wish decides between plans that are as good, and nothing else: where a ton is worth more after the end than it
    costs, as all that the field has is at rest sold, the ships go on full; and a store that is filled at the start empties.
    Without it: a rule against a glut could starve a line that pays."""
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("ship", "A", "B", capacity=6, cost=20, transit_days=20)],
            "supplies": [supply("field", "A", 5, cost=30)],
            "stores": [store("tank", "A", 40, start=40)],
            "markets": [market("buyers", "B", 200)],
        },
        time=TIME,
    )
    plan = straits.solve(case)
    sent = _departures(plan, "ship")
    assert (sent > 5.0 - 1e-9).all() and sent @ plan.network.steps.days == pytest.approx(5 * 91 + 40)


def test_without_a_boundary_nothing_is_sent_for_nothing():
    """Proves: where what is left at the end is worthless, an unlimited field that costs nothing sends what is sold, and the rule
    that chooses a plan has an end. Without it: the plan would be the solver's, with any amount on a line of no cost."""
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("ship", "A", "B", cost=0, transit_days=10)],
            "supplies": [supply("field", "A", "unlimited", cost=0)],
            "markets": [market("buyers", "B", 200, demand=4)],
        },
        time={"start": "2022-01-01", "end": "2022-01-29", "step": "day", "boundary": "empty"},
    )
    plan = straits.solve(case)
    assert _departures(plan, "ship") == pytest.approx(np.where(np.arange(28) < 18, 4.0, 0.0))
