"""Star and data package: sums and keys are those of straits."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import straits
from export.two_origins import two_origins
from refinerycase import trade
from straits.case import Case
from straits.cli import app
from straits.errors import StraitsError
from straits.export import export, export_study
from straits.export.star import star
from straits.stress import Comparison


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return straits.stress(straits.load_case("two-routes"))


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


def test_the_star_holds_what_a_scenario_is_compared_with() -> None:
    """Proves: a scenario solved in finer steps stands beside a run in the same steps, and what is lost is the difference of the
    two; weeks across New Year go with the year of their number. Without it: the loss reckoned from the star was that beside a
    baseline in months, -90 where 120 were told, and the last days of 2024 stood in the first week of that year.
    """
    stop = {
        "id": "stop",
        "title": "Stop",
        "disruptions": [{"asset": "la", "start": "2024-12-20", "end": "2025-01-10"}],
    }
    compared = straits.stress(two_origins(scenarios=[stop], start="2024-12-01", end="2025-03-01"))
    frames = {found.name: found.frame for found in star(compared)}
    runs = frames["scenarios"].set_index("scenario")
    assert runs["title"].tolist() == ["Baseline", "Stop", "Baseline, in steps of Stop"]
    flows = frames["flows"][frames["flows"]["link"] == "la"].groupby("scenario")["amount"].sum()
    # Months keep 450 of A at the strait, weeks 660: B would be as good.
    assert flows.round(6).to_dict() == {"baseline": 450.0, "stop": 540.0, "baseline, in steps of stop": 660.0}
    assert runs["compared_with"]["stop"] == "baseline, in steps of stop"
    worth = frames["accounts"].groupby("scenario")["amount"].sum()
    assert worth[runs["compared_with"]["stop"]] - worth["stop"] == pytest.approx(compared.value_lost("stop"))
    turn = {
        r.name: r.frame for r in star(straits.stress(two_origins(start="2024-12-30", end="2025-02-01"), []))
    }
    assert turn["dates"].loc[0, ["year", "iso_year", "iso_week"]].tolist() == [2024, 2025, 1]


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
    addresses = {row.title: row.address for row in case.rows("sources").values()}
    for source in package.get("sources", []):
        address = addresses[source["title"]]
        assert source.get("path") == (address if address and address.startswith("http") else None)
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
