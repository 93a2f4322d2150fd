"""From a study to its files: the order of the report's sections, and what each says."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import pandas as pd

from straits.files import replacing
from straits.report import format as fmt
from straits.report.figure import Figure
from straits.report.maps.basemap import Basemap
from straits.report.sections import figures, mapfigures, openings
from straits.report.sections.analysissections import attack_section, documents_section, failures_section
from straits.report.sections.goodssections import goods_section
from straits.report.sections.powersections import power_section
from straits.report.sections.risksections import risk_section
from straits.report.sections.supportsections import (
    back_test_section,
    failed_section,
    intervals_section,
    method_section,
    open_section,
    sources_section,
    weak_section,
)
from straits.report.study.content import Study
from straits.report.writing import tables
from straits.report.writing.html import Fold, Section, Shown, render, write_html
from straits.report.writing.summary import answer, answer_range, answer_span, key_numbers, write_summary
from straits.report.writing.tables import Table, every_table, write_csv
from straits.report.writing.xlsx import write_workbook

Block = Figure | Shown | Fold | str

#: Id of the basemap that maps as wide as the page share.
WIDE_BASE = "base-wide"

#: What sections say before their figures, by section.
OPENINGS: dict[str, Callable[[Study], str]] = {
    "scenarios": openings.scenarios,
    "gains": openings.gains,
    "routes": openings.routes,
    "storage": openings.storage,
    "bottlenecks": openings.bottlenecks,
}


def write_study(
    study: Study, folder: Path | str, *, progress: Callable[[str], None] | None = None
) -> list[Path]:
    """Write `report.html`, `results.xlsx`, `tables/*.csv` and `summary.json` into a folder, each file whole or not at all.

    Parameters
    ----------
    study : Study
    folder : Path or str
        Made if it does not exist.
    progress : callable, optional
        Called with the name of each file when it is written.

    Returns
    -------
    list of Path
        The report, the workbook, the folder of tables, the summary.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = every_table(study)
    filled = [table for table in made if len(table.frame)]
    writers: list[tuple[str, Callable[[Path], object]]] = [
        ("report.html", lambda path: write_html(report_html(study), path)),
        ("results.xlsx", lambda path: write_workbook(study, filled, path)),
        ("tables", lambda path: write_csv(made, path)),
        ("summary.json", lambda path: write_summary(study, path)),
    ]
    paths = []
    for name, write in writers:
        path = folder / name
        if path.suffix:
            with replacing(path) as beside:
                write(beside)
        else:
            write(path)
        paths.append(path)
        if progress:
            progress(name)
    return paths


def report_html(study: Study) -> str:
    """Return the whole report as one HTML page."""
    bases = _Basemaps(study)
    sections = [
        _map(study, bases), _scenarios(study, bases), _gains(study), _routes(study), _storage(study), _bypass(study),
        _bottlenecks(study), failures_section(study, bases.wide, WIDE_BASE), attack_section(study), risk_section(study),
        power_section(study),
        documents_section(study), goods_section(study), back_test_section(study), open_section(study), intervals_section(study),
        weak_section(study), failed_section(study),
        method_section(study), sources_section(study),
    ]  # fmt: skip
    for section in sections:
        if section.blocks and section.ident in OPENINGS and (text := OPENINGS[section.ident](study)):
            section.blocks.insert(0, text)
    return render(study, [s for s in sections if s.blocks], bases.symbols(), _tiles(study), answer(study))


class _Basemaps:
    """Basemaps by commodity, drawn once each and shared by all maps of the page."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._found: dict[str, Basemap | None] = {}

    @cached_property
    def wide(self) -> Basemap | None:
        """Basemap of the focus good, for maps as wide as the page."""
        return mapfigures.commodity_basemap(self._study, self._study.focus[1], mapfigures.WIDE)

    def get(self, commodity: str) -> tuple[Basemap | None, str]:
        """Return the basemap of a commodity and its id in the page."""
        if commodity not in self._found:
            self._found[commodity] = mapfigures.commodity_basemap(self._study, commodity)
        return self._found[commodity], f"base-{commodity}"

    def symbols(self) -> list[str]:
        """Return the hidden drawings of all basemaps used."""
        shared = {f"base-{name}": base for name, base in self._found.items()} | {WIDE_BASE: self.wide}
        return [
            mapfigures.basemap_symbol(self._study, base, ident)
            for ident, base in shared.items()
            if base is not None
        ]

    def figure(self, scenario: str, commodity: str) -> list[Block]:
        """Return the map of a scenario, or nothing if the commodity's places have no coordinates."""
        base, ident = self.get(commodity)
        return (
            [] if base is None else [mapfigures.scenario_map(self._study, scenario, commodity, base, ident)]
        )


