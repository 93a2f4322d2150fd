"""The door to the solver, by the names that the rest of the package uses."""

from __future__ import annotations

from straits.model.solver.answer import INFEASIBLE, OPTIMAL, STOPPED, UNBOUNDED, Answer, Trial
from straits.model.solver.door import Solver
from straits.model.solver.highs import version

__all__ = ["INFEASIBLE", "OPTIMAL", "STOPPED", "UNBOUNDED", "Answer", "Solver", "Trial", "version"]
