"""Values of the coalitions of a case's program: part by part, each state solved at most once."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from straits.errors import InfeasibleError
from straits.lp.states.part import Part
from straits.lp.states.relaxation import Item, Relaxation
from straits.power.games.game import Array

if TYPE_CHECKING:
    from straits.model import Bounds
    from straits.power.network.program import CoalitionProgram

Ints = NDArray[np.int64]
#: Coalitions whose limits are looked at together.
_AT_ONCE = 4096


class CaseValues:
    """Values of coalitions of one program.

    Parameters
    ----------
    program : CoalitionProgram
        The program.

    Raises
    ------
    InfeasibleError
        What no player can touch is infeasible: a promise that no coalition can keep.
    """

    def __init__(self, program: CoalitionProgram) -> None:
        self.program = program
        self._relaxed = Relaxation(program.model, program.switches)
        self._base: float | None = None
        # Weak, because a program of several parts is replaced when it gets more rows.
        self._held: WeakKeyDictionary[Part, int] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[Part, dict[int, tuple[Array, Ints]]] = WeakKeyDictionary()
        self._check_rest()

    @property
    def solves(self) -> int:
        """Programs solved so far; a part of the program counts as one."""
        return self._relaxed.solves

    @property
    def parts(self) -> int:
        """Number of parts of the program that some player can touch."""
        return len(self._relaxed.parts)

    @property
    def joined(self) -> int:
        """Number of programs of several parts that were needed because their optima collided."""
        return len(self._relaxed.collided)

    def every(self) -> tuple[Array, int]:
        """Return the value of each of the 2^n coalitions less that of the empty one, million currency, and
        the number of states."""
        masks = np.arange(1 << len(self.program.players), dtype=np.int64)
        first, back = distinct(np.packbits(self.program.states(masks), axis=1))
        total = self._values(masks[first])[back]
        return (total - total[0]) / 1000.0, len(first)

    def one(self, mask: int) -> float:
        """Return the value of one coalition less that of the empty one, million currency."""
        if self._base is None:
            self._base = float(self._values(np.zeros(1, dtype=np.int64))[0])
        return (float(self._values(np.array([mask], dtype=np.int64))[0]) - self._base) / 1000.0

    def programs(self, mask: int) -> tuple[Bounds, Bounds]:
        """Return the bounds of the whole program for a coalition, and for the empty one."""
        of, none = self.program.states(np.array([mask, 0], dtype=np.int64))
        return self.program.bounds(of), self.program.bounds(none)

    def _check_rest(self) -> None:
        try:
            self._relaxed.rest.solve(np.zeros(0, dtype=bool))
        except InfeasibleError:
            raise self.program.explain(np.ones(len(self.program.switches), dtype=bool)) from None

    def _values(self, masks: Ints) -> Array:
        """Return the greatest value of the whole program for each coalition, thousand currency; parts that no
        player touches are left out."""
        relaxed, total = self._relaxed, np.zeros(len(masks))
        proof = {}
        for k, part in enumerate(relaxed.parts):
            value, solved = self._of_part(part, masks)
            total += value
            if part.watched.nnz:
                proof[k] = solved
        items = self._broken(proof, len(masks))
        for u, found in items.items():
            total[u] -= sum(item.value for item in found)
        self._settle(items, masks)
        for u, found in items.items():
            total[u] += sum(item.value for item in found)
        return total

    def _broken(self, proof: dict[int, Ints], count: int) -> dict[int, list[Item]]:
        """Return, for each coalition for which the optima of the parts together may break a row that was left out, the
        optima of the parts: all that take of any such row, because a part that gives way may run into others."""
        parts, most = self._relaxed.parts, self._relaxed.most
        found = np.arange(count)
        if count > 1:
            rows = self._relaxed.at_risk(list(proof))
            use = {k: np.array([s.use[rows] for s in parts[k].solved]) for k in proof}
            over = np.zeros(count, dtype=bool)
            for first in range(0, count if len(rows) else 0, _AT_ONCE):
                at = slice(first, first + _AT_ONCE)
                taken = sum(of_part[proof[k][at]] for k, of_part in use.items())
                over[at] = (taken > most[rows]).any(axis=1)
            found = np.flatnonzero(over)
        none = np.zeros(0, dtype=np.int64)
        return {u: [Item((k,), parts[k], none, int(proof[k][u])) for k in proof] for u in found.tolist()}

    def _settle(self, items: dict[int, list[Item]], masks: Ints) -> None:
        """Join what collides, coalition by coalition, until no row that was left out is broken."""
        pending = list(items)
        while pending:
            groups: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
            collided = []
            for u in pending:
                collisions = self._relaxed.collisions(items[u])
                for places in collisions:
                    atoms = tuple(sorted(k for i in places for k in items[u][i].atoms))
                    groups[atoms].append((u, places))
                if collisions:
                    collided.append(u)
            gone: dict[int, set[int]] = defaultdict(set)
            new: dict[int, list[Item]] = defaultdict(list)
            for atoms, members in groups.items():
                rows, part = self._relaxed.joined(atoms)
                _, solved = self._of_part(part, masks[[u for u, _ in members]])
                for (u, places), s in zip(members, solved.tolist(), strict=True):
                    gone[u].update(places)
                    new[u].append(Item(atoms, part, rows, s))
            for u in collided:
                items[u] = [item for i, item in enumerate(items[u]) if i not in gone[u]] + new[u]
            pending = collided

    def _of_part(self, part: Part, masks: Ints) -> tuple[Array, Ints]:
        """Return the value of a part for each coalition, and which solved state proves it."""
        # Only the players with a right in this part matter to it: far fewer coalitions than 2^n.
        held = self._holders(part)
        if len(masks) == 1:
            return self._of_one(part, int(masks[0]) & held)
        local, of_local = np.unique(masks & held, return_inverse=True)
        states = self.program.states(local, part.which)
        first, of_state = distinct(np.packbits(states, axis=1))
        value, solved = self._prove(part, states[first])
        back = of_state[of_local]
        return value[back], solved[back]

    def _of_one(self, part: Part, local: int) -> tuple[Array, Ints]:
        """Return the same for one coalition, and remember it: a sample asks for one at a time."""
        known = self._known.setdefault(part, {})
        if local not in known:
            known[local] = self._prove(
                part, self.program.states(np.array([local], dtype=np.int64), part.which)
            )
        return known[local]

    def _prove(self, part: Part, states: NDArray[np.bool_]) -> tuple[Array, Ints]:
        try:
            return part.values(states)
        except InfeasibleError:
            # Say it in terms of the whole case: find a coalition whose whole program is infeasible.
            raise self.program.explain(self._whole(part)) from None

    def _holders(self, part: Part) -> int:
        """Return the mask of the players with a right in a part."""
        if part not in self._held:
            self._held[part] = reduce(lambda mask, k: mask | self.program.holders(k), part.which, 0)
        return self._held[part]

    def _whole(self, part: Part) -> NDArray[np.bool_]:
        state = np.ones(len(self.program.switches), dtype=bool)
        state[part.which] = part.last
        return state


def distinct(rows: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return where each distinct row stands first, and for each row the number of the distinct one it equals."""
    if not rows.shape[1]:
        return np.zeros(1, dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    _, first, back = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return first, back.ravel()


__all__ = ["CaseValues", "distinct"]
