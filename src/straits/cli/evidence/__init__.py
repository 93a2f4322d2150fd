"""`straits evidence`: from press report to sourced claim, dated event and row of a case."""

from __future__ import annotations

from straits.cli.evidence import bulk as bulk
from straits.cli.evidence import review as review
from straits.cli.evidence import use as use
from straits.cli.evidence.base import evidence_app

__all__ = ["evidence_app"]
