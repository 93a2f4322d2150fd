"""The maps of a report, each with its caption and the table of its links."""

from __future__ import annotations

import pandas as pd

from straits.report import format as fmt
from straits.report.figure import Figure
from straits.report.maps.basemap import Basemap, View, draw_basemap
from straits.report.maps.network import Panel, network_map
from straits.report.study.content import Study
from straits.report.writing import tables

PANEL_WIDTH, WIDE = 640.0, 1300.0

#: A scenario gets a map of a commodity if some market's purchases change by more than this share of all sales of it.
NOTABLE = 0.01


def commodity_basemap(study: Study, commodity: str, width: float = PANEL_WIDTH) -> Basemap | None:
    """Return the basemap that shows all places of a commodity's links; None if none has coordinates."""
    links = study.links_table("baseline", commodity)
    places = study.case.tables["places"]
    used = places[places["id"].isin(set(links["from_place"]) | set(links["to_place"]))]
    used = used[used["lon"].notna() & used["lat"].notna()]
    if not len(used):
        return None
    return draw_basemap(View.around(used["lon"].to_numpy(float), used["lat"].to_numpy(float), width))


def basemap_symbol(study: Study, base: Basemap, ident: str) -> str:
    """Return a hidden drawing that holds a basemap once, for all maps of the page that refer to it."""
    actors = study.case.rows("actors")
    origin = study.focus[0]
    code = actors[origin].iso3 if origin in actors else None
    focus = frozenset([code or origin])
    return f'<svg width="0" height="0" class="hidden" aria-hidden="true"><defs>{base.svg(ident, focus)}</defs></svg>'


def baseline_map(study: Study, commodity: str, base: Basemap, base_id: str) -> Figure:
    """Draw the network of a commodity in the baseline, large, averaged over the whole period."""
    title = f"{study.name('commodities', commodity)}: the network in the baseline"
    panels = [_panel("Baseline", study.links_table("baseline", commodity))]
    drawn = _drawn(
        study, f"map-{commodity}", title, "Average of the period", commodity, panels, base, base_id
    )
    return Figure(f"map-{commodity}", title, *drawn, tables.links(study, commodity, "baseline"))


def scenario_map(study: Study, scenario: str, commodity: str, base: Basemap, base_id: str) -> Figure:
    """Draw the reference and a scenario side by side, averaged over the steps that the disruptions fill."""
    table = study.links_table(scenario, commodity)
    reference, name = (
        study.scenario_title(study.comparison.reference_id(scenario)),
        study.scenario_title(scenario),
    )
    before = table.assign(flow=table["reference"], closed=False, lost_capacity=0.0, change=0.0)
    title = f"{study.name('commodities', commodity)}: {name}"
    steps = study.shown_steps(scenario)
    days = fmt.number(float(study.days[steps].sum()))
    when = "Average of the period" if steps.all() else f"Average of the {days} days that the disruptions fill"
    panels = [_panel(reference, before), _panel(name, table)]
    ident = f"map-{commodity}-{scenario}"
    drawn = _drawn(study, ident, title, when, commodity, panels, base, base_id)
    return Figure(ident, title, *drawn, tables.links(study, commodity, scenario))


def _panel(title: str, links: pd.DataFrame) -> Panel:
    names = [
        "id",
        "name",
        "from_place",
        "to_place",
        "mode",
        "flow",
        "capacity",
        "closed",
        "lost_capacity",
        "change",
    ]
    return Panel(title, links[names])


def _drawn(
    study: Study,
    ident: str,
    title: str,
    when: str,
    commodity: str,
    panels: list[Panel],
    base: Basemap,
    base_id: str,
) -> tuple[str, str]:
    """Return a map's drawing and caption."""
    unit = f"{study.unit(commodity)}/d"
    largest = max((float(panel.links["flow"].max()) for panel in panels if len(panel.links)), default=0.0)
    drawn = network_map(
        ident,
        title,
        f"{fmt.plural(len(panels), 'map')} of the network at one scale. {when}. Largest flow {fmt.number(largest)} {unit}. The "
        "table below gives every link.",
        panels,
        study.case.tables["places"],
        base,
        unit=unit,
        base_id=base_id,
        routes=study.case.routes,
    )
    caption = f"{when}, all origins, {unit}. The width of a line is its flow, the width of its halo its capacity, at one scale."
    if len(panels) > 1:
        caption += " Where several courses cost the same, the model takes one of them, so that small changes may mean nothing."
    if drawn.dropped:
        caption += f" No room for the names of: {', '.join(drawn.dropped)}."
    if drawn.missing:
        names = [study.name("links", link) for link in drawn.missing]
        caption += f" Not drawn, since an end has no coordinates: {'; '.join(names)}."
    if study.case.routes is None:
        caption += " Links are drawn straight or as plain curves, not along their true course."
    return (
        drawn.svg,
        f"{caption} {study.case.settings.boundaries or 'Borders as in the atlas used; they imply no position.'}",
    )


def moves(study: Study, scenario: str, commodity: str) -> bool:
    """Tell whether a scenario strikes a link that carries a commodity, or changes what some market buys of it.

    Flows alone do not tell: where several courses cost the same, two runs may take different ones for no reason.
    """
    table = study.links_table(scenario, commodity)
    if not len(table):
        return False
    largest = float(table["reference"].max())
    if ((table["lost_capacity"] > 0) & (table["reference"] > NOTABLE * largest)).any():
        return True
    before, after = (
        run.sales[run.sales["commodity"] == commodity].groupby("market")["amount"].sum()
        for run in (study.comparison.reference(scenario), study.scenarios[scenario])
    )
    change = after.sub(before, fill_value=0.0).abs()
    return bool((change > NOTABLE * max(float(before.sum()), 1e-9)).any())
