"""Trees: by hand, against all pure strategies, and as text."""

from __future__ import annotations

import random
from fractions import Fraction as F

import pytest

from straits.errors import GameError
from straits.threat.games.exchange import read_efg, to_efg
from straits.threat.games.perfect import solve
from straits.threat.games.tree import Chance, Decision, End, Tree

from .brute import perfect_profiles


def threat_tree(gain=3, pay=3, own=2, loss=5, retreat=1):
    """A threat: quiet, or a demand that is met or defied, and then carried out or not."""
    return Tree(
        ("sender", "target"),
        Decision("sender", {
            "quiet": End(0, 0),
            "threat": Decision("target", {
                "comply": End(gain, -pay),
                "defy": Decision("sender", {"carry out": End(-own, -loss), "back down": End(-retreat, 0)}),
            }),
        }),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "paths"),
    [
        ({"retreat": 1}, [("quiet",)]),
        ({"retreat": 4}, [("threat", "comply")]),
        ({"retreat": 4, "pay": 6}, [("quiet",)]),
        ({"retreat": 2}, [("quiet",), ("threat", "comply")]),
        ({"retreat": 4, "pay": 5}, [("quiet",), ("threat", "comply")]),
    ],
    ids=["incredible", "credible", "asks too much", "tie of acts", "tie of replies"],
)
def test_threats_solved_by_hand(numbers, paths):
    """Proves: a threat works if carrying out (−2) beats backing down and what is asked is less than the loss; at a tie both
    equilibria are found. Without it: a threat that nobody would carry out could pass for one that works."""
    found = solve(threat_tree(**numbers))
    assert sorted({found.path(k) for k in range(len(found))}) == paths
    assert not found.stops


def random_tree(rng: random.Random, payoffs: int = 2) -> Tree:
    """A small tree of perfect information with many ties."""
    left = [rng.randint(1, 5)]

    def node(depth: int):
        if depth == 3 or left[0] <= 0 or (depth and rng.random() < 0.25):
            return End(rng.randint(0, payoffs), rng.randint(0, payoffs))
        if rng.random() < 0.2:
            return Chance({"a": ("1/3", node(depth + 1)), "b": (F(2, 3), node(depth + 1))})
        left[0] -= 1
        return Decision(rng.choice("ST"), {m: node(depth + 1) for m in "xyz"[: rng.randint(2, 3)]})

    return Tree(("S", "T"), node(0))


def test_backward_induction_is_all_pure_equilibria():
    """Proves: on 300 random trees the equilibria are exactly the pure profiles from which no player gains from any decision
    on, by trying all. Without it: a tie could hide an equilibrium, or an empty threat pass."""
    rng = random.Random(7)
    several = 0
    for _ in range(300):
        tree = random_tree(rng)
        found = solve(tree)
        names = {info.name: info.nodes[0] for info in tree.infos}
        got = {
            tuple(sorted((names[name], next(iter(moves))) for name, moves in profile.strategies.items()))
            for profile in found.equilibria
        }
        assert got == perfect_profiles(tree)
        assert len(got) == len(found)
        several += len(found) > 1
    assert several > 50


def test_information_sets_make_a_matrix():
    """Proves: matching pennies in a tree has its one mixed equilibrium, inside a larger tree too, and the move before is
    decided by its value. Without it: hidden moves would be taken as seen."""
    penny = {
        m: Decision("T", {n: End(1, -1) if m == n else End(-1, 1) for n in ("h", "t")}, "hidden")
        for m in ("h", "t")
    }
    tree = Tree(("S", "T"), Decision("S", {"out": End("-1/2", 9), "in": Decision("S", penny)}))
    found = solve(tree)
    assert len(found) == 1 and not found.stops
    profile = found.equilibria[0]
    assert profile.payoffs == (0, 0)
    assert profile.strategies["hidden"] == {"h": F(1, 2), "t": F(1, 2)}
    assert profile.strategies["S:0"] == {"in": 1}


def test_where_perfection_stops_is_said():
    """Proves: of three players with hidden moves the pure equilibria are given, and it is said that mixed ones are not sought.
    Without it: part of an answer would look like all of it."""

    def third(a, b):
        return Decision("C", {c: End(int(a == b), int(b == c), int(c == a)) for c in "lr"}, "c")

    tree = Tree(
        ("A", "B", "C"),
        Decision("A", {a: Decision("B", {b: third(a, b) for b in "lr"}, "b") for a in "lr"}),
    )
    found = solve(tree)
    assert {p.payoffs for p in found.equilibria} == {(1, 1, 1)}
    assert "only those in pure plans" in found.stops[0]


def test_efg_text_is_read_back():
    """Proves: what is written as .efg reads back as the same game, with chance, hidden moves and quotes in names. Without it:
    a game handed to Gambit could be another."""
    rng = random.Random(3)
    hidden = {m: Decision("T", {'say "a"': End(1, "1/3"), "b\\": End(0, -2)}, "dark") for m in "hm"}
    trees = [
        threat_tree(),
        Tree(("S", "T"), Decision("S", hidden), 'a "title"'),
        *(random_tree(rng) for _ in range(30)),
    ]
    for tree in trees:
        text = to_efg(tree)
        again = read_efg(text)
        assert to_efg(again) == text
        assert again.players == tree.players and again.title == tree.title
        assert [p.payoffs for p in solve(again).equilibria] == [p.payoffs for p in solve(tree).equilibria]


