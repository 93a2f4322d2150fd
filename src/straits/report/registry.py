"""What an analysis adds to a study: a part. A new one is a file below `straits.report.sections`; nothing else changes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from straits.errors import StraitsError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.report.page import Section
    from straits.report.sections.basemaps import Basemaps
    from straits.report.study.content import Study
    from straits.report.table import Table


@dataclass(frozen=True)
class OfCase:
    """A question that needs no more than the case and the id of the main scenario.

    Attributes
    ----------
    find : callable
        Returns the answer.
    wanted : callable
        Whether the case asks for it.
    """

    find: Callable[[Case, str], Any]
    wanted: Callable[[Case], bool]


@dataclass(frozen=True)
class Question:
    """What is solved for a part beyond the scenarios.

    Attributes
    ----------
    name : str
        Under which `Study.lacking` says why there is no answer.
    title : str
        What people read while it is solved, and where it fails.
    find : callable
        Returns the answer, which `Study.part` gives by its type.
    wanted : callable
        Whether the case asks for it.
    of_case : OfCase, optional
        How the same is asked of the case alone, so that it need not wait for the scenarios.
    after : str
        Name of the question whose answer it needs; empty for none.
    weight : float
        How long it takes beside others.
    """

    name: str
    title: str
    find: Callable[[Study], Any]
    wanted: Callable[[Study], bool]
    of_case: OfCase | None = None
    after: str = ""
    weight: float = 1.0


#: What the first screen of a report answers, in this order.
QUESTIONS = ("what it is", "how bad", "for whom", "how sure", "what helps")


@dataclass(frozen=True)
class Headline:
    """A sentence for the first screen.

    Attributes
    ----------
    question : str
        One of `QUESTIONS`. Of all parts that have something to say, the one of the lowest rank is heard.
    say : callable
        Returns one sentence; empty for nothing to say. `[number](#ident)` links a number to the section that holds its table.
    rank : int
        10 for a part that answers the question; 90 for one that only touches it.
    """

    question: str
    say: Callable[[Study], str]
    rank: int = 50


@dataclass(frozen=True)
class Part:
    """One part of a study.

    Attributes
    ----------
    ident : str
        Id of its section in the page.
    order : int
        Its place among the others, in the page and among the tables.
    show : callable, optional
        Makes the section; one without blocks is left out.
    opening : callable, optional
        Says what stands before the blocks of the section, in sentences that hold by themselves; empty for nothing.
    tables : tuple of callables
        Make its tables; those without rows are left out.
    more_tables : callable, optional
        Makes tables whose number is not known before.
    asks : tuple of Question
        What is solved for it, in this order.
    numbers : callable, optional
        What it adds to `summary.json`.
    headlines : tuple of Headline
        What it has to say on the first screen.
    absent : str
        Why a case may have nothing for its section, as the end of a sentence that begins with the section's title; empty
        where that needs no word.
    """

    ident: str
    order: int
    show: Callable[[Study, Basemaps], Section] | None = None
    opening: Callable[[Study], str] | None = None
    tables: tuple[Callable[[Study], Table], ...] = ()
    more_tables: Callable[[Study], list[Table]] | None = None
    asks: tuple[Question, ...] = ()
    numbers: Callable[[Study], dict[str, Any]] | None = None
    headlines: tuple[Headline, ...] = ()
    absent: str = "the case has nothing of the kind"

    def every_table(self, study: Study) -> list[Table]:
        """Return its tables, those without rows among them."""
        more = [] if self.more_tables is None else self.more_tables(study)
        return [*(make(study) for make in self.tables), *more]

    def section(self, study: Study, bases: Basemaps) -> Section | None:
        """Return its section of the page; one without blocks if there is nothing to show, None if it never has one."""
        found = None if self.show is None else self.show(study, bases)
        if found and found.blocks and self.opening is not None and (text := self.opening(study)):
            found.blocks.insert(0, text)
        return found

    def why_absent(self, study: Study) -> str:
        """Return why there is nothing to show: what a question ended with, or else what the part says of itself."""
        told = [study.lacking[asked.name] for asked in self.asks if asked.name in study.lacking]
        return told[0].rstrip(".") if told else self.absent


def check_sections(names: Collection[str]) -> None:
    """Refuse names that no section of a report has.

    Raises
    ------
    StraitsError
    """
    known = [part.ident for part in all_parts() if part.show is not None]
    wrong = [name for name in names if name not in known]
    if wrong:
        raise StraitsError(
            f"section {', '.join(map(repr, wrong))} is unknown; accepted: {', '.join(known)}{did_you_mean(wrong[0], known)}"
        )


@cache
def all_parts() -> tuple[Part, ...]:
    """Return the `PART` of every module below `straits.report.sections`, in their order."""
    from straits.report import sections

    names = (found.name for found in pkgutil.walk_packages(sections.__path__, f"{sections.__name__}."))
    modules = (importlib.import_module(name) for name in sorted(names))
    return tuple(sorted((m.PART for m in modules if hasattr(m, "PART")), key=lambda part: part.order))
