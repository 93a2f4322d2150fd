"""The linear program of a case with a switch for each group of assets that the same players may close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from straits.access.rights import Access, Right, opened, rights_of, spokesmen, under_access
from straits.case.conversion import made_together
from straits.engine import explain
from straits.errors import InfeasibleError, did_you_mean
from straits.lp.states.part import Switch
from straits.model import Bounds, Model, factors_of, find_scenario
from straits.power.games.game import Array, GameError
from straits.power.network.investment import with_options

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.records import Contract
    from straits.case.schema.settings import Scenario


Players = Sequence[str] | Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class CoalitionProgram:
    """The linear program of a case with a switch for each group of assets that the same players may close.

    Attributes
    ----------
    model : Model
        Compiled with internal tariffs, and with options to build if these were asked for.
    players : tuple of str
        Names.
    switches : list of Switch
        Bounds that move.
    rights : list of tuple of Right
        Those behind each switch, which close their assets to the same coalitions.
    partly : frozenset of str
        Assets that no player may close for some of the time.
    """

    model: Model
    players: tuple[str, ...]
    switches: list[Switch]
    rights: list[tuple[Right, ...]]
    partly: frozenset[str] = frozenset()

    def holders(self, k: int) -> int:
        """Return the mask of the players with a right behind a switch."""
        return reduce(or_, (right.holders for right in self.rights[k]))

    def closed(self, state: NDArray[np.bool_]) -> list[str]:
        """List the assets that are closed in a state, at least for some time."""
        shut = [right.asset for k, is_open in enumerate(state) if not is_open for right in self.rights[k]]
        return list(dict.fromkeys(shut))

    def shut(self, state: NDArray[np.bool_]) -> set[str]:
        """Give the assets that are closed in a state all the time."""
        ajar = {right.asset for k, is_open in enumerate(state) if is_open for right in self.rights[k]}
        # Of an asset that is not always somebody's to close, some rights stand behind no switch.
        return set(self.closed(state)) - ajar - self.partly

    def states(self, masks: NDArray[np.int64], which: Sequence[int] | None = None) -> NDArray[np.bool_]:
        """Return which switches (all, or some) are open to each coalition, shape (coalitions, switches)."""
        return opened(
            [self.rights[k][0] for k in (range(len(self.rights)) if which is None else which)], masks
        )

    def bounds(self, state: NDArray[np.bool_]) -> Bounds:
        """Return the bounds of the whole program in a state."""
        b, n = self.model.bounds, len(self.model.cost)
        lower = np.concatenate([b.column_lower, b.row_lower])
        upper = np.concatenate([b.column_upper, b.row_upper])
        for switch, is_open in zip(self.switches, state, strict=True):
            lower[switch.entry] = switch.open_lower if is_open else switch.closed_lower
            upper[switch.entry] = switch.open_upper if is_open else switch.closed_upper
        return Bounds(lower[:n], upper[:n], lower[n:], upper[n:])

    def explain(self, state: NDArray[np.bool_]) -> InfeasibleError:
        """Say which promise cannot be kept in a state."""
        error = explain(self.model, self.bounds(state))
        closed = self.closed(state)
        if not closed:
            return error
        shown = ", ".join(closed[:8]) + (", …" if len(closed) > 8 else "")
        return InfeasibleError(f"with {shown} closed to a coalition, {error}", error.conflicts)


def build_program(
    case: Case,
    players: Players,
    *,
    access: Access | Mapping[str, Access] = "veto",
    options: bool | Sequence[str] = False,
    scenario: Scenario | str | None = None,
    commodity: str | None = None,
    discount_rate: float | None = None,
) -> CoalitionProgram:
    """Compile a case with a switch for each group of assets that the same players may close; see `game` for
    the parameters."""
    chosen = chosen_options(case, options)
    case, scenario = _of_one_good(case, scenario, commodity)
    rate = case.settings.discount_rate if discount_rate is None else discount_rate
    model, built = with_options(case, scenario, chosen, rate)
    model = _only(_without_duties(model), commodity)
    speaker = spokesmen(case, players)
    names = tuple(str(p) for p in players)
    rights = under_access(rights_of(model.network, speaker, len(names)), access, model.network)
    if not any(r.holders for r in rights) and access in ("veto", "host"):
        raise GameError(
            f"no asset of case {case.settings.id} is controlled by {', '.join(names)}: add rows to table controls, or choose "
            "other players"
        )
    grouped: dict[tuple[object, ...], list[tuple[Right, Switch]]] = {}
    for right in rights:
        if right.holders:
            lifted = [b.lifted for o, b in built.items() if case.rows("options")[o].asset == right.asset]
            grouped.setdefault(right.rule, []).append((right, _closing(model, right, lifted)))
    for option, found in built.items():
        row = case.rows("options")[option]
        # What is built stands all the time: whoever may close its asset at any time must consent.
        on = [right for right in rights if right.asset == row.asset]
        alone = reduce(
            or_, (right.alone for right in on), 1 << speaker[row.actor] if row.actor in speaker else 0
        )
        right = Right("option", 0, option, alone, tuple(dict.fromkeys(s for r in on for s in r.shares)))
        if right.holders:
            grouped.setdefault(right.rule, []).append((right, found.switch))
    joined = [
        (reduce(Switch.joined, (s for _, s in members)), tuple(r for r, _ in members))
        for members in grouped.values()
    ]
    moving = [(switch, rights) for switch, rights in joined if len(switch.entry)]
    partly = frozenset(right.asset for right in rights if right.steps is not None and not right.holders)
    return CoalitionProgram(model, names, [s for s, _ in moving], [r for _, r in moving], partly)


def chosen_options(case: Case, options: bool | Sequence[str]) -> list[str]:
    """List the options that coalitions may build: all, none, one or those named."""
    if isinstance(options, bool):
        return list(case.rows("options")) if options else []
    return [options] if isinstance(options, str) else list(options)


def _without_duties(model: Model) -> Model:
    """Let every field shut in without cost: a member may always do nothing, so that no coalition is worse
    off for a member."""
    b, f = model.bounds, model.formulation
    column_lower, row_lower = b.column_lower.copy(), b.row_lower.copy()
    column_lower[f.supply.slice] = 0.0
    row_lower[f.least_output.slice] = -np.inf
    row_lower[f.ramp_down.slice] = -np.inf
    return replace(model, bounds=Bounds(column_lower, b.column_upper, row_lower, b.row_upper))


def _of_one_good(
    case: Case, scenario: Scenario | str | None, commodity: str | None
) -> tuple[Case, Scenario | None]:
    """Return the case and the scenario without supplies, first stocks and promises of other goods: neither produced, nor on their
    way or in store when the time starts, nor owed. What processes make of the good, or make it of, belongs to it."""
    from straits.case.schema.settings import Change

    found = find_scenario(case, scenario)
    if commodity is None:
        return case, found
    known = case.rows("commodities")
    if commodity not in known:
        hint = did_you_mean(commodity, known) or f"; there are {', '.join(known)}"
        raise GameError(f"commodity: {commodity!r} is not in table commodities{hint}")
    goods = made_together(case, commodity)
    cells = [
        (table, key, column)
        for table, columns in (("supplies", ("capacity", "min_output")), ("stores", ("start", "min_level")))
        for key, row in case.rows(table).items()
        if row.commodity not in goods
        for column in columns
    ]
    cells += [
        ("markets", key, "demand")
        for key, row in case.rows("markets").items()
        if row.commodity not in goods and row.demand_kind == "fixed"
    ]
    cells += [
        ("contracts", key, "amount")
        for key, row in case.rows("contracts").items()
        if row.kind == "least" and not _counts(case, row, goods)
    ]
    changes = [Change(table=t, row=key, column=column, value=0.0) for t, key, column in cells]
    if found is not None:
        kept = tuple(c for c in found.changes if (c.table, c.row, c.column) not in set(cells))
        found = found.model_copy(update={"changes": kept})
    return (case.with_changes(changes) if changes else case), found


def _counts(case: Case, contract: Contract, goods: frozenset[str]) -> bool:
    """Return whether some of the goods count for a contract."""
    if contract.commodity is not None:
        return contract.commodity in goods
    link = case.arcs.get(contract.asset)
    if link is not None:
        return not goods.isdisjoint(link.commodities)
    bound = case.rows("supplies").get(contract.asset) or case.rows("markets")[contract.asset]
    return bound.commodity in goods


def _only(model: Model, commodity: str | None) -> Model:
    """Let only supplies of one commodity, and of what processes turn into it or make of it, act, those that options add
    included."""
    if commodity is None:
        return model
    n, f = model.network, model.formulation
    goods = made_together(n.case, commodity)
    upper = model.bounds.column_upper.copy()
    other = np.array([n.cargoes[k].commodity not in goods for k in n.supplies.cargo], dtype=bool)
    upper[f.supply.every(np.flatnonzero(other)).ravel()] = 0.0
    return replace(model, bounds=replace(model.bounds, column_upper=upper))


def _closing(model: Model, right: Right, lifted: Sequence[NDArray[np.int64]]) -> Switch:
    """Return the bounds that move when an asset is closed while the right holds, those that options lift (`lifted`) included.

    A market is closed by letting nothing be sold there; a promised demand then stays unmet and is paid for,
    as in every coalition that cannot reach it. A market that must be served (no price of unmet demand) is
    closed with its demand."""
    n, f, b = model.network, model.formulation, model.bounds
    first, last = right.steps or (0, n.T)
    if right.kind == "market" and not (
        n.markets.kind[right.index] == "fixed" and np.isnan(n.markets.unmet_price[right.index])
    ):
        entry = f.sale.every(np.flatnonzero(n.markets.sale_market == right.index))[:, first:last].ravel()
        zero = np.zeros(len(entry))
        return Switch(entry, b.column_lower[entry], b.column_upper[entry], zero, zero)
    factors = factors_of(n, model.effects)
    plain = _stacked(model.limits.under(factors))
    left = factors.by_kind[right.kind].get(right.index, np.ones(n.T)).copy()
    left[first:last] = 0.0
    factors.by_kind[right.kind] = {**factors.by_kind[right.kind], right.index: left}
    closed = _stacked(model.limits.under(factors))
    mine = [entries[_during(model, entries, first, last)] for entries in lifted]
    moved = reduce(np.union1d, mine, np.flatnonzero((closed[0] != plain[0]) | (closed[1] != plain[1])))
    # Bounds of the model as it is used: duties are gone, and options may have added rows behind those of
    # the formulation.
    columns, extra = f.columns.size, len(b.column_upper) - f.columns.size
    entry = np.where(moved < columns, moved, moved + extra)
    lower, upper = _stacked(b)
    relaxed = np.isin(moved, _duties(model))
    closed_lower = np.where(relaxed, lower[entry], closed[0][moved])
    return Switch(entry, lower[entry], upper[entry], closed_lower, np.minimum(closed[1][moved], upper[entry]))


def _during(model: Model, entries: NDArray[np.int64], first: int, last: int) -> NDArray[np.bool_]:
    """Return which entries, columns and then rows of the formulation, are of steps from `first` to before `last`."""
    f, found = model.formulation, np.zeros(len(entries), dtype=bool)
    for layout, offset in ((f.columns, 0), (f.rows, f.columns.size)):
        for block in layout.blocks.values():
            step = (entries - offset - block.offset) % max(block.steps, 1)
            inside = (entries >= offset + block.slice.start) & (entries < offset + block.slice.stop)
            found |= inside & ((step >= first) & (step < last) | (block.steps != model.network.T))
    return found


def _duties(model: Model) -> NDArray[np.int64]:
    f = model.formulation
    columns = f.columns.size
    blocks = [np.arange(f.supply.slice.start, f.supply.slice.stop)]
    blocks += [columns + np.arange(b.slice.start, b.slice.stop) for b in (f.least_output, f.ramp_down)]
    return np.concatenate(blocks)


def _stacked(b: Bounds) -> tuple[Array, Array]:
    return np.concatenate([b.column_lower, b.row_lower]), np.concatenate([b.column_upper, b.row_upper])


__all__ = ["CoalitionProgram", "Players", "build_program", "chosen_options"]
