"""Checks of texts that a reader takes for something else: ids that look alike, ids that cannot be named, units of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from straits.case.checks.registry import Problem, check
from straits.case.schema.tables import ASSET_TABLES, TABLES, columns
from straits.case.scopes import SCOPES
from straits.lookalike import difference, skeleton
from straits.plain import plain

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Tables whose ids stand in the names of results, such as `exports:crude:KAZ`, and after scopes, such as `transit:RUS`.
_NAMED = ("actors", "commodities", "options", *ASSET_TABLES)


@check("id_signs", "error")
def id_signs(case: CaseData) -> Iterator[Problem]:
    """An id with `:`, which separates ids in names of results, with an invisible sign, or that reads as two assets, `a+b`."""
    assets = {key for table in ASSET_TABLES for key in case.known_ids(table)}
    for table in TABLES:
        for key in case.fresh_ids(table):
            if table in _NAMED and ":" in key and key.partition(":")[0] not in SCOPES:
                message = (
                    f"id {key!r} holds ':', which separates ids in names of results; write '-' or '_' instead"
                )
                yield Problem(message, table, key, "id")
            elif table in ASSET_TABLES and "+" in key and assets.issuperset(key.split("+")):
                message = f"id {key!r} reads as {' and '.join(key.split('+'))} failing together; write '-' or '_' instead"
                yield Problem(message, table, key, "id")
            elif plain(key) != key or "\u00ad" in key:
                yield Problem(f"id {plain(key)!r} holds a sign that is not seen; remove it", table, key, "id")


@check("look_alike", "warning")
def look_alike(case: CaseData) -> Iterator[Problem]:
    """Two ids that look the same and are not: letters of two alphabets, digits of two scripts, wide and narrow, capitals."""
    for tables in [ASSET_TABLES, *((table,) for table in TABLES if table not in ASSET_TABLES)]:
        seen: dict[str, str] = {}
        for table in tables:
            for key in case.known_ids(table):
                other = seen.setdefault(skeleton(key).casefold(), key)
                if other != key:
                    yield Problem(_alike(key, other), table, key, "id")
    seen = {}
    for key in case.scenarios:
        other = seen.setdefault(key.casefold(), key)
        if other != key:
            told = f"{_alike(key, other)}; some systems keep both in one file, and lose one"
            yield Problem(told, f"scenarios/{key}", None, "id")


def _alike(key: str, other: str) -> str:
    """Say of two ids that look alike where they differ."""
    capitals = "they differ in capitals" if skeleton(key) != skeleton(other) else "they differ in spaces"
    return f"id {key!r} looks like {other!r}: {difference(key, other) or capitals}"


@check("unit_of_nothing", "warning")
def unit_of_nothing(case: CaseData) -> Iterator[Problem]:
    """A unit beside a blank number: the number takes its default, or is not given, which may not be what was meant."""
    for table in filter(case.known_ids, TABLES):
        cells = case.parsed(table).cells
        for name, column in columns(table).items():
            if column.unit_column is None or not column.is_number or name.endswith(("_low", "_high")):
                continue
            default = "is not given" if column.default is None else f"is taken as {column.default:g}"
            for of in cells:
                unit = of.get(column.unit_column)
                if unit is not None and of.get(name) is None:
                    told = f"the unit {unit!r} stands beside a blank {name}, which {default}"
                    yield Problem(told, table, of["id"], name)
