"""Weights of a joint capacity: how much of it a customary unit of each commodity takes."""

from __future__ import annotations

import math
from typing import Any


def weights_of(row: Any) -> dict[str, float]:
    """Read the weights of a row of table joints.

    Returns
    -------
    dict of str to float
        By commodity; empty where the cell is blank. What cannot be read is left out: the check `joint_weights` names it.
    """
    found: dict[str, float] = {}
    for text in row.weights:
        commodity, equals, number = text.partition("=")
        try:
            weight = float(number)
        except ValueError:
            continue
        if equals and math.isfinite(weight) and weight >= 0:
            found[commodity.strip()] = weight
    return found


__all__ = ["weights_of"]
