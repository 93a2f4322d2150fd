"""The cells of an XLSX workbook, sheet by sheet, as they stand in the file: only those that hold something take room.

Read here and not by a library. A reader of grids gives a sheet as large as its farthest cell: one stray blank in XFD20001 is 328
million cells (calamine). openpyxl gives merges only when it builds the whole sheet, formulas or their values but not both, and
sets no limit to what a file unpacks to. Neither tells formulas without a value apart from blanks. Only what a case needs is read:
values, dates, merges, and formats that show another number. Comments, filters, charts, pictures, macros and links are left
alone; nothing is fetched.

Source: ECMA-376, Office Open XML, part 1, sections 18.3 (sheets), 18.4 (shared strings), 18.8.30 (number formats), 18.17.4
(dates).
"""

from __future__ import annotations

import codecs
import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from straits.case.files.formats import kind_of_format
from straits.case.files.sheet import Sheet, WorkbookError, letters

#: Bytes to which one part of a workbook, and all parts that are read, may unpack; and cells that a workbook may hold.
MOST_UNPACKED = 100_000_000
MOST_CELLS = 2_000_000

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_sheets(path: Path, wanted: Callable[[str], bool]) -> Iterator[Sheet]:
    """Yield the sheets of a workbook in their order; those not wanted come without cells.

    Parameters
    ----------
    path : Path
    wanted : callable
        Says by its name whether a sheet is read.

    Raises
    ------
    WorkbookError
        No workbook, a broken or protected one, or one larger than is read.
    OSError
        The file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _Book(archive).sheets(wanted)
    except zipfile.BadZipFile as error:
        raise WorkbookError(
            f"it is no .xlsx workbook, or it is damaged or protected by a password ({error})"
        ) from None
    except (RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise WorkbookError(f"the workbook cannot be unpacked: {error}") from None
    except expat.ExpatError as error:
        raise WorkbookError(f"the workbook holds broken XML: {error}") from None


class _Book:
    """A workbook that is open."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {
            info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()
        }
        self.unpacked = self.cells = 0

    def sheets(self, wanted: Callable[[str], bool]) -> Iterator[Sheet]:
        """Yield the sheets."""
        home = self._target("", "officeDocument") or "xl/workbook.xml"
        listed, start_1904, stale = self._listing(home)
        links = self._links(home)
        strings: list[str] | None = None
        dates = self._date_styles(_of_kind(links, "styles"))
        for name, identity in listed:
            kind, target = links.get(identity, ("", ""))
            sheet = Sheet(name)
            if wanted(name) and kind == "worksheet" and self._has(target):
                if strings is None:
                    strings = self._strings(_of_kind(links, "sharedStrings"))
                reader = _SheetReader(sheet, strings, dates, start_1904, stale, self._count)
                _parse(self._read(target), reader.start, reader.end, reader.text)
            if kind != "chartsheet":
                yield sheet

    def _count(self) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise WorkbookError(
                f"the workbook holds more than {MOST_CELLS:,} cells; save the case as a folder"
            )

    def _has(self, part: str) -> bool:
        return part.lower() in self.names

    def _read(self, part: str) -> bytes:
        """Unpack a part, no larger than is allowed: no more than its stated size is ever unpacked."""
        info = self.names[part.lower()]
        self.unpacked += info.file_size
        if self.unpacked > MOST_UNPACKED:
            raise WorkbookError(
                f"the workbook unpacks to more than {MOST_UNPACKED // 1_000_000:,} million bytes; save the case as a folder"
            )
        return self.archive.read(info)

    def _links(self, part: str) -> dict[str, tuple[str, str]]:
        """Give kind and target of each relationship of a part."""
        home, name = posixpath.split(part)
        path = posixpath.join(home, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        if not self._has(path):
            return found

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                full = (
                    target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(home, target))
                )
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], full)

        _parse(self._read(path), start)
        return found

    def _target(self, part: str, kind: str) -> str | None:
        return _of_kind(self._links(part), kind)

    def _listing(self, home: str) -> tuple[list[tuple[str, str]], bool, bool]:
        """Give names and relationships of the sheets, whether dates count from 1904, and whether formulas wait to be reckoned."""
        if not self._has(home):
            raise WorkbookError("it holds no workbook: the part xl/workbook.xml is missing")
        listed: list[tuple[str, str]] = []
        start_1904, stale = [False], [False]

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet":
                identity = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                listed.append((attributes.get("name", ""), identity))
            elif tag == "workbookPr":
                start_1904[0] = attributes.get("date1904", "0") in ("1", "true")
            elif tag == "calcPr":
                stale[0] = attributes.get("fullCalcOnLoad", "0") in ("1", "true")

        _parse(self._read(home), start)
        return listed, start_1904[0], stale[0]

    def _strings(self, part: str | None) -> list[str]:
        """Give the shared strings: runs of one string joined, hints of pronunciation left out."""
        if part is None or not self._has(part):
            return []
        reader = _StringReader()
        _parse(self._read(part), reader.start, reader.end, reader.text)
        return reader.strings

    def _date_styles(self, part: str | None) -> dict[int, str]:
        """Say which cell formats show a number as something else, see `kind_of_format`."""
        if part is None or not self._has(part):
            return {}
        codes: dict[int, str] = {}
        formats: list[int] = []
        inside: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt":
                codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                inside.append(tag)
            elif tag == "xf" and inside:
                formats.append(_whole(attributes.get("numFmtId")))

        def end(tag: str) -> None:
            if tag == "cellXfs":
                inside.clear()

        _parse(self._read(part), start, end)
        kinds = {number: kind_of_format(number, codes.get(number)) for number in set(formats)}
        return {at: kind for at, number in enumerate(formats) if (kind := kinds[number])}


