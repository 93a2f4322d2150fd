"""The closures within a budget that hurt most, the best reply allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
import pandas as pd

from straits.engine.cold import read_check
from straits.engine.executors import Executors, Progress, check_workers, with_progress
from straits.engine.steps import apart
from straits.engine.targets import Window
from straits.errors import ModelError
from straits.lp.tolerance import SAME
from straits.results.result import Result, described
from straits.wording import as_amount
from straits.worst.cold import check_attacks
from straits.worst.oracle import bits
from straits.worst.question import Asked, Question, ask, check_seconds, read_budget
from straits.worst.replies import all_replies
from straits.worst.search import MOST_TIES, Found, Search

if TYPE_CHECKING:
    from straits.case.case import Case


class _How(TypedDict, total=False):
    """How replies are looked at: arguments of `all_replies`."""

    workers: int
    executor: Executors | None
    store: str | Path | None
    progress: Progress | None
    check: int


#: Columns of `Worst.rights`.
RIGHTS = ("asset", "right", "start", "end")


class Worst(Result):
    """The worst attacks of every budget up to the one asked for.

    Attributes
    ----------
    curve : DataFrame
        One row per budget: budget, attack (assets, separated by `|`), weight, value (what remains), loss, largest_loss (no
        attack of the budget takes more), gap (relative difference of the two losses), proved, ties (attacks that take as much,
        this one included), all_ties (whether all are known), solves, seconds; where finer steps than those of the case were
        taken, loss_coarse too: the loss in the steps of the case; by surprise, loss_known and attack_known: the most that
        closures which all know from the start can take, and which these are.
    ties : DataFrame
        budget, attack: all attacks that take as much as the worst, without idle members.
    rights : DataFrame
        What the attacker may close: asset, right, start, end (day after the last).
    objective, target, unit : str
        What is hurt. `value`: what the model maximises. `volume`: the most that could be exported. `imports`: the most that the
        target could use of what comes from abroad, from store too. `unmet`: the least of what is promised there that is not
        delivered (`value` is then minus that amount). `account`: what the target, a state with its companies, gains at local
        prices.
    window : (date, date)
    assets : list of str
        What may be closed.
    access : str or None
        Which rights of the attacker hold; None without an attacker.
    warnings : list of str
        What was asked for and changes nothing.
    """

    @property
    def curve(self) -> pd.DataFrame:
        """The worst attack of each budget."""
        return self.tables["curve"]

    @property
    def ties(self) -> pd.DataFrame:
        """All attacks that take as much."""
        return self.tables["ties"]

    @property
    def rights(self) -> pd.DataFrame:
        """What the attacker may close, and by what right."""
        return self.tables["rights"]

    @property
    def objective(self) -> str:
        """What is lost: value, volume, imports, unmet (more of it) or account."""
        return str(self.parameters["objective"])

    @property
    def target(self) -> str | None:
        """Who is to be hurt."""
        target: str | None = self.parameters["target"]
        return target

    @property
    def unit(self) -> str:
        """Unit of what is lost."""
        return str(self.parameters["unit"])

    @property
    def window(self) -> Window:
        """First day of the closures, and the day after the last."""
        start, end = self.parameters["window"]
        return date.fromisoformat(start), date.fromisoformat(end)

    @property
    def assets(self) -> list[str]:
        """What may be closed."""
        return list(self.parameters["assets"])

    @property
    def access(self) -> str | None:
        """Which rights of the attacker hold."""
        access: str | None = self.parameters["access"]
        return access

    @property
    def warnings(self) -> list[str]:
        """What was asked for and changes nothing."""
        return list(self.parameters["warnings"])


def worst(
    case: Case,
    *,
    budget: float | None = None,
    seconds: float = np.inf,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
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
    workers : int
        Processes among which branches of replies are divided, this one among them. The answers do not depend on it. A search
        (see Notes) takes one: each budget learns from those before.
    executor : concurrent.futures.Executor or callable, optional
        Where to work instead, as for `straits.engine.solve_many`.
    store : path or str, optional
        Folder or address that keeps replies as they come, as for `straits.engine.solve_many`, so that what was stopped goes on. A
        search takes seconds and keeps nothing: it refuses one.
    progress : callable, optional
        Called with the branches, of a search the budgets, that are done, all of them and seconds left.
    check : int
        How many attacks of the curve, drawn at random, are solved cold as whole programs and compared with the loss that is told
        (of accounts, with the joint value, since an account is not unique where prices are not). 0 for none.
    **asked
        attacker, access, target, window, objective, commodity, assets, weights, scenario, tariffs: who closes what, to hurt
        whom, by which measure; see `straits.worst.question.Asked`.

    Returns
    -------
    Worst

    Raises
    ------
    ModelError
        If an argument names nothing in the case, the attacker controls nothing, or the budget is larger than the assets; a store
        for a search.
    StoreError
        If replies cannot be written, or one of the store is not that of the question.
    SolveError
        If a check finds a difference.

    Notes
    -----
    value, volume, imports and unmet: best-first search, bounded by what plans can lose (`straits.worst.search`). account,
    and assets whose
    closing also lifts an obligation (buyers with fixed demand, fields with a least output): all different replies
    (`straits.worst.replies`); there an attack that was stopped early has no bound. Accounts are those of the duals that the
    solver ends with; where they are not unique, so is the account.
    """
    question = ask(case, **asked)
    check_seconds(seconds)
    check_workers(workers, executor)
    read_check(check)
    if store is not None and question.nested:
        raise ModelError(
            f"store={store!r}: the search for {question.objective!r} takes seconds and keeps nothing; leave it out"
        )
    how: _How = {"workers": workers, "executor": executor, "store": store, "check": check}
    budget = read_budget(question, budget, 3)
    budgets = [*range(int(np.floor(budget)) + 1), *([budget] if budget != np.floor(budget) else [])]
    whole, found, checked = _curve(question, budgets, seconds, how | {"progress": progress})
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
    curve = pd.DataFrame(rows, columns=columns)
    unit = question.unit
    if question.provenance["refined"]:
        curve.insert(5, "loss_coarse", _coarse(case, budgets, seconds, how, asked))
    if question.foresight == "surprise":
        expected = ask(case, **(asked | {"foresight": "perfect"}))
        before, known, _ = _curve(expected, budgets, seconds, how)
        curve.insert(5, "loss_known", [before - f.value for f in known])
        curve.insert(6, "attack_known", [_text(names, f.attack) for f in known])
    return Worst(
        question=_asked(question, budget),
        method=_METHOD_NESTED if question.nested else _METHOD_REPLIES,
        parameters=parameters_of(question) | {"budget": budget, "warnings": question.warnings} | checked,
        provenance=question.provenance,
        tables={
            "curve": described(
                curve,
                title="The worst closures of each budget",
                units={"seconds": "s"} | {c: unit for c in map(str, curve) if c == "value" or "loss" in c},
                note="attack: assets that are closed, separated by |; largest_loss: no attack of the budget takes more",
            ),
            "ties": described(
                pd.DataFrame(ties, columns=["budget", "attack"]),
                title="All closures that take as much as the worst",
            ),
            "rights": described(
                _rights(question),
                title="What the attacker may close, and by what right",
                note="end: the day after the last",
            ),
        },
        sentences=tuple(_told(curve, unit)),
    )


