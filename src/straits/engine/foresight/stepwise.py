"""Foresight other than perfect: what was decided stays, the rest is solved again when news arrives or the window moves."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.engine.circles.uncircled import uncircled
from straits.engine.explain import explain, refused
from straits.engine.foresight.news import (
    believed,
    believed_premiums,
    known_at_start,
    news_days,
    step_under_way,
)
from straits.engine.foresight.settled import of_model, settled, wish
from straits.engine.prices.passing import passing_at
from straits.lp import Status
from straits.lp.nearest import nearest_duals
from straits.lp.program import LinearProgram
from straits.lp.session import Session
from straits.lp.solver.remaining import solve_remaining
from straits.model import Bounds, Model
from straits.model.circles import Circle
from straits.model.compiled import Decided

if TYPE_CHECKING:
    from straits.lp.answer import Answer, Basis
    from straits.model import Solution
    from straits.model.blocks import Layout


@dataclass(frozen=True)
class Composite:
    """Columns and duals put together from several solves, each step from the solve in which it was decided.

    `basis` is the solver's last one, from which a like model can be solved; `tried` what else the solver was asked, and why,
    where an answer could not be believed. `circles` went round in plans that were passed over for others without; those of `left`
    still do. `bound` is what the columns cost at least, if circles were passed over, `uncircled_bound` the same without circles.
    `bases` are those of all solves in their order, from which a like model that is decided on the same days can be solved.
    `remaining` is the program of the last decision of a plan with surprises, with what was decided before fixed in its bounds;
    None where cargo would have gone round. `agreed_before` as in `straits.model.plan.Plan`.
    """

    x: np.ndarray
    dual: np.ndarray
    reduced_cost: np.ndarray
    solves: int
    iterations: int
    basis: Any = None
    tried: tuple[str, ...] = ()
    circles: tuple[Circle, ...] = ()
    left: tuple[Circle, ...] = ()
    bound: float | None = None
    bases: tuple[Basis, ...] = ()
    remaining: Model | None = None
    uncircled_bound: float | None = None
    agreed_before: np.ndarray | None = None


def steps_of(layout: Layout, horizon: int) -> np.ndarray:
    """Step of every row or column; `horizon` for those that belong to no step (contracts)."""
    step = np.full(layout.size, horizon)
    for block in layout.blocks.values():
        if block.steps == horizon and horizon > 1:
            step[block.slice] = np.tile(np.arange(horizon), block.count)
    return step


def ends_of(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Last step that every column and every row of a model speaks of: of a contract and what falls short of it, of its period.

    Once that step is past, all that the row holds is decided: its price is that of the solve which decided the last of it.
    """
    f, n = model.formulation, model.network
    columns, rows = steps_of(f.columns, n.T), steps_of(f.rows, n.T)
    ends = np.array([np.flatnonzero(row.weight).max(initial=-1) for row in n.contracts.rows], dtype=int)
    rows[f.contract.slice] = ends
    columns[f.shortfall.slice] = ends[f.can_fall_short]
    return columns, rows


def with_surprises(
    model: Model,
    session: Session,
    starts: Sequence[Basis] = (),
    under_way: Solution | None = None,
    wanted: np.ndarray | None = None,
) -> Composite:
    """Solve with disruptions that become known one after another.

    Parameters
    ----------
    model : Model
        Compiled for the scenario; its effects, and what measures add to costs, say when each is known and how long it is then
        expected to last.
    session : Session
    starts : sequence of Basis
        Where each solve starts, as `Composite.bases` of a like model has them. Default: where the one before ended.
    under_way : Solution, optional
        Of the model with what is known at the start: the plan that is carried out until there is news. Ignored where it is not
        that.
    wanted : ndarray, shape (rows,), optional
        Duals to which those of steps that news leaves behind are the nearest of all that support what was decided. Default: those
        that the solver ends with.

    Returns
    -------
    Composite

    Notes
    -----
    On each day of news every step that has ended stays as decided; the step under way is decided again as a whole, so
    the answer is exact to a step.
    """
    axis = model.case.settings.time
    plan = _Plan(model, session, starts)
    days = sorted(set(news_days(model.news, axis.start, axis.end)))
    if under_way is not None and plan.adopt(under_way):
        days = days[1:]
    steps = [step_under_way(model, day) for day in days]
    for today, first, after in zip(days, steps, [*steps, None][1:], strict=True):
        now = [b for e in model.effects if (b := believed(e, today)) is not None]
        surprised = any(b.start <= today < b.end for b in now if b.known is not None and b.known > axis.start)
        cost = model.cost_under(believed_premiums(model, today))
        lasts = None if wanted is None or after is None else _Lasting(wanted, after)
        plan.decide(model.bounds_under(now), cost, first, run_on=surprised, stay=True, lasting=lasts)
    return replace(plan.result(), remaining=plan.remaining())


