"""The closures within a budget that hurt most, the best reply allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from straits.engine.targets import Window
from straits.lp.tolerance import SAME
from straits.results.brief import Brief
from straits.worst.oracle import bits
from straits.worst.question import Asked, Question, ask, check_seconds, read_budget
from straits.worst.replies import all_replies
from straits.worst.search import MOST_TIES, Found, Search

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.lp.answer import Answer


#: Columns of `Worst.rights`.
RIGHTS = ("asset", "right", "start", "end")


@dataclass(frozen=True, repr=False)
class Worst(Brief):
    """The worst attacks of every budget up to the one asked for.

    Attributes
    ----------
    curve : DataFrame
        One row per budget: budget, attack (assets, separated by `|`), weight, value (what remains), loss, largest_loss (no
        attack of the budget takes more), gap (relative difference of the two losses), proved, ties (attacks that take as much,
        this one included), all_ties (whether all are known), solves, seconds.
    ties : DataFrame
        budget, attack: all attacks that take as much as the worst, without idle members.
    objective, target, unit : str
        What is hurt. `value`: what the model maximises. `volume`: the most that could be exported. `account`: what the target,
        a state with its companies, gains at local prices.
    window : (date, date)
    assets : list of str
        What may be closed.
    provenance : dict
        Case, case and model hash, scenario, solver, and what was asked.
    access : str or None
        Which rights of the attacker hold; None without an attacker.
    rights : DataFrame
        What the attacker may close: asset, right, start, end (day after the last).
    warnings : list of str
        What was asked for and changes nothing.
    """

    curve: pd.DataFrame
    ties: pd.DataFrame
    objective: str
    target: str | None
    unit: str
    window: Window
    assets: list[str]
    provenance: dict[str, Any] = field(default_factory=dict)
    access: str | None = None
    rights: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(RIGHTS)))
    warnings: list[str] = field(default_factory=list)


def worst(
    case: Case,
    *,
    budget: float | None = None,
    seconds: float = np.inf,
    progress: Callable[[float, float], None] | None = None,
    **asked: Unpack[Asked],
) -> Worst:
    """Find the closures that hurt most, for every budget up to `budget`.

    Parameters
    ----------
    case : Case
    budget : float, optional
        What the closed assets may weigh together; with weights of 1, how many. Every whole number up to it is answered, and
        it itself. Default: 3, or all there is to close if that is less.
    seconds : float
        Time for each budget, after which the best attack found is given with its bound.
    progress : callable, optional
        Called with the budget that is done and the greatest.
    **asked
        attacker, access, target, window, objective, commodity, assets, weights, scenario, tariffs: who closes what, to hurt
        whom, by which measure; see `straits.worst.question.Asked`.

    Returns
    -------
    Worst

    Raises
    ------
    ModelError
        If an argument names nothing in the case, the attacker controls nothing, or the budget is larger than the assets.

    Notes
    -----
    value and volume: best-first search, bounded by what plans can lose (`straits.worst.search`). account, and assets whose
    closing also lifts an obligation (buyers with fixed demand, fields with a least output): all different replies
    (`straits.worst.replies`); there an attack that was stopped early has no bound. Accounts are those of the duals that the
    solver ends with; where they are not unique, so is the account.
    """
    question = ask(case, **asked)
    check_seconds(seconds)
    budget = read_budget(question, budget, 3)
    budgets = [*range(int(np.floor(budget)) + 1), *([budget] if budget != np.floor(budget) else [])]
    whole, found = (_by_search if question.nested else _by_replies)(question, budgets, seconds, progress)
    names = question.names
    rows, ties = [], []
    for limit, f in zip(budgets, found, strict=True):
        loss, most = whole - f.value, whole - f.bound
        proved = bool(f.bound == f.value)
        gap = 0.0 if proved else (most - loss) / max(abs(loss), 1e-12)
        weight = sum(question.weights[i] for i in bits(f.attack))
        rows.append((limit, _text(names, f.attack), weight, f.value, loss, most, gap, proved, len(f.ties), f.all_ties,
                     f.solves, f.seconds))  # fmt: skip
        ties += [(limit, _text(names, t)) for t in f.ties]
    columns = ["budget", "attack", "weight", "value", "loss", "largest_loss", "gap", "proved", "ties", "all_ties", "solves",
               "seconds"]  # fmt: skip
    return Worst(pd.DataFrame(rows, columns=columns), pd.DataFrame(ties, columns=["budget", "attack"]), question.objective,
                 question.target, question.unit, question.window, names, question.provenance, question.access,
                 _rights(question), question.warnings)  # fmt: skip


def _rights(question: Question) -> pd.DataFrame:
    names = set(question.names)
    rows = [
        (item.asset, item.why, item.start, item.end)
        for asset, items in question.rights.items()
        if asset in names
        for item in items
    ]
    return pd.DataFrame(rows, columns=list(RIGHTS)).astype(
        {"start": "datetime64[ns]", "end": "datetime64[ns]"}
    )


def _text(names: Sequence[str], attack: int) -> str:
    return "|".join(names[i] for i in bits(attack))


def _by_search(
    question: Question,
    budgets: Sequence[float],
    seconds: float,
    progress: Callable[[float, float], None] | None,
) -> tuple[float, list[Found]]:
    search = Search.on(question, seconds=seconds)
    found: list[Found] = []
    for budget in budgets:
        found.append(search.worst(budget))
        if progress is not None:
            progress(budget, budgets[-1])
    return search.whole, found


def _by_replies(
    question: Question,
    budgets: Sequence[float],
    seconds: float,
    progress: Callable[[float, float], None] | None,
) -> tuple[float, list[Found]]:

    def read(answer: Answer) -> float:
        return question.account(answer) if question.objective == "account" else -answer.value * question.scale

    replies = all_replies(
        question.model, question.patches, question.weights, budgets[-1], read, seconds=seconds * len(budgets)
    )
    whole = replies.values[0]
    near = SAME * (1.0 + abs(whole))
    found = []
    for budget in budgets:
        within = {
            a: v
            for a, v in replies.values.items()
            if sum(question.weights[i] for i in bits(a)) <= budget + 1e-9
        }
        least = min(within.values())
        ties = sorted(
            (a for a, v in within.items() if v <= least + near), key=lambda a: (a.bit_count(), list(bits(a)))
        )
        ties = [t for t in ties if not any(o != t and t & o == o for o in ties)]
        value = within[ties[0]]
        found.append(
            Found(ties[0], value, value if replies.complete else -np.inf, ties[:MOST_TIES],
                  replies.complete and len(ties) <= MOST_TIES, replies.solves, replies.seconds)
        )  # fmt: skip
        if progress is not None:
            progress(budget, budgets[-1])
    return whole, found
