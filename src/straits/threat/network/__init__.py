"""Threats of a case: what an act would take from whom, and the games that follow."""
