"""Whether two answers are the same."""

from __future__ import annotations

import math
from typing import Any


def assert_same_answer(one: Any, other: Any, *, within: float = 1e-6) -> None:
    """Raise unless two answers are worth the same, jointly and to those who decide.

    Parameters
    ----------
    one, other : Solution or Reference
        Anything with `objective` and `lp_value`, in millions of the currency.
    within : float
        Greatest difference, as a share of the larger, or in millions below one.

    Raises
    ------
    AssertionError
        Says what differs and by how much. Plans and prices are not compared: where an optimum is degenerate they need not be
        the same.
    """
    for name in ("lp_value", "objective"):
        a, b = float(getattr(one, name)), float(getattr(other, name))
        if math.isnan(a) or math.isnan(b):
            raise AssertionError(f"{name}: {a} and {b}: one of them is no answer")
        if abs(a - b) > within * max(1.0, abs(a), abs(b)):
            raise AssertionError(f"{name}: {a:.9g} and {b:.9g} differ by {abs(a - b):.3g}")
