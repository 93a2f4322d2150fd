"""What each link of a route costs and who has it, on a day or as the mean over the time of a case."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case import units
from straits.case.answers import weights_of
from straits.case.ownership import state_of
from straits.case.schema.settings import Refine
from straits.case.timeaxis import LENGTHS, Steps
from straits.errors import ModelError
from straits.model.reading.reader import Reader

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


def taken_of(joint: Any, commodity: str) -> float:
    """Say how much of a joint capacity one customary unit of a commodity takes."""
    weights = weights_of(joint)
    return weights.get(commodity, 0.0 if weights else 1.0)


class Legs:
    """What links cost one unit of a commodity.

    Parameters
    ----------
    case : Case
        With the changes of the scenario.
    scenario : Scenario, optional
        Its measures and options count.
    commodity : str
    origin : str, optional
        Origin of the cargo: of measures that strike some origins alone, those of this one count.
    on : date, optional
        Day whose numbers hold. Default: of what changes over time its mean over the axis.

    Raises
    ------
    ModelError
        A day outside the axis.
    """

    def __init__(
        self, case: Case, scenario: Scenario | None, commodity: str, origin: str | None, on: date | None
    ) -> None:
        axis = case.settings.time
        if on is not None and not axis.start <= on < axis.end:
            raise ModelError(
                f"on={on}: expected a day of the case, from {axis.start} to the day before {axis.end}"
            )
        self.day = on or axis.start
        self.case, self.origin = case, origin
        self.commodity = case.rows("commodities")[commodity]
        self.unit = units.customary_unit(self.commodity.unit)
        #: How much of the currency, for one such unit, one thousand of it for a unit of the model is.
        self.size = 1000.0 / units.customary(self.commodity.unit)
        if on is not None:
            case = case.with_steps([Refine.model_validate({"from": on, "to": on + timedelta(days=1)})])
        self.steps = Steps(case.settings.time)
        self.reader = Reader(case, self.steps, scenario)
        self.weight = self.steps.overlap(on, on + timedelta(days=1)) if on else self.steps.days
        named = scenario.measures if scenario else ()
        self.dear = [
            row
            for key, row in case.rows("measures").items()
            if row.cost is not None and (row.baseline or key in named)
            and row.commodity in (None, commodity) and (not row.origins or origin in row.origins)
        ]  # fmt: skip

    def of(self, row: Any) -> dict[str, float]:
        """Give days, cost, tariff and what a shipper pays for one unit."""
        used_up = sum(price for measure, price in self._premiums(row) if not measure.cost_to)
        cost, tariff = self._price(row, "cost") + used_up, sum(self.received(row).values())
        return {"days": float(row.transit_days), "cost": cost, "tariff": tariff, "paid": cost + tariff}

    def received(self, row: Any) -> dict[str, float]:
        """Give what each state's treasury, authorities and companies receive: the tariff of a link, tolls of the joint capacities
        that hold it, and what measures add for somebody."""
        parts = [(self._price(row, "tariff"), row.id, row.tariff_to)]
        for joint in self.case.rows("joints").values():
            if row.id in joint.links:
                taken = taken_of(joint, self.commodity.id)
                parts.append((joint.toll * taken, joint.id, joint.toll_to))
        parts += [
            (price, row.id, measure.cost_to) for measure, price in self._premiums(row) if measure.cost_to
        ]
        found: dict[str, float] = defaultdict(float)
        for amount, asset, named in parts:
            takers = {a: 1 / len(named) for a in named} or self._owners(asset) or {"(nobody)": 1.0}
            for actor, share in takers.items() if amount else ():
                found[state_of(self.case, actor) or actor] += share * amount
        return dict(found)

    def capacity(self, row: Any) -> float:
        """Give the capacity for a year of 365 days, with what options add."""
        found = self.reader.over_time(row, "capacity", self._per_year)
        return self._mean(found + self.reader.added(row.id, self._per_year))

    def _price(self, row: Any, column: str) -> float:
        return self.size * self._mean(self.reader.price_of(row, column, self.commodity.id))

    def _premiums(self, row: Any) -> list[tuple[Any, float]]:
        """Give the measures that add to the cost of a link, each with what it adds."""
        joints = {key for key, joint in self.case.rows("joints").items() if row.id in joint.links}
        found = []
        for measure in self.dear:
            if measure.asset == row.id or measure.asset in joints:
                price = self.reader.price(measure.cost, measure.cost_unit, self.commodity.id)
                during = self.steps.overlap(
                    measure.effect_start or measure.start, measure.effect_end or measure.end
                )
                found.append((measure, self.size * price * self._mean(during)))
        return found

    def _mean(self, by_step: np.ndarray) -> float:
        there = self.weight > 0
        values, weight = by_step[there], self.weight[there]
        # What never changes has no rounding, by which routes that cost the same would change places.
        return float(values[0] if (values == values[0]).all() else values @ weight / weight.sum())

    def _per_year(self, value: float, unit: str | None) -> float:
        if np.isinf(value) or value == 0 or unit is None:
            return float(value)
        step = LENGTHS[self.case.settings.time.step]
        return 365 * float(units.amount_per_day(value, unit, self.commodity, step_days=step))

    def _owners(self, asset: str) -> dict[str, float]:
        held = [c for c in self.case.rows("controls").values() if c.asset == asset and c.role == "owner"]
        now = [
            c
            for c in held
            if (c.start is None or c.start <= self.day) and (c.end is None or c.end > self.day)
        ]
        return {c.actor: float(c.share or 0.0) for c in now}


__all__ = ["Legs", "taken_of"]
