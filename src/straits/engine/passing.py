"""What passes each place in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from straits.model import Model

#: By how much weights differ that would else be the same, by the names of rows: which of two prices moves is always the same.
_TIES = 1e-6


def passing_at(model: Model, x: np.ndarray) -> np.ndarray:
    """Give what passes each row (rows,) in a plan: what it counts, beside others, that its price moves."""
    return np.asarray(np.abs(model.matrix) @ np.abs(x) / 2.0) * (1.0 + _TIES * model.formulation.rows.drawn())
