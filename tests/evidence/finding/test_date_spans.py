"""Times from one date to another, dates that stand in two parts, and what only looks like a date."""

from __future__ import annotations

from datetime import date

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.dates import find_dates
from straits.evidence.finding.quantities import find_quantities

WEDNESDAY = date(2022, 7, 13)


def read(text: str) -> list[str | None]:
    return [d.value for d in find_dates(text, WEDNESDAY)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("between 5 and 7 March 2021", "2021-03-05/2021-03-07"), ("between July 5 and 20", "2022-07-05/2022-07-20"),
        ("between July 5 and July 20", "2022-07-05/2022-07-20"), ("from July 5 until July 20", "2022-07-05/2022-07-20"),
        ("July 5 – August 20", "2022-07-05/2022-08-20"), ("from December 28 to January 3", "2021-12-28/2022-01-03"),
        ("from March 5 2021 to April 2 2022", "2021-03-05/2022-04-02"), ("March 2021–April 2022", "2021-03/2022-04"),
        ("between May 2021 and July 2022", "2021-05/2022-07"), ("from March through May 2021", "2021-03/2021-05"),
        ("January through September of last year", "2021-01/2021-09"), ("between May and July", "2022-05/2022-07"),
        ("from 2019 to 2021", "2019/2021"), ("between 2019 and 2021", "2019/2021"), ("2020 through 2022", "2020/2022"),
        ("on 5 and 6 July 2022", "2022-07-05/2022-07-06"), ("from the 5th to the 7th of July", "2022-07-05/2022-07-07"),
        ("с 5 по 7 июля 2022 года", "2022-07-05/2022-07-07"), ("с 5 июля по 7 августа 2022 года", "2022-07-05/2022-08-07"),
        ("в январе-сентябре 2021 года", "2021-01/2021-09"), ("с января по сентябрь 2021 года", "2021-01/2021-09"),
        ("с 2019 по 2021 год", "2019/2021"), ("в ночь с 5 на 6 июля", "2022-07-05/2022-07-06"),
        ("in the year to March 2021", "2020-04/2021-03"), ("the year ended 31 December 2021", "2021-01/2021-12"),
        ("in the 12 months to March 2021", "2020-04/2021-03"), ("the three months to June", "2022-04/2022-06"),
        ("the quarter ended June 30", "2022-04/2022-06"), ("nine months to end-September 2021", "2021-01/2021-09"),
        ("in the last quarter of 2021", "2021-10/2021-12"), ("in winter 2021/22", "2021-24"),
        ("not before July 1, 2023", "2023-07-01/.."), ("no earlier than 2025", "2025/.."), ("не ранее 1 июля 2023 года",
        "2023-07-01/.."),
        ("this Friday", "2022-07-15"), ("this Monday", "2022-07-11"), ("this autumn", "2022-23"),
        ("last year, in July,", "2021-07"), ("In 2021, on July 6,", "2021-07-06"), ("three years ago, in May,", "2019-05"),
    ],
)  # fmt: skip
def test_two_parts_are_one_time(text: str, value: str) -> None:
    """Proves: a time of which the parts stand apart is that time, worked out by hand for 13 July 2022, a Wednesday.

    Without it: "between 5 and 7 March" was 7 March, "from 2019 to 2021" since 2019, the year to March the month of March,
    "this Friday" the Friday before, and "last year, in July" July of this year.
    """
    assert read(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "5 or 6 July", "5 and 12 July", "5, 6 и 7 июля 2022 года", "in July or August", "in 2020 or 2021",
        "in May and August 2021",
        "in June and May 2022", "the same period last year", "the same month of 2021", "the corresponding period a year earlier",
        "postponed from July 5 to July 20", "moved the talks from 5 to 20 July", "extended from March 2021 to April 2022",
        "put off: delayed from 2021 to 2023", "перенесен с 5 июля по 20 июля 2022 года", "in nine months of 2021",
        "this winter", "in July-June 2021/22", "the Sept. 11 attacks", "за два дня до 5 июля 2022 года",
        "from 1990 to 2020 ships",
        "in the year to 5 July",
    ],
)  # fmt: skip
def test_what_gives_no_time_for_certain(text: str) -> None:
    """Proves: of two days, of a day that was put off, of the same time of another year, no value is told.

    Without it: talks put off from 5 to 20 July would go on between the two, and last year's January to June be all of it.
    """
    assert read(text) == [None]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("in the last week of June", []), ("the last Monday of June", []), ("in the next month of talks", []),
        ("in May and in August 2021", [None, "2021-08"]), ("on July 5, 2021 and July 20", ["2021-07-05", None]),
        ("on July 5 and July 20", ["2022-07-05", "2022-07-20"]), ("between 2000 and 2500 tonnes", []),
        ("from 2000 to 2022 MW", []), ("from 10 million dollars in 2021 to 80 million dollars in 2022", ["2021", "2022"]),
        ("1.5 million tons in 2023 and 6.5 million tons by 2030", ["2023", "2030"]),
        ("2000 tonnes in 2021 and 2500 tonnes in 2022", ["2021", "2022"]), ("In 2022 euro area imports fell", ["2022"]),
        ("on July 6 and since 2021", ["2022-07-06", "2021"]), ("At the same time, in May 2022", ["2022-05"]),
        ("delays from 5 to 7 July", ["2022-07-05/2022-07-07"]), ("moved through it from 5 to 7 July", ["2022-07-05/2022-07-07"]),
        ("extensive damage from 5 to 7 July", ["2022-07-05/2022-07-07"]),
        ("in 2021 and 2022", ["2021", "2022"]), ("on July 5, 2022 and in July", ["2022-07-05", "2022-07"]),
    ],
)  # fmt: skip
def test_parts_of_other_times(text: str, values: list[str | None]) -> None:
    """Proves: "last week of June" is not last week, a neighbour of another year lends no year, amounts are no years.

    Without it: it was the week before publication, 2,500 tonnes at most were 2,500 since the year 2000, and what rose from "10
    million dollars in 2021 to 80 million" was 2,021 dollars at least.
    """
    assert read(text) == values


