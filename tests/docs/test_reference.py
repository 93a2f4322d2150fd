"""The pages that are written from the code are those that the code would write."""

from __future__ import annotations

from blocks import ROOT

from straits.case.reference import format_reference


def test_format_reference_is_current() -> None:
    """Proves: docs/format.md is what the schema says; `make docs` writes it anew.
    Without it: the reference would describe columns that are no more."""
    assert (ROOT / "docs" / "format.md").read_text(encoding="utf-8") == format_reference()
