"""The network before and after, on maps."""

from __future__ import annotations

from straits.report.page import Fold, Section
from straits.report.registry import Part
from straits.report.sections import basemaps
from straits.report.sections.basemaps import Basemaps, baseline_map, links_table, moves
from straits.report.study.content import Study


def show(study: Study, bases: Basemaps) -> Section:
    section = Section("map", "The network, before and after")
    if study.main is None:
        return section
    if bases.wide is not None:
        section.blocks.append(baseline_map(study, study.focus[1], bases.wide, basemaps.WIDE_BASE))
    section.blocks.extend(bases.figure(study.main, study.focus[1]))
    others = [c for c in study.case.rows("commodities") if c != study.focus[1]]
    for commodity in others:
        if moves(study, study.main, commodity):
            title = f"{study.name('commodities', commodity)} in the same scenario"
            section.blocks.append(Fold(title, [*bases.figure(study.main, commodity)]))
    return section


PART = Part(
    ident="map",
    order=10,
    show=show,
    tables=(links_table,),
    absent="nothing is compared, or no place has coordinates",
)
