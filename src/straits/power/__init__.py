"""Who has power over whom: coalition values of a case, and the solutions of cooperative games.

`game` asks the model what each coalition can reach; the other functions divide what all reach together, or
say what each can withhold. They work as well on plain games (`Game.from_values`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.power.alliance import Union as Union
    from straits.power.alliance import union as union
    from straits.power.allocation import Allocation as Allocation
    from straits.power.casegame import game as game
    from straits.power.concentration import Balance as Balance
    from straits.power.concentration import balance as balance
    from straits.power.core import CoreCheck as CoreCheck
    from straits.power.core import core_check as core_check
    from straits.power.core import least_core as least_core
    from straits.power.games import Game as Game
    from straits.power.games import GameError as GameError
    from straits.power.kohlberg import Certificate as Certificate
    from straits.power.kohlberg import verify as verify
    from straits.power.lazygame import LazyGame as LazyGame
    from straits.power.lexicographic import nucleolus as nucleolus
    from straits.power.lexicographic import prenucleolus as prenucleolus
    from straits.power.sampling import ShapleySampler as ShapleySampler
    from straits.power.unions import myerson as myerson
    from straits.power.unions import owen as owen
    from straits.power.values import banzhaf as banzhaf
    from straits.power.values import gately as gately
    from straits.power.values import propensity_to_disrupt as propensity_to_disrupt
    from straits.power.values import shapley as shapley
    from straits.power.values import tau as tau
    from straits.power.withholding import Leverage as Leverage
    from straits.power.withholding import leverage as leverage
    from straits.power.withholding import with_each_option as with_each_option

_HOME = {
    "Balance": "straits.power.concentration",
    "Leverage": "straits.power.withholding",
    "Union": "straits.power.alliance",
    "balance": "straits.power.concentration",
    "leverage": "straits.power.withholding",
    "union": "straits.power.alliance",
    "Allocation": "straits.power.allocation",
    "Certificate": "straits.power.kohlberg",
    "Game": "straits.power.games",
    "GameError": "straits.power.games",
    "LazyGame": "straits.power.lazygame",
    "ShapleySampler": "straits.power.sampling",
    "banzhaf": "straits.power.values",
    "CoreCheck": "straits.power.core",
    "core_check": "straits.power.core",
    "game": "straits.power.casegame",
    "gately": "straits.power.values",
    "least_core": "straits.power.core",
    "myerson": "straits.power.unions",
    "nucleolus": "straits.power.lexicographic",
    "owen": "straits.power.unions",
    "prenucleolus": "straits.power.lexicographic",
    "propensity_to_disrupt": "straits.power.values",
    "shapley": "straits.power.values",
    "tau": "straits.power.values",
    "with_each_option": "straits.power.withholding",
    "verify": "straits.power.kohlberg",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
