"""HiGHS by its own names: hand it arrays, let it solve, read what it says. Nothing else knows its calls."""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from straits.errors import ModelError
from straits.lp.answer import Basis, Status
from straits.lp.program import Arrays
from straits.lp.quiet import first_time_quietly

_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Status.UNBOUNDED,
    highspy.HighsModelStatus.kModelEmpty: Status.OPTIMAL,
}
#: Rows from which Devex weights are given up for exact ones after a tenth as many iterations. News that turns the whole plan took
#: 49,000 iterations with Devex and 9,500 without (24,000 rows: 86 against 10 s); of up to 14,000 rows Devex took a fifth less.
_LARGE = 15_000
#: What part of its rows the iterations with exact weights are after which another basis is asked for, where one can be. It leads
#: to other ones of equally good prices: those that a scenario does not touch no longer stay as they are. Scenarios of `caspian`
#: need a tenth of their rows at most; news of a gas case by days up to once its rows, for ten times as long as by another basis.
_PATIENCE = 4
#: Share of the largest entry of its column that a pivot of a factorisation must have: the most that HiGHS takes. Where cargo
#: arrives in shares, bases hold chains of numbers such as 0.8 and 0.2, and by its default of 0.1 HiGHS may take the small one of
#: each for a pivot. From an optimal basis of 33,000 rows, proved by another factorisation, it then saw 3,858 infeasibilities and
#: set out on tens of thousands of iterations; with 0.5 it sees the optimum at once.
_PIVOT = 0.5
#: Where a column or row can stand, in the order of `Basis.LOWER` and so on.
_STANDS = np.array(
    [
        highspy.HighsBasisStatus.kLower,
        highspy.HighsBasisStatus.kBasic,
        highspy.HighsBasisStatus.kUpper,
        highspy.HighsBasisStatus.kZero,
        highspy.HighsBasisStatus.kNonbasic,
    ],
    dtype=object,
)

#: How HiGHS numbers a matrix that is stored column by column, and that the objective is minimised.
_COLWISE, _MINIMISE = int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize)

#: What an option of HiGHS can be.
Option = bool | int | float | str


class Said(NamedTuple):
    """What HiGHS says of a solve: a status, the same in its own words, the value, and iterations."""

    status: Status
    words: str
    value: float
    iterations: int


#: Of a program that HiGHS did not take.
REFUSED = Said(Status.STOPPED, "the numbers were not taken", np.nan, 0)


def new_solver(
    *, threads: int = 1, scaled: bool = True, options: Mapping[str, Option] | None = None
) -> highspy.Highs:
    """Give a silent HiGHS with settings that repeat: one thread, serial dual simplex where simplex is used."""
    solver = first_time_quietly(highspy.Highs)
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("parallel", "off")
    # Named, not left to HiGHS to choose: the choice is not part of its interface, and answers must repeat.
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("simplex_strategy", 1)
    solver.setOptionValue("factor_pivot_threshold", _PIVOT)
    if not scaled:
        solver.setOptionValue("simplex_scale_strategy", 0)
    for name, value in (options or {}).items():
        solver.setOptionValue(name, value)
    return solver


def load(solver: highspy.Highs, p: Arrays) -> bool:
    """Pass a whole program in one call; say whether HiGHS took it.

    It refuses numbers of 1e15 and more, and drops coefficients of 1e-9 and less.
    """
    rows, columns = p.matrix.shape
    # As arrays: attributes of a HighsLp are copied number by number, which takes ten times as long. The last one says that no
    # column is whole; it cannot be left out.
    said = solver.passModel(
        columns, rows, p.matrix.nnz, _COLWISE, _MINIMISE, 0.0, p.cost, p.column_lower, p.column_upper, p.row_lower, p.row_upper,
        p.matrix.indptr.astype(np.int32), p.matrix.indices.astype(np.int32), p.matrix.data, np.zeros(columns, np.int32),
    )  # fmt: skip
    return bool(said != highspy.HighsStatus.kError)


def run(solver: highspy.Highs, better: Callable[[], Basis | None] | None = None) -> Said:
    """Solve what is loaded.

    Parameters
    ----------
    solver : highspy.Highs
    better : callable, optional
        Finds another basis to go on from, if it can, where going on from the present one takes many iterations.
    """
    start = solver.getBasis()
    spent = _limited(solver)
    if spent:
        _weigh_exactly(solver, start)
        if better is not None:
            solver.setOptionValue("simplex_iteration_limit", solver.getNumRow() // _PATIENCE)
        more = _limited(solver)
        if more and better is not None:
            other = better()
            solver.clearSolver()
            solver.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)
            solver.setBasis(start if other is None else _native(other))
            solver.run()
        spent += more
        _weigh_roughly(solver)
    return _said(solver, spent)


def run_at_most(solver: highspy.Highs, iterations: int) -> Said:
    """Solve what is loaded, or stop after so many iterations of the simplex."""
    solver.setOptionValue("simplex_iteration_limit", iterations)
    solver.run()
    return _said(solver, 0)


