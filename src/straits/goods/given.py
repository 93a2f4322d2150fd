"""What a question of a folder gives: files that lie beside it, and values of the kinds that a function takes.

The folder comes with a case, so nothing outside it is read, and nothing is written.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, get_type_hints

from straits.case.files.folder import is_ours
from straits.errors import StraitsError, did_you_mean
from straits.goods.reading import options_of

if TYPE_CHECKING:
    from straits.results import Result

#: What can be asked, and which of its arguments are files.
ASKED: dict[str, tuple[str, ...]] = {
    "growth": ("files", "rates"),
    "gap": ("files", "rates"),
    "surges": ("files", "concordance", "rates"),
    "divert": ("files", "concordance", "listed", "rates"),
    "reexport": ("files", "rates"),
    "trace": ("files",),
    "screen": ("lists", "asked", "concordance"),
    "claim": ("claims", "files"),
    "pick": ("consignments",),
    "to_case": (),
}
#: What names and heads a question, and what says how its files are read.
_ABOUT, _READING = ("ask", "name", "title"), ("columns", "set")
#: Arguments that no question gives: those that need a program, a ledger that is written to, and a folder to write into.
_NOT_GIVEN = ("options", "progress", "case", "ledger", "by", "folder")
#: Years and days, which YAML reads as numbers.
_DATES = ("period", "before", "after", "event", "as_of", "start", "end", "span")
#: What stands in the annotations of these functions and their modules import for type checkers alone.
_NAMES = {**dict.fromkeys(("Result", "Case", "Options"), Any), "Callable": Callable, "Party": str}


def arguments(
    ask: str, function: Callable[..., Result], item: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """Return what a question gives to the function that answers it.

    Parameters
    ----------
    ask : str
    function : callable
    item : mapping
        The question as it stands in the list.
    folder : Path
        Where its files lie.

    Raises
    ------
    StraitsError
        An argument that the function does not have or that is of another kind, a file that is not of the folder, or something
        that is missing.
    """
    signature = inspect.signature(function).parameters
    known = [name for name in signature if name not in _NOT_GIVEN]
    given = {key: value for key, value in item.items() if key not in (*_ABOUT, *_READING)}
    for key in given:
        if key not in known:
            raise StraitsError(
                f"{ask}: {key} is not known{did_you_mean(str(key), known)}; known: {', '.join(known)}"
            )
    hints = get_type_hints(function, localns=_NAMES)
    for key, value in given.items():
        if key in ASKED[ask]:
            given[key] = [
                _inside(folder, name, f"{ask}: {key}")
                for name in (value if isinstance(value, list) else [value])
            ]
        elif key != "diverted":
            year = key in _DATES and isinstance(value, int | float) and not isinstance(value, bool)
            given[key] = _fitting(hints[key], str(value) if year else value, f"{ask}: {key}")
    if "options" in signature:
        given["options"] = _options(item, ask)
    missing = [
        name for name, one in signature.items()
        if one.default is inspect.Parameter.empty and name not in given and name in known
    ]  # fmt: skip
    if missing:
        raise StraitsError(f"{ask}: {', '.join(missing)} must be said")
    return given


def _fitting(hint: Any, value: Any, where: str) -> Any:
    """Return a value if it is of the kind that is expected."""
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(hint).validate_python(value, strict=isinstance(value, bool | str))
    except ValidationError as error:
        told = sorted({one["msg"].removeprefix("Input should be ") for one in error.errors()})
        quoted = "; a code or a name that looks like a number stands in quotes" if _is_number(value) else ""
        raise StraitsError(f"{where}: found {_short(value)}; accepted: {' or '.join(told)}{quoted}") from None
    return value


def _is_number(value: Any) -> bool:
    return any(isinstance(one, int | float) for one in (value if isinstance(value, list) else [value]))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _options(item: Mapping[str, Any], ask: str) -> Any:
    """Return how the files of a question are read: a column map, and what they do not say themselves."""
    for key in _READING:
        told = item.get(key)
        if told is not None and not (
            isinstance(told, dict) and all(isinstance(one, str) for pair in told.items() for one in pair)
        ):
            raise StraitsError(
                f"{ask}: {key}: found {_short(told)}; accepted: names with texts, such as currency: EUR"
            )
    declared = dict(item.get("set") or {})
    if "columns" in declared:
        raise StraitsError(f"{ask}: set: a column map is given by `columns`, beside `set`")
    return options_of(item.get("columns"), **declared)


def _inside(folder: Path, name: Any, where: str) -> Path:
    """Return a file of the folder; what is no name of one, leads out of it or is a link is an error, one that lacks is not."""
    if not isinstance(name, str) or not name.strip() or "\x00" in name:
        raise StraitsError(
            f"{where}: found {_short(name)}; accepted: the name of a file in the folder of the questions"
        )
    parts = (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
    if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
        raise StraitsError(
            f"{where}: {name} lies outside the folder of the questions; only files in it are read"
        )
    path = folder / name
    for step in _steps(folder, path):
        if step.is_symlink() and not is_ours(step):
            raise StraitsError(f"{where}: {name} is a link, which is not followed; put the file itself there")
    return path


def _steps(folder: Path, path: Path) -> Iterator[Path]:
    """Give each folder between the folder of the questions and a file, and the file."""
    for part in path.relative_to(folder).parts:
        folder = folder / part
        yield folder


__all__ = ["ASKED", "arguments"]
