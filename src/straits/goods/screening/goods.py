"""Goods against lists: a code of a nomenclature, as of a day.

| status | says |
|---|---|
| `hit` | the code stands on the copy of the day, or lies inside a code that does |
| `near` | a code inside it does, or one that a change of nomenclature made of the same predecessor |
| `clear` | nothing of that, and the copy of the day is certain |
| `unknown` | before the first copy, or between two |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from straits.errors import StraitsError
from straits.goods.screening.lists import AsOf, ControlList

COLUMNS = (
    "asked", "edition", "day", "list", "status", "match", "listed_code", "tier", "since", "not_before", "first_hit", "copy",
    "copy_file", "copy_sha256", "why",
)  # fmt: skip
_EDITION = re.compile(r"(HS|CN)\s*-?(\d{4})", re.I)
_YEARS = (1988, 1996, 2002, 2007, 2012, 2017, 2022)


@dataclass(frozen=True)
class Concordance:
    """Codes of two editions of the HS that may be the same good.

    Only the pairs that the conversion prefers count: by all pairs, families of codes grow far too large.

    Attributes
    ----------
    newer, older : str
        Editions, as `HS2022`.
    successors : dict of str to frozenset
        Older code -> newer codes that come from it.
    predecessor : dict of str to str
        Newer code -> the older code it mostly comes from.
    """

    newer: str = ""
    older: str = ""
    successors: dict[str, frozenset[str]] = field(default_factory=dict)
    predecessor: dict[str, str] = field(default_factory=dict)


def concordance_of(frame: pd.DataFrame | None) -> Concordance:
    """Make a concordance of a table with `new`, `old`, `preferred`, whose `attrs` name the editions."""
    if frame is None:
        return Concordance()
    chosen = frame[frame["preferred"]]
    successors = {str(old): frozenset(rows) for old, rows in chosen.groupby("old")["new"]}
    predecessor = dict(zip(chosen["new"], chosen["old"], strict=True))
    return Concordance(
        frame.attrs.get("new", "HS2022"), frame.attrs.get("old", "HS2017"), successors, predecessor
    )


def edition_of(text: str) -> str:
    """Give the edition of the HS that a nomenclature belongs to: `HS2022` for `CN2023`; empty for an empty text.

    Raises
    ------
    StraitsError
        A text that names none.
    """
    if not text.strip():
        return ""
    match = _EDITION.fullmatch(text.strip())
    if match is None:
        raise StraitsError(f"edition {text!r}: HS2022, HS2017 or a year of the CN as CN2022 is accepted")
    year = int(match[2])
    return f"HS{max((one for one in _YEARS if one <= year), default=year)}"


def valid_code(code: str) -> str:
    """Give a code in digits.

    Raises
    ------
    StraitsError
        A code that is none, or that lost its zero.
    """
    plain = code.strip().replace(".", "").replace(" ", "")
    if not plain.isdigit() or len(plain) not in (4, 6, 8, 10):
        lost = (
            f"; a code that lost its zero is {plain.zfill(len(plain) + 1)!r}"
            if plain.isdigit() and len(plain) in (3, 5, 7, 9)
            else ""
        )
        raise StraitsError(f"code {code!r}: 4, 6, 8 or 10 digits are accepted{lost}")
    return plain


def screen_code(code: str, edition: str, day: str, one: ControlList, table: Concordance) -> dict[str, object]:
    """Answer for one code, one list and one day; fields `COLUMNS`."""
    known = one.as_of(day)
    entries = one.entries
    nomenclature = str(entries["nomenclature"].iloc[0]) if len(entries) else ""
    match, codes = _related(code, edition, edition_of(nomenclature), set(entries["code"]), table)
    standing = set(entries["code"][one.standing(day)])
    found, kind = [], ""
    for kind in match:
        found = sorted(codes[kind] & standing)
        if found:
            break
    if found:
        status = "hit" if kind in ("exact", "within") else "near"
    else:
        status, kind = ("clear", "") if known.certain else ("unknown", "")
    rows = entries[entries["code"].isin(found) & one.standing(day)]
    hits = entries[entries["code"].isin(set().union(*(codes[k] for k in match if k in ("exact", "within"))))]
    first = min(hits["first"], default="")
    since, before = min((one.since(int(place), "code") for place in rows.index), default=("", ""))
    return {
        "asked": code, "edition": edition, "day": day, "list": one.name, "status": status, "match": kind,
        "listed_code": ", ".join(found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else ""),
        "tier": ", ".join(sorted(set(rows["tier"]) - {""})),
        "since": since, "not_before": before, "first_hit": first,
        **copy_fields(known),
        "why": _why(known, status, kind, edition, nomenclature),
    }  # fmt: skip


def copy_fields(known: AsOf) -> dict[str, object]:
    """Give the copy that an answer rests on."""
    copy = known.copy
    return {
        "copy": copy.day if copy else "",
        "copy_file": copy.file if copy else "",
        "copy_sha256": copy.sha256 if copy else "",
    }


def _why(known: AsOf, status: str, kind: str, edition: str, nomenclature: str) -> str:
    told = known.why
    if kind == "renumbered":
        told += f"; by the concordance: a code of the same family is listed under {nomenclature}"
    elif kind == "contains":
        told += "; some codes inside this one are listed: a longer code decides"
    elif status == "hit" and not edition:
        told += f"; if the code is of {nomenclature}"
    return told


def _related(
    code: str, edition: str, listed_edition: str, listed: set[str], table: Concordance
) -> tuple[tuple[str, ...], dict[str, set[str]]]:
    """Give the listed codes that concern a code, by how: the same, one around it, ones inside it, ones of its family."""
    same = {code} & listed
    around = {code[:length] for length in (4, 6, 8) if length < len(code)} & listed
    inside = {one for one in listed if len(one) > len(code) and one.startswith(code)}
    family = _family(code[:6], edition, listed_edition, table) if len(code) >= 6 else set()
    kin = {one for one in listed if one[:6] in family}
    kinds = {"exact": same, "within": around, "contains": inside, "renumbered": kin - same - around - inside}
    if (
        edition
        and listed_edition
        and edition != listed_edition
        and _changed(code[:6], edition, listed_edition, table)
    ):
        # The digits mean another good in the edition of the list: what they find there is only near.
        kinds["renumbered"] |= same | around
        kinds["exact"], kinds["within"] = set(), set()
    return ("exact", "within", "contains", "renumbered"), kinds


def _family(code: str, edition: str, listed_edition: str, table: Concordance) -> set[str]:
    """Give codes of the list's edition that a renumbering ties to this one: its successors, its predecessor, its siblings."""
    if not table.newer:
        return set()
    older_asked = edition == table.older or (not edition and code not in table.predecessor)
    if listed_edition == table.newer:
        root = code if older_asked else table.predecessor.get(code, "")
        return set(table.successors.get(root, frozenset()))
    if listed_edition == table.older:
        return {code} if older_asked else {table.predecessor.get(code, code)}
    return set()


def _changed(code: str, edition: str, listed_edition: str, table: Concordance) -> bool:
    """Say whether a code of the one edition is not, one to one, the same code in the other; without a concordance it may be."""
    if {edition, listed_edition} != {table.newer, table.older}:
        return True
    if edition == table.older:
        return table.successors.get(code) != frozenset({code})
    root = table.predecessor.get(code)
    return root != code or table.successors.get(code) != frozenset({code})


def first_days(codes: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Give the answers as a table."""
    return pd.DataFrame(codes, columns=list(COLUMNS))
