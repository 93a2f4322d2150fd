"""What was decided before some step and cannot be changed any more: a plan that was under way, and the prices it was made at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Decided:
    """The past of a program that begins while a plan is under way.

    Attributes
    ----------
    day : date
        First day that is not decided.
    first : int
        Step in which it lies, which is decided again as a whole.
    columns, rows : ndarray of bool, shapes (columns,) and (rows,)
        Which are of the steps before.
    x, reduced_cost : ndarray, shape (columns,)
        The plan that was under way, to the end of the axis.
    dual : ndarray, shape (rows,)
    """

    day: dt.date
    first: int
    columns: np.ndarray
    rows: np.ndarray
    x: np.ndarray
    reduced_cost: np.ndarray
    dual: np.ndarray
