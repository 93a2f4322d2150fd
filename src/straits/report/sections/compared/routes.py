"""Exports by route over time, with dated events and acts."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.charts import Mark, Stack, stacked_exports
from straits.report.page import Figure, Fold, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import focus_words, named, quoted

if TYPE_CHECKING:
    from straits.model import Solution


def show(study: Study, _: Basemaps) -> Section:
    if study.trade.imports:
        return _happened(study, Section("routes", "What happened: events and acts"))
    section = Section("routes", "Exports by route over time")
    if study.corridor_order:
        told = [name for name in study.scenarios if (run := study.scenario(name)) and run.back_test]
        history = told[0] if told else None
        if history is not None and history != study.main:
            section.blocks.append(routes_figure(study, history, ident="routes-events", with_events=True))
            section.blocks.append(routes_figure(study, study.main, ident="routes-main", with_events=False))
        else:
            section.blocks.append(routes_figure(study, study.main, ident="routes-main", with_events=True))
        _happened(study, section)
    return section


def _happened(study: Study, section: Section) -> Section:
    """List what happened, and what was done in law, in folds."""
    found = events_table(study)
    if len(found.frame):
        columns = ("start", "title", "kind", "source", "locator", "confidence", "disputed")
        section.blocks.append(Fold("All dated events of the case", [Shown(found, columns)]))
    acts = measures_table(study)
    if len(acts.frame):
        parts = (
            "start",
            "end",
            "name",
            "status",
            "factor",
            "effect_start",
            "effect_end",
            "source",
            "confidence",
        )
        section.blocks.append(Fold("Acts: legal status apart from physical effect", [Shown(acts, parts)]))
    return section


def _opening(study: Study) -> str:
    """Say which route carries most in the baseline, and what it carries in the main scenario; nothing for importers."""
    totals = study.route_totals(study.baseline)
    if study.trade.imports or not sum(totals.values()) > 0:
        return ""
    good, actor = focus_words(study)
    top = max(totals, key=lambda name: totals[name])
    text = (
        f"In the baseline {top} carries {fmt.amount(totals[top], study.commodity_unit)} of the exports of {good} from "
        f"{actor} in {study.period}, {fmt.percent(study.route_share(study.baseline, top))}"
    )
    if study.main is not None:
        run = study.scenarios[study.main]
        carried = study.route_totals(run).get(top, 0.0)
        text += f"; in {quoted(study, study.main)} {fmt.amount(carried, study.commodity_unit)}"
        if math.isfinite(share := study.route_share(run, top)):
            text += f", {fmt.percent(share)}"
    return text + "."


def event_marks(study: Study, most: int = 18) -> list[Mark]:
    """Return dated events of the period for the axis: those that bear on modelled assets first, spread over the period.

    One after another, the event is taken that weighs most, where nearness to those taken (within 45 days) counts against it.
    """
    axis = study.case.settings.time
    found: list[tuple[float, date, str]] = []
    for event in study.case.rows("events").values():
        if event.precision == "day" and axis.start <= event.start < axis.end:
            found.append(
                (2.0 * (event.measure is not None) + (event.asset is not None), event.start, event.title)
            )
    found.sort(key=lambda item: (item[1], item[2]))
    taken: list[tuple[float, date, str]] = []
    while found and len(taken) < most:

        def worth(item: tuple[float, date, str]) -> float:
            near = min((abs((item[1] - other[1]).days) for other in taken), default=45)
            return item[0] + 2.0 * min(near, 45) / 45

        best = max(found, key=worth)
        found.remove(best)
        taken.append(best)
    return [Mark(when, text) for _, when, text in sorted(taken, key=lambda item: item[1])]


def routes_figure(study: Study, scenario: str | None, *, ident: str, with_events: bool) -> Figure:
    """Draw exports by route over time: the reference, and below it the scenario. `ident` is unique in the page."""
    order = study.corridor_order
    runs = [study.baseline if scenario is None else study.comparison.reference(scenario)]
    names = [
        "Baseline" if scenario is None else study.scenario_title(study.comparison.reference_id(scenario))
    ]
    if scenario is not None:
        runs.append(study.scenarios[scenario])
        names.append(study.scenario_title(scenario))
    steps = study.steps(scenario)
    values = [study.routes_over_time(run).reindex(columns=order, fill_value=0.0) for run in runs]
    stacks = [Stack(name, value) for name, value in zip(names, values, strict=True)]
    unit = f"{study.commodity_unit}/d"
    good, actor = focus_words(study)
    title = f"Exports of {good} from {actor} by route"
    marks = event_marks(study) if with_events else []
    totals = [fmt.amount(study.exports_of(run), study.commodity_unit) for run in runs]
    description = "; ".join(f"{name}: {total} exported" for name, total in zip(names, totals, strict=True))
    svg = stacked_exports(
        ident,
        title,
        f"Stacked areas by step of time. {description}. The table below gives every step.",
        stacks,
        study.case.settings.time.start,
        steps.edges,
        unit,
        marks,
        study.disrupted_days(scenario) if scenario else None,
    )
    caption = f"Daily rate in each step, {unit}; names at the right stand by their area with the average of the period."
    if scenario is not None:
        caption += " Shaded: from the first to the last day of the disruptions."
    if any(sum(study.route_totals(run).values()) > 1.005 * study.exports_of(run) for run in runs):
        caption += " Cargo that takes two routes one after the other stands in both."
    if marks:
        caption += " Numbered: dated events of the case; the full list is in the workbook."
    twin = exports_by_route_table(study, scenario or "baseline")
    if scenario is not None:
        beside = study.comparison.reference_id(scenario)
        both = [_by_route(study, name, run) for name, run in zip((beside, scenario), runs, strict=True)]
        twin = Table(twin.name, twin.title, pd.concat(both, ignore_index=True), twin.units, twin.note)
    return Figure(ident, title, svg, caption, twin)


def exports_by_route_table(study: Study, run: str | None = None) -> Table:
    """Exports of the focus by route and step: one column for each route (default: all runs)."""
    if study.trade.imports or not study.corridor_order:  # nothing is sold by a route that has a name
        return Table("exports_by_route", "", pd.DataFrame())
    rate = f"{study.commodity_unit}/d"
    names = [run] if run else ["baseline", *study.scenarios]
    frame = pd.concat([_by_route(study, name, study.run(name)) for name in names], ignore_index=True)
    return Table(
        "exports_by_route",
        "Exports by route over time",
        frame,
        dict.fromkeys([*study.corridor_order, "all_routes"], rate),
        "Flow that enters the counting link of each route, of the commodity and origin that the study leads with. Cargo "
        "that takes two routes one after the other is counted on both, so that all routes can be more than all exports.",
    )


def _by_route(study: Study, name: str, solution: Solution) -> pd.DataFrame:
    """Exports of the focus by route and step of one run, which stands under a scenario's name."""
    wide = study.routes_over_time(solution).reindex(columns=study.corridor_order, fill_value=0.0)
    wide["all_routes"] = wide.sum(axis=1)
    wide.insert(0, "step_begins", list(solution.network.steps.labels))
    wide.insert(0, "scenario", name)
    return named(study, wide.reset_index(drop=True))


