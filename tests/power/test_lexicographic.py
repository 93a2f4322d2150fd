"""Least core, nucleolus and prenucleolus, their certificates, and exact rank."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from straits.power import Game, core_check, least_core, nucleolus, prenucleolus, shapley, verify
from straits.power.games.game import GameError, indicator, sizes, subset_sums
from straits.power.games.span import Span

from .brute import NAMES, convex_games, games, nucleolus_by_full_programs


def _balanced(collection: np.ndarray, helpers: np.ndarray) -> bool:
    """Kohlberg's property I: weights, positive on the collection and not negative on the helpers, that add
    up to ones."""
    n = collection.shape[1]
    rows = np.vstack([collection, helpers])
    cost = np.r_[np.zeros(len(rows)), -1.0]  # maximise the least weight t of the collection
    a = np.hstack([rows.T, np.zeros((n, 1))])
    bound = np.hstack([-np.eye(len(collection), len(rows)), np.ones((len(collection), 1))])
    solved = linprog(
        cost, bound, np.zeros(len(collection)), a, np.ones(n), [(0, None)] * len(rows) + [(None, 1)]
    )
    return solved.status == 0 and -solved.fun > 1e-9


def kohlberg(game: Game, x: np.ndarray, imputation: bool) -> bool:
    """Kohlberg's criterion in its first form, by a program at each level of excess."""
    if game.n == 1:
        return True
    excess = game.excesses(x)[1:-1]
    rows = indicator(np.arange(1, len(game.values) - 1), game.n)
    helpers = (
        np.eye(game.n)[np.abs(x - game.alone) < 1e-7 * game.scale] if imputation else np.zeros((0, game.n))
    )
    levels = np.unique(np.round(excess / game.scale, 7))[::-1]
    return all(_balanced(rows[excess / game.scale >= level - 1e-6], helpers) for level in levels)


@settings(max_examples=60, deadline=None)
@given(games(most=5))
def test_prenucleolus_is_certified_and_meets_kohlberg(game):
    """Proves: on degenerate random games the certificate is accepted, and Kohlberg's balancedness holds in
    a test that shares nothing with the search. Without it: settling a coalition too early would give a
    wrong point with a straight face."""
    for per_capita in (False, True):
        solved = prenucleolus(game, per_capita=per_capita)
        assert solved.values.sum() == pytest.approx(game.grand, abs=1e-7 * game.scale)
        assert verify(game, solved.values, solved.certificate).problems == ()
        if not per_capita:
            assert kohlberg(game, solved.values, imputation=False)


@settings(max_examples=60, deadline=None)
@given(games(most=5))
def test_nucleolus_is_certified_and_meets_kohlberg(game):
    """Proves: with the bounds of imputations too; an empty set of imputations is refused exactly when the
    sum of values alone exceeds v(N). Without it: the bounds' share in the certificate would be untested."""
    if game.alone.sum() > game.grand + 1e-9:
        with pytest.raises(GameError, match="no imputation"):
            nucleolus(game)
        return
    solved = nucleolus(game)
    assert (solved.values >= game.alone - 1e-7 * game.scale).all()
    assert verify(game, solved.values, solved.certificate).problems == ()
    assert kohlberg(game, solved.values, imputation=True)


@settings(max_examples=15, deadline=None)
@given(games(least=2, most=4), st.booleans())
def test_against_the_plain_sequence_of_full_programs(game, per_capita):
    """Proves: coalitions entering as needed and duals that settle give the same point as all rows and a
    program per row. Without it: a fault common to search and certificate would go unseen."""
    expected = nucleolus_by_full_programs(game, imputations=False, per_capita=per_capita)
    np.testing.assert_allclose(
        prenucleolus(game, per_capita=per_capita).values, expected, atol=1e-5 * game.scale
    )
    if game.alone.sum() <= game.grand:
        expected = nucleolus_by_full_programs(game, imputations=True, per_capita=per_capita)
        np.testing.assert_allclose(
            nucleolus(game, per_capita=per_capita).values, expected, atol=1e-5 * game.scale
        )


@settings(max_examples=25, deadline=None)
@given(convex_games(least=2, most=6))
def test_convex_games(game):
    """Proves: in a convex game nucleolus and prenucleolus agree and lie in the core. Without it: bounds
    could bite wrongly."""
    first, second = nucleolus(game), prenucleolus(game)
    np.testing.assert_allclose(first.values, second.values, atol=1e-6 * game.scale)
    assert core_check(game, first)


@settings(max_examples=40, deadline=None)
@given(games(least=2, most=5), st.lists(st.integers(-50, 50), min_size=5, max_size=5), st.integers(1, 9))
def test_covariance(game, shift, factor):
    """Proves: adding an additive game and scaling carries over to the point. Without it: the centring could
    be lost."""
    a = np.array(shift[: game.n], float)
    moved = Game(game.players, factor * game.values + subset_sums(a))
    np.testing.assert_allclose(
        prenucleolus(moved).values, factor * prenucleolus(game).values + a, atol=1e-6 * moved.scale
    )


