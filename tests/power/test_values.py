"""Shapley, Banzhaf, Owen, Myerson, tau, Gately: properties on random games and hand-solved cases."""

from __future__ import annotations

from math import factorial

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from straits.power import (
    Game,
    GameError,
    banzhaf,
    core_check,
    gately,
    myerson,
    owen,
    propensity_to_disrupt,
    shapley,
    tau,
)
from straits.power.games.game import listing_order, sizes, subset_sums

from .brute import NAMES, convex_games, games, listing, shapley_by_orders


@pytest.mark.parametrize("n", range(1, 9))
def test_listing_order(n):
    """Proves: values are read by size, then lexicographically. Without it: v(13) and v(23) could change
    places."""
    assert listing_order(n).tolist() == listing(n)


@given(games())
def test_listing_round_trip(game):
    """Proves: from_values and listed are inverse. Without it: a game could not be handed on."""
    assert Game.from_values(game.players, game.listed) == game


@settings(max_examples=40)
@given(games(most=7))
def test_shapley_is_the_mean_over_all_orders(game):
    """Proves: the weights over coalitions equal the definition over orders, n up to 7. Without it: a wrong
    weight."""
    np.testing.assert_allclose(shapley(game).values, shapley_by_orders(game), atol=1e-9 * game.scale)


@given(games(least=2), games(least=2), st.data())
def test_shapley_axioms(first, second, data):
    """Proves: efficiency, additivity, symmetry and dummy. Without it: each axiom alone leaves room for
    another value."""
    solved = shapley(first)
    assert solved.values.sum() == pytest.approx(first.grand, abs=1e-9 * first.scale)
    if first.n == second.n:
        both = Game(first.players, first.values + second.values)
        np.testing.assert_allclose(shapley(both).values, solved.values + shapley(second).values, atol=1e-9)
    i, j = data.draw(st.permutations(range(first.n)))[:2]
    masks = np.arange(len(first.values))
    swapped = masks & ~(1 << i | 1 << j) | (masks >> i & 1) << j | (masks >> j & 1) << i
    symmetric = Game(first.players, (first.values + first.values[swapped]) / 2)
    equal = shapley(symmetric).values
    assert equal[i] == pytest.approx(equal[j], abs=1e-9 * first.scale)
    dummy = Game(first.players, np.where(masks >> i & 1, first.values[masks & ~(1 << i)] + 2.0, first.values))
    assert shapley(dummy).values[i] == pytest.approx(2.0, abs=1e-9)
    assert banzhaf(dummy).values[i] == pytest.approx(2.0, abs=1e-9)


@given(convex_games())
def test_shapley_of_a_convex_game_lies_in_the_core(game):
    """Proves: Shapley's theorem of 1971 holds for our values. Without it: core_check could have its sign
    wrong."""
    assert game.is_convex()
    assert game.is_superadditive()
    assert core_check(game, shapley(game))


@given(games(least=2))
def test_core_check_names_the_largest_excess(game):
    """Proves: the coalition named has the excess given and none has more. Without it: the wrong one could
    be named."""
    x = np.full(game.n, game.grand / game.n)
    check = core_check(game, x)
    excesses = {
        m: game.values[m] - sum(x[i] for i in range(game.n) if m >> i & 1) for m in range(1, 2**game.n - 1)
    }
    assert check.excess == pytest.approx(max(excesses.values()), abs=1e-9)
    assert excesses[game.mask(check.worst)] == pytest.approx(check.excess, abs=1e-9)
    assert check.inside == (check.excess <= check.tolerance)


@given(games(least=2), st.data())
def test_owen_with_trivial_unions_is_shapley_and_the_quotient_is_kept(game, data):
    """Proves: all alone or all in one union give Shapley; a union gets the Shapley value of the game among
    unions (quotient property). Without it: the weights between and within unions could be swapped."""
    alone, together = owen(game, []), owen(game, {"all": game.players})
    np.testing.assert_allclose(alone.values, shapley(game).values, atol=1e-9 * game.scale)
    np.testing.assert_allclose(together.values, shapley(game).values, atol=1e-9 * game.scale)
    order = data.draw(st.permutations(game.players))
    cut = data.draw(st.integers(1, game.n))
    union = order[:cut]
    solved = owen(game, {"union": union})
    quotient = shapley(game.merged({"union": union}))
    assert sum(solved[p] for p in union) == pytest.approx(quotient["union"], abs=1e-9 * game.scale)


