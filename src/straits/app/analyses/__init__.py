"""Analyses that the page offers: one file each, found by its name; the frame of the page does not change for a new one.

A file of this folder that defines `ANALYSES` brings them in.
"""

from straits.app.analyses.registry import Analysis, Parameter, all_analyses, analysis

__all__ = ["Analysis", "Parameter", "all_analyses", "analysis"]
