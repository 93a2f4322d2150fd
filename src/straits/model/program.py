"""What every linear program has, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from straits.model.limits import Bounds


class Program(Protocol):
    """A linear program: minimise cost x with bounds on x and on matrix x."""

    @property
    def cost(self) -> np.ndarray:
        """Shape (columns,)."""

    @property
    def matrix(self) -> sparse.csc_matrix:
        """Shape (rows, columns)."""

    @property
    def bounds(self) -> Bounds:
        """Of columns and rows."""
