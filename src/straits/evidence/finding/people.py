"""Who held which office of which state, and when: a dated table, and the names under which its people are found.

Shipped are heads of state and of government as the World Factbook (public domain) listed them in its editions of 2015 to 2026,
with spellings that news use, and some ministers, whose terms were held against Wikidata where it had them; a row whose `source`
is `unsourced` rests on no document. A term of the Factbook ends with the last edition that has it. A case adds people, or
overrides those of a name.
"""

from __future__ import annotations

import csv
import functools
import io
import itertools
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from importlib import resources
from typing import Any, Literal

from pydantic import ValidationError

from straits.errors import StraitsError, did_you_mean
from straits.evidence import edtf
from straits.evidence.records import Frozen
from straits.evidence.text import fold

COLUMNS = ("person", "office", "state", "start", "end", "spellings", "source")


class PeopleError(StraitsError, ValueError):
    """A table of people cannot be used. `problems` lists every row."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("people: " + "; ".join(problems))


class Term(Frozen):
    """A person in an office."""

    kind: Literal["person"] = "person"
    person: str
    office: str
    state: str
    """ISO 3166-1 alpha-3, or the id that the case gives to the state."""
    start: str | None = None
    """EDTF date. Blank: always before."""
    end: str | None = None
    """Last day in office, EDTF. Blank: until today."""
    spellings: tuple[str, ...] = ()
    """Other ways to write the name; one word alone (a surname) only where it is listed."""

    @property
    def span(self) -> tuple[date, date]:
        """First and last day in office."""
        first = edtf.bounds(self.start)[0] if self.start else None
        last = edtf.bounds(self.end)[1] if self.end else None
        return first or date.min, last or date.max


# The same thousands of names are asked for whenever a table of people joins another.
@functools.lru_cache(maxsize=32_768)
def name_key(name: str) -> str:
    """Give a name in one form for comparison: without accents, marks and capitals."""
    plain = unicodedata.normalize("NFKD", fold(name).casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c) and c != "'")
    return " ".join(letters.split())


class People:
    """Terms, found by name and day."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._by_name: dict[str, list[Term]] = {}
        self._by_last: dict[str, list[tuple[str, Term]]] = {}
        spellings: dict[tuple[str, str], set[str]] = {}
        for term in self.terms:
            known = spellings.setdefault((name_key(term.person), term.state), set())
            known.update((term.person, *term.spellings))
        for term in self.terms:
            for key in sorted({name_key(n) for n in spellings[name_key(term.person), term.state]} - {""}):
                self._by_name.setdefault(key, []).append(term)
                first, _, last = key.rpartition(" ")
                if first:
                    self._by_last.setdefault(last, []).append((first, term))

    def holders(self, name: str, first: date | None, last: date | None) -> list[Term]:
        """Give the terms of whoever is called `name` that have a day between `first` and `last`, None being open.

        A name in full is looked for as it is listed; failing that by its last word and the first letter of its first. A single
        word is a name only where the table lists it as one.
        """
        key = name_key(name)
        found = self._by_name.get(key, [])
        if not found and " " in key:
            given, _, surname = key.rpartition(" ")
            found = [t for other, t in self._by_last.get(surname, ()) if other[0] == given[0]]
        begin, end = first or date.min, last or date.max
        return [t for t in found if t.span[0] <= end and begin <= t.span[1]]

    def knows(self, name: str) -> bool:
        """Tell whether a name is one that the table lists."""
        return name_key(name) in self._by_name

    def with_own(self, own: People) -> People:
        """Give the terms of both; whoever `own` names has the terms that stand there, and no others."""
        names = {name_key(n) for t in own.terms for n in (t.person, *t.spellings)}
        kept = (t for t in self.terms if names.isdisjoint(name_key(n) for n in (t.person, *t.spellings)))
        return People((*kept, *own.terms))


def terms_of(rows: Iterable[tuple[str, Mapping[str, Any]]], states: Iterable[str]) -> list[Term]:
    """Read rows of a table of people.

    Parameters
    ----------
    rows : iterable of (row name, cells)
        `person`, `office`, `state`, `start`, `end`, `spellings` (a tuple, or a text with `|`).
    states : iterable of str
        Ids that a state can have.

    Raises
    ------
    PeopleError
        Naming row and column of each: a blank person, an unknown state, a date that is none, an end before its start, two terms
        of one person in one office that overlap.
    """
    known, problems = sorted(states), []
    found: list[tuple[str, Term]] = []
    for name, cells in rows:
        data = {k: cells.get(k) or None for k in ("person", "office", "state", "start", "end")}
        spellings = cells.get("spellings") or ()
        if isinstance(spellings, str):
            spellings = tuple(s.strip() for s in spellings.split("|") if s.strip())
        for column in ("person", "office", "state"):
            if data[column] is None:
                problems.append(f"{name}, column {column}: is blank")
        if data["state"] is not None and data["state"] not in known:
            problems.append(
                f"{name}, column state: no state {data['state']!r} is known{did_you_mean(str(data['state']), known)}"
            )
        bounds = {}
        for column in ("start", "end"):
            try:
                bounds[column] = edtf.bounds(str(data[column])) if data[column] else (None, None)
            except edtf.EdtfError as error:
                problems.append(f"{name}, column {column}: {error}")
        first, last = bounds.get("start", (None, None))[0], bounds.get("end", (None, None))[1]
        if first and last and last < first:
            problems.append(f"{name}, column end: {data['end']} is before start, {data['start']}")
            continue
        try:
            found.append((name, Term(spellings=tuple(spellings), **data)))
        except ValidationError:
            continue  # said above
    if not problems:
        problems = list(_overlaps(found))
    if problems:
        raise PeopleError(problems)
    return [term for _, term in found]


def _overlaps(found: list[tuple[str, Term]]) -> Iterable[str]:
    by: dict[tuple[str, str, str], list[tuple[str, Term]]] = {}
    for name, term in found:
        by.setdefault((name_key(term.person), term.office, term.state), []).append((name, term))
    for same in by.values():
        ordered = sorted(same, key=lambda row: row[1].span)
        for (one, a), (two, b) in itertools.pairwise(ordered):
            if b.span[0] <= a.span[1]:
                until = f"until {a.end}" if a.end else "without an end"
                yield f"{two}, column start: {b.person}, {b.office}, overlaps with {one}, which runs {until}"


@functools.cache
def shipped() -> tuple[Term, ...]:
    """Give the people that come with the package."""
    folder = resources.files("straits.evidence") / "data"
    with (folder / "world.csv").open(encoding="utf-8") as file:
        states = [row["id"] for row in csv.DictReader(file)]
    rows = csv.DictReader(io.StringIO((folder / "people.csv").read_text(encoding="utf-8")))
    return tuple(terms_of(((f"row {i}", row) for i, row in enumerate(rows, 2)), states))


__all__ = ["COLUMNS", "People", "PeopleError", "Term", "name_key", "shipped", "terms_of"]
