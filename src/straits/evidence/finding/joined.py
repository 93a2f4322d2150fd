"""Quantities that stand together: two amounts that make a range, or of which one lends the other its period or price."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from straits.evidence.finding.changes import by_so_much, levels_of
from straits.evidence.finding.units import period_at

#: Dashes of every kind.
DASH = "–—−‒‐‑-"
_TO = re.compile(rf"\s*(?:[{DASH}]|to|or|до|или)\s*", re.I)
_BETWEEN = re.compile(r"\b(?:between|между)\s+(?:about\s+|some\s+|примерно\s+)?$", re.I)
#: An amount told again in another unit, and what stands behind both: "(160,000 tonnes) a day", ", or 160,000 tonnes, a day".
_AGAIN = re.compile(
    r"(?P<open>\s?\()(?:or\s+|about\s+|some\s+|around\s+|nearly\s+|almost\s+)*|,\s+or\s+(?:about\s+|some\s+|around\s+)*",
    re.I,
)
_AMOUNTS = frozenset(("mass", "volume", "energy", "count", "money"))
#: A change to a level is at least so many times smaller than the level: "down 0.3 to 1.2"; else it may be a range.
TO_LEVEL = 3


@dataclass(frozen=True, slots=True)
class QuantityHit:
    """A quantity and what it says."""

    start: int
    end: int
    text: str
    value: float
    unit: str
    measure: str
    op: str
    approx: bool
    of: str | None = None
    """What is measured, where it stands between a unit and its period."""


def joined(text: str, hits: list[QuantityHit], end: int) -> list[QuantityHit]:
    """Make bounds of two amounts that words join into a range ("10% to 15%", "between 5 km and 7 km"), and give each its unit.

    Two of which one may be a change and the other a level, or both the ends of a change ("rose 5% to 7%"), are left out.
    """
    found: list[QuantityHit | None] = [*hits]
    for i in range(len(hits) - 1):
        a, b = found[i], found[i + 1]
        if a is None or b is None or a.end > b.start:
            continue
        a, b = _lent(text, a, b, end)
        found[i], found[i + 1] = a, b
        if (a.op, b.op) != ("=", "=") or a.value >= b.value or a.unit != b.unit:
            continue
        link = text[hits[i].end : hits[i + 1].start]
        before = text[max(0, a.start - 60) : a.start]
        word = link.strip().lower()
        if _TO.fullmatch(link):
            if levels_of(before, word) not in ("", "from"):
                continue
            if word in ("to", "до") and by_so_much(before):
                share = a.measure in ("share", "change")
                if a.value * TO_LEVEL > b.value or share:
                    found[i : i + 2] = [a, b] if share and re.search(r"\bby\s+$", before) else [None, None]
                continue
        elif not (word in ("and", "и") and _BETWEEN.search(before)):
            continue
        found[i], found[i + 1] = replace(a, op=">="), replace(b, op="<=")
    return [h for h in found if h is not None]


def _lent(text: str, a: QuantityHit, b: QuantityHit, end: int) -> tuple[QuantityHit, QuantityHit]:
    """Give two quantities the unit of which one has the whole: "from $85 a barrel to $60", "5 bcm – 7 bcm a year"."""
    link = text[a.end : b.start]
    again = _AGAIN.fullmatch(link)
    if again and {a.measure, b.measure} <= _AMOUNTS:
        close = r"\s?\)" if again["open"] else ","
        shut = re.compile(close).match(text, b.end, end)
        period = period_at(text, shut.end(), end) if shut else None
        if period:
            per = [replace(h, unit=f"{h.unit}/{period[0]}", measure="rate") for h in (a, b)]
            return _one_span(text, per[0], per[1], period[1])
    if a.unit == b.unit or not (_TO.fullmatch(link) or link.strip().lower() in ("from", "с", "and")):
        return a, b
    if link.strip().lower() == "and" and not _BETWEEN.search(text[max(0, a.start - 60) : a.start]):
        return a, b
    if b.unit.startswith(a.unit + "/"):
        return _one_span(text, replace(a, unit=b.unit, measure=b.measure, of=b.of), b, b.end)
    if a.unit.startswith(b.unit + "/"):
        return _one_span(text, a, replace(b, unit=a.unit, measure=a.measure, of=a.of), b.end)
    return a, b


def _one_span(text: str, a: QuantityHit, b: QuantityHit, end: int) -> tuple[QuantityHit, QuantityHit]:
    whole = text[a.start : end]
    return replace(a, end=end, text=whole), replace(b, start=a.start, end=end, text=whole)


__all__ = ["DASH", "TO_LEVEL", "QuantityHit", "joined"]
