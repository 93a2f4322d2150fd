"""What one more unit of each bottleneck is worth."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from straits.case.units import customary_unit
from straits.report import format as fmt
from straits.report.drawing.bars import Bar, diverging_bars
from straits.report.page import Figure, Section, Table
from straits.report.registry import Headline, Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import good_words, named

#: Tables of the kinds of assets that may have no room yet.
_BUILT = {"link": "links", "store": "stores"}


def show(study: Study, _: Basemaps) -> Section:
    section = Section("bottlenecks", "Bottlenecks: what one more unit is worth")
    for run in ["baseline", *([study.main] if study.main else [])]:
        figure = bottleneck_figure(study, run)
        if figure:
            section.blocks.append(figure)
    return section


def _opening(study: Study) -> str:
    """Say which bottleneck of the baseline is worth most; empty where none binds.

    Of those whose unit is that of the good that the report leads with, if there is one: a unit of gas is no unit of oil.
    """
    rows = _binding(study, "baseline")
    mine = rows[rows["unit"].isin([study.commodity_unit, f"{study.commodity_unit}/d"])]
    rows, of = (mine, f" of {good_words(study)}") if len(mine) else (rows, "")
    if not len(rows):
        return ""
    row = rows.iloc[int(rows["worth"].to_numpy(float).argmax())]
    return (
        f"In the baseline the dearest bottleneck{of} is {study.asset_name(str(row['asset']))}: one more {row['unit']} of "
        f"capacity, kept for the whole of {study.period}, would gain shippers and owners together "
        f"{fmt.money(float(row['worth']), study.currency)}. Such values hold at the margin, not for large additions."
    )


def _binding(study: Study, scenario: str) -> pd.DataFrame:
    """Give the bottlenecks of a run, but for supplies and for what stands nowhere: it would be built, not widened."""
    table = study.comparison.bottlenecks
    table = table[(table["scenario"] == scenario) & (table["worth"] > 0) & (table["kind"] != "supply")]
    run = study.run(scenario)
    named_here = study.case.scenarios.get(scenario)
    built = {study.case.rows("options")[key].asset for key in (named_here.options if named_here else ())}

    def stands(kind: str, asset: str) -> bool:
        row = run.case.rows(_BUILT[kind]).get(asset) if kind in _BUILT else None
        return row is None or asset in built or row.capacity != 0.0

    kept = [stands(k, a) for k, a in zip(table["kind"], table["asset"], strict=True)]
    return table[np.array(kept, dtype=bool)]


def _helps(study: Study) -> str:
    """Say for the first screen what one more unit of capacity would gain."""
    return re.sub(r"together (.+?)\. Such.*", r"together [\1](#bottlenecks), at the margin.", _opening(study))


def bottleneck_figure(study: Study, scenario: str, most: int = 10) -> Figure | None:
    """Draw the worth of one more unit of the dearest bottlenecks."""
    table = _binding(study, scenario).head(most)
    if not len(table):
        return None
    count, usual = len(study.steps(scenario)), study.case.settings.time.step
    of = fmt.plural(count, usual if count == len(study.days) else "step")
    bars = [
        Bar(
            study.asset_name(str(asset)),
            float(worth),
            f"per {unit}; binds in {int(steps)} of {of}",
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
    twin = bottlenecks_table(study)
    rows = twin.frame[twin.frame["scenario"] == scenario]
    # What is drawn stands first; supplies, which are no bottlenecks on the way, come after.
    rows = rows.iloc[(rows["kind"] == "supply").argsort(kind="stable")].reset_index(drop=True)
    caption = (
        "Gain of shippers and owners together from one more unit of capacity of this asset alone for the whole period; at the "
        "margin only."
    )
    return Figure(ident, title, svg, caption, Table(twin.name, twin.title, rows, twin.units, twin.note))


def _priced_by(unit: str) -> str:
    """Return the unit in which a limit is priced where it binds: tonnes of kt/d, vessel-days of vessels at work."""
    return (
        f"{unit}-day"
        if unit in ("vessel", "wagon", "train")
        else customary_unit(unit.removesuffix("/d")).replace("m3", "m³")
    )


def bottlenecks_table(study: Study) -> Table:
    """Worth of one more unit of capacity."""
    frame = study.comparison.bottlenecks.copy()
    frame.insert(2, "name", [study.asset_name(str(value)) for value in frame["asset"]])
    per = dict.fromkeys(_priced_by(str(unit)) for unit in frame["unit"])
    return Table(
        "bottlenecks",
        "Worth of one more unit of each bottleneck",
        named(study, frame),
        {
            "worth": f"million {study.currency} over the period",
            "worth_of_last": f"million {study.currency} over the period",
            "mean_value": f"{study.currency}, where it binds",
        },
        "What shippers and owners together would gain from one more unit of capacity of this asset alone, in the unit given, "
        "open for the whole period, also while the asset is closed; tariffs paid on more cargo come on top. Nothing where "
        "another limit binds at the same place. "
        f"worth_of_last: what one unit less would cost, while it is open. mean_value is per {' or '.join(per) or 'unit'}. "
        "Values at the margin: they do not hold for large changes. In runs by surprise they are the prices at which each step "
        "was decided, the nearest to those of what the run is compared with.",
    )


PART = Part(
    ident="bottlenecks",
    order=70,
    show=show,
    opening=_opening,
    tables=(bottlenecks_table,),
    headlines=(Headline("what helps", _helps, 90),),
    absent="no capacity binds",
)
