"""What an optimum leaves open: how far a number can move without making anything worse.

Where two routes cost the same, or a seller and a buyer have only each other, the model has many optima and the solver ends with
one of them. What it ends with is not an answer that can be quoted; the range is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import NOBODY, state_of
from straits.engine.measures import Measures
from straits.engine.solve import alike
from straits.errors import ModelError
from straits.lp.optimal_set import Duals, Plans, is_optimum
from straits.lp.tolerance import DIFFERS, NOTHING
from straits.model.accounts import books_of

if TYPE_CHECKING:
    from straits.model import Model, Solution
    from straits.model.accounts.books import Books
    from straits.model.compiled import Decided


def ranges(solution: Solution, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Give the range of numbers over all plans, or all prices, that are as good as those of a solution.

    Parameters
    ----------
    solution : Solution
        Of a plan with surprises, what was decided before the last news stays as it is, and so do its prices.
    measures : sequence of str, optional
        As `straits.engine.measures.Measures` takes them. Default: all of `exports:COMMODITY:ORIGIN`,
        `corridor:CORRIDOR:COMMODITY:ORIGIN`, `flow:LINK` and `state:STATE`.

    Returns
    -------
    DataFrame
        Columns measure, unit, amount (in the solution), least, most, open (whether they differ by more than rounding).
        Accounts of actors and states range over the prices that support the solution's plan, everything else over plans.
        Infinite where nothing limits a price.

    Raises
    ------
    ModelError
        An unknown measure; a solution that is no optimum of one program, because it was decided window by window or keeps cargo
        from going round.
    SolveError
        The solver stopped without an answer.

    Notes
    -----
    Exact, from complementary slackness (`straits.lp.optimal_set`); one or two small programs for each measure. Ranges of several
    measures do not add up: what one link carries more another carries less.
    """
    reason = without_ranges(solution)
    if reason is not None:
        raise ModelError(f"ranges of scenario {solution.scenario_id}: {reason}")
    chosen = Measures(solution.model, usual_measures(solution) if measures is None else measures)
    program, dual = program_of(solution)
    prices, plans = _Prices(solution), Plans(program, solution.x, dual)
    rows = []
    for name in chosen.names:
        if chosen.of_accounts(name):
            amount, least, most = prices.range_where(partial(chosen.counts, name))
        else:
            constant, where, weights = chosen.parts_of(name, solution.lp_value)
            amount = constant + float(weights @ solution.x[where])
            every = np.zeros(len(solution.x))
            every[where] = weights
            fall, rise = plans.range_of(every)
            least, most = amount + fall, amount + rise
        wide = most - least > DIFFERS * max(1.0, min(abs(least), abs(most)))
        rows.append((name, chosen.unit(name), amount, least, most, bool(wide)))
    return pd.DataFrame(rows, columns=["measure", "unit", "amount", "least", "most", "open"])


def account_ranges(
    solution: Solution, groups: Sequence[Collection[str]], books: Books | None = None
) -> np.ndarray:
    """Give the least and the most that groups of actors gain over all prices that support a solution's plan.

    Parameters
    ----------
    solution : Solution
        An optimum of its model.
    groups : sequence of collection of str
        Ids of actors.
    books : Books, optional
        Those of the solution, where they are at hand.

    Returns
    -------
    ndarray, shape (groups, 2)
        Million currency; infinite where nothing limits a price.
    """
    prices = _Prices(solution, books)
    found = [prices.range_of(frozenset(actors))[1:] for actors in groups]
    return np.array(found).reshape(len(groups), 2)


def change_ranges(after: Solution, before: Solution, groups: Sequence[Collection[str]]) -> np.ndarray:
    """Give the least and the most by which accounts of groups of actors change, where prices leave open what they are.

    Parameters
    ----------
    after, before : Solution
        Two optima, such as a scenario and what it is compared with.
    groups : sequence of collection of str
        Ids of actors.

    Returns
    -------
    ndarray, shape (groups, 2)
        Million currency; infinite where nothing limits a price, nan where it is not known.

    Raises
    ------
    SolveError
        The solver stopped without an answer.

    Notes
    -----
    Of the change as it is, and of that if what prices leave open fell to the group as little, or as much, as it can, before and
    after alike: who has the better of a bargain keeps it. That each could be had apart says nothing: a scenario that changes
    nothing would then move all that is open from one to another. Prices of what one of the two had decided before its last news
    stay as they are in both.
    """
    pasts = [past for s in (before, after) if (past := program_of(s)[0].decided) is not None]
    apart = bool(pasts) and not alike(before.model, after.model)
    if apart or without_ranges(after) is not None or without_ranges(before) is not None:
        return np.full((len(groups), 2), np.nan)
    latest = max(pasts, key=lambda past: past.first, default=None)
    both = [_Prices(solution, past=latest) for solution in (before, after)]
    found = np.array([[prices.range_of(frozenset(g)) for g in groups] for prices in both]).reshape(2, -1, 3)
    return changes_alike(found[0], found[1])


