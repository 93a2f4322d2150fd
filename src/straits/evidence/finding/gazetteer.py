"""Names of actors, assets and goods, and who holds which office.

A gazetteer is a plain list of entries. `from_tables` makes one from the tables of a case (ids, names and aliases);
`world` gives the states of the world and the alliances that news name, under the ids that cases use for them.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from straits.errors import StraitsError
from straits.evidence.finding.lexicon import lexicon
from straits.evidence.finding.people import People, Term, shipped, terms_of
from straits.evidence.records import CANDIDATE, Frozen

ACTOR_TABLES = ("actors",)
ASSET_TABLES = ("links", "places", "supplies", "markets", "stores", "converts", "fleets", "joints")
GOODS_TABLES = ("commodities",)
#: Kinds of actors that act for their state.
PUBLIC = ("authority", "court")


class Entry(Frozen):
    """One thing that documents name."""

    id: str
    kind: str
    """actor, asset or goods."""
    sort: str = ""
    """Of an actor: state, alliance, group and so on."""
    state: str = ""
    """Of an authority or a court: the state that it acts for."""
    names: tuple[str, ...]
    """Names. One in capitals (`CPC`) matches only in capitals; one that begins with a capital, only so."""
    adjectives: tuple[str, ...] = ()
    """Forms that speak of its people or things ("Kazakh oil") rather than of itself."""
    capitals: tuple[str, ...] = ()
    """Seats that stand for it ("Moscow said") and are places too."""


class KnownEvent(Frozen):
    """An event that a case lists."""

    id: str
    kind: str
    """Type, as the case has it."""
    title: str
    start: str | None = None
    end: str | None = None
    actors: tuple[str, ...] = ()
    asset: str | None = None


class UnknownName(StraitsError, ValueError):
    """An id that the gazetteer does not have."""


class Gazetteer:
    """Entries by id, and the people who hold offices."""

    def __init__(
        self, entries: Iterable[Entry], people: Iterable[Term] = (), known: Iterable[KnownEvent] = ()
    ) -> None:
        self.people = People(people)
        self.known = tuple(known)
        merged: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            key = (entry.id, entry.kind)
            if key in merged:
                old = merged[key]
                both = {
                    field: tuple(dict.fromkeys((*getattr(old, field), *getattr(entry, field))))
                    for field in ("names", "adjectives", "capitals")
                }
                entry = old.model_copy(
                    update={**both, "sort": old.sort or entry.sort, "state": old.state or entry.state}
                )
            merged[key] = entry
        self.entries = tuple(sorted(merged.values(), key=lambda e: (e.kind, e.id)))
        self._kinds: dict[str, set[str]] = {}
        for entry in self.entries:
            self._kinds.setdefault(entry.id, set()).add(entry.kind)
        self._hash = hash((self.entries, self.people.terms, self.known))

    def __or__(self, other: Gazetteer) -> Gazetteer:
        people = self.people.with_own(other.people).terms
        return Gazetteer((*self.entries, *other.entries), people, (*self.known, *other.known))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Gazetteer)
            and self.entries == other.entries
            and self.people.terms == other.people.terms
            and self.known == other.known
        )

    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def states(self) -> frozenset[str]:
        """Ids of states."""
        return frozenset(e.id for e in self.entries if e.sort == "state")

    @functools.cached_property
    def acting(self) -> dict[str, str]:
        """The state for which each state, authority and court acts."""
        return {e.id: e.state for e in self.entries if e.state} | {i: i for i in self.states}

    def has(self, id: str, kind: str) -> bool:
        """Tell whether `id` is an entry of that kind (`actor`, `asset`, `goods`)."""
        return kind in self._kinds.get(id, ())

    def check(self, id: str, kind: str, field: str) -> None:
        """Refuse an id that is neither known nor marked as a candidate.

        Raises
        ------
        UnknownName
            With the nearest known ids.
        """
        if id.startswith(CANDIDATE) and len(id) > len(CANDIDATE):
            return
        if not self.has(id, kind):
            import difflib

            known = [e.id for e in self.entries if e.kind == kind]
            near = difflib.get_close_matches(id, known, 3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise UnknownName(
                f"{field}: no {kind} {id!r} is known{hint} An unknown one is written {CANDIDATE}{id}"
            )

    def to_json(self) -> list[dict[str, Any]]:
        """Give entries, people and known events as plain data."""
        rows = [e.model_dump(mode="json") for e in (*self.entries, *self.people.terms)]
        return [*rows, *({"kind": "event", "event": e.model_dump(mode="json")} for e in self.known)]

    @classmethod
    def from_json(cls, data: Iterable[Mapping[str, Any]]) -> Gazetteer:
        """Read what `to_json` gave."""
        rows = list(data)
        return cls(
            [Entry.model_validate(e) for e in rows if e["kind"] not in ("person", "event")],
            [Term.model_validate(e) for e in rows if e["kind"] == "person"],
            [KnownEvent.model_validate(e["event"]) for e in rows if e["kind"] == "event"],
        )


def _split(cell: Any) -> tuple[str, ...]:
    if cell is None or cell != cell or cell == "":
        return ()
    if isinstance(cell, str):
        return tuple(part.strip() for part in cell.split("|") if part.strip())
    return tuple(str(part) for part in cell)


def from_tables(tables: Mapping[str, Any]) -> Gazetteer:
    """Make a gazetteer from the tables of a case.

    Parameters
    ----------
    tables : mapping of table name to DataFrame or list of dict
        As `Case.tables` has them. Read are `id`, `name` and `aliases` of actors, of all asset tables and of commodities,
        people, and events.

    Raises
    ------
    PeopleError
        Naming row and column of what is wrong with the people.
    """
    entries = []
    for kind, names in (("actor", ACTOR_TABLES), ("asset", ASSET_TABLES), ("goods", GOODS_TABLES)):
        for name in names:
            for row in _rows(tables, name):
                texts = tuple(dict.fromkeys((*_split(row.get("name")), *_split(row.get("aliases")))))
                sort = str(row.get("kind") or "") if kind == "actor" else ""
                state = str(row.get("state") or "") if sort in PUBLIC else ""
                entries.append(
                    Entry(
                        id=str(row["id"]),
                        kind=kind,
                        sort=sort,
                        state="" if state == "nan" else state,
                        names=texts,
                    )
                )
    states = {e.id for e in (*world().entries, *entries) if e.kind == "actor"}
    return Gazetteer(entries, terms_of(_offices(tables), states), _known(tables))


def _rows(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    table = tables.get(name)
    return [] if table is None else table if isinstance(table, list) else table.to_dict("records")


def _offices(tables: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Give the rows of a case's people under the names of the columns of our own table."""
    for row in _rows(tables, "people"):
        cells = {
            "person": row.get("name"), "office": row.get("office"), "state": row.get("state"),
            "start": _day(row.get("start")), "end": _day(row.get("end")), "spellings": _split(row.get("aliases")),
        }  # fmt: skip
        yield f"row {row['id']}", cells


