"""What a plan loses if assets are closed under it and it only shrinks: a bound on the harm of every attack, from one solve.

A plan x is taken apart into pieces: a piece is what runs from fields through links and stores to buyers. Any pieces can be left
out, each by any share, and what is left is still a plan: on every column and row the pieces together are checked against the
bounds, the worst selection of them taken. So with l_i the worth of the pieces that break the closure of asset i,

    v(B) >= v(x) - sum of l_i over i in B     for every attack B.

This is the decomposition of a flow into paths (Ahuja, Magnanti and Orlin 1993, *Network Flows*, 3.5), for models in which
arrivals are spread over steps and demand, contracts and ramps can be soft; and a Benders cut for interdiction (Israeli and Wood
2002, *Networks* 40(2)) whose coefficients come from the plan, where the usual ones are bounds on all duals.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from straits.lp import Answer
from straits.lp.patch import Patch
from straits.lp.tolerance import ON
from straits.model import Model

#: Columns that one piece may follow; with more, it counts as not removable.
_LONGEST = 2_000

#: Partners of a column or balance: (index, how much of it a unit moves).
Ends = list[tuple[int, float]]


class Losses:
    """Takes plans apart.

    Parameters
    ----------
    model : Model
    patches : sequence of Patch
        One per asset; each must only tighten the model. Of those that set one bound, the tightest must hold when they are
        combined, as it does for closures over one window.
    """

    def __init__(self, model: Model, patches: Sequence[Patch]) -> None:
        self.matrix = model.matrix.tocsr()
        f = model.formulation
        first, size = f.balance.offset, f.balance.size
        balance = self.matrix[first : first + size].tocoo()
        #: Columns that stand in a balance; the others only measure (demand unmet, tranches, emergencies).
        self.moves = np.zeros(len(model.cost), dtype=bool)
        self.moves[balance.col] = True
        past = np.zeros(len(model.cost), dtype=bool) if model.decided is None else model.decided.columns
        # What was decided before is no part of a piece: what comes from it comes from a fixed source.
        self.moves[past] = False
        self.beside = np.ones(self.matrix.shape[0], dtype=bool)
        self.beside[first : first + size] = False
        # By balance: what brings to it, and what takes from it; and by column the balances that it stands in.
        self.into: dict[int, Ends] = {}
        self.out: dict[int, Ends] = {}
        self.ends: dict[int, Ends] = {}
        # Stock is followed last, so that only what a store takes in or gives goes through it, and its rates bind no tighter.
        stock = (balance.col >= f.stock.offset) & (balance.col < f.stock.offset + f.stock.size)
        order = np.argsort(stock, kind="stable")
        order = order[~past[balance.col[order]]]
        entries = (values[order].tolist() for values in (balance.row, balance.col, balance.data))
        for at, j, a in zip(*entries, strict=True):
            (self.into if a > 0 else self.out).setdefault(at, []).append((j, abs(a)))
            self.ends.setdefault(j, []).append((at, a))
        self._begin(model, patches)

    def _begin(self, model: Model, patches: Sequence[Patch]) -> None:
        """Take in what hangs on the bounds of the model and on what was decided before."""
        self.model = model
        balance = model.formulation.balance
        span = slice(balance.offset, balance.offset + balance.size)
        given = model.bounds.row_lower[span]
        if model.decided is not None:
            past = model.decided.columns
            given = given - (self.matrix[:, past] @ model.decided.x[past])[span]
        self.fixed = (given < 0).tolist()
        self.first = 0 if model.decided is None else model.decided.first
        self.stay = self._places_to_stay()
        self._take(patches)

    def after(self, model: Model, patches: Sequence[Patch]) -> Losses:
        """Return the same for a model that differs in bounds and in the amounts that were decided before."""
        made = copy.copy(self)
        made._begin(model, patches)
        return made

    def against(self, patches: Sequence[Patch]) -> Losses:
        """Return the same for other patches of the model, as many."""
        made = copy.copy(self)
        made._take(patches)
        return made

    def _take(self, patches: Sequence[Patch]) -> None:
        self.count = len(patches)
        self.columns = _stacked(patches, "columns", "column_lower", "column_upper")
        self.rows = _stacked(patches, "rows", "row_lower", "row_upper")
        spans = [self._columns_of(r) for r in np.unique(self.rows[0]).tolist()]
        starts = np.unique(np.concatenate([self.columns[0], *spans]))
        self.starts = starts[self.moves[starts]]

    def of(self, answer: Answer, patch: Patch | None) -> np.ndarray:
        """Give what closing each asset takes from an optimal plan at most; infinity where no bound was found.

        Parameters
        ----------
        answer : Answer
            With columns and rows.
        patch : Patch or None
            Under which it is optimal.

        Returns
        -------
        ndarray, shape (assets,)
            In the unit of the model's cost.
        """
        return _Plan(self, answer, patch).losses()

    def _columns_of(self, row: int) -> np.ndarray:
        return self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]]

    def _places_to_stay(self) -> dict[int, list[int]]:
        """Columns that hold to the end what stands at a balance: in store, or stranded where that is allowed."""
        f, found = self.model.formulation, {}
        steps, most = f.balance.steps, self.model.bounds.column_upper
        for j, at in enumerate(f.stock_at.tolist()):
            held = f.stock.at(j, np.arange(steps)).tolist()
            for t in range(steps):
                found[int(at * steps + t)] = held[t:]
        for j, at in enumerate(f.can_strand.tolist()):
            for t in range(steps):
                key, column = int(at * steps + t), int(f.stranded.at(j, t))
                # What was in store at the start stays there; what comes in from before can strand.
                if most[column] > 0 and not (t == self.first and key in found):
                    found[key] = [column]
        return found


class _Plan:
    """One plan and its pieces."""

    def __init__(self, parts: Losses, answer: Answer, patch: Patch | None) -> None:
        self.parts = parts
        self.x, self.activity = answer.x, answer.row_value
        b = parts.model.bounds
        self.lower, self.upper = b.column_lower, b.column_upper
        self.row_lower, self.row_upper = b.row_lower, b.row_upper
        if patch is not None:
            self.lower, self.upper = self.lower.copy(), self.upper.copy()
            self.row_lower, self.row_upper = self.row_lower.copy(), self.row_upper.copy()
            self.lower[patch.columns], self.upper[patch.columns] = patch.column_lower, patch.column_upper
            self.row_lower[patch.rows], self.row_upper[patch.rows] = patch.row_lower, patch.row_upper

    def losses(self) -> np.ndarray:
        """Give the loss of each asset."""
        parts = self.parts
        pieces = self._repaired(self._pieces())
        change = (parts.matrix @ pieces).tocsr()
        sound = self._sound(pieces, change)
        # What is not sound never leaves, so that whoever needs it to leave finds too little.
        keep = sparse.diags_array(sound.astype(float))
        pieces, change = pieces @ keep, change @ keep
        worth = np.maximum(-(parts.model.cost @ pieces), 0.0)
        share = np.zeros((parts.count, pieces.shape[1]))
        lost = np.zeros(parts.count, dtype=bool)
        for value, leaves, (at, low, high, owner) in (
            (self.x, pieces, parts.columns),
            (self.activity, change, parts.rows),
        ):
            if len(at):
                leaves = leaves.tocsr()[at].tocoo()
                _shares(leaves, value[at] - high, value[at], owner, share, lost)
                _shares(-leaves, low - value[at], value[at], owner, share, lost)
        loss = share @ worth
        loss[lost] = np.inf
        return loss

    def _pieces(self) -> sparse.csc_array:
        """Give the pieces that use what can be closed: how much of each column leaves with each, shape (columns, pieces)."""
        flow = _Flow(self.parts, self.x)
        columns: list[int] = []
        amounts: list[float] = []
        ends = [0]
        for j in self.parts.starts[self.x[self.parts.starts] > 0].tolist():
            while flow.left[j] > 0:
                piece = flow.take(j)
                if piece is not None:
                    columns += piece
                    amounts += piece.values()
                    ends.append(len(columns))
        return sparse.csc_array((amounts, columns, ends), shape=(len(self.x), len(ends) - 1))

    def _repaired(self, pieces: sparse.csc_array) -> sparse.csc_array:
        """Let columns in no balance make good what a row would miss: demand unmet, less agreed, emergencies, tranches."""
        parts = self.parts
        change = (parts.matrix @ pieces).tocsr()
        row = np.repeat(np.arange(change.shape[0]), np.diff(change.indptr))
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for sign, room in ((1.0, self.activity - self.row_lower), (-1.0, self.row_upper - self.activity)):
            missing = np.maximum(sign * change.data, 0.0)
            total = np.bincount(row, missing, len(room))
            short = parts.beside & (total > np.maximum(room, 0.0) + _near(self.activity))
            for r in np.flatnonzero(short).tolist():
                span = slice(change.indptr[r], change.indptr[r + 1])
                found += self._made_good(r, sign, change.indices[span], missing[span])
        if not found:
            return pieces
        columns, owners, amounts = (np.concatenate(list(part)) for part in zip(*found, strict=True))
        return (pieces + sparse.csc_array((amounts, (columns, owners)), shape=pieces.shape)).tocsc()

    def _made_good(
        self, row: int, sign: float, owner: np.ndarray, need: np.ndarray
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Give entries (columns, pieces, amounts that leave) that raise (sign 1) or lower a row by what its pieces need."""
        matrix, cost = self.parts.matrix, self.parts.model.cost
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        ways = []
        for q, a in zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True):
            if not self.parts.moves[q]:
                up = sign * a > 0
                room = abs(a) * (self.upper[q] - self.x[q] if up else self.x[q] - self.lower[q])
                if room > 0:
                    ways.append(
                        ((cost[q] if up else -cost[q]) / abs(a), q, (-1.0 if up else 1.0) / abs(a), room)
                    )
        found, until, begin = [], np.cumsum(need), 0.0
        for _, q, leaves, room in sorted(ways):
            end = begin + room
            part = np.clip(until, begin, end) - np.clip(until - need, begin, end)
            found.append((np.full(len(owner), q), owner, leaves * part))
            begin = end
            if end >= until[-1]:
                break
        return found

    def _sound(self, pieces: sparse.csc_array, change: sparse.csr_array) -> np.ndarray:
        """Tell the pieces of which any selection may leave, by any share, without breaking a bound."""
        sound = np.ones(pieces.shape[1], dtype=bool)
        for leaves, value, lower, upper in (
            (pieces.tocoo(), self.x, self.lower, self.upper),
            (change.tocoo(), self.activity, self.row_lower, self.row_upper),
        ):
            for sign, room in ((1.0, value - lower), (-1.0, upper - value)):
                part = np.maximum(sign * leaves.data, 0.0)
                total = np.bincount(leaves.row, part, len(value))
                broken = total > np.maximum(room, 0.0) + _near(np.maximum(np.abs(value), total))
                sound[leaves.col[broken[leaves.row] & (part > 0)]] = False
        return sound


