"""Run the checks of a case and collect what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.case.checks import (
    choices,
    claims,
    dates,
    division,
    network,
    prices,
    rounds,
    rows,
    sizes,
    slips,
    threats,
    units,
)
from straits.case.checks import scenarios as of_scenarios
from straits.case.checks.claims import unsourced_numbers
from straits.case.checks.idle import rows as idle_rows
from straits.case.checks.registry import CHECKS, run
from straits.case.findings import Findings

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: The families of checks; a module registers its checks when it is imported.
FAMILIES = (
    idle_rows,
    choices,
    claims,
    dates,
    division,
    network,
    prices,
    rounds,
    rows,
    of_scenarios,
    sizes,
    slips,
    threats,
    units,
)


def run_checks(case: CaseData, *, sound: bool = False) -> Findings:
    """Run all checks on a case whose rows could all be read.

    Parameters
    ----------
    case : Case
    sound : bool
        Whether the checks that keep a case from being loaded were run on it as it is, and found nothing: they are not run again.

    Returns
    -------
    Findings
        Errors first.
    """
    wanted = [
        check for check in CHECKS.values() if not (sound and check.severity == "error" and check.at_load)
    ]
    found = run(case, sorted(wanted, key=lambda check: check.severity))
    return Findings(tuple(found), tuple(unsourced_numbers(case)))
