"""Solve a case under a scenario with a stated foresight."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.engine.circles.uncircled import uncircled
from straits.engine.coarser import basis_in_finer_steps
from straits.engine.explain import explain, refused
from straits.engine.foresight.settled import of_model, settled, wish
from straits.engine.foresight.stepwise import Composite, rolling_windows, with_surprises
from straits.engine.steps import Fitted, fitted
from straits.errors import ModelError, SolveError
from straits.lp import Answer, Status
from straits.lp.session import Session
from straits.model import Model, Solution, compile_case, find_scenario, provenance_of
from straits.model.circles import Circle

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.lp.answer import Basis


@dataclass(frozen=True)
class Rolling:
    """Foresight of `window` steps: the first is carried out, then the window moves on."""

    window: int

    def __str__(self) -> str:
        return f"rolling({self.window})"


def rolling(window: int) -> Rolling:
    """Give the foresight that sees `window` steps.

    Raises
    ------
    ModelError
        If the window is not a positive whole number.
    """
    if not isinstance(window, int) or window < 1:
        raise ModelError(f"rolling({window!r}): the window must be a whole number of steps, 1 or more")
    return Rolling(window)


#: Legal status of acts that nobody is told of beforehand, unless the scenario says otherwise.
POLITICAL = ("ordered", "in_force")


def foresight_of(case: Case, scenario: Scenario | None) -> str:
    """Give the foresight of a scenario: its own, else surprise if a measure that acts in it was ordered or is in force.

    Works and weather may be expected; acts of states are not announced, and who knew of one would trade on it.
    """
    if scenario is None:
        return "perfect"
    if scenario.foresight is not None:
        return scenario.foresight
    rows = case.rows("measures")
    acts = [rows[key] for key in scenario.measures if key in rows and not rows[key].baseline]
    political = any(
        row.status in POLITICAL and ((row.factor is not None and row.factor < 1) or row.cost) for row in acts
    )
    return "surprise" if political else "perfect"


def read_foresight(foresight: str | Rolling | None, case: Case, scenario: Scenario | None) -> str | Rolling:
    """Give the foresight meant by a text such as `rolling(4)`; None is that of the scenario; see `foresight_of`.

    Raises
    ------
    ModelError
        If the text is none of the accepted ones.
    """
    if foresight is None:
        return foresight_of(case, scenario)
    if isinstance(foresight, Rolling) or foresight in ("perfect", "surprise"):
        return foresight
    if match := re.fullmatch(r"rolling\((\d+)\)", foresight):
        return rolling(int(match[1]))
    raise ModelError(f"foresight={foresight!r}: expected 'perfect', 'surprise' or 'rolling(n)' with n steps")


def solve(
    case: Case,
    scenario: Scenario | str | None = None,
    *,
    foresight: str | Rolling | None = None,
    tariffs: str | None = None,
    near: Solution | None = None,
    refine: bool = True,
) -> Solution:
    """Solve a case under a scenario.

    Parameters
    ----------
    case : Case
    scenario : Scenario or str, optional
        A scenario or the id of one of the case's. Default: the undisturbed case.
    foresight : {"perfect", "surprise", "rolling(n)"} or Rolling, optional
        perfect: everything is known from the start. surprise: each disruption becomes known on its day with the duration
        then expected; what lies before stays as decided and the rest is solved again. rolling(n): n steps are seen.
        Default: that of the scenario; see `foresight_of`.
    tariffs : {"paid", "internal"}, optional
        Whether shippers see tariffs as costs. Default: the setting of the case.
    near : Solution, optional
        Of the same case under another scenario. The solve starts from its optimum, so that among equally good plans and
        prices the parts that the scenario does not touch stay as they are there. One in longer steps is spread over the
        shorter ones. Ignored where rows or columns differ otherwise.
    refine : bool
        Whether steps are cut into shorter ones round disruptions of the scenario that last less than three of them; see
        `straits.engine.steps`. Either way `Solution.warnings` says so.

    Returns
    -------
    Solution

    Raises
    ------
    CaseError, ModelError
        If the case, the scenario or an argument is wrong.
    InfeasibleError
        If not everything that is hard can hold; names places, steps and rows in conflict.
    SolveError
        If the model has no finite optimum or the solver stopped.
    """
    scenario = find_scenario(case, scenario)
    fit = fitted(case, [scenario], refine=refine)
    return solve_fitted(fit, scenario, foresight=foresight, tariffs=tariffs, near=near)


def solve_fitted(
    fit: Fitted,
    scenario: Scenario | None,
    *,
    foresight: str | Rolling | None = None,
    tariffs: str | None = None,
    near: Solution | None = None,
) -> Solution:
    """Solve a scenario in steps that were chosen before, such as those of a scenario that is compared with it; see `solve`."""
    began = time.perf_counter()
    foresight = read_foresight(foresight, fit.asked, scenario)
    model = _compiled(fit, scenario, tariffs, near)
    compiled = time.perf_counter()
    start = None if near is None else _start_of(model, near)
    found = solve_model(model, foresight, start, under_way=near)
    how = {
        **provenance_of(fit.asked, model),
        "foresight": str(foresight),
        "solves": found.solves,
        "iterations": found.iterations,
        "tried": list(found.tried),
        "seconds_compile": compiled - began,
        "seconds_solve": time.perf_counter() - compiled,
        "columns": len(model.cost),
        "rows": model.matrix.shape[0],
        "duals": "last basis of the dual simplex; not unique where the optimum is degenerate",
    }
    if fit.told:
        how["short_for_steps"], how["refined"] = list(fit.told), fit.words
    return solution_of(model, found, how | told_circles(model, found))


def _start_of(model: Model, near: Solution) -> Basis | None:
    """Give the basis of another solution for a model: as it is, or spread over finer steps; None where entries differ."""
    if alike(near.model, model):
        return near.basis
    if near.network.T < model.network.T and near.basis is not None:
        return basis_in_finer_steps(near.model, near.basis, model)
    return None


def _compiled(fit: Fitted, scenario: Scenario | None, tariffs: str | None, near: Solution | None) -> Model:
    """Compile a scenario; where it only stops something of the case that `near` is of, there is nothing new but bounds."""
    if near is not None and scenario is not None:
        changes = scenario.changes or scenario.options or scenario.refine
        other, network = near.model.scenario, near.network
        plain = other is None or not (other.changes or other.options or other.refine)
        same = network.case is fit.case and network.tariffs == (tariffs or fit.case.settings.tariffs)
        if plain and same and not changes:
            return near.model.under_scenario(scenario)
    return compile_case(fit.case, scenario, tariffs=tariffs)


def told_circles(model: Model, found: Composite) -> dict[str, Any]:
    """Say what went round in plans that were passed over, and what the model could be worth at most; nothing if nothing did."""
    told: dict[str, Any] = {}
    if found.circles:
        told["circles"] = [_told(model, circle, circle in found.left) for circle in found.circles]
    if found.bound is not None:
        told["lp_value_at_most"] = -found.bound / 1000.0
    if found.uncircled_bound is not None:
        told["uncircled_value_at_most"] = -found.uncircled_bound / 1000.0
    return told


def _told(model: Model, circle: Circle, left: bool) -> dict[str, Any]:
    n = model.network
    cargo = n.cargoes[circle.cargo]
    return {
        "commodity": cargo.commodity,
        "origin": cargo.origin,
        "links": [n.link_ids[n.pair_link[p]] for p in circle.pairs],
        "first": n.steps.labels[int(circle.steps[0])],
        "last": n.steps.labels[int(circle.steps[-1])],
        "amount": circle.amount,
        "left": left,
    }


def alike(one: Model, other: Model) -> bool:
    """Whether rows and columns of two models mean the same, so that a basis of one is a basis of the other."""
    if one.formulation.columns is other.formulation.columns:
        return True

    def meaning(model: Model) -> list[list[str]]:
        layouts = (model.formulation.columns, model.formulation.rows)
        return [
            [
                f"{block.name} {block.label(entry)}"
                for block in layout.blocks.values()
                for entry in range(block.count)
            ]
            for layout in layouts
        ]

    return one.matrix.shape == other.matrix.shape and meaning(one) == meaning(other)


def solve_model(
    model: Model,
    foresight: str | Rolling = "perfect",
    basis: Basis | None = None,
    session: Session | None = None,
    starts: Sequence[Basis] = (),
    under_way: Solution | None = None,
) -> Composite:
    """Solve a compiled model with a foresight and give the raw values.

    Parameters
    ----------
    model : Model
    foresight : {"perfect", "surprise"} or Rolling
    basis : Basis, optional
        Of a like model, to start from.
    session : Session, optional
        In which a model with the same coefficients is loaded already. Default: a fresh one.
    starts : sequence of Basis
        Of a like model that was decided on the same days: those of its `Composite.bases`, instead of `basis`.
    under_way : Solution, optional
        With surprises: of the model with what is known at the start; see `with_surprises`. Prices of what news leaves behind are
        the nearest to its.
    """
    basis = starts[0] if starts else basis
    session = Session(model) if session is None else session.cold()
    if basis is not None:
        session.start_from(basis)
    if foresight == "surprise":
        wanted = under_way.dual if under_way is not None and alike(under_way.model, model) else None
        return with_surprises(model, session, starts, under_way, wanted)
    if isinstance(foresight, Rolling):
        return rolling_windows(model, session, foresight.window)
    first = demand_optimal(model, session.solve(model.bounds, model.cost))
    found = uncircled(
        model, model.bounds, first, lambda bounds: session.solve(bounds, model.cost), basis=session.basis()
    )
    if found.answer.status == Status.INFEASIBLE:
        raise explain(model, found.bounds)
    tried = (first.story,) if first.tried else ()
    bases = [session.basis()]
    x, last = settled(
        model,
        found.bounds,
        found.answer,
        wish(model),
        starts[1] if len(starts) > 1 else bases[0],
    )
    bases.append(last)
    return Composite(
        x, found.answer.dual, found.answer.reduced_cost, 1, first.iterations, of_model(model, last),
        tried, tuple(found.circles), tuple(found.left), found.bound if found.circles else None, tuple(bases),
        uncircled_bound=found.uncircled_bound if found.circles else None,
    )  # fmt: skip


def demand_optimal(model: Model, answer: Answer) -> Answer:
    """Give the answer if it is optimal, else raise what is wrong with the model."""
    if answer.status == Status.OPTIMAL:
        return answer
    if answer.status == Status.INFEASIBLE:
        raise explain(model)
    if answer.status == Status.UNBOUNDED:
        raise SolveError(
            "the model has no finite optimum: some unlimited supply reaches a market with unlimited demand over unlimited links "
            "at a gain. Give one of them a limit."
        )
    raise refused(model, answer)


def solution_of(model: Model, found: Composite, how: Mapping[str, Any] | None = None) -> Solution:
    """Wrap raw values as a `Solution`."""
    return Solution(
        model,
        np.asarray(found.x),
        found.dual,
        found.reduced_cost,
        Status.OPTIMAL,
        dict(how or {}),
        found.basis,
        found.remaining,
        found.agreed_before,
    )
