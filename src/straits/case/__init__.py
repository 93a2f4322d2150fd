"""The case room: tables, schema, units, time axis, checks, read and write."""

from straits.case.case import Case
from straits.case.files.wide import read_wide
from straits.case.findings import Finding, Findings
from straits.case.load import check_case, load_case
from straits.case.schema.settings import Change, Decision, Disruption, Refine, Scenario, Settings, TimeAxis
from straits.case.schema.tables import ASSET_TABLES, TABLES

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
