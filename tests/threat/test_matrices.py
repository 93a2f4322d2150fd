"""Games in a matrix: equilibria, values, coco values, brinkmanship."""

from __future__ import annotations

import json
import random
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest

from straits.errors import GameError
from straits.threat.games.bargain import coco, variable_threats
from straits.threat.games.bimatrix import bimatrix, zero_sum
from straits.threat.games.brink import brinkmanship
from straits.threat.games.exchange import read_nfg, to_nfg

from .brute import vertex_equilibria

SENDER = {"no_threat": 0, "success": 1, "disaster": -1}
TRUTH = Path(__file__).parents[3] / "shared" / "truth" / "closed_form.json"


def truths(kind: str):
    """Cases of the closed forms that are kept outside the package."""
    if not TRUTH.exists():
        pytest.skip("the closed forms are not here")
    return {c["id"]: c for c in json.loads(TRUTH.read_text())["cases"]}[kind]


def flat(equilibrium) -> tuple[float, ...]:
    return tuple(np.round([float(p) for p in (*equilibrium.row, *equilibrium.column)], 7) + 0.0)


@pytest.mark.parametrize("spread", [1, 3, 60])
def test_all_equilibria_of_random_games(spread):
    """Proves: the equilibria of random games of up to 3 x 3, many of them degenerate, are those that the vertices of the
    best-reply polytopes give in floating point. Without it: supports of unequal size, or ties, could be missed."""
    rng = np.random.default_rng(spread)
    for _ in range(60):
        shape = tuple(rng.integers(1, 4, 2))
        a, b = rng.integers(-spread, spread + 1, shape), rng.integers(-spread, spread + 1, shape)
        found = bimatrix(a.tolist(), b.tolist())
        assert {flat(e) for e in found} == vertex_equilibria(a.astype(float), b.astype(float))
        assert len({flat(e) for e in found}) == len(found)
        # A game that is not degenerate has an odd number (Wilson 1971).
        assert found.degenerate or len(found) % 2 == 1


def test_no_strategy_is_better_in_a_large_game():
    """Proves: in 6 x 6 games no pure strategy beats an equilibrium, exactly. Without it: rounding could pass for
    equilibrium."""
    rng = random.Random(5)
    for _ in range(2):
        a, b = ([[rng.randint(-40, 40) for _ in range(6)] for _ in range(6)] for _ in range(2))
        found = bimatrix(a, b)
        assert len(found) >= 1
        for e in found:
            rows = [sum(F(a[i][j]) * e.column[j] for j in range(6)) for i in range(6)]
            columns = [sum(F(b[i][j]) * e.row[i] for i in range(6)) for j in range(6)]
            assert max(rows) == e.payoffs[0] and max(columns) == e.payoffs[1]
            assert sum(e.row) == sum(e.column) == 1


def test_mixtures_within_a_nash_set_are_equilibria():
    """Proves: in degenerate games every mixture within a set stays an equilibrium. Without it: `sets` would promise too
    much."""
    rng, seen = random.Random(11), 0
    for _ in range(80):
        a, b = ([[rng.randint(0, 2) for _ in range(3)] for _ in range(3)] for _ in range(2))
        game = bimatrix(a, b)
        for rows, columns in game.sets:
            seen += len(rows) * len(columns) > 1
            x = [sum(game[k].row[i] for k in rows) / len(rows) for i in range(3)]
            y = [sum(game[k].column[j] for k in columns) / len(columns) for j in range(3)]
            mine = [sum(F(a[i][j]) * y[j] for j in range(3)) for i in range(3)]
            theirs = [sum(F(b[i][j]) * x[i] for i in range(3)) for j in range(3)]
            assert all(mine[i] == max(mine) for i in range(3) if x[i])
            assert all(theirs[j] == max(theirs) for j in range(3) if y[j])
    assert seen > 10


def test_nashpy_finds_the_same():
    """Proves: nashpy, where installed, finds the same equilibria. Without it: only our own twins would agree."""
    nashpy = pytest.importorskip("nashpy")
    rng = np.random.default_rng(2)
    for _ in range(10):
        a, b = rng.integers(-50, 50, (3, 3)), rng.integers(-50, 50, (3, 3))
        theirs = {tuple(np.round(np.r_[x, y], 7) + 0.0) for x, y in nashpy.Game(a, b).vertex_enumeration()}
        assert {flat(e) for e in bimatrix(a.tolist(), b.tolist())} == theirs


def test_zero_sum_values():
    """Proves: the value of random zero-sum games of any shape is what each side can be sure of, exactly. Without it: the coco
    value would rest on a rounded number."""
    rng = random.Random(1)
    for _ in range(60):
        m, n = rng.randint(1, 9), rng.randint(1, 9)
        table = [[rng.randint(-3, 3) for _ in range(n)] for _ in range(m)]
        found = zero_sum(table)
        sure = min(sum(found.row[i] * table[i][j] for i in range(m)) for j in range(n))
        most = max(sum(table[i][j] * found.column[j] for j in range(n)) for i in range(m))
        assert sure == most == found.value
        assert min(*found.row, *found.column) >= 0 and sum(found.row) == sum(found.column) == 1


def test_coco_of_the_hot_dog_vendors():
    """Proves: the example of Kalai and Kalai (2013). Without it: threats could be priced the wrong way round."""
    case = truths("threat_coco_hotdog")
    found = coco(case["inputs"]["A"], case["inputs"]["B"])
    assert list(found.payoffs) == case["expected"]
    assert found.threat_point == (100, 200) and found.transfer == 130