def changes_alike(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Give the least and the most of changes, of numbers that could be others before and after alike.

    Parameters
    ----------
    before, after : ndarray, shape (numbers, 3)
        Each as it is, and the least and the most that it could be.

    Returns
    -------
    ndarray, shape (numbers, 2)
        Infinite to both sides where an end has no limit: nothing then says how far it moves.
    """
    with np.errstate(invalid="ignore"):
        change = after - before
    size = np.maximum(np.abs(before), np.abs(after))
    # What is left of large amounts that cancel is rounding.
    change = np.where(np.isfinite(size) & (np.abs(change) <= NOTHING * size), 0.0, change)
    unknown = np.isnan(change).any(axis=1)
    least, most = (
        np.where(unknown, -np.inf, change.min(axis=1)),
        np.where(unknown, np.inf, change.max(axis=1)),
    )
    return np.column_stack([least, most])


def usual_measures(solution: Solution) -> list[str]:
    """List what is asked for when nothing is said: exports, corridors, links and states."""
    case, n = solution.case, solution.network
    links = case.arcs
    carried = [
        (links[n.link_ids[a]].corridor, n.cargoes[k]) for a, k in zip(n.pair_link, n.pair_cargo, strict=True)
    ]
    corridors = {f"corridor:{name}:{cargo.commodity}:{cargo.origin}": None for name, cargo in carried if name}
    states = {state_of(case, actor) for actor, _ in solution.books.keys}
    return [
        *dict.fromkeys(f"exports:{cargo.commodity}:{cargo.origin}" for cargo in n.cargoes),
        *corridors,
        *(f"flow:{link}" for link in n.link_ids),
        *(f"state:{actor}" for actor in (*case.rows("actors"), NOBODY) if actor in states),
    ]


def without_ranges(solution: Solution) -> str | None:
    """Say why there is no set of plans that are as good as a solution's; None where there is one.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    str or None
        A reason that begins in lower case, and what to do about it where something can be done.
    """
    # The rule is no inequality: plans without circles are no convex set, and the duals are those of one part of it.
    if solution.provenance.get("circles"):
        return "its plan was chosen so that no cargo goes round, so no one program has all equally good plans"
    program, dual = program_of(solution)
    if not is_optimum(program, solution.x, dual):
        foresight = solution.provenance.get("foresight", "unknown")
        return (
            f"its plan was decided window by window (foresight {foresight}), so there is no set of equally good plans; solve it "
            "with foresight='perfect' or 'surprise'"
        )
    return None


def program_of(solution: Solution) -> tuple[Model, np.ndarray]:
    """Give the program of the last decision, and its duals (rows,): rows of the past hold nothing that can still move."""
    program = solution.model if solution.remaining is None else solution.remaining
    past = program.decided
    return program, solution.dual if past is None else np.where(past.rows, 0.0, solution.dual)


class _Prices:
    """Accounts at all prices that support a plan; those of a past, by default of what was decided before, stay as they are."""

    def __init__(self, solution: Solution, books: Books | None = None, past: Decided | None = None) -> None:
        self._solution = solution
        self._books = _books_after(solution, past) if books is None else books
        self._past = past
        self._duals: Duals | None = None

    def range_of(self, actors: Collection[str]) -> tuple[float, float, float]:
        """Give what some actors gain together, and the least and the most, million currency."""
        return self.range_where(lambda actor, _: actor in actors)

    def range_where(self, counts: Callable[[str, str], bool]) -> tuple[float, float, float]:
        """Give the sum of some entries, by actor and item, and the least and the most of it, million currency."""
        s, books = self._solution, self._books
        if self._duals is None:
            self._duals = prices_after(s, self._past)
        which = [k for k, (actor, item) in enumerate(books.keys) if counts(actor, item)]
        weights = np.asarray(books.amount[which].sum(axis=0)).ravel()
        amount = float(books.constant[which].sum() + weights @ s.dual)
        fall, rise = self._duals.range_of(weights)
        return amount / 1000.0, (amount + fall) / 1000.0, (amount + rise) / 1000.0


def _books_after(solution: Solution, past: Decided | None) -> Books:
    """Give the accounts of a solution in which what moved under a contract before the end of a past has the price of then."""
    own = program_of(solution)[0].decided
    if (
        past is None
        or not solution.formulation.contract.count
        or (own is not None and own.first >= past.first)
    ):
        return solution.books
    return books_of(solution, past.first)


def prices_after(solution: Solution, past: Decided | None = None) -> Duals:
    """Give all prices that support a plan, with those of a past as they are.

    Parameters
    ----------
    solution : Solution
    past : Decided, optional
        Default: what was decided before the last news.
    """
    program, _ = program_of(solution)
    past = program.decided if past is None else past
    if past is None:
        return Duals(program, solution.x, solution.dual)
    # What was sent can strand, all of it too, so that it is never worth less than nothing; what cannot be sent any more gives no
    # price a limit.
    b, f = program.bounds.copy(), program.formulation
    sent = f.committed(solution.x, past.first).ravel() > 0.0
    b.column_upper[f.stranded.slice] = np.where(sent, np.inf, b.column_upper[f.stranded.slice])
    b.column_lower[past.columns] = b.column_upper[past.columns] = solution.x[past.columns]
    return Duals(replace(program, bounds=b), solution.x, solution.dual, held=past.rows)
