"""The network at rest: what is under way when the axis starts, and what is left when it ends is worth.

The undisturbed network is solved as one step as long as the whole axis, without transit time, storage or ramps. Its flows are on
their way when the axis starts, its prices value what is on its way or in store when it ends (the primal and dual equilibrium end
conditions of Grinold 1983, *Operations Research* 31(5), for truncated horizons).

Where the state at rest is degenerate a unit of cargo has several prices there. What one more unit would bring is the least of
them, the derivative of the value on that side; any other would make cargo worth more than anybody would give for it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from straits.case.timeaxis import Steps
from straits.errors import ModelError
from straits.lp import Answer, LinearProgram, Solver, Status
from straits.lp.optimal_set import Duals, Plans
from straits.model.assets import ContractRow, Tranche
from straits.model.coefficients import coefficients
from straits.model.explain import conflict_of
from straits.model.formulation import Boundary, Formulation
from straits.model.limits import Limits
from straits.model.network import Network

#: What a boundary at rest says of itself.
FLAT = "one average step, at rest"

_GOLDEN = (5.0**0.5 - 1.0) / 2.0
#: Weight of what tells equally good flows apart beside a day under way.
_UNEVEN = 1e-3


def steady_state(network: Network, question: str = "baseline", told: str = FLAT) -> Boundary:
    """Find the flows of the undisturbed network at rest, and what one more unit of cargo would bring there.

    Parameters
    ----------
    network : Network
    question : str
        Scenario it is for, in words of errors.
    told : str
        What the boundary says of itself.

    Returns
    -------
    Boundary

    Raises
    ------
    InfeasibleError
        If not everything that is hard can hold at rest.
    ModelError
        If there is no state of rest for another reason.
    """
    still = _at_rest(network)
    formulation = Formulation(still)
    program = LinearProgram(formulation.costs(), coefficients(formulation), Limits(formulation).undisturbed)
    answer = solved_at_rest(formulation, program, question)
    moving = Formulation(network)
    counted = np.union1d(moving.can_strand, moving.stock_at)
    at = formulation.balance_of[moving.balance_place[counted], moving.balance_cargo[counted]]
    price, full = np.zeros(moving.balance.count), np.zeros(moving.balance.count, dtype=bool)
    # Where cargo can only lie in store it is at no balance of the network at rest, and worth nothing.
    counted, at = counted[at >= 0], at[at >= 0]
    x = np.maximum(Plans(program, answer.x, answer.dual).least(preference(network, formulation)), 0.0)
    worth = _worth_of_more(program, x, answer.dual, formulation.balance.at(at, 0))
    price[counted], full[counted] = np.where(np.isfinite(worth), worth, 0.0), ~np.isfinite(worth)
    in_store = np.maximum(price[moving.stock_at], 0.0)
    return Boundary(x[formulation.flow.slice] / float(still.steps.days[0]), price, full, in_store, told)


def solved_at_rest(formulation: Formulation, program: LinearProgram, question: str) -> Answer:
    """Solve a program of the network at rest, or over a year that repeats.

    Raises
    ------
    InfeasibleError
        If not everything that is hard can hold at rest.
    ModelError
        If there is no optimum for another reason.
    """
    answer = Solver.of(program).run()
    if answer.status == Status.INFEASIBLE:
        raise conflict_of(
            formulation, program.matrix, program.bounds, f"{question}, at rest",
            "The network at rest is what runs before the start and after the end: with `boundary: empty` in the time settings "
            "there is none.",
        )  # fmt: skip
    if answer.status != Status.OPTIMAL:
        raise ModelError(
            f"the network at rest is {answer.status}{answer.told}, so there is no steady state from which the axis could start. "
            "Set `boundary: empty` in the time settings, or give limits to what has none."
        )
    return answer


def preference(network: Network, rest: Formulation) -> np.ndarray:
    """Give weights (columns,) whose least sum names one of several flows at rest that are equally good.

    The one with the least cargo under way, and, where that is the same, the least of a sum with weights as uneven as multiples of
    the golden ratio, so that the answer is the same whoever solves it.
    """
    weights, days = np.zeros(rest.columns.size), network.link_transit[network.pair_link]
    uneven = (np.arange(1, len(days) + 1) * _GOLDEN) % 1.0
    # Of a year that repeats, what was under way at the start entered in its last step.
    last = rest.flow.at(np.arange(len(days)), rest.flow.steps - 1)
    weights[last] = np.where(days > 0, days + _UNEVEN * uneven, 0.0)
    return weights


def _worth_of_more(program: LinearProgram, x: np.ndarray, dual: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Give what one more unit at each of some balances would bring: the least dual; minus infinity where there is no room."""
    duals, found = Duals(program, x, dual), dual[rows].copy()
    for i, row in enumerate(rows.tolist()):
        one = np.zeros(len(dual))
        one[row] = 1.0
        found[i] += duals.fall_of(one)
    return found


def _at_rest(network: Network) -> Network:
    """Put the whole axis into one step, without transit time, storage and ramps."""
    one = Steps(network.case.settings.time, whole=True)

    def total(per_step: np.ndarray) -> np.ndarray:
        # Exact, so that the state at rest does not depend on how a processor adds up.
        flat = [math.fsum(row) for row in per_step.reshape(-1, per_step.shape[-1])]
        return np.array(flat).reshape(*per_step.shape[:-1], 1)

    def mean(per_step: np.ndarray) -> np.ndarray:
        # What is the same in all steps stays as it is, to the last digit.
        same = (per_step == per_step[..., :1]).all(axis=-1, keepdims=True)
        return np.where(same, per_step[..., :1], total(per_step * network.steps.days) / float(one.days[0]))

    s, m = network.supplies, network.markets
    none = np.full(len(s.ids), np.nan)
    empty = np.empty(0, dtype=int)
    return replace(
        network,
        steps=one,
        link_transit=np.zeros(len(network.link_ids)),
        link_capacity=total(network.link_capacity),
        pair_cost=mean(network.pair_cost),
        pair_tariff=mean(network.pair_tariff),
        supplies=replace(
            s, capacity=total(s.capacity), cost=mean(s.cost), min_output=total(s.min_output), ramp_down=none, ramp_up=none
        ),
        markets=replace(
            m,
            tranches=[[Tranche(mean(t.price), total(t.width)) for t in curve] for curve in m.tranches],
            worlds=tuple(
                replace(w, price=mean(w.price), sold=total(w.sold), usual=total(w.sold), volume=total(w.volume))
                for w in m.worlds
            ),
        ),
        stores=replace(
            network.stores,
            ids=[], place=empty, capacity=np.empty((0, 1)), min_level=np.empty(0), in_rate=np.empty((0, 1)),
            out_rate=np.empty((0, 1)), cost=np.empty((0, 1)), stock_store=empty, stock_cargo=empty, stock_start=np.empty(0),
            reserve=np.empty((0, 1)), release_price=np.empty(0), released=np.empty((0, 1), dtype=bool), end_level=np.empty(0),
        ),
        fleets=replace(network.fleets, days=total(network.fleets.days)),
        contracts=replace(network.contracts, rows=_whole_contracts(network)),
        duties=tuple(
            d._replace(rate=total(d.rate * network.steps.days) / float(one.days[0])) for d in network.duties
        ),
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
