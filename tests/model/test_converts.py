"""Processes that turn one commodity into others, worked out by hand."""

from __future__ import annotations

import csv
import io

import pytest

import straits
from refinerycase import GOODS, refinery, stop, trade
from small import amount, build, days, link, market, million, places, supply
from straits.contingency import sweep
from straits.engine.prices.ranges import ranges
from straits.errors import GameError
from straits.export.pypsa import pypsa_files
from straits.model import compile_case
from straits.power import balance, game, leverage
from straits.report import build_study, report_html
from straits.stress.tables.imports import supplies
from straits.stress.tables.measures import exports, value_parts
from straits.testing import reference_lp
from straits.worst import worst

#: What a day brings: ten kilotonnes of oil as products, and two sold as they are.
DAY = million((5, 1000 - 20), (3, 200), (10, -10), (2, 150), (12, -105))


@pytest.mark.parametrize("way", ["solved", "saved first", "saved after", "workbook"])
def test_a_refinery(way, tmp_path):
    """Proves: ten kilotonnes of oil become five of diesel and three of fuel oil, which are sold for 4.9 and 0.6 million less 0.1;
    two are sold as they are. The owner has the margin, 550 USD/t of products less 10 and the price of oil at its gate (150). Four
    days alike; folder and workbook keep it.
    Without it: a refinery would be a market, and nobody would see diesel in a stop of crude.
    """
    case = trade()
    if way in ("saved first", "workbook"):
        name = tmp_path / ("case.xlsx" if way == "workbook" else "case")
        case.save(name)
        case = straits.load_case(name)
        assert case.hash == trade().hash
    found = straits.solve(case)
    if way == "saved after":
        case.save(tmp_path / "case")
        assert straits.solve(straits.load_case(tmp_path / "case")).objective == found.objective
    assert found.objective == pytest.approx(4 * DAY)
    done = found.processes.groupby(["side", "commodity"])["amount"].sum()
    assert done.to_dict() == pytest.approx(
        {("takes", "oil"): 40.0, ("makes", "diesel"): 20.0, ("makes", "fuel"): 12.0}
    )
    assert set(found.flows["link"]) == {"pipe", "truck"}
    accounts = found.accounts().set_index(["actor", "item"])["amount"]
    assert accounts["CCC", "process margin"] == pytest.approx(4 * million((10, 550 - 10 - 150)))
    assert accounts.sum() == pytest.approx(found.objective)
    assert found.bottlenecks.set_index("asset").loc["ref", ["kind", "value"]].to_numpy().tolist()[0] == [
        "process",
        pytest.approx(390.0),
    ]
    parts = value_parts(found).set_index("part")["amount"]
    assert parts["processing"] == pytest.approx(-4 * million((10, 10)))
    assert parts["moving"] == pytest.approx(-4 * million((12, 5), (5, 20)))
    assert parts.sum() == pytest.approx(found.objective)


@pytest.mark.parametrize(
    ("effect", "left"),
    [
        ({"asset": "ref"}, 0.0),
        ({"asset": "ref", "factor": 0.25}, 2.5),
        ({"asset": "actor:CCC"}, 0.0),
        ({"asset": "ref", "commodity": "oil"}, 0.0),
        ({"asset": "ref", "origins": ["AAA"], "factor": 0.5}, 5.0),
        ({"asset": "ref", "origins": ["CCC"]}, 10.0),
    ],
)
def test_a_refinery_is_closed_as_a_link_is(effect, left):
    """Proves: a stop of the refinery, of all that its owner has, or of the crude of one origin in it takes what it makes for a
    day: its oil is sold as it is. A stop of another origin's takes nothing.
    Without it: a strike at a refinery could not be asked about, or would close nothing.
    """
    case = trade(scenarios=[stop(**effect)])
    found = straits.solve(case, "stop", foresight="perfect", refine=False)
    lost = million((10 - left, 550 - 10 - 150))
    assert found.objective == pytest.approx(4 * DAY - lost)
    taken = found.processes[(found.processes["side"] == "takes") & (found.processes["step"] == 1)]
    assert taken["amount"].sum() == pytest.approx(left)


def test_a_stop_of_crude_is_seen_as_diesel():
    """Proves: two days without the pipe are ten kilotonnes of diesel that CCC lacks, and twenty of crude that BBB does; the
    comparison says what the refinery takes in and makes less, and that it stands still for two days; its place closed does the
    same. Without it: a stop of crude would end at the gate of a refinery.
    """
    case = trade(scenarios=[stop("pipe", end="2022-01-04"), stop("B", end="2022-01-04") | {"id": "place"}])
    found = straits.stress(case, ["stop", "place"], refine=False)
    imports = found.imports.set_index(["scenario", "state", "commodity"])["lost"]
    assert imports["stop", "CCC", "diesel"] == pytest.approx(10.0)
    assert imports["stop", "BBB", "oil"] == pytest.approx(24.0)
    table = found.processes.set_index(["scenario", "side", "commodity"])
    for name in ("stop", "place"):
        assert table.loc[
            (name, "takes", "oil"), ["lost", "lost_share", "days_idle"]
        ].tolist() == pytest.approx([20.0, 0.5, 2.0])
        assert table.loc[(name, "makes", "diesel"), "lost"] == pytest.approx(10.0)
        assert table.loc[(name, "makes", "fuel"), "lost"] == pytest.approx(6.0)


