"""What is read off the answer of a variant: only what was asked for, without building tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from straits.case.ownership import (
    NOBODY,
    alliance_of_focus,
    buyer_of,
    counted_for,
    earning_names,
    members_of,
    state_of,
    states_of,
)
from straits.errors import ModelError, did_you_mean
from straits.lp import Answer, Status
from straits.model import Model, Solution
from straits.model.accounts import ledger_of
from straits.model.accounts.parties import kind_of
from straits.model.assets import UNTRACKED, Cargo
from straits.model.blocks import Block
from straits.model.network import Network

#: Measures without an argument, and what each needs of an answer: 0 its value, 1 the values of columns, 2 the duals too.
_PLAIN = {"lp_value": 0, "value": 1, "tariffs": 1, "unmet_cost": 1}
_FORMS = (
    "lp_value", "value", "tariffs", "unmet_cost", "exports:COMMODITY", "exports:COMMODITY:ORIGIN", "flow:LINK",
    "sales:MARKET", "used:COMMODITY:STATE", "unmet:COMMODITY:STATE", "corridor:CORRIDOR:COMMODITY",
    "corridor:CORRIDOR:COMMODITY:ORIGIN", "account:ACTOR", "state:STATE",
    "budget:STATE", "companies:STATE", "consumers:STATE",
)  # fmt: skip
#: Measures of one kind of party that resides in a state.
_PARTIES = {"budget": "budget", "companies": "company", "consumers": "consumer"}


class Measures:
    """Numbers to be read off every answer.

    Parameters
    ----------
    model : Model
    names : sequence of str
        `lp_value` what the model maximises, `value` joint value (with tariffs and duties put back), `tariffs` paid, `unmet_cost`,
        all in million currency; `exports:COMMODITY` or `exports:COMMODITY:ORIGIN` sales outside the state of origin, `flow:LINK`
        what enters a link, `sales:MARKET`, `used:COMMODITY:STATE` sales on a state's territory (at a place of no state, to its
        buyers) and `unmet:COMMODITY:STATE` what is promised there and not delivered, `corridor:CORRIDOR:COMMODITY` or
        `corridor:CORRIDOR:COMMODITY:ORIGIN` what enters the
        links of a corridor, in the unit of the commodity; `account:ACTOR` what an actor gains, `state:STATE` what a
        state and all who belong to it gain, `budget:STATE`, `companies:STATE` and `consumers:STATE` their parts, million
        currency.

    Raises
    ------
    ModelError
        If a name is none of these, or names something that the case does not have.

    Notes
    -----
    `lp_value` is unique, and so is `value` with internal tariffs; with paid tariffs, plans that shippers find equally good can
    differ in the joint `value`, and all else can differ too. `straits.engine.solve_many` tells of the plan that
    `straits.engine.foresight.settled` chooses, and of the duals nearest to those of the model as it is; `straits.engine.ranges`
    says how far others could differ.
    """

    def __init__(self, model: Model, names: Sequence[str]) -> None:
        self.model = model
        self.names = tuple(names)
        self._weights: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._accounts: dict[str, frozenset[str]] = {}
        self._kinds: dict[str, str] = {}
        self.needs = max((self._parse(name) for name in self.names), default=0)

    def _parse(self, name: str) -> int:
        n, f, what = self.model.network, self.model.formulation, name.split(":")
        if name in _PLAIN:
            if name == "unmet_cost":
                self._weights[name] = self._column_weights(
                    f.unmet, n.markets.unmet_price[f.can_miss] / 1000.0
                )
            elif name == "tariffs":
                self._weights[name] = self._column_weights(f.flow, n.pair_tariff / 1000.0)
            elif name == "value":
                self._weights[name] = _few(f.transfers() / 1000.0)
                return _PLAIN[name] if len(self._weights[name][0]) else 0
            return _PLAIN[name]
        match what:
            case ["account", actor]:
                self._known("actor", actor, earning_names(self.model.case))
                nobodys = members_of(self.model.case).get(NOBODY) if actor == NOBODY else None
                self._accounts[name] = nobodys or frozenset([actor])
                return 2
            case ["state", state]:
                self._known("state", state, members_of(self.model.case))
                self._accounts[name] = counted_for(self.model.case, state)
                return 2
            case [party, state] if party in _PARTIES:
                self._known("state", state, members_of(self.model.case))
                self._accounts[name] = counted_for(self.model.case, state)
                self._kinds[name] = _PARTIES[party]
                return 2
            case ["flow", link]:
                self._known("link", link, n.link_ids)
                self._weights[name] = self._column_weights(f.flow, n.pair_link == n.link_ids.index(link))
            case ["sales", market]:
                self._known("market", market, n.markets.ids)
                self._weights[name] = self._column_weights(
                    f.sale, n.markets.sale_market == n.markets.ids.index(market)
                )
            case ["corridor", *rest] if len(rest) > 1:
                corridor, commodity, *origin = self._corridor(":".join(rest))
                chosen = self._cargoes(commodity, origin)
                label = [self.model.case.arcs[key].corridor for key in n.link_ids]
                entering = [
                    label[a] == corridor and k in chosen
                    for a, k in zip(n.pair_link, n.pair_cargo, strict=True)
                ]
                self._weights[name] = self._column_weights(f.flow, np.array(entering))
            case ["used" | "unmet", commodity, state]:
                self._known("commodity", commodity, self.model.case.rows("commodities"))
                self._known("state", state, _users(n))
                self._weights[name] = _few(
                    supply_weights(self.model, commodity, state, unmet=what[0] == "unmet")
                )
            case ["exports", commodity, *origin] if len(origin) < 2:
                self._cargoes(commodity, origin)
                self._weights[name] = _few(
                    export_weights(self.model, commodity, origin[0] if origin else None)
                )
            case _:
                raise ModelError(
                    f"unknown measure {name!r}; accepted: {', '.join(_FORMS)}{did_you_mean(name, _PLAIN)}"
                )
        return 1

    def _corridor(self, text: str) -> list[str]:
        """Divide CORRIDOR:COMMODITY[:ORIGIN]; names of corridors are free text and may have colons."""
        known = {row.corridor for row in self.model.case.rows("links").values() if row.corridor}
        fitting = [name for name in known if text.startswith(f"{name}:")]
        if not fitting:
            self._known("corridor", text.split(":")[0], known)
        corridor = max(fitting, key=len)
        return [corridor, *text[len(corridor) + 1 :].split(":", 1)]

    def _cargoes(self, commodity: str, origin: Sequence[str]) -> set[int]:
        """Give the numbers of the cargoes of a commodity, of one origin if one is given."""
        n = self.model.network
        self._known("commodity", commodity, self.model.case.rows("commodities"))
        found = {i: k.origin for i, k in enumerate(n.cargoes) if k.commodity == commodity}
        for key in origin:
            self._known("origin", key, set(found.values()))
        return {i for i, key in found.items() if key in (origin or found.values())}

    @staticmethod
    def _known(kind: str, key: str, accepted: object) -> None:
        known = list(accepted)  # type: ignore[call-overload]
        if key not in known:
            raise ModelError(f"measure: the case has no {kind} {key!r}{did_you_mean(key, known)}")

    def _column_weights(self, block: Block, per_entry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = np.zeros(len(self.model.cost))
        each = np.asarray(per_entry, dtype=float)
        each = each[:, None] if each.ndim == 1 else each
        weights[block.slice] = np.broadcast_to(each, (block.count, block.steps)).ravel()
        return _few(weights)

    def read(self, answer: Answer) -> tuple[float, ...]:
        """Give the numbers of an answer, in the order of the names.

        Nothing of an infeasible variant exists: its values are minus infinity, all else is nan. Of one without an answer nothing
        is known: all is nan.
        """
        if answer.status not in (Status.OPTIMAL, Status.INFEASIBLE):
            return tuple(np.nan for _ in self.names)
        if answer.status != Status.OPTIMAL:
            return tuple(-np.inf if name in ("lp_value", "value") else np.nan for name in self.names)
        lp_value = -answer.value / 1000.0
        held = self._held(answer) if self._accounts else {}
        found = []
        for name in self.names:
            if name == "lp_value":
                found.append(lp_value)
            elif name == "value":
                found.append(lp_value + (self._sum(name, answer) if self.needs else 0.0))
            elif name in self._accounts:
                found.append(held[name])
            else:
                found.append(self._sum(name, answer))
        return tuple(found)

    def of_accounts(self, name: str) -> bool:
        """Whether a measure adds up accounts."""
        return name in self._accounts

    def counts(self, name: str, actor: str, item: str) -> bool:
        """Whether a measure of accounts counts an entry."""
        kind = self._kinds.get(name)
        return actor in self._accounts[name] and kind in (None, kind_of(self.model.case, actor, item))

    def parts_of(self, name: str, lp_value: float) -> tuple[float, np.ndarray, np.ndarray]:
        """Give a measure that is not one of accounts as a constant, columns and their weights."""
        constant = lp_value if name in ("lp_value", "value") else 0.0
        where, weights = self._weights.get(name, (np.empty(0, dtype=int), np.empty(0)))
        return constant, where, weights

    def unit(self, name: str) -> str:
        """Give the unit of a measure; of flows of several commodities, the units of all of them."""
        what, *rest = name.split(":")
        commodities = self.model.case.rows("commodities")
        if what not in ("flow", "sales", "used", "unmet", "exports", "corridor"):
            return f"million {self.model.case.settings.currency}"
        if what == "corridor":
            return commodities[self._corridor(":".join(rest))[1]].unit
        if what in ("exports", "used", "unmet"):
            return commodities[rest[0]].unit
        if what == "sales":
            return commodities[self.model.case.rows("markets")[rest[0]].commodity].unit
        n = self.model.network
        carried = n.pair_cargo[n.pair_link == n.link_ids.index(rest[0])]
        return ", ".join(sorted({commodities[n.cargoes[k].commodity].unit for k in carried}))

    def _sum(self, name: str, answer: Answer) -> float:
        where, weights = self._weights[name]
        return float(weights @ answer.x[where])

    def _held(self, answer: Answer) -> dict[str, float]:
        prices = self.model.prices(answer.dual, answer.reduced_cost)
        solution = Solution(self.model, answer.x, *prices, answer.status)
        ledger = sorted(ledger_of(solution).items())
        return {
            name: sum(amount / 1000.0 for (actor, item), amount in ledger if self.counts(name, actor, item))
            for name in self._accounts
        }


def _few(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the entries that are not zero: a product of long vectors wakes all threads of BLAS and costs more than a solve."""
    where = np.flatnonzero(weights)
    return where, weights[where]


