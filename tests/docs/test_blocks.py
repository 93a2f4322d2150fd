"""What the documentation shows is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from blocks import ROOT, BlockError, Page, pages, same


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_page(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: every code block of the page runs, in order, and prints what the page shows.
    Without it: a renamed column or command would leave its readers with errors."""
    monkeypatch.chdir(tmp_path)
    Page(path).run()


def page_of(text: str, tmp_path: Path) -> Page:
    path = ROOT / "docs" / "imagined.md"
    page = Page.__new__(Page)
    page.path, page.text, page.namespace, page.corrections = path, text, {}, []
    return page


@pytest.mark.parametrize(
    "text",
    [
        "```python\n1 / 0\n```\n",
        "```python\nprint(2)\n```\n\n```output\n3\n```\n",
        "```console\n$ straits solve nowhere\n```\n",
        "```console\n$ make tea\n```\n",
        "```console\n$ straits cases\nnothing\n```\n",
        "```bash\nls\n```\n",
        "```output\n3\n```\n",
    ],
)
def test_a_page_that_lies(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a block that fails, prints something else, or is of no known kind fails the test of its page.
    Without it: the test above could pass whatever the pages say."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BlockError):
        page_of(text, tmp_path).run()


def test_correction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: `make outputs` writes what was printed into the page and nothing else.
    Without it: it could spoil a page."""
    monkeypatch.chdir(tmp_path)
    text = "a\n```python\nprint(2)\n```\n\n```output\n3\n```\nb\n"
    assert page_of(text, tmp_path).run(correct=True) == text.replace("3", "2")


def test_comparison() -> None:
    """Proves: outputs are equal within the tolerance of numbers, with gaps, and not otherwise.
    Without it: the comparison could accept anything or trip over the width of a table."""
    assert same("a 1,000.0  b\n", "a 1003 b")
    assert not same("a 1000 b", "a 1010 b")
    assert not same("a 10", "a -10")
    assert same("head ... tail", "head\nmiddle 3\ntail")
    assert not same("head ... tail", "head\nmiddle\nend")
    assert same("x 0", "x 0")
    assert not same("x 0", "x 1")
