"""Plans in which no cargo goes round: what keeps it from going straight back, and the search."""
