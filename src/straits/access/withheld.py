"""What an actor can withhold: the parts of the model that it closes to others, asset by asset, and by what right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from straits.access.rights import Right
from straits.case.ownership import buyer_of
from straits.model import Bounds, Model, Solution
from straits.model.blocks import Block

#: A block of columns of the model, and an entry of it.
Entry = tuple[Block, int]


@dataclass(frozen=True)
class Closure:
    """What closing one asset to others means in the model.

    Attributes
    ----------
    asset, kind : str
        link, fleet or market; `sale` for own cargo that is not sold in others' markets.
    right : str
        By what right the actor may close it.
    kept_open_by : tuple of int
        Players who keep it open against the actor as its hosts; empty if it is withheld, or open by an access rule.
    entries : tuple of (Block, int)
        Columns of the model.
    steps : (int, int) or None
        First step in which the right holds, and the step after the last. None: all.
    hosts_apart : tuple of str
        Hosts who keep it open and are no players.
    """

    asset: str
    kind: str
    right: str
    kept_open_by: tuple[int, ...]
    entries: tuple[Entry, ...]
    steps: tuple[int, int] | None = None
    hosts_apart: tuple[str, ...] = ()

    def within(self, steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Give those of some steps in which the right holds."""
        first, last = self.steps or (0, len(steps))
        return steps & (np.arange(len(steps)) >= first) & (np.arange(len(steps)) < last)


def closures_of(
    model: Model,
    rights: Sequence[Right],
    left: Sequence[Right],
    speaker: Mapping[str, int],
    i: int,
    n: int,
    *,
    players_only: bool = False,
) -> tuple[list[Closure], list[Closure]]:
    """List what player `i` withholds, and what it could withhold only if every right held.

    Parameters
    ----------
    model : Model
    rights, left : sequence of Right
        By law and ownership, and what is left of them under the access regime.
    speaker : mapping of actor to player
    i, n : int
        The player; how many there are.
    players_only : bool
        Whether its own cargo is not sold to other players only, instead of to nobody else.

    Returns
    -------
    withheld, kept_open : list of Closure
    """
    without = np.array([((1 << n) - 1) ^ (1 << i)], dtype=np.int64)
    entries = _entries(model, speaker, i)
    withheld: list[Closure] = []
    kept_open: list[Closure] = []
    for by_law, under_rule in zip(rights, left, strict=True):
        mine = tuple(entries.get((by_law.kind, by_law.index), ()))
        if not mine or by_law.open_to(without)[0]:
            continue
        held = not under_rule.open_to(without)[0]
        # A rule that takes away more than shares opens the asset by itself.
        hosted = not held and under_rule.alone == by_law.alone
        hosts = tuple(k for k in range(n) if hosted and by_law.hosts >> k & 1)
        found = Closure(by_law.asset, by_law.kind, by_law.why(i), hosts, mine, by_law.steps,
                        by_law.kept_by if hosted else ())  # fmt: skip
        (withheld if held else kept_open).append(found)
    return withheld + _refusals(model, speaker, i, players_only=players_only), kept_open


def _entries(model: Model, speaker: Mapping[str, int], i: int) -> Mapping[tuple[str, int], list[Entry]]:
    """Give the columns by which cargo of others than player `i` uses each link, fleet and market, and by which each reserve is
    released."""
    net, f = model.network, model.formulation
    others = np.array([speaker.get(c.origin) != i for c in net.cargoes], dtype=bool)
    foreign = others[net.pair_cargo]
    found: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for p in np.flatnonzero(foreign):
        found["link", int(net.pair_link[p])].append((f.flow, int(p)))
    for use in np.flatnonzero(foreign[net.fleets.use_pair]):
        carried = np.flatnonzero(f.carried == use)
        entry = (f.carry, int(carried[0])) if len(carried) else (f.flow, int(net.fleets.use_pair[use]))
        found["fleet", int(net.fleets.use_fleet[use])].append(entry)
    for q in np.flatnonzero(others[net.markets.sale_cargo]):
        found["market", int(net.markets.sale_market[q])].append((f.sale, int(q)))
    for j, h in enumerate(f.reserved.tolist()):
        found["release", h].append((f.drawn, j))
    return found


