"""Optima that were found from nothing in this process: most questions about a case begin with the case as it is.

A solve from nothing depends on the program alone, so the same numbers have the same optimum, duals and basis, whoever asks.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from straits.lp.program import Arrays


class Sized(Protocol):
    """What says how many numbers it holds."""

    @property
    def size(self) -> int:
        """Numbers that it holds."""


T = TypeVar("T", bound=Sized)


class Known(Generic[T]):
    """The last answers, by what was asked, as long as they hold no more numbers than allowed together.

    Parameters
    ----------
    most : int
        Numbers that all together may hold.
    """

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._answers: OrderedDict[bytes, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> T | None:
        """Return what was found, or None."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: bytes, found: T) -> None:
        """Keep what was found; the answers that were not asked for longest make room."""
        with self._lock:
            if found.size > self._most or key in self._answers:
                return
            self._answers[key] = found
            self._held += found.size
            while self._held > self._most:
                self._held -= self._answers.popitem(last=False)[1].size

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._answers.clear()
            self._held = 0


def key_of(p: Arrays, *how: Any) -> bytes:
    """Give the fingerprint of a program and of how it is asked."""
    digest = hashlib.blake2b(repr((p.matrix.shape, *how)).encode(), digest_size=20)
    matrix = p.matrix
    for numbers in (matrix.indptr, matrix.indices, matrix.data, p.cost, *p.bounds()):
        digest.update(np.ascontiguousarray(numbers).data)
    return digest.digest()


__all__ = ["Known", "key_of"]
