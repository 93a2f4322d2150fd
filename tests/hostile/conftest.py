"""A ledger that tests may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from straits.case import load_case
from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import with_world
from straits.evidence.ledger.conflicts import open_conflict, rule
from straits.evidence.ledger.ledger import Ledger

from .ledgers import NAMES, TEXT, stops


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a ledger in which a closure was accepted and then rejected, a lifting accepted, and a conflict ruled on."""
    path = tmp_path_factory.mktemp("ledger") / "sound.db"
    document, reading = describe(TEXT.encode(), "quay.txt", "Tide", "read")
    with Ledger(path, create=True) as book:
        book.set_gazetteer(NAMES)
        book.add_document(TEXT.encode(), "quay.txt", "Tide", "read")
        book.add(draft(document, reading, with_world(NAMES)).records)
        stop, lift = stops(book)
        book.accept(lift, "Ann", "read it")
        question = open_conflict(book, "one or two?", {"one": [stop], "two": [lift]}, "Ann", "unclear")
        rule(book, question.id, "both", "Ann", "both told")
        book.redescribe(document.sha256, "Ann", "imprint", outlet="The Tide")
        book.accept(stop, "Ann", "read it")
        book.reject(stop, "Ben", "a rumour")
    return path


@pytest.fixture
def book(sound: Path, tmp_path: Path) -> Path:
    """Give a copy of the ledger that a test may spoil."""
    return Path(shutil.copy(sound, tmp_path / "mailed.db"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a folder with a small case."""
    load_case("two-routes").save(tmp_path / "case")
    return tmp_path / "case"
