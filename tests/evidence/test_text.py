"""Selectors, folding and finding a passage again; dates of the format; reading of bytes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straits.evidence import edtf
from straits.evidence.documents.reading import DecodeError, decode, read
from straits.evidence.records import canonical, content_id
from straits.evidence.text import SpanError, check_selector, fold, locate, select

ANY = st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)


@given(ANY, st.data())
def test_a_selector_holds_the_text_to_the_letter(text, data):
    """Proves: whatever the signs, a selector's passage and context are those of the text, and the check agrees.
    Without it: offsets could slip on wide characters."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    selector = select(text, start, end)
    assert selector.exact == text[start:end]
    check_selector(text, selector)


@given(ANY)
def test_folding_keeps_every_offset(text):
    """Proves: folding replaces sign by sign. Without it: a passage found in folded text would be stored from the wrong place."""
    assert len(fold(text)) == len(text)


def test_typographic_signs_are_matched_and_raw_text_is_stored():
    """Proves: plain quotes and dashes find curly ones, and the raw passage is kept.
    Without it: nothing a model quotes is found."""
    raw = "He said: “it’s over – now”. Then he left."
    found = locate(raw, '"it\'s over - now"')
    assert found.exact == "“it’s over – now”"


def test_twins_are_told_apart_by_context_or_refused():
    """Proves: of two equal passages the context chooses, and without context both are refused.
    Without it: the first occurrence would silently win."""
    raw = "oil up, gas down; oil flat, gas down"
    with pytest.raises(SpanError, match="2 times"):
        locate(raw, "gas down")
    assert locate(raw, "gas down", prefix="flat, ").start == 28
    with pytest.raises(SpanError, match="not in the document"):
        locate(raw, "coal down")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022-07-06", date(2022, 7, 6), date(2022, 7, 6)),
        ("2022-24", date(2022, 12, 1), date(2023, 2, 28)),
        ("202X", date(2020, 1, 1), date(2029, 12, 31)),
        ("2022-07-XX~", date(2022, 7, 1), date(2022, 7, 31)),
        ("2022-07-06/2022-07-11", date(2022, 7, 6), date(2022, 7, 11)),
        ("../2026", None, date(2026, 12, 31)),
    ],
)
def test_bounds_of_dates(value, first, last):
    """Proves: each form means the days it should. Without it: overlaps of dates would be wrong."""
    assert edtf.bounds(value) == (first, last)


@pytest.mark.parametrize(
    "value", ["2022-13", "2022-02-30", "6 July", "2022/2021", "..", "XXXX-07-06", "2022-7-6", ""]
)
def test_what_is_no_date_is_refused(value):
    """Proves: impossible, backward and unwritten dates are errors. Without it: they would enter the ledger as text."""
    with pytest.raises(edtf.EdtfError):
        edtf.bounds(value)


@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(0, 800))
def test_days_add_up(start, days):
    """Proves: a duration of n days ends n days later. Without it: a 30-day order could last 31."""
    assert (edtf.duration_end(start, f"P{days}D") - start).days == days


def test_calendar_months_end_on_the_last_day_there_is():
    """Proves: a month from 31 January ends on 28 February. Without it: the sum would raise or spill into March."""
    assert edtf.duration_end(date(2022, 1, 31), "P1M") == date(2022, 2, 28)


def test_bytes_are_never_guessed():
    """Proves: bytes that are not UTF-8 are refused with the place. Without it: a guessed encoding moves every offset."""
    assert decode("день".encode())[0] == "день"
    with pytest.raises(DecodeError, match="byte 0"):
        decode("день".encode("cp1251"))


HTML = """<!doctype html><html><head><title>Page</title><script>var x = "Iran shut the port";</script>
<meta property="og:site_name" content="The Tide"><meta property="article:published_time" content="2021-03-03T09:15:00Z"></head>
<body><nav><a>Home</a> <a>Markets</a></nav><article><h1>Harbour stop</h1>
<p>The court &amp; the agency <b>suspended</b> loading at the terminal on March 2, 2021, and tankers wait at anchor \
off the coast&nbsp;now.</p></article>
<div class="comments"><p>I think Russia invaded my garden yesterday, and nobody cares about it at all, my \
friends.</p></div></body></html>"""


def test_html_keeps_every_character_in_its_place():
    """Proves: each readable character maps to its own place in the raw file, entities too.
    Without it: spans of HTML documents would not be the raw text."""
    reading = read(HTML, "text/html")
    assert "var x" not in reading.text
    for i, sign in enumerate(reading.text):
        start, end = reading.to_raw(i, i + 1)
        source = HTML[start:end]
        assert source in (sign, "") or source.startswith("&")
    at = reading.text.index("court & the")
    assert HTML[slice(*reading.to_raw(at, at + 11))] == "court &amp; the"


def test_ids_of_records_stay_what_they_are():
    """Proves: an id is the beginning of the SHA-256 of one JSON text: keys in order, no blanks, all letters as they are.
    Without it: another version of straits would give the records of an old ledger other ids, and refuse to read them."""
    assert canonical({"b": 1, "a": "é “x”"}) == '{"a":"é “x”","b":1}'
    # printf '%s' '{"a":"é","kind":"claim"}' | sha256sum
    assert content_id({"kind": "claim", "a": "é"}) == "claim:b5de2a9619fd753e"
