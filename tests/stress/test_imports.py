"""A case about what comes in: nothing of the focus is exported, and what a stop costs is shown all the same."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.cli import app
from straits.stress.sentences import money_moved
from straits.stress.tables.gains import by_state


def importer(*scenarios):
    """AAA buys 5 kt/d from BBB by one road; a day without oil costs it 300 USD/t."""
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("road", "B", "A", cost=10)],
        "supplies": [supply("wells", "B", 9, cost=20)],
        "markets": [market("home", "A", 100, demand=5, demand_kind="fixed", unmet_price=300)],
    }
    return build(
        tables,
        time=days(4),
        scenarios=list(scenarios),
        focus={"actor": "AAA", "commodity": "oil"},
    )


STOP = {
    "id": "stop",
    "title": "stop",
    "disruptions": [{"asset": "road", "start": "2022-01-02", "end": "2022-01-04"}],
}


def test_deliveries_of_an_importer():
    """Proves: two days without the road leave 10 of 20 kt, 10 kt are owed, and the loss is 10 kt at 100 - 30 + 300 USD/t, 3.7
    million.
    Without it: only exports were compared, and an importer has none.
    """
    row = straits.stress(importer(STOP)).deliveries.iloc[0]
    assert list(row)[:4] == ["stop", "baseline", "oil", "kt"]
    assert [round(v, 9) for v in list(row)[4:]] == [10, 10, 10, 10, 3.7]


def test_the_command_says_what_an_importer_loses(tmp_path):
    """Proves: the command finds out that AAA is an importer and says what it uses, lacks and loses, as a table and as JSON.
    Without it: it printed nothing and ended with status 0.
    """
    importer(STOP).save(tmp_path / "case")
    shown = CliRunner().invoke(app, ["stress", str(tmp_path / "case")], env={"COLUMNS": "160"})
    assert shown.exit_code == 0
    assert "What is used of AAA beside the baseline" in shown.stdout
    assert "Exports" not in shown.stdout
    assert "lost, million USD: stop 3.7." in shown.stdout
    told = json.loads(CliRunner().invoke(app, ["stress", str(tmp_path / "case"), "--json"]).stdout)
    assert told["direction"] == "imports"
    assert told["imports"][0]["unmet_more"] == told["deliveries"][0]["unmet_more"] == 10


def fee(days_under_way):
    """The importer again, with goods a while on the road and a toll of 10 USD/t to CCC that a scenario makes 30."""
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [
            link("road", "B", "A", cost=10, tariff=10, tariff_unit="USD/t", tariff_to="CCC")
            | {"transit_days": days_under_way}
        ],
        "supplies": [supply("wells", "B", 9, cost=20)],
        "markets": [market("home", "A", 100, demand=5, demand_kind="fixed", unmet_price=300)],
        "contracts": [
            {
                "id": "agreed",
                "name": "agreed",
                "kind": "least",
                "asset": "road",
                "amount": 4,
                "amount_unit": "kt/d",
            }
        ],
    }
    dearer = {"table": "links", "row": "road", "column": "tariff", "value": 30}
    return build(
        tables,
        time=days(4, boundary="steady"),
        scenarios=[{"id": "fee", "title": "fee", "changes": [dearer]}],
        focus={"actor": "AAA", "commodity": "oil"},
    )


@pytest.mark.parametrize("under_way", [0, 2])
@pytest.mark.parametrize("kept", ["solve", "folder", "workbook"])
def test_a_fee_moves_money_and_takes_nothing(under_way, kept, tmp_path):
    """Proves: a toll that rises by 20 USD/t moves 20 USD for each tonne sent, and takes nothing from all together, however long
    goods are under way, and all changes and parts add up to that; who pays for what arrives after the end comes after it.
    Without it: what is under way at the end, at least 8 kt with their toll paid, was worth 20 USD/t more, a gain of all.
    """
    case = fee(under_way)
    if kept != "solve":
        case.save(tmp_path / ("case" if kept == "folder" else "case.xlsx"))
        case = straits.load_case(tmp_path / ("case" if kept == "folder" else "case.xlsx"))
    found = straits.stress(case)
    assert found.value_lost("fee") == 0
    assert found.value_parts["change"].abs().max() == pytest.approx(0, abs=1e-9)
    assert found.actors["change"].sum() == pytest.approx(0, abs=1e-9)
    sent = found.solutions["fee"].flows["amount"].sum()
    assert sent >= 16 - 1e-9
    assert found.states.set_index("state").loc["CCC", "change"] == pytest.approx(0.02 * sent)
    after = 5 * under_way + sent - 20
    later = found.actors[found.actors["item"] == "price at the end"]["change"].tolist()
    assert later == pytest.approx([-0.02 * after] if under_way else [])
    assert not under_way or after >= 8
    assert any("fee moves money, million USD: gained by CCC 0." in told for told in found.sentences)


def test_what_is_left_of_large_amounts_that_cancel_is_nothing():
    """Proves: changes of a state whose items cancel to a billionth of them are 0; a small change of small accounts stays.
    Without it: a table would say that Russia loses 34 dollars.
    """
    changes = pd.DataFrame({
        "scenario": "s", "actor": "a", "item": "i", "kind": "company", "residence": ["AAA", "AAA", "BBB"],
        "reference": [1e6, 1e6, 1e-3], "amount": [1e6 + 5.0, 1e6 - 5.00003, 1.1e-3], "change": [5.0, -5.00003, 1e-4],
    })  # fmt: skip
    found = by_state(importer(), changes).set_index("state")["change"]
    assert found["AAA"] == 0.0
    assert found["BBB"] == pytest.approx(1e-4)


def test_the_last_of_those_who_gain_is_named():
    """Proves: names stand for ids; where one more than six gain it is named as well, where two more do they are told together.
    Without it: a sentence would end in "1 others".
    """
    case = fee(0)
    for count, end in ((7, "who7 1; lost"), (8, "2 others 3; lost")):
        gains = [float(count - i) for i in range(count)]
        states = pd.DataFrame({
            "scenario": "fee", "state": ["CCC", *(f"who{i + 1}" for i in range(1, count)), "AAA"], "change": [*gains, -sum(gains)]
        })  # fmt: skip
        told = money_moved("fee", 0.0, states, case)[0]
        assert told.startswith(f"fee moves money, million USD: gained by CCC {count}, who2 {count - 1}")
        assert end in told
