"""Documents made to cost time: the work of drafting grows with the size of a text, not with its square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.documents.reading import read
from straits.evidence.drafting.drafts import draft
from straits.evidence.drafting.page import LONGEST, open_page
from straits.evidence.finding.gazetteer import world
from straits.evidence.text import SpanError, locate

#: Signs of the smallest text, and of the longest sentence here; the other texts are two, four and eight times as long.
LEAST, SENTENCE = 400, 200

TEXTS = [
    "$1 ", "45 days ", "Russia suspended oil ", "he said ", "March 2 ", "Russia and ", "Boris Keel said that ", '"a b" ',
    "“We will go” said Boris Keel. ",
    "10 Mt of oil ", "5 to ", "five and ", "Michael Jordan ", "Moscow, Georgia ", "President of ", "(Reuters) - ", "1,000 ",
    "a. ", "(a) ", "“", "a-\nb ", "a\u00ad",
    "Leave a comment\n", "3 March 2021\n", "A line of prose that ends.\n", "a",
]  # fmt: skip
PAGES = [
    "<div>", "<b><i>a</b>", "<p class=comment>a ", "</div>", "<!--", "<a href=", "<", "<nav>x</nav>a\n", "<h1>a", "&amp;",
    "<li>a<ul>", "<time datetime=1>",
    "<section class=comments><h1>", "<script type='application/ld+json'>[", "<pre>a\n", "<![", "<?", "<a b='",
]  # fmt: skip
HEAD = "Port news\n\n3 March 2021\n\nThe ministry of transport of the region told reporters about the work of the port. "


def made(piece: str, size: int, name: str) -> bytes:
    body = piece * (size // len(piece))
    if name.endswith(".html"):
        return f"<html><body><h1>Port news</h1><p>{HEAD[26:]}</p>{body}</body></html>".encode()
    return f"{HEAD}{body}.\n\nThe end of it.\n".encode()


def steps(work: Callable[[], Any]) -> int:
    """Count the calls that a piece of work makes: the same on every machine."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def worked(data: bytes, name: str) -> int:
    return steps(lambda: draft(*describe(data, name, "X", "2021-03-03"), world()))


@pytest.mark.parametrize(("piece", "name"), [*((t, "a.txt") for t in TEXTS), *((p, "a.html") for p in PAGES)])
def test_work_grows_with_the_text(piece: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: at four sizes, eight times the text is at most eleven times the steps. Without it: 80 kB of `$1 ` took minutes."""
    monkeypatch.setattr("straits.evidence.drafting.page.LONGEST", SENTENCE)
    worked(made(piece, 100, name), name)  # what is loaded once is not counted
    counts = [worked(made(piece, LEAST * k, name), name) for k in (1, 2, 4, 8)]
    assert counts[3] <= 11 * counts[0] + 2_000, counts


@pytest.mark.parametrize("piece", ["Russia and ", "Ada and ", "president ", "<div>", "<b>", "(", "“", "["])
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_depth_is_no_matter(piece: str, name: str) -> None:
    """Proves: five thousand nested or joined pieces are read without recursion.
    Without it: 600 times `Russia and ` ended the batch."""
    document, reading = describe((HEAD + piece * 5_000).encode(), name, "X", "2021-03-03")
    draft(document, reading, world())


def test_thirty_thousand_tags_and_the_article_behind_them() -> None:
    """Proves: unclosed and nested tags cost no time and hide nothing. Without it: a page of tags hid its article."""
    prose = "<h1>Court stops loading</h1><p>The district court of the region suspended loading at the terminal for 45 days.</p>"
    for tags in (
        "<div>" * 30_000,
        "<b>" * 30_000,
        "<p>" * 30_000,
        "</div>" * 30_000,
        "<div></span>" * 15_000,
    ):
        document, reading = describe((tags + prose).encode(), "a.html", "X", "2021-03-03")
        assert [e.type for e in draft(document, reading, world()).events] == ["closure"]


def test_what_is_never_closed_hides_only_what_follows() -> None:
    """Proves: text before an unclosed comment or tag is read, and a lone sign is text.
    Without it: one `<!--` at the end of a page
    would take the page with it."""
    assert read("<p>a < b and c</p>", "text/html").text.strip() == "a < b and c"
    assert read("<p>first</p><!-- never", "text/html").text.strip() == "first"
    assert read("<p>first</p><!-- one --><p>second</p><!-- never <p>third</p>", "text/html").text.split() == [
        "first",
        "second",
    ]
    assert read("<p>first</p>rest <a href='x", "text/html").text.split() == ["first", "rest"]
    assert read("<p>first</p>rest < 5", "text/html").text.split() == ["first", "rest", "<", "5"]


def test_long_sentences_are_cut_at_a_joint_and_nothing_is_lost() -> None:
    """Proves: a sentence beyond the longest is cut at commas or blanks, all of its words remain, in order.
    Without it: the cut would fall into a word or drop one."""
    words = [f"word{i}" + ("," if i % 7 == 0 else "") for i in range(900)]
    text = "Title of it\n\n" + " ".join(words) + ".\n"
    page = open_page(*describe(text.encode(), "a.txt", "X", "2021-03-03"), world())
    pieces = [page.text[s.start : s.end] for s in page.sentences]
    assert " ".join(pieces).split() == [*words[:-1], words[-1] + "."]
    assert (
        len(pieces) > 5
        and all(len(p) <= LONGEST for p in pieces)
        and all(p.strip().endswith(",") for p in pieces[:-1])
    )
    whole = "x" * 3500
    page = open_page(
        *describe(
            f"Title of it\n\n{whole} and so on it goes today in the port of the region for all.\n".encode(),
            "a.txt",
            "X",
            "2021-03-03",
        ),
        world(),
    )
    assert "".join(page.text[s.start : s.end] for s in page.sentences).startswith(whole)


def test_a_passage_among_many_twins() -> None:
    """Proves: of thousands of equal passages the one with the context is found, in steps that grow with the text.
    Without it: each was compared with a copy of the whole text."""
    text = "gas down; " * 3000 + "oil flat, gas down"
    found = locate(text, "gas down", prefix="flat, ")
    assert found.start == len(text) - 8
    with pytest.raises(SpanError, match="3001 times"):
        locate(text, "gas down")
    assert steps(lambda: locate(text, "gas down", prefix="flat, ")) < 40_000
