"""Answers that are read off rows of a case: where a regime goes, which response holds for a world market, weights of a joint
capacity, yields of a process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from straits.case.files.cells import parse_number
from straits.errors import ModelError

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.records import Regime


def moves_of(row: Regime) -> dict[str, float]:
    """Give the probability of each regime of the next year; a regime without transitions stays.

    Raises
    ------
    ModelError
        If a transition is no `regime:probability`, or a regime is named twice.
    """
    if not row.transitions:
        return {row.id: 1.0}
    found: dict[str, float] = {}
    for text in row.transitions:
        other, _, number = text.rpartition(":")
        try:
            chance = parse_number(number.strip())
        except ValueError:
            chance = -1.0
        if not other or not 0.0 <= chance <= 1.0:
            raise ModelError(f"found {text!r}; accepted: regime:probability, such as calm:0.9")
        if other.strip() in found:
            raise ModelError(f"{other.strip()!r} is named twice")
        found[other.strip()] = chance
    return found


def response_of(case: CaseData, world: str) -> Any:
    """Give the row of `price_responses` that holds for a world market, by its horizon; None if there is not exactly one."""
    horizon = case.rows("world_markets")[world].horizon
    found = [
        row
        for row in case.rows("price_responses").values()
        if row.world == world and row.used and row.side == "both" and row.horizon == horizon
    ]
    return found[0] if len(found) == 1 else None


def weights_of(row: Any) -> dict[str, float]:
    """Read the weights of a row of table joints.

    Returns
    -------
    dict of str to float
        By commodity; empty where the cell is blank. What cannot be read is left out: the check `joint_weights` names it.
    """
    return numbers_of(row.weights)


def yields_of(row: Any) -> dict[str, float]:
    """Read the yields of a row of table converts, in customary units.

    Returns
    -------
    dict of str to float
        By commodity. What cannot be read is left out: the check `yields` names it.
    """
    return numbers_of(row.yields)


def ends_of(row: Any) -> dict[str, tuple[float | None, float | None]]:
    """Read the ends of the yields of a row of table converts, low and high, for those of which one is given."""
    low, high = numbers_of(row.yields_low), numbers_of(row.yields_high)
    return {good: (low.get(good), high.get(good)) for good in yields_of(row) if good in low or good in high}


def as_yields(shares: Mapping[str, float]) -> tuple[str, ...]:
    """Write yields as they stand in a cell."""
    return tuple(f"{good}={share!r}" for good, share in shares.items())


def numbers_of(texts: Iterable[str]) -> dict[str, float]:
    """Read `commodity=number`, 0 or more; what is none of it is left out."""
    found: dict[str, float] = {}
    for text in texts:
        commodity, equals, number = text.partition("=")
        try:
            weight = parse_number(number.strip())
        except ValueError:
            continue
        if equals and math.isfinite(weight) and weight >= 0:
            found[commodity.strip()] = weight
    return found
