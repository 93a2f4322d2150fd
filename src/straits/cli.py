"""The commands of straits: thin, no logic. Every error of straits is shown as its text, without a traceback."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from straits.console import AsJson, Spinner, end_in_part, out, print_json, print_table, say, shown, write_json
from straits.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

# Before numpy is loaded. The products of vectors here are too short for threads: with more than one, OpenBLAS's second core
# spins beside the first and nothing is quicker. Who wants threads sets the variable.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="What a country's trade depends on, who can cut it, what a cut would cost, and what to do about it.",
)
CaseName = Annotated[
    str, typer.Argument(help="A bundled case (see `straits cases`), a folder, or an .xlsx workbook.")
]
Foresight = Annotated[
    str | None, typer.Option(help="perfect, surprise or rolling(n); default: the scenario's.")
]
Tariffs = Annotated[str | None, typer.Option(help="paid or internal; default: the case's.")]


@app.command()
@shown
def cases() -> None:
    """List the bundled cases."""
    import straits
    from straits.cases import bundled

    for name in bundled():
        say(f"{name:20} {straits.load_case(name).settings.title}")


@app.command()
@shown
def new(folder: Annotated[Path, typer.Argument(help="Folder to make; it must be empty or absent.")]) -> None:
    """Make a small case that runs at once, to edit."""
    from straits.case.scaffold import new_case

    new_case(folder)
    name = shlex.quote(str(folder) if not str(folder).startswith("-") else f"./{folder}")
    say(f"{folder}: a case to edit. Next: straits check {name}; straits run {name} --out study")


@app.command()
@shown
def check(case: CaseName, as_json: AsJson = False) -> None:
    """Collect every error and warning of a case; status 1 if there is an error."""
    from straits.case import check_case

    findings = check_case(case)
    if as_json:
        print_json(findings.to_json())
    else:
        out.print(findings)
    raise typer.Exit(1 if findings.errors else 0)


#: What is said above a table of stranded cargo.
STRANDED = "Stranded: sent before it was known that nothing leads on"


def print_circles(circles: pd.DataFrame) -> None:
    """Print what would have gone round, and what still does."""
    for left, told in (
        (False, "Would go round for nothing; the plan is another, in which it does not"),
        (True, "Goes round for nothing, and is counted; no plan without was found"),
    ):
        print_table(circles[circles["left"].astype(bool) == left].drop(columns="left"), told)


@app.command()
@shown
def solve(
    case: CaseName,
    scenario: Annotated[str | None, typer.Option(help="Scenario; default: the undisturbed case.")] = None,
    foresight: Foresight = None,
    tariffs: Tariffs = None,
    ranges: Annotated[
        bool,
        typer.Option("--ranges", help="What equally good plans or prices leave open, from least to most."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Solve one scenario and print its value, corridors and accounts."""
    import straits
    from straits.stress import corridors

    solution = straits.solve(straits.load_case(case), scenario, foresight=foresight, tariffs=tariffs)
    found = straits.ranges(solution) if ranges else None
    flows = corridors(solution).groupby(["corridor", "commodity", "origin"], as_index=False)[["amount"]].sum()
    accounts = solution.accounts().groupby("actor", as_index=False)[["amount"]].sum()
    currency = solution.case.settings.currency
    if as_json:
        write_json(
            {
                "objective_million": solution.objective,
                "opening_worth_million": solution.opening_worth,
                "closing_worth_million": solution.closing_worth,
                "currency": currency,
                "corridors": flows.to_dict("records"),
                "accounts_million": accounts.to_dict("records"),
                "unmet": solution.unmet.to_dict("records"),
                "stranded": solution.stranded_by_place.to_dict("records"),
                "circles": solution.circles.to_dict("records"),
                "warnings": solution.warnings,
                **({} if found is None else {"ranges": found.to_dict("records")}),
                "provenance": solution.provenance,
            }
        )
        return
    told = f"{solution.scenario_id}: joint value {solution.objective:,.1f} million {currency}"
    if solution.opening_worth >= 0.05:
        told += f", {solution.opening_worth:,.1f} of it on its way or in store at the start"
    if abs(solution.closing_worth) >= 0.05:
        told += f", {solution.closing_worth:,.1f} at the end"
    out.print(told, highlight=False)
    print_table(flows, "Flow by corridor, unit of the commodity")
    print_table(accounts, f"Accounts, million {currency}")
    print_table(solution.unmet, "Promised and not delivered")
    print_table(solution.stranded_by_place, STRANDED)
    print_circles(solution.circles)
    _warn({"baseline": solution.warnings})
    if found is not None:
        count = int(found["open"].sum())
        told = f"{count} of {len(found)} numbers are open: the same joint value from least to most"
        print_table(found[found["open"]].drop(columns="open"), told)
        if not count:
            out.print(f"All {len(found)} numbers are the same in every plan as good.", highlight=False)


