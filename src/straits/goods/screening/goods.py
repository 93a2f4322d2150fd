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

    Pairs of codes many to many count only within one heading: beyond it they tie telephones and chips to electrical waste, and
    families grow far too large.

    Attributes
    ----------
    newer, older : str
        Editions, as `HS2022`.
    successors : dict of str to frozenset
        Older code -> newer codes that come from it.
    predecessors : dict of str to frozenset
        Newer code -> the older codes it comes from.
    """

    newer: str = ""
    older: str = ""
    successors: dict[str, frozenset[str]] = field(default_factory=dict)
    predecessors: dict[str, frozenset[str]] = field(default_factory=dict)


def concordance_of(frame: pd.DataFrame | None) -> Concordance:
    """Make a concordance of a table with `new`, `old`, `preferred`, whose `attrs` name the editions."""
    if frame is None:
        return Concordance()
    chosen = frame[(frame["relationship"] != "n:n") | (frame["new"].str[:4] == frame["old"].str[:4])]
    successors = {str(old): frozenset(rows) for old, rows in chosen.groupby("old")["new"]}
    predecessors = {str(new): frozenset(rows) for new, rows in chosen.groupby("new")["old"]}
    return Concordance(
        frame.attrs.get("new", "HS2022"), frame.attrs.get("old", "HS2017"), successors, predecessors
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
    # Copies of one list follow the nomenclature of their year.
    then = entries[one.standing(day)] if one.standing(day).any() else entries
    nomenclature = str(then["nomenclature"].iloc[0]) if len(then) else ""
    match, codes = _related(code, edition, edition_of(nomenclature), set(entries["code"]), table)
    standing = set(entries["code"][one.standing(day)])
    found, kind = [], ""
    for kind in match:
        found = sorted(codes[kind] & standing)
        if found:
            break
    loose = _untied(code, edition, edition_of(nomenclature), table)
    if found:
        status = "hit" if kind in ("exact", "within") else "near"
    else:
        kind = ""
        status = "clear" if known.certain and not loose else "unknown"
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
        "why": _why(known, status, kind, edition, nomenclature, loose) + (_LOOSE if loose else ""),
    }  # fmt: skip


def copy_fields(known: AsOf) -> dict[str, object]:
    """Give the copy that an answer rests on."""
    copy = known.copy
    return {
        "copy": copy.day if copy else "",
        "copy_file": copy.file if copy else "",
        "copy_sha256": copy.sha256 if copy else "",
    }


_LOOSE = "; nothing ties a code of that edition to the edition of the list"


def _why(known: AsOf, status: str, kind: str, edition: str, nomenclature: str, loose: bool) -> str:
    told = known.why
    if kind == "renumbered" and loose:
        told += f"; the same digits under {nomenclature}"
    elif kind == "renumbered":
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
    if edition == listed_edition or not edition:
        roots = (table.predecessors if listed_edition == table.newer else table.successors).get(
            code, frozenset()
        )
    else:
        roots = frozenset({code})
    there = table.successors if listed_edition == table.newer else table.predecessors
    family = set().union(*(there.get(root, frozenset()) for root in roots))
    # Without an edition, the code may be of the other one.
    return family | set(there.get(code, frozenset())) if not edition else family


def _changed(code: str, edition: str, listed_edition: str, table: Concordance) -> bool:
    """Say whether a code of the one edition is not, one to one, the same code in the other; without a concordance it may be."""
    if {edition, listed_edition} != {table.newer, table.older}:
        return True
    own = frozenset({code})
    return table.successors.get(code) != own or table.predecessors.get(code) != own


def _untied(code: str, edition: str, listed_edition: str, table: Concordance) -> bool:
    """Say whether nothing ties a code of another edition to the edition of the list: what is not found is then not clear."""
    if not edition or not listed_edition or edition == listed_edition:
        return False
    if {edition, listed_edition} != {table.newer, table.older}:
        return True
    there = table.successors if listed_edition == table.newer else table.predecessors
    return code[:6] not in there


def first_days(codes: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Give the answers as a table."""
    return pd.DataFrame(codes, columns=list(COLUMNS))
