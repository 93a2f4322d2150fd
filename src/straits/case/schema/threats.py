"""`threats/<id>.yaml`: who could threaten whom with what, and what each would have of it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from straits.case.schema.fields import Row, as_day

Confidence = Literal["high", "medium", "low"]
Step = Literal["week", "month", "quarter"]
#: Days of a step of the game.
DAYS = {"week": 7.0, "month": 365.0 / 12, "quarter": 365.0 / 4}


class Amount(Row):
    """A number in million currency, or an interval; a plain number in the file is `value`."""

    value: float | None = Field(default=None, allow_inf_nan=False)
    """The number. Blank: the middle of `low` and `high`."""
    low: float | None = Field(default=None, allow_inf_nan=False)
    """Lower end of the interval. Blank: the number itself."""
    high: float | None = Field(default=None, allow_inf_nan=False)
    """Upper end of the interval. Blank: the number itself."""
    source: str | None = None
    """Source that supports it. Blank: it is a guess, and counts as unsourced."""
    locator: str | None = None
    """Where in the source."""
    confidence: Confidence = "low"
    """high: stated by a primary or several independent sources. medium: one secondary source. low: memory or inference."""
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return given if isinstance(given, dict | Amount) else {"value": given}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.value is None and (self.low is None or self.high is None):
            raise ValueError("accepted: a number, or low and high")
        low, value, high = self.ends[0], self.point, self.ends[1]
        if not low <= value <= high:
            raise ValueError(
                f"found low {low:g}, value {value:g}, high {high:g}; accepted: low <= value <= high"
            )
        return self

    def __str__(self) -> str:
        """The number."""
        return f"{self.point:g}"

    @property
    def point(self) -> float:
        """The number, or the middle of its interval."""
        if self.value is not None:
            return self.value
        assert self.low is not None and self.high is not None
        return (self.low + self.high) / 2.0

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of the interval."""
        assert self.value is not None or (self.low is not None and self.high is not None)
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        assert low is not None and high is not None
        return low, high


class Strike(Row):
    """A part of an act: what is taken from an asset while it lasts."""

    asset: str
    """As in a disruption: an asset, `transit:ACTOR`, `territory:ACTOR` or `actor:ACTOR`."""
    factor: float = Field(default=0.0, ge=0.0, le=1.0)
    """Share of capacity that remains."""
    commodity: str | None = None
    origins: tuple[str, ...] = ()


class Stated(Row):
    """What one actor loses by an act, where the network does not say it."""

    actor: str
    loss: Amount


class Act(Row):
    """What is threatened: measures, strikes, `withhold`, or losses that are stated."""

    measures: tuple[str, ...] = ()
    """Measures whose asset, factor, commodity and origins are taken; the time is the act's own."""
    disruptions: tuple[Strike, ...] = ()
    withhold: bool = False
    """All that the sender may close to others, as `power.leverage` takes it."""
    access: Literal["host", "veto", "regulated"] = "host"
    """Which rights hold for `withhold`."""
    stated: tuple[Stated, ...] = ()
    """Losses that come with the act and that the network does not show."""


class Demand(Row):
    """What is asked, each step."""

    worth: Amount
    """To the sender, for each step in which the target complies."""
    cost: Amount
    """To the target."""


class SenderType(Row):
    """A kind of sender: the target does not know which it faces."""

    id: str
    probability: float = Field(gt=0.0, le=1.0)
    own_cost: Amount | None = None
    """Of carrying out once. Blank: what the network says."""
    retreat_cost: Amount | None = None
    """Blank: that of the threat."""


class Package(Row):
    """Options that the target can start together."""

    id: str
    options: tuple[str, ...]


class Guarantee(Row):
    """What an ally has promised to do if the act is carried out."""

    by: str
    kind: Literal["retaliation", "insurance"]
    """retaliation: the act costs the sender `amount` more. insurance: the target loses `amount` less."""
    amount: Amount
    cost: Amount
    """To the ally, of keeping its word."""
    retreat_cost: Amount
    """To the ally, of not keeping it."""


class Third(Row):
    """A third party that must choose between the sender's market and trade with the target."""

    actor: str
    market: Amount
    """What it would lose with the market."""
    trade: Amount
    """What it would lose with the trade."""
    target_loss: Amount | None = None
    """What the target loses if it gives up the trade."""
    sender_cost: Amount | None = None
    """What shutting it out of the market costs the sender."""


class Threat(Row):
    """`threats/<id>.yaml`. Money is in million currency of the case."""

    id: str
    title: str
    description: str = ""
    sender: str
    target: str
    third: tuple[str, ...] = ()
    """Bystanders who are shown by name."""
    scenario: str | None = None
    """Scenario in which all happens. Blank: the undisturbed case."""
    act: Act
    start: date
    """First day of the act."""
    days: float = Field(ge=1.0, le=366.0)
    """How long one act lasts, in whole days."""
    step: Step = "month"
    """Time between one demand and the next."""
    horizon: int = Field(ge=1, le=1200)
    """Number of steps."""
    demand: Demand
    retreat_cost: Amount
    """What backing down costs the sender: an assumption about it, never a finding."""
    threat_cost: Amount = Amount(value=0.0)
    """What making the threat costs the sender."""
    resolve: tuple[SenderType, ...] = ()
    """Blank: everybody knows the sender's costs."""
    packages: tuple[Package, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    secondary: tuple[Third, ...] = ()
    """Third parties under secondary sanctions."""
    discount_rate: float = Field(default=0.08, ge=0.0, lt=1.0)
    """Yearly, of both sides and of what packages cost."""

    _days = field_validator("start", mode="before")(as_day)

    @field_validator("days")
    @classmethod
    def _whole_days(cls, days: float) -> float:
        if days != int(days):
            raise ValueError(f"found {days:g}; accepted: a whole number of days")
        return days

    @field_validator("resolve")
    @classmethod
    def _whole(cls, types: tuple[SenderType, ...]) -> tuple[SenderType, ...]:
        total = sum((Fraction(str(t.probability)) for t in types), Fraction(0))
        if types and total != 1:
            raise ValueError(f"found probabilities that add up to {float(total):g}; accepted: exactly 1")
        return types

    @field_validator("resolve", "packages")
    @classmethod
    def _once(cls, rows: tuple[Any, ...]) -> tuple[Any, ...]:
        ids = [row.id for row in rows]
        if len(set(ids)) < len(ids):
            raise ValueError(f"found the ids {', '.join(ids)}; accepted: each once")
        return rows

    @property
    def end(self) -> date:
        """Day after the last of the act."""
        return self.start + timedelta(days=self.days) if self.start.year < date.max.year - 1 else date.max

    def amounts(self) -> dict[str, Amount]:
        """Return all amounts by their name in the file, such as `demand.worth`."""
        found: dict[str, Amount] = {}
        _collect(self, "", found)
        return found


def _collect(row: Row, prefix: str, found: dict[str, Amount]) -> None:
    for name in type(row).model_fields:
        value = getattr(row, name)
        if isinstance(value, Amount):
            if name in row.model_fields_set or value.point:
                found[f"{prefix}{name}"] = value
        elif isinstance(value, Row):
            _collect(value, f"{prefix}{name}.", found)
        elif isinstance(value, tuple):
            for number, member in enumerate(value):
                if isinstance(member, Row):
                    _collect(member, f"{prefix}{name}.{number}.", found)


__all__ = [
    "DAYS",
    "Act",
    "Amount",
    "Demand",
    "Guarantee",
    "Package",
    "SenderType",
    "Stated",
    "Strike",
    "Third",
    "Threat",
]
