"""Routes of tables: read, check, save."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from straits.app.serving.cases import save
from straits.app.serving.replies import clean, reply
from straits.app.serving.state import Held, TheCase
from straits.app.views.scene import scene_of
from straits.app.views.tables import finding_view, table_view, tables_view
from straits.app.world.edits import Edits, edited
from straits.app.world.question import Short
from straits.errors import CaseError

router = APIRouter()


@router.get("/cases/{case}/tables")
def list_tables(case: TheCase) -> Response:
    """List the tables of a case."""
    return reply({"tables": tables_view(case.case)})


@router.get("/cases/{case}/tables/{table}")
def show_table(case: TheCase, table: Short) -> Response:
    """Give a table whole."""
    return reply(clean(table_view(case.case, table)))


@router.post("/cases/{case}/check")
def check(case: TheCase, edits: Edits, warnings: bool = True) -> Response:
    """Check a case with edits, as `straits check` does; nothing is written."""
    try:
        made = edited(case.case, edits)
    except CaseError as error:
        return reply({"errors": [finding_view(f) for f in error.findings], "warnings": [], "unsourced": None})
    if not warnings:
        return reply({"errors": [], "warnings": [], "unsourced": None})
    found = made.check()
    return reply(
        {
            "errors": [finding_view(f) for f in found.errors],
            "warnings": [finding_view(f) for f in found.warnings],
            "unsourced": len(found.unsourced),
        }
    )


class Saved(Edits):
    """Edits that are to be saved, the mark of the case that the writer saw, and the name of a copy."""

    mark: Short | None = None
    copy_to: Short | None = None


@router.post("/cases/{case}/save")
def save_tables(case: TheCase, edits: Saved, held: Held) -> Response:
    """Save a case with edits, whole or not at all."""
    with case.lock:
        made = edited(case.case, edits)
        key = save(case, made, edits.mark, edits.copy_to, held)
    return reply({"key": key, "mark": held.cases.get(key).mark})


@router.post("/cases/{case}/preview")
def preview(case: TheCase, edits: Edits) -> Response:
    """Give the scene of a case with edits, for building on the map; nothing is written."""
    return reply({"scene": scene_of(edited(case.case, edits), None)})