def _equal(one: Bounds, other: Bounds) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


def _same_matrix(one: Model, other: Model) -> bool:
    if one.matrix is other.matrix:
        return True
    a, b = one.matrix, other.matrix
    return a.shape == b.shape and all(
        np.array_equal(getattr(a, part), getattr(b, part)) for part in ("indptr", "indices", "data")
    )


def plan_under_way(model: Model, session: Session | None = None, starts: Sequence[Basis] = ()) -> Composite:
    """Give the plan that is carried out until news comes: the optimum that `straits.engine.foresight.settled` chooses.

    Parameters
    ----------
    model : Model
    session : Session, optional
        Of a model that differs in bounds at most: it goes on from where it ended.
    starts : sequence of Basis
        Those of the plan of a like model, to start from instead.

    Raises
    ------
    InfeasibleError, SolveError
        As `straits.solve`.
    """
    plan = _Plan(model, session or Session(model), starts)
    plan.decide(model.bounds, model.cost, 0)
    return plan.result()


def rolling_windows(model: Model, session: Session, window: int) -> Composite:
    """Solve window by window: each sees `window` calendar steps, its first step is carried out.

    Notes
    -----
    Where the axis is refined, a window reaches as far as it would without: the end of the calendar step, `window` of them on.
    At the end of a window, goods on their way and in store are worth what the steady state says, as at the end of the
    axis. Of a least contract, the part that falls into the window so far must be kept by its end.
    """
    horizon, calendar = model.network.T, model.network.steps.calendar
    plan = _Plan(model, session)
    for first in range(horizon):
        last = int(np.searchsorted(calendar, calendar[first] + window)) - 1
        cost = model.formulation.costs(closing_step=last) if last < horizon - 1 else model.cost
        plan.decide(model.bounds, cost, first, last, settle=last == horizon - 1)
        if last == horizon - 1:
            break
    return plan.result()


class _Lasting(NamedTuple):
    """Duals that are wanted, and the step up to which those of a decision last."""

    wanted: np.ndarray
    until: int


