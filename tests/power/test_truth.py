"""Published values of cooperative games; the file's sources stand in tests/truth/README.md."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from straits.power import Game, banzhaf, core_check, gately, nucleolus, prenucleolus, shapley, tau, verify

TRUTH = json.loads((Path(__file__).parents[1] / "truth" / "coop_games.json").read_text(encoding="utf-8"))
SOLUTIONS = {
    "shapley": shapley,
    "banzhaf": lambda game: banzhaf(game, normalised=True),
    "nucleolus": nucleolus,
    "gately": gately,
    "tau": tau,
}


def _games():
    for entry in TRUTH["games"]:
        yield entry, Game.from_values(entry["n"], entry["v"])
    for entry in TRUTH["weighted_voting"]:
        yield entry, Game.weighted_voting(entry["weights"], entry["quota"])


CASES = [
    pytest.param(game, method, entry, id=f"{entry['id']}-{method}")
    for entry, game in _games()
    for method in entry["expected"]
]


@pytest.mark.parametrize(("game", "method", "entry"), CASES)
def test_published_values(game, method, entry):
    """Proves: every published value is reached. Without it: a wrong weight or order of coalitions would go
    unseen.

    Where the publication prints fewer digits, its digits are compared at their precision and the recomputed
    value to 1e-6."""
    found = SOLUTIONS[method](game).values
    recomputed = entry["verified"][method]
    assert recomputed["match"]
    np.testing.assert_allclose(found, recomputed["computed"], atol=1e-6)
    printed_digits = max(len(f"{x!r}".partition(".")[2]) for x in entry["expected"][method])
    np.testing.assert_allclose(found, entry["expected"][method], atol=max(1e-6, 0.51 * 10.0**-printed_digits))


def test_gately_propensity_of_1974():
    """Proves: at the Gately point of the power-investment game all three propensities are equal and as the
    formula says, (3·1530 - 2150) / 1530 - 1 for this zero-normalised game with v(12) + v(13) + v(23) =
    2150. Without it: the ratio could be inverted."""
    entry = next(e for e in TRUTH["games"] if e["id"] == "gately1974")
    solved = gately(Game.from_values(3, entry["v"]))
    from straits.power import propensity_to_disrupt

    np.testing.assert_allclose(
        propensity_to_disrupt(solved.game, solved), (3 * 1530 - 2150) / 1530 - 1, rtol=1e-12
    )


def test_non_superadditive_games_keep_nucleolus_and_prenucleolus_apart():
    """Proves: imputations bound the nucleolus only; with the bound of player 1 binding the two differ, and
    both are certified. Without it: a program without the bounds would pass on all superadditive games."""
    entry = next(e for e in TRUTH["games"] if e["id"] == "nuc_nonsuper")
    game = Game.from_values(3, entry["v"])
    bounded, free = nucleolus(game), prenucleolus(game)
    assert bounded["1"] == pytest.approx(2.0)
    assert free["1"] < 2.0 - 1e-3
    assert verify(game, bounded.values, bounded.certificate)
    assert verify(game, free.values, free.certificate)
    assert not core_check(game, bounded)


def test_no_imputation_is_an_error_that_points_to_the_prenucleolus():
    """Proves: where the players are worth more alone than together, nucleolus() says so; prenucleolus()
    still answers. Without it: an infeasible program would surface as a solver's message."""
    entry = next(e for e in TRUTH["games"] if e["id"] == "ibn_ezra")
    game = Game.from_values(4, entry["v"])
    with pytest.raises(ValueError, match=r"no imputation.*250.*120.*prenucleolus"):
        nucleolus(game)
    solved = prenucleolus(game)
    assert solved.values.sum() == pytest.approx(120.0)
    assert verify(game, solved.values, solved.certificate)
