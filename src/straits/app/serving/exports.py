"""Routes of files that are taken away: tables as CSV and XLSX."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Literal

import pandas as pd
from fastapi import APIRouter
from fastapi.responses import Response

from straits.app.serving.replies import refuse
from straits.app.serving.state import Held, TheCase
from straits.app.world.opened import Opened
from straits.app.world.question import Question, Short
from straits.results import Result, described, write_workbook
from straits.results.result import load
from straits.spreadsheet import write_frame
from straits.stress import corridors

router = APIRouter()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("/cases/{case}/export/{kind}")
def export(case: TheCase, kind: Literal["csv", "xlsx"], question: Question) -> Response:
    """Give the numbers of what is on the map: a workbook, or a zip of CSV files."""
    return _file(_result(case, question), kind, f"{case.key}-{question.scenario}")


@router.get("/jobs/{job}/export/{kind}")
def export_job(job: Short, kind: Literal["csv", "xlsx"], held: Held) -> Response:
    """Give the numbers of a job that is done."""
    found = held.board.get(job)
    if found.state != "done":
        return refuse(409, "not_done", f"the job is {found.state}")
    return _file(load(found.result), kind, f"{found.case}-{found.analysis}")


def _result(case: Opened, question: Question) -> Result:
    comparison, run = case.compare(question)
    if run != "baseline":
        return comparison.plain().with_tables(**_flows(comparison.reference(run), comparison.solutions[run]))
    solution = comparison.baseline
    return Result(
        question="What moves in the undisturbed case, and what is it worth, to whom?",
        method="One optimum of the linear model.",
        provenance=solution.provenance,
        tables={
            "corridors": described(corridors(solution), title="Flow that enters each corridor"),
            "accounts": described(
                solution.accounts(),
                title="Accounts",
                units={"amount": f"million {case.case.settings.currency}"},
            ),
            **_flows(solution, solution),
        },
    )


def _flows(before: object, after: object) -> dict[str, pd.DataFrame]:
    keys = ["link", "commodity", "origin"]
    totals = [s.flows.groupby(keys)["amount"].sum() for s in (before, after)]  # type: ignore[attr-defined]
    both = pd.concat(totals, axis=1, keys=["before", "after"]).fillna(0.0).reset_index()
    return {
        "flows": described(
            both.assign(change=both["after"] - both["before"]), title="Flow by link over the whole case"
        )
    }


def _file(result: Result, kind: str, name: str) -> Response:
    with tempfile.TemporaryDirectory(prefix="straits-export-") as folder:
        if kind == "xlsx":
            body = write_workbook(result, Path(folder) / "out.xlsx").read_bytes()
            return _download(body, f"{name}.xlsx", _XLSX)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for table, frame in result.tables.items():
                path = Path(folder) / f"{table}.csv"
                write_frame(path, frame)
                archive.writestr(f"{table}.csv", path.read_bytes())
        return _download(packed.getvalue(), f"{name}.zip", "application/zip")


def _download(body: bytes, name: str, kind: str) -> Response:
    safe = "".join(c if c.isalnum() or c in "._-" else "-" for c in name)
    return Response(
        body,
        media_type=kind,
        headers={"content-disposition": f'attachment; filename="{safe}"', "cache-control": "no-store"},
    )
