"""The commands of straits, one file a room: thin, no logic. Every error of straits is shown as its text, without a traceback."""

from __future__ import annotations

import os

import typer

# Before numpy is loaded. The products of vectors here are too short for threads: with more than one, OpenBLAS's second core
# spins beside the first and nothing is quicker. Who wants threads sets the variable.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from straits.cli import cases, contingency, report, stress
from straits.cli.evidence import evidence_app
from straits.cli.goods import goods_app
from straits.cli.power import power_app
from straits.cli.worst import worst_app

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What a country's trade depends on, who can cut it, what a cut would cost, and what to do about it.",
)
for command in (
    cases.cases,
    cases.new,
    cases.check,
    stress.solve,
    stress.stress,
    report.run,
    cases.lp,
    contingency.sweep,
    contingency.ensemble,
):
    app.command()(command)
app.add_typer(worst_app, name="worst")
app.add_typer(power_app, name="power")
app.add_typer(evidence_app, name="evidence")
app.add_typer(goods_app, name="goods")
