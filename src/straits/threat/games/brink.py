"""Brinkmanship: a threat that leaves something to chance (Schelling 1960, chapter 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from straits.errors import GameError
from straits.threat.games.exact import ONE, ZERO, Number, exact


@dataclass(frozen=True)
class Brink:
    """What risk works, and what risk its maker can bear.

    Attributes
    ----------
    effective : Fraction or None
        Least risk at which the target gives in (at it, it is indifferent); None where no risk up to certainty is enough.
    acceptable : Fraction or None
        Greatest risk at which the threat is no worse for its maker than no threat, given the chance that the target gives in
        to nothing; None where no risk is.
    works : bool or None
        Whether some risk is both; None at the border.
    certain_up_to : Fraction
        Greatest chance of a target that gives in to nothing at which a certain threat (risk 1) is acceptable, 0 where none is.
    window_up_to : Fraction
        Greatest such chance at which some risk is both effective and acceptable.
    rounds : tuple of (int, Fraction, Fraction)
        Number of rounds, and least and greatest risk of each round, if the risk is spread over that many; empty without both.
    """

    effective: Fraction | None
    acceptable: Fraction | None
    works: bool | None
    certain_up_to: Fraction
    window_up_to: Fraction
    rounds: tuple[tuple[int, float, float], ...]


def brinkmanship(
    sender: Mapping[str, Number],
    target: Mapping[str, Number],
    *,
    defiant: Number = 0,
    cost: Number = 0,
    rounds: int = 1,
) -> Brink:
    """Find the least effective and the greatest acceptable risk of a threat.

    Parameters
    ----------
    sender : mapping
        Payoffs `no_threat`, `success` (the target gives in) and `disaster` (the threat is carried out).
    target : mapping
        Payoffs `concede`, `defy` (it defies and nothing happens) and `disaster`, of a target that may give in.
    defiant : number
        Chance that the target is another, which gives in to nothing.
    cost : number
        What making the threat costs the sender, whatever follows.
    rounds : int
        Rounds over which the risk may be spread.

    Returns
    -------
    Brink

    Raises
    ------
    GameError
        A payoff that is missing or unknown, a chance outside 0 to 1, disaster that is no worse than defiance for the target,
        or no worse than no threat for the sender.

    Notes
    -----
    Dixit and Skeath, *Games of Strategy*, chapter 14. The target gives in when (1 − q)·defy + q·disaster ≤ concede. With chance
    p of a defiant target, for which nothing changes unless disaster strikes, the sender has (1 − p)·success + p·((1 −
    q)·no_threat + q·disaster) − cost, to be no less than no_threat. A risk of q over n rounds is one of 1 − (1 − q)^(1/n) in
    each.
    """
    s = _payoffs(sender, ("no_threat", "success", "disaster"), "sender")
    t = _payoffs(target, ("concede", "defy", "disaster"), "target")
    p, paid = exact(defiant, "defiant"), exact(cost, "cost")
    if not 0 <= p <= 1:
        raise GameError(f"defiant: found {p}; accepted: a chance from 0 to 1")
    if not isinstance(rounds, int) or rounds < 1:
        raise GameError(f"rounds: found {rounds!r}; accepted: a whole number, 1 or more")
    if t["disaster"] >= t["defy"]:
        raise GameError(
            f"target: found disaster {t['disaster']}, defy {t['defy']}; accepted: a disaster worse than defiance"
        )
    if s["disaster"] >= s["no_threat"]:
        raise GameError(
            f"sender: found disaster {s['disaster']}, no_threat {s['no_threat']}; accepted: a disaster worse than no threat: a "
            "sender who gains by the act needs no risk"
        )
    effective: Fraction | None = max(ZERO, (t["defy"] - t["concede"]) / (t["defy"] - t["disaster"]))
    if effective is not None and effective > 1:
        effective = None
    gain, harm = s["success"] - s["no_threat"], s["no_threat"] - s["disaster"]
    acceptable = _acceptable(gain, harm, p, paid)
    works: bool | None = effective is not None and acceptable is not None and effective <= acceptable
    if works and effective == acceptable and effective != 1:
        works = None
    spread: list[tuple[int, float, float]] = []
    if effective is not None and acceptable is not None:
        spread = [(n, _each(effective, n), _each(acceptable, n)) for n in range(1, rounds + 1)]
    return Brink(
        effective, acceptable, works,
        _chance(gain, harm, ONE, paid), ZERO if effective is None else _chance(gain, harm, effective, paid), tuple(spread),
    )  # fmt: skip


def _acceptable(gain: Fraction, harm: Fraction, p: Fraction, cost: Fraction) -> Fraction | None:
    """Return the greatest q up to 1 with (1 − p)·gain − cost ≥ p·q·harm; None where even a risk of nothing is too much."""
    left = (1 - p) * gain - cost
    if left < 0:
        return None
    return ONE if p * harm <= left else left / (p * harm)


def _chance(gain: Fraction, harm: Fraction, q: Fraction, cost: Fraction) -> Fraction:
    """Return the greatest p up to 1 with (1 − p)·gain − cost ≥ p·q·harm; 0 where there is none."""
    if gain < cost:
        return ZERO
    # At p = 1 the threat costs q·harm + cost.
    return ONE if q * harm + cost <= 0 else (gain - cost) / (gain + q * harm)


def _each(q: Fraction, n: int) -> float:
    return 1.0 - float(1 - q) ** (1.0 / n)


def _payoffs(given: Mapping[str, Number], names: tuple[str, ...], who: str) -> dict[str, Fraction]:
    if set(given) != set(names):
        raise GameError(f"{who}: found {', '.join(given) or 'nothing'}; accepted: {', '.join(names)}")
    return {name: exact(given[name], f"{who}, {name}") for name in names}


__all__ = ["Brink", "brinkmanship"]
