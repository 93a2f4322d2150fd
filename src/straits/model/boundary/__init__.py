"""The ends of the axis: what is under way at the start, and what is left at the end is worth."""
