"""What passes each place in a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from straits.model import Model

#: What a place counts where nothing passes, as a share of the place where most does: prices there matter to no account, and which
#: of two others moves hangs on the names of rows.
_IDLE = 1e-9
#: By how much weights differ that would else be the same, by the names of rows: which of two prices moves is always the same.
_TIES = 1e-3


def passing_at(model: Model, x: np.ndarray) -> np.ndarray:
    """Give what passes each row (rows,) in a plan: what it counts, beside others, that its price moves."""
    return np.asarray(np.abs(model.matrix) @ np.abs(x) / 2.0) * (1.0 + _TIES * model.formulation.rows.drawn())


def passing_or_idle(model: Model, x: np.ndarray) -> np.ndarray:
    """Give the same, and a little where nothing passes: prices there are shown, and are to be the nearest too."""
    passing = passing_at(model, x)
    return passing + _IDLE * max(float(passing.max(initial=0.0)), 1.0) * (
        2.0 + model.formulation.rows.drawn()
    )
