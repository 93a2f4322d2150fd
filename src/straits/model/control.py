"""Who holds what, brought to the arrays of a network: what an actor strikes and when.

The answer itself stands in `straits.case.ownership`; here it only gets the numbers of assets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from straits.case.ownership import HOLDING, Access, closable_by
from straits.model.network import Network


def held_by(
    network: Network, actor: str, start: date, end: date, access: Access = "veto"
) -> Iterator[tuple[tuple[str, int], date, date]]:
    """Yield what an actor, and who belongs to it, owns or operates: (kind, index), first day and day after the last."""
    for item in closable_by(network.case, actor, start, end, access=access, roles=HOLDING):
        if item.asset in network.index_of:
            yield network.index_of[item.asset], item.start, item.end
