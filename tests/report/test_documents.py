"""The section on documents: accepted events with each outlet's telling, and terms with their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits.errors import StraitsError
from straits.evidence.ledger.ledger import Ledger
from straits.report import Study, report_html
from straits.report.sections.support.documents import read_documents
from straits.report.writing.tables import study_tables

TEXT = "Port shut again\n\nThe court closed the port of Alpha on 3 May 2022. The special military operation goes on.\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with one document, drafted, and its first event accepted."""
    from straits.evidence.drafting.drafts import draft

    pytest.importorskip("syntok")
    pytest.importorskip("ahocorasick")
    path = tmp_path / "e.db"
    opened = Ledger(path, create=True)
    document = opened.add_document(TEXT.encode(), "a.txt", "The Gazette", "2022-05-04")
    records = draft(document, opened.reading(document.sha256)).records
    opened.add(records)
    opened.accept(next(r.id for r in records if r.id.startswith("event")), "analyst", "read")
    return path


def test_a_study_with_a_ledger_shows_its_documents(study: Study, ledger: Path) -> None:
    """Proves: the accepted event stands in the page and the workbook with its outlet, the term with its line.
    Without it: the ledger could be given and nothing shown."""
    found = study.with_part(read_documents(ledger))
    page = report_html(found)
    assert "What the documents say" in page and "The Gazette" in page
    assert "special military operation" in page
    tables = {table.name: table.frame for table in study_tables(found)}
    assert len(tables["timeline"]) == 1 and tables["terms"]["line"].tolist() == [3]
    assert "<h2>What the documents say" not in report_html(study)


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    """Proves: a path without a ledger is refused. Without it: an empty ledger would be made and shown as no events."""
    with pytest.raises(StraitsError, match="nothing"):
        read_documents(tmp_path / "nothing.db")
    assert not (tmp_path / "nothing.db").exists()
