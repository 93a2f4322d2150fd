"""What commands of several rooms share: errors as text, progress, tables on a terminal and as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from straits.errors import StraitsError

err = Console(stderr=True)


class shown:
    """Show an error of straits as its text and end with status 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StraitsError):
            err.print("error:", style="bold red", end=" ")
            err.print(str(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
        if isinstance(error, KeyboardInterrupt):
            err.print("stopped; what is done is in the store, if one was given")
            raise typer.Exit(130) from None


class bar:
    """A progress bar on standard error with the time that is left."""

    def __init__(self, what: str) -> None:
        self._bar = Progress(
            TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=err, transient=True
        )  # fmt: skip
        self._task = self._bar.add_task(what, total=None)

    def __enter__(self) -> Any:
        self._bar.start()
        return lambda done, total, left: self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *error: object) -> None:
        self._bar.stop()


def write(tables: dict[str, Any], folder: Path | None) -> None:
    """Write tables as CSV into a folder, if one is given."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
    except OSError as error:
        raise StraitsError(f"{folder}: the tables cannot be written: {error.strerror}") from error


def show(table: Any, title: str, top: int) -> None:
    """Print the head of a table."""
    grid = Table(title=title, title_justify="left")
    for name in table.columns:
        grid.add_column(name, justify="right" if table[name].dtype.kind in "fi" else "left")
    for row in table.head(top).itertuples(index=False):
        grid.add_row(*(f"{v:,.4g}" if isinstance(v, float) else str(v) for v in row))
    Console().print(grid)
    if len(table) > top:
        err.print(f"… and {len(table) - top} more rows; --out FOLDER writes them all")
