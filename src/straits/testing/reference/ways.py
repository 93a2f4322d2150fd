"""Which cargo can be where: every way is walked, so only for small networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from straits.case import Case

Cargo = tuple[str, str]
#: Origin of cargo whose origin is not tracked.
ANY = "any"


class Ways:
    """Cargoes of a case, and the links, markets and stores that each can use.

    Parameters
    ----------
    case : Case

    Attributes
    ----------
    cargoes : list of (commodity, origin)
        In the order of commodities and origins.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.supplies = {
            key: (row.commodity, self._origin(row, row.origin)) for key, row in case.rows("supplies").items()
        }
        self.held = {
            key: (row.commodity, self._origin(row, row.start_origin))
            for key, row in case.rows("stores").items()
            if row.start > 0
        }
        found = {*self.supplies.values(), *self.held.values()}
        while (
            more := {
                made for cargo in found for row in self._taking(cargo) for made in self.makes(row, cargo)
            }
            - found
        ):
            found |= more
        self.cargoes = sorted(found)
        self._made: dict[Cargo, set[str]] = {cargo: set() for cargo in self.cargoes}
        self._reached = self._reach_all()
        self._used = {cargo: set(self._walk(cargo)) for cargo in self.cargoes}

    def makes(self, process: Any, cargo: Cargo) -> dict[Cargo, float]:
        """Give what a process makes of one unit of a cargo, in units of the model."""
        goods = self.case.rows("commodities")
        found: dict[Cargo, float] = {}
        for text in process.yields:
            good, _, share = text.partition("=")
            out = goods[good.strip()]
            origin = ANY
            if out.tracked:
                kept = cargo[1] if cargo[1] != ANY else self.case.rows("places")[process.place].territory
                origin = str(process.origin or kept)
            size = {"kt": 1e3, "mcm": 1e3, "GWh": 1e3}
            found[out.id, origin] = (
                float(share) * size.get(goods[cargo[0]].unit, 1.0) / size.get(out.unit, 1.0)
            )
        return found

    def processes(self, cargo: Cargo) -> list[str]:
        """Processes that a cargo comes to and that take it."""
        return [row.id for row in self._taking(cargo) if row.place in self._reached[cargo]]

    def _taking(self, cargo: Cargo) -> list[Any]:
        return [row for row in self.case.rows("converts").values() if row.commodity == cargo[0]]

    def links(self, cargo: Cargo) -> set[str]:
        """Links that lie on a way of a cargo."""
        return self._used[cargo]

    def markets(self, cargo: Cargo) -> list[str]:
        """Markets that accept a cargo that can come there."""
        return [
            key for key, row in self.case.rows("markets").items()
            if self._buys(row, cargo) and row.place in self._reached[cargo]
        ]  # fmt: skip

    def stores(self, cargo: Cargo) -> list[str]:
        """Stores to which a cargo can come."""
        return [
            key for key, row in self.case.rows("stores").items()
            if row.commodity == cargo[0] and row.place in self._reached[cargo]
        ]  # fmt: skip

    def _origin(self, row: Any, origin: str | None) -> str:
        if not self.case.rows("commodities")[row.commodity].tracked:
            return ANY
        return str(origin or self.case.rows("places")[row.place].territory)

    def _buys(self, market: Any, cargo: Cargo) -> bool:
        return market.commodity == cargo[0] and (not market.origins or cargo[1] in (ANY, *market.origins))

    def _carry(self, cargo: Cargo) -> list[Any]:
        return [
            row for row in self.case.rows("links").values()
            if cargo[0] in row.commodities and (not row.origins or cargo[1] in (ANY, *row.origins))
        ]  # fmt: skip

    def _sources(self, cargo: Cargo) -> set[str]:
        at = {self.case.rows("supplies")[key].place for key, k in self.supplies.items() if k == cargo}
        return at | {self.case.rows("stores")[key].place for key, k in self.held.items() if k == cargo}

    def _reach_all(self) -> dict[Cargo, set[str]]:
        """Give where each cargo comes to, again and again until no process makes anything at a new place."""
        while True:
            reached = {cargo: self._reach(cargo) for cargo in self.cargoes}
            fresh = False
            for cargo in self.cargoes:
                for row in self._taking(cargo):
                    for made in self.makes(row, cargo) if row.place in reached[cargo] else ():
                        fresh |= row.place not in self._made[made]
                        self._made[made].add(row.place)
            if not fresh:
                return reached

    def _reach(self, cargo: Cargo) -> set[str]:
        reached = self._sources(cargo) | self._made[cargo]
        while True:
            more = {row.to_place for row in self._carry(cargo) if row.from_place in reached} - reached
            if not more:
                return reached
            reached |= more

    def _walk(self, cargo: Cargo) -> Iterator[str]:
        reached = self._reached[cargo]
        links = [row for row in self._carry(cargo) if row.from_place in reached]
        tanks = {
            row.place for row in self.case.rows("stores").values() if row.commodity == cargo[0]
        } & reached
        ends = tanks | {row.place for row in self._taking(cargo) if row.place in reached}
        ends |= {row.place for row in self.case.rows("markets").values() if self._buys(row, cargo)}
        begins = {self.case.rows("supplies")[key].place for key, k in self.supplies.items() if k == cargo}
        begins |= self._made[cargo] | tanks | {row.to_place for row in links if row.transit_days > 0}

        def on(place: str, seen: list[str], walked: list[str]) -> Iterator[str]:
            if place in ends:
                yield from walked
            for row in links:
                if row.from_place == place and row.to_place not in seen:
                    yield from on(row.to_place, [*seen, row.to_place], [*walked, row.id])

        for place in begins:
            yield from on(place, [place], [])
