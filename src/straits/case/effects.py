"""Physical effects of measures and disruptions on a case: which act in a run, what each strikes and when, and what is left."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.checks.network import carries, inflows, sources
from straits.case.ownership import HOLDING, closable_by
from straits.case.scopes import touched

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.settings import Scenario
    from straits.case.timeaxis import Steps

Interval = tuple[float, float, float]
#: Columns of which a disruption takes a share, by table; unlimited ones have no share.
TAKEN = {
    "links": ("capacity",),
    "supplies": ("capacity",),
    "markets": ("demand",),
    "stores": ("in_rate", "out_rate"),
    "converts": ("capacity",),
    "fleets": (),
    "joints": (),
}


def is_unlimited(table: str, row: Any) -> bool:
    """Whether what a disruption would take a share of is unlimited: for a store, its rate of filling or emptying."""
    return any(
        math.isinf(getattr(row, name)) and getattr(row, f"{name}_profile") is None
        for name in TAKEN.get(table, ())
    )


@dataclass(frozen=True)
class Acting:
    """A physical effect that acts in some run, and where it is written."""

    where: tuple[str, str | None]
    asset: str
    factor: float
    start: date
    end: date
    commodity: str | None
    origins: tuple[str, ...]


def acting(case: CaseData, scenario: Scenario | None) -> Iterator[Acting]:
    """Yield the effects of measures that act in a run, and the disruptions of its scenario."""
    named = scenario.measures if scenario else ()
    for key, row in case.rows("measures").items():
        if row.factor is not None and row.asset is not None and (row.baseline or key in named):
            start, end = row.effect_start or row.start, row.effect_end or row.end or case.settings.time.end
            yield Acting(("measures", key), row.asset, row.factor, start, end, row.commodity, row.origins)
    for item in scenario.disruptions if scenario else ():
        where = (f"scenarios/{scenario.id}" if scenario else "", None)
        yield Acting(
            where, item.asset, item.factor, item.start, item.end, item.commodity, tuple(item.origins)
        )


def average_factor(steps: Steps, intervals: list[Interval]) -> np.ndarray:
    """Average the product of interval factors over each step.

    Parameters
    ----------
    steps : Steps
    intervals : list of (begin, end, factor)
        Begin and end in days since the start of the axis.

    Returns
    -------
    ndarray, shape (T,)
    """
    edges = steps.edges
    ends = [float(day) for interval in intervals for day in interval[:2]]
    points = np.unique(np.concatenate([edges, np.clip(ends, edges[0], edges[-1])]))
    middle = (points[:-1] + points[1:]) / 2
    level = np.ones(len(middle))
    for begin, end, factor in intervals:
        level = np.where((middle > begin) & (middle < end), level * factor, level)
    return np.add.reduceat(level * np.diff(points), np.searchsorted(points, edges[:-1])) / np.diff(edges)


def step_of_a_part(share: np.ndarray, intervals: list[Interval]) -> int | None:
    """Give the first step in which a part of something unlimited would be left, if that has no meaning; else None.

    A closure that begins or ends within a step has one if it covers others whole: what stays of its first and last step is
    unlimited, so that the flow is made up there. A closure that covers no step whole would change nothing at all.
    """
    part = np.flatnonzero((share > 0) & (share < 1))
    if not len(part) or (all(factor in (0.0, 1.0) for *_, factor in intervals) and np.any(share == 0)):
        return None
    return int(part[0])


def parts_of_unlimited(
    case: CaseData, scenario: Scenario | None, steps: Steps
) -> Iterator[tuple[Acting, str]]:
    """Yield the effects of a run that leave a part of an unlimited capacity in some step, and words for it."""
    unlimited = {
        key: (table, name)
        for table, names in TAKEN.items()
        for key, row in case.rows(table).items()
        for name in reversed(names)  # of a store with two unlimited rates its in_rate is named
        if math.isinf(getattr(row, name))
        and getattr(row, f"{name}_profile") is None  # one with a unit limits it
    }
    spans: dict[tuple[str, Any], list[tuple[Interval, Acting]]] = defaultdict(list)
    for effect in acting(case, scenario) if unlimited else ():
        for table, row, start, end in _struck(case, effect):
            if row.id in unlimited:
                interval = (steps.day(start), steps.day(end), effect.factor)
                for cargo in _cargoes_struck(case, effect, table, row):
                    spans[row.id, cargo].append((interval, effect))
    for (key, _), found in spans.items():
        intervals = [interval for interval, _ in found]
        share = average_factor(steps, intervals)
        step = step_of_a_part(share, intervals)
        if step is not None:
            table, name = unlimited[key]
            # Of several that meet, what leaves a part by its factor is to blame before what begins or ends within a step.
            blamed = next((effect for (*_, factor), effect in found if 0 < factor < 1), found[-1][1])
            label = steps.labels[step]
            yield blamed, left_of_unlimited(f"{table}, row {key}", name, float(share[step]), label)


def left_of_unlimited(what: str, column: str, share: float, step: str) -> str:
    """Word the error of a part of an unlimited capacity."""
    return (
        f"{what}: a disruption leaves {share:.3g} of its {column} in the step from {step}, but its {column} is unlimited, so a "
        f"part of it has no meaning. Give it a number in column {column}, or let the disruption cover whole steps with factor 0"
    )


def _struck(case: CaseData, effect: Acting) -> Iterator[tuple[str, Any, date, date]]:
    scope, colon, actor = effect.asset.partition(":")
    if colon and scope == "actor":
        for item in closable_by(case, actor, effect.start, effect.end, roles=HOLDING):
            yield item.table, case.rows(item.table)[item.asset], item.start, item.end
        return
    for table, row in touched(case, effect.asset, effect.start, effect.end):
        yield table, row, effect.start, effect.end


def _cargoes_struck(case: CaseData, effect: Acting, table: str, row: Any) -> Iterator[Any]:
    """Yield the cargoes of an asset that are struck apart; None for all of it together."""
    scope, colon, actor = effect.asset.partition(":")
    transit = bool(colon) and scope == "transit"
    if table in ("links", "converts") and (transit or effect.commodity is not None or effect.origins):
        for cargo in sources(case):
            good = effect.commodity in (None, cargo[0]) and (not effect.origins or cargo[1] in effect.origins)
            if good and carries(row, cargo) and not (transit and cargo[1] == actor):
                yield cargo
    elif table == "supplies":
        own = next(i.cargo for i in inflows(case) if (i.table, i.id) == (table, row.id))
        if effect.commodity in (None, own[0]) and (not effect.origins or own[1] in effect.origins):
            yield None
    elif table == "joints":
        if effect.commodity is None and not effect.origins:
            yield None
    elif not effect.origins and (table in ("links", "converts") or effect.commodity in (None, row.commodity)):
        yield None


def origins_without_meaning(case: CaseData, effect: Acting) -> Iterator[str]:
    """Yield what an effect on some origins strikes that has none: stores, fleets and markets that are named themselves; and joint
    capacities struck for some goods or origins only, which count all that passes."""
    if effect.commodity is not None and effect.asset in case.rows("joints"):
        yield f"joint {effect.asset!r}"
    elif effect.origins and ":" not in effect.asset:
        for table, row in touched(case, effect.asset):
            if table in ("fleets", "joints", "markets", "stores"):
                yield f"{table[:-1]} {row.id!r}"
