"""What an optimum leaves open: how far a number can move without making anything worse.

Where two routes cost the same, or a seller and a buyer have only each other, the model has many optima and the solver ends with
one of them. What it ends with is not an answer that can be quoted; the range is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import NOBODY, state_of
from straits.engine.measures import Measures
from straits.errors import ModelError
from straits.lp.optimal_set import Duals, Plans, is_optimum
from straits.lp.tolerance import DIFFERS
from straits.model.accounts import books_of

if TYPE_CHECKING:
    from straits.model import Solution
    from straits.model.accounts.books import Books


def ranges(solution: Solution, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Give the range of numbers over all plans, or all prices, that are as good as those of a solution.

    Parameters
    ----------
    solution : Solution
        With perfect foresight.
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
        An unknown measure; a solution that is no optimum of its model, because it was decided step by step or keeps cargo
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
    chosen = Measures(solution.model, _usual(solution) if measures is None else measures)
    prices, plans = _Prices(solution), Plans(solution.model, solution.x, solution.dual)
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


def _usual(solution: Solution) -> list[str]:
    """List what is asked for when nothing is said: exports, corridors, links and states."""
    case, n = solution.case, solution.network
    links = case.arcs
    carried = [
        (links[n.link_ids[a]].corridor, n.cargoes[k]) for a, k in zip(n.pair_link, n.pair_cargo, strict=True)
    ]
    corridors = {f"corridor:{name}:{cargo.commodity}:{cargo.origin}": None for name, cargo in carried if name}
    states = {state_of(case, actor) for actor, _ in books_of(solution).keys}
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
    if solution.provenance.get("lp_value_at_most") is not None:
        return "its plan was chosen so that no cargo goes round, so no one program has all equally good plans"
    foresight = solution.provenance.get("foresight", "perfect")
    if foresight != "perfect" or not is_optimum(solution.model, solution.x, solution.dual):
        return (
            f"its plan was decided step by step (foresight {foresight}), so there is no set of equally good plans; solve it with "
            "foresight='perfect'"
        )
    return None


class _Prices:
    """Accounts at all prices that support a plan."""

    def __init__(self, solution: Solution, books: Books | None = None) -> None:
        self._solution = solution
        self._books = books_of(solution) if books is None else books
        self._duals: Duals | None = None

    def range_of(self, actors: Collection[str]) -> tuple[float, float, float]:
        """Give what some actors gain together, and the least and the most, million currency."""
        return self.range_where(lambda actor, _: actor in actors)

    def range_where(self, counts: Callable[[str, str], bool]) -> tuple[float, float, float]:
        """Give the sum of some entries, by actor and item, and the least and the most of it, million currency."""
        s, books = self._solution, self._books
        if self._duals is None:
            past = s.model.decided
            self._duals = Duals(s.model, s.x, s.dual, held=None if past is None else past.rows)
        which = [k for k, (actor, item) in enumerate(books.keys) if counts(actor, item)]
        weights = np.asarray(books.amount[which].sum(axis=0)).ravel()
        amount = float(books.constant[which].sum() + weights @ s.dual)
        fall, rise = self._duals.range_of(weights)
        return amount / 1000.0, (amount + fall) / 1000.0, (amount + rise) / 1000.0
