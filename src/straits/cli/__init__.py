"""The commands of straits, one file a room: thin, no logic. Every error of straits is shown as its text, without a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# Before numpy is loaded. The products of vectors here are too short for threads: with more than one, OpenBLAS's second core
# spins beside the first and nothing is quicker. Who wants threads sets the variable.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from straits import __version__
from straits.cli.shared.groups import Later
from straits.lazy import collect_seldom, put_off
from straits.plain import plain

# Here all that is heavy is still to be loaded: each command loads what it needs.
collect_seldom()
# Scipy takes all of numpy's parts as it is imported. The compiler of Fortran among them takes a third of that time.
put_off("numpy.f2py", "numpy.testing")

#: Where each command is, and the first paragraph of its help as it stands there (a test compares), in the order of the list.
COMMANDS = {
    "cases": ("cases:cases", "List the bundled cases."),
    "new": ("cases:new", "Make a small case that runs at once, to edit."),
    "convert": (
        "cases:convert",
        "Write a case as a folder of tables or as one workbook; nothing is lost either way.",
    ),
    "profiles": (
        "cases:profiles",
        "Bring numbers over time into a case: a wide table, dates down and one column for each profile.",
    ),
    "check": ("cases:check", "Collect every error and warning of a case; status 1 if there is an error."),
    "solve": ("stress:solve", "Solve one scenario and print its value, corridors and accounts."),
    "stress": ("stress:stress", "Compare scenarios with the baseline."),
    "run": (
        "report:run",
        "Solve everything a case holds and write report.html, results.xlsx, tables/*.csv and summary.json.",
    ),
    "figure": (
        "report:figure",
        "Write one figure of the report for a slide or a page; of a case no more is solved than it needs.",
    ),
    "compare": ("cases:compare", "Say in which cells two cases differ, and what that changes."),
    "lp": ("cases:lp", "Write the linear model of a case with the names of its rows and columns."),
    "export": ("export:export", "Solve a case and write it for QGIS, PyPSA, Power BI or as a data package."),
    "geometry": (
        "export:geometry",
        "Find the course of links, ships along sea lanes, and write routes.geojson, which maps draw.",
    ),
    "sweep": (
        "contingency:sweep",
        "Close every asset, or every pair too, over a window, and rank what is lost; everybody adapts as well as they can.",
    ),
    "ensemble": (
        "contingency:ensemble",
        "Draw histories of closures from the hazards of a case: expected loss, VaR, CVaR, exceedance.",
    ),
    "app": ("serve:app", "Open the app on this machine, in the browser."),
    "threat": (
        "threat:threat",
        "Ask what a threat could take, at what own cost, whether it is credible, and what follows if all know it.",
    ),
    "uncertainty": (
        "uncertainty:uncertainty",
        "Draw all uncertain numbers together, solve a scenario for each draw, and tell the range of every main answer.",
    ),
    "hedge": (
        "hedge:hedge",
        "Find which options leave least to lose, for every amount that could be spent, proved.",
    ),
    "routes": (
        "ways:routes",
        "List the best routes between two places: time, cost, tariff, and the share of each state.",
    ),
    "map": ("cases:draw", "Draw the map of a case: what it holds, or what moves in a scenario."),
    "worst": (
        "worst:worst_app",
        "The closures that hurt most, what to make safe first, and what stops everything.",
    ),
    "power": ("power:power_app", "Who has power over whom: coalitions, leverage, balance."),
    "evidence": (
        "evidence:evidence_app",
        "From press report to sourced claim and dated event: documents, drafts, review.",
    ),
    "goods": (
        "goods:goods_app",
        "Trade that changes its path: mirror gaps, surges, diversion, consignments, lists. A pattern is not proof.",
    ),
}


class Straits(TyperGroup):
    """All commands, each imported when it is asked for.

    Usage errors show what was typed as text: what was typed may hold signs that steer a terminal.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.commands = {
            name: Later(name, f"straits.cli.{home}", told) for name, (home, told) in COMMANDS.items()
        }

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line."""
        with _errors_as_text():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        with _errors_as_text():
            return super().invoke(ctx)


@contextmanager
def _errors_as_text() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Click's errors; from which package they come depends on the version of Typer.
        if hasattr(error, "format_message") and isinstance(getattr(error, "message", None), str):
            error.message = plain(error.message)  # type: ignore[attr-defined]
        raise


app = typer.Typer(
    cls=Straits,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What a country's trade depends on, who can cut it, what a cut would cost, and what to do about it.",
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"straits {__version__}")
        raise typer.Exit


@app.callback()
def _straits(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    pass
