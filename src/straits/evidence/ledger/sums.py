"""Sums of quantities that documents tell: growths against levels, parts against wholes, flows against capacities."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from straits.evidence.ledger.ledger import LedgerError
from straits.evidence.records import Quantity

#: Unit of a change that is no growth: a share that rose by 5 points did not grow by 5 %.
POINTS = "percentage point"


@dataclass(frozen=True)
class Sum:
    """What comes out when quantities are set against each other."""

    check: Literal["growth", "parts", "capacity"]
    records: tuple[str, ...]
    computed: float
    """growth: level before. parts: sum of the parts. capacity: flow as a share of capacity."""
    unit: str
    contradicts: bool | None
    """None where the documents do not give what would decide it."""
    says: str


def check_growth(
    factor: Quantity, level: Quantity, before: Quantity | None = None, tolerance: float = 0.1
) -> Sum:
    """Set a growth ("13 times", "by 15%") against the level reached and, if known, the level before.

    Whether it is a fall is read off the word nearest to the number ("fell by 15%", "a decline of 15%").

    Parameters
    ----------
    tolerance : float
        Relative difference of the implied and the stated former level that still passes.
    """
    if factor.measure == "factor":
        times = factor.value
    elif factor.measure in ("change", "share") and factor.unit != POINTS:
        times = 1 + factor.value / 100
    else:
        raise LedgerError(f"{factor.id}: {factor.measure} in {factor.unit} is not a growth")
    if _falls(factor):
        times = 1 / factor.value if factor.measure == "factor" and factor.value > 0 else 2 - times
    if times <= 0:
        raise LedgerError(f"{factor.id}: a level cannot have grown {times:g} times")
    implied = level.value / times
    ids = (factor.id, level.id, *((before.id,) if before else ()))
    grown = f"growing {times:g} times" if times >= 1 else f"falling to {times:.4g} of what it was"
    says = f"{level.value:g} {level.unit} after {grown} means {implied:.4g} {level.unit} before"
    if before is None:
        return Sum("growth", ids, implied, level.unit, None, says + "; no record gives the level before")
    _same_unit(level, before)
    off = abs(before.value - implied) / max(abs(before.value), 1e-12)
    says += f"; stated is {before.value:g}"
    if before.value:
        says += f", so it grew {level.value / before.value:.3g} times"
    return Sum("growth", ids, implied, level.unit, off > tolerance, says)


_UP_OR_DOWN = re.compile(
    r"\b(?:(?P<down>f[ae]ll\w*|drop\w*|declin\w+|decreas\w+|shr[aiu]nk\w*|plung\w+|plummet\w*|slump\w*|reduc\w+|los[ts]\w*|cut\w*|"
    r"contract(?:ed|s)|lower|less|down)|r[io]s\w+|gr[eo]w\w*|increas\w+|jump\w*|surg\w+|soar\w*|climb\w*|gain\w*|higher|more|up)\b",
    re.I,
)


def _falls(growth: Quantity) -> bool:
    """Tell whether the word of a rise or fall that stands nearest to a number is one of a fall."""
    text, at = growth.evidence.exact, growth.span.start - growth.evidence.start
    end = at + len(growth.span.exact)
    near = [(at - m.end() if m.end() <= at else m.start() - end, m) for m in _UP_OR_DOWN.finditer(text)]
    nearest = min(((far, m) for far, m in near if 0 <= far <= 80), key=lambda one: one[0], default=None)
    return nearest is not None and nearest[1]["down"] is not None


def check_parts(
    parts: Iterable[Quantity], whole: Quantity, complete: bool = False, tolerance: float = 0.01
) -> Sum:
    """Set parts against the whole: together they cannot exceed it and, if `complete`, must reach it."""
    listed = list(parts)
    for part in listed:
        _same_unit(part, whole)
    total = sum(p.value for p in listed)
    slack = tolerance * abs(whole.value)
    wrong = total > whole.value + slack or (complete and total < whole.value - slack)
    says = f"parts add up to {total:g} {whole.unit}, the whole is {whole.value:g}"
    return Sum("parts", tuple(q.id for q in (*listed, whole)), total, whole.unit, wrong, says)


_PER_DAY = {"h": 24.0, "d": 1.0, "week": 1 / 7.0, "month": 12 / 365.0, "quarter": 4 / 365.0, "y": 1 / 365.0}


def check_capacity(flow: Quantity, capacity: Quantity, tolerance: float = 0.01) -> Sum:
    """Set a flow against a capacity, both rates of one unit (per hour to year, of 365 days)."""

    def daily(q: Quantity) -> tuple[float, str]:
        unit, _, per = q.unit.partition("/")
        if per not in _PER_DAY:
            raise LedgerError(f"{q.id}: {q.unit!r} is not a rate; per {', '.join(_PER_DAY)} is")
        return q.value * _PER_DAY[per], unit

    (moved, unit), (most, other) = daily(flow), daily(capacity)
    if unit != other:
        raise LedgerError(
            f"{flow.id} counts {unit}, {capacity.id} counts {other}: not comparable without a conversion"
        )
    share = moved / most
    return Sum(
        "capacity",
        (flow.id, capacity.id),
        share,
        "1",
        share > 1 + tolerance,
        f"the flow is {share:.3g} of the capacity",
    )


def _same_unit(a: Quantity, b: Quantity) -> None:
    if a.unit != b.unit:
        raise LedgerError(f"{a.id} is in {a.unit}, {b.id} in {b.unit}: not comparable without a conversion")
