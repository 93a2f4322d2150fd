"""Solve compiled models: one warm session, many variants, stated foresight, explained failures."""

from straits.engine.batch import Batch, solve_many
from straits.engine.explain import explain
from straits.engine.prices.ranges import ranges
from straits.engine.solve import Rolling, rolling, solve, solve_model
from straits.engine.variant import Variant, change, close, combine, patch_of
from straits.engine.warm import Warm
from straits.lp.patch import Patch
from straits.lp.session import Session

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
