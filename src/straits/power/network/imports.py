"""What an actor buys, by who sells it, by where it enters, and by route: coefficients of the model's columns."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from straits.case.ownership import states_of
from straits.engine.measures import processing_states
from straits.model import Model
from straits.model.assets import UNTRACKED
from straits.power.games.game import Array, GameError
from straits.power.network.spread import UNNAMED

#: Ways of counting partners in imports.
WAYS = ("seller", "entry", "corridor")
BY_SEA = "by sea"


def bought(model: Model, actor: str, commodity: str) -> dict[str, Array]:
    """Give for each origin abroad the coefficients (columns,) whose product with a plan is what the actor's land buys of it, or
    takes into processes.

    Empty where the origin is not kept and the actor's land supplies the good too: what it buys abroad cannot be told apart.

    Raises
    ------
    GameError
        Nothing of the commodity can be sold there.
    """
    n, f = model.network, model.formulation
    states = states_of(n.case, actor)
    found: dict[str, Array] = {}
    for q, (market, k) in enumerate(zip(n.markets.sale_market, n.markets.sale_cargo, strict=True)):
        cargo = n.cargoes[k]
        home = n.territory_of_place(int(n.markets.place[market])) in states
        if not home or cargo.commodity != commodity or cargo.origin in states:
            continue
        at = found.setdefault(cargo.origin, np.zeros(len(model.cost)))
        at[f.sale.every(np.array([q]))[0]] = 1.0
    for p, state in zip(np.flatnonzero(n.pair_process), processing_states(n), strict=True):
        cargo = n.cargoes[n.pair_cargo[p]]
        if state in states and cargo.commodity == commodity and cargo.origin not in states:
            at = found.setdefault(cargo.origin, np.zeros(len(model.cost)))
            at[f.flow.every(np.array([p]))[0]] = 1.0
    if UNTRACKED in found and any(
        n.cargoes[k].commodity == commodity and n.territory_of_place(int(p)) in states
        for k, p in zip(n.supplies.cargo, n.supplies.place, strict=True)
    ):
        return {}
    if not found:
        raise GameError(f"balance: nothing of {commodity} from abroad can be sold in {actor}")
    return found


def entering(model: Model, actor: str, commodity: str, way: str, *, again: bool = False) -> dict[str, Array]:
    """Give for each state from which cargo of others enters the actor's land, or each route by which, what enters.

    A route is that of the link that crosses the border; what enters by links that name none stands under `UNNAMED`.

    Empty where such cargo can leave the land again: flows on links do not tell then how much of it stays. With `again`, all that
    enters is given all the same, whether it stays or not.
    """
    n, f = model.network, model.formulation
    rows, states = n.case.arcs, states_of(n.case, actor)
    pairs: dict[str, list[int]] = defaultdict(list)
    for p, (a, k) in enumerate(zip(n.pair_link, n.pair_cargo, strict=True)):
        cargo = n.cargoes[k]
        if cargo.commodity != commodity or cargo.origin in states:
            continue
        tail, head = (n.territory_of_place(int(x[a])) for x in (n.link_tail, n.link_head))
        if not again and tail in states and head not in states and n.link_capacity[a].any():
            return {}
        if head not in states or tail in states:
            continue
        row = rows[n.link_ids[a]]
        by_land = tail if tail and row.mode != "sea" else BY_SEA
        pairs[(row.corridor or UNNAMED) if way == "corridor" else by_land].append(p)
    if set(pairs) == {UNNAMED}:
        return {}
    found: dict[str, Array] = {}
    for partner, of in pairs.items():
        found[partner] = np.zeros(len(model.cost))
        found[partner][f.flow.every(np.array(of)).ravel()] = 1.0
    return found


def leaving(model: Model, actor: str, commodity: str) -> Array:
    """Give the columns of the flows on which a good leaves the actor's land."""
    n, states = model.network, states_of(model.network.case, actor)
    out = [
        p
        for p, (a, k) in enumerate(zip(n.pair_link, n.pair_cargo, strict=True))
        if n.cargoes[k].commodity == commodity
        and n.territory_of_place(int(n.link_tail[a])) in states
        and n.territory_of_place(int(n.link_head[a])) not in states
    ]
    return model.formulation.flow.every(np.array(out, dtype=int)).ravel()


__all__ = ["BY_SEA", "WAYS", "bought", "entering", "leaving"]
