"""Processes: what refineries, terminals and power plants take in and make, beside what a scenario is compared with."""

from __future__ import annotations

import pandas as pd

from straits.report import format as fmt
from straits.report.page import Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import named, quoted


def show(study: Study, _: Basemaps) -> Section:
    section = Section("processes", "Processes: what goes in, and what is made of it")
    table = processes_table(study)
    if len(table.frame):
        section.blocks.append(Shown(table))
    return section


def _opening(study: Study) -> str:
    """Say what the main scenario takes from processes, and what is not made for it."""
    frame = study.comparison.processes
    if not len(frame):
        return ""
    if study.main is None:
        return f"The case has {fmt.plural(frame['process'].nunique(), 'process', 'processes')}."
    mine = frame[(frame["scenario"] == study.main) & (frame["lost"] > 0)]
    if not len(mine):
        return f"In {quoted(study, study.main)} no process takes in less."
    told = []
    for process, rows in mine.groupby("process", sort=False):
        taken, made = (rows[rows["side"] == side] for side in ("takes", "makes"))
        less = ", ".join(_amounts(study, taken))
        products = " and ".join(_amounts(study, made))
        told.append(
            f"{study.asset_name(str(process))} takes in {less} less"
            + (f", and makes {products} less" if products else "")
        )
    return f"In {quoted(study, study.main)} {'; '.join(told)}."


def _amounts(study: Study, rows: pd.DataFrame) -> list[str]:
    of = zip(rows["commodity"], rows["lost"].astype(float), rows["unit"], strict=True)
    return [f"{fmt.amount(lost, str(unit))} of {study.name('commodities', good)}" for good, lost, unit in of]


def processes_table(study: Study) -> Table:
    """What processes take in and make, in all scenarios."""
    frame = study.comparison.processes
    if not len(frame):
        return Table("processes", "", pd.DataFrame())
    frame = frame.assign(process=[study.asset_name(str(value)) for value in frame["process"]])
    return Table(
        "processes",
        "What processes take in and make",
        named(study, frame),
        {"lost_share": "of the reference", "days_idle": "days"},
        "Over the whole axis, all origins together. What is made keeps the origin of what goes in, or has that of the process.",
    )


PART = Part(
    ident="processes",
    order=51,
    show=show,
    opening=_opening,
    tables=(processes_table,),
    absent="the case has no processes",
)
