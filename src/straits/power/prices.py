"""How far accounts are determined: their least and greatest values over all local prices that support an optimum.

Where an optimum is degenerate, local prices are not unique, and accounts, which divide the joint value by them, are not
either. An account is linear in the prices, so its extremes are one-sided derivatives of the optimum in the direction in
which the actor's own activities feed the places (linear programming duality): a solve with right-hand sides moved a little
that way, or against it, ends at prices where the account is least, or greatest. A move may be too large and pass to another
optimum, so prices count only if they support the plan before the move (complementary slackness); otherwise a smaller one is
tried."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from straits.engine import Session
from straits.model import Bounds, Model, Solution, highs
from straits.model.accounts import owners
from straits.power.games import Array
from straits.power.withheld import copy_of

#: Largest moves of a right-hand side to try, in the units of the case: above the solver's tolerance of 1e-7.
MOVES = (1e-4, 1e-5, 1e-6)
#: Share of the cost of a plan by which prices may fail to support it.
SLACK = 1e-9
#: Prices below this are rounding, thousand currency per unit.
PRICE = 1e-7


class Holdings:
    """Which part of each column and row of a model belongs to which player, as accounts count it.

    Parameters
    ----------
    model : Model
    speaker : mapping of actor to player
    n : int
        Number of players.
    """

    def __init__(self, model: Model, speaker: Mapping[str, int], n: int) -> None:
        self.model, self._speaker, self._n = model, speaker, n
        net, f = model.network, model.formulation
        self.columns = np.zeros((n, model.matrix.shape[1]))
        self.rows = np.zeros((n, model.matrix.shape[0]))
        for s, key in enumerate(net.supplies.ids):
            place = int(net.supplies.place[s])
            self._give(
                self.columns,
                f.supply.every(np.array([s])),
                owners(net, key, place, net.territory_of_place(place)),
            )
        for p, a in enumerate(net.pair_link):
            shares = owners(net, net.link_ids[a], None, min(net.crossed(int(a)), default=None))
            self._give(self.columns, f.flow.every(np.array([p])), shares)
        rows = net.case.rows("markets")
        for q, m in enumerate(net.markets.sale_market):
            key = net.markets.ids[m]
            buyer = rows[key].buyer or net.territory_of_place(int(net.markets.place[m]))
            self._give(self.columns, f.sale.every(np.array([q])), {buyer or "": 1.0})
        for j, h in enumerate(net.stores.stock_store):
            place = int(net.stores.place[h])
            shares = owners(net, net.stores.ids[h], place, net.territory_of_place(place))
            self._give(self.columns, f.stock.every(np.array([j])), shares)
        for j, b in enumerate(f.can_strand):
            self._give(
                self.columns, f.stranded.every(np.array([j])), {net.cargoes[f.balance_cargo[b]].origin: 1.0}
            )
        for i, key in enumerate(net.fleets.ids):
            self._give(self.rows, f.fleet_days.every(np.array([i])), owners(net, key))
        contracts = net.case.rows("contracts")
        for r, period in enumerate(net.contracts.rows):
            row = contracts[net.contracts.ids[period.contract]]
            kind, index = net.contracts.asset[period.contract]
            at = {"supply": net.supplies.place, "market": net.markets.place}.get(kind)
            shares = owners(net, row.asset, int(at[index]) if at is not None else None, None)
            self._give(self.rows, f.contract.every(np.array([r])), {row.payer: 1.0} if row.payer else shares)

    def _give(self, to: Array, at: np.ndarray, shares: Mapping[str, float]) -> None:
        for actor, share in shares.items():
            if actor in self._speaker:
                to[self._speaker[actor], at.ravel()] += share

    def direction(self, solution: Solution, player: int) -> Array:
        """Return what a player's activities add to each priced row (rows,), less what its rows are used for: its
        account moves with prices as the product of both."""
        f, matrix = self.model.formulation, self.model.matrix
        found = matrix @ (self.columns[player] * solution.x) - self.rows[player] * (matrix @ solution.x)
        priced = np.zeros(len(found), dtype=bool)
        for block in (f.balance, f.fleet_days, f.contract):
            priced[block.slice] = True
        for b, amount in enumerate(self._opening()):
            if self._speaker.get(self.model.network.cargoes[f.balance_cargo[b]].origin) == player:
                found[f.balance.at(b, np.arange(f.balance.steps))] += amount
        return np.where(priced, found, 0.0)

    def _opening(self) -> Array:
        """Return the cargo that arrives from before the start, which is its origin's; as `straits.model.accounts`."""
        f, net = self.model.formulation, self.model.network
        if f.boundary is None:
            return np.zeros((0, f.balance.steps))
        arrived = f.opening_arrivals()
        np.add.at(arrived, (f.stock_at, 0), -net.stores.stock_start)
        return arrived

    def extremes(self, solution: Solution, session: Session, player: int) -> list[Solution]:
        """Return solutions with the same plan and the prices at which the player's account is greatest and least."""
        way = self.direction(solution, player)
        largest = float(np.abs(way).max(initial=0.0))
        found = []
        for sign in (1.0, -1.0) if largest > 0 else ():
            for move in MOVES:
                answer = session.solve(_moved(solution.model.bounds, sign * way * (move / largest)))
                if answer.status == highs.OPTIMAL and _supports(answer, solution):
                    found.append(
                        Solution(solution.model, solution.x, answer.dual, answer.reduced_cost, answer.status)
                    )
                    break
        return found


def _supports(answer: highs.Answer, solution: Solution) -> bool:
    """Return whether a plan is an optimum at the prices of an answer: what has a price stands at the bound it presses."""
    model, b = solution.model, solution.model.bounds
    missed = 0.0
    for price, at, lower, upper in (
        (answer.reduced_cost, solution.x, b.column_lower, b.column_upper),
        (answer.dual, model.matrix @ solution.x, b.row_lower, b.row_upper),
    ):
        priced = np.abs(price) > PRICE
        bound = np.where(price > 0, lower, upper)[priced]
        missed += float(np.abs(price[priced] * (at[priced] - bound)).sum())
    return missed <= SLACK * float(np.abs(model.cost * solution.x).sum())


def _moved(bounds: Bounds, by: Array) -> Bounds:
    b = copy_of(bounds)
    return Bounds(b.column_lower, b.column_upper, b.row_lower + by, b.row_upper + by)


__all__ = ["Holdings"]
