"""Errors of straits. Everything it raises on purpose is a `StraitsError`, and its text can be shown to a user as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from straits.case.findings import Finding


class StraitsError(Exception):
    """Base of all errors that straits raises on purpose."""


class CaseError(StraitsError):
    """A case that cannot be right. Carries every finding, not only the first.

    Parameters
    ----------
    findings : sequence of Finding
        All errors found.
    where : str
        Name of the case, folder or workbook, for the heading.
    """

    def __init__(self, findings: Sequence[Finding], where: str = "") -> None:
        self.findings = tuple(findings)
        self.where = where
        count = len(self.findings)
        head = f"{where + ': ' if where else ''}{count} error{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {finding.text}" for finding in self.findings)]))


class UnitError(StraitsError, ValueError):
    """A unit that is unknown, of the wrong dimension, or that needs a factor which the commodity does not give."""


class ModelError(StraitsError):
    """A case or scenario from which no model can be built, or a question that has no meaning for it."""


class SolveError(StraitsError):
    """A model that has no solution, or a solver that gave none."""


class InfeasibleError(SolveError):
    """A model in which not everything that is hard can hold at once.

    Parameters
    ----------
    text : str
        Explanation.
    conflicts : sequence of str
        Names of the rows and columns in conflict.
    """

    def __init__(self, text: str, conflicts: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.conflicts = tuple(conflicts)


class MissingExtra(StraitsError, ImportError):
    """A package that an optional part needs is not installed.

    Parameters
    ----------
    what : str
        What needs it, as the beginning of a sentence.
    extra : str
        Name of the extra that brings it.
    missing : ImportError
        What failed.
    """

    def __init__(self, what: str, extra: str, missing: ImportError) -> None:
        name = f" ({missing.name} is missing)" if missing.name else ""
        super().__init__(f"{what} needs more than is installed{name}: pip install 'straits[{extra}]'")


def did_you_mean(found: str, accepted: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` for the nearest accepted text, or an empty text when none is near.

    Texts that differ only in case come first: they are the most common slip and can hide in a long list.

    Parameters
    ----------
    found : str
        What stands there.
    accepted : iterable of str
        What could stand there.

    Returns
    -------
    str
    """
    known = list(accepted)
    near = [name for name in known if name.lower() == found.lower()]
    near = near or get_close_matches(found, known, n=2, cutoff=0.6)
    if not near:
        return ""
    return "; did you mean " + " or ".join(repr(name) for name in near) + "?"
