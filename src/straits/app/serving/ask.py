"""Routes of questions: what is on the map answered, and two or more runs side by side."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from straits.app.serving.replies import clean, reply
from straits.app.serving.state import TheCase
from straits.app.views.answer import answer_view
from straits.app.views.code import command_of, python_of
from straits.app.views.open import open_view
from straits.app.world.numbers import number_view, row_view, table_of
from straits.app.world.opened import Opened
from straits.app.world.question import Asked, Question, Short
from straits.errors import ModelError, did_you_mean

router = APIRouter()


@router.post("/cases/{case}/ask")
def ask(case: TheCase, question: Question) -> Response:
    """Answer what is on the map."""
    return reply(answered(case, question))


def answered(case: Opened, question: Question) -> dict[str, Any]:
    """Give the view of the answer to a question."""
    comparison, run = case.compare(question)
    return answer_view(comparison, run)


@router.post("/cases/{case}/ranges/{commodity}")
def ranges(case: TheCase, commodity: Short, question: Question) -> Response:
    """Say how far the headline could move without making anything worse."""
    comparison, run = case.compare(question)
    if commodity not in comparison.case.rows("commodities"):
        known = comparison.case.rows("commodities")
        raise ModelError(f"the case has no commodity {commodity!r}{did_you_mean(commodity, known)}")
    return reply(open_view(comparison, run, commodity))


class Several(Asked):
    """Runs that are set side by side."""

    questions: Annotated[list[Question], Field(min_length=1, max_length=6)]


@router.post("/cases/{case}/compare")
def compare(case: TheCase, asked: Several) -> Response:
    """Answer several questions."""
    return reply({"answers": [answered(case, q) for q in asked.questions]})


@router.post("/cases/{case}/code")
def code(case: TheCase, question: Question) -> Response:
    """Give Python and a command line that answer the same."""
    shown = case.warm(question).case
    return reply(
        {"python": python_of(case.name, question, shown), "command": command_of(case.name, question, shown)}
    )


@router.get("/cases/{case}/asset/{asset}")
def asset(case: TheCase, asset: Short) -> Response:
    """Give all that is known of an asset: its numbers, how sure each is, who can close it."""
    return reply(clean(row_view(case.case, table_of(case.case, asset), asset)))


@router.get("/cases/{case}/row/{table}/{row}")
def row(case: TheCase, table: Short, row: Short) -> Response:
    """Give a row of a table with how sure each of its numbers is."""
    return reply(clean(row_view(case.case, table, row)))


@router.get("/cases/{case}/number/{table}/{row}/{column}")
def number(case: TheCase, table: Short, row: Short, column: Short) -> Response:
    """Say where a number comes from."""
    return reply(clean(number_view(case.case, table, row, column)))
