"""A drawing of a result."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from straits.errors import StraitsError


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


def map_for_notebook(shown: Any) -> dict[str, Figure]:
    """Return the map of something that has one as its only figure; none where no place has coordinates."""
    try:
        picture = sys.modules["straits"].draw_map(shown)
    except StraitsError:
        return {}
    return {"map": Figure(picture.title, picture.svg, picture.caption, "")}