def _known(tables: Mapping[str, Any]) -> Iterable[KnownEvent]:
    """Give the events that a case lists, each date as exact as it is known."""
    for row in _rows(tables, "events"):
        length = {"year": 4, "month": 7}.get(str(row.get("precision")), 10)
        start, end = _day(row.get("start")), _day(row.get("end"))
        asset = row.get("asset")
        yield KnownEvent(
            id=str(row["id"]), kind=str(row.get("kind") or ""), title=str(row.get("title") or ""),
            start=start[:length] if start else None, end=end, actors=_split(row.get("actors")),
            asset=str(asset) if asset is not None and asset == asset and asset != "" else None,
        )  # fmt: skip


def _day(cell: Any) -> str | None:
    return None if cell is None or cell != cell or cell == "" else str(cell)[:10]


def with_world(own: Gazetteer) -> Gazetteer:
    """Give the names of a case together with the world's. A word that the case has for one of its goods is the case's."""
    taken = {name.lower() for e in own.entries if e.kind == "goods" for name in (e.id, *e.names)}
    rest = []
    for entry in world().entries:
        names = tuple(n for n in entry.names if entry.kind != "goods" or n.lower() not in taken)
        if names:
            rest.append(entry.model_copy(update={"names": names}))
    return Gazetteer((*rest, *own.entries), world().people.with_own(own.people).terms, own.known)


@functools.cache
def world() -> Gazetteer:
    """Give states, alliances and goods that news name: ISO 3166-1 alpha-3 ids, names, adjectives and capitals."""
    folder = resources.files("straits.evidence") / "data"
    with (folder / "world.csv").open(encoding="utf-8") as file:
        entries = [
            Entry(
                id=row["id"],
                kind="actor",
                sort=row["kind"],
                names=_split(row["names"]),
                adjectives=_split(row["adjectives"]),
                capitals=_split(row["capitals"]),
            )
            for row in csv.DictReader(file)
        ]
    entries += [Entry(id=i, kind="goods", names=tuple(words)) for i, words in lexicon()["goods"].items()]
    return Gazetteer(entries, shipped())
