"""Draw histories of closures from the hazards of a case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from straits.case.effects import is_unlimited
from straits.case.scopes import touched
from straits.case.timeaxis import Steps
from straits.errors import ModelError
from straits.model import Effect

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.records import Hazard


@dataclass(frozen=True)
class Event:
    """A drawn event: hazard, first day and length in days from the start of the axis."""

    hazard: str
    start: int
    days: int


@dataclass(frozen=True)
class Hazards:
    """Hazards on a time axis.

    Attributes
    ----------
    ids : list of str
    expected : ndarray
        Expected number of events of each over the axis.
    days : list of ndarray of int
        Days of the axis on which an event of each can begin.
    """

    case: Case
    ids: list[str]
    expected: np.ndarray
    days: list[np.ndarray]

    @property
    def total(self) -> float:
        """Expected number of events over the axis."""
        return float(self.expected.sum())

    @property
    def chance(self) -> float:
        """Probability that anything happens at all."""
        return float(-np.expm1(-self.total))

    def draw(self, rng: np.random.Generator, count: int) -> list[tuple[Event, ...]]:
        """Draw histories in each of which something happens.

        The number of events is Poisson, conditioned on being at least one; each belongs to a hazard in proportion to its
        rate. Histories without any event need no draw: their probability is known and their loss is nothing.

        Parameters
        ----------
        rng : Generator
        count : int

        Returns
        -------
        list of tuple of Event
            Events in order of hazard and start.
        """
        events = _at_least_one(rng, self.total, count)
        which = rng.choice(len(self.ids), int(events.sum()), p=self.expected / self.total)
        rows = [self.case.rows("hazards")[self.ids[h]] for h in which]
        starts = [
            int(self.days[h][i])
            for h, i in zip(
                which, (rng.random(len(which)) * [len(self.days[h]) for h in which]).astype(int), strict=True
            )
        ]
        lengths = _lengths(rng, rows)
        found, at = [], 0
        for n in events:
            drawn = [Event(self.ids[which[j]], starts[j], int(lengths[j])) for j in range(at, at + n)]
            found.append(tuple(sorted(drawn, key=lambda e: (e.hazard, e.start, e.days))))
            at += n
        return found

    def closed_days(self, history: tuple[Event, ...]) -> np.ndarray:
        """Days of the axis on which events of each hazard last, one by one, shape (hazards,)."""
        days = np.zeros(len(self.ids))
        for event in history:
            days[self.ids.index(event.hazard)] += min(event.days, self.length - event.start)
        return days

    def expected_days(self) -> np.ndarray:
        """Means of `closed_days` over all histories, those without any event too, shape (hazards,)."""
        return np.array([
            expected * _days_within(self.case.rows("hazards")[key], self.length - days)
            for key, expected, days in zip(self.ids, self.expected, self.days, strict=True)
        ])  # fmt: skip

    @property
    def length(self) -> int:
        """Days of the axis."""
        axis = self.case.settings.time
        return int((axis.end - axis.start).days)

    def effects(self, event: Event) -> tuple[Effect, ...]:
        """Give the physical effects of an event; when it begins, its mean length is expected.

        Of an unlimited capacity a part is unlimited too: what is left of a step that an event does not fill, or by an event that
        leaves a part, is enough for what would have moved in all of it. So such an asset is closed in whole steps alone.
        """
        row, axis = self.case.rows("hazards")[event.hazard], self.case.settings.time
        start = axis.start + dt.timedelta(days=event.start)
        end = start + dt.timedelta(days=event.days)
        lasting = max(1, round(row.duration_days))
        expected = start + dt.timedelta(days=lasting)
        edges = self.steps.edges
        whole = edges[(edges >= event.start) & (edges <= event.start + event.days)]
        found = []
        for asset in sorted(row.assets):
            for part, limited in self.parts[asset]:
                if limited:
                    found.append(Effect(part, row.factor, start, end, known=start, expected_end=expected))
                elif row.factor == 0.0 and len(whole) > 1:
                    until = max(whole[1], edges[edges <= event.start + lasting].max())
                    first, last, then = (
                        axis.start + dt.timedelta(days=float(day)) for day in (whole[0], whole[-1], until)
                    )
                    found.append(Effect(part, 0.0, first, last, known=start, expected_end=then))
        return tuple(found)

    @cached_property
    def steps(self) -> Steps:
        """The steps of the case."""
        return Steps(self.case.settings.time)

    @cached_property
    def parts(self) -> dict[str, list[tuple[str, bool]]]:
        """What an event strikes by asset, and whether its capacity has a limit: the asset itself where all of it has one."""
        found = {}
        for asset in dict.fromkeys(a for key in self.ids for a in self.case.rows("hazards")[key].assets):
            struck = [(row.id, not is_unlimited(table, row)) for table, row in touched(self.case, asset)]
            # Whose cargo is struck, or on which days, hangs on these words.
            scoped = asset.startswith(("transit:", "actor:"))
            found[asset] = (
                struck if not scoped and not all(limited for _, limited in struck) else [(asset, True)]
            )
        return found


def read_hazards(case: Case) -> Hazards:
    """Read the hazards of a case.

    Raises
    ------
    ModelError
        If there is none, or one names no asset, a month that is none, or no spread where its shape needs one.
    """
    # In the order of their ids: which event a seed draws may not hang on how the table is sorted.
    rows = dict(sorted(case.rows("hazards").items()))
    if not rows:
        raise ModelError(
            f"case {case.settings.id} has no table hazards: it says how often and how long assets are closed"
        )
    axis = case.settings.time
    dates = [axis.start + dt.timedelta(days=d) for d in range((axis.end - axis.start).days)]
    expected, days = [], []
    for key, row in rows.items():
        where = f"table hazards, row {key}"
        if not row.assets:
            raise ModelError(f"{where}, column assets: empty; expected the ids of what an event closes")
        if row.duration_shape == "lognormal" and row.duration_spread is None:
            raise ModelError(f"{where}, column duration_spread: empty; a lognormal length needs it")
        for column in ("rate_per_year", "duration_days"):
            if not np.isfinite(getattr(row, column)):
                raise ModelError(
                    f"{where}, column {column}: found {getattr(row, column)}; expected a finite number"
                )
        months = _months(row.months, where)
        open_days = np.array([d for d, date in enumerate(dates) if date.month in months], dtype=int)
        # The yearly number is spread over the days of a year on which an event can begin.
        in_year = sum((dt.date(2023, 1, 1) + dt.timedelta(days=d)).month in months for d in range(365))
        expected.append(row.rate_per_year * len(open_days) / in_year)
        days.append(open_days)
    total = np.array(expected)
    if not total.sum() > 0:
        raise ModelError(
            f"case {case.settings.id}: no hazard can happen on the time axis, {axis.start} to {axis.end}"
        )
    return Hazards(case, list(rows), total, days)


def _months(texts: tuple[str, ...], where: str) -> set[int]:
    accepted = {str(m): m for m in range(1, 13)}
    for text in texts:
        if text.lstrip("0") not in accepted:
            raise ModelError(f"{where}, column months: found {text!r}; expected numbers from 1 to 12")
    return {accepted[text.lstrip("0")] for text in texts} or set(range(1, 13))


def _at_least_one(rng: np.random.Generator, mean: float, count: int) -> np.ndarray:
    """Draw from the Poisson distribution conditioned on 1 or more: the first event falls before the end of the time."""
    first = -np.log1p(rng.random(count) * np.expm1(-mean))
    return 1 + rng.poisson(np.maximum(mean - first, 0.0))


def _lengths(rng: np.random.Generator, rows: list[Any]) -> np.ndarray:
    """Draw lengths in whole days, at least one."""
    mean = np.array([row.duration_days for row in rows])
    shape = np.array([row.duration_shape for row in rows])
    spread = np.array([row.duration_spread or 0.0 for row in rows])
    sigma = np.sqrt(np.log1p(spread**2))
    drawn = np.where(
        shape == "exponential",
        rng.exponential(1.0, len(rows)) * mean,
        np.where(
            shape == "lognormal", mean * np.exp(sigma * rng.standard_normal(len(rows)) - sigma**2 / 2), mean
        ),
    )
    return np.maximum(1, np.rint(drawn)).astype(int)


def _days_within(row: Hazard, left: np.ndarray) -> float:
    """Give the mean of a length cut off at the days that are left, over all first days; lengths are as `_lengths` draws them."""
    if not len(left):
        return 0.0
    longest = int(left.max())
    if row.duration_shape == "fixed":
        lasting = (np.arange(1, longest + 1) <= max(1, np.rint(row.duration_days))).astype(float)
    else:
        # A length is k days or more if what is rounded is above k - 1/2; it is never less than a day.
        above = np.arange(1, longest + 1) - 0.5
        if row.duration_shape == "exponential":
            lasting = np.exp(-above / row.duration_days)
        else:
            sigma = np.sqrt(np.log1p((row.duration_spread or 0.0) ** 2))
            lasting = special.ndtr(-(np.log(above / row.duration_days) + sigma**2 / 2) / sigma)
        lasting[0] = 1.0
    return float(np.cumsum(lasting)[left - 1].mean())
