"""What all commands share: where they print, how they show an error, a table, and what goes on."""

from __future__ import annotations

import functools
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.segment import Segment

from straits.errors import StraitsError
from straits.files import write_together
from straits.plain import as_text, plain, plain_json
from straits.spreadsheet import frame_bytes
from straits.wording import as_amount

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import ConsoleOptions, RenderableType
    from rich.text import Text


class Terminal(Console):
    """A console on which whatever is printed is shown as text, whoever wrote it.

    Signs that steer a terminal are written out, and square brackets and colons are no markup. Every command prints here.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **how)

    def render_str(self, text: str, **how: Any) -> Text:
        """Give a text without markup, measured as it will be shown."""
        return super().render_str(plain(text), **{**how, "markup": False, "emoji": False})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is shown; what a renderable brings by itself is written out here at the latest."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else plain(segment.text)
            yield segment if text == segment.text else Segment(text, segment.style)


out, err = Terminal(), Terminal(stderr=True)


def shown(command: Callable[..., None]) -> Callable[..., None]:
    """Show an error of straits, or of the machine, as its text, without a traceback, with status 1; end with 130 when stopped.

    A command that answered a part of what was asked ends with status 3 (`end_in_part`).
    """

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        _open_streams()
        _write_all_letters()
        try:
            command(*args, **kwargs)
        except StraitsError as error:
            _tell(str(error))
            raise typer.Exit(1) from None
        except BrokenPipeError:
            raise  # the reader has gone, as in `| head -1`: Click ends in silence
        except OSError as error:
            _tell(f"{error.filename or 'the output'}: {error.strerror or error}")
            raise typer.Exit(1) from None
        except MemoryError as error:
            _tell(f"not enough memory: {error or 'ask for less at a time'}")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            err.print(
                "stopped; what `run` has answered is kept, and what other commands have done if --store was given: the same "
                "command goes on from it"
            )
            raise typer.Exit(130) from None

    return run


#: Status of a command that answered a part of what was asked.
IN_PART = 3


def end_in_part(failed: Mapping[str, str]) -> None:
    """List on the standard error what has no answer and why, and end with status 3; do nothing if there is nothing to list.

    To be called last, when everything else is printed and written.
    """
    for name, why in failed.items():
        err.print("no answer:", style="bold red", end=" ")
        err.print(f"{name}: {why}", markup=False, highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(IN_PART)


def _tell(text: str) -> None:
    err.print("error:", style="bold red", end=" ")
    err.print(text, markup=False, highlight=False, soft_wrap=True)


def _open_streams() -> None:
    """Put nothing in the place of an input or output that was closed before the start, as `0<&-` does; Python has None there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def _write_all_letters() -> None:
    """Write letters that the terminal does not have as escapes, instead of ending with an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print a line as it is."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def hint(text: str) -> None:
    """Print a line beside what was asked for, on standard error."""
    err.print(text, markup=False, highlight=False, soft_wrap=True)


def print_table(table: pd.DataFrame, title: str, top: int | None = None) -> None:
    """Print a table with a title, or its first `top` rows; nothing for an empty one.

    On a narrow terminal words go on in the next line, and columns for which there is no room in a second table, which begins with
    the same names.
    """
    if not len(table):
        return
    shown_rows = table.head(top or len(table)).itertuples(index=False, name=None)
    numeric = [table[column].dtype.kind in "if" for column in table.columns]
    _print_rows(table.columns, [[cell(value) for value in row] for row in shown_rows], numeric, title)
    if top is not None and len(table) > top:
        err.print(f"… and {len(table) - top} more rows; --out FOLDER writes them all")


def print_totals(columns: Iterable[str], rows: Sequence[Sequence[str | float]], title: str) -> None:
    """Print plain rows, words and then numbers, as `print_table` prints a table; nothing where there are none."""
    if rows:
        numeric = [isinstance(value, float) for value in rows[0]]
        _print_rows(columns, [[cell(value) for value in row] for row in rows], numeric, title)


def _print_rows(columns: Iterable[object], rows: list[list[str]], numeric: list[bool], title: str) -> None:
    # Not as the title of the table, which would be broken to its width.
    if title:
        out.print(title, style="italic", markup=False, highlight=False)
    headings = [plain(str(column)).replace("_", " ") for column in columns]
    texts = [[heading, *(row[place] for row in rows)] for place, heading in enumerate(headings)]
    wide = [max(map(len, text)) for text in texts]
    # A number cut short would be read as another number; of words a few letters in a line can be read.
    least = [
        max(map(len, [*text[0].split(), *text[1:]])) if number else min(width, _READABLE)
        for text, number, width in zip(texts, numeric, wide, strict=True)
    ]
    for part in _parts(wide if _breadth(wide) <= out.width else least, numeric, out.width):
        _print_part(
            [texts[place] for place in part],
            [numeric[place] for place in part],
            [least[place] for place in part],
        )


#: Letters of a word that stand in one line at least.
_READABLE = 9


def _breadth(widths: Iterable[int]) -> int:
    """Give the breadth of a table whose columns are so wide, with its lines."""
    return sum(width + 3 for width in widths) + 1


def _parts(least: list[int], numeric: list[bool], room: int) -> list[list[int]]:
    """Divide columns among tables that fit into the room, each beginning with the columns that name its rows."""
    count = len(least)
    names = list(range(max(numeric.index(True), 1) if any(numeric) else 1))
    if _breadth([*(least[place] for place in names), max(least[len(names) :], default=0)]) > room:
        names = names[:1]
    parts = [names]
    for place in range(len(names), count):
        here = [*parts[-1], place]
        if _breadth(least[p] for p in here) > room and parts[-1] != names:
            here = [*names, place]
            parts.append(here)
        parts[-1] = here
    return parts


def _print_part(texts: list[list[str]], numeric: list[bool], least: list[int]) -> None:
    from rich.table import Table

    wide = _breadth(max(map(len, text)) for text in texts) <= out.width
    shown_table = Table()
    for text, number, width in zip(texts, numeric, least, strict=True):
        shown_table.add_column(
            text[0],
            justify="right" if number else "left",
            width=width if number and not wide else None,
            min_width=width,
            overflow="fold",
        )
    for row in zip(*(text[1:] for text in texts), strict=True):
        shown_table.add_row(*row)
    out.print(shown_table)


def write_tables(tables: dict[str, pd.DataFrame], folder: Path | None) -> None:
    """Write tables as CSV into a folder, if one is given; all of them or none.

    Raises
    ------
    StraitsError
        If the folder cannot be written.
    """
    if folder is None:
        return
    try:
        write_together(folder, {f"{name}.csv": frame_bytes(table) for name, table in tables.items()})
    except OSError as error:
        raise StraitsError(
            f"{error.filename or folder}: the tables cannot be written: {error.strerror}"
        ) from error


def cell(value: Any) -> str:
    """Write a cell of a printed table: numbers as `number` does, what is true or false as yes or no."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else plain(as_text(value))


