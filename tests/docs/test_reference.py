"""The pages that are written from the code are those that the code would write."""

from __future__ import annotations

from blocks import ROOT

from straits.case.reference import format_reference
from straits.goods.questions import ASKED, FILE


def test_format_reference_is_current() -> None:
    """Proves: docs/format.md is what the schema says; `make docs` writes it anew.
    Without it: the reference would describe columns that are no more."""
    assert (ROOT / "docs" / "format.md").read_text(encoding="utf-8") == format_reference()


def test_format_reference_names_the_questions_on_goods() -> None:
    """Proves: the folder of goods stands in the reference with every function that can be asked and their order.
    Without it: a new question would be known to its room only."""
    text = format_reference()
    line = next(line for line in text.splitlines() if line.startswith("| `ask` |"))
    assert f"`goods/{FILE}`" in text and ", ".join(f"`{name}`" for name in ASKED) in line
