"""The case room: tables, schema, units, time axis, checks, read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.case.case import Case
from straits.case.findings import Finding, Findings
from straits.case.load import check_case, load_case
from straits.case.schema.settings import Change, Decision, Disruption, Refine, Scenario, Settings, TimeAxis
from straits.case.schema.tables import ASSET_TABLES, TABLES
from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.case.files.wide import read_wide as read_wide

# It reads workbooks too, which few commands do.
_HOME = {"read_wide": "straits.case.files.wide"}

__all__ = [
    "ASSET_TABLES",
    "TABLES",
    "Case",
    "Change",
    "Decision",
    "Disruption",
    "Finding",
    "Findings",
    "Refine",
    "Scenario",
    "Settings",
    "TimeAxis",
    "check_case",
    "load_case",
    "read_wide",
]

__getattr__, __dir__ = on_first_use(__name__, _HOME)
