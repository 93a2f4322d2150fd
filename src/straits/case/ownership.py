"""Who belongs to whom, and who may close what, by what right, on which day: one answer for all rooms, from the tables alone.

*Belonging.* Companies, authorities and groups belong to their `state`, in any number of steps; members belong to their
alliances and groups (`member_of`). Where several could speak for an actor, the nearest does: at the same distance an alliance
or company before a state, and whom column `state` names before whom `member_of` names.

*Rights.* Operators, regulators, the states on whose territory an asset lies (`territory`) and the buyer of a market may each
close it alone. Whom a store names as `releaser` may refuse the release of its reserve. Owners may when they hold half of it or
more together. A control of a place holds for the supplies, markets, stores and processes there. All of it as of a day: a right
of table `controls` lasts from `start` to the day before `end`.

*Access.* veto: every right holds. host: but not that of owners where the whole asset lies on land of states, who keep it
running; routes at sea and fleets have no host. regulated: links, joint capacities and stores are open to all.

*Scarcity.* Whether the owner of an asset keeps what its capacity is worth when it is scarce, or earns its tariff alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from straits.case.schema.division import Rule
from straits.case.territory import AT_PLACES, hosts_of, territories_of, territory_of_place

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Modes that carry at a published tariff, whether the case gives it or not.
_AT_TARIFF = ("pipeline", "rail", "loading")

Access = Literal["veto", "host", "regulated"]
#: Which rights hold; see above.
REGIMES = ("veto", "host", "regulated")
#: Roles by which an actor may close an asset, the weakest last.
ROLES = ("operator", "regulator", "territory", "buyer", "releaser", "owner")
#: Roles of `actor:X` in a disruption: all that it owns or operates.
HOLDING = ("operator", "owner")
#: Kinds of asset that regulated access opens to all, at their resource cost.
TRANSPORT = ("links", "stores", "joints")
#: Share of ownership from which an asset can be closed; a share less than this by rounding counts.
BLOCKING = 0.5 - 1e-9
#: Name under which stands what no owner and no operator earns; in accounts with the asset behind it.
NOBODY = "(nobody)"
_ASSETS = ("links", *AT_PLACES, "fleets", "joints")
#: What stands for the table of releases of reserves, which have none: a releaser may refuse its release and nothing else.
RELEASES = "releases"


# ---------------------------------------------------------------------- who belongs to whom


def speaker_of(case: CaseData, actor: str, speakers: Mapping[str, int]) -> set[int]:
    """Give who speaks for an actor: nobody, one, or several with equal right.

    Parameters
    ----------
    case : Case
    actor : str
    speakers : mapping of str to int
        Who speaks for itself, and as which of several.

    Returns
    -------
    set of int
    """
    rows = case.rows("actors")
    level, seen = {actor: True}, {actor}
    while level:
        # An alliance or company before a state, column `state` before `member_of`.
        found = [
            ((a in rows and rows[a].kind == "state", not by_state), speakers[a])
            for a, by_state in level.items()
            if a in speakers
        ]
        if found:
            best = min(rank for rank, _ in found)
            return {speaker for rank, speaker in found if rank == best}
        above: dict[str, bool] = {}
        for a, by_state in level.items():
            if a not in rows:
                continue
            if (state := rows[a].state) is not None:
                above[state] = above.get(state, False) or by_state
            for group in rows[a].member_of:
                above.setdefault(group, False)
        level = {a: by_state for a, by_state in above.items() if a not in seen}
        seen |= set(level)
    return set()


def state_of(case: CaseData, actor: str) -> str:
    """Give the state that an actor belongs to, in any number of steps; the actor itself if it belongs to none.

    What nobody earns counts as that of one `NOBODY`.
    """
    known = _STATES.setdefault(case, {})
    if actor not in known:
        known[actor] = _state(case, actor)
    return known[actor]


def _state(case: CaseData, actor: str) -> str:
    if actor.startswith(NOBODY):
        return NOBODY
    states = [key for key, row in case.rows("actors").items() if row.kind == "state"]
    found = speaker_of(case, actor, {key: i for i, key in enumerate(states)})
    if len(found) == 1:
        return states[found.pop()]
    row = case.rows("actors").get(actor)
    return row.state if row is not None and row.state is not None else actor


def states_of(case: CaseData, actor: str) -> frozenset[str]:
    """Give the states whose land and people are an actor's: of an alliance those of its members, else the one that it belongs to.

    An alliance stands among them itself, since land and purchases can be its own; an actor without a state stands for itself.
    """
    row = case.rows("actors").get(actor)
    if row is None or row.kind != "alliance":
        return frozenset({state_of(case, actor)})
    rows = case.rows("actors")
    return frozenset({actor, *(key for key in group_of(case, actor) if rows[key].kind == "state")})


def counted_for(case: CaseData, actor: str) -> frozenset[str]:
    """Give all names in accounts that count for a state, or for an alliance and the states of its members."""
    members = members_of(case)
    return frozenset().union({actor}, *(members.get(state, ()) for state in states_of(case, actor)))


def alliance_of_focus(case: CaseData) -> str | None:
    """Give the actor of the focus where it is an alliance: then it is told of as one beside its members."""
    focus = case.settings.focus
    row = case.rows("actors").get(focus.actor) if focus else None
    return row.id if row is not None and row.kind == "alliance" else None


#: What was found of each case: it is never changed.
_STATES: WeakKeyDictionary[CaseData, dict[str, str]] = WeakKeyDictionary()
_GROUPS: WeakKeyDictionary[CaseData, dict[str, frozenset[str]]] = WeakKeyDictionary()


def earning_names(case: CaseData) -> list[str]:
    """List all names that can stand in accounts: actors, what nobody earns of each asset, and all of that together."""
    tables = (*_ASSETS, "world_markets")
    return [*case.rows("actors"), NOBODY, *(nobody(key) for table in tables for key in case.rows(table))]


def members_of(case: CaseData) -> dict[str, frozenset[str]]:
    """Give for each state, and each actor without one, all names in accounts that count for it; see `state_of`."""
    found: dict[str, set[str]] = {}
    for name in earning_names(case):
        found.setdefault(state_of(case, name), set()).add(name)
    return {state: frozenset({state, *names}) for state, names in found.items()}


def group_of(case: CaseData, actor: str) -> frozenset[str]:
    """Give an actor and all who belong to it: a state with its companies, an alliance with its members and theirs.

    States that do not belong to it speak for themselves and for theirs.
    """
    known = _GROUPS.setdefault(case, {})
    if actor not in known:
        known[actor] = _group(case, actor)
    return known[actor]


def _group(case: CaseData, actor: str) -> frozenset[str]:
    rows = case.rows("actors")
    speakers = {actor: 0}
    for key, row in rows.items():
        if row.kind == "state" and key != actor and not speaker_of(case, key, {actor: 0}):
            speakers[key] = len(speakers)
    return frozenset({actor, *(key for key in rows if speaker_of(case, key, speakers) == {0})})


def release_of(store: str) -> str:
    """Give the name under which the release of a store's reserve is withheld or refused."""
    return f"release:{store}"


