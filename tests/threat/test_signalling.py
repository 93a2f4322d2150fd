"""Signalling: textbook games, and every equilibrium through a checker that shares no code."""

from __future__ import annotations

import random
from fractions import Fraction as F

import pytest

from straits.errors import GameError
from straits.threat.games.signalling import signalling

from .brute import is_signalling_equilibrium


def beer_quiche():
    """Cho and Kreps: yes is a duel."""
    return (
        {"weak": "1/10", "strong": "9/10"},
        {"weak": {"beer": (0, 2), "quiche": (1, 3)}, "strong": {"beer": (1, 3), "quiche": (0, 2)}},
        {
            "weak": dict.fromkeys(("beer", "quiche"), (1, 0)),
            "strong": dict.fromkeys(("beer", "quiche"), (0, 1)),
        },
    )


def test_beer_and_quiche():
    """Proves: both pooling equilibria are found, and pooling on quiche falls to the intuitive criterion and D1. Without it: an
    equilibrium that rests on an absurd belief would be offered like any other."""
    found = {next(iter(e.sends["weak"])): e for e in signalling(*beer_quiche())}
    assert set(found) == {"beer", "quiche"} and all(e.kind == "pooling" for e in found.values())
    assert found["quiche"].removed_by == ("intuitive criterion", "D1")
    assert found["beer"].removed_by == ()
    assert found["beer"].yes["quiche"] == (F(1, 2), 1)


def test_a_bluff_that_works_just_often_enough():
    """Proves: with a resolved type of chance 1/4, a loss of 8 and a demand of 4, bluffers threaten in a third of cases, so
    that belief is one half, and the target gives in often enough (1/3) that a bluff of cost 1 breaks even. Without it: the
    mixture would be wrong."""
    found = signalling(
        {"resolved": "1/4", "bluffer": "3/4"},
        {"resolved": {"quiet": 0, "threat": (2, 1)}, "bluffer": {"quiet": 0, "threat": (2, -1)}},
        {"resolved": {"quiet": 0, "threat": (-4, -8)}, "bluffer": {"quiet": 0, "threat": (-4, 0)}},
    )
    assert [e.kind for e in found] == ["semi-separating"]
    assert found[0].sends["bluffer"]["threat"] == F(1, 3)
    assert found[0].yes["threat"] == (F(1, 3), F(1, 3))
    assert found[0].beliefs["threat"] == {"resolved": F(1, 2), "bluffer": F(1, 2)}


def test_d1_lets_the_resolved_speak():
    """Proves: that nobody threatens, because a threat would be taken for a bluff, stays under the intuitive criterion and
    falls to D1: the resolved gain by a threat for more replies (all) than bluffers (above 2/3), so that a threat is believed.
    Without it: silence could rest on a belief that the reply sets do not bear."""
    found = signalling(
        {"resolved": "3/10", "bluffer": "7/10"},
        {"resolved": {"quiet": 0, "threat": (2, 0)}, "bluffer": {"quiet": 0, "threat": (2, -4)}},
        {"resolved": {"quiet": 0, "threat": (-2, -9)}, "bluffer": {"quiet": 0, "threat": (-2, 0)}},
    )
    removed = {e.removed_by for e in found if e.unsent == ("threat",)}
    assert removed == {("D1",)}
    assert any(e.sends["resolved"] == {"threat": 1} and not e.removed_by for e in found)


def test_every_equilibrium_passes_a_checker():
    """Proves: in 250 random games, with two or three types, each equilibrium found, at both ends of replies nobody sees, is
    one by best replies and Bayes' rule, each game has one, and every pure one that the checker accepts is found. Without it:
    a sign could be wrong in half of the cases."""
    rng = random.Random(9)
    for number in range(250):
        types = ["a", "b", "c"][: rng.choice((2, 2, 3))]
        prior = dict(zip(types, (["1/4", "3/4"], ["1/2", "1/4", "1/4"])[len(types) - 2], strict=True))
        quiet = rng.random() < 0.5

        def payoff(m: str, quiet: bool = quiet):
            return rng.randint(-3, 3) if m == "q" and quiet else (rng.randint(-3, 3), rng.randint(-3, 3))

        sender, receiver = ({t: {m: payoff(m) for m in ("q", "t")} for t in types} for _ in range(2))
        prior_f = {t: F(p) for t, p in prior.items()}
        found = signalling(prior, sender, receiver)
        assert found, number
        for e in found:
            yes = {m: low for m, (low, _) in e.yes.items()}
            assert is_signalling_equilibrium(prior_f, sender, receiver, e.sends, yes, e.beliefs) == ""
            for m in e.unsent:
                if m in e.yes and e.yes[m][1] == 1 != e.yes[m][0]:
                    lean = {t: receiver[t][m][0] - receiver[t][m][1] for t in types}
                    best = max(lean, key=lean.__getitem__)
                    beliefs = {**e.beliefs, m: {t: F(t == best) for t in types}}
                    assert (
                        is_signalling_equilibrium(
                            prior_f, sender, receiver, e.sends, {**yes, m: F(1)}, beliefs
                        )
                        == ""
                    )
        _all_pure_are_found(types, prior_f, sender, receiver, found)


def _all_pure_are_found(types, prior, sender, receiver, found):
    from itertools import product

    replied = [
        m
        for m in ("q", "t")
        if isinstance(sender[types[0]][m], tuple) or isinstance(receiver[types[0]][m], tuple)
    ]
    for messages in product(("q", "t"), repeat=len(types)):
        sends = {t: {m: F(1)} for t, m in zip(types, messages, strict=True)}
        for replies in product((F(0), F(1)), repeat=len(replied)):
            yes = dict(zip(replied, replies, strict=True))
            beliefs = {}
            for m in ("q", "t"):
                on = [t for t, own in zip(types, messages, strict=True) if own == m]
                total = sum(prior[t] for t in on)
                beliefs[m] = (
                    [{t: prior[t] / total if t in on else F(0) for t in types}]
                    if on
                    else [{t: F(t == u) for t in types} for u in types]
                )
            if any(
                is_signalling_equilibrium(prior, sender, receiver, sends, yes, {"q": q, "t": t}) == ""
                for q in beliefs["q"]
                for t in beliefs["t"]
            ):
                assert any(
                    e.sends == sends and all(e.yes[m][0] <= yes[m] <= e.yes[m][1] for m in replied)
                    for e in found
                )


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        ({"weak": 0.5, "strong": 0.4}, "exactly 1"),
        ({"weak": 1, "strong": 0}, "above 0"),
        ({"weak": 1}, "found types"),
    ],
)
def test_signalling_that_cannot_be_right(prior, said):
    """Proves: chances that do not add up, and payoffs of other types, are refused. Without it: Bayes' rule would divide by
    what is not there."""
    with pytest.raises(GameError, match=said):
        signalling(prior, *beer_quiche()[1:])
