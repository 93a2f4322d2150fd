"""`straits run`: everything that a case holds, as a report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from straits.cli.evidence.base import KEY_VARIABLE
from straits.cli.shared.console import Spinner, end_in_part, hint, say, shown
from straits.cli.shared.options import CaseName, Refine
from straits.cli.stress import warn
from straits.errors import StraitsError


@shown
def run(
    case: CaseName,
    folder: Annotated[Path, typer.Option("--out", help="Folder for report, workbook and tables.")] = Path(
        "study"
    ),
    ledger: Annotated[
        Path | None, typer.Option(help="Ledger of evidence whose accepted events the report shows.")
    ] = None,
    lead: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Scenario that the report leads with.")
    ] = None,
    sections: Annotated[
        str | None,
        typer.Option(metavar="map,gains,…", help="Only these sections, and nothing that others ask."),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write report.pdf too; needs straits\\[report].")
    ] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(envvar=KEY_VARIABLE, help="File with the key of the ledger's seal, if it has one."),
    ] = None,
    refine: Refine = True,
    numbers: Annotated[
        str | None,
        typer.Option(
            metavar="N|all",
            help="Uncertain numbers to solve at both ends, one by one, of those that can move the main answer most. Default: "
            "as many as the size of the case allows.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes; the answers do not depend on it. Default: two, for a large case on two processors.",
        ),
    ] = None,
) -> None:
    """Solve everything a case holds and write report.html, results.xlsx, tables/*.csv and summary.json.

    A run that is stopped goes on where it was. Where the folder holds what this run would write, nothing is done.
    """
    import straits
    from straits.goods.questions import folder_of
    from straits.report import build_study, write_study
    from straits.report.study.jobs import usual_workers
    from straits.report.study.pieces import Pieces, is_whole, key_of, mark_whole

    begun = time.time()
    if pdf:
        from straits.results.typeset import typst

        typst()  # before anything is solved
    tried = _count(numbers)
    key = None
    if ledger and key_file:
        from straits.evidence.ledger.chain import read_key

        key = read_key(key_file)
    goods = folder_of(case)
    read = [path for path in (ledger, key_file if key else None, goods) if path is not None]
    with Spinner("studying") as step:
        loaded = straits.load_case(case)
        asked = {"case": loaded.hash, "lead": lead, "refine": refine, "tried": tried}
        whole = key_of({**asked, "sections": chosen(sections), "pdf": pdf}, read)
        if paths := is_whole(folder, whole):
            for path in paths:
                say(str(path))
            hint("Nothing has changed since these were written.")
            return
        pieces = Pieces(key_of(asked, read))
        study = build_study(
            loaded, tried=tried, ledger=ledger, ledger_key=key, goods=goods, lead=lead, sections=chosen(sections), refine=refine,
            progress=step, told=step.parts, workers=workers or usual_workers(loaded), kept=pieces,
        )  # fmt: skip
        paths = write_study(study, folder, pdf=pdf, progress=step)
        if not study.failed:
            mark_whole(folder, whole, paths)
        pieces.clear()
    warn(study.comparison.warnings)
    for path in paths:
        say(str(path))
    if left := older(folder, begun):
        hint(f"Of an earlier run, and left where they were: {', '.join(left)}.")
    end_in_part(study.failed)


def older(folder: Path, begun: float) -> list[str]:
    """Name what stands in the folder of a study beside its files, and is older: a report as PDF, tables of other sections."""
    found = [folder / "report.pdf", *sorted((folder / "tables").glob("*.csv"))]
    return [
        path.relative_to(folder).as_posix()
        for path in found
        if path.is_file() and path.stat().st_mtime < begun
    ]


def _count(numbers: str | None) -> int | Literal["all"] | None:
    """Read how many numbers are solved one by one.

    Raises
    ------
    StraitsError
        It is neither a whole number nor `all`.
    """
    if numbers is None or numbers == "all":
        return "all" if numbers else None
    if not numbers.isdecimal():
        raise StraitsError(f"--numbers {numbers!r}: expected a whole number, 0 for none, or all")
    return int(numbers)


def chosen(sections: str | None) -> list[str] | None:
    """Read the ids of sections, separated by commas."""
    return None if sections is None else [name.strip() for name in sections.split(",") if name.strip()]


@shown
def figure(
    case: CaseName,
    name: Annotated[
        str | None,
        typer.Argument(help="Figure of the report, such as lead-map; without one they are listed."),
    ] = None,
    size: Annotated[str, typer.Option(help="16:9, 4:3, A4, or as-is.")] = "as-is",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File that ends in .svg, .html, .png or .pdf; default: NAME.svg here."),
    ] = None,
    lead: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Scenario that the report leads with.")
    ] = None,
) -> None:
    """Write one figure of the report for a slide or a page; of a case no more is solved than it needs."""
    import straits
    from straits.report.figures import check_size, find_figure, list_figures

    check_size(size)
    if name is None and (out is not None or size != "as-is"):
        raise StraitsError("--out and --size: need the name of a figure; without them the figures are listed")
    with Spinner("studying") as step:
        if name is None:
            told = list_figures(straits.load_case(case), lead=lead, progress=step)
        else:
            picture = find_figure(straits.load_case(case), name, size=size, lead=lead, progress=step)
    if name is None:
        for ident, title in told.items():
            say(f"{ident:40} {title}")
        return
    say(str(picture.save(out or Path(f"{name}.svg"))))