# ---------------------------------------------------------------------- who holds what on a day


@dataclass(frozen=True)
class Holding:
    """Who has which right in an asset, on a day.

    Attributes
    ----------
    alone : tuple of (str, str)
        Actors who may each close it alone, and their role.
    owned : tuple of mapping of str to float
        Shares of its owners, and of those of the place where it stands, as far as there are any.
    """

    alone: tuple[tuple[str, str], ...]
    owned: tuple[Mapping[str, float], ...]

    def why(self, group: Collection[str], roles: Collection[str] = ROLES) -> list[str]:
        """Say by what rights actors who act as one may close the asset; empty if they may not."""
        held = {role for actor, role in self.alone if actor in group}
        told = [role for role in ROLES if role in roles and role in held]
        if "owner" in roles:
            shares = [sum(of.get(a, 0.0) for a in group) for of in self.owned]
            told += [f"owner of {share:.0%}" for share in shares if share >= BLOCKING]
        return told


class Holdings:
    """The controls of a case, as of any day. Made once for a case: `holdings_of`."""

    def __init__(self, case: CaseData) -> None:
        axis = case.settings.time
        self.start, self.end = axis.start, axis.end
        self._rows: dict[str, list[Any]] = {}
        for _, row in sorted(case.rows("controls").items()):
            self._rows.setdefault(row.asset, []).append(row)
        self._known: dict[tuple[str, date], Holding] = {}
        self.table: dict[str, str] = {}
        self._place: dict[str, str] = {}
        self._always: dict[str, tuple[tuple[str, str], ...]] = {}
        self.hosts: dict[str, frozenset[str]] = {}
        for table in _ASSETS:
            for key, row in case.rows(table).items():
                self.table[key] = table
                if table in AT_PLACES:
                    self._place[key] = row.place
                always = {(state, "territory") for state in territories_of(case, table, row)}
                if table == "markets" and row.buyer is not None:
                    always.add((row.buyer, "buyer"))
                self._always[key] = tuple(sorted(always))
                self.hosts[key] = hosts_of(case, table, row)
                if table == "stores" and row.releaser is not None and row.release_price is not None:
                    self.table[release := release_of(key)] = RELEASES
                    self._always[release] = ((row.releaser, "releaser"),)
                    self.hosts[release] = frozenset()

    @property
    def dated(self) -> bool:
        """Whether some right begins or ends within the axis."""
        return any(len(self.periods(asset)) > 1 for asset in self.table)

    def _of(self, asset: str) -> Iterator[list[Any]]:
        yield self._rows.get(asset, [])
        if asset in self._place:
            yield self._rows.get(self._place[asset], [])

    def periods(
        self, asset: str, start: date | None = None, end: date | None = None
    ) -> list[tuple[date, date]]:
        """Divide a time (default: the axis) into periods in which no right in an asset changes: first day, day after the last."""
        start, end = start or self.start, end or self.end
        marks = {day for rows in self._of(asset) for row in rows for day in (row.start, row.end) if day}
        inner = sorted(day for day in marks if start < day < end)
        return list(zip([start, *inner], [*inner, end], strict=True)) if start < end else []

    def on(self, asset: str, day: date) -> Holding:
        """Give who has which right in an asset on a day."""
        if (asset, day) not in self._known:
            self._known[asset, day] = self._find(asset, day)
        return self._known[asset, day]

    def _find(self, asset: str, day: date) -> Holding:
        alone = dict.fromkeys(self._always.get(asset, ()))
        owned = []
        for rows in self._of(asset):
            now = [row for row in rows if holds_on(row, day)]
            alone |= dict.fromkeys((row.actor, row.role) for row in now if row.role != "owner")
            if shares := _shares([row for row in now if row.role == "owner"]):
                owned.append(shares)
        return Holding(tuple(alone), tuple(owned))

    def earners(self, asset: str, day: date) -> dict[str, float]:
        """Give who earns the profit of an asset on a day, in shares that add up to one.

        Its owners; else those of its place; else its operator; else that of its place; else nobody, and so for what shares
        leave of the whole.
        """
        for role in ("owner", "operator"):
            for rows in self._of(asset):
                now = [row for row in rows if row.role == role and holds_on(row, day)]
                if shares := _shares(now):
                    rest = 1.0 - sum(shares.values())
                    return {**shares, nobody(asset): rest} if rest > 1e-9 else shares
        return {nobody(asset): 1.0}


