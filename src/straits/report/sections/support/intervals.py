"""How far the answer moves with unknown costs, and with numbers that have little support."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.bars import Swing, tornado
from straits.report.page import Figure, Section, Shown, Table
from straits.report.registry import OfCase, Part, Question
from straits.report.sections.basemaps import Basemaps
from straits.report.study.answers import answer_range, answer_span, drawn_range, drawn_span
from straits.report.study.content import Study
from straits.report.study.words import actor_words
from straits.stress import Uncertainty
from straits.stress.varied.sensitivity import chosen_of

if TYPE_CHECKING:
    from straits.case.case import Case


def _wanted(study: Study) -> bool:
    # What is not tried one by one is not drawn either.
    tried = study.tried or len(study.intervals) > 0
    return study.main is not None and study.case.settings.focus is not None and tried


#: Note of the table beside a figure; that in the workbook has all of it.
_SHORT = (
    "One number at a time at its low and at its high value, everything solved again. Swing: largest less smallest answer. "
    "Basis: the interval that the case gives, or a share of the value where it gives none. A blank answer: at that end the "
    "promises of the case cannot be kept."
)


def _find(study: Study) -> Uncertainty:
    return _drawn_of(study.case, study.main)


def _drawn_of(case: Case, main: str | None) -> Uncertainty:
    from straits.stress.varied.uncertain import uncertainty

    return uncertainty(case, main, draws=None)


def _drawn(study: Study, section: Section) -> None:
    """Say how far the answer moves if all uncertain numbers are drawn together, and which matter most."""
    found = study.part(Uncertainty)
    if found is None:
        return
    p = found.parameters
    top = found.numbers[found.numbers["rank_correlation"].abs() > p["noise"]].head(3)
    most = "; ".join(
        f"{name}, {str(column).replace('_', ' ')}"
        for name, column in zip(top["name"], top["column"], strict=True)
    )
    section.blocks.append(
        f"All {p['numbers_drawn']} numbers that are uncertain were drawn together {p['draws']} times, each by itself: those with "
        "an interval within it, those on which sources disagree between what they say, those of low confidence by a fifth to "
        f"either side. In nine of ten draws the {study.trade.word} lost in the main scenario are {drawn_span(study)}. "
        + (
            f"What goes most closely with it: {most}. "
            if most
            else "No single number goes with it more closely than chance could make one of so many. "
        )
        + (
            f"{fmt.plural(p['failed'], 'draw')} had no answer, as a promise could not be kept."
            if p["failed"]
            else ""
        )
    )
    section.blocks.append(Shown(drawn_table(study)))
    section.blocks.append(Shown(drawn_states_table(study)))


def show(study: Study, _: Basemaps) -> Section:
    section = Section("intervals", "How far the answer moves with uncertain numbers")
    if math.isfinite(drawn_range(study)[0]):
        _drawn(study, section)
    if not math.isfinite(answer_range(study)[0]):
        section.blocks.append(
            "No interval of costs was tried in this run, so how far the answer moves with them is not known."
        )
        return section
    if len(study.intervals) < 2 and not len(study.single_intervals):
        section.blocks.append("The case gives no interval of a cost, a tariff or a price.")
        if len(study.sensitivity):
            section.blocks.append(chosen_of(study.sensitivity, study.currency))
        return section
    section.blocks.append(
        "Many costs have no public source and are given as intervals. "
        f"{study.trade.word.capitalize()} lost in the main scenario, with all of them at their ends together or one "
        f"at a time: {answer_span(study)}."
    )
    section.blocks.append(Shown(intervals_table(study)))
    if len(study.sensitivity):
        section.blocks.append(chosen_of(study.sensitivity, study.currency))
    single = study.single_intervals
    swings(study, section, "intervals", "One at a time: numbers that the case gives as intervals", single)
    return section


def swings(study: Study, section: Section, ident: str, title: str, frame: pd.DataFrame) -> None:
    """Put the figures of a sensitivity table into a section: exports, or deliveries, lost, then value lost.

    Numbers that were not solved are in the table alone.
    """
    frame = frame[frame["solved"]] if len(frame) else frame
    for value, what in ((False, f"{study.trade.word} lost"), (True, "value lost")):
        name = f"{ident}-{'value' if value else 'exports'}-swing"
        figure = swing_figure(study, name, f"{title}: {what}", frame, value=value)
        if figure:
            section.blocks.append(figure)
        elif len(frame):
            section.blocks.append(
                f"None of the {fmt.plural(len(frame), 'such number')} solved moves the {what}."
            )


def swing_figure(
    study: Study, ident: str, title: str, frame: pd.DataFrame, *, value: bool = False, most: int = 10
) -> Figure | None:
    """Draw how far the main answer moves with each number of a sensitivity table, widest first; None if none moves it.

    The answer is the exports, or deliveries, lost or, with `value`, the joint value lost. Numbers that move it by less
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
        note += "" if basis == "interval" else fmt.typeset(f", range assumed ({basis})")
        words = f"{name}: {str(column).replace('_', ' ')}"
        swings.append(
            Swing(words, fmt.number(low), f"{fmt.number(high)} {of or ''}".strip(), float(at_low) * factor,
                  float(at_high) * factor, note)
        )  # fmt: skip
    what = "joint value lost" if value else f"{study.trade.word} lost"
    given = float(moving[answer].iloc[0]) * factor
    svg = tornado(
        ident, title, f"Spans of the answer in {unit}, widest first.", swings, given, f"{what}, {unit}"
    )
    caption = f"{what.capitalize()} in the main scenario. Each number alone moved to the ends of its range, everything solved "
    caption += f"again; {len(frame)} such numbers were solved"
    idle = len(frame) - len(moving)
    caption += f", {idle} of which {'does' if idle == 1 else 'do'} not move it." if idle else "."
    twin = sensitivity_table(
        study, frame.sort_values(swing, ascending=False, kind="stable", ignore_index=True)
    )
    left = ("value_lost", "value_swing", "first_order") if not value else ("lost", "swing")
    return Figure(ident, title, svg, caption, replace(twin, frame=_without(twin.frame, left), note=_SHORT))


