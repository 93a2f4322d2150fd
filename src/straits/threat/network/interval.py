"""Numbers that are known within an interval, and comparisons of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from straits.lp.tolerance import DIFFERS

if TYPE_CHECKING:
    from straits.case.schema.threats import Amount


@dataclass(frozen=True)
class Interval:
    """A number with its ends; `low <= point <= high`."""

    low: float
    point: float
    high: float

    @classmethod
    def at(cls, value: float) -> Interval:
        """Return a number that is known exactly."""
        return cls(value, value, value)

    @classmethod
    def of(cls, amount: Amount) -> Interval:
        """Return a number of a file."""
        low, high = amount.ends
        return cls(low, amount.point, high)

    def __add__(self, other: Interval) -> Interval:
        """Return the sum; the ends add up, as if they knew nothing of each other."""
        return Interval(self.low + other.low, self.point + other.point, self.high + other.high)

    def __neg__(self) -> Interval:
        """Return the negative."""
        return Interval(-self.high, -self.point, -self.low)

    def __sub__(self, other: Interval) -> Interval:
        """Return the difference."""
        return self + -other

    @property
    def verdict(self) -> str:
        """Whether it is above zero: `yes`, `no`, or `open` where the interval holds zero or touches it."""
        near = DIFFERS * max(1.0, *(abs(x) for x in (self.low, self.high) if abs(x) < inf))
        if self.low > near:
            return "yes"
        return "no" if self.high < -near else "open"


def least(*numbers: Interval) -> Interval:
    """Return the least of several numbers: above zero where all are, below where one is."""
    return Interval(min(x.low for x in numbers), min(x.point for x in numbers), min(x.high for x in numbers))


__all__ = ["Interval", "least"]
