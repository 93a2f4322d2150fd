"""`straits run`: everything that a case holds, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import Spinner, end_in_part, say, shown
from straits.cli.evidence.base import KEY_VARIABLE
from straits.cli.options import CaseName
from straits.cli.stress import warn


@shown
def run(
    case: CaseName,
    folder: Annotated[Path, typer.Option("--out", help="Folder for report, workbook and tables.")] = Path(
        "study"
    ),
    ledger: Annotated[
        Path | None, typer.Option(help="Ledger of evidence whose accepted events the report shows.")
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(envvar=KEY_VARIABLE, help="File with the key of the ledger's seal, if it has one."),
    ] = None,
) -> None:
    """Solve everything a case holds and write report.html, results.xlsx, tables/*.csv and summary.json."""
    import straits
    from straits.goods.questions import folder_of
    from straits.report import build_study, write_study

    key = None
    if ledger and key_file:
        from straits.evidence.ledger.chain import read_key

        key = read_key(key_file)
    with Spinner("studying") as step:
        study = build_study(
            straits.load_case(case), ledger=ledger, ledger_key=key, goods=folder_of(case), progress=step
        )
        paths = write_study(study, folder, progress=step)
    warn(study.comparison.warnings)
    for path in paths:
        say(str(path))
    end_in_part(study.failed)
