"""The worst attack on something that the best reply does not itself maximise: every different reply is looked at.

Closing what a reply does not use leaves the reply optimal, so only assets that a reply uses are worth closing next. The tree
that branches on them, first closing an asset and then never, meets every reply that some attack can bring about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from straits.engine.variant import combine
from straits.errors import SolveError
from straits.lp import Answer, Basis, Status
from straits.lp.certificate import only_tighter, still_optimal
from straits.lp.patch import Patch
from straits.lp.session import Session
from straits.lp.tolerance import ON
from straits.model import Model
from straits.worst.oracle import bits


@dataclass
class Replies:
    """Every different reply to the attacks of a budget.

    Attributes
    ----------
    values : dict of int to float
        Attack (bits) to what remains; each other attack within the budget has the reply of one of these with fewer assets.
    costs : dict of int to float
        Attack to the minimised cost of its reply, infinite if nothing is feasible.
    complete : bool
        Whether all were met before the time was used up.
    solves : int
    seconds : float
    """

    values: dict[int, float]
    costs: dict[int, float]
    complete: bool
    solves: int
    seconds: float


class _Stop(Exception):
    pass


def all_replies(
    model: Model,
    patches: Sequence[Patch],
    weights: Sequence[float],
    budget: float,
    read: Callable[[Answer], float],
    *,
    seconds: float = np.inf,
) -> Replies:
    """Meet every reply that an attack within the budget can bring about.

    Parameters
    ----------
    model : Model
    patches : sequence of Patch
        One per asset.
    weights : sequence of float
    budget : float
    read : callable
        Gives the value of an answer.
    seconds : float
        Time after which the search stops.

    Returns
    -------
    Replies
    """
    began, session = time.perf_counter(), Session(model)
    found = Replies({}, {}, True, 0, 0.0)

    def solve(attack: int, start: Basis | None) -> Answer:
        if time.perf_counter() - began > seconds:
            raise _Stop
        found.solves += 1
        session.take(closed(attack))
        if start is not None:
            session.start_from(start)
        answer = session.run() if start is not None else session.run_cold()
        if answer.status not in (Status.OPTIMAL, Status.INFEASIBLE):
            raise SolveError(
                f"the best reply to {[patches[i].name for i in bits(attack)]} ends {answer.status}{answer.told}"
            )
        feasible = answer.status == Status.OPTIMAL
        found.values[attack] = read(answer) if feasible else -np.inf
        found.costs[attack] = answer.value if feasible else np.inf
        return answer

    def closed(attack: int) -> Patch | None:
        return combine(model, [patches[i] for i in bits(attack)]) if attack else None

    def visit(attack: int, forbidden: int, answer: Answer, basis: Basis | None) -> None:
        spent = sum(weights[i] for i in bits(attack))
        here = closed(attack)
        for i in range(len(patches)):
            bit = 1 << i
            if (attack | forbidden) & bit or spent + weights[i] > budget + ON:
                continue
            after = closed(attack | bit)
            assert after is not None
            if answer.status == Status.OPTIMAL:
                same = still_optimal(model, answer, here, after)
            else:
                same = only_tighter(model, here, after)
            if same:
                continue
            child = solve(attack | bit, basis)
            visit(attack | bit, forbidden, child, session.basis() if child.status == Status.OPTIMAL else None)
            forbidden |= bit

    try:
        root = solve(0, None)
        visit(0, 0, root, session.basis() if root.status == Status.OPTIMAL else None)
    except _Stop:
        found.complete = False
    found.seconds = time.perf_counter() - began
    return found
