"""Sampled Shapley values."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from straits.power import Game, GameError, LazyGame, ShapleySampler, shapley

NAMES = tuple("ABCDEFG")


def _game(seed: int = 3) -> Game:
    rng = np.random.default_rng(seed)
    return Game(NAMES, np.r_[0.0, rng.random(2 ** len(NAMES) - 1)])


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("antithetic", [True, False])
def test_estimates_lie_within_three_standard_errors(stratified, antithetic):
    """Proves: over 40 seeds and 7 players, with every device, nearly all estimates lie within 3 standard
    errors and not all within 1; and errors have the right size (mean square of the standardised error near
    1). Without it: a bias or a wrong error."""
    game = _game()
    exact = shapley(game).values
    scores = []
    for seed in range(40):
        sampler = ShapleySampler(game, rng=seed, stratified=stratified, antithetic=antithetic)
        sampler.run(60)
        solved = sampler.result()
        scores.append((solved.values - exact) / solved.errors)
    z = np.array(scores).ravel()
    assert (np.abs(z) < 3).mean() > 0.98
    assert (np.abs(z) > 1).mean() > 0.2
    assert np.mean(z**2) == pytest.approx(1.0, abs=0.3)


def test_the_same_seed_draws_the_same_in_whatever_order_players_stand():
    """Proves: a game whose players are listed in another order has the same sampled values from the same seed.
    Without it: a table of actors that was sorted anew would give other estimates.
    """
    game = _game()
    turned = Game.from_function(NAMES[::-1], lambda members: float(game.values[game.mask(members)]))
    one, other = (shapley(g, sample=2, rng=4) for g in (game, turned))
    assert other.values[::-1] == pytest.approx(one.values, abs=1e-12)


def test_every_replicate_shares_out_the_whole():
    """Proves: estimates add up to v(N) exactly. Without it: marginals of one order could be lost."""
    game = _game()
    assert shapley(game, sample=3, rng=1).values.sum() == pytest.approx(game.grand, abs=1e-12)


def test_interrupted_is_uninterrupted():
    """Proves: state through JSON and back goes on with the same draws. Without it: a resumed run could
    repeat its draws."""
    game = _game()
    whole = ShapleySampler(game, rng=5)
    whole.run(20)
    part = ShapleySampler(game, rng=5)
    part.run(8)
    again = ShapleySampler.resume(game, json.loads(json.dumps(part.state())))
    again.run(12)
    np.testing.assert_array_equal(again.result().values, whole.result().values)
    np.testing.assert_array_equal(again.result().errors, whole.result().errors)


KILLED = """
import os, sys
from straits.power import LazyGame, shapley
asked = []
def value(mask):
    asked.append(mask)
    if len(asked) == int(sys.argv[2]):
        os._exit(9)
    return float((mask & 1023).bit_count() ** 2 + (mask % 7))
