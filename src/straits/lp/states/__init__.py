"""Values of a linear program in every state of its switches, with as few solves as can be proved to suffice."""
