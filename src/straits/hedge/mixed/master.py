"""The program over what can be built: a column for each option and one for the loss, and a row for each plane below it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from straits.errors import SolveError
from straits.hedge.choices import Choices, bits, rules_of
from straits.lp import Bounds, LinearProgram, Status
from straits.lp.mixed import solve_mixed

#: A part below this is nothing.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Chosen:
    """A portfolio that the program chose, and the bound that goes with it.

    Attributes
    ----------
    built : int
        Options, as bits.
    part : tuple of float
        Part of each.
    bound : float
        No portfolio that was allowed has less of what was minimised.
    """

    built: int
    part: tuple[float, ...]
    bound: float


class Master:
    """Chooses portfolios by the planes that are known to lie below their loss.

    Parameters
    ----------
    choices : Choices
    least : float
        Nothing loses less: what is lost where all is built.
    """

    def __init__(self, choices: Choices, least: float) -> None:
        self._choices, self._least = choices, least
        n = len(choices.ids)
        self._rules, self._most = rules_of(choices, {i: i for i in range(n)}, n, None)
        self._yearly = np.array([c.whole for c in choices.cost] + [c.fixed for c in choices.cost])
        # Costs of thousands and of millions alike: what a set costs is near 1.
        self._unit = max(float(sum(c.total for c in choices.cost)), 1e-12)
        self._planes: list[np.ndarray] = []
        self._heights: list[float] = []

    def add(self, slopes: np.ndarray, height: float) -> None:
        """Take up a plane: a portfolio loses no less than `height` and `slopes` times its parts."""
        self._planes.append(slopes)
        self._heights.append(height)

    def add_within(self, within: int, loss: float) -> None:
        """Take up that no set within another loses less than that one does."""
        n = len(self._choices.ids)
        gap = loss - self._least
        self._planes.append(
            np.concatenate([np.zeros(n), [0.0 if within >> i & 1 else -gap for i in range(n)]])
        )
        self._heights.append(loss)

    def least_loss(self, spend: float, seconds: float = np.inf) -> Chosen | None:
        """Return a portfolio within an amount that loses least by what is known; None if the time is up before one is found."""
        return self._solve(spend, np.inf, np.append(np.zeros(len(self._yearly)), 1.0), seconds)

    def least_cost(self, loss: float, seconds: float = np.inf) -> Chosen | None:
        """Return the cheapest portfolio that loses no more than an amount, by what is known."""
        return self._solve(np.inf, loss, np.append(self._yearly / self._unit, 0.0), seconds)

    def _solve(self, spend: float, loss: float, cost: np.ndarray, seconds: float) -> Chosen | None:
        n = len(self._choices.ids)
        rows = [sparse.hstack([self._rules, sparse.csr_matrix((len(self._most), 1))])]
        most = [self._most]
        if np.isfinite(spend):
            rows.append(sparse.csr_matrix(np.append(self._yearly / self._unit, 0.0)[None, :]))
            most.append(np.array([spend / self._unit]))
        size = max(1.0, *map(abs, self._heights), abs(self._least))
        if self._planes:
            planes = [p if len(p) == 2 * n else np.concatenate([p, np.zeros(n)]) for p in self._planes]
            rows.append(sparse.csr_matrix(np.column_stack([np.array(planes) / size, -np.ones(len(planes))])))
            most.append(-np.array(self._heights) / size)
        matrix = sparse.vstack(rows, format="csc")
        limits = np.concatenate(most)
        bounds = Bounds(
            np.append(np.zeros(2 * n), self._least / size), np.append(np.ones(2 * n), min(loss / size, np.inf)),
            np.full(len(limits), -np.inf), limits,
        )  # fmt: skip
        found = solve_mixed(LinearProgram(cost, matrix, bounds), np.arange(n, 2 * n), seconds=seconds)
        if found.status == Status.INFEASIBLE:
            return None
        if found.status != Status.OPTIMAL:
            if np.isfinite(seconds):
                return None
            raise SolveError(f"the program over what can be built ends {found.status}")
        part = [
            float(x) if y > 0.5 and x > _NOTHING else 0.0
            for x, y in zip(found.x[:n], found.x[n : 2 * n], strict=True)
        ]
        part = [1.0 if x > 1.0 - _NOTHING else x for x in part]
        built = sum(1 << i for i, x in enumerate(part) if x)
        unit = size if cost[-1] else self._unit
        return Chosen(built, tuple(part), found.bound * unit)

    def cost_of(self, chosen: Chosen) -> float:
        """Return what a portfolio costs in a year, million currency."""
        return float(sum(self._choices.cost[i].of(chosen.part[i]) for i in bits(chosen.built)))


__all__ = ["Chosen", "Master"]
