"""What if this stops? Scenarios beside the baseline: `straits.stress(case, scenarios)`, or `straits.stress.stress`."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    import pandas as pd

    from straits.case import Case, Scenario
    from straits.model import Solution
    from straits.results import Result
    from straits.stress import comparison
    from straits.stress.backtest import back_test
    from straits.stress.cases import compare_cases
    from straits.stress.comparison import Comparison
    from straits.stress.elasticity import over_elasticity
    from straits.stress.scenarios import stress
    from straits.stress.tables.measures import bypass, corridors, exports, storage_days
    from straits.stress.varied.uncertain import Uncertainty, uncertainty

_HOME = {
    "Comparison": "straits.stress.comparison",
    "Uncertainty": "straits.stress.varied.uncertain",
    "back_test": "straits.stress.backtest",
    "bypass": "straits.stress.tables.measures",
    "compare_cases": "straits.stress.cases",
    "corridors": "straits.stress.tables.measures",
    "exports": "straits.stress.tables.measures",
    "over_elasticity": "straits.stress.elasticity",
    "storage_days": "straits.stress.tables.measures",
    "stress": "straits.stress.scenarios",
    "uncertainty": "straits.stress.varied.uncertain",
}

__getattr__, __dir__ = on_first_use(__name__, _HOME)


class StressRoom(types.ModuleType):
    """The room is also its main function: importing it puts it in the place of the name `straits.stress`."""

    # For type checkers; at run time these are the names of the module.
    Comparison: type[comparison.Comparison]
    stress: Callable[..., comparison.Comparison]
    back_test: Callable[[Solution], pd.DataFrame]
    compare_cases: Callable[..., Result]
    bypass: Callable[[Solution, str, str, str], pd.DataFrame]
    corridors: Callable[[Solution], pd.DataFrame]
    exports: Callable[[Solution], pd.DataFrame]
    storage_days: Callable[[Solution], pd.DataFrame]

    def __call__(
        self,
        case: Case,
        scenarios: Sequence[str | Scenario] | str | Scenario | None = None,
        *,
        foresight: str | None = None,
        tariffs: str | None = None,
        refine: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> comparison.Comparison:
        """Solve scenarios and compare them with the baseline; see `straits.stress.stress`."""
        from straits.stress.scenarios import stress

        return stress(case, scenarios, foresight=foresight, tariffs=tariffs, refine=refine, progress=progress)


sys.modules[__name__].__class__ = StressRoom

__all__ = [
    "Comparison",
    "Uncertainty",
    "back_test",
    "bypass",
    "compare_cases",
    "corridors",
    "exports",
    "over_elasticity",
    "storage_days",
    "stress",
    "uncertainty",
]
