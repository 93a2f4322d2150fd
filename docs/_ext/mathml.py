"""Formulas as MathML, which browsers draw by themselves: a page of the documentation asks for no script and no font."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def as_mathml(source: str, display: str = "inline") -> str:
    """Return a formula of LaTeX as MathML."""
    source = source.strip()
    # Several lines are set as one aligned block, as amsmath would.
    if display == "block" and "\\\\" in source and "\\begin" not in source:
        source = f"\\begin{{aligned}}{source}\\end{{aligned}}"
    # Inside a text an underscore needs no backslash, which would be shown.
    source = re.sub(r"\\text\{[^{}]*\}", lambda found: found[0].replace("\\_", "_"), source)
    # Braces that grow keep their backslash in the converter's output.
    return re.sub(r">\\([{}])<", r">\1<", convert(source, display=display))


def inline(writer: Any, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    writer.body.append(as_mathml(node.astext()))
    raise nodes.SkipNode


def display(writer: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    writer.body.append(f'<div class="formula">{as_mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True}