def _said(solver: highspy.Highs, spent: int) -> Said:
    """Give what the last run says, with the iterations that were spent before it."""
    status = solver.getModelStatus()
    info = solver.getInfo()
    return Said(
        _STATUS.get(status, Status.STOPPED),
        "" if status in _STATUS else str(solver.modelStatusToString(status)),
        info.objective_function_value,
        # -1 where nothing was counted
        spent + max(int(info.simplex_iteration_count), 0) + max(int(info.crossover_iteration_count), 0),
    )


def _limited(solver: highspy.Highs) -> int:
    """Solve; give the iterations after which the limit of them ended it, or 0."""
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kIterationLimit:
        return 0
    return int(solver.getInfo().simplex_iteration_count)


def set_whole(solver: highspy.Highs, which: np.ndarray) -> None:
    """Let some columns take whole numbers only."""
    kind = np.full(len(which), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    solver.changeColsIntegrality(len(which), which.astype(np.int32), kind)


def bound_of_whole(solver: highspy.Highs) -> float:
    """Give what no plan with whole numbers costs less than, as far as the last solve knows."""
    return float(solver.getInfo().mip_dual_bound)


def solution(solver: highspy.Highs) -> highspy.HighsSolution:
    """Give the vectors of the last solve as HiGHS has them; it copies all of them each time that it is asked."""
    return solver.getSolution()


def values(found: highspy.HighsSolution) -> np.ndarray:
    """Give the values of columns."""
    return _vector(found.col_value)


def duals(found: highspy.HighsSolution) -> np.ndarray:
    """Give the duals of rows."""
    return _vector(found.row_dual)


def _vector(numbers: list[float]) -> np.ndarray:
    # HiGHS gives lists. To pack them into an array takes a third of the time of np.array, and less of that of np.fromiter.
    vector = np.empty(len(numbers))
    struct.pack_into(f"{len(numbers)}d", vector.data, 0, *numbers)
    return vector


def infeasible_ray(solver: highspy.Highs) -> np.ndarray | None:
    """Give weights of rows that HiGHS found to prove the last solve infeasible."""
    return _ray(solver.getDualRay())  # type: ignore[attr-defined]  # in the binary, not in its stub


def unbounded_ray(solver: highspy.Highs) -> np.ndarray | None:
    """Give the direction of columns that HiGHS found to prove the last solve unbounded."""
    return _ray(solver.getPrimalRay())  # type: ignore[attr-defined]  # in the binary, not in its stub


def _ray(found: tuple[object, bool, np.ndarray]) -> np.ndarray | None:
    _, there, ray = found
    return np.array(ray, dtype=float) if there else None


def version() -> str:
    """Name and version of the solver."""
    return f"HiGHS {first_time_quietly(highspy.Highs).version()}"


def write(solver: highspy.Highs, path: Path, columns: list[str], rows: list[str]) -> None:
    """Write what is loaded as LP or MPS with these names, in which `_` stands for every sign the LP format forbids.

    Raises
    ------
    ModelError
        If HiGHS could not write the file.
    """
    # That no column is whole, which `load` has to say, would stand in the file as sections without a word in them.
    lp = solver.getLp()
    lp.integrality_ = []
    solver.passModel(lp)
    for j, name in enumerate(_plain(columns)):
        solver.passColName(j, name)
    for i, name in enumerate(_plain(rows)):
        solver.passRowName(i, name)
    if solver.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise ModelError(f"the model could not be written to {path}")


def _plain(names: list[str]) -> list[str]:
    """Replace the signs that HiGHS would drop all names for, and keep names apart that become equal thereby."""
    plain = [re.sub(r"[^A-Za-z0-9_.,()]", "_", name) for name in names]
    if len(set(plain)) == len(plain):
        return plain
    count = Counter(plain)
    return [f"{name}_{i}" if count[name] > 1 else name for i, name in enumerate(plain)]


def prefer_warm(solver: highspy.Highs) -> None:
    """Let the next solves start from the last basis: dual simplex without presolve, which would drop the basis."""
    last = solver.getBasis()
    # HiGHS reads how to weigh edges only when its simplex is set up afresh.
    solver.clearSolver()
    solver.setOptionValue("presolve", "off")
    _weigh_roughly(solver)
    solver.setBasis(last)


def _weigh_roughly(solver: highspy.Highs) -> None:
    """Let the next solves that are set up afresh begin with Devex weights, and stop where these no longer pay."""
    # Exact first weights of steepest edges take longer than they save (9,200 rows: 7.5 against 4.8 ms; 187,000 rows: 0.76
    # against 0.29 s, medians).
    solver.setOptionValue("simplex_dual_edge_weight_strategy", 1)
    rows = solver.getNumRow()
    solver.setOptionValue("simplex_iteration_limit", rows // 10 if rows >= _LARGE else highspy.kHighsIInf)


def _weigh_exactly(solver: highspy.Highs, start: highspy.HighsBasis) -> None:
    """Let the next solve start from a basis with exact weights of steepest edges, and go on to the end."""
    # Not from where the last one stopped: its costs were perturbed, and without that it is no better a start.
    solver.clearSolver()
    solver.setOptionValue("simplex_dual_edge_weight_strategy", -1)
    solver.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)
    solver.setBasis(start)


def basis(solver: highspy.Highs) -> Basis:
    """Give the basis of the last solve."""
    return Basis.held(solver.getBasis(), _statuses)


def _statuses(native: highspy.HighsBasis) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    # The numbers of an enumeration of HiGHS are those of `Basis`; to make bytes of them takes half the time of int().
    columns, rows = (np.frombuffer(bytearray(of), np.int8) for of in (native.col_status, native.row_status))
    return columns, rows


def basis_of(solver: highspy.Highs, p: Arrays, found: highspy.HighsSolution) -> Basis:
    """Give the basis of the last solve by its values: what is not basic rests on the nearer bound.

    HiGHS hands over where each column and row stands one by one, which takes ten times as long.
    """
    inside = basic(solver)
    columns, rows = (
        np.where(np.abs(upper - value) < np.abs(value - lower), Basis.UPPER, Basis.LOWER).astype(np.int8)
        for value, lower, upper in (
            (_vector(found.col_value), p.column_lower, p.column_upper),
            (_vector(found.row_value), p.row_lower, p.row_upper),
        )
    )
    columns[inside[: len(columns)]] = rows[inside[len(columns) :]] = Basis.BASIC
    return Basis(columns, rows)


def _native(basis: Basis) -> highspy.HighsBasis:
    """Give a basis as HiGHS has it; put together once."""
    if basis.native is None:
        native = highspy.HighsBasis()
        native.col_status, native.row_status = (
            _STANDS.take(of).tolist() for of in (basis.columns, basis.rows)
        )
        native.valid = True
        # What need be no basis is made one by HiGHS: it drops what depends on the rest, and takes slacks for what lacks.
        count = np.count_nonzero(basis.columns == Basis.BASIC) + np.count_nonzero(basis.rows == Basis.BASIC)
        native.alien = bool(count != len(basis.rows))
        basis.native = native
    return basis.native


def basic(solver: highspy.Highs) -> np.ndarray:
    """Say which columns, then rows, are in the basis of the last solve."""
    inside = np.zeros(solver.getNumCol() + solver.getNumRow(), dtype=bool)
    which = solver.getBasicVariables()[1]  # type: ignore[attr-defined]  # in the binary, not in its stub
    # HiGHS numbers row i as -1 - i.
    inside[np.where(which >= 0, which, solver.getNumCol() - 1 - which)] = True
    return inside


def start_from(solver: highspy.Highs, start: Basis) -> None:
    """Let the next solve start from a basis, and from nothing else that earlier solves left behind."""
    # Without this HiGHS keeps more than its basis: from one and the same basis it then takes another way, and ends at another of
    # equally good plans, depending on what was solved before.
    solver.clearSolver()
    solver.setBasis(_native(start))


def prefer_primal(solver: highspy.Highs) -> None:
    """Let the next solves be by the primal simplex: a solution is known, and only costs change."""
    # Presolve stays for the first of them, which it makes five times quicker: HiGHS leaves it out where there is a basis.
    solver.setOptionValue("simplex_strategy", 4)


def prefer_cold(solver: highspy.Highs) -> None:
    """Forget the basis; the next solve starts afresh with presolve."""
    solver.clearSolver()
    solver.setOptionValue("presolve", "choose")
    solver.setOptionValue("simplex_dual_edge_weight_strategy", -1)
    solver.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)


