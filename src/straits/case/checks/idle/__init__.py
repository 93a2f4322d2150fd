"""Restrictions that restrict nothing, and rows of a case that change nothing."""
