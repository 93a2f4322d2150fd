"""Readers of Comext, Comtrade and BACI: rows in one form, totals kept once, what was dropped counted."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from goods.common import TRADE, real, write
from straits import goods
from straits.goods.readers.base import read_files
from straits.goods.reading import options_of
from straits.goods.refusals import Refusals

COMTRADE = (
    "period,reporterCode,flowCode,partnerCode,partner2Code,classificationCode,cmdCode,customsCode,motCode,qtyUnitAbbr,qty,netWgt,"
    "primaryValue"
)


def test_comext_bulk(tmp_path: Path) -> None:
    """Proves: bulk rows become euros and kg of exporter and importer; the year beside its months is left out and counted;
    parts by
    statistical procedure are added up. Without it: a year would count twice."""
    path = write(
        tmp_path, "full.csv",
        """REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,QUANTITY_KG,QUANTITY_SUPPL_UNIT
        EL,KZ,E,85171300,2,1,p/st,202201,100,5,2
        EL,KZ,E,85171300,2,3,p/st,202201,50,1,1
        EL,KZ,E,85171300,2,1,p/st,202252,999,9,9
        LT,RU,E,01012100,1,1,,202112,7,:,""",
    )  # fmt: skip
    result = goods.check(path)
    assert not len(result.refused), result.refused.to_string()
    frame = goods.read(path)[0].frame.sort_values("period", ascending=False, ignore_index=True)
    told = frame[
        [
            "exporter",
            "importer",
            "good",
            "period",
            "edition",
            "value",
            "kg",
            "quantity",
            "flow",
            "valuation",
            "basis",
        ]
    ]
    assert told.iloc[0].tolist() == [
        "GR",
        "KZ",
        "85171300",
        "2022-01",
        "HS2022",
        150.0,
        6.0,
        3.0,
        "export",
        "FOB",
        "consignment",
    ]
    assert told.iloc[1].drop(["kg", "quantity"]).tolist() == [
        "RU",
        "LT",
        "01012100",
        "2021-12",
        "HS2017",
        7.0,
        "import",
        "CIF",
        "origin",
    ]
    assert {"totals_beside_parts", "parts_added_up"} <= set(result.tables["findings"]["code"])


def test_comext_long(tmp_path: Path) -> None:
    """Proves: a row per indicator becomes one row with value and kg. Without it: 100 kg would be read as euros."""
    path = write(
        tmp_path, "api.csv",
        """DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG
        x,y,M,DE,KZ,851713,2,VALUE_IN_EUROS,2022-03,1000,
        x,y,M,DE,KZ,851713,2,QUANTITY_IN_100KG,2022-03,2.5,""",
    )  # fmt: skip
    frame = goods.read(path)[0].frame
    assert frame[["value", "kg"]].to_numpy().tolist() == [[1000.0, 250.0]]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_comtrade_totals_are_kept_once(tmp_path: Path, form: str) -> None:
    """Proves: of parts beside their total by transport, second partner and customs procedure only the total is kept and
    the others
    are counted; a part without its total is refused. Without it: trade would count four times."""
    rows = [
        "2022,398,X,643,0,H6,851713,C00,0,u,4,2,100", "2022,398,X,643,0,H6,851713,C00,1000,u,1,1,60",
        "2022,398,X,643,156,H6,851713,C00,0,u,1,1,30", "2022,398,X,643,0,H6,851713,C01,0,u,1,1,30",
        "2022,398,M,0,0,H6,851713,C00,0,N/A,0,0,500", "2022,398,FM,0,0,H6,851713,C00,0,N/A,0,0,5",
        "2022,398,X,899,0,H6,851713,C00,0,u,1,1,3",
    ]  # fmt: skip
    if form == "csv":
        path = write(tmp_path, "c.csv", "\n".join([COMTRADE, *rows]))
    else:
        numbers = ("qty", "netWgt", "primaryValue", "motCode", "partner2Code", "reporterCode", "partnerCode")
        records = [dict(zip(COMTRADE.split(","), row.split(","), strict=True)) for row in rows]
        data = [
            {k: (float(v) if k in numbers[:3] else int(v)) if k in numbers else v for k, v in one.items()}
            for one in records
        ]
        path = tmp_path / "c.json"
        path.write_text(json.dumps({"elapsedTime": "0.1", "count": len(data), "data": data, "error": ""}))
    result = goods.check(path)
    assert not len(result.refused), result.refused.to_string()
    frame = goods.read(path)[0].frame
    assert frame[["exporter", "importer", "flow", "value"]].to_numpy().tolist() == [
        ["KZ", "RU", "export", 100.0], ["WORLD", "KZ", "import", 500.0], ["KZ", "QU QU 899", "export", 3.0],
    ]  # fmt: skip
    assert frame["edition"].tolist() == ["HS2022"] * 3 and frame["kg"].isna().tolist() == [False, True, False]
    notes = result.tables["findings"]
    assert "3 rows" in notes["found"].tolist() and set(notes["code"]) == {"parts_beside_totals"}
    orphan = write(tmp_path, "o.csv", f"{COMTRADE}\n2022,398,X,643,0,H6,851713,C00,1000,u,1,1,60")
    assert goods.check(orphan).refused["code"].tolist() == ["part_without_total"]


def test_comtrade_says_which_part_lacks_its_total(tmp_path: Path) -> None:
    """Proves: a part without its total is refused with the dimensions in which it is one, and not the others; what has a
    total is only counted; a table without parts is kept as it is, with its units.
    Without it: nobody would know what to ask the API for."""
    rows = [
        "2022,398,X,643,0,H6,851713,C00,1000,u,1,1,60", "2022,398,X,643,0,H6,851713,C01,2100,u,1,1,30",
        "2022,398,X,156,0,H6,851713,C00,0,u,4,2,100", "2022,398,X,156,0,H6,851713,C00,1000,u,1,1,60",
    ]  # fmt: skip
    refused = goods.check(write(tmp_path, "o.csv", "\n".join([COMTRADE, *rows]))).refused
    assert refused["found"].tolist() == [
        "a part without its total: motCode 1000", "a part without its total: motCode 2100, customsCode C01",
    ]  # fmt: skip
    assert refused["row"].tolist() == ["2", "3"]
    plain = ["2022,398,X,156,0,H6,851713,C00,0,u,4,2,100", "2022,398,X,643,0,H6,851713,C00,0,N/A,3,2,50"]
    result = goods.check(write(tmp_path, "p.csv", "\n".join([COMTRADE, *plain])))
    assert not len(result.refused) and "findings" not in result.tables
    frame = goods.read(tmp_path / "p.csv")[0].frame
    assert frame["quantity"].iloc[0] == 4.0 and frame["unit"].iloc[0] == "u"
    assert frame["quantity"].isna().tolist() == [False, True]
    none = [row.replace(",u,", ",-1,") for row in plain]
    bare = goods.read(write(tmp_path, "q.csv", "\n".join([COMTRADE, *none])))[0].frame
    assert bare["quantity"].isna().all() and bare["value"].tolist() == [100.0, 50.0]


def test_comext_with_labels(tmp_path: Path) -> None:
    """Proves: a labelled download (`code:label` in header and cells) is read as one without labels; a layout needs all its
    columns but weight, quantity, unit and good.
    Without it: the browser's download would be refused, or another table taken for it."""
    path = write(
        tmp_path, "labelled.csv",
        """freq:F,reporter:Reporter,partner:Partner,product:Product,flow:Flow,indicators:Indicators,TIME_PERIOD:Time,OBS_VALUE:Value
        M:Monthly,DE:Germany,KZ:Kazakhstan,851713:Telephones,2:EXPORT,VALUE_IN_EUROS:Value,2022-03,1000
        M:Monthly,DE:Germany,KZ:Kazakhstan,851713:Telephones,2:EXPORT,QUANTITY_IN_KG:Weight,2022-03,7""",
    )  # fmt: skip
    frame = goods.read(path)[0].frame
    assert frame[["exporter", "importer", "good", "flow", "value", "kg"]].values.tolist() == [
        ["DE", "KZ", "851713", "export", 1000.0, 7.0]
    ]
    lacking = write(
        tmp_path,
        "lacking.csv",
        "reporter,partner,product,flow,TIME_PERIOD,OBS_VALUE\nDE,KZ,851713,2,2022-03,1",
    )
    assert goods.check(lacking).table["format"].tolist() != ["comext"]