def test_what_is_made_keeps_its_origin():
    """Proves: diesel made in BBB of oil of AAA is of AAA, so that a market which takes none of AAA's buys none; with an origin
    of its own it is that state's, and is bought.
    Without it: who supplies would be lost at a refinery, and an embargo on products could not be told from one on crude.
    """
    picky = [
        market("cars", "C", 1000, commodity="diesel", origins="BBB"),
        market("ships", "B", 200, commodity="fuel"),
    ]
    kept = straits.solve(trade(markets=picky))
    assert not len(kept.processes) and kept.objective == pytest.approx(0.0)
    own = trade(markets=picky, converts=[refinery(origin="BBB")])
    found = straits.solve(own)
    assert set(found.processes.query("side == 'makes'")["origin"]) == {"BBB"}
    assert found.sales.query("market == 'cars'")["amount"].sum() == pytest.approx(20.0)


def test_products_of_what_is_not_tracked_come_from_where_they_are_made():
    """Proves: oil whose origin is not kept becomes diesel of the state of the refinery; where that is not kept either, of nobody.
    Without it: half a case could not be tracked.
    """
    goods = [{**GOODS[0], "tracked": "false"}, GOODS[1], {**GOODS[2], "tracked": "false"}]
    made = straits.solve(trade(commodities=goods)).processes.query("side == 'makes'")
    assert dict(zip(made["commodity"], made["origin"], strict=True)) == {"diesel": "BBB", "fuel": "any"}


def test_what_nobody_takes_stops_a_refinery():
    """Proves: fuel oil without a buyer keeps the refinery still; a check says so, and a market at price 0 lets it run.
    Without it: products could vanish without a word.
    """
    cars, _, spot = trade().rows("markets").values()
    rows = [{k: v for k, v in row.model_dump().items() if v not in (None, ())} for row in (cars, spot)]
    case = trade(markets=rows)
    assert "convert_blocked" in {f.code for f in case.check()}
    assert not len(straits.solve(case).processes)
    free = trade(markets=[*rows, market("bin", "B", 0, commodity="fuel")])
    assert straits.solve(free).objective == pytest.approx(4 * (DAY - million((3, 200))))


def test_dates_profiles_and_options():
    """Proves: a refinery that works from the third day on takes in nothing before; a profile halves it on the last; an option
    adds to it on the days on which it works.
    Without it: a terminal that opens within the axis would have to be two cases.
    """
    late = refinery(start="2022-01-03", capacity_profile="half")
    half = [
        {"id": "p1", "profile": "half", "start": "2022-01-01", "end": "2022-01-04", "value": 1.0},
        {"id": "p2", "profile": "half", "start": "2022-01-04", "end": "2022-01-05", "value": 0.5},
    ]
    option = {"id": "more", "name": "more", "asset": "ref", "adds": 1, "adds_unit": "kt/d", "capital_cost": 1,
              "capital_cost_unit": "USD", "life_years": 1}  # fmt: skip
    built = {"id": "built", "title": "built", "options": ["more"]}
    case = trade(converts=[late], profiles=half, options=[option], scenarios=[built])

    def taken(scenario=None):
        done = straits.solve(case, scenario).processes
        done = done[done["side"] == "takes"].set_index("step")["amount"].to_dict()
        return [done.get(t, 0.0) for t in range(4)]

    assert taken() == pytest.approx([0, 0, 10, 5])
    assert taken("built") == pytest.approx([0, 0, 11, 6])
    assert reference_lp(case, "built").lp_value == pytest.approx(straits.solve(case, "built").lp_value)


