"""The checks of a case as data: a stable code, a severity and one line of text for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from straits.case.findings import Finding, Severity
from straits.case.schema.tables import TABLES

if TYPE_CHECKING:
    from straits.case.data import CaseData


class Problem(NamedTuple):
    """What one check found: the cell and the message. Code, severity and line are added when checks run."""

    message: str
    table: str | None = None
    row: str | None = None
    column: str | None = None


CheckFunction = Callable[["CaseData"], Iterable[Problem]]


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes
    ----------
    code : str
        Stable name, as findings show it.
    doc : str
        What is wrong when it speaks; first line of the function's docstring.
    whole : bool
        Whether it needs all rows. If not, it also runs on a case of which some rows could not be read, so that a user sees
        as many errors at once as can be known.
    refers : bool
        Whether it looks rows up in other tables. If so, it waits while such a table cannot be read: all that refers to its rows
        would be an error too, and bury the one cause.
    at_load : bool
        Whether an error keeps the case from being loaded. If not, it keeps only the runs in which it acts from being solved: the
        others can be asked, and `check` names it.
    """

    code: str
    severity: Severity
    doc: str
    function: CheckFunction
    whole: bool
    refers: bool = False
    at_load: bool = True


#: Every check by its code, in the order in which they run.
CHECKS: dict[str, Check] = {}

#: Errors found while reading, before the checks can run.
READING_ERRORS: dict[str, str] = {
    "missing_file": "The folder or workbook has no settings.",
    "unknown_file": "A file, folder or sheet that is no part of a case.",
    "unreadable_file": "A file or sheet that cannot be read: encoding, mixed separators, broken quotes, broken YAML or JSON.",
    "missing_table": "A required table is missing.",
    "unknown_table": "A table that the schema does not have.",
    "unknown_column": "A column that the table does not have.",
    "repeated_column": "A column that stands twice.",
    "missing_column": "A column that every row needs.",
    "ragged_row": "A row with more or fewer cells than the header.",
    "missing_value": "A blank cell in a column that every row needs.",
    "number": "Not a finite number.",
    "ambiguous_number": "A number that could be read in two ways: grouped thousands, or a second decimal mark.",
    "text": "A text that cannot be kept: control characters, a list separator inside a member, a truth value.",
    "flag": "Neither true nor false.",
    "date": "Not a day written as YYYY-MM-DD.",
    "choice": "A word that is not among those accepted.",
    "duplicate_id": "An id that stands twice in one table.",
    "settings": "A name or value in `case.yaml`, a scenario or a threat that is unknown, missing or of the wrong type.",
    "scenario_id": "A scenario or threat whose id is not the name of its file.",
    "change": "A change that names no cell.",
}


def check(
    code: str, severity: Severity, *, whole: bool = False, refers: bool = False, at_load: bool = True
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check under a code.

    Parameters
    ----------
    code : str
    severity : {"error", "warning"}
    whole, refers, at_load : bool
        See `Check`.
    """

    def register(function: CheckFunction) -> CheckFunction:
        doc = (function.__doc__ or "").strip().partition("\n")[0]
        if code in CHECKS or not doc:
            raise ValueError(f"check {code!r} is registered twice or has no docstring")
        CHECKS[code] = Check(code, severity, doc, function, whole, refers, at_load)
        return function

    return register


def run(case: CaseData, checks: list[Check]) -> list[Finding]:
    """Give what some checks find, in their order."""
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
    # What is wrong in the case itself is wrong in every scenario that changes something else, and is said once.
    said = {f"{finding.where}: {finding.message}" for finding in found if finding.code != "scenario_change"}
    return [finding for finding in found if finding.code != "scenario_change" or finding.message not in said]


def run_error_checks(
    case: CaseData, *, partial: bool = False, hidden: bool = False, left_out: Collection[str] = ()
) -> list[Finding]:
    """Run the checks that stop a run.

    Parameters
    ----------
    case : Case
    partial : bool
        Whether some rows could not be read; then only checks that look at one row at a time run.
    hidden : bool
        Whether the rows of some table are not known; then checks that look rows up wait.
    left_out : collection of str
        Codes of checks that are not run, since what they look at is known to be right.

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
        and check.code not in left_out
    ]
    # As the tables stand, line by line: checks are registered in the order in which their modules happen to be imported.
    order = {table: number for number, table in enumerate(TABLES)}
    return sorted(
        run(case, wanted),
        key=lambda found: (order.get(found.table or "", -1), found.line or 0, found.column or ""),
    )
