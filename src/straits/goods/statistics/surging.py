"""Which goods grew against their own past? Paired months, ratio and difference, and a q-value over all codes.

The ratio `R = ΣV1/ΣV0` is tested with the scatter of the months around it, `V1 − R·V0`: the estimate of a Poisson regression with
months as clusters. A code without a past has no ratio: it is `no baseline`, never infinite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from straits.goods.answer import answer, records
from straits.goods.countries import name_of
from straits.goods.readers.base import Options, read_files, read_helpers
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import trade_rows
from straits.goods.selection import one_vintage, select, to_currency, without_world
from straits.goods.spans import months_of, number_of, told, whole_years
from straits.goods.statistics.coverage import without_short
from straits.goods.statistics.discoveries import benjamini_hochberg
from straits.goods.statistics.panel import joining, predecessors
from straits.results import described
from straits.wording import capital, in_millions

if TYPE_CHECKING:
    from straits.results import Result

#: Months with trade that a code must have for a test.
LEAST_MONTHS = 4
COLUMNS = (
    "exporter", "importer", "good", "codes", "before", "after", "ratio", "difference", "months", "p", "q", "verdict",
    "renumbered",
)  # fmt: skip


def surges(
    files: Files,
    *,
    before: str,
    after: str,
    exporter: str | None = None,
    importer: str | None = None,
    flow: str = "export",
    basis: str | None = None,
    concordance: Files | None = None,
    least: float = 1e5,
    fdr: float = 0.1,
    currency: str | None = None,
    rates: Files | None = None,
    options: Options | None = None,
) -> Result:
    """Return the goods whose trade grew beyond their own past.

    Parameters
    ----------
    files : path or list of paths
        Rows of HS codes, monthly (or yearly: then without a test).
    before, after : str
        Spans of the same months, whole years apart.
    exporter, importer : str, optional
        None: one row for each, without the sum over the world. Rows of all goods are left out where there are codes.
    flow : str
        `export`, `import` or `reconciled` (BACI).
    basis : {"origin", "consignment"}, optional
        Needed where a reporter gives both.
    concordance : path, optional
        Codes of the newer edition are compared with the past of the older code that it prefers for them.
    least : float
        Least difference that is called a surge, in the currency of the rows.
    fdr : float
        Part of the surges that may be none, on average.

    Returns
    -------
    Result
        `.table` a row per exporter, importer and code; `verdict` is `surge`, `no baseline`, or empty.
    """
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    helpers = read_helpers(concordance, "concordance", refusals)
    rated = read_helpers(rates, "rates", refusals)
    rows = trade_rows(reads, refusals)
    table = pd.DataFrame(columns=list(COLUMNS))
    money = ""
    spans = months_of(before), months_of(after)
    if (number_of(spans[1][0]) - number_of(spans[0][0])) % 12 or len(spans[0]) != len(spans[1]):
        accepted = "spans of the same months of the year, so that seasons do not count as growth"
        refusals.refuse(
            "question", "", "before, after", f"{before} and {after}", accepted, "not_like_for_like"
        )
    if both := sorted(set(spans[0]) & set(spans[1])):
        found = f"{before} and {after}: {told(both)} in both"
        refusals.refuse(
            "question", "", "before, after", found, "two spans without a common month", "not_like_for_like"
        )
    if not len(refusals):
        reconciled = bool(len(rows)) and bool((rows["flow"] == "reconciled").all())
        chosen = select(
            rows, exporter=exporter, importer=importer, flow="reconciled" if reconciled else flow, basis=basis
        )
        chosen = (
            without_world(_codes_only(chosen))
            if exporter is None or importer is None
            else _codes_only(chosen)
        )
        chosen = to_currency(chosen, currency, rated[0].frame if rated else None, refusals)
        if not len(refusals) and one_vintage(chosen, refusals, bases_apart=False):
            money = str(chosen["currency"].iloc[0]) if len(chosen) else ""
            chosen = _whole_records(chosen, rows, [*spans[0], *spans[1]], refusals)
            table = surge_table(
                chosen, spans[0], spans[1], helpers[0].frame if helpers else None, least, fdr, refusals
            )
    return answer(
        f"Which goods surged from {before} to {after}?",
        "Ratio of sums over paired months, p by the scatter of months around it, q over all codes (Benjamini, Hochberg 1995).",
        tables={"surges": described(
            table, title="Growth of each code against its own past",
            units=dict.fromkeys(("before", "after", "difference"), money) if len(table) else {},
        )},
        sentences=_sentences(table, fdr, money),
        refusals=refusals, inputs=[*reads, *helpers, *rated],
        assumptions=[
            *(row for read in reads for row in read.assumptions),
            ("no row of a code in a month", "no trade", "the month itself must be in the file"),
            joining(rows["good"], helpers[0].frame if helpers else None),
        ],
        parameters={
            "before": before, "after": after, "exporter": exporter, "importer": importer, "basis": basis, "least": least,
            "fdr": fdr,
        },
    )  # fmt: skip


def _codes_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of codes where there are any: all goods, or all of a list, hold the same trade again."""
    coded = rows["good"].str.fullmatch(r"\d+").astype(bool)
    return rows[coded] if coded.any() else rows


