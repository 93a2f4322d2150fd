"""One part of a model that shares no row with the rest: its best replies, each solved once for all sets of options it answers.

A plan that uses nothing of what an option adds stays optimal without it: without the option the bounds are tighter, and the plan
still keeps them. So the best reply with the set Q built is that with every set between what its plan uses and Q. And what a plan
loses if assets are closed under it bounds the harm of every attack (`straits.worst.pieces`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from straits.hedge.choices import bits
from straits.hedge.replies.past import History, Past
from straits.lp import Answer, Basis, Bounds, LinearProgram, Patch, Session
from straits.lp.parts.reduce import Compact
from straits.model import Model


@dataclass(frozen=True)
class Known:
    """A best reply, and the sets of options that it answers.

    Attributes
    ----------
    used, built : int
        It is the best reply for every set of options that has all of `used`, nothing beyond `built`, and the same past.
    value : float
        What remains; minus infinity if nothing feasible is left.
    loss : ndarray, shape (assets,)
        What closing each asset besides takes at most, with any set that has all of `used`.
    height : float
    slopes : ndarray, shape (options,)
        No set of options is worth more than `height` and the slopes of those that it has; infinite and empty if not asked for.
    basis : Basis or None
        Where it ended, where it has slopes.
    """

    used: int
    built: int
    value: float
    loss: np.ndarray
    height: float = np.inf
    slopes: np.ndarray = field(default_factory=lambda: np.empty(0))
    basis: Basis | None = None

    def at_most(self, built: int) -> float:
        """Return what a set of options is worth at most, by the plane."""
        return self.height + sum(self.slopes[i] for i in bits(built))


class Part:
    """Columns and rows that no other column or row hangs together with.

    Parameters
    ----------
    model : Model
        The whole.
    columns, rows : ndarray of int
        Of the whole, increasing.
    options, assets : int
        What can change something here, as bits.
    solve : callable
        Gives the best reply to (part, history, attack, built).
    changes : sequence of Patch
        Of the whole: all columns and rows that a set of options, a history, an attack or a past may change. Default: none.
    past : callable, optional
        Gives the plan under way before a surprise, of (history, built). Default: nothing is decided beforehand.
    """

    def __init__(
        self,
        model: Model,
        columns: np.ndarray,
        rows: np.ndarray,
        options: int,
        assets: int,
        solve: Callable[[Part, History, int, int], Known],
        changes: Sequence[Patch] = (),
        past: Callable[[History, int], Past] | None = None,
    ) -> None:
        self.columns, self.rows, self.options, self.assets = columns, rows, options, assets
        b = model.bounds
        self.program = LinearProgram(
            model.cost[columns],
            model.matrix[rows][:, columns].tocsc(),
            Bounds(b.column_lower[columns], b.column_upper[columns], b.row_lower[rows], b.row_upper[rows]),
        )
        self._column_at, self._row_at = (np.full(n, -1) for n in (len(model.cost), model.matrix.shape[0]))
        self._column_at[columns], self._row_at[rows] = np.arange(len(columns)), np.arange(len(rows))
        #: What is asked: without what no set of options, history or attack moves.
        self._compact = Compact(self.program, [self.cut(patch, moved=True) for patch in changes])
        self._solve = solve
        self.past = past or (lambda _, __: Past(0, options))
        self._session: Session | None = None
        self._basis: Basis | None = None
        #: Where the last answer ended.
        self.ended: Basis | None = None
        self._bases: dict[tuple[History, int], Basis] = {}
        self._undisturbed: dict[int, Basis] = {}
        #: Replies by history, attack and number of the past.
        self.known: dict[tuple[History, int, int], list[Known]] = {}

    def find(self, history: History, attack: int, built: int) -> Known | None:
        """Return the best reply if it is known already."""
        for known in self.known.get((history, attack, self.past(history, built).number), ()):
            if known.used & ~built == 0 and built & ~known.built == 0:
                return known
        return None

    def reply(self, history: History, attack: int, built: int) -> Known:
        """Return the best reply to one attack with one set of options."""
        found = self.find(history, attack, built)
        if found is None:
            found = self._solve(self, history, attack, built)
            key = (history, attack, self.past(history, built).number)
            self.known.setdefault(key, []).append(found)
        return found

    def most(self, history: History, attack: int, built: int) -> Known:
        """Return the same; if it is not known, solve for a larger set that answers many others too.

        Sets are gone through from the least known one that has all of this: what its plan uses and is not built is taken away.
        All of them have the past of this one.
        """
        found = self.find(history, attack, built)
        if found is not None:
            return found
        past = self.past(history, built)
        every = self.known.get((history, attack, past.number), ())
        larger = [at for k in every if built & ~(at := k.built & past.built) == 0]
        at = min(larger, key=int.bit_count, default=past.built)
        # It shrinks each time: what a reply uses is built where it is the best.
        while True:
            reply = self.reply(history, attack, at)
            if not reply.used & ~built:
                return reply
            at &= ~(reply.used & ~built)

    def answer(
        self, patch: Patch | None, history: History, attack: int, built: int, *, duals: bool = False
    ) -> Answer:
        """Solve the part under a patch of the whole; its vectors are those of the part, and its duals what bounds are worth.

        It starts from an answer to the same history and attack with other options built: that whose plane bounds this one best
        (weak duality: from there the dual simplex has the least way to go), or without planes the last; else from that of these
        options undisturbed.
        """
        if self._session is None:
            self._session = Session(self._compact)
        changed = None if patch is None else self.cut(patch, moved=True)
        past = self.past(history, built).patch
        if past is not None:
            fixed = self.cut(past, moved=True)
            changed = fixed if changed is None else fixed.with_over(changed)
        self._session.take(None if changed is None else self._compact.patch(changed))
        start = (
            self._nearest(history, attack, built)
            or self._bases.get((history, attack))
            or self._undisturbed.get(built)
            or self._basis
        )
        if start is not None:
            self._session.start_from(start)
        answer = self._session.run(duals=duals)
        if len(answer.x):
            basis = self._session.basis()
            self._basis, self.ended = self._basis or basis, basis
            if history and not duals:
                self._bases[history, attack] = basis
            elif not attack:
                self._undisturbed[built] = basis
            x = self._compact.spread(answer.x)
            answer = replace(answer, x=x, row_value=self.program.matrix @ x)
            if duals:
                reduced_cost, dual = self._compact.prices(answer.reduced_cost, answer.dual, changed)
                answer = replace(answer, reduced_cost=reduced_cost, dual=dual)
        return answer

    def _nearest(self, history: History, attack: int, built: int) -> Basis | None:
        """Return the basis of the reply whose plane bounds this one best."""
        known = self.known.get((history, attack, self.past(history, built).number), ())
        planes = [k for k in known if k.basis is not None]
        return min(planes, key=lambda k: k.at_most(built)).basis if planes else None

    def cut(self, patch: Patch, *, moved: bool = False) -> Patch:
        """Return what a patch of the whole changes here, with the indices of the whole, or moved to those of the part."""
        columns, rows = self._column_at[patch.columns], self._row_at[patch.rows]
        c, r = columns >= 0, rows >= 0
        return Patch(
            patch.name, columns[c] if moved else patch.columns[c], patch.column_lower[c], patch.column_upper[c], patch.cost[c],
            rows[r] if moved else patch.rows[r], patch.row_lower[r], patch.row_upper[r],
        )  # fmt: skip

    def touched_by(self, patch: Patch) -> bool:
        """Whether a patch of the whole changes something here."""
        return bool((self._column_at[patch.columns] >= 0).any() or (self._row_at[patch.rows] >= 0).any())