def go_on(solver: highspy.Highs, options: Mapping[str, Option]) -> None:
    """Let the next solve go on from the last basis by the simplex with other options."""
    last = solver.getBasis()
    solver.clearSolver()
    for name, value in {"presolve": "off", "solver": "simplex", **options}.items():
        solver.setOptionValue(name, value)
    solver.setBasis(last)


def add_rows(solver: highspy.Highs, matrix: sparse.csr_matrix, lower: np.ndarray, upper: np.ndarray) -> None:
    """Add rows."""
    for i, (a, b) in enumerate(zip(matrix.indptr, matrix.indptr[1:], strict=False)):
        columns = matrix.indices[a:b].astype(np.int32)
        solver.addRow(float(lower[i]), float(upper[i]), int(b - a), columns, matrix.data[a:b])


def set_coefficient(solver: highspy.Highs, row: int, column: int, value: float) -> None:
    """Change one coefficient."""
    solver.changeCoeff(row, column, value)


def set_columns(solver: highspy.Highs, which: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    """Change the bounds of some columns to the given ones, one by one."""
    if len(which):
        solver.changeColsBounds(len(which), which.astype(np.int32), lower, upper)


def set_rows(solver: highspy.Highs, which: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    """Change the bounds of some rows to the given ones, one by one."""
    if len(which):
        solver.changeRowsBounds(len(which), which.astype(np.int32), lower, upper)  # type: ignore[attr-defined]  # in the binary, not in its stub


def set_costs(solver: highspy.Highs, which: np.ndarray, cost: np.ndarray) -> None:
    """Change the costs of some columns to the given ones, one by one."""
    if len(which):
        solver.changeColsCost(len(which), which.astype(np.int32), cost)
