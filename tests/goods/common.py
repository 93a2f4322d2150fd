"""What the tests of this room share: files made of lines, and the real data where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

#: Real statistics that may lie beside the checkout; they are no part of the project.
TRADE = Path(__file__).parents[2].parent / "shared" / "trade"
real = pytest.mark.skipif(not TRADE.is_dir(), reason="the real data do not lie beside this checkout")


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file of lines; blanks before a line are left out."""
    path = folder / name
    path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", encoding="utf-8")
    return path
