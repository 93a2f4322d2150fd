"""Which periods does a record cover? A period without a row is one without trade, or one that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.goods.spans import between, months_of
from straits.wording import counted

if TYPE_CHECKING:
    from straits.goods.refusals import Refusals

#: Chance below which a gap is too long to be months without trade of one that trades as it otherwise does.
UNLIKELY = 0.05
#: Share of a group's trade from which on a member's missing month may be missing for the group; below it, no row is no trade.
WEIGHTY = 0.02


def unlikely_gaps(gap: np.ndarray) -> np.ndarray:
    """Say which months lie in runs without a row that are too long to be chance.

    A month has no trade with the chance (k + ½)/(n + 1) that the other months show, k of n of them without (Jeffreys).
    """
    number = np.cumsum(np.diff(gap, prepend=gap[:1]))
    unlikely = np.zeros(len(gap), dtype=bool)
    for run in np.unique(number[gap]):
        inside = gap & (number == run)
        length = int(inside.sum())
        chance = (gap.sum() - length + 0.5) / (len(gap) - length + 1)
        if chance**length < UNLIKELY:
            unlikely |= inside
    return unlikely


def covered(periods: pd.Series, every: list[str] | None = None) -> list[str]:
    """Return the periods that a record covers: all of `every` but those in gaps too long to be chance.

    Parameters
    ----------
    periods : Series of str
        Periods of the record's rows, all of them months or all years.
    every : list of str, optional
        Periods that it could cover, in order; default: from its first to its last.
    """
    there = set(periods)
    if not there:
        return []
    if every is None:
        first, last = min(there), max(there)
        every = (
            between(first, last) if len(first) == 7 else [str(y) for y in range(int(first), int(last) + 1)]
        )
    gone = unlikely_gaps(np.array([period not in there for period in every]))
    return [period for period, missing in zip(every, gone, strict=True) if not missing]


def by_year(rows: pd.DataFrame, every: pd.DataFrame, refusals: Refusals) -> pd.DataFrame:
    """Return the values of whole years: rows of years, and months added up where their reporter gives the whole year.

    A month in which a reporter that else reports nearly every month has no row at all is missing, and so is one whose value is
    blank: it is not nought. What a reporter gives is seen from `every` row of the files, also those that nobody asks about. A row
    of a year that says of itself that it holds fewer months is no year.
    """
    year = rows["period"].str[:4]
    key = ["exporter", "importer", "good", "flow", "basis", "currency", "year"]
    monthly = rows["period"].str.len() == 7
    made, months = (
        without_part_years(rows[~monthly], refusals).assign(year=year),
        rows[monthly].assign(year=year),
    )
    if len(months):
        given = every[every["period"].str.len() == 7]
        there = sorted(given["period"].unique())
        record = ["reporter", "flow"]
        whole = [
            (*name, year_)
            for name, part in given.groupby(record, sort=False)
            for year_ in _whole(covered(part["period"], there))
        ]
        kept = pd.MultiIndex.from_frame(months[[*record, "year"]]).isin(whole)
        _note_short(months[~kept], refusals)
        months = months[kept]
        blank = months.loc[months["value"].isna(), key].drop_duplicates()
        for exporter, importer, good, flow, *_, year_ in blank.itertuples(index=False, name=None):
            found = f"{exporter} {importer} {good}: blank months of {year_} ({flow})"
            refusals.note(
                "question", "", "value", found, "not nought, and the year is left out", "missing_value"
            )
        months = months[~pd.MultiIndex.from_frame(months[key]).isin(pd.MultiIndex.from_frame(blank))]
        beside = pd.MultiIndex.from_frame(made[key]).isin(pd.MultiIndex.from_frame(months[key]))
        if beside.any():
            found = f"{counted(int(beside.sum()), 'row')} of years beside their months"
            refusals.note(
                "question", "", "period", found, "left out: the months are kept", "totals_beside_parts"
            )
            made = made[~beside]
    told = pd.concat([made[made["value"].notna()], months])
    if not len(told):
        return pd.DataFrame(columns=[*key, "value"])
    return told.groupby(key, as_index=False).agg(value=("value", "sum"))


def without_part_years(rows: pd.DataFrame, refusals: Refusals) -> pd.DataFrame:
    """Return rows of years without those that hold fewer than twelve months, by their own count; note them."""
    short = rows["months"] < 12
    if not short.any():
        return rows
    counts = rows[short].assign(year=rows["period"], period=rows["months"])
    _note_counts(counts[["year", "flow", "reporter", "period"]].drop_duplicates(), refusals)
    return rows[~short]


def without_short(
    rows: pd.DataFrame, every: pd.DataFrame, periods: list[str], refusals: Refusals
) -> pd.DataFrame:
    """Return rows without those of reporters whose record lacks some of the periods while others give it; note them.

    A record that begins or ends within the periods that are compared would be growth, or a fall; and so would a year that holds
    fewer months by its own count.

    Parameters
    ----------
    rows : DataFrame
    every : DataFrame
        All rows of the files, from which it is seen what a reporter gives.
    periods : list of str
        All of months, or all of years.
    refusals : Refusals
    """
    record = ["reporter", "flow"]
    width = len(periods[0]) if periods else 0
    given = every[every["period"].str.len() == width]
    there = sorted(given["period"].unique())
    asked = set(periods) & set(there)
    lacking = {
        name: asked - set(covered(part["period"], there))
        for name, part in given[[*record, "period"]].drop_duplicates().groupby(record, sort=True)
    }
    part_years = given.loc[(given["months"] < 12) & given["period"].isin(asked), [*record, "period"]]
    for reporter, flow, year in part_years.drop_duplicates().itertuples(index=False, name=None):
        lacking[reporter, flow] = lacking[reporter, flow] | {year}
    here = pd.MultiIndex.from_frame(rows[record])
    left_out = here.isin([name for name, gone in lacking.items() if gone])
    if left_out.all() and not len(part_years):
        return rows  # what nobody gives is told of the periods
    for name, gone in lacking.items():
        if gone and name in here:
            found = f"{name[1]}s of {name[0]} lack {min(gone)}" + (
                f" and {counted(len(gone) - 1, 'other')}" if len(gone) > 1 else ""
            )
            refusals.note("question", "", "period", found, "left out of both periods", "short_record")
    return rows[~left_out]


def _whole(months: list[str]) -> list[str]:
    """Return the years of which all months are there."""
    there = set(months)
    return [year for year in {month[:4] for month in months} if there.issuperset(months_of(year))]


def _note_short(months: pd.DataFrame, refusals: Refusals) -> None:
    """Note of which reporters a year is left out since it is not whole."""
    if not len(months):
        return
    _note_counts(months.groupby(["year", "flow", "reporter"])["period"].nunique().reset_index(), refusals)


def _note_counts(counts: pd.DataFrame, refusals: Refusals) -> None:
    """Note how many months (`period`) of a year reporters have."""
    for name, part in counts.groupby(["year", "flow", "period"]):
        year, flow, count = str(name[0]), str(name[1]), int(part["period"].iloc[0])
        names = ", ".join(sorted(part["reporter"])[:6]) + (
            f" and {len(part) - 6} more" if len(part) > 6 else ""
        )
        found = f"{flow}s of {names}: {counted(count, 'month')} of {year}"
        refusals.note("question", "", "period", found, "no whole year: left out", "short_year")
