"""Packages of options: when each option works, and what the package costs in a step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from straits.case.built import required
from straits.case.schema.threats import DAYS
from straits.model.options import yearly_cost
from straits.threat.network.play import Course, Terms

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.threats import Threat
    from straits.threat.network.interval import Interval
    from straits.threat.network.states import Built, States

    #: Loss of the target and own cost of the sender, by state.
    Losses = list[tuple[Interval, Interval]]


@dataclass(frozen=True)
class Schedule:
    """A package in time.

    Attributes
    ----------
    id : str
    cost : float
        In each step from its start on: the annuities of its options and what keeping them costs, million currency.
    built : tuple of (int, tuple of str)
        Age in steps from which each set of options works; the first is (0, what works at once).
    """

    id: str
    cost: float
    built: tuple[tuple[int, Built], ...]

    def at(self, age: int) -> Built:
        """Return what works at an age."""
        return [options for first, options in self.built if first <= age][-1]

    @property
    def last(self) -> int:
        """Age at which all works."""
        return self.built[-1][0]


def schedules(case: Case, threat: Threat) -> list[Schedule]:
    """Return the packages of a threat in time."""
    table, length, found = case.rows("options"), DAYS[threat.step], []
    for package in threat.packages:
        # A package that takes 2 years works from month 24 on, whatever the rounding of a month.
        own = {
            name: ceil(round((table[name].years_to_build or 0.0) * 365.0 / length, 6))
            for name in package.options
        }
        # Without what it requires it does not work.
        ages = {name: max(own.get(o, 0) for o in (name, *required(table, name))) for name in own}
        stages = {
            age: tuple(sorted(o for o in package.options if ages[o] <= age)) for age in {0, *ages.values()}
        }
        currency, rates = case.settings.currency, case.settings.rates
        yearly = sum(
            yearly_cost(table[o], currency, threat.discount_rate, rates).total for o in package.options
        )
        found.append(Schedule(package.id, yearly * length / 365.0, tuple(sorted(stages.items()))))
    return found


def date_of(threat: Threat, step: int) -> dt.date:
    """Return the first day of a step, as if the first began with the act."""
    if threat.step == "week":
        return threat.start + dt.timedelta(days=7 * step)
    months = step * (1 if threat.step == "month" else 3) + threat.start.month - 1
    day = min(threat.start.day, 28)
    return dt.date(threat.start.year + months // 12, months % 12 + 1, day)


@dataclass(frozen=True)
class Numbers:
    """What the game of a threat rests on, as intervals in million currency."""

    worth: Interval
    cost: Interval
    retreat: Interval
    threat: Interval

    @property
    def asked(self) -> tuple[Interval, Interval, Interval, Interval]:
        """Cost, retreat, worth and threat: the order of `wherever.NUMBERS`."""
        return self.cost, self.retreat, self.worth, self.threat


def terms_of(
    threat: Threat, numbers: Numbers, states: States, plans: list[Schedule], backing: Backing
) -> Terms:
    """Return the repeated threat at the points of all numbers."""

    now, *later = losses_of(states, plans, backing)

    def course(name: str, cost: float, losses: Losses) -> Course:
        return Course(
            name, cost, tuple(loss.point for loss, _ in losses), tuple(own.point for _, own in losses)
        )

    packages = tuple(course(p.id, p.cost, each) for p, each in zip(plans, later, strict=True))
    return Terms(
        threat.horizon,
        float((1.0 + threat.discount_rate) ** (-DAYS[threat.step] / 365.0)),
        numbers.worth.point, numbers.cost.point, numbers.retreat.point, numbers.threat.point,
        course("", 0.0, now), packages,
    )  # fmt: skip


def losses_of(states: States, plans: list[Schedule], backing: Backing) -> list[Losses]:
    """Return the target's loss and the sender's own cost with nothing started, and by age of each package."""
    stages: list[list[Built]] = [[()], *([p.at(age) for age in range(p.last + 1)] for p in plans)]
    return [[backing.of(states, built) for built in each] for each in stages]


@dataclass(frozen=True)
class Backing:
    """What allies add: retaliation to the sender's own cost, insurance off the target's loss."""

    retaliation: Interval
    insurance: Interval

    def of(self, states: States, built: Built) -> tuple[Interval, Interval]:
        """Return what one act takes from the target, and from the sender, with the allies' word counted."""
        by_player = states.losses(built).by_player
        return (
            by_player[states.threat.target] - self.insurance,
            by_player[states.threat.sender] + self.retaliation,
        )


__all__ = ["Backing", "Numbers", "Schedule", "date_of", "losses_of", "schedules", "terms_of"]