def test_gambit_solves_the_text_alike():
    """Proves: Gambit, where installed, reads our .efg and finds among its equilibria those of ours. Without it: the text
    would be a format of our own."""
    gambit = pytest.importorskip("pygambit")
    import io

    for numbers in ({"retreat": 1}, {"retreat": 4}):
        tree = threat_tree(**numbers)
        game = gambit.read_efg(io.StringIO(to_efg(tree)))
        theirs = {
            tuple(F(str(e.payoff(p))) for p in game.players)
            for e in gambit.nash.enumpure_solve(game).equilibria
        }
        assert solve(tree).equilibria[0].payoffs in theirs


def _endless():
    moves: dict = {"on": End(0, 0)}
    node = Decision("S", moves)
    moves["on"] = node
    return node


AB = {"a": End(0, 0), "b": End(0, 0)}


@pytest.mark.parametrize(
    ("root", "said"),
    [
        (_endless(), "cycle"),
        (End(1), "found 1 payoffs; accepted: one for each of S, T"),
        (Chance({"a": (0.5, End(0, 0)), "b": ("1/3", End(0, 0))}), "exactly 1 together"),
        (Decision("X", {"a": End(0, 0)}), "unknown player 'X'"),
        (Decision("S", {}), "has no moves"),
        (Decision("S", {"a": 3}), "accepted: Decision, Chance or End"),
        (Decision("S", {"l": Decision("S", AB, "i"), "r": Decision("S", AB, "i")}), "imperfect recall"),
        (Decision("S", {"l": Decision("S", {"a": End(0, 0)}, "i"), "r": End(0, 0)}, "i"), "imperfect recall|the same moves"),
        (Decision("S", {"l": Decision("T", {"a": End(0, 0)}, "i"), "r": Decision("T", {"b": End(0, 0)}, "i")}), "the same moves"),
        (Decision("S", {"l": Decision("T", {"a": End(0, 0)}, "i")}, "i"), "of one player"),
    ],
)  # fmt: skip
def test_trees_that_cannot_be_right(root, said):
    """Proves: a cycle, wrong payoffs or chances, and imperfect recall are refused, and the message says what is accepted.
    Without it: the search would not end, or answer another game."""
    with pytest.raises(GameError, match=said):
        Tree(("S", "T"), root)


@pytest.mark.parametrize("value", ["1/0", float("nan"), None, True, "x", "1e999", "9" * 80])
def test_payoffs_that_are_no_numbers(value):
    """Proves: what is no finite number is refused before it is a payoff. Without it: a slip would be a number or a crash."""
    with pytest.raises(GameError, match="accepted: a number"):
        End(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends too early"),
        ('NFG 1 R "x"', "accepted: EFG 2 R"),
        ('EFG 2 R "t" { "S" } "" p "" 2 1 "" { "a" } 0 t "" 1 "" { 0 }', "accepted: 1 to 1"),
        ('EFG 2 R "t" { "S" } "" p "" 1 1 "" { "a" } 0 t "" 1 "" { 0 } t', "after the end"),
        ('EFG 2 R "t" { "S" } "" p "" 1 1 "" { "a" } 5 "o" { 1 } t "" 1 "" { 0 }', "no end"),
    ],
)
def test_text_that_is_no_game(text, said):
    """Proves: a text that is no game is refused with the place. Without it: half a game would be read as a whole."""
    with pytest.raises(GameError, match=said):
        read_efg(text)


HEAD = 'EFG 2 R "t" { "A" "B" }\n'


def test_what_an_efg_says_once_holds_for_the_rest():
    """Proves: moves of an information set and payoffs of an outcome may be said where they come first; outcome 0 is nothing for
    all. Without it: trees as Gambit writes them could not be read, or would lose their payoffs."""
    nodes = [
        'p "" 1 1 "" { "l" "r" } 0', 'p "" 2 1 "x" { "a" "b" } 0', 't "" 1 "" { 1, 2 }', 't "" 0',
        'p "" 2 1 "x" 0', 't "" 1', 't "" 2 "" { 3 4/3 }',
    ]  # fmt: skip
    tree = read_efg(HEAD + "\n".join(nodes))
    assert [end.payoffs for end in (spot.node for spot in tree) if isinstance(end, End)] == [
        (1, 2), (0, 0), (1, 2), (3, F(4, 3)),
    ]  # fmt: skip
    assert [spot.moves for spot in tree if not isinstance(spot.node, End)] == [
        ("l", "r"),
        ("a", "b"),
        ("a", "b"),
    ]
    assert to_efg(read_efg(to_efg(tree))) == to_efg(tree)


def test_a_long_tree_is_read():
    """Proves: a chain of 400 moves is read. Without it: the limit could stand at half of what its error says."""
    chain = [f'p "" 1 {n} "" {{ "a" }} 0' for n in range(400)]
    assert len(list(read_efg(HEAD + "\n".join([*chain, 't "" 0'])))) == 401


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        (['p "" 1 1 "" 0'], "information set 1 has no moves"),
        (['t "" 3 ""'], "outcome 3 has no payoffs"),
        (['p "" 3 1 "" { "a" } 0'], "found player 3; accepted: 1 to 2"),
        (['p "" 0 1 "" { "a" } 0'], "found player 0"),
        (['p "" 1 1 "" { "a" } 1'], "payoffs at a node that is no end"),
        (['x "" 1'], "found 'x'; accepted: p, c or t"),
        (['t "" 0', 't "" 0'], "after the end"),
        (['p "" 1 1 "" { "a" "b" } 0', 't "" 0'], "ends too early"),
        ([f'p "" 1 {n} "" {{ "a" }} 0' for n in range(402)] + ['t "" 0'], "deeper than 400 moves"),
    ],
)
def test_an_efg_that_cannot_be_right(nodes, said):
    """Proves: what a tree refers to and does not say, and a tree without end, is refused with its word.
    Without it: an outcome that was left out would pay nothing to anybody."""
    with pytest.raises(GameError, match=said):
        read_efg(HEAD + "\n".join(nodes))
