"""How large a case is, for the work that a report gives to questions of many variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.lp.parts.parted import labels

if TYPE_CHECKING:
    from straits.lp import Program

#: Variants times squared columns that hang together, for one question of a report.
WORK = 60_000_000_000


def most_variants(program: Program) -> int:
    """Return how many variants of a program a report solves for one question, by the size of the program alone.

    Notes
    -----
    Parts that share no row are solved apart, and a solve of the largest takes about as long as the square of its columns.
    """
    together = int(np.bincount(labels(program)[0]).max(initial=1))
    return max(1, WORK // together**2)
