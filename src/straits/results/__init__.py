"""What every analysis returns: a `Result` that prints, shows itself in a notebook, and can be saved and loaded without loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.results.figure import Figure as Figure
    from straits.results.result import Result as Result
    from straits.results.result import described as described
    from straits.results.result import load as load
    from straits.results.result import save as save
    from straits.results.workbook import write_workbook as write_workbook

# Loaded on first use, so that the command line does not wait for pandas.
_HOME = {
    "Figure": "straits.results.figure",
    "Result": "straits.results.result",
    "described": "straits.results.result",
    "load": "straits.results.result",
    "save": "straits.results.result",
    "write_workbook": "straits.results.workbook",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
