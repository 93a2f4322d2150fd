"""From a study to its files: the order of the report's sections, and what each says."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from straits.files import replacing
from straits.report import format as fmt
from straits.report.registry import all_parts
from straits.report.sections.basemaps import Basemaps
from straits.report.study.answers import answer_range, answer_span
from straits.report.study.content import Study
from straits.report.writing.html import render, write_html
from straits.report.writing.summary import answer, key_numbers, write_summary
from straits.report.writing.tables import every_table, write_csv
from straits.report.writing.xlsx import write_workbook


def write_study(
    study: Study, folder: Path | str, *, progress: Callable[[str], None] | None = None
) -> list[Path]:
    """Write `report.html`, `results.xlsx`, `tables/*.csv` and `summary.json` into a folder, each file whole or not at all.

    Parameters
    ----------
    study : Study
    folder : Path or str
        Made if it does not exist.
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
    sections = [made for part in all_parts() if (made := part.section(study, bases)) is not None]
    return render(study, sections, bases.symbols(), _tiles(study), answer(study))


def _tiles(study: Study) -> list[tuple[str, str, str]]:
    numbers = key_numbers(study)
    unit = study.commodity_unit

    def amount(value: float, text: str) -> tuple[str, str, str]:
        name, factor = fmt.larger_unit(unit, value)
        return fmt.number(value * factor), name, text

    good = study.name("commodities", study.focus[1]).lower()
    out = [amount(study.exports, f"exports of {good} in the baseline, {study.period}")]
    main = numbers.get("main_scenario")
    if main:
        text = f"exports lost: {main['title']}"
        if math.isfinite(answer_range(study)[0]):
            text += f" ({answer_span(study)} across cost intervals)"
        out.append(amount(main["lost_exports"], text))
        own = main["change_by_state_million"].get(study.focus[0], 0.0)
        actor = study.name("actors", study.focus[0])
        billions = abs(own) >= 1000
        out.append(
            (fmt.signed(own / 1000 if billions else own), f"{'billion' if billions else 'million'} {study.currency}",
             f"change for {actor} and its companies in that scenario")
        )  # fmt: skip
    for meaning, value in numbers.get("bypass", {}).get("baseline", {}).items():
        against = study.name("actors", study.focus[2])
        words = f"the ports of {against}" if meaning == "ports" else f"the territory of {against}"
        out.append(
            amount(
                value["around"],
                f"goes round {words} in the baseline ({fmt.percent(value['share'])} of exports)",
            )
        )
    return out
