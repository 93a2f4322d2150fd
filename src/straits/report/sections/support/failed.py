"""What could not be answered."""

from __future__ import annotations

from straits.report.page import Section
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study


def show(study: Study, _: Basemaps) -> Section:
    """List what has no answer, and why."""
    section = Section("failed", "What could not be answered")
    for name, why in study.failed.items():
        section.blocks.append(f"{name[:1].upper()}{name[1:]}: {why}")
    return section


PART = Part(
    ident="failed",
    order=170,
    show=show,
    absent="",
)