def _whole_records(
    chosen: pd.DataFrame, every: pd.DataFrame, months: list[str], refusals: Refusals
) -> pd.DataFrame:
    """Return the rows of reporters that give all the periods asked."""
    yearly = bool(len(chosen)) and int(chosen["period"].str.len().max()) == 4
    return without_short(
        chosen, every, sorted({month[:4] for month in months}) if yearly else months, refusals
    )


def surge_table(
    rows: pd.DataFrame, before: list[str], after: list[str], concordance: pd.DataFrame | None, least: float, fdr: float,
    refusals: Refusals,
) -> pd.DataFrame:  # fmt: skip
    """Return the table of `surges` from rows of trade."""
    months = [*before, *after]
    yearly = bool(len(rows)) and int(rows["period"].str.len().max()) == 4
    if yearly:
        years = whole_years(before), whole_years(after)
        if years[0] is None or years[1] is None:
            refusals.refuse(
                "question", "", "period", "yearly rows", "whole years, or monthly rows", "not_monthly"
            )
            return pd.DataFrame(columns=list(COLUMNS))
        months = [*years[0], *years[1]]
    half = len(months) // 2
    period, periods = pd.factorize(rows["period"])
    place = pd.Index(months).get_indexer(periods)[period]
    gone = sorted(set(months) - set(periods))
    if gone:
        accepted = "every month of both periods in the files; ask for the months that are there"
        refusals.refuse(
            "question", "", "period", f"no rows in {', '.join(gone[:8])}", accepted, "missing_months"
        )
        return pd.DataFrame(columns=list(COLUMNS))
    value = rows["value"].to_numpy(dtype=float)
    blank = np.isnan(value) & (place >= 0)
    if blank.any():
        first = rows.iloc[int(np.flatnonzero(blank)[0])]
        found = f"{int(blank.sum()):,} blanks, which are not zero"
        refusals.refuse(
            str(first["file"]), first["line"], "value", found, "numbers in every month asked", "missing_value"
        )
        return pd.DataFrame(columns=list(COLUMNS))
    good, goods = pd.factorize(rows["good"], sort=True)
    family, families, fresh = _families(goods, concordance)
    pair, pairs = _pairs(rows)
    inside = place >= 0
    key = pair[inside] * len(families) + family[good[inside]]
    there, row = np.unique(key, return_inverse=True)
    block = np.bincount(
        row * len(months) + place[inside], weights=value[inside], minlength=len(there) * len(months)
    ).reshape(len(there), len(months))
    return _tested(block[:, :half], block[:, half:], there, pairs, families, fresh, least, fdr, yearly)