def of_what_is_missed(name: str) -> bool:
    """Whether more of a measure is the loss, not less."""
    return name.startswith("unmet")


def users_of(network: Network) -> list[str]:
    """Give the state on whose territory each market lies, else that of its buyer; empty where there is neither."""
    rows = network.case.rows("markets")
    found = []
    for key, place in zip(network.markets.ids, network.markets.place, strict=True):
        buyer = buyer_of(network.case, rows[key])
        found.append(
            network.territory_of_place(int(place)) or (state_of(network.case, buyer) if buyer else "")
        )
    return found


def _users(network: Network) -> list[str]:
    """List the states that use something, and the alliances of which a member does."""
    case, found = network.case, {*users_of(network), *processing_states(network)} - {""}
    unions = [key for key, row in case.rows("actors").items() if row.kind == "alliance"]
    return sorted(found | {key for key in unions if states_of(case, key) & found})


def processing_states(network: Network) -> list[str]:
    """Give the state on whose territory each process stands, one for each pair of a process and a cargo; empty for none."""
    links = network.pair_link[network.pair_process]
    return [network.territory_of_place(int(network.link_tail[a])) or "" for a in links]


def supply_measures(model: Model) -> list[str]:
    """Name what each state uses of each commodity, and what it is promised and does not get; an alliance of the focus as one."""
    n, rows = model.network, model.case.rows("markets")
    of = zip(n.markets.ids, users_of(n), strict=True)
    users = {(rows[key].commodity, user) for key, user in of if user}
    takers = zip(n.pair_cargo[n.pair_process], processing_states(n), strict=True)
    used = sorted(users | {(n.cargoes[k].commodity, state) for k, state in takers if state})
    union = alliance_of_focus(model.case)
    if union is not None:
        mine = states_of(model.case, union)
        of_it = {(good, union) for good, user in used if user in mine}
        used = [*(pair for pair in used if pair not in of_it), *sorted(of_it)]
    return [f"{what}:{good}:{user}" for what in ("used", "unmet") for good, user in used]


