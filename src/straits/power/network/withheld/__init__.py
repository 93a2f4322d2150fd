"""What actors withhold, and what others lose by it."""
