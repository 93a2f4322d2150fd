"""Goods whose path changed: the questions that stand in the folder `goods/` beside a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.analyses.registry import Analysis, Parameter, Tell
from straits.errors import ModelError, StraitsError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from straits.case.case import Case
    from straits.results import Result


def _folder(case: Case) -> Path | None:
    from straits.goods.questions import folder_of

    try:
        return folder_of(case.name)
    except StraitsError:  # a case that was made in memory
        return None


def _named(case: Case) -> tuple[str, ...]:
    from straits.goods.questions import titles

    folder = _folder(case)
    try:
        return tuple(titles(folder)) if folder else ()
    except StraitsError:
        return ()


def _goods(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.goods.questions import answers

    folder = _folder(case)
    if folder is None:
        raise ModelError(_none(case))
    found = {one.name: one for one in answers(folder, case)}
    which = given["which"]
    if which not in found:
        raise ModelError(f"there is no question {which!r} on goods{did_you_mean(which, found)}")
    one = found[which]
    if one.result is None:
        raise ModelError(f"{one.title}: {one.why_not}")
    return one.result


def _none(case: Case) -> str:
    return "" if _folder(case) else "The case has no folder goods with questions.yaml beside it."


def _code(name: str, given: dict[str, Any]) -> str:
    return (
        "import straits\nfrom straits.goods.questions import answers, folder_of\n\n"
        f"case = straits.load_case({name!r})\nfound = {{one.name: one for one in answers(folder_of({name!r}), case)}}\n"
        f"print(found[{given.get('which')!r}].result)\n"
    )


ANALYSES = (
    Analysis(
        "goods",
        "Goods whose path changed",
        "What do trade statistics, certificates and lists say of goods that take another way?",
        (
            Parameter(
                "which",
                "Question",
                "choice",
                lambda case: next(iter(_named(case)), None),
                _named,
                optional=False,
                hint="Of goods/questions.yaml",
            ),
        ),
        _goods,
        order=70,
        wanted=_none,
        code=_code,
    ),
)
