"""What the rules find: regions, dates, quantities, names, quotations, events; on texts of our own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from straits.evidence.documents.document import DocumentError, describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.dates import find_dates, only_dates, readings
from straits.evidence.finding.quantities import find_quantities, number
from straits.evidence.records import content_id

from ..conftest import ARTICLE
from ..test_text import HTML

DAY = date(2021, 3, 10)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("signed on 5 May 2020 in town", "2020-05-05"),
        ("signed 12 июля 2022 в порту", "2022-07-12"),
        ("it began on July 6, 2019", "2019-07-06"),
        ("published 2020-11-30 online", "2020-11-30"),
        ("published 30.11.2020 online", "2020-11-30"),
        ("on Monday the court sat", "2021-03-08"),
        ("on March 9 it ended", "2021-03-09"),
        ("in December it froze", "2020-12"),
        ("in April it will open", "2021-04"),
        ("last year it grew", "2020"),
        ("yesterday it rained", "2021-03-09"),
        ("two weeks ago it fell", "2021-02-24~"),
        ("in the first half of 2020 it rose", "2020-01/2020-06"),
        ("in Q3 2020 it rose", "2020-07/2020-09"),
        ("in the first nine months of 2020", "2020-01/2020-09"),
        ("between 2019-2024 it doubled, in 2019-2024", "2019/2024"),
        ("at the end of the summer of 2020", "2020-08"),
        ("from March to May 2020 it", "2020-03/2020-05"),
        ("July 6–11, 2022 it stopped", "2022-07-06/2022-07-11"),
    ],
)
def test_dates_are_resolved(text, value):
    """Proves: each form of date gets its value from the publication day. Without it: events land on wrong days."""
    assert value in [d.value for d in find_dates(text, DAY)]


@pytest.mark.parametrize(
    "text",
    [
        "it may rain",
        "15 percent in all",
        "a March through town",
        "at 12.30 sharp",
        "2,022 tons",
        "in 1850 barrels",
    ],
)
def test_what_is_no_date_is_left(text):
    """Proves: modal may, numbers and times are not dates. Without it: every such word would date an event."""
    assert [d.value for d in find_dates(text, DAY)] == []


def test_nothing_is_guessed_without_a_publication_date():
    """Proves: a relative date is found but has no value when publication is unknown. Without it: a year would be invented."""
    (found,) = find_dates("on March 9 it ended", None)
    assert (found.value, found.basis) == (None, "relative")


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)), st.dates(date(2000, 1, 1), date(2049, 12, 31)))
def test_full_dates_are_read_whatever_the_publication(day, published):
    """Proves: a complete date never depends on the publication date, and reads back from its own words.
    Without it: validators could refuse or accept by accident."""
    text = f"{day:%B} {day.day}, {day.year}"
    assert readings(text, published) == {day.isoformat()}


@given(st.dates(date(2001, 1, 1), date(2049, 12, 31)), st.integers(-120, 0))
def test_a_recent_day_without_year_is_found_again(published, back):
    """Proves: a day of the last four months is put into its own year. Without it: January articles move December events."""
    from datetime import timedelta

    day = published + timedelta(days=back)
    if (day.month, day.day) != (2, 29):
        found = find_dates(f"on {day:%B} {day.day} it ended", published)[0]
        assert found.value == day.isoformat()


def test_lines_of_dates():
    """Proves: date lines are told from prose. Without it: publication dates would be read from sentences."""
    assert only_dates("Published 12 июля 2022,, 10:00")
    assert only_dates("Updated: March 3, 2021 at 10:00 UTC")
    assert not only_dates("On March 3, 2021 the court sat")


@pytest.mark.parametrize(
    ("text", "value", "unit", "measure", "op"),
    [
        ("80% of exports", 80, "%", "share", "="),
        ("exports grew by 15 percent", 15, "%", "change", "="),
        ("for $24.5 billion", 24.5e9, "USD", "money", "="),
        ("a fine of 200 thousand rubles", 2e5, "RUB", "money", "="),
        ("tens of billions of dollars", 1e10, "USD", "money", ">="),
        ("more than 1,700 railcars", 1700, "railcar", "count", ">"),
        ("ten new tankers", 10, "tanker", "count", "="),
        ("at least 67 million tonnes per year", 67e6, "t/y", "rate", ">="),
        ("about 1.2 million barrels per day", 1.2e6, "bbl/d", "rate", "="),
        ("30 bcm a year", 30e9, "m3/y", "rate", "="),
        ("for 30 days", 30, "day", "duration", "="),
        ("grew 13 times", 13, "times", "factor", "="),
        ("12 345 tons", 12345, "t", "mass", "="),
        ("up to 500 km", 500, "km", "length", "<="),
    ],
)
def test_quantities_are_read(text, value, unit, measure, op):
    """Proves: value, unit, kind and bound of each form. Without it: a scale word lost is a factor of a million."""
    (q,) = find_quantities(text)
    assert (q.value, q.unit, q.measure, q.op) == (pytest.approx(value), unit, measure, op)


@pytest.mark.parametrize(
    "text",
    [
        "three signs of it",
        "two countries agreed",
        "one day it will",
        "the 5th court",
        "at 10:30",
        "COVID-19 tests",
    ],
)
def test_discourse_numbers_are_left(text):
    """Proves: counts of arguments, ordinals and times are no quantities. Without it: precision would be lost on prose."""
    assert find_quantities(text) == []


@given(st.integers(0, 10**12))
def test_thousands_separators(n):
    """Proves: numbers with commas read back. Without it: 1,700 could be 1.7."""
    assert number(f"{n:,}") == n


def test_regions_of_a_web_page(article):
    """Proves: menus, comments, tickers and the repeated chrome are told from the article.
    Without it: a reader's comment would become an event."""
    document, _ = article
    labels = {r.label: ARTICLE[r.start : r.end] for r in document.regions}
    assert labels["title"].startswith("Harbour Stop")
    assert "Rob Roe" in labels["comment"] and "Sue Poe" in labels["comment"]
    assert labels["ticker"].startswith("NORTHOIL")
    assert labels["byline"] == "Anna Vale"
    assert labels["caption"].startswith("Photo")
    assert labels["date_meta"] == "3 March 2021, 09:15"
    assert labels["lead"].startswith("Two states")
    assert not any(
        "Quays You Must" in ARTICLE[r.start : r.end] for r in document.regions if r.label == "body"
    )
    assert document.language == "en"


