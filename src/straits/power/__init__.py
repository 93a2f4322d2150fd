"""Who has power over whom: coalition values of a case, and the solutions of cooperative games.

`game` asks the model what each coalition can reach; the other functions divide what all reach together, or
say what each can withhold. They work as well on plain games (`Game.from_values`)."""

from __future__ import annotations

from straits.lazy import on_first_use

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
