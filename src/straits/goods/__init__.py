"""Trade that changes its path: what is unexplained, under which assumption, how sure, and what would settle it.

A statistic, a declaration, a waybill and a quoted number are statements: who says, from, to, which good, when, how much, on which
basis, in which edition. Answers are ranges over named assumptions, with the rows behind them. A pattern is not proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.goods.into_case import to_case as to_case
    from straits.goods.picking import pick as pick
    from straits.goods.reading import check as check
    from straits.goods.reading import read as read
    from straits.goods.screening.question import screen as screen
    from straits.goods.statistics.diversion import divert as divert
    from straits.goods.statistics.likeforlike import growth as growth
    from straits.goods.statistics.mirror import gap as gap
    from straits.goods.statistics.passing import reexport as reexport
    from straits.goods.statistics.poisson import ppml as ppml
    from straits.goods.statistics.quoted import claim as claim
    from straits.goods.statistics.surging import surges as surges
    from straits.goods.tracing.question import trace as trace

# Loaded on first use. No module has the name of a function: importing it would hide the function.
_HOME = {
    "check": "straits.goods.reading",
    "claim": "straits.goods.statistics.quoted",
    "divert": "straits.goods.statistics.diversion",
    "gap": "straits.goods.statistics.mirror",
    "growth": "straits.goods.statistics.likeforlike",
    "pick": "straits.goods.picking",
    "ppml": "straits.goods.statistics.poisson",
    "read": "straits.goods.reading",
    "screen": "straits.goods.screening.question",
    "reexport": "straits.goods.statistics.passing",
    "surges": "straits.goods.statistics.surging",
    "to_case": "straits.goods.into_case",
    "trace": "straits.goods.tracing.question",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