def test_baci(tmp_path: Path) -> None:
    """Proves: thousand dollars and tonnes become dollars and kg, NA a missing weight, edition and vintage come from the
    file's name, and
    a gap is refused. Without it: reconciled numbers would show that nothing is missing."""
    path = write(
        tmp_path,
        "BACI_HS17_Y2021_V202301.csv",
        "t,i,j,k,v,q\n2021,398,643,851712,1.234,0.5\n2021,276,8,010121,2.000,  NA",
    )
    frame = goods.read(path)[0].frame
    assert (
        frame["value"].tolist() == [1234.0, 2000.0]
        and frame["kg"].iloc[0] == 500.0
        and frame["kg"].isna().iloc[1]
    )
    assert frame[["exporter", "importer", "edition", "vintage", "flow"]].iloc[0].tolist() == [
        "KZ", "RU", "HS2017", "BACI 202301", "reconciled",
    ]  # fmt: skip
    assert frame["importer"].iloc[1] == "AL"
    assert "reconciled" in set(goods.gap(path).refused["code"])


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read(tmp_path: Path, code: str) -> None:
    """Proves: a table in UTF-16, as spreadsheets and offices save it, is read as the same in UTF-8, its hash is that of the
    file; one without its mark, or cut off, is refused in words. Without it: columns of gibberish would be listed as found."""
    rows = "exporter,importer,period,value_eur\nDE,KZ,2021,900\nTürkiye,KZ,2022,1800\n"
    plain, wide, bare, cut = (tmp_path / f"{name}.csv" for name in ("plain", "wide", "bare", "cut"))
    plain.write_text(rows, encoding="utf-8")
    wide.write_bytes("\ufeff".encode(code) + rows.encode(code))
    bare.write_bytes(rows.encode(code))
    cut.write_bytes(wide.read_bytes() + b"x")
    one, other = (goods.read(path)[0] for path in (plain, wide))
    assert one.frame.drop(columns="file").equals(other.frame.drop(columns="file")) and len(one.frame) == 2
    assert other.sha256 == hashlib.sha256(wide.read_bytes()).hexdigest()
    refused = goods.check([bare, cut]).refused
    assert refused["code"].tolist() == ["unreadable_file"] * 2
    assert (
        "save it as CSV UTF-8" in refused["found"].iloc[0]
        and "cut off or damaged" in refused["found"].iloc[1]
    )


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_column_named_twice_is_refused(tmp_path: Path, quote: str) -> None:
    """Proves: two columns of one name are refused, with quotes in the file or without; columns without a name are none.
    Without it: the second would be left out in silence where no quotes stand."""
    path = tmp_path / "a.csv"
    path.write_text(f"exporter,exporter,importer,period,value_eur\n{quote}DE{quote},FR,KZ,2021,900\n")
    refused = goods.check(path).refused
    assert refused[["row", "column", "code"]].values.tolist() == [["1", "exporter", "header"]]
    path.write_text(f"exporter,importer,period,value_eur,,\n{quote}DE{quote},KZ,2021,900,,\n")
    assert not len(goods.check(path).refused)


