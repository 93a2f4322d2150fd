"""What each option is worth alone and with the others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from straits.hedge.ask import Hedging
from straits.hedge.choices import Choices, bits
from straits.hedge.mixed.curve import Curve
from straits.hedge.staircase import Staircase


def options_table(h: Hedging, stairs: Staircase | Curve, steps: Sequence[str]) -> pd.DataFrame:
    """Return, for each option, what it saves alone and added last, in which steps it stands and with whom it is worth more.

    Parameters
    ----------
    h : Hedging
    stairs : Staircase or Curve
        Searched. Of a curve, whole options count, and pairs are not gone through.
    steps : sequence of str
        Portfolios of the frontier.
    """
    choices = h.choices
    chosen = [{part.partition(":")[0] for part in text.split("|")} for text in steps]
    nothing = _loss(stairs, 0)
    rows = []
    alone = [_saved(nothing, _loss(stairs, _with_needs(h, i))) for i in range(len(choices.ids))]
    for i, key in enumerate(choices.ids):
        rest = _others(choices, i)
        last = math.nan if rest is None else _saved(_loss(stairs, rest), _loss(stairs, rest | 1 << i))
        count = sum(key in step for step in chosen)
        rows.append(
            (key, choices.cost[i].total, alone[i], last, count, _partners(h, stairs, i, alone, nothing))
        )
    return pd.DataFrame(rows, columns=["option", "cost", "alone", "added_last", "steps", "with"])


def _others(choices: Choices, i: int) -> int | None:
    """Return all other options that can stand without an option and beside it; None where some of these exclude each other."""
    barred = 1 << i
    for k in (i, *bits(choices.needs[i])):
        barred |= choices.bars[k]
    rest = choices.all & ~barred
    # What requires it, or requires what is left out, is left out too.
    while lacking := sum(1 << j for j in bits(rest) if choices.needs[j] & ~rest):
        rest &= ~lacking
    return rest if choices.allowed(rest) and choices.allowed(rest | 1 << i) else None


def _with_needs(h: Hedging, i: int) -> int:
    return 1 << i | h.choices.needs[i]


def _loss(stairs: Staircase | Curve, built: int) -> float:
    """Return the proved loss of a set; nan if it could not be proved in time."""
    proof = stairs.prove(built)
    return proof.loss if proof.loss <= proof.least_loss else math.nan


def _saved(before: float, after: float) -> float:
    """Return the difference; rounding of the solver is nothing."""
    saved = before - after
    return 0.0 if abs(saved) <= Staircase._near(before) else saved


def _partners(h: Hedging, stairs: Staircase | Curve, i: int, alone: Sequence[float], nothing: float) -> str:
    """Name the options with which one saves more together than both apart."""
    choices, found = h.choices, []
    if isinstance(stairs, Curve):
        return ""
    for j in range(len(choices.ids)):
        # One that the other requires is part of what the other saves alone.
        tied = (choices.needs[i] >> j | choices.needs[j] >> i | choices.bars[i] >> j) & 1
        if i == j or tied or np.isnan(alone[i] + alone[j]):
            continue
        pair = _with_needs(h, i) | _with_needs(h, j)
        if not choices.allowed(pair):
            continue
        more = Staircase._near(nothing) * 10 + 1e-6 * abs(alone[i] + alone[j])
        if nothing - stairs.known_least(pair) <= alone[i] + alone[j] + more:
            continue
        # Attacks that are known say how much the pair saves at most; only if that is enough is it proved.
        if nothing - _least(h, stairs, pair) > alone[i] + alone[j] + more and (
            nothing - _loss(stairs, pair) > alone[i] + alone[j] + more
        ):
            found.append(choices.ids[j])
    return "|".join(found)


def _least(h: Hedging, stairs: Staircase | Curve, built: int) -> float:
    """Return the least loss of a set that is known, holding the attacks known against it."""
    if built in stairs.proofs:
        return stairs.proofs[built].least_loss
    losses = [
        stairs.measure(
            np.array([h.ground - h.lattice.reply(x, a, built, many=True).value for x in stairs.histories])
        )
        for a in stairs.attacks
    ]
    return max(losses)
