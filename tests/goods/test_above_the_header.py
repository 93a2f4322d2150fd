"""What programs put above the header of a CSV file, and files that are no text at all."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from straits import goods
from straits.goods.reading import read

HEADER = "exporter,importer,period,good,value_eur\n"
ROWS = "DE,KZ,2021,870323,900\nDE,KZ,2022,870323,1800\n"
BOM = "\ufeff"


def packed() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.csv", HEADER + ROWS)
    return held.getvalue()


@pytest.mark.parametrize("quoted", ["", '"'], ids=["bare", "quoted"])
@pytest.mark.parametrize(
    ("above", "mark"),
    [
        ("\n\n", ","),
        ("\r\n  \r\n", ","),
        (",,,,\n", ","),
        ("sep=;\n", ";"),
        (BOM + "sep=;\r\n", ";"),
        ('"sep=;"\n\n', ";"),
        ("sep=\t\n", "\t"),
        ("\nSEP=,\n", ","),
        (BOM + BOM, ","),
        ("sep=;\n" + BOM, ";"),
    ],
)
def test_what_stands_above_the_header_is_passed_over(
    above: str, mark: str, quoted: str, tmp_path: Path
) -> None:
    """Proves: blank lines, a line that tells spreadsheets the separator, and marks of UTF-8 above a header change no value, and
    each row keeps its line in the file. Without it: they were refused as columns of an unknown format."""
    rows = ROWS.replace("870323", f"{quoted}870323{quoted}").replace(",", mark)
    path = tmp_path / "a.csv"
    path.write_bytes((above + HEADER.replace(",", mark) + rows).encode())
    [found] = read(str(path))
    before = above.count("\n")
    assert found.frame["value"].tolist() == [900, 1800]
    assert found.frame["good"].tolist() == ["870323", "870323"]
    assert found.frame["line"].tolist() == [before + 2, before + 3]


def test_a_separator_that_is_announced_counts(tmp_path: Path) -> None:
    """Proves: where `sep=;` is announced, commas in the names of columns separate nothing; a refused cell keeps its line."""
    path = tmp_path / "a.csv"
    path.write_text(
        'sep=;\n\nvon;nach;Jahr;"Wert, EUR, netto, ohne Gold, ohne Strom"\nDE;KZ;2021;9\nDE;KZ;2021-13;7\n'
    )
    names = {
        "exporter": "von",
        "importer": "nach",
        "period": "Jahr",
        "value": "Wert, EUR, netto, ohne Gold, ohne Strom",
    }
    checked = goods.check(str(path), options=goods.reading.options_of(names, "rows", currency="EUR"))
    assert checked.table["rows"].tolist() == [1]
    assert checked.refused[["row", "found"]].values.tolist() == [["5", "'2021-13'"]]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (packed(), "workbook"),
        (gzip.compress(gzip.compress(HEADER.encode())), "twice"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "XLS"),
        (b"PAR1" + bytes(40) + b"PAR1", "Parquet"),
    ],
    ids=["zip", "gzip twice", "pdf", "xls", "parquet"],
)
def test_what_is_no_text_is_told_as_what_it_is(data: bytes, told: str, tmp_path: Path) -> None:
    """Proves: a workbook or archive in the place of a CSV file is refused as that, and the message says what to do. Without it:
    its bytes were shown as the names of columns."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    [refused] = goods.check(str(path)).refused.to_dict("records")
    assert told in refused["found"] and "CSV UTF-8" in refused["accepted"] and refused["code"] == "no_text"


def test_a_title_above_the_header_is_told_with_its_line(tmp_path: Path) -> None:
    """Proves: a line of words above the header is refused with the line on which it stands."""
    path = tmp_path / "a.csv"
    path.write_text("\nTrade of Germany\n\n" + HEADER + ROWS)
    [refused] = goods.check(str(path)).refused.to_dict("records")
    assert refused["row"] == "2" and "first line that holds anything" in refused["accepted"]
