"""The one door to the solver: what comes out of it is proved, or says why it is not.

Each answer is checked against the program itself (`straits.lp.solver.proof`). One that fails is worked out afresh from its
basis (`refactor`); if that does not help, or the solver gave none, the program is asked for in other ways (`ladder`). What was
tried stands in the answer, in the log and in `Solver.count`.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from straits.lp import highs
from straits.lp.answer import Answer, Basis, Status, Trial
from straits.lp.program import Arrays, Program
from straits.lp.sifting.repeated import Repeated
from straits.lp.sifting.rounds import first_basis
from straits.lp.solver.known import Known, key_of
from straits.lp.solver.ladder import LADDER, TIGHT, Rung
from straits.lp.solver.proof import Products, flaw_of_optimum, no_end, nothing_fits, products_of
from straits.lp.solver.refactor import vertex_of
from straits.lp.solver.scaling import Scale, each_its_own, one_unit, units_of
from straits.lp.tolerance import PROVED

_log = logging.getLogger("straits.lp")
_NONE = np.empty(0)
#: Iterations, beside a tenth of the rows, after which going on from a start is given up: one took 29,548 of them.
_BRIEFLY = 100


class _Few:
    """The way by few columns of a program, and what it took; none where it is not said how the program repeats itself."""

    def __init__(self, p: Callable[[], Arrays], repeated: Repeated | None) -> None:
        self._p, self._repeated, self.iterations = p, repeated, 0

    def basis(self) -> Basis | None:
        """Give the basis that few columns lead to, if they lead to one."""
        if self._repeated is None:
            return None
        basis, self.iterations = first_basis(self._p(), self._repeated)
        return basis


class _Found(NamedTuple):
    """An answer in the units of the program, proved or not; `flaw` says what is wrong with it, `by` how it was repaired."""

    status: Status
    value: float = np.nan
    x: np.ndarray = _NONE
    dual: np.ndarray = _NONE
    products: Products | None = None
    flaw: str = ""
    by: str = ""


class _Optimum(NamedTuple):
    """An optimum that was found from nothing, and the basis that it ended with."""

    found: _Found
    iterations: int
    basis: Basis

    @property
    def size(self) -> int:
        """Numbers that it holds: values and duals of columns and rows."""
        return 2 * (len(self.found.x) + len(self.found.dual))


#: What was found from nothing in this process. 32 million bytes: 64 programs of the size of the reference case.
KNOWN: Known[_Optimum] = Known(4_000_000)


class Solver:
    """A linear program in the solver: minimise cost x with bounds on x and on matrix x.

    Parameters
    ----------
    cost : ndarray, shape (columns,)
    matrix : csc_matrix, shape (rows, columns)
    column_lower, column_upper : ndarray, shape (columns,)
    row_lower, row_upper : ndarray, shape (rows,)
    scaled : bool
        Whether the solver scales rows and columns.
    tight : bool
        Whether it keeps conditions to 1e-10 and starts without presolve, for programs whose values decide what is asked next.

    Attributes
    ----------
    count : Counter
        Solves so far: proved (at once), refactored (proved once worked out afresh from their basis), climbed (proved in another
        way than asked), refused.

    Notes
    -----
    Amounts and costs that are typically far from 1 are divided by a power of two on the way in, and multiplied by it on the way
    out. All that is given and read is in the units of the program; a basis has none.
    """

    def __init__(
        self,
        cost: np.ndarray,
        matrix: sparse.csc_matrix,
        column_lower: np.ndarray,
        column_upper: np.ndarray,
        row_lower: np.ndarray,
        row_upper: np.ndarray,
        *,
        scaled: bool = True,
        tight: bool = False,
    ) -> None:
        vectors = (cost, column_lower, column_upper, row_lower, row_upper)
        c, cl, cu, rl, ru = (np.array(v, dtype=float) for v in vectors)
        self._p = Arrays(c, sparse.csc_matrix(matrix), cl, cu, rl, ru)
        self._scale = one_unit(self._p)
        # Both are numbers here, the same for all columns and rows.
        self._amount, self._price = float(self._scale.row), self._scale.cost / float(self._scale.row)
        self._one = units_of(self._scale)
        options = {"presolve": "off", **TIGHT} if tight else None
        self._solver = highs.new_solver(scaled=scaled, options=options)
        self._how = (scaled, tight)
        self._taken = highs.load(
            self._solver, self._p if self._scale.is_one else self._scale.applied(self._p)
        )
        self._found = _Found(Status.STOPPED)
        self._start: Basis | None = None  # what the next solve was told to start from
        self.count: Counter[str] = Counter()

    @classmethod
    def of(cls, program: Program, *, scaled: bool = True) -> Solver:
        """Return a solver that holds a program."""
        b = program.bounds
        bounds = (b.column_lower, b.column_upper, b.row_lower, b.row_upper)
        return cls(program.cost, program.matrix, *bounds, scaled=scaled)

    # ------------------------------------------------------------------ the question

    def set_columns(self, which: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Change the bounds of some columns to the given ones, one by one."""
        self._p.column_lower[which], self._p.column_upper[which] = lower, upper
        highs.set_columns(self._solver, which, lower / self._amount, upper / self._amount)

    def set_rows(self, which: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Change the bounds of some rows to the given ones, one by one."""
        self._p.row_lower[which], self._p.row_upper[which] = lower, upper
        highs.set_rows(self._solver, which, lower / self._amount, upper / self._amount)

    def set_costs(self, which: np.ndarray, cost: np.ndarray) -> None:
        """Change the costs of some columns to the given ones, one by one."""
        self._p.cost[which] = cost
        highs.set_costs(self._solver, which, cost / self._price)

    def add_rows(self, matrix: sparse.csr_matrix, lower: np.ndarray, upper: np.ndarray) -> None:
        """Add rows; warm starts go on from the basis that there was."""
        p, self._start = self._p, None
        self._p = Arrays(
            p.cost, sparse.vstack([p.matrix, matrix], format="csc"), p.column_lower, p.column_upper,
            np.concatenate([p.row_lower, lower]), np.concatenate([p.row_upper, upper]),
        )  # fmt: skip
        highs.add_rows(self._solver, matrix, lower / self._amount, upper / self._amount)

    def set_coefficient(self, row: int, column: int, value: float) -> None:
        """Change one coefficient."""
        p = self._p
        matrix = p.matrix.tolil()
        matrix[row, column] = value
        self._p = Arrays(p.cost, sparse.csc_matrix(matrix), *p.bounds())
        highs.set_coefficient(self._solver, row, column, value)

    # ------------------------------------------------------------------ the start

    def prefer_warm(self) -> None:
        """Let the next solves start from the last basis, by the dual simplex."""
        highs.prefer_warm(self._solver)

    def prefer_cold(self) -> None:
        """Forget the basis; the next solve starts afresh with presolve."""
        self._start = None
        highs.prefer_cold(self._solver)

    def prefer_primal(self) -> None:
        """Let the next solves be by the primal simplex: a solution is known, and only costs change."""
        highs.prefer_primal(self._solver)

    def start_from(self, basis: Basis) -> None:
        """Let the next solve start from a basis, and from nothing else that earlier solves left behind."""
        self._start = basis
        highs.start_from(self._solver, basis)

    def basis(self) -> Basis:
        """Give the basis of the last solve."""
        return highs.basis(self._solver)

    def basic(self) -> np.ndarray:
        """Say which columns, then rows, are in the basis of the last solve."""
        return highs.basic(self._solver)

    # ------------------------------------------------------------------ the answer

    def run(
        self, *, read: bool = True, duals: bool = True, fresh: bool = False, repeated: Repeated | None = None
    ) -> Answer:
        """Solve what is set.

        Parameters
        ----------
        read : bool
            Whether the answer carries values of columns and rows, or its value only.
        duals : bool
            Whether it carries duals and reduced costs too.
        fresh : bool
            Whether the solve starts from nothing, as `prefer_cold` asks. An optimum found so before is not asked for again.
        repeated : Repeated, optional
            How the program repeats itself in time: from nothing, and where going on takes many iterations, it is solved by few of
            its columns first.

        Returns
        -------
        Answer
            Proved, whatever its status but `stopped`.
        """
        began = time.perf_counter()
        key = key_of(self._p, *self._how, repeated is not None) if fresh and self._taken else b""
        known = KNOWN.get(key) if key else None
        tried: list[Trial] = []
        if known is not None:
            self._found, iterations = known.found, known.iterations
            highs.start_from(self._solver, known.basis)
            self.count["proved"] += 1
        else:
            self._found, iterations, tried = self._asked(fresh=fresh, repeated=repeated)
            if key and self._found.status == Status.OPTIMAL and not tried:
                KNOWN.put(key, _Optimum(_locked(self._found), iterations, self.basis()))
        found, seconds = self._found, time.perf_counter() - began
        answer = Answer(
            found.status, found.value, _NONE, _NONE, _NONE, _NONE, iterations, seconds, tuple(tried)
        )
        return self.read(answer, duals=duals) if read else answer

    def _asked(self, *, fresh: bool, repeated: Repeated | None) -> tuple[_Found, int, list[Trial]]:
        """Ask the solver; give what it found, its iterations, and what was tried where the first answer was not proved."""
        few = _Few(lambda: self._p if self._scale.is_one else self._scale.applied(self._p), repeated)
        if fresh and (basis := few.basis()) is not None:
            highs.start_from(self._solver, basis)
            highs.prefer_warm(self._solver)
        better = None if fresh or repeated is None else few.basis
        start, self._start = None if fresh else self._start, None
        said = highs.run(self._solver, better) if self._taken else highs.REFUSED
        found = self._judged(self._solver, said, self._scale)
        iterations = said.iterations + few.iterations
        if not found.flaw:
            self.count["refactored" if found.by else "proved"] += 1
            if found.by:
                _log.info("refactored: %s", found.by)
            return found, iterations, [Trial("as asked", found.by)] if found.by else []
        tried = [Trial("as asked", found.flaw)]
        found, more = self._climb(found, tried, start)
        return found, iterations + more, tried

    def take(self, x: np.ndarray, dual: np.ndarray, iterations: int) -> Answer | None:
        """Take a plan and duals that were found elsewhere for what is set; None where they do not prove each other."""
        products = products_of(self._p, x, dual)
        if flaw_of_optimum(self._p, x, dual, self._one, products) is not None:
            return None
        value = float(np.einsum("i,i->", self._p.cost, x))
        self._found = _Found(Status.OPTIMAL, value, x, dual, products)
        self.count["proved"] += 1
        return Answer(Status.OPTIMAL, value, _NONE, _NONE, _NONE, _NONE, iterations, 0.0)

    def read(self, answer: Answer, *, duals: bool = True) -> Answer:
        """Add its vectors to the answer of the last solve, with or without its duals."""
        found = self._found
        if found.products is None:
            return answer
        row_value, reduced = found.products
        answer = replace(answer, x=found.x, row_value=row_value)
        return replace(answer, dual=found.dual, reduced_cost=reduced) if duals else answer

    def _judged(self, solver: Any, said: highs.Said, scale: Scale) -> _Found:
        """Check what the solver says, in the units of the program."""
        p = self._p
        if said.status == Status.OPTIMAL:
            return self._judged_optimum(solver, said, scale)
        if said.status == Status.INFEASIBLE:
            ray = None if nothing_fits(p) else _scaled(highs.infeasible_ray(solver), scale.row)
            return _Found(
                Status.INFEASIBLE, np.inf, flaw="" if nothing_fits(p, ray) else "infeasible, without proof"
            )
        if said.status == Status.UNBOUNDED:
            ray = _scaled(highs.unbounded_ray(solver), scale.column, into=True)
            return _Found(
                Status.UNBOUNDED, -np.inf, flaw="" if no_end(p, ray) else "unbounded, without proof"
            )
        return _Found(Status.STOPPED, flaw=f"no answer ({said.words})")

    def _judged_optimum(self, solver: Any, said: highs.Said, scale: Scale) -> _Found:
        p = self._p
        vectors = highs.solution(solver)
        x, dual = highs.values(vectors), highs.duals(vectors)
        if not scale.is_one and len(x) == len(p.cost) and len(dual) == len(p.row_lower):
            x, dual = x * scale.column, dual * scale.cost / scale.row
        products = products_of(p, x, dual)
        flaw = flaw_of_optimum(p, x, dual, self._one, products)
        if flaw is None:
            value, worth = said.value * scale.cost, float(np.einsum("i,i->", p.cost, x))
            if abs(value - worth) > PROVED * abs(worth):
                size = max(np.einsum("i,i->", np.abs(p.cost), np.abs(x)), self._amount * self._price)
                value = value if abs(value - worth) <= PROVED * size else worth
            return _Found(Status.OPTIMAL, value, x, dual, products)
        if not len(p.cost):
            # Of a program without columns nothing is asked of the solver: zero keeps its rows, or nothing does.
            return _Found(Status.INFEASIBLE, np.inf)
        wrong = f"optimal, but {flaw}"
        if flaw.kind == "numbers":
            return _Found(Status.OPTIMAL, flaw=wrong)
        inside = highs.basic(solver)
        vertex = vertex_of(p, inside[: len(x)], inside[len(x) :], x, p.matrix @ x)
        if vertex is None:
            return _Found(Status.OPTIMAL, flaw=wrong)
        products = products_of(p, *vertex)
        if flaw_of_optimum(p, *vertex, self._one, products) is not None:
            return _Found(Status.OPTIMAL, flaw=wrong)
        worth = float(np.einsum("i,i->", p.cost, vertex[0]))
        return _Found(
            Status.OPTIMAL, worth, *vertex, products, by=f"{wrong}; worked out afresh from its basis"
        )

    # ------------------------------------------------------------------ the ladder

    def _climb(self, first: _Found, tried: list[Trial], start: Basis | None) -> tuple[_Found, int]:
        """Ask in other ways until an answer is proved, or one of other numbers claims what was claimed without proof."""
        iterations, claimed = 0, {first.status}
        last = highs.basis(self._solver) if first.status == Status.OPTIMAL else None
        start = start if first.status == Status.STOPPED else None
        for rung in LADDER:
            begin = last if rung.from_basis else start if rung.from_start else None
            if begin is None and (rung.from_basis or rung.from_start):
                continue
            found, solver, more = self._try(rung, begin)
            iterations += more
            without_end = claimed & {Status.INFEASIBLE, Status.UNBOUNDED}
            if found.flaw and rung.rescaled and found.status in without_end:
                # Ways that see the same numbers can be wrong together: HiGHS drops what it takes for zero.
                found = found._replace(flaw="", by=f"{found.status}, as another way said of other numbers")
            tried.append(Trial(rung.way, found.flaw or found.by or found.status.value))
            if not found.flaw:
                self.count["climbed"] += 1
                _log.info("%s after %s", found.status, "; ".join(f"{way}: {came}" for way, came in tried))
                if found.status == Status.OPTIMAL:
                    highs.start_from(self._solver, highs.basis(solver))
                return found, iterations
            claimed.add(found.status)
        self.count["refused"] += 1
        _log.warning(
            "no answer that could be believed: %s", "; ".join(f"{way}: {came}" for way, came in tried)
        )
        return _Found(Status.STOPPED), iterations

    def _try(self, rung: Rung, start: Basis | None) -> tuple[_Found, Any, int]:
        """Try one way, in a solver of its own that nothing was asked before; an optimum that fails, with tighter tolerances."""
        scale = each_its_own(self._p) if rung.rescaled else self._scale
        solver = highs.new_solver(scaled=not rung.rescaled, options=rung.options)
        if not highs.load(solver, self._p if scale.is_one else scale.applied(self._p)):
            return self._judged(solver, highs.REFUSED, scale), solver, 0
        if start is not None:
            highs.start_from(solver, start)
        most = _BRIEFLY + len(self._p.row_lower) // 10
        said = highs.run_at_most(solver, most) if rung.from_start else highs.run(solver)
        found, iterations = self._judged(solver, said, scale), said.iterations
        if found.status == Status.OPTIMAL and found.flaw and not rung.from_basis:
            highs.go_on(solver, TIGHT)
            said = highs.run(solver)
            found, iterations = self._judged(solver, said, scale), iterations + said.iterations
        return found, solver, iterations

    # ------------------------------------------------------------------ the file

    def write(self, path: Path, columns: list[str], rows: list[str]) -> None:
        """Write the program as LP or MPS with these names, in its own units.

        Raises
        ------
        ModelError
            If the file could not be written.
        """
        solver = highs.new_solver()
        highs.load(solver, self._p)
        highs.write(solver, path, columns, rows)


def _locked(found: _Found) -> _Found:
    """Let nobody change what others will be given."""
    for vector in (found.x, found.dual, *(found.products or ())):
        vector.setflags(write=False)
    return found


def _scaled(ray: np.ndarray | None, scale: np.ndarray | float, *, into: bool = False) -> np.ndarray | None:
    if ray is None:
        return None
    return ray * scale if into else ray / scale
