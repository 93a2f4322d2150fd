"""A linear program with names, for scipy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

#: Name of a cell or row, such as `("flow", link, cargo, step)`.
Name = Any
INF = float("inf")


@dataclass
class Program:
    """Maximise worth over named cells, subject to named rows.

    Attributes
    ----------
    worth : dict of name to float
        What one unit in a cell brings.
    least, most : dict of name to float
        Ends of each cell.
    rows : dict of name to (terms, least, most)
    """

    worth: dict[Name, float] = field(default_factory=dict)
    least: dict[Name, float] = field(default_factory=dict)
    most: dict[Name, float] = field(default_factory=dict)
    rows: dict[Name, tuple[dict[Name, float], float, float]] = field(default_factory=dict)

    def cell(self, name: Name, worth: float = 0.0, least: float = 0.0, most: float = INF) -> None:
        """Add a cell."""
        self.worth[name], self.least[name], self.most[name] = worth, least, most

    def row(self, name: Name, terms: Mapping[Name, float], least: float = -INF, most: float = INF) -> None:
        """Add a row: `least` <= sum of terms <= `most`."""
        self.rows[name] = (dict(terms), least, most)

    def best(self) -> Best:
        """Find the best plan."""
        if any(self.least[n] > self.most[n] * (1 + 1e-12) + 1e-9 for n in self.worth):
            return Best("infeasible")
        names = list(self.worth)
        at = {name: j for j, name in enumerate(names)}
        equal, below = _Rows(), _Rows()
        for name, (terms, least, most) in self.rows.items():
            if least == most:
                equal.add(name, terms, least)
                continue
            if most < INF:
                below.add(name, terms, most)
            if least > -INF:
                below.add(name, {n: -v for n, v in terms.items()}, -least)
        found = linprog(
            [-self.worth[n] for n in names],
            A_ub=below.matrix(at),
            b_ub=below.limits or None,
            A_eq=equal.matrix(at),
            b_eq=equal.limits or None,
            bounds=[(self.least[n], max(self.most[n], self.least[n])) for n in names],
            method="highs-ds",
            options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )
        status = {0: "optimal", 2: "infeasible", 3: "unbounded"}.get(found.status, found.message)
        if status != "optimal":
            return Best(status)
        plan = dict(zip(names, found.x.tolist(), strict=True))
        prices = dict(zip(equal.names, (-found.eqlin.marginals).tolist(), strict=True)) if equal.names else {}
        return Best(status, -found.fun, plan, prices)


@dataclass
class Best:
    """The best plan of a program; `prices` are those of its equations."""

    status: str
    value: float = float("nan")
    plan: dict[Name, float] = field(default_factory=dict)
    prices: dict[Name, float] = field(default_factory=dict)


class _Rows:
    def __init__(self) -> None:
        self.names: list[Name] = []
        self.terms: list[Mapping[Name, float]] = []
        self.limits: list[float] = []

    def add(self, name: Name, terms: Mapping[Name, float], limit: float) -> None:
        self.names.append(name)
        self.terms.append(terms)
        self.limits.append(limit)

    def matrix(self, at: Mapping[Name, int]) -> Any:
        if not self.names:
            return None
        cells = [(i, at[n], v) for i, terms in enumerate(self.terms) for n, v in terms.items()]
        i, j, v = (np.array(part) for part in zip(*cells, strict=True)) if cells else (np.zeros(0),) * 3
        return coo_matrix((v, (i.astype(int), j.astype(int))), shape=(len(self.names), len(at))).tocsr()
