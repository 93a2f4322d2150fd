"""Read a case into the arrays of a network."""

from straits.model.reading.assemble import read_network
from straits.model.reading.premiums import premiums_of

__all__ = ["premiums_of", "read_network"]
