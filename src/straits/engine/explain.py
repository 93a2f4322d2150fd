"""Say why a model has no answer: what cannot hold together, or what the solver gave up on."""

from __future__ import annotations

import numpy as np

from straits.case.checks.sizes import extremes, told
from straits.errors import InfeasibleError, SolveError
from straits.lp import Answer
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


def refused(model: Model, answer: Answer, what: str = "") -> SolveError:
    """Give the error for an answer that is none: of which question, what was tried, and how far its numbers lie apart.

    Parameters
    ----------
    model : Model
    answer : Answer
    what : str
        The question. Default: the scenario of the model.
    """
    what = what or (f"scenario {model.scenario.id}" if model.scenario else "baseline")
    b = model.bounds
    columns, rows = model.column_name, model.row_name
    matrix = model.matrix.tocoo()
    lines = [
        _range("costs", model.cost, columns),
        _range("coefficients", matrix.data, lambda k: f"{rows(matrix.row[k])} of {columns(matrix.col[k])}"),
        _range("bounds of columns", np.maximum(_finite(b.column_lower), _finite(b.column_upper)), columns),
        _range("bounds of rows", np.maximum(_finite(b.row_lower), _finite(b.row_upper)), rows),
    ]
    cells = [f"  {told(kind, *ends)}" for kind, ends in extremes(model.case).items()]
    return SolveError(
        "\n".join(
            [
                f"{model.case.settings.id}, {what}: the solver found no answer that could be believed{answer.told}.",
                "Its numbers:",
                *(line for line in lines if line),
                *(["from these cells of the case:", *cells] if cells else []),
                "Numbers of one kind that lie closer together are solved more surely.",
            ]
        )
    )


def _range(kind: str, values: np.ndarray, name) -> str:  # type: ignore[no-untyped-def]
    sizes = np.abs(values)
    there = np.flatnonzero((sizes > 0) & np.isfinite(sizes))
    if not len(there):
        return ""
    least, most = (int(there[i]) for i in (sizes[there].argmin(), sizes[there].argmax()))
    return f"  {kind} from {sizes[least]:.3g} ({name(least)}) to {sizes[most]:.3g} ({name(most)})"


def _finite(bound: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(bound), np.abs(bound), 0.0)
