"""Hand a linear model to HiGHS as whole arrays, and read its answer. The only place that knows HiGHS's calls by name."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import highspy
import numpy as np
from scipy import sparse

from straits.errors import ModelError

#: What a solve can end with.
OPTIMAL, INFEASIBLE, UNBOUNDED, STOPPED = "optimal", "infeasible", "unbounded", "stopped"

_STATUS = {
    highspy.HighsModelStatus.kOptimal: OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: UNBOUNDED,
    highspy.HighsModelStatus.kModelEmpty: OPTIMAL,
}


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    status : str
        optimal, infeasible, unbounded or stopped.
    value : float
        Objective value (minimised).
    x, reduced_cost : ndarray, shape (columns,)
    row_value, dual : ndarray, shape (rows,)
    iterations : int
    seconds : float
    """

    status: str
    value: float
    x: np.ndarray
    reduced_cost: np.ndarray
    row_value: np.ndarray
    dual: np.ndarray
    iterations: int
    seconds: float


def new_solver(*, threads: int = 1, scaled: bool = True) -> highspy.Highs:
    """Give a silent HiGHS with settings that repeat: one thread, serial dual simplex where simplex is used."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("parallel", "off")
    # Named, not left to HiGHS to choose: the choice is not part of its interface, and answers must repeat.
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("simplex_strategy", 1)
    if not scaled:
        solver.setOptionValue("simplex_scale_strategy", 0)
    return solver


def load(
    solver: highspy.Highs,
    cost: np.ndarray,
    matrix: sparse.csc_matrix,
    column_lower: np.ndarray,
    column_upper: np.ndarray,
    row_lower: np.ndarray,
    row_upper: np.ndarray,
) -> None:
    """Pass a whole linear model in one call."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = column_lower, column_upper
    lp.row_lower_, lp.row_upper_ = row_lower, row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data
    solver.passModel(lp)


def run(solver: highspy.Highs, *, read: bool = True, duals: bool = True) -> Answer:
    """Solve what is loaded and read the answer; without `duals` or `read`, without its duals or only its value.

    Copying long vectors that nobody reads would take as long as many a warm solve.

    A status that HiGHS leaves open between infeasible and unbounded is settled by solving again without presolve.
    """
    began = time.perf_counter()
    solver.run()
    status = solver.getModelStatus()
    if status in (highspy.HighsModelStatus.kUnboundedOrInfeasible, highspy.HighsModelStatus.kUnknown):
        solver.setOptionValue("presolve", "off")
        solver.clearSolver()
        solver.run()
        solver.setOptionValue("presolve", "choose")
        status = solver.getModelStatus()
    info = solver.getInfo()
    nothing = np.empty(0)
    answer = Answer(
        status=INFEASIBLE if _empty_and_broken(solver, status) else _STATUS.get(status, STOPPED),
        value=info.objective_function_value,
        x=nothing,
        reduced_cost=nothing,
        row_value=nothing,
        dual=nothing,
        iterations=int(info.simplex_iteration_count),
        seconds=time.perf_counter() - began,
    )
    return read_vectors(solver, answer, duals=duals) if read else answer


def _empty_and_broken(solver: highspy.Highs, status: highspy.HighsModelStatus) -> bool:
    """Return whether a model without columns has a row that zero does not keep: HiGHS does not look."""
    if status != highspy.HighsModelStatus.kModelEmpty:
        return False
    lp = solver.getLp()
    return bool((np.array(lp.row_lower_) > 0).any() or (np.array(lp.row_upper_) < 0).any())


def read_vectors(solver: highspy.Highs, answer: Answer, *, duals: bool = True) -> Answer:
    """Add the vectors of the last solve to its answer, with or without its duals."""
    solution = solver.getSolution()
    answer = replace(answer, x=np.array(solution.col_value), row_value=np.array(solution.row_value))
    if not duals:
        return answer
    return replace(answer, reduced_cost=np.array(solution.col_dual), dual=np.array(solution.row_dual))


def values(solver: highspy.Highs) -> np.ndarray:
    """Give the values of columns of the last solve."""
    return np.array(solver.getSolution().col_value, dtype=float)


def duals(solver: highspy.Highs) -> np.ndarray:
    """Give the duals of rows of the last solve."""
    return np.array(solver.getSolution().row_dual, dtype=float)


def version() -> str:
    """Name and version of the solver."""
    return f"HiGHS {highspy.Highs().version()}"


def write(solver: highspy.Highs, path: Path, columns: list[str], rows: list[str]) -> None:
    """Write what is loaded as LP or MPS with these names, in which `_` stands for every sign the LP format forbids.

    Raises
    ------
    ModelError
        If HiGHS could not write the file.
    """
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
    # Devex: exact first weights of steepest edges take longer than they save (9,200 rows: 7.5 against 4.8 ms; 187,000 rows: 0.76
    # against 0.29 s, medians).
    solver.setOptionValue("simplex_dual_edge_weight_strategy", 1)
    solver.setBasis(last)


def basis(solver: highspy.Highs) -> highspy.HighsBasis:
    """Give the basis of the last solve."""
    return solver.getBasis()


def basic(solver: highspy.Highs) -> np.ndarray:
    """Say which columns, then rows, are in the basis of the last solve."""
    inside = np.zeros(solver.getNumCol() + solver.getNumRow(), dtype=bool)
    which = solver.getBasicVariables()[1]  # type: ignore[attr-defined]  # in the binary, not in its stub
    # HiGHS numbers row i as -1 - i.
    inside[np.where(which >= 0, which, solver.getNumCol() - 1 - which)] = True
    return inside


def start_from(solver: highspy.Highs, start: highspy.HighsBasis) -> None:
    """Let the next solve start from a basis, and from nothing else that earlier solves left behind."""
    # Without this HiGHS keeps more than its basis: from one and the same basis it then takes another way, and ends at another of
    # equally good plans, depending on what was solved before.
    solver.clearSolver()
    solver.setBasis(start)


def prefer_primal(solver: highspy.Highs) -> None:
    """Let the next solves be by the primal simplex without presolve: a solution is known, and only costs change."""
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("simplex_strategy", 4)


def prefer_cold(solver: highspy.Highs) -> None:
    """Forget the basis; the next solve starts afresh with presolve."""
    solver.clearSolver()
    solver.setOptionValue("presolve", "choose")
    solver.setOptionValue("simplex_dual_edge_weight_strategy", -1)


def change_columns(solver: highspy.Highs, which: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    """Change the bounds of some columns; `lower` and `upper` hold those of all."""
    set_columns(solver, which, lower[which], upper[which])


def change_rows(solver: highspy.Highs, which: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    """Change the bounds of some rows; `lower` and `upper` hold those of all."""
    set_rows(solver, which, lower[which], upper[which])


def change_costs(solver: highspy.Highs, which: np.ndarray, cost: np.ndarray) -> None:
    """Change the costs of some columns; `cost` holds those of all."""
    set_costs(solver, which, cost[which])


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
