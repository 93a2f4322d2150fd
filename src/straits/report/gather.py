"""Solve all that a case holds and gather it for the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import pandas as pd

from straits.errors import StraitsError, did_you_mean
from straits.report.registry import Question, all_parts, check_sections
from straits.report.sections.support.documents import read_documents
from straits.report.sections.support.openness import open_numbers
from straits.report.study.content import Study
from straits.report.study.jobs import Job, Jobs, Outcome, Told

if TYPE_CHECKING:
    from pathlib import Path

    from straits.case.case import Case
    from straits.report.sections.support.goods import Goods
    from straits.report.study.pieces import Pieces


#: What is found as a table of the study itself, not as a part.
TABLES = ("ranges", "intervals", "sensitivity")

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
    tried: int | Literal["all"] | None = None,
    ledger: Path | None = None,
    ledger_key: bytes | None = None,
    goods: Path | None = None,
    lead: str | None = None,
    sections: Collection[str] | None = None,
    refine: bool = True,
    progress: Callable[[str], None] | None = None,
    told: Told | None = None,
    workers: int = 1,
    kept: Pieces | None = None,
) -> Study:
    """Solve all that a case holds and gather what the report needs.

    Parameters
    ----------
    case : Case
    tried : int or "all", optional
        Uncertain numbers that are solved at both ends, each two more runs of the main scenario and of what it is compared with:
        `limit` of `straits.stress.varied.sensitivity.sensitivity`; 0 for none of them, and no intervals of costs either. Only for
        a case with a focus and a scenario.
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
    told : callable, optional
        Called with parts beyond the scenarios that are done, all of them, and the seconds left.
    workers : int
        Processes, this one among them; the answers do not depend on it.
    kept : Pieces, optional
        Where the answers of parts are kept as they come. Those found there are not worked out again.

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

    begin = time.perf_counter()
    check_asked(case, lead, sections)
    # Read first: a wrong path shall not be found after a minute of solving.
    documents = read_documents(ledger, ledger_key) if ledger else None
    wanted = set(PARTS_OF_RANGE) if sections is None else set(sections)
    ranged = bool(tried != 0 and wanted & set(PARTS_OF_RANGE) and case.settings.focus)
    with closing(Jobs(workers, kept, progress, told)) as jobs:
        if (main := _known_main(case, lead)) is not None:
            jobs.begin(case, main, _of_case(case, sections, tried if ranged else 0))
        answered = _goods(goods, case, progress)
        comparison = stress(case, refine=refine, progress=progress)
        study = Study(
            comparison,
            findings=case.check(),
            lead=lead,
            sections=None if sections is None else frozenset(sections),
        )
        study = replace(study, tried=ranged and study.main is not None)
        if study.main != main:
            jobs.forget()
        asked = [Job("ranges", "ranges of equally good plans", _open, weight=1)]
        asked += _of_numbers(tried if study.tried else 0) + _questions(study)
        if sections is None and workers > 1:
            # Read off the scenarios when the report is written; worked out while others answer.
            asked.append(Job("tables", "tables of the scenarios", _tables, weight=6, here=True))
        study = _with(study, asked, jobs.finish(study, study.main, asked))
    for found in (documents, answered):
        study = study if found is None else study.with_part(found)
    return replace(study, seconds=time.perf_counter() - begin)


def _known_main(case: Case, lead: str | None) -> str | None:
    """Return the scenario that a study will lead with, if that is known before anything is solved and if it has an answer."""
    focus = case.settings.focus
    named = lead or (focus.scenario if focus else None)
    return named if named in case.scenarios else None


def _open(study: Study) -> pd.DataFrame:
    return open_numbers(study.comparison, study.main)


def _tables(study: Study) -> tuple[str, ...]:
    return tuple(study.comparison.tables)


def _of_numbers(tried: int | Literal["all"] | None) -> list[Job]:
    """Give the jobs that try uncertain numbers one by one, and costs together; none to try no number."""
    from straits.stress.varied.sensitivity import cost_intervals, sensitivity

    if tried == 0:
        return []
    single = partial(sensitivity, limit=tried)
    return [
        Job("intervals", "intervals of costs", cost_intervals, weight=1, of_case=True),
        Job("sensitivity", "numbers that move the answer", single, weight=6, of_case=True),
    ]


def _of_case(case: Case, sections: Collection[str] | None, tried: int | Literal["all"] | None) -> list[Job]:
    """Give the jobs that need no more than the case and the main scenario."""
    asked = [
        Job(question.name, question.title, question.of_case.find, question.weight, of_case=True)
        for question in _asked(sections)
        if question.of_case is not None and question.of_case.wanted(case)
    ]
    return asked + _of_numbers(tried)


def _asked(sections: Collection[str] | None) -> list[Question]:
    parts = [part for part in all_parts() if sections is None or part.ident in sections]
    return [question for part in parts for question in part.asks]


def _questions(study: Study) -> list[Job]:
    """Give the jobs of the parts of a study."""
    found: dict[str, Job] = {}
    for question in _asked(study.sections):
        after = question.after if question.after in found else ""
        if after or question.wanted(study):
            name, title, weight = question.name, question.title, question.weight
            if question.of_case is not None and study.main is not None:
                found[name] = Job(name, title, question.of_case.find, weight, of_case=True)
            else:
                found[name] = Job(name, title, question.find, weight, after=after)
    return list(found.values())


def _with(study: Study, asked: Sequence[Job], outcomes: Mapping[str, Outcome]) -> Study:
    """Return the study with what was found, and why what is lacking is lacking."""
    for job in asked:
        if job.name not in outcomes or job.here:
            continue
        outcome = outcomes[job.name]
        if outcome.found is None:
            if job.name not in TABLES and not outcome.failed:
                # What has no meaning for a case is no failure; a question that the solver does not answer is one.
                study = replace(study, lacking={**study.lacking, job.name: outcome.why})
                continue
            if not outcome.failed:
                raise StraitsError(outcome.why)
            lacking = {} if job.name in TABLES else {job.name: outcome.why}
            study = replace(
                study,
                lacking={**study.lacking, **lacking},
                unanswered={**study.unanswered, job.title: outcome.why},
            )
        elif job.name in TABLES:
            study = replace(study, **{job.name: outcome.found})
        else:
            within = getattr(outcome.found, "unanswered", {})
            study = replace(study.with_part(outcome.found), unanswered={**study.unanswered, **within})
    return study


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
    asked = _questions(study)
    return _with(study, asked, Jobs(progress=progress).finish(study, study.main, asked))


__all__ = ["ask_all", "build_study"]
