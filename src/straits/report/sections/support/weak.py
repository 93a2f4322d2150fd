"""Numbers without good support that move the answer most."""

from __future__ import annotations

from typing import Any

from straits.report.page import Section
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.sections.support.intervals import swings
from straits.report.study.content import Study
from straits.stress.varied.sensitivity import chosen_of


def show(study: Study, _: Basemaps) -> Section:
    section = Section("weak-numbers", "Numbers without good support that move the answer most")
    title = "Unsourced and low-confidence numbers, the ten that move the answer most"
    swings(study, section, "weak", title, study.weak)
    # Told beside the intervals where these are shown.
    if len(study.sensitivity) and study.sections is not None and "intervals" not in study.sections:
        section.blocks.append(chosen_of(study.sensitivity, study.currency))
    if study.findings is not None:
        counts = study.findings.unsourced_by_table
        text = ", ".join(f"{name} {count}" for name, count in counts.items())
        section.blocks.append(
            f"Numbers that no source supports: {sum(counts.values()):,}" + (f" ({text})." if text else ".")
        )
    return section


def _numbers(study: Study) -> dict[str, Any]:
    if study.findings is None:
        return {}
    return {"unsourced_numbers": study.findings.unsourced_by_table}


PART = Part(
    ident="weak-numbers",
    order=160,
    show=show,
    numbers=_numbers,
    absent="no numbers were moved",
)
