"""What passes each place in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from straits.model import Model

#: What a place counts where nothing passes, as a share of the place where most does: prices there matter to no account.
_IDLE = 1e-6
#: By how much weights differ that would else be the same, by the names of rows: which of two prices moves is always the same.
_TIES = 1e-6


def passing_at(model: Model, x: np.ndarray) -> np.ndarray:
    """Give what passes each row (rows,) in a plan, and a little where nothing does: what it counts that its price moves."""
    passing, drawn = np.abs(model.matrix) @ np.abs(x) / 2.0, model.formulation.rows.drawn()
    idle = _IDLE * max(float(passing.max(initial=0.0)), 1.0)
    return np.asarray(passing * (1.0 + _TIES * drawn) + idle * (1.0 + drawn))
