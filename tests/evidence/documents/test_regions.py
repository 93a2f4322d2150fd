"""Which line of a page is what, on pages of a few lines."""

from __future__ import annotations

import itertools

import pytest

from straits.evidence.documents.reading import read
from straits.evidence.documents.regions import find_regions

TITLE = "Harbour stop leaves tankers waiting"
SHUT = "The court of the town closed the northern quay on Tuesday for all ships that carry oil or grain."
SAID = (
    "The harbour office told the papers that the quay will be shut until the inspectors have seen all of it."
)
LAY = "Ships lay at anchor in the bay, and their masters waited for word from the office of the town."
NIGHT = "At night the masters of the ships rowed to the town and asked for bread, water and letters."
LATER = "Two days later the office let them in, one by one, and the cranes began to move again."
ASKS = "Who shut the northern quay of the town for all the ships that carry oil or grain today?"
BULLETS = (
    "• one quay was shut by the court of the town.",
    "• another quay was shut by the office of the town.",
)


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        ((TITLE, SHUT, SAID, LAY), "title body body body"),
        (("Home", "Sign in", TITLE, SHUT, SAID, LAY), "menu menu title body body body"),
        ((TITLE, "Anna Vale", "3 March 2021, 09:15", SHUT, SAID, LAY), "title byline date_meta body body body"),
        ((TITLE, SHUT, "Anna Vale", SAID, LAY), "title lead byline body body"),
        ((TITLE, SHUT, "3 March 2021", SAID, LAY), "title lead date_meta body body"),
        ((TITLE, SHUT, SHUT, SAID, LAY), "title lead duplicate body body"),
        ((TITLE, TITLE, SHUT, SAID, LAY), "title duplicate body body body"),
        ((TITLE, SHUT, SAID, LAY, NIGHT, "Photo: the quay", LATER), "title body body body body caption body"),
        ((TITLE, SHUT, SAID, "Photo: the quay", LAY, NIGHT), "title lead lead caption body body"),
        ((TITLE, SHUT, "Related: Ten Quays You Must See", SAID, "Read more: other quays", LAY), "title body menu body menu body"),
        ((TITLE, "NORTHOIL -0.45", SHUT, "BUY 57.15", SAID, LAY), "title ticker body ticker body body"),
        ((TITLE, SHUT, SAID, "3 Comments", "Rob Roe said on March 4:", LAY), "title body body comment comment comment"),
        ((TITLE, SHUT, SAID, "Rob Roe said on March 4:", LAY), "title body body comment comment"),
        (
            (TITLE, SHUT, SAID, "3 Comments", LAY, "NORTHOIL -0.45", "Harbour News - All About Quays"),
            "title body body comment comment ticker menu",
        ),
        (
            (TITLE, SHUT, SAID, LAY, "Anna Vale", "Some odd short line", "Privacy policy"),
            "title body body body byline footer menu",
        ),
        ((TITLE, SHUT, SAID, LAY, "Some odd short line", "Anna Vale"), "title body body body footer footer"),
        (("Breaking News:", "Old Bridge Repainted After Long Delay", TITLE, SHUT, SAID, LAY), "menu menu title body body body"),
        (
            (TITLE, SHUT, SAID, "3 Comments", LAY, "Ships - All of Them", "Harbour News - All About Quays"),
            "title body body comment comment menu menu",
        ),
        ((ASKS.replace("?", " and for many more days?"), SHUT, SAID, LAY), "title body body body"),
        ((TITLE, ASKS, SHUT, SAID, LAY), "title lead body body body"),
        ((ASKS, SHUT, SAID, LAY), "title body body body"),
        ((TITLE, SHUT, *BULLETS, SAID, LAY), "title body body body body body"),
        ((TITLE, "By Anna Vale for the Harbour News, published 3 March 2021", SHUT, SAID, LAY), "title byline body body body"),
        ((TITLE, "By Anna Vale", SHUT, SAID, LAY), "title byline body body body"),
        ((TITLE, "3 hours Quay repainted after long delay", SHUT, SAID, LAY), "title menu body body body"),
    ],
)  # fmt: skip
def test_lines_of_a_page(lines: tuple[str, ...], labels: str) -> None:
    """Proves: menu, title, byline, date, lead, captions, links, tickers, comments and footer are told from the
    article by form and place; a lead is what a byline or a date parts from the article, or what is repeated.
    Without it: a reader's comment or a link would be drafted, or a paragraph be lost."""
    regions = find_regions(read("\n\n".join(lines) + "\n", "text/plain"))
    text = "\n\n".join(lines)
    found = [
        next(r.label for r in regions if r.start <= text.index(line, at) < r.end)
        for line, at in _places(text, lines)
    ]
    assert found == labels.split()
    assert all(a.end <= b.start and a.label != b.label for a, b in itertools.pairwise(regions))


def _places(text: str, lines: tuple[str, ...]) -> list[tuple[str, int]]:
    places, at = [], 0
    for line in lines:
        places.append((line, at))
        at += len(line) + 2
    return places


def test_a_page_without_an_article() -> None:
    """Proves: an empty text has no regions, and of short lines one is the article's.
    Without it: a telegram of a few words would be passed over, or an empty file end the batch."""
    assert find_regions(read("\n \n", "text/plain")) == ()
    assert [r.label for r in find_regions(read("one\n\ntwo\n", "text/plain"))] == ["body", "footer"]
