"""What all commands share: where they print, how they show an error, a table, and what goes on."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from straits.errors import StraitsError

if TYPE_CHECKING:
    import pandas as pd

out, err = Console(), Console(stderr=True)
#: Letters that a column of words keeps in a line before numbers go into a table below.
WORD = 6

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output, for machines.")]


def shown(command: Callable[..., None]) -> Callable[..., None]:
    """Show an error of straits as its text, without a traceback, and end with status 1; end with 130 when stopped."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except StraitsError as error:
            err.print("error:", style="bold red", end=" ")
            err.print(str(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            err.print(
                "stopped; what is done is kept if --store FOLDER was given, and the same command then goes on from it"
            )
            raise typer.Exit(130) from None

    return run


def say(text: str) -> None:
    """Print a line as it is."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def print_table(table: pd.DataFrame, title: str, top: int | None = None) -> None:
    """Print a table with a title, or its first `top` rows; nothing for an empty one."""
    from rich.markup import escape
    from rich.table import Table

    if not len(table):
        return
    rows = [[cell(value) for value in row] for row in table.head(top or len(table)).itertuples(index=False)]
    # Not as the title of the table, which would be broken to its width.
    if title:
        out.print(title, style="italic", markup=False, highlight=False)
    headings = [str(column).replace("_", " ") for column in table.columns]
    texts = [[heading, *(row[place] for row in rows)] for place, heading in enumerate(headings)]
    numeric = [table[column].dtype.kind in "if" for column in table.columns]
    # On a narrow terminal words make room for numbers and go on in the next line; so does a number that still finds no
    # room, since cut short it would be read as another number.
    least = [
        max(map(len, [*heading.split(), *text[1:]])) for heading, text in zip(headings, texts, strict=True)
    ]
    wide = sum(max(map(len, column)) + 3 for column in texts) + 1 <= out.width
    for part in [range(len(texts))] if wide else _parts(least, numeric, out.width):
        shown_table = Table()
        for place in part:
            shown_table.add_column(
                headings[place],
                justify="right" if numeric[place] else "left",
                width=least[place] if numeric[place] and not wide else None,
                overflow="fold",
            )
        for row in rows:
            shown_table.add_row(*(escape(row[place]) for place in part))
        out.print(shown_table)
    if top is not None and len(table) > top:
        err.print(f"… and {len(table) - top} more rows; --out FOLDER writes them all")


def _parts(least: list[int], numeric: list[bool], width: int) -> list[list[int]]:
    """Divide the columns of a table into parts that have room for all words and some of the numbers.

    Words are content with a few letters in a line; without them, nobody could tell what the numbers are of."""
    words = [place for place, number in enumerate(numeric) if not number]
    begun = 1 + sum(min(least[place], WORD) + 3 for place in words)
    parts: list[list[int]] = [[]]
    room = width - begun
    for place, number in enumerate(numeric):
        if not number:
            continue
        if parts[-1] and least[place] + 3 > room:
            parts.append([])
            room = width - begun
        parts[-1].append(place)
        room -= least[place] + 3
    return [sorted([*words, *part]) for part in parts]


def write_tables(tables: dict[str, pd.DataFrame], folder: Path | None) -> None:
    """Write tables as CSV into a folder, if one is given.

    Raises
    ------
    StraitsError
        If the folder cannot be written.
    """
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
    except OSError as error:
        raise StraitsError(f"{folder}: the tables cannot be written: {error.strerror}") from error


def cell(value: Any) -> str:
    """Write a cell of a printed table: numbers as `number` does, what is true or false as yes or no."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """Give four significant digits, without exponents, rounding of the solver shown as 0."""
    if value != value:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= 1e-6 else "0"


def write_json(content: Any) -> None:
    """Write JSON to standard output; infinities and missing numbers become null."""

    def plain(value: Any) -> Any:
        if isinstance(value, float) and not -float("inf") < value < float("inf"):
            return None
        if isinstance(value, dict):
            return {str(k): plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, list | tuple) else value

    sys.stdout.write(json.dumps(plain(content), indent=2, ensure_ascii=False, default=str) + "\n")


class Spinner:
    """A spinner on standard error that names what was finished last.

    Parameters
    ----------
    title : str
        Shown until something is finished.
    """

    def __init__(self, title: str) -> None:
        self._status = err.status(title)

    def __enter__(self) -> Callable[[str], None]:
        self._status.__enter__()
        return lambda name: self._status.update(f"{name} …")

    def __exit__(self, *error: Any) -> None:
        self._status.__exit__(*error)


def time_left(seconds: float) -> str:
    """Write how long something still takes; nothing if that is not known."""
    if not 0 <= seconds < float("inf"):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} left"


class Bar:
    """A progress bar on standard error with the time that has gone and, where it is known, the time that is left.

    Parameters
    ----------
    what : str
        What is counted.
    """

    def __init__(self, what: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[left]}"),
            console=err, transient=True, disable=not err.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(what, total=None, left="")

    def __enter__(self) -> Callable[[float, float, float], None]:
        self._bar.start()
        return lambda done, total, left: self._bar.update(
            self._task, completed=done, total=total, left=time_left(left)
        )

    def __exit__(self, *error: object) -> None:
        self._bar.stop()
