"""Questions that stand in a folder `goods/` beside a case, and their answers: what a report shows of goods.

`goods/questions.yaml` is a list; each item says which function of `straits.goods` answers it (`ask`) and with what. Files lie
beside it:

    - ask: gap
      title: Who sends more to Kazakhstan than arrives?
      files: [mirror.csv]
      importer: KZ
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from straits.case.files.folder import GOODS_FOLDER, is_ours
from straits.errors import StraitsError, did_you_mean
from straits.files import read_regular
from straits.goods.given import ASKED, arguments

if TYPE_CHECKING:
    from straits.case import Case
    from straits.case.findings import Finding
    from straits.results import Result

FILE = "questions.yaml"


@dataclass(frozen=True)
class Answered:
    """A question of the folder with its answer.

    Attributes
    ----------
    name : str
        Unique; of the item, or what it asks with its number.
    ask, title : str
    result : Result or None
        None if it could not be asked.
    why_not : str
        What went wrong.
    """

    name: str
    ask: str
    title: str
    result: Result | None
    why_not: str = ""


def folder_of(case: str | Path) -> Path | None:
    """Return the folder of questions beside a case, given as the command line gives it; None if there is none."""
    from straits.case.load import locate

    place = locate(case)
    folder = place / GOODS_FOLDER if place.is_dir() else place.parent / GOODS_FOLDER
    if folder.is_symlink() and not is_ours(folder):
        raise StraitsError(f"{folder}: is a link, which is not followed; put the folder itself there")
    return folder if (folder / FILE).is_file() else None


def answers(folder: Path | str, case: Case | None = None) -> list[Answered]:
    """Answer every question of a folder.

    Parameters
    ----------
    folder : Path or str
        With `questions.yaml`.
    case : Case, optional
        For `to_case`.

    Returns
    -------
    list of Answered
        In the order of the file. A question that cannot be asked stays in the list, with why.

    Raises
    ------
    StraitsError
        If there is no list of questions, or it is not one.
    """
    folder = Path(folder)
    found: list[Answered] = []
    for name, item in _named(folder):
        title = str(item.get("title", ""))
        told = Answered(name, str(item["ask"]), title, None)
        try:
            result = _ask(item, folder, {one.name: one.result for one in found}, case)
            result = _with_short_names(result, folder)
            found.append(replace(told, result=result, title=title or result.question))
        except StraitsError as error:
            found.append(replace(told, title=title or name, why_not=str(error)))
    return found


def titles(folder: Path | str) -> dict[str, str]:
    """Return the title of each question of a folder by its name, without asking any.

    Raises
    ------
    StraitsError
        If there is no list of questions, or it is not one.
    """
    return {name: str(item.get("title", "")) or name for name, item in _named(Path(folder))}


def _named(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the questions with their names: given, or what each asks with its number."""
    return [
        (str(item.get("name", f"{item['ask']}-{number}")), item)
        for number, item in enumerate(_questions(folder / FILE), 1)
    ]


def _with_short_names(result: Result, folder: Path) -> Result:
    """Return a result that names files as the folder does: where it lies on a machine is no part of the answer."""
    prefix = f"{folder}/"
    tables = {}
    for name, table in result.tables.items():
        texts = [column for column in ("file", "source", "files") if column in table]
        short = {column: table[column].map(lambda text: str(text).replace(prefix, "")) for column in texts}
        changed = table.assign(**short) if texts else table
        changed.attrs = table.attrs
        tables[name] = changed
    return result.with_tables(**tables)


def _questions(path: Path) -> list[dict[str, Any]]:
    from straits.case.files.yaml import MOST_BYTES, read_list

    findings: list[Finding] = []
    try:
        data = read_regular(path, MOST_BYTES, links=is_ours(path))
    except OSError as error:
        raise StraitsError(f"{path}: no list of questions can be read: {error.strerror or error}") from error
    content = read_list(FILE, data, findings)
    if content is None:
        found, expected = findings[0].message, "a list of questions is expected, each with `ask`"
        told = expected if found.startswith("found no") else f"no list of questions can be read: {found}"
        raise StraitsError(f"{path}{f', line {findings[0].line}' if findings[0].line else ''}: {told}")
    if not all(isinstance(item, dict) for item in content):
        raise StraitsError(f"{path}: a list of questions is expected, each with `ask`")
    for number, item in enumerate(content, 1):
        ask = item.get("ask")
        if not isinstance(ask, str) or ask not in ASKED:
            raise StraitsError(
                f"{path}: question {number}: ask {ask!r} is not known{did_you_mean(str(ask), ASKED)}; known: {', '.join(ASKED)}"
            )
    return content


def _ask(
    item: Mapping[str, Any], folder: Path, before: Mapping[str, Result | None], case: Case | None
) -> Result:
    from straits import goods

    ask = str(item["ask"])
    function = getattr(goods, ask)
    if ask == "to_case":
        name = str(item.get("diverted", ""))
        if before.get(name) is None or case is None:
            raise StraitsError(
                f"to_case: diverted {name!r} is no earlier answer; known: {', '.join(before) or 'none'}"
            )
        given = arguments(ask, function, item, folder) | {"diverted": before[name], "case": case}
    else:
        given = arguments(ask, function, item, folder)
    result: Result = function(**given)
    return result
