"""The same question where goods are processed into other goods: a linear program instead of a maximum flow.

A process takes `T_i` of each input and gives `T_j` of each output. Let `z` be the coloured share of what it gives.

- Lawful goods: an output is lawful as far as *every* input was: `x_i >= T_i z` for each input.
- Barred goods: an output holds barred goods as soon as *any* input did: `sum_i x_i / T_i >= z`.

All outputs of one process have one share: what is made of a mixed lot is as mixed as the lot. The dual values of the nodes
take the place of the cut (a cut has the values 0 and 1).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from straits.errors import SolveError
from straits.goods.tracing.legs import CONSUME, ENTRY, PRODUCE, Legs
from straits.goods.tracing.network import Cut, Nodes


class _Program:
    """Columns of the program, gathered by kind."""

    def __init__(self) -> None:
        self.rows: list[np.ndarray] = []
        self.columns: list[np.ndarray] = []
        self.values: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []
        self.size = 0

    def columns_with(self, upper: np.ndarray) -> np.ndarray:
        """Add columns and give their numbers."""
        numbers = np.arange(self.size, self.size + len(upper))
        self.size += len(upper)
        self.upper.append(np.asarray(upper, dtype=float))
        return numbers

    def put(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray | float) -> None:
        """Add coefficients."""
        self.rows.append(np.asarray(rows))
        self.columns.append(np.asarray(columns))
        self.values.append(np.broadcast_to(np.asarray(values, dtype=float), np.shape(rows)))


def solve_with_yields(
    legs: Legs, nodes: Nodes, coloured: np.ndarray, asked: np.ndarray, every_input: bool
) -> Cut:
    """Find the most of one colour that can have reached the exits, through processes.

    Parameters
    ----------
    legs, nodes
        Of the goods that the processes connect, and their network.
    coloured, asked : (m,) arrays of bool
        As in `max_flow`.
    every_input : bool
        Whether an output is of the colour only as far as every input is (lawful goods), or as soon as any is (barred goods).

    Returns
    -------
    Cut
        Node values; `flow` in steps of the good of the exits, to a millionth of a step.
    """
    size = legs.change / legs.scale[legs.good]
    program = _Program()
    at = nodes.of_leg
    entries = np.flatnonzero(coloured & (legs.role == ENTRY))
    exits = np.flatnonzero(asked)
    column = program.columns_with(size[entries])
    program.put(at[entries], column, 1.0)
    scale = _scale_of_nodes(legs, nodes)
    carries = nodes.carried > 0
    column = program.columns_with((nodes.carried / scale[nodes.carry_from])[carries])
    program.put(nodes.carry_from[carries], column, -1.0)
    program.put(nodes.carry_to[carries], column, 1.0)
    send, receive = nodes.send_leg, nodes.receive_leg
    column = program.columns_with(size[receive])
    program.put(at[send], column, -1.0)
    program.put(at[receive], column, 1.0)
    out = program.columns_with(-size[exits])
    program.put(at[exits], out, -1.0)
    rows = _processes(program, legs, nodes, size, every_input)
    objective = np.zeros(program.size)
    objective[out] = -1.0
    matrix = sparse.csr_matrix(
        (np.concatenate(program.values), (np.concatenate(program.rows), np.concatenate(program.columns))),
        shape=(rows, program.size),
    )
    upper = np.concatenate(program.upper)
    found = linprog(
        objective,
        A_ub=-matrix,
        b_ub=np.zeros(rows),
        bounds=np.column_stack([np.zeros_like(upper), upper]),
        method="highs",
    )
    if found.status != 0:
        raise SolveError(f"the program of processed goods was not solved: {found.message}")
    worth = -found.ineqlin.marginals[: nodes.count]
    worth = np.where(np.abs(worth) < 1e-12, 0.0, worth)
    part = np.where(worth > 0, 0, -1)
    good = legs.good[exits[0]] if len(exits) else 0
    return Cut(flow=round(-float(found.fun) * float(legs.scale[good]), 6), inside=worth, part=part)


def _scale_of_nodes(legs: Legs, nodes: Nodes) -> np.ndarray:
    scale = np.ones(nodes.count)
    scale[nodes.of_leg] = legs.scale[legs.good]
    return scale


def _processes(program: _Program, legs: Legs, nodes: Nodes, size: np.ndarray, every_input: bool) -> int:
    """Add the processes; give how many rows the program has with them."""
    inputs = np.flatnonzero(legs.role == CONSUME)
    outputs = np.flatnonzero(legs.role == PRODUCE)
    numbers, share_of_output = np.unique(legs.process[outputs], return_inverse=True)
    share = program.columns_with(np.ones(len(numbers)))
    program.put(nodes.of_leg[outputs], share[share_of_output], size[outputs])
    inputs = inputs[np.isin(legs.process[inputs], numbers)]
    which = np.searchsorted(numbers, legs.process[inputs])
    if every_input:
        # Consumed in proportion: the share takes its part of every input at once.
        program.put(nodes.of_leg[inputs], share[which], size[inputs])
        return nodes.count
    # Each input's share is a column of its own; one row a process says that the output's share is at most their sum. Rows of one
    # good are one input.
    one, which_one = np.unique(np.column_stack([which, nodes.of_leg[inputs]]), axis=0, return_inverse=True)
    column = program.columns_with(np.ones(len(one)))
    program.put(one[:, 1], column, np.bincount(which_one.ravel(), weights=size[inputs], minlength=len(one)))
    row = nodes.count + np.arange(len(numbers))
    program.put(row[one[:, 0]], column, 1.0)
    program.put(row, share, -1.0)
    return nodes.count + len(numbers)
