"""Bad input: each kind is refused with its place, and all of them together."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from goods.common import write
from straits import goods
from straits.goods.readers.base import read_files
from straits.goods.reading import options_of
from straits.goods.refusals import Refusals

HEAD = "exporter,importer,period,good,value_eur"
CASES = [
    ("an aggregate among its members", HEAD, ["LT,KZ,2021,total,5", "EU27,KZ,2021,total,9"], "aggregate_among_members", 3,
    "exporter"),
    ("an aggregate in Russian", HEAD, ["LT,KZ,2021,total,5", "Страны ЕС,KZ,2021,total,9"], "aggregate_among_members", 3,
    "exporter"),
    ("a union as it was among its members", HEAD, ["GB,KZ,2018,total,5", "EU28,KZ,2018,total,9"], "aggregate_among_members", 3,
    "exporter"),
    ("a union as it is and as it was", HEAD, ["EU27_2020,KZ,2018,total,5", "EU28,KZ,2018,total,9"], "overlapping_aggregates", 3,
    "exporter"),
    ("a union under two names", HEAD, ["EU,KZ,2018,total,5", "European Union,KZ,2018,total,5"], "overlapping_aggregates", 3,
    "exporter"),
    ("a union and one within it", HEAD, ["KZ,CIS,2018,total,5", "KZ,EAEU,2018,total,4"], "overlapping_aggregates", 3, "importer"),
    ("a state that was more than its heir", HEAD, ["YU,KZ,2002,total,5"], "unknown_country", 2, "exporter"),
    ("digits of another script", HEAD, ["LT,KZ,２０２１,total,5"], "period", 2, "period"),
    ("a code in digits of another script", HEAD, ["LT,KZ,2021,851712,5", "LV,KZ,2021,８５１７１２,5"], "not_a_code", 3, "good"),
    ("the world among countries", HEAD, ["LT,KZ,2021,total,5", "LT,WLD,2021,total,9"], "aggregate_among_members", 3, "importer"),
    ("what is not specified", HEAD, ["LT,KZ,2021,total,5", "not specified,KZ,2021,total,9"], "aggregate_among_members", 3,
    "exporter"),
    ("the same key twice", HEAD, ["LT,KZ,2021,total,5", "LT,KZ,2021,total,5"], "duplicate_key", 3, "value"),
    ("a key with two values", HEAD, ["LT,KZ,2021,total,5", "LT,KZ,2021,total,6"], "conflicting_key", 3, "value"),
    ("month 13", HEAD, ["LT,KZ,2021-13,total,5"], "period", 2, "period"),
    ("month 0", HEAD, ["LT,KZ,2021-00,total,5"], "period", 2, "period"),
    ("a decimal comma", HEAD, ['LT,KZ,2021,total,"1,5"'], "number_ambiguous", 2, "value_eur"),
    ("a thousands comma", HEAD, ['LT,KZ,2021,total,"1,234"'], "number_ambiguous", 2, "value_eur"),
    ("a point that may part thousands", HEAD, ["LT,KZ,2021,total,1.234", "LV,KZ,2021,total,12"], "number_ambiguous", 2,
    "value_eur"),
    ("blanks between thousands", HEAD, ["LT,KZ,2021,total,1 234"], "number_ambiguous", 2, "value_eur"),
    ("a word", HEAD, ["LT,KZ,2021,total,many"], "number", 2, "value_eur"),
    ("less than nothing", HEAD, ["LT,KZ,2021,total,-5"], "negative", 2, "value_eur"),
    ("no currency", HEAD.removesuffix("_eur"), ["LT,KZ,2021,total,5"], "no_currency", 1, "value"),
    ("a code that lost its zero", HEAD, ["LT,KZ,2021,851712,5", "LT,KZ,2021,10121,5"], "hs_lost_zero", 3, "good"),
    ("heading beside subheading", HEAD, ["LT,KZ,2021,851712,5", "LV,KZ,2021,851712,5", "LT,KZ,2021,8517,5"], "mixed_levels",
    4, "good"),
    ("trade with itself", HEAD, ["KZ,KAZ,2021,total,5"], "itself", 2, "importer"),
    ("an unknown country", HEAD, ["Atlantis,KZ,2021,total,5"], "unknown_country", 2, "exporter"),
    ("nobody", HEAD, [",KZ,2021,total,5"], "nobody", 2, "exporter"),
    ("a row too long", HEAD, ["LT,KZ,2021,total,5,9"], "ragged_row", 2, ""),
    ("a row too short", HEAD, ["LT,KZ,2021,total"], "ragged_row", 2, ""),
    ("pieces and kg", HEAD + ",quantity,unit", ["LT,KZ,2021,851712,5,1,piece", "LT,KZ,2022,851712,5,1,kg"],
    "mixed_quantity_units", 2, "unit"),
    ("a quantity of nothing", HEAD + ",quantity,unit", ["LT,KZ,2021,851712,5,1,"], "no_unit", 2, "quantity"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "rows", "code", "row", "column"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_bad_row_is_refused(
    tmp_path: Path, header: str, rows: list[str], code: str, row: int, column: str
) -> None:
    """Proves: what cannot be right is refused with file, row, column, what was found and what is accepted.
    Without it: a sum would count a union and its members, or read 1,5 as 15."""
    path = write(tmp_path, "t.csv", "\n".join([header, *rows]))
    refused = goods.check(path).refused
    assert list(refused.columns) == ["file", "row", "column", "found", "accepted", "code"]
    mine = refused[refused["code"] == code]
    assert len(mine), refused.to_string()
    assert str(row) in set(mine["row"]) and column in set(mine["column"]) and set(mine["file"]) == {str(path)}
    assert (mine["found"] != "").all() and (mine["accepted"] != "").all()


def test_good_rows_are_accepted(tmp_path: Path) -> None:
    """Proves: the same rows without the fault pass. Without it: a check that refuses everything would pass every test above."""
    lines = [
        "LT,KZ,2021,851712,5.5,1,piece",
        "LV,Kazakhstan,2021-12,010121,:,-,piece",
        "EE,KAZ,202111,010121,1234.567,7,piece",
    ]
    result = goods.check(write(tmp_path, "t.csv", "\n".join([HEAD + ",quantity,unit", *lines])))
    assert not len(result.refused), result.refused.to_string()
    assert result.table["rows"].tolist() == [3]


def test_all_are_refused_together(tmp_path: Path) -> None:
    """Proves: the faults of all files and rows stand in one list. Without it: a user would mend one fault for each run."""
    one = write(tmp_path, "a.csv", f"{HEAD}\nLT,KZ,2021-13,total,5\nLT,KZ,2021,10121,x")
    two = write(tmp_path, "b.csv", "nothing,that,is,known\n1,2,3,4")
    empty = write(tmp_path, "c.csv", "")
    page = write(tmp_path, "d.csv", "<!DOCTYPE html><html>not found</html>")
    gone = tmp_path / "e.csv"
    codes = goods.check([one, two, empty, page, gone]).refused["code"].tolist()
    assert {
        "period",
        "hs_lost_zero",
        "number",
        "unknown_format",
        "empty_file",
        "html_file",
        "unreadable_file",
    } <= set(codes)


def test_a_table_without_currency_tells_its_other_faults(tmp_path: Path) -> None:
    """Proves: that no currency is said hides no other fault of the table. Without it: a user would mend the header, and only then
    learn of month 13."""
    rows = "DE,KZ,2021-13,total,1\nDE,DE,2021,851712,1\nDE,KZ,2021,851712,x"
    refused = goods.check(write(tmp_path, "t.csv", f"exporter,importer,period,good,value\n{rows}")).refused
    assert {"no_currency", "period", "itself", "number"} <= set(refused["code"])
    assert goods.check(tmp_path / "t.csv").table["rows"].tolist() == [0]


def test_colon_and_dash_are_missing_not_zero(tmp_path: Path) -> None:
    """Proves: `:` and `-` are no numbers: a sum over them is not given.
    Without it: what nobody reported would count as no trade."""
    path = write(tmp_path, "t.csv", f"{HEAD}\nLT,KZ,2021,total,:\nLT,KZ,2022,total,5")
    assert goods.read(path)[0].frame["value"].isna().tolist() == [True, False]
    result = goods.growth(path, before="2021", after="2022", exporter="LT", importer="KZ")
    assert not len(result.table) and result.refused["code"].tolist() == ["missing_months"]


def test_marks_can_be_declared(tmp_path: Path) -> None:
    """Proves: a file with decimal commas is read when the user says so. Without it: such files could not be used at all."""
    path = write(tmp_path, "t.csv", f"{HEAD.replace(',', ';')}\nLT;KZ;2021;total;1.234,5\nLV;KZ;2021;total;7")
    assert goods.check(path).refused["code"].tolist() == ["number_ambiguous"]
    frame = goods.read(path, options=options_of(decimal=",", thousands="."))[0].frame
    assert frame["value"].tolist() == [1234.5, 7.0]


def test_two_currencies_need_rates(tmp_path: Path) -> None:
    """Proves: euros and dollars are not added up without rates, and with rates are.
    Without it: a gap of exchange would be a gap of trade."""
    euro = write(tmp_path, "e.csv", f"{HEAD}\nLT,KZ,2021,total,100")
    dollar = write(tmp_path, "d.csv", f"{HEAD.replace('eur', 'usd')}\nLT,KZ,2022,total,330")
    asked = {"before": "2021", "after": "2022", "exporter": "LT", "importer": "KZ"}
    assert goods.growth([euro, dollar], **asked).refused["code"].tolist() == ["two_currencies"]
    rates = write(tmp_path, "r.csv", "currency,per,period,rate\nUSD,EUR,2021,1.2\nUSD,EUR,2022,1.1")
    assert goods.growth([euro, dollar], rates=rates, **asked).table["factor"].tolist() == pytest.approx([3.0])


def test_column_map_reads_any_table(tmp_path: Path) -> None:
    """Proves: a table with other names is read by a column map, and a wrong name is refused with what there is.
    Without it: every new table would need a program."""
    path = write(tmp_path, "t.csv", "von,nach,Jahr,Wert\nLitauen,KZ,2021,5\nLT,KZ,2021,7")
    names = {"exporter": "von", "importer": "nach", "period": "Jahr", "value": "Wert"}
    result = goods.check(path, options=options_of(names, "rows", currency="EUR"))
    assert result.refused["code"].tolist() == ["unknown_country"] and result.table["rows"].tolist() == [1]
    wrong = goods.check(path, options=options_of({**names, "value": "Wer"}, "rows", currency="EUR")).refused
    assert "missing_column" in set(wrong["code"]) and "Wert" in " ".join(wrong["accepted"])


def test_refusals_of_one_kind_are_counted(tmp_path: Path) -> None:
    """Proves: ten thousand rows of one fault give a hundred lines and a count. Without it: the other fault would not be seen."""
    lines = "\n".join(f"LT,KZ,2021,{n:06d},x" for n in range(10_000))
    refused = goods.check(write(tmp_path, "t.csv", f"{HEAD}\n{lines}")).refused
    assert len(refused) == 101 and refused["found"].iloc[-1] == "9,900 more rows of the same kind"


def test_result_is_saved_with_its_refusals(tmp_path: Path) -> None:
    """Proves: refusals and assumptions survive saving. Without it: a stored answer would look as if all had been accepted."""
    from straits.results import load

    result = goods.check(write(tmp_path, "t.csv", f"{HEAD}\nLT,KZ,2021-13,total,5"))
    again = load(result.save(tmp_path / "r.zip"))
    pd.testing.assert_frame_equal(again.refused, result.refused)
    assert again.sentences[-1].startswith("A pattern is not proof")


ASKED = {
    "growth": {"before": "2021", "after": "2022"},
    "gap": {},
    "surges": {"before": "2021", "after": "2022"},
    "divert": {"target": "RU"},
    "reexport": {"hub": "KZ", "target": "RU"},
}


@pytest.mark.parametrize("ask", ASKED)
def test_every_question_refuses_what_it_cannot_read(tmp_path: Path, ask: str) -> None:
    """Proves: a file that is not there, of another kind, or without one row for the question gives refusals and no answer,
    never a traceback. Without it: a slip of the pen would look like a fault of the program."""
    function = getattr(goods, ask)
    ledger = write(
        tmp_path, "e.csv", "event_id,time,kind,holder,to_holder,hs6,quantity,unit,origin,destination,document"
    )
    other = write(tmp_path, "o.csv", f"{HEAD}\nDE,FR,2019,851712,5")
    heading = write(tmp_path, "h.csv", HEAD)
    for path in (tmp_path / "gone.csv", ledger, other, heading):
        result = function(path, **ASKED[ask])
        assert not len(result.table), path
        assert len(result.refused), path
        assert (result.refused[["found", "accepted", "code"]] != "").all(axis=None)


def test_rates_either_way_and_by_month_or_year(tmp_path: Path) -> None:
    """Proves: USD at 0.8 EUR, or EUR at 1.25 USD, is the same; the month's own rate goes before the year's; a period without
    a rate is refused by name.
    Without it: a table turned over would multiply where it should divide."""
    from straits.goods.selection import _rate

    columns = ["currency", "per", "period", "rate"]
    rates = pd.DataFrame(
        [("EUR", "USD", "2021", 0.8), ("EUR", "USD", "2021-03", 0.5), ("USD", "EUR", "2022", 1.25)],
        columns=columns,
    )
    assert _rate(rates, "USD", "EUR", "2021-02") == 0.8 and _rate(rates, "USD", "EUR", "2021-03") == 0.5
    assert _rate(rates, "EUR", "USD", "2021") == 1.25 and _rate(rates, "USD", "EUR", "2022-07") == 0.8
    assert _rate(rates, "USD", "EUR", "2023") is None and _rate(rates, "USD", "GBP", "2021") is None


def test_two_vintages_are_refused(tmp_path: Path) -> None:
    """Proves: rows that say one thing twice in two editions of a statistic are refused with both names, and one of them alone is
    read. Without it: they would be added up."""
    rows = [
        "exporter,importer,period,value_eur,vintage",
        "LT,KZ,2021,100,May",
        "LT,KZ,2022,200,May",
        "LT,KZ,2022,210,June",
    ]
    path = write(tmp_path, "v.csv", "\n".join(rows))
    asked = {"before": "2021", "after": "2022", "exporter": "LT", "importer": "KZ"}
    refused = goods.growth(path, **asked).refused
    assert refused["code"].tolist() == ["two_vintages"] and "2 rows" in refused["found"].iloc[0]
    assert "'May'" in refused["found"].iloc[0] and "'June'" in refused["found"].iloc[0]
    assert goods.growth(path, vintage="May", **asked).table["factor"].tolist() == [2.0]


def test_who_reports_says_the_direction(tmp_path: Path) -> None:
    """Proves: without a column flow, a row that the importer reports is an import; growth of exports is 90 to 100, of imports 80
    to 40. With a flow and no reporter, an import is the importer's word.
    Without it: what the importer says would be a second export, and both would be added up: 170 to 140.
    """
    rows = [("DE", 2020, 90), ("KZ", 2020, 80), ("DE", 2022, 100), ("KZ", 2022, 40)]
    said = "\n".join(f"DE,KZ,{who},{year},{value}" for who, year, value in rows)
    file = write(tmp_path, "who.csv", f"exporter,importer,reporter,period,value_eur\n{said}")
    grown = goods.growth(file, before="2020", after="2022").table.set_index("flow")
    assert grown[["value_before", "value_after"]].to_dict("index") == {
        "export": {"value_before": 90.0, "value_after": 100.0},
        "import": {"value_before": 80.0, "value_after": 40.0},
    }
    said = "\n".join(
        f"DE,KZ,{'X' if who == 'DE' else 'M'},{year},{value}\nKZ,RU,X,{year},{value}"
        for who, year, value in rows
        if who == "KZ"
    )
    file = write(tmp_path, "flow.csv", f"exporter,importer,flow,period,value_eur\n{said}")
    passed = goods.reexport(file, hub="KZ", target="RU", source="DE")
    assert not len(passed.refused) and float(passed.table["entered"].iloc[0]) == 120.0


def test_a_reporter_on_the_wrong_side_is_refused(tmp_path: Path) -> None:
    """Proves: an export that the importer reports, and the other way round, is refused by its row; so is a reporter who is
    neither side where no flow is given.
    Without it: one trade would count on both sides of a mirror.
    """
    file = write(
        tmp_path,
        "wrong.csv",
        """exporter,importer,reporter,flow,period,value_eur
        DE,KZ,KZ,X,2021,4
        DE,KZ,EU27,X,2021,4
        DE,KZ,DE,M,2021,4""",
    )
    refused = goods.check(file).refused
    assert list(zip(refused["row"], refused["code"], strict=True)) == [
        ("2", "flow_of_other_side"),
        ("4", "flow_of_other_side"),
    ]
    file = write(tmp_path, "third.csv", "exporter,importer,reporter,period,value_eur\nDE,KZ,EU27,2021,4")
    assert goods.check(file).refused["code"].tolist() == ["no_flow"]


@pytest.mark.parametrize(
    ("column", "both", "code"),
    [("reporter", ("DE", "EU27"), "two_reporters"), ("edition", ("HS2012", "HS2017"), "two_editions")],
)
def test_one_trade_said_twice_is_refused(
    tmp_path: Path, column: str, both: tuple[str, str], code: str
) -> None:
    """Proves: trade that a state and its union both report, and one code in two editions of the nomenclature, is refused.
    Without it: both would be added up, and one of them missing in the second year would look like a fall by half.
    """
    said = "\n".join(f"DE,KZ,X,{year},854231,5,{name}" for year in (2020, 2022) for name in both)
    file = write(tmp_path, "twice.csv", f"exporter,importer,flow,period,good,value_eur,{column}\n{said}")
    found = goods.growth(file, before="2020", after="2022", exporter="DE", importer="KZ")
    assert found.refused["code"].tolist() == [code] and not len(found.table)
    assert all(repr(name) in found.refused["found"].iloc[0] for name in both)


@pytest.mark.parametrize(
    ("marks", "right", "wrong"),
    [
        (
            {"thousands": ","},
            {"1,234": 1234, "1,234.5": 1234.5, "12,34,567": 1234567},
            ["1,5", "12,34", "1234,5", "1.5,000"],
        ),
        (
            {"thousands": ".", "decimal": ","},
            {"1.234": 1234, "1.234,5": 1234.5, "1,5": 1.5},
            ["1.5", "12.34", "1,5.000"],
        ),
        ({"thousands": " "}, {"1 234": 1234, "1 234 567.5": 1234567.5}, ["1 5", "12 34 5"]),
    ],
    ids=["comma", "point", "blank"],
)
def test_a_thousands_mark_stands_between_thousands(
    tmp_path: Path, marks: dict[str, str], right: dict[str, float], wrong: list[str]
) -> None:
    """Proves: a declared thousands mark groups digits, and one that groups none is refused. Without it: 1,5 was read as 15."""
    texts = [*right, *wrong]
    rows = [f'LT,KZ,{2000 + at},total,"{text}"' for at, text in enumerate(texts)]
    path = write(tmp_path, "t.csv", "\n".join([HEAD, *rows]))
    refusals = Refusals()
    (read,) = read_files(path, options_of(format="rows", **marks), refusals)
    assert read.frame["value"][: len(right)].tolist() == list(right.values())
    assert read.frame["value"][len(right) :].isna().all()
    assert [(one.row, one.code) for one in refusals] == [
        (str(2 + len(right) + at), "number_ambiguous") for at in range(len(wrong))
    ]
