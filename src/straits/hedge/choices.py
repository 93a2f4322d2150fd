"""Which options may stand together, and what a set of them costs in a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from straits.case.built import apart, required
from straits.errors import ModelError, did_you_mean
from straits.model import Model
from straits.model.options import Options, YearlyCost, yearly_cost

if TYPE_CHECKING:
    from straits.case.case import Case


@dataclass(frozen=True)
class Choices:
    """Options that can be chosen. Sets of them are whole numbers, a bit for each.

    Attributes
    ----------
    options : Options
    ids : list of str
    cost : list of YearlyCost
        Million currency a year.
    needs, bars : list of int
        For each option those it requires, and those beside which it cannot stand.
    divisible : int
        Those of which a part can be built.
    warnings : list of str
    part : tuple of float
        Part of each option that is built where a set has it. Empty: all of it.
    """

    options: Options
    ids: list[str]
    cost: list[YearlyCost]
    needs: list[int]
    bars: list[int]
    divisible: int
    warnings: list[str]
    part: tuple[float, ...] = ()

    @property
    def all(self) -> int:
        """All options."""
        return (1 << len(self.ids)) - 1

    def cost_of(self, built: int) -> float:
        """Return what a set costs in a year, million currency."""
        return float(sum(self.cost[i].of(self.part_of(i)) for i in bits(built)))

    def part_of(self, i: int) -> float:
        """Return which part of an option is built where a set has it."""
        return self.part[i] if self.part else 1.0

    def allowed(self, built: int) -> bool:
        """Whether a set has all that its members require and nothing that they exclude."""
        return all(self.needs[i] & ~built == 0 and not self.bars[i] & built for i in bits(built))

    def portfolios(self) -> Iterator[int]:
        """Yield all sets that are allowed, without building those that are not."""
        order = sorted(range(len(self.ids)), key=lambda i: self.needs[i].bit_count())

        def extend(place: int, built: int) -> Iterator[int]:
            if place == len(order):
                yield built
                return
            yield from extend(place + 1, built)
            i = order[place]
            if self.needs[i] & ~built == 0 and not self._barred(i, built):
                yield from extend(place + 1, built | 1 << i)

        yield from extend(0, 0)

    def _barred(self, i: int, built: int) -> bool:
        return bool(self.bars[i] & built)

    def text(self, built: int) -> str:
        """Return the ids of a set, separated by `|`; of what is built in part, with the part behind it (`id:0.4`)."""
        return "|".join(
            self.ids[i] if self.part_of(i) > 1.0 - 1e-6 else f"{self.ids[i]}:{self.part_of(i):.6g}"
            for i in bits(built)
        )

    def parts(self, built: int) -> dict[str, float]:
        """Return the set as parts of options."""
        return {self.ids[i]: self.part_of(i) for i in bits(built)}


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def read_choices(
    case: Case, model: Model, options: Sequence[str] | str | None, discount_rate: float
) -> Choices:
    """Read which options can be chosen.

    Parameters
    ----------
    case : Case
    model : Model
        Compiled with none of them.
    options : sequence of str, optional
        Default: all of the case that the scenario does not have already.
    discount_rate : float
        Yearly.

    Raises
    ------
    ModelError
        If there is none, one is unknown or lacks its cost, life or what it requires, or the rate is no number from 0 up.
    """
    if not (np.isfinite(discount_rate) and discount_rate >= 0):
        raise ModelError(f"discount_rate={discount_rate!r}: expected a number, 0 or more, such as 0.08")
    table = model.case.rows("options")
    built = set(model.scenario.options) if model.scenario else set()
    if options is None:
        named = [key for key in table if key not in built]
    else:
        named = [options] if isinstance(options, str) else list(options)
    if not named:
        raise ModelError(f"case {case.settings.id} has no options to choose from: table options is empty")
    chosen = Options(model, named)
    place = {key: i for i, key in enumerate(named)}
    problems, needs, bars = [], [0] * len(named), [0] * len(named)
    costs = []
    for i, key in enumerate(named):
        try:
            costs.append(yearly_cost(table[key], case.settings.currency, discount_rate, case.settings.rates))
        except ModelError as error:
            problems.append(str(error))
        for other in required(table, key):
            if other in place:
                needs[i] |= 1 << place[other]
            elif other not in built:
                problems.append(
                    f"options: {key!r} requires {other!r}, which is not among those to choose from; add it"
                    f"{did_you_mean(other, place)}"
                )
        for other in table:
            if not apart(table, key, other):
                continue
            if other in built:
                problems.append(
                    f"options: {key!r} and {other!r}, which the scenario has, exclude each other; leave {key!r} out"
                )
            elif other in place:
                bars[i] |= 1 << place[other]
    if problems:
        raise ModelError("\n".join(problems))
    divisible = sum(1 << i for i, key in enumerate(named) if table[key].divisible)
    warnings = [f"options, row {key!r}: {why}: it adds nothing" for key, why in chosen.idle.items()]
    return Choices(chosen, named, costs, needs, bars, divisible, warnings)


def rules_of(
    choices: Choices, number: dict[int, int], count: int, spend: float | None
) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return rows over (parts, choices), each at most a number: parts within choices, what is required and excluded, spending."""
    rows: list[dict[int, float]] = []
    most: list[float] = []

    def rule(entries: dict[int, float], limit: float) -> None:
        rows.append(entries)
        most.append(limit)

    for i, k in number.items():
        rule({k: 1.0, count + k: -1.0}, 0.0)
        if not choices.divisible >> i & 1:
            rule({k: -1.0, count + k: 1.0}, 0.0)
        for j in bits(choices.needs[i]):
            if j in number:
                # No larger part: else it could stand beside a part of nothing.
                rule({k: 1.0, number[j]: -1.0}, 0.0)
        for j in bits(choices.bars[i]):
            if j in number and j < i:
                rule({count + k: 1.0, count + number[j]: 1.0}, 1.0)
    if spend is not None:
        spent = {k: choices.cost[i].whole for i, k in number.items()}
        rule(spent | {count + k: choices.cost[i].fixed for i, k in number.items()}, spend)
    at = [r for r, entries in enumerate(rows) for _ in entries]
    which = [c for entries in rows for c in entries]
    values = [v for entries in rows for v in entries.values()]
    return sparse.csr_matrix((values, (at, which)), shape=(len(rows), 2 * count)), np.array(most)
