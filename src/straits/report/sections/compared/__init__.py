"""What the scenarios change: maps, gains, routes, storage, bottlenecks."""
