"""The way to a proved answer: ask, check against the program, work out afresh from the basis, ask in other ways."""
