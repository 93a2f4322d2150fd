"""Acts of states are a surprise unless the scenario says otherwise, and both answers are shown."""

from __future__ import annotations

import pytest

import straits
from straits.engine.solve import foresight_of
from straits.stress import stress
from straits.testing import build, link, market, places, store, supply

AXIS = {"start": "2022-01-01", "end": "2022-01-31", "step": "day", "boundary": "empty"}


def stopped(status="in_force", **more):
    """A pipe that stops for ten days; a tank behind it, filled only by who knows."""
    dates = {"start": "2022-01-11", "end": "2022-01-21"}
    measure = {"id": "m", "name": "m", "kind": "ban", "asset": "pipe", "status": status, "factor": 0, **dates}
    return build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=12)],
            "supplies": [supply("field", "A", 12, cost=10)],
            "stores": [store("tank", "B", 60, cost=1, cost_unit="USD/t")],
            "markets": [market("m", "B", 100, demand_kind="fixed", demand=6, unmet_price=300)],
            "measures": [measure],
        },
        scenarios=[{"id": "s", "title": "s", "measures": ["m"], **more}],
        time=AXIS,
    )


@pytest.mark.parametrize(
    ("status", "own", "expected"),
    [("in_force", None, "surprise"), ("ordered", None, "surprise"), ("threatened", None, "perfect"),
     ("not_legal", None, "perfect"), ("in_force", "perfect", "perfect"), ("not_legal", "surprise", "surprise")],
)  # fmt: skip
def test_acts_of_states_are_a_surprise(status, own, expected):
    """Proves: a measure that was ordered or is in force makes the scenario a surprise, weather and works do not, and the
    scenario's own word counts first.
    Without it: traders would be modelled as knowing of a ban half a year ahead.
    """
    case = stopped(status, **({"foresight": own} if own else {}))
    assert foresight_of(case, case.scenarios["s"]) == expected
    assert straits.solve(case, "s").provenance["foresight"] == expected
    assert foresight_of(case, None) == "perfect"


def test_both_answers_are_shown():
    """Proves: a surprise of ten days leaves 60 kt unmet; known, the tank would have held them; both stand side by side.
    Without it: a reader could not tell what knowing is worth.
    """
    found = stress(stopped())
    row = found.foresights.set_index("answer").loc["joint value lost"]
    assert row["surprise"] == pytest.approx(60 * (100 - 10 + 300) / 1000)
    assert row["known"] < 1
    assert row["differs"]
    assert any("known from the start" in told for told in found.sentences)
    assert not len(stress(stopped(), foresight="surprise").foresights)
    assert not len(stress(stopped("not_legal")).foresights)


def test_what_shares_nothing_with_the_news_stays():
    """Proves: in a surprise that strikes oil, gas that has two equally good ways keeps the one it was sent by.
    Without it: ties decided anew would show as somebody's gain.
    """
    case = stopped()
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    rows = {name: frame.to_dict("records") for name, frame in tables.items()}
    rows["commodities"].append({"id": "gas", "name": "gas", "unit": "kt"})
    twin = {"from_place": "A", "to_place": "B", "mode": "pipeline", "commodities": "gas", "capacity": 5, "capacity_unit": "kt/d",
            "cost": 1, "cost_unit": "USD/t"}  # fmt: skip
    rows["links"] += [{"id": f"g{i}", "name": f"g{i}", **twin} for i in range(3)]
    rows["supplies"].append(
        {"id": "wells", "name": "wells", "place": "A", "commodity": "gas", "capacity": 7, "capacity_unit": "kt/d", "cost": 1,
         "cost_unit": "USD/t"})  # fmt: skip
    rows["markets"].append(
        {"id": "g", "name": "g", "place": "B", "commodity": "gas", "demand_kind": "stepwise", "demand": "unlimited", "price": 9,
         "price_unit": "USD/t"})  # fmt: skip
    both = straits.Case.from_tables(
        rows, scenarios=list(case.scenarios.values()), id="x", title="x", time=AXIS
    )
    base = straits.solve(both)
    found = straits.solve(both, "s", near=base)
    flows = [
        s.flows[s.flows["commodity"] == "gas"].set_index(["link", "step"])["amount"].to_dict()
        for s in (base, found)
    ]
    assert flows[0] == flows[1]
    assert found.accounts()["amount"].sum() == pytest.approx(found.objective)
