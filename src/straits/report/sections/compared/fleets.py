"""Vessel-days of fleets and joint capacities: what is used of what there is."""

from __future__ import annotations

import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.charts import Levels, storage_levels
from straits.report.page import Figure, Section, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import named, quoted
from straits.stress.tables.fleets import fleet_use

#: Share of what is available from which it counts as used up.
_FULL = 1.0 - 1e-6


def show(study: Study, _: Basemaps) -> Section:
    section = Section("fleets", "Ships and straits: what is used of them")
    figure = use_figure(study)
    if figure:
        section.blocks.append(figure)
    return section


def _opening(study: Study) -> str:
    """Say which fleets and joint capacities are used up, and on how many days, in the baseline and in the main scenario."""
    told = []
    for name in ("baseline", study.main):
        if name is None:
            continue
        run = study.run(name)
        table = fleet_use(run)
        full = table[(table["share"] >= _FULL) & (table["used"] > 0)]
        days = (
            full.assign(days=run.network.steps.days[full["step"].to_numpy(int)])
            .groupby("asset")["days"]
            .sum()
        )
        which = ", ".join(
            f"{study.asset_name(str(a))} on {fmt.plural(round(float(d)), 'day')}" for a, d in days.items()
        )
        run_name = "the baseline" if name == "baseline" else quoted(study, name)
        told.append(f"in {run_name} {which or 'none'}")
    return f"Wholly used: {'; '.join(told)}." if len(study.comparison.fleets) else ""


def use_figure(study: Study, most: int = 6) -> Figure | None:
    """Draw what is used of fleets and joint capacities a day, in the baseline and in the main scenario."""
    scenario = study.main
    runs = [study.reference(scenario or "baseline"), *([study.run(scenario)] if scenario else [])]
    tables = [fleet_use(run) for run in runs]
    if not len(tables[0]):
        return None
    days = study.steps(scenario).days
    levels = []
    for asset, rows in tables[0].groupby("asset", sort=False):
        used = [t.loc[t["asset"] == asset, "used"].to_numpy(float) / days for t in tables]
        most_there = float((rows["available"].to_numpy(float) / days).max())
        unit = str(rows["unit"].iloc[0])
        other = used[1] if len(used) > 1 else None
        change = float(abs(used[-1] - used[0]).max()) / max(most_there, 1e-9)
        name = study.asset_name(str(asset))
        levels.append(
            (
                change,
                Levels(
                    name,
                    used[0],
                    other,
                    most_there,
                    f"{unit.removesuffix('-day')}s" if unit.endswith("-day") else f"{unit}/d",
                ),
            )
        )
    levels.sort(key=lambda item: -item[0])
    ident = study.comparison.reference_id(scenario) if scenario else "baseline"
    beside = "baseline" if ident == "baseline" else study.scenario_title(ident)
    title = "What is used of fleets and joint capacities a day"
    svg = storage_levels(
        "fleet-use", title, "One panel for each, with what is used and what there is.", [level for _, level in levels[:most]],
        study.case.settings.time.start, study.steps(scenario).edges, study.scenario_title(scenario) if scenario else "",
        beside,
    )  # fmt: skip
    caption = (
        "Vessels at work, or units of a joint capacity a day; the line above is all there is undisturbed. "
    )
    caption += f"Shown are {min(len(levels), most)} of {len(levels)}, those that change most first."
    return Figure("fleet-use", title, svg, caption, fleets_table(study))


def fleets_table(study: Study) -> Table:
    """What is used of fleets and joint capacities in each step, in all runs."""
    frame = study.comparison.fleets
    if not len(frame):
        return Table("fleets", "", pd.DataFrame())
    frame = frame.assign(asset=[study.asset_name(str(value)) for value in frame["asset"]])
    return Table(
        "fleets",
        "Vessel-days and joint capacities used",
        named(study, frame).drop(columns="step"),
        {"share": "share"},
        "In each step. Available: what disruptions leave.",
    )


PART = Part(
    ident="fleets",
    order=52,
    show=show,
    opening=_opening,
    tables=(fleets_table,),
    absent="the case has no fleets and no joint capacities",
)
