"""Drawings and reports as PNG and PDF, set by Typst (extra `report`). Nothing is fetched: fonts are those of the machine."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from straits.errors import StraitsError

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def typst() -> Any:
    """Return the module of Typst.

    Raises
    ------
    StraitsError
        If it is not installed.
    """
    try:
        import typst as found
    except ImportError as error:
        raise StraitsError(
            "PNG and PDF need Typst; install it with: pip install 'straits[report]'. SVG and HTML need nothing more."
        ) from error
    return found


def size_of(svg: str) -> tuple[float, float]:
    """Return width and height of a drawing, pixels."""
    found = _SIZE.search(svg)
    return (float(found[1]), float(found[2])) if found else (1000.0, 600.0)


def drawing_bytes(svg: str, kind: str, width: int) -> bytes:
    """Return a drawing as a PNG of that many pixels or a PDF of one page.

    Raises
    ------
    StraitsError
        If Typst is not installed.
    """
    across, down = size_of(svg)
    page = (
        f'#set page(width: {across}pt, height: {down}pt, margin: 0pt)\n#image("drawing.svg", width: 100%)\n'
    )
    return compiled(page, {"drawing.svg": svg}, format=kind, ppi=72.0 * width / across)


def compiled(source: str, files: dict[str, str], **how: Any) -> bytes:
    """Return what Typst makes of a text and the files that it names."""
    module = typst()
    with tempfile.TemporaryDirectory(prefix="straits-") as folder:
        for name, text in {"main.typ": source, **files}.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        made = module.compile(str(Path(folder, "main.typ")), root=folder, **how)
    return made[0] if isinstance(made, list) else made
