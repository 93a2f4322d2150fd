"""What to build, store or agree: the whole proved staircase of loss over cost, and whether to build now or wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.hedge.design import design as design
    from straits.hedge.hedge import Hedge as Hedge
    from straits.hedge.hedge import hedge as hedge
    from straits.hedge.timing import timing as timing

# Loaded on first use, so that the command line does not wait for the solver.
_HOME = {
    "Hedge": "straits.hedge.hedge",
    "design": "straits.hedge.design",
    "hedge": "straits.hedge.hedge",
    "timing": "straits.hedge.timing",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