@app.command()
@shown
def stress(
    case: CaseName,
    scenarios: Annotated[list[str] | None, typer.Argument(help="Scenarios; default: all.")] = None,
    foresight: Foresight = None,
    tariffs: Tariffs = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All cargoes, and gains and losses by state.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare scenarios with the baseline."""
    import straits
    from straits.stress import stress as compare

    with Spinner("solving") as step:
        found = compare(
            straits.load_case(case), scenarios or None, foresight=foresight, tariffs=tariffs, progress=step
        )
    if not found.solutions and not found.failed:
        why = "baseline is what the others are compared with" if scenarios else "scenarios/ID.yaml is one"
        raise ModelError(f"case {found.case.settings.id} was asked for no scenario to compare: {why}")
    if as_json:
        write_json(
            {
                "summary": found.summary.to_dict("records"),
                "states": found.states.to_dict("records"),
                "stranded": found.stranded.to_dict("records"),
                "circles": found.circles.to_dict("records"),
                "failed": found.failed,
                "warnings": found.warnings,
            }
        )
        end_in_part(found.failed)
        return
    if not found.solutions:
        end_in_part(found.failed)
    table, focus = found.summary, found.case.settings.focus
    if focus and not everything:
        table = table[(table["commodity"] == focus.commodity) & (table["origin"] == focus.actor)]
    # Named where it is not the baseline for all: two losses against two references do not add up or compare.
    named = ["compared_with"] if (table["compared_with"] != "baseline").any() else []
    columns = [
        "scenario",
        *named,
        "exports",
        "lost_exports",
        "lost_share",
        "days_to_loss",
        "days_to_recovery",
        "value_lost",
    ]
    wide = ["scenario", "compared_with", "commodity", "origin", "unit", *columns[1 + len(named) :]]
    of = f" of {focus.commodity} from {focus.actor}" if focus and not everything else ""
    units = ", ".join(sorted(set(table["unit"])))
    currency = found.case.settings.currency
    print_table(
        table[wide if everything else columns],
        f"Exports{of} beside {'what each is compared with' if named else 'the baseline'}, {units}; value in million {currency}",
    )
    print_table(found.stranded, STRANDED)
    print_circles(found.circles)
    states = found.states[found.states["change"].abs() >= 0.05].pivot_table(
        index="state", columns="scenario", values="change", fill_value=0.0, sort=False
    )
    if everything:
        print_table(states.reset_index(), f"Gains and losses by state, million {currency}")
    _warn(found.warnings)
    end_in_part(found.failed)


def _warn(warnings: Mapping[str, list[str]]) -> None:
    """Print what acts in scenarios and changes nothing."""
    for name, told in warnings.items():
        for warning in told:
            say(f"Warning: scenario {name}: {warning}" if name != "baseline" else f"Warning: {warning}")


@app.command()
@shown
def run(
    case: CaseName,
    folder: Annotated[Path, typer.Option("--out", help="Folder for report, workbook and tables.")] = Path(
        "study"
    ),
    ledger: Annotated[
        Path | None, typer.Option(help="Ledger of evidence whose accepted events the report shows.")
    ] = None,
) -> None:
    """Solve everything a case holds and write report.html, results.xlsx, tables/*.csv and summary.json."""
    import straits
    from straits.goods.questions import folder_of
    from straits.report import build_study, write_study

    with Spinner("studying") as step:
        study = build_study(straits.load_case(case), ledger=ledger, goods=folder_of(case), progress=step)
        paths = write_study(study, folder, progress=step)
    _warn(study.comparison.warnings)
    for path in paths:
        say(str(path))
    end_in_part(study.failed)


@app.command()
@shown
def lp(
    case: CaseName,
    path: Annotated[Path, typer.Argument(help="File to write, ending in .lp or .mps.")],
    scenario: Annotated[str | None, typer.Option(help="Scenario; default: the undisturbed case.")] = None,
) -> None:
    """Write the linear model of a case with the names of its rows and columns."""
    import straits

    straits.load_case(case).to_lp(path, scenario)
    say(str(path))


def _mount() -> None:
    """Add the commands of the rooms; each room keeps its own."""
    from straits.contingency.cli import mount as mount_contingency
    from straits.evidence.cli import evidence_app
    from straits.goods.cli import goods_app
    from straits.power.cli import power_app
    from straits.worst.cli import mount as mount_worst

    mount_contingency(app)
    mount_worst(app)
    app.add_typer(power_app, name="power")
    app.add_typer(evidence_app, name="evidence")
    app.add_typer(goods_app, name="goods")


_mount()


if __name__ == "__main__":
    app()
