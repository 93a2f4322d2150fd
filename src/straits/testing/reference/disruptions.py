"""What is left of each asset in each step, worked out day by day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from straits.case import Case
from straits.case.schema.settings import Scenario

TABLES = ("links", "supplies", "markets", "stores", "converts", "fleets", "joints")
STANDING = ("supplies", "markets", "stores", "converts")


class Left:
    """Share of capacity that is left, by day.

    Parameters
    ----------
    case : Case
        With the changes of the scenario.
    scenario : Scenario or None
    cargoes : list of (commodity, origin)
    """

    def __init__(
        self,
        case: Case,
        scenario: Scenario | None,
        cargoes: list[tuple[str, str]],
        today: dt.date | None = None,
    ) -> None:
        self.case, self.cargoes = case, cargoes
        self.effects = [e for e in _effects(case, scenario) if today is None or _believed(e, today)]
        self.costly = [
            m for key, m in case.rows("measures").items()
            if m.cost is not None and (m.baseline or (scenario is not None and key in scenario.measures))
        ]  # fmt: skip

    def of(self, asset: str, day: dt.date) -> float:
        """Give the share of an asset that is left on a day."""
        left = 1.0
        for e in self.effects:
            if e["start"] <= day < e["end"] and self._strikes_whole(e, asset, day):
                left *= e["factor"]
        return left

    def of_cargo(self, link: str, cargo: tuple[str, str], day: dt.date) -> float:
        """Give the share of a link's capacity that is left to one cargo by what strikes only some of its cargo."""
        left = 1.0
        for e in self.effects:
            if e["start"] <= day < e["end"] and self._strikes_cargo(e, link, cargo, day):
                left *= e["factor"]
        return left

    def dear(self, link: str, cargo: tuple[str, str], day: dt.date) -> list[Any]:
        """List the measures that add to the cost of a cargo on a link on a day."""
        found = []
        for m in self.costly:
            start = m.effect_start or m.start
            end = m.effect_end or m.end or self.case.settings.time.end
            joint = self.case.rows("joints").get(str(m.asset))
            here = link in joint.links if joint else link == m.asset
            struck = m.commodity in (None, cargo[0]) and (not m.origins or cargo[1] in m.origins)
            if here and struck and start <= day < end:
                found.append(m)
        return found

    def _strikes_whole(self, e: dict[str, Any], asset: str, day: dt.date) -> bool:
        table = next(t for t in TABLES if asset in self.case.rows(t))
        row = self.case.rows(table)[asset]
        if e["asset"].startswith("transit:") or not self._names(e, asset, day):
            return False
        if e["commodity"] is None and not e["origins"]:
            return True
        if table in ("links", "joints", "converts"):
            return False
        if e["commodity"] not in (None, row.commodity):
            return False
        return not e["origins"] or (table == "supplies" and self._origin(row) in e["origins"])

    def _origin(self, supply: Any) -> str:
        if not self.case.rows("commodities")[supply.commodity].tracked:
            return "any"
        return supply.origin or self.case.rows("places")[supply.place].territory or ""  # a sound case has one

    def _strikes_cargo(self, e: dict[str, Any], link: str, cargo: tuple[str, str], day: dt.date) -> bool:
        transit = e["asset"].startswith("transit:")
        if transit and cargo[1] == e["asset"].partition(":")[2]:
            return False
        if not transit and e["commodity"] is None and not e["origins"]:
            return False
        return (
            self._names(e, link, day)
            and e["commodity"] in (None, cargo[0])
            and (not e["origins"] or cargo[1] in e["origins"])
        )

    def _names(self, e: dict[str, Any], asset: str, day: dt.date) -> bool:
        """Whether the words of a disruption mean an asset, on a day."""
        scope, colon, actor = e["asset"].partition(":")
        table = next(t for t in TABLES if asset in self.case.rows(t))
        row = self.case.rows(table)[asset]
        if colon and scope == "territory":
            return actor in self._lands(table, row)
        if colon and scope == "transit":
            ends = self._land(row.to_place) == actor if table == "links" else True
            starts = self._land(row.from_place) == actor if table == "links" else False
            return not ends and (starts or actor in self._lands(table, row))
        if colon and scope == "actor":
            return self._holds(actor, table, row, day)
        if e["asset"] in self.case.rows("places"):
            at = {row.from_place, row.to_place} if table == "links" else {getattr(row, "place", None)}
            return e["asset"] in at
        return bool(e["asset"] == asset)

    def _land(self, place: str) -> str | None:
        return self.case.rows("places")[place].territory

    def _lands(self, table: str, row: Any) -> set[str | None]:
        if table == "links":
            return set(row.territory) or {self._land(row.from_place), self._land(row.to_place)}
        return {self._land(row.place)} if table in STANDING else set()

    def _holds(self, actor: str, table: str, row: Any, day: dt.date) -> bool:
        """Whether an actor and who belongs to it operate an asset, or own half of it or more, on a day."""
        group = _belonging(self.case, actor)
        for at in (row.id, row.place if table in STANDING else None):
            now = [
                c for c in self.case.rows("controls").values()
                if c.asset == at and (c.start is None or c.start <= day) and (c.end is None or day < c.end)
            ]  # fmt: skip
            if any(c.role == "operator" and c.actor in group for c in now):
                return True
            owners = [c for c in now if c.role == "owner"]
            given = [1 / len(owners) if c.share is None else c.share for c in owners]
            if sum(s for c, s in zip(owners, given, strict=True) if c.actor in group) >= 0.5 - 1e-9:
                return True
        return False


def _belonging(case: Case, actor: str) -> set[str]:
    """Give an actor and who belongs to it: companies and authorities to their state, members to their group."""
    group = {actor}
    while True:
        more = {
            key for key, row in case.rows("actors").items()
            if key not in group and (row.state in group or group & set(row.member_of))
        }  # fmt: skip
        if not more:
            return group
        group |= more


def _effects(case: Case, scenario: Scenario | None) -> list[dict[str, Any]]:
    found = []
    for key, m in case.rows("measures").items():
        acts = m.baseline or (scenario is not None and key in scenario.measures)
        if acts and m.factor is not None and m.asset is not None:
            start = m.effect_start or m.start
            found.append(_effect(m, start, m.effect_end or m.end or case.settings.time.end))
    for d in scenario.disruptions if scenario else ():
        found.append(_effect(d, d.start, d.end))
    return found


def _effect(row: Any, start: dt.date, end: dt.date) -> dict[str, Any]:
    return {
        "asset": row.asset, "factor": row.factor, "start": start, "end": end, "commodity": row.commodity,
        "origins": set(row.origins), "known": row.known or start, "expected": row.expected_days,
    }  # fmt: skip


def _believed(e: dict[str, Any], today: dt.date) -> bool:
    """Whether an effect is known on a day; changes its end to what is then expected."""
    if e["known"] > today:
        return False
    if e["expected"] is not None and e["end"] > today:
        expected = e["start"] + dt.timedelta(days=e["expected"])
        if today < expected:
            e["end"] = expected
    return True
