"""Lists as of a day: which copy counts, what stood on it, and what cannot be known.

The copy of a day is the last one on or before it. Before the first copy nothing is known. On a day between two copies the
list may have changed and changed again: what stands on the copy is a hit, what does not is unknown, never clear. After the
last copy it counts on, and the answer says how old it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd

from straits.goods.readers.base import Read
from straits.goods.readers.lists import list_kind


@dataclass(frozen=True)
class Copy:
    """One copy of a list.

    Attributes
    ----------
    day : str
    file : str
    sha256 : str
        Of the file from which it is known.
    """

    day: str
    file: str
    sha256: str


@dataclass(frozen=True)
class AsOf:
    """What is known of a list on a day.

    Attributes
    ----------
    day : str
    copy : Copy or None
        None before the first copy.
    following : Copy or None
        The next copy after the day.
    """

    day: str
    copy: Copy | None
    following: Copy | None

    @property
    def certain(self) -> bool:
        """Whether what does not stand on the copy did not stand on the list: on the day of a copy, and after the last one."""
        return self.copy is not None and (self.copy.day == self.day or self.following is None)

    @property
    def age(self) -> int | None:
        """Days since the copy."""
        return (date.fromisoformat(self.day) - date.fromisoformat(self.copy.day)).days if self.copy else None

    @property
    def why(self) -> str:
        """Say in words why something may be unknown, or from when the copy is."""
        if self.copy is None:
            return f"before the first copy, {self.following.day}" if self.following else "no copy"
        if self.certain:
            return (
                "on the day of a copy"
                if self.copy.day == self.day
                else f"by the last copy, {self.age} days old"
            )
        assert self.following is not None
        return f"between the copies of {self.copy.day} and {self.following.day}"


@dataclass(frozen=True)
class ControlList:
    """One list with all its copies.

    Attributes
    ----------
    name : str
    copies : tuple of Copy
        By day.
    entries : DataFrame
        Goods: `code`, `nomenclature`, `tier`. Parties: `ent_num`, `name`, `kind`, `program`, `remarks`. Both: `first` (day
        of the first copy with it) and `until` (day of the first copy without it; empty if it stands on the last), `censored`
        (on the first copy already).
    """

    name: str
    copies: tuple[Copy, ...]
    entries: pd.DataFrame

    def as_of(self, day: str) -> AsOf:
        """Find the copy that counts on a day."""
        days = [copy.day for copy in self.copies]
        place = bisect_right(days, day)
        return AsOf(
            day, self.copies[place - 1] if place else None, self.copies[place] if place < len(days) else None
        )

    def standing(self, day: str) -> pd.Series:
        """Say for every entry whether it stands on the copy of the day."""
        copy = self.as_of(day).copy
        if copy is None:
            return pd.Series(False, index=self.entries.index)
        return (self.entries["first"] <= copy.day) & (
            (self.entries["until"] == "") | (self.entries["until"] > copy.day)
        )

    def since(self, place: int, key: str) -> tuple[str, str]:
        """Give the first day of the unbroken time on the list that an entry belongs to, and the last copy before it without it.

        Parameters
        ----------
        place : int
            Row of `entries`.
        key : str
            Column that says who it is: a change of name, tier or remarks does not break the time.
        """
        row = self.entries.iloc[place]
        same = self.entries[self.entries[key] == row[key]]
        first = row["first"]
        while True:
            earlier = same["first"][
                (same["first"] < first) & ((same["until"] == "") | (same["until"] >= first))
            ]
            if not len(earlier):
                break
            first = earlier.min()
        before = [copy.day for copy in self.copies if copy.day < first]
        return str(first), before[-1] if before else ""


def lists_of_goods(reads: Sequence[Read]) -> list[ControlList]:
    """Put the copies of lists of goods together, by the name of the list."""
    return _lists([one for one in reads if one.kind == "list_goods"], ["code", "nomenclature", "tier"])


def lists_of_parties(reads: Sequence[Read]) -> list[ControlList]:
    """Put together lists of parties: dated copies of one list, and histories with the days of their copies."""
    columns = ["ent_num", "name", "type", "program", "remarks"]
    found = _lists([one for one in reads if one.kind == "list_parties"], columns)
    days = [one for one in reads if one.kind == "list_days"]
    histories = [one for one in reads if one.kind == "list_history"]
    found += [
        _from_history(one, days, f"{Path(one.file).name}" if len(histories) > 1 or found else "")
        for one in histories
    ]
    for one in found:
        one.entries["kind"] = one.entries["type"].map(list_kind)
    return found


def _lists(reads: Sequence[Read], columns: list[str]) -> list[ControlList]:
    frames = [one.frame.assign(file=one.file, sha256=one.sha256) for one in reads if len(one.frame)]
    if not frames:
        return []
    every = pd.concat(frames, ignore_index=True)
    made = []
    for name, rows in every.groupby("list", sort=True):
        copies_of = rows.drop_duplicates("day").sort_values("day")
        copies = tuple(
            Copy(*one) for one in copies_of[["day", "file", "sha256"]].itertuples(index=False, name=None)
        )
        # A file given twice, or two files of one day, are one copy.
        rows = rows.merge(copies_of[["day", "file"]], on=["day", "file"])
        following = {copy.day: after.day for copy, after in pairwise(copies)}
        entries = rows[columns].assign(
            first=rows["day"], until=[following.get(day, "") for day in rows["day"]]
        )
        made.append(ControlList(str(name), copies, _joined(entries, columns)))
    return made


def _joined(entries: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Join what stands unchanged on one copy after another into one span."""
    entries = entries.sort_values([*columns, "first"], kind="stable", ignore_index=True)
    same = (entries[columns] == entries[columns].shift()).all(axis=1) & (
        entries["first"] == entries["until"].shift()
    )
    span = (~same).cumsum()
    firsts = entries.groupby(span).first()
    firsts["until"] = entries.groupby(span)["until"].last()
    firsts = firsts.reset_index(drop=True)
    return firsts.assign(censored=firsts["first"] == entries["first"].min())


def _from_history(read: Read, days: Sequence[Read], extra: str) -> ControlList:
    """Make a list of a history. Without the days of its copies, only the days on which it changed are known to be copies."""
    frame = read.frame
    known = set(frame["first_seen"]) | (set(frame["not_seen_from"]) - {""})
    for one in days:
        known |= set(one.frame["day"])
    copies = tuple(Copy(day, read.file, read.sha256) for day in sorted(known))
    entries = frame[["ent_num", "name", "type", "program"]].assign(
        remarks="",
        first=frame["first_seen"],
        until=frame["not_seen_from"],
        censored=frame["left_censored"].isin(["1", "true", "True"]),
    )
    name = str(frame["list"].iloc[0]) if len(frame) else "list"
    return ControlList(f"{name} ({extra})" if extra else name, copies, entries.reset_index(drop=True))
