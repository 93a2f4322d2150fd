"""PyPSA folder: the same optimum where nothing is left out, and what is left out told."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

import straits
from export.two_origins import two_origins
from small import TWO, build, days, market
from straits.case import Case
from straits.case.schema.settings import Disruption, Scenario
from straits.errors import StraitsError
from straits.export.pypsa import left_out, pypsa_files
from straits.stress import Comparison
from straits.testing.drawn import random_case


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return straits.stress(straits.load_case("two-routes"))


def plainer(case: Case) -> Case:
    """Return a case with only what a network of PyPSA has."""
    tables = {
        name: frame.copy()
        for name, frame in case.tables.items()
        if len(frame)
        and name in ("actors", "commodities", "places", "links", "supplies", "markets", "stores", "profiles")
    }
    tables["links"] = tables["links"].assign(transit_days=0.0, origins=None)
    # One good a link: what several goods share is no limit of PyPSA's.
    tables["links"]["commodities"] = [str(text).split("|")[0] for text in tables["links"]["commodities"]]
    tables["supplies"] = tables["supplies"].assign(
        ramp_down=np.nan, ramp_up=np.nan, min_output=np.nan, forced_cost=np.nan
    )
    tables["markets"] = tables["markets"].assign(origins=None)
    if "stores" in tables:
        tables["stores"] = tables["stores"].assign(
            in_rate=np.inf, out_rate=np.inf, cost_profile=None, reserve=np.nan, end_level=np.nan
        )
    # Rates and reserves of stores are left out; costs and capacities over time are not.
    gone = ("in_rate_profile", "out_rate_profile", "reserve_profile", "reserve_unit", "end_level_unit")
    tables = {name: frame.drop(columns=[c for c in gone if c in frame]) for name, frame in tables.items()}
    settings = case.settings.model_dump()
    settings["time"]["boundary"] = "empty"
    return Case.from_tables(tables, **settings)


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def solved_as_pypsa(files: dict[str, bytes]) -> float:
    """Read the folder by the equations of PyPSA's manual, solve it with scipy, and return the objective.

    Columns: p of generators and links, e of stores. Rows: balance of each bus in each snapshot; p of a store is the fall of e.
    """
    days = np.array([float(row["generators"]) for row in read(files["snapshots.csv"])])
    T = len(days)
    buses = {row["name"]: i for i, row in enumerate(read(files["buses.csv"]))}

    def limits(component: str, name: str, attribute: str = "p_max_pu") -> np.ndarray:
        found = files.get(f"{component}-{attribute}.csv")
        columns = read(found) if found else []
        return (
            np.array([float(row[name]) for row in columns]) if columns and name in columns[0] else np.ones(T)
        )

    cost: list[float] = []
    upper: list[float] = []
    entries: list[tuple[int, int, float]] = []
    right = np.zeros((len(buses), T))

    def column(price: float, most: float) -> int:
        cost.append(price)
        upper.append(most)
        return len(cost) - 1

    for kind in ("generators", "links"):
        for row in read(files.get(f"{kind}.csv", b"")):
            most = float(row["p_nom"]) * limits(kind, row["name"])
            moves = files.get(f"{kind}-marginal_cost.csv")
            over_time = read(moves) if moves else []
            for t in range(T):
                now = over_time[t] if over_time and row["name"] in over_time[0] else None
                price = float(now[row["name"]] if now else row["marginal_cost"])
                at = column(days[t] * price, most[t])
                if kind == "generators":
                    entries.append((buses[row["bus"]] * T + t, at, float(row["sign"])))
                else:
                    entries.append((buses[row["bus0"]] * T + t, at, -1.0))
                    entries.append((buses[row["bus1"]] * T + t, at, float(row["efficiency"])))
    for row in read(files.get("stores.csv", b"")):
        assert row["e_cyclic"] == "False"
        i = buses[row["bus"]]
        before = None
        for t in range(T):
            at = column(days[t] * float(row["marginal_cost_storage"]), float(row["e_nom"]))
            entries.append((i * T + t, at, -1.0 / days[t]))
            if before is None:
                right[i, t] -= float(row["e_initial"]) / days[t]
            else:
                entries.append((i * T + t, before, 1.0 / days[t]))
            before = at
    for row in read(files.get("loads.csv", b"")):
        right[buses[row["bus"]]] += limits("loads", row["name"], "p_set")
    i, j, v = zip(*entries, strict=True)
    matrix = csr_array((v, (i, j)), shape=(len(buses) * T, len(cost)))
    found = linprog(
        cost, A_eq=matrix, b_eq=right.ravel(), bounds=np.column_stack([np.zeros(len(upper)), upper])
    )
    assert found.status == 0, found.message
    return float(found.fun)


def value_of(files: dict[str, bytes]) -> float:
    """Return the value in the terms of straits, by the formula of the README of the folder."""
    constant = float(re.search(r"objective \+ (\S+)\)", files["README.txt"].decode())[1])  # type: ignore[index]
    return -(solved_as_pypsa(files) + constant) / 1000


def test_pypsa_has_the_same_optimum() -> None:
    """Proves: where nothing is left out, the network of the folder has the optimum of straits: on random cases cut down to what
    PyPSA has, with stores, losses, promises and changing capacities, and on a bundled one. Without it: a study could be "checked
    in PyPSA" against another network.
    """
    checked, stores, promises = 0, 0, 0
    for seed in range(60):
        try:
            case = plainer(random_case(seed))
            solution = straits.solve(case)
        except StraitsError:
            continue
        if left_out(solution.model):
            continue
        files = pypsa_files(solution.model)
        assert value_of(files) == pytest.approx(solution.lp_value, rel=1e-6, abs=1e-6), seed
        assert "Nothing was left out" in files["README.txt"].decode()
        checked += 1
        stores += "stores.csv" in files
        promises += any(row.demand_kind == "fixed" for row in case.rows("markets").values())
        if checked == 12:
            break
    assert checked == 12 and stores and promises
    carriers = [row["name"] for row in read(files["carriers.csv"])]
    assert sorted(carriers) == sorted({row["carrier"] for row in read(files["buses.csv"])})
    gas = straits.solve(straits.load_case("eurasian-gas"))
    assert left_out(gas.model) == []
    assert value_of(pypsa_files(gas.model)) == pytest.approx(gas.lp_value, rel=1e-9)


def test_pypsa_says_what_was_left_out(compared: Comparison) -> None:
    """Proves: what changes the optimum is named with the number of rows. Without it: two programs would disagree in silence."""
    files = pypsa_files(compared.baseline.model)
    told = {row["what"]: int(row["rows"]) for row in read(files["left_out.csv"])}
    transit = sum(row.transit_days > 0 for row in compared.case.rows("links").values())
    assert told["transit time"] == transit > 0
    assert "another one" in files["README.txt"].decode() and "transit time" in files["README.txt"].decode()
    assert value_of(files) != pytest.approx(compared.baseline.lp_value, rel=1e-4)


def test_pypsa_says_that_a_premium_strikes_some_origins() -> None:
    """Proves: what costs some origins more than others is told, since a link of PyPSA has one cost; what costs all the same
    is carried over. Without it: a war-risk premium of some was lost, and the folder said that nothing was left out.
    """
    premium = {
        "id": "p",
        "name": "p",
        "kind": "attack",
        "asset": "sea",
        "status": "in_force",
        "start": "2024-02-01",
        "cost": 20,
    }
    premium |= {"cost_unit": "USD/unit", "baseline": True}
    # 15 a day at 87; of 60 days at 20 less, all or (as 10 of A come first) 5 a day.
    for origins, struck in ((None, 15), ("B", 5)):
        solution = straits.solve(two_origins(measures=[premium | {"origins": origins}]))
        assert solution.lp_value == pytest.approx((15 * 91 * 87 - struck * 60 * 20) / 1e6)
        told = [(what, rows) for what, _, rows in left_out(solution.model)]
        assert told == ([] if origins is None else [("costs of some origins on a link", 1)])
        if origins is None:
            assert value_of(pypsa_files(solution.model)) == pytest.approx(solution.lp_value)


def test_pypsa_keeps_capacities_of_any_size() -> None:
    """Proves: capacities and stores above what stands for unlimited elsewhere are written as they are. Without it: all above a
    million a day was cut to a million, and the folder said that nothing was left out.
    """
    store = {
        "id": "st",
        "name": "st",
        "place": "hub",
        "commodity": "crude",
        "start_origin": "A",
        "capacity": 9e6,
        "start": 8e6,
    }
    store |= {"capacity_unit": "unit", "start_unit": "unit", "cost": 0}
    solution = straits.solve(two_origins(4e6, stores=[store]))
    files = pypsa_files(solution.model)
    assert left_out(solution.model) == []
    # 6 million a day through the strait, at 87, or 98 for what lies in store.
    assert solution.lp_value == pytest.approx((6e6 * 91 * 87 + 8e6 * 11) / 1e6)
    assert value_of(files) == pytest.approx(solution.lp_value)
    assert {float(row["p_nom"]) for row in read(files["links.csv"])} == {4e6, 6e6}
    buyer = next(row for row in read(files["generators.csv"]) if row["name"] == "m")
    assert float(buyer["p_nom"]) > 6e6


def test_pypsa_refuses_two_buses_of_one_name() -> None:
    """Proves: gas at "north sea" and sea gas at "north" are no one bus. Without it: the goods were mixed, in silence."""
    case = two_origins()
    places, goods = case.tables["places"], case.tables["commodities"]
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["places"] = places.assign(id=["north", "north sea", "hub", "w"])
    tables["commodities"] = pd.concat([goods.assign(id="gas"), goods.assign(id="sea gas")])
    tables["links"] = tables["links"].assign(
        from_place=["north", "north sea", "hub"], commodities=["sea gas", "gas", "gas|sea gas"]
    )
    tables["supplies"] = tables["supplies"].assign(place=["north", "north sea"], commodity=["sea gas", "gas"])
    sold = tables["markets"]
    tables["markets"] = pd.concat([sold.assign(commodity="gas"), sold.assign(id="n", commodity="sea gas")])
    model = straits.solve(Case.from_tables(tables, **case.settings.model_dump())).model
    with pytest.raises(StraitsError, match="sea gas at north and gas at north sea"):
        pypsa_files(model)


def test_pypsa_tells_joint_capacities_from_fleets() -> None:
    """Proves: a capacity that links share is no fleet of vessels. Without it: it was told as "as many vessels as are needed"."""
    joint = {"id": "j", "name": "j", "links": "la|lb", "capacity": 5, "unit": "unit"}
    found = left_out(straits.solve(two_origins(joints=[joint])).model)
    assert [(what, rows) for what, _, rows in found] == [("joint capacities", 1)]


def test_pypsa_keeps_a_promise_that_is_cut() -> None:
    """Proves: a promise that must be kept, of a market that is half closed for some days, is a load of what is left of it,
    and so is what it pays. Without it: the value of the folder would hold money that nobody pays."""
    stop = Disruption(asset="buyer", start="2022-01-02", end="2022-01-04", factor=0.5)
    tables = TWO | {"markets": [market("buyer", "B", 200, demand_kind="fixed", demand=5)]}
    cut = Scenario(id="cut", title="cut", disruptions=(stop,))
    solution = straits.solve(plainer(build(tables, time=days(4))), cut)
    assert not left_out(solution.model)
    assert value_of(pypsa_files(solution.model)) == pytest.approx(solution.lp_value)
    # Of 20 kt five are not wanted; each is worth 200 less 50, and 10 for the way, or 40 beyond 4 kt/d.
    assert solution.lp_value == pytest.approx((15 * 150 - 13 * 10 - 2 * 40) / 1000)
