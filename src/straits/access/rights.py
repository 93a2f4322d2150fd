"""Who may close what, among players: from the rights of a case (`straits.case.ownership`) to the assets that are open to a
coalition.

An asset is closed to a coalition when players outside it may close it: operators, regulators, the states on whose territory it
lies and the buyer of a market each alone, owners when those outside hold half of it or more. Actors who are neither
players nor spoken for by one are bystanders: they close nothing. Where a right begins or ends within the time of the case, an
asset has several `Right`s, each for some steps: those whose middle lies in its time.

An owner's right is weaker than the others: it is a vote in a company. What lies wholly on the territory of players (the
hosts) they can keep running against its owners, as Germany did with the refinery at Schwedt in 2022; operators, regulators
and states on the way have their hands on the valve. Routes at sea have no host. Access "host" leaves out what owners can
close only by law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from straits.access.players import check_players
from straits.case.ownership import BLOCKING, REGIMES, TRANSPORT, Access, Holding, holdings_of, speaker_of
from straits.errors import GameError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model import Network

#: Kinds of the network that `TRANSPORT` names by their tables.
_TRANSPORT = tuple(table.removesuffix("s") for table in TRANSPORT)
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
    steps : (int, int) or None
        First step in which this holds, and the step after the last. None: all.
    kept_by : tuple of str
        Hosts who are no players, where these count as hosts too.
    """

    kind: str
    index: int
    asset: str
    alone: int
    shares: tuple[Shares, ...]
    hosts: int = 0
    roles: tuple[tuple[int, str], ...] = ()
    steps: tuple[int, int] | None = None
    kept_by: tuple[str, ...] = ()

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
                    if not missing_one and sum(shares[i] for i in group) >= BLOCKING:
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
                found[at, k] &= held[:, column] < BLOCKING
    return found


def spokesmen(case: Case, players: Sequence[str] | Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Assign actors to the players who speak for them.

    A player speaks for the actors of its group; for companies, authorities and courts of its states
    (`state`), and an alliance for its members, in any number of steps, unless these are players themselves or belong to
    another player's group, or another player is nearer; see `straits.case.ownership`.

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
    for key in actors:
        found = speaker_of(case, key, direct)
        if len(found) > 1:
            names = ", ".join(list(groups)[i] for i in sorted(found))
            raise GameError(
                f"players: {key} is a member of {names}, which are all players; make {key} a player of its own"
            )
        if found:
            speaker[key] = found.pop()
    return speaker


def rights_of(network: Network, speaker: Mapping[str, int], n: int, *, any_host: bool = False) -> list[Right]:
    """List all assets of the network with the players who may close them; one entry for each time in which rights stay alike.

    With `any_host` states who are no players keep open what lies on their land as players do, so that a right does not depend on
    who else plays.
    """
    held, steps = holdings_of(network.case), network.steps
    middle = (steps.edges[:-1] + steps.edges[1:]) / 2
    found: list[Right] = []
    for asset, (kind, index) in network.index_of.items():
        apart = tuple(sorted(s for s in held.hosts[asset] if s not in speaker))
        hosted = bool(held.hosts[asset]) and (any_host or not apart)
        hosts = _mask(speaker[s] for s in held.hosts[asset] if s in speaker) if hosted else 0
        kept_by = apart if hosted else ()
        of_asset: list[Right] = []
        for start, end in held.periods(asset):
            first, last = np.searchsorted(middle, [steps.day(start), steps.day(end)])
            if first == last:
                continue
            alone, owned, roles = _held(held.on(asset, start), speaker, n)
            right = Right(kind, index, asset, alone, owned, hosts, roles, (int(first), int(last)), kept_by)
            if of_asset and replace(of_asset[-1], steps=right.steps) == right:
                begun = of_asset.pop().steps
                right = replace(right, steps=(begun[0] if begun else 0, int(last)))
            of_asset.append(right)
        found += [replace(of_asset[0], steps=None)] if len(of_asset) == 1 else of_asset
    return found


def _mask(players: Iterable[int]) -> int:
    found = 0
    for i in players:
        found |= 1 << i
    return found


def _players(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def _held(
    holding: Holding, speaker: Mapping[str, int], n: int
) -> tuple[int, tuple[Shares, ...], tuple[tuple[int, str], ...]]:
    """Give what players have of the rights in an asset: who may close it alone, shares of owners, and by what roles."""
    roles = sorted({(speaker[actor], role) for actor, role in holding.alone if actor in speaker})
    owned = []
    for of in holding.owned:
        shares = [0.0] * n
        for actor, share in of.items():
            if actor in speaker:
                shares[speaker[actor]] += share
        owned.append(tuple(shares))
    return _mask(i for i, _ in roles), tuple(filter(any, owned)), tuple(roles)


def under_access(rights: list[Right], access: Access | Mapping[str, Access], network: Network) -> list[Right]:
    """Return the rights that are left under an access regime.

    Parameters
    ----------
    rights : list of Right
        Rights by law and ownership.
    access : "veto", "host", "regulated" or mapping of asset to one of them
        veto: each right holds. host: as veto, but owners close nothing that lies wholly on the territory of players, who
        keep it open when they are in the coalition. regulated: links and stores are open to all at their resource
        cost; supplies, markets, processes and fleets stay with those who control them. A mapping sets single assets; others
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
    held = {r.asset for r in rights if r.holders}
    known = {r.asset for r in rights}
    for asset, regime in regimes.items():
        if regime not in REGIMES:
            raise GameError(
                f"access: expected {', '.join(map(repr, REGIMES))}; found {regime!r}{did_you_mean(str(regime), REGIMES)}"
            )
        if asset not in known:
            raise GameError(f"access: {network.unknown_asset(asset)}")
        if not isinstance(access, str) and asset not in held:
            raise GameError(f"access: no player controls asset {asset!r}: it is open to all already")

    def left(right: Right) -> Right:
        regime = regimes.get(right.asset, "veto")
        if regime == "host" and (right.hosts or right.kept_by):
            return replace(right, shares=())
        transport = right.kind in _TRANSPORT or right.asset in network.case.rows("joints")
        transport &= right.asset not in network.case.rows("converts")
        if regime == "regulated" and (transport or not isinstance(access, str)):
            return replace(right, alone=0, shares=(), roles=())
        return right

    return [left(r) for r in rights]


__all__ = ["BLOCKING", "Access", "Right", "opened", "rights_of", "spokesmen", "under_access"]
