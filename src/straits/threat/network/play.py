"""A threat that can be repeated: backward induction over step, package and its age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

#: What is closer than this part of the largest payoff is a tie.
TIE = 1e-9
#: Most equilibria that are kept at one state; the first of more.
MOST = 24


@dataclass(frozen=True)
class Course:
    """What happens to leverage once a package is started.

    Attributes
    ----------
    id : str
    cost : float
        Of the package in each step, from its start on.
    loss, own : tuple of float
        What one act takes from the target and from the sender, by the number of steps since the start; the last holds from
        then on.
    """

    id: str
    cost: float
    loss: tuple[float, ...]
    own: tuple[float, ...]

    def at(self, age: int) -> tuple[float, float]:
        """Return loss and own cost at an age."""
        k = min(age, len(self.loss) - 1)
        return self.loss[k], self.own[k]

    @property
    def last(self) -> int:
        """Age from which nothing changes."""
        return len(self.loss) - 1


@dataclass(frozen=True)
class Terms:
    """A repeated threat. Money is in million currency.

    Attributes
    ----------
    steps : int
    discount : float
        Worth of a payoff one step later.
    worth, cost : float
        Of the demand in one step, to the sender and to the target.
    retreat, threat : float
        What backing down, and making the threat, costs the sender.
    now : Course
        With nothing started: one loss and one own cost.
    packages : tuple of Course
    """

    steps: int
    discount: float
    worth: float
    cost: float
    retreat: float
    threat: float
    now: Course
    packages: tuple[Course, ...] = ()

    def course(self, p: int) -> Course:
        """Return the course of a package; -1 for none."""
        return self.now if p < 0 else self.packages[p]


class Move(NamedTuple):
    """What happens in one step of an equilibrium."""

    threat: bool
    complied: bool
    carried_out: bool
    #: Number of the package that is started, -1 for none.
    starts: int


@dataclass(frozen=True)
class Outcome:
    """An equilibrium from one state on: values of sender and target, what happens in this step, and the outcome of the next."""

    sender: float
    target: float
    move: Move
    then: Outcome | None


@dataclass(frozen=True)
class Played:
    """The subgame-perfect equilibria of a repeated threat.

    Attributes
    ----------
    outcomes : tuple of Outcome
        Those that differ in values or in what happens. What is done at a state depends on step, package and age alone.
    cut : bool
        Whether some state had more than `MOST`, of which the first were kept.
    states : int
        States looked at.
    """

    outcomes: tuple[Outcome, ...]
    cut: bool
    states: int

    def path(self, which: int = 0) -> list[tuple[int, int, Move]]:
        """Return the states (package, age) and moves of an equilibrium, step by step."""
        found: list[tuple[int, int, Move]] = []
        at: Outcome | None = self.outcomes[which]
        p, age = -1, 0
        while at is not None:
            found.append((p, age, at.move))
            if at.move.starts >= 0:
                p, age = at.move.starts, 1
            elif p >= 0:
                age += 1
            at = at.then
        return found


def play(terms: Terms) -> Played:
    """Solve a repeated threat by backward induction.

    Each step: the sender threatens or not; the target complies or defies, and may start a package if none is started, also
    when it is not threatened; if defied, the sender carries out or backs down.

    Parameters
    ----------
    terms : Terms

    Returns
    -------
    Played

    Notes
    -----
    Selten 1965. Where a player is indifferent, each of its moves gives an equilibrium of its own, and all are followed back;
    strategies are Markov: they depend on step, package and age.
    """
    later: dict[tuple[int, int], list[Outcome]] = {}
    cut, states = False, 0
    # Not the cost of backing down: it may be as large as one likes for who never does, and what is paid of it is less than an
    # own cost.
    size = max(
        1.0, abs(terms.worth), abs(terms.cost),
        *(abs(x) for c in (terms.now, *terms.packages) for x in (*c.loss, *c.own, c.cost)),
    )  # fmt: skip
    for step in range(terms.steps - 1, -1, -1):
        now: dict[tuple[int, int], list[Outcome]] = {}
        for p, age in _states(terms, step):
            found = _stage(terms, p, age, later, TIE * size)
            cut, states = cut or len(found) > MOST, states + 1
            now[p, age] = found[:MOST]
        later = now
    return Played(tuple(later[-1, 0]), cut, states)


def _states(terms: Terms, step: int) -> Iterator[tuple[int, int]]:
    """Yield the packages and ages that can be in a step; an age beyond which nothing changes stands for all later ones."""
    yield -1, 0
    for p, course in enumerate(terms.packages):
        # Started in the step before, at the earliest in the first.
        for age in range(1, min(step, max(course.last, 1)) + 1):
            yield p, age


def _stage(
    terms: Terms, p: int, age: int, later: Mapping[tuple[int, int], list[Outcome]], near: float
) -> list[Outcome]:
    """Return the equilibria of one step, for each choice of what follows it."""
    course = terms.course(p)
    loss, own = course.at(age)
    if p >= 0:
        after = [(p, min(age + 1, max(course.last, 1)))]
        starts = [-1]
    else:
        after = [(-1, 0), *((k, 1) for k in range(len(terms.packages)))]
        starts = [-1, *range(len(terms.packages))]
    costs = [terms.course(p if s < 0 else s).cost for s in starts]
    following = [later.get(state, [None]) for state in after]
    found: dict[tuple[float, float, Move], Outcome] = {}
    for chosen in product(*following):
        worths = [
            (
                terms.discount * (o.sender if o is not None else 0.0),
                terms.discount * (o.target if o is not None else 0.0) - cost,
            )
            for o, cost in zip(chosen, costs, strict=True)
        ]
        best = max(w for _, w in worths)
        builds = [k for k, (_, w) in enumerate(worths) if w >= best - near]
        for outcome in _moves(terms, loss, own, builds, starts, worths, chosen, near):
            found.setdefault(
                (round(outcome.sender / near), round(outcome.target / near), outcome.move), outcome
            )
            if len(found) > MOST:
                return list(found.values())
    return list(found.values())


def _moves(
    terms: Terms,
    loss: float,
    own: float,
    builds: Sequence[int],
    starts: Sequence[int],
    worths: Sequence[tuple[float, float]],
    chosen: Sequence[Outcome | None],
    near: float,
) -> Iterator[Outcome]:
    """Yield what can happen in one step when what follows each start is known."""
    acts = [
        a for a, holds in ((True, terms.retreat >= own - near), (False, own >= terms.retreat - near)) if holds
    ]
    for quiet, threatened, act in product(builds, builds, acts):
        suffered = loss if act else 0.0
        replies = [
            r
            for r, holds in ((True, suffered >= terms.cost - near), (False, terms.cost >= suffered - near))
            if holds
        ]
        silent = worths[quiet][0]
        for complied in replies:
            spoken = (
                worths[threatened][0]
                - terms.threat
                + (terms.worth if complied else -(own if act else terms.retreat))
            )
            if spoken >= silent - near:
                paid = terms.cost if complied else suffered
                yield Outcome(
                    spoken, worths[threatened][1] - paid,
                    Move(True, complied, act and not complied, starts[threatened]), chosen[threatened],
                )  # fmt: skip
            if silent >= spoken - near:
                yield Outcome(
                    silent, worths[quiet][1], Move(False, False, False, starts[quiet]), chosen[quiet]
                )


def most_asked(terms: Terms, p: int, age: int) -> float:
    """Return the most that can be asked at a state: the target's loss, if carrying out beats backing down; else nothing."""
    loss, own = terms.course(p).at(age)
    return max(loss, 0.0) if terms.retreat >= own else 0.0


