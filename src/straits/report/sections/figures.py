"""The figures of a report, each with its caption and the table that says the same in numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.bars import Bar, Swing, Test, back_test_plot, diverging_bars, tornado
from straits.report.drawing.charts import Levels, Mark, Stack, stacked_exports, storage_levels
from straits.report.figure import Figure
from straits.report.study.content import Study
from straits.report.writing import tables
from straits.report.writing.tables import Table

# ---------------------------------------------------------------------- over time


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
    values = [study.routes_over_time(run).reindex(columns=order, fill_value=0.0) for run in runs]
    stacks = [Stack(name, value) for name, value in zip(names, values, strict=True)]
    origin, commodity, _ = study.focus
    unit = f"{study.commodity_unit}/d"
    title = f"Exports of {study.name('commodities', commodity).lower()} from {study.name('actors', origin)} by route"
    marks = event_marks(study) if with_events else []
    totals = [
        fmt.amount(float(value.to_numpy(float).sum(axis=1) @ study.days), study.commodity_unit)
        for value in values
    ]
    description = "; ".join(f"{name}: {total} in all" for name, total in zip(names, totals, strict=True))
    svg = stacked_exports(
        ident,
        title,
        f"Stacked areas by step of time. {description}. The table below gives every step.",
        stacks,
        study.case.settings.time.start,
        study.edges,
        unit,
        marks,
        study.disrupted_days(scenario) if scenario else None,
    )
    caption = f"Daily rate in each step, {unit}; names at the right stand by their area with the average of the period."
    if scenario is not None:
        caption += " Shaded: from the first to the last day of the disruptions."
    if marks:
        caption += " Numbered: dated events of the case; the full list is in the workbook."
    twin = tables.exports_by_route(study, scenario or "baseline")
    if scenario is not None:
        both = [
            tables.exports_by_route(study, name).frame
            for name in (study.comparison.reference_id(scenario), scenario)
        ]
        twin = Table(twin.name, twin.title, pd.concat(both, ignore_index=True), twin.units, twin.note)
    return Figure(ident, title, svg, caption, twin)


def storage_figure(study: Study, scenario: str | None, most: int = 6) -> Figure | None:
    """Draw the levels of stores, those of the focus good first, then those that change most; None if no store holds anything."""
    found = study.comparison.storage
    if not len(found):
        return None
    wide = found.pivot_table(index=["store", "step"], columns="scenario", values="level", aggfunc="sum")
    capacity = found.groupby("store")["capacity"].first()
    goods = found.groupby("store")["commodity"].first()
    levels: list[tuple[tuple[bool, float], str, Levels]] = []
    for store in capacity.index:
        part = wide.loc[store].reindex(range(len(study.days)))
        base = part["baseline"].to_numpy(float)
        other = part[scenario].to_numpy(float) if scenario in part else None
        held = max(float(base.max()), float(other.max()) if other is not None else 0.0)
        if held <= 1e-6 * max(1.0, float(np.nan_to_num(capacity[store], posinf=0.0))):
            continue
        change = float(np.abs((other if other is not None else 0.0) - base).max()) / held
        unit = study.unit(str(goods[store]))
        level = Levels(study.name("stores", store), base, other, float(capacity[store]), unit)
        levels.append(((goods[store] != study.focus[1], -change), str(store), level))
    if not levels:
        return None
    levels = sorted(levels, key=lambda item: item[0])
    title = "Content of stores" + (f": baseline and {study.scenario_title(scenario)}" if scenario else "")
    svg = storage_levels(
        f"storage-{scenario or 'baseline'}",
        title,
        "One panel for each store, with its level over time and its capacity. The table below gives every step.",
        [level for _, _, level in levels[:most]],
        study.case.settings.time.start,
        study.edges,
        study.scenario_title(scenario) if scenario else "",
    )
    caption = "Content at the end of each step, all origins together."
    if len(levels) < len(capacity) or len(levels) > most:
        good = study.name("commodities", study.focus[1]).lower()
        caption += f" Shown are {min(len(levels), most)} of {len(capacity)} stores: those that hold something, {good} first, "
        caption += "then those that change most. All are in the workbook."
    twin = tables.storage(study, scenario or "baseline", [store for _, store, _ in levels[:most]])
    return Figure(f"storage-{scenario or 'baseline'}", title, svg, caption, twin)


# ---------------------------------------------------------------------- comparisons


def losses_figure(study: Study) -> Figure | None:
    """Draw the exports that each scenario takes away."""
    table = study.focus_summary
    if not len(table):
        return None
    unit, factor = fmt.larger_unit(study.commodity_unit, float(table["lost_exports"].abs().max()))
    bars = [
        Bar(study.scenario_title(str(name)), float(lost) * factor, f"{fmt.percent(share)} of exports")
        for name, lost, share in zip(
            table["scenario"], table["lost_exports"], table["lost_share"], strict=True
        )
    ]
    bars.sort(key=lambda bar: -bar.value)
    origin, commodity, _ = study.focus
    title = f"Exports of {study.name('commodities', commodity).lower()} that {study.name('actors', origin)} loses, by scenario"
    svg = diverging_bars(
        "losses", title, f"Bars by scenario, in {unit}.", bars, f"lost exports over the period, {unit}", loss_is_left=False,
        signs=False, label_width=430.0,
    )  # fmt: skip
    caption = "Each against the run it is compared with. Below zero: exports grow."
    return Figure("losses", title, svg, caption, tables.scenarios(study))


def gains_figure(study: Study, scenario: str, *, by_state: bool, most: int = 14) -> Figure | None:
    """Draw who gains and who loses in a scenario, by state or by actor; None if nobody's account moves."""
    if by_state:
        found = study.comparison.states
        change = found[found["scenario"] == scenario].set_index("state")["change"]
    else:
        found = study.comparison.actors
        change = found[found["scenario"] == scenario].groupby("actor")["change"].sum()
    change = change[change.abs() > 1e-3].sort_values()
    if not len(change):
        return None
    kept = change.loc[change.abs().sort_values(ascending=False).index[:most]].sort_values()
    bars = [Bar(study.name("actors", actor), float(value)) for actor, value in kept.items()]
    rest = float(change.sum() - kept.sum())
    if len(kept) < len(change):
        bars.append(Bar(f"the other {len(change) - len(kept)}", rest))
    who = "state" if by_state else "actor"
    money = f"million {study.currency}"
    title = f"Gains and losses by {who}: {study.scenario_title(scenario)}"
    svg = diverging_bars(
        f"gains-{who}-{scenario}", title, f"Bars to both sides of zero, in {money}.", bars, f"change, {money}"
    )
    caption = f"Change of value against the reference over the period. All together: {fmt.signed(float(change.sum()))} {money}."
    if by_state:
        caption += " Companies count for the state they belong to."
        return Figure(f"gains-{who}-{scenario}", title, svg, caption, tables.states(study, scenario))
    twin = tables.actors(study)
    rows = twin.frame[twin.frame["scenario"] == scenario].reset_index(drop=True)
    return Figure(
        f"gains-{who}-{scenario}",
        title,
        svg,
        caption,
        Table(twin.name, twin.title, rows, twin.units, twin.note),
    )