def supply_weights(
    model: Model, commodity: str, state: str | None = None, *, unmet: bool = False, foreign: bool = False
) -> np.ndarray:
    """Weights of columns whose sum is what a state uses of a commodity, or is promised and does not get. What processes on its
    territory take in counts as used.

    Parameters
    ----------
    model : Model
    commodity : str
    state : str, optional
        A state, or an alliance for itself and all its members. Default: all states.
    unmet : bool
        What is not delivered, instead of what is.
    foreign : bool
        Only cargo that does not originate from the state.
    """
    n, f = model.network, model.formulation
    m, rows = n.markets, n.case.rows("markets")
    whose = None if state is None else states_of(n.case, state)
    mine = np.array(
        [
            rows[key].commodity == commodity and (whose is None or user in whose)
            for key, user in zip(m.ids, users_of(n), strict=True)
        ],
        dtype=bool,
    )
    weights = np.zeros(len(model.cost))
    if unmet:
        weights[f.unmet.slice] = np.repeat(mine[f.can_miss].astype(float), f.unmet.steps)
        return weights
    counted = mine[m.sale_market]
    if foreign:
        abroad = [whose is None or n.cargoes[k].origin not in whose for k in m.sale_cargo]
        counted = counted & np.array(abroad, dtype=bool)
    weights[f.sale.slice] = np.repeat(counted.astype(float), n.T)
    for p, user in zip(np.flatnonzero(n.pair_process), processing_states(n), strict=True):
        cargo = n.cargoes[n.pair_cargo[p]]
        own = whose is not None and cargo.origin in whose
        if cargo.commodity == commodity and (whose is None or user in whose) and not (foreign and own):
            weights[f.flow.every(np.array([p]))] = 1.0
    return weights