class _Flow:
    """What is left of a plan while pieces are taken from it."""

    def __init__(self, parts: Losses, x: np.ndarray) -> None:
        self.parts = parts
        small = (
            0.1 * ON * (1.0 + np.abs(x))
        )  # so little that what is left of many columns is still within `ON`
        self.left: list[float] = np.where(x > small, x, 0.0).tolist()
        self._small: list[float] = small.tolist()
        self._found: tuple[dict[int, Ends], dict[int, Ends]] = ({}, {})

    def take(self, start: int) -> dict[int, float] | None:
        """Take as much of a column as one way up to its sources and down to its ends allows; None if that cannot leave."""
        piece, removable = self._trace(start)
        left, small = self.left, self._small
        if piece[start] <= 0:  # what holds it in place is the column itself
            left[start] = 0.0
            return None
        share = min(left[k] / a for k, a in piece.items() if a > 0 and left[k] > 0)
        for k, a in piece.items():
            if a > 0:
                rest = left[k] - share * a
                left[k] = rest if rest > small[k] else 0.0
        return {k: share * a for k, a in piece.items()} if removable else None

    def _trace(self, start: int) -> tuple[dict[int, float], bool]:
        """Follow a unit of a column; what comes from a fixed source (in store or under way at the start) stays where it was."""
        parts, piece = self.parts, {start: 1.0}
        gap: dict[int, float] = {}
        for b, a in parts.ends[start]:
            gap[b] = gap.get(b, 0.0) - a
        waiting = list(gap)
        for _ in range(_LONGEST):
            if not waiting:
                return piece, True
            b = waiting.pop()
            miss = gap[b]
            if abs(miss) <= 1e-13:
                continue
            choices = self._choices(b, miss < 0)
            if choices:
                k, a = choices[-1]
                amount = abs(miss) / a
                piece[k] = piece.get(k, 0.0) + amount
                for other, share in parts.ends[k]:
                    gap[other] = gap.get(other, 0.0) - share * amount
                    waiting.append(other)
            elif miss > 0 and parts.fixed[b] and b in parts.stay:
                for k in parts.stay[b]:
                    piece[k] = piece.get(k, 0.0) - miss
                gap[b] = 0.0
            else:
                break
        return piece, False

    def _choices(self, balance: int, out: bool) -> Ends:
        """Give the columns that still take from a balance, or bring to it."""
        found = self._found[out]
        if balance not in found:
            ends = (self.parts.out if out else self.parts.into).get(balance, ())
            found[balance] = [(j, a) for j, a in ends if self.left[j] > 0]
        choices = found[balance]
        while choices and self.left[choices[-1][0]] <= 0:
            choices.pop()
        return choices


