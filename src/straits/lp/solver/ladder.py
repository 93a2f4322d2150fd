"""Other ways to ask for the same answer, where the first gave none that could be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from straits.lp import tolerance

#: Options of the solver.
Options = Mapping[str, bool | int | float | str]


@dataclass(frozen=True)
class Rung:
    """One way to solve a program again.

    Attributes
    ----------
    way : str
        What it is called.
    options : dict
        Of the solver.
    rescaled : bool
        Whether the numbers of each row and column are brought near 1 first.
    from_basis : bool
        Whether it starts from the basis that the first try ended with, if that claims an optimum.
    from_start : bool
        Whether it starts from the basis that the first try was told to start from, if that gave no answer.
    """

    way: str
    options: Options = field(default_factory=dict)
    rescaled: bool = False
    from_basis: bool = False
    from_start: bool = False


#: Options under which a basis must keep all conditions far better than by default, which is 1e-7.
TIGHT: Options = {
    "primal_feasibility_tolerance": tolerance.TIGHT,
    "dual_feasibility_tolerance": tolerance.TIGHT,
}

_OFF: Options = {"presolve": "off"}
_EXACT: Options = {"dual_simplex_cost_perturbation_multiplier": 0.0}
_PRIMAL: Options = {"presolve": "off", "simplex_strategy": 4}
_INTERIOR: Options = {"solver": "ipm", "run_crossover": "on"}

# Some programs of networks in time make HiGHS give up ("Not Set") by one scaling or perturbation and not by another.
#: In the order in which they are tried: what is nearest to the first try, and cheapest, comes first.
LADDER = (
    Rung("from its basis", {**_OFF, **TIGHT}, from_basis=True),
    # Perturbed costs lead a few of the warm solves of cases with goods of very different size past the optimum ("Unknown").
    Rung("from its start, without perturbation", {**_OFF, **_EXACT}, from_start=True),
    Rung("from nothing"),
    Rung("without presolve", _OFF),
    Rung("with presolve", {"presolve": "on"}),
    Rung("rescaled", rescaled=True),
    Rung("rescaled, without presolve", _OFF, rescaled=True),
    Rung("scaled by the largest", {**_OFF, "simplex_scale_strategy": 4}),
    Rung("unscaled", {**_OFF, "simplex_scale_strategy": 0}),
    Rung("without perturbation", {**_OFF, **_EXACT}),
    Rung("primal simplex", _PRIMAL),
    Rung("rescaled, primal simplex", _PRIMAL, rescaled=True),
    Rung("interior point with crossover", _INTERIOR),
    Rung("rescaled, interior point with crossover", _INTERIOR, rescaled=True),
)
