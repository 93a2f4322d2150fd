"""Run the checks of a case and collect what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.case.checks import changes_nothing, claims, network, rows, sizes, texts, units
from straits.case.checks import scenarios as of_scenarios
from straits.case.checks.claims import unsourced_numbers
from straits.case.checks.registry import CHECKS, Check
from straits.case.findings import Finding, Findings

if TYPE_CHECKING:
    from straits.case.case import Case

#: The families of checks; a module registers its checks when it is imported.
FAMILIES = (changes_nothing, claims, network, rows, of_scenarios, sizes, texts, units)


def _run(case: Case, checks: list[Check]) -> list[Finding]:
    found = []
    for check in checks:
        for problem in check.function(case):
            line = case.line(problem.table, problem.row) if problem.table and problem.row else None
            found.append(
                Finding(
                    check.code,
                    check.severity,
                    problem.message,
                    problem.table,
                    problem.row,
                    problem.column,
                    line,
                )
            )
    return found


def run_error_checks(
    case: Case, *, partial: bool = False, hidden: bool = False, scenarios: bool = True
) -> list[Finding]:
    """Run the checks that stop a run.

    Parameters
    ----------
    case : Case
    partial : bool
        Whether some rows could not be read; then only checks that look at one row at a time run.
    hidden : bool
        Whether the rows of some table are not known; then checks that look rows up wait.
    scenarios : bool
        Whether the changes of every scenario are tried.

    Returns
    -------
    list of Finding
    """
    wanted = [
        check
        for check in CHECKS.values()
        if check.severity == "error"
        and check.at_load
        and not (partial and check.whole)
        and not (hidden and check.refers)
        and (scenarios or check.code != "scenario_change")
    ]
    return _run(case, wanted)


def run_checks(case: Case) -> Findings:
    """Run all checks on a case whose rows could all be read.

    Returns
    -------
    Findings
        Errors first.
    """
    found = _run(case, sorted(CHECKS.values(), key=lambda check: check.severity))
    return Findings(tuple(found), unsourced_numbers(case))