def test_amounts_that_look_like_years() -> None:
    """Proves: both ends of such an amount are read. Without it: only its upper end was, as an exact number."""
    text = "between 2000 and 2500 tonnes"
    dates = [(d.start, d.end) for d in find_dates(text, WEDNESDAY)]
    assert [(q.value, q.op) for q in find_quantities(text, barred=dates)] == [(2000, ">="), (2500, "<=")]


def test_a_year_is_no_end_of_an_amount() -> None:
    """Proves: of two years with an amount each, each amount is read. Without it: 2,021 dollars were the least of them."""
    text = "rose from 10 million dollars in 2021 to 80 million dollars in 2022"
    dates = [(d.start, d.end) for d in find_dates(text, WEDNESDAY)]
    assert [(q.value, q.op) for q in find_quantities(text, barred=dates)] == [(10e6, "="), (80e6, "=")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no later than July 1", "until"), ("not before the end of 2025", "since"), ("до 5 июля", "until"), ("к 5 июля", "until"),
        ("не позднее 5 июля", "until"), ("с 5 июля", "since"), ("после 5 июля", "since"), ("5 июля", "date"), ("on July 5",
        "date"),
    ],
)  # fmt: skip
def test_ends_and_beginnings(text: str, kind: str) -> None:
    """Proves: words before a date tell an end from a beginning.

    Without it: "not before" was the end, and "до" the day of an event.
    """
    assert [d.kind for d in find_dates(text, WEDNESDAY)] == [kind]


@pytest.mark.parametrize(
    ("text", "day", "days"),
    [
        ("suspended loading for 30 days from 6 July 2022", "2022-07-06", "P30D"),
        ("suspended loading for two weeks after 5 July 2022", "2022-07-05", "P2W"),
    ],
)
def test_how_long_it_lasts_is_not_when(text: str, day: str, days: str) -> None:
    """Proves: "for 30 days from 6 July" begins on 6 July and lasts 30 days. Without it: it began on 5 August."""
    body = f"Report on the port\n\n13 July 2022\n\nThe court of the region {text} at the terminal, and told reporters of it.\n"
    (stop,) = [
        e
        for e in draft(*describe(body.encode(), "a.txt", "Tide", "2022-07-13")).events
        if e.type == "closure"
    ]
    assert stop.when is not None and (stop.when.value, stop.duration) == (day, days)
