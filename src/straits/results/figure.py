"""A drawing of a result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption, and the name of the table that holds its numbers.

    Attributes
    ----------
    title : str
    svg : str
        The drawing, one `<svg>` element.
    caption : str
    twin : str
        Name of the table of the same result that says in numbers what the drawing shows.
    """

    title: str
    svg: str
    caption: str
    twin: str
