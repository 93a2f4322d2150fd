"""Amounts of an account at any prices: a constant, and duals of rows each times an amount of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from straits.model.earning import Earners, Earning

Ledger = dict[tuple[str, str], float]
#: Entries of a worth: things, steps, rows, amounts, each of which broadcasts.
Taken = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
_NONE = np.empty(0, dtype=int)


@dataclass(frozen=True)
class Books:
    """The accounts of a plan at any prices.

    Attributes
    ----------
    keys : tuple of (actor, item)
    constant : ndarray, shape (keys,)
        What does not depend on prices, thousand currency.
    amount : csr_matrix, shape (keys, rows)
        What each entry adds times the dual of each row of the model.
    """

    keys: tuple[tuple[str, str], ...]
    constant: np.ndarray
    amount: sparse.csr_matrix

    def at(self, dual: np.ndarray) -> Ledger:
        """Give the entries for duals of the rows, thousand currency."""
        values = self.constant + self.amount @ dual
        return dict(zip(self.keys, values.tolist(), strict=True))


@dataclass(frozen=True)
class Worth:
    """What each of some things brings in each step: `constant` (A, T), and entries that are each a dual times an amount.

    An entry says that thing `of` in step `step` has the dual of `row` times `amount`.
    """

    constant: np.ndarray
    of: np.ndarray
    step: np.ndarray
    row: np.ndarray
    amount: np.ndarray

    @classmethod
    def make(
        cls,
        constant: np.ndarray,
        *taken: Taken,
    ) -> Worth:
        """Put together a constant (A, T) and entries (things, steps, rows, amounts), each of which broadcasts."""
        parts = [[part.ravel() for part in np.broadcast_arrays(*entry)] for entry in taken]
        of, step, row = (np.concatenate([_NONE, *(p[i] for p in parts)]).astype(int) for i in range(3))
        amount = np.concatenate([np.empty(0), *(p[3] for p in parts)])
        return cls(constant, of, step, row, amount)

    @classmethod
    def nothing(cls, count: int, steps: int) -> Worth:
        """Give what is worth nothing."""
        return cls.make(np.zeros((count, steps)))

    def times(self, weight: np.ndarray | float) -> Worth:
        """Give the part `weight`, of the shape (A, T) or a number."""
        w = np.broadcast_to(np.asarray(weight, dtype=float), self.constant.shape)
        amount = self.amount * w[self.of, self.step]
        kept = amount != 0.0
        return Worth(self.constant * w, self.of[kept], self.step[kept], self.row[kept], amount[kept])

    def plus(self, other: Worth) -> Worth:
        """Give the sum with what the same things bring elsewhere."""
        return Worth(
            self.constant + other.constant,
            *(np.concatenate([getattr(self, k), getattr(other, k)]) for k in ("of", "step", "row", "amount")),
        )

    def summed(self, to: np.ndarray, count: int) -> Worth:
        """Add up by another thing: `to` (A,) says which of `count`."""
        return Worth(summed_by(to, self.constant, count), to[self.of], self.step, self.row, self.amount)


def summed_by(to: np.ndarray, amount: np.ndarray, count: int) -> np.ndarray:
    """Add up amounts (A, T) by another thing, shape (count, T): `to` (A,) says which of `count`."""
    steps = amount.shape[1]
    cells = to[:, None] * steps + np.arange(steps)
    return np.bincount(cells.ravel(), amount.ravel(), count * steps).reshape(count, steps)


class Writer:
    """Collects the entries of all assets and their shares, period by period (`Earning`).

    Parameters
    ----------
    earning : Earning
    dual : ndarray, shape (rows,), optional
        Prices at which everything is valued as it is entered, a third of the work. Default: at none, so that one can ask for any.
    settled : tuple of int and ndarray (K, T), optional
        First of K rows, and prices of theirs by step that stay whatever the duals are; nan where they are the duals.
    """

    def __init__(
        self, earning: Earning, dual: np.ndarray | None = None, settled: tuple[int, np.ndarray] | None = None
    ) -> None:
        self.earning, self._dual, self._settled = earning, dual, settled
        self._number: dict[tuple[str, str], int] = {}
        self._shares: list[tuple[int, int, float]] = []
        self._constant: list[np.ndarray] = [np.empty(0)]
        self._taken: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._cells = 0

    def worth(self, constant: np.ndarray, *taken: Taken) -> Worth:
        """Put together a constant (A, T) and entries as `Worth.make` does, at the prices if there are any."""
        if self._settled is not None and taken:
            constant, rest = self._at_settled(constant, taken, *self._settled)
            taken = tuple(rest)
        if self._dual is None:
            return Worth.make(constant, *taken)
        found, steps = np.array(constant, dtype=float), constant.shape[1]
        for things, step, row, amount in taken:
            at, value = np.broadcast_arrays(things * steps + step, self._dual[row] * amount)
            found += np.bincount(at.ravel(), value.ravel(), found.size).reshape(found.shape)
        return Worth.make(found)

    def _at_settled(
        self, constant: np.ndarray, taken: Sequence[Taken], first: int, price: np.ndarray
    ) -> tuple[np.ndarray, list[Taken]]:
        """Count what has a price that stays among what does not depend on prices."""
        found, rest = np.array(constant, dtype=float), []
        for entry in taken:
            if not ((entry[2] >= first) & (entry[2] < first + len(price))).any():
                rest.append(entry)
                continue
            things, step, row, amount = (part.ravel() for part in np.broadcast_arrays(*entry))
            one = (row >= first) & (row < first + len(price))
            one[one] = np.isfinite(price[row[one] - first, step[one]])
            np.add.at(found, (things[one], step[one]), price[row[one] - first, step[one]] * amount[one])
            rest.append((things[~one], step[~one], row[~one], amount[~one]))
        return found, rest

    def enter(self, item: str, shares: Sequence[Earners], worth: Worth) -> None:
        """Divide an item among those who earn of each thing."""
        first, period = self.earning.first, self.earning.period
        count = len(first)
        for a, periods in enumerate(shares):
            for p, of in enumerate(periods):
                for actor, share in of.items():
                    key = self._number.setdefault((actor, item), len(self._number))
                    self._shares.append((key, self._cells + a * count + p, share))
        self._constant.append(np.add.reduceat(worth.constant, first, axis=1).ravel())
        self._taken.append((self._cells + worth.of * count + period[worth.step], worth.row, worth.amount))
        self._cells += len(shares) * count

    def always(self, shares: Mapping[str, float]) -> Earners:
        """Give shares that stay the same all the time."""
        return (dict(shares),) * len(self.earning.first)

    def books(self, rows: int) -> Books:
        """Put the books together."""
        key, cell, share = (
            (np.array(part) for part in zip(*self._shares, strict=True)) if self._shares else (_NONE,) * 3
        )
        shares = sparse.csr_matrix((share, (key, cell)), shape=(len(self._number), self._cells))
        cells, duals, amounts = (np.concatenate([_NONE, *part]) for part in zip(*self._taken, strict=True))
        amount = sparse.csr_matrix((amounts, (cells, duals)), shape=(self._cells, rows))
        return Books(tuple(self._number), shares @ np.concatenate(self._constant), shares @ amount)


__all__ = ["Books", "Ledger", "Taken", "Worth", "Writer", "summed_by"]
