"""What a disruption touches: one asset, all that stands at a place, or all that a scope such as `transit:RUS` names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from straits.case.tables import ASSET_TABLES

if TYPE_CHECKING:
    from straits.case.case import Case

#: Prefixes by which a disruption names many assets at once.
SCOPES = ("transit", "territory", "actor")

_AT_PLACES = ("supplies", "markets", "stores")


def link_territories(case: Case, link: Any) -> set[str]:
    """Give the states whose territory a link crosses, those of its two places included."""
    places = case.rows("places")
    ends = {places[name].territory for name in (link.from_place, link.to_place) if name in places}
    return {*link.territory, *(state for state in ends if state is not None)}


def touched(case: Case, asset: str) -> Iterator[tuple[str, Any]]:
    """Yield table and row of everything that a disruption of `asset` touches; places stand for what is at them.

    `transit:A` touches links on which cargo leaves the territory of A or crosses it without ending there; `territory:A` all
    links that touch it and all that stands on it; `actor:A` what A owns or operates.

    Parameters
    ----------
    case : Case
    asset : str
        Asset id or scope; an unknown one yields nothing.
    """
    scope, colon, actor = asset.partition(":")
    places = case.rows("places")
    if colon and scope in ("transit", "territory"):
        for link in case.rows("links").values():
            ends_there = link.to_place in places and places[link.to_place].territory == actor
            if actor in link_territories(case, link) and not (scope == "transit" and ends_there):
                yield "links", link
        if scope == "territory":
            for table in _AT_PLACES:
                for row in case.rows(table).values():
                    if row.place in places and places[row.place].territory == actor:
                        yield table, row
    elif colon and scope == "actor":
        held = {
            row.asset
            for row in case.rows("controls").values()
            if row.actor == actor and row.role in ("owner", "operator")
        }
        for name in sorted(held):
            yield from (item for item in touched(case, name) if not (name in places and item[0] == "links"))
    elif asset in places:
        yield from (
            ("links", row) for row in case.rows("links").values() if asset in (row.from_place, row.to_place)
        )
        for table in _AT_PLACES:
            yield from ((table, row) for row in case.rows(table).values() if row.place == asset)
    else:
        for table in ASSET_TABLES:
            if asset in case.rows(table):
                yield table, case.rows(table)[asset]
