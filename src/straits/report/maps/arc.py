"""A link as a map draws it."""

from __future__ import annotations

from dataclasses import dataclass

from straits.report.maps.projection import Points


@dataclass(frozen=True)
class Arc:
    """A link as drawn: its line in pixels, and rates in the unit of the map."""

    name: str
    line: Points
    from_place: str
    to_place: str
    flow: float
    capacity: float
    change: float
    closed: bool
    lost: float
    loss: float = float("nan")
