"""The documentation's notebook, pictures, formulas, and the check of built pages."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import blocks
import notebooks
import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path[:0] = [str(DOCS), str(DOCS / "_ext")]


def test_the_notebook_shows_what_it_prints() -> None:
    """Proves: every cell of the stored notebook runs and shows what is stored: texts and numbers the same, a map where one was.
    Without it: the page would show a year-old answer. (`python tests/docs/notebooks.py docs/notebook.ipynb` writes it anew.)
    """
    pytest.importorskip("xarray")
    notebook = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))
    stored = [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for before, after in zip(stored, notebooks.run(notebook), strict=True):
        assert len(before) == len(after)
        for old, new in zip(before, after, strict=True):
            for kind in ("text/plain", "text/html"):
                assert (kind in old.get("data", {})) == (kind in new.get("data", {}))
            texts = ["".join(o.get("text") or o["data"]["text/plain"]) for o in (old, new)]
            # The second line of a result says how much it holds inside, which a later version may change.
            if "<svg" in json.dumps(new):
                texts = [text.splitlines()[0] for text in texts]
            assert blocks.same(*texts), texts
            pages = ["".join(o.get("data", {}).get("text/html", [])) for o in (old, new)]
            assert ("<svg" in pages[0]) == ("<svg" in pages[1]) and len(pages[1].encode()) <= 100_000
    assert sum("<svg" in json.dumps(outputs) for outputs in stored) >= 3


def test_a_notebook_becomes_a_page() -> None:
    """Proves: cells and outputs are in the page in their order. Without it: code without its answer."""
    pytest.importorskip("myst_parser")
    from notebook import as_markdown

    cells = [
        {"cell_type": "markdown", "source": ["# T\n", "x"]},
        {
            "cell_type": "code",
            "source": ["1"],
            "outputs": [{"data": {"text/html": ["<b>\n", "1</b>"]}}, {"text": ["p\n"]}],
        },
    ]
    page = as_markdown({"cells": cells})
    assert (
        page.index("# T\nx")
        < page.index("```python\n1\n```")
        < page.index("<b> 1</b>")
        < page.index("```text\np")
    )


def test_every_formula_can_be_drawn() -> None:
    """Proves: all formulas of the pages become MathML, without a command left over as text. Without it: a reader without a
    network would see LaTeX.
    """
    pytest.importorskip("latex2mathml")
    pytest.importorskip("sphinx")
    from mathml import as_mathml

    found = 0
    for page in DOCS.rglob("*.md"):
        text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.S)
        for formula in re.findall(r"\$\$(.+?)\$\$|(?<![\\$\w])\$([^$\n]+?)\$(?!\w)", text, re.S):
            made = as_mathml("".join(formula), "block" if formula[0] else "inline")
            assert made.startswith("<math") and "\\" not in re.sub(r"<[^>]+>", "", made), (page.name, formula)
            found += 1
    assert found > 30
    assert "mathjax" not in (DOCS / "conf.py").read_text(encoding="utf-8")


def test_every_picture_of_a_page_is_there_and_stands_alone() -> None:
    """Proves: README and pages show pictures that exist, are small, have words in their place, say what they are, and
    fetch nothing. Without it: an empty frame on the first page.
    """
    shown = 0
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        if "_build" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        inline = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
        figures = re.findall(r"```\{figure\} (\S+)\n(.*?)```", text, re.S)
        assert all(":alt: " in options for _, options in figures), page
        for alt, name in [*inline, *(("there", name) for name, _ in figures)]:
            path = (page.parent / name).resolve()
            assert alt and path.is_file() and path.stat().st_size < 400_000, (page, name)
            if path.suffix == ".svg":
                svg = path.read_text(encoding="utf-8")
                assert 'xmlns="http://www.w3.org/2000/svg"' in svg[: svg.index(">")], path
                assert set(re.findall(r'href="#([^"]+)"', svg)) <= set(re.findall(r' id="([^"]+)"', svg))
                assert not re.search(r'(?:href|src)="(?!#)|url\((?!#)', svg)
            shown += 1
    assert shown >= 12


def test_the_check_of_pages_finds_what_is_wrong(tmp_path: Path) -> None:
    """Proves: a script, a font or a picture from another machine is found, and so is a dead link; plain links out are not.
    Without it: the check would pass on anything.
    """
    from check_built import problems

    assert problems(tmp_path) != []
    (tmp_path / "a.html").write_text(
        '<a href="https://example.org">out</a><a href="b.html#here">in</a><img src="p.png"><link rel="next" href="b.html">'
    )
    (tmp_path / "b.html").write_text('<p id="here"></p>')
    (tmp_path / "p.png").write_text("")
    assert problems(tmp_path) == []
    (tmp_path / "c.html").write_text(
        '<script src="https://example.org/x.js"></script><link rel="stylesheet" href="//example.org/x.css">'
        '<a href="b.html#there">x</a><a href="none.html">y</a>'
    )
    (tmp_path / "c.css").write_text("@font-face { src: url(https://example.org/f.woff2) }")
    told = "\n".join(problems(tmp_path))
    for part in (
        "loads https://example.org/x.js",
        "loads //example.org/x.css",
        "b.html#there",
        "none.html, which",
        "f.woff2",
    ):
        assert part in told
    assert len(problems(tmp_path)) == 5
