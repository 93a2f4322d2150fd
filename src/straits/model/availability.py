"""What is closed, how far and when: from measures and disruptions to a share of capacity per asset and step."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from straits.case.effects import average_factor, left_of_unlimited, step_of_a_part
from straits.case.ownership import HOLDING, Access, closable_by
from straits.errors import ModelError

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.model.network import Network

#: Kinds of asset whose capacity an effect can change, and the length of each on the network.
KINDS = ("link", "pair", "supply", "market", "store", "fleet", "release")

#: Intervals (begin, end, factor) by (kind, index) of the asset that they touch.
Spans = dict[tuple[str, int], list[tuple[float, float, float]]]


@dataclass(frozen=True)
class Effect:
    """Something that leaves only `factor` of the capacity of an asset from `start` to `end`.

    Attributes
    ----------
    asset : str
        Id of a link, place, supply, market, store or fleet, or `transit:ACTOR`, `territory:ACTOR`, `actor:ACTOR`.
    factor : float
        Share of capacity that remains, 0 for a stop.
    start, end : datetime.date
        First day, and the day after the last.
    commodity : str or None
        Commodity that is struck. None: all.
    origins : tuple of str
        Origins that are struck. Empty: all.
    known : datetime.date
        Day on which it becomes known.
    expected_end : datetime.date
        End that is expected when it becomes known.
    access : {"veto", "host", "regulated"}
        Which rights hold, for `actor:ACTOR`; see `straits.case.ownership`. Disruptions of a case are under veto.
    """

    asset: str
    factor: float
    start: dt.date
    end: dt.date
    commodity: str | None = None
    origins: tuple[str, ...] = ()
    known: dt.date | None = None
    expected_end: dt.date | None = None
    access: Access = "veto"


def effects_of(case: Case, scenario: Scenario | None) -> list[Effect]:
    """List the physical effects that act: baseline measures, and what the scenario names.

    Parameters
    ----------
    case : Case
    scenario : Scenario or None

    Returns
    -------
    list of Effect
        Measures without a physical effect are left out: an order is not a stop.

    Raises
    ------
    ModelError
        If the scenario names an unknown measure.
    """
    named = set(scenario.measures) if scenario else set()
    measures = case.rows("measures")
    if unknown := named - set(measures):
        raise ModelError(
            f"scenario {scenario.id if scenario else ''}: measures {sorted(unknown)} are not in table measures"
        )
    effects = []
    for key, measure in measures.items():
        if (measure.baseline or key in named) and measure.factor is not None and measure.asset is not None:
            start = measure.effect_start or measure.start
            end = measure.effect_end or measure.end or case.settings.time.end
            effects.append(
                _effect(measure.asset, measure.factor, start, end, measure.commodity, measure.origins, measure.known,
                        measure.expected_days)
            )  # fmt: skip
    for item in scenario.disruptions if scenario else ():
        effects.append(
            _effect(item.asset, item.factor, item.start, item.end, item.commodity, item.origins, item.known,
                    item.expected_days)
        )  # fmt: skip
    # Factors that overlap are multiplied, and a product's last digit hangs on its order.
    return sorted(effects, key=_order)


def _order(effect: Effect) -> tuple[object, ...]:
    dates = (effect.start, effect.end, effect.known or effect.start, effect.expected_end or effect.end)
    return effect.asset, *dates, effect.factor, effect.commodity or "", sorted(effect.origins)


def _effect(
    asset: str,
    factor: float,
    start: dt.date,
    end: dt.date,
    commodity: str | None,
    origins: tuple[str, ...],
    known: dt.date | None,
    expected_days: float | None,
) -> Effect:
    expected = end if expected_days is None else start + dt.timedelta(days=expected_days)
    return Effect(asset, factor, start, end, commodity, tuple(origins), known or start, expected)


@dataclass
class Factors:
    """Share of capacity that remains, for each asset and step.

    Attributes
    ----------
    by_kind : dict of str to dict of int to ndarray, shape (T,)
        For each kind of `KINDS`, the factors of the assets that some effect touches. Absent: 1 in every step.
    """

    by_kind: dict[str, dict[int, np.ndarray]] = field(default_factory=lambda: {kind: {} for kind in KINDS})

    def apply(self, kind: str, values: np.ndarray) -> np.ndarray:
        """Give `values` (assets, T) times the factors, with unlimited times 0 read as 0."""
        touched = self.by_kind[kind]
        if not touched:
            return values
        result = values.copy()
        for index, factor in touched.items():
            row = result[index]
            unlimited = np.isinf(row)
            row[~unlimited] *= factor[~unlimited]
            row[unlimited & (factor == 0)] = 0.0
        return result


def factors_of(network: Network, effects: Iterable[Effect]) -> Factors:
    """Turn effects into factors per asset and step.

    Effects that overlap in time multiply. An effect that covers part of a step takes that part of its capacity.

    Parameters
    ----------
    network : Network
    effects : iterable of Effect

    Returns
    -------
    Factors

    Raises
    ------
    ModelError
        If an asset is unknown, or if only part of the capacity of an unlimited asset would remain in some step, which
        has no meaning; closures may begin and end within a step if they cover others whole.
    """
    return factors_from(network, spans_of(network, effects))


def spans_of(network: Network, effects: Iterable[Effect]) -> Spans:
    """Give, for each asset that some effect touches, the intervals (begin, end, factor), in days since the start.

    Raises
    ------
    ModelError
        If an asset is unknown.
    """
    spans: Spans = defaultdict(list)
    for effect in effects:
        for key, start, end in struck(network, effect):
            spans[key].append((network.steps.day(start), network.steps.day(end), effect.factor))
    return spans


def factors_from(network: Network, spans: Spans) -> Factors:
    """Give the factors of assets from the intervals of what touches them; see `factors_of`."""
    factors = Factors()
    for (kind, index), intervals in spans.items():
        share = average_factor(network.steps, intervals)
        if np.any(share != 1.0):
            _refuse_part_of_unlimited(network, kind, index, share, intervals)
            factors.by_kind[kind][index] = share
    return factors


def struck(network: Network, effect: Effect) -> Iterator[tuple[tuple[str, int], dt.date, dt.date]]:
    """Yield what an effect touches: (kind, index), first day and day after the last.

    An effect on `actor:X` touches an asset on the days on which X holds it.

    Raises
    ------
    ModelError
        If an asset is unknown.
    """
    scope, _, actor = effect.asset.partition(":")
    if scope == "actor" and actor in network.case.rows("actors"):
        for asset, start, end in _held_by(network, actor, effect.start, effect.end, effect.access):
            yield from ((key, start, end) for key in _narrowed(network, [asset], effect))
    else:
        yield from ((key, effect.start, effect.end) for key in targets(network, effect))


def targets(network: Network, effect: Effect) -> list[tuple[str, int]]:
    """List the (kind, index) of the assets that an effect touches.

    An effect on some commodities or origins of a link touches the pairs of link and cargo, not the link.

    Raises
    ------
    ModelError
        If the asset is unknown.
    """
    scope, _, actor = effect.asset.partition(":")
    if scope == "transit" and actor:
        cargo_filter = [k for k, cargo in enumerate(network.cargoes) if cargo.origin != actor]
        links = network.transit_links(actor)
        return _pairs(network, links, effect, cargo_filter)
    assets = network.assets_of(effect.asset)
    if assets is None:
        raise ModelError(network.unknown_asset(effect.asset))
    return _narrowed(network, assets, effect)


def _narrowed(network: Network, assets: Iterable[tuple[str, int]], effect: Effect) -> list[tuple[str, int]]:
    """Give what an effect touches of assets: those that handle its commodity and origins, and of links their pairs."""
    found: list[tuple[str, int]] = []
    filtered = effect.commodity is not None or bool(effect.origins)
    for kind, index in assets:
        if effect.origins and kind in ("market", "store", "fleet", "release") and ":" not in effect.asset:
            raise ModelError(
                f"{kind} {network.name_of(kind, index)}: a disruption of some origins only ({', '.join(effect.origins)}) has no "
                "meaning for it. Name the links that bring this cargo, or leave out the origins."
            )
        if kind == "link" and filtered:
            found += _pairs(network, [index], effect, None)
        elif not filtered or network.matches(kind, index, effect.commodity, effect.origins):
            found.append((kind, index))
    return found


def _pairs(
    network: Network, links: Iterable[int], effect: Effect, cargoes: Iterable[int] | None
) -> list[tuple[str, int]]:
    chosen = np.isin(network.pair_link, np.fromiter(links, dtype=int))
    if cargoes is not None:
        chosen &= np.isin(network.pair_cargo, np.fromiter(cargoes, dtype=int))
    allowed = [
        (effect.commodity in (None, cargo.commodity))
        and (not effect.origins or cargo.origin in effect.origins)
        for cargo in network.cargoes
    ]
    chosen &= np.array(allowed, dtype=bool)[network.pair_cargo] if len(network.cargoes) else False
    return [("pair", int(p)) for p in np.flatnonzero(chosen)]


def _refuse_part_of_unlimited(
    network: Network, kind: str, index: int, share: np.ndarray, intervals: list[tuple[float, float, float]]
) -> None:
    """Refuse what leaves a part of an unlimited capacity; the check `part_stops` of a case says the same before."""
    step = step_of_a_part(share, intervals)
    if step is None:
        return
    for column, capacity in network.capacities_of(kind, index).items():
        if np.isinf(capacity).any():
            what = f"{kind} {network.name_of(kind, index)}"
            raise ModelError(
                left_of_unlimited(what, column, float(share[step]), network.steps.labels[step]) + "."
            )


def _held_by(
    network: Network, actor: str, start: dt.date, end: dt.date, access: Access = "veto"
) -> Iterator[tuple[tuple[str, int], dt.date, dt.date]]:
    """Yield what an actor, and who belongs to it, owns or operates: (kind, index), first day and day after the last."""
    for item in closable_by(network.case, actor, start, end, access=access, roles=HOLDING):
        if item.asset in network.index_of:
            yield network.index_of[item.asset], item.start, item.end