def sustainable(terms: Terms) -> tuple[float, int]:
    """Return the sustainable demand, above which the target starts a package, and that package (-1: none ever pays).

    Parameters
    ----------
    terms : Terms
        `worth` and `cost` do not matter.

    Returns
    -------
    demand : float
        Cost to the target in one step, at most what can be asked now.
    package : int

    Notes
    -----
    A package p started in step j saves a demand D in the steps in which less than D can then be asked, and costs its annuity
    until the end. So it pays above max(m, annuities / steps saved), for the least over the levels m of what can be asked after
    it: with a threat that stays credible max(loss left, cost of building / (steps − lead)), here with discounting and for every
    j.
    """
    best_now = most_asked(terms, -1, 0)
    best, which = best_now, -1
    weights = [terms.discount**k for k in range(terms.steps)]
    for p, course in enumerate(terms.packages):
        # In the step in which it is started nothing of it works yet.
        levels = [best_now, *(most_asked(terms, p, age) for age in range(1, max(course.last, 1) + 1))]
        for start in range(terms.steps):
            cost = course.cost * sum(weights[start:])
            for level in sorted(set(levels)):
                saved = sum(
                    weights[k]
                    for k in range(start, terms.steps)
                    if levels[min(k - start, len(levels) - 1)] <= level
                )
                if saved > 0:
                    least = max(level, cost / saved)
                    if least < best:
                        best, which = least, p
    return best, which


def with_demand(terms: Terms, cost: float) -> Terms:
    """Return the terms with another demand, worth to the sender in the same proportion."""
    ratio = terms.worth / terms.cost if terms.cost else 1.0
    return replace(terms, cost=cost, worth=cost * ratio)


__all__ = ["Course", "Move", "Outcome", "Played", "Terms", "most_asked", "play", "sustainable", "with_demand"]
