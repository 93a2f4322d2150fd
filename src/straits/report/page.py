"""What a page is made of: sections of text, figures, tables and folds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from straits.report.table import Table


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and its table twin."""

    ident: str
    title: str
    svg: str
    caption: str
    twin: Table


@dataclass(frozen=True)
class Shown:
    """A table in the text: columns to show (default: all), and how many rows (default: all)."""

    table: Table
    columns: tuple[str, ...] = ()
    rows: int | None = None


@dataclass(frozen=True)
class Fold:
    """Blocks behind a heading that opens on click."""

    title: str
    blocks: list[Any]


@dataclass(frozen=True)
class Section:
    """A section: heading, paragraphs, then figures, tables and folds. `blocks` may also hold texts."""

    ident: str
    title: str
    blocks: list[Figure | Shown | Fold | str] = field(default_factory=list)


Block = Figure | Shown | Fold | str

__all__ = ["Block", "Figure", "Fold", "Section", "Shown", "Table"]
