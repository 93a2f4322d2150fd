"""Build now or wait: the exact dynamic program over year, regime, what stands and what is under way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from straits.errors import ModelError
from straits.hedge.choices import bits

#: States of all options together beyond which the program would not fit.
_MOST_STATES = 2_000_000


@dataclass(frozen=True)
class Project:
    """An option in time.

    Attributes
    ----------
    cost : float
        In a year, paid from the year of the decision for `life` years.
    build : int
        Years until it works; decided in year t, it works from year t + build.
    life : int
        Years that it works.
    """

    cost: float
    build: int
    life: int


class Years:
    """Decides, year by year, what to start.

    The state of an option is that it is not there, or how long ago it was decided. Where it outlasts the horizon, all years in
    which it works are one state. What it requires must stand, be under way, or be started with it; without that it does not work.

    Parameters
    ----------
    projects : sequence of Project
    needs, bars : sequence of int
        What each requires, and beside what it cannot stand, as bits.
    loss : ndarray, shape (2 ** options, regimes)
        Expected loss of a year by what works (bits) and regime.
    moves : ndarray, shape (regimes, regimes)
        Probability of each regime of the next year.
    horizon : int
        Years.
    discount_rate : float
        Yearly.

    Raises
    ------
    ModelError
        If there are too many states.
    """

    def __init__(
        self,
        projects: Sequence[Project],
        needs: Sequence[int],
        bars: Sequence[int],
        loss: np.ndarray,
        moves: np.ndarray,
        horizon: int,
        discount_rate: float,
    ) -> None:
        self.projects, self.needs, self.bars = list(projects), list(needs), list(bars)
        self.loss, self.moves, self.horizon = loss, moves, horizon
        self.discount = 1.0 / (1.0 + discount_rate)
        self._lasts = [p.life >= horizon for p in self.projects]
        self.shape = tuple(
            1 + (min(p.build, horizon) + 1 if lasts else p.build + p.life)
            for p, lasts in zip(self.projects, self._lasts, strict=True)
        )
        states = math.prod(self.shape)
        if states * loss.shape[1] > _MOST_STATES:
            raise ModelError(
                f"horizon={horizon} with {len(self.projects)} options has {states:,} states; name fewer options, or fewer years"
            )

    # ------------------------------------------------------------------ one year

    @cached_property
    def _grid(self) -> list[np.ndarray]:
        return list(np.indices(self.shape))

    @cached_property
    def works(self) -> np.ndarray:
        """What works in each state, as bits."""
        found = np.zeros(self.shape, dtype=int)
        for i, (p, at) in enumerate(zip(self.projects, self._grid, strict=True)):
            found |= np.where((at > p.build) & (at > 0), 1 << i, 0)
        # Without what it requires it does not work, and neither does what requires it.
        for _ in self.projects:
            for i, needed in enumerate(self.needs):
                lacking = (found >> i & 1 == 1) & (needed & ~found != 0)
                found = np.where(lacking, found & ~(1 << i), found)
        return found

    @cached_property
    def paid(self) -> np.ndarray:
        """What is paid in a year, by state."""
        found = np.zeros(self.shape)
        for p, at in zip(self.projects, self._grid, strict=True):
            found += np.where((at > 0) & (at <= p.life), p.cost, 0.0)
        return found

    @cached_property
    def _refused(self) -> np.ndarray:
        """States that cannot come to be."""
        there = [at > 0 for at in self._grid]
        found = np.zeros(self.shape, dtype=bool)
        for i in range(len(self.projects)):
            for j in bits(self.bars[i]):
                found |= there[i] & there[j]
            for j in bits(self.needs[i]):
                # What is needed may have come to its end since; what was started this year is told apart by its age.
                fresh = there[i] if self._lasts[j] else (self._grid[i] == 1) & (self.shape[i] > 2)
                found |= fresh & ~there[j]
        return found

    def _after(self, values: np.ndarray) -> np.ndarray:
        """Return the values of the states that a year later are those of each state now."""
        for axis, (size, lasts) in enumerate(zip(self.shape, self._lasts, strict=True)):
            to = np.minimum(np.arange(size) + 1, size - 1) if lasts else (np.arange(size) + 1) % size
            to[0] = 0
            values = np.take(values, to, axis=axis)
        return values

    def _decided(self, after: np.ndarray, barred: int = 0) -> np.ndarray:
        """Return the best of starting any set of what is not there; of `after` are the values once that is decided."""
        values = after.copy()
        for axis in range(len(self.shape)):
            if barred >> axis & 1:
                continue
            nothing, started = (
                tuple(slice(None) if a != axis else k for a in range(len(self.shape))) for k in (0, 1)
            )
            values[nothing] = np.minimum(values[nothing], values[started])
        return values

    # ------------------------------------------------------------------ all years

    @cached_property
    def values(self) -> list[list[np.ndarray]]:
        """Least expected cost from each year on, by regime, before the decision of the year; of a last year more it is 0."""
        return self._solved(lambda year: 0)[0]

    @cached_property
    def after(self) -> list[list[np.ndarray]]:
        """The same once it is decided what to start this year."""
        return self._solved(lambda year: 0)[1]

    def _solved(self, barred: Callable[[int], int]) -> tuple[list[list[np.ndarray]], list[list[np.ndarray]]]:
        regimes = range(self.loss.shape[1])
        values = [[np.zeros(self.shape) for _ in regimes]]
        after: list[list[np.ndarray]] = []
        for year in reversed(range(self.horizon)):
            following = [self._after(v) for v in values[0]]
            now, before = [], []
            for r in regimes:
                ahead = sum(float(p) * v for p, v in zip(self.moves[r], following, strict=True))
                total = self.loss[:, r][self.works] + self.paid + self.discount * ahead
                total[self._refused] = np.inf
                now.append(total)
                before.append(self._decided(total, barred(year)))
            after.insert(0, now)
            values.insert(0, before)
        return values, after

    @property
    def empty(self) -> tuple[int, ...]:
        """The state in which nothing is there."""
        return (0,) * len(self.shape)

    def started(self, year: int, regime: int, state: tuple[int, ...]) -> int:
        """Return what is best started, as bits; of sets that are as good, the smallest."""
        best, found = np.inf, 0
        free = [i for i, at in enumerate(state) if at == 0]
        for choice in sorted(range(1 << len(free)), key=int.bit_count):
            then = list(state)
            for k in bits(choice):
                then[free[k]] = 1
            value = float(self.after[year][regime][tuple(then)])
            if value < best - 1e-9 * (1.0 + abs(best) if np.isfinite(best) else 1.0):
                best, found = value, sum(1 << free[k] for k in bits(choice))
        return found

    def next(self, state: tuple[int, ...], started: int) -> tuple[int, ...]:
        """Return the state of the next year."""
        then = []
        for i, (at, size, lasts) in enumerate(zip(state, self.shape, self._lasts, strict=True)):
            at = 1 if started >> i & 1 else at
            then.append(0 if at == 0 else min(at + 1, size - 1) if lasts else (at + 1) % size)
        return tuple(then)

    def now_or_never(self) -> np.ndarray:
        """Return the least expected cost, by first regime, if all that is ever started is started in the first year."""
        every = (1 << len(self.projects)) - 1
        values, _ = self._solved(lambda year: 0 if year == 0 else every)
        return np.array([float(v[self.empty]) for v in values[0]])

    def best(self) -> np.ndarray:
        """Return the least expected cost by first regime."""
        return np.array([float(v[self.empty]) for v in self.values[0]])

    def now_and_later(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least expected cost, by first regime, if something is started in the first year, and if nothing is."""
        starts = []
        for after in self.after[0]:
            whole = self._decided(after)
            corner = after[tuple(slice(0, 2) for _ in self.shape)].copy()
            corner[self.empty] = np.inf
            starts.append((float(corner.min()), float(after[self.empty])))
            assert whole[self.empty] <= min(starts[-1]) + 1e-9 * (1 + abs(min(starts[-1])))
        return np.array([s for s, _ in starts]), np.array([w for _, w in starts])
