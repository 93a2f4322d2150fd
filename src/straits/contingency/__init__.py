"""Which failure hurts most: every one and every pair of assets, and drawn histories of closures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.contingency.failures import Sweep as Sweep
    from straits.contingency.failures import sweep as sweep
    from straits.contingency.histories import Ensemble as Ensemble
    from straits.contingency.histories import ensemble as ensemble

# Loaded on first use, so that the command line does not wait for the solver.
_HOME = {
    "Ensemble": "straits.contingency.histories",
    "Sweep": "straits.contingency.failures",
    "ensemble": "straits.contingency.histories",
    "sweep": "straits.contingency.failures",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
