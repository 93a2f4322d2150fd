"""A threat of a sender of unknown resolve, in one round: what is sent, believed and answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from straits.threat.games.exact import exact
from straits.threat.games.signalling import Equilibrium, signalling


@dataclass(frozen=True)
class Kind:
    """A type of sender: its chance, and what carrying out and backing down cost it."""

    id: str
    probability: Fraction
    own: Fraction
    retreat: Fraction


@dataclass(frozen=True)
class Reading:
    """An equilibrium of threat and reply.

    Attributes
    ----------
    equilibrium : Equilibrium
    acts : dict of str to bool
        Whether each type would carry out, if defied.
    threatened : float
        Chance that a threat is made.
    bluff : float
        Chance that a threat, once made, comes from a type that would back down; nan if none is made.
    success : float
        Chance that the target complies, once threatened.
    success_carried_out : float
        Chance that the target has complied where the act was carried out: nothing is carried out against who complies, so 0
        in one round.
    complies_next : float
        1 if the target would comply with the same demand in a next round, having seen the act carried out; 0 if not, nan if
        nothing is carried out.
    """

    equilibrium: Equilibrium
    acts: dict[str, bool]
    threatened: float
    bluff: float
    success: float
    success_carried_out: float
    complies_next: float


def kinds(rows: Sequence[tuple[str, float, float, float]]) -> list[Kind]:
    """Return types from (id, probability, own cost, retreat cost), money to a millionth of a million."""
    return [Kind(i, exact(p), exact(round(own, 6)), exact(round(r, 6))) for i, p, own, r in rows]


def readings(
    types: Sequence[Kind], worth: float, cost: float, threat: float, loss: float
) -> Iterator[Reading]:
    """Yield all perfect Bayesian equilibria of threat and reply; where a type is indifferent between carrying out and backing
    down, those of each choice.

    Parameters
    ----------
    types : sequence of Kind
    worth, cost : float
        Of the demand, to sender and target.
    threat : float
        What making the threat costs.
    loss : float
        Of the target, if the act is carried out.
    """
    worth_, cost_, threat_, loss_ = (exact(round(x, 6)) for x in (worth, cost, threat, loss))
    choices = [
        [True] if k.own < k.retreat else [False] if k.own > k.retreat else [True, False] for k in types
    ]
    for acts in product(*choices):
        sender = {
            k.id: {"quiet": 0, "threat": (worth_ - threat_, -(k.own if act else k.retreat) - threat_)}
            for k, act in zip(types, acts, strict=True)
        }
        receiver = {
            k.id: {"quiet": 0, "threat": (-cost_, -loss_ if act else Fraction(0))}
            for k, act in zip(types, acts, strict=True)
        }
        for found in signalling({k.id: k.probability for k in types}, sender, receiver):  # type: ignore[arg-type]
            yield _read(found, types, dict(zip((k.id for k in types), acts, strict=True)), cost_, loss_)


def _read(
    found: Equilibrium, types: Sequence[Kind], acts: dict[str, bool], cost: Fraction, loss: Fraction
) -> Reading:
    sent = {k.id: k.probability * found.sends[k.id].get("threat", Fraction(0)) for k in types}
    total = sum(sent.values(), Fraction(0))
    bluffed = sum((p for name, p in sent.items() if not acts[name]), Fraction(0))
    yes = found.yes["threat"][0]
    seen = total > bluffed and yes < 1
    return Reading(
        found, acts,
        float(total),
        float(bluffed / total) if total else float("nan"),
        float(yes) if total else float("nan"),
        0.0,
        # Whoever carried out would do so again.
        float(cost <= loss) if seen else float("nan"),
    )  # fmt: skip


__all__ = ["Kind", "Reading", "kinds", "readings"]
