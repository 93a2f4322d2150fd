"""Publication as an interval, dates of what is cited, and which date of a sentence is an event's."""

from __future__ import annotations

from datetime import date

import pytest

from straits.evidence.documents.document import DocumentError, describe
from straits.evidence.drafting.drafts import Drafts, draft
from straits.evidence.finding.dates import find_dates, kinds_of_dates, only_dates
from straits.evidence.ledger.validate import problems_of

from .test_clauses import NAMES

JULY = (date(2022, 7, 1), date(2022, 7, 31))


def drafts(text: str, published: str = "2021-03-03") -> Drafts:
    return draft(
        *describe(f"Quay talk in the harbour town\n\n{text}\n".encode(), "a.txt", "Tide", published), NAMES
    )


@pytest.mark.parametrize(
    ("text", "day", "interval"),
    [
        ("lifted on July 6", "2022-07-06", "2022-07-06"),
        ("rose last year", "2021", "2021"),
        ("fell last month", "2022-06", "2022-06"),
        ("lifted on Monday", "2022-07-11", "2022-06-27/2022-07-25"),
        ("lifted last week", "2022-07-04/2022-07-10", "2022-06-20/2022-07-24"),
        ("rose over the past year", "2021-07-12/2022-07-12", "2021-07-01/2022-07-31"),
        ("fell in the last two weeks", "2022-06-28/2022-07-12", "2022-06-17/2022-07-31"),
        ("fell during the past month", "2022-06-12/2022-07-12", "2022-06-01/2022-07-31"),
        ("rose at the beginning of the year", "2022~", "2022~"),
        ("stated on 3 May 2019", "2019-05-03", "2019-05-03"),
        ("went in the last days of the war", None, None),
    ],
)
def test_publication_as_an_interval(text: str, day: str | None, interval: str | None) -> None:
    """Proves: what resolves to one value at both ends of the interval is that; what does not is the time from the first to the
    last day that it can mean; times past end with publication; a stated date does not move.
    Without it: one unknown day of publication leaves every relative date open."""
    one = find_dates(text, date(2022, 7, 12))
    both = find_dates(text, JULY)
    assert [h.value for h in one] == ([] if day is None else [day])
    assert [h.value for h in both] == ([] if interval is None else [interval])
    assert find_dates(text, (None, date(2022, 7, 31))) == find_dates(text, None)
    assert find_dates(text, (date(2022, 7, 12), date(2022, 7, 12))) == one


def test_months_past_end_on_days_that_there_are() -> None:
    """Proves: a month before 31 March begins on the last day of February.
    Without it: the last day of a month ends in a traceback."""
    assert [h.value for h in find_dates("over the past month", date(2022, 3, 31))] == [
        "2022-02-28/2022-03-31"
    ]


def test_documents_published_some_day_of_a_month() -> None:
    """Proves: drafts of a document published in an interval pass the ledger's checks, which read the same; the last day is what
    its events were not after; an interval the wrong way round is refused.
    Without it: a month of publication would give drafts that no ledger takes."""
    raw = b"Quay talk in the harbour town\n\nOn Monday Borduria suspended the oil exports of the port.\n"
    document, reading = describe(raw, "a.txt", "Tide", "2022-07-01/2022-07-31")
    (event,) = draft(document, reading, NAMES).events
    assert (
        event.when is not None
        and event.when.value == "2022-06-27/2022-07-25"
        and event.when.precision == "interval"
    )
    assert event.not_after == "2022-07-31"
    assert problems_of(event, raw.decode(), document, NAMES) == []
    with pytest.raises(DocumentError, match="runs backwards"):
        describe(raw, "a.txt", "Tide", "2022-07-31/2022-07-01")


def test_what_sets_open_dates_is_said() -> None:
    """Proves: without a day of publication the number of open dates is told, with what sets them; with one, or without
    relative dates, nothing is.
    Without it: dates stay open and nobody knows why."""
    text = (
        "On Monday Borduria suspended the oil exports of the port, and last year it restored them for good."
    )
    (warning,) = drafts(text, "unknown").warnings
    assert "2 dates stay open" in warning and "--published" in warning and "2022-07-01/2022-07-31" in warning
    assert (
        drafts(text).warnings == []
        and drafts("Borduria suspended the oil exports.", "unknown").warnings == []
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Borduria closed the port, the newspaper Tide (March 2) has learned.", ["citation_date"]),
        ("Borduria closed the port (Tide, 2 March 2021), and that was it.", ["citation_date"]),
        ("Borduria closed the port (on March 2 and for good), we hear.", ["date"]),
        ("Borduria closed the port in the first months (2020) of it all.", ["date"]),
        ("Borduria closed the port of the town on March 2 and for good.", ["date"]),
    ],
)
def test_days_of_what_is_cited(text: str, kinds: list[str]) -> None:
    """Proves: a day in brackets behind a medium, or behind its name in brackets, is that of what is cited and dates no event;
    other brackets hold other dates.
    Without it: an act would have the day of the newspaper that told it."""
    found = drafts(text)
    assert [d.kind for d in found.dates] == kinds
    if "citation_date" in kinds:
        assert [e.when for e in found.events] == [None]


