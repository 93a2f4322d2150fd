"""Which assets, made safe first, lower the worst case most; and which closures stop everything."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np
import pandas as pd

from straits.case.ownership import state_of
from straits.engine.cold import read_check
from straits.engine.executors import Progress, with_progress
from straits.engine.side import on_imports
from straits.errors import ModelError
from straits.results.result import Result, described
from straits.wording import as_amount, counted
from straits.worst.attack import parameters_of
from straits.worst.cold import check_attacks
from straits.worst.oracle import bits
from straits.worst.question import Asked, Closures, Question, ask, check_seconds, read_budget
from straits.worst.search import Search

if TYPE_CHECKING:
    from straits.case.case import Case


def protect(
    case: Case,
    *,
    protect: int,
    budget: float | None = None,
    seconds: float = np.inf,
    progress: Progress | None = None,
    check: int = 3,
    **asked: Unpack[Asked],
) -> Result:
    """Find, for every number of assets up to `protect`, which to make safe so that the worst attack takes least.

    Parameters
    ----------
    case : Case
    protect : int
        How many assets can be made safe at most. A safe asset cannot be closed.
    budget : float, optional
        What the closed assets may weigh together. Default: 2, or all there is to close if that is less.
    seconds : float
        Time for each number of assets, after which the best found is given with its bound.
    progress : callable, optional
        Called with the numbers of safe assets that are done, all of them and seconds left.
    check : int
        How many of the attacks that are left, drawn at random, are solved cold as whole programs and compared. 0 for none.
    **asked
        See `straits.worst.question.Asked`; the objective must not be `account`. Default: volume with a target, else value.

    Returns
    -------
    Result
        Its `table`, one row per number of safe assets: protected (assets, separated by `|`), attack (the worst that is left),
        value, loss, least_loss (no choice of safe assets leaves less to lose), gap (relative), proved, choices (examined),
        seconds.

    Raises
    ------
    ModelError
        As `worst`; also if the objective is an account, or more assets are to be safe than there are.
    SolveError
        If a check finds a difference.

    Notes
    -----
    Choices of safe assets must hit every attack found so far that takes as much as the best choice loses. A choice that does
    is put to the test: either no attack takes as much, and it is the best so far, or the one that does is a new thing to hit.
    When nothing hits them all, the best is proved (defender-attacker-defender; covering as in Israeli and Wood 2002).
    """
    asked["objective"] = asked.get("objective") or ("volume" if asked.get("target") else "value")
    question = ask(case, **asked)
    check_seconds(seconds)
    read_check(check)
    budget = read_budget(question, budget, 2)
    question.need_nested("protect")
    if not isinstance(protect, int) or not 0 <= protect <= len(question.patches):
        raise ModelError(
            f"protect={protect!r}: expected a whole number from 0 to {len(question.patches)}, the assets"
        )
    search = Search.on(question)
    attacks: dict[int, float] = {}

    def each() -> Generator[tuple[tuple[Any, ...], tuple[float, int, int]], None, None]:
        best: tuple[float, int, int] | None = None
        for count in range(protect + 1):
            row, best = _choose(question, search, attacks, count, budget, seconds, best)
            yield row, best

    rows = list(with_progress(each(), protect + 1, progress))
    lost = {attack: search.whole - search.oracle.value(attack) for _, (_, _, attack) in rows}
    checked = check_attacks(question, lost, check)
    columns = [
        "protect",
        "protected",
        "attack",
        "value",
        "loss",
        "least_loss",
        "gap",
        "proved",
        "choices",
        "seconds",
    ]
    unit = question.unit
    table = described(
        pd.DataFrame([row for row, _ in rows], columns=columns),
        title="What to make safe first",
        units={"value": unit, "loss": unit, "least_loss": unit, "seconds": "s"},
        note="attack: the worst that is left; least_loss: no choice of so many safe assets leaves less to lose",
    )
    start, end = question.window
    return Result(
        question=f"Which assets, made safe first, leave least to a budget of {counted(budget, 'closure')} from {start} to "
        f"{end} (the day after the last)? Up to {protect} of {len(question.names)}.",
        method="Choices that hit every attack found so far are put to the test until none is better "
        "(defender-attacker-defender; covering as in Israeli and Wood 2002).",
        parameters=parameters_of(question)
        | {"budget": budget, "protect": protect, "warnings": question.warnings}
        | checked,
        provenance=question.provenance | {"budget": budget},
        tables={"protect": table},
        sentences=tuple(_told(table, budget, unit)),
    )


def _told(table: pd.DataFrame, budget: float, unit: str) -> list[str]:
    """Say what is lost with nothing safe and with as much safe as was asked about."""
    rows = table.to_dict("records")
    told = [f"With nothing made safe, a budget of {budget:g} takes {as_amount(rows[0]['loss'])} {unit}."]
    if len(rows) > 1:
        last = rows[-1]
        what = str(last["protected"]).replace("|", ", ") or "nothing"
        proof = "proved" if last["proved"] else f"the least could be {as_amount(last['least_loss'])}"
        told.append(
            f"With {last['protect']} made safe at most, best {what}, it still takes {as_amount(last['loss'])} {unit} ({proof})."
        )
    return told


def _choose(
    question: Question,
    search: Search,
    attacks: dict[int, float],
    count: int,
    budget: float,
    seconds: float,
    best: tuple[float, int, int] | None,
) -> tuple[tuple[Any, ...], tuple[float, int, int]]:
    """Find the best `count` assets to make safe, starting from the best of fewer."""
    began, choices, proved = time.perf_counter(), 0, True
    while True:
        level = best[0] + search.near if best is not None else -np.inf
        safe = _hitting([a for a, v in attacks.items() if v <= level], count) if best is not None else 0
        if safe is None:
            break
        if best is not None and time.perf_counter() - began > seconds:
            proved = False
            break
        choices += 1
        found = search.worst(budget, protected=safe, enough=level)
        attacks[found.attack] = found.value
        if best is None or found.value > level:
            best = (found.value, safe, found.attack)
        if found.attack == 0:
            break  # nothing can be hurt any more
    assert best is not None
    value, safe, attack = best
    loss = search.whole - value
    least = loss if proved else search.whole - _most(attacks, count, search.whole)
    gap = 0.0 if proved else (loss - least) / max(abs(loss), 1e-12)
    names = question.names
    row = (count, "|".join(names[i] for i in bits(safe)), "|".join(names[i] for i in bits(attack)), value, loss, least, gap,
           proved, choices, time.perf_counter() - began)  # fmt: skip
    return row, best


def _hitting(attacks: Sequence[int], count: int) -> int | None:
    """Give at most `count` assets of which every attack has one, or None."""

    def extend(safe: int, left: int, forbidden: int) -> int | None:
        missed = [a for a in attacks if a & safe == 0]
        if not missed:
            return safe
        if left == 0:
            return None
        attack = min((a & ~forbidden for a in missed), key=int.bit_count)
        for i in bits(attack):
            if (found := extend(safe | 1 << i, left - 1, forbidden)) is not None:
                return found
            forbidden |= 1 << i
        return None

    return extend(0, count, 0)


def _most(attacks: Mapping[int, float], count: int, whole: float) -> float:
    """Greatest value that `count` safe assets could still leave, from the attacks known so far."""
    for level in sorted(set(attacks.values())):
        if _hitting([a for a, v in attacks.items() if v <= level], count) is None:
            return level
    return whole


def left_over(trade: str) -> str:
    """Say what no closure within a window takes of exports, or imports."""
    return f"goods under way or in store at the start, {trade} outside the window, and ways that may not be closed"


def trade_words(parameters: Mapping[str, Any]) -> str:
    """Return what sets of closures stop, by the parameters of their answer: imports of gas by MDA, exports of crude."""
    if parameters["objective"] == "imports":
        return f"imports of {parameters['commodity']}{f' by {target}' if (target := parameters['target']) else ''}"
    return (
        f"exports of {parameters['commodity']}{f' of {target}' if (target := parameters['target']) else ''}"
    )


def minimal_cut_sets(
    case: Case,
    *,
    budget: float | None = None,
    remaining: float = 0.0,
    objective: Literal["volume", "imports"] | None = None,
    check: int = 3,
    **closures: Unpack[Closures],
) -> Result:
    """List every set of closures, none of them idle, that leaves at most a share of what could be exported, or brought in.

    Parameters
    ----------
    case : Case
    budget : float, optional
        What the sets may weigh at most. Default: 3, or all there is to close if that is less.
    remaining : float
        Share of the undisturbed exports or imports that may remain, from 0 to below 1.
    objective : {"volume", "imports"}, optional
        What is cut: the most that could be exported, or that the target could use of what comes from abroad, what lies in its
        stores at the start included. Default: imports
        by its state where the focus of the case says so, or says nothing and brings in more than it sells abroad; else volume.
    check : int
        How many of the sets, drawn at random, are solved cold as whole programs and compared. 0 for none.
    **closures
        attacker, access, target, window, commodity, assets, weights, scenario: see `straits.worst.question.Closures`.

    Returns
    -------
    Result
        Its `table` has columns attack (assets, separated by `|`), assets (how many), weight, value (what could still be
        exported or brought in), lightest first. Its `parameters` say whether all are listed (`complete`), what could be
        exported undisturbed
        (`whole`) and with all assets closed (`least`): goods under way at the start, exports outside the window and by what may
        not be closed.

    Raises
    ------
    ModelError
        As `worst`; also if `remaining` is not a share.
    SolveError
        If a check finds a difference.
    """
    if not 0.0 <= remaining < 1.0:
        raise ModelError(f"remaining={remaining!r}: expected a share from 0 to below 1")
    focus = case.settings.focus
    if objective is None and focus is not None and on_imports(case):
        objective = "imports"
        closures["target"] = closures.get("target") or state_of(case, focus.actor)
    objective = objective or "volume"
    if objective not in ("volume", "imports"):
        raise ModelError(f"objective={objective!r}: sets of closures stop 'volume' (exports) or 'imports'")
    question = ask(case, **closures, objective=objective)
    budget = read_budget(question, budget, 3)
    read_check(check)
    question.need_nested("minimal cut sets")
    search = Search.on(question)
    found = search.cut_sets(budget, remaining * search.whole)
    rows = [
        (
            "|".join(question.names[i] for i in bits(a)),
            a.bit_count(),
            sum(question.weights[i] for i in bits(a)),
            search.oracle.value(a),
        )
        for a in found.ties
    ]
    table = pd.DataFrame(rows, columns=["attack", "assets", "weight", "value"])
    table = table.sort_values(["weight", "attack"], ignore_index=True)
    unit, complete, least = question.unit, found.all_ties, search.oracle.value(search.all)
    start, end = question.window
    trade = trade_words(parameters_of(question))
    does = f"stop {trade}" if remaining == 0 else f"leave at most {remaining:.4g} of {trade}"
    which = "1 smallest set, whose closures" if len(table) == 1 else f"{len(table)} smallest sets of closures"
    told = [f"{which} {does}{'' if complete else '; there are more'}."]
    if not len(table):
        told = [f"No closures of at most {budget:g} together {does}."]
        if least > remaining * search.whole:
            told.append(
                f"Even closing all of them leaves {as_amount(least)} of {as_amount(search.whole)} {unit}: {left_over(trade)}."
            )
    return Result(
        question=f"Which smallest sets of closures, of at most {budget:g} together, {does}, closed from {start} to {end} (the "
        "day after the last)?",
        method="All minimal sets by the same search as for the worst attack: a set is listed if no part of it does as much "
        "(minimal cut sets).",
        parameters=parameters_of(question)
        | {
            "budget": budget,
            "warnings": question.warnings,
            "remaining": remaining,
            "complete": complete,
            "whole": search.whole,
            "least": least,
        }
        | check_attacks(question, {a: search.whole - search.oracle.value(a) for a in found.ties}, check),
        provenance=question.provenance | {"budget": budget, "remaining": remaining},
        tables={
            "cut_sets": described(
                table,
                title="Smallest sets of closures",
                units={"value": unit},
                note="attack: assets separated by |; value: what could still be exported, or brought in",
            )
        },
        sentences=tuple(told),
    )
