"""Indices of Sobol with a known answer, and draws that are spread evenly."""

from __future__ import annotations

import numpy as np
import pytest

from straits.stress.varied.draws import drawn
from straits.stress.varied.indices import sobol_indices, spread_evenly
from straits.stress.varied.numbers import Uncertain
from straits.stress.varied.uncertain import _rank_correlations, by_chance


def ishigami(points, a=7.0, b=0.1):
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


#: Closed form (Ishigami and Homma 1990, with a = 7, b = 0.1): parts of the variance V = 1/2 + a²/8 + b π⁴/5 + b² π⁸/18.
V1, V2, V13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 8 * 0.01 * np.pi**8 / 225


V = V1 + V2 + V13


def test_indices_of_a_known_function():
    """Proves: of Ishigami's function the indices are those of its closed form: 0.314, 0.442 and 0 alone, 0.558, 0.442 and 0.244
    in all. Without it: which number matters most could be the one with the largest noise.
    """
    found = sobol_indices(ishigami, [[0], [1], [2]], 2**13, np.random.default_rng(1))
    assert found["first"].tolist() == pytest.approx([V1 / V, V2 / V, 0], abs=0.02)
    assert found["total"].tolist() == pytest.approx([(V1 + V13) / V, V2 / V, V13 / V], abs=0.02)
    assert (found[["first_error", "total_error"]] < 0.03).all(axis=None)


def test_indices_of_a_group():
    """Proves: the first and the third input as one group have all of the variance but that of the second; without a power of two
    the points are Latin hypercubes, and points without an answer are left out.
    Without it: "all others" would not be what is left.
    """

    def answer(points):
        values = ishigami(points)
        values[7] = np.nan
        return values

    found = sobol_indices(answer, [[0, 2], [1]], 6000, np.random.default_rng(2))
    assert found["first"].tolist() == pytest.approx([(V1 + V13) / V, V2 / V], abs=0.05)
    assert found["total"].tolist() == pytest.approx([(V1 + V13) / V, V2 / V], abs=0.05)
    flat = sobol_indices(lambda p: np.ones(len(p)), [[0], [1]], 8, np.random.default_rng(3))
    assert flat[["first", "total"]].to_numpy().tolist() == [[0, 0], [0, 0]]


def test_chance_alone_names_nobody():
    """Proves: of 60 numbers that move nothing, the one that goes most closely with the answer passes the bound in about one
    study of twenty, where twice the error of a single correlation would be passed in nearly all; more draws and fewer numbers
    lower the bound, and with three draws nothing can be said.
    Without it: a report would name a number that has nothing to do with the answer as the one that matters most.
    """
    chance = np.random.default_rng(7)
    tops = [
        np.abs(_rank_correlations(spread_evenly(30, 60, chance), chance.random(30))).max() for _ in range(400)
    ]
    named = np.mean(np.array(tops) > by_chance(30, 60))
    assert 0.01 <= named <= 0.1
    assert np.mean(np.array(tops) > 2 / np.sqrt(30)) > 0.8
    assert by_chance(100, 60) < by_chance(30, 60) < by_chance(30, 261) < 1.0
    assert by_chance(3, 1) == 1.0


def test_a_latin_hypercube_has_one_draw_in_each_part():
    """Proves: of 20 draws each input has one in each twentieth, and the same number gives the same draws.
    Without it: a range could rest on draws that lie all on one side.
    """
    points = spread_evenly(20, 3, np.random.default_rng(0))
    assert (np.sort(np.floor(points * 20), axis=0) == np.arange(20)[:, None]).all()
    assert (points == spread_evenly(20, 3, np.random.default_rng(0))).all()


@pytest.mark.parametrize(
    ("value", "low", "high", "at"),
    [(10, 6, 12, {0.0: 6, 0.25: 8, 0.5: 10, 0.75: 11, 1.0: 12}), (6, 6, 12, {0.0: 6, 0.5: 9, 1.0: 12}), (12, 6, 12, {0.5: 9}),
     (5, 5, 5, {0.3: 5})],
)  # fmt: skip
def test_half_of_the_draws_lie_on_either_side(value, low, high, at):
    """Proves: a number is as often below what the case gives as above it; at an end of its interval all lie on the other side.
    Without it: the middle of the draws would not be the case.
    """
    item = Uncertain("links", "l", "capacity", "l", value, "", low, high, "interval", "low")
    assert {u: drawn(item, u) for u in at} == pytest.approx(at)