shapley(LazyGame([f"p{i}" for i in range(22)], value), sample=6, rng=11, store=sys.argv[1])
"""


def test_a_killed_process_goes_on_from_its_file(tmp_path):
    """Proves: a run killed in the middle of a replicate, twice, and then finished gives exactly the result of a run that
    nobody stopped. Without it: a long sample could be lost, or its draws be repeated or left out."""
    one, whole = tmp_path / "one", tmp_path / "whole"
    for calls in ("1000", "1000"):
        killed = subprocess.run([sys.executable, "-c", KILLED, str(one), calls], check=False)
        assert killed.returncode == 9
        assert 0 < _state(one)["replicates"] < 6
    for path in (one, whole):
        subprocess.run([sys.executable, "-c", KILLED, str(path), "-1"], check=True)
    assert _state(one) == _state(whole)


def _state(store):
    [path] = store.rglob("*.json")
    return json.loads(path.read_text())


def test_a_kept_sample_of_the_command_line_goes_on(tmp_path):
    """Proves: `straits power --sample --store` stopped at 3 replicates and asked for 5 says what 5 at once say; another question
    and another seed begin anew beside it. Without it: the option could begin anew, or mix two games."""
    from typer.testing import CliRunner

    from straits.cli import app

    run, file = CliRunner().invoke, str(tmp_path / "store")
    ask = ["power", "two-routes", "--seed", "4", "--json"]
    assert run(app, [*ask, "--sample", "3", "--store", file]).exit_code == 0
    later = run(app, [*ask, "--sample", "5", "--store", file])
    assert later.exit_code == 0, later.output
    assert (
        json.loads(later.output)["as it is"]
        == json.loads(run(app, [*ask, "--sample", "5"]).output)["as it is"]
    )
    for more in (["--access", "regulated"], ["--seed", "5"]):
        other = [*ask, "--sample", "3", *more]
        assert run(app, [*other, "--store", file]).output == run(app, other).output
    assert len(list((tmp_path / "store").rglob("*.json"))) == 3
    alone = run(app, [*ask, "--store", file])
    assert alone.exit_code != 0


def test_thirty_players():
    """Proves: a lazy game of 30 players is sampled and each coalition is valued once. A dummy gets exactly
    nothing. Without it: more players than exact allows would be out of reach."""
    calls: list[int] = []

    def value(mask: int) -> float:
        calls.append(mask)
        return float((mask & (2**29 - 1)).bit_count() ** 2)

    game = LazyGame([f"p{i}" for i in range(30)], value)
    solved = shapley(game, sample=2, rng=0)
    assert len(calls) == len(set(calls)) == solved.parameters["coalitions_valued"]
    assert solved["p29"] == 0.0
    assert solved.values.sum() == pytest.approx(29**2)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_stored_sample_is_of_one_game(tmp_path, lazy):
    """Proves: a sample of a majority of four voters is not taken up for a majority of three, nor for twice the values, also where
    the players are the same; for the same game, though valued anew, it is. Without it: a mean of two games would be given."""
    path = tmp_path / "store"

    def voting(quota, worth=1.0):
        game = Game.weighted_voting(dict.fromkeys("abcdefg", 1.0), quota)
        game = Game(game.players, worth * game.values)
        return LazyGame(game.players, lambda m: float(game.values[m])) if lazy else game

    first = shapley(voting(4), sample=3, rng=1, store=path)
    for other in [voting(4, 2.0), *([] if lazy else [voting(3)])]:
        with pytest.raises(GameError, match="another game of the same players"):
            shapley(other, sample=4, rng=1, store=path)
    again = shapley(voting(4, 1.0 + 1e-9), sample=3, rng=1, store=path)
    np.testing.assert_array_equal(again.values, first.values)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: shapley(LazyGame([f"p{i}" for i in range(25)], lambda m: 0.0)), r"25 players.*sample="),
        (lambda: shapley(_game(), sample=5), r"needs rng="),
        (lambda: shapley(_game(), sample=1, rng=0), r"at least 2 replicates"),
        (lambda: shapley(_game(), sample=0, rng=0), r"at least 1 replicate"),
        (lambda: ShapleySampler(_game(), rng="x"), r"rng: expected a seed"),  # type: ignore[arg-type]
        (
            lambda: shapley(LazyGame(["a", "b"], lambda m: float("nan")), sample=2, rng=0),
            r"v\((a|b)\) is nan",
        ),
        (
            lambda: ShapleySampler.resume(_game(), ShapleySampler(LazyGame(["a"], float), rng=1).state()),
            r"other players",
        ),
        (
            lambda: ShapleySampler.resume(
                LazyGame(["a"], float, parameters={"access": "regulated"}),
                ShapleySampler(LazyGame(["a"], float, parameters={"access": "veto"}), rng=1).state(),
            ),
            r"another game: access differ",
        ),
    ],
)
def test_bad_input(make, message):
    """Proves: samples that cannot be right are refused. Without it: an error of zero could come from one
    replicate."""
    with pytest.raises(GameError, match=message):
        make()