def nobody(asset: str) -> str:
    """Give the name under which stands what nobody earns of an asset."""
    return f"{NOBODY} {asset}"


def holds_on(row: Any, day: date) -> bool:
    """Whether a row of controls holds on a day."""
    return (row.start is None or row.start <= day) and (row.end is None or day < row.end)


def _shares(rows: list[Any]) -> dict[str, float]:
    """Give the shares of rows of one role; equal parts where one is blank, and less where they add up to more than one."""
    given = [1.0 if row.share is None else row.share for row in rows]
    if any(row.share is None for row in rows):
        given = [1.0 / len(rows)] * len(rows)
    whole, shares = max(sum(given), 1.0), dict[str, float]()
    for row, share in zip(rows, given, strict=True):
        if share > 0:
            shares[row.actor] = shares.get(row.actor, 0.0) + share / whole
    return shares


_KNOWN: WeakKeyDictionary[CaseData, Holdings] = WeakKeyDictionary()


def holdings_of(case: CaseData) -> Holdings:
    """Give the controls of a case as of any day."""
    if case not in _KNOWN:
        _KNOWN[case] = Holdings(case)
    return _KNOWN[case]


# ---------------------------------------------------------------------- what an actor may close


@dataclass(frozen=True)
class Closable:
    """An asset that an actor may close during a time.

    Attributes
    ----------
    asset, table : str
    start, end : date
        First day, and day after the last.
    why : str
        By what rights.
    """

    asset: str
    table: str
    start: date
    end: date
    why: str


def closable_by(
    case: CaseData,
    actor: str,
    start: date | None = None,
    end: date | None = None,
    *,
    access: Access = "veto",
    roles: Collection[str] = ROLES,
) -> list[Closable]:
    """List what an actor and those who belong to it may close, when, and by what rights.

    Parameters
    ----------
    case : Case
    actor : str
    start, end : date, optional
        First day, and day after the last. Default: the time axis.
    access : {"veto", "host", "regulated"}
        Which rights hold.
    roles : collection of str
        Rights that count, of `ROLES`.

    Returns
    -------
    list of Closable
        By table and row, then by time; one entry for each period in which the rights stay the same.
    """
    held, group = holdings_of(case), group_of(case, actor)
    found: list[Closable] = []
    for asset, table in held.table.items():
        if access == "regulated" and table in TRANSPORT:
            continue
        hosted = access == "host" and bool(held.hosts[asset])
        counted = [role for role in roles if not (hosted and role == "owner")]
        for first, last in held.periods(asset, start, end):
            if why := ", ".join(held.on(asset, first).why(group, counted)):
                joins = found and (found[-1].asset, found[-1].end, found[-1].why) == (asset, first, why)
                begin = found.pop().start if joins else first
                found.append(Closable(asset, table, begin, last, why))
    return found


def buyer_of(case: CaseData, market: Any) -> str | None:
    """Give who buys at a market: its buyer, else the state on whose territory it lies, else nobody who is named."""
    return market.buyer or territory_of_place(case, market.place)


def rule_of(case: CaseData, table: str, row: Any) -> Rule:
    """Give who keeps the scarcity of a link, store, process, fleet or joint capacity.

    Its `scarcity_rule`; else `tariff` where somebody holds a right to it, where it has a tariff, or where its mode is pipeline,
    rail or loading; else `scarcity`.
    """
    if row.scarcity_rule is not None:
        return row.scarcity_rule
    by_right = any(right.asset == row.id for right in case.rows("rights").values())
    at_tariff = table == "links" and (row.tariff != 0 or row.mode in _AT_TARIFF)
    at_tariff |= (table == "joints" and row.toll != 0) or (table == "converts" and row.tariff != 0)
    return "tariff" if by_right or at_tariff else "scarcity"
