"""Routes of cases: list, scene, new, reload, scenarios."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response
from pydantic import Field

from straits.app.serving.replies import JSON, NO_STORE, body_of, clean, reply
from straits.app.serving.state import Held, TheCase
from straits.app.views.answer import answer_view
from straits.app.views.scene import scenario_view, scene_of
from straits.app.world.begun import begun
from straits.app.world.edits import cells_of, rebuilt
from straits.app.world.opened import NAME, Cases, Opened
from straits.app.world.question import Asked, Question, Short, scenario_of
from straits.app.world.saving import save_changed
from straits.case import load_case
from straits.case.schema.tables import TABLES
from straits.errors import StraitsError

router = APIRouter()


@router.get("/cases")
def list_cases(held: Held) -> Response:
    """List the cases that can be opened."""
    return reply({"cases": held.cases.about(), "first": held.cases.first, "ledger": held.ledger is not None})


@router.get("/cases/{case}")
def show_case(case: TheCase) -> Response:
    """Give the scene of a case and its baseline."""
    return Response(case.kept("whole", lambda: body_of(_whole(case))), 200, NO_STORE, JSON)


def warm_up(held: Cases) -> None:
    """Open the first case and draw its map, so that the page finds it ready; what is wrong with it the page will be told."""
    with suppress(StraitsError, OSError):
        case = held.get(held.first)
        case.kept("whole", lambda: body_of(_whole(case)))


def _whole(case: Opened) -> dict[str, Any]:
    comparison, run = case.compare(Question())
    return {
        "key": case.key,
        "name": case.name,
        "writable": case.writable,
        "mark": case.mark,
        "hash": case.case.hash,
        "default_days": case.default_days,
        "scene": scene_of(case.case, comparison.baseline),
        "baseline": answer_view(comparison, run),
    }


@router.get("/cases/{case}/mark")
def show_mark(case: TheCase) -> Response:
    """Say whether the case was changed on disk since it was read."""
    return reply({"mark": case.mark, "stale": case.stale})


@router.post("/cases/{case}/reload")
def reload_case(case: TheCase) -> Response:
    """Read the case again from disk."""
    case.reload()
    return show_case(case)


class SaveScenario(Asked):
    """A question that is to be kept as a scenario of the case."""

    question: Question
    id: Annotated[str, Field(pattern=NAME)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=2000)] = ""
    replace: bool = False
    mark: Short | None = None
    copy_to: Short | None = None


@router.post("/cases/{case}/scenarios")
def save_scenario(case: TheCase, asked: SaveScenario, held: Held) -> Response:
    """Keep what is on the map as `scenarios/<id>.yaml`; of a bundled case, in a copy."""
    with case.lock:
        if asked.id == "baseline" or (asked.id in case.case.scenarios and not asked.replace):
            raise StraitsError(
                f"the case has a scenario {asked.id!r} already; give another name, or say that it is to be replaced"
            )
        scenario = scenario_of(
            case.case, asked.question, id=asked.id, title=asked.title, description=asked.description
        )
        assert scenario is not None
        if asked.question.trial:
            scenario = scenario.model_copy(update={"changes": (*scenario.changes, *asked.question.changes)})
        kept = [s for s in case.case.scenarios.values() if s.id != asked.id]
        tables = {name: cells_of(case.case, name) for name in TABLES}
        made = rebuilt(case.case, tables, [*kept, scenario])
        key = save(case, made, asked.mark, asked.copy_to, held)
        opened = held.cases.get(key)
        return reply(
            {"key": key, "mark": opened.mark, "scenario": clean(scenario_view(opened.case, asked.id))}
        )


def save(case: Opened, made: Any, mark: str | None, copy_to: str | None, held: Held) -> str:
    """Save a case to its place, or as a copy; return the key under which it is open.

    Raises
    ------
    CaseChanged
        If what stands on disk is not what the writer saw.
    StraitsError
        If it may not be written, or the name of the copy is taken.
    """
    if copy_to:
        return held.cases.save_new(made, copy_to)
    if not case.writable:
        raise StraitsError(
            f"case {case.key} came with straits and stays as it is: save it as a copy, under a name of yours"
        )
    with case.lock:
        case.demand_fresh(mark)
        save_changed(case.path, case.case, made)
        case.reload()
    return case.key


class NewCase(Asked):
    """A case that is begun from nothing."""

    name: Annotated[str, Field(pattern=NAME)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    start: Short = "2026-01-01"
    end: Short = "2027-01-01"
    step: Annotated[str, Field(pattern="^(day|week|month|year)$")] = "week"
    unit: Short = "kt"
    places: list[tuple[str, float, float]] = Field(
        default_factory=lambda: [("Field", 50.0, 45.0), ("Market", 30.0, 45.0)], min_length=2, max_length=2
    )


@router.post("/cases")
def new_case(asked: NewCase, held: Held) -> Response:
    """Begin a case: a field, a market and one link, to be built on."""
    made = begun(asked.name, asked.title, (asked.start, asked.end, asked.step), asked.unit, asked.places)
    key = held.cases.save_new(made, asked.name)
    return reply({"key": key})


@router.put("/cases")
def upload_case(
    held: Held,
    name: Annotated[str, Query(pattern=NAME)],
    data: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> Response:
    """Take in a workbook (.xlsx), read as the command line reads it, as a new case."""
    with tempfile.TemporaryDirectory(prefix="straits-upload-") as folder:
        path = Path(folder) / f"{name}.xlsx"
        path.write_bytes(data)
        made = load_case(path)
    return reply({"key": held.cases.save_new(made, name)})


__all__ = ["router", "save", "warm_up"]
