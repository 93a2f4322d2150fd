"""PyPSA folder, star and data package: sums, keys and optima are those of straits."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array
from typer.testing import CliRunner

import straits
from refinerycase import trade
from straits.case import Case
from straits.cli import app
from straits.errors import StraitsError
from straits.export import export, export_study
from straits.export.pypsa import left_out, pypsa_files
from straits.export.star import star
from straits.stress import Comparison
from straits.testing.drawn import random_case


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return straits.stress(straits.load_case("two-routes"))


# ---------------------------------------------------------------------- PyPSA


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


def two_origins(capacity: float = 10.0, **more: Any) -> Case:
    """Return fields of two states before one strait that takes three quarters of what they have, for 91 days."""
    at = [
        {"id": i, "name": i, "kind": "field", "territory": t}
        for i, t in (("fa", "A"), ("fb", "B"), ("hub", "A"), ("w", "A"))
    ]
    sea = [
        ("la", "fa", "hub", capacity, 1),
        ("lb", "fb", "hub", capacity, 1),
        ("sea", "hub", "w", 1.5 * capacity, 2),
    ]
    tables: dict[str, list[dict[str, Any]]] = {
        "actors": [{"id": i, "name": i, "kind": "state"} for i in "AB"],
        "commodities": [{"id": "crude", "name": "Crude", "unit": "unit"}],
        "places": at,
        "links": [
            {"id": i, "name": i, "from_place": a, "to_place": b, "mode": "sea", "commodities": "crude", "capacity": most,
             "capacity_unit": "unit/d", "cost": cost, "cost_unit": "USD/unit"} for i, a, b, most, cost in sea
        ],
        "supplies": [
            {"id": f"s{i}", "name": i, "place": f"f{i}", "commodity": "crude", "capacity": capacity, "capacity_unit": "unit/d",
             "cost": 10, "cost_unit": "USD/unit"} for i in "ab"
        ],
        "markets": [
            {"id": "m", "name": "m", "place": "w", "commodity": "crude", "demand_kind": "stepwise", "demand": "unlimited",
             "price": 100, "price_unit": "USD/unit"}
        ],
        **more,
    }  # fmt: skip
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    axis = {"start": "2024-01-01", "end": "2024-04-01", "step": "month", "boundary": "empty"}
    return Case.from_tables(frames, id="straits", title="Two fields", time=axis)


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


# ---------------------------------------------------------------------- star and package


@pytest.mark.parametrize("parquet", [False, True])
def test_sums_of_the_star_are_those_of_the_tables(
    compared: Comparison, tmp_path: Path, parquet: bool
) -> None:
    """Proves: every fact adds up to the table of its solution, every key of a fact is in its dimension once. Without it: Power BI
    would lose rows in a join, or count them twice.
    """
    if parquet:
        pytest.importorskip("pyarrow")
    export(compared, "star", tmp_path / "star", parquet=parquet)
    package = json.loads((tmp_path / "star" / "datapackage.json").read_text())
    frames = {
        r["name"]: (pd.read_parquet if parquet else pd.read_csv)(tmp_path / "star" / r["path"])
        for r in package["resources"]
    }
    runs = {"baseline": compared.baseline, **compared.solutions}
    for name, solution in runs.items():
        own = {key: frame[frame["scenario"] == name] for key, frame in frames.items() if "scenario" in frame}
        assert own["flows"]["amount"].sum() == pytest.approx(solution.flows["amount"].sum())
        assert own["sales"]["amount"].sum() == pytest.approx(solution.sales["amount"].sum())
        assert own["output"]["amount"].sum() == pytest.approx(solution.supply["amount"].sum())
        assert own["stock"]["level"].sum() == pytest.approx(solution.stores["level"].sum())
        assert own["unmet"]["cost"].sum() == pytest.approx(solution.unmet["cost"].sum())
        accounts = solution.accounts()
        assert own["accounts"].groupby("actor")["amount"].sum().to_dict() == pytest.approx(
            accounts.groupby("actor")["amount"].sum().to_dict()
        )
        assert own["accounts"]["amount"].sum() == pytest.approx(solution.objective)
    assert frames["dates"]["days"].sum() == pytest.approx(365)
    check_keys(package, frames)


def check_keys(package: dict[str, Any], frames: dict[str, pd.DataFrame]) -> None:
    """Hold a package against its own description, as `frictionless` does."""
    for resource in package["resources"]:
        schema = resource.get("schema")
        if schema is None:
            continue
        frame = frames[resource["name"]]
        assert [f["name"] for f in schema["fields"]] == list(frame)
        for key in schema.get("primaryKey", []):
            assert frame[key].is_unique and frame[key].notna().all(), (resource["name"], key)
        for key in schema.get("foreignKeys", []):
            (column,) = key["fields"]
            other = key["reference"]["resource"] or resource["name"]
            (target,) = key["reference"]["fields"]
            assert set(frame[column].dropna()) <= set(frames[other][target]), (resource["name"], column)
        for field in schema["fields"]:
            values = frame[field["name"]].dropna()
            if not len(values):
                continue
            if field["type"] == "number":
                assert values.dtype.kind in "fi", field
            elif field["type"] == "integer":
                assert values.dtype.kind == "i", field
            limits = field.get("constraints", {})
            assert not limits.get("required") or frame[field["name"]].notna().all()
            assert set(values) <= set(limits["enum"]) if "enum" in limits else True


@pytest.mark.parametrize("name", ["two-routes", "caspian"])
def test_the_data_package_describes_its_tables(tmp_path: Path, name: str) -> None:
    """Proves: every file is there, has the columns, types, keys and choices that the package says, and the folder is read again
    as the same case. Without it: a receiver's validator, or our own reader, would refuse it.
    """
    case = straits.load_case(name)
    compared = straits.stress(case, [])
    export(compared, "datapackage", tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    frames = {}
    for resource in package["resources"]:
        path = tmp_path / "out" / resource["path"]
        assert path.is_file()
        if path.suffix == ".csv":
            frames[resource["name"]] = pd.read_csv(path, keep_default_na=False, na_values=[""])
        else:
            # YAML of a threat has `packages`, which a reader that guesses takes for a catalog of data packages.
            assert resource["type"] == "file"
    check_keys(package, frames)
    assert frames["results-flows"]["amount"].sum() == pytest.approx(compared.baseline.flows["amount"].sum())
    schemas = {resource["name"]: resource.get("schema", {}) for resource in package["resources"]}
    # What is described, and what points where.
    from straits.case.schema.tables import columns

    of_links = {field["name"]: field for field in schemas["links"]["fields"]}
    assert of_links["capacity"]["description"] == " ".join(columns("links")["capacity"].doc.split())
    assert of_links["mode"]["constraints"]["enum"] == list(columns("links")["mode"].choices)
    assert of_links["id"]["constraints"] == {"required": True} and schemas["links"]["primaryKey"] == ["id"]
    keys = {
        name: {key["fields"][0]: key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
        for name, schema in schemas.items()
    }
    assert (
        keys["links"]["from_place"] == keys["links"]["to_place"] == "places"
        and keys["places"]["territory"] == "actors"
    )
    assert keys["results-flows"]["link"] == "links" and keys["results-flows"]["commodity"] == "commodities"
    firsts = compared.baseline.network.steps.dates
    flows = frames["results-flows"]
    assert flows["start"].tolist() == [str(firsts[step]) for step in flows["step"]]
    assert not {"scenarios", "dates"} & {target for found in keys.values() for target in found.values()}
    assert straits.load_case(tmp_path / "out" / "case").hash == case.hash
    if importlib.util.find_spec("frictionless"):
        frictionless = importlib.import_module("frictionless")
        assert frictionless.validate(str(tmp_path / "out" / "datapackage.json")).valid


def test_a_study_becomes_a_data_package(tmp_path: Path) -> None:
    """Proves: the tables of a study are copied as they are, units named; other formats say that they need the case. Without it:
    results in a folder could not be handed on.
    """
    study = tmp_path / "study"
    (study / "tables").mkdir(parents=True)
    (study / "summary.json").write_text('{"case": "two-routes", "title": "T", "answer": ["A.", "B."]}')
    (study / "tables" / "summary.csv").write_text("scenario,exports [kt]\nstop,5\n")
    with pytest.raises(StraitsError, match="from which no star can be made"):
        export_study(study, "star", tmp_path / "x")
    done = CliRunner().invoke(
        app, ["export", str(study), "--to", "datapackage", "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    field = package["resources"][0]["schema"]["fields"][1]
    assert field == {"name": "exports [kt]", "type": "integer", "description": "kt"}
    assert (tmp_path / "out" / "tables" / "summary.csv").read_bytes() == (
        study / "tables" / "summary.csv"
    ).read_bytes()
    assert package["description"] == "A. B."


def test_texts_are_no_formulas(tmp_path: Path) -> None:
    """Proves: a name that a spreadsheet would run is defused, alike in fact and dimension. Without it: a case from a stranger
    could run a command in Excel.
    """
    case = straits.load_case("two-routes")
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["places"] = tables["places"].assign(name="=cmd|' /C calc'!A0")
    hostile = Case.from_tables(tables, **case.settings.model_dump())
    export(straits.stress(hostile, []), "star", tmp_path / "star")
    assert ",=cmd" not in (tmp_path / "star" / "places.csv").read_text()


def test_the_page_names_all_facts_and_dimensions() -> None:
    """Proves: the page on exports names each table of a star, those of processes among them.
    Without it: who builds a report on the star would not look for what refineries take in.
    """
    page = (Path(__file__).parents[2] / "docs/how-to/export.md").read_text(encoding="utf-8")
    told = page[page.index("Facts (`flows`") : page.index("`datapackage.json` lists the keys")]
    names = {resource.name for resource in star(straits.stress(trade(), []))}
    assert names >= {"conversions", "processes"}
    assert {name for name in names if f"`{name}`" not in told} == set()


def test_the_command_says_what_is_accepted(tmp_path: Path) -> None:
    """Proves: a wrong format is refused before anything is solved, in words, with status 1. Without it: minutes of waiting."""
    done = CliRunner().invoke(app, ["export", "two-routes", "--to", "shp", "--out", str(tmp_path / "x")])
    assert done.exit_code == 1 and "accepted: geojson" in " ".join(done.output.split())
    done = CliRunner().invoke(app, ["geometry", "two-routes"])
    assert done.exit_code == 1 and "--out" in done.output
    assert not list(tmp_path.iterdir())
