"""Limits that parts of a program share, left out until they bind.

Without the rows that join them, a program falls into parts
which are quicker to solve and have far fewer different states than all of it. Where the optima of the parts keep the
rows together, they are the optimum of the whole. Where they do not, the parts that collide are joined, with the rows
that they broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.lp.program import Bounds, LinearProgram, Program
from straits.lp.states.division import parts_of
from straits.lp.states.part import Array, Bools, Part, Switch
from straits.lp.tolerance import NEAR

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Item:
    """An optimum of some parts: one of the solved states of the program that joins them.

    Attributes
    ----------
    atoms : tuple of int
        Numbers of the parts.
    part : Part
        The program that joins them.
    rows : ndarray of int
        Rows left out elsewhere that this program keeps.
    solved : int
        Position in `part.solved`.
    """

    atoms: tuple[int, ...]
    part: Part
    rows: Ints
    solved: int

    @property
    def use(self) -> Array:
        """What the optimum takes of each row left out."""
        return self.part.solved[self.solved].use

    @property
    def value(self) -> float:
        """Value of the optimum."""
        return self.part.solved[self.solved].value


class Relaxation:
    """A program without the rows that join its parts.

    Parameters
    ----------
    program : Program
        The program with all switches open.
    switches : list of Switch
        Its switches.
    """

    def __init__(self, program: Program, switches: list[Switch]) -> None:
        rows, mover = _left_out(program, switches)
        watched = program.matrix.tocsr()[rows]
        #: Upper bounds of the rows left out.
        self.limit = program.bounds.row_upper[rows]
        #: The same with the tolerance within which a row counts as kept.
        self.most = self.limit + NEAR * (1.0 + self.limit)
        upper = _implied(program.bounds.column_upper, watched, self.limit)
        kept = np.ones(program.matrix.shape[0], dtype=bool)
        kept[rows] = False
        b = program.bounds
        loose = LinearProgram(
            cost=program.cost,
            matrix=program.matrix.tocsr()[kept].tocsc(),
            bounds=Bounds(b.column_lower, upper, b.row_lower[kept], b.row_upper[kept]),
        )
        #: The parts that are left, and what no switch touches.
        self.parts, self.rest = parts_of(
            loose, _onto_columns(program, switches, kept, upper, watched, mover), watched
        )
        self._joined: dict[tuple[int, ...], tuple[Ints, Part]] = {}
        self._broken = np.zeros(len(rows), dtype=bool)
        self._replaced = 0

    @property
    def solves(self) -> int:
        """Programs solved so far."""
        joined = [part for _, part in self._joined.values()]
        return self._replaced + sum(p.solves for p in self.parts + joined)

    @property
    def collided(self) -> list[tuple[int, ...]]:
        """The parts that had to be joined so far."""
        return list(self._joined)

    def at_risk(self, atoms: Sequence[int]) -> Ints:
        """List the rows left out that the optima found so far could break together."""
        peak = np.zeros(len(self.limit))
        for k in atoms:
            peak += np.max([s.use for s in self.parts[k].solved], axis=0)
        return np.flatnonzero(peak > self.most)

    def collisions(self, items: Sequence[Item]) -> list[tuple[int, ...]]:
        """Return which items, by position, break a row left out together, and take note of the rows."""
        over = np.flatnonzero(sum(item.use for item in items) > self.most)
        if not len(over):
            return []
        self._broken[over] = True
        # Items as bits of numbers of any length: those that take of one row collide, and so do those that collide with the same.
        taking = np.packbits(np.array([item.use[over] for item in items]) > 0, axis=0, bitorder="little")
        clusters: list[int] = []
        for row in {int.from_bytes(column.tobytes(), "little") for column in taking.T}:
            apart = [c for c in clusters if not c & row]
            clusters = [*apart, reduce(or_, (c for c in clusters if c & row), row)]
        return [tuple(i for i in range(len(items)) if c >> i & 1) for c in clusters]

    def joined(self, atoms: tuple[int, ...]) -> tuple[Ints, Part]:
        """Return the program that joins some parts, with all rows broken so far that these parts take of, and
        these rows."""
        rows = self._broken & (sum(self.parts[k].watched.getnnz(axis=1) for k in atoms) > 0)
        if atoms in self._joined:
            before, part = self._joined[atoms]
            if rows.sum() == len(before):
                return before, part
            self._replaced += part.solves
        self._joined[atoms] = (
            np.flatnonzero(rows),
            _join([self.parts[k] for k in atoms], rows, self.limit[rows]),
        )
        return self._joined[atoms]


def _left_out(program: Program, switches: list[Switch]) -> tuple[Ints, Ints]:
    """Choose the rows to leave out: upper limits of sums of what is not negative, zero where they are closed, that join
    parts which nothing else joins.

    Returns
    -------
    ndarray of int
        The rows.
    ndarray of int
        The switch that closes each, or -1.
    """
    n, b, matrix = len(program.cost), program.bounds, program.matrix.tocsr()
    mover = np.full(n + matrix.shape[0], -1)
    barred = np.zeros(matrix.shape[0], dtype=bool)
    for k, s in enumerate(switches):
        mover[s.entry] = k
        rows = s.entry >= n
        fits = (s.closed_upper == 0) & ~np.isfinite(s.closed_lower) & ~np.isfinite(s.open_lower)
        barred[s.entry[rows & ~fits] - n] = True
    signs = matrix.copy()
    signs.data = (~((matrix.data > 0) & (b.column_lower[matrix.indices] == 0))).astype(float)
    sums = (np.asarray(signs.sum(axis=1)).ravel() == 0) & (matrix.getnnz(axis=1) > 1)
    able = sums & ~barred & np.isfinite(b.row_upper) & ~np.isfinite(b.row_lower) & (b.row_upper >= 0)
    chosen = []
    of_column = mover[:n].copy()
    for row in np.flatnonzero(able):
        columns, by = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]], mover[n + row]
        # A column that two switches close would need both in one bound.
        if by >= 0 and not np.isin(of_column[columns], (-1, by)).all():
            continue
        if by >= 0:
            of_column[columns] = by
        chosen.append(row)
    found = _joining(matrix, np.array(chosen, dtype=np.int64))
    return found, mover[n + found]


def _joining(matrix: sparse.csr_matrix, rows: Ints) -> Ints:
    """Return those of the rows that join parts which nothing else joins."""
    kept = np.ones(matrix.shape[0], dtype=bool)
    kept[rows] = False
    rest = matrix[kept]
    _, label = connected_components(sparse.bmat([[None, rest.T], [rest, None]], format="csr"), directed=False)
    return np.array(
        [r for r in rows if np.ptp(label[matrix.indices[matrix.indptr[r] : matrix.indptr[r + 1]]])],
        dtype=np.int64,
    )


def _implied(upper: Array, rows: sparse.csr_matrix, limit: Array) -> Array:
    """Return upper bounds of columns tightened by what each row allows to one column alone."""
    tight, entries = upper.copy(), rows.tocoo()
    np.minimum.at(tight, entries.col, limit[entries.row] / entries.data)
    return tight


def _onto_columns(
    program: Program,
    switches: list[Switch],
    kept: Bools,
    upper: Array,
    watched: sparse.csr_matrix,
    mover: Ints,
) -> list[Switch]:
    """Let switches close the columns of rows left out instead of these rows."""
    n, lower = len(program.cost), program.bounds.column_lower
    number = np.concatenate([np.arange(n), n + np.cumsum(kept) - 1])
    stays = np.concatenate([np.ones(n, dtype=bool), kept])
    found = []
    for k, s in enumerate(switches):
        left = s.only(stays, number)
        column = left.entry < n
        open_upper = left.open_upper.copy()
        open_upper[column] = np.minimum(open_upper[column], upper[left.entry[column]])
        left = replace(left, open_upper=open_upper, closed_upper=np.minimum(left.closed_upper, open_upper))
        new = np.setdiff1d(watched[mover == k].indices, s.entry)
        zero = np.zeros(len(new))
        found.append(left.joined(Switch(new, lower[new], upper[new], zero, zero)))
    return found


def _join(parts: list[Part], rows: Bools, limit: Array) -> Part:
    """Return the program of several parts with some of the rows they watch."""
    widths = np.cumsum([0] + [p.program.matrix.shape[1] for p in parts])
    heights = np.cumsum([0] + [p.program.matrix.shape[0] for p in parts])
    watched = sparse.hstack([p.watched for p in parts], format="csr")
    bounds = [p.program.bounds for p in parts]
    program = LinearProgram(
        matrix=sparse.vstack(
            [sparse.block_diag([p.program.matrix for p in parts]), watched[rows]], format="csc"
        ),
        cost=np.concatenate([p.program.cost for p in parts]),
        bounds=Bounds(
            np.concatenate([b.column_lower for b in bounds]),
            np.concatenate([b.column_upper for b in bounds]),
            np.concatenate([*(b.row_lower for b in bounds), np.full(len(limit), -np.inf)]),
            np.concatenate([*(b.row_upper for b in bounds), limit]),
        ),
    )
    pieces: dict[int, list[Switch]] = {}
    for p, left, top in zip(parts, widths, heights, strict=False):
        width = p.program.matrix.shape[1]
        for k, s in zip(p.which, p.switches, strict=True):
            entry = np.where(s.entry < width, left + s.entry, widths[-1] + top + s.entry - width)
            pieces.setdefault(k, []).append(replace(s, entry=entry))
    which = sorted(pieces)
    return Part(program, [reduce(Switch.joined, pieces[k]) for k in which], which, watched)


__all__ = ["Item", "Relaxation"]
