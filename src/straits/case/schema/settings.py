"""`case.yaml` and the scenario files: settings of a case and named disruptions and assumptions."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_serializer, model_validator

from straits.case.schema.fields import Row, as_day

SCHEMA_VERSION = 1


class Refine(Row):
    """A time within the axis that is cut into shorter steps: days, weeks or months within longer ones."""

    start: date = Field(alias="from")
    """First day."""
    end: date = Field(alias="to")
    """Day after the last."""
    step: Literal["day", "week", "month"] = "day"
    """Length of a step there. Weeks count from the first day, months end on the first day of each calendar month. Edges of the
    steps of the axis stay."""

    _days = field_validator("start", "end", mode="before")(as_day)

    @classmethod
    def of(cls, start: date, end: date, step: str = "day") -> Self:
        """Give the refinement from a first day to the day after the last."""
        return cls.model_validate({"from": start, "to": end, "step": step})

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """Read what a cell of a workbook holds, `2022-07-01:2022-08-01:day`."""
        if not isinstance(value, str):
            return value
        return dict(zip(("from", "to", "step"), (part.strip() for part in value.split(":", 2)), strict=False))

    @model_serializer
    def _as_written(self) -> dict[str, Any]:
        return {"from": self.start, "to": self.end, "step": self.step}


class TimeAxis(Row):
    """The time that a case covers."""

    start: date
    """First day."""
    end: date
    """Day after the last."""
    step: Literal["day", "week", "month", "year"]
    """Length of a step. Weeks count from `start`; months end on the first day of each calendar month, years on each 1 January;
    the last step ends at `end`. The last week, and the first and last month or year, may be shorter. In steps of a year seasons
    give way to their mean, and stores only carry over from year to year."""
    refine: tuple[Refine, ...] = ()
    """Times with shorter steps."""
    boundary: Literal["steady", "empty"] = "steady"
    """steady: the network runs before the start and after the end as in a steady state (goods are on their way at the start
    and keep their worth at the end): one average step or, where profiles tell of a whole year, a year that repeats, in which
    stores end with what they began with; `provenance["boundary"]` of an answer says which. empty: nothing is on its way at the
    start, and what is left at the end is worthless."""

    _days = field_validator("start", "end", mode="before")(as_day)


class ExchangeRate(Row):
    """What another currency is worth in that of the case, one rate over the whole case, so that numbers may be given in it."""

    currency: str
    """Code of the other currency, such as EUR."""
    rate: float
    """What one unit of it is worth in the currency of the case."""
    source: str | None = None
    """Source of the rate, an id of table sources. Blank: nothing supports it, and it counts as unsourced."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """Read what a cell of a workbook holds, `EUR:1.05:ecb`."""
        if not isinstance(value, str):
            return value
        parts = (part.strip() for part in value.split(":", 2))
        return dict(zip(("currency", "rate", "source"), parts, strict=False))


class Focus(Row):
    """Whose trade the case is about; the report leads with it."""

    actor: str
    """A state, or who belongs to one. Of an alliance on the side of imports its members count as one importer: what moves between
    them is at home."""
    commodity: str
    direction: Literal["exports", "imports", "transit", "balance"] | None = None
    """What of its trade. Blank: exports where it sells more abroad than it brings in, else imports; transit where it neither
    sells nor uses any."""
    against: str | None = None
    """The territory whose ports and transit the measures of bypassing refer to."""
    scenario: str | None = None
    """The scenario that the report leads with. Blank: the one that takes most of what the focus counts (exports, or what an
    importer uses), or most joint value where none takes a thousandth of that."""
    players: tuple[str, ...] = ()
    """Actors whose power over each other the report shows. Blank: the report leaves that section out."""


class Settings(Row):
    """`case.yaml`."""

    schema_version: Literal[1] = 1
    id: str
    title: str
    description: str = ""
    time: TimeAxis
    currency: str = "USD"
    exchange_rates: tuple[ExchangeRate, ...] = ()
    """Rates of other currencies that numbers of the case are given in."""
    price_year: int | None = None
    licence: str = ""
    boundaries: str = ""
    """Note on the borders that maps show."""
    focus: Focus | None = None
    tariffs: Literal["paid", "internal"] = "paid"
    """Whether shippers see tariffs as costs (what happens) or as transfers (what they could reach together)."""
    discount_rate: float = Field(default=0.08, ge=0.0, lt=1.0)
    """Yearly rate at which the capital of options is paid back over their life; threats, and whoever asks, may name another."""

    @property
    def rates(self) -> dict[str, float]:
        """What one unit of each other currency is worth in that of the case."""
        return {other.currency: other.rate for other in self.exchange_rates}


class Disruption(Row):
    """Something that takes capacity from an asset for a time."""

    asset: str
    """Id of a link, place, supply, market, store, process, fleet or joint capacity, or one of three words for many assets at
    once; `transit:ACTOR` (all transit through its territory), `territory:ACTOR` (all that lies on its territory), `actor:ACTOR`
    (all that it and who belongs to it operate, or own by half or more, on the day)."""
    factor: float = Field(default=0.0, ge=0.0)
    """Share of capacity that remains."""
    start: date
    end: date
    """Day after the last."""
    commodity: str | None = None
    origins: tuple[str, ...] = ()
    known: date | None = None
    """Day on which it becomes known (surprise foresight). Default: its first day."""
    expected_days: float | None = None
    """Duration expected when it becomes known (surprise foresight). Default: its true duration."""
    source: str | None = None
    note: str | None = None

    _days = field_validator("start", "end", "known", mode="before")(as_day)


class Change(Row):
    """Another value for one cell of one table, for good or for a time."""

    table: str
    row: str
    column: str
    value: str | float
    start: date | None = None
    """First day on which it holds. Blank: since before the case. Days are for numbers that may follow a profile, which does not
    hold then. It is known from the start, whatever the foresight: what comes by surprise is a disruption or a measure."""
    end: date | None = None
    """Day after the last on which it holds. Blank: until after the case."""
    note: str | None = None

    _days = field_validator("start", "end", mode="before")(as_day)

    @property
    def dated(self) -> bool:
        """Whether it holds for a time only."""
        return self.start is not None or self.end is not None


class Decision(Row):
    """The day on which an option of a scenario is decided. It works from `years_to_build` of table options after it, for its
    `life_years` (blank: without an end), which all know from the start. An option of a scenario without a decision has worked
    since before the case, and does so to its end."""

    option: str
    """One of the `options` of the scenario."""
    day: date
    """Day of the decision; it may lie before the case."""

    _days = field_validator("day", mode="before")(as_day)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """Read what a cell of a workbook holds, `berth:2023-06-01`."""
        if not isinstance(value, str):
            return value
        return dict(zip(("option", "day"), (part.strip() for part in value.split(":", 1)), strict=False))


class Scenario(Row):
    """`scenarios/<id>.yaml`."""

    id: str
    title: str
    description: str = ""
    measures: tuple[str, ...] = ()
    """Measures whose physical effect acts in this scenario."""
    disruptions: tuple[Disruption, ...] = ()
    changes: tuple[Change, ...] = ()
    options: tuple[str, ...] = ()
    """Options that are built: for the whole run, or from when they work where `decisions` says when they are decided."""
    decisions: tuple[Decision, ...] = ()
    """When its options are decided, where they are not there from the start."""
    probability: float | None = Field(default=None, ge=0.0, le=1.0)
    """How likely it is, where it is one of several histories of which one happens (`hedge`). Blank: not said."""
    foresight: Literal["perfect", "surprise"] | None = None
    """perfect: all is known from the start. surprise: each disruption becomes known on its day. Blank: surprise if a measure
    named here was ordered or is in force, because acts of states are not announced; else perfect."""
    refine: tuple[Refine, ...] = ()
    """Times with shorter steps in this scenario, and in what it is compared with, besides those of the case."""
    compare_with: str = "baseline"
    """Scenario that it is compared with. `baseline` is the case without any scenario."""
    back_test: bool = False
    """Whether the run is compared with the observations: true for the scenario that tells what happened."""
