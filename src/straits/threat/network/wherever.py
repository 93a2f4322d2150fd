"""What happens in the repeated threat wherever in their intervals the numbers lie.

What is done in a step does not change what follows but by the package that is started: so in each state the threat works or not,
and the target compares lines. Starting package p in step j costs it, over the whole course, a sum of what it pays in each step:
the demand where the threat works, its loss where it is carried out, and the package from step j on. For given signs of all
comparisons that is a straight line over the demand, and what the target does is the lowest of these lines. The signs change at a
loss, an own cost or a cost of threatening; between these nothing does. So every outcome of the box is found, not a sample of it.
Losses of all states lie at their low ends, points or high ends together, and so do the sender's own costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from straits.lp.tolerance import DIFFERS
from straits.threat.network.play import Course, Terms

if TYPE_CHECKING:
    from straits.threat.network.interval import Interval
    from straits.threat.network.packages import Numbers

MADE = "a threat is made"
MET = "the demand is met"
LASTS = "the demand is met to the end"
DONE = "the act is carried out"
BUILT = "the target builds"
#: Columns of the table.
COLUMNS = ("question", "verdict", "at_points", "turns_on", "turns_at")
#: Numbers, as a file of a threat names them, in the order of `Numbers.asked`.
NUMBERS = ("demand.cost", "retreat_cost", "demand.worth", "threat_cost")

Outcome = dict[str, bool]
Ends = tuple[float, float]


@dataclass(frozen=True)
class _Signs:
    """What happens in each state, by the number of steps since the start: the threat is made, met, carried out."""

    made: tuple[bool, ...]
    met: tuple[bool, ...]
    done: tuple[bool, ...]


@dataclass(frozen=True)
class Verdict:
    """A question about the course of things, whether it holds wherever the numbers lie, and which number alone turns it."""

    question: str
    verdict: str
    at_points: str
    turns: tuple[tuple[str, float], ...]


def outcomes(
    terms: Iterable[Terms], cost: Ends, retreat: Ends, worth: Ends, threat: Ends
) -> Iterator[tuple[Outcome, Ends, Ends, Ends, Ends]]:
    """Yield all that can happen within intervals, and the part of each interval in which it does.

    Parameters
    ----------
    terms : iterable of Terms
        Of which losses, own costs and packages count.
    cost, retreat, worth, threat : (float, float)
        Ends; what touches a comparison counts as on either side of it.

    Yields
    ------
    (outcome, cost, retreat, worth, threat)
    """
    for t in terms:
        courses = (t.now, *t.packages)
        own = sorted({x for c in courses for x in c.own})
        loss = sorted({x for c in courses for x in c.loss} | {0.0})
        # Whoever would pay more than that for backing down never does; how much more changes nothing.
        never = own[-1] + max(1.0, abs(own[-1]))
        retreat = (min(retreat[0], never), min(retreat[1], never))
        near = DIFFERS * max(1.0, *(abs(x) for x in (*own, *loss, *cost, *retreat, *worth, *threat)))
        lines: dict[tuple[_Signs, ...], _Lines] = {}
        for tau in _cells(threat, (*worth, *(-x for x in own), *(-x for x in retreat)), near):
            made = _middle(tau)
            for r, w in product(_cells(retreat, (*own, -made), near), _cells(worth, (made,), near)):
                for part in _cells(cost, loss, near):
                    signs = tuple(_signs(c, *map(_middle, (part, r, w, tau))) for c in courses)
                    if signs not in lines:
                        lines[signs] = _Lines(t, signs)
                    for within, outcome in lines[signs].along(part, near):
                        yield outcome, within, r, w, tau


def _cells(ends: Ends, turns: Iterable[float], near: float) -> list[Ends]:
    """Return the pieces of an interval, a little wider, between its ends and the numbers where signs turn."""
    low, high = ends[0] - near, ends[1] + near
    marks = [low, *sorted(x for x in turns if low < x < high), high]
    return [(a, b) for a, b in pairwise(marks) if b > a]


def _middle(ends: Ends) -> float:
    return 0.5 * (ends[0] + ends[1])


def _signs(course: Course, cost: float, retreat: float, worth: float, threat: float) -> _Signs:
    """Return what happens in each state of a course when all compare strictly."""
    made, met, done = [], [], []
    for loss, own in zip(course.loss, course.own, strict=True):
        acts = retreat > own
        complies = (loss if acts else 0.0) > cost
        gain = worth if complies else -(own if acts else retreat)
        threatens = gain > threat
        made.append(threatens)
        met.append(threatens and complies)
        done.append(threatens and not complies and acts)
    return _Signs(tuple(made), tuple(met), tuple(done))


class _Lines:
    """What each plan of the target costs it, as a line over the demand.

    Parameters
    ----------
    terms : Terms
    signs : sequence of _Signs
        Of the case with nothing started, and of each package.
    """

    def __init__(self, terms: Terms, signs: Sequence[_Signs]) -> None:
        n = terms.steps
        weights = terms.discount ** np.arange(n)
        self.plans: list[tuple[int, int]] = [(-1, n)]
        self._terms, self._signs, self._kept = terms, signs, dict[int, Outcome]()
        first = weights.cumsum()
        now = signs[0]
        pays, suffers = float(now.met[0]), terms.now.loss[0] if now.done[0] else 0.0
        slopes, heights = [np.array([pays * first[-1]])], [np.array([suffers * first[-1]])]
        for p, course in enumerate(terms.packages):
            ages = np.minimum(np.arange(n), course.last)
            # What is paid from the step after the start on, if that is in the first step.
            met = np.array(signs[p + 1].met, dtype=float)[ages]
            harm = np.where(signs[p + 1].done, course.loss, 0.0)[ages]
            met[0] = harm[0] = 0.0
            later = [(weights * each).cumsum()[::-1] * weights for each in (met, harm)]
            slopes.append(pays * first + later[0])
            heights.append(suffers * first + later[1] + course.cost * weights * first[::-1])
            self.plans += [(p, j) for j in range(n)]
        self.slope, self.height = np.concatenate(slopes), np.concatenate(heights)

    def along(self, demands: Ends, near: float) -> Iterator[tuple[Ends, Outcome]]:
        """Yield what the target does between two demands, from the least on, each with the demands at which it does."""
        at, high = demands
        while at < high:
            value = self.slope * at + self.height
            lowest = np.flatnonzero(value <= value.min() + near)
            flattest = lowest[np.argmin(self.slope[lowest])]
            with np.errstate(divide="ignore", invalid="ignore"):
                meets = (self.height - self.height[flattest]) / (self.slope[flattest] - self.slope)
            after = meets[(self.slope < self.slope[flattest]) & (meets > at)]
            part = (at, min(float(after.min()), high) if len(after) else high)
            value = self.slope * _middle(part) + self.height
            for k in np.flatnonzero(value <= value.min() + near).tolist():
                yield part, self._outcome(k)
            at = part[1]

    def _outcome(self, k: int) -> Outcome:
        if k not in self._kept:
            p, start = self.plans[k]
            n, signs = self._terms.steps, self._signs
            seen = [(signs[0], 0)]
            if p >= 0 and start < n - 1:
                last = self._terms.packages[p].last
                seen += [
                    (signs[p + 1], min(age, last)) for age in range(1, min(n - 1 - start, max(last, 1)) + 1)
                ]
            final, age = seen[-1]
            found = {
                MADE: any(s.made[a] for s, a in seen),
                MET: any(s.met[a] for s, a in seen),
                LASTS: final.met[age],
                DONE: any(s.done[a] for s, a in seen),
                BUILT: p >= 0,
            }
            for number, course in enumerate(self._terms.packages):
                found[f"{BUILT} package {course.id}"] = number == p
            self._kept[k] = found
        return self._kept[k]


def ended(terms: Terms, losses: Sequence[Sequence[tuple[Interval, Interval]]]) -> list[Terms]:
    """Return the terms with losses, and own costs, at their points, low ends and high ends, each once.

    Parameters
    ----------
    terms : Terms
    losses : sequence of sequence of (Interval, Interval)
        Loss and own cost by state, of the case with nothing started and of each package.
    """
    found: dict[tuple[Course, ...], Terms] = {}
    for of_loss, of_own in product(("point", "low", "high"), repeat=2):
        courses = [
            replace(
                c,
                loss=tuple(getattr(loss, of_loss) for loss, _ in each),
                own=tuple(getattr(own, of_own) for _, own in each),
            )
            for c, each in zip((terms.now, *terms.packages), losses, strict=True)
        ]
        if all(np.isfinite(x) for c in courses for x in (*c.loss, *c.own)):
            found.setdefault(tuple(courses), replace(terms, now=courses[0], packages=tuple(courses[1:])))
    return list(found.values())


def verdicts(terms: Sequence[Terms], numbers: Numbers) -> list[Verdict]:
    """Return what holds wherever in their intervals the numbers lie, and which number, alone, turns what does not.

    Parameters
    ----------
    terms : sequence of Terms
        The first at the points of all numbers.
    numbers : Numbers
    """
    intervals = numbers.asked
    ends = [(x.low, x.high) for x in intervals]
    points = [(x.point, x.point) for x in intervals]
    seen = [o for o, *_ in outcomes(terms, *ends)]
    here = [o for o, *_ in outcomes(terms[:1], *points)]
    turns = {
        name: _turning(terms[0], [e if k == number else p for k, (e, p) in enumerate(zip(ends, points, strict=True))], number)
        for number, name in enumerate(NUMBERS)
        if intervals[number].low < intervals[number].high
    }  # fmt: skip
    found = []
    for question in here[0]:
        alone = tuple(
            (name, at)
            for name, course in turns.items()
            if (at := _nearest(course, question, intervals[NUMBERS.index(name)])) is not None
        )
        verdict = _told({o[question] for o in seen})
        found.append(Verdict(question, verdict, _told({o[question] for o in here}), alone))
    return found


def _told(values: set[bool]) -> str:
    return "open" if len(values) > 1 else "yes" if values.pop() else "no"


def _turning(terms: Terms, ends: Sequence[Ends], number: int) -> list[tuple[float, Outcome]]:
    """Return what happens along one number, with the value from which on it does."""
    found = [(parts[number][0], o) for o, *parts in outcomes([terms], *ends)]
    return sorted(found, key=lambda each: each[0])


def _nearest(course: Sequence[tuple[float, Outcome]], question: str, within: Interval) -> float | None:
    """Return the value nearest to the point of an interval at which an answer turns."""
    turns = [at for (_, one), (at, two) in pairwise(course) if one[question] != two[question]]
    return min(
        (min(max(x, within.low), within.high) for x in turns),
        key=lambda x: abs(x - within.point),
        default=None,
    )


__all__ = [
    "BUILT",
    "COLUMNS",
    "DONE",
    "LASTS",
    "MADE",
    "MET",
    "NUMBERS",
    "Verdict",
    "ended",
    "outcomes",
    "verdicts",
]
