"""Exact rank of sets of coalitions.

Whether the value of a coalition is fixed by others is a question of rank, and a rank in floating point is a
guess. Here all is done in whole numbers modulo a prime. That is exact: any minor of a 0/1 matrix of n
columns is at most (n+1)^((n+1)/2) / 2^n (Hadamard), below 7.4e7 for n = 20, so that a minor that is not
zero cannot vanish modulo 2^31 - 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from straits.power.games.game import subset_sums

PRIME = 2**31 - 1


class Span:
    """The space spanned by the 0/1 vectors of coalitions of n players, in reduced row echelon form."""

    def __init__(self, n: int) -> None:
        self.n = n
        self._rows: dict[int, list[int]] = {}  # pivot column -> row

    @property
    def rank(self) -> int:
        """Dimension of the space."""
        return len(self._rows)

    def add(self, mask: int) -> bool:
        """Add a coalition; return whether the rank grew."""
        row = [mask >> i & 1 for i in range(self.n)]
        for pivot, known in self._rows.items():
            if row[pivot]:
                factor = row[pivot]
                row = [(a - factor * b) % PRIME for a, b in zip(row, known, strict=True)]
        pivot = next((i for i, a in enumerate(row) if a), -1)
        if pivot < 0:
            return False
        inverse = pow(row[pivot], -1, PRIME)
        row = [a * inverse % PRIME for a in row]
        for other, known in self._rows.items():
            if known[pivot]:
                factor = known[pivot]
                self._rows[other] = [(a - factor * b) % PRIME for a, b in zip(known, row, strict=True)]
        self._rows[pivot] = row
        return True

    def null_space(self) -> NDArray[np.int64]:
        """Return a basis (n - rank, n), modulo the prime, of the vectors at right angles to the space."""
        free = [i for i in range(self.n) if i not in self._rows]
        basis = np.zeros((len(free), self.n), dtype=np.int64)
        for k, f in enumerate(free):
            basis[k, f] = 1
            for pivot, row in self._rows.items():
                basis[k, pivot] = -row[f] % PRIME
        return basis

    def contained(self) -> NDArray[np.bool_]:
        """Return for each of the 2^n coalitions whether its vector lies in the space."""
        inside = np.ones(1 << self.n, dtype=bool)
        for vector in self.null_space():
            inside &= subset_sums(vector) % PRIME == 0
        return inside


__all__ = ["Span"]
