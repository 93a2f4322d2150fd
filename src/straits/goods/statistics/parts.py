"""The three answers of `divert`: listed goods against others, codes that fell and rose, and a Poisson regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.errors import StraitsError
from straits.goods.cells import LINE, read_cells
from straits.goods.numbers import parse_codes
from straits.goods.readers.base import open_source
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import ALL_GOODS
from straits.goods.selection import side
from straits.goods.statistics.fallrise import fall_and_rise
from straits.goods.statistics.listed import Windows, against_others
from straits.goods.statistics.panel import Panel, block, joined, renumbered
from straits.goods.statistics.poisson import ppml

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("listed", "codes", "ppml")
CODES = (
    "hub", "good", "found", "tested", "target_change", "hub_change", "hub_low", "hub_high", "substitution", "p_fall",
    "p_rise", "q",
    "renumbered",
)  # fmt: skip
MASS = ("hub", "codes", "found", "mass", "low", "high", "fall_of_target", "substitution")
PPML = ("corridor", "against", "coefficient", "standard_error", "t", "p", "clusters", "cells", "separated")


@dataclass(frozen=True)
class Asked:
    """What `divert` is asked, made ready: names of countries as the files have them, and months."""

    target: str
    hubs: list[str]
    windows: Windows
    concordance: pd.DataFrame | None
    listed: Files | None
    reference: str | None
    parts: Sequence[str] | None
    fdr: float
    level: float
    least: float


def answers(
    rows: pd.DataFrame, ask: Asked, refusals: Refusals, progress: Callable[[str], None] | None
) -> dict[str, pd.DataFrame]:
    """Return the tables of the parts that are asked, or of those for which there are rows."""
    named = set(rows["good"].unique())
    has_totals, has_codes = {ALL_GOODS, "listed"} <= named, rows["good"].str.fullmatch(r"\d+").any()
    asked = set(ask.parts) if ask.parts else {
        *(["listed"] if has_totals else []), *(["codes"] if has_codes else []), *(["ppml"] if ask.listed is not None else [])
    }  # fmt: skip
    tables: dict[str, pd.DataFrame] = {}
    panel = block(rows, refusals) if has_codes else None
    there_ = set(rows["importer"].unique())
    missing = [name for name in [ask.target, *ask.hubs] if name not in there_]
    if missing:
        there = ", ".join(sorted(there_))
        refusals.refuse(
            "question", "", "importer", ", ".join(missing), f"importers of the files: {there}", "no_rows"
        )
    if not asked:
        found = ", ".join(sorted(named)[:8])
        refusals.refuse(
            "question", "", "good", found, "goods `total` and `listed`, or HS codes by month", "no_rows"
        )
    if len(refusals):
        return {}
    if "listed" in asked:
        if not has_totals:
            refusals.refuse(
                "question", "", "good", ", ".join(sorted(named)[:8]), "goods `total` and `listed`", "no_rows"
            )
        else:
            tables["listed"] = _listed(rows, panel, ask, refusals)
    if {"codes", "ppml"} & asked and panel is None:
        refusals.refuse(
            "question", "", "good", "no HS codes by month", "a table with a row per code and month", "no_rows"
        )
    elif panel is not None:
        if "codes" in asked:
            tables |= _codes(panel, ask, refusals)
        if "ppml" in asked:
            if progress is not None:
                progress("Poisson regression")
            tables["ppml"] = _regression(panel, ask, refusals)
    return tables


def _listed(rows: pd.DataFrame, panel: Panel | None, ask: Asked, refusals: Refusals) -> pd.DataFrame:
    windows, concordance, level = ask.windows, ask.concordance, ask.level
    wide = {
        good: rows[rows["good"] == good].pivot_table(
            index="period", columns="importer", values="value", aggfunc="sum"
        )
        for good in (ALL_GOODS, "listed")
    }
    order = [name for name in [ask.target, *ask.hubs] if name in wide["listed"] and name in wide[ALL_GOODS]]
    every = wide["listed"][order]
    other = (wide[ALL_GOODS] - wide["listed"])[order]
    frames = [against_others(every, other, windows, "all", level, refusals)]
    if panel is None or concordance is None:
        meaning = "part of the change of listed goods may be renumbering: predecessors of new codes count as other goods"
        found = "no HS codes by month" if panel is None else "no concordance"
        refusals.note("question", "", "good", found, meaning, "not_without_renumbered")
    else:
        stable = ~renumbered(panel.goods, concordance)
        sums = panel.values[stable].sum(axis=0).T
        without = pd.DataFrame(sums, index=list(panel.months), columns=list(panel.corridors))
        both = [name for name in order if name in without]
        frames.append(
            against_others(without[both], other[both], windows, "without renumbered", level, refusals)
        )
    return pd.concat(frames, ignore_index=True)


def _codes(panel: Panel, ask: Asked, refusals: Refusals) -> dict[str, pd.DataFrame]:
    concordance, windows = ask.concordance, ask.windows
    whole, changed = joined(panel, concordance)
    fresh = (
        renumbered(whole.goods, concordance)
        if concordance is not None
        else np.zeros(len(whole.goods), dtype=bool)
    )
    fresh |= np.array([good in changed for good in whole.goods])
    before, after = whole.where(windows.past), whole.where(windows.after)
    if len(after) < 3 or len(before) < 6 or len(after) < len(windows.after):
        found = f"{len(before)} months before, {len(after)} after"
        refusals.refuse(
            "question",
            "",
            "period",
            found,
            "6 months before and 3 after, all of them there",
            "missing_months",
        )
        return {}
    codes, mass = [], []
    every = np.ones(len(whole.goods), dtype=bool)
    for hub in ask.hubs:
        for name, chosen in (("all", every), ("without renumbered", ~fresh)):
            if name != "all" and concordance is None:
                continue
            moved = fall_and_rise(
                tuple(np.array(whole.goods)[chosen]), whole.of(ask.target)[chosen], whole.of(hub)[chosen], before, after,
                fdr=ask.fdr, level=ask.level, least=ask.least,
            )  # fmt: skip
            count = int(moved.table["found"].sum())
            ratio = moved.mass / moved.fall if count else np.nan
            mass.append((hub, name, count, moved.mass, moved.low, moved.high, moved.fall, ratio))
            if name == "all":
                codes.append(moved.table.assign(hub=hub, renumbered=fresh))
    if concordance is None:
        meaning = (
            "codes of a new nomenclature have no past here: --concordance joins them to their predecessors"
        )
        refusals.note("question", "", "good", "no concordance", meaning, "not_without_renumbered")
    table = pd.concat(codes, ignore_index=True)[list(CODES)]
    table = table.sort_values(["hub", "q", "p_fall"], ignore_index=True)
    return {"mass": pd.DataFrame(mass, columns=list(MASS)), "codes": table}


def _regression(panel: Panel, ask: Asked, refusals: Refusals) -> pd.DataFrame:
    windows = ask.windows
    codes = _listed_codes(ask.listed, refusals)
    if not codes:
        accepted = "codes that are expected to move among codes that are not: --list FILE with a column hs6"
        refusals.refuse("question", "", "list", "no list of codes", accepted, "no_list")
        return pd.DataFrame(columns=list(PPML))
    base = side(ask.reference)[0] if ask.reference else ask.target
    keep = [name for name in dict.fromkeys([base, ask.target, *ask.hubs]) if name in panel.corridors]
    months = [month for month in panel.months if month in set(windows.past) | set(windows.after)]
    where = panel.where(months)
    goods, corridors, times = (np.array(names) for names in (panel.goods, keep, months))
    values = np.stack([panel.of(name)[:, where] for name in keep], axis=1)
    shape = values.shape
    frame = pd.DataFrame(
        {
            "hs6": np.repeat(np.arange(shape[0]), shape[1] * shape[2]),
            "corridor": np.tile(np.repeat(np.arange(shape[1]), shape[2]), shape[0]),
            "month": np.tile(np.arange(shape[2]), shape[0] * shape[1]), "value": values.ravel(),
        }
    )  # fmt: skip
    on = np.isin(goods, sorted(codes))[frame["hs6"]] & np.isin(times, windows.after)[frame["month"]]
    names = [name for name in keep if name != base]
    for name in names:
        frame[name] = (on & (corridors[frame["corridor"]] == name)).astype(float)
    try:
        found = ppml(
            frame, outcome="value", regressors=names, effects=[("corridor", "hs6"), ("hs6", "month"), ("corridor", "month")],
            cluster="hs6",
        )  # fmt: skip
    except StraitsError as error:
        refusals.refuse(
            "question", "", "ppml", str(error), "listed and other codes in every corridor", "not_estimable"
        )
        return pd.DataFrame(columns=list(PPML))
    table = found.table.rename(columns={"regressor": "corridor"}).assign(
        against=base, cells=found.used, separated=found.separated
    )
    return table[list(PPML)]


def _listed_codes(listed: Files | None, refusals: Refusals) -> set[str]:
    """Return the codes of a list: any CSV with a column `hs6` or `cn8`."""
    if listed is None:
        return set()
    found: set[str] = set()
    for path in [listed] if isinstance(listed, str) or not isinstance(listed, Sequence) else listed:
        source = open_source(path)
        cells = read_cells(source, refusals)
        column = next((name for name in ("hs6", "cn8") if cells is not None and name in cells), None)
        if cells is None or column is None:
            refusals.refuse(
                source.file, 1, "hs6", ", ".join(source.header), "a column hs6 or cn8", "missing_column"
            )
            continue
        codes = parse_codes(
            cells[column],
            int(column[2]),
            file=source.file,
            column=column,
            lines=cells[LINE],
            refusals=refusals,
        )
        found |= set(codes.str[:6]) - {""}
    return found
