"""Value of a linear program in every state of its switches, with as few solves as can be proved to suffice.

A *switch* is a set of bounds that an open or closed asset moves. A *state* says which switches are open.
One solve in one state gives two certificates that reach other states:

- its primal solution stays feasible wherever the bounds it presses against do not move: a lower bound of
  their value;
- its dual solution stays dual feasible everywhere (only bounds move): an upper bound of every state's
  value, by weak duality.

Where the two meet, a state needs no solve. So what an optimum does not use can be closed, and what has no
shadow price can be opened, without one. Nothing is assumed about monotony."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.engine import Session
from straits.errors import InfeasibleError, SolveError
from straits.model import Bounds, Model, highs
from straits.power.games import Array

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
#: Number of bits set in each byte.
_MEMBERS = np.array([bin(b).count("1") for b in range(256)], dtype=np.int64)
#: Gap between the certificates that counts as none, as a share of the largest value met.
GAP = 1e-9
#: Switches by which a state may be less open than the most open one left and yet come first.
NEARLY = 15
#: How far a primal solution may pass a bound and still count as feasible, in amounts (absolute and relative).
FEASIBLE = 1e-6
#: Shadow prices below this are rounding, thousand currency per unit.
PRICE = 1e-7


@dataclass(frozen=True)
class Switch:
    """Bounds that move when an asset is closed. Columns come first, then rows (offset by the number of
    columns).

    Attributes
    ----------
    entry : ndarray of int
        Columns and rows.
    open_lower, open_upper, closed_lower, closed_upper : ndarray
        Their bounds in either position.
    """

    entry: NDArray[np.int64]
    open_lower: Array
    open_upper: Array
    closed_lower: Array
    closed_upper: Array

    def joined(self, other: Switch) -> Switch:
        """Return the switch that moves the bounds of both."""
        return Switch(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in ("entry", "open_lower", "open_upper", "closed_lower", "closed_upper")
            )
        )

    def only(self, kept: Bools, number: NDArray[np.int64]) -> Switch:
        """Return the part of the switch on the kept entries, renumbered."""
        chosen = kept[self.entry]
        return Switch(
            number[self.entry[chosen]],
            self.open_lower[chosen],
            self.open_upper[chosen],
            self.closed_lower[chosen],
            self.closed_upper[chosen],
        )


class Part:
    """A connected part of the program with the switches that touch it: states of one part do not depend on
    the others.

    Parameters
    ----------
    model : Model
        The part as a model of its own.
    switches : list of Switch
        Numbered as the part's columns and rows.
    which : list of int
        Their positions among all switches.
    """

    def __init__(self, model: Model, switches: list[Switch], which: list[int]) -> None:
        self.model, self.switches, self.which = model, switches, which
        #: State of the last solve.
        self.last: Bools = np.ones(len(switches), dtype=bool)
        self._session: Session | None = None
        b = model.bounds
        self._lower = np.concatenate([b.column_lower, b.row_lower])
        self._upper = np.concatenate([b.column_upper, b.row_upper])
        self._entry = np.concatenate([s.entry for s in switches])
        self._open = (
            np.concatenate([s.open_lower for s in switches]),
            np.concatenate([s.open_upper for s in switches]),
        )
        self._closed = (
            np.concatenate([s.closed_lower for s in switches]),
            np.concatenate([s.closed_upper for s in switches]),
        )
        self._switch = np.repeat(np.arange(len(switches)), [len(s.entry) for s in switches])
        self.solves = 0

    def bounds(self, state: Bools) -> Bounds:
        """Return the bounds in a state."""
        lower, upper = self._lower.copy(), self._upper.copy()
        opened = state[self._switch]
        lower[self._entry] = np.where(opened, self._open[0], self._closed[0])
        upper[self._entry] = np.where(opened, self._open[1], self._closed[1])
        n = len(self.model.cost)
        return Bounds(lower[:n], upper[:n], lower[n:], upper[n:])

    def solve(self, state: Bools) -> highs.Answer:
        """Solve in one state, warm from the last; raise `InfeasibleError` or `SolveError` if there is no
        optimum."""
        if self._session is None:
            self._session = Session(self.model)
        self.last = state
        answer = surely(self._session, self.bounds(state))
        self.solves += 1
        if answer.status == highs.INFEASIBLE:
            raise InfeasibleError("a coalition cannot keep a promise")
        if answer.status != highs.OPTIMAL:
            raise SolveError(f"the solver stopped without an answer ({answer.status})")
        return answer

    def values(self, states: Bools) -> Array:
        """Return the greatest value (less cost) in each of the states, shape (U,); `states` has shape (U, switches)."""
        count = len(states)
        least, most = np.full(count, -np.inf), np.full(count, np.inf)
        packed = np.packbits(states, axis=1, bitorder="little")
        opened = states.sum(axis=1)
        left, last, scale = np.arange(count), np.packbits(self.last, bitorder="little"), 0.0
        while len(left):
            # From the most open down, because their certificates reach far; among those nearly as open, to the state
            # that is most like the last, because its basis is near.
            top = left[opened[left] >= opened[left].max() - NEARLY]
            now = top[_MEMBERS[packed[top] ^ last].sum(axis=1).argmin()]
            last = packed[now]
            answer = self.solve(states[now])
            value = -answer.value
            scale = max(scale, abs(value))
            self._reach(answer, value, packed, left, states[now], least, most)
            least[now] = most[now] = value
            left = left[most[left] - least[left] > GAP * scale]
        return least

    def _reach(
        self,
        answer: highs.Answer,
        value: float,
        packed: Bytes,
        left: NDArray[np.int64],
        state: Bools,
        least: Array,
        most: Array,
    ) -> None:
        """Tighten the bounds of the states that are left by the certificates of one solve.

        States are read byte by byte, eight switches at a time, and sums over switches come from a table for each byte.
        """
        x = np.concatenate([answer.x, answer.row_value])[self._entry]
        price = np.concatenate([answer.reduced_cost, answer.dual])[self._entry]
        must_open = np.packbits(self._any(_outside(x, *self._closed)), bitorder="little")
        must_close = np.packbits(self._any(_outside(x, *self._open)), bitorder="little")
        rent = np.bincount(
            self._switch,
            weights=_term(price, *self._closed) - _term(price, *self._open),
            minlength=len(self.switches),
        )
        if_open = np.where(
            state, 0.0, rent
        )  # worth at most of opening what is closed; infinite where it has no limit
        if_closed = np.where(state & np.isfinite(rent), -rent, 0.0)
        fits, ceiling = np.ones(len(left), dtype=bool), np.full(len(left), value)
        for byte in range(packed.shape[1]):
            part = packed[left, byte]
            fits &= (part & must_open[byte] == must_open[byte]) & (part & must_close[byte] == 0)
            at = slice(8 * byte, 8 * byte + 8)
            if if_open[at].any() or if_closed[at].any():
                ceiling += _table(if_open[at], if_closed[at])[part]
        least[left[fits]] = np.maximum(least[left[fits]], value)
        most[left] = np.minimum(most[left], ceiling)

    def _any(self, entries: Bools) -> Bools:
        return np.bincount(self._switch, weights=entries, minlength=len(self.switches)) > 0


def surely(session: Session, bounds: Bounds) -> highs.Answer:
    """Solve warm; where that ends without an optimum, solve from nothing before believing it."""
    answer = session.solve(bounds)
    return answer if answer.status == highs.OPTIMAL else session.run_cold()


def _table(if_open: Array, if_closed: Array) -> Array:
    """Return for each byte the sum over its switches of `if_open` where the bit is set and `if_closed` where it is
    not."""
    total = np.zeros(1)
    for opened, closed in zip(if_open, if_closed, strict=True):
        total = np.concatenate([total + closed, total + opened])
    return np.concatenate([total] * (256 // len(total)))


def _outside(x: Array, lower: Array, upper: Array) -> Bools:
    slack = FEASIBLE * (1.0 + np.abs(x))
    return (x < lower - slack) | (x > upper + slack)


def _term(price: Array, lower: Array, upper: Array) -> Array:
    """Return the least of price · x for x within bounds; minus infinity where that has no end."""
    bound = np.where(price > 0, lower, upper)
    priced = np.abs(price) > PRICE
    return np.where(priced, price * np.where(priced, bound, 0.0), 0.0)


def parts_of(model: Model, switches: list[Switch]) -> list[Part]:
    """Divide a program into its connected parts; parts that no switch touches are left out, their value is
    the same in every state."""
    columns = model.matrix.shape[1]
    grid = sparse.bmat([[None, model.matrix.T], [model.matrix, None]], format="csr")
    count, label = connected_components(grid, directed=False)
    parts = []
    for number in range(count):
        kept = label == number
        which = [k for k, s in enumerate(switches) if kept[s.entry].any()]
        if not which:
            continue
        cols, rws = np.flatnonzero(kept[:columns]), np.flatnonzero(kept[columns:])
        renumber = np.cumsum(kept) - 1
        b = model.bounds
        piece = replace(
            model,
            matrix=model.matrix[rws][:, cols].tocsc(),
            cost=model.cost[cols],
            bounds=Bounds(b.column_lower[cols], b.column_upper[cols], b.row_lower[rws], b.row_upper[rws]),
        )
        local = [switches[k].only(kept, renumber) for k in which]
        parts.append(Part(piece, local, which))
    return parts


__all__ = ["GAP", "Part", "Switch", "parts_of", "surely"]