def test_owen_by_hand():
    """Proves: in majority of three with 1 and 2 united, they share everything and 3 gets nothing (orders by
    blocks: 12|3, 21|3, 3|12, 3|21: the pivot is always 1 or 2). Without it: unions could be ignored."""
    game = Game.from_values(3, [0, 0, 0, 1, 1, 1, 1])
    np.testing.assert_allclose(owen(game, [["1", "2"]]).values, [0.5, 0.5, 0.0], atol=1e-12)


@given(games(least=2))
def test_myerson_on_a_complete_graph_is_shapley(game):
    """Proves: nothing is lost when all can talk. Without it: the parts of a coalition could be miscounted."""
    edges = [(a, b) for k, a in enumerate(game.players) for b in game.players[k + 1 :]]
    np.testing.assert_allclose(myerson(game, edges).values, shapley(game).values, atol=1e-9 * game.scale)


@given(games(least=2, most=6), st.data())
def test_myerson_graph_game_against_networkx(game, data):
    """Proves: the value of a coalition is the sum over its connected parts, as networkx finds them. Without
    it: the flooding by bits could stop early."""
    tree = [(game.players[k], game.players[data.draw(st.integers(0, k - 1))]) for k in range(1, game.n)]
    solved = myerson(game, tree)
    graph = nx.Graph(tree)
    for mask in range(1, 2**game.n):
        parts = nx.connected_components(graph.subgraph(game.coalition(mask)))
        expected = sum(game[p] for p in parts)
        assert solved.parameters["graph_game"].values[mask] == pytest.approx(expected, abs=1e-9)
    np.testing.assert_allclose(
        solved.values, shapley_by_orders(solved.parameters["graph_game"]), atol=1e-9 * game.scale
    )


def test_myerson_by_hand():
    """Proves: with the line 1-2-3 and v = 1 for each pair and for all, pair 13 cannot act: player 2 gets
    2/3 (joins last in a third, second after 1 or 3 in a third). Without it: edges could be ignored."""
    game = Game.from_values(3, [0, 0, 0, 1, 1, 1, 1])
    np.testing.assert_allclose(
        myerson(game, [("1", "2"), ("2", "3")]).values, [1 / 6, 2 / 3, 1 / 6], atol=1e-12
    )


@given(convex_games())
def test_tau_and_gately_are_efficient_and_between_their_bounds(game):
    """Proves: both share out v(N); tau lies between minimal right and utopia, Gately equalises the
    propensity of all who gain. Without it: a formula could be inefficient."""
    compromise = tau(game)
    assert compromise.values.sum() == pytest.approx(game.grand, abs=1e-6 * game.scale)
    assert (compromise.values <= compromise.parameters["utopia"] + 1e-6 * game.scale).all()
    assert (compromise.values >= compromise.parameters["rights"] - 1e-6 * game.scale).all()
    if game.grand - game.alone.sum() > 1e-6 * game.scale:
        point = gately(game)
        assert point.values.sum() == pytest.approx(game.grand)
        ratio = propensity_to_disrupt(game, point)
        np.testing.assert_allclose(ratio[~np.isnan(ratio)], point.parameters["propensity"], rtol=1e-6)


def test_shapley_of_twenty_players():
    """Proves: 20 players are exact. The game s(S)^2 is symmetric, so that each gets v(N) / 20. Without it:
    a loop that is meant for 2^20 values might not end in time or overflow."""
    values = sizes(20).astype(float) ** 2
    np.testing.assert_allclose(
        shapley(Game(tuple(f"p{i}" for i in range(20)), values)).values, 20.0, rtol=1e-10
    )