def test_energy_through_a_terminal_and_a_power_plant():
    """Proves: 2 kt of LNG at 15 MWh/t are 30 GWh of gas; a plant of 500 MW (gas) makes 6 GWh of power of 12 at 0.5; the rest of
    the gas is sold. In USD: 6,000 MWh for 100, 18,000 for 30, less 2,000 t for 300, in millions 0.6 + 0.54 - 0.6.
    Without it: yields between goods of different units would be off by a thousand.
    """
    goods = [
        {"id": "lng", "name": "LNG", "unit": "kt", "mwh_per_t": 15},
        {"id": "gas", "name": "Gas", "unit": "GWh"},
        {"id": "power", "name": "Power", "unit": "GWh"},
    ]
    row = {"place": "B", "cost": 0}
    case = build(
        {
            "commodities": goods,
            "places": places("A", "B", B="BBB"),
            "links": [link("ships", "A", "B", commodities="lng")],
            "supplies": [supply("train", "A", 2, commodity="lng", cost=300)],
            "converts": [
                {**row, "id": "terminal", "name": "terminal", "commodity": "lng", "yields": "gas=15", "capacity": 45,
                 "capacity_unit": "GWh/d"},
                {**row, "id": "plant", "name": "plant", "commodity": "gas", "yields": "power=0.5", "capacity": 500,
                 "capacity_unit": "MW"},
            ],
            "markets": [
                market("grid", "B", 100, commodity="power", price_unit="USD/MWh"),
                market("hub", "B", 30, commodity="gas", price_unit="USD/MWh"),
            ],
        }
    )  # fmt: skip
    found = straits.solve(case)
    assert found.objective == pytest.approx(0.6 + 0.54 - 0.6)
    done = found.processes.set_index(["process", "commodity"])["amount"]
    assert done["terminal", "gas"] == pytest.approx(30.0)
    assert (done["plant", "gas"], done["plant", "power"]) == (pytest.approx(12.0), pytest.approx(6.0))
    assert reference_lp(case).lp_value == pytest.approx(found.lp_value)


def test_scarcity_of_a_line_comes_back_to_the_field_through_a_refinery():
    """Proves: two fields share a refinery; a full truck road for diesel, at a tariff, returns its scarcity to the shippers of the
    diesel, the owners of the fields, by what each has in it: a third and two thirds.
    Without it: what crosses a refinery would belong to nobody.
    """
    fields = [supply("one", "A", 4, cost=100), supply("two", "A", 8, cost=100)]
    roads = [
        link("pipe", "A", "B", cost=5),
        link("truck", "B", "C", commodities="diesel", capacity=2, tariff=30),
    ]
    owners = [
        {"id": k, "asset": k, "actor": who, "role": "owner", "share": 1}
        for k, who in (("one", "AAA"), ("two", "BBB"))
    ]
    case = trade(supplies=fields, links=roads, controls=owners, time=days(1))
    found = straits.solve(case)
    accounts = found.accounts().set_index(["item", "actor"])["amount"]
    back = accounts["scarcity to shippers"]
    assert back["BBB"] == pytest.approx(2 * back["AAA"]) and back["AAA"] > 0
    assert accounts.sum() == pytest.approx(found.objective)


def test_a_duty_is_due_on_crude_that_a_refinery_abroad_takes():
    """Proves: an export duty of 40 USD/t on the field is paid for ten kilotonnes into the refinery and two sold, 0.48 million a
    day, and not again for products.
    Without it: crude could leave a state free of duty by way of a refinery.
    """
    duty = [
        {"id": "d", "asset": "field", "taker": "AAA", "kind": "export_duty", "rate": 40, "rate_unit": "USD/t"}
    ]
    case = trade(fiscal=duty, time=days(1))
    found = straits.solve(case)
    assert found.duties_paid == pytest.approx(million((12, 40)))
    at_home = trade(fiscal=duty, time=days(1), converts=[refinery(place="A")], links=[
        link("road", "A", "C", commodities="diesel"), link("other", "A", "B", commodities="fuel|oil")
    ])  # fmt: skip
    assert straits.solve(at_home).duties_paid == pytest.approx(million((2, 40)))


def test_a_tariff_for_processing_goes_to_whom_it_is_owed():
    """Proves: 25 USD/t for processing are seen by shippers and stand with who receives them, with the margin left to shippers
    where there is a tariff.
    Without it: a tolling refinery would keep all of the margin.
    """
    case = trade(converts=[refinery(tariff=25, tariff_unit="USD/t", tariff_to="BBB")], time=days(1))
    found = straits.solve(case)
    accounts = found.accounts().groupby("item")["amount"].sum()
    assert accounts["tariff"] == pytest.approx(million((10, 25)))
    assert accounts["scarcity to shippers"] == pytest.approx(million((10, 390 - 25)))
    assert found.objective == pytest.approx(DAY)


