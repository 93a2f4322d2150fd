"""Which consignments to inspect: the greatest expected finding with what inspectors there are.

Maximise `sum p v x` over `x` in {0, 1} with `sum x = k`, at least `l` of each post, at most `u` of each holder. Solved to
optimality by HiGHS (mixed-integer); the bound is said beside the value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from straits.errors import SolveError, StraitsError, did_you_mean
from straits.goods.answer import answer
from straits.goods.readers.base import Options, read_files
from straits.goods.refusals import InputRefused, Refusals
from straits.results import described

if TYPE_CHECKING:
    from straits.results import Result

METHOD = "Maximise sum p·v·x with k chosen, at least l per post, at most u per holder; exact by integer programming (HiGHS)."


def pick(
    consignments: Path | str | Sequence[Path | str] | pd.DataFrame,
    *,
    k: int,
    least_per_post: int | Mapping[str, int] = 0,
    most_per_holder: int | None = None,
    options: Options | None = None,
) -> Result:
    """Choose the consignments to inspect.

    Parameters
    ----------
    consignments : path, list of paths or DataFrame
        Columns `id`, `post`, `holder`, `p` (probability of a finding, from 0 to 1), `v` (what a finding is worth).
    k : int
        How many are chosen.
    least_per_post : int or mapping of str to int
        At least so many of every post, or of the posts that are named.
    most_per_holder : int, optional
        At most so many of any holder.
    options : Options, optional

    Returns
    -------
    Result
        `.table` the chosen, the most worth first; `summary` with value, bound and gap, and what the limits cost.

    Raises
    ------
    StraitsError
        If so many cannot be chosen; the text says which limits are in conflict.
    """
    refusals = Refusals()
    if isinstance(consignments, pd.DataFrame):
        frame, reads = _checked(consignments), []
    else:
        reads = read_files(consignments, options, refusals)
        for one in reads:
            if one.kind != "consignments":
                refusals.refuse(
                    one.file,
                    "",
                    "",
                    f"a file of {one.kind}",
                    "consignments: id, post, holder, p, v",
                    "wrong_kind",
                )
        if len(refusals):
            raise InputRefused(refusals)
        frame = pd.concat([one.frame for one in reads], ignore_index=True)
        if frame["id"].duplicated().any():
            twice = frame["id"][frame["id"].duplicated()].iloc[0]
            raise StraitsError(f"consignment {twice!r} stands in two files; each is accepted once")
    least = _least(frame, least_per_post)
    _possible(frame, k, least, most_per_holder)
    worth = (frame["p"] * frame["v"]).to_numpy(dtype=float)
    chosen, value, bound = _solve(frame, worth, k, least, most_per_holder)
    table = frame[chosen].assign(expected=worth[chosen])
    table = table.sort_values(["expected", "id"], ascending=[False, True], kind="stable", ignore_index=True)
    free = float(np.sort(worth)[::-1][:k].sum())
    summary = pd.DataFrame(
        [(k, len(frame), value, bound, max(0.0, bound - value), free - value)],
        columns=["chosen", "of", "expected", "bound", "gap", "cost_of_limits"],
    )
    columns = ["id", "post", "holder", "p", "v", "expected"]
    return answer(
        f"Which {k} of {len(frame)} consignments should be inspected?",
        METHOD,
        tables={
            "chosen": described(table[columns], title="Consignments to inspect"),
            "summary": described(summary, title="Value, and the bound that proves it"),
        },
        sentences=[
            f"{k} of {len(frame)} consignments, expected finding {value:,.6g}; no choice within the "
            f"limits can give more than {bound:,.6g}.",
            f"Without limits per post and holder {k} would give {free:,.6g}.",
        ],
        assumptions=[
            (
                "probabilities",
                "as given, each on its own",
                "a finding at one consignment is taken to say nothing of another",
            ),
            ("value", "p times v", "what is expected, not what is certain"),
        ],
        refusals=refusals,
        inputs=reads,
        parameters={"k": k, "least_per_post": least, "most_per_holder": most_per_holder},
    )


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("id", "post", "holder", "p", "v") if name not in frame.columns]
    if missing:
        raise StraitsError(
            f"consignments have no column {', '.join(missing)}; id, post, holder, p and v are needed"
        )
    frame = frame.reset_index(drop=True)
    p, v = frame["p"].to_numpy(dtype=float), frame["v"].to_numpy(dtype=float)
    for name, wrong, accepted in (
        ("p", ~((p >= 0) & (p <= 1)), "a probability from 0 to 1"),
        ("v", ~((v >= 0) & np.isfinite(v)), "a value of 0 or more"),
        ("id", frame["id"].duplicated().to_numpy(), "each once"),
    ):
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            raise StraitsError(
                f"consignments, row {place}, column {name}: found {frame[name].tolist()[place]!r}; accepted: {accepted}"
            )
    return frame


def _least(frame: pd.DataFrame, asked: int | Mapping[str, int]) -> dict[str, int]:
    posts = list(dict.fromkeys(frame["post"].astype(str)))
    least = dict.fromkeys(posts, asked) if isinstance(asked, int) else dict(asked)
    for post, number in least.items():
        if post not in posts:
            raise StraitsError(
                f"post {post!r} has no consignment; posts: {', '.join(posts[:20])}{did_you_mean(post, posts)}"
            )
        if number < 0:
            raise StraitsError(f"least for post {post}: {number}; 0 or more is accepted")
    return {post: number for post, number in least.items() if number}


def _possible(frame: pd.DataFrame, k: int, least: Mapping[str, int], most: int | None) -> None:
    """Say in words why so many cannot be chosen, where counting is enough to see it."""
    if not 0 <= k <= len(frame):
        raise StraitsError(f"k is {k}; from 0 to {len(frame)}, the number of consignments, is accepted")
    if most is not None and most < 0:
        raise StraitsError(f"most per holder is {most}; 0 or more is accepted")
    needed = sum(least.values())
    if needed > k:
        raise StraitsError(f"the posts need {needed} inspections together, and k is {k}")
    for post, number in least.items():
        there = frame["holder"][frame["post"].astype(str) == post].value_counts()
        can = int(there.clip(upper=most).sum()) if most is not None else int(there.sum())
        if can < number:
            limit = f" with at most {most} of a holder" if most is not None else ""
            raise StraitsError(f"post {post} needs {number}, and only {can} can be chosen there{limit}")
    if most is not None:
        can = int(frame["holder"].value_counts().clip(upper=most).sum())
        if can < k:
            raise StraitsError(f"with at most {most} of a holder only {can} can be chosen, and k is {k}")


def _solve(
    frame: pd.DataFrame, worth: np.ndarray, k: int, least: Mapping[str, int], most: int | None
) -> tuple[np.ndarray, float, float]:
    """Give the choice, its value and the proved bound."""
    count = len(frame)
    if count == 0 or k == 0:
        return np.zeros(count, dtype=bool), 0.0, 0.0
    limits = [LinearConstraint(np.ones((1, count)), k, k)]
    for column, names, low, high in (
        ("post", list(least), [float(least[post]) for post in least], None),
        ("holder", None, None, most),
    ):
        if (column == "post" and not least) or (column == "holder" and most is None):
            continue
        texts = frame[column].astype(str)
        rows = list(dict.fromkeys(texts)) if names is None else names
        number = texts.map({name: row for row, name in enumerate(rows)}).to_numpy(dtype=float)
        at = np.flatnonzero(~np.isnan(number))
        matrix = sparse.csr_matrix((np.ones(len(at)), (number[at].astype(int), at)), shape=(len(rows), count))
        limits.append(
            LinearConstraint(matrix, low if low is not None else -np.inf, np.inf if high is None else high)
        )
    found = milp(
        -worth,
        constraints=limits,
        bounds=Bounds(0, 1),
        integrality=np.ones(count),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise SolveError(
            "no choice meets all limits: the least of some posts and the most of some holders are in conflict"
        )
    chosen = found.x > 0.5
    return chosen, float(worth[chosen].sum()), float(-found.mip_dual_bound)
