"""A variant: one compiled model with a few bounds or costs changed. Every question is a set of variants."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from straits.case.ownership import Access
from straits.errors import ModelError, did_you_mean
from straits.lp import Patch
from straits.model import Effect, Factors, Model
from straits.model.availability import factors_from, spans_of

_COLUMN = ("column_lower", "column_upper")
_ROW = ("row_lower", "row_upper")


@dataclass(frozen=True)
class Variant:
    """One question: the model with some patches, in order.

    Attributes
    ----------
    id : str
        Unique within a batch.
    parts : tuple of Patch
        The order decides which variant this one starts from (the one that has all parts but the last), not its answer.
    """

    id: str
    parts: tuple[Patch, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts."""
        return tuple(part.name for part in self.parts)


def patch_of(model: Model, name: str, effects: Iterable[Effect]) -> Patch:
    """Give the patch of physical effects that act besides the model's own.

    Parameters
    ----------
    model : Model
    name : str
    effects : iterable of Effect

    Returns
    -------
    Patch
        Its bounds are those of `model.bounds_under((*model.effects, *effects))`.

    Raises
    ------
    ModelError
        If an asset is unknown, a factor is no number from 0 up, or part of an unlimited capacity would be left in some step.
    """
    effects = tuple(effects)
    for effect in effects:
        if not (np.isfinite(effect.factor) and effect.factor >= 0):
            raise ModelError(f"{effect.asset}: factor {effect.factor}; expected a number, 0 or more")
    touched = spans_of(model.network, effects)
    merged = {key: [*model.spans.get(key, ()), *spans] for key, spans in touched.items()}
    fresh = factors_from(model.network, merged)
    one = np.ones(model.network.T)
    return patch_from(model, name, {key: fresh.by_kind[key[0]].get(key[1], one) for key in merged}, effects)


def patch_from(
    model: Model, name: str, left: Mapping[tuple[str, int], np.ndarray], made_of: tuple[Effect, ...] = ()
) -> Patch:
    """Give the patch under which some assets keep other shares of their capacity.

    Parameters
    ----------
    model : Model
    name : str
    left : mapping of (kind, index) to ndarray, shape (T,)
        Share that remains, with what the model's own effects take.
    made_of : tuple of Effect
        What it comes from.
    """
    fresh: dict[str, dict[int, np.ndarray]] = {kind: {} for kind in model.factors.by_kind}
    for (kind, index), share in left.items():
        fresh[kind][index] = share
    factors = Factors({kind: {**own, **fresh[kind]} for kind, own in model.factors.by_kind.items()})
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {a: [] for a in (*_COLUMN, *_ROW)}
    for kind, index in left:
        for entry in model.limits.of(kind, index, factors):
            found[entry.array].append((entry.at, entry.value))
    columns, lower, upper = _sparse(model, found, _COLUMN)
    rows, row_lower, row_upper = _sparse(model, found, _ROW)
    return Patch(name, columns, lower, upper, model.cost[columns], rows, row_lower, row_upper, made_of)


