"""Which sections a report shows, and why others are not there."""

from __future__ import annotations

from straits.report.page import Section
from straits.report.registry import all_parts
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study


def chosen_sections(study: Study, bases: Basemaps) -> tuple[list[Section], list[tuple[str, str]]]:
    """Return the sections that have something to show, and title and reason of those that have not."""
    sections: list[Section] = []
    absent: list[tuple[str, str]] = []
    for part in all_parts():
        if study.sections is not None and part.ident not in study.sections:
            continue
        made = part.section(study, bases)
        if made is not None and made.blocks:
            sections.append(made)
        elif made is not None and (why := part.why_absent(study)):
            absent.append((made.title, why))
    return sections, absent