def _refusals(model: Model, speaker: Mapping[str, int], i: int, *, players_only: bool) -> list[Closure]:
    """List the sales of the player's own cargo in markets, and to processes, of all others, or of other players."""
    net, f = model.network, model.formulation
    rows = net.case.rows("markets")
    found: dict[str, list[Entry]] = defaultdict(list)
    for q, (cargo, market) in enumerate(zip(net.markets.sale_cargo, net.markets.sale_market, strict=True)):
        asset = net.markets.ids[market]
        buyer = buyer_of(net.case, rows[asset])
        others = speaker.get(buyer or "", i if players_only else None)
        if speaker.get(net.cargoes[cargo].origin) == i and others != i:
            found[asset].append((f.sale, q))
    # A process takes its cargo in for the state where it stands.
    for p in np.flatnonzero(net.pair_process):
        taker = net.territory_of_place(int(net.link_tail[net.pair_link[p]]))
        others = speaker.get(taker or "", i if players_only else None)
        if speaker.get(net.cargoes[net.pair_cargo[p]].origin) == i and others != i:
            found[net.link_ids[net.pair_link[p]]].append((f.flow, int(p)))
    return [Closure(asset, "sale", "seller", (), tuple(entries)) for asset, entries in found.items()]


def moved(closure: Closure, solution: Solution, steps: NDArray[np.bool_]) -> tuple[float, str]:
    """Return how much cargo of others used the asset in a solution over some steps, and its unit; nan and an empty
    unit where goods of several units did."""
    net, f = solution.network, solution.formulation
    commodities = net.case.rows("commodities")
    cargo_of = {
        id(f.flow): net.pair_cargo,
        id(f.carry): net.pair_cargo[net.fleets.use_pair[f.carried]],
        id(f.sale): net.markets.sale_cargo,
    }
    stores = net.case.rows("stores")
    held = [stores[net.stores.ids[h]].commodity for h in f.reserved]
    amounts: dict[str, float] = defaultdict(float)
    steps = closure.within(steps)
    for block, entry in closure.entries:
        good = held[entry] if block is f.drawn else net.cargoes[cargo_of[id(block)][entry]].commodity
        unit = commodities[good].unit
        amounts[unit] += float(solution.block(block)[entry][steps].sum())
    used = {unit: amount for unit, amount in amounts.items() if amount > 0} or dict(list(amounts.items())[:1])
    return (
        next(((amount, unit) for unit, amount in used.items()), (0.0, "")) if len(used) == 1 else (np.nan, "")
    )


def closed(bounds: Bounds, closures: Iterable[Closure], steps: NDArray[np.bool_]) -> Bounds:
    """Return the bounds with nothing moving by what is closed, during some steps and as long as each right holds."""
    b = copy_of(bounds)
    for closure in closures:
        at = np.flatnonzero(closure.within(steps))
        for block, entry in closure.entries:
            b.column_upper[block.at(entry, at)] = 0.0
    return b


def without_growth(model: Model, bounds: Bounds, before: Solution) -> Bounds:
    """Let no flow exceed what it was before: nothing can be rerouted."""
    f, b = model.formulation, copy_of(bounds)
    for block in (f.flow, f.carry):
        b.column_upper[block.slice] = np.minimum(
            b.column_upper[block.slice], np.maximum(before.x[block.slice], 0.0)
        )
    return b


def copy_of(b: Bounds) -> Bounds:
    """Return bounds that can be changed without changing the others."""
    return Bounds(b.column_lower.copy(), b.column_upper.copy(), b.row_lower.copy(), b.row_upper.copy())


__all__ = ["Closure", "Entry", "closed", "closures_of", "copy_of", "moved", "without_growth"]
