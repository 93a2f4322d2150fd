"""What is passed over without a close look holds nothing: quick checks against the search that they spare."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straits.evidence.documents.readable import _ODD, _ODD_SIGN, tidy
from straits.evidence.drafting.page import _CLEAR, _syntok, split_sentences
from straits.evidence.finding import dates
from straits.evidence.finding.date_parts.compounds import COMPOUNDS, LATER
from straits.evidence.finding.date_parts.rules import RULES
from straits.evidence.finding.date_parts.spans import SPANS
from straits.evidence.finding.quantities import _MAYBE, _NUMBER, find_quantities

EVERY = set().union(*(needed for _, _, needed in (*SPANS, *COMPOUNDS, *RULES, *LATER)))
PIECES = (
    "January", "March", "may", "May", "Sept.", "Dec", "1 марта", "в мае", "5 июля", "декабрь", "августа 2021 года", "5", "12",
    "2021", "16.12.2022", "1.2.22", "2021-03-05", "'21", "the first half of", "Q3", "two", "weeks", "day", "days", "a year",
    "months", "ago", "last", "next", "this", "month", "the day before", "yesterday", "tomorrow", "Вчера", "послезавтра", "summer",
    "Winter", "of", "in", "on", "on Monday", "Fridays", "tuesday", "week", "before last", "past", "over the", "from", "to",
    "until", "early", "the beginning of", "and", ",",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7), st.sampled_from((" ", "  ", "-", "_")))
def test_a_sentence_that_hints_at_no_date_has_none(pieces: list[str], blank: str) -> None:
    """Proves: forms that are not looked for because a word of theirs is missing would not have been found.

    Without it: a form is added whose hint is not among the words, and its dates are silently lost.
    """
    text, day = blank.join(pieces), date(2021, 3, 3)
    quick = dates.find_dates(text, day)
    held = dates.hints_of
    try:
        dates.hints_of = lambda *_: set(EVERY)  # type: ignore[attr-defined]
        whole = dates.find_dates(text, day)
    finally:
        dates.hints_of = held  # type: ignore[attr-defined]
    assert quick == whole


def test_each_hint_is_seen() -> None:
    """Proves: every sort of hint comes from a text that has it, and none from one that has none.

    Without it: the comparison with a search for everything could hold because nothing is ever passed over.
    """
    for text, hint in (
        ("on May 5", "month"), ("5 июня", "month"), ("in 1999", "year"), ("1.2.22", "digits"), ("a half", "period"),
        ("last Winter", "season"), ("long ago", "ago"), ("Вчера", "deictic"), ("on Friday", "weekday"),
    ):  # fmt: skip
        assert dates.hints_of(text, 0, len(text)) == {hint}, text
    text = "It may rain in 2100 and 3.5 or 19 more; in May"
    assert dates.hints_of(text, 0, len(text) - 7) == set()
    assert dates.hints_of(text, 0, len(text)) == {"month"}


NUMBERS = (
    "US$5m", "xus$5", "$7", "€3 bn", "USD 4", "5%-7%", "12,5", "½", "half a million", "six", "dozens of", "hundreds", "an", "two",
    "ten", "kg", "to", "-", "and", "7–8", "Il-76", "3rd", "RUB", "nine hundred", "sixty", "million", "KZT 5", "tons", "ab7",
)  # fmt: skip


@given(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=7), st.sampled_from((" ", "", "-", ", ")))
def test_a_sign_that_begins_no_number_is_passed_over(pieces: list[str], blank: str) -> None:
    """Proves: the list of signs with which a number may begin leaves out none.

    Without it: a number in words that begins with another letter, such as a new scale word, is never read.
    """
    guard = _NUMBER.pattern.index("(?:")
    bare = re.compile(_NUMBER.pattern[guard:], re.I)
    text = blank.join(pieces)
    found = [m.span() for m in _NUMBER.finditer(text)]
    assert found == [m.span() for m in bare.finditer(text)]
    assert _MAYBE.search(text) or not found


def test_a_fraction_alone_is_a_number() -> None:
    """Proves: a sentence whose one number is a fraction sign is not passed over. Without it: half a million barrels are lost."""
    assert [(q.value, q.unit) for q in find_quantities("It lost ½ million barrels.")] == [(500000.0, "bbl")]


SHORT = sorted(set(re.findall(r"(?<=[:|])[a-z]{2,3}(?=[|)])", _CLEAR.pattern)))


@pytest.mark.parametrize("word", SHORT)
def test_a_short_word_ends_a_sentence(word: str) -> None:
    """Proves: where a short word stands before a stop, sentences are cut as the slower cutter cuts them.

    Without it: an abbreviation in the list would cut a sentence in two, and its event would lose a party.
    """
    assert len(SHORT) == 24
    for lead in ("Prices fell for all that they knew", "He spoke of the"):
        for after in ("The minister left.", "A. Petrov left.", "In 2022 it fell."):
            for stop in ".!?":
                text = f"{lead} {word}{stop} {after}"
                assert split_sentences(text, 0, len(text)) == _syntok(text, 0, len(text))
                assert (0, len(lead) + len(word) + 2) in split_sentences(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a  b", "a b"), ("a \t b", "a b"), ("a b  ", None), ("a  \nb", None), ("a\n  b", None), ("  a", None),
        ("a\u00ad  b", "a b"), ("a  b\u00ad\n  c  ", "a b\n  c  "),
    ],
)  # fmt: skip
def test_blanks_are_joined_between_words_alone(text: str, told: str | None) -> None:
    """Proves: several blanks become one between two words, and stay at the ends of lines and of the text.

    Without it: an indented list would lose the form by which it is known.
    """
    found = tidy(text, lines=False)
    assert (found.text if found else None) == told


def test_no_odd_sign_is_passed_over() -> None:
    """Proves: a text without any sign of the quick list has none that is put right.

    Without it: a soft hyphen would stay in a name.
    """
    for number in (
        *range(0x1000),
        *range(0x1100, 0x3200),
        *range(0xF000, 0x10000),
        *range(0x1BCA0, 0x1BCA8),
        0x1D173,
        0xE0001,
    ):
        text = f"a{chr(number)}b"
        assert _ODD_SIGN.search(text) or not _ODD.search(text), hex(number)


def test_lines_are_joined_where_they_may_be_cut_alone() -> None:
    """Proves: lines of one width are joined, and left where mark-up says that they are lines.

    Without it: a list would be prose.
    """
    line = "the ships at anchor waited for the pipe and the pipe waited for all"
    text = "\n".join([line, line.replace("ships", "boats"), line.replace("pipe", "quay"), line, "and so on."])
    joined = tidy(text)
    assert joined is not None and joined.text == text.replace("\n", " ")
    assert tidy(text, lines=False) is None
