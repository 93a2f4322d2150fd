"""Who may close what: from the controls of a case to the assets that are open to a coalition.

An asset is closed to a coalition when a player outside it may close it. By `controls`, operator, territory
and regulator may each close it alone; owners may when those outside hold half of it or more. A control of a
place holds for the supplies, markets and stores there: who holds half of a refinery can close the market there, whoever
owns the market. Besides, a state may close what lies on its
territory (columns `territory`), and a buyer its own market. Actors who are neither players nor spoken for
by one are bystanders: they close nothing.

An owner's right is weaker than the others: it is a vote in a company. What lies wholly on the territory of players (the
hosts) they can keep running against its owners, as Germany did with the refinery at Schwedt in 2022; operators, regulators
and states on the way have their hands on the valve. Routes at sea have no host. Access "host" leaves out what owners can
close only by law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from straits.errors import did_you_mean
from straits.power.games import GameError, check_players

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model import Network

Access = Literal["veto", "host", "regulated"]
REGIMES = ("veto", "host", "regulated")
#: Kinds of asset that regulated access opens to all, at their resource cost.
TRANSPORT = ("link", "store")
#: Share of ownership from which those outside can close an asset.
BLOCKING = 0.5
#: Owners among whom all groups are looked at.
_FEW_OWNERS = 10
#: Coalitions looked at together.
_AT_ONCE = 1 << 16
#: Share of each player in something that is owned.
Shares = tuple[float, ...]


@dataclass(frozen=True)
class Right:
    """Which players may close an asset.

    Attributes
    ----------
    kind, index : str, int
        The asset, as in the network.
    asset : str
        Its id.
    alone : int
        Mask of the players who may each close it alone.
    shares : tuple of tuple of float
        Share of each player in its ownership, and in that of the place where it stands, if these have owners: who holds half
        of either can close it.
    hosts : int
        Mask of the players on whose territory the whole asset lies; 0 if some of it lies elsewhere, or at sea.
    roles : tuple of (int, str)
        By what right each player of `alone` may close it.
    """

    kind: str
    index: int
    asset: str
    alone: int
    shares: tuple[Shares, ...]
    hosts: int = 0
    roles: tuple[tuple[int, str], ...] = ()

    def open_to(self, masks: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each coalition (bit mask) whether the asset is open to it."""
        return opened([self], masks)[:, 0]

    @cached_property
    def closers(self) -> tuple[int, ...]:
        """Masks of the players who may close it together, none of whom could be missing, increasing."""
        found = [1 << i for i in _players(self.alone)]
        for shares in self.shares:
            owners = [i for i, s in enumerate(shares) if s > 0]
            for count in range(1, len(owners) + 1):
                for group in combinations(owners, count):
                    mask = _mask(group)
                    missing_one = any(mask & other == other for other in found)
                    if not missing_one and sum(shares[i] for i in group) >= BLOCKING - 1e-9:
                        found.append(mask)
        return tuple(sorted(m for m in found if not any(m & other == other != m for other in found)))

    @property
    def rule(self) -> tuple[object, ...]:
        """What it has in common with other rights that close assets to the same coalitions."""
        owners = max((sum(s > 0 for s in shares) for shares in self.shares), default=0)
        # Beyond that, to list who may close it together takes longer than a switch more.
        return self.closers if owners <= _FEW_OWNERS else (self.alone, self.shares)

    @property
    def holders(self) -> int:
        """Mask of the players who have some right in it."""
        return self.alone | _mask(i for shares in self.shares for i, s in enumerate(shares) if s > 0)

    def why(self, player: int) -> str:
        """Say by what right a player may close the asset; empty if it has none."""
        told = [role for i, role in self.roles if i == player]
        told += [f"owner of {shares[player]:.0%}" for shares in self.shares if shares[player] > 0]
        return ", ".join(told)


