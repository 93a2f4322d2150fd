"""The maps of a report, each with its caption and the table of its links."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import pandas as pd

from straits.case.conversion import places_of_processes
from straits.report import format as fmt
from straits.report.maps.basemap import Basemap, View, draw_basemap
from straits.report.maps.network import Panel, network_map
from straits.report.page import Block, Figure, Table
from straits.report.study.content import Study
from straits.report.study.words import named, reference_words

PANEL_WIDTH, WIDE = 640.0, 1300.0

#: A scenario gets a map of a commodity if some market's purchases change by more than this share of all sales of it.
NOTABLE = 0.01


def links_table(study: Study, commodity: str | None = None, scenario: str | None = None) -> Table:
    """Flow, capacity and closure of each link, in each scenario while its disruptions act (default: all goods, all runs)."""
    goods = [commodity] if commodity else list(study.case.rows("commodities"))
    runs = [scenario] if scenario else ["baseline", *study.scenarios]
    parts = []
    for good in goods:
        for run in runs:
            part = study.links_table(run, good)
            part.insert(0, "commodity", study.name("commodities", good))
            part["unit"] = f"{study.unit(good)}/d"
            part.insert(0, "scenario", run)
            parts.append(part)
    frame = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    if scenario:  # one map: what it shows widest, or changes most, stands first
        frame = frame.assign(by=frame["change"].abs()).sort_values(
            ["by", "flow"], ascending=False, kind="stable"
        )
        frame = frame.drop(columns="by").reset_index(drop=True)
    for column in ("from_place", "to_place"):
        frame[column] = [study.name("places", value) for value in frame[column]]
    return Table(
        "links",
        "Flow by link",
        named(study, frame),
        {"lost_capacity": "share"},
        "Daily rates, averaged over the steps that the scenario's disruptions fill (over the whole period in the baseline "
        "and where nothing is disrupted); reference is the run compared with, over the same steps. lost_capacity is the share "
        "of capacity taken away while any disruption acts.",
    )


def commodity_basemap(
    study: Study, commodity: str, width: float = PANEL_WIDTH, tolerance: float = 1.0
) -> Basemap | None:
    """Return the basemap that shows all places of a commodity's links; None if none has coordinates."""
    links = study.links_table("baseline", commodity)
    places = study.case.tables["places"]
    used = places[places["id"].isin(set(links["from_place"]) | set(links["to_place"]))]
    used = used[used["lon"].notna() & used["lat"].notna()]
    if not len(used):
        return None
    return draw_basemap(
        View.around(used["lon"].to_numpy(float), used["lat"].to_numpy(float), width), tolerance
    )


def basemap_group(study: Study, base: Basemap, ident: str) -> str:
    """Return a basemap as one element of that id, the country that the study is about a shade darker."""
    actors = study.case.rows("actors")
    origin = study.focus[0]
    code = actors[origin].iso3 if origin in actors else None
    return base.svg(ident, frozenset([code or origin]))


def baseline_map(study: Study, commodity: str, base: Basemap, base_id: str) -> Figure:
    """Draw the network of a commodity in the baseline, large, averaged over the whole period."""
    title = f"{study.name('commodities', commodity)}: the network in the baseline"
    panels = [panel("Baseline", study.links_table("baseline", commodity))]
    svg = drawn(study, f"map-{commodity}", title, "Average of the period", commodity, panels, base, base_id)
    return Figure(f"map-{commodity}", title, *svg, links_table(study, commodity, "baseline"))


def scenario_map(study: Study, scenario: str, commodity: str, base: Basemap, base_id: str) -> Figure:
    """Draw the reference and a scenario side by side, averaged over the steps that the disruptions fill."""
    table = study.links_table(scenario, commodity)
    reference, name = (
        study.scenario_title(study.comparison.reference_id(scenario)),
        study.scenario_title(scenario),
    )
    before = table.assign(flow=table["reference"], closed=False, lost_capacity=0.0, change=0.0)
    title = f"{study.name('commodities', commodity)}: {name}"
    when = _when(study, scenario)
    panels = [panel(reference, before), panel(name, table)]
    ident = f"map-{commodity}-{scenario}"
    svg = drawn(study, ident, title, when, commodity, panels, base, base_id)
    return Figure(ident, title, *svg, links_table(study, commodity, scenario))


