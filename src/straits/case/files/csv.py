"""CSV files: find the dialect from the header line, read every cell as text, write canonical files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from straits.case.files.raw import RawTable
from straits.case.findings import Finding

_DELIMITERS = (",", ";", "\t")
#: Largest table.
MOST_BYTES = 100_000_000
#: Some programs end lines as old Macs did, by a carriage return alone.
_LINE_END = re.compile(r"[\r\n]")
#: First line by which spreadsheets are told the separator.
_SEP_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t]*', re.IGNORECASE)


#: Of a line above the header no more is looked at; columns of a table.
_LONGEST_LINE, _MOST_COLUMNS = 10_000, 500


def decode(data: bytes) -> str:
    """Decode UTF-8, with or without a byte-order mark.

    Raises
    ------
    ValueError
        Another encoding.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("the file is UTF-16; save it as CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line} is not UTF-8; save the file as CSV UTF-8") from None


def find_delimiter(header: str) -> str:
    """Find the field separator from the header line, outside quotes.

    Column names are identifiers, so the header holds one sort of separator or is one column.

    Raises
    ------
    ValueError
        More than one sort of separator.
    """
    outside = "".join(header.split('"')[::2])
    used = [mark for mark in _DELIMITERS if mark in outside]
    if len(used) > 1:
        raise ValueError(
            f"the header line uses {' and '.join(map(repr, used))} as separators; use one of them"
        )
    return used[0] if used else ","


def above_header(text: str) -> tuple[int, str | None, str]:
    """Give how many lines stand above the header, the separator that a `sep=` line among them announces, and the rest."""
    count, announced, begin = 0, None, 0
    while begin < len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        line = text[begin : min(end, begin + _LONGEST_LINE)]
        found = _SEP_LINE.fullmatch(line.strip(" \r"))  # a tab may be what is announced
        if found and announced is None:
            announced = found[1]
        elif line.strip(' ,;\t\r"'):
            break
        count, begin = count + 1, end + 1
    return count, announced, text[begin:]


def read_csv(name: str, data: bytes, findings: list[Finding]) -> RawTable | None:
    """Read a CSV file as texts.

    Parameters
    ----------
    name : str
        Table name.
    data : bytes
        The file.
    findings : list of Finding
        Grows by every error found.

    Returns
    -------
    RawTable or None
        None if the file cannot be read at all.
    """
    before = 0
    try:
        above, announced, text = above_header(decode(data))
        delimiter = announced or find_delimiter(_LINE_END.split(text, maxsplit=1)[0])
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        rows: list[Sequence[str]] = []
        lines: list[int] = []
        before = above + reader.line_num
        for row in reader:
            line, before = before + 1, above + reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
                message = f"{len(row)} cells under {len(header)} columns; quote texts that hold {delimiter!r}"
                findings.append(
                    Finding("ragged_row", "error", message, name, row[0].strip() or None, None, line)
                )
                continue
            if len(row) < len(header):
                message = f"{len(row)} cells under {len(header)} columns"
                findings.append(
                    Finding("ragged_row", "error", message, name, row[0].strip() or None, None, line)
                )
                continue
            rows.append(row)
            lines.append(line)
    except ValueError as error:
        findings.append(Finding("unreadable_file", "error", str(error), name))
        return None
    except csv.Error as error:
        at = f"the row that begins on line {before + 1}"
        message = f'a quote in {at} is never closed: {error}; write a quote inside a text as ""'
        if "field limit" in str(error):
            message = f"a cell of {at} holds more than {csv.field_size_limit():,} letters, or a quote is never closed"
        findings.append(Finding("unreadable_file", "error", message, name, line=before + 1))
        return None
    while header and not header[-1]:
        header.pop()
    if not header:
        findings.append(Finding("unreadable_file", "error", "the file has no header line", name))
        return None
    if len(header) > _MOST_COLUMNS:
        message = f"the header has {len(header):,} columns; accepted: at most {_MOST_COLUMNS}"
        findings.append(Finding("unreadable_file", "error", message, name))
        return None
    return RawTable(name, header, rows, lines, delimiter)


def write_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Give the canonical CSV file: UTF-8, commas, `\\n`, quotes only where needed.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str

    Returns
    -------
    bytes
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")
