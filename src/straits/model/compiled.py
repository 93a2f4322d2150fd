"""Compile a case once into one linear model; every question is then a change of its bounds."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from straits.case.built import standing
from straits.case.checks.scenarios import refuse_wrong
from straits.case.schema.settings import Scenario
from straits.errors import ModelError, did_you_mean
from straits.files import replacing
from straits.lp import Basis, Bounds, Solver, solver_version
from straits.lp.sifting.repeated import Repeated
from straits.model.assets import Premium
from straits.model.availability import Effect, Factors, Spans, effects_of, factors_from, factors_of, spans_of
from straits.model.boundary.rest import steady_state
from straits.model.boundary.seasons import seasonal_state, why_flat
from straits.model.coefficients import coefficients
from straits.model.formulation import LEVELS, Boundary, Formulation
from straits.model.limits import Limits
from straits.model.network import Network
from straits.model.reading import premiums_of, read_network
from straits.results.brief import Brief

if TYPE_CHECKING:
    from straits.case.case import Case

#: Last line of a whole file, by its ending.
_LAST = {".lp": b"end", ".mps": b"ENDATA"}


@dataclass(frozen=True)
class Decided:
    """The past of a program that begins while a plan is under way: what was decided, and at what prices.

    Attributes
    ----------
    day : date
        First day that is not decided.
    first : int
        Step in which it lies, which is decided again as a whole.
    columns, rows : ndarray of bool, shapes (columns,) and (rows,)
        Which are of the steps before.
    x, reduced_cost : ndarray, shape (columns,)
        The plan that was under way, to the end of the axis.
    dual : ndarray, shape (rows,)
    bases : tuple of Basis
        Of the solves that found it, where they are known: a like model can start from them.
    """

    day: dt.date
    first: int
    columns: np.ndarray
    rows: np.ndarray
    x: np.ndarray
    reduced_cost: np.ndarray
    dual: np.ndarray
    bases: tuple[Basis, ...] = ()


@dataclass(frozen=True, repr=False)
class Model(Brief):
    """A compiled case: arrays of one linear model, and the names of its rows and columns.

    Attributes
    ----------
    formulation : Formulation
        Layout and equations.
    matrix : scipy.sparse.csc_matrix, shape (rows, columns)
    cost : ndarray, shape (columns,)
        Minimised; thousand currency.
    effects : tuple of Effect
        Physical effects that act in the scenario the model was compiled for.
    bounds : Bounds
        Bounds under these effects.
    scenario : Scenario or None
    decided : Decided or None
        What was decided before news came and is fixed in the bounds; None: nothing.
    reference_dual : ndarray, shape (rows,), or None
        Duals of the model that those of its variants are to be nearest to; None: those that its solve ends with.
    """

    formulation: Formulation
    matrix: sparse.csc_matrix
    cost: np.ndarray
    effects: tuple[Effect, ...]
    bounds: Bounds
    scenario: Scenario | None
    decided: Decided | None = None
    reference_dual: np.ndarray | None = None

    @property
    def network(self) -> Network:
        """The case in arrays."""
        return self.formulation.network

    @property
    def case(self) -> Case:
        """The case, with the changes of the scenario."""
        return self.network.case

    @cached_property
    def repeated(self) -> Repeated:
        """How rows and columns repeat themselves in time."""
        f = self.formulation
        balance = np.zeros(f.rows.size, dtype=bool)
        balance[f.balance.slice] = True
        days = np.asarray(f.network.steps.days, dtype=float)
        late = sum(
            len(landed) * int((np.bincount(f.transit[transit].departure) > 1).sum())
            for transit, landed in f.by_transit()
        )
        return Repeated(
            f.columns.places(LEVELS), f.rows.places(), balance, days, late / max(f.columns.size, 1)
        )

    @cached_property
    def limits(self) -> Limits:
        """What each asset limits."""
        return Limits(self.formulation)

    def bounds_under(self, effects: Iterable[Effect]) -> Bounds:
        """Bounds when these effects act instead of the model's own."""
        return self.limits.under(factors_of(self.network, effects))

    def under_scenario(self, scenario: Scenario | None) -> Model:
        """Give the model of a scenario that changes nothing but what acts: no cell, option or step of the case."""
        effects = tuple(effects_of(self.case, scenario))
        made = replace(self, effects=effects, bounds=self.bounds_under(effects), scenario=scenario)
        vars(made)["limits"] = self.limits
        premiums = premiums_of(self.network, scenario)
        if premiums or self.network.premiums:
            formulation = self.formulation.on(replace(self.network, premiums=premiums))
            made = replace(made, formulation=formulation, cost=formulation.costs())
            vars(made)["limits"] = self.limits.on(formulation)
        return made

    @property
    def news(self) -> tuple[Effect | Premium, ...]:
        """All that becomes known on a day: physical effects, and what measures add to costs."""
        return (*self.effects, *self.network.premiums)

    def cost_under(self, premiums: Iterable[Premium]) -> np.ndarray:
        """Cost of the columns when these premiums are believed in instead of the model's own, shape (columns,)."""
        if not self.network.premiums:
            return self.cost
        flow = self.formulation.flow
        change = self.network.added_cost(premiums) - self.network.added_cost(self.network.premiums)
        cost = self.cost.copy()
        cost[flow.slice] += change.ravel()
        return cost

    @cached_property
    def spans(self) -> Spans:
        """Intervals of the model's own effects, by asset."""
        return spans_of(self.network, self.effects)

    @cached_property
    def factors(self) -> Factors:
        """Share of capacity that the model's own effects leave."""
        return factors_from(self.network, self.spans)

    @cached_property
    def hash(self) -> str:
        """Fingerprint of the arrays: two models with the same hash have the same answers."""
        digest = hashlib.sha256()
        b, m = self.bounds, self.matrix
        for array in (
            self.cost, m.indptr, m.indices, m.data, b.column_lower, b.column_upper, b.row_lower, b.row_upper,
        ):  # fmt: skip
            digest.update(np.ascontiguousarray(array).tobytes())
        if self.decided is not None:
            # Accounts of the past are at its prices.
            digest.update(self.decided.dual[self.decided.rows].tobytes())
        if self.reference_dual is not None:
            # And those of variants lean on these.
            digest.update(self.reference_dual.tobytes())
        return digest.hexdigest()

    def prices(self, dual: np.ndarray, reduced_cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the duals of rows and columns at which steps were decided: of the past those of its plan, else those given."""
        past = self.decided
        if past is None:
            return dual, reduced_cost
        return np.where(past.rows, past.dual, dual), np.where(past.columns, past.reduced_cost, reduced_cost)

    def row_name(self, index: int) -> str:
        """Name of a row, for example `balance(aktau,crude.KAZ,2022-01-01)`."""
        return self.formulation.rows.name(index, self.network.steps.labels)

    def column_name(self, index: int) -> str:
        """Name of a column, for example `flow(cpc,crude.KAZ,2022-01-01)`."""
        return self.formulation.columns.name(index, self.network.steps.labels)

    def write(self, path: str | Path) -> None:
        """Write the model as LP or MPS, by the ending of the path, with the names of rows and columns.

        Raises
        ------
        ModelError
            If the ending is neither .lp nor .mps, or the file cannot be written.
        """
        path = Path(path)
        if path.suffix not in _LAST:
            raise ModelError(f"cannot write a model to {path.name}: expected a name that ends in .lp or .mps")
        solver = Solver.of(self)
        columns = [self.column_name(j) for j in range(len(self.cost))]
        rows = [self.row_name(i) for i in range(self.matrix.shape[0])]
        try:
            # HiGHS crashes where it cannot open the file, and does not say where the disk was full before the end.
            with replacing(path) as beside:
                solver.write(beside, columns, rows)
                if not _ends(beside, _LAST[path.suffix]):
                    raise ModelError(f"{path}: the disk took only a part of the model; make room")
        except OSError as error:
            raise ModelError(f"{path}: the model cannot be written: {error.strerror}") from error


def _ends(path: Path, last: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 64, 0))
        return file.read().rstrip().endswith(last)


def provenance_of(case: Case, model: Model) -> dict[str, Any]:
    """Return what every answer says of where it comes from: case, case_hash, model_hash, scenario, tariffs, solver.

    Parameters
    ----------
    case : Case
        As asked; the case of the model has the changes of the scenario as well.
    model : Model
    """
    return {
        "case": case.settings.id,
        "case_hash": case.hash,
        "model_hash": model.hash,
        "scenario": model.scenario.id if model.scenario else "baseline",
        "tariffs": model.network.tariffs,
        "boundary": boundary.told if (boundary := model.formulation.boundary) else "empty, or nothing waits",
        "solver": solver_version(),
    }


def compile_case(
    case: Case,
    scenario: Scenario | str | None = None,
    *,
    tariffs: str | None = None,
    disturbed: bool = True,
    boundary: Boundary | None = None,
) -> Model:
    """Compile a case, under a scenario, into arrays.

    Parameters
    ----------
    case : Case
    scenario : Scenario or str, optional
        A scenario or the id of one of the case's. Default: the undisturbed case.
    tariffs : {"paid", "internal"}, optional
        Default: the setting of the case.
    disturbed : bool
        Whether the physical effects of measures and disruptions set the bounds, and measures add to costs. False gives the same
        model before them.
    boundary : Boundary, optional
        What runs before the start and after the end, of a like model. Default: worked out, where the case asks for it.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If the case or scenario is wrong.
    ModelError
        If the steady state before the start does not exist.
    """
    scenario = find_scenario(case, scenario)
    network = read_network(case, scenario, tariffs)
    if boundary is None and _needs_boundary(network):
        boundary = _boundary(network, scenario, tariffs)
    if disturbed:
        network = replace(network, premiums=premiums_of(network, scenario))
    formulation = Formulation(network, boundary)
    if boundary is not None and not _fits(boundary, formulation):
        raise ModelError(
            "what runs before the start and after the end is of a model with other rows and columns"
        )
    effects = tuple(effects_of(network.case, scenario)) if disturbed else ()
    limits = Limits(formulation)
    made = Model(
        formulation=formulation,
        matrix=coefficients(formulation),
        cost=formulation.costs(),
        effects=effects,
        bounds=limits.under(factors_of(network, effects)),
        scenario=scenario,
    )
    vars(made)["limits"] = limits
    return made


def write_lp(case: Case, path: str | Path, scenario: Scenario | str | None = None) -> None:
    """Write the linear model of a case as LP or MPS, with the names of its rows and columns.

    Parameters
    ----------
    case : Case
    path : str or Path
        Ends in .lp or .mps.
    scenario : Scenario or str, optional
        Default: the undisturbed case.

    Raises
    ------
    ModelError
        If no model can be built, or the file cannot be written.
    """
    compile_case(case, scenario).write(path)


def find_scenario(case: Case, scenario: Scenario | str | None) -> Scenario | None:
    """Give a scenario by its id; `None` and `"baseline"` are the case without any.

    Raises
    ------
    ModelError
        If the case has no such scenario, or it is something else.
    CaseError
        If one that was made in memory names what is not in the case, or a period of it ends before it begins.
    """
    if scenario is None or scenario == "baseline":
        return None
    if isinstance(scenario, str):
        if scenario not in case.scenarios:
            raise ModelError(
                f"case {case.settings.id} has no scenario {scenario!r}; it has {', '.join(case.scenarios) or 'none'}"
                f"{did_you_mean(scenario, case.scenarios)}"
            )
        return case.scenarios[scenario]
    if not isinstance(scenario, Scenario):
        raise ModelError(
            f"scenario={scenario!r}: expected the id of a scenario of the case, or a straits.case.Scenario made in Python"
        )
    if case.scenarios.get(scenario.id) is not scenario:
        refuse_wrong(case, scenario)
    return scenario


def _boundary(network: Network, scenario: Scenario | None, tariffs: str | None) -> Boundary:
    """Find what runs before the start and after the end: one average step at rest, or a year that repeats.

    Where options of the scenario begin to work or cease within the axis, two: goods on their way at the start are those of the
    network as it stood before it, and what is left at the end is worth what the network as it then stands makes of it.
    """
    if scenario is not None and scenario.decisions:
        case, axis = network.case, network.case.settings.time
        # The case of the network has its changes and steps already.
        bare = scenario.model_copy(update={"changes": (), "refine": ()})
        ends = [
            standing(bare, case.rows("options"), day) for day in (axis.start - dt.timedelta(days=1), axis.end)
        ]
        before, after = (_boundary(read_network(case, there, tariffs), there, tariffs) for there in ends)
        return replace(after, flow=before.flow)
    question = scenario.id if scenario else "baseline"
    flat = why_flat(network.case)
    return (
        seasonal_state(network, scenario, tariffs, question)
        if flat is None
        else steady_state(network, question, flat)
    )


def _fits(boundary: Boundary, f: Formulation) -> bool:
    counts = (f.flow.count, f.balance.count, f.stock.count)
    return counts == (len(boundary.flow), len(boundary.price), len(boundary.in_store))


def _needs_boundary(network: Network) -> bool:
    steady = network.case.settings.time.boundary == "steady"
    return steady and bool(network.stores.ids or np.any(network.link_transit > 0))