def test_large_weighted_voting():
    """Proves: in the Security Council up to 1965 (5 vetoes, 6 others, 7 votes needed) the count of pivots
    is met: one of the 6 is decisive when all 5 vetoes and exactly one of the 5 others stand before it.
    Without it: the quota could be off by one."""
    game = Game.weighted_voting([7] * 5 + [1] * 6, 37)
    orders = factorial(6) * factorial(4) * 5  # six before (5 vetoes, one of five others), four after
    assert shapley(game).values[-1] == pytest.approx(orders / factorial(11))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Game.from_values(2, [0, float("nan"), 1]), r"v\(2\) is nan.*finite"),
        (lambda: Game.from_values(2, [0, float("inf"), 1]), r"v\(2\) is inf.*finite"),
        (lambda: Game.from_values(2, [0, 1]), r"need 3 values.*found 2"),
        (lambda: Game.from_values(["A", "A"], [0, 0, 1]), r"more than once: A"),
        (lambda: Game.from_values([], []), r"at least one player"),
        (lambda: Game(("A",), np.array([1.0, 2.0])), r"empty coalition must have value 0"),
        (lambda: Game.from_values(25, []), r"25 players.*at most 20.*sample="),
        (lambda: Game.weighted_voting([1, 2], 4), r"quota.*sum of weights 3, found 4"),
        (lambda: Game.weighted_voting([1, -2], 1), r"weights.*negative"),
        (lambda: _three()["KAS"], r"unknown player 'KAS'; did you mean 'KAZ'"),
        (lambda: owen(_three(), [["KAZ", "RUS"], ["RUS"]]), r"RUS stands in two unions"),
        (lambda: owen(_three(), [[]]), r"union without members"),
        (
            lambda: myerson(_three(), [("KAZ", "RUS")]),
            r"not connected: no edge leads from \{KAZ, RUS\} to \{AZE\}",
        ),
        (lambda: myerson(_three(), [("KAZ", "KAZ")]), r"edge from KAZ to itself"),
        (lambda: core_check(_three(), [1, 1, 1]), r"adds up to 3, but v\(N\) = 6"),
        (lambda: core_check(_three(), [6, 0]), r"needs 3 entries"),
        (lambda: gately(Game.from_values(2, [1, 1, 2])), r"no surplus"),
        (
            lambda: gately(Game.from_values(3, [3, 0, 0, 5, 5, 5, 6])),
            r"1 adds 1 to the others but is worth 3 alone",
        ),
        (lambda: tau(Game.from_values(3, [0, 0, 0, 9, 9, 9, 6])), r"not quasi-balanced"),
        (lambda: banzhaf(_cancelling(), normalised=True), r"add up to zero"),
    ],
)
def test_bad_input(make, message):
    """Proves: each kind of bad input stops with its own message. Without it: numbers would come out of
    nonsense."""
    with pytest.raises(GameError, match=message):
        make()


def _three():
    return Game.from_values(NAMES[:3], [0, 1, 2, 3, 4, 5, 6])


def _cancelling():
    # Marginals of each of three players over the four coalitions of the others add up to zero, and v(N) = 3.
    return Game.from_values(3, [3, 3, 3, 0, 0, 0, 3])


def test_games_are_immutable():
    """Proves: neither game nor result can be changed by a user's slip. Without it: cached parts would go
    stale."""
    game = _three()
    with pytest.raises(ValueError, match="read-only"):
        game.values[1] = 5.0
    with pytest.raises(AttributeError):
        game.players = ()  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        shapley(game).values[0] = 1.0


def test_restricted_and_merged():
    """Proves: a part of the game keeps its values; united players act as one. Without it: bits could be
    shifted wrongly."""
    game = _three()
    part = game.restricted(["KAZ", "AZE"])
    assert part.players == ("KAZ", "AZE")
    assert part["KAZ", "AZE"] == game["KAZ", "AZE"]
    merged = game.merged({"union": ["RUS", "AZE"]})
    assert merged.players == ("union", "KAZ")
    assert merged["union"] == game["RUS", "AZE"]
    assert merged.grand == game.grand


def test_result_table():
    """Proves: the table has a row per player in order. Without it: exports could be mislabelled."""
    table = shapley(Game(("A", "B"), subset_sums(np.array([1.0, 2.0])))).table()
    assert table.to_dict("list") == {"player": ["A", "B"], "value": [1.0, 2.0]}


@given(games(least=2, most=4) | convex_games(most=4))
def test_shapes_of_games_are_those_of_their_definitions(game):
    """Proves: convex, superadditive and monotone are what trying all pairs of coalitions says.
    Without it: `is_convex` could say yes to every game."""
    v, every = game.values, range(len(game.values))
    assert game.is_convex() == all(v[s | t] + v[s & t] >= v[s] + v[t] for s in every for t in every)
    assert game.is_superadditive() == all(v[s | t] >= v[s] + v[t] for s in every for t in every if not s & t)
    assert game.is_monotone() == all(v[s] <= v[t] for s in every for t in every if s & t == s)


def test_tau_of_a_game_in_which_nobody_needs_another():
    """Proves: where each brings the same to all, in numbers that are no binary fractions, each gets that.
    Without it: rounding made a minimal right exceed the utopia payoff, and the value was said not to exist."""
    own = np.array([0.1, 0.2, 0.3, 0.7])
    np.testing.assert_allclose(tau(Game(NAMES[:4], subset_sums(own))).values, own)
