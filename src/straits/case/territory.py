"""On whose territory an asset lies, who hosts it, and which links carry transit: one definition for all rooms.

A link lies on the territories that its column `territory` lists, which is then the whole list; where the column is blank, on
those of its two places. Supplies, markets, stores and processes lie on that of their place. Fleets lie nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Tables whose rows stand at a place, so that territory and controls of the place hold for them.
AT_PLACES = ("supplies", "markets", "stores", "converts")


def territory_of_place(case: CaseData, place: str) -> str | None:
    """Give the state on whose territory a place lies; None for the open sea, and for a place that there is not."""
    row = case.rows("places").get(place)
    return None if row is None else row.territory


def territories_of(case: CaseData, table: str, row: Any) -> frozenset[str]:
    """Give the states on whose territory an asset lies: for a link those listed, or else those of its two places."""
    if table == "links":
        ends = (territory_of_place(case, row.from_place), territory_of_place(case, row.to_place))
        return frozenset(row.territory or (state for state in ends if state is not None))
    state = territory_of_place(case, row.place) if table in AT_PLACES else None
    return frozenset() if state is None else frozenset([state])


def hosts_of(case: CaseData, table: str, row: Any) -> frozenset[str]:
    """Give the states on whose land an asset lies, who together can keep it running; none for routes at sea and fleets."""
    # Ships leave the territory of both ports; nobody keeps them running against their owners.
    return frozenset() if table == "links" and row.mode == "sea" else territories_of(case, table, row)


def is_transit(case: CaseData, link: Any, actor: str) -> bool:
    """Whether cargo of others on a link leaves the territory of an actor, or crosses it without ending there."""
    starts = territory_of_place(case, link.from_place) == actor
    crosses = starts or actor in territories_of(case, "links", link)
    return crosses and territory_of_place(case, link.to_place) != actor
