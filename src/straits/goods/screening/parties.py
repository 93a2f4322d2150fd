"""Parties against lists: identifiers first, then names, as of a day; and the first day of a hit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from straits.goods.readers.ofac import identifiers, normal
from straits.goods.screening.goods import copy_fields
from straits.goods.screening.lists import ControlList
from straits.goods.screening.names.index import Index
from straits.goods.screening.names.score import THRESHOLD

COLUMNS = (
    "asked", "kind", "day", "list", "status", "by", "score", "matched", "entry", "ent_num", "program", "since", "not_before",
    "first_hit", "first_hit_censored", "copy", "copy_file", "copy_sha256", "why",
)  # fmt: skip
CANDIDATE_COLUMNS = (
    "asked",
    "day",
    "list",
    "rank",
    "score",
    "by",
    "matched",
    "entry",
    "ent_num",
    "kind",
    "program",
    "standing",
)
#: Numbers of which one party has one for life. Of the others it may have several, or get a new one: passports, registers, flags.
FOR_LIFE = ("imo", "lei", "duns")
#: Numbers by which a party may be asked for, beside its name.
NUMBERS = ("imo", "mmsi", "registration", "tax", "passport", "national_id", "swift", "lei", "duns")


_BUT = ", but another "


def _others(by: str) -> set[str]:
    """Return the kinds of numbers in which a party and an entry differ."""
    return set(by.partition(_BUT)[2].split(", ")) - {""}


@dataclass(frozen=True)
class Party:
    """Who is asked about.

    Attributes
    ----------
    name : str
    kind : str
        `person`, `entity`, `vessel`; empty if it is not known.
    numbers : mapping of str to str
        Identifiers by kind (`NUMBERS`).
    day : str
    """

    name: str
    kind: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    day: str = ""

    @property
    def identifiers(self) -> set[tuple[str, str]]:
        """The identifiers in one form; an IMO number may stand in the name."""
        found = {(kind, normal(number)) for kind, number in self.numbers.items() if normal(number)}
        return found | {("imo", number) for number in re.findall(r"\bIMO\s*(\d{7})\b", self.name)}


class PartyList:
    """A list of parties made ready for search, with the further names of its entries."""

    def __init__(self, one: ControlList, aliases: pd.DataFrame) -> None:
        self.list = one
        entries = one.entries
        self.entry = list(range(len(entries)))
        names, kinds = entries["name"].tolist(), entries["kind"].tolist()
        self.by = ["name"] * len(names)
        place_of: dict[str, list[int]] = {}
        for place, number in enumerate(entries["ent_num"]):
            place_of.setdefault(str(number), []).append(place)
        for number, alias in zip(aliases["ent_num"], aliases["alias"], strict=True):
            for place in place_of.get(str(number), ()):
                names.append(alias)
                kinds.append(kinds[place])
                self.entry.append(place)
                self.by.append("alias")
        self.names = names
        self.index = Index(names, kinds) if names else None
        self.number_of: dict[tuple[str, str], list[int]] = {}
        self.numbers: list[dict[str, set[str]]] = []
        for place, remarks in enumerate(entries["remarks"]):
            own: dict[str, set[str]] = {}
            for kind, number in identifiers(str(remarks)):
                own.setdefault(kind, set()).add(number)
                self.number_of.setdefault((kind, number), []).append(place)
            self.numbers.append(own)

    def answers(
        self, parties: Sequence[Party], threshold: float = THRESHOLD, top: int = 10
    ) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        """Give an answer for each party, and its candidates."""
        found = (
            self.index.search_all([p.name for p in parties], [p.kind for p in parties])
            if self.index
            else [[] for _ in parties]
        )
        rows, every = [], []
        for party, matches in zip(parties, found, strict=True):
            ranked = self._ranked(party, [(m.number, m.score) for m in matches])
            standing = self.list.standing(party.day)
            rows.append(self._answer(party, ranked, standing, threshold))
            for seen, (place, value, by, name) in enumerate(ranked[:top], start=1):
                every.append(self._candidate(party, seen, place, value, by, name, bool(standing.iloc[place])))
        return rows, every

    def _ranked(
        self, party: Party, matches: Sequence[tuple[int, float]]
    ) -> list[tuple[int, float, str, str]]:
        """Give entries once each, those with an identifier of the party first: entry, score, by what, name that matched."""
        ranked: dict[int, tuple[int, float, str, str]] = {}
        for kind, number in sorted(party.identifiers):
            for place in self.number_of.get((kind, number), ()):
                ranked.setdefault(place, (place, 1.0, f"{kind} {number}", self.names[place]))
        mine: dict[str, set[str]] = {}
        for kind, number in party.identifiers:
            mine.setdefault(kind, set()).add(number)
        for number_in_index, value in matches:
            place = self.entry[number_in_index]
            if place in ranked:
                continue
            other = [
                k
                for k, numbers in mine.items()
                if k in self.numbers[place] and not numbers & self.numbers[place][k]
            ]
            by = self.by[number_in_index] + (f"{_BUT}{', '.join(sorted(other))}" if other else "")
            ranked[place] = (place, value, by, self.names[number_in_index])
        return list(ranked.values())

    def _answer(
        self,
        party: Party,
        ranked: Sequence[tuple[int, float, str, str]],
        standing: pd.Series,
        threshold: float,
    ) -> dict[str, object]:
        known = self.list.as_of(party.day)
        alike = [one for one in ranked if one[1] >= threshold]
        hits = [one for one in alike if _BUT not in one[2]]
        now = max((one for one in hits if standing.iloc[one[0]]), key=lambda one: one[1], default=None)
        status = "hit" if now else ("clear" if known.certain else "unknown")
        if now is None:
            # The name is the same, and another passport does not make another person.
            maybe = [one for one in alike if standing.iloc[one[0]] and not set(FOR_LIFE) & _others(one[2])]
            now = max(maybe, key=lambda one: one[1], default=None)
            status = "near" if now else status
        entries = self.list.entries
        ever = entries.iloc[[one[0] for one in hits]]
        first = min(ever["first"], default="")
        row = entries.iloc[now[0]] if now else None
        since, before = self.list.since(now[0], "ent_num") if now else ("", "")
        return {
            "asked": party.name, "kind": party.kind, "day": party.day, "list": self.list.name, "status": status,
            "by": now[2] if now else "", "score": round(now[1] if now else max((one[1] for one in ranked), default=0.0), 4),
            "matched": now[3] if now else "", "entry": row["name"] if row is not None else "",
            "ent_num": row["ent_num"] if row is not None else "", "program": row["program"] if row is not None else "",
            "since": since, "not_before": before, "first_hit": first,
            "first_hit_censored": bool(ever["censored"][ever["first"] == first].any()) if first else False,
            **copy_fields(known), "why": known.why,
        }  # fmt: skip

    def _candidate(
        self, party: Party, rank: int, place: int, value: float, by: str, name: str, standing: bool
    ) -> dict[str, object]:
        row = self.list.entries.iloc[place]
        return {
            "asked": party.name, "day": party.day, "list": self.list.name, "rank": rank, "score": round(value, 4), "by": by,
            "matched": name, "entry": row["name"], "ent_num": row["ent_num"], "kind": row["kind"], "program": row["program"],
            "standing": standing,
        }  # fmt: skip
