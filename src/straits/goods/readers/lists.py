"""Control lists as tables: goods (Common High Priority List, CN8 codes) and parties (entries, aliases, history, days).

A list has a day: its column `edition`, the day in the name of its file (`…_2022-10-07.csv`), or `--set day=2022-10-07`. A
file named by its month alone counts from the last day of that month, since the list is not known before.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from straits.goods.cells import LINE, read_cells
from straits.goods.numbers import parse_codes
from straits.goods.readers.base import Options, Reader, Source
from straits.goods.refusals import Refusals

Assumed = tuple[tuple[str, str, str], ...]

GOODS = ("list", "day", "code", "nomenclature", "tier", LINE)
PARTIES = ("list", "day", "ent_num", "name", "type", "program", "remarks", LINE)
ALIASES = ("ent_num", "kind", "alias", LINE)
HISTORY = ("list", "ent_num", "name", "type", "program", "first_seen", "not_seen_from", "left_censored", LINE)

_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
_KINDS = {
    "individual": "person",
    "entity": "entity",
    "vessel": "vessel",
    "aircraft": "entity",
    "": "entity",
    "-0-": "entity",
}


def list_day(source: Source, options: Options, refusals: Refusals) -> tuple[str, Assumed]:
    """Give the day of a list file, and what was assumed; an empty text, with a refusal, if nothing says it."""
    told = options.more.get("day") or options.more.get("edition", "")
    found = _DAY.search(told) or _DAY.search(Path(source.file).name)
    if found:
        year, month, day = int(found[1]), int(found[2]), found[3]
        try:
            last = calendar.monthrange(year, month)[1]
            made = date(year, month, int(day) if day else last).isoformat()
        except ValueError:
            found = None
        else:
            name = Path(source.file).name
            return made, () if day else (
                (f"day of {name}", made, "its name gives a month; the list is not known before its end"),
            )
    accepted = "a day in the name of the file, or --set day=2022-10-07"
    refusals.refuse(source.file, "", "day", told or Path(source.file).name, accepted, "list_without_day")
    return "", ()


def list_kind(text: str) -> str:
    """Give the kind of a name from the word that a list has for it."""
    return _KINDS.get(text.strip().lower(), "entity")


def valid_day(text: str) -> bool:
    """Say whether a text is a day of ISO 8601."""
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _days(cells: pd.DataFrame, column: str, file: str, refusals: Refusals, *, blank: bool) -> pd.Series:
    """Check a column of days; give which rows may stay."""
    bad = {text for text in cells[column].unique() if not (valid_day(text) or (blank and not text))}
    for place in cells.index[cells[column].isin(bad)]:
        refusals.refuse(
            file, cells[LINE][place], column, repr(cells[column][place]), "a day 2023-05-19", "date"
        )
    return ~cells[column].isin(bad)


def _stripped(source: Source, refusals: Refusals) -> pd.DataFrame | None:
    cells = read_cells(source, refusals)
    if cells is None:
        return None
    if not len(cells):
        accepted = "a list with rows: by an empty copy everything would be clear"
        refusals.refuse(source.file, "", "", "a header without rows", accepted, "empty_file")
        return None
    if not source.data.endswith((b"\n", b"\r")):
        meaning = (
            "if the file was cut off there, what is missing would pass as clear: compare it with its source"
        )
        refusals.note(
            source.file, cells[LINE].max(), "", "no line end after the last row", meaning, "no_line_end"
        )
    texts = [name for name in cells.columns if name != LINE]
    cells[texts] = cells[texts].apply(lambda column: column.str.strip())
    return cells


def _refuse_twice(frame: pd.DataFrame, keys: list[str], file: str, refusals: Refusals) -> pd.DataFrame:
    """Refuse keys that stand twice, and keep their first row."""
    again = frame.duplicated(keys)
    for place in frame.index[again]:
        found = " ".join(str(frame[key][place]) for key in keys) + " again"
        refusals.refuse(file, frame[LINE][place], keys[-1], found, "one row for each", "duplicate_key")
    return frame[~again].reset_index(drop=True)


def _read_chpl(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = _stripped(source, refusals)
    if cells is None:
        return pd.DataFrame(columns=list(GOODS)), ()
    cells = cells[_days(cells, "edition", source.file, refusals, blank=False)].reset_index(drop=True)
    code = parse_codes(cells["hs6"], 6, file=source.file, column="hs6", lines=cells[LINE], refusals=refusals)
    name = (
        cells["list"] if "list" in cells else pd.Series(options.more.get("list", "list"), index=cells.index)
    )
    nomenclature = options.more.get("nomenclature", "HS2022")
    frame = pd.DataFrame(
        {
            "list": name,
            "day": cells["edition"],
            "code": code,
            "nomenclature": nomenclature,
            "tier": cells["tier"],
            LINE: cells[LINE],
        }
    )
    frame = _refuse_twice(
        frame[code != ""].reset_index(drop=True), ["list", "day", "code"], source.file, refusals
    )
    return frame, (
        (
            f"codes of {Path(source.file).name}",
            nomenclature,
            "the list does not say its nomenclature; --set nomenclature=",
        ),
    )


def _read_cn8(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = _stripped(source, refusals)
    day, assumed = list_day(source, options, refusals)
    if cells is None or not day:
        return pd.DataFrame(columns=list(GOODS)), ()
    code = parse_codes(cells["cn8"], 8, file=source.file, column="cn8", lines=cells[LINE], refusals=refusals)
    name = options.more.get("list") or _name_of(source)
    frame = pd.DataFrame(
        {
            "list": name,
            "day": day,
            "code": code,
            "nomenclature": f"CN{day[:4]}",
            "tier": "",
            LINE: cells[LINE],
        }
    )
    frame = _refuse_twice(frame[code != ""].reset_index(drop=True), ["code"], source.file, refusals)
    return frame, assumed


def _name_of(source: Source) -> str:
    """Give a list the name of its file, without day and endings."""
    return _DAY.sub("", Path(source.file).name.split(".")[0]).strip("_- ") or "list"


def _read_parties(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = _stripped(source, refusals)
    day, assumed = list_day(source, options, refusals)
    if cells is None or not day:
        return pd.DataFrame(columns=list(PARTIES)), ()
    columns = {name: cells.get(name, "") for name in ("ent_num", "name", "type", "program", "remarks")}
    frame = pd.DataFrame(
        {"list": options.more.get("list", "OFAC SDN"), "day": day, **columns, LINE: cells[LINE]}
    )
    return _refuse_twice(_named(frame, source.file, refusals), ["ent_num"], source.file, refusals), assumed


def _named(frame: pd.DataFrame, file: str, refusals: Refusals, column: str = "name") -> pd.DataFrame:
    blank = frame[column] == ""
    for line in frame[LINE][blank]:
        refusals.refuse(file, line, column, "no name", "a name for each row", "missing_name")
    return frame[~blank].reset_index(drop=True)


def _read_aliases(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = _stripped(source, refusals)
    if cells is None:
        return pd.DataFrame(columns=list(ALIASES)), ()
    kind = cells["kind"] if "kind" in cells else pd.Series("aka", index=cells.index)
    frame = pd.DataFrame(
        {"ent_num": cells["ent_num"], "kind": kind, "alias": cells["alias"], LINE: cells[LINE]}
    )
    return _named(frame, source.file, refusals, "alias"), ()


def _read_history(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = _stripped(source, refusals)
    if cells is None:
        return pd.DataFrame(columns=list(HISTORY)), ()
    good = _days(cells, "first_seen", source.file, refusals, blank=False)
    good &= _days(cells, "not_seen_from", source.file, refusals, blank=True)
    back = good & (cells["not_seen_from"] != "") & (cells["not_seen_from"] <= cells["first_seen"])
    for place in cells.index[back]:
        found = f"{cells['not_seen_from'][place]} after first_seen {cells['first_seen'][place]}"
        refusals.refuse(
            source.file,
            cells[LINE][place],
            "not_seen_from",
            found,
            "a later day than first_seen",
            "period_order",
        )
    frame = pd.DataFrame({name: cells[name] for name in HISTORY if name in cells}).assign(
        list=options.more.get("list", "OFAC SDN")
    )
    return _named(frame[good & ~back].reset_index(drop=True), source.file, refusals)[list(HISTORY)], ()


def _read_days(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = _stripped(source, refusals)
    if cells is None:
        return pd.DataFrame(columns=["day", LINE]), ()
    frame = cells[_days(cells, "snapshot_day", source.file, refusals, blank=False)].rename(
        columns={"snapshot_day": "day"}
    )
    return _refuse_twice(frame.reset_index(drop=True), ["day"], source.file, refusals), ()


def _knows(*columns: str, without: str = "") -> Callable[[Source], bool]:
    return lambda source: set(columns) <= set(source.header) and without not in source.header


READERS = (
    Reader(
        "chpl",
        "list_goods",
        "goods of a control list by edition: list, edition, hs6, tier",
        _knows("edition", "hs6", "tier"),
        _read_chpl,
    ),
    Reader("cn8", "list_goods", "CN8 codes of a regulation: cn8", _knows("cn8", without="value"), _read_cn8),
    Reader(
        "history",
        "list_history",
        "parties with the days between which they stood on a list",
        _knows("ent_num", "first_seen"),
        _read_history,
    ),
    Reader(
        "parties",
        "list_parties",
        "parties of one copy of a list: ent_num, name, type",
        _knows("ent_num", "name", "type", without="first_seen"),
        _read_parties,
    ),
    Reader(
        "aliases",
        "list_aliases",
        "further names of parties: ent_num, alias",
        _knows("ent_num", "alias"),
        _read_aliases,
    ),
    Reader(
        "days",
        "list_days",
        "days of which copies of a list are known: snapshot_day",
        _knows("snapshot_day"),
        _read_days,
    ),
)
