"""Which failure hurts most: every one and every pair of assets, and drawn histories of closures."""

from straits.contingency.ensemble import Ensemble, ensemble
from straits.contingency.sweep import Sweep, sweep

__all__ = ["Ensemble", "Sweep", "ensemble", "sweep"]
