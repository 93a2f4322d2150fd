"""Rows of trade: each is a statement of somebody, and what may not stand together in them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from straits.goods import countries
from straits.goods.cells import LINE

if TYPE_CHECKING:
    from straits.goods.readers.base import Read
    from straits.goods.refusals import Refusals

#: Fields of a row of trade: `reporter` says that in `period` goods of code `good` (nomenclature `edition`) went from `exporter`
#: to `importer`, worth `value` of `currency`. `flow` is `export` or `import`, seen from the reporter; `basis` is `origin` or
#: `consignment`, `valuation` FOB or CIF; `vintage` the edition of the statistic, `months` how many months a row of a year holds.
#: Empty text or NaN: not said.
TEXTS = (
    "reporter", "flow", "exporter", "importer", "good", "edition", "period", "currency", "unit", "basis", "valuation", "vintage",
    "source",
)  # fmt: skip
NUMBERS = ("value", "kg", "quantity", "months")
COLUMNS = (*TEXTS, *NUMBERS, "file", "line")

#: Code of a row that counts all goods, or all goods of a named list.
ALL_GOODS = "total"

#: What makes two rows speak of the same thing.
KEY = (
    "reporter", "flow", "exporter", "importer", "good", "edition", "period", "basis", "valuation", "vintage", "currency",
)  # fmt: skip


def complete(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return rows with every column of `COLUMNS`, those that are not said empty."""
    made = {}
    for name in COLUMNS:
        if name == "file":
            made[name] = pd.Series(file, index=frame.index, dtype="str")
        elif name in frame:
            # A column without any cell may have come to hold numbers: pandas before 3 takes it for such.
            empty = name in TEXTS and not len(frame)
            made[name] = frame[name].astype("str") if empty else frame[name]
        elif name in NUMBERS:
            made[name] = pd.Series(float("nan"), index=frame.index)
        else:
            made[name] = pd.Series("", index=frame.index, dtype="str")
    return pd.DataFrame(made)


def trade_rows(reads: Sequence[Read], refusals: Refusals) -> pd.DataFrame:
    """Return the rows of trade of all files as one table; refuse files of another kind, and what may not stand together."""
    for read in reads:
        if read.kind != "trade":
            refusals.refuse(read.file, "", "", f"a file of {read.kind}", "a file of trade", "wrong_kind")
    return together([read for read in reads if read.kind == "trade"], refusals)


def together(reads: Sequence[Read], refusals: Refusals) -> pd.DataFrame:
    """Return the rows of all files as one table, after `refuse_keys`."""
    if not reads:
        return complete(pd.DataFrame({LINE: pd.Series(dtype="int64")}), "")
    refuse_keys(reads, refusals)
    frames = [read.frame for read in reads]
    return pd.concat(frames, ignore_index=True)


def refuse_keys(reads: Sequence[Read], refusals: Refusals) -> None:
    """Refuse what may not stand together: a key twice, an aggregate among its members, quantities in two units."""
    frame = pd.concat([read.frame for read in reads], ignore_index=True)
    if not len(frame):
        return
    _refuse_twice(frame, refusals)
    _refuse_aggregates(frame, refusals)
    _refuse_units(frame, refusals)


def _refuse_twice(frame: pd.DataFrame, refusals: Refusals) -> None:
    twice = frame.duplicated(list(KEY), keep=False)
    if not twice.any():
        return
    for _, rows in frame[twice].groupby(list(KEY), sort=False):
        first = rows.iloc[0]
        for _, row in rows.iloc[1:].iterrows():
            # NaN is the same as NaN: both say that nothing was reported.
            same = row["value"] == first["value"] or (pd.isna(row["value"]) and pd.isna(first["value"]))
            code = "duplicate_key" if same else "conflicting_key"
            where = f"{first['file']} row {first['line']}"
            found = f"{_key_text(row)} again" + (
                "" if same else f": {row['value']:g} here, {first['value']:g} in {where}"
            )
            accepted = f"one row for each key (the first is in {where}); editions of a statistic with different `vintage`"
            refusals.refuse(str(row["file"]), row["line"], "value", found, accepted, code)


def _key_text(row: pd.Series) -> str:
    said = [
        str(row[name])
        for name in ("reporter", "flow", "exporter", "importer", "good", "period", "basis")
        if row[name]
    ]
    return " ".join(said)


def _refuse_aggregates(frame: pd.DataFrame, refusals: Refusals) -> None:
    """Refuse rows of an aggregate where rows of its members stand beside them: summed, they would count twice."""
    for side, other in (("exporter", "importer"), ("importer", "exporter")):
        names = {text: countries.group(text) for text in frame[side].unique()}
        aggregates = [text for text, found in names.items() if found and text != countries.WORLD]
        if not aggregates:
            continue
        group = ["reporter", "flow", other, "good", "period", "basis"]
        if side == "exporter":
            # An exporter's own report and that of the union stand beside each other under two reporters.
            group = ["flow", other, "good", "period", "basis"]
        _refuse_overlaps(frame, side, aggregates, group, refusals)
        beside = frame[~frame[side].isin(aggregates)][[*group, side]].drop_duplicates()
        if not len(beside):
            continue
        for text in aggregates:
            members = countries.members(text)
            inside = beside if members is None else beside[beside[side].isin(members)]
            some = (
                inside.groupby(group, sort=False)[side]
                .agg(lambda names: ", ".join(sorted(names)[:3]))
                .rename("members")
            )
            both = frame[frame[side] == text].merge(some.reset_index(), on=group)
            for file, line, names in both[["file", "line", "members"]].itertuples(index=False, name=None):
                found = f"{text!r}, an aggregate, beside its members {names}"
                accepted = "members or the aggregate, not both"
                refusals.refuse(str(file), line, side, found, accepted, "aggregate_among_members")


def _refuse_overlaps(
    frame: pd.DataFrame, side: str, aggregates: list[str], group: list[str], refusals: Refusals
) -> None:
    """Refuse a trade under two aggregates that share members, such as a union as it is and as it was, or under two names."""
    for text, other in itertools.combinations(aggregates, 2):
        if not (countries.members(text) or frozenset()) & (countries.members(other) or frozenset()):
            continue
        there = frame.loc[frame[side] == text, group].drop_duplicates()
        both = frame[frame[side] == other].merge(there, on=group)
        for file, line in both[["file", "line"]].itertuples(index=False, name=None):
            found = f"{other!r} beside {text!r}, aggregates of the same states"
            refusals.refuse(str(file), line, side, found, "one of them, not both", "overlapping_aggregates")


def _refuse_units(frame: pd.DataFrame, refusals: Refusals) -> None:
    """Refuse quantities of one good in more than one unit."""
    counted = frame[frame["quantity"].notna() & (frame["unit"] != "")]
    if not len(counted):
        return
    key = ["reporter", "flow", "exporter", "importer", "good", "edition"]
    kinds = counted.groupby(key, sort=False)["unit"].transform("nunique")
    for _, row in counted[kinds > 1].iterrows():
        found = f"{row['unit']!r} for good {row['good']}, which is counted in another unit elsewhere"
        refusals.refuse(
            str(row["file"]),
            row["line"],
            "unit",
            found,
            "one unit for the quantities of a good",
            "mixed_quantity_units",
        )
