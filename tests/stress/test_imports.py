"""A case about what comes in: nothing of the focus is exported, and what a stop costs is shown all the same."""

from __future__ import annotations

import json

from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.cli import app


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
