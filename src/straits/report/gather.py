"""Solve all that a case holds and gather it for the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from straits.errors import SolveError, StraitsError, did_you_mean
from straits.report.registry import Question, all_parts, check_sections
from straits.report.sections.support.documents import read_documents
from straits.report.sections.support.openness import open_numbers
from straits.report.study.content import Study

if TYPE_CHECKING:
    from pathlib import Path

    from straits.case.case import Case
    from straits.report.sections.support.goods import Goods


#: Sections that need the main answer solved again and again, with costs and unsourced numbers moved.
PARTS_OF_RANGE = ("intervals", "weak-numbers")


def check_asked(case: Case, lead: str | None, sections: Collection[str] | None) -> None:
    """Refuse a scenario that the case does not have, and unknown sections, before anything is solved.

    Raises
    ------
    StraitsError
    """
    if lead is not None and lead not in case.scenarios:
        known = list(case.scenarios)
        raise StraitsError(
            f"scenario {lead!r} is unknown; accepted: {', '.join(known) or 'none'}{did_you_mean(lead, known)}"
        )
    if sections is not None:
        check_sections(sections)


def build_study(
    case: Case,
    *,
    tried: int = 15,
    ledger: Path | None = None,
    ledger_key: bytes | None = None,
    goods: Path | None = None,
    lead: str | None = None,
    sections: Collection[str] | None = None,
    refine: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Study:
    """Solve all that a case holds and gather what the report needs.

    Parameters
    ----------
    case : Case
    tried : int
        Uncertain prices to set to their ends, besides the amounts that may bind, each two more runs of the main scenario and
        of what it is compared with; 0 for none of either. Only for a case with a focus and a scenario.
    ledger : Path, optional
        Ledger of evidence whose accepted events and chosen terms the report shows.
    ledger_key : bytes, optional
        Key under which the ledger's seal is checked; without one only its chain is.
    goods : Path, optional
        Folder of questions on goods, see `straits.goods.questions`.
    lead : str, optional
        Scenario that the report leads with. Default: that of the focus, else the one that loses most.
    sections : collection of str, optional
        Ids of the sections that are wanted; what others ask is not solved. Default: all.
    refine : bool
        Whether scenarios are solved in finer steps round what lasts less than three steps; see `straits.stress`.
    progress : callable, optional
        Called with the name of each part when it is done.

    Returns
    -------
    Study

    Raises
    ------
    StraitsError
        No such scenario or section.
    CaseError, ModelError, InfeasibleError, SolveError
        As `straits.stress.stress`, of the baseline. Of all else, what has no answer is listed in `Study.failed`.
    """
    from straits.stress import stress
    from straits.stress.varied.sensitivity import cost_intervals, sensitivity

    begin = time.perf_counter()
    check_asked(case, lead, sections)
    # Read first: a wrong path shall not be found after a minute of solving.
    documents = read_documents(ledger, ledger_key) if ledger else None
    answered = _goods(goods, case, progress)
    comparison = stress(case, refine=refine, progress=progress)
    study = Study(
        comparison,
        findings=case.check(),
        lead=lead,
        sections=None if sections is None else frozenset(sections),
    )
    unanswered: dict[str, str] = {}

    def ask(title: str, asked: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        try:
            return asked()
        except SolveError as error:
            unanswered[title] = str(error)
            return pd.DataFrame()
        finally:
            if progress:
                progress(title)

    wanted = set(PARTS_OF_RANGE) if sections is None else set(sections)
    study = replace(
        study, ranges=ask("ranges of equally good plans", lambda: open_numbers(comparison, study.main))
    )
    if tried and wanted & set(PARTS_OF_RANGE) and case.settings.focus and (main := study.main):
        intervals = ask("intervals of costs", lambda: cost_intervals(case, main))
        numbers = ask(
            "numbers that move the answer",
            lambda: sensitivity(case, main, limit=tried, progress=progress),
        )
        study = replace(study, intervals=intervals, sensitivity=numbers)
    study = ask_all(replace(study, unanswered=unanswered), progress)
    for found in (documents, answered):
        study = study if found is None else study.with_part(found)
    return replace(study, seconds=time.perf_counter() - begin)


def _goods(folder: Path | None, case: Case, progress: Callable[[str], None] | None) -> Goods | None:
    """Answer the questions on goods, if there are any."""
    if folder is None:
        return None
    from straits.goods.questions import answers
    from straits.report.sections.support.goods import Goods

    found = Goods(tuple(answers(folder, case)))
    if progress:
        progress("goods")
    return found


def ask_all(study: Study, progress: Callable[[str], None] | None = None) -> Study:
    """Return the study with what its parts ask beyond the scenarios, and why what is lacking is lacking."""
    for part in all_parts():
        if study.sections is not None and part.ident not in study.sections:
            continue
        for question in part.asks:
            if question.wanted(study):
                study = _asked(study, question)
                if progress:
                    progress(question.title)
    return study


def _asked(study: Study, question: Question) -> Study:
    try:
        found = question.find(study)
    except StraitsError as error:
        lacking = {**study.lacking, question.name: str(error)}
        # What has no meaning for a case is no failure; a question that the solver does not answer is one.
        failed = {question.title: str(error)} if isinstance(error, SolveError) else {}
        return replace(study, lacking=lacking, unanswered={**study.unanswered, **failed})
    within = getattr(found, "unanswered", {})
    return replace(study.with_part(found), unanswered={**study.unanswered, **within})


__all__ = ["ask_all", "build_study"]
