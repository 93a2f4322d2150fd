"""Who has power over whom: coalition values of a case, and the solutions of cooperative games.

`game` asks the model what each coalition can reach; the other functions divide what all reach together, or
say what each can withhold. They work as well on plain games (`Game.from_values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.power.divided import Shares as Shares
    from straits.power.divided import default_players as default_players
    from straits.power.divided import shares as shares
    from straits.power.games.allocation import Allocation as Allocation
    from straits.power.games.core import CoreCheck as CoreCheck
    from straits.power.games.core import core_check as core_check
    from straits.power.games.core import least_core as least_core
    from straits.power.games.game import Game as Game
    from straits.power.games.game import GameError as GameError
    from straits.power.games.kohlberg import Certificate as Certificate
    from straits.power.games.kohlberg import verify as verify
    from straits.power.games.lazygame import LazyGame as LazyGame
    from straits.power.games.lexicographic import nucleolus as nucleolus
    from straits.power.games.lexicographic import prenucleolus as prenucleolus
    from straits.power.games.sampling import ShapleySampler as ShapleySampler
    from straits.power.games.unions import myerson as myerson
    from straits.power.games.unions import owen as owen
    from straits.power.games.values import banzhaf as banzhaf
    from straits.power.games.values import gately as gately
    from straits.power.games.values import propensity_to_disrupt as propensity_to_disrupt
    from straits.power.games.values import shapley as shapley
    from straits.power.games.values import tau as tau
    from straits.power.network.alliance import Union as Union
    from straits.power.network.alliance import union as union
    from straits.power.network.casegame import game as game
    from straits.power.network.concentration import Balance as Balance
    from straits.power.network.concentration import balance as balance
    from straits.power.network.withheld.held import Leverage as Leverage
    from straits.power.network.withholding import leverage as leverage
    from straits.power.network.withholding import with_each_option as with_each_option

_HOME = {
    "Balance": "straits.power.network.concentration",
    "Leverage": "straits.power.network.withheld.held",
    "Shares": "straits.power.divided",
    "Union": "straits.power.network.alliance",
    "balance": "straits.power.network.concentration",
    "leverage": "straits.power.network.withholding",
    "union": "straits.power.network.alliance",
    "Allocation": "straits.power.games.allocation",
    "Certificate": "straits.power.games.kohlberg",
    "Game": "straits.power.games.game",
    "GameError": "straits.power.games.game",
    "LazyGame": "straits.power.games.lazygame",
    "ShapleySampler": "straits.power.games.sampling",
    "banzhaf": "straits.power.games.values",
    "CoreCheck": "straits.power.games.core",
    "core_check": "straits.power.games.core",
    "game": "straits.power.network.casegame",
    "gately": "straits.power.games.values",
    "least_core": "straits.power.games.core",
    "myerson": "straits.power.games.unions",
    "nucleolus": "straits.power.games.lexicographic",
    "owen": "straits.power.games.unions",
    "prenucleolus": "straits.power.games.lexicographic",
    "propensity_to_disrupt": "straits.power.games.values",
    "shapley": "straits.power.games.values",
    "tau": "straits.power.games.values",
    "default_players": "straits.power.divided",
    "shares": "straits.power.divided",
    "with_each_option": "straits.power.network.withholding",
    "verify": "straits.power.games.kohlberg",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