def export_weights(model: Model, commodity: str, origin: str | None = None) -> np.ndarray:
    """Weights of columns whose sum is the sales of a commodity outside the state that it originates from.

    What a process there takes in counts as sold there, and what it makes has not been sent there: it is taken off.
    """
    n, f = model.network, model.formulation
    m = n.markets
    abroad = [
        cargo.commodity == commodity
        and origin in (None, cargo.origin)
        and n.territory_of_place(int(m.place[q])) != cargo.origin
        for q, cargo in zip(m.sale_market, (n.cargoes[k] for k in m.sale_cargo), strict=True)
    ]
    weights = np.zeros(len(model.cost))
    weights[f.sale.slice] = np.repeat(np.array(abroad, dtype=float), n.T)
    for pair, cargo, share in processed_abroad(n):
        if cargo.commodity == commodity and origin in (None, cargo.origin):
            weights[f.flow.every(np.array([pair]))] += share
    return weights


def processed_abroad(network: Network) -> Iterator[tuple[int, Cargo, float]]:
    """Yield what processes do with cargo outside the state that it originates from: pair, cargo, and how much of it is taken in
    there (above 0) or made there (below 0) for one unit that enters the pair. Cargo whose origin is not kept has no abroad."""
    n = network
    taken = np.flatnonzero(n.pair_process)
    pairs = np.concatenate([taken, n.made.pair])
    cargoes = np.concatenate([n.pair_cargo[taken], n.made.cargo])
    shares = np.concatenate([np.ones(len(taken)), -n.made.share])
    for p, k, share in zip(pairs.tolist(), cargoes.tolist(), shares.tolist(), strict=True):
        cargo = n.cargoes[k]
        state = n.territory_of_place(int(n.link_tail[n.pair_link[p]]))
        if cargo.origin not in (state, UNTRACKED):
            yield p, cargo, share
