"""Best replies to closures and histories with sets of options built, each solved once for all sets that it answers."""
