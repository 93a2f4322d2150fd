"""The worst that can be done with a budget of closures, proved; and what to protect first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.worst.attack import Worst as Worst
    from straits.worst.attack import worst as worst
    from straits.worst.protection import minimal_cut_sets as minimal_cut_sets
    from straits.worst.protection import protect as protect

# Loaded on first use, so that the command line does not wait for the solver.
_HOME = {
    "Worst": "straits.worst.attack",
    "minimal_cut_sets": "straits.worst.protection",
    "protect": "straits.worst.protection",
    "worst": "straits.worst.attack",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
