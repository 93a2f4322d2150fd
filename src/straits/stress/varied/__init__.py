"""One case with numbers varied: one at a time, and all together."""
