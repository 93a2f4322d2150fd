"""Answers held against cold solves: what was found warm, skipped or proved must be what the whole program says from nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from straits.errors import ModelError, SolveError
from straits.lp import Program, Status
from straits.lp.patch import Patch
from straits.lp.program import Bounds
from straits.lp.session import Session
from straits.lp.tolerance import SAME

T = TypeVar("T")
#: How a program is changed; None for not at all.
Changed = Patch | Bounds | None


class Told(NamedTuple):
    """What was found: how much less the one program is worth than the other; infinite if only the other is feasible."""

    loss: float
    whole: Changed
    less: Changed


def read_check(check: int) -> None:
    """Refuse, as `ModelError`, a number of checks that is none: before the work, not after it."""
    if isinstance(check, bool) or not isinstance(check, int) or check < 0:
        raise ModelError(f"check={check!r}: expected a whole number, 0 or more")


def drawn(items: Iterable[T], check: int, rng: np.random.Generator | int = 0) -> list[T]:
    """Draw as many as are to be checked, or all; in their order.

    Raises
    ------
    ModelError
        If `check` is no whole number, 0 or more.
    """
    read_check(check)
    items = list(items)
    chosen = np.random.default_rng(rng).choice(len(items), min(check, len(items)), replace=False)
    return [items[i] for i in sorted(chosen.tolist())]


def check_cold(
    program: Program,
    found: Mapping[str, Told],
    *,
    scale: float = 1e-3,
) -> dict[str, Any]:
    """Solve questions cold, in a session of their own, and compare.

    Parameters
    ----------
    program : Program
    found : mapping of str to Told
        By the name that an error uses.
    scale : float
        Turns cost into the unit of what was found.

    Returns
    -------
    dict
        checked (how many were compared), largest_difference (relative to the worth of the programs, or to 1 if that is less).

    Raises
    ------
    SolveError
        If one is not what the cold solves say.
    """
    largest, costs = 0.0, dict[int, float]()
    session = Session(program) if found else None
    for name, told in found.items():
        assert session is not None
        for changed in (told.whole, told.less):
            if id(changed) not in costs:
                costs[id(changed)] = _cost(session, changed, name) * scale
        whole, less = costs[id(told.whole)], costs[id(told.less)]
        cold = less - whole
        finite = math.isfinite(cold) and math.isfinite(told.loss)
        size = max(1.0, abs(whole), abs(less)) if finite else 1.0
        apart = abs(told.loss - cold) / size if finite else (0.0 if told.loss == cold else math.inf)
        if not apart <= SAME:
            raise SolveError(f"{name}: {told.loss!r} was found, but {cold!r} when solved cold")
        largest = max(largest, apart)
    return {"checked": len(found), "largest_difference": largest}


def _cost(session: Session, changed: Changed, name: str) -> float:
    """Return the least cost of the changed program; infinite if nothing is feasible."""
    if isinstance(changed, Bounds):
        answer = session.cold().solve(changed, read=False)
    else:
        session.take(changed)
        answer = session.run_cold(read=False)
    if answer.status == Status.INFEASIBLE:
        return math.inf
    if answer.status != Status.OPTIMAL:
        raise SolveError(f"{name}: the check ends {answer.status}{answer.told}")
    return answer.value
