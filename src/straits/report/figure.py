"""What a figure of the report is."""

from __future__ import annotations

from dataclasses import dataclass

from straits.report.writing.tables import Table


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and its table twin."""

    ident: str
    title: str
    svg: str
    caption: str
    twin: Table
