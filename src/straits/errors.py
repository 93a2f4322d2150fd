"""Errors of straits. Everything it raises on purpose is a `StraitsError`, and its text can be shown to a user as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from heapq import nlargest
from typing import TYPE_CHECKING

from straits.lookalike import difference, skeleton

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


class GameError(StraitsError, ValueError):
    """A game, a player or a parameter that cannot be right."""


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


#: Longest text for which a near one is looked for, and most suggestions in one reading of a case: more help nobody, and a case
#: with thousands of slips must not take minutes to say so.
_LONGEST, _MOST_SUGGESTIONS = 100, 100
#: Among so many texts each is compared letter by letter; of more only those that share most letters.
_COMPARED = 60

_left: ContextVar[list[int] | None] = ContextVar("suggestions that are left", default=None)


@contextmanager
def few_suggestions() -> Iterator[None]:
    """Bound how often `did_you_mean` looks for near texts within a block; a block inside another shares its bound."""
    if _left.get() is not None:
        yield
        return
    token = _left.set([_MOST_SUGGESTIONS])
    try:
        yield
    finally:
        _left.reset(token)


def did_you_mean(found: str, accepted: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` for the nearest accepted text, or an empty text when none is near.

    Texts that look the same or differ only in case come first: they are the most common slips and can hide in a long list. A
    difference that a reader could not see is told by code points.

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
    left = _left.get()
    if len(found) > _LONGEST or (left is not None and left[0] <= 0):
        return ""
    if left is not None:
        left[0] -= 1
    near = _near(found, [name for name in accepted if len(name) <= _LONGEST])
    if not near:
        return ""
    told = next(filter(None, (difference(found, name) for name in near)), "")
    return "; did you mean " + " or ".join(repr(name) for name in near) + "?" + (f" ({told})" if told else "")


def _near(found: str, known: list[str]) -> list[str]:
    near = [name for name in known if name.lower() == found.lower()]
    if not near and not found.isascii():
        near = [name for name in known if skeleton(name) == skeleton(found)]
    elif not near:
        near = [name for name in known if not name.isascii() and skeleton(name) == skeleton(found)]
    if near:
        return near[:2]
    letters = set(found)
    if len(known) > _COMPARED:
        alike = [name for name in known if abs(len(name) - len(found)) <= max(2, len(found) // 2)]
        known = nlargest(
            _COMPARED, alike, key=lambda name: len(letters & set(name)) - abs(len(name) - len(found))
        )
    return get_close_matches(found, known, n=2, cutoff=0.6)
