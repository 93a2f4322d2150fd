"""What if this stops? Scenarios beside the baseline: `straits.stress(case, scenarios)`, or `straits.stress.stress`."""

from __future__ import annotations

import sys
import types
from typing import Any

from straits.stress.backtest import back_test
from straits.stress.comparison import Comparison, stress
from straits.stress.measures import bypass, corridors, exports, storage_days


class _Room(types.ModuleType):
    """The room is also its main function: importing it puts it in the place of the name `straits.stress`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Comparison:
        return stress(*args, **kwargs)


sys.modules[__name__].__class__ = _Room

__all__ = ["Comparison", "back_test", "bypass", "corridors", "exports", "storage_days", "stress"]
