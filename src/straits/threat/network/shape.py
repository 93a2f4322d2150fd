"""One round of a threat as a tree and as a matrix, for those who want to solve it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from straits.errors import GameError
from straits.threat.games.exact import exact
from straits.threat.games.tree import Chance, Decision, End, Node, Tree

#: Moves of one round.
SENDER_PLANS = ("quiet", "threaten and carry out", "threaten and back down")
TARGET_PLANS = ("comply", "defy")


def round_tree(p: Mapping[str, Any]) -> Tree:
    """Return one round now, with nothing built, from the parameters of an answer; with types, chance moves first."""
    n = p["numbers"]
    worth, cost, threat, loss = (
        exact(round(n[name], 6)) for name in ("worth", "cost", "threat_cost", "loss")
    )

    def sender(own: Fraction, retreat: Fraction, known: bool) -> Node:
        defied = Decision(
            p["sender"], {"carry out": End(-own - threat, -loss), "back down": End(-retreat - threat, 0)}
        )
        reply = Decision(
            p["target"], {"comply": End(worth - threat, -cost), "defy": defied}, "" if known else "threatened"
        )
        return Decision(p["sender"], {"quiet": End(0, 0), "threaten": reply})

    types = [(i, exact(q), exact(round(own, 6)), exact(round(r, 6))) for i, q, own, r in p["types"]]
    if len(types) > 1:
        root: Node = Chance({name: (q, sender(own, retreat, False)) for name, q, own, retreat in types})
    else:
        root = sender(*types[0][2:], True)
    return Tree((p["sender"], p["target"]), root, f"{p['threat']}: one round")


def round_matrices(p: Mapping[str, Any]) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """Return the payoffs of sender and target for each of their plans in one round, the sender's type known.

    Raises
    ------
    GameError
        A sender of several types: no matrix of these plans says what the target does not know.
    """
    if len(p["types"]) > 1:
        named = ", ".join(str(kind[0]) for kind in p["types"])
        raise GameError(
            f"threats/{p['threat']}: the sender may be of the types {named}, which a matrix (.nfg) of one round cannot hold; "
            "accepted: the tree (.efg)"
        )
    n = {name: exact(round(value, 6)) for name, value in p["numbers"].items()}
    own, retreat = (exact(round(value, 6)) for value in p["types"][0][2:])
    made = n["worth"] - n["threat_cost"]
    zero = Fraction(0)
    return (
        [
            [zero, zero],
            [made, -own - n["threat_cost"]],
            [made, -retreat - n["threat_cost"]],
        ],
        [[zero, zero], [-n["cost"], -n["loss"]], [-n["cost"], zero]],
    )


__all__ = ["SENDER_PLANS", "TARGET_PLANS", "round_matrices", "round_tree"]
