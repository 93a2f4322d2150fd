"""The worst that can be done with a budget of closures, proved; and what to protect first."""

from straits.worst.attack import Worst, worst
from straits.worst.protect import minimal_cut_sets, protect

__all__ = ["Worst", "minimal_cut_sets", "protect", "worst"]
