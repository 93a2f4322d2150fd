"""The figures of a report, each with its caption and the table that says the same in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report import tables
from straits.report.bars import Bar, Swing, Test, back_test_plot, diverging_bars, tornado
from straits.report.basemap import Basemap, View, draw_basemap
from straits.report.charts import Levels, Mark, Stack, stacked_exports, storage_levels
from straits.report.content import Study
from straits.report.map import Panel, network_map
from straits.report.tables import Table

PANEL_WIDTH = 640.0

#: Changes smaller than this share of the largest flow count as none when a scenario is looked at as a whole.
NOTHING = 1e-4


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and its table twin."""

    ident: str
    title: str
    svg: str
    caption: str
    twin: Table


# ---------------------------------------------------------------------- maps


def commodity_basemap(study: Study, commodity: str) -> Basemap | None:
    """Return the basemap that shows all places of a commodity's links; None if none has coordinates."""
    links = study.links_table("baseline", commodity)
    places = study.case.tables["places"]
    used = places[places["id"].isin(set(links["from_place"]) | set(links["to_place"]))]
    used = used[used["lon"].notna() & used["lat"].notna()]
    if not len(used):
        return None
    return draw_basemap(View.around(used["lon"].to_numpy(float), used["lat"].to_numpy(float), PANEL_WIDTH))


def basemap_symbol(study: Study, base: Basemap, ident: str) -> str:
    """Return a hidden drawing that holds a basemap once, for all maps of the page that refer to it."""
    actors = study.case.rows("actors")
    origin = study.focus[0]
    code = actors[origin].iso3 if origin in actors else None
    focus = frozenset([code or origin])
    return f'<svg width="0" height="0" class="hidden" aria-hidden="true"><defs>{base.svg(ident, focus)}</defs></svg>'


def scenario_map(study: Study, scenario: str, commodity: str, base: Basemap, base_id: str) -> Figure:
    """Draw the reference and a scenario side by side, averaged over the steps that the disruptions fill."""
    table = study.links_table(scenario, commodity)
    largest = max(float(table[["flow", "reference"]].max().max()), 0.0) if len(table) else 0.0
    unit, factor = f"{study.unit(commodity)}/d", 1.0
    capacity = table["capacity"] * factor
    common = table[["id", "from_place", "to_place", "mode"]]
    before = common.assign(
        flow=table["reference"] * factor, capacity=capacity, closed=False, lost_capacity=0.0, change=0.0
    )
    after = common.assign(
        flow=table["flow"] * factor,
        capacity=capacity,
        closed=table["closed"],
        lost_capacity=table["lost_capacity"],
        change=table["change"] * factor,
    )
    reference = study.scenario_title(study.comparison.reference_id(scenario))
    good = study.name("commodities", commodity)
    title = f"{good}: {reference.lower()} and {study.scenario_title(scenario)}"
    steps = study.shown_steps(scenario)
    days = float(study.days[steps].sum())
    when = (
        f"Average of the {fmt.number(days)} days that the disruptions fill"
        if not steps.all()
        else "Average of the period"
    )
    ident = f"map-{commodity}-{scenario}"
    drawn = network_map(
        ident,
        title,
        f"Two maps of the network at one scale. {when}. Largest flow {fmt.number(largest)} {unit}. The table below gives every "
        "link.",
        [Panel(reference, before), Panel(study.scenario_title(scenario), after)],
        study.case.tables["places"],
        base,
        unit=unit,
        base_id=base_id,
        routes=study.case.routes,
    )
    caption = f"{when}, all origins, {unit}. Width of a line is flow, width of its halo capacity, both maps at one scale."
    if drawn.dropped:
        caption += f" No room for the names of: {', '.join(drawn.dropped)}."
    if drawn.missing:
        names = [study.name("links", ident) for ident in drawn.missing]
        caption += f" Not drawn, since an end has no coordinates: {'; '.join(names)}."
    if study.case.routes is None:
        caption += " Links are drawn straight or as plain curves, not along their true course."
    caption += " " + (
        study.case.settings.boundaries or "Borders as in the atlas used; they imply no position."
    )
    return Figure(ident, title, drawn.svg, caption, tables.links(study, commodity, scenario))


def moves_anything(study: Study, scenario: str, commodity: str) -> bool:
    """Tell whether a scenario changes any flow of a commodity, or closes a link that carries it."""
    table = study.links_table(scenario, commodity)
    if not len(table):
        return False
    largest = float(table[["flow", "reference"]].max().max())
    return bool(
        (table["change"].abs() > NOTHING * max(largest, 1e-9)).any() or (table["lost_capacity"] > 0).any()
    )


# ---------------------------------------------------------------------- over time


def event_marks(study: Study, most: int = 14) -> list[Mark]:
    """Return the events of the period that bear on modelled assets first, by date, at most `most`."""
    axis = study.case.settings.time
    found: list[tuple[int, date, str]] = []
    for event in study.case.rows("events").values():
        if event.precision == "year" or not axis.start <= event.start < axis.end:
            continue
        weight = 3 * (event.measure is not None) + 2 * (event.asset is not None) + (event.precision == "day")
        found.append((weight, event.start, event.title))
    found.sort(key=lambda item: (-item[0], item[1]))
    return [Mark(when, text) for _, when, text in sorted(found[:most], key=lambda item: item[1])]


