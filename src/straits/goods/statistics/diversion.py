"""Did goods move from a target to a hub? Three answers that rest on different things, side by side.

(a) Listed goods against other goods, with placebo and pre-trend (`listed`). (b) Poisson regression with corridor×code,
code×month and corridor×month effects (`ppml`). (c) Codes that fell to the target and rose to the hub (`fallrise`).
Javorcik, Kitzmueller, Schweiger, Yıldırım, EBRD working paper 276.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.errors import StraitsError
from straits.goods.answer import answer
from straits.goods.readers.base import Options, read_files
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import ALL_GOODS, trade_rows
from straits.goods.selection import one_vintage, select, side, to_currency
from straits.goods.spans import month_at, months_of, number_of, told
from straits.goods.statistics.fallrise import fall_and_rise
from straits.goods.statistics.listed import COLUMNS as LISTED
from straits.goods.statistics.listed import Windows, against_others
from straits.goods.statistics.panel import Panel, block, joined, renumbered
from straits.goods.statistics.poisson import ppml
from straits.results import described

if TYPE_CHECKING:
    from collections.abc import Callable

    from straits.results import Result

#: Whole months after an event of a certain day that are left out: contracts run out, goods are under way.
SETTLING = 2
PARTS = ("listed", "codes", "ppml")
_CODES = (
    "hub", "good", "found", "tested", "target_change", "hub_change", "hub_low", "hub_high", "substitution", "p_fall",
    "p_rise", "q",
    "renumbered",
)  # fmt: skip
_MASS = ("hub", "codes", "found", "mass", "low", "high", "fall_of_target", "substitution")
_PPML = ("corridor", "against", "coefficient", "standard_error", "t", "p", "clusters", "cells", "separated")


def divert(
    files: Files,
    *,
    target: str,
    hubs: Sequence[str] | None = None,
    event: str = "2022-02-24",
    after: str | None = None,
    exporter: str | None = None,
    concordance: Files | None = None,
    listed: Files | None = None,
    reference: str | None = None,
    parts: Sequence[str] | None = None,
    fdr: float = 0.1,
    level: float = 0.9,
    least: float = 1e5,
    rates: Files | None = None,
    options: Options | None = None,
    progress: Callable[[str], None] | None = None,
) -> Result:
    """Return whether trade moved from a target to hubs.

    Parameters
    ----------
    files : path or list of paths
        Monthly rows: goods `total` and `listed` for (a), HS codes for (b) and (c).
    target : str
        Importer from which goods may have moved away.
    hubs : sequence of str, optional
        Importers to which they may have moved; default: all others of the files.
    event : str
        Day or month of the event.
    after : str, optional
        Span that is compared; default: from the month of the event on, or, if a day was given, from the third month after it.
    exporter : str, optional
        Needed if the files have several.
    concordance : path, optional
        Two editions of the HS: codes that were renumbered are compared with their own past, and everything is answered twice.
    listed : path, optional
        Codes whose trade is expected to move, for (b): any file with a column `hs6`.
    reference : str, optional
        Corridor that (b) compares with; default: the target.
    parts : sequence of {"listed", "codes", "ppml"}, optional
        Default: those for which the files have rows.
    fdr, level, least : float
        False discovery rate of (c), level of intervals, and least yearly value to the target of a code that is tested.

    Returns
    -------
    Result
        `.table` the answer of (a) if it was asked, else the mass of (c); tables `listed`, `mass`, `codes`, `ppml`.
    """
    unknown = sorted(set(parts or ()) - set(PARTS))
    if unknown:
        raise StraitsError(f"parts {', '.join(unknown)}: known are {', '.join(PARTS)}")
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    helpers = read_files(concordance, None, refusals) if concordance is not None else []
    rated = read_files(rates, None, refusals) if rates is not None else []
    rows = trade_rows(reads, refusals)
    code = side(target)[0]
    tables: dict[str, pd.DataFrame] = {}
    windows = _windows(rows, event, after) if len(rows) else Windows([], [])
    if not len(refusals):
        chosen = select(
            rows, exporter=exporter, flow=None if (rows["flow"] == "reconciled").all() else "export"
        )
        chosen = to_currency(chosen, None, rated[0].frame if rated else None, refusals)
        _refuse_several(chosen, refusals)
        if not len(refusals) and one_vintage(chosen, refusals):
            names = (
                [side(hub)[0] for hub in hubs] if hubs else sorted(set(chosen["importer"].unique()) - {code})
            )
            table = helpers[0].frame if helpers else None
            tables = _answers(
                chosen,
                code,
                names,
                windows,
                table,
                listed,
                reference,
                parts,
                fdr,
                level,
                least,
                refusals,
                progress,
            )
    tables = tables or {"listed": pd.DataFrame(columns=list(LISTED))}
    return answer(
        f"Did goods move from {code} after {event}, and where to?",
        "Listed goods against others with placebo and pre-trend; codes that fell to the target and rose to the hub (Berger 1982; "
        "Benjamini, Hochberg 1995); Poisson regression with three sets of effects (Santos Silva, Tenreyro 2006).",
        tables={name: described(table, title=_TITLES[name], units=_units(table, chosen_currency(rows))) for name,
        table in tables.items()},
        sentences=_sentences(tables, code),
        refusals=refusals, inputs=[*reads, *helpers, *rated],
        assumptions=[
            *(row for read in reads for row in read.assumptions),
            ("months after", told(windows.after), f"the first {SETTLING} whole months after the day of an event are left out"),
            ("months before", told(windows.before), "the same months one year earlier"),
            ("listed goods", "would have moved like other goods", "the placebo and the pre-trend look whether they did before"),
            ("own growth of a hub", "that of its usual code", "taken out of what moved"),
        ],
        parameters={
            "target": code, "hubs": list(hubs or []), "event": event, "after": told(windows.after), "exporter": exporter,
            "reference": reference, "fdr": fdr, "level": level, "least": least,
        },
    )  # fmt: skip


_TITLES = {
    "listed": "Listed goods against other goods, one year apart, in logarithms",
    "mass": "Diverted mass: what arrived at the hub beyond its own past, of codes that fell to the target",
    "codes": "Codes that fell to the target and rose to the hub",
    "ppml": "Listed codes against others by corridor, Poisson regression",
}


def chosen_currency(rows: pd.DataFrame) -> str:
    """Return the currency of the first row."""
    return str(rows["currency"].iloc[0]) if len(rows) else ""


def _units(table: pd.DataFrame, currency: str) -> dict[str, str]:
    money = ("target_change", "hub_change", "hub_low", "hub_high", "mass", "fall_of_target")
    units = {name: currency for name in money if name in table}
    if "mass" in table:
        units |= {"low": currency, "high": currency}
    if "pre_trend" in table:
        units["pre_trend"] = "ln per year"
    return units


def _windows(rows: pd.DataFrame, event: str, after: str | None) -> Windows:
    monthly = rows["period"][rows["period"].str.len() == 7]
    first, last = (str(monthly.min()), str(monthly.max())) if len(monthly) else (event[:7], event[:7])
    if after is not None:
        chosen = months_of(after)
    else:
        start = number_of(event[:7]) + (SETTLING + 1 if len(event) == 10 and not event.endswith("-01") else 0)
        end = number_of(last)
        chosen = _run(start, max(start, end))
        # Only months of one year: beyond it the same months one year earlier would lie after the event.
        chosen = chosen[:12]
    past = _run(number_of(first), number_of(min(event[:7], chosen[0])) - 1)
    return Windows(chosen, past)


def _run(start: int, end: int) -> list[str]:
    return [month_at(place) for place in range(start, end + 1)]


def _refuse_several(rows: pd.DataFrame, refusals: Refusals) -> None:
    """Refuse several exporters or reporters: their rows would be added up unasked."""
    found = sorted(rows["exporter_label"].unique())
    if len(found) > 1 or not found:
        told_ = ", ".join(found[:6]) + (", …" if len(found) > 6 else "") if found else "no rows"
        refusals.refuse(
            "question", "", "exporter", told_, "one exporter or group: --from EU", "several_exporters"
        )


def _answers(
    rows: pd.DataFrame, target: str, hubs: list[str], windows: Windows, concordance: pd.DataFrame | None, listed: Files | None,
    reference: str | None, parts: Sequence[str] | None, fdr: float, level: float, least: float, refusals: Refusals,
    progress: Callable[[str], None] | None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    named = set(rows["good"].unique())
    has_totals, has_codes = {ALL_GOODS, "listed"} <= named, rows["good"].str.fullmatch(r"\d+").any()
    asked = set(parts) if parts else {
        *(["listed"] if has_totals else []), *(["codes"] if has_codes else []), *(["ppml"] if listed is not None else [])
    }  # fmt: skip
    tables: dict[str, pd.DataFrame] = {}
    panel = block(rows, refusals) if has_codes else None
    there_ = set(rows["importer"].unique())
    missing = [name for name in [target, *hubs] if name not in there_]
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
            tables["listed"] = _listed(rows, panel, [target, *hubs], windows, concordance, level, refusals)
    if {"codes", "ppml"} & asked and panel is None:
        refusals.refuse(
            "question", "", "good", "no HS codes by month", "a table with a row per code and month", "no_rows"
        )
    elif panel is not None:
        if "codes" in asked:
            tables |= _codes(panel, target, hubs, windows, concordance, fdr, level, least, refusals)
        if "ppml" in asked:
            if progress is not None:
                progress("Poisson regression")
            tables["ppml"] = _regression(panel, target, hubs, windows, listed, reference, refusals)
    return tables


def _listed(
    rows: pd.DataFrame, panel: Panel | None, corridors: list[str], windows: Windows, concordance: pd.DataFrame | None,
    level: float,
    refusals: Refusals,
) -> pd.DataFrame:  # fmt: skip
    wide = {
        good: rows[rows["good"] == good].pivot_table(
            index="period", columns="importer", values="value", aggfunc="sum"
        )
        for good in (ALL_GOODS, "listed")
    }
    order = [name for name in corridors if name in wide["listed"] and name in wide[ALL_GOODS]]
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


def _codes(
    panel: Panel, target: str, hubs: list[str], windows: Windows, concordance: pd.DataFrame | None, fdr: float, level: float,
    least: float, refusals: Refusals,
) -> dict[str, pd.DataFrame]:  # fmt: skip
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
    for hub in hubs:
        for name, chosen in (("all", slice(None)), ("without renumbered", ~fresh)):
            if name != "all" and concordance is None:
                continue
            goods = tuple(np.array(whole.goods)[chosen])
            moved = fall_and_rise(
                goods,
                whole.of(target)[chosen],
                whole.of(hub)[chosen],
                before,
                after,
                fdr=fdr,
                level=level,
                least=least,
            )
            count = int(moved.table["found"].sum())
            mass.append(
                (
                    hub,
                    name,
                    count,
                    moved.mass,
                    moved.low,
                    moved.high,
                    moved.fall,
                    moved.mass / moved.fall if count else np.nan,
                )
            )
            if name == "all":
                codes.append(moved.table.assign(hub=hub, renumbered=fresh))
    if concordance is None:
        meaning = (
            "codes of a new nomenclature have no past here: --concordance joins them to their predecessors"
        )
        refusals.note("question", "", "good", "no concordance", meaning, "not_without_renumbered")
    table = pd.concat(codes, ignore_index=True)[list(_CODES)]
    table = table.sort_values(["hub", "q", "p_fall"], ignore_index=True)
    return {"mass": pd.DataFrame(mass, columns=list(_MASS)), "codes": table}


def _regression(
    panel: Panel, target: str, hubs: list[str], windows: Windows, listed: Files | None, reference: str | None, refusals: Refusals
) -> pd.DataFrame:  # fmt: skip
    codes = _listed_codes(listed, refusals)
    if not codes:
        accepted = "codes that are expected to move among codes that are not: --list FILE with a column hs6"
        refusals.refuse("question", "", "list", "no list of codes", accepted, "no_list")
        return pd.DataFrame(columns=list(_PPML))
    base = side(reference)[0] if reference else target
    keep = [name for name in dict.fromkeys([base, target, *hubs]) if name in panel.corridors]
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
        return pd.DataFrame(columns=list(_PPML))
    table = found.table.rename(columns={"regressor": "corridor"}).assign(
        against=base, cells=found.used, separated=found.separated
    )
    return table[list(_PPML)]


def _listed_codes(listed: Files | None, refusals: Refusals) -> set[str]:
    """Return the codes of a list: any CSV with a column `hs6` or `cn8`."""
    if listed is None:
        return set()
    from straits.goods.cells import LINE, read_cells
    from straits.goods.numbers import parse_codes
    from straits.goods.readers.base import open_source

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


def _sentences(tables: dict[str, pd.DataFrame], target: str) -> list[str]:
    said = []
    for row in tables.get("listed", pd.DataFrame()).to_dict("records"):
        codes = "" if row["codes"] == "all" else f" ({row['codes']} codes)"
        if row["verdict"].startswith("refused"):
            said.append(f"{row['corridor']}{codes}: {row['verdict']} (failed: {row['failed']}).")
        else:
            number = f"{row['delta']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})".replace("-", "−")
            said.append(f"{row['corridor']}{codes}: listed against other goods {number}.")
    for row in tables.get("mass", pd.DataFrame()).to_dict("records"):
        if row["codes"] == "all":
            said.append(
                f"{row['found']} codes fell to {target} and rose to {row['hub']}: {row['mass'] / 1e6:,.0f} million moved "
                f"({row['low'] / 1e6:,.0f} to {row['high'] / 1e6:,.0f}), {row['substitution']:.2f} of what {target} lost in them."
                if row["found"] else f"No code fell to {target} and rose to {row['hub']} beyond doubt."
            )  # fmt: skip
    for row in tables.get("ppml", pd.DataFrame()).to_dict("records"):
        number = f"{row['coefficient']:+.2f} ± {row['standard_error']:.2f}".replace("-", "−")
        said.append(f"Poisson regression, {row['corridor']} against {row['against']}: {number}.")
    return said or ["Nothing can be answered: see what was refused."]


def diversion_mass(result: Result, hub: str) -> dict[str, Any]:
    """Return the mass of one hub from a result of `divert`, for `to_case`."""
    table = result.tables.get("mass", pd.DataFrame(columns=list(_MASS)))
    rows = table[(table["hub"] == side(hub)[0]) & (table["codes"] == "all")]
    if not len(rows):
        raise StraitsError(f"the result has no diverted mass for {hub}")
    return {str(name): value for name, value in rows.iloc[0].items()}
