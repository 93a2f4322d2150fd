"""What is asked on the map: a scenario, what is closed besides, and values that are tried."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from straits.case.schema.settings import Change, Disruption, Scenario
from straits.errors import ModelError, did_you_mean
from straits.model import find_scenario

if TYPE_CHECKING:
    from straits.case.case import Case

#: Id of a scenario that was made on the map.
ON_THE_MAP = "on-the-map"
Short = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """A body of a request: what is not named here is an error."""

    model_config = ConfigDict(extra="forbid")


class Closure(Asked):
    """An asset that is closed, or keeps a share of its capacity, from `start` to the day before `end`."""

    asset: Short
    factor: float = Field(default=0.0, ge=0.0, le=1.0)
    start: dt.date
    end: dt.date
    commodity: Short | None = None


class Trial(Asked):
    """Another value for one cell, tried and not saved."""

    table: Short
    row: Short
    column: Short
    value: Annotated[str, Field(max_length=2000)]


class Question(Asked):
    """A scenario of the case, what is closed and built besides, and values that are tried."""

    scenario: Short = "baseline"
    closures: list[Closure] = Field(default_factory=list, max_length=200)
    options: list[Short] = Field(default_factory=list, max_length=200)
    foresight: Literal["perfect", "surprise"] | None = None
    trial: list[Trial] = Field(default_factory=list, max_length=500)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The values that are tried, as changes of a case."""
        return tuple(Change(table=t.table, row=t.row, column=t.column, value=t.value) for t in self.trial)


def scenario_of(case: Case, question: Question, **named: Any) -> Scenario | None:
    """Put a question together as one scenario; None for the undisturbed case.

    Parameters
    ----------
    case : Case
    question : Question
    **named
        Fields of the scenario, such as `id` and `title`, for one that is to be kept.

    Raises
    ------
    ModelError
        If a scenario, an option or a window is none of the case.
    """
    base = find_scenario(case, question.scenario)
    known = case.rows("options")
    for option in question.options:
        if option not in known:
            raise ModelError(f"the case has no option {option!r}{did_you_mean(option, known)}")
    axis = case.settings.time
    for c in question.closures:
        if c.end <= c.start or c.end <= axis.start or c.start >= axis.end:
            raise ModelError(
                f"{c.asset}: window {c.start} to {c.end}; expected days from {axis.start} to {axis.end}, the end after the start"
            )
    added = [
        Disruption(asset=c.asset, factor=c.factor, start=c.start, end=c.end, commodity=c.commodity)
        for c in question.closures
    ]
    if base is not None and not (added or question.options or question.foresight or named):
        return base
    if base is None and not (added or question.options or named):
        return None
    begin = base or Scenario(id=ON_THE_MAP, title="On the map")
    extra = [*[c.asset for c in question.closures], *question.options]
    title = begin.title if base is None else f"{begin.title}, and more" if extra else begin.title
    return begin.model_copy(
        update={
            "id": ON_THE_MAP,
            "title": title,
            "disruptions": (*begin.disruptions, *added),
            "options": tuple(dict.fromkeys((*begin.options, *question.options))),
            "foresight": question.foresight or begin.foresight,
            "back_test": False,
            **named,
        }
    )
