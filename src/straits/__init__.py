"""What a country's trade depends on, who can cut it, what a cut would cost and to whom, and what to do about it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Imported on first use: pandas and the solver take longer to load than a command line may keep its user waiting.
_HOME = {
    "Case": "straits.case",
    "load_case": "straits.case",
    "solve": "straits.engine",
    "Solution": "straits.model",
    "write_lp": "straits.model",
    "rolling": "straits.engine",
    "ranges": "straits.engine",
    "uncertainty": "straits.stress",
    "routes": "straits.ways",
    "draw_map": "straits.report",
    "to_xarray": "straits.export",
}

__all__ = [*_HOME, "stress", "__version__"]

if TYPE_CHECKING:
    # What a type checker and an editor know of the names that are loaded on first use.
    from straits import app as app
    from straits import contingency as contingency
    from straits import evidence as evidence
    from straits import hedge as hedge
    from straits import power as power
    from straits import report as report
    from straits import threat as threat
    from straits import worst as worst
    from straits.case import Case as Case
    from straits.case import load_case as load_case
    from straits.engine import ranges as ranges
    from straits.engine import rolling as rolling
    from straits.engine import solve as solve
    from straits.export import to_xarray as to_xarray
    from straits.model import Solution as Solution
    from straits.model import write_lp as write_lp
    from straits.report import draw_map as draw_map
    from straits.stress import StressRoom
    from straits.stress import uncertainty as uncertainty
    from straits.ways import routes as routes

    stress: StressRoom


#: Rooms that can be used as attributes without importing them first; `straits.stress` is also a function.
_ROOMS = (
    "stress",
    "contingency",
    "worst",
    "power",
    "threat",
    "hedge",
    "evidence",
    "goods",
    "results",
    "report",
    "app",
    "ways",
)


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"straits.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'straits' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