def export_totals_table(study: Study) -> Table:
    """Exports by route over the whole period, all cargoes, beside the reference."""
    found = study.comparison.lost_exports
    keys = ["scenario", "commodity", "origin", "corridor"]
    frame = found.groupby(keys, as_index=False, sort=False)[["reference", "amount", "lost"]].sum()
    frame["unit"] = [study.unit(str(value)) for value in frame["commodity"]]
    return Table(
        "lost_exports",
        "Exports lost by route, commodity and origin",
        named(study, frame),
        {},
        "Over the whole period. A negative loss is a gain: the route took over what another lost.",
    )


def _source_last(frame: pd.DataFrame) -> pd.DataFrame:
    """Put what supports a row after what it says."""
    last = [name for name in ("source", "locator", "confidence", "note") if name in frame]
    return frame[[*(name for name in frame.columns if name not in last), *last]]


def events_table(study: Study) -> Table:
    """Dated events of the case."""
    frame = _source_last(study.case.tables["events"].dropna(axis=1, how="all"))
    return Table("events", "Events", _first_days_first(frame))


def _first_days_first(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("start", kind="stable") if len(frame) and "start" in frame else frame


#: Legal statuses in words: works, accidents and storms are no acts of law, which does not make them illegal.
_STATUS = {"not_legal": "no act of law", "in_force": "in force"}


def measures_table(study: Study) -> Table:
    """Acts with their legal status apart from their physical effect."""
    frame = _source_last(study.case.tables["measures"].dropna(axis=1, how="all"))
    if "status" in frame:
        frame = frame.assign(status=[_STATUS.get(str(status), status) for status in frame["status"]])
    return Table(
        "measures",
        "Acts: legal status and physical effect",
        _first_days_first(frame),
        {"factor": "share of capacity left"} if "factor" in frame else {},
        "Status is how far the act went in law, if it was one at all; the factor is what it did to the asset. No factor: no "
        "physical effect.",
    )


PART = Part(
    ident="routes",
    order=40,
    show=show,
    opening=_opening,
    tables=(exports_by_route_table, export_totals_table, events_table, measures_table),
    absent="no link of the case counts for a route",
)
