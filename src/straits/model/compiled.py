"""Compile a case once into one linear model; every question is then a change of its bounds."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from straits.case.timeaxis import Steps
from straits.errors import ModelError, did_you_mean
from straits.files import replacing
from straits.model import highs
from straits.model.availability import Effect, Factors, Spans, effects_of, factors_from, factors_of, spans_of
from straits.model.formulation import Boundary, Bounds, Formulation
from straits.model.network import ContractRow, Network
from straits.model.read import read_network
from straits.results.brief import Brief

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.settings import Scenario

#: Last line of a whole file, by its ending.
_LAST = {".lp": b"end", ".mps": b"ENDATA"}


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
    """

    formulation: Formulation
    matrix: sparse.csc_matrix
    cost: np.ndarray
    effects: tuple[Effect, ...]
    bounds: Bounds
    scenario: Scenario | None

    @property
    def network(self) -> Network:
        """The case in arrays."""
        return self.formulation.network

    @property
    def case(self) -> Case:
        """The case, with the changes of the scenario."""
        return self.network.case

    def bounds_under(self, effects: Iterable[Effect]) -> Bounds:
        """Bounds when these effects act instead of the model's own."""
        return self.formulation.bounds(factors_of(self.network, effects))

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
        return digest.hexdigest()

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
        b = self.bounds
        solver = highs.Solver(
            self.cost, self.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper
        )
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
        "solver": highs.version(),
    }


def compile_case(
    case: Case, scenario: Scenario | str | None = None, *, tariffs: str | None = None, disturbed: bool = True
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
        Whether the physical effects of measures and disruptions set the bounds. False gives the same model before them.

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
    boundary = _steady_state(network) if _needs_boundary(network) else None
    formulation = Formulation(network, boundary)
    effects = tuple(effects_of(network.case, scenario)) if disturbed else ()
    return Model(
        formulation=formulation,
        matrix=formulation.matrix(),
        cost=formulation.costs(),
        effects=effects,
        bounds=formulation.bounds(factors_of(network, effects)),
        scenario=scenario,
    )


def find_scenario(case: Case, scenario: Scenario | str | None) -> Scenario | None:
    """Give a scenario by its id; `None` and `"baseline"` are the case without any.

    Raises
    ------
    ModelError
        If the case has no such scenario.
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
    return scenario


def _needs_boundary(network: Network) -> bool:
    steady = network.case.settings.time.boundary == "steady"
    return steady and bool(network.stores.ids or np.any(network.link_transit > 0))


def _steady_state(network: Network) -> Boundary:
    """Find the flows and local prices of the undisturbed network at rest.

    One step as long as the whole axis, without transit time, storage or ramps: its flows are on their way when the axis
    starts, its prices value what is on its way or in store when it ends (the primal and dual equilibrium end conditions
    of Grinold 1983, *Operations Research* 31(5), for truncated horizons).
    """
    still = _at_rest(network)
    formulation = Formulation(still)
    bounds = formulation.bounds(Factors())
    solver = highs.Solver(
        formulation.costs(), formulation.matrix(), bounds.column_lower, bounds.column_upper, bounds.row_lower,
        bounds.row_upper,
    )  # fmt: skip
    answer = solver.run()
    if answer.status != highs.OPTIMAL:
        tried = f"; tried: {answer.story}" if answer.tried else ""
        raise ModelError(
            f"the network at rest is {answer.status}{tried}, so there is no steady state from which the axis could start. Set "
            "`boundary: empty` in the time settings, or find the conflict with straits.engine.explain."
        )
    days = float(still.steps.days[0])
    moving = Formulation(network)
    price = np.zeros(moving.balance.count)
    price[moving.balance_of[formulation.balance_place, formulation.balance_cargo]] = answer.dual[
        formulation.balance.slice
    ]
    return Boundary(flow=answer.x[formulation.flow.slice] / days, price=price)


def _at_rest(network: Network) -> Network:
    """Put the whole axis into one step, without transit time, storage and ramps."""
    one = Steps(network.case.settings.time, whole=True)

    def total(per_step: np.ndarray) -> np.ndarray:
        # Exact, so that the state at rest does not depend on how a processor adds up.
        flat = [math.fsum(row) for row in per_step.reshape(-1, per_step.shape[-1])]
        return np.array(flat).reshape(*per_step.shape[:-1], 1)

    s, m = network.supplies, network.markets
    none = np.full(len(s.ids), np.nan)
    empty = np.empty(0, dtype=int)
    return replace(
        network,
        steps=one,
        link_transit=np.zeros(len(network.link_ids)),
        link_capacity=total(network.link_capacity),
        supplies=replace(s, capacity=total(s.capacity), min_output=total(s.min_output), ramp_down=none, ramp_up=none),
        markets=replace(m, tranches=[[t._replace(width=total(t.width)) for t in curve] for curve in m.tranches]),
        stores=replace(
            network.stores,
            ids=[], place=empty, capacity=np.empty(0), min_level=np.empty(0), in_rate=np.empty((0, 1)),
            out_rate=np.empty((0, 1)), cost=np.empty(0), stock_store=empty, stock_cargo=empty, stock_start=np.empty(0),
        ),
        fleets=replace(network.fleets, days=total(network.fleets.days)),
        contracts=replace(network.contracts, rows=_whole_contracts(network)),
    )  # fmt: skip


def _whole_contracts(network: Network) -> list[ContractRow]:
    """Add up the periods of each contract that holds over the whole axis; others do not bind a state at rest."""
    days = network.steps.days
    found = []
    for c, key in enumerate(network.contracts.ids):
        rows = [r for r in network.contracts.rows if r.contract == c]
        if np.isclose(sum(r.weight @ days for r in rows), days.sum()):
            found.append(ContractRow(c, key, np.ones(1), sum(r.amount for r in rows)))
    return found
