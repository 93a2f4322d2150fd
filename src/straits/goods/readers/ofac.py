"""Files of the US Treasury as published: `sdn.csv` (12 columns) and `alt.csv` (5), without a header.

`-0- ` stands for nothing, and the file ends with byte 0x1A: a file without it was cut off, and a name that is missing from a
cut-off list would pass as clear.
"""

from __future__ import annotations

import csv
import io
import re

import pandas as pd

from straits.goods.cells import LINE
from straits.goods.readers.base import Options, Reader, Source
from straits.goods.readers.lists import ALIASES, PARTIES, Assumed, list_day
from straits.goods.refusals import Refusals

NULL = "-0-"
END = b"\x1a"
_COLUMNS = {12: "sdn", 5: "alt"}
_FIRST = re.compile(r'\d+,("|-0-)|\d+,\d+,"')

_REGISTERS = "|".join(
    (
        r"(?:Registration|Registered|Business Registration|Company|Enterprise)(?: Identification)? (?:ID|Number|No\.?)",
        r"Commercial Registry Number|C\.R\. No\.|Chamber of Commerce Number|Trade License No\.|UK Company Number",
        r"Government Gazette Number|Unified Social Credit Code \(USCC\)|Legal Entity Number",
        r"Economic Register Number \(CBLS\)|Public Registration Number",
    )
)

#: Numbers in the remarks that name one party, with the words before them.
IDENTIFIERS = (
    ("imo", re.compile(r"\bIMO (?:number )?(\d{7})\b")),
    ("mmsi", re.compile(r"\bMMSI (\d{9})\b")),
    ("registration", re.compile(rf"\b(?:{_REGISTERS}) ([\w./-]+)")),
    ("tax", re.compile(r"\bTax ID No\. ([\w./-]+)")),
    ("passport", re.compile(r"\bPassport ([\w-]*\d[\w-]*)")),
    ("national_id", re.compile(r"\bNational (?:ID|Foreign ID) (?:No\.|Number) ([\w-]+)")),
    ("swift", re.compile(r"\bSWIFT/BIC (\w{8,11})\b")),
    ("lei", re.compile(r"\bLegal Entity Identifier (\w{20})\b")),
    ("duns", re.compile(r"\bD-U-N-S Number (\d{9})\b")),
)  # fmt: skip


def identifiers(remarks: str) -> list[tuple[str, str]]:
    """Give the numbers in a remark that name one party: kind and number."""
    found = [(kind, normal(number)) for kind, pattern in IDENTIFIERS for number in pattern.findall(remarks)]
    return list(
        dict.fromkeys(one for one in found if any(sign.isdigit() for sign in one[1]) or one[0] == "swift")
    )


def normal(number: str) -> str:
    """Give an identifier without the signs that people leave out."""
    return re.sub(r"[^A-Z0-9]", "", re.sub(r"^IMO", "", number.upper().strip()))


def _knows(source: Source) -> bool:
    return bool(_FIRST.match(source.start)) and source.start[:2000].count(",") >= 4


def _read(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    day, assumed = list_day(source, options, refusals)
    empty = pd.DataFrame(columns=list(PARTIES))
    if not source.data.rstrip(b"\r\n ").endswith(END):
        accepted = "the whole file, whose last byte is 0x1A; the copy before it stays in use"
        refusals.refuse(
            source.file, source.data.count(b"\n"), "", "a file that is cut off", accepted, "cut_off_file"
        )
        return empty, ()
    rows = _rows(source, refusals)
    if rows is None or not day:
        return empty, ()
    frame = pd.DataFrame(
        rows, columns=["ent_num", "name", "type", "program", "remarks", LINE], dtype="object"
    )
    again = frame.duplicated("ent_num")
    for place in frame.index[again]:
        found = f"{frame['ent_num'][place]} again"
        refusals.refuse(
            source.file, frame[LINE][place], "ent_num", found, "one row for each entry", "duplicate_key"
        )
    frame = frame[~again].assign(list=options.more.get("list", "OFAC SDN"), day=day)
    return frame[list(PARTIES)].reset_index(drop=True), assumed


def _rows(source: Source, refusals: Refusals) -> list[tuple[object, ...]] | None:
    """Give number, name, type, program, remarks and line of each entry; None if the file has other columns."""
    rows: list[tuple[object, ...]] = []
    for line, cells in _cells(source, refusals):
        if len(cells) != 12:
            refusals.refuse(source.file, line, "", f"{len(cells)} cells", "12 cells (sdn.csv)", "ragged_row")
            continue
        values = ["" if cell.strip() == NULL else cell.strip() for cell in cells]
        if not values[0].isdigit() or not values[1]:
            refusals.refuse(source.file, line, "name", repr(cells[:2]), "a number and a name", "missing_name")
            continue
        # Vessels have their call sign, flag and owner in columns of their own; the remarks hold the identifiers.
        rows.append((values[0], values[1], values[2] or "entity", values[3], values[11], line))
    return rows or None


def _cells(source: Source, refusals: Refusals) -> list[tuple[int, list[str]]]:
    data = source.data.rstrip(b"\r\n ").removesuffix(END)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # Older copies are in the code page of Windows.
        text = data.decode("cp1252", errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        refusals.refuse(
            source.file, before + 1, "", f"a broken row: {error}", "rows as published", "unreadable_file"
        )
        return []
    return found


def _knows_alt(source: Source) -> bool:
    return bool(re.match(r'\d+,\d+,"', source.start))


def _read_alt(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    if not source.data.rstrip(b"\r\n ").endswith(END):
        refusals.refuse(
            source.file,
            source.data.count(b"\n"),
            "",
            "a file that is cut off",
            "the whole file, whose last byte is 0x1A",
            "cut_off_file",
        )
        return pd.DataFrame(columns=list(ALIASES)), ()
    rows = []
    for line, cells in _cells(source, refusals):
        if len(cells) != 5:
            refusals.refuse(source.file, line, "", f"{len(cells)} cells", "5 cells (alt.csv)", "ragged_row")
            continue
        rows.append((cells[0].strip(), cells[2].strip(), cells[3].strip(), line))
    return pd.DataFrame(rows, columns=list(ALIASES)), ()


READERS = (
    Reader(
        "ofac_alt",
        "list_aliases",
        "alt.csv of the US Treasury: further names of SDN entries",
        _knows_alt,
        _read_alt,
    ),
    Reader(
        "ofac",
        "list_parties",
        "sdn.csv of the US Treasury, as published",
        lambda s: _knows(s) and not _knows_alt(s),
        _read,
    ),
)
