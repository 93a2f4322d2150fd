"""What a disruption touches: one asset, all that stands at a place, or all that a scope such as `transit:RUS` names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from straits.case.ownership import HOLDING, closable_by
from straits.case.schema.tables import ASSET_TABLES
from straits.case.territory import AT_PLACES, is_transit, territories_of

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Prefixes by which a disruption names many assets at once.
SCOPES = ("transit", "territory", "actor")


def touched(
    case: CaseData, asset: str, start: date | None = None, end: date | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield table and row of everything that a disruption of `asset` touches; places stand for what is at them.

    `transit:A` touches links on which cargo leaves the territory of A or crosses it without ending there; `territory:A` all
    links that lie on it, wholly or in part, and all that stands on it; `actor:A` what A and those who belong to it own or
    operate.

    Parameters
    ----------
    case : Case
    asset : str
        Asset id or scope; an unknown one yields nothing.
    start, end : date, optional
        Time in which an actor must hold something, first day and day after the last. Default: the time axis.
    """
    scope, colon, actor = asset.partition(":")
    if colon and scope == "transit":
        yield from (("links", row) for row in case.rows("links").values() if is_transit(case, row, actor))
    elif colon and scope == "territory":
        for table in ("links", *AT_PLACES):
            for row in case.rows(table).values():
                if actor in territories_of(case, table, row):
                    yield table, row
    elif colon and scope == "actor":
        held = closable_by(case, actor, start, end, roles=HOLDING)
        for key, table in dict.fromkeys((item.asset, item.table) for item in held):
            yield table, case.rows(table)[key]
    elif asset in case.rows("places"):
        yield from (
            ("links", row) for row in case.rows("links").values() if asset in (row.from_place, row.to_place)
        )
        for table in AT_PLACES:
            yield from ((table, row) for row in case.rows(table).values() if row.place == asset)
    else:
        for table in ASSET_TABLES:
            if asset in case.rows(table):
                yield table, case.rows(table)[asset]
