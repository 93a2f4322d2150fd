"""What the page shows, as plain values: the scene of the map, an answer, code that gives the same."""
