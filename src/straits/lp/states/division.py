"""A program divided into the parts that no row joins."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.lp.program import Bounds, LinearProgram, Program
from straits.lp.states.part import Bools, Part, Switch


def parts_of(
    program: Program, switches: list[Switch], watched: sparse.csr_matrix | None = None
) -> tuple[list[Part], Part]:
    """Divide a program into its connected parts.

    Parts that no switch touches have the same value in every state; unless they take of a row that is watched, they are
    put together in a rest, which matters only if it is infeasible. Parts with the same switches that share no such row (the
    steps of a market without stores) stay together: they have the same states, and what one program does need not be done by
    fifty.
    """
    grid = sparse.bmat([[None, program.matrix.T], [program.matrix, None]], format="csr")
    _, label = connected_components(grid, directed=False)
    bundles = _bundles(label, switches, watched)
    found = [_part(program, switches, watched, np.isin(label, bundle), which) for which, bundle in bundles]
    taken = np.isin(label, [number for _, bundle in bundles for number in bundle])
    return found, _part(program, switches, watched, ~taken, [])


def _bundles(
    label: NDArray[np.int32], switches: list[Switch], watched: sparse.csr_matrix | None
) -> list[tuple[list[int], list[int]]]:
    """Gather connected parts, given as a label of each column and row, into those that are solved together: their
    switches and their labels."""
    which: dict[int, list[int]] = defaultdict(list)
    for k, s in enumerate(switches):
        for number in np.unique(label[s.entry]).tolist():
            which[number].append(k)
    rows: dict[int, set[int]] = defaultdict(set)
    if watched is not None:
        entries = watched.tocoo()
        for number, row in set(zip(label[entries.col].tolist(), entries.row.tolist(), strict=True)):
            rows[number].add(row)
    alike: dict[tuple[int, ...], list[tuple[list[int], set[int]]]] = defaultdict(list)
    for number in sorted({*which, *rows}):
        bundles = alike[tuple(which[number])]
        fitting = next((b for b in bundles if not b[1] & rows[number]), None)
        if fitting is None:
            fitting = ([], set())
            bundles.append(fitting)
        fitting[0].append(number)
        fitting[1].update(rows[number])
    return [(list(key), numbers) for key, bundles in alike.items() for numbers, _ in bundles]


def _part(
    program: Program, switches: list[Switch], watched: sparse.csr_matrix | None, kept: Bools, which: list[int]
) -> Part:
    """Cut a part out of a program."""
    columns, b = program.matrix.shape[1], program.bounds
    cols, rws = np.flatnonzero(kept[:columns]), np.flatnonzero(kept[columns:])
    piece = LinearProgram(
        matrix=program.matrix[rws][:, cols].tocsc(),
        cost=program.cost[cols],
        bounds=Bounds(b.column_lower[cols], b.column_upper[cols], b.row_lower[rws], b.row_upper[rws]),
    )
    number = np.cumsum(kept) - 1
    local = [switches[k].only(kept, number) for k in which]
    return Part(piece, local, which, None if watched is None else watched[:, cols])


__all__ = ["parts_of"]
