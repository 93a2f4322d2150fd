"""Questions of power divided among workers: the same answers, to the last digit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

import straits
from straits.errors import ModelError
from straits.power import leverage, with_each_option

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
