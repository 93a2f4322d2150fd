"""Ways between two places: the quickest and the cheapest, what each costs, and in whose hands."""

from straits.ways.answer import routes

__all__ = ["routes"]