def _without(frame: pd.DataFrame, left: tuple[str, ...]) -> pd.DataFrame:
    """Leave out columns, and those of their low and high ends."""
    gone = {f"{name}{end}" for name in left for end in ("", "_low", "_high")}
    return frame.drop(columns=[name for name in frame.columns if name in gone])


def drawn_table(study: Study) -> Table:
    """The main answers over draws of all uncertain numbers."""
    found = study.part(Uncertainty)
    if found is None:
        return Table("drawn", "", pd.DataFrame())
    shown = ~found.answers["answer"].str.startswith(("account of ", "both together", "beyond"))
    columns = ["answer", "unit", "given", "q05", "q50", "q95", "least", "most"]
    frame = found.answers.loc[shown, columns].reset_index(drop=True)
    frame["answer"] = [_answer_words(study, str(answer)) for answer in frame["answer"]]
    return Table(
        "drawn",
        "Main answers over draws of all uncertain numbers",
        frame,
        {},
        "given: with every number as the case gives it; q05 and q95 hold nine of ten draws, q50 is the middle. Numbers that move "
        "together in the world are drawn apart, so that ranges that hang on several are too small rather than too large.",
    )


def _answer_words(study: Study, answer: str) -> str:
    """Put the name of a state in place of its id: budget of Kazakhstan."""
    what, of, who = answer.rpartition(" of ")
    return f"{what}{of}{actor_words(study, who)}" if of else answer


def drawn_states_table(study: Study) -> Table:
    """The change of each state's account with its range: over draws, by what prices leave open, and both."""
    found = study.part(Uncertainty)
    if found is None:
        return Table("account_ranges", "", pd.DataFrame())
    frame = found.states[found.states[["given", "low", "high"]].abs().max(axis=1) >= 0.5].copy()
    frame["state"] = [study.name("actors", state) for state in frame["state"]]
    return Table(
        "account_ranges",
        "Gains and losses by state, and by who belongs to none, with their range",
        frame.reset_index(drop=True),
        dict.fromkeys(list(frame.columns)[1:], f"million {study.currency}"),
        "Change in the main scenario. q05 to q95: nine of ten draws of capacities, costs, prices, terms and the answer of the "
        "world price; the number as given may be among the tenth beyond. Open: what local prices leave open with the numbers "
        "as given, if who has the better of a bargain has it before and after alike; blank where it is not known. low and "
        "high: both together.",
    )


def intervals_table(study: Study) -> Table:
    """The main answer with all intervals of costs and prices at their ends together."""
    unit = study.commodity_unit
    return Table(
        "intervals",
        "The main answer across the intervals of costs and prices, all moved together",
        study.intervals.drop(columns="unit", errors="ignore"),
        {"lost": unit, "value_lost": f"million {study.currency}"},
        f"The main answer is the {study.trade.word} lost in the scenario that the report leads with. Low and high are "
        f"the ends that "
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
                ("value_lost", "value_lost_low", "value_lost_high", "value_swing", "first_order"),
                f"million {study.currency}",
            ),
        },
        "One number at a time at its low and at its high value, everything solved again. Swing: largest less smallest answer. "
        "Basis: the interval that the case gives, or a share of the value where it gives none. "
        + (f"{chosen_of(study.sensitivity, study.currency)} " if len(study.sensitivity) else "")
        + "Solved: whether the answers at both ends were worked out; where not, they are blank. First order: how far the value "
        "lost moves over the range if plans and prices stay as they are, but for tariffs and duties on what is moved more or "
        "less; blank where it is not known. "
        "A blank answer of a number that was solved: at that end the promises of the case cannot be kept.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    low, high = answer_range(study)
    # Exports or, of an importer, deliveries.
    lost = f"lost_{study.trade.word}"
    told: dict[str, Any] = {f"{lost}_across_intervals": [low, high]} if math.isfinite(low) else {}
    if len(study.sensitivity):
        solved = int(study.sensitivity["solved"].sum())
        told["numbers_solved_one_by_one"] = {"solved": solved, "of": len(study.sensitivity)}
    found = study.part(Uncertainty)
    if found is not None:
        told[f"{lost}_drawn"] = list(drawn_range(study))
        told["change_by_state_drawn_million"] = {
            str(r["state"]): [r["low"], r["high"]] for r in found.states.to_dict("records")
        }
    return told


PART = Part(
    ident="intervals",
    order=150,
    show=show,
    tables=(drawn_table, drawn_states_table, intervals_table, sensitivity_table),
    asks=(
        Question(
            "uncertainty", "draws of all uncertain numbers", _find, _wanted,
            OfCase(_drawn_of, lambda case: case.settings.focus is not None), weight=12,
        ),
    ),
    numbers=_numbers,
    absent="no numbers were moved",
)  # fmt: skip
