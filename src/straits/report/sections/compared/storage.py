"""Content of stores, and how long they last."""

from __future__ import annotations

import numpy as np
import pandas as pd

from straits.case.ownership import state_of
from straits.report import format as fmt
from straits.report.drawing.charts import Levels, storage_levels
from straits.report.page import Figure, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import focus_words, good_words, named, quoted
from straits.stress.tables.imports import supplies
from straits.stress.tables.measures import storage as levels_of
from straits.wording import in_sentence


def show(study: Study, _: Basemaps) -> Section:
    section = Section("storage", "Storage")
    figure = storage_figure(study, study.main)
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
        table = storage_days_table(study)
        wanted = table.frame["scenario"].isin(["baseline", study.main]) & (table.frame["capacity"] > 0)
        wanted &= table.frame["throughput_per_day"] > 0
        good = study.name("commodities", study.focus[1])
        rows = table.frame[wanted & (table.frame["commodity"] == good)].reset_index(drop=True)
        if len(rows) and not study.trade.imports:
            note = f"{table.note} Stores of {in_sentence(good)}; all others, in all scenarios, are in the workbook."
            section.blocks.append(Shown(Table(table.name, table.title, rows, table.units, note), names))
    return section


def _opening(study: Study) -> str:
    """Say how long the busiest store of the focus good lasts if its way out closes; of an importer, how long all its do."""
    if study.trade.imports:
        return _cover(study)
    table = study.comparison.storage_days
    rows = table[
        (table["scenario"] == "baseline")
        & (table["commodity"] == study.focus[1])
        & (table["capacity"] > 0)
        & (table["throughput_per_day"] > 0)
    ]
    if not len(rows):
        return ""
    row = rows.iloc[int(rows["throughput_per_day"].to_numpy(float).argmax())]
    days = float(row["days_from_mean"])
    return (
        f"If the way out of “{study.name('stores', str(row['store']))}” closed and as much kept arriving as on average in "
        f"the baseline, {fmt.number(float(row['throughput_per_day']))} {study.commodity_unit}/d, it would be full "
        f"{f'{days:.1f}' if days < 10 else fmt.number(days, 2)} days later, from its mean level."
    )


def _cover(study: Study) -> str:
    """Say how many days of use the stores of the focus hold at most and at least in the baseline, and in the main scenario."""
    told, used = [], study.trade.amount / float(study.days.sum())
    for name, run in (("the baseline", study.baseline), (None, study.scenarios.get(study.main or ""))):
        if run is None:
            continue
        table = supplies(run)
        mine = table[
            (table["state"] == state_of(study.case, study.focus[0])) & (table["commodity"] == study.focus[1])
        ]
        stock = mine["stock"].to_numpy(float)
        if not len(stock) or stock.max() <= 0 or used <= 0:
            continue
        low, high = (int(part(stock)) for part in (np.argmin, np.argmax))
        when = [f"{mine['start'].iloc[at]:%B %Y}" for at in (low, high)]
        days = [fmt.number(float(stock[at]) / used, 2) for at in (low, high)]
        which = name or quoted(study, study.main or "")
        told.append(f"in {which} between {days[0]} ({when[0]}) and {days[1]} ({when[1]})")
    if not told:
        return ""
    good, actor = focus_words(study)
    return (
        f"Days of its mean use of {good} in the baseline that the stores of {actor} hold at the end of a step, above their "
        "least content: "
        f"{'; '.join(told)}."
    )


def storage_figure(study: Study, scenario: str | None, most: int = 6) -> Figure | None:
    """Draw the levels of stores, those of the focus good first, then those that change most; None if no store holds anything."""
    runs = [study.reference(scenario or "baseline"), *([study.run(scenario)] if scenario else [])]
    tables = [levels_of(run) for run in runs]
    found = tables[0]
    if not len(found):
        return None
    count = len(study.steps(scenario))
    wide = [t.pivot_table(index="store", columns="step", values="level", aggfunc="sum") for t in tables]
    wide = [w.reindex(columns=range(count)) for w in wide]
    capacity = found.groupby("store")["capacity"].first()
    goods = found.groupby("store")["commodity"].first()
    levels: list[tuple[tuple[bool, float], str, Levels]] = []
    for store in capacity.index:
        base = wide[0].loc[store].to_numpy(float)
        other = wide[1].loc[store].to_numpy(float) if scenario and store in wide[1].index else None
        held = max(float(base.max()), float(other.max()) if other is not None else 0.0)
        if held <= 1e-6 * max(1.0, float(np.nan_to_num(capacity[store], posinf=0.0))):
            continue
        change = float(np.abs((other if other is not None else 0.0) - base).max()) / held
        unit = study.unit(str(goods[store]))
        level = Levels(study.name("stores", store), base, other, float(capacity[store]), unit)
        # An importer asks for what its stores lack, in amounts; for what waits for a way out the share of a store tells more.
        by_amount = study.trade.imports and goods[store] == study.focus[1]
        levels.append(
            ((goods[store] != study.focus[1], -change * (held if by_amount else 1.0)), str(store), level)
        )
    if not levels:
        return None
    levels = sorted(levels, key=lambda item: item[0])
    ident = study.comparison.reference_id(scenario) if scenario else "baseline"
    beside = "baseline" if ident == "baseline" else study.scenario_title(ident)
    title = "Content of stores" + (f": {beside} and {study.scenario_title(scenario)}" if scenario else "")
    svg = storage_levels(
        f"storage-{scenario or 'baseline'}",
        title,
        "One panel for each store, with its level over time and its capacity. The table below gives every step.",
        [level for _, _, level in levels[:most]],
        study.case.settings.time.start,
        study.steps(scenario).edges,
        study.scenario_title(scenario) if scenario else "",
        beside,
    )
    caption = "Content at the end of each step, all origins together."
    if len(levels) < len(capacity) or len(levels) > most:
        good = good_words(study)
        caption += f" Shown are {min(len(levels), most)} of {len(capacity)} stores: those that hold something, {good} first, "
        caption += "then those that change most. All are in the workbook."
    shown = [store for _, store, _ in levels[:most]]
    both = [t.assign(scenario=name) for t, name in zip(tables, (ident, scenario), strict=False)]
    twin = _levels_table(study, pd.concat([t[t["store"].isin(shown)] for t in both], ignore_index=True))
    return Figure(f"storage-{scenario or 'baseline'}", title, svg, caption, twin)


def storage_table(study: Study) -> Table:
    """Levels of stores over time, in all runs."""
    return _levels_table(study, study.comparison.storage)


def _levels_table(study: Study, levels: pd.DataFrame) -> Table:
    frame = levels.assign(unit=[study.unit(str(value)) for value in levels["commodity"]])
    frame["store"] = [study.name("stores", value) for value in frame["store"]]
    frame.insert(0, "scenario", frame.pop("scenario"))
    return Table(
        "storage",
        "Content of stores at the end of each step",
        named(study, frame).drop(columns="step"),
        {"share": "of capacity"},
    )


def storage_days_table(study: Study) -> Table:
    """How long stores can take in what passes them."""
    frame = study.comparison.storage_days.copy()
    frame["store"] = [study.name("stores", value) for value in frame["store"]]
    return Table(
        "storage_days",
        "Days that stores can take in what passes them",
        named(study, frame),
        {"days_from_empty": "days", "days_from_mean": "days", "throughput_per_day": "unit/d"},
        "If the way out closes and as much keeps arriving as on average.",
    )


PART = Part(
    ident="storage",
    order=50,
    show=show,
    opening=_opening,
    tables=(storage_table, storage_days_table),
    absent="the case has no stores",
)
