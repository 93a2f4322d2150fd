"""Growth over the months that both periods have, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.errors import StraitsError
from straits.goods.answer import answer
from straits.goods.readers.base import Options, read_files, read_helpers
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import trade_rows
from straits.goods.selection import one_vintage, select, to_currency
from straits.goods.spans import months_of, number_of, told, whole_years
from straits.goods.statistics.coverage import WEIGHTY, unlikely_gaps
from straits.results import described
from straits.wording import counted

if TYPE_CHECKING:
    from straits.results import Result

_COLUMNS = (
    "exporter", "importer", "good", "flow", "basis", "before", "after", "months", "value_before", "value_after", "factor",
    "growth_pct", "currency", "source",
)  # fmt: skip


def growth(
    files: Files,
    *,
    before: str,
    after: str,
    exporter: str | None = None,
    importer: str | None = None,
    flow: str | None = None,
    good: str | None = None,
    basis: str | None = None,
    vintage: str | None = None,
    currency: str | None = None,
    rates: Files | None = None,
    options: Options | None = None,
) -> Result:
    """Return the growth `100·(V1/V0 − 1)` of trade over the months that both periods have.

    Parameters
    ----------
    files : path or list of paths
    before, after : str
        Spans: 2021, 2021-H1, 2021-05/2021-11. They lie whole years apart, so that the same months of the year are compared.
    exporter, importer : str, optional
        Country or group; None: one row for each.
    flow : {"export", "import", "turnover"}, optional
        Who says it: the exporter, the importer, or both directions of one reporter together (`exporter` with `importer`).
    good, basis, vintage, currency : str, optional
    rates : path, optional
        Table of rates, needed if the rows have two currencies.
    options : Options, optional

    Returns
    -------
    Result
        `.table` a row for each exporter, importer, good and basis. Where months are missing, growth is over the others, no amount
        is given, and `.refused` names them.
    """
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    rates_read = read_helpers(rates, "rates", refusals)
    rows = trade_rows(reads, refusals)
    table = pd.DataFrame(columns=list(_COLUMNS))
    spans = months_of(before), months_of(after)
    if (number_of(spans[1][0]) - number_of(spans[0][0])) % 12 or len(spans[0]) != len(spans[1]):
        found = f"{before} and {after}"
        accepted = "spans of the same months of the year, so that seasons do not count as growth"
        refusals.refuse("question", "", "before, after", found, accepted, "not_like_for_like")
    if not len(refusals):
        chosen = _chosen(rows, exporter, importer, flow, good, basis, vintage, refusals)
        chosen = to_currency(chosen, currency, rates_read[0].frame if rates_read else None, refusals)
        if not len(refusals) and one_vintage(chosen, refusals):
            table = _table(chosen, spans, refusals)
            _note_editions(chosen, spans, refusals)
    return answer(
        f"By how much did trade grow from {before} to {after}?",
        "100·(V1/V0 − 1) over the months that both periods have; the same months of the year in both.",
        tables={"growth": described(table, title="Growth over months present in both periods", units={"growth_pct": "%"})},
        sentences=[_sentence(row) for row in _records(table.head(3))] or ["No growth can be given: see what was refused."],
        refusals=refusals, inputs=[*reads, *rates_read],
        assumptions=[
            *(row for read in reads for row in read.assumptions),
            (
                "no row of a member of a group",
                "no trade",
                f"unless it has {WEIGHTY:.0%} or more of the group's trade and otherwise trades in nearly every month",
            ),
        ],
        parameters={
            "before": before, "after": after, "exporter": exporter, "importer": importer, "flow": flow, "good": good,
            "basis": basis,
        },
    )  # fmt: skip


def _chosen(
    rows: pd.DataFrame, exporter: str | None, importer: str | None, flow: str | None, good: str | None, basis: str | None,
    vintage: str | None, refusals: Refusals,
) -> pd.DataFrame:  # fmt: skip
    if flow == "turnover":
        if exporter is None or importer is None:
            raise StraitsError("turnover is of two countries: name both")
        there = select(
            rows, exporter=exporter, importer=importer, good=good, basis=basis, vintage=vintage, flow="export"
        )
        back = select(rows, exporter=importer, importer=exporter, good=good, vintage=vintage, flow="import")
        back = back[back["reporter"].isin(there["reporter"])]
        both = pd.concat(
            [there, back.assign(exporter_label=there["exporter_label"].iloc[0] if len(there) else exporter)]
        )
        both = both.assign(exporter_label=exporter, importer_label=importer, flow="turnover", basis="")
        both["part"] = [*["export"] * len(there), *["import"] * len(back)]
        if not len(there) or not len(back):
            found = f"{counted(len(there), 'row')} of export and {len(back)} of import"
            refusals.refuse("question", "", "flow", found, "both directions of one reporter", "no_rows")
        return both
    chosen = select(
        rows, exporter=exporter, importer=importer, good=good, basis=basis, vintage=vintage, flow=flow
    )
    if not len(chosen):
        wanted = ", ".join(str(w) for w in (exporter, importer, good, flow, basis, vintage) if w)
        exists = f"exporters {_some(rows, 'exporter')}; importers {_some(rows, 'importer')}; goods {_some(rows, 'good')}"
        refusals.refuse("question", "", "", f"no rows for {wanted or 'it'}", exists, "no_rows")
    return chosen


def _some(rows: pd.DataFrame, column: str) -> str:
    found = sorted(rows[column].unique())
    return ", ".join(found[:6]) + (", …" if len(found) > 6 else "")


def _note_editions(rows: pd.DataFrame, spans: tuple[list[str], list[str]], refusals: Refusals) -> None:
    """Note that the two periods count codes by other editions of the nomenclature, in which one code may be two things."""
    coded = rows[(rows["edition"] != "") & rows["good"].str.fullmatch(r"\d+")]
    years = [{month[:4] for month in span} for span in spans]
    sides = [set(coded["edition"][coded["period"].str[:4].isin(there)]) for there in years]
    if all(sides) and sides[0] != sides[1]:
        names = [" and ".join(sorted(one)) for one in sides]
        found = f"codes by {names[0]} in {told(spans[0])}, by {names[1]} in {told(spans[1])}"
        meaning = "codes that were renumbered or split are compared with others of the same number"
        refusals.note("question", "", "edition", found, meaning, "editions_differ")


def _table(rows: pd.DataFrame, spans: tuple[list[str], list[str]], refusals: Refusals) -> pd.DataFrame:
    key = ["exporter_label", "importer_label", "good", "flow", "basis", "currency"]
    made = [
        _row(dict(zip(key, name, strict=True)), part, spans, refusals)
        for name, part in rows.groupby(key, sort=True)
    ]
    return pd.DataFrame([row for row in made if row is not None], columns=list(_COLUMNS))


def _row(
    name: dict[str, Any], rows: pd.DataFrame, spans: tuple[list[str], list[str]], refusals: Refusals
) -> dict[str, Any] | None:
    what = " ".join(
        str(name[k]) for k in ("exporter_label", "importer_label", "good", "flow", "basis") if name[k]
    )
    monthly = rows[rows["period"].str.len() == 7]
    if len(monthly):
        pairs, missing = _paired_months(monthly, spans)
        values = monthly.groupby("period")["value"].sum()
    else:
        pairs, missing = _paired_years(rows, spans, what, refusals)
        values = rows.groupby("period")["value"].sum()
    if not pairs:
        found = f"{what}: no month that both periods have; missing {_listed(missing)}"
        refusals.refuse(
            "question", what, "period", found, "rows for the same months of both periods", "missing_months"
        )
        return None
    v0, v1 = (float(sum(values[pair[side]] for pair in pairs)) for side in (0, 1))
    if missing:
        found = f"{what}: {_listed(missing)} missing"
        accepted = (
            f"{told(spans[0])} and {told(spans[1])} whole; growth is over the others, no amount is given"
        )
        refusals.refuse("question", what, "period", found, accepted, "missing_months")
    if v0 <= 0:
        refusals.refuse(
            "question",
            what,
            "value_before",
            f"{what}: nothing in {told(spans[0])}",
            "a past to grow from",
            "no_baseline",
        )
    factor = v1 / v0 if v0 > 0 else float("nan")
    return {
        "exporter": name["exporter_label"], "importer": name["importer_label"], "good": name["good"], "flow": name["flow"],
        "basis": name["basis"], "before": told([p[0] for p in pairs]) if len(monthly) else pairs[0][0],
        "after": told([p[1] for p in pairs]) if len(monthly) else pairs[0][1],
        "months": len(pairs) if len(monthly) else 12 * len(pairs),
        "value_before": float("nan") if missing else v0, "value_after": float("nan") if missing else v1, "factor": factor,
        "growth_pct": 100.0 * (factor - 1.0), "currency": name["currency"],
        "source": ", ".join(sorted(set(rows["file"]))),
    }  # fmt: skip


def _paired_months(
    rows: pd.DataFrame, spans: tuple[list[str], list[str]]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the pairs of months that both periods have, and the months that are missing.

    A month is missing if nobody reports it, if a report of it is blank, or if a member of weight that otherwise trades in nearly
    every month has no row for it.
    """
    inside = rows[rows["period"].isin([*spans[0], *spans[1]])]
    have = set(inside["period"]) - set(inside["period"][inside["value"].isna()])
    parts = [
        column
        for column in ("exporter", "importer", "part")
        if column in inside and len(inside[column].unique()) > 1
    ]
    if parts:
        wide = inside.pivot_table(index="period", columns=parts, values="value", aggfunc="sum")
        heavy = wide.loc[:, wide.sum() >= WEIGHTY * wide.to_numpy(na_value=0).sum()]
        gone = heavy.apply(lambda one: unlikely_gaps(one.isna().to_numpy()))
        have &= set(wide.index[~gone.any(axis=1)])
    pairs = [(b, a) for b, a in zip(*spans, strict=True) if b in have and a in have]
    missing = [month for month in [*spans[0], *spans[1]] if month not in have]
    return pairs, missing


