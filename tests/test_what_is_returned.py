"""What every analysis returns: short in a console, bounded in a notebook, whole in a file, and of a named case."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import straits
from straits import contingency, power, threat, worst

PLAYERS = ["LND", "NBR"]
THREAT = {
    "id": "stop", "title": "A stop", "sender": "NBR", "target": "LND", "act": {"disruptions": [{"asset": "pipe"}]},
    "start": "2022-03-05", "days": 28, "horizon": 12, "demand": {"worth": 1, "cost": 1}, "retreat_cost": 300,
}  # fmt: skip


@pytest.fixture(scope="module")
def case():
    return straits.load_case("two-routes")


@pytest.fixture(scope="module")
def returned(case):
    solution = straits.solve(case, "pipeline-stop")
    game = power.game(case, PLAYERS)
    return {
        "case": case,
        "solution": solution,
        "model": solution.model,
        "network": solution.network,
        "comparison": straits.stress(case),
        "sweep": contingency.sweep(case),
        "worst": worst.worst(case, attacker="NBR", budget=1),
        "game": game,
        "allocation": power.shapley(game),
        "leverage": power.leverage(case, PLAYERS),
        "balance": power.balance(case, "LND", "crude", extra_cost=0.1),
        "threat": threat.threat(case, THREAT),
    }


NAMES = (
    "case", "solution", "model", "network", "comparison", "sweep", "worst", "game", "allocation", "leverage", "balance",
    "threat",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_two_lines(returned, name):
    """Proves: whatever is returned prints as a few short lines that say what it is. Without it: a comparison printed
    144,000 characters at the end of a notebook's cell.
    """
    text = repr(returned[name])
    assert len(text) < 400 and text.count("\n") <= 2
    assert text.lstrip("<").startswith(type(returned[name]).__name__)


@pytest.mark.parametrize("name", ["case", "solution", "comparison", "sweep", "worst", "leverage", "balance"])
def test_a_notebook_shows_the_main_table(returned, name):
    """Proves: a notebook gets a table of bounded size. Without it: it would show two lines of text, or megabytes."""
    page = returned[name]._repr_html_()
    assert "<table" in page and len(page.encode()) <= 100_000


@pytest.mark.parametrize("name", ["case", "solution", "comparison"])
def test_a_notebook_shows_the_map(returned, name):
    """Proves: what has a map shows it before its tables. Without it: a notebook would show numbers without a place."""
    page = returned[name]._repr_html_()
    assert 0 < page.index("<svg") < page.index("<table")


def test_the_words_of_a_headline_are_escaped(case):
    """Proves: a name of a scenario is text in a notebook, not markup. Without it: a case from a stranger could run a script."""
    own = case.scenarios["pipeline-stop"].model_copy(update={"id": "<script>alert(1)</script>"})
    page = straits.solve(case, own)._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize("name", NAMES)
def test_what_is_returned_travels(returned, name):
    """Proves: what comes back from a file or another process prints the same. Without it: a solver's object inside would
    make every result of a process pool an error.
    """
    assert repr(pickle.loads(pickle.dumps(returned[name]))) == repr(returned[name])


def test_a_solution_comes_back_whole(case, returned):
    """Proves: prices, tables and accounts are those of before, and a scenario can be solved from it. Without it: a number
    read later would be another one.
    """
    before = returned["solution"]
    after = pickle.loads(pickle.dumps(before))
    assert np.array_equal(after.x, before.x) and np.array_equal(after.dual, before.dual)
    pd.testing.assert_frame_equal(after.flows, before.flows)
    pd.testing.assert_frame_equal(after.accounts(), before.accounts())
    assert after.provenance == before.provenance
    again = straits.solve(case, "pipeline-stop", near=after)
    assert again.objective == pytest.approx(before.objective)


def test_every_answer_names_its_case(case, returned):
    """Proves: sweeps, attacks, protections and cut sets carry the hash of the case that was asked about, and what was asked.
    Without it: a table in a file could be of any case.
    """
    safe = worst.protect(case, attacker="NBR", budget=1, protect=1)
    cuts = worst.minimal_cut_sets(case, attacker="NBR", budget=1)
    made = [
        returned["solution"].provenance,
        returned["sweep"].stats,
        returned["worst"].provenance,
        safe.provenance,
        cuts.provenance,
    ]
    assert {m["case_hash"] for m in made} == {case.hash}
    assert {m["case"] for m in made} == {"two-routes"}
    assert all(m["attacker"] == "NBR" and m["assets"] == returned["worst"].assets for m in made[2:])
