"""What a solve can end with, and what was tried to get there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: What a solve can end with. `stopped`: no answer that could be believed.
OPTIMAL, INFEASIBLE, UNBOUNDED, STOPPED = "optimal", "infeasible", "unbounded", "stopped"


class Trial(NamedTuple):
    """One way in which a program was tried: which, and what came of it in words."""

    way: str
    outcome: str


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    status : str
        optimal, infeasible, unbounded or stopped.
    value : float
        Objective value (minimised).
    x, reduced_cost : ndarray, shape (columns,)
    row_value, dual : ndarray, shape (rows,)
    iterations : int
    seconds : float
    tried : tuple of Trial
        Empty where the first try was proved; else all tries, in order.
    """

    status: str
    value: float
    x: np.ndarray
    reduced_cost: np.ndarray
    row_value: np.ndarray
    dual: np.ndarray
    iterations: int
    seconds: float
    tried: tuple[Trial, ...] = ()

    @property
    def story(self) -> str:
        """What was tried, in words; empty where the first try was proved."""
        return "; ".join(f"{way}: {outcome}" for way, outcome in self.tried)
