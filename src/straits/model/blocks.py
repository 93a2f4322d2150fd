"""Blocks of rows and columns, and the sparse matrix put together from them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from straits.lp.sifting.repeated import Places


@dataclass(frozen=True)
class Block:
    """Rows or columns of one kind: `count` entries with `steps` steps each, entry by entry, from `offset`.

    Attributes
    ----------
    name : str
        Name of the kind, as in the formulation.
    offset, count, steps : int
    label : callable
        Gives the name of an entry.
    """

    name: str
    offset: int
    count: int
    steps: int
    label: Callable[[int], str]

    @property
    def size(self) -> int:
        """Number of rows or columns."""
        return self.count * self.steps

    @property
    def slice(self) -> slice:
        """Where the block stands in the whole."""
        return slice(self.offset, self.offset + self.size)

    def at(self, entry: np.ndarray | int, step: np.ndarray | int) -> np.ndarray:
        """Index of (entry, step); both broadcast."""
        return np.asarray(self.offset + entry * self.steps + step)

    def every(self, entries: np.ndarray) -> np.ndarray:
        """Indices (len(entries), steps) of all steps of some entries."""
        return self.offset + (np.asarray(entries, dtype=int) * self.steps)[:, None] + np.arange(self.steps)


@dataclass
class Layout:
    """A growing list of blocks."""

    blocks: dict[str, Block] = field(default_factory=dict)
    size: int = 0
    _drawn: np.ndarray | None = field(default=None, init=False, repr=False, compare=False)

    def add(self, name: str, count: int, steps: int, label: Callable[[int], str]) -> Block:
        """Append a block and give it."""
        block = Block(name, self.size, count, steps, label)
        self.blocks[name] = block
        self.size += block.size
        return block

    def places(self, levels: Sequence[str] = ()) -> Places:
        """Give where all entries stand in time; those of the blocks named are levels. A block of one step is of all time."""
        entry, step = np.empty(self.size, dtype=int), np.empty(self.size, dtype=int)
        level = np.zeros(self.size, dtype=bool)
        for b in self.blocks.values():
            entry[b.slice] = b.offset + np.repeat(np.arange(b.count), b.steps)
            step[b.slice] = np.tile(np.arange(b.steps) if b.steps > 1 else [-1], b.count)
            level[b.slice] = b.name in levels
        return Places(entry, step, level)

    def drawn(self) -> np.ndarray:
        """Give a number from 0 to below 1 for each, by its kind, name and step: ties break alike in whatever order rows stand."""
        if self._drawn is None or len(self._drawn) != self.size:
            self._drawn = np.zeros(self.size)
            for block in self.blocks.values():
                names = [
                    zlib.crc32(f"{block.name} {block.label(entry)}".encode()) for entry in range(block.count)
                ]
                each = np.array(names, dtype=np.uint64)[:, None] << np.uint64(32)
                steps = np.arange(block.steps, dtype=np.uint64)
                self._drawn[block.slice] = _scattered(each + steps[None, :]).ravel()
        return self._drawn

    def find(self, index: int) -> tuple[Block, int, int]:
        """Give the block, entry and step of an index."""
        for block in self.blocks.values():
            if block.offset <= index < block.offset + block.size:
                return block, *divmod(index - block.offset, block.steps)
        raise IndexError(index)

    def name(self, index: int, step_labels: Sequence[str]) -> str:
        """Name of a row or column, for example `flow(cpc,crude.KAZ,2022-01-01)`."""
        block, entry, step = self.find(index)
        inner = block.label(entry)
        return f"{block.name}({inner},{step_labels[step]})" if block.steps > 1 else f"{block.name}({inner})"


def _scattered(numbers: np.ndarray) -> np.ndarray:
    """Give numbers from 0 to below 1 that look drawn at random (SplitMix64: Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        z = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return (z ^ (z >> np.uint64(31))) / 2.0**64


class Triplets:
    """Entries of a sparse matrix, collected as arrays."""

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []
        self._columns: list[np.ndarray] = []
        self._values: list[np.ndarray] = []

    def add(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray | float) -> None:
        """Add entries; the three broadcast."""
        rows, columns, values = np.broadcast_arrays(rows, columns, values)
        self._rows.append(rows.ravel())
        self._columns.append(columns.ravel())
        self._values.append(np.asarray(values, dtype=float).ravel())

    def matrix(self, rows: int, columns: int) -> sparse.csc_matrix:
        """Put the matrix together, adding entries that meet, dropping zeros."""
        if not self._rows:
            return sparse.csc_matrix((rows, columns))
        matrix = sparse.csc_matrix(
            (np.concatenate(self._values), (np.concatenate(self._rows), np.concatenate(self._columns))),
            shape=(rows, columns),
        )
        matrix.eliminate_zeros()
        return matrix
