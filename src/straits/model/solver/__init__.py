"""Linear programs and their proved answers: one door to the solver, which knows no word of trade."""

from straits.model.solver.answer import INFEASIBLE, OPTIMAL, STOPPED, UNBOUNDED, Answer, Trial
from straits.model.solver.door import Solver

__all__ = ["INFEASIBLE", "OPTIMAL", "STOPPED", "UNBOUNDED", "Answer", "Solver", "Trial"]
