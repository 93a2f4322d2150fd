"""One linear model of a case: arrays, names of rows and columns, solutions, accounts by actor."""

from straits.lp import Bounds
from straits.model.assets import Cargo
from straits.model.availability import Effect, Factors, effects_of, factors_of
from straits.model.compiled import Model, compile_case, find_scenario, provenance_of, write_lp
from straits.model.formulation import Boundary, Formulation
from straits.model.network import Network
from straits.model.solution import Solution

__all__ = [
    "Boundary",
    "Bounds",
    "Cargo",
    "Effect",
    "Factors",
    "Formulation",
    "Model",
    "Network",
    "Solution",
    "compile_case",
    "effects_of",
    "factors_of",
    "find_scenario",
    "provenance_of",
    "write_lp",
]
