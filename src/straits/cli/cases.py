"""`straits cases`, `new`, `check` and `lp`: cases, and the linear model that one makes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from straits.cli.shared import console
from straits.cli.shared.answers import write_result
from straits.cli.shared.console import print_json, print_table, say, shown, write_json
from straits.cli.shared.options import AsJson, CaseName, Commodity, Out, Scenario, Top
from straits.errors import StraitsError


@shown
def cases() -> None:
    """List the bundled cases."""
    from straits.case.load import bundled_titles

    for name, title in bundled_titles().items():
        say(f"{name:20} {title}")


@shown
def new(
    folder: Annotated[
        Path, typer.Argument(help="Folder to make, empty or absent; or a workbook to make, ending in .xlsx.")
    ],
) -> None:
    """Make a small case that runs at once, to edit."""
    from straits.case.files.scaffold import new_case

    new_case(folder)
    name = shlex.quote(str(folder) if not str(folder).startswith("-") else f"./{folder}")
    say(f"{folder}: a case to edit. Next: straits check {name}; straits run {name} --out study")


@shown
def check(case: CaseName, as_json: AsJson = False) -> None:
    """Collect every error and warning of a case; status 1 if there is an error."""
    from straits.case import check_case

    findings = check_case(case)
    if as_json:
        print_json(findings.to_json())
    else:
        console.out.print(findings)
    raise typer.Exit(1 if findings.errors else 0)


@shown
def lp(
    case: CaseName,
    path: Annotated[Path, typer.Argument(help="File to write, ending in .lp or .mps.")],
    scenario: Scenario = None,
) -> None:
    """Write the linear model of a case with the names of its rows and columns."""
    import straits

    straits.write_lp(straits.load_case(case), path, scenario)
    say(str(path))


@shown
def convert(
    case: CaseName,
    target: Annotated[
        Path, typer.Argument(help="Folder to make, empty or absent; or a workbook, ending in .xlsx.")
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
) -> None:
    """Write a case as a folder of tables or as one workbook; nothing is lost either way."""
    import straits

    found = straits.load_case(case)
    there = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    if there and not overwrite:
        raise StraitsError(f"{target} is there already; name another, or add --overwrite to replace it")
    found.save(target)
    say(str(target))


@shown
def profiles(
    case: Annotated[str, typer.Argument(help="Folder or workbook of a case; it is written anew.")],
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX: dates in the first column, one profile in each other one.")
    ],
    unit: Annotated[str | None, typer.Option(help="Unit of all numbers; default: they are factors.")] = None,
    every_year: Annotated[bool, typer.Option("--every-year", help="The rows hold in every year.")] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; default: the first.")] = None,
    follow: Annotated[
        str | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="Numbers that follow the profiles, as markets.demand: headers are ids of the table.",
        ),
    ] = None,
) -> None:
    """Bring numbers over time into a case: a wide table, dates down and one column for each profile."""
    import straits
    from straits.case import read_wide

    if not Path(case).exists():
        raise StraitsError(
            f"{case}: expected the folder or workbook of a case; `straits convert` copies a bundled one"
        )
    rows = read_wide(file, unit=unit, every_year=every_year, sheet=sheet)
    made = straits.load_case(case).with_profiles(rows, follow)
    made.save(case)
    names = list(dict.fromkeys(row["profile"] for row in rows))
    shown_names = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    say(f"{case}: {len(names)} profiles of {len(rows) // len(names)} rows: {shown_names}")


@shown
def compare(
    first: CaseName,
    second: Annotated[str, typer.Argument(help="The other case.")],
    scenario: Scenario = None,
    top: Top = 15,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say in which cells two cases differ, and what that changes."""
    import straits

    found = straits.stress.compare_cases(straits.load_case(first), straits.load_case(second), scenario)
    write_result(found, folder)
    if as_json:
        write_json(found.to_json())
        return
    for told in found.sentences:
        say(told)
    for table in found.tables.values():
        if len(table):
            more = f"; {len(table) - top} more with --top or --json" if len(table) > top else ""
            print_table(table.head(top), f"{table.attrs['title']}{more}")


@shown
def draw(
    case: CaseName,
    target: Annotated[Path, typer.Argument(help="File to write, ending in .svg, .html, .png or .pdf.")],
    scenario: Annotated[
        str | None,
        typer.Option(help="Solved and drawn, `baseline` too; default: the capacities, nothing is solved."),
    ] = None,
    commodity: Commodity = None,
) -> None:
    """Draw the map of a case: what it holds, or what moves in a scenario."""
    import straits

    found = straits.load_case(case)
    shown = found if scenario is None else straits.solve(found, None if scenario == "baseline" else scenario)
    straits.draw_map(shown, commodity=commodity).save(target)
    say(str(target))
