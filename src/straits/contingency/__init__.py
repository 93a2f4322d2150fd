"""Which failure hurts most: every one and every pair of assets, and drawn histories of closures."""

from straits.contingency.sweep import Sweep, sweep

__all__ = ["Sweep", "sweep"]