def _shares(
    leaves: sparse.coo_array,
    over: np.ndarray,
    value: np.ndarray,
    owner: np.ndarray,
    share: np.ndarray,
    lost: np.ndarray,
) -> None:
    """Raise the shares of pieces that must leave for values that are `over` their closed bounds, or would be.

    Parameters
    ----------
    leaves : sparse array, shape (values, pieces)
        How much of a value leaves with a piece; negative where it grows.
    over, value : ndarray, shape (values,)
    owner : ndarray of int, shape (values,)
        Asset that closes it.
    share : ndarray, shape (assets, pieces)
        Of each piece what must leave. Changed.
    lost : ndarray of bool, shape (assets,)
        Whether not enough can leave. Changed.
    """
    near = 2.0 * _near(value)
    relief = np.bincount(leaves.row, np.maximum(leaves.data, 0.0), len(value))
    need = over - np.bincount(leaves.row, np.minimum(leaves.data, 0.0), len(value))
    lost[owner[need > relief + near]] = True
    part = (leaves.data > 0) & ((need > near) & (need <= relief + near))[leaves.row]
    at, piece = leaves.row[part], leaves.col[part]
    np.maximum.at(share, (owner[at], piece), np.minimum(need[at] / relief[at], 1.0))


def _near(value: np.ndarray) -> np.ndarray:
    return ON * (1.0 + np.abs(value))


def _stacked(patches: Sequence[Patch], at: str, lower: str, upper: str) -> tuple[np.ndarray, ...]:
    """Put the bounds of all patches one after another, with the number of the patch beside each."""
    none = [np.empty(0)]
    where = np.concatenate([*none, *(getattr(p, at) for p in patches)]).astype(int)
    owner = np.repeat(np.arange(len(patches)), [len(getattr(p, at)) for p in patches])
    lows, highs = (np.concatenate([*none, *(getattr(p, a) for p in patches)]) for a in (lower, upper))
    return where, lows, highs, owner
