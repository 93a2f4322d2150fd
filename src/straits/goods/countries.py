"""Countries by any of their codes or names, and what stands in tables beside them: aggregates, and trade assigned to nobody.

Codes are ISO 3166-1 alpha-2, with XK for Kosovo and, as in Eurostat's statistics, XC, XL, XI and XU for Ceuta, Melilla, Northern
Ireland and the rest of the United Kingdom. `data/countries.csv` holds facts of the standard, names from
i18n-iso-countries (MIT); `data/aggregates.csv` names of groups as statistical offices write them.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

from straits.wording import with_article

#: Code of trade that a publisher assigns to no country.
REST = "QU"
#: Code of the whole world, where a format has a row of its own for it.
WORLD = "WORLD"
_NOT_SPECIFIED = "not specified"


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("straits.goods") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


@cache
def _countries() -> dict[str, str]:
    known: dict[str, str] = {}
    for row in _rows("countries.csv"):
        every = [
            row["iso2"],
            row["iso3"],
            row["numeric"],
            *row["other_codes"].split("|"),
            *row["names"].split("|"),
        ]
        known |= {_plain(name): row["iso2"] for name in every if name}
    return known


@cache
def _groups() -> dict[str, tuple[str, frozenset[str] | None]]:
    known: dict[str, tuple[str, frozenset[str] | None]] = {}
    for row in _rows("aggregates.csv"):
        members = frozenset(row["members"].split()) or None
        known |= {_plain(name): (row["group"], members) for name in row["names"].split("|")}
    return known


@cache
def names() -> dict[str, str]:
    """Return the first name of each country by its code."""
    return {row["iso2"]: row["names"].split("|")[0] for row in _rows("countries.csv")}


@cache
def every_name() -> tuple[str, ...]:
    """Return every name of every country, to say what an unknown one may mean."""
    return tuple(name for row in _rows("countries.csv") for name in row["names"].split("|"))


def name_of(code: str) -> str:
    """Return the name of a country by its code, as it stands in a sentence; what is no code, such as a group, as it is."""
    return with_article(names()[code]) if code in names() else code


@cache
def country(text: str) -> str | None:
    """Return the code of a country from any code or name of it, or None.

    Examples: `KZ`, `KAZ`, `398`, `Kazakhstan`, `EL` (Eurostat's code of Greece).
    """
    found = _plain(text)
    return _countries().get(found.zfill(3) if found.isdigit() else found)


@cache
def group(text: str) -> str | None:
    """Return the name of the group (union, continent, world, not specified) that a text stands for, or None."""
    known = _groups().get(_plain(text))
    return known[0] if known and country(text) is None else None


def members(text: str) -> frozenset[str] | None:
    """Return the members of a group; None if they are not known, in which case every country may be one."""
    known = _groups().get(_plain(text))
    return known[1] if known else None


def unnamed(text: str) -> bool:
    """Say whether a text stands for trade that is assigned to no country."""
    return group(text) == _NOT_SPECIFIED
