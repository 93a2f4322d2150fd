"""What is built: options as greater capacities in the same rows and columns, and what each costs in a year.

Goods under way at the start and worth at the end stay those of the case with nothing built, so that plans of any two sets of
options can be compared: bounds are all that an option moves.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from straits.case import units
from straits.case.checks.idle.effects import Use, idle_option
from straits.case.units.quantities import grade_of
from straits.errors import ModelError, did_you_mean
from straits.lp import Bounds
from straits.model.compiled import Model
from straits.model.limits import Limits
from straits.model.reading.reader import Reader

if TYPE_CHECKING:
    from straits.case.schema.records import Option
    from straits.model.network import Network

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Addition:
    """What an option adds, whole.

    Attributes
    ----------
    kind : {"link", "supply", "store", "fleet", "contract"}
    index : int
        Of the asset or contract in the network.
    amount : ndarray, shape (T,) or (1,)
        In the unit of the capacity: per step, vessel-days in a step, or (one number) of a store. Of a contract per step.
    """

    kind: str
    index: int
    amount: Array


@dataclass(frozen=True)
class YearlyCost:
    """What an option costs in a year, million currency.

    Attributes
    ----------
    fixed : float
        If any part is built: the annuity of `fixed_cost`.
    whole : float
        If all is built, besides: the annuity of `capital_cost`, and `yearly_cost`; in proportion for a part.
    kept : float
        Of `whole`, what is paid for keeping it (`yearly_cost`).
    """

    fixed: float
    whole: float
    kept: float

    @property
    def total(self) -> float:
        """Cost of all of it."""
        return self.fixed + self.whole

    def of(self, part: float) -> float:
        """Cost of a part, from 0 to 1."""
        return self.fixed + self.whole * part if part > 0 else 0.0


def annuity_of(capital: float, years: float, discount_rate: float) -> float:
    """Return the yearly payment that pays a capital back over some years; at a rate of 0 an equal part each year."""
    if discount_rate == 0:
        return capital / years
    return capital * discount_rate / -np.expm1(-years * np.log1p(discount_rate))


def yearly_cost(
    option: Option, currency: str, discount_rate: float, rates: units.Rates = units.NO_RATES
) -> YearlyCost:
    """Return what an option costs in a year.

    Parameters
    ----------
    option : Option
    currency : str
        Of the case.
    discount_rate : float
        Yearly.
    rates : mapping of str to float
        Of other currencies, as in `straits.case.units.money`.

    Raises
    ------
    ModelError
        If its capital cost or life is blank, or money has no unit.
    """
    where = f"table options, row {option.id}"
    for column in ("capital_cost", "life_years"):
        if getattr(option, column) is None:
            raise ModelError(
                f"{where}, column {column}: blank, but what it costs must be known (0 if nothing); fill it in, or leave the "
                "option out"
            )
    assert option.capital_cost is not None and option.life_years is not None
    money = {}
    for column in ("capital_cost", "fixed_cost", "yearly_cost"):
        value, unit = getattr(option, column), getattr(option, f"{column}_unit")
        if value and unit is None:
            raise ModelError(f"{where}, column {column}_unit: blank, expected a unit of money")
        convert = units.money_per_day if column == "yearly_cost" else units.money
        # A year is 365 days here, whatever the calendar says, so that no cost hangs on it.
        money[column] = convert(value, unit, currency, rates=rates) / 1000.0 if value else 0.0
    capital, fixed = (
        annuity_of(money[c], option.life_years, discount_rate) for c in ("capital_cost", "fixed_cost")
    )
    kept = money["yearly_cost"] * 365.0
    return YearlyCost(float(fixed), float(capital + kept), kept)


class Options:
    """Options of a model, and the model with some of them built.

    Parameters
    ----------
    model : Model
        Compiled with none of them.
    ids : sequence of str

    Attributes
    ----------
    ids : list of str
    added : dict of str to Addition
        Those that add to something, by id.
    idle : dict of str to str
        Those that add to nothing, and why: their asset is unlimited, or no cargo can reach it.

    Raises
    ------
    ModelError
        If an option is unknown, stands twice, belongs to the scenario already, or adds without limit.
    """

    def __init__(self, model: Model, ids: Sequence[str]) -> None:
        self.model, self.ids = model, list(ids)
        table, built = model.case.rows("options"), model.scenario.options if model.scenario else ()
        seen: set[str] = set()
        for key in self.ids:
            if key not in table:
                raise ModelError(f"options: {key!r} is not in table options{did_you_mean(key, table)}")
            if key in seen:
                raise ModelError(f"options: {key!r} is named twice")
            seen.add(key)
            if key in built:
                assert model.scenario is not None
                raise ModelError(
                    f"options: {key!r} is built in scenario {model.scenario.id!r} already; leave it out"
                )
            if not np.isfinite(table[key].adds):
                raise ModelError(
                    f"table options, row {key}, column adds: what it adds has no limit; expected a number above 0"
                )
        self.added: dict[str, Addition] = {}
        self.idle: dict[str, str] = {}
        reader, use = Reader(model.case, model.network.steps), Use(model.case)
        # What options of one asset can change hangs on the asset alone.
        why_idle: dict[str, str | None] = {}
        for key in self.ids:
            row = table[key]
            if row.asset not in why_idle:
                why_idle[row.asset] = idle_option(use, row)
            why = why_idle[row.asset] or self._take(reader, key, row)
            if why:
                self.idle[key] = why

    def _take(self, reader: Reader, key: str, option: Option) -> str | None:
        """Take up what an option adds; say why it adds nothing, if so."""
        case, n = self.model.case, self.model.network
        kind, index = n.index_of.get(option.asset, ("contract", -1))
        if kind == "contract":
            if option.asset not in n.contracts.ids:
                return f"{option.asset!r} has no capacity to enlarge"
            index = n.contracts.ids.index(option.asset)
            row = case.rows("contracts")[option.asset]
            asset_kind, at = n.contracts.asset[index]
            known = {"link": case.arcs, "supply": case.rows("supplies"), "market": case.rows("markets")}
            home: Any = known[asset_kind][n.name_of(asset_kind, at)]
            commodity = row.commodity or (home.commodities[0] if asset_kind == "link" else home.commodity)
            grade = grade_of(case, "contracts", row)
            amount = reader.rate(option.adds, option.adds_unit, commodity, grade)
        elif kind in ("link", "supply"):
            grows: Any = (case.arcs if kind == "link" else case.rows("supplies"))[option.asset]
            amount = reader.rate(
                option.adds, option.adds_unit, grows.commodities[0] if kind == "link" else grows.commodity
            )
            if option.asset in case.rows("converts"):
                amount = amount * n.steps.overlap(grows.start, grows.end)
        elif kind == "store":
            stored = case.rows("stores")[option.asset]
            amount = np.array([reader.amount(option.adds, option.adds_unit, stored.commodity)])
        elif kind == "fleet" and n.fleets.joint[index]:
            amount = option.adds * n.steps.days
        elif kind == "fleet":
            amount = option.adds * case.rows("fleets")[option.asset].availability * n.steps.days
        else:
            return f"{option.asset!r} is a {kind}, which has no capacity to enlarge"
        self.added[key] = Addition(kind, index, np.asarray(amount, dtype=float))
        return None

    @property
    def working(self) -> list[str]:
        """Options that add to something."""
        return list(self.added)

    def built(self, parts: Mapping[str, float]) -> Model:
        """Return the model with parts of options built: other bounds, the same rows, columns and costs.

        Parameters
        ----------
        parts : mapping of str to float
            From 0 to 1; what is not named is not built.
        """
        chosen = {key: part for key, part in parts.items() if part > 0 and key in self.added}
        if not chosen:
            return self.model
        limits, bounds = self._limits(chosen), self.model.bounds.copy()
        assets = {(self.added[key].kind, self.added[key].index) for key in chosen}
        links = np.array(sorted(index for kind, index in assets if kind == "link"), dtype=int)
        if len(links):
            for array, _, at, value in limits.links(links, self.model.factors):
                getattr(bounds, array)[at] = value
        for kind, index in sorted((kind, index) for kind, index in assets if kind != "link"):
            for entry in limits.whole(kind, index, self.model.factors):
                getattr(bounds, entry.array)[entry.at] = entry.value
        made = replace(self.model, formulation=limits.f, bounds=bounds)
        # What does not hang on capacities need not be worked out again.
        vars(made).update(limits=limits, spans=self.model.spans, factors=self.model.factors)
        return made

    def _limits(self, parts: Mapping[str, float]) -> Limits:
        return self.model.limits.on(self.model.formulation.on(_grown(self, parts)))

    @cached_property
    def entries(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns and rows whose upper bounds some option lifts, increasing."""
        every = self.built(dict.fromkeys(self.ids, 1.0)).bounds
        base = self.model.bounds
        return (
            np.flatnonzero(every.column_upper != base.column_upper),
            np.flatnonzero((every.row_upper != base.row_upper) | (every.row_lower != base.row_lower)),
        )

    def old_share(self, parts: Mapping[str, float]) -> dict[tuple[str, int], Array]:
        """Return which share of the capacity of each enlarged asset was there before, shape (T,)."""
        n = self.model.network
        s = n.stores
        room = s.capacity + s.min_level[:, None]
        before = {
            "link": n.link_capacity,
            "supply": n.supplies.capacity,
            "fleet": n.fleets.days,
            "store": room,
        }
        grown: dict[tuple[str, int], Array] = {}
        for key, part in parts.items():
            if part > 0 and key in self.added and self.added[key].kind != "contract":
                a = self.added[key]
                grown[a.kind, a.index] = grown.get((a.kind, a.index), np.zeros(1)) + part * a.amount
        found = {}
        for (kind, index), more in grown.items():
            old = before[kind][index]
            total = old + more
            found[kind, index] = np.divide(old, total, out=np.ones_like(total), where=total > 0)
        return found

    def lifts(self) -> tuple[NDArray[np.int64], list[tuple[int, bool, int, float]], Bounds]:
        """Return what the options that add to something lift, each built alone and whole, for programs with a column for each.

        Returns
        -------
        ndarray of int
            Columns of which some option lifts the upper bound, increasing.
        list of (int, bool, int, float)
            Number of the option among `working`, whether it lifts a column or a row, which, and by how much: its upper bound, or
            its lower bound (downwards) where only that moves.
        Bounds
            With all of them built.
        """
        found: list[tuple[int, bool, int, float]] = []
        keys, added = self.working, list(self.added.values())
        for layer in self._layers():
            limits = self._limits(dict.fromkeys((keys[k] for k in layer), 1.0))
            links = [k for k in layer if added[k].kind == "link"]
            which = np.array([added[k].index for k in links], dtype=int)
            if links:
                for array, of, at, value in limits.links(which, self.model.factors):
                    found += self._moved(array, np.array(links)[of][:, None] + np.zeros_like(at), at, value)
            for k in sorted({*layer} - {*links}):
                a = added[k]
                # By entry: an asset may name one twice.
                own: dict[tuple[int, bool, int], float] = {}
                for entry in limits.whole(a.kind, a.index, self.model.factors):
                    moves = self._moved(entry.array, np.full(len(entry.at), k), entry.at, entry.value)
                    own |= {(k, column, at): by for k, column, at, by in moves}
                found += [(*entry, by) for entry, by in own.items()]
        lifted = np.array(sorted({at for _, column, at, _ in found if column}), dtype=np.int64)
        return lifted, found, self.built(dict.fromkeys(keys, 1.0)).bounds

    def _layers(self) -> list[list[int]]:
        """Return the options that add to something, by their number, in lists that name each asset once at most."""
        seen: dict[tuple[str, int], int] = {}
        layers: list[list[int]] = []
        for k, a in enumerate(self.added.values()):
            place = seen.get((a.kind, a.index), 0)
            seen[a.kind, a.index] = place + 1
            if place == len(layers):
                layers.append([])
            layers[place].append(k)
        return layers

    def _moved(
        self, array: str, which: NDArray[np.int64], at: NDArray[np.int64], value: Array
    ) -> list[tuple[int, bool, int, float]]:
        """Return which options lift what by how much, of entries of an array of bounds."""
        if array not in ("column_upper", "row_upper", "row_lower"):
            return []
        own = getattr(self.model.bounds, array)[at]
        with np.errstate(invalid="ignore"):
            more = value - own
        moved = (value != own) & np.isfinite(more)
        column = [array == "column_upper"] * int(moved.sum())
        return list(zip(which[moved].tolist(), column, at[moved].tolist(), more[moved].tolist(), strict=True))


def _grown(options: Options, parts: Mapping[str, float]) -> Network:
    """Return the network with greater capacities; what is worked out of it already, and does not hang on them, stays."""
    n = options.model.network
    link, supply, fleet, store = (
        a.copy() for a in (n.link_capacity, n.supplies.capacity, n.fleets.days, n.stores.capacity)
    )
    agreed: dict[int, Array] = {}
    for key, part in parts.items():
        a = options.added[key]
        more = part * a.amount
        if a.kind == "contract":
            agreed[a.index] = agreed.get(a.index, np.zeros(n.T)) + more
        else:
            {"link": link, "supply": supply, "fleet": fleet, "store": store}[a.kind][a.index] += more
    rows = [
        row._replace(amount=row.amount + math.fsum(agreed[row.contract] * row.weight))
        if row.contract in agreed
        else row
        for row in n.contracts.rows
    ]
    made = copy.copy(n)
    for name, value in {
        "link_capacity": link,
        "supplies": replace(n.supplies, capacity=supply),
        "fleets": replace(n.fleets, days=fleet),
        "stores": replace(n.stores, capacity=store),
        "contracts": replace(n.contracts, rows=rows),
    }.items():
        object.__setattr__(made, name, value)
    return made
