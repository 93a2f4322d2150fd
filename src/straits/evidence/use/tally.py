"""Counts of a score, the pairing of labels with drafts, and when two ids name the same."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from straits.evidence.finding.gazetteer import Gazetteer

#: Least intersection over union of two spans that count as one.
LEAST_IOU = 0.5


@dataclass
class Tally:
    """Counts of one row of the score."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was given that is right; None if nothing was given."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Share of what was wanted that was given; None if nothing was wanted."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None


@dataclass
class Score:
    """A tally for each (draft type, field), the field `found` being the draft itself."""

    rows: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    edits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By field, drafts that meet a label of any type and whose field a person would have to change."""
    matched: int = 0
    """How many drafts these are of."""
    whole: int = 0
    """How many of them need no change in any of these fields."""

    def table(self) -> list[dict[str, Any]]:
        """Give the rows as plain data, those of one draft together."""
        order = {name: i for i, name in enumerate(dict.fromkeys(d for d, _ in self.rows))}
        return [
            {
                "draft": d,
                "field": f,
                "tp": t.tp,
                "fp": t.fp,
                "fn": t.fn,
                "precision": t.precision,
                "recall": t.recall,
                "f1": t.f1,
            }
            for (d, f), t in sorted(self.rows.items(), key=lambda row: order[row[0][0]])
        ]

    def summary(self) -> dict[str, Any]:
        """Give what a person would have to change: edits per draft, by field and in all, and drafts right throughout."""
        per = {f: n / self.matched for f, n in self.edits.items()} if self.matched else {}
        return {
            "drafts that meet a label": self.matched,
            "right throughout": self.whole,
            "edits per draft": sum(per.values()) if per else None,
            "by field": per,
        }


Span = tuple[int, int]


def iou(a: Span, b: Span) -> float:
    """Give the intersection over union of two spans."""
    common = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return common / (max(a[1], b[1]) - min(a[0], b[0])) if common else 0.0


def match(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pair rows with columns one to one: as many pairs of positive weight as possible, and of those the heaviest."""
    if not weights or not weights[0]:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    w = np.asarray(weights, dtype=float)
    # A pair counts 1 + w/(n+1) with w <= 1: one more pair is always worth more than better overlaps.
    worth = np.where(w > 0, 1 + w / (min(w.shape) + 1), 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if w[i, j] > 0]


def slug(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.split(":", 1)[-1]).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9]+", plain))


class Names:
    """Tells whether two ids mean the same."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.names: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for entry in gazetteer.entries:
            self.names[entry.id] |= {slug(n) for n in (entry.id, *entry.names)}

    def forms(self, id: str) -> set[tuple[str, ...]]:
        """Give the slugs under which an id is known."""
        own = {slug(id)}
        if len(slug(id)) > 2:
            own.add(("".join(word[0] for word in slug(id)),))
        return own | self.names.get(id, set()) | self.names.get(id.split(":", 1)[-1], set())

    def same(self, a: str, b: str) -> bool:
        """Tell whether the ids agree."""
        return any(
            x and y and (x == y or x[-len(y) :] == y or y[-len(x) :] == x)
            for x in self.forms(a)
            for y in self.forms(b)
        )


def span_of(data: dict[str, Any]) -> Span:
    return data["start"], data["end"]


def pairs_of(
    gold: Sequence[Any], drafts: Sequence[Any], weight: Callable[[Any, Any], float]
) -> list[tuple[int, int]]:
    return match([[weight(g, d) for d in drafts] for g in gold])


def count_found(
    score: Score, name: str, gold: Sequence[Any], drafts: Sequence[Any], pairs: list[tuple[int, int]]
) -> None:
    tally = score.rows[name, "found"]
    tally.tp += len(pairs)
    tally.fn += len(gold) - len(pairs)
    tally.fp += len(drafts) - len(pairs)


def count_one(
    score: Score, name: str, field: str, wanted: Any, given: Any, same: Callable[[Any, Any], bool]
) -> None:
    tally = score.rows[name, field]
    if wanted is not None and given is not None and same(wanted, given):
        tally.tp += 1
        return
    tally.fn += wanted is not None
    tally.fp += given is not None


def count_many(
    score: Score, name: str, field: str, wanted: Iterable[str], given: Iterable[str], names: Names
) -> None:
    w, g = list(wanted), list(given)
    pairs = match([[1.0 if names.same(a, b) else 0.0 for b in g] for a in w])
    tally = score.rows[name, field]
    tally.tp += len(pairs)
    tally.fn += len(w) - len(pairs)
    tally.fp += len(g) - len(pairs)


def equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def same_period(a: str, b: str) -> bool:
    """Compare EDTF dates, `2021-H1` and `2021-Q3` being written as intervals."""
    match = re.fullmatch(r"(\d{4})-([HQ])([1-4])", a)
    if match:
        length = 6 if match[2] == "H" else 3
        start = (int(match[3]) - 1) * length + 1
        a = f"{match[1]}-{start:02d}/{match[1]}-{start + length - 1:02d}"
    return a == b


def half(value: float) -> float:
    return value if value >= LEAST_IOU else 0.0
