"""Which side of its trade the focus of a case is on: what it sells abroad, or what it brings in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import state_of, states_of
from straits.engine.measures import export_weights
from straits.lp.tolerance import NOTHING

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model import Solution


def traded(solution: Solution) -> tuple[float, float]:
    """Give what the actor of the focus sells abroad of the good of the focus, and what it brings in, net, over the whole axis.

    Parameters
    ----------
    solution : Solution
        Of a case with a focus.

    Returns
    -------
    tuple of float
        Unit of the commodity. Of an alliance what moves between its members is at home.
    """
    n, f, focus = solution.network, solution.formulation, solution.case.settings.focus
    if focus is None:
        raise ValueError(f"case {solution.case.settings.id} has no focus")
    whose = dict.fromkeys([focus.actor, state_of(solution.case, focus.actor)])
    weights = [export_weights(solution.model, focus.commodity, origin) for origin in whose]
    abroad = float(sum(w @ solution.x for w in weights))
    land = states_of(solution.case, focus.actor)
    at_home = np.array([n.territory_of_place(p) in land for p in range(len(n.place_ids))], dtype=bool)
    tail, head = at_home[n.link_tail[n.pair_link]], at_home[n.link_head[n.pair_link]]
    good = np.array([n.cargoes[k].commodity == focus.commodity for k in n.pair_cargo], dtype=bool)
    moved = solution.block(f.flow).sum(axis=1)
    landed = moved * (1.0 - n.link_loss[n.pair_link])
    brought = landed[good & head & ~tail].sum() - moved[good & tail & ~head].sum()
    return abroad, float(brought)


def on_imports(case: Case) -> bool:
    """Return whether the focus of a case is on imports; where it does not say, the undisturbed case does, which is solved."""
    from straits.engine.solve import solve

    focus = case.settings.focus
    if focus is None or focus.direction is not None:
        return focus is not None and focus.direction == "imports"
    abroad, brought = traded(solve(case))
    return brought > max(abroad, NOTHING)


__all__ = ["on_imports", "traded"]