def routes_figure(study: Study, scenario: str | None, *, with_events: bool) -> Figure:
    """Draw exports by route over time: the reference, and below it the scenario."""
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
    title = f"Exports of {study.name('commodities', commodity)} from {study.name('actors', origin)} by route"
    marks = event_marks(study) if with_events else []
    ident = f"routes-{scenario or 'baseline'}"
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
        both = [tables.exports_by_route(study, name).frame for name in ("baseline", scenario)]
        twin = Table(twin.name, twin.title, pd.concat(both, ignore_index=True), twin.units, twin.note)
    return Figure(ident, title, svg, caption, twin)


def storage_figure(study: Study, scenario: str | None) -> Figure | None:
    """Draw the levels of the stores that change most; None if the case has none."""
    found = study.comparison.storage
    if not len(found):
        return None
    wide = found.pivot_table(index=["store", "step"], columns="scenario", values="level", aggfunc="sum")
    capacity = found.groupby("store")["capacity"].first()
    units = found.groupby("store")["commodity"].first().map(study.unit)
    levels: list[tuple[float, Levels]] = []
    for store in capacity.index:
        part = wide.loc[store].reindex(range(len(study.days)))
        base = part["baseline"].to_numpy(float)
        other = part[scenario].to_numpy(float) if scenario in part else None
        change = float(np.abs(other - base).max()) if other is not None else float(base.max())
        name = study.name("stores", store)
        levels.append((-change, Levels(name, base, other, float(capacity[store]), str(units[store]))))
    levels.sort(key=lambda item: item[0])
    title = "Content of stores" + (f": baseline and {study.scenario_title(scenario)}" if scenario else "")
    svg = storage_levels(
        f"storage-{scenario or 'baseline'}",
        title,
        "One panel for each store, with its level over time and its capacity. The table below gives every step.",
        [level for _, level in levels[:6]],
        study.case.settings.time.start,
        study.edges,
        study.scenario_title(scenario) if scenario else "",
    )
    caption = "Content at the end of each step, all origins together."
    if len(levels) > 6:
        caption += f" The six stores that change most, of {len(levels)}."
    return Figure(
        f"storage-{scenario or 'baseline'}",
        title,
        svg,
        caption,
        tables.storage(study, scenario or "baseline"),
    )


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
    title = f"Exports of {study.name('commodities', commodity)} that {study.name('actors', origin)} loses, by scenario"
    svg = diverging_bars(
        "losses", title, f"Bars by scenario, in {unit}.", bars, f"lost exports over the period, {unit}", loss_is_left=False,
        label_width=430.0,
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
        return Figure(f"gains-{who}-{scenario}", title, svg, caption, tables.states(study))
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
    table = table[(table["scenario"] == scenario) & (table["worth"] > 0)].head(most)
    if not len(table):
        return None
    bars = [
        Bar(
            study.asset_name(str(asset)),
            float(worth),
            f"per {unit}; binds in {fmt.plural(int(steps), 'step')}",
        )
        for asset, worth, unit, steps in zip(
            table["asset"], table["worth"], table["unit"], table["steps_binding"], strict=True
        )
    ]
    title = f"Worth of one more unit of each bottleneck: {study.scenario_title(scenario)}"
    money = f"million {study.currency}"
    ident = f"bottlenecks-{scenario}"
    svg = diverging_bars(ident, title, f"Bars in {money}.", bars, f"worth over the period, {money} for one more unit",
                         loss_is_left=True, label_width=380.0)  # fmt: skip
    twin = tables.bottlenecks(study)
    rows = twin.frame[twin.frame["scenario"] == scenario].reset_index(drop=True)
    caption = (
        "Gain of all actors together from one more unit of capacity for the whole period; at the margin only."
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
    svg = back_test_plot("back-test", title, "Dots show the error of each observation.", tests)
    caption = (
        "A disc: within 10 %. A square: beyond, with what is known of the reason. An arrow: beyond the axis."
    )
    return Figure("back-test", title, svg, caption, tables.back_test(study))


def swing_figure(
    study: Study, ident: str, title: str, frame: pd.DataFrame, twin: Table, most: int = 10
) -> Figure | None:
    """Draw how far the main answer moves with each number of a sensitivity table, widest first; None if it is empty."""
    if not len(frame):
        return None
    ends = frame[["answer_low", "answer_high"]].to_numpy(float)
    base = frame["answer"].to_numpy(float)
    order = np.argsort(-np.nanmax(np.abs(ends - base[:, None]), axis=1), kind="stable")[:most]
    unit, factor = fmt.larger_unit(study.commodity_unit, float(np.nanmax(np.abs(np.append(ends, base)))))
    swings = []
    for i in order:
        row = frame.iloc[int(i)]
        of = str(row["unit"]) if isinstance(row["unit"], str) else ""
        support = (
            "no source" if not isinstance(row["source"], str) or not row["source"] else str(row["confidence"])
        )
        swings.append(
            Swing(str(row["name"]), f"{fmt.number(row['low'])} {of}".strip(), f"{fmt.number(row['high'])} {of}".strip(),
                  float(row["answer_low"]) * factor, float(row["answer_high"]) * factor,
                  support if support == "no source" else f"{support} confidence")
        )  # fmt: skip
    axis = f"exports lost in the main scenario, {unit}"
    svg = tornado(
        ident, title, f"Spans of the answer in {unit}, widest first.", swings, float(base[0]) * factor, axis
    )
    caption = "Each number alone moved to the ends of its range, everything solved again."
    if len(frame) > most:
        caption += f" The {most} that move the answer most, of {len(frame)} tried."
    return Figure(ident, title, svg, caption, twin)