def test_variable_threats_of_two_players_are_coco():
    """Proves: the n-player value is the coco value for two players, adds up to the most that all can have, and is symmetric.
    Without it: bystanders would change the sum that is shared."""
    rng = random.Random(4)
    for _ in range(20):
        cells = [[[rng.randint(-9, 9) for _ in range(2)] for _ in range(3)] for _ in range(2)]
        a, b = ([[cell[k] for cell in row] for row in cells] for k in (0, 1))
        assert variable_threats(cells) == coco(a, b).payoffs
    three = [[[[rng.randint(-9, 9) for _ in range(3)] for _ in range(2)] for _ in range(2)] for _ in range(2)]
    assert sum(variable_threats(three)) == max(sum(c) for x in three for y in x for c in y)
    turned = [
        [[[three[i][j][k][p] for p in (2, 1, 0)] for i in range(2)] for j in range(2)] for k in range(2)
    ]
    assert variable_threats(turned) == variable_threats(three)[::-1]


def test_brinkmanship_of_the_textbook():
    """Proves: the least effective risk 0.6, and the chances 3/11 and 5/13 of a defiant target up to which a certain and a
    risky threat are acceptable (Dixit and Skeath). Without it: a threat could be called bearable that is not."""
    case = truths("brinkmanship")
    s, t = case["inputs"]["payoffs"]["sender"], case["inputs"]["payoffs"]["soft"]
    sender = {"no_threat": s["no_threat"], "success": s["withdraw"], "disaster": s["disaster"]}
    target = {"concede": t["concede"], "defy": t["defy_ok"], "disaster": t["disaster"]}
    found = brinkmanship(sender, target, defiant="1/3", rounds=4)
    assert [float(x) for x in (found.effective, found.certain_up_to, found.window_up_to)] == pytest.approx(
        case["expected"]
    )
    assert found.acceptable == F(3, 8) * 2 and found.works is True
    assert brinkmanship(sender, target, defiant="2/5").works is False
    assert brinkmanship(sender, target, defiant="5/13").works is None
    for n, low, high in found.rounds:
        assert 1 - (1 - low) ** n == pytest.approx(0.6) and 1 - (1 - high) ** n == pytest.approx(0.75)


def test_a_threat_that_costs_is_borne_less_often():
    """Proves: with worth 100, disaster -50 and a cost of threatening of 30, what the sender expects, (1 - p) 100 - p q 50 -
    30, is nought at each chance and risk that are given, and below it a little above them. Without it: the cost would be paid
    only where the target gives in, and a threat would seem bearable that is not."""
    sender = {"no_threat": 0, "success": 100, "disaster": -50}
    target = {"concede": -20, "defy": 0, "disaster": -80}
    found = brinkmanship(sender, target, defiant="3/5", cost=30)

    def expected(p, q):
        return (1 - p) * 100 - p * q * 50 - 30

    assert found.effective == F(1, 4) and found.acceptable == F(1, 3)
    assert expected(F(3, 5), found.acceptable) == 0
    assert expected(found.certain_up_to, 1) == expected(found.window_up_to, found.effective) == 0
    assert brinkmanship(sender, target, defiant="3/4", cost=30).acceptable is None
    assert brinkmanship(sender, target, cost=101).certain_up_to == 0


def test_mixed_sanctions_game():
    """Proves: in Tsebelis' game each side's mixture depends on the other's payoffs alone, and makes the other indifferent.
    Without it: the formula of 1990 would not hold of our equilibria."""
    case = truths("tsebelis_2x2")
    sender, target = case["inputs"]["sender"], case["inputs"]["target"]
    found = bimatrix(sender, target)
    assert len(found) == 1 and not found[0].pure
    (s11, s12), (s21, s22) = sender
    (t11, t12), (t21, t22) = target
    assert float(found[0].column[0]) == pytest.approx((s22 - s12) / (s11 - s12 - s21 + s22))
    assert float(found[0].row[0]) == pytest.approx((t22 - t21) / (t11 - t12 - t21 + t22))


def test_nfg_text_is_read_back():
    """Proves: a matrix game written as .nfg reads back as itself, the row's strategy moving fastest. Without it: rows and
    columns could change places in Gambit."""
    a, b = [[1, F(1, 3)], [4, 5], [-7, 8]], [[0, 2], [1, -1], [3, 6]]
    text = to_nfg(a, b, players=("S", "T"), strategies=(("x", "y", "z"), ("l", "r")), title="t")
    assert read_nfg(text) == (a, b)
    assert text.splitlines()[-1] == "1 0 4 1 -7 3 1/3 2 5 -1 8 6"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bimatrix([[1]], [[1, 2]]), "same shape"),
        (lambda: bimatrix([], []), "at least one row"),
        (lambda: bimatrix([[1, 2], [3]], [[1, 2], [3]]), "all need as many"),
        (lambda: bimatrix([[0] * 7], [[0] * 7]), "at most 6 x 6"),
        (lambda: bimatrix([["a"]], [[1]]), "row 1, column 1"),
        (lambda: coco([[1]], [[1, 2]]), "same shape"),
        (lambda: variable_threats([[[1, 2, 3]]]), "one for each player"),
        (lambda: brinkmanship({"no_threat": 0}, {}), "accepted: no_threat, success, disaster"),
        (lambda: brinkmanship(SENDER, {"concede": -1, "defy": 0, "disaster": 0}), "worse than defiance"),
        (lambda: brinkmanship(SENDER, {"concede": -1, "defy": 0, "disaster": -2}, defiant=2), "0 to 1"),
        (lambda: read_nfg('NFG 1 R "t" { "a" "b" "c" } { 1 1 1 } 0 0 0'), "accepted: two"),
    ],
)  # fmt: skip
def test_games_that_cannot_be_right(call, said):
    """Proves: matrices that do not fit and payoffs that make no sense are refused. Without it: another game would be
    answered."""
    with pytest.raises(GameError, match=said):
        call()
