"""Say why a model is infeasible; see `straits.model.explain`."""

from __future__ import annotations

from straits.errors import InfeasibleError
from straits.model import Bounds, Model
from straits.model.explain import conflict_of


def explain(model: Model, bounds: Bounds | None = None) -> InfeasibleError:
    """Find what cannot hold and give it as an error.

    Parameters
    ----------
    model : Model
    bounds : Bounds, optional
        Default: those of the model.

    Returns
    -------
    InfeasibleError
        To be raised by the caller. Its `conflicts` name the rows that cannot hold and the limits in conflict with them.
    """
    question = model.scenario.id if model.scenario else "baseline"
    return conflict_of(model.formulation, model.matrix, bounds or model.bounds, question)