def _paired_years(
    rows: pd.DataFrame, spans: tuple[list[str], list[str]], what: str, refusals: Refusals
) -> tuple[list[tuple[str, str]], list[str]]:
    years = [whole_years(span) for span in spans]
    if years[0] is None or years[1] is None:
        found = f"{what}: yearly rows for {told(spans[0])} and {told(spans[1])}"
        refusals.refuse("question", what, "period", found, "whole years, or monthly rows", "not_monthly")
        return [], []
    short = rows[rows["months"].notna() & (rows["months"] < 12) & rows["period"].isin([*years[0], *years[1]])]
    parts = ["exporter", "importer", "flow"]
    inside = rows[rows["period"].isin([*years[0], *years[1]])]
    told_ = inside[inside["value"].notna()]
    total = told_.groupby(parts)["value"].sum()
    heavy = total.index[total >= WEIGHTY * total.sum()]
    blank = set(inside["period"][inside["value"].isna()])
    there = {year: set(one.set_index(parts).index) for year, one in told_.groupby("period")}
    missing = [
        year
        for year in [*years[0], *years[1]]
        if year in blank or year not in there or not set(heavy) <= there[year]
    ]
    missing += [f"months of {year}" for year in short["period"].unique()]
    pairs = [
        (b, a)
        for b, a in zip(*years, strict=True)
        if b not in missing and a not in missing and not len(short)
    ]
    return pairs, missing


def _listed(missing: list[str]) -> str:
    return ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def _sentence(row: dict[str, Any]) -> str:
    change = f"{row['growth_pct']:+.1f} %".replace("-", "−")
    what = f"{row['exporter']} to {row['importer']} ({row['flow']}, {row['good']})"
    if np.isnan(row["factor"]):
        return f"{what}: no growth can be given, since there was nothing in {row['before']}."
    return (
        f"{what}: {change} from {row['before']} to {row['after']}, factor {row['factor']:.4g}, "
        f"over {counted(row['months'], 'month')}."
    )
