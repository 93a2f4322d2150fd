"""Objectives that are amounts of a good, which the reply itself makes as large, or as small, as it can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from straits.case.ownership import state_of, states_of
from straits.engine.measures import export_weights, processing_states, supply_weights, users_of
from straits.errors import ModelError, did_you_mean
from straits.lp.tolerance import NOTHING
from straits.model import Model
from straits.model.assets import UNTRACKED
from straits.wording import as_amount

AMOUNTS = ("volume", "imports", "unmet")


class Counted(NamedTuple):
    """A model whose reply makes an amount of a good as large, or as small, as it can.

    Attributes
    ----------
    model : Model
    good : str
        What is counted.
    told : list of str
        What the number also counts.
    """

    model: Model
    good: str
    told: list[str]


def counting(model: Model, objective: str, target: str | None, commodity: str | None) -> Counted:
    """Give the model of an objective that is an amount.

    Parameters
    ----------
    model : Model
    objective : {"volume", "imports", "unmet"}
    target, commodity : str, optional
        Default of the good: that of the focus, if the target is its actor or nobody in particular; else the only one.

    Raises
    ------
    ModelError
        Nothing is there to be counted, or goods that do not add up.
    """
    if objective == "volume":
        return _exported(model, target, commodity)
    return _supplied(model, target, commodity, unmet=objective == "unmet")


def _exported(model: Model, target: str | None, commodity: str | None) -> Counted:
    """Let the reply export as much as it can."""
    cargoes = [k for k in model.network.cargoes if target in (None, k.origin)]
    if not cargoes:
        raise ModelError(
            f"target {target} is the origin of no cargo that can reach a buyer, so it has no exports to lose"
        )
    goods = sorted({k.commodity for k in cargoes})
    focus = model.case.settings.focus
    good = _good(model, "volume", goods, commodity, focus is not None and target in (None, focus.actor))
    if good not in goods:
        raise ModelError(f"commodity {good!r}: expected {' or '.join(goods)}{did_you_mean(good, goods)}")
    return Counted(replace(model, cost=-export_weights(model, good, target)), good, [])


def _supplied(model: Model, target: str | None, commodity: str | None, *, unmet: bool) -> Counted:
    """Let the reply bring in as much as it can, or leave as little undelivered."""
    n, case = model.network, model.case
    state = state_of(case, target) if target else None
    whose_land = None if state is None else states_of(case, state)
    rows, objective = case.rows("markets"), "unmet" if unmet else "imports"
    can_miss = {n.markets.ids[i] for i in model.formulation.can_miss}
    there = [
        key
        for key, user in zip(n.markets.ids, users_of(n), strict=True)
        if (whose_land is None or user in whose_land) and (not unmet or key in can_miss)
    ]
    taken = zip(n.pair_cargo[n.pair_process], processing_states(n), strict=True)
    processed = {
        n.cargoes[k].commodity
        for k, user in taken
        if not unmet and (whose_land is None or user in whose_land)
    }
    goods = sorted({rows[key].commodity for key in there} | processed)
    whose = f"in {state}" if state else "anywhere"
    if not goods:
        what = "is promised anything that could be missed (fixed demand)" if unmet else "is anything sold"
        raise ModelError(f"objective {objective!r}: nowhere {whose} {what}")
    focus = case.settings.focus
    good = _good(
        model, objective, goods, commodity, focus is not None and state in (None, state_of(case, focus.actor))
    )
    if good not in goods:
        raise ModelError(
            f"objective {objective!r}, commodity {good!r}: expected {' or '.join(goods)}, which are sold {whose}"
            f"{did_you_mean(good, goods)}"
        )
    sign = 1.0 if unmet else -1.0
    cost = sign * supply_weights(model, good, state, unmet=unmet, foreign=not unmet)
    told = []
    if not unmet and any(
        n.cargoes[k].commodity == good
        and n.cargoes[k].origin == UNTRACKED
        and (whose_land is None or n.territory_of_place(int(p)) in whose_land)
        for k, p in zip(n.supplies.cargo, n.supplies.place, strict=True)
    ):
        told = [
            f"the origin of {good} is not tracked, so what is supplied {whose} itself counts as brought in too"
        ]
    kept = 0.0 if unmet else _in_store(model, good, whose_land)
    if kept > NOTHING:
        unit = case.rows("commodities")[good].unit
        told.append(
            f"what lies in stores {whose} at the start, {as_amount(kept)} {unit} of {good} that may come from abroad, counts as "
            "brought in where it is used"
        )
    return Counted(replace(model, cost=cost), good, told)


def _in_store(model: Model, good: str, land: frozenset[str] | None) -> float:
    """Give how much of a good that may come from abroad lies in stores of some states, or of all, at the start."""
    n, st = model.network, model.network.stores
    total = 0.0
    for store, cargo, amount in zip(st.stock_store, st.stock_cargo, st.stock_start, strict=True):
        home = n.territory_of_place(int(st.place[store]))
        mine = n.cargoes[cargo].commodity == good and (land is None or home in land)
        if mine and (land is None or n.cargoes[cargo].origin not in land):
            total += float(amount)
    return total


def _good(model: Model, objective: str, goods: Sequence[str], commodity: str | None, of_focus: bool) -> str:
    """Return what is counted: what was asked for, else the good of the focus, else the only one."""
    focus = model.case.settings.focus
    if commodity is None and focus and of_focus and focus.commodity in goods:
        return focus.commodity
    if commodity is None and len(goods) > 1:
        raise ModelError(
            f"objective {objective!r}: amounts of {', '.join(goods)} do not add up; choose one as commodity"
        )
    return commodity or goods[0]


__all__ = ["AMOUNTS", "Counted", "counting"]
