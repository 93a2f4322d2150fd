"""What states use, make and bring in: one plan by itself, for those who live by what reaches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import alliance_of_focus, state_of, states_of
from straits.case.units import customary
from straits.engine.measures import users_of
from straits.engine.side import traded
from straits.lp.tolerance import NOTHING, SAME
from straits.model.assets import UNTRACKED
from straits.stress.tables.changes import Pair, less
from straits.stress.tables.measures import exports, kept, through
from straits.stress.times import times

if TYPE_CHECKING:
    from straits.model import Solution

#: Amounts of `supplies`, in the order in which they add up: used = made + brought + drawn.
AMOUNTS = ("used", "unmet", "made", "brought")


def supplies(solution: Solution) -> pd.DataFrame:
    """Give what each state uses of each good, step by step, and where it comes from.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns state (an alliance of the focus stands as one behind the states: its members and what is its own), commodity,
        step, start; in the unit of the commodity per step: used (sold on its territory; at a place of no state, to its buyers;
        or taken in by processes there), unmet (promised there and not delivered), made (put out on its territory, also by
        processes), brought (what enters its territory less what leaves it, by day of departure), drawn (used less made and
        brought: from store, or on its way before the axis began; negative where it goes into store); price (currency per
        customary unit, as USD/t: what one more unit is worth at its markets and processes, mean by what each could take; nan
        where it has none); stock (in its stores at the end of the step, above the least content).
    """
    n, union = solution.network, alliance_of_focus(solution.case)
    home = [n.territory_of_place(p) for p in range(len(n.place_ids))]
    states = {s: s for s in sorted({s for s in (*home, *users_of(n)) if s} - {union})}
    found = _supplies_of(solution, states)
    if union is None:
        return found
    together = _supplies_of(solution, dict.fromkeys(states_of(solution.case, union), union))
    return pd.concat([found, together], ignore_index=True)


def _supplies_of(solution: Solution, whose: Mapping[str, str]) -> pd.DataFrame:
    """Give the rows of `supplies` of states under the names of which they are told, several as one where their name is."""
    n, f = solution.network, solution.formulation
    home = [n.territory_of_place(p) for p in range(len(n.place_ids))]
    rows = n.case.rows("markets")
    # A good that nothing brings is no cargo, but may be promised all the same.
    goods = sorted({c.commodity for c in n.cargoes} | {rows[key].commodity for key in n.markets.ids})
    good_of = np.array([goods.index(c.commodity) for c in n.cargoes], dtype=int)
    states = list(dict.fromkeys(whose.values()))
    number = {s: states.index(name) for s, name in whose.items()}
    at = np.array([number.get(s or "", -1) for s in home], dtype=int)
    shape = (len(states), len(goods), n.T)
    found = {name: np.zeros(shape) for name in (*AMOUNTS, "worth", "asked", "stock")}

    user = np.array([number.get(s, -1) for s in users_of(n)], dtype=int)
    m = n.markets
    sold = solution.block(f.sale)
    _add(found["used"], user[m.sale_market], good_of[m.sale_cargo], sold)
    missed = solution.block(f.unmet)
    good_at = np.array([goods.index(rows[key].commodity) for key in m.ids], dtype=int)
    _add(found["unmet"], user[f.can_miss], good_at[f.can_miss], missed)
    _add(found["made"], at[n.supplies.place], good_of[n.supplies.cargo], solution.block(f.supply))
    flow = solution.block(f.flow)
    taken, made = np.flatnonzero(n.pair_process), n.made
    stands = at[n.link_tail[n.pair_link]]
    _add(found["used"], stands[taken], good_of[n.pair_cargo[taken]], flow[taken])
    _add(found["made"], stands[made.pair], good_of[made.cargo], flow[made.pair] * made.share[:, None])
    tail, head = at[n.link_tail[n.pair_link]], at[n.link_head[n.pair_link]]
    abroad = tail != head
    landed = flow * (1.0 - n.link_loss[n.pair_link])[:, None]
    _add(found["brought"], np.where(abroad, head, -1), good_of[n.pair_cargo], landed)
    _add(found["brought"], np.where(abroad, tail, -1), good_of[n.pair_cargo], -flow)
    _add(
        found["stock"],
        at[n.stores.place[n.stores.stock_store]],
        good_of[n.stores.stock_cargo],
        solution.block(f.stock),
    )

    asked, price = _prices(solution)
    _add(found["asked"], user, good_at, asked)
    _add(found["worth"], user, good_at, asked * price)
    asked, price = _prices_of_processes(solution, taken)
    _add(found["asked"], stands[taken], good_of[n.pair_cargo[taken]], asked)
    _add(found["worth"], stands[taken], good_of[n.pair_cargo[taken]], asked * price)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(found["asked"] > 0, found["worth"] / found["asked"], np.nan)
    size = np.array([customary(n.case.rows("commodities")[good].unit) for good in goods])
    mean = mean * (1000.0 / size)[None, :, None]
    table = {name: found[name].ravel() for name in AMOUNTS}
    drawn = found["used"] - found["made"] - found["brought"]
    # A difference of what is equal is what solver and sums round; of a good, by what moves of it at most in a step.
    size = (found["used"] + found["made"] + np.abs(found["brought"])).max(axis=2, keepdims=True, initial=1.0)
    table["drawn"] = np.where(np.abs(drawn) <= SAME * size, 0.0, drawn).ravel()
    count = len(states) * len(goods)
    frame = pd.DataFrame(
        {
            "state": np.repeat(np.array(states, dtype=object), len(goods) * n.T),
            "commodity": np.tile(np.repeat(np.array(goods, dtype=object), n.T), len(states)),
            "step": np.tile(np.arange(n.T), count),
            "start": np.tile(np.array(n.steps.dates, dtype="datetime64[ns]"), count),
            **table,
            "price": mean.ravel(),
            "stock": found["stock"].ravel(),
        }
    )
    some = np.maximum(found["used"], found["unmet"]).sum(axis=2) > NOTHING
    return frame[np.repeat(some.ravel(), n.T)].reset_index(drop=True)


def entries(solution: Solution) -> pd.DataFrame:
    """Give what enters each state, by the link on which it does.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns state (an alliance of the focus as one beside its members), commodity, origin, link, from_state (of the place it
        comes from; None at sea and where no state is given),
        amount (arriving, over the whole axis, by day of departure; unit of the commodity).
    """
    n = solution.network
    home = [n.territory_of_place(p) for p in range(len(n.place_ids))]
    amount = solution.block(solution.formulation.flow).sum(axis=1) * (1.0 - n.link_loss[n.pair_link])
    union, rows = alliance_of_focus(solution.case), []
    members = states_of(solution.case, union) if union is not None else frozenset()
    for pair in np.flatnonzero(amount > NOTHING):
        link, cargo = int(n.pair_link[pair]), n.cargoes[n.pair_cargo[pair]]
        before, after = home[n.link_tail[link]], home[n.link_head[link]]
        if after and after not in (union, before):
            rows.append((after, cargo.commodity, cargo.origin, n.link_ids[link], before, amount[pair]))
        if after in members and before not in members:
            rows.append((union, cargo.commodity, cargo.origin, n.link_ids[link], before, amount[pair]))
    names = ["state", "commodity", "origin", "link", "from_state", "amount"]
    return (
        pd.DataFrame(rows, columns=names).groupby(names[:-1], as_index=False, dropna=False)[["amount"]].sum()
    )


@kept
def direction_of(solution: Solution) -> str:
    """Say whether the focus of a case is on exports, imports, transit or their balance.

    Parameters
    ----------
    solution : Solution
        The undisturbed case.

    Returns
    -------
    str
        What the focus says; where it says nothing: exports where its actor's state sells more of the good abroad than it brings
        in, imports where it brings in more, transit where it does neither and cargo crosses it. Without a focus, exports where
        anything is exported at all, else imports.
    """
    focus = solution.case.settings.focus
    if focus is None:
        # Of goods whose origin is not tracked nobody knows what is sold abroad.
        return "exports" if (exports(solution)["origin"] != UNTRACKED).any() else "imports"
    if focus.direction is not None:
        return focus.direction
    state = state_of(solution.case, focus.actor)
    abroad, brought = traded(solution)
    if max(abroad, brought) > NOTHING:
        return "exports" if abroad >= brought else "imports"
    used = supplies(solution)
    used = used[(used["state"] == state) & (used["commodity"] == focus.commodity)]
    crossing = through(solution, state, "territory")
    crosses = (crossing["commodity"] == focus.commodity).any()
    return "transit" if crosses and not len(used) else "exports"


def _add(target: np.ndarray, state: np.ndarray, good: np.ndarray, amount: np.ndarray) -> None:
    """Add rows of amounts by step where they belong to a state."""
    counts = state >= 0
    np.add.at(target, (state[counts], good[counts]), amount[counts])


def _prices(solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    """Give what each market asks for at most, and the least price at which it could have more, both by step."""
    n, f = solution.network, solution.formulation
    m, price = n.markets, np.full((len(solution.network.markets.ids), n.T), np.inf)
    local = solution.local_price[f.balance_of[m.place[m.sale_market], m.sale_cargo]]
    np.minimum.at(price, m.sale_market, local)
    asked = np.array([np.sum([t.width for t in tranches], axis=0) for tranches in m.tranches]).reshape(
        len(m.ids), n.T
    )
    # A market without limit has no mean of its own: what it buys is what it asks for.
    sold = np.zeros_like(asked)
    np.add.at(sold, m.sale_market, solution.block(f.sale))
    asked = np.where(np.isinf(asked), sold, asked)
    return np.where(np.isinf(price), 0.0, asked), np.where(np.isinf(price), 0.0, price)


def _prices_of_processes(solution: Solution, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give what processes could take of each cargo that comes to them, and what it is worth where they stand, both by step."""
    n, f = solution.network, solution.formulation
    links = n.pair_link[pairs]
    room = n.link_capacity[links]
    # Cargoes of a process share what it could take.
    asked = np.where(np.isinf(room), solution.block(f.flow)[pairs], room) / np.bincount(
        links, minlength=len(n.link_ids)
    )[links].reshape(-1, 1)
    return asked, solution.local_price[f.pair_from[pairs]]


