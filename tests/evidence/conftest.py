"""Small articles of our own, with what surrounds articles on the web, and a ledger that holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import Entry, Gazetteer, with_world
from straits.evidence.ledger.ledger import Ledger

ARTICLE = """Home
Subscribe to our newsletter
Breaking News:
Old Bridge Repainted After Long Delay

Harbour Stop Leaves Tankers Waiting Off Portville

3 March 2021, 09:15
Photo: Harbour Office
Two states argue over one quay, and the ships at anchor pay for it while ministers trade letters.

Anna Vale

On Tuesday, March 2, the Portville District Court suspended loading at the North Pipeline terminal for 45 days after \
the Sea Agency \
found violations at the berth. About 60% of the oil exports of Ruritania pass through it.

“We will appeal. The berth is safe, and the “violations” are paper,” said Boris Keel, the director of the North \
Pipeline Company. \
Ruritania exported 12.5 million tons of oil in 2020, and the operator was fined 300 thousand dollars.

According to the Ministry of Trade, the two sides may sign an agreement on transit by the end of the summer. \
President Ada Marlow said \
that Ruritania would not threaten anyone with a blockade.

Related: Ten Quays You Must See

On March 9 the court lifted the ban, the newspaper Tide reported. Exports of oil to Germany fell by 8% in the first \
half of last year.

Leave a comment
  • Rob Roe on March 04 2021 said:
    The court stopped 900 trains yesterday, believe me, and 5 million people know it.
  • Sue Poe on March 05 2021 said:
    Russia invaded my garden on March 1.

NORTHOIL -0.45
BUY 57.15
Harbour News - All About Quays
"""

NAMES = Gazetteer(
    (
        Entry(id="RUR", kind="actor", names=("Ruritania",), adjectives=("Ruritanian",)),
        Entry(id="north-terminal", kind="asset", names=("North Pipeline terminal",)),
        Entry(id="court", kind="actor", names=("Portville District Court",)),
    )
)
REAL = Path(__file__).parents[2].parent / "shared"


@pytest.fixture(scope="session")
def names() -> Gazetteer:
    return with_world(NAMES)


@pytest.fixture
def article():
    """Document and reading of the small article."""
    return describe(ARTICLE.encode(), "harbour.txt", "The Tide", "read")


@pytest.fixture
def drafts(article, names):
    return draft(*article, names)


@pytest.fixture
def ledger(tmp_path, drafts):
    """A ledger with the small article and its drafts."""
    with Ledger(tmp_path / "evidence.db", create=True) as book:
        book.set_gazetteer(NAMES)
        book.add_document(ARTICLE.encode(), "harbour.txt", "The Tide", "read")
        book.add(drafts.records)
        yield book


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled documents, where there is one beside the checkout."""
    if not (REAL / "documents").is_dir() or not (REAL / "evidence").is_dir():
        pytest.skip("the labelled documents are not beside this checkout (../shared)")
    return REAL
