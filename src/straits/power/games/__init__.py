"""Cooperative games by themselves: what coalitions are worth is given; how to divide it is the question."""