def test_a_damaged_gzip_is_told(tmp_path: Path) -> None:
    """Proves: a gzip with spoiled bytes in its middle is refused in words. Without it: the check ended with a trace."""
    data = bytearray(gzip.compress(b"exporter,importer,period,value_eur\nDE,KZ,2021,900\n" * 500))
    data[30:60] = bytes(b ^ 0xFF for b in data[30:60])
    path = tmp_path / "a.csv.gz"
    path.write_bytes(data)
    assert goods.check(path).refused["code"].tolist() == ["unreadable_file"]


def test_gzip_and_a_file_cut_off(tmp_path: Path) -> None:
    """Proves: gzip is unpacked, and half of one is refused. Without it: a broken download would pass as a short table."""
    whole = gzip.compress(
        b"t,i,j,k,v,q\n2021,398,643,851712,1.5,0.5\n" * 1 + b"2021,276,643,851712,1.5,0.5\n" * 1
    )
    (tmp_path / "w.csv.gz").write_bytes(whole)
    (tmp_path / "h.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert goods.check(tmp_path / "w.csv.gz").table["rows"].tolist() == [2]
    assert goods.check(tmp_path / "h.csv.gz").refused["code"].tolist() == ["unreadable_file"]


@real
@pytest.mark.parametrize("name", ["mirror_yearly.csv", "national_partner_yearly.csv.gz", "armenia_eu_two_bases_yearly.csv",
                                  "eu27_total_and_listed_exports_monthly.csv",
                                  "eu_member_total_exports_monthly.csv.gz"])  # fmt: skip
def test_real_tables_are_accepted(name: str) -> None:
    """Proves: the tables as statistical offices give them pass whole. Without it: strictness would make the reader useless."""
    result = goods.check(TRADE / name)
    assert not len(result.refused), result.refused.head().to_string()
    assert result.table["rows"].iloc[0] > 100


@pytest.mark.parametrize(
    "texts", [[".5", "1.5e1", "5.5", ":"], ["0,5", "15", "5,5", "-"]], ids=["point", "comma"]
)
def test_masses_in_hundreds_of_kg_however_written(tmp_path: Path, texts: list[str]) -> None:
    """Proves: a mass in 100 kg is a hundred times what stands there, however it is written. Without it: `5,5` under
    a declared decimal comma, `.5` and `1.5e1` were read as kg, and unit values were a hundred times too high."""
    head = "reporter;partner;product;flow;indicators;TIME_PERIOD;OBS_VALUE"
    rows = [f"DE;KZ;27090090;2;{what};2022-0{month};{text}" for month, mass in enumerate(texts, start=1)
            for what, text in (("VALUE_IN_EUROS", "1000"), ("QUANTITY_IN_100KG", mass))]  # fmt: skip
    path = write(tmp_path, "c.csv", "\n".join([head, *rows]))
    refusals = Refusals()
    (read,) = read_files(path, options_of(decimal="," if "0,5" in texts else None), refusals)
    assert not len(refusals) and read.reader == "comext"
    assert read.frame["kg"].tolist() == pytest.approx([50.0, 1500.0, 550.0, float("nan")], nan_ok=True)
    both = [*rows, "DE;KZ;27090090;2;QUANTITY_IN_KG;2022-05;7"]
    refused = goods.check(
        write(tmp_path, "d.csv", "\n".join([head, *both])), options=options_of(decimal=",")
    ).refused
    assert "two_indicators" in set(refused["code"])


@pytest.mark.parametrize("rows", ["", "ESTAT,M,DE,RU,85423110,2,QUANTITY_IN_CRATES,2022-01,5,\n"])
def test_a_comext_file_without_rows_that_count(tmp_path: Path, rows: str) -> None:
    """Proves: a header alone, or rows of an indicator that is not known, end in a table or in words. Without it: in a trace."""
    header = "DATAFLOW,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    found = goods.check(write(tmp_path, "comext.csv", header + rows))
    assert found.table["rows"].tolist() == [0]
    assert found.refused["code"].tolist()[: len(rows)] == (["unknown_indicator"] if rows else [])


def test_line_ends_of_old_macs(tmp_path: Path) -> None:
    """Proves: a file whose lines end by a carriage return alone is read as any other, rows at their lines. Without it: all of it
    was its header."""
    (tmp_path / "a.csv").write_bytes(b"exporter,importer,period,value_eur\rDE,KZ,2021,900\rDE,KZ,2021-13,9\r")
    found = goods.check(tmp_path / "a.csv")
    assert found.table["rows"].tolist() == [1] and found.refused["row"].tolist() == ["3"]
