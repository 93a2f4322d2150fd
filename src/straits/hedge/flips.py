"""How far each cost could be off before another portfolio would be the one to choose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.hedge.mixed.curve import Curve
from straits.lp.tolerance import SAME

if TYPE_CHECKING:
    from straits.hedge.ask import Hedging
    from straits.hedge.staircase import Staircase

#: Columns of `Hedge.flips`.
FLIPS = ("option", "cost", "chosen", "flips_at", "then", "source", "confidence")


def flips_table(h: Hedging, stairs: Staircase | Curve) -> pd.DataFrame:
    """Return, for each option, the yearly cost from which on (or below which) another portfolio has the larger net.

    Net is what is saved less the cost over the time axis. Of portfolios whose loss is not proved the least loss counts, so that
    no portfolio could take over before `flips_at`; one may do so only later. Without money as the unit of losses there is no net,
    and no row; nor where not all portfolios were gone through.
    """
    if isinstance(stairs, Curve) or h.question.objective != "value" or not np.isfinite(stairs.high).any():
        return pd.DataFrame(columns=list(FLIPS))
    steps = stairs.steps(stairs.high)
    years, table = h.years, h.question.model.case.rows("options")
    cost = stairs.cost * years
    net = -stairs.low - cost
    best = max(steps, key=lambda i: -stairs.high[i] - cost[i])
    own = float(-stairs.high[best] - cost[best])
    rows = []
    for i, key in enumerate(h.choices.ids):
        has = (stairs.sets >> i & 1).astype(bool)
        chosen = bool(has[best])
        rivals = np.flatnonzero(~has if chosen else has)
        yearly = h.choices.cost[i].total
        at, then = math.nan, ""
        if len(rivals):
            rival = int(rivals[np.argmax(net[rivals])])
            lead = (own - float(net[rival])) / years
            # A chosen option may cost so much more, another would have to cost so much less.
            at = yearly + max(lead, 0.0) if chosen else yearly - max(lead, 0.0)
            then = h.choices.text(int(stairs.sets[rival]))
            if at <= SAME * yearly:
                at, then = math.nan, ""  # not even for nothing
        rows.append((key, yearly, chosen, at, then, table[key].source, table[key].confidence))
    return pd.DataFrame(rows, columns=list(FLIPS))
