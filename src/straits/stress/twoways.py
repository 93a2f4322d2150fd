"""Two answers to one question: in the steps of the case and in steps that fit, known from the start and as a surprise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from straits.engine.steps import apart
from straits.model import Solution
from straits.model.assets import UNTRACKED
from straits.stress.tables import measures
from straits.stress.tables.changes import Pair, difference, totals, value_lost
from straits.wording import as_amount

if TYPE_CHECKING:
    from straits.case.case import Case

#: Parts of exports, and of the joint value, below which an answer is too small to speak of.
_FEW, _LITTLE = 1e-3, 1e-4


class _Answer(NamedTuple):
    """An answer, and what is so little of it that it says nothing."""

    amount: float
    noise: float


def both_answers(
    case: Case, given: Mapping[str, Pair], other: Mapping[str, Pair | None], names: tuple[str, str]
) -> pd.DataFrame:
    """Set the answers of scenarios, solved in two ways, side by side.

    Parameters
    ----------
    case : Case
    given : mapping of str to Pair
        By scenario.
    other : mapping of str to Pair or None
        The same solved otherwise; None where that gives no answer.
    names : (str, str)
        Columns of the other answer and of the one that is given.

    Returns
    -------
    DataFrame
        Columns scenario, answer, of, unit, the two names, differs: lost exports of each cargo, or lost sales of each good whose
        origin is not tracked (unit of the commodity), joint value lost and change of the account of each state and group
        (million currency). `differs`: by more than a tenth of the larger, and not only by rounding.
    """
    rows = []
    for name, pair in given.items():
        beside = other.get(name)
        now, then = _answers(case, pair), _answers(case, beside) if beside else {}
        for key, answer in now.items():
            known = then.get(key, _Answer(np.nan if beside is None else 0.0, 0.0))
            differs = beside is None or apart(
                known.amount, answer.amount, noise=max(answer.noise, known.noise)
            )
            rows.append((name, *key, known.amount, answer.amount, differs))
    return pd.DataFrame(rows, columns=["scenario", "answer", "of", "unit", *names, "differs"])


def _answers(case: Case, pair: Pair) -> dict[tuple[str, str, str], _Answer]:
    money = f"million {case.settings.currency}"
    value = abs(pair.before.objective)
    found = {("joint value lost", "", money): _Answer(value_lost(pair), _LITTLE * value)}
    keys = ["commodity", "origin"]
    was, now = (totals(s, measures.exports, keys) for s in (pair.before, pair.after))
    for key, amount in was.items():
        commodity, origin = cast("tuple[str, str]", key)
        unit = case.rows("commodities")[commodity].unit
        lost = difference(float(amount), float(now.get((commodity, origin), 0.0)))
        # Where origins are not told apart nobody knows what is sold at home and what abroad.
        what, of = (
            ("lost sales", commodity) if origin == UNTRACKED else ("lost exports", f"{commodity} of {origin}")
        )
        found[what, of, unit] = _Answer(lost, _FEW * float(amount))
    accounts = [totals(s, Solution.accounts, ["residence"]) for s in (pair.before, pair.after)]
    kept = [key for key, row in case.rows("actors").items() if row.kind in ("state", "group")]
    for state in kept:
        held, left = (float(a.get(state, 0.0)) for a in accounts)
        if held or left:
            found["change of the account", state, money] = _Answer(-difference(held, left), _LITTLE * value)
    return found


def steps_text(table: pd.DataFrame) -> list[str]:
    """Say, for each scenario that was solved in finer steps, how far the steps of the case would have misled."""
    return _told(
        table,
        ("coarse", "fine"),
        "was solved in finer steps round its disruptions",
        "in the steps of the case",
    )


def foresight_text(table: pd.DataFrame) -> list[str]:
    """Say, for each scenario that is a surprise, what it would cost if all had known it from the start."""
    return _told(table, ("known", "surprise"), "is a surprise", "known from the start")


def _told(table: pd.DataFrame, names: tuple[str, str], what: str, otherwise: str) -> list[str]:
    told = []
    for name, rows in table.groupby("scenario", sort=False):
        first = rows[
            rows["differs"] & rows["answer"].isin(["joint value lost", "lost exports", "lost sales"])
        ]
        if not len(first):
            told.append(f"{name} {what}; {otherwise}, what is lost would be the same within a tenth.")
            continue
        parts = []
        for row in first.to_dict("records"):
            commodity, _, origin = str(row["of"]).partition(" of ")
            of = (f" of {commodity}" if commodity else "") + (f" from {origin}" if origin else "")
            other, given = row[names[0]], row[names[1]]
            beside = "no answer" if np.isnan(other) else f"{as_amount(float(other))} {row['unit']}"
            parts.append(
                f"{row['answer']}{of} {as_amount(float(given))} {row['unit']} ({otherwise}: {beside})"
            )
        told.append(f"{name} {what}: {'; '.join(parts)}.")
    return told
