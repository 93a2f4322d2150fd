"""Profiles: what is wrong with them is said with its place, and wide tables become them."""

from __future__ import annotations

import datetime as dt

import pytest
import xlsxwriter

import straits
from small import build, days, link, market, places, store, supply
from straits.case import Case, Change, read_wide
from straits.case.schema.profiles import Profile
from straits.case.timeaxis import by_day, end_of
from straits.errors import CaseError, StraitsError

WEEK = [{"id": "a", "profile": "p", "start": "2022-01-01", "end": "2022-01-08", "value": 1.0}]


def tables(profile, **more):
    """A field whose capacity follows profile `p`."""
    return {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=9)],
        "supplies": [supply("field", "A", 9, capacity_profile="p", **more)],
        "markets": [market("buyer", "B", 100)],
        "profiles": profile,
    }


def refused(given):
    with pytest.raises(CaseError) as told:
        build(given, time=days(7))
    return str(told.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end": None}, "give `end` or `step`, and not both: neither is given"),
        ({"step": "week"}, "give `end` or `step`, and not both: both are given"),
        ({"end": "2022-01-06"}, "profile 'p' says nothing from 2022-01-06 to 2022-01-07; accepted: one row for each day"),
        ({"start": "2022-01-03"}, "profile 'p' says nothing from 2022-01-01 to 2022-01-02"),
        ({"end": "2021-12-01"}, "end 2021-12-01 is not after start 2022-01-01"),
        ({"start": "2020-02-29", "every": "year"}, "found 2020-02-29, a day that not every year has"),
        ({"end": "2023-06-01", "every": "year"}, "the stretch is longer than a year"),
        ({"value": -1.0}, "found -1; accepted: 0 or more"),
        ({"profile": "q"}, "found 'p', which is no name of profiles, column profile"),
        ({"value_unit": "USD/t"}, "supplies, row field, column capacity:"),
        ({"value_unit": "kt/fortnight"}, "unknown period 'fortnight'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(change, words):
    """Proves: each slip in a row of a profile is refused with table, row, column, what was found and what would be accepted.
    Without it: a season could hold where nobody wrote it, or a gap be read as zero.
    """
    told = refused(tables([WEEK[0] | change]))
    assert words in told
    assert "profiles, row 'a'" in told or "supplies, row 'field'" in told


def test_rows_that_meet_or_do_not_suit_each_other():
    """Proves: two rows for one day, and factors beside numbers with a unit, are refused.
    Without it: the later row would win in silence.
    """
    second = {"id": "b", "profile": "p", "start": "2022-01-05", "step": "week", "value": 2.0}
    assert "profile 'p' says several things from 2022-01-05 to 2022-01-07" in refused(tables([*WEEK, second]))
    cut = [WEEK[0] | {"end": "2022-01-05"}, second | {"value_unit": "kt/d"}]
    assert "row 'b' of profile 'p' has 'kt/d'; give all a unit, or none" in refused(tables(cut))


def test_cells_that_leave_a_profile_nothing_to_do():
    """Proves: factors of an unlimited number, of a curve at price 0, and a price above the highest are refused.
    Without it: unlimited times a half would stay unlimited, and a curve would be divided by zero.
    """
    assert "capacity is unlimited, and profile 'p' holds factors" in refused(
        tables(WEEK) | {"supplies": [supply("field", "A", "unlimited", capacity_profile="p")]}
    )
    free = market("buyer", "B", 0, demand=4, steps="0:4", price_profile="p")
    assert "price is 0, and profile 'p' moves all steps" in refused(tables(WEEK) | {"markets": [free]})
    dear = market("buyer", "B", 100, demand=4, demand_kind="elastic", elasticity=-1, choke_price=150,
                  choke_price_unit="USD/t", price_profile="p")  # fmt: skip
    told = refused(tables([WEEK[0] | {"value": 2.0}]) | {"markets": [dear]})
    assert (
        "found 2, by which the price of market 'buyer' is 200 USD/t; accepted: above 0, from its floor_price"
        in told
    )


def test_idle_profiles_are_warned_of():
    """Proves: a profile that nothing follows, and an interval that a profile with a unit hides, are warned of.
    Without it: a slip in a name would leave a number flat, and a draw would move a number that no run reads.
    """
    spare = {"id": "z", "profile": "z", "start": "2022-01-01", "step": "year", "value": 1.0}
    case = build(
        tables([WEEK[0] | {"value": 3.0, "value_unit": "kt/d"}, spare], capacity_low=8.0), time=days(7)
    )
    told = [f.message for f in case.check().warnings if f.code == "profile_idle"]
    assert any("no cell follows profile 'z'" in line for line in told)
    assert any("no run reads capacity, nor its interval" in line for line in told)


def test_changes_for_a_time_are_checked():
    """Proves: days that are reversed, a column that cannot change over time, and a value that could not stand in the cell are
    refused by name; so are those of a scenario, when the case is loaded.
    Without it: a change for a time could bring in what no table may hold.
    """
    case = build(tables(WEEK), time=days(7))
    for change, words in (
        ({"column": "capacity", "end": "2022-01-02"}, "end 2022-01-02 is not after start 2022-01-03"),
        (
            {"column": "loss"},
            "needs a number that may change over time; accepted: links.capacity, links.cost",
        ),
        ({"column": "capacity", "value": -4}, "found -4; accepted: 0 or more"),
    ):
        given = {"table": "links", "row": "pipe", "value": 0.5, "start": "2022-01-03", **change}
        with pytest.raises(CaseError, match=words):
            case.with_changes([Change(**given)])
        scenario = {"id": "s", "title": "s", "changes": [given]}
        with pytest.raises(CaseError, match=words):
            build(tables(WEEK), time=days(7), scenarios=[scenario])


def test_lengths_of_stretches():
    """Proves: a month from 31 January ends on 28 February, or 29; quarters and years are of the calendar; a year that comes
    back covers each day of four years once.
    Without it: ends of months would leave gaps.
    """

    def row(start, step, every=None):
        return Profile(id="r", profile="p", start=start, step=step, value=1, every=every)

    assert end_of(row("2023-01-31", "month")) == dt.date(2023, 2, 28)
    assert end_of(row("2024-01-31", "month")) == dt.date(2024, 2, 29)
    assert end_of(row("2023-11-15", "quarter")) == dt.date(2024, 2, 15)
    assert end_of(row("2024-01-01", "year")) == dt.date(2025, 1, 1)
    months = [row(f"2021-{m:02d}-01", "month", "year") for m in range(1, 13)]
    holds, count = by_day(months, dt.date(2022, 1, 1), dt.date(2026, 1, 1))
    assert (count == 1).all() and len(count) == 1461
    assert (holds == 1).sum() == 28 * 3 + 29


WIDE = "month,north,south\n2022-01,1.5,0.5\n2022-02,2,1\n"


def test_wide_tables(tmp_path):
    """Proves: a CSV with dates down and names across, and the same as a workbook with dates as Excel keeps them, become the same
    rows; commas may be decimal marks; months, days and odd steps know their end.
    Without it: monthly statistics would have to be turned by hand.
    """
    path = tmp_path / "w.csv"
    path.write_text(WIDE)
    rows = read_wide(path)
    assert [(r["profile"], r["start"], r["step"], r["value"]) for r in rows] == [
        ("north", "2022-01-01", "month", 1.5), ("north", "2022-02-01", "month", 2.0),
        ("south", "2022-01-01", "month", 0.5), ("south", "2022-02-01", "month", 1.0),
    ]  # fmt: skip
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        sheet, date = book.add_worksheet("gas"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["month", "north", "south"])
        for r, (month, north, south) in enumerate([(1, 1.5, 0.5), (2, 2, 1)], start=1):
            sheet.write_datetime(r, 0, dt.datetime(2022, month, 1), date)
            sheet.write_row(r, 1, [north, south])
    assert read_wide(tmp_path / "w.xlsx", sheet="gas") == rows
    path.write_text("day;north\n2022-01-01;1,25\n2022-01-03;2,5\n2022-01-05;3,75\n")
    ends = read_wide(path, unit="kt/d", every_year=True)
    assert [(r["end"], r["value"], r["value_unit"], r["every"]) for r in ends] == [
        ("2022-01-03", 1.25, "kt/d", "year"), ("2022-01-05", 2.5, "kt/d", "year"), ("2022-01-07", 3.75, "kt/d", "year"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("month,north\n2022-01,\n", "this number is missing; a blank is neither 0"),
        ("month,north\n2022-01,much\n", "much"),
        ("month,north\n2022-01,1\n2022-01,2\n", "accepted: a date later than that of the row above"),
        ("month,north\nMay,1\n", "YYYY-MM-DD"),
        (
            "month,north\n2022-01-01,1\n2022-01-04,1\n2022-01-20,1\n",
            "nothing says how long the last one holds",
        ),
        ("month\n2022-01\n", "a profile in each other one"),
        ("month,,north\n2022-01,9,1\n", "line 2: column B holds numbers and has no name"),
        ("month,north,north\n2022-01,9,1\n", "column north: this column stands twice"),
    ],
)
def test_wide_tables_that_cannot_be_right(tmp_path, text, words):
    """Proves: a blank, a word, dates that do not rise or are none, uneven steps, and numbers without a name are refused.
    Without it: a missing month would be read as nothing, and a column whose name was forgotten was left out in silence.
    """
    (tmp_path / "w.csv").write_text(text)
    with pytest.raises(StraitsError, match=words):
        read_wide(tmp_path / "w.csv")


def test_a_wide_sheet_keeps_all_its_columns(tmp_path):
    """Proves: profiles named by numbers keep their names, and numbers right of the last name are an error.
    Without it: a profile named 0 was left out, 2021 became "2021.0", and what stood beyond the names was not read.
    """
    for name, rows in (
        ("named", [["month", 0, 2021], ["2022-01", 1.5, 2]]),
        ("beyond", [["month", "a"], ["2022-01", 1, 2]]),
    ):
        with xlsxwriter.Workbook(tmp_path / f"{name}.xlsx") as book:
            sheet = book.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    found = read_wide(tmp_path / "named.xlsx")
    assert [(row["profile"], row["value"]) for row in found] == [("0", 1.5), ("2021", 2.0)]
    with pytest.raises(StraitsError, match="column C holds numbers and has no name"):
        read_wide(tmp_path / "beyond.xlsx")


def test_wide_tables_into_a_case(tmp_path, capsys):
    """Proves: the command writes profiles into a saved case, and the rows of a table follow them by their ids; solved, the field
    puts out what the table says; another header is refused.
    Without it: the tables would be read and not used.
    """
    from straits.cli import app

    more = {"stores": [store("tank", "B", 3)]}
    plain = tables(WEEK) | more
    plain["supplies"] = [supply("field", "A", 9)]
    del plain["profiles"]
    build(plain, time=days(7)).save(tmp_path / "case")
    (tmp_path / "w.csv").write_text("day,field\n2022-01-01,3\n2022-01-02,2\n2022-01-03,1\n2022-01-04,1\n2022-01-05,1\n"
                                    "2022-01-06,1\n2022-01-07,1\n")  # fmt: skip
    with pytest.raises(SystemExit) as end:
        app([
            "profiles", str(tmp_path / "case"), str(tmp_path / "w.csv"), "--unit", "kt/d", "--follow", "supplies.capacity",
        ])  # fmt: skip
    assert not end.value.code and "1 profiles of 7 rows: field" in capsys.readouterr().out
    case = straits.load_case(tmp_path / "case")
    assert case.rows("supplies")["field"].capacity_profile == "field-capacity"
    assert straits.solve(case).supply["amount"].tolist() == pytest.approx([3, 2, 1, 1, 1, 1, 1])
    rows = read_wide(tmp_path / "w.csv", unit="kt/d")
    with pytest.raises(StraitsError, match=r"found 'supplies.loss'; accepted: .*supplies.capacity"):
        case.with_profiles(rows, "supplies.loss")
    with pytest.raises(StraitsError, match="profile 'field' is no id of links"):
        case.with_profiles(rows, "links.capacity")
    assert isinstance(case.with_profiles(rows), Case)