def _families(
    goods: pd.Index, concordance: pd.DataFrame | None
) -> tuple[np.ndarray, list[tuple[str, ...]], np.ndarray]:
    """Return the family of each code, the codes of each family (first the one it is known by), and which were joined."""
    if concordance is None:
        return np.arange(len(goods)), [(str(good),) for good in goods], np.zeros(len(goods), dtype=bool)
    to_old = predecessors(concordance)
    names = [to_old.get(str(good), str(good)) for good in goods]
    family, known = pd.factorize(pd.Index(names))
    codes: list[list[str]] = [[str(name)] for name in known]
    for place, good in zip(family, goods, strict=True):
        if good not in codes[place]:
            codes[place].append(str(good))
    return family, [tuple(one) for one in codes], np.array([len(one) > 1 for one in codes])


def _pairs(rows: pd.DataFrame) -> tuple[np.ndarray, list[tuple[str, str]]]:
    left, exporters = pd.factorize(rows["exporter_label"], sort=True)
    right, importers = pd.factorize(rows["importer_label"], sort=True)
    pairs = [(str(x), str(m)) for x in exporters for m in importers]
    return left * len(importers) + right, pairs


def _tested(
    old: np.ndarray, new: np.ndarray, there: np.ndarray, pairs: list[tuple[str, str]], families: list[tuple[str, ...]],
    fresh: np.ndarray, least: float, fdr: float, yearly: bool,
) -> pd.DataFrame:  # fmt: skip
    v0, v1, count = old.sum(axis=1), new.sum(axis=1), old.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(v0 > 0, v1 / v0, np.nan)
        left = new - ratio[:, None] * old
        error = np.sqrt(count / max(count - 1, 1) * (left**2).sum(axis=1)) / v1
        p = stats.t.sf(np.log(ratio) / error, count - 1) if count > 2 else np.full(len(v0), np.nan)
    # Where all trade stands in a few months, their scatter says nothing.
    few = ((old > 0) | (new > 0)).sum(axis=1) < LEAST_MONTHS
    p = np.where(v0 <= 0, np.nan, np.where((v1 <= 0) | (few & (count > 2)), 1.0, p))
    q = benjamini_hochberg(p)
    none = (v0 <= 0) & (v1 >= least)
    surge = (q <= fdr) & (ratio > 1) & (v1 - v0 >= least)
    place = there % len(families)
    pair = there // len(families)
    table = pd.DataFrame(
        {
            "exporter": [pairs[k][0] for k in pair], "importer": [pairs[k][1] for k in pair],
            "good": [families[k][0] for k in place], "codes": [" ".join(families[k]) for k in place],
            "before": v0, "after": v1, "ratio": ratio, "difference": v1 - v0, "months": count * (12 if yearly else 1),
            "p": p, "q": q,
            "verdict": np.where(surge, "surge", np.where(none, "no baseline", "")), "renumbered": fresh[place],
        }
    )  # fmt: skip
    return table.sort_values(
        ["q", "difference"], ascending=[True, False], ignore_index=True, na_position="last"
    )


def _sentences(table: pd.DataFrame, fdr: float, money: str) -> list[str]:
    if not len(table):
        return ["No surge can be looked for: see what was refused."]
    found, none = table[table["verdict"] == "surge"], int((table["verdict"] == "no baseline").sum())
    if table["p"].notna().any():
        told_ = [
            f"{len(found):,} of {len(table):,} codes and corridors surged (at most {fdr:.0%} of them by chance)."
        ]
    else:
        told_ = ["No surge is tested: that takes at least 3 months of either period, and numbers before."]
        found = table[table["difference"] > 0]
        if found["ratio"].notna().any():
            found = found[found["ratio"].notna()]
            told_.append("What grew most, of which nothing says whether it is more than chance:")
    if none:
        told_.append(
            f"{none:,} have no baseline: new in the nomenclature or in the trade; nothing is said of their growth."
        )
    for row in records(found.sort_values("difference", ascending=False).head(3)):
        sign = "+" if row["difference"] > 0 else ""
        grew = f"{row['ratio']:.3g} times, {sign}{in_millions(row['difference'], 1)} million {money}"
        told_.append(
            f"{capital(name_of(row['exporter']))} to {name_of(row['importer'])}, {row['good']}: {grew}."
        )
    return told_