@pytest.mark.parametrize(
    ("text", "kind", "value", "where"),
    [
        ("On March 2 Borduria closed the port.", "closure", "2021-03-02", "clause"),
        (
            "Borduria closed the port of the town, which nobody had expected on March 2.",
            "closure",
            None,
            None,
        ),
        (
            "Borduria closed the port of the town, for all ships, on March 2.",
            "closure",
            "2021-03-02",
            "clause",
        ),
        ("Borduria closed the port after the court lifted the ban on March 2.", "closure", None, None),
        (
            "Borduria closed the port after the court lifted the ban on March 2.",
            "lifting",
            "2021-03-02",
            "clause",
        ),
        ("On March 2 the port was calm. Borduria closed the port later.", "closure", None, None),
        (
            "Ada Marlow said in February that Ruritania was ready to take on the work.",
            "statement",
            "2021-02",
            "sentence",
        ),
        ("Ada Marlow said in February that Borduria closed the port.", "closure", None, None),
        ("Borduria will not close the port, Ada Marlow reiterated on Monday.", "closure", None, None),
        ("Borduria closed the port on March 2, and refused to help Syldavia.", "refusal", None, None),
        ("Wagons have stood since March 2 because Borduria closed the port.", "closure", None, None),
        (
            "Borduria has never closed the port, while shippers insist that 17 wagons stood on March 2.",
            "closure",
            None,
            None,
        ),
        ("Borduria filed an appeal against the ban, which the court granted on Monday.", "legal", None, None),
    ],
)
def test_which_date_is_an_event_s(text: str, kind: str, value: str | None, where: str | None) -> None:
    """Proves: the date of the clause, else the nearest of the sentence that is no other event's, and the record says which; a
    position taken in a speech has the day of the speech, an act told in it has not; nothing comes from another sentence.
    Without it: acts would have the days of others."""
    (event,) = (e for e in drafts(text).events if e.type == kind)
    assert (event.when and event.when.value, event.when and event.when.found) == (value, where)


def test_what_was_done_by_publication() -> None:
    """Proves: an act reported as done has the last day of publication as the day it was not after; a planned one has none, nor
    has one of a document without a day.
    Without it: the day of publication would pass for that of the act, or be lost."""
    done, plan = "Borduria suspended the oil exports.", "Borduria will suspend the oil exports."
    assert [e.not_after for e in drafts(done).events] == ["2021-03-03"]
    assert (
        [e.not_after for e in drafts(plan).events]
        == [e.not_after for e in drafts(done, "unknown").events]
        == [None]
    )


def test_mastheads() -> None:
    """Proves: a line that is nothing but `30.06`, or that and a time, is a day of the year of publication; a price is not, nor is
    such a number in a sentence.
    Without it: an article's own date would be a number, or a price list a calendar."""
    day = date(2022, 7, 12)
    assert [h.value for h, _ in kinds_of_dates("30.06", day)] == ["2022-06-30"]
    assert only_dates("30.06") and only_dates("30.06 12:45") and only_dates("12:45, 30.06")
    assert not only_dates("57.15") and not only_dates("30.06 USD") and not only_dates("12.13")
    assert find_dates("it rose to 30.06 at noon", day) == []


@pytest.mark.parametrize(
    "head",
    [
        "PORTVILLE, March 2 (Northwire) - ",
        "PORTVILLE, March 2 - ",
        "NEW PORT, Coastland, March 2 (Northwire) — ",
        "PORTVILLE. March 2. -- ",
    ],
)
def test_the_day_of_a_dateline_is_that_of_no_quantity_or_event(head: str) -> None:
    """Proves: the day on which a wire was written dates nothing it tells: the cut is from March 4, the court's order has no day.
    Without it: each first sentence of an agency was dated to the day of writing."""
    told = drafts(f"{head}The pipeline company will reduce exports by 30% from March 4. Tankers waited.")
    (cut,) = told.quantities
    assert cut.period is not None and cut.period.value == "2021-03-04"
    (order,) = drafts(f"{head}The Portville court suspended loading at the terminal after a check.").events
    assert order.when is None or order.when.value is None
    (stop,) = drafts(
        "On March 2 the Portville court suspended loading at the terminal - after a check."
    ).events
    assert stop.when is not None and stop.when.value == "2021-03-02"
