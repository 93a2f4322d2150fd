"""How far the answer moves with unknown costs, and with numbers that have little support."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.bars import Swing, tornado
from straits.report.page import Figure, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.answers import answer_range, answer_span
from straits.report.study.content import Study

if TYPE_CHECKING:
    pass


def show(study: Study, _: Basemaps) -> Section:
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
    section.blocks.append(Shown(intervals_table(study)))
    single = study.single_intervals
    swings(study, section, "intervals", "One at a time: numbers that the case gives as intervals", single)
    return section


def swings(study: Study, section: Section, ident: str, title: str, frame: pd.DataFrame) -> None:
    """Put the figures of a sensitivity table into a section: exports lost, then value lost."""
    for value, what in ((False, "exports lost"), (True, "value lost")):
        name = f"{ident}-{'value' if value else 'exports'}-swing"
        figure = swing_figure(study, name, f"{title}: {what}", frame, value=value)
        if figure:
            section.blocks.append(figure)
        elif len(frame):
            section.blocks.append(
                f"None of the {fmt.plural(len(frame), 'such number')} tried moves the {what}."
            )


def swing_figure(
    study: Study, ident: str, title: str, frame: pd.DataFrame, *, value: bool = False, most: int = 10
) -> Figure | None:
    """Draw how far the main answer moves with each number of a sensitivity table, widest first; None if none moves it.

    The answer is the exports lost or, with `value`, the joint value lost. Numbers that move it by less
    than a ten-thousandth are left to the table.
    """
    answer, swing = ("value_lost", "value_swing") if value else ("lost", "swing")
    moving = frame[frame[swing] > 1e-4 * frame[answer].abs()] if len(frame) else frame
    moving = moving.sort_values(swing, ascending=False, kind="stable") if len(moving) else moving
    if not len(moving):
        return None
    ends = moving[[f"{answer}_low", answer, f"{answer}_high"]].to_numpy(float)
    unit, factor = f"million {study.currency}", 1.0
    if not value:
        unit, factor = fmt.larger_unit(study.commodity_unit, float(np.nanmax(np.abs(ends))))
    names = [
        "name",
        "column",
        "unit",
        "low",
        "high",
        f"{answer}_low",
        f"{answer}_high",
        "basis",
        "confidence",
    ]
    swings = []
    for name, column, of, low, high, at_low, at_high, basis, confidence in zip(
        *(moving[column].head(most) for column in names), strict=True
    ):
        note = str(confidence) if confidence == "no source" else f"{confidence} confidence"
        note += "" if basis == "interval" else f", range assumed ({basis})"
        words = f"{name}: {str(column).replace('_', ' ')}"
        swings.append(
            Swing(words, fmt.number(low), f"{fmt.number(high)} {of or ''}".strip(), float(at_low) * factor,
                  float(at_high) * factor, note)
        )  # fmt: skip
    what = "joint value lost" if value else "exports lost"
    given = float(moving[answer].iloc[0]) * factor
    svg = tornado(
        ident, title, f"Spans of the answer in {unit}, widest first.", swings, given, f"{what}, {unit}"
    )
    caption = f"{what.capitalize()} in the main scenario. Each number alone moved to the ends of its range, everything solved "
    caption += f"again; {len(frame)} such numbers were tried"
    caption += f", {len(frame) - len(moving)} of which do not move it." if len(moving) < len(frame) else "."
    return Figure(ident, title, svg, caption, sensitivity_table(study, frame))


def intervals_table(study: Study) -> Table:
    """The main answer with all intervals of costs and prices at their ends together."""
    unit = study.commodity_unit
    return Table(
        "intervals",
        "The main answer across the intervals of costs and prices, all moved together",
        study.intervals.drop(columns="unit", errors="ignore"),
        {"lost": unit, "value_lost": f"million {study.currency}"},
        "The main answer is the exports lost in the scenario that the report leads with. Low and high are the ends that "
        "the case "
        "gives for each cost, tariff and price.",
    )


def sensitivity_table(study: Study, frame: pd.DataFrame | None = None) -> Table:
    """How far the main answer moves with single numbers (default: all that were tried)."""
    frame = study.sensitivity if frame is None else frame
    return Table(
        "sensitivity",
        "How far the main answer moves with single numbers",
        frame.drop(columns="lost_unit", errors="ignore"),
        {
            **dict.fromkeys(("lost", "lost_low", "lost_high", "swing"), study.commodity_unit),
            **dict.fromkeys(
                ("value_lost", "value_lost_low", "value_lost_high", "value_swing"),
                f"million {study.currency}",
            ),
        },
        "One number at a time at its low and at its high value, everything solved again. Swing: largest less smallest answer. "
        "Basis: the interval that the case gives, or a share of the value where it gives none. The numbers tried are those "
        "with the largest first-order effect. A blank answer: at that end the promises of the case cannot be kept.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    low, high = answer_range(study)
    return {"lost_exports_across_intervals": [low, high]} if math.isfinite(low) else {}


PART = Part(
    ident="intervals",
    order=150,
    show=show,
    tables=(intervals_table, sensitivity_table),
    numbers=_numbers,
    absent="no numbers were moved",
)
