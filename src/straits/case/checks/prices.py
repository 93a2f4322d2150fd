"""Checks of demand, and of world markets that join the markets of a case."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from straits.case.checks.registry import Problem, check
from straits.case.checks.units import step_lengths
from straits.case.units.quantities import canonical
from straits.errors import UnitError

if TYPE_CHECKING:
    from straits.case.data import CaseData


@check("demand", "error")
def demand(case: CaseData) -> Iterator[Problem]:
    """Demand that its kind does not allow: unlimited unless stepwise, no elasticity or choke price, wrong steps."""
    for key, market in case.fresh("markets").items():
        if market.demand_kind != "stepwise" and math.isinf(market.demand):
            yield Problem("'unlimited' demand is for stepwise demand only", "markets", key, "demand")
        kind = market.demand_kind
        if kind in ("linear", "elastic"):
            if market.elasticity is None:
                yield Problem(
                    f"{kind} demand needs an elasticity, such as -0.5", "markets", key, "elasticity"
                )
            for name in ("price", "demand"):
                if getattr(market, name) <= 0:
                    yield Problem(f"{kind} demand needs a number above 0", "markets", key, name)
        if kind == "elastic" and market.choke_price is None:
            message = (
                "elastic demand needs a choke_price: the price at which the buyer turns to something else"
            )
            yield Problem(message, "markets", key, "choke_price")
        if kind == "elastic":
            yield from _out_of_order(case, key, market)
        if market.steps and market.demand_kind != "stepwise":
            yield Problem(
                f"steps are for stepwise demand, found {market.demand_kind!r}", "markets", key, "steps"
            )
        elif market.steps:
            wrong = _steps_problem(market)
            if wrong:
                yield Problem(wrong, "markets", key, "steps")


def _out_of_order(case: CaseData, key: str, market: Any) -> Iterator[Problem]:
    """Find prices of elastic demand that do not fall from choke over price to floor."""
    for high, low, at in (
        ("choke_price", "price", "choke_price"),
        ("price", "floor_price", "floor_price"),
    ):
        if getattr(market, high) is None or getattr(market, low) is None:
            continue
        try:
            above, below = (
                canonical(
                    case, "markets", market, name, getattr(market, name), getattr(market, f"{name}_unit")
                )
                for name in (high, low)
            )
        except UnitError:
            continue  # named by the check of units
        if above and below and above[0] < below[0] * (1 - 1e-12):
            yield Problem(f"{high} must not be below {low} once both are in one unit", "markets", key, at)


def _steps_problem(market: Any) -> str | None:
    from straits.case.files.cells import CellError, parse_number

    pairs = []
    for text in market.steps:
        parts = text.split(":")
        try:
            price, amount = (parse_number(part.strip()) for part in parts)
        except (CellError, ValueError):
            return f"found step {text!r}; accepted: price:demand, such as 500:20"
        pairs.append((price, amount))
    prices = [price for price, _ in pairs]
    if sorted(prices, reverse=True) != prices or any(amount < 0 for _, amount in pairs):
        return "prices must not rise from step to step, and demands must be 0 or more"
    if not math.isclose(prices[0], market.price, rel_tol=1e-9, abs_tol=1e-12):
        return f"the first step's price {prices[0]:g} is not the market's price {market.price:g}"
    total = sum(amount for _, amount in pairs)
    if not math.isclose(total, market.demand, rel_tol=1e-9, abs_tol=1e-12):
        return f"the steps add to {total:g}, and the market's demand is {market.demand:g}"
    return None


@check("world_market", "error", refers=True)
def world_market(case: CaseData) -> Iterator[Problem]:
    """A market of another commodity than its world market, or a case that sells more than the whole world buys."""
    worlds = case.rows("world_markets")
    for key, market in case.rows("markets").items():
        world = worlds.get(market.world) if market.world is not None else None
        if world is not None and world.commodity != market.commodity:
            message = f"{market.world!r} is a world market of {world.commodity!r}, and {key!r} buys {market.commodity!r}"
            yield Problem(message, "markets", key, "world")
    for key, world in worlds.items():
        of = ("world_markets", world)
        try:
            more = any(
                sold[0] > whole[0] * (1 + 1e-12)
                for days in step_lengths(case, world.sold_unit, world.volume_unit)
                if (sold := canonical(case, *of, "sold", world.sold, world.sold_unit, step_days=days))
                and (whole := canonical(case, *of, "volume", world.volume, world.volume_unit, step_days=days))
            )
        except UnitError:
            continue  # named by the check of units
        if more:
            most = f"{world.volume:g} {world.volume_unit}"
            message = (
                f"found {world.sold:g} {world.sold_unit}; accepted: at most what the whole world buys, {most}"
            )
            yield Problem(message, "world_markets", key, "sold")


@check("price_response", "error", whole=True)
def price_response(case: CaseData) -> Iterator[Problem]:
    """A world market without an elasticity for its horizon, or with several that are used."""
    used: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, row in case.rows("price_responses").items():
        if row.used and row.side == "both":
            used[row.world, row.horizon].append(key)
    for (world, horizon), keys in used.items():
        if len(keys) > 1:
            message = f"rows {', '.join(map(repr, keys))} are all used for {world!r} over {horizon}; use one"
            yield Problem(message, "price_responses", keys[1], "used")
    for key, row in case.rows("world_markets").items():
        if (key, row.horizon) not in used:
            have = sorted(horizon for world, horizon in used if world == key)
            told = f"; there are rows for {', '.join(have)}" if have else ""
            message = (
                f"no used row of price_responses with side both gives its elasticity over {row.horizon}{told}"
            )
            yield Problem(message, "world_markets", key, "horizon")
