"""Value of a linear program in every state of its switches, with as few solves as can be proved to suffice.

A *switch* is a set of bounds that an open or closed asset moves. A *state* says which switches are open.
One solve in one state gives two certificates that reach other states:

- its primal solution stays feasible wherever the bounds it presses against do not move: a lower bound of
  their value;
- its dual solution stays dual feasible everywhere (only bounds move): an upper bound of every state's
  value, by weak duality.

Where the two meet, a state needs no solve. So what an optimum does not use can be closed, and what has no
shadow price can be opened, without one. Nothing is assumed about monotony. What is solved is remembered, as
certificates for later questions and as a basis for the next solve to start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from straits.errors import InfeasibleError, SolveError
from straits.lp.answer import Answer, Basis, Status
from straits.lp.program import Bounds, Program
from straits.lp.session import Session
from straits.lp.tolerance import NEAR, PRICED, PROVED

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
#: Worth of opening what has no limit: more than any program is worth, and still a number.
NO_LIMIT = 1e30
#: Bits of each byte, the lowest first.
_BITS = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(float)


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


@dataclass(frozen=True)
class Solved:
    """What one solve says about other states.

    Attributes
    ----------
    state : ndarray of uint8
        The state, eight switches a byte.
    value : float
        Its value.
    must_open, must_close : ndarray of uint8
        Switches that must be open, or closed, for the primal solution to be feasible.
    if_open, if_closed : ndarray, shape (switches,)
        What a switch adds to the upper bound where it is open, or closed.
    use : ndarray
        What the solution takes of each row that is watched.
    basis : Basis
        Where the solver stopped.
    """

    state: Bytes
    value: float
    must_open: Bytes
    must_close: Bytes
    if_open: Array
    if_closed: Array
    use: Array
    basis: Basis


class Part:
    """A part of the program that no row joins to the others, with the switches that touch it.

    Parameters
    ----------
    program : Program
        The part as a program of its own.
    switches : list of Switch
        Numbered as the part's columns and rows.
    which : list of int
        Their positions among all switches.
    watched : sparse matrix, shape (rows, columns), optional
        Rows that are not in the program; `Solved.use` says what a solution takes of them.
    """

    def __init__(
        self,
        program: Program,
        switches: list[Switch],
        which: list[int],
        watched: sparse.csr_matrix | None = None,
    ) -> None:
        self.program, self.switches, self.which = program, switches, which
        #: State of the last solve.
        self.last: Bools = np.ones(len(switches), dtype=bool)
        self.solved: list[Solved] = []
        self._ceilings = _Ceilings(len(switches))
        #: Rows that are not in the program.
        self.watched = sparse.csr_matrix((0, len(program.cost))) if watched is None else watched
        self._session: Session | None = None
        b = program.bounds
        self._lower = np.concatenate([b.column_lower, b.row_lower])
        self._upper = np.concatenate([b.column_upper, b.row_upper])
        self._entry = np.concatenate([np.zeros(0, dtype=np.int64), *(s.entry for s in switches)])
        self._open = _bounds_of(switches, "open")
        self._closed = _bounds_of(switches, "closed")
        self._switch = np.repeat(np.arange(len(switches)), [len(s.entry) for s in switches])

    @property
    def solves(self) -> int:
        """Number of states solved so far."""
        return len(self.solved)

    def bounds(self, state: Bools) -> Bounds:
        """Return the bounds in a state."""
        lower, upper = self._lower.copy(), self._upper.copy()
        opened = state[self._switch]
        lower[self._entry] = np.where(opened, self._open[0], self._closed[0])
        upper[self._entry] = np.where(opened, self._open[1], self._closed[1])
        n = len(self.program.cost)
        return Bounds(lower[:n], upper[:n], lower[n:], upper[n:])

    def solve(self, state: Bools) -> Solved:
        """Solve in one state, from the basis of the solved state whose duals bound it best, and remember it.

        The dual simplex has the least way to go from there (a quarter fewer iterations than from the state most like it).

        Raises
        ------
        InfeasibleError, SolveError
            There is no optimum.
        """
        packed = np.packbits(state, bitorder="little")
        if self._session is None:
            self._session = Session(self.program)
        if self.solved:
            self._session.start_from(self.solved[int(self._ceilings.at(state).argmin())].basis)
        self.last = state
        answer = surely(self._session, self.bounds(state))
        if answer.status == Status.INFEASIBLE:
            raise InfeasibleError("in one state of the switches nothing fits")
        if answer.status != Status.OPTIMAL:
            raise SolveError(f"the solver stopped without an answer ({answer.status}{answer.told})")
        self.solved.append(self._certificates(answer, state, packed))
        self._ceilings.add(self.solved[-1])
        return self.solved[-1]

    def values(self, states: Bools) -> tuple[Array, NDArray[np.int64]]:
        """Return the greatest value (less cost) in each of the states, and which solved state proves it.

        Parameters
        ----------
        states : ndarray of bool, shape (U, switches)
            Which switches are open.

        Returns
        -------
        ndarray, shape (U,)
            Values.
        ndarray of int, shape (U,)
            Positions in `solved`: the solution there is optimal in this state too.
        """
        count = len(states)
        least, most = np.full(count, -np.inf), np.full(count, np.inf)
        witness = np.full(count, -1)
        packed = np.packbits(states, axis=1, bitorder="little")
        if self.solved:
            self._recall(states, packed, least, most, witness)
        # From the most open down, because their certificates reach far.
        left = np.argsort(-states.sum(axis=1), kind="stable")
        packed = np.ascontiguousarray(packed.T)
        scale = max((abs(s.value) for s in self.solved), default=0.0)
        left = left[~(most[left] - least[left] <= PROVED * scale)]
        while len(left):
            now = int(left[0])
            found = self.solve(states[now])
            scale = max(scale, abs(found.value))
            self._reach(found, packed, left, least, most, witness)
            least[now] = most[now] = found.value
            witness[now] = self.solves - 1
            left = left[most[left] - least[left] > PROVED * scale]
        return least, witness

    def _certificates(self, answer: Answer, state: Bools, packed: Bytes) -> Solved:
        x = np.concatenate([answer.x, answer.row_value])[self._entry]
        price = np.concatenate([answer.reduced_cost, answer.dual])[self._entry]
        gain = _term(price, *self._closed) - _term(price, *self._open)
        rent = np.minimum(np.bincount(self._switch, weights=gain, minlength=len(self.switches)), NO_LIMIT)
        assert self._session is not None
        return Solved(
            packed,
            -answer.value,
            np.packbits(self._any(_outside(x, *self._closed)), bitorder="little"),
            np.packbits(self._any(_outside(x, *self._open)), bitorder="little"),
            np.where(state, 0.0, rent),
            np.where(state & (rent < NO_LIMIT), -rent, 0.0),
            self.watched @ answer.x,
            self._session.basis(),
        )

    def _reach(
        self,
        found: Solved,
        packed: Bytes,
        left: NDArray[np.int64],
        least: Array,
        most: Array,
        witness: NDArray[np.int64],
    ) -> None:
        """Tighten the bounds of the states that are left by the certificates of the last solve.

        States are read byte by byte (`packed`: bytes, states), eight switches at a time, and sums over switches come from a
        table for each byte.
        """
        ceiling = np.full(len(left), found.value)
        fitting = left[least[left] < found.value]
        for byte, of_byte in enumerate(packed):
            must_open, must_close = found.must_open[byte], found.must_close[byte]
            if must_open or must_close:
                part = of_byte[fitting]
                fitting = fitting[(part & must_open == must_open) & (part & must_close == 0)]
            at = slice(8 * byte, 8 * byte + 8)
            if found.if_open[at].any() or found.if_closed[at].any():
                ceiling += _table(found.if_open[at], found.if_closed[at])[of_byte[left]]
        least[fitting], witness[fitting] = found.value, self.solves - 1
        most[left] = np.minimum(most[left], ceiling)

    def _recall(
        self, states: Bools, packed: Bytes, least: Array, most: Array, witness: NDArray[np.int64]
    ) -> None:
        """Tighten the bounds of states by the certificates of all earlier solves."""
        value = np.array([s.value for s in self.solved])
        must_open = np.array([s.must_open for s in self.solved])
        must_close = np.array([s.must_close for s in self.solved])
        for u, (state, key) in enumerate(zip(states, packed, strict=True)):
            fits = ~((must_open & ~key).any(axis=1) | (must_close & key).any(axis=1))
            if fits.any():
                witness[u] = np.where(fits, value, -np.inf).argmax()
                least[u] = value[witness[u]]
            most[u] = self._ceilings.at(state).min()

    def _any(self, entries: Bools) -> Bools:
        return np.bincount(self._switch, weights=entries, minlength=len(self.switches)) > 0


class _Ceilings:
    """Upper bounds of any state, one from the duals of each solved state: a number and what each open switch adds."""

    def __init__(self, switches: int) -> None:
        self._count = 0
        self._closed = np.empty(16)
        self._opening = np.empty((16, switches))

    def add(self, found: Solved) -> None:
        """Add the bound of a solved state."""
        if self._count == len(self._closed):
            self._closed = np.concatenate([self._closed, np.empty_like(self._closed)])
            self._opening = np.concatenate([self._opening, np.empty_like(self._opening)])
        self._closed[self._count] = found.value + found.if_closed.sum()
        self._opening[self._count] = found.if_open - found.if_closed
        self._count += 1

    def at(self, state: Bools) -> Array:
        """Give the bounds of a state, in the order of the solved."""
        return self._closed[: self._count] + self._opening[: self._count] @ state


def _bounds_of(switches: list[Switch], position: str) -> tuple[Array, Array]:
    """Return the lower and upper bounds of the entries of all switches in one position."""
    lower, upper = (
        np.concatenate([np.zeros(0), *(getattr(s, f"{position}_{end}") for s in switches)])
        for end in ("lower", "upper")
    )
    return lower, upper


def surely(session: Session, bounds: Bounds) -> Answer:
    """Solve warm, with all vectors if there is an optimum. (The door to the solver proves that there is none.)"""
    answer = session.solve(bounds, read=False)
    return session.read(answer) if answer.status == Status.OPTIMAL else answer


def _table(if_open: Array, if_closed: Array) -> Array:
    """Return for each byte the sum over its switches, eight or fewer, of `if_open` where the bit is set and `if_closed` where it
    is not."""
    bits = _BITS[:, : len(if_open)]
    return bits @ if_open + (1.0 - bits) @ if_closed


def _outside(x: Array, lower: Array, upper: Array) -> Bools:
    slack = NEAR * (1.0 + np.abs(x))
    return (x < lower - slack) | (x > upper + slack)


def _term(price: Array, lower: Array, upper: Array) -> Array:
    """Return the least of price · x for x within bounds; minus infinity where that has no end."""
    bound = np.where(price > 0, lower, upper)
    priced = np.abs(price) > PRICED
    return np.where(priced, price * np.where(priced, bound, 0.0), 0.0)


__all__ = ["Bools", "Part", "Solved", "Switch", "surely"]
