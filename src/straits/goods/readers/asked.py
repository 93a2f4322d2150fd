"""Tables of what is asked about: parties by name and number, goods by code; a day for each row if it has one."""

from __future__ import annotations

import pandas as pd

from straits.goods.cells import LINE, mapped, read_cells
from straits.goods.numbers import parse_codes
from straits.goods.readers.base import Options, Reader, Source
from straits.goods.readers.lists import list_kind, valid_day
from straits.goods.refusals import Refusals

NUMBERS = ("imo", "mmsi", "registration", "tax", "passport", "national_id", "swift", "lei", "duns")
_PARTY = ("name", "kind", "day", *NUMBERS)
_GOODS = ("code", "edition", "day")
#: Digits that a code of goods may have.
LENGTHS = (4, 6, 8, 10)


def _table(
    source: Source, options: Options, refusals: Refusals, fields: tuple[str, ...]
) -> pd.DataFrame | None:
    cells = read_cells(source, refusals)
    if cells is None:
        return None
    columns = {name: name for name in fields if name in cells.columns} | dict(options.columns)
    frame = mapped(cells, columns, file=source.file, needed=fields[:1], refusals=refusals)
    if frame is None:
        return None
    for name in fields:
        frame[name] = frame[name].str.strip() if name in frame else ""
    bad = (frame["day"] != "") & ~frame["day"].map(valid_day)
    for place in frame.index[bad]:
        refusals.refuse(
            source.file, frame[LINE][place], "day", repr(frame["day"][place]), "a day 2023-05-19", "date"
        )
    return frame[~bad].reset_index(drop=True)


def _read_parties(
    source: Source, options: Options, refusals: Refusals
) -> tuple[pd.DataFrame, tuple[tuple[str, str, str], ...]]:
    frame = _table(source, options, refusals, _PARTY)
    if frame is None:
        return pd.DataFrame(columns=[*_PARTY, LINE]), ()
    for line in frame[LINE][frame["name"] == ""]:
        refusals.refuse(source.file, line, "name", "no name", "a name for each row", "missing_name")
    known = ("", "person", "entity", "vessel", "individual", "aircraft")
    for place in frame.index[~frame["kind"].str.lower().isin(known)]:
        refusals.refuse(
            source.file,
            frame[LINE][place],
            "kind",
            repr(frame["kind"][place]),
            "person, entity or vessel",
            "unknown_kind",
        )
    frame["kind"] = [
        list_kind(text) if text and text != "person" else text for text in frame["kind"].str.lower()
    ]
    return frame[frame["name"] != ""].reset_index(drop=True), ()


def _read_goods(
    source: Source, options: Options, refusals: Refusals
) -> tuple[pd.DataFrame, tuple[tuple[str, str, str], ...]]:
    frame = _table(source, options, refusals, _GOODS)
    if frame is None:
        return pd.DataFrame(columns=[*_GOODS, LINE]), ()
    # Codes of any length may be asked in one table: nothing is added up.
    lengths = frame["code"].str.len()
    usual = lengths.where(lengths.isin(LENGTHS), 6)
    for digits in sorted(set(usual)):
        of = usual == digits
        frame.loc[of, "code"] = parse_codes(
            frame["code"][of],
            int(digits),
            file=source.file,
            column="code",
            lines=frame[LINE][of],
            refusals=refusals,
        )
    return frame[frame["code"] != ""].reset_index(drop=True), ()


def _knows(first: str, fields: tuple[str, ...]):  # type: ignore[no-untyped-def]
    return lambda source: first in source.header and set(source.header) <= {*fields, "id", "note"}


READERS = (
    Reader("asked_parties", "asked_parties", "parties to screen: name, kind, day, imo, registration, …", _knows("name",
    _PARTY), _read_parties), Reader("asked_goods", "asked_goods", "goods to screen: code, edition, day", _knows("code",
    _GOODS), _read_goods),
)  # fmt: skip
