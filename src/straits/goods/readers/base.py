"""What a reader of this room is: a file in this folder that says which files it knows and turns one into a table.

To add a format, add a file here with a constant `READERS`, a tuple of `Reader`; nothing else changes.
"""

from __future__ import annotations

import codecs
import hashlib
import importlib
import pkgutil
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from straits.case.files.csv import above_header
from straits.errors import StraitsError
from straits.files import read_regular
from straits.goods.refusals import Refusals

#: Bytes of a file, and to which one that is packed may unpack: a year of the trade of all states is a third of that. It is
#: unpacked piece by piece.
MOST_BYTES, _PIECE = 1_000_000_000, 1 << 24
#: The mark of UTF-8 as its three bytes.
_BOM = "\xef\xbb\xbf"
#: How files begin that are no text, and what they are.
_NO_TEXT = {
    b"PK\x03\x04": "a zip or a workbook (XLSX, ODS)",
    b"\xd0\xcf\x11\xe0": "a workbook (XLS)",
    b"%PDF": "a PDF",
    b"BZh": "a file packed by bzip2",
    b"\xfd7zXZ": "a file packed by xz",
    b"\x28\xb5\x2f\xfd": "a file packed by zstd",
    b"7z\xbc\xaf": "a file packed by 7z",
    b"\x1f\x8b": "a file packed twice by gzip",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True)
class Options:
    """What a user declares about files that do not say it themselves.

    Attributes
    ----------
    columns : mapping of str to str
        Column map: field of this room -> column of the file.
    format : str or None
        Name of the reader; None: the one that knows the file.
    decimal, thousands : str or None
        Marks of numbers.
    more : mapping of str to str
        Constants for fields that the file does not hold (`currency`, `edition`, `basis`, `vintage`, …).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A file with its bytes, unpacked if it was gzip, and its header if it looks like CSV.

    Attributes
    ----------
    file : str
        Name for messages, as given.
    data : bytes
        Without what stands above its header: blank lines, and a line `sep=;` by which spreadsheets are told the separator.
    sha256 : str
        Of the file as it is on disk.
    above : int
        Lines above the header.
    announced : str or None
        Separator that such a line announces.
    """

    file: str
    data: bytes
    sha256: str
    above: int = 0
    announced: str | None = None

    @property
    def separator(self) -> str:
        """What separates the cells of a CSV file: as announced, or the mark that the header holds most often."""
        return self.announced or max(",;\t", key=self.start.partition("\n")[0].count)

    @property
    def start(self) -> str:
        """The first 4,000 letters, whatever they are."""
        return self.data[:4000].decode("utf-8-sig", errors="replace")

    @property
    def header(self) -> list[str]:
        """Names of the columns if the first line is the header of a CSV file."""
        import csv

        line = self.start.partition("\n")[0].rstrip("\r")
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=self.separator), [])]
        except csv.Error:
            return []


@dataclass(frozen=True)
class Read:
    """What a reader made of a file.

    Attributes
    ----------
    kind : str
        `trade` (rows of `straits.goods.rows.COLUMNS`), `events`, `list`, `names`, `concordance`, `rates`, `claims`.
    file, sha256, reader : str
    frame : DataFrame
        Every row has its line in the file, column `line`.
    assumptions : tuple of (assumption, value, why)
        What the format takes for granted.
    """

    kind: str
    file: str
    sha256: str
    reader: str
    frame: pd.DataFrame
    assumptions: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Reader:
    """One format.

    Attributes
    ----------
    name : str
        For `--format`.
    kind : str
        As of `Read`.
    title : str
        One line for the table of formats.
    knows : callable
        Says from name, start and header whether a file is of this format.
    read : callable
        Turns the file into a frame and its assumptions; what is not accepted goes to the list and is left out of the frame.
    columns : tuple of str
        All that its header must hold, where that is what tells it: what lacks of it is then named.
    """

    name: str
    kind: str
    title: str
    knows: Callable[[Source], bool]
    read: Callable[[Source, Options, Refusals], tuple[pd.DataFrame, tuple[tuple[str, str, str], ...]]]
    columns: tuple[str, ...] = ()


@cache
def readers() -> tuple[Reader, ...]:
    """Return all readers, in the order of their files' names."""
    import straits.goods.readers as room

    found: list[Reader] = []
    for module in sorted(pkgutil.iter_modules(room.__path__), key=lambda m: m.name):
        found += getattr(importlib.import_module(f"{room.__name__}.{module.name}"), "READERS", ())
    return tuple(found)


def open_source(path: Path | str) -> Source:
    """Read a file whole; gzip is unpacked.

    Raises
    ------
    StraitsError
        If it cannot be read, is no regular file, or is too large, packed or unpacked.
    """
    path = Path(path)
    try:
        data = read_regular(path, MOST_BYTES, links=True)
    except (OSError, ValueError) as error:  # a name with a letter of nought is no name of a file
        raise StraitsError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    digest = hashlib.sha256(data).hexdigest()
    if data[:2] == b"\x1f\x8b":
        try:
            data = _unpacked(data)
        except (EOFError, zlib.error) as error:
            raise StraitsError(f"{path}: the file is cut off, damaged or no gzip: {error}") from error
        except OverflowError:
            raise StraitsError(
                f"{path}: it unpacks to more than {MOST_BYTES / 1e6:g} million bytes"
            ) from None
    above, announced, data = _from_header(_as_utf8(path, data))
    return Source(str(path), data, digest, above, announced)


