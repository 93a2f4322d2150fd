"""Routes of analyses and of the work in the background."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from straits.app.analyses import all_analyses, analysis
from straits.app.serving.replies import clean, refuse, reply
from straits.app.serving.state import Held, TheCase
from straits.app.world.question import Asked, Short
from straits.results.result import load

router = APIRouter()


@router.get("/cases/{case}/analyses")
def list_analyses(case: TheCase) -> Response:
    """List the analyses, with what may be set before each is asked."""
    return reply({"analyses": clean([a.view(case.case) for a in all_analyses().values()])})


class AskAnalysis(Asked):
    """An analysis that is asked for, and its parameters."""

    analysis: Short
    given: dict[Short, Any] = Field(default_factory=dict, max_length=40)


@router.post("/cases/{case}/jobs")
def start(case: TheCase, asked: AskAnalysis, held: Held) -> Response:
    """Start an analysis in the background."""
    chosen = analysis(asked.analysis)
    given = chosen.read(asked.given)
    job = held.board.ask(case.case, case.key, chosen.id, chosen.title, given)
    return reply(clean(job.view()), 202)


@router.get("/jobs")
def list_jobs(held: Held, case: Short | None = None) -> Response:
    """List the jobs, the newest first."""
    return reply({"jobs": clean([j.view() for j in held.board.all(case)])})


@router.get("/jobs/{job}")
def show_job(job: Short, held: Held) -> Response:
    """Say how far a job is."""
    return reply(clean(held.board.get(job).view()))


@router.post("/jobs/{job}/stop")
def stop_job(job: Short, held: Held) -> Response:
    """Stop a job."""
    return reply(clean(held.board.stop(job).view()))


@router.delete("/jobs/{job}")
def remove_job(job: Short, held: Held) -> Response:
    """Stop a job and forget it."""
    held.board.remove(job)
    return reply({"removed": job})


@router.get("/jobs/{job}/result")
def show_result(job: Short, held: Held) -> Response:
    """Give the result of a job that is done."""
    found = held.board.get(job)
    if found.state != "done":
        return refuse(409, "not_done", f"the job is {found.state}")
    result = load(found.result)
    chosen = analysis(found.analysis)
    told = result.to_json()
    titles = {name: str(t.attrs.get("title", name)) for name, t in result.tables.items()}
    notes = {name: str(t.attrs.get("note", "")) for name, t in result.tables.items()}
    name = held.cases.get(found.case).name
    return reply(
        clean(
            {
                **told,
                "titles": titles,
                "notes": notes,
                "code": chosen.code(name, found.given),
                "job": found.view(),
            }
        )
    )
