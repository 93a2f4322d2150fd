"""Small cases drawn at random, with every feature of the format that changes a number."""

from __future__ import annotations

import random

from straits.case import Case
from straits.testing.drawn.happening import Draw


def random_case(chance: int | random.Random = 0, *, generic: bool = False, hard: float = 0.1) -> Case:
    """Draw a small case with any of the features of the format.

    Parameters
    ----------
    chance : int or random.Random
        The same number draws the same case. A property test can give its own source, such as `hypothesis.strategies.randoms()`.
    generic : bool
        Whether numbers have many digits, so that the best plan is the only one.
    hard : float
        Share of promises, least outputs and ramps that nothing can buy off; these can make a case infeasible.

    Returns
    -------
    Case
        With one scenario, `stop`. It passes `check`; it may be infeasible.
    """
    source = chance if isinstance(chance, random.Random) else random.Random(chance)
    return Draw(source, generic=generic, hard=hard).case()


__all__ = ["Draw", "random_case"]