def change_map(study: Study, scenario: str, commodity: str, base: Basemap, base_id: str) -> Figure:
    """Draw a scenario with its changes against what it is compared with, which is not drawn."""
    table = study.links_table(scenario, commodity)
    name = study.scenario_title(scenario)
    title = f"{study.name('commodities', commodity)}: {name}"
    against = f", changes against {reference_words(study, scenario)}"
    ident = f"changes-{commodity}-{scenario}"
    when = f"{_when(study, scenario)}{against}"
    svg = drawn(
        study, ident, title, when, commodity, [panel(_when(study, scenario), table)], base, base_id, True
    )
    return Figure(ident, title, *svg, links_table(study, commodity, scenario))


def _when(study: Study, scenario: str) -> str:
    """Say which steps a map of a scenario shows."""
    steps = study.shown_steps(scenario)
    days = fmt.number(float(study.steps(scenario).days[steps].sum()))
    return "Average of the period" if steps.all() else f"Average of the {days} days that the disruptions fill"


def panel(title: str, links: pd.DataFrame) -> Panel:
    """Return one map of a table of links."""
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


def drawn(
    study: Study,
    ident: str,
    title: str,
    when: str,
    commodity: str,
    panels: list[Panel],
    base: Basemap,
    base_id: str,
    changes: bool = False,
) -> tuple[str, str]:
    """Return a map's drawing and caption."""
    unit = f"{study.unit(commodity)}/d"
    largest = max((float(panel.links["flow"].max()) for panel in panels if len(panel.links)), default=0.0)
    found = network_map(
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
        changes=changes,
        processes=places_of_processes(study.case, commodity),
    )
    caption = f"{when}, all origins, {unit}. The width of a line is its flow, the width of its halo its capacity, at one scale."
    if changes or len(panels) > 1:
        caption += " Where several courses cost the same, the model takes one of them, so that small changes may mean nothing."
    if found.dropped:
        caption += f" No room for the names of: {'; '.join(found.dropped)}."
    if found.missing:
        names = [study.name("links", link) for link in found.missing]
        caption += f" Not drawn, since an end has no coordinates: {'; '.join(names)}."
    if study.case.routes is None:
        caption += " Links are drawn straight or as plain curves, not along their true course."
    return (
        found.svg,
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
    # Many small markets may change together where none of them does notably by itself.
    change = after.sub(before, fill_value=0.0)
    least = NOTABLE * max(float(before.sum()), 1e-9)
    return bool((change.abs() > least).any() or abs(float(change.sum())) > least)


#: Id of the basemap that maps as wide as the page share.
WIDE_BASE = "base-wide"


class Basemaps:
    """Basemaps by commodity, drawn once each and shared by all maps of the page."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._found: dict[str, Basemap | None] = {}

    @cached_property
    def wide(self) -> Basemap | None:
        """Basemap of the focus good, for maps as wide as the page."""
        return commodity_basemap(self._study, self._study.focus[1], WIDE)

    def get(self, commodity: str) -> tuple[Basemap | None, str]:
        """Return the basemap of a commodity and its id in the page."""
        if commodity not in self._found:
            self._found[commodity] = commodity_basemap(self._study, commodity)
        return self._found[commodity], f"base-{commodity}"

    def shared(self) -> dict[str, str]:
        """Return the elements that maps refer to, by their ids: each basemap used."""
        used = {f"base-{name}": base for name, base in self._found.items()} | {WIDE_BASE: self.wide}
        return {
            ident: basemap_group(self._study, base, ident) for ident, base in used.items() if base is not None
        }

    def symbols(self) -> list[str]:
        """Return hidden drawings that hold each basemap once, for all maps of the page that refer to it."""
        return [
            f'<svg width="0" height="0" class="hidden" aria-hidden="true"><defs>{group}</defs></svg>'
            for group in self.shared().values()
        ]

    def figure(self, scenario: str, commodity: str) -> list[Block]:
        """Return the map of a scenario beside what it is compared with; nothing if no place has coordinates."""
        base, ident = self.get(commodity)
        return [] if base is None else [scenario_map(self._study, scenario, commodity, base, ident)]

    def changes(self, scenario: str, commodity: str) -> list[Block]:
        """Return the map of a scenario with its changes alone; nothing if no place has coordinates."""
        base, ident = self.get(commodity)
        return [] if base is None else [change_map(self._study, scenario, commodity, base, ident)]

    def lead(self) -> Figure | None:
        """Return the map of the first screen: the main scenario with its changes, else the baseline."""
        study, commodity = self._study, self._study.focus[1]
        base, ident = self.get(commodity)
        if base is None:
            return None
        if study.main is None:
            found = baseline_map(study, commodity, base, ident)
        else:
            found = change_map(study, study.main, commodity, base, ident)
        # The same map may stand in a section; an id is there once.
        return replace(found, ident="lead-map", svg=found.svg.replace(found.ident, "lead-map"))
