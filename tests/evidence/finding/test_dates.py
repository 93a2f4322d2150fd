"""Dates in running text, by hand: plain forms, forms told in two parts, and those that must stay without a value."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straits.evidence import edtf
from straits.evidence.finding.date_parts.words import Ground, SaidYear
from straits.evidence.finding.dates import find_dates, kinds_of_dates, only_dates, readings


def told(
    text: str, published: str | None = "2021-03-03", tense: str | None = None
) -> list[tuple[str | None, str]]:
    day = date.fromisoformat(published) if published else None
    return [(h.value, h.text) for h in find_dates(text, day, tense=tense)]  # type: ignore[arg-type]


# Published on Wednesday, 3 March 2021, unless said otherwise.
@pytest.mark.parametrize(
    ("text", "published", "value"),
    [
        ("lifted the day before yesterday", "2021-03-03", "2021-03-01"),
        ("stops the day after tomorrow", "2021-03-03", "2021-03-05"),
        ("two days before yesterday", "2021-03-03", "2021-02-28"), ("a week after tomorrow", "2021-03-03", "2021-03-11"),
        ("the 5th of last month", "2021-03-03", "2021-02-05"), ("on the 31st of this month", "2021-03-03", "2021-03-31"),
        ("позавчера суд", "2021-03-03", "2021-03-01"), ("послезавтра суд", "2021-03-03", "2021-03-05"),
        ("вчера суд", "2021-03-03", "2021-03-02"),
        ("завтра суд", "2021-03-03", "2021-03-04"), ("tomorrow it sits", "2021-03-03", "2021-03-04"),
        ("on March 5 last year", "2021-06-03", "2020-03-05"), ("on March 5 of last year", "2021-06-03", "2020-03-05"),
        ("on 5 March last year", "2021-06-03", "2020-03-05"),
        ("on March 5, last year", "2021-06-03", "2020-03-05"), ("on March 5 this year", "2021-11-03", "2021-03-05"),
        ("on March 5 next year", "2021-06-03", "2022-03-05"),
        ("on March 5 of the current year", "2021-12-03", "2021-03-05"), ("in March last year", "2021-06-03", "2020-03"),
        ("in October this year", "2021-02-03", "2021-10"),
        ("March to May last year", "2021-06-03", "2020-03/2020-05"), ("in autumn last year", "2021-06-03", "2020-23"),
        ("spring next year", "2021-06-03", "2022-21"),
        ("on March 5 two years ago", "2021-06-03", "2019-03-05"), ("in March three years ago", "2021-06-03", "2018-03"),
        ("on March 5 the year before last", "2021-06-03", "2019-03-05"),
        ("5 марта прошлого года", "2021-06-03", "2020-03-05"), ("в июле этого года", "2021-02-03", "2021-07"),
        ("5 мая следующего года", "2021-06-03", "2022-05-05"),
        ("on the Monday before last", "2021-03-03", "2021-02-22"), ("the Wednesday before last", "2021-03-03", "2021-02-17"),
        ("the Monday after next", "2021-03-03", "2021-03-15"),
        ("the week before last", "2021-03-03", "2021-02-15/2021-02-21"),
        ("the week after next", "2021-03-03", "2021-03-15/2021-03-21"), ("the year before last", "2021-03-03", "2019"),
        ("the month before last", "2021-02-03", "2020-12"), ("the month after next", "2021-11-03", "2022-01"),
        ("the year after next", "2021-03-03", "2023"),
        ("on Monday last week", "2021-03-03", "2021-02-22"), ("on Friday of next week", "2021-03-03", "2021-03-12"),
        ("Sunday this week", "2021-03-03", "2021-03-07"),
        ("last week, on Tuesday,", "2021-03-03", "2021-02-23"), ("Monday of the week before last", "2021-03-03", "2021-02-15"),
        ("from March 5 to April 2, 2019", "2021-03-03", "2019-03-05/2019-04-02"),
        ("between March 5 and April 2, 2019", "2021-03-03", "2019-03-05/2019-04-02"),
        ("5 March – 2 April 2019", "2021-03-03", "2019-03-05/2019-04-02"),
        ("December 30 to January 2, 2020", "2021-03-03", "2019-12-30/2020-01-02"),
        ("March 5 to April 2 last year", "2021-06-03", "2020-03-05/2020-04-02"),
        ("from November to February 2020", "2021-03-03", "2019-11/2020-02"),
        ("March 5 to March 5, 2020", "2021-03-03", "2020-03-05/2020-03-05"),
        ("March 5 and 6, 2020", "2021-03-03", "2020-03-05/2020-03-06"),
        ("March 5 to 9, 2020", "2021-03-03", "2020-03-05/2020-03-09"),
        ("5 to 9 March 2020", "2021-03-03", "2020-03-05/2020-03-09"),
        ("two days after March 5, 2019", "2021-03-03", "2019-03-07"),
        ("the day before March 1, 2020", "2021-03-03", "2020-02-29"), ("a week before 5 March 2020", "2021-03-03", "2020-02-27"),
        ("ten days from March 5, 2019", "2021-03-03", "2019-03-15"),
        ("three weeks prior to March 5, 2019", "2021-03-03", "2019-02-12"),
        ("in March '19", "2021-03-03", "2019-03"), ("on 5 March ’99", "2021-03-03", "1999-03-05"),
        ("winter of ’50", "2021-03-03", "1950-24"), ("summer ’49", "2021-03-03", "2049-22"),
        ("last March", "2021-02-03", "2020-03"), ("last March", "2021-04-03", "2021-03"),
        ("next March", "2021-04-03", "2022-03"), ("next March", "2021-02-03", "2021-03"),
        ("last summer", "2021-05-03", "2020-22"), ("last summer", "2021-09-01", "2021-22"),
        ("next spring", "2021-06-03", "2022-21"), ("next spring", "2021-02-03", "2021-21"),
        ("next spring", "2021-03-03", "2022-21"),
        ("last winter", "2021-03-01", "2020-24"), ("last winter", "2021-11-30", "2020-24"),
    ],
)  # fmt: skip
def test_dates_in_two_parts(text: str, published: str, value: str) -> None:
    """Proves: both parts of a date are heard and only one date comes out.
    Without it: "the day before yesterday" was yesterday."""
    assert [v for v, _ in told(text, published)] == [value]
    assert [v for v, _ in told(text, None)] in ([None], [value])


@pytest.mark.parametrize(
    ("text", "value"),
    [("in December", None), ("in winter", "2020-24"), ("from November to December", None), ("in January", None),
     ("in February", "2021-02"),
     ("in October", "2021-10"), ("on December 5", "2021-12-05"), ("on January 5", None), ("on February 5", "2021-02-05")],
)  # fmt: skip
def test_what_is_to_come_is_not_put_far_back(text: str, value: str | None) -> None:
    """Proves: beside words of the future, a date without a year that would lie more than a month back has no value. Without it:
    "will close in December", said in March, was last December."""
    assert [v for v, _ in told(text, "2021-03-03", "future")] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "in March of that year", "March 5 that year", "on March 5 of the same year", "on March 5 a year earlier",
        "in March the year before", "in autumn of the previous year",
        "Monday a week ago", "two weeks ago on Monday", "on Monday week", "on Monday of that week",
        "on March 5 and April 2, 2019", "March 5 and 9, 2020", "March 5, 6 and 7, 2020",
        "a month after March 5, 2020", "the week after March 5, 2020", "half a year ago", "more than two years ago",
        "one or two years ago", "over a year ago", "last March", "last spring",
        "a week on Monday",
        "a week last Tuesday", "a week from Tuesday", "a year ago last Friday", "tomorrow week", "a year ago yesterday",
        "on the eve of March 5", "the night before March 5, 2020", "on Tuesday, March 5, 2020", "Monday, 3 March",
        "two days before last Friday",
        "March 9 to 5, 2020", "in the first 13 months of 2020",
    ],
)  # fmt: skip
def test_dates_that_stay_open(text: str) -> None:
    """Proves: what hangs on another date of the text, or can be two days, is found and has no value. Without it: it got the
    nearest day."""
    assert [v for v, _ in told(text)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "31 April 2021",
        "30 February 2021",
        "the 31st of last month",
        "in 2019/20",
        "twenty-two years ago",
        "February 30, 2021",
        "on March 35",
        "31.02.2021",
        "2021-13-01",
        "Monday",
        "the day before",
    ],
)
def test_no_dates(text: str) -> None:
    """Proves: a part of a number, and days that no calendar has, are no dates. Without it: 22 years ago was two years ago."""
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "published", "value"),
    [
        ("on Monday it sat", "2021-03-03", "2021-03-01"), ("on Wednesday it sat", "2021-03-03", "2021-03-03"),
        ("on Thursday it sat", "2021-03-03", "2021-02-25"),
        ("last Wednesday it sat", "2021-03-03", "2021-02-24"), ("next Wednesday it sits", "2021-03-03", "2021-03-10"),
        ("next Monday it sits", "2021-03-03", "2021-03-08"),
        ("this week", "2021-03-03", "2021-03-01/2021-03-07"), ("last week", "2021-03-03", "2021-02-22/2021-02-28"),
        ("next week", "2021-03-03", "2021-03-08/2021-03-14"),
        ("last month", "2021-01-03", "2020-12"), ("next month", "2021-12-03", "2022-01"),
        ("this month", "2021-12-03", "2021-12"), ("this year", "2021-03-03", "2021"),
        ("next year", "2021-03-03", "2022"), ("the previous year", "2021-03-03", "2020"),
        ("at the end of last year", "2021-03-03", "2020~"),
        ("three days ago", "2021-03-03", "2021-02-28"), ("two weeks ago", "2021-03-03", "2021-02-17~"),
        ("two months ago", "2021-01-03", "2020-11"), ("twelve months ago", "2021-01-03", "2020-01"),
        ("ten years ago", "2021-03-03", "2011"), ("a year ago", "2021-03-03", "2020"),
        ("in the first half of 2020", "2021-03-03", "2020-01/2020-06"),
        ("in the second half of last year", "2021-03-03", "2020-07/2020-12"),
        ("in the third quarter of 2019", "2021-03-03", "2019-07/2019-09"), ("in Q4 2019", "2021-03-03", "2019-10/2019-12"),
        ("in H2 of 2019", "2021-03-03", "2019-07/2019-12"),
        ("in the first nine months of 2020", "2021-03-03", "2020-01/2020-09"),
        ("this half of the year", "2021-03-03", "2021-01/2021-06"),
        ("this half of the year", "2021-06-30", "2021-01/2021-06"), ("this half of the year", "2021-07-01", "2021-07/2021-12"),
        ("in the first quarter of next year", "2021-03-03", "2022-01/2022-03"),
        ("at the end of the summer of 2020", "2021-03-03", "2020-08"), ("in the early summer of 2020", "2021-03-03", "2020-06"),
        ("late winter of 2020", "2021-03-03", "2021-02"),
        ("in early 2020", "2021-03-03", "2020~"), ("in 2019–20", "2021-03-03", "2019/2020"),
        ("in 2019-2024", "2021-03-03", "2019/2024"), ("in late March 2020", "2021-03-03", "2020-03"),
        ("in the summer of 2020", "2021-03-03", "2020-22"), ("in December it", "2021-03-03", "2020-12"),
        ("in April it", "2021-03-03", "2021-04"), ("by mid-April", "2021-03-03", "2021-04"),
        ("on 30.11.2020", "2021-03-03", "2020-11-30"), ("2020-11-30", "2021-03-03", "2020-11-30"),
        ("on Sept. 5, 2020", "2021-03-03", "2020-09-05"), ("December 31", "2021-01-02", "2020-12-31"),
        ("1st of July 2020", "2021-03-03", "2020-07-01"), ("on July 6–11, 2020", "2021-03-03", "2020-07-06/2020-07-11"),
        ("in summer", "2021-03-03", "2021-22"), ("in autumn", "2021-01-03", "2020-23"),
        ("12 июля 2022", "2021-03-03", "2022-07-12"), ("3 мая", "2021-05-03", "2021-05-03"),
        ("In February, 14 tankers left", "2021-03-03", "2021-02"), ("in February, 3pc less", "2021-03-03", "2021-02"),
        ("since February, 12 ships", "2021-03-03", "2021-02"), ("On February, 24 the port", "2021-03-03", "2021-02-24"),
        ("On February, 24, 2021 it", "2021-03-03", "2021-02-24"), ("В январе-феврале экспорт", "2021-03-03", "2021-01/2021-02"),
        ("с февраля", "2021-03-03", "2021-02"),
    ],
)  # fmt: skip
def test_plain_forms(text: str, published: str, value: str) -> None:
    """Proves: each plain form by hand, beginnings and ends of weeks, halves, quarters and years included.
    Without it: a slip of one
    in a helper would move dates unseen."""
    assert [v for v, _ in told(text, published)] == [value]


@pytest.mark.parametrize(
    ("text", "tense", "value"),
    [("on March 20", None, "2021-03-20"), ("on March 20", "past", "2020-03-20"), ("on December 20", None, "2020-12-20"),
    ("on November 1", "future", "2021-11-01"),
     ("on Monday", "future", "2021-03-08"), ("on Wednesday", "future", "2021-03-03"), ("on August 25", None, "2020-08-25"),
     ("on July 1", None, "2021-07-01"), ("on July 5", None, "2020-07-05"),
     ("on September 1", "future", "2021-09-01"), ("repeated on Monday", "future", "2021-03-01"),
     ("has stood since late September", "future", "2020-09"), ("to be repaired on Monday", "future", "2021-03-08"),
     ("expected on Monday", "future", "2021-03-08")],
)  # fmt: skip
def test_the_side_of_a_yearless_date(text: str, tense: str | None, value: str) -> None:
    """Proves: the past is twice as near as the future, unless the words around speak of either.
    Without it: a December of the past
    could lie ahead."""
    assert [v for v, _ in told(text, "2021-03-03", tense)] == [value]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("until March 5", "until"), ("till 5 March 2021", "until"), ("by March 2022", "until"), ("since March 5", "since"),
    ("from March 5", "since"), ("after March 5", "since"),
     ("in March 2021", "date"), ("from March to May 2020", "date"), ("on March 5", "date"), ("before 2020", "until"),
     ("from March 5 to 9, 2020", "date"), ("since 2020", "since")],
)  # fmt: skip
def test_kinds(text: str, kind: str) -> None:
    """Proves: what ends or begins with a date is told from what happens on it. Without it: "suspended until March 5" happened
    on March 5."""
    (hit,) = find_dates(f"stopped {text}", date(2021, 3, 3))
    assert hit.kind == kind


def test_words_of_a_date_without_its_preposition() -> None:
    """Proves: spans and bases of hits.
    Without it: "from March 5" would be shown with its preposition, and a stated day as relative."""
    assert told("from May 2020 on it was shut") == [("2020-05", "May 2020")]
    assert told("in May 2020 it was shut") == [("2020-05", "in May 2020")]
    assert [
        h.basis
        for t in ("5 March 2020", "March 5", "March 5 last year")
        for h in find_dates(t, date(2021, 3, 3))
    ] == ["stated", "relative", "relative"]
    assert [h.precision for t in ("5 March 2020", "in March", "in 2020", "last week", "in summer") for h in find_dates(t,
        date(2021, 3, 3))] == [
        "day", "month", "year", "interval", "season"]  # fmt: skip


def test_ground() -> None:
    """Proves: a year that cannot be told gives no date; without publication nothing is resolved.
    Without it: a guess would slip in."""
    ground = Ground(date(2021, 3, 3), None)
    assert ground.day(3, 5, SaidYear(None, "relative")) == (None, "relative")
    assert ground.month(3, SaidYear("2020", "stated")) == ("2020-03", "stated")
    assert ground.season(22, SaidYear(None, "relative")) == (None, "relative")
    assert ground.day(2, 29) == ("2020-02-29", "relative")
    assert Ground(date(2022, 5, 1), None).day(2, 29) == (None, "relative")
    assert Ground(date(2020, 5, 1), None).day(2, 29) == ("2020-02-29", "relative")
    empty = Ground(None, None)
    assert [empty.day(3, 5)[0], empty.month(3)[0], empty.season(22)[0], empty.year(0)[0]] == [None] * 4


def test_readings_of_words() -> None:
    """Proves: the words of a date are read with every tense, the whole of them or not at all.
    Without it: the validator would take
    a part for the whole."""
    assert readings("March 20", date(2021, 3, 3)) == {"2021-03-20", "2020-03-20"}
    assert readings("March 5 last year", date(2021, 6, 3)) == {"2020-03-05"}
    assert readings("March 5 last year and more", date(2021, 6, 3)) == set()
    assert readings("2020", date(2021, 6, 3)) == {"2020"}


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)), st.sampled_from(["last", "this", "next"]))
def test_a_day_with_a_distant_year(day: date, which: str) -> None:
    """Proves: whatever the day, "March 5 last year" lies in that year. Without it: the nearest year could win."""
    if (day.month, day.day) != (2, 29):
        year = day.year + {"last": -1, "this": 0, "next": 1}[which]
        (hit,) = find_dates(f"on {day:%B} {day.day} {which} year it ended", day)
        assert hit.value == day.replace(year=year).isoformat()


def test_lines_of_dates_and_their_names() -> None:
    """Proves: of a line of dates each has the word before it, or the one behind the last. Without it: "Published … | Updated …"
    had no day of publication."""

    def kinds(line: str) -> list[tuple[str | None, str]]:
        return [(h.value, k) for h, k in kinds_of_dates(line)]

    assert kinds("Published 3 March 2021 | Updated 5 March 2021") == [
        ("2021-03-03", "published"),
        ("2021-03-05", "modified"),
    ]
    assert kinds("Updated: 5 March 2021. Posted: 3 March 2021") == [
        ("2021-03-05", "modified"),
        ("2021-03-03", "published"),
    ]
    assert kinds("3 March 2021 (updated)") == [("2021-03-03", "modified")]
    assert kinds("3 March 2021, 5 March 2021 (updated)") == [("2021-03-03", ""), ("2021-03-05", "modified")]
    assert kinds("Опубликовано 3 марта 2021, изменено 5 марта 2021") == [
        ("2021-03-03", "published"),
        ("2021-03-05", "modified"),
    ]
    assert (
        not only_dates("3 March 2021, " * 12)
        and only_dates("3 March 2021, 09:15")
        and not only_dates("March 2021")
        and not only_dates("no day")
    )


# ---- EDTF ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "first", "last", "precision"),
    [
        ("2022", "2022-01-01", "2022-12-31", "year"), ("19XX", "1900-01-01", "1999-12-31", "year"),
        ("202X", "2020-01-01", "2029-12-31", "year"), ("2022-XX", "2022-01-01", "2022-12-31", "year"),
        ("2022-XX-XX", "2022-01-01", "2022-12-31", "year"), ("2023-02", "2023-02-01", "2023-02-28", "month"),
        ("2022-12", "2022-12-01", "2022-12-31", "month"), ("2022-01?", "2022-01-01", "2022-01-31", "month"),
        ("2022-07-XX", "2022-07-01", "2022-07-31", "month"), ("2022-21", "2022-03-01", "2022-05-31", "season"),
        ("2022-22", "2022-06-01", "2022-08-31", "season"), ("2022-23", "2022-09-01", "2022-11-30", "season"),
        ("2023-24", "2023-12-01", "2024-02-29", "season"), ("2022-07-06%", "2022-07-06", "2022-07-06", "day"),
        ("2022-07/2022-08", "2022-07-01", "2022-08-31", "interval"),
        ("2022-07-06/2022-07-06", "2022-07-06", "2022-07-06", "interval"), ("2022~", "2022-01-01", "2022-12-31", "year"),
        ("2022-12-31", "2022-12-31", "2022-12-31", "day"),
    ],
)  # fmt: skip
def test_edtf(value: str, first: str, last: str, precision: str) -> None:
    """Proves: first and last day and the precision of every form. Without it: a season could begin a month late."""
    assert edtf.bounds(value) == (date.fromisoformat(first), date.fromisoformat(last))
    assert edtf.precision(value) == precision


def test_edtf_ends() -> None:
    """Proves: open and unknown ends are None. Without it: an open order would end at once."""
    assert edtf.bounds("2022/..") == edtf.bounds("2022/") == (date(2022, 1, 1), None)
    assert edtf.bounds("/2026-02") == (None, date(2026, 2, 28))
    assert edtf.precision("2022/..") == "interval"


@pytest.mark.parametrize(
    "value",
    ["2022-00", "2022-13", "2022-20", "2022-25", "2022-06-31", "2022-06-00", "2022-22-01", "202X-05", "2022-XX-05", "../..",
    "/", "a", "2022/2021", "2022-07-06/2022-07-05",
     "2022/2023/2024", "22", "20222", "2022-07-06T10:00"],
)  # fmt: skip
def test_edtf_refuses(value: str) -> None:
    """Proves: impossible, backward and unwritten forms are errors. Without it: they would be stored."""
    with pytest.raises(edtf.EdtfError):
        edtf.bounds(value)


@pytest.mark.parametrize(
    ("a", "b", "common"),
    [("2022", "2022-07-06", True), ("2022-07", "2022-08", False), ("2022-07-31", "2022-07/2022-08", True), ("2022-07-06/..",
    "2022-07-05", False), ("2022-07-06/..", "2022-07-06", True),
     ("../2022-07-06", "2022-07-07", False), ("../2022-07-06", "2022-07-06", True), ("2022-24", "2023-02-28", True),
     ("2022-24", "2023-03-01", False), ("2022-07-06", "2022-07-05", False)],
)  # fmt: skip
def test_edtf_overlaps(a: str, b: str, common: bool) -> None:
    """Proves: two dates meet if they share a day, either way round.
    Without it: twins would be missed or invented at the edges."""
    assert edtf.overlaps(a, b) is edtf.overlaps(b, a) is common


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [("2022-01-31", "P1M", "2022-02-28"), ("2022-11-30", "P3M", "2023-02-28"), ("2020-02-29", "P1Y", "2021-02-28"),
    ("2022-07-06", "P30D", "2022-08-05"), ("2022-07-06", "P2W", "2022-07-20"),
     ("2022-12-31", "P1D", "2023-01-01"), ("2022-07-06", "P1Y2M1W3D", "2023-09-16"), ("2022-07-06", "PT1H", "2022-07-07"),
     ("2022-07-06", "PT24H", "2022-07-07"), ("2022-07-06", "PT25H", "2022-07-08"),
     ("2022-01-15", "P11M", "2022-12-15"), ("2022-01-15", "P12M", "2023-01-15")],
)  # fmt: skip
def test_durations(start: str, duration: str, end: str) -> None:
    """Proves: days, weeks, months, years and begun days add up by the calendar. Without it: an order would end a day off."""
    assert edtf.duration_end(date.fromisoformat(start), duration) == date.fromisoformat(end)


@pytest.mark.parametrize("duration", ["P", "30D", "P30", "PT", "P1.5D", "P30 D", "-P1D", ""])
def test_durations_refused(duration: str) -> None:
    """Proves: other forms are errors. Without it: nothing would be a time of no length."""
    with pytest.raises(edtf.EdtfError, match="P30D"):
        edtf.duration_end(date(2022, 1, 1), duration)


def test_every_case_of_a_russian_month_is_read() -> None:
    """Proves: a Russian month is read in every case. Without it: "к маю 2022 года" ended the drafting of a whole document."""
    stems = (
        "январ",
        "феврал",
        "март",
        "апрел",
        "ма",
        "июн",
        "июл",
        "август",
        "сентябр",
        "октябр",
        "ноябр",
        "декабр",
    )
    hard, soft = ("", "а", "у", "е"), ("ь", "я", "ю", "е")
    for number, stem in enumerate(stems, 1):
        for end in hard if stem in ("март", "август") else ("й", "я", "ю", "е") if stem == "ма" else soft:
            assert told(f"к {stem}{end} 2022 года") == [(f"2022-{number:02d}", f"{stem}{end} 2022")], (
                stem + end
            )


def test_a_day_that_no_calendar_has_is_refused_where_its_year_is_known() -> None:
    """Proves: February 29 is a day of a leap year alone. Without it: a date that none is would be taken for one."""
    assert Ground(None, None).day(2, 29, SaidYear("2020", "stated")) == ("2020-02-29", "stated")
    with pytest.raises(ValueError, match="day is out of range"):
        Ground(None, None).day(2, 29, SaidYear("2021", "stated"))