def _tiles(study: Study) -> list[tuple[str, str, str]]:
    numbers = key_numbers(study)
    unit = study.commodity_unit

    def amount(value: float, text: str) -> tuple[str, str, str]:
        name, factor = fmt.larger_unit(unit, value)
        return fmt.number(value * factor), name, text

    good = study.name("commodities", study.focus[1]).lower()
    out = [amount(study.exports, f"exports of {good} in the baseline, {study.period}")]
    main = numbers.get("main_scenario")
    if main:
        text = f"exports lost: {main['title']}"
        if math.isfinite(answer_range(study)[0]):
            text += f" ({answer_span(study)} across cost intervals)"
        out.append(amount(main["lost_exports"], text))
        own = main["change_by_state_million"].get(study.focus[0], 0.0)
        actor = study.name("actors", study.focus[0])
        billions = abs(own) >= 1000
        out.append(
            (fmt.signed(own / 1000 if billions else own), f"{'billion' if billions else 'million'} {study.currency}",
             f"change for {actor} and its companies in that scenario")
        )  # fmt: skip
    for meaning, value in numbers.get("bypass", {}).get("baseline", {}).items():
        against = study.name("actors", study.focus[2])
        words = f"the ports of {against}" if meaning == "ports" else f"the territory of {against}"
        out.append(
            amount(
                value["around"],
                f"goes round {words} in the baseline ({fmt.percent(value['share'])} of exports)",
            )
        )
    return out


def _map(study: Study, bases: _Basemaps) -> Section:
    section = Section("map", "The network, before and after")
    if study.main is None:
        return section
    if bases.wide is not None:
        section.blocks.append(mapfigures.baseline_map(study, study.focus[1], bases.wide, WIDE_BASE))
    section.blocks.extend(bases.figure(study.main, study.focus[1]))
    others = [c for c in study.case.rows("commodities") if c != study.focus[1]]
    for commodity in others:
        if mapfigures.moves(study, study.main, commodity):
            title = f"{study.name('commodities', commodity)} in the same scenario"
            section.blocks.append(Fold(title, [*bases.figure(study.main, commodity)]))
    return section


def _scenarios(study: Study, bases: _Basemaps) -> Section:
    section = Section("scenarios", "Scenarios compared")
    if not study.scenarios:
        return section
    figure = figures.losses_figure(study)
    if figure:
        section.blocks.append(figure)
    table = tables.scenarios(study)
    rows = table.frame["scenario"].isin(study.scenarios) & (
        table.frame["origin"] == study.name("actors", study.focus[0])
    )
    rows &= table.frame["commodity"] == study.name("commodities", study.focus[1])
    columns = ("title", "compared_with", "exports", "lost_exports", "lost_share", "revenue_lost", "days_to_loss",
               "days_to_recovery", "forced", "value_lost")  # fmt: skip
    units = {
        **table.units,
        "exports": study.commodity_unit,
        "lost_exports": study.commodity_unit,
        "forced": study.commodity_unit,
    }
    frame = (
        table.frame[rows].sort_values("lost_exports", ascending=False, kind="stable").reset_index(drop=True)
    )
    frame["compared_with"] = [study.scenario_title(str(name)) for name in frame["compared_with"]]
    note = table.note
    section.blocks.append(Shown(Table(table.name, "Main results by scenario", frame, units, note), columns))
    order = [str(name) for name in frame["scenario"]]
    for ident in [*order, *(name for name in study.scenarios if name not in order)]:
        if ident == study.main:
            continue
        section.blocks.append(Fold(study.scenario_title(ident), _scenario(study, bases, ident)))
    return section


def _scenario(study: Study, bases: _Basemaps, ident: str) -> list[Block]:
    found = study.scenario(ident)
    blocks: list[Block] = []
    if found is not None and found.description:
        blocks.append(found.description)
    reference = study.scenario_title(study.comparison.reference_id(ident)).lower()
    moving = [c for c in study.case.rows("commodities") if mapfigures.moves(study, ident, c)]
    if not moving:
        return [
            *blocks,
            "It closes nothing that is used, and within 1 % every market buys as much as in the run compared with: "
            f"{reference}.",
        ]
    for commodity in moving:
        blocks += bases.figure(ident, commodity)
    if study.focus[1] in moving:
        blocks.append(figures.routes_figure(study, ident, ident=f"routes-{ident}", with_events=False))
    figure = figures.gains_figure(study, ident, by_state=True)
    return [*blocks, *([figure] if figure else [])]


