"""`straits run`: everything that a case holds, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import Spinner, end_in_part, say, shown
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
) -> None:
    """Solve everything a case holds and write report.html, results.xlsx, tables/*.csv and summary.json."""
    import straits
    from straits.goods.questions import folder_of
    from straits.report import build_study, write_study

    with Spinner("studying") as step:
        study = build_study(straits.load_case(case), ledger=ledger, goods=folder_of(case), progress=step)
        paths = write_study(study, folder, progress=step)
    warn(study.comparison.warnings)
    for path in paths:
        say(str(path))
    end_in_part(study.failed)