def _of_kind(links: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((target for found, target in links.values() if found == kind), None)


def _parse(
    data: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through XML. Names come without their prefixes; definitions of types, and so entities, are refused."""
    # The parts of a workbook are UTF-8 or UTF-16 (ECMA-376, part 2, 8.1.4), whatever they say: Python has codecs of many other
    # names, which end in errors of their own.
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    parser = expat.ParserCreate("utf-16" if wide else "utf-8")
    parser.buffer_text = True
    bare: dict[str, str] = {}

    def name(tag: str) -> str:
        return bare.setdefault(tag, tag.rpartition(":")[2])

    def refuse(*_: Any) -> None:
        raise WorkbookError("the workbook holds XML with a definition of types; it is not read")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(name(tag), attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(name(tag))
    if text is not None:
        parser.CharacterDataHandler = text
    # All at once: a parser that is fed in pieces looks at a long token again with every piece.
    parser.Parse(data, True)


class _StringReader:
    """Collects shared strings."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._taken = self._spoken = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._spoken = True
        elif tag == "t":
            self._taken = not self._spoken

    def end(self, tag: str) -> None:
        if tag == "si":
            self.strings.append(_unescaped("".join(self._parts)))
        elif tag == "rPh":
            self._spoken = False
        elif tag == "t":
            self._taken = False

    def text(self, text: str) -> None:
        if self._taken:
            self._parts.append(text)


class _SheetReader:
    """Collects the cells of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        strings: list[str],
        dates: dict[int, str],
        start_1904: bool,
        stale: bool,
        count: Callable[[], None],
    ) -> None:
        self.sheet, self.strings, self.dates, self.count = sheet, strings, dates, count
        self.stale = stale
        self.epoch = datetime(1904, 1, 1) if start_1904 else datetime(1899, 12, 30)
        self.row, self.column = 0, -1
        self.cell: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        self.into: list[str] | None = None
        self.spoken = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.row = _whole(attributes.get("r"), self.row + 1)
            self.column = -1
        elif tag == "c":
            self.cell, self.parts = attributes, {}
            self.row, self.column = _position(attributes.get("r"), self.row, self.column + 1)
        elif tag == "rPh":
            self.spoken = True
        elif tag in ("v", "f", "t") and not self.spoken:
            self.into = self.parts.setdefault(tag, [])
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = _position(first, 0, 0), _position(last or first, 0, 0)
            self.sheet.merges.append((top, left, bottom, right))

    def text(self, text: str) -> None:
        if self.into is not None:
            self.into.append(text)

    def end(self, tag: str) -> None:
        if tag in ("v", "f", "t"):
            self.into = None
        elif tag == "rPh":
            self.spoken = False
        elif tag == "c" and self.parts:
            value = self._value()
            if value is not None and not (isinstance(value, str) and not value.strip()):
                self.count()
                self.sheet.rows.setdefault(self.row, {})[self.column] = value

    def _value(self) -> Any:
        """Give the value of the cell that has ended; None for a blank one."""
        kind = self.cell.get("t", "n")
        if kind == "inlineStr":
            return _unescaped("".join(self.parts.get("t", ()))) or None
        # Some writers, such as openpyxl, put an empty value beside a formula; what gives an empty text is of another kind.
        formula = "".join(self.parts["f"])[:100] if "f" in self.parts else None
        reckoned = "v" in self.parts and (kind != "n" or formula is None or "".join(self.parts["v"]).strip())
        # A workbook that asks to be reckoned when it is opened (18.2.2, fullCalcOnLoad) has values that nobody reckoned: 0, or
        # those of other numbers. XlsxWriter and pandas write 0 beside each formula.
        if formula is not None and (not reckoned or (self.stale and kind != "e")):
            self._fault(
                f"holds the formula ={formula} and no value reckoned from it: a program wrote it that does not "
                "reckon. Open and save the workbook in a spreadsheet, or write the value"
            )
            return None
        if not reckoned:
            return None
        text = "".join(self.parts["v"])
        if kind == "e":
            self._fault(f"holds the error {text[:100]}")
            return None
        if kind == "str":
            return _unescaped(text) or None
        return self._typed(kind, text.strip())

    def _typed(self, kind: str, text: str) -> Any:
        try:
            if kind == "s":
                return self.strings[_whole(text, len(self.strings))]
            if kind == "b":
                return bool(int(text))
            if kind == "d":
                return datetime.fromisoformat(text)
            if not text:
                return None
            if not _NUMBER.fullmatch(text) or not math.isfinite(value := float(text)):
                raise ValueError(text)
            return self._number(value)
        except (ValueError, IndexError, OverflowError):
            self._fault(
                f"holds {text[:100]!r}, which is no value of its kind {kind!r}: the workbook is damaged"
            )
            return None

    def _number(self, value: float) -> float | date | time | timedelta:
        shown = self.dates.get(_whole(self.cell.get("s")))
        if shown not in ("date", "length"):
            if shown:
                self.sheet.shown[self.row, self.column] = shown
            return value
        length = timedelta(milliseconds=round(value * 86_400_000))  # as exact as a spreadsheet shows
        if shown == "length":
            return length
        moment = self.epoch + length
        if 0 <= value < 1:
            return moment.time()
        # Spreadsheets count a 29 February 1900 that never was.
        return moment + timedelta(days=1) if value < 60 and self.epoch.year == 1899 else moment

    def _fault(self, text: str) -> None:
        self.count()
        self.sheet.faults.append((f"{letters(self.column)}{self.row}", text))


def _whole(text: str | None, default: int = 0) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else default


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Give row (from 1) and column (from 0) of a reference such as B7; the given ones if there is none."""
    if reference is None:
        return row, column
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise WorkbookError(f"the workbook is damaged: {reference[:40]!r} is no cell")
    at = 0
    for letter in found[1]:
        at = at * 26 + ord(letter) - 64
    return int(found[2]), at - 1


def _unescaped(text: str) -> str:
    """Give a text with letters that XML cannot hold, which a workbook writes as _x000D_."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
