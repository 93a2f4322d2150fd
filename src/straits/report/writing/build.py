"""From a study to its files: the order of the report's sections, and what each says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from straits.files import replacing, write_file
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.writing.chosen import chosen_sections
from straits.report.writing.headline import headline
from straits.report.writing.html import render, write_html
from straits.report.writing.summary import write_summary
from straits.report.writing.tables import every_table, write_csv
from straits.report.writing.xlsx import write_workbook


def write_study(
    study: Study, folder: Path | str, *, pdf: bool = False, progress: Callable[[str], None] | None = None
) -> list[Path]:
    """Write `report.html`, `results.xlsx`, `tables/*.csv` and `summary.json` into a folder, each file whole or not at all.

    Parameters
    ----------
    study : Study
    folder : Path or str
        Made if it does not exist.
    pdf : bool
        Whether to write `report.pdf` too; needs `straits[report]`.
    progress : callable, optional
        Called with the name of each file when it is written.

    Returns
    -------
    list of Path
        The report, the workbook, the folder of tables, the summary.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = every_table(study)
    filled = [table for table in made if len(table.frame)]
    writers: list[tuple[str, Callable[[Path], object]]] = [
        ("report.html", lambda path: write_html(report_html(study), path)),
        ("results.xlsx", lambda path: write_workbook(study, filled, path)),
        ("tables", lambda path: write_csv(made, path)),
        ("summary.json", lambda path: write_summary(study, path)),
    ]
    if pdf:
        from straits.report.writing.pdf import report_pdf

        writers.insert(1, ("report.pdf", lambda path: write_file(path, report_pdf(study))))
    paths = []
    for name, write in writers:
        path = folder / name
        if path.suffix:
            with replacing(path) as beside:
                write(beside)
        else:
            write(path)
        paths.append(path)
        if progress:
            progress(name)
    return paths


def report_html(study: Study) -> str:
    """Return the whole report as one HTML page."""
    bases = Basemaps(study)
    sections, absent = chosen_sections(study, bases)
    lead = bases.lead()
    return render(study, sections, bases.symbols(), headline(study), lead, absent)