def _gains(study: Study) -> Section:
    section = Section("gains", "Who gains and who loses")
    if study.main is None:
        return section
    for by_state in (True, False):
        figure = figures.gains_figure(study, study.main, by_state=by_state)
        if figure:
            section.blocks.append(figure)
    return section


def _routes(study: Study) -> Section:
    section = Section("routes", "Exports by route over time")
    if study.corridor_order:
        told = [name for name in study.scenarios if (run := study.scenario(name)) and run.back_test]
        history = told[0] if told else None
        if history is not None and history != study.main:
            section.blocks.append(
                figures.routes_figure(study, history, ident="routes-events", with_events=True)
            )
            section.blocks.append(
                figures.routes_figure(study, study.main, ident="routes-main", with_events=False)
            )
        else:
            section.blocks.append(
                figures.routes_figure(study, study.main, ident="routes-main", with_events=True)
            )
        found = tables.events(study)
        if len(found.frame):
            columns = ("start", "title", "kind", "source", "locator", "confidence", "disputed")
            section.blocks.append(Fold("All dated events of the case", [Shown(found, columns)]))
        acts = tables.measures(study)
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


def _storage(study: Study) -> Section:
    section = Section("storage", "Storage")
    figure = figures.storage_figure(study, study.main)
    if figure:
        section.blocks.append(figure)
        names = (
            "title",
            "store",
            "capacity",
            "mean_level",
            "throughput_per_day",
            "unit",
            "days_from_empty",
            "days_from_mean",
        )
        table = tables.storage_days(study)
        wanted = table.frame["scenario"].isin(["baseline", study.main]) & (table.frame["capacity"] > 0)
        wanted &= table.frame["throughput_per_day"] > 0
        good = study.name("commodities", study.focus[1])
        rows = table.frame[wanted & (table.frame["commodity"] == good)].reset_index(drop=True)
        if len(rows):
            note = (
                f"{table.note} Stores of {good.lower()}; all others, in all scenarios, are in the workbook."
            )
            section.blocks.append(Shown(Table(table.name, table.title, rows, table.units, note), names))
    return section


def _bypass(study: Study) -> Section:
    against = study.name("actors", study.focus[2]) if study.focus[2] else ""
    section = Section("bypass", f"Two meanings of going round {against}")
    if not (len(study.bypass) and study.bypass["exports"].any()):
        return section
    found = study.bypass[study.bypass["scenario"] == "baseline"].set_index("definition")
    around, sold = found["around"].astype(float), found["exports"].astype(float)
    unit = study.commodity_unit
    section.blocks.append(
        f"To go round {against} can mean two things, which can give different numbers. Round its ports: "
        f"{fmt.amount(float(around['ports']), unit)} of {fmt.amount(float(sold['ports']), unit)} in the baseline. "
        f"Round its territory: {fmt.amount(float(around['territory']), unit)}. Cargo that crosses {against} by land "
        "to a buyer outside goes round its ports and not round its territory"
        + (
            "; in the baseline none does, so both are equal."
            if math.isclose(float(around["ports"]), float(around["territory"]), rel_tol=1e-6)
            else "."
        )
    )
    table = tables.bypass(study)
    wide = study.bypass.pivot_table(
        index="scenario", columns="definition", values=["around", "share"], sort=False
    )
    sold = study.bypass.groupby("scenario", sort=False)["exports"].first()
    frame = pd.DataFrame(
        {
            "run": [study.scenario_title(str(name)) for name in wide.index],
            "exports": sold.reindex(wide.index).to_numpy(float),
            **{
                f"round the {meaning}{tail}": wide[value, meaning].to_numpy(float)
                for meaning in ("ports", "territory")
                for value, tail in (("around", ""), ("share", ", share"))
            },
        }
    )
    names = {"exports": unit, "round the ports": unit, "round the territory": unit}
    shares = {"round the ports, share": "share", "round the territory, share": "share"}
    section.blocks.append(Shown(Table(table.name, table.title, frame, {**names, **shares}, table.note)))
    return section


def _bottlenecks(study: Study) -> Section:
    section = Section("bottlenecks", "Bottlenecks: what one more unit is worth")
    for run in ["baseline", *([study.main] if study.main else [])]:
        figure = figures.bottleneck_figure(study, run)
        if figure:
            section.blocks.append(figure)
    return section
