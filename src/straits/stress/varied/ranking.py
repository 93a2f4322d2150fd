"""How far single numbers would move the value lost to the first order, from plans and prices that are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from straits.errors import StraitsError
from straits.model import Model, Solution
from straits.stress.varied.numbers import Uncertain

if TYPE_CHECKING:
    from straits.model.blocks import Layout
    from straits.stress.varied.runs import Run

#: What counts of the worth of a number in the run where it is larger: where both change alike, a flow can still turn.
_TURNS = 0.01

#: Prices by which what is paid is in proportion to them, beside those of table fiscal.
_PAID = {("links", "cost"), ("links", "tariff"), ("supplies", "cost")}


class Ranking(NamedTuple):
    """Numbers by how far they can move the value lost.

    Attributes
    ----------
    moved : ndarray, shape (items,)
        How far the joint value lost moves over the range of each number if plans and prices stay as they are, million currency;
        tariffs and duties on what is moved more or less are left out. nan where it is not known, as the number decides which rows
        and columns there are.
    order : ndarray of int, shape (items,)
        Places of the numbers, the one that can move most first.
    """

    moved: np.ndarray
    order: np.ndarray


def ranking(items: Sequence[Uncertain], runs: Sequence[Run], solved: Sequence[Solution]) -> Ranking:
    """Rank numbers by how far they can move the value lost, without solving anything.

    Parameters
    ----------
    items : sequence of Uncertain
    runs : sequence of Run
        What a scenario is compared with, and the scenario.
    solved : sequence of Solution
        Both with the numbers as given.

    Notes
    -----
    Of a program min c x, with x and A x within bounds, plan x and duals y, r, the value rises by dc x - y dA x + y db + r dl to
    the first order, where b and l are the bounds that hold (the derivative of the Lagrangian). What runs before the start and
    after the end stays as it is. A number is ranked by the difference of that between both runs; by a hundredth of the larger of
    the two, as it can turn a flow; and by what the plan has beyond limits that bind at the low end only, at what a unit is worth
    where it is produced. One of which that is not known comes first.
    """
    worth = max(map(_worth, solved))
    found = np.array([_effect(item, runs, solved, worth) for item in items]).reshape(len(items), 3)
    joint, seen, over = found.T
    return Ranking(joint, np.argsort(-np.nan_to_num(seen + over, nan=np.inf), kind="stable"))


def _effect(
    item: Uncertain, runs: Sequence[Run], solved: Sequence[Solution], worth: float
) -> tuple[float, float, float]:
    """Give how far the joint value lost moves; the same as shippers see it, with what can turn; and what is at risk."""
    if (item.table == "fiscal" or (item.table, item.column) in _PAID) and item.value:
        return _of_price(item, solved)
    # What is more at one end lacks at the other: the farther end first, of two alike the lower, at which limits bind.
    for end in sorted({item.low, item.high} - {item.value}, key=lambda end: (-abs(end - item.value), end)):
        try:
            models = _with(item, end, runs, solved)
        except StraitsError:
            continue
        if all(_alike(s.model, model) for s, model in zip(solved, models, strict=True)):
            break
    else:
        none = 0.0 if item.low == item.high else np.nan
        return none, none, none
    scale = abs(item.high - item.low) / abs(end - item.value) / 1000.0
    pairs = list(zip(solved, models, strict=True))
    before, after = (_risen(s, model) * scale for s, model in pairs)
    paid = [float((m.formulation.transfers() - s.formulation.transfers()) @ s.x) * scale for s, m in pairs]
    seen = abs(before - after) + _TURNS * max(abs(before), abs(after))
    over = max(_beyond(s, model) for s, model in pairs) * worth / 1000.0
    return abs((before - paid[0]) - (after - paid[1])), seen, over


def _of_price(item: Uncertain, solved: Sequence[Solution]) -> tuple[float, float, float]:
    """Give the effect of a price from what is paid by it, which is in proportion to it.

    Of a tariff or a duty the joint value takes nothing, but what is paid can turn flows. Another rate of a duty can also tell
    cargoes apart that are one as given, so that other rows and columns would be compiled.
    """
    scale = (item.high - item.low) / abs(item.value) / 1000.0
    before, after = (abs(_paid(item, s)) * scale for s in solved)
    apart = abs(before - after)
    joint = apart if item.column == "cost" else 0.0
    return joint, apart + _TURNS * max(before, after), 0.0


def _paid(item: Uncertain, s: Solution) -> float:
    """Give what is paid by a price in a plan, thousand currency."""
    n, f = s.network, s.formulation
    if item.table == "supplies":
        rows = np.array([i == item.row for i in n.supplies.ids])
        return float((n.supplies.cost * s.block(f.supply))[rows].sum())
    if item.table == "links":
        price = n.pair_cost if item.column == "cost" else n.pair_tariff
        rows = np.array([n.link_ids[i] == item.row for i in n.pair_link.tolist()])
        return float((price * s.block(f.flow))[rows].sum())
    duties = [duty for duty in n.duties if duty.row == item.row]
    return sum(float((d.rate * s.block(f.columns.blocks[d.block])[d.entries]).sum()) for d in duties)


def _with(
    item: Uncertain, end: float, runs: Sequence[Run], solved: Sequence[Solution]
) -> tuple[Model, Model]:
    """Compile both runs with another number, with what runs before the start and after the end as it is."""
    before, after = runs
    first = before.compiled([(item, end)], solved[0].formulation.boundary)
    return first, after.compiled([(item, end)], solved[1].formulation.boundary, beside=first)


def _risen(s: Solution, model: Model) -> float:
    """Give by how much the least cost of a program rises to the first order where a like one takes its place."""
    b, now = s.model.bounds, model.bounds
    moved = float((model.cost - s.model.cost) @ s.x) - float(s.dual @ ((model.matrix - s.model.matrix) @ s.x))
    moved += _priced(s.dual, b.row_lower, now.row_lower, b.row_upper, now.row_upper)
    return moved + _priced(s.reduced_cost, b.column_lower, now.column_lower, b.column_upper, now.column_upper)


def _priced(
    price: np.ndarray, lower: np.ndarray, lower_now: np.ndarray, upper: np.ndarray, upper_now: np.ndarray
) -> float:
    """Give what changes of the bounds that hold are worth: of a price above zero the lower, of one below it the upper."""
    with np.errstate(invalid="ignore"):
        change = np.where(price > 0, lower_now - lower, upper_now - upper)
    held = np.isfinite(change) & (price != 0.0)
    return float(price[held] @ change[held])


def _beyond(s: Solution, model: Model) -> float:
    """Give how much of a plan lies beyond the limits of another program that have no price in its own."""
    b = model.bounds
    return sum(
        float(np.maximum(value - upper, 0.0)[np.abs(price) <= 1e-9].sum())
        for value, upper, price in (
            (s.x, b.column_upper, s.reduced_cost),
            (s.model.matrix @ s.x, b.row_upper, s.dual),
        )
    )


def _worth(s: Solution) -> float:
    """Give what a unit is worth where it is produced, thousand currency, on average; 0 where nothing is."""
    f, supplies = s.formulation, s.network.supplies
    made = s.block(f.supply)
    price = s.local_price[f.balance_of[supplies.place, supplies.cargo]]
    return float((np.abs(price) * made).sum() / made.sum()) if made.any() else 0.0


def _alike(one: Model, other: Model) -> bool:
    """Say whether two models have the same kinds of rows and columns, as many of each."""

    def shape(layout: Layout) -> list[tuple[str, int, int]]:
        return [(name, block.count, block.steps) for name, block in layout.blocks.items()]

    pairs = (
        (one.formulation.columns, other.formulation.columns),
        (one.formulation.rows, other.formulation.rows),
    )
    return all(shape(a) == shape(b) for a, b in pairs)


__all__ = ["Ranking", "ranking"]