@settings(max_examples=40, deadline=None)
@given(games(least=2, most=5))
def test_least_core_is_the_full_program(game):
    """Proves: ε equals that of the program with all rows, the point keeps every coalition within it, and
    one level of certificate is accepted. Without it: the last violated coalition could be left out."""
    solved = least_core(game)
    rows = indicator(np.arange(1, len(game.values) - 1), game.n)
    full = linprog(
        np.r_[np.zeros(game.n), 1.0], -np.c_[rows, np.ones(len(rows))], -game.values[1:-1],
        [np.r_[np.ones(game.n), 0.0]], [game.grand], (None, None),
    )  # fmt: skip
    epsilon = solved.parameters["epsilon"]
    assert epsilon == pytest.approx(full.fun, abs=1e-7 * game.scale)
    assert core_check(game, solved).excess == pytest.approx(epsilon, abs=1e-7 * game.scale)
    assert solved.parameters["core_empty"] == (full.fun > 1e-7)
    assert verify(game, solved.values, solved.certificate).problems == ()


def test_the_checker_refuses_what_is_wrong():
    """Proves: another point, missing levels, a changed weight, a changed excess and a false claim about
    bounds are all refused. Without it: a checker that always says yes would pass every other test."""
    rng = np.random.default_rng(7)
    values = np.r_[0.0, rng.random(62), 4.0]
    game = Game(tuple("ABCDEF"), values)
    solved = prenucleolus(game)
    good = solved.certificate
    assert verify(game, solved.values, good)
    moved = solved.values + np.array([1e-3, -1e-3, 0, 0, 0, 0])
    assert not verify(game, moved, good)
    assert not verify(game, shapley(game).values, good)
    assert not verify(game, solved.values * 1.01, good)
    assert "rank" in verify(game, solved.values, replace(good, levels=good.levels[:-1])).problems[-1]
    first = good.levels[0]
    heavier = replace(first, weights=(first.weights[0] * 1.1, *first.weights[1:]))
    assert (
        "span" in verify(game, solved.values, replace(good, levels=(heavier, *good.levels[1:]))).problems[0]
    )
    # A level that is missing leaves coalitions with larger excesses to those after it.
    later = verify(game, solved.values, replace(good, levels=good.levels[1:])).problems
    assert any("has a larger excess" in problem for problem in later)
    lower = replace(first, epsilon=first.epsilon - 0.01)
    assert not verify(game, solved.values, replace(good, levels=(lower, *good.levels[1:])))
    held = replace(first, held=(0,), held_weights=(1.0,))
    assert not verify(game, solved.values, replace(good, levels=(held, *good.levels[1:])))
    negative = replace(first, weights=tuple(-w for w in first.weights))
    assert not verify(game, solved.values, replace(good, levels=(negative, *good.levels[1:])))


@pytest.mark.parametrize("n", [9, 12])
def test_many_players(n):
    """Proves: certificates hold at sizes where a full program is slow, for games with many ties (a voting
    game), none (random) and an additive one (rounding only). Without it: rank and tolerances would be tried
    on toys alone."""
    rng = np.random.default_rng(n)
    names = tuple(f"p{i}" for i in range(n))
    random = np.r_[0.0, rng.random(2**n - 2), n / 2]
    voting = (subset_sums(rng.integers(1, 9, n).astype(float)) >= 2.5 * n).astype(float)
    weights = rng.random(n)
    additive = subset_sums(weights) * 1e6
    for values in (random, voting, additive, sizes(n).astype(float) ** 2):
        game = Game(names, values)
        solved = prenucleolus(game)
        assert verify(game, solved.values, solved.certificate).problems == ()
    np.testing.assert_allclose(prenucleolus(Game(names, additive)).values, weights * 1e6, rtol=1e-9)
    np.testing.assert_allclose(nucleolus(Game(names, additive)).values, weights * 1e6, rtol=1e-9)


def _rank(vectors: list[list[int]]) -> int:
    rows = [[Fraction(a) for a in v] for v in vectors]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / rows[rank][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


@settings(max_examples=60)
@given(st.integers(1, 6), st.data())
def test_span_against_fractions(n, data):
    """Proves: rank and membership modulo the prime are those in exact fractions. Without it: a coalition
    could be dropped that is not settled."""
    masks = data.draw(st.lists(st.integers(1, 2**n - 1), max_size=n + 1))
    span, vectors = Span(n), []
    for mask in masks:
        vector = [mask >> i & 1 for i in range(n)]
        assert span.add(mask) == (_rank([*vectors, vector]) > _rank(vectors))
        vectors.append(vector)
    assert span.rank == _rank(vectors)
    inside = span.contained()
    for mask in range(2**n):
        vector = [mask >> i & 1 for i in range(n)]
        assert inside[mask] == (_rank([*vectors, vector]) == _rank(vectors))


def test_least_core_of_one_player():
    """Proves: a game without a coalition to leave is refused. Without it: an empty program would answer
    minus infinity."""
    with pytest.raises(GameError, match="one player"):
        least_core(Game.from_values(1, [3.0]))
    assert nucleolus(Game.from_values(1, [3.0])).values.tolist() == [3.0]


@pytest.mark.parametrize(
    ("estate", "claims"),
    [
        (58, [14, 14, 7, 16, 16, 11, 6, 4]),
        (53, [12, 18, 13, 12, 10, 1, 3, 14]),
        (15, [1, 6, 8, 1, 17, 6, 10, 4]),
    ],
)
def test_a_program_whose_basis_fails_is_solved_from_nothing(estate, claims):
    """Proves: bankruptcy games in which the solver ends without an answer from the basis of the level before are solved all the
    same, with a certificate. Without it: an innocent game would end in an error."""
    game = Game(NAMES, np.maximum(0.0, estate - (sum(claims) - subset_sums(np.array(claims, float)))))
    solved = prenucleolus(game, per_capita=True)
    assert verify(game, solved.values, solved.certificate).problems == ()
