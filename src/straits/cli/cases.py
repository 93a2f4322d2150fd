"""`straits cases`, `new`, `check` and `lp`: cases, and the linear model that one makes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import out, print_json, say, shown
from straits.cli.options import AsJson, CaseName, Scenario


@shown
def cases() -> None:
    """List the bundled cases."""
    import straits
    from straits.cases import bundled

    for name in bundled():
        say(f"{name:20} {straits.load_case(name).settings.title}")


@shown
def new(folder: Annotated[Path, typer.Argument(help="Folder to make; it must be empty or absent.")]) -> None:
    """Make a small case that runs at once, to edit."""
    from straits.case.scaffold import new_case

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
        out.print(findings)
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
