"""Read a case into the arrays of a network."""

from straits.model.reading.assemble import read_network

__all__ = ["read_network"]