def test_events_of_the_small_article(drafts):
    """Proves: type, day, duration, asset, parties and modality of the article's acts; none from its comments.
    Without it: the drafts could be anything."""
    by_type = {e.type: e for e in drafts.events}
    stop = by_type["closure"]
    assert (stop.when.value, stop.duration, stop.assets, stop.sources) == (
        "2021-03-02",
        "P45D",
        ("north-terminal",),
        ("court",),
    )
    assert by_type["lifting"].when.value == "2021-03-09"
    assert by_type["agreement"].modality == "hypothetical"
    assert by_type["threat"].modality != "asserted"
    assert by_type["fine"].amount in {q.id for q in drafts.quantities if q.unit == "USD"}
    assert by_type["trade_change"].goods == ("oil",)
    assert "military" not in by_type


def test_quotes_of_the_small_article(drafts):
    """Proves: direct, indirect and according-to speech with their speakers; scare quotes inside are no quote.
    Without it: what a person said would stand as the outlet's own claim."""
    said = {(c.form, c.speaker_text): c.content.exact for c in drafts.claims}
    assert (
        said["direct", "Boris Keel"].startswith("We will appeal")
        and "“violations”" in said["direct", "Boris Keel"]
    )
    assert said["indirect", "Ada Marlow"].startswith("Ruritania would not")
    assert any("Ministry" in speaker for form, speaker in said if form == "indirect")
    threat = next(e for e in drafts.events if e.type == "threat")
    assert threat.voice == "candidate:Ada Marlow"


def test_a_quote_runs_over_paragraphs_until_it_is_closed(names):
    """Proves: a quotation opened once and closed paragraphs later, by another sort of mark, is one quotation.
    Without it: its middle would count as the outlet's words."""
    text = (
        "Port talks\n\nAnalyst Petra Gale told reporters about the port and its many troubles this week:\n\n“The "
        "port is the last "
        'way out of the country for grain.\n\nWithout it the "southern" fields stand idle all the year.\n\n'
        'So they will agree."\n\n'
        "The ministry did not answer a request for comment on the matter by the evening."
    )
    document, reading = describe(text.encode(), "a.txt", "X", "2021-03-10")
    (claim,) = [c for c in draft(document, reading, names).claims if c.form == "direct"]
    assert claim.content.exact.startswith("The port") and claim.content.exact.endswith("agree.")
    assert claim.speaker == "candidate:Petra Gale"


