"""From a study to its files: the order of the report's sections, and what each says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from straits.files import refuse_link, write_together
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.writing.chosen import chosen_sections
from straits.report.writing.headline import headline
from straits.report.writing.html import render
from straits.report.writing.summary import summary_json
from straits.report.writing.tables import csv_files, every_table
from straits.report.writing.xlsx import workbook


def write_study(
    study: Study, folder: Path | str, *, pdf: bool = False, progress: Callable[[str], None] | None = None
) -> list[Path]:
    """Write `report.html`, `results.xlsx`, `tables/*.csv` and `summary.json` into a folder, all of them or none.

    They take their places only when all are on disk, so that a full disk or a stopped run leaves the study of the run before
    whole; one that is killed in the milliseconds in which they do leaves a mixture, and the next run does all again. What the run
    before left of tables that now have no rows is removed: it would be read as this study's.

    Parameters
    ----------
    study : Study
    folder : Path or str
        Made if it does not exist.
    pdf : bool
        Whether to write `report.pdf` too; needs `straits[report]`.
    progress : callable, optional
        Called with the name of each file when it is made.

    Returns
    -------
    list of Path
        The report, the workbook, the folder of tables, the summary.
    """
    folder = Path(folder)
    made = every_table(study)
    filled = [table for table in made if len(table.frame)]
    tables, without = csv_files(made)
    writers: list[tuple[str, Callable[[], dict[str, bytes]]]] = [
        ("report.html", lambda: {"report.html": report_html(study).encode("utf-8")}),
        ("results.xlsx", lambda: {"results.xlsx": workbook(study, filled)}),
        ("tables", lambda: {f"tables/{name}": data for name, data in tables.items()}),
        ("summary.json", lambda: {"summary.json": summary_json(study)}),
    ]
    if pdf:
        from straits.report.writing.pdf import report_pdf

        writers.insert(1, ("report.pdf", lambda: {"report.pdf": report_pdf(study)}))
    files: dict[str, bytes] = {}
    for name, write in writers:
        files |= write()
        if progress:
            progress(name)
    put_in_place(folder, files, without)
    return [folder / name for name, _ in writers]


def put_in_place(folder: Path, files: Mapping[str, bytes], without: Iterable[str]) -> None:
    """Write the files of a study into its folder, all or none, and remove what a run before left of tables without rows.

    Raises
    ------
    OSError
        If the folder does not take them, or a link stands in the place of one.
    """
    tables = folder / "tables"
    for path in (tables, *(tables / name for name in without)):
        refuse_link(path)
    write_together(folder, files)
    tables.mkdir(exist_ok=True)
    for name in without:
        (tables / name).unlink(missing_ok=True)


def report_html(study: Study) -> str:
    """Return the whole report as one HTML page."""
    bases = Basemaps(study)
    sections, absent = chosen_sections(study, bases)
    lead = bases.lead()
    return render(study, sections, bases.symbols(), headline(study), lead, absent)