def _coarse(case: Case, budgets: Sequence[float], seconds: float, how: _How, asked: Asked) -> list[float]:
    """Give the worst losses in the steps of the case; nan where these leave a part of an unlimited capacity."""
    try:
        question = ask(case, **(asked | {"refine": False}))
    except ModelError:
        return [float("nan")] * len(budgets)
    whole, found, _ = _curve(question, budgets, seconds, how)
    return [whole - f.value for f in found]


_METHOD_NESTED = (
    "Best-first search over sets of closures, bounded by what each plan can lose; each set is answered by the optimum of the "
    "model (attacker-defender interdiction; bounds as in Israeli and Wood 2002)."
)
_METHOD_REPLIES = (
    "Every different reply of the model to sets of closures within the budget; an account is that of the prices of the "
    "optimum."
)


def parameters_of(question: Question) -> dict[str, Any]:
    """Return what was asked, as every result of this room says it."""
    return {
        "objective": question.objective,
        "lost": question.lost,
        "target": question.target,
        "commodity": question.good,
        "unit": question.unit,
        "attacker": question.provenance["attacker"],
        "access": question.access,
        "window": list(question.window),
        "assets": question.names,
        "foresight": question.foresight,
        "weights": dict(zip(question.names, question.weights, strict=True)),
    }


