"""Answers of every room held against cold solves of whole programs."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from straits.engine.cold import drawn
from straits.errors import ModelError, SolveError
from straits.power import game, leverage, shapley, shares
from straits.power.network.coalitionvalues import CaseValues
from straits.power.network.outsiders import AgainstBaseline
from straits.power.network.withheld.asked import Asked
from straits.worst import minimal_cut_sets, protect, worst
from straits.worst.oracle import Oracle, Reply
from straits.worst.replies import all_replies

PLAYERS = ["LND", "NBR", "pipeco", "oilco"]


@pytest.fixture(scope="module")
def case():
    return straits.load_case("two-routes")


QUESTIONS = {
    "game": lambda case, check: game(case, PLAYERS, check=check),
    "outsiders": lambda case, check: game(case, PLAYERS, outsiders="baseline", check=check),
    "shares": lambda case, check: shares(case, PLAYERS, check=check),
    "sample": lambda case, check: shapley(game(case, PLAYERS, sample=True, check=check), sample=2, rng=1),
    "leverage": lambda case, check: leverage(case, PLAYERS, check=check),
    "worst": lambda case, check: worst(case, budget=2, check=check),
    "account": lambda case, check: worst(case, budget=2, target="LND", check=check),
    "protect": lambda case, check: protect(case, protect=1, check=check),
    "cut sets": lambda case, check: minimal_cut_sets(case, remaining=0.5, check=check),
}


@pytest.fixture
def spoilt(monkeypatch):
    """Every answer of an attack, a coalition or a withholding a thousandth off."""
    reply, one, every, about = Oracle.reply, AgainstBaseline._value, CaseValues.every, Asked.about
    single = CaseValues.one

    def more(self, mask):
        return one(self, mask) * 1.001 + 0.001

    def alone(self, mask):
        return single(self, mask) * 1.001 + 0.001

    def off(self, attack):
        found = reply(self, attack)
        return Reply(found.value - 1e-3 * (1.0 + abs(found.value)) * bool(attack), found.loss)

    def every_off(self):
        values, states = every(self)
        return values + 0.001 * (np.arange(len(values)) > 0), states

    def about_off(self, i):
        tables, lost = about(self, i)
        return tables, lost + 0.01

    def replies_off(*asked, **how):
        found = all_replies(*asked, **how)
        found.nodes = {a: n._replace(cost=n.cost + 100.0 * bool(a)) for a, n in found.nodes.items()}
        return found

    monkeypatch.setattr(Oracle, "reply", off)
    monkeypatch.setattr(AgainstBaseline, "_value", more)
    monkeypatch.setattr(CaseValues, "one", alone)
    monkeypatch.setattr(CaseValues, "every", every_off)
    monkeypatch.setattr(Asked, "about", about_off)
    monkeypatch.setattr("straits.worst.attack.all_replies", replies_off)


def made(result):
    return result.parameters if "checked" in result.parameters else result.parameters["as it is"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_sound_answers_pass(case, question):
    """Proves: of every question as many answers as were asked for are held against cold solves, none with check=0, and sound ones
    agree to 1e-9. Without it: the check could look at nothing."""
    found = made(QUESTIONS[question](case, 2))
    assert found["checked"] == 2 and found["largest_difference"] < 1e-9
    assert made(QUESTIONS[question](case, 0))["checked"] == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_spoilt_answers_are_found(case, question, spoilt):
    """Proves: an answer that is off by a thousandth is refused with its name. Without it: the check would be for show."""
    with pytest.raises(
        SolveError, match=r"(v\(.*|withholds|closing .*): .* was found, but .* when solved cold"
    ):
        QUESTIONS[question](case, 1)


def test_what_is_drawn():
    """Proves: draws are repeatable, without repetition, all if there are fewer; what is no number is refused."""
    assert drawn("abcdef", 3, 1) == drawn("abcdef", 3, 1) and len(set(drawn("abcdef", 5))) == 5
    assert drawn("ab", 9) == ["a", "b"] and drawn("ab", 0) == []
    for check in (-1, 1.5, True, "3"):
        with pytest.raises(ModelError, match=r"check=.*: expected a whole number, 0 or more"):
            drawn("ab", check)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_check_that_is_no_number_is_refused_first(case, question, monkeypatch):
    """Proves: of every question, what is no number of checks is refused before an answer is looked for. Without it: hours of work
    would end in an error about an argument."""

    def fail(*_, **__):
        raise AssertionError("solved")

    for of, name in (
        (Oracle, "reply"),
        (AgainstBaseline, "_value"),
        (CaseValues, "every"),
        (CaseValues, "one"),
        (Asked, "about"),
    ):
        monkeypatch.setattr(of, name, fail)
    monkeypatch.setattr("straits.worst.attack.all_replies", fail)
    with pytest.raises(ModelError, match=r"check=-1: expected a whole number, 0 or more"):
        QUESTIONS[question](case, -1)
