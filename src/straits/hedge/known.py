"""What would be lost if all knew the attack from the start: beside a surprise, below it, and where it cannot be answered."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from straits.errors import ModelError
from straits.hedge.adversary import Adversary, Facing
from straits.hedge.choices import bits

if TYPE_CHECKING:
    import pandas as pd

    from straits.hedge.ask import Hedging


def as_known(h: Hedging, foresight: str | None, most: int) -> Hedging:
    """Return the question as if all knew the attack from the start, and say so; refuse if it was to be a surprise."""
    if h.question.foresight == "perfect":
        return h
    why = (
        f"with more than {most} options, or one that can be built in part, portfolios are chosen by planes below "
        "their losses, which lie below them only where all know from the start what will be closed"
    )
    if foresight == "surprise":
        raise ModelError(
            f"foresight='surprise': {why}; name up to {most} whole options, or ask with foresight='perfect'"
        )
    told = f"foresight perfect: {why}; by surprise the losses may be greater"
    asked = h.asked | {"foresight": "perfect", "warnings": [*h.asked["warnings"], told]}
    return replace(h.known, asked=asked)


def least_of(h: Hedging) -> float:
    """Return what no set of options loses less than, whatever is closed: with all of them built, and nothing closed."""
    known = h.known if h.question.foresight == "surprise" else h
    return h.ground - known.lattice.reply((), 0, h.choices.all).value


def add_known(frontier: pd.DataFrame, h: Hedging, deadline: float) -> None:
    """Put beside each loss what the portfolio loses to attacks that all know from the start."""
    place = {key: i for i, key in enumerate(h.choices.ids)}
    losses, attacks = [], []
    tried: list[int] = []
    for portfolio in frontier["portfolio"]:
        built = sum(1 << place[key] for key in portfolio.split("|") if key)
        facing = Facing(h.known.lattice, h.histories.effects, h.measure, h.known.ground, built)
        left = max(deadline - time.perf_counter(), 0.0)
        found = Adversary(facing, h.weights, tried[:2], seconds=left).worst(h.budget)
        proved = found.bound == found.value
        losses.append(-found.value if proved else math.nan)
        attacks.append("|".join(h.question.names[i] for i in bits(found.attack)) if proved else None)
        tried = [found.attack, *(a for a in tried if a != found.attack)]
    at = list(frontier.columns).index("loss") + 1
    frontier.insert(at, "loss_known", losses)
    frontier.insert(at + 1, "attack_known", attacks)


__all__ = ["add_known", "as_known", "least_of"]