def _from_header(data: bytes) -> tuple[int, str | None, bytes]:
    """Give how many lines stand above the header, the separator that one of them announces, and the file without them."""
    start = data[:_PIECE].decode("latin-1")  # a letter for each byte: only the signs of ASCII are looked at
    above, announced, rest = above_header(start.removeprefix(_BOM))
    rest = rest.removeprefix(_BOM)  # one file put behind another keeps its own
    return above, announced, data[len(start) - len(rest) :]


def _unpacked(data: bytes) -> bytes:
    """Unpack the parts of a gzip file one after another; OverflowError if they are too large."""
    pieces: list[bytes] = []
    size = 0
    while data.rstrip(b"\0"):  # noughts may fill up the last block
        part = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not part.eof:
            pieces.append(part.decompress(data, _PIECE))
            data = part.unconsumed_tail
            size += len(pieces[-1])
            if size > MOST_BYTES:
                raise OverflowError
            if not data and not part.eof and len(pieces[-1]) < _PIECE:
                raise EOFError("it ends too early")
        data = part.unused_data
    return b"".join(pieces)


def _as_utf8(path: Path, data: bytes) -> bytes:
    """Turn UTF-16, in which offices and spreadsheets save text, into UTF-8, and line ends of old Macs into ours."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Text has no letter of nought: every second one is half of an ASCII letter.
        if b"\x00" in data[:2] and data[:4].strip(b"\x00"):
            raise StraitsError(
                f"{path}: it looks like UTF-16 without the mark that says so; save it as CSV UTF-8"
            )
        return data if b"\n" in data else data.replace(b"\r", b"\n")
    try:
        return _as_utf8(path, data.decode("utf-16").encode("utf-8"))
    except UnicodeError as error:
        raise StraitsError(f"{path}: it is UTF-16, and cut off or damaged: {error}") from error


def read_file(path: Path | str, options: Options, refusals: Refusals) -> Read | None:
    """Read one file with the reader that knows it; None, with a refusal, if there is none or it cannot be read."""
    try:
        source = open_source(path)
    except StraitsError as error:
        refusals.refuse(
            str(path),
            "",
            "",
            str(error).partition(": ")[2],
            "a file that can be read whole",
            "unreadable_file",
        )
        return None
    if not source.data.strip():
        refusals.refuse(source.file, "", "", "an empty file", "a file with a header and rows", "empty_file")
        return None
    if (
        source.start.lstrip()[:200]
        .lower()
        .startswith(("<!doctype", "<html", '<?xml version="1.0" encoding="utf-8"?><html'))
    ):
        refusals.refuse(
            source.file, "1", "", "an HTML page", "the file itself, not a page about it", "html_file"
        )
        return None
    no_text = next((what for mark, what in _NO_TEXT.items() if source.data.startswith(mark)), None)
    if no_text:
        accepted = (
            "CSV UTF-8 or JSON, packed by gzip or not at all: unpack it, or save the sheet as CSV UTF-8"
        )
        refusals.refuse(source.file, "", "", no_text, accepted, "no_text")
        return None
    known = readers()
    if options.format:
        chosen = [reader for reader in known if reader.name == options.format]
        if not chosen:
            raise StraitsError(
                f"format {options.format!r} is not known; known: {', '.join(r.name for r in known)}"
            )
    else:
        chosen = [reader for reader in known if reader.knows(source)]
    if not chosen:
        header = ", ".join(source.header[:8]) or repr(source.start[:40])
        names = ", ".join(reader.name for reader in known)
        accepted = (
            f"names of columns in the first line that holds anything, of a format of straits ({names}), or with a column map: "
            "--column field=column"
        )
        accepted += _nearly(source, known)
        refusals.refuse(source.file, source.above + 1, "", f"columns {header}", accepted, "unknown_format")
        return None
    reader = chosen[0]
    frame, assumptions = reader.read(source, options, refusals)
    return Read(reader.kind, source.file, source.sha256, reader.name, frame, tuple(assumptions))


def _nearly(source: Source, known: Sequence[Reader]) -> str:
    """Name the format that more than half of the columns tell, and what it lacks; nothing where there is none."""
    shared = {reader: set(reader.columns) & set(source.header) for reader in known if reader.columns}
    nearest = max(shared, key=lambda reader: len(shared[reader]) / len(reader.columns), default=None)
    if nearest is None or 2 * len(shared[nearest]) <= len(nearest.columns):
        return ""
    return (
        f"; for {nearest.name} it lacks {', '.join(c for c in nearest.columns if c not in shared[nearest])}"
    )


def read_files(
    paths: Sequence[Path | str] | Path | str, options: Options | None = None, refusals: Refusals | None = None
) -> list[Read]:
    """Read files one after another, collecting every refusal of all of them."""
    refusals = refusals if refusals is not None else Refusals()
    every: list[Any] = [paths] if isinstance(paths, Path | str) else list(paths)
    found = [read_file(path, options or Options(), refusals) for path in every]
    return [read for read in found if read is not None]


def read_helpers(
    paths: Sequence[Path | str] | Path | str | None, kind: str, refusals: Refusals
) -> list[Read]:
    """Read the files of one kind that a question needs beside trade (`rates`, `concordance`); refuse those of another."""
    found = read_files(paths, None, refusals) if paths is not None else []
    for one in found:
        if one.kind != kind:
            refusals.refuse(one.file, "", "", f"a file of {one.kind}", f"a file of {kind}", "wrong_kind")
    return [one for one in found if one.kind == kind]