def test_surnames_and_acronyms_lead_back_to_full_names(names):
    """Proves: a later surname or acronym gets the id of the full name. Without it: one person would be two."""
    text = (
        "Visit\n\nPresident Oskar Lind met with Minister Hanna Roth of Germany in Berlin on March 1, 2021, at the "
        "Baltic Gas Company (BGC). "
        "Lind said that BGC signed a contract with Germany for ten years, and that Roth had waited for it since the spring."
    )
    document, reading = describe(text.encode(), "a.txt", "X", "2021-03-10")
    drafts = draft(document, reading, names)
    signed = next(e for e in drafts.events if e.type == "agreement")
    assert "candidate:Baltic Gas Company" in signed.sources
    assert signed.voice == "candidate:Oskar Lind"


def test_the_same_bytes_and_rules_give_the_same_ids(article, names):
    """Proves: drafting twice gives equal records with equal ids that are the hashes of their content.
    Without it: every run would add the same records again."""
    first, second = draft(*article, names), draft(*article, names)
    assert first.records == second.records
    assert all(r.id == content_id(r) for r in first.records)
    assert len({r.id for r in first.records}) == len(first.records)


def _anchors(record):
    return [
        record.evidence,
        *(getattr(record, n) for n in ("trigger", "span", "content") if hasattr(record, n)),
    ]


SCRAPS = st.lists(
    st.sampled_from(
        [*ARTICLE.split("\n"), "“", "”", '"', "\u200b", "İstanbul", "ﬁne of 5 km",
         "👩‍🚀 said that Iran shut the port on March 2.",
         "\r", "\x00",
         "Дания закрыла порт 5 мая 2020 года.", "president Xi", "U.S. halted oil exports.", " ", "（", "according to"]
    ) | st.text(max_size=30),
    max_size=14,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(SCRAPS, st.sampled_from(["\n", "\n\n", " "]))
def test_every_span_is_the_raw_text_whatever_the_input(names, parts, glue):
    """Proves: on any text, however broken, each drafted span is the raw text at its place and passes the validators; what is
    empty or no text is refused by name. Without it: one odd character would shift every quotation after it."""
    from straits.evidence.ledger.validate import problems_of

    raw = glue.join(parts).encode("utf-8", "replace").decode()
    if "\0" in raw or not raw.encode().strip():
        with pytest.raises(DocumentError, match=r"^x\.txt: (the file is empty|byte )"):
            describe(raw.encode(), "x.txt", "X", "2021-03-10")
        return
    document, reading = describe(raw.encode(), "x.txt", "X", "2021-03-10")
    drafts = draft(document, reading, names)
    for record in drafts.records:
        for anchor in _anchors(record):
            assert raw[anchor.start : anchor.end] == anchor.exact
        assert problems_of(record, raw, document, names) == []
    for found in drafts.dates:
        assert raw[found.span.start : found.span.end] == found.span.exact


def test_html_drafts_stand_in_the_raw_file(names):
    """Proves: drafts of an HTML page carry raw spans with their mark-up, pass the validators, and skip comments.
    Without it: HTML would need a second, lossy copy of the text."""
    from straits.evidence.ledger.validate import problems_of

    document, reading = describe(HTML.encode(), "page.html", "The Tide", "read")
    assert document.published.value == "2021-03-03"
    drafts = draft(document, reading, names)
    (stop,) = [e for e in drafts.events if e.type == "closure"]
    assert (
        "&amp;" in HTML[: stop.evidence.end]
        and stop.evidence.exact == HTML[stop.evidence.start : stop.evidence.end]
    )
    assert stop.when.value == "2021-03-02"
    assert not any(e.type == "military" for e in drafts.events)
    for record in drafts.records:
        assert problems_of(record, HTML, document, names) == []


def test_all_inputs_of_the_project(shared, names):
    """Proves: on every real document each span equals the raw text and passes the validators, with and without a date.
    Without it: only our own texts would be safe."""
    from straits.evidence.ledger.validate import problems_of

    for path in sorted((shared / "documents").glob("*.txt")):
        raw = path.read_text(encoding="utf-8")
        for published in ("unknown", "2022-08-22"):
            document, reading = describe(path.read_bytes(), path.name, "unknown", published)
            for record in draft(document, reading, names).records:
                assert problems_of(record, raw, document, names) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([s for s in ARTICLE.replace("\n", " ").split(". ") if s]), min_size=1, max_size=8
    ),
    st.sampled_from([". ", "! ", "? "]),
)
def test_plain_cuts_are_those_of_syntok(sentences, stop):
    """Proves: where stops are clear, the quick cut gives exactly the sentences of syntok.
    Without it: speed would cost sentences."""
    from straits.evidence.drafting.page import _syntok, split_sentences

    text = stop.join(sentences) + "."
    assert split_sentences(text, 0, len(text)) == _syntok(text, 0, len(text))
