"""Maps of a case, of a solution and of a scenario beside what it is compared with, each a picture that stands alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.conversion import places_of_processes
from straits.errors import ModelError, StraitsError, did_you_mean
from straits.model import Solution
from straits.report.maps.basemap import View, draw_basemap
from straits.report.maps.network import Panel, network_map
from straits.report.sections.basemaps import (
    PANEL_WIDTH,
    basemap_group,
    commodity_basemap,
    drawn,
    panel,
    scenario_map,
)
from straits.report.study.content import Study
from straits.results.picture import Picture, standing_alone
from straits.stress import Comparison

if TYPE_CHECKING:
    from straits.case.case import Case

#: Width of a single map, and how far (pixels) its coasts may lie from the true ones: a notebook shall hold dozens of them.
_WIDTH, _COARSE = 900.0, 1.0


def draw_map(
    shown: Case | Solution | Comparison, scenario: str | None = None, *, commodity: str | None = None
) -> Picture:
    """Draw the network of a case, the flows of a solution, or a scenario beside what it is compared with.

    Parameters
    ----------
    shown : Case, Solution or Comparison
    scenario : str, optional
        Of a comparison; default: its main scenario, or the baseline alone where it has none.
    commodity : str, optional
        Default: that of the focus, else the one that is worth most abroad, or of a case that has no focus its first.

    Returns
    -------
    Picture

    Raises
    ------
    StraitsError
        No place of the commodity has coordinates, or there is no such scenario or commodity.
    """
    if isinstance(shown, Comparison):
        return _of_comparison(shown, scenario, commodity)
    if scenario is not None:
        raise StraitsError(
            f"scenario={scenario!r}: only a comparison has scenarios to choose from; draw the solution of that scenario"
        )
    return _of_solution(shown, commodity) if isinstance(shown, Solution) else _of_case(shown, commodity)


def _of_comparison(comparison: Comparison, scenario: str | None, commodity: str | None) -> Picture:
    if scenario is None:
        try:
            scenario = comparison.main_scenario()
        except ModelError:
            return _of_solution(comparison.baseline, commodity)
    if scenario not in comparison.solutions:
        known = list(comparison.solutions)
        raise StraitsError(
            f"scenario={scenario!r}: not in this comparison; accepted: {', '.join(known) or 'none'}"
            + did_you_mean(scenario, known)
        )
    study = Study(comparison)
    good = _commodity(study.case, commodity, study.focus[1])
    base = commodity_basemap(study, good, PANEL_WIDTH, _COARSE)
    if base is None:
        raise _nowhere(study.case, good)
    under = _ident(study.case.hash, scenario, good)
    figure = scenario_map(study, scenario, good, base, under)
    return Picture(
        figure.title, standing_alone(figure.svg, {under: basemap_group(study, base, under)}), figure.caption
    )


def _of_solution(solution: Solution, commodity: str | None) -> Picture:
    study = Study(Comparison(solution.case, solution, {}))
    good = _commodity(study.case, commodity, study.focus[1])
    base = commodity_basemap(study, good, _WIDTH, _COARSE)
    if base is None:
        raise _nowhere(study.case, good)
    scenario = solution.model.scenario
    name = scenario.title if scenario else "Baseline"
    links = study.links_table("baseline", good)
    ident = _ident(study.case.hash, solution.scenario_id, good)
    title = f"{study.name('commodities', good)}: {name}"
    under = f"{ident}-base"
    svg, caption = drawn(
        study, ident, title, "Average of the period", good, [panel(name, links)], base, under
    )
    return Picture(title, standing_alone(svg, {under: basemap_group(study, base, under)}), caption)


def _of_case(case: Case, commodity: str | None) -> Picture:
    """Draw capacities alone; nothing is solved."""
    from straits.model.reading.assemble import read_network

    focus = case.settings.focus
    good = _commodity(case, commodity, focus.commodity if focus else next(iter(case.rows("commodities"))))
    rows = [row for row in case.rows("links").values() if good in row.commodities]
    network = read_network(case)
    rate = dict(
        zip(network.link_ids, network.link_capacity.sum(axis=1) / network.steps.days.sum(), strict=True)
    )
    links = pd.DataFrame(
        {
            "id": [row.id for row in rows],
            "name": [row.name for row in rows],
            "from_place": [row.from_place for row in rows],
            "to_place": [row.to_place for row in rows],
            "mode": [row.mode for row in rows],
            "capacity": [float(rate.get(row.id, np.nan)) for row in rows],
        }
    ).assign(flow=0.0, closed=False, lost_capacity=0.0, change=0.0)
    places = case.tables["places"]
    used = places[places["id"].isin({*links["from_place"], *links["to_place"]})]
    used = used[used["lon"].notna() & used["lat"].notna()]
    if not len(used):
        raise _nowhere(case, good)
    base = draw_basemap(
        View.around(used["lon"].to_numpy(float), used["lat"].to_numpy(float), _WIDTH), _COARSE
    )
    ident = _ident(case.hash, "case", good)
    unit = f"{case.rows('commodities')[good].unit}/d"
    title = f"{case.settings.title}: {case.rows('commodities')[good].name}"
    found = network_map(
        ident, title, f"Capacities of the network, {unit}.", [Panel(title, links)], places, base,
        unit=unit, base_id=f"{ident}-base", routes=case.routes, processes=places_of_processes(case, good),
    )  # fmt: skip
    caption = (
        f"Capacities as the case gives them, {unit}: the width of a halo is the capacity of the link. Nothing is solved. "
        f"{case.settings.boundaries or 'Borders as in the atlas used; they imply no position.'}"
    )
    return Picture(title, standing_alone(found.svg, {f"{ident}-base": base.svg(f"{ident}-base")}), caption)


def _commodity(case: Case, asked: str | None, usual: str) -> str:
    known = list(case.rows("commodities"))
    if asked is not None and asked not in known:
        raise StraitsError(
            f"commodity={asked!r}: not in case {case.settings.id}; accepted: {', '.join(known)}{did_you_mean(asked, known)}"
        )
    return asked or usual


def _nowhere(case: Case, commodity: str) -> StraitsError:
    return StraitsError(
        f"case {case.settings.id}: no place of commodity {commodity} has coordinates, so there is no map; give lon and lat in "
        "table places"
    )


def _ident(*parts: str) -> str:
    """Return an id that two drawings of one page do not share unless they show the same."""
    return "map-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


__all__ = ["draw_map"]