def number(value: float) -> str:
    """Give four significant digits, without exponents, rounding of the solver shown as 0; what has no end is unlimited."""
    if value != value:
        return "–"
    if math.isinf(value):
        return "unlimited" if value > 0 else "-unlimited"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return as_amount(value) if abs(value) >= 1e-6 else "0"


def write_json(content: Any) -> None:
    """Write JSON to standard output; infinities and missing numbers become null, what steers a terminal is escaped."""

    def finite(value: Any) -> Any:
        if isinstance(value, float) and not -float("inf") < value < float("inf"):
            return None
        if isinstance(value, dict):
            return {str(k): finite(v) for k, v in value.items()}
        return [finite(v) for v in value] if isinstance(value, list | tuple) else value

    # Only an output that knows all letters gets them as they are: another would get escapes that are not JSON's.
    every = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    print_json(json.dumps(finite(content), indent=2, ensure_ascii=not every, default=as_text))


def print_json(text: str) -> None:
    """Write a JSON text to standard output, with what steers a terminal escaped."""
    sys.stdout.write(plain_json(text) + "\n")


class Spinner:
    """A spinner on standard error that names what was finished last.

    Parameters
    ----------
    title : str
        Shown until something is finished.
    """

    def __init__(self, title: str) -> None:
        self._status, self._done = err.status(_as_it_is(title)), ""

    def __enter__(self) -> Spinner:
        self._status.__enter__()
        return self

    def __call__(self, name: str) -> None:
        """Name what was finished last."""
        self._status.update(_as_it_is(f"{name} …{self._done}"))

    def parts(self, done: int, every: int, seconds: float) -> None:
        """Say how many parts are done, and how long the others may take."""
        self._done = f" {done} of {every}" + (f", {left}" if (left := time_left(seconds)) else "")

    def __exit__(self, *error: Any) -> None:
        self._status.__exit__(*error)


def _as_it_is(text: str) -> Text:
    """Give a text for the parts of Rich that would read markup in it."""
    from rich.text import Text

    return Text(plain(text))


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
