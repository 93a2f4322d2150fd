"""Frictionless data packages (specification version 1): what every table and column holds, beside the tables."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.case.files.folder import case_files
from straits.case.schema.tables import TABLES, columns
from straits.errors import MissingExtra
from straits.export.star import Resource, facts, plain_kind
from straits.spreadsheet import frame_bytes

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model import Solution

_KINDS = {"text": "string", "choice": "string", "list": "string", "number": "number", "limit": "string", "flag": "boolean",
          "date": "date"}  # fmt: skip


def package_files(resources: Sequence[Resource], case: Case, *, parquet: bool) -> dict[str, bytes]:
    """Return tables as CSV or Parquet with their `datapackage.json`.

    Raises
    ------
    MissingExtra
        For Parquet without pyarrow.
    """
    ending = "parquet" if parquet else "csv"
    files = {
        f"{found.name}.{ending}": _parquet(found.frame)
        if parquet
        else frame_bytes(found.frame, date_format="%Y-%m-%d")
        for found in resources
    }
    told = [_described(found, f"{found.name}.{ending}") for found in resources]
    return {**files, "datapackage.json": _json(_package(case, told))}


def case_package(solution: Solution) -> dict[str, bytes]:
    """Return the tables of a case as they are saved, the results of one run, and `datapackage.json`.

    The folder `case` in it can be read again as the case.
    """
    case = solution.case
    files = {f"case/{name}": data for name, data in case_files(case).items()}
    told = [
        _of_case(case, name[5:-4]) if name.endswith(".csv")
        # Named a file, or a reader takes YAML with `packages` for a catalog of its own.
        else {"name": _name(name[5:]), "path": name, "type": "file", "format": name.rpartition(".")[2]}
        for name in files
    ]  # fmt: skip
    for found in facts({solution.scenario_id: solution}):
        path = f"results/{found.name}.csv"
        frame = (
            found.frame.assign(start=_starts(solution, found.frame)) if "step" in found.frame else found.frame
        )
        files[path] = frame_bytes(frame, date_format="%Y-%m-%d")
        named = Resource(f"results-{found.name}", found.title, frame, texts=found.texts)
        keys = {
            c: (t, "id")
            for c, (t, _) in found.refers.items()
            if t not in ("scenarios", "dates") and t in _tables(told)
        }
        named.refers.update(keys)
        told.append(_described(named, path))
    return {**files, "datapackage.json": _json(_package(case, told))}


def study_package(summary: dict[str, Any], files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the tables of a study with `datapackage.json`; units are read from the headings, which end in them in brackets."""
    told = []
    for path, data in files.items():
        frame = pd.read_csv(io.BytesIO(data))
        found = Resource(_name(path.removeprefix("tables/").removesuffix(".csv")), "", frame)
        texts = {str(c): m[1] for c in frame if (m := re.search(r"\[(.+)\]$", str(c)))}
        told.append(_described(Resource(found.name, found.name, frame, texts=texts), path))
    package = {
        "profile": "data-package",
        "name": _name(str(summary.get("case", "study"))) + "-study",
        "title": summary.get("title", ""),
        "description": " ".join(summary.get("answer", [])),
        "resources": told,
    }
    return {**files, "summary.json": _json(summary), "datapackage.json": _json(package)}


def _parquet(frame: pd.DataFrame) -> bytes:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingExtra("Parquet", "parquet", error) from error
    held = io.BytesIO()
    frame.to_parquet(held, index=False)
    return held.getvalue()


def _starts(solution: Solution, frame: pd.DataFrame) -> pd.Series:
    dates = pd.to_datetime(pd.Series(list(solution.network.steps.dates)))
    return dates.iloc[frame["step"].to_numpy(int)].reset_index(drop=True)


def _tables(told: Sequence[dict[str, Any]]) -> set[str]:
    return {str(resource["name"]) for resource in told}


def _described(found: Resource, path: str) -> dict[str, Any]:
    fields = []
    for name in found.frame:
        told: dict[str, Any] = {"name": str(name), "type": plain_kind(found.frame[name])}
        if str(name) in found.texts:
            told["description"] = found.texts[str(name)]
        fields.append(told)
    schema: dict[str, Any] = {"fields": fields}
    if found.key:
        schema["primaryKey"] = list(found.key)
    if found.refers:
        schema["foreignKeys"] = [_foreign(c, table, key) for c, (table, key) in found.refers.items()]
    table: dict[str, Any] = {"name": found.name, "title": found.title, "path": path, "schema": schema}
    if path.endswith(".csv"):
        table |= {"profile": "tabular-data-resource", "format": "csv", "encoding": "utf-8"}
    else:
        table |= {"profile": "data-resource", "format": path.rpartition(".")[2]}
    return table


def _of_case(case: Case, table: str) -> dict[str, Any]:
    """Describe a table of a case by its schema."""
    fields, foreign = [], []
    known = columns(table)
    for name in case.used_columns(table):
        column = known[name]
        told: dict[str, Any] = {"name": name, "type": _KINDS[column.kind]}
        if column.doc:
            told["description"] = " ".join(column.doc.split())
        limits: dict[str, Any] = {"required": True} if column.required else {}
        if column.choices and column.kind == "choice":
            limits["enum"] = list(column.choices)
        if limits:
            told["constraints"] = limits
        fields.append(told)
        points = column.kind == "text" and column.refers in TABLES
        if points and column.refers and len(case.rows(column.refers)):
            foreign.append(_foreign(name, "" if column.refers == table else column.refers, "id"))
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if "id" in known:
        schema["primaryKey"] = ["id"]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "name": table,
        "path": f"case/{table}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _foreign(column: str, table: str, key: str) -> dict[str, Any]:
    return {"fields": [column], "reference": {"resource": table, "fields": [key]}}


def _package(case: Case, resources: list[dict[str, Any]]) -> dict[str, Any]:
    settings = case.settings
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": _name(settings.id),
        "title": settings.title,
        "description": settings.description,
        "version": case.hash[:12],
        "resources": resources,
    }
    if settings.licence:
        package["licenses"] = [{"name": re.sub(r"[^A-Za-z0-9._-]+", "-", settings.licence).strip("-")}]
    sources = [
        {
            "title": row.title,
            **({"path": row.address} if row.address and row.address.startswith("http") else {}),
        }
        for row in case.rows("sources").values()
    ]
    if sources:
        package["sources"] = sources
    return package


def _name(text: str) -> str:
    """Return a text as a name that the specification takes: lower-case letters, digits, `.`, `_` and `-`."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-") or "table"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
