"""Portfolios of many options, or of parts of options: one mixed-integer program, told of attacks and losses as they are found."""
