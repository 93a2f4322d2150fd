"""What restricts nothing is said, by the check and by the run; what restricts something is not."""

from __future__ import annotations

import copy

import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.case.checks.idle.effects import idle_effects
from straits.contingency import sweep
from straits.stress import stress

STOP = {"asset": "pipe", "start": "2022-01-03", "end": "2022-01-05"}
BASE = {
    "actors": [{"id": "X", "name": "X", "kind": "company"}, {"id": "BBB", "name": "BBB", "kind": "state"}],
    "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}, {"id": "gas", "name": "gas", "unit": "kt"}],
    "places": places("A", "H", "B", "off", H="BBB"),
    "links": [
        link("pipe", "A", "H", capacity=4, length_km=100),
        link("last", "H", "B"),
        link("spur", "H", "off", capacity=4, length_km=100),
    ],
    "supplies": [supply("field", "A", 6)],
    "markets": [market("shop", "B", 100)],
    "stores": [store("tank", "H", 9)],
    "fleets": [{"id": "ships", "name": "ships", "kind": "wagon", "commodity": "oil", "links": "pipe", "count": 9, "payload": 1,
                "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 1}],
    "controls": [
        {"id": f"own-{asset}", "asset": asset, "actor": "AAA", "role": "owner", "share": 1}
        for asset in ("pipe", "last", "field", "tank", "ships")
    ]
    + [{"id": "x", "asset": "pipe", "actor": "X", "role": "operator", "end": "2022-01-03"}],
    "hazards": [{"id": "storm", "name": "storm", "assets": "pipe", "rate_per_year": 1, "duration_days": 2}],
    "options": [{"id": "wider", "name": "wider", "asset": "pipe", "adds": 1, "adds_unit": "kt/d"}],
    "contracts": [{"id": "quota", "name": "quota", "kind": "greatest", "asset": "pipe", "amount": 3, "amount_unit": "kt/d"}],
    "measures": [{"id": "order", "name": "order", "kind": "order", "asset": "pipe", "status": "in_force", "start": "2022-01-02",
                  "end": "2022-01-04", "factor": 0.5}],
}  # fmt: skip


def _made(scenario=STOP, **rows):
    tables = copy.deepcopy(BASE)
    for table, new in rows.items():
        tables[table] = [*tables[table], *new] if isinstance(new, list) else new(tables[table])
    found = {"id": "stop", "title": "stop", "measures": ["order"], "options": ["wider"]}
    found |= {"disruptions": [scenario]} if "asset" in scenario else scenario
    return build(tables, scenarios=[found], time=days(10))


def _said(case):
    return {(f.table, f.row, f.column) for f in case.check().warnings if f.code == "changes_nothing"}


def _first(**cells):
    return lambda rows: [{**rows[0], **cells}, *rows[1:]]


def test_what_changes_something_is_not_spoken_of():
    """Proves: a case in which every row has an effect has no such warning, for every scope that strikes something. Without it:
    warnings would be noise and nobody would read them."""
    assert _said(_made()) == set()
    for asset in (
        "actor:X",
        "actor:AAA",
        "transit:AAA",
        "transit:BBB",
        "territory:BBB",
        "H",
        "tank",
        "ships",
        "shop",
    ):
        day = {"start": "2022-01-01", "end": "2022-01-05"}
        assert _said(_made({**STOP, **day, "asset": asset})) - {("scenarios/stop", None, "asset")} == set()
    assert _said(_made({**STOP, "asset": "actor:X", "start": "2022-01-02"})) == set()


EFFECTS = [
    ({"asset": "actor:X"}, "asset"),  # sold the day before
    ({"asset": "actor:CCC"}, "asset"),
    ({"asset": "transit:CCC"}, "asset"),
    ({"asset": "transit:AAA"}, "asset"),  # only its own cargo leaves it
    ({"asset": "territory:CCC"}, "asset"),
    ({"asset": "spur"}, "asset"),  # leads to no market
    ({"asset": "off"}, "asset"),
    ({"asset": "pipe", "commodity": "gas"}, "commodity"),
    ({"asset": "pipe", "origins": ["BBB"]}, "origins"),
    ({"asset": "territory:AAA", "origins": ["CCC"]}, "origins"),
    ({"asset": "pipe", "factor": 1}, "factor"),
]


@pytest.mark.parametrize(("effect", "column"), EFFECTS)
def test_an_effect_on_nothing(effect, column):
    """Proves: the check names the scenario and the column, and stress and solve of it say the same. Without it: "nothing is
    lost" would be the answer to a slip."""
    case = _made({**STOP, **effect})
    assert _said(case) == {("scenarios/stop", None, column)}
    solution = straits.solve(case, "stop")
    assert len(solution.warnings) == 1 and "changes nothing" in solution.warnings[0]
    assert stress(case).warnings == {"stop": solution.warnings}
    free = straits.solve(_made({"disruptions": []}), "stop")
    assert solution.objective == pytest.approx(free.objective)


def test_an_effect_outside_the_time():
    """Proves: the run says of a disruption after the case what the check says. Without it: a year mistyped would lose nothing."""
    case = _made({**STOP, "start": "2023-01-03", "end": "2023-01-05"})
    assert ("outside_axis", "scenarios/stop") in {(f.code, f.table) for f in case.check().warnings}
    assert "outside the time" in idle_effects(case, case.scenarios["stop"])[0]


ROWS = [
    ({"options": [{"id": "o", "name": "o", "asset": "last", "adds": 1, "adds_unit": "kt/d"}]}, ("options", "o", "asset")),
    ({"options": [{"id": "o", "name": "o", "asset": "H", "adds": 1, "adds_unit": "kt/d"}]}, ("options", "o", "asset")),
    ({"options": [{"id": "o", "name": "o", "asset": "shop", "adds": 1, "adds_unit": "kt/d"}]}, ("options", "o", "asset")),
    ({"options": [{"id": "o", "name": "o", "asset": "spur", "adds": 1, "adds_unit": "kt/d"}]}, ("options", "o", "asset")),
    ({"contracts": _first(asset="spur")}, ("contracts", "quota", "asset")),
    ({"contracts": _first(origins="BBB")}, ("contracts", "quota", "origins")),
    ({"contracts": _first(commodity="gas")}, ("contracts", "quota", "commodity")),
    ({"contracts": _first(kind="least", amount=0)}, ("contracts", "quota", "amount")),
    ({"measures": _first(asset="territory:CCC", factor=1.0)}, None),
    ({"measures": _first(factor=1.0)}, ("measures", "order", "factor")),
    ({"measures": _first(origins="CCC")}, ("measures", "order", "origins")),
    ({"measures": _first(baseline=True)}, ("scenarios/stop", None, "measures")),
    ({"hazards": _first(assets="spur")}, ("hazards", "storm", "assets")),
    ({"hazards": _first(factor=1)}, ("hazards", "storm", "factor")),
    ({"hazards": _first(rate_per_year=0)}, ("hazards", "storm", "rate_per_year")),
    ({"hazards": _first(months="7|8")}, ("hazards", "storm", "months")),
    ({"controls": [{"id": "c", "asset": "spur", "actor": "X", "role": "operator"}]}, ("controls", "c", "asset")),
    ({"controls": [{"id": "c", "asset": "off", "actor": "X", "role": "operator"}]}, ("controls", "c", "asset")),
    ({"controls": [{"id": "c", "asset": "pipe", "actor": "X", "role": "regulator", "start": "2023-01-01"}]},
     ("controls", "c", "start")),
    ({"controls": [{"id": "c", "asset": "pipe", "actor": "X", "role": "owner", "share": 0}]}, ("controls", "c", "share")),
    ({"markets": _first(origins="AAA|CCC")}, ("markets", "shop", "origins")),
    ({"links": _first(origins="AAA|CCC")}, ("links", "pipe", "origins")),
    ({"fleets": _first(links="pipe|spur")}, ("fleets", "ships", "links")),
    ({"stores": _first(releaser="AAA")}, ("stores", "tank", "releaser")),
    ({"stores": _first(releaser="AAA", release_price=5, release_price_unit="USD/t")}, ("stores", "tank", "releaser")),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "cell"), [row for row in ROWS if row[1]])
def test_a_row_that_changes_nothing(rows, cell):
    """Proves: each such row is named by table, row and column, and nothing else is. Without it: a slip would be silent."""
    assert _said(_made(**rows)) == {cell}


def test_a_change_to_what_is_so_already():
    """Proves: a scenario that sets a cell to its own value is told. Without it: it would be compared with itself unseen."""
    change = {"table": "links", "row": "pipe", "column": "capacity", "value": 4}
    assert _said(_made({"changes": [change]})) == {("scenarios/stop", None, "changes")}


def test_a_sweep_names_what_closing_changes_nothing():
    """Proves: of what fails, that which nothing can use is named. Without it: a loss of 0 would pass for a robust network."""
    found = sweep(_made(), over=["pipe", "spur"], split=False)
    assert found.warnings == ["closing spur changes nothing: nothing can move there then"]