def opened(rights: Sequence[Right], masks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which assets are open to each coalition (bit mask), shape (coalitions, rights)."""
    found = np.empty((len(masks), len(rights)), dtype=bool)
    if not rights:
        return found
    alone = np.array([r.alone for r in rights], dtype=np.int64)
    owned = [(k, shares) for k, r in enumerate(rights) for shares in r.shares]
    for first in range(0, len(masks), _AT_ONCE):
        at = slice(first, first + _AT_ONCE)
        outside = ~masks[at]
        found[at] = (outside[:, None] & alone) == 0
        if owned:
            players = np.arange(len(owned[0][1]))
            held = ((outside[:, None] >> players) & 1) @ np.array([shares for _, shares in owned]).T
            for column, (k, _) in enumerate(owned):
                found[at, k] &= held[:, column] < BLOCKING - 1e-9
    return found


def spokesmen(case: Case, players: Sequence[str] | Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Assign actors to the players who speak for them.

    A player speaks for the actors of its group; for companies, authorities and courts of its states
    (`state`), and an alliance for its members, unless these are players themselves or belong to another
    player's group.

    Parameters
    ----------
    case : Case
        The case.
    players : sequence of actor ids, or mapping of a name to the actors that act as one
        The players.

    Returns
    -------
    dict of str to int
        Position of the player for each actor that one speaks for.

    Raises
    ------
    GameError
        An unknown actor; an actor in two groups; a state that belongs to two alliances which are both
        players.
    """
    if isinstance(players, str):
        raise GameError(f"players: expected a list of actors, found the text {players!r}")
    groups = (
        {p: (g,) if isinstance(g, str) else tuple(g) for p, g in players.items()}
        if isinstance(players, Mapping)
        else {p: (p,) for p in players}
    )
    check_players(list(groups) if isinstance(players, Mapping) else list(players))
    actors = case.rows("actors")
    speaker: dict[str, int] = {}
    for position, (name, group) in enumerate(groups.items()):
        if not group:
            raise GameError(f"player {name!r} has no actors")
        for actor in group:
            if actor not in actors:
                raise GameError(
                    f"players: actor {actor!r} is not in table actors of case {case.settings.id}"
                    f"{did_you_mean(actor, actors)}"
                )
            if actor in speaker:
                raise GameError(f"players: actor {actor!r} belongs to two players")
            speaker[actor] = position
    direct = dict(speaker)
    for key, row in actors.items():
        if key in direct:
            continue
        of_alliance = {direct[a] for a in row.member_of if a in direct}
        if len(of_alliance) > 1:
            names = ", ".join(list(groups)[i] for i in sorted(of_alliance))
            raise GameError(
                f"players: {key} is a member of {names}, which are all players; make {key} a player of its own"
            )
        if of_alliance:
            speaker[key] = of_alliance.pop()
    for key, row in actors.items():
        if key not in speaker and row.state in speaker:
            speaker[key] = speaker[row.state]
    return speaker


def rights_of(network: Network, speaker: Mapping[str, int], n: int) -> list[Right]:
    """List all assets of the network with the players who may close them."""
    case, axis = network.case, network.case.settings.time
    by_asset = defaultdict(list)
    for row in case.rows("controls").values():
        if (row.start is None or row.start < axis.end) and (row.end is None or row.end > axis.start):
            by_asset[row.asset].append(row)
    markets, links = case.rows("markets"), case.rows("links")
    tables = (
        ("link", network.link_ids, None),
        ("supply", network.supplies.ids, network.supplies.place),
        ("market", network.markets.ids, network.markets.place),
        ("store", network.stores.ids, network.stores.place),
        ("fleet", network.fleets.ids, None),
    )
    found = []
    for kind, ids, places in tables:
        for index, asset in enumerate(ids):
            own, of_place = by_asset[asset], []
            states: set[str | None] = set(network.crossed(index)) if kind == "link" else set()
            if places is not None:
                place = int(places[index])
                of_place = by_asset[network.place_ids[place]]
                states = {network.territory_of_place(place)}
            closers = {(r.actor, str(r.role)) for r in [*own, *of_place] if r.role != "owner"}
            closers |= {(state, "territory") for state in states}
            if kind == "market":
                closers.add((markets[asset].buyer, "buyer"))
            held = {
                (speaker[actor], role) for actor, role in closers if actor is not None and actor in speaker
            }
            owned = tuple(_shares(rows, speaker, n) for rows in (own, of_place))
            # Ships leave the territory of both ports; nobody keeps them running against their owners.
            at_sea = kind == "link" and links[asset].mode == "sea"
            hosted = bool(states) and not at_sea and all(s is not None and s in speaker for s in states)
            hosts = _mask(speaker[s] for s in states if s is not None) if hosted else 0
            found.append(
                Right(
                    kind,
                    index,
                    asset,
                    _mask(i for i, _ in held),
                    tuple(filter(any, owned)),
                    hosts,
                    tuple(sorted(held)),
                )
            )
    return found


def _mask(players: Iterable[int]) -> int:
    found = 0
    for i in players:
        found |= 1 << i
    return found


def _players(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def _shares(rows: list, speaker: Mapping[str, int], n: int) -> Shares:
    owners = [r for r in rows if r.role == "owner"]
    held = [0.0] * n
    total = max(sum(r.share for r in owners), 1.0)
    for r in owners:
        if r.actor in speaker:
            held[speaker[r.actor]] += r.share / total
    return tuple(held)


def under_access(rights: list[Right], access: Access | Mapping[str, Access], network: Network) -> list[Right]:
    """Return the rights that are left under an access regime.

    Parameters
    ----------
    rights : list of Right
        Rights by law and ownership.
    access : "veto", "host", "regulated" or mapping of asset to one of them
        veto: each right holds. host: as veto, but owners close nothing that lies wholly on the territory of players, who
        keep it open when they are in the coalition. regulated: links and stores are open to all at their resource
        cost; supplies, markets and fleets stay with those who control them. A mapping sets single assets; others
        are under veto.
    network : Network
        For the names of assets.

    Raises
    ------
    GameError
        An unknown regime or asset; an asset that no player controls, so that a regime means nothing for it.
    """
    if not isinstance(access, str | Mapping):
        raise GameError(f"access: expected {', '.join(map(repr, REGIMES))}; found {access!r}")
    regimes = dict.fromkeys([r.asset for r in rights], access) if isinstance(access, str) else dict(access)
    by_asset = {r.asset: r for r in rights}
    for asset, regime in regimes.items():
        if regime not in REGIMES:
            raise GameError(
                f"access: expected {', '.join(map(repr, REGIMES))}; found {regime!r}{did_you_mean(str(regime), REGIMES)}"
            )
        if asset not in by_asset:
            raise GameError(f"access: {network.unknown_asset(asset)}")
        if not isinstance(access, str) and not by_asset[asset].holders:
            raise GameError(f"access: no player controls asset {asset!r}: it is open to all already")

    def left(right: Right) -> Right:
        regime = regimes.get(right.asset, "veto")
        if regime == "host" and right.hosts:
            return replace(right, shares=())
        if regime == "regulated" and (right.kind in TRANSPORT or not isinstance(access, str)):
            return replace(right, alone=0, shares=(), roles=())
        return right

    return [left(r) for r in rights]


__all__ = ["BLOCKING", "Access", "Right", "opened", "rights_of", "spokesmen", "under_access"]