def test_numbers_of_a_plan_count_processes():
    """Proves: exports of oil are what the refinery abroad takes and what is sold; of diesel nothing, since it is made where it is
    sold from; BBB uses twelve of oil, makes five of diesel and sends them on; flows and ranges name the refinery.
    Without it: a country that refines would use no crude, and one that sells to it would export none.
    """
    found = straits.solve(trade(time=days(1)))
    read = ranges(found, ["exports:oil:AAA", "exports:diesel:AAA", "used:oil:BBB", "flow:ref"])
    assert read["amount"].tolist() == pytest.approx([12.0, 0.0, 12.0, 10.0])
    sold = exports(found).groupby(["commodity", "origin"])[["amount", "revenue"]].sum()
    assert sold.loc[("oil", "AAA"), "amount"] == pytest.approx(12.0)
    assert sold.loc[("oil", "AAA"), "revenue"] == pytest.approx(million((12, 150)))
    assert sold.loc[("diesel", "AAA"), "amount"] == pytest.approx(0.0)
    table = supplies(found).set_index(["state", "commodity"])
    assert table.loc[("BBB", "oil"), ["used", "made", "brought"]].tolist() == pytest.approx([12, 0, 12])
    assert table.loc[("BBB", "oil"), "price"] == pytest.approx(150.0)
    assert table.loc[("CCC", "diesel"), ["used", "made", "brought"]].tolist() == pytest.approx([5, 0, 5])
    assert (table["used"] - table["made"] - table["brought"] - table["drawn"]).abs().max() < 1e-9


def test_failures_attacks_and_power_know_processes():
    """Proves: a sweep ranks the refinery, CCC that owns it can close it, and AAA that withholds its crude takes 5 kt of diesel
    from CCC; a game and a balance of oil count the refinery's state as the buyer, and refuse a balance of what is made abroad.
    Without it: an attacker or a supplier could do nothing to a refinery.
    """
    case = trade(time=days(1))
    ranked = sweep(case, over="converts", split=False).table
    assert ranked.set_index("failure").loc["ref", "loss"] == pytest.approx(million((10, 390)))
    attack = worst(case, attacker="CCC", access="veto", budget=1, assets=["ref"])
    assert attack.curve.iloc[-1]["loss"] == pytest.approx(DAY - million((12, 45)))
    assert attack.rights.set_index("asset").loc["ref", "right"] == "owner of 100%"
    lever = leverage(case, ["AAA", "CCC"])
    lost = lever.supplies.set_index(["actor", "target", "commodity"])["used_lost"]
    assert lost["AAA", "CCC", "diesel"] == pytest.approx(5.0)
    shares = game(case, ["AAA", "BBB", "CCC"], commodity="oil")
    assert shares.grand == pytest.approx(DAY)
    found = balance(case, "AAA", "oil", extra_cost=0.0)
    assert found.tables["shares"].set_index("partner").loc["BBB", "modelled"] == pytest.approx(1.0)
    with pytest.raises(GameError, match="is made abroad, by 'ref'"):
        balance(case, "AAA", "diesel", extra_cost=0.0)


def test_a_process_in_pypsa_has_several_ends():
    """Proves: the refinery is a link of PyPSA with two ends and their efficiencies, and nothing is left out.
    Without it: the export would drop what it makes.
    """
    case = trade(time=days(1))
    files = pypsa_files(compile_case(case, tariffs="internal"))
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(files["links.csv"].decode()))}
    assert (rows["ref"]["bus0"], rows["ref"]["bus1"], rows["ref"]["bus2"]) == ("B oil", "B diesel", "B fuel")
    assert (float(rows["ref"]["efficiency"]), float(rows["ref"]["efficiency2"])) == (0.5, 0.3)
    assert rows["pipe"]["bus2"] == ""
    assert files["left_out.csv"].decode().splitlines() == ["what,how,rows"]


def test_a_report_says_what_is_not_made():
    """Proves: the report of a case with a refinery says in words what it takes in and makes less in the main scenario.
    Without it: readers would have to find it among flows.
    """
    case = trade(scenarios=[stop("pipe", end="2022-01-04")])
    text = report_html(build_study(case, sections=["processes"])).replace("\u00a0", " ")
    assert "Refinery takes in 20 kt of oil less, and makes 10 kt of diesel and 6 kt of fuel less" in text


def test_flows_of_a_case_without_processes_stay():
    """Proves: the amounts on links are those of links alone. Without it: a map would draw a refinery as a road."""
    found = straits.solve(trade(time=days(1)))
    assert amount(found, "pipe") == pytest.approx(12.0)
    assert amount(found, "ref") == 0.0


def test_routes_end_at_a_refinery():
    """Proves: the best route of oil to BBB leads to the refinery, also by its own name; that of diesel begins there.
    Without it: a state that buys no crude but refines it would have no route.
    """
    case = trade(
        markets=[market("cars", "C", 1000, commodity="diesel"), market("ships", "B", 200, commodity="fuel")]
    )
    for end in ("BBB", "ref"):
        assert straits.routes(case, "field", end, "oil").tables["legs"]["link"].tolist() == ["pipe"]
    assert straits.routes(case, "ref", "cars", "diesel").tables["legs"]["link"].tolist() == ["truck"]
