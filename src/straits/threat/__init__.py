"""Would they do it: who could take what from whom, at what own cost, and what follows if all know it.

Plain games stand by themselves, in fractions: `Tree` and `solve`, `bimatrix`, `signalling`, `brinkmanship`, `coco`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.errors import GameError as GameError
    from straits.threat.games.bargain import Coco as Coco
    from straits.threat.games.bargain import coco as coco
    from straits.threat.games.bargain import variable_threats as variable_threats
    from straits.threat.games.bimatrix import Equilibria as Equilibria
    from straits.threat.games.bimatrix import bimatrix as bimatrix
    from straits.threat.games.bimatrix import zero_sum as zero_sum
    from straits.threat.games.brink import Brink as Brink
    from straits.threat.games.brink import brinkmanship as brinkmanship
    from straits.threat.games.exchange import read_efg as read_efg
    from straits.threat.games.exchange import read_nfg as read_nfg
    from straits.threat.games.exchange import to_efg as to_efg
    from straits.threat.games.exchange import to_nfg as to_nfg
    from straits.threat.games.perfect import Perfect as Perfect
    from straits.threat.games.perfect import solve as solve
    from straits.threat.games.signalling import signalling as signalling
    from straits.threat.games.tree import Chance as Chance
    from straits.threat.games.tree import Decision as Decision
    from straits.threat.games.tree import End as End
    from straits.threat.games.tree import Tree as Tree
    from straits.threat.network.answer import threat as threat
    from straits.threat.network.held import Threatened as Threatened

_HOME = {
    "GameError": "straits.errors",
    "Coco": "straits.threat.games.bargain",
    "coco": "straits.threat.games.bargain",
    "variable_threats": "straits.threat.games.bargain",
    "Equilibria": "straits.threat.games.bimatrix",
    "bimatrix": "straits.threat.games.bimatrix",
    "zero_sum": "straits.threat.games.bimatrix",
    "Brink": "straits.threat.games.brink",
    "brinkmanship": "straits.threat.games.brink",
    "read_efg": "straits.threat.games.exchange",
    "read_nfg": "straits.threat.games.exchange",
    "to_efg": "straits.threat.games.exchange",
    "to_nfg": "straits.threat.games.exchange",
    "Perfect": "straits.threat.games.perfect",
    "solve": "straits.threat.games.perfect",
    "signalling": "straits.threat.games.signalling",
    "Chance": "straits.threat.games.tree",
    "Decision": "straits.threat.games.tree",
    "End": "straits.threat.games.tree",
    "Tree": "straits.threat.games.tree",
    "Threatened": "straits.threat.network.held",
    "threat": "straits.threat.network.answer",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