#: How a question is put whose objective is no amount that is taken.
_MOST = {
    "imports": "What is the most{whom} of what is brought in that {who} can take",
    "unmet": "How much more{whom} of what is promised can {who} leave undelivered",
}


def _asked(question: Question, budget: float) -> str:
    who = question.provenance["attacker"] or "closures"
    whom = f" of {question.target}" if question.target else ""
    start, end = question.window
    most = _MOST.get(question.objective, f"What is the most {question.lost}{{whom}} that {{who}} can take")
    return (
        f"{most.format(whom=whom, who=who)} with a budget of {budget:g} among "
        f"{len(question.names)} assets, closed from {start} to {end} (the day after the last)?"
    )


def _told(curve: pd.DataFrame, unit: str) -> list[str]:
    """Say what the greatest budget takes, whether that is proved, and from which budget on more takes no more."""
    last = curve.to_dict("records")[-1]
    what = str(last["attack"]).replace("|", ", ") or "nothing"
    proof = (
        "proved"
        if last["proved"]
        else f"not proved; no attack takes more than {as_amount(last['largest_loss'])}"
    )
    told = [
        f"A budget of {last['budget']:g} takes {as_amount(last['loss'])} {unit} at most found, by closing {what} ({proof})."
    ]
    if last["proved"]:
        told = [
            f"A budget of {last['budget']:g} takes at most {as_amount(last['loss'])} {unit}, by closing {what} (proved)."
        ]
    if "loss_known" in last:
        told.append(
            f"That is by surprise: if all knew from the start what is closed, it would take "
            f"{as_amount(last['loss_known'])} {unit}."
        )
    as_bad = curve["loss"] >= last["loss"] - SAME * (1 + abs(last["loss"]))
    # A loss without limit is as large as itself, which the difference of two of them does not say.
    enough = curve.loc[
        as_bad | (curve["loss"] == last["loss"]) | (curve.index == curve.index[-1]), "budget"
    ].iloc[0]
    if last["proved"] and enough < last["budget"]:
        told.append(f"A budget of {enough:g} takes as much.")
    if "loss_coarse" in curve and apart(last["loss_coarse"], last["loss"]):
        coarse = (
            "give no answer"
            if np.isnan(last["loss_coarse"])
            else f"say {as_amount(last['loss_coarse'])} {unit}"
        )
        told.append(f"Solved in finer steps, because the window is short: the steps of the case {coarse}.")
    return told


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


def _curve(
    question: Question,
    budgets: Sequence[float],
    seconds: float,
    how: _How,
) -> tuple[float, list[Found], dict[str, Any]]:
    """Return what remains without an attack, the worst attack of each budget, and how many of them were checked."""
    answer = _by_search if question.nested else _by_replies
    whole, found, lost = answer(question, budgets, seconds, how)
    return whole, found, check_attacks(question, {f.attack: lost(f.attack) for f in found}, how["check"])


def _by_search(
    question: Question,
    budgets: Sequence[float],
    seconds: float,
    how: _How,
) -> tuple[float, list[Found], Callable[[int], float]]:
    search = Search.on(question, seconds=seconds)
    each = (search.worst(budget) for budget in budgets)
    found = list(with_progress(each, len(budgets), how.get("progress")))
    return search.whole, found, lambda attack: search.whole - search.oracle.value(attack)


def _by_replies(
    question: Question,
    budgets: Sequence[float],
    seconds: float,
    how: _How,
) -> tuple[float, list[Found], Callable[[int], float]]:
    replies = all_replies(question, budgets[-1], seconds=seconds * len(budgets), **how)
    values = {attack: node.value for attack, node in replies.nodes.items()}
    whole = values[0]
    near = SAME * (1.0 + abs(whole))
    found = []
    for budget in budgets:
        within = {
            a: v for a, v in values.items() if sum(question.weights[i] for i in bits(a)) <= budget + 1e-9
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
    return whole, found, lambda attack: (replies.nodes[attack].cost - replies.nodes[0].cost) * question.scale