class _Plan:
    """A plan that is decided from some step on, again and again."""

    def __init__(self, model: Model, session: Session, starts: Sequence[Basis] = ()) -> None:
        self.model, self.session, self._starts = model, session, starts
        horizon = model.network.T
        self.column_step = steps_of(model.formulation.columns, horizon)
        self.row_step = steps_of(model.formulation.rows, horizon)
        self.column_end, self.row_end = ends_of(model)
        self.x = np.zeros(len(model.cost))
        #: The plan that was made before any news.
        self._planned = self.x
        self.dual = np.zeros(model.matrix.shape[0])
        self._agreed = np.zeros((model.formulation.contract.count, horizon))
        self.reduced_cost = np.zeros(len(model.cost))
        self.solves = self.iterations = 0
        self._what = f"scenario {model.scenario.id}" if model.scenario else "baseline"
        self.tried: list[str] = []
        self.circles: list[Circle] = []
        self.left: list[Circle] = []
        self._bounds: Bounds | None = None
        self._cost = model.cost
        #: Step from which the last solve decided, and bounds that fix what lies before it.
        self._decided: tuple[int, Bounds] | None = None
        self._bases: list[Basis] = []
        #: Where the last solve ended.
        self._at: Basis | None = None

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """Number of the part of the model, sharing no row or column with another, of each column and of each row."""
        rows, columns = self.model.matrix.shape
        joined = sparse.bmat([[None, self.model.matrix.T], [self.model.matrix, None]])
        part = connected_components(joined, directed=False)[1]
        return part[:columns], part[columns : columns + rows]

    def _apart(self, bounds: Bounds, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tell the columns and rows of parts of the model in which no bound and no cost is another than in the last solve.

        Their plan is as good as it was. Solved again, they could end with another that is equally good, and containers would move
        because a mooring broke.
        """
        of_columns, of_rows = self._parts
        old = self._bounds
        assert old is not None
        moved = np.union1d(
            of_columns[
                (bounds.column_lower != old.column_lower)
                | (bounds.column_upper != old.column_upper)
                | (cost != self._cost)
            ],
            of_rows[(bounds.row_lower != old.row_lower) | (bounds.row_upper != old.row_upper)],
        )
        return ~np.isin(of_columns, moved), ~np.isin(of_rows, moved)

    def decide(
        self,
        bounds: Bounds,
        cost: np.ndarray,
        first: int,
        last: int | None = None,
        *,
        run_on: bool = False,
        stay: bool = False,
        settle: bool = True,
        lasting: _Lasting | None = None,
    ) -> None:
        """Solve from step `first` on, to `last` if given, with what lies before as it was decided.

        `run_on`: whether, among equally good plans, fields should go on as was planned before any news, as long as there is room.
        `stay`: whether parts of the model that share nothing with what the news touches keep plan and prices. `settle`: whether
        the plan is the one that `straits.engine.foresight.settled` chooses of equally good ones. `lasting`: duals that those of
        steps before the next news are to be nearest to.
        """
        last = self.model.network.T - 1 if last is None else last
        b = Bounds(
            *(
                a.copy()
                for a in (bounds.column_lower, bounds.column_upper, bounds.row_lower, bounds.row_upper)
            )
        )
        self._commit(b, first, last)
        past = self.column_end < first
        b.column_lower[past] = b.column_upper[past] = self.x[past]
        # Rows of the past hold columns of the past alone: they hold but for rounding.
        before = self.row_end < first
        b.row_lower[before], b.row_upper[before] = -np.inf, np.inf
        later = (self.column_step > last) & (self.column_step < self.model.network.T)
        b.column_lower[later] = b.column_upper[later] = 0.0
        after = (self.row_step > last) & (self.row_step < self.model.network.T)
        b.row_lower[after], b.row_upper[after] = -np.inf, np.inf
        self._prorate(b, last)
        none = np.zeros(len(self.column_step), dtype=bool), np.zeros(len(self.row_step), dtype=bool)
        kept_columns, kept_rows = self._apart(bounds, cost) if stay and self.solves else none
        self._decided = first, b
        if kept_columns.any():
            b = Bounds(*(getattr(b, f.name).copy() for f in fields(b)))
            b.column_lower[kept_columns] = b.column_upper[kept_columns] = self.x[kept_columns]
            b.row_lower[kept_rows], b.row_upper[kept_rows] = -np.inf, np.inf
        self._bounds, self._cost = bounds, cost
        self._start()
        answer = self._solved(b, cost)
        if answer.status == Status.INFEASIBLE:
            raise explain(self.model, b)
        if answer.status != Status.OPTIMAL:
            raise refused(self.model, answer, f"{self._what} at step {first}")
        straight = uncircled(
            self.model, b, answer, lambda bounds: self._solved(bounds, cost), cost=cost, basis=self._at
        )
        if straight.answer.status == Status.INFEASIBLE:
            raise explain(self.model, straight.bounds)
        self.circles += straight.circles
        self.left += straight.left
        b, answer = straight.bounds, straight.answer
        assert self._at is not None
        self._bases.append(self._at)
        x, ended = answer.x, self._at
        if settle:
            self._start()
            wished = wish(self.model, self._planned if run_on else None)
            x, at = settled(self.model, b, answer, wished, self._at)
            self._bases.append(at)
            # What falls short of a plan has columns of its own, which the next solve does not have.
            self._at = ended if run_on else of_model(self.model, at)
        self.solves += 1
        self.iterations += answer.iterations
        if answer.tried:
            self.tried.append(f"step {first}: {answer.story}")
        now, rows = (self.column_end >= first) & ~kept_columns, (self.row_end >= first) & ~kept_rows
        dual, reduced = answer.dual, answer.reduced_cost
        if lasting is not None and not self.circles:
            # What is decided again when news comes has other prices then.
            weights = np.where(rows & (self.row_end < lasting.until), passing_at(self.model, x), 0.0)
            program = LinearProgram(cost, self.model.matrix, b)
            found = nearest_duals(program, answer.x, dual, ended, lasting.wanted, weights)
            if found is not None:
                dual, reduced = found, cost - self.model.matrix.T @ found
        # Columns are at least zero: a hair below it, what was sent would arrive as less than nothing, and no plan could follow.
        self.x[now], self.reduced_cost[now] = np.maximum(x[now], 0.0), reduced[now]
        if self.solves == 1:
            self._planned = self.x.copy()
        self.dual[rows] = dual[rows]
        self._price_agreed(first)

    def _price_agreed(self, first: int) -> None:
        """Keep what agreed flows are worth from a step on: a later solve gives the rest of a period another price."""
        self._agreed[:, first:] = self.dual[self.model.formulation.contract.slice][:, None]

    def _start(self) -> None:
        """Let the next solve start where it is to start, if that is said."""
        if len(self._bases) < len(self._starts):
            self._at = self._starts[len(self._bases)]

    def _solved(self, bounds: Bounds, cost: np.ndarray) -> Answer:
        """Solve from where the last solve ended."""
        if self._at is None:
            answer = self.session.solve(bounds, cost)
            if answer.status == Status.OPTIMAL:
                self._at = self.session.basis()
            return answer
        answer, self._at = solve_remaining(cost, self.model.matrix, bounds, self._at, self.model.repeated)
        return answer

    def _commit(self, b: Bounds, first: int, last: int) -> None:
        """Let what was sent before step `first` strand where it arrives; hold back what would find no room after `last`."""
        f = self.model.formulation
        b.column_upper[f.stranded.slice] = f.committed(self.x, first).ravel()
        under_way = f.most_under_way(last).ravel()
        b.column_upper[f.flow.slice] = np.minimum(b.column_upper[f.flow.slice], under_way)

    def adopt(self, solution: Solution) -> bool:
        """Take over a plan that was made under the same bounds at the same costs; say whether it was."""
        theirs, mine, how = solution.model, self.model, solution.provenance
        # Where cargo would go round, duals are those of a part of the plans.
        if (
            how.get("foresight") != "perfect"
            or how.get("lp_value_at_most") is not None
            or solution.basis is None
        ):
            return False
        known = mine.bounds_under(known_at_start(mine))
        cost = mine.cost_under(believed_premiums(mine, mine.case.settings.time.start))
        # Of the same case, compiled again, it is the same plan: what decides is the program, not who holds it.
        if _same_matrix(theirs, mine) and np.array_equal(theirs.cost, cost) and _equal(theirs.bounds, known):
            self.x, self.dual = np.maximum(solution.x, 0.0), solution.dual.copy()
            self._planned = self.x.copy()
            self.reduced_cost = solution.reduced_cost.copy()
            self._bounds, self._cost, self.solves = known, cost, 1
            self._bases += [solution.basis, solution.basis]
            self._at = solution.basis
            self._price_agreed(0)
            return True
        return False

    def _prorate(self, b: Bounds, last: int) -> None:
        f, days = self.model.formulation, self.model.network.steps.days
        for r, row in enumerate(self.model.network.contracts.rows):
            if np.any(row.weight[last + 1 :]):
                seen = math.fsum((row.weight * days)[: last + 1]) / math.fsum(row.weight * days)
                b.row_lower[f.contract.offset + r] *= (
                    seen if np.isfinite(b.row_lower[f.contract.offset + r]) else 1.0
                )

    def remaining(self) -> Model | None:
        """Give the program of the last decision; None where nothing was decided here, or cargo would have gone round in it."""
        if self._decided is None or self.circles:
            return None
        first, bounds = self._decided
        axis, edges = self.model.case.settings.time, self.model.network.steps.edges
        past = Decided(
            axis.start + dt.timedelta(days=float(edges[first])), first, self.column_end < first, self.row_end < first,
            self.x, self.reduced_cost, self.dual,
        )  # fmt: skip
        return replace(self.model, bounds=bounds, cost=self._cost, decided=past)

    def result(self) -> Composite:
        """Give the plan as it was carried out."""
        first = 0 if self._decided is None else self._decided[0]
        earlier = np.where(np.arange(self.model.network.T) < first, self._agreed, np.nan)
        return Composite(
            self.x, self.dual, self.reduced_cost, self.solves, self.iterations, self._at,
            tuple(self.tried), tuple(self.circles), tuple(self.left), bases=tuple(self._bases),
            agreed_before=earlier if first else None,
        )  # fmt: skip
