"""Run the checks of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from straits.case.findings import UNSOURCED_COLUMNS, Finding, Findings

if TYPE_CHECKING:
    from straits.case.case import Case


def run_error_checks(case: Case) -> list[Finding]:
    """Run the checks that stop a run."""
    return []


def run_checks(case: Case) -> Findings:
    """Run all checks."""
    return Findings((), pd.DataFrame(columns=list(UNSOURCED_COLUMNS)))
