"""Solve compiled models: one warm session, many variants, stated foresight, explained failures."""

from typing import TYPE_CHECKING

from straits.engine.explain import explain
from straits.engine.solve import Rolling, rolling, solve, solve_model
from straits.lazy import on_first_use
from straits.lp.patch import Patch
from straits.lp.session import Session

if TYPE_CHECKING:
    from straits.engine.batch import Batch, solve_many
    from straits.engine.prices.ranges import ranges
    from straits.engine.variant import Variant, change, close, combine, patch_of
    from straits.engine.warm import Warm

#: What one solve does not need.
_HOME = {
    "Batch": "straits.engine.batch",
    "Variant": "straits.engine.variant",
    "Warm": "straits.engine.warm",
    "change": "straits.engine.variant",
    "close": "straits.engine.variant",
    "combine": "straits.engine.variant",
    "patch_of": "straits.engine.variant",
    "ranges": "straits.engine.prices.ranges",
    "solve_many": "straits.engine.batch",
}

__getattr__, __dir__ = on_first_use(__name__, _HOME)

__all__ = [
    "Batch",
    "Patch",
    "Rolling",
    "Session",
    "Variant",
    "Warm",
    "change",
    "close",
    "combine",
    "explain",
    "patch_of",
    "ranges",
    "rolling",
    "solve",
    "solve_many",
    "solve_model",
]