_SERIES = (*AMOUNTS, "drawn", "price", "stock")

_IMPORTS = [
    "scenario", "compared_with", "state", "commodity", "unit", "used", "lost", "lost_share", "unmet", "unmet_more", "made",
    "brought", "brought_less", "drawn", "days_to_loss", "days_to_recovery", "cover_days", "price", "price_usual", "price_rise",
]  # fmt: skip


def import_table(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Compare what states use and bring in.

    Parameters
    ----------
    pairs : mapping of str to Pair
        Each scenario's plan, and the one that it is compared with.

    Returns
    -------
    DataFrame
        One row per scenario, state and good: scenario, compared_with, state, commodity, unit; used, made, brought, drawn and
        unmet as in `supplies`, over the whole axis; lost (of what is used), lost_share, unmet_more, brought_less beside the
        reference; days_to_loss, days_to_recovery (of what is used; `straits.stress.times`); cover_days (least content of the
        state's stores at the end of a step, in days of what it usually uses; nan without stores); price, price_usual (mean
        over the axis by what is usually used) and price_rise, currency per customary unit.
    """
    rows = []
    for name, (solution, reference) in pairs.items():
        before, after = by_state_and_good(reference), by_state_and_good(solution)
        commodities = solution.case.rows("commodities")
        days = solution.network.steps.days
        for state, good in dict.fromkeys((*before, *after)):
            none = dict.fromkeys(_SERIES, np.zeros(len(days))) | {"price": np.full(len(days), np.nan)}
            a, b = (t.get((state, good), none) for t in (after, before))
            usual = b["used"].sum()
            stocked = a["stock"].max() > NOTHING or b["stock"].max() > NOTHING
            per_day = usual / days.sum()
            price, price_usual = (_mean(t["price"], b["used"]) for t in (a, b))
            rows.append(
                (name, reference.scenario_id, state, good, commodities[good].unit, a["used"].sum(),
                 less(usual, a["used"].sum()), less(usual, a["used"].sum()) / usual if usual > NOTHING else np.nan,
                 a["unmet"].sum(), less(a["unmet"].sum(), b["unmet"].sum()), a["made"].sum(), a["brought"].sum(),
                 less(b["brought"].sum(), a["brought"].sum()), a["drawn"].sum(),
                 *times(solution, reference, b["used"], a["used"]),
                 a["stock"].min() / per_day if stocked and per_day > 0 else np.nan, price, price_usual, price - price_usual)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=_IMPORTS)


@kept
def by_state_and_good(solution: Solution) -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """Give the columns of `supplies` of each state and good, by step."""
    groups = supplies(solution).groupby(["state", "commodity"], sort=False)
    return {
        (str(s), str(c)): {name: part[name].to_numpy(dtype=float) for name in _SERIES}
        for (s, c), part in groups
    }


def _mean(price: np.ndarray, weight: np.ndarray) -> float:
    known = ~np.isnan(price) & (weight > 0)
    return float(price[known] @ weight[known] / weight[known].sum()) if known.any() else np.nan
