"""The door of all exports: one function that solves nothing and writes a whole folder or file, or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from straits.case.files.csv import MOST_BYTES
from straits.errors import StraitsError, did_you_mean
from straits.files import read_regular, replacing, write_together

if TYPE_CHECKING:
    from straits.model import Solution
    from straits.stress import Comparison

#: What can be exported, and for whom.
FORMATS = {
    "geojson": "places and links with flows, two GeoJSON files and styles for QGIS",
    "gpkg": "the same as one GeoPackage with its styles inside",
    "pypsa": "a network folder that PyPSA reads, and what was left out of it",
    "datapackage": "case and results as CSV with a Frictionless datapackage.json",
    "star": "facts and dimensions of all scenarios for Power BI, as CSV or Parquet",
}


def export(
    comparison: Comparison, to: str, path: Path | str, *, scenario: str | None = None, parquet: bool = False
) -> list[Path]:
    """Write a case with its solutions for another program, whole or not at all.

    Parameters
    ----------
    comparison : Comparison
        Solved; `star` takes all its scenarios, the other formats one run.
    to : {"geojson", "gpkg", "pypsa", "datapackage", "star"}
    path : Path or str
        Folder to write, or for gpkg a file that ends in .gpkg. Other files in a folder stay.
    scenario : str, optional
        Of the comparison. Default: the baseline.
    parquet : bool
        Tables of `star` as Parquet (needs pyarrow) in place of CSV.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    StraitsError
        Another format or scenario, a missing extra, places without coordinates, or a place that cannot be written to.
    """
    known(to)
    path = Path(path)
    solution = _run(comparison, scenario)
    if to in ("geojson", "gpkg"):
        from straits.export.features import features

        reference = None if scenario is None else comparison.reference(scenario)
        made = features(solution, reference)
        if to == "geojson":
            from straits.export.geojson import geojson_files

            return _write(path, geojson_files(made))
        return [_geopackage(path, made)]
    if to == "pypsa":
        from straits.export.pypsa import pypsa_files

        return _write(path, pypsa_files(solution.model))
    if to == "star":
        from straits.export.package import package_files
        from straits.export.star import star

        return _write(path, package_files(star(comparison), comparison.case, parquet=parquet))
    from straits.export.package import case_package

    return _write(path, case_package(solution))


def export_study(study: Path, to: str, path: Path | str) -> list[Path]:
    """Write the tables of a study that `straits run` wrote as a data package.

    Parameters
    ----------
    study : Path
        Folder with `summary.json` and `tables/`.
    to : {"datapackage"}
        Other formats need a case: a study holds tables alone.
    path : Path or str

    Raises
    ------
    StraitsError
        As `export`.
    """
    known(to)
    if to != "datapackage":
        raise StraitsError(
            f"{study}: a study holds tables, from which no {to} can be made; accepted: --to datapackage, or give the case"
        )
    from straits.export.package import study_package

    try:
        summary = json.loads(read_regular(study / "summary.json", MOST_BYTES))
        files = {
            f"tables/{found.name}": read_regular(found, MOST_BYTES)
            for found in sorted((study / "tables").glob("*.csv"))
        }
    except (OSError, ValueError) as error:
        raise StraitsError(f"{study}: is no study that can be read: {error}") from error
    return _write(Path(path), study_package(summary, files))


def known(to: str) -> None:
    """Refuse a format that does not exist.

    Raises
    ------
    StraitsError
    """
    if to not in FORMATS:
        raise StraitsError(
            f"format {to!r} is unknown; accepted: {', '.join(FORMATS)}{did_you_mean(to, FORMATS)}"
        )


def _run(comparison: Comparison, scenario: str | None) -> Solution:
    if scenario is None:
        return comparison.baseline
    if scenario in comparison.solutions:
        return comparison.solutions[scenario]
    if scenario in comparison.failed:
        raise StraitsError(f"scenario {scenario} has no solution: {comparison.failed[scenario]}")
    accepted = list(comparison.solutions)
    raise StraitsError(
        f"scenario {scenario!r} is unknown; accepted: {', '.join(accepted)}{did_you_mean(scenario, accepted)}"
    )


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    try:
        write_together(folder, files)
    except OSError as error:
        raise StraitsError(
            f"{error.filename or folder}: cannot be written: {error.strerror or error}"
        ) from error
    return [folder / name for name in files]


def _geopackage(path: Path, made: Any) -> Path:
    from straits.export.geopackage import write_geopackage

    if path.suffix.lower() != ".gpkg":
        raise StraitsError(f"{path}: a GeoPackage is one file; accepted: a name that ends in .gpkg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as beside:
            write_geopackage(beside, made)
    except OSError as error:
        raise StraitsError(f"{path}: cannot be written: {error.strerror or error}") from error
    except sqlite3.OperationalError as error:  # what SQLite says of a full disk
        raise StraitsError(f"{path}: cannot be written: {error}") from error
    return path
