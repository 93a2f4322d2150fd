"""Coalitions against outsiders who go on as before: what a coalition adds when the others keep to what they
did when all acted together.

Cargo whose supplies are all closed to the coalition is an outsider's. It moves and is sold as in the
baseline; so it takes up its share of capacity and of demand. Assets closed to the coalition carry that
cargo and nothing else. The value of the coalition is the joint value then, less the same with the
coalition's own assets idle.

An option to build that needs the consent of an outsider stands as all together have built it, and is paid for. Of
any other, what the outsiders' cargo cannot do without stands as well; the coalition chooses how much more to build,
and pays for that only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from straits.engine import Session
from straits.engine.cold import Told, check_cold, drawn
from straits.engine.executors import Executors, Progress, do_all, with_progress
from straits.engine.store import Store, StoreError
from straits.errors import SolveError
from straits.lp import Answer, Status
from straits.lp.optimal_set import Plans
from straits.lp.states.part import surely
from straits.model import Bounds
from straits.power.games.game import Array, members
from straits.power.network.coalitionvalues import distinct

if TYPE_CHECKING:
    from straits.power.network.program import CoalitionProgram

#: Coalitions that are valued one after another.
_STRETCH = 16


class AgainstBaseline:
    """Values of coalitions of one program when outsiders keep to the baseline. Two solves a state; no
    certificates. It is work for `straits.engine.executors`, whose pieces are stretches of coalitions.

    Parameters
    ----------
    program : CoalitionProgram
        The program.
    """

    def __init__(self, program: CoalitionProgram) -> None:
        self.program = program
        self.solves = 0
        self._known: dict[bytes, float] = {}
        self._rows = program.model.matrix.tocsr()
        #: Columns of options: how much of each is built.
        self._options = np.arange(program.model.formulation.columns.size, len(program.model.cost))
        together = program.bounds(np.ones(len(program.switches), dtype=bool))
        answer = self._solve(together)
        self._baseline, self._basis = answer.x, self._session.basis()
        f = program.model.formulation
        moving = [
            np.arange(b.slice.start, b.slice.stop) for b in (f.supply, f.flow, f.carry, f.sale, f.stock)
        ]
        #: Whether nothing else would be as good for all together; if something would, what outsiders keep to is one of several.
        self.unique = Plans(replace(program.model, bounds=together), answer.x, answer.dual).same(
            np.concatenate([*moving, self._options])
        )

    def one(self, mask: int) -> float:
        """Return the value of a coalition, million currency."""
        state = self.program.states(np.array([mask], dtype=np.int64))[0]
        key = np.packbits(state).tobytes()
        if key not in self._known:
            self._known[key] = self._value(mask)
        return self._known[key]

    def every(
        self,
        *,
        workers: int = 1,
        executor: Executors | None = None,
        store: str | Path | None = None,
        progress: Progress | None = None,
        check: int = 3,
    ) -> tuple[Array, dict[str, int]]:
        """Return the value of each of the 2^n coalitions, million currency, and counts: states, solves, stored (states).

        Raises
        ------
        StoreError
            If the store cannot be written, or a value of it, of some that are drawn at random, is not what a cold solve says.
        """
        packed = np.packbits(self.program.states(np.arange(1 << len(self.program.players))), axis=1)
        first, back = distinct(packed)
        masks = first.tolist()
        keys = {mask: packed[mask].tobytes().hex() for mask in masks}
        kept = None if store is None else Store(store, self._meaning(), ("value",))
        rows = {} if kept is None else kept.read()
        values = {mask: rows[key][2][0] for mask, key in keys.items() if key in rows}
        stored = list(values)
        # As all pieces of all questions, they depend neither on workers nor on what is stored.
        pieces = [
            p
            for at in range(0, len(masks), _STRETCH)
            if not values.keys() >= set(p := masks[at : at + _STRETCH])
        ]
        for found in with_progress(do_all(self, pieces, workers, executor), len(pieces), progress):
            fresh = {mask: value for mask, value in found.items() if mask not in values}
            if kept is not None:
                kept.write([(keys[m], "optimal", "solved", 0, 0.0, (v,)) for m, v in fresh.items()])
            values |= fresh
        self._refuse(drawn(stored, check, np.random.default_rng()), values, store)
        found = np.array([values[mask] for mask in masks])[back]
        found[0] = 0.0
        return found, {"states": len(masks), "solves": 1 + 2 * sum(map(len, pieces)), "stored": len(stored)}

    def begin(self, *, away: bool) -> Callable[[Sequence[int]], dict[int, float]]:
        """Give what values a stretch of coalitions, from the baseline on: they depend on nothing that was solved before."""

        def value(masks: Sequence[int]) -> dict[int, float]:
            self._session.start_from(self._basis)
            return {mask: self._value(mask) for mask in masks}

        return value

    def __getstate__(self) -> dict[str, Any]:
        """Travel without a solver."""
        return {name: value for name, value in self.__dict__.items() if name != "_session"}

    @cached_property
    def _session(self) -> Session:
        return Session(self.program.model)

    def _meaning(self) -> str:
        """Fingerprint of all that a value rests on: the program, what each switch moves, and what outsiders keep to."""
        p, digest = self.program, hashlib.sha256()
        digest.update(repr((p.model.hash, p.model.case.hash, p.rights, sorted(p.partly))).encode())
        for switch in p.switches:
            for array in vars(switch).values():
                digest.update(array.tobytes())
        digest.update(self._baseline.tobytes())
        return digest.hexdigest()

    def _refuse(self, masks: Sequence[int], values: Mapping[int, float], store: str | Path | None) -> None:
        """Refuse a store that says something else than cold solves."""
        try:
            for mask in masks:
                name = f"v({', '.join(members(mask, self.program.players))})"
                check_cold(self.program.model, {name: Told(values[mask], *self.programs(mask))})
        except SolveError as error:
            raise StoreError(
                f"store {store}: {error}. It was changed or damaged, and nothing of it is used: name another folder, or remove it"
            ) from None

    def _value(self, mask: int) -> float:
        active, resting = (self._solve(bounds).value for bounds in self.programs(mask))
        return (resting - active) / 1000.0

    def programs(self, mask: int) -> tuple[Bounds, Bounds]:
        """Return the bounds of the whole program for a coalition, and for the same with its own assets idle."""
        state, idle = self.program.states(np.array([mask, 0], dtype=np.int64))
        outside = self._outsiders_columns(state)
        standing = self._standing(state, outside)
        resting = (standing[0], np.where(self._forbidden(idle), *standing))
        return self._bounds(state, outside, standing), self._bounds(idle, outside, resting)

    def _outsiders_columns(self, state: NDArray[np.bool_]) -> NDArray[np.int64]:
        """List the columns of cargo whose supplies are all closed in a state."""
        n, f = self.program.model.network, self.program.model.formulation
        closed = self.program.shut(state)
        shut = np.array([s in closed for s in n.supplies.ids], dtype=bool)
        cargoes = np.array(
            [
                k
                for k in range(len(n.cargoes))
                if (n.supplies.cargo == k).any() and shut[n.supplies.cargo == k].all()
            ]
        )
        carried = n.pair_cargo[n.fleets.use_pair[f.carried]]
        of_block = (
            (f.supply, n.supplies.cargo),
            (f.forced, n.supplies.cargo[f.can_force]),
            (f.flow, n.pair_cargo),
            (f.carry, carried),
            (f.sale, n.markets.sale_cargo),
            (f.stock, n.stores.stock_cargo),
        )
        return np.concatenate(
            [block.every(np.flatnonzero(np.isin(of, cargoes))).ravel() for block, of in of_block]
        )

    def _standing(self, state: NDArray[np.bool_], outside: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return the least and the greatest part of each option that can be built, between 0 and 1."""
        least, most = np.zeros(len(self._options)), np.ones(len(self._options))
        fixed = np.zeros(len(self._baseline))
        fixed[outside] = self._baseline[outside]
        lacking = self._rows @ fixed - self.program.model.bounds.row_upper
        adds = -self._rows[:, self._options].tocsc()
        for k, forbidden in enumerate(self._forbidden(state).tolist()):
            column = self._options[k]
            if forbidden:
                least[k] = most[k] = self._baseline[column]
                continue
            at = slice(adds.indptr[k], adds.indptr[k + 1])
            need = (lacking[adds.indices[at]] / adds.data[at]).max(initial=0.0)
            least[k] = min(need, self._baseline[column])
        return least, most

    def _forbidden(self, state: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which options are closed in a state."""
        entries = [s.entry for s, is_open in zip(self.program.switches, state, strict=True) if not is_open]
        return np.isin(self._options, np.concatenate([np.zeros(0, dtype=np.int64), *entries]))

    def _bounds(
        self, state: NDArray[np.bool_], outside: NDArray[np.int64], standing: tuple[Array, Array]
    ) -> Bounds:
        b = self.program.bounds(state)
        fixed = np.zeros(len(self._baseline))
        fixed[outside] = self._baseline[outside]
        b.column_lower[outside] = b.column_upper[outside] = self._baseline[outside]
        # What stands makes no room in a closed asset beyond what outsiders move there.
        fixed[self._options] = standing[0]
        b.column_lower[self._options], b.column_upper[self._options] = standing
        columns = len(fixed)
        used = self._rows @ fixed - self._opening(outside)
        for switch, is_open in zip(self.program.switches, state, strict=True):
            if not is_open:  # a closed asset has room for what outsiders move in it, and for nothing else
                rows = switch.entry[switch.entry >= columns] - columns
                b.row_lower[rows] += used[rows]
                b.row_upper[rows] += used[rows]
        self._make_room(b, used, outside)
        return b

    def _make_room(self, b: Bounds, used: Array, outside: NDArray[np.int64]) -> None:
        """Let a store hold what outsiders keep in it besides what the members found in it at the start: the
        baseline moved both."""
        n, f = self.program.model.network, self.program.model.formulation
        members = ~np.isin(f.stock.at(np.arange(f.stock.count), 0), outside)
        found = np.bincount(
            n.stores.stock_store[members], weights=n.stores.stock_start[members], minlength=len(n.stores.ids)
        )
        rows = f.level.every(np.arange(f.level.count))
        b.row_lower[rows] = np.minimum(b.row_lower[rows], used[rows])
        b.row_upper[rows] = np.maximum(b.row_upper[rows], used[rows] + found[:, None])

    def _opening(self, outside: NDArray[np.int64]) -> Array:
        """Return what outsiders' stock counts for in the rate rows of the first step, where it is in the
        bound already."""
        n, f = self.program.model.network, self.program.model.formulation
        opening = np.zeros(self._rows.shape[0])
        first = f.stock.at(np.arange(f.stock.count), 0)
        theirs = np.isin(first, outside)
        np.add.at(opening, f.rate.at(n.stores.stock_store[theirs], 0), n.stores.stock_start[theirs])
        return opening

    def _solve(self, bounds: Bounds) -> Answer:
        answer = surely(self._session, bounds)
        self.solves += 1
        if answer.status == Status.INFEASIBLE:
            from straits.engine import explain

            raise explain(self.program.model, bounds)
        if answer.status != Status.OPTIMAL:
            raise SolveError(f"the solver stopped without an answer ({answer.status}; {answer.story})")
        return answer


__all__ = ["AgainstBaseline"]
