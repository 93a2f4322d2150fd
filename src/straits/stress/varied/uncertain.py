"""How sure an answer is: all uncertain numbers drawn together, the scenario solved again for each draw, and what mattered."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.engine.executors import check_workers
from straits.engine.prices.nearest import with_nearest_prices
from straits.errors import ModelError
from straits.model import find_scenario
from straits.results.result import Result, described
from straits.stress.tables.changes import Pair
from straits.stress.tables.gains import ranges_by_state
from straits.stress.varied.draws import Tries
from straits.stress.varied.effort import DRAWS
from straits.stress.varied.indices import sobol_indices, spread_evenly
from straits.stress.varied.numbers import SPREAD, Uncertain, uncertain_numbers
from straits.wording import as_amount, capital

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: Quantiles that are told.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Numbers whose Sobol indices are estimated one by one; all others count as one more.
SINGLE = 8


class Uncertainty(Result):
    """Main answers over draws of all uncertain numbers.

    Attributes
    ----------
    answers : DataFrame
        answer, unit, given (with all numbers as the case gives them), q05, q25, q50, q75, q95, least, most.
    states : DataFrame
        Change of the account of each state, and of who belongs to none: state, given, q05, q95, open_least, open_most (what
        local prices leave open with the numbers as given, before and after alike; nan where it is not known), low, high (both
        together).
    numbers : DataFrame
        What was drawn: number (table:row:column), name, column, value, unit, low, high, basis, confidence, rank_correlation
        (Spearman's, with the first answer; chance alone seldom brings any of all to more than `noise`), and if asked for first,
        total and their errors.
    draws : DataFrame
        draw, and each answer.
    """

    answers: pd.DataFrame
    states: pd.DataFrame
    numbers: pd.DataFrame
    draws: pd.DataFrame


def uncertainty(
    case: Case,
    scenario: Scenario | str | None = None,
    *,
    draws: int | None = 100,
    rng: int = 0,
    indices: int = 0,
    spread: float = SPREAD,
    commodity: str | None = None,
    workers: int = 1,
    progress: Callable[[float, float, float], None] | None = None,
) -> Uncertainty:
    """Draw all uncertain numbers together, solve a scenario and what it is compared with for each draw, and tell the range.

    Parameters
    ----------
    case : Case
    scenario : Scenario or str, optional
        Default: that of the focus, else the only one of the case.
    draws : int or None
        Points of a Latin hypercube; None for as many as a report makes, by the size of the case alone: `effort.DRAWS`.
    rng : int
        The same number gives the same draws.
    indices : int
        If not 0, points of each of two more samples, from which first-order and total Sobol indices of the first answer are
        estimated: of the `SINGLE` numbers with the largest rank correlation, and of all others as one; best a power of two.
        That is indices · (SINGLE + 3) more draws.
    spread : float
        As `straits.stress.varied.numbers.uncertain_numbers`.
    commodity : str, optional
        Numbers of rows that concern it. Default: that of the focus, else all.
    workers : int
        Processes; the answer does not depend on it.
    progress : callable, optional
        Called with draws done, all of them, and seconds left.

    Returns
    -------
    Uncertainty

    Raises
    ------
    ModelError
        No scenario, no uncertain number, or fewer than two draws.
    InfeasibleError, SolveError
        As `straits.solve`, of the numbers as given; draws that have no answer are counted, and left out.

    Notes
    -----
    Each number is drawn by itself: as likely below the value that the case gives as above it, and evenly on either side. Numbers
    that move together in the world, such as the prices of two grades, are drawn apart, which makes the range of what hangs on
    both too small. McKay, Beckman and Conover 1979, *Technometrics* 21 (Latin hypercubes).
    """
    focus = case.settings.focus
    only = next(iter(case.scenarios)) if len(case.scenarios) == 1 else None
    found = find_scenario(case, scenario or (focus.scenario if focus and focus.scenario else only))
    if found is None:
        raise ModelError(
            f"uncertainty needs a scenario, as the baseline changes nothing beside itself; case {case.settings.id} has "
            f"{', '.join(case.scenarios) or 'none'}"
        )
    check_workers(workers, None)
    if draws is not None and draws < 2:
        raise ModelError(f"draws={draws}: expected 2 or more")
    commodity = commodity or (focus.commodity if focus else None)
    items = uncertain_numbers(case, commodity, spread=spread, of_plan=False)
    if not items:
        raise ModelError(
            f"case {case.settings.id} has no uncertain number{f' of {commodity}' if commodity else ''}"
        )
    chance = np.random.default_rng(rng)
    tries = Tries(case, found, items, workers, progress, commodity)
    given = tries.given
    if draws is None:
        runs = tries.pair.runs
        draws = DRAWS.variants(len(runs[0].kept.cost), sum(run.solves for run in runs))
    points = spread_evenly(draws, len(items), chance)
    table = tries.answers(points, draws + (indices * (min(SINGLE, len(items)) + 3) if indices else 0))
    first = next(iter(given))
    correlation = _rank_correlations(points, table[first].to_numpy(float))
    numbers = _numbers(items, correlation)
    if indices:
        numbers = _with_indices(numbers, items, correlation, tries, first, indices, chance)
    answers = _quantiles(table, given, tries.units)
    states = _states(answers, tries)
    failed = int(table[first].isna().sum())
    return Uncertainty(
        question=f"How sure is what {found.id} costs, beside {found.compare_with}, and which number matters most?",
        method=(
            "Latin hypercube over all numbers with an interval, competing claims or low confidence; scenario and reference "
            "solved again for each draw. Rank correlations; Sobol indices by Saltelli et al. 2010 and Jansen 1999."
        ),
        parameters={
            "scenario": found.id, "compared_with": found.compare_with, "draws": draws, "rng": rng, "indices": indices,
            "spread": spread, "commodity": commodity, "failed": failed, "noise": by_chance(draws - failed, len(items)),
            "numbers_drawn": len(items),
        },
        provenance={"case": case.settings.id, "case_hash": case.hash},
        tables={
            "answers": described(answers, title="Main answers over all draws"),
            "states": described(states, title="Changes of accounts of states, and of who belongs to none, with their range",
                                units=dict.fromkeys(states.columns[1:], f"million {case.settings.currency}")),
            "numbers": described(numbers, title="What was drawn, and how far it moves the first answer"),
            "draws": described(table, title="Every draw"),
        },
        sentences=_sentences(answers, numbers, draws - failed, failed),
    )  # fmt: skip


def by_chance(draws: int, numbers: int) -> float:
    """Return the rank correlation that the largest of so many numbers stays below in 19 of 20 studies if none of them matters.

    Each is tested at a twentieth over how many there are (Bonferroni), by Student's t of a rank correlation (Kendall and Stuart
    1973, *The Advanced Theory of Statistics*, volume 2, section 31.19). One with fewer than four draws could be anything: 1.

    Parameters
    ----------
    draws : int
        That have an answer.
    numbers : int
        That were drawn.

    Returns
    -------
    float
    """
    from scipy.stats import t

    if draws < 4:
        return 1.0
    apart = float(t.ppf(1.0 - 0.025 / numbers, draws - 2))
    return apart / math.sqrt(draws - 2 + apart**2)


def _rank_correlations(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    kept = np.isfinite(values)
    if kept.sum() < 3 or np.ptp(values[kept]) == 0:
        return np.zeros(points.shape[1])
    ranks = np.argsort(np.argsort(points[kept], axis=0), axis=0).astype(float)
    levels, level = np.unique(values[kept], return_inverse=True)
    # Equal answers share the mean of their ranks.
    counts = np.bincount(level, minlength=len(levels))
    mine = (np.cumsum(counts) - (counts + 1) / 2)[level]
    ranks -= ranks.mean(axis=0)
    mine = mine - mine.mean()
    return np.asarray(ranks.T @ mine / (np.linalg.norm(ranks, axis=0) * np.linalg.norm(mine)))


def _numbers(items: Sequence[Uncertain], correlation: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(
        [(i.key, i.name, i.column, i.value, i.unit, i.low, i.high, i.basis, i.confidence) for i in items],
        columns=["number", "name", "column", "value", "unit", "low", "high", "basis", "confidence"],
    )
    table["rank_correlation"] = correlation
    order = np.argsort(-np.abs(correlation), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _with_indices(
    numbers: pd.DataFrame,
    items: Sequence[Uncertain],
    correlation: np.ndarray,
    tries: Tries,
    first: str,
    base: int,
    chance: np.random.Generator,
) -> pd.DataFrame:
    order = np.argsort(-np.abs(correlation), kind="stable").tolist()
    single, others = order[:SINGLE], order[SINGLE:]
    groups = [[j] for j in single] + ([others] if others else [])
    whole = tries.done + base * (len(groups) + 2)

    def answer(points: np.ndarray) -> np.ndarray:
        return tries.answers(points, whole)[first].to_numpy(float)

    found = sobol_indices(answer, groups, base, chance)
    keys = [items[j].key for j in single] + (["all others"] if others else [])
    found.insert(0, "number", keys)
    return numbers.merge(found, on="number", how="outer" if others else "left").sort_values(
        ["total", "rank_correlation"], ascending=False, key=lambda c: c.abs(), na_position="last", ignore_index=True
    )  # fmt: skip


def _quantiles(table: pd.DataFrame, given: dict[str, float], units: dict[str, str]) -> pd.DataFrame:
    rows = []
    for answer, value in given.items():
        values = table[answer].dropna().to_numpy(float)
        ends = np.quantile(values, QUANTILES) if len(values) else np.full(len(QUANTILES), np.nan)
        outer = (values.min(), values.max()) if len(values) else (np.nan, np.nan)
        rows.append((answer, units[answer], value, *ends, *outer))
    names = [f"q{round(100 * q):02d}" for q in QUANTILES]
    return pd.DataFrame(rows, columns=["answer", "unit", "given", *names, "least", "most"])


def _states(answers: pd.DataFrame, tries: Tries) -> pd.DataFrame:
    """Put the range over draws beside what local prices leave open with the numbers as given, and both together."""
    before, after = tries.pair.solved
    mine = answers[answers["answer"].str.startswith("account of ")]
    states = [answer.removeprefix("account of ") for answer in mine["answer"]]
    # Where nobody knows what prices leave open it is blank, and the draws stand alone.
    found = ranges_by_state(Pair(with_nearest_prices(after, before), before), states).set_index("state")
    room = found.loc[states, ["least", "most"]].sub(found.loc[states, "change"], axis=0).to_numpy(float)
    given, low, high = (mine[c].to_numpy(float) for c in ("given", "q05", "q95"))
    fall, rise = np.minimum(room[:, 0], 0.0), np.maximum(room[:, 1], 0.0)
    return pd.DataFrame(
        {
            "state": states, "given": given, "q05": low, "q95": high, "open_least": given + fall, "open_most": given + rise,
            "low": low + np.nan_to_num(fall, neginf=-np.inf), "high": high + np.nan_to_num(rise, posinf=np.inf),
        }
    )  # fmt: skip


def _sentences(answers: pd.DataFrame, numbers: pd.DataFrame, solved: int, failed: int) -> tuple[str, ...]:
    told = []
    for row in answers.head(4).to_dict("records"):
        name = str(row["answer"])
        told.append(
            f"{capital(name)}: {as_amount(row['given'])} {row['unit']} as given, {as_amount(row['q05'])} to "
            f"{as_amount(row['q95'])} in nine of ten draws."
        )
    singles = numbers[numbers["number"] != "all others"]
    top = singles.to_dict("records")[0]
    known = "total" in top and np.isfinite(top["total"])
    what = str(top["column"]).replace("_", " ")
    if known:
        told.append(
            f"What matters most to the first: {top['name']}, {what} (total index {top['total']:.2f})."
        )
    elif abs(top["rank_correlation"]) > by_chance(solved, len(singles)):
        told.append(
            f"What matters most to the first: {top['name']}, {what} (rank correlation {top['rank_correlation']:+.2f})."
        )
    else:
        told.append(
            "No single number goes with the first more closely than chance could make one of so many."
        )
    told.append(
        f"{solved} draws of {len(numbers)} numbers" + (f"; {failed} more have no answer." if failed else ".")
    )
    return tuple(told)


__all__ = ["Uncertainty", "uncertainty"]
