"""Is enough left of the entries that an exit cites?

An exit cites entries by the numbers of their documents. Exits are served in time: what an earlier exit has taken of an entry
is gone. An exit that cites several entries takes from whichever leaves most for the later ones, so that nobody is accused
for an order of booking (a maximum matching of quantities, grown exit by exit).
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import pandas as pd

COLUMNS = (
    "event_id", "time", "holder", "hs6", "unit", "quantity", "cites", "entered", "served", "short", "unknown_documents"
)  # fmt: skip


class _Event(NamedTuple):
    kind: str
    event_id: str
    time: str
    holder: str
    hs6: str
    unit: str
    quantity: float
    document: str
    cites: str


def cited(events: pd.DataFrame) -> pd.DataFrame:
    """Say for each exit that cites entries how much was left of them.

    Parameters
    ----------
    events : DataFrame
        As the readers of events give it, in the order in which they happened. An exit cites by `cites` (documents with `;`
        between them), or by a `document` that is an entry's.

    Returns
    -------
    DataFrame
        Columns `event_id`, `time`, `holder`, `hs6`, `unit`, `quantity`, `cites`, `entered` (of that good on the cited documents
        before the exit), `served` (how much of it was left for this exit), `short` (what is missing), `unknown_documents`.
    """
    rows = []
    entries: dict[tuple[str, str], dict[str, float]] = {}
    books: dict[tuple[str, str], _Book] = {}
    wanted = events[events["kind"].isin(["entry", "exit"])]
    for event in map(_Event._make, wanted[list(_Event._fields)].itertuples(index=False, name=None)):
        good = (event.hs6, event.unit)
        if event.kind == "entry" and event.document:
            known = entries.setdefault(good, {})
            known[event.document] = known.get(event.document, 0.0) + event.quantity
            books.setdefault(good, _Book()).enter(event.document, event.quantity)
            continue
        if event.kind != "exit":
            continue
        known = entries.get(good, {})
        cites = [text.strip() for text in event.cites.split(";") if text.strip()]
        if not cites and event.document in known:
            cites = [event.document]
        if not cites:
            continue
        here = [document for document in dict.fromkeys(cites) if document in known]
        book = books.setdefault(good, _Book())
        served = book.take(event.event_id, here, event.quantity)
        rows.append(
            (
                event.event_id, event.time, event.holder, event.hs6, event.unit, event.quantity, "; ".join(cites),
                sum(known[document] for document in here), round(served, 9), max(0.0, round(event.quantity - served, 9)),
                "; ".join(document for document in cites if document not in known),
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


class _Book:
    """What is left of each entry, and which exit took what."""

    def __init__(self) -> None:
        self.free: dict[str, float] = {}
        self.taken: dict[str, dict[str, float]] = {}
        self.may: dict[str, list[str]] = {}
        self.takers: dict[str, set[str]] = {}

    def enter(self, document: str, quantity: float) -> None:
        """Add an entry."""
        self.free[document] = self.free.get(document, 0.0) + quantity

    def take(self, taker: str, documents: list[str], quantity: float) -> float:
        """Take as much as can be had; give how much that is."""
        self.may[taker] = documents
        self.taken[taker] = {}
        got = 0.0
        while got < quantity - 1e-12:
            path = self._path(taker)
            if path is None:
                break
            amount = min(quantity - got, self.free[path[-1][1]])
            for place in range(1, len(path)):
                amount = min(amount, self.taken[path[place][0]][path[place - 1][1]])
            for place, (exit_, document) in enumerate(path):
                self._change(exit_, document, amount)
                if place:
                    self._change(exit_, path[place - 1][1], -amount)
            self.free[path[-1][1]] -= amount
            got += amount
        return got

    def _change(self, taker: str, document: str, amount: float) -> None:
        part = self.taken[taker]
        part[document] = part.get(document, 0.0) + amount
        if part[document] <= 1e-12:
            del part[document]
            self.takers[document].discard(taker)
        else:
            self.takers.setdefault(document, set()).add(taker)

    def _path(self, taker: str) -> list[tuple[str, str]] | None:
        """Find a shortest chain: the exit takes of a document, whose former taker takes of another, …, which has some left."""
        seen: set[str] = set()
        queue: deque[list[tuple[str, str]]] = deque([(taker, document)] for document in self.may[taker])
        while queue:
            path = queue.popleft()
            document = path[-1][1]
            if document in seen:
                continue
            seen.add(document)
            if self.free.get(document, 0.0) > 1e-12:
                return path
            for other in sorted(self.takers.get(document, ())):
                queue.extend([*path, (other, more)] for more in self.may[other] if more not in seen)
        return None
