"""Load a case: a bundled one, a folder or a workbook; or list all that is wrong in it."""

from __future__ import annotations

from pathlib import Path

from straits.case.build import assemble, examine
from straits.case.case import Case
from straits.case.checks.run import run_checks
from straits.case.files.folder import SETTINGS_FILE, holds_case, read_folder
from straits.case.files.raw import RawCase
from straits.case.files.yaml import read_yaml
from straits.case.findings import Finding, Findings
from straits.cases import bundled, find_bundled, home
from straits.errors import StraitsError, did_you_mean, few_suggestions


def read_raw(path: Path, findings: list[Finding]) -> RawCase:
    """Read a folder or workbook without typing its cells."""
    with few_suggestions():
        if path.is_dir():
            return read_folder(path, findings)
        from straits.case.files.workbook import read_workbook

        return read_workbook(path, findings)


def locate(name_or_path: str | Path) -> Path:
    """Find a case: a folder, an `.xlsx` file, or the name of a bundled case.

    Raises
    ------
    StraitsError
        Neither.
    """
    path = Path(name_or_path)
    named = bool(str(name_or_path).strip())  # an empty name would be this folder
    if named and (
        (path.is_dir() and holds_case(path)) or (path.is_file() and path.suffix.lower() == ".xlsx")
    ):
        return path
    if path.name == SETTINGS_FILE and path.is_file():
        return path.parent
    found = find_bundled(str(name_or_path)) if isinstance(name_or_path, str) else None
    if found is not None:
        return found
    if named and path.is_dir():
        raise StraitsError(
            f"folder {path} holds no case: neither {SETTINGS_FILE} nor a table such as links.csv; `straits new` makes a case"
        )
    names = bundled()
    raise StraitsError(
        f"no case {str(name_or_path)!r}: neither a folder, nor an .xlsx file, nor a bundled case "
        f"({', '.join(names)}){did_you_mean(str(name_or_path), names)}"
    )


def load_case(name_or_path: str | Path) -> Case:
    """Load a bundled case by its name, or a folder or `.xlsx` workbook.

    Parameters
    ----------
    name_or_path : str or Path

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every error of the case.
    StraitsError
        No such case.
    """
    path = locate(name_or_path)
    findings: list[Finding] = []
    return assemble(Case, read_raw(path, findings), findings, name=str(name_or_path))


def bundled_titles() -> dict[str, str]:
    """Give the title of each bundled case by its name, from its settings alone."""
    titles = {}
    for name in bundled():
        settings = (home() / name / SETTINGS_FILE).read_bytes()
        titles[name] = str((read_yaml(SETTINGS_FILE, settings, []) or {})["title"])
    return titles


def check_case(name_or_path: str | Path) -> Findings:
    """Find everything that is wrong or doubtful in a case, without raising a `CaseError`.

    Parameters
    ----------
    name_or_path : str or Path
        As in `load_case`.

    Returns
    -------
    Findings
        If the case can be read, errors, warnings and unsourced numbers; if not, all errors that can be known.

    Raises
    ------
    StraitsError
        No such case.
    """
    path = locate(name_or_path)
    findings: list[Finding] = []
    case = examine(Case, read_raw(path, findings), findings, name=str(name_or_path))
    if case is not None:
        return run_checks(case, sound=True)
    return Findings(tuple(findings))