def bottleneck_figure(study: Study, scenario: str, most: int = 10) -> Figure | None:
    """Draw the worth of one more unit of the dearest bottlenecks."""
    table = study.comparison.bottlenecks
    table = table[(table["scenario"] == scenario) & (table["worth"] > 0) & (table["kind"] != "supply")].head(
        most
    )
    if not len(table):
        return None
    bars = [
        Bar(
            study.asset_name(str(asset)),
            float(worth),
            f"per {unit}; binds in {int(steps)} of {fmt.plural(len(study.days), study.case.settings.time.step)}",
        )
        for asset, worth, unit, steps in zip(
            table["asset"], table["worth"], table["unit"], table["steps_binding"], strict=True
        )
    ]
    title = f"Worth of one more unit of each bottleneck: {study.scenario_title(scenario)}"
    money = f"million {study.currency}"
    ident = f"bottlenecks-{scenario}"
    svg = diverging_bars(ident, title, f"Bars in {money}.", bars, f"worth over the period, {money} for one more unit",
                         signs=False, label_width=380.0)  # fmt: skip
    twin = tables.bottlenecks(study)
    rows = twin.frame[twin.frame["scenario"] == scenario].reset_index(drop=True)
    caption = (
        "Gain of shippers and owners together from one more unit of capacity of this asset alone for the whole period; at the "
        "margin only."
    )
    return Figure(ident, title, svg, caption, Table(twin.name, twin.title, rows, twin.units, twin.note))


def back_test_figure(study: Study) -> Figure | None:
    """Draw modelled beside observed amounts; None if nothing was observed."""
    table = study.comparison.back_test
    if not len(table):
        return None
    tests = []
    for name, modelled, observed, unit, reason in zip(
        table["name"], table["modelled"], table["observed"], table["unit"], table["reason"], strict=True
    ):
        shown, factor = fmt.larger_unit(str(unit), max(abs(float(modelled)), abs(float(observed))))
        test = Test(str(name), float(modelled) * factor, float(observed) * factor, shown)
        tests.append(
            Test(
                test.name,
                test.modelled,
                test.observed,
                shown,
                str(reason or "") if abs(test.error) > 0.1 else "",
            )
        )
    title = "Modelled beside observed"
    svg = back_test_plot("back-test-plot", title, "Dots show the error of each observation.", tests)
    caption = (
        "A disc: within 10 %. A square: beyond, with what is known of the reason. An arrow: beyond the axis."
    )
    return Figure("back-test-plot", title, svg, caption, tables.back_test(study))


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
    return Figure(ident, title, svg, caption, tables.sensitivity(study, frame))