def _sparse(
    model: Model, found: Mapping[str, list[tuple[np.ndarray, np.ndarray]]], arrays: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put entries of a lower and an upper array together, without those that are as in the model."""
    parts = [at for array in arrays for at, _ in found[array]]
    where = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=int)
    old = [getattr(model.bounds, array)[where] for array in arrays]
    new = [values.copy() for values in old]
    for values, array in zip(new, arrays, strict=True):
        for at, value in found[array]:
            values[np.searchsorted(where, at)] = value
    differ = (new[0] != old[0]) | (new[1] != old[1])
    if model.decided is not None:
        # What was decided before the news is as it was, whatever happens.
        differ &= ~(model.decided.columns if arrays is _COLUMN else model.decided.rows)[where]
    return where[differ], new[0][differ], new[1][differ]


def close(
    model: Model,
    assets: str | Sequence[str],
    start: dt.date,
    end: dt.date,
    *,
    name: str | None = None,
    factor: float = 0.0,
    access: Access = "veto",
) -> Patch:
    """Give the patch that closes assets from `start` to the day before `end`.

    Parameters
    ----------
    model : Model
    assets : str or sequence of str
        Ids of links, places, supplies, markets, stores, fleets, or `transit:ACTOR`, `territory:ACTOR`, `actor:ACTOR`.
    start, end : date
        First day, and the day after the last.
    name : str, optional
        Default: the assets.
    factor : float
        Share of capacity that remains.
    access : {"veto", "host", "regulated"}
        Which rights hold, for `actor:ACTOR`; see `straits.case.ownership`.

    Returns
    -------
    Patch

    Raises
    ------
    ModelError
        If an asset is unknown or the window is not on the time axis.
    """
    axis = model.case.settings.time
    if end <= start:
        raise ModelError(f"window {start} to {end}: its end must be after its start")
    if end <= axis.start or start >= axis.end:
        raise ModelError(
            f"window {start} to {end} lies outside the time axis of the case, {axis.start} to {axis.end}"
        )
    assets = [assets] if isinstance(assets, str) else list(assets)
    effects = [
        Effect(asset, factor, start, end, known=start, expected_end=end, access=access) for asset in assets
    ]
    return patch_of(model, name or "+".join(assets), effects)


def close_during(model: Model, asset: str, times: Iterable[tuple[dt.date, dt.date]]) -> Patch:
    """Give the patch that closes an asset during some times, first day and day after the last of each, in order.

    Raises
    ------
    ModelError
        If the asset is unknown, or part of an unlimited capacity would be left in some step.
    """
    joined: list[tuple[dt.date, dt.date]] = []
    for start, end in times:
        begin = joined.pop()[0] if joined and joined[-1][1] == start else start
        joined.append((begin, end))
    effects = [Effect(asset, 0.0, start, end, known=start, expected_end=end) for start, end in joined]
    return patch_of(model, asset, effects)


def change(
    model: Model,
    name: str,
    *,
    columns: Mapping[str, tuple[float, float]] | None = None,
    rows: Mapping[str, tuple[float, float]] | None = None,
    costs: Mapping[str, float] | None = None,
) -> Patch:
    """Give the patch that sets bounds and costs of named rows and columns.

    Parameters
    ----------
    model : Model
    name : str
    columns, rows : dict of str to (lower, upper), optional
        By the names of `Model.column_name` and `row_name`, such as `flow(cpc,crude.KAZ,2022-01-01)`; or by a mask in which each
        `*` stands for anything, such as `flow(cpc,*` or `flow(*,2022-01-01)`.
    costs : dict of str to float, optional
        Objective coefficients, minimised, thousand currency per unit.

    Returns
    -------
    Patch

    Raises
    ------
    ModelError
        If a name is unknown, a mask fits none, a bound or cost is no number, or a lower bound lies above its upper bound.
    """
    b = model.bounds
    new_columns = _named(model, "column", columns or {})
    new_costs = _named(model, "column", costs or {})
    new_rows = _named(model, "row", rows or {})
    at = np.array(sorted({*new_columns, *new_costs}), dtype=int)
    row_at = np.array(sorted(new_rows), dtype=int)
    bounds = np.array(
        [new_columns.get(j, (b.column_lower[j], b.column_upper[j])) for j in at.tolist()]
    ).reshape(-1, 2)
    row_bounds = np.array([new_rows[i] for i in row_at.tolist()]).reshape(-1, 2)
    for lower, upper in (*bounds, *row_bounds):
        if not lower <= upper:
            raise ModelError(
                f"change {name}: bounds {lower} to {upper}; expected numbers, the lower not above the upper"
            )
        if lower == np.inf or upper == -np.inf:
            raise ModelError(f"change {name}: bounds {lower} to {upper} leave no value")
    cost = np.array([new_costs.get(j, model.cost[j]) for j in at.tolist()], dtype=float)
    if not np.all(np.isfinite(cost)):
        raise ModelError(f"change {name}: cost {cost[~np.isfinite(cost)][0]}; expected a finite number")
    return Patch(name, at, bounds[:, 0], bounds[:, 1], cost, row_at, row_bounds[:, 0], row_bounds[:, 1])


def _named(model: Model, what: str, values: Mapping[str, object]) -> dict[int, object]:
    if not values:
        return {}
    count, name = (
        (len(model.cost), model.column_name) if what == "column" else (model.matrix.shape[0], model.row_name)
    )
    names = {name(i): i for i in range(count)}
    found: dict[int, object] = {}
    for key, value in values.items():
        if "*" in key:
            mask = re.compile(".*".join(re.escape(part) for part in key.split("*")))
            chosen = [i for n, i in names.items() if mask.fullmatch(n)]
        else:
            chosen = [names[key]] if key in names else []
        if not chosen:
            raise ModelError(f"the model has no {what} {key!r}{did_you_mean(key, names)}")
        found |= dict.fromkeys(chosen, value)
    return found


def combine(model: Model, parts: Sequence[Patch], name: str = "") -> Patch:
    """Put patches together into one.

    Where patches made from effects meet in one entry, all their effects are worked out together. A patch made by `change`
    gives way to them, and to a later one of its kind in what that one sets; what is as in the model counts as not set.
    """
    if len(parts) == 1:
        return parts[0]
    plain = [p for p in parts if not p.made_of]
    if len(plain) > 1:
        plain = [_merged(model, plain)]
    struck = [p for p in parts if p.made_of]
    if len(struck) > 1 and _interact(struck):
        struck = [patch_of(model, name, (e for p in struck for e in p.made_of))]
    ordered = [*plain, *struck]
    columns, (lower, upper, cost) = _overlay(ordered, "columns", ("column_lower", "column_upper", "cost"))
    if plain and struck:  # effects change no costs
        cost = model.cost[columns]
        dear, (price,) = _overlay(plain, "columns", ("cost",))
        cost[np.searchsorted(columns, dear)] = price
    rows, (row_lower, row_upper) = _overlay(ordered, "rows", _ROW)
    effects = tuple(e for p in struck for e in p.made_of)
    return Patch(name, columns, lower, upper, cost, rows, row_lower, row_upper, effects)


def key_of(model: Model, parts: Mapping[str, Patch], names: Sequence[str]) -> str:
    """Give the fingerprint of what some parts change together."""
    if not names:
        return hashlib.sha256(b"").hexdigest()
    return combine(model, [parts[name] for name in names], "key").key


def _merged(model: Model, parts: Sequence[Patch]) -> Patch:
    """Make one of patches each of which sets what it has other than the model: one a cost, the next a bound of that column."""
    b = model.bounds
    m: dict[str, np.ndarray] = {}
    for at, arrays in (
        ("columns", {"column_lower": b.column_lower, "column_upper": b.column_upper, "cost": model.cost}),
        ("rows", {"row_lower": b.row_lower, "row_upper": b.row_upper}),
    ):
        where = np.unique(np.concatenate([getattr(p, at) for p in parts]))
        m[at] = where
        for name, own in arrays.items():
            m[name] = own[where]
            for p in parts:
                differs = getattr(p, name) != own[getattr(p, at)]
                m[name][np.searchsorted(where, getattr(p, at)[differs])] = getattr(p, name)[differs]
    return Patch(
        "", m["columns"], m["column_lower"], m["column_upper"], m["cost"], m["rows"], m["row_lower"], m["row_upper"]
    )  # fmt: skip


def _overlay(parts: Sequence[Patch], at: str, arrays: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Lay patches over one another, the last on top, on the entries that any of them sets."""
    where = np.concatenate([np.empty(0, dtype=int), *(getattr(p, at) for p in parts)])
    order = np.argsort(where, kind="stable")
    last = order[np.append(np.diff(where[order]) != 0, True)] if len(where) else order
    none = [np.empty(0)]
    return where[last], [np.concatenate([*none, *(getattr(p, a) for p in parts)])[last] for a in arrays]


def _interact(parts: Sequence[Patch]) -> bool:
    """Whether patches set one entry in a way that only all their effects together decide.

    Closures over one and the same window that agree on an entry do not: closed twice is closed. Others do: two losses of half
    of a capacity leave a quarter, two halves of a step leave nothing of it.
    """
    one_window = len({(e.factor, e.start, e.end) for p in parts for e in p.made_of}) == 1
    closing = one_window and parts[0].made_of[0].factor == 0.0
    for at, arrays in (("columns", _COLUMN), ("rows", _ROW)):
        where = np.concatenate([getattr(p, at) for p in parts])
        order = np.argsort(where, kind="stable")
        same = np.flatnonzero(np.diff(where[order]) == 0)
        if len(same) and not closing:
            return True
        for array in arrays if len(same) else ():
            values = np.concatenate([getattr(p, array) for p in parts])[order]
            if np.any(values[same] != values[same + 1]):
                return True
    return False
