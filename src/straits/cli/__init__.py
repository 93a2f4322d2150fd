"""The commands of straits, one file a room: thin, no logic. Every error of straits is shown as its text, without a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

# Before numpy is loaded. The products of vectors here are too short for threads: with more than one, OpenBLAS's second core
# spins beside the first and nothing is quicker. Who wants threads sets the variable.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from straits.cli import app as app_command
from straits.cli import cases, contingency, export, report, stress, uncertainty, ways
from straits.cli.evidence import evidence_app
from straits.cli.goods import goods_app
from straits.cli.hedge import hedge
from straits.cli.power import power_app
from straits.cli.threat import threat
from straits.cli.worst import worst_app
from straits.lazy import collect_seldom
from straits.plain import plain

# Here all that is heavy is still to be loaded: each command loads what it needs.
collect_seldom()


class Escaped(TyperGroup):
    """Commands whose usage errors show what was typed as text: what was typed may hold signs that steer a terminal."""

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
    cls=Escaped,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What a country's trade depends on, who can cut it, what a cut would cost, and what to do about it.",
)
for command in (
    cases.cases,
    cases.new,
    cases.convert,
    cases.profiles,
    cases.check,
    stress.solve,
    stress.stress,
    report.run,
    report.figure,
    cases.compare,
    cases.lp,
    export.export,
    export.geometry,
    contingency.sweep,
    contingency.ensemble,
    app_command.app,
    threat,
    uncertainty.uncertainty,
    hedge,
    ways.routes,
):
    app.command()(command)
app.command(name="map")(cases.draw)
app.add_typer(worst_app, name="worst")
app.add_typer(power_app, name="power")
app.add_typer(evidence_app, name="evidence")
app.add_typer(goods_app, name="goods")
