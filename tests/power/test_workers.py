"""Questions of power divided among workers: the same answers, to the last digit."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import straits
from straits.engine.store import Store, StoreError
from straits.errors import ModelError
from straits.power import GameError, game, leverage, shares, with_each_option

PLAYERS = ["LND", "NBR", "pipeco"]
HOW = {"days": 30}


@pytest.fixture(scope="module")
def case():
    return straits.load_case("two-routes")


@pytest.fixture(scope="module")
def alone(case):
    return leverage(case, PLAYERS, **HOW)


def test_leverage_does_not_depend_on_workers(case, alone):
    """Proves: with two processes, and with threads of an executor, every table is that of one process to the last digit, coarser
    steps and foresight included, and the progress ends at all parts. Without it: a loss would hang on who solved it."""
    assert {"loss_coarse", "loss_known"} & set(alone.table)
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        for how in ({"workers": 2}, {"executor": pool}):
            found = leverage(
                case, PLAYERS, **HOW, **how, progress=lambda done, every, left: seen.append((done, every))
            )
            assert list(found.tables) == list(alone.tables)
            for name, table in alone.tables.items():
                pd.testing.assert_frame_equal(found.tables[name], table, check_exact=True)
            assert found.parameters == alone.parameters
            assert seen[-1][0] == seen[-1][1] == len(seen)
            seen.clear()


def test_each_option_does_not_depend_on_workers(case):
    """Proves: the same of leverage with each option; the network as it is stands as in `leverage`."""
    options = list(case.rows("options"))
    one = with_each_option(case, PLAYERS, options, **HOW)
    assert options and list(one) == ["actor", "target", "as_it_is", *options]
    pd.testing.assert_frame_equal(
        with_each_option(case, PLAYERS, options, **HOW, workers=2), one, check_exact=True
    )
    plain = leverage(case, PLAYERS, **HOW, check=0).table
    assert one["as_it_is"].tolist() == plain["loss"].tolist()


def test_no_workers_are_refused(case):
    """Proves: a number of workers that is none is refused before anything is solved."""
    for ask in (leverage, lambda c, p, workers: with_each_option(c, p, [], workers=workers)):
        with pytest.raises(ModelError, match=r"workers=0: expected a whole number, 1 or more"):
            ask(case, PLAYERS, workers=0)


SIX = ["LND", "NBR", "pipeco", "oilco", "railco", "portco"]
AGAINST = {"outsiders": "baseline", "options": True}


@pytest.fixture(scope="module")
def valued(case):
    return game(case, SIX, **AGAINST)


def test_values_against_the_baseline_do_not_depend_on_workers(case, valued):
    """Proves: with two processes, and with threads, every value is that of one process to the last digit, and within 1e-9 that
    of a coalition asked about alone. Without it: a share would hang on who solved it."""
    for how in ({"workers": 2}, {"executor": ThreadPoolExecutor(2)}):
        found = game(case, SIX, **AGAINST, **how)
        assert found == valued and found.parameters == valued.parameters
    lazy = game(case, SIX, **AGAINST, sample=True)
    alone = [lazy.value(mask) for mask in range(1 << len(SIX))]
    np.testing.assert_allclose(valued.values, alone, rtol=1e-9, atol=1e-9 * valued.scale)


KILLED = """
import os, sys
import straits
from straits.power import game
def stop(done, every, left):
    os._exit(9)
game(straits.load_case("two-routes"), {six!r}, store=sys.argv[1], progress=stop, **{how!r})
"""


def test_a_killed_game_goes_on_from_its_store(case, valued, tmp_path):
    """Proves: what a killed process has valued is in the store; another goes on from it to the same values, a third solves
    nothing. Without it: the night of a large game would be lost."""
    pytest.importorskip("pyarrow.parquet")
    script = KILLED.format(six=SIX, how=AGAINST)
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == 9
    second = game(case, SIX, **AGAINST, store=tmp_path)
    assert second == valued and 0 < second.parameters["stored"] < second.parameters["states"]
    third = shares(case, SIX, outsiders="baseline", options=True, store=tmp_path)
    assert third.parameters["with options"]["stored"] == third.parameters["with options"]["states"]
    assert third.parameters["with options"]["solves"] == 1 and third.parameters["as it is"]["stored"] == 0


def test_a_spoiled_store_of_values_is_refused(case, tmp_path, monkeypatch):
    """Proves: a value of the store that is not what a cold solve says is refused by the name of the coalition; a store where
    nothing is kept is refused too. Without it: whoever can write there could choose who has power."""
    pytest.importorskip("pyarrow.parquet")
    write = Store.write
    with monkeypatch.context() as patched:
        patched.setattr(
            Store, "write", lambda self, rows: write(self, [(*r[:5], (r[5][0] + 1.0,)) for r in rows])
        )
        game(case, PLAYERS, outsiders="baseline", store=tmp_path, check=0)
    with pytest.raises(StoreError, match=r"store .*: v\(.*\): .* was found, but .* when solved cold"):
        game(case, PLAYERS, outsiders="baseline", store=tmp_path)
    for how in ({}, {"outsiders": "baseline", "sample": True}):
        with pytest.raises(GameError, match=r"store=.*are kept; others take seconds"):
            game(case, PLAYERS, store=tmp_path, **how)


def test_the_commands_have_workers_and_a_store(tmp_path):
    """Proves: `straits power leverage --workers` and `shares --outsiders baseline --workers --store` print what they print
    without, and the second time the store is used. Without it: the options would be of Python alone."""
    from typer.testing import CliRunner

    from straits.cli import app

    def printed(*asked):
        found = CliRunner().invoke(app, ["power", *asked])
        assert found.exit_code == 0, found.output
        return found.output

    held = ["leverage", "two-routes", "--days", "30", "--players", "LND,NBR"]
    assert printed(*held, "--workers", "2") == printed(*held)
    pytest.importorskip("pyarrow.parquet")
    ask, store = ["shares", "two-routes", "--outsiders", "baseline"], ["--store", str(tmp_path / "store")]
    plain = printed(*ask)
    assert "9 solves" in plain and printed(*ask, "--workers", "2", *store) == plain
    assert printed(*ask, *store) == plain.replace("9 solves", "1 solves")
