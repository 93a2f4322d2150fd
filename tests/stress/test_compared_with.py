"""What a scenario is compared with, and how long a small loss lasts."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, places, supply
from straits.errors import ModelError

FOCUS = {"actor": "AAA", "commodity": "oil"}
SHUT = {"disruptions": [{"asset": "port", "start": "2022-01-01", "end": "2022-01-05"}]}


def one_pipe(*scenarios, count=4):
    """AAA exports 10 kt/d by one pipe and could have 2 kt/d more by a railway, with an option."""
    tables = {
        "places": places("F", "S", F="AAA", S="BBB"),
        "links": [
            link("port", "F", "S", capacity=10),
            link("rail", "F", "S", capacity=0, cost=1, mode="rail"),
        ],
        "supplies": [supply("field", "F", 12)],
        "markets": [market("sea", "S", 100)],
        "options": [{"id": "track", "name": "track", "asset": "rail", "adds": 2, "adds_unit": "kt/d"}],
    }
    return build(tables, time=days(count), scenarios=list(scenarios), focus=FOCUS)


OPEN = {"id": "open", "title": "open", "options": ["track"]}
SHUT_OPEN = {"id": "shut", "title": "shut", "options": ["track"], "compare_with": "open", **SHUT}


def lost(found, scenario="shut"):
    row = found.summary.set_index("scenario").loc[scenario]
    return row["compared_with"], row["lost_exports"]


def test_a_scenario_asked_for_alone():
    """Proves: with the railway, 4 days without the port lose 40 kt of 48; against the baseline it would be 32 of 40. Asked
    for alone, the answer is the one asked for together, and only what was asked for is listed.
    Without it: the answer would depend on which other scenarios are named.
    """
    case = one_pipe(SHUT_OPEN, OPEN)
    together, alone = straits.stress(case), straits.stress(case, ["shut"])
    assert lost(together) == lost(alone) == ("open", pytest.approx(40))
    assert alone.summary["scenario"].tolist() == ["shut"]
    assert set(alone.states["scenario"]) == {"shut"} and list(alone.references) == ["open"]


def test_a_scenario_that_is_not_in_the_case():
    """Proves: a scenario handed over as an object is compared with what it names. Without it: it would silently be compared
    with the baseline.
    """
    case = one_pipe(SHUT_OPEN, OPEN)
    own = case.scenarios["shut"].model_copy(update={"id": "own"})
    assert lost(straits.stress(case, [own]), "own") == ("open", pytest.approx(40))
    nowhere = own.model_copy(update={"compare_with": "opne"})
    with pytest.raises(ModelError, match="opne"):
        straits.stress(case, [nowhere])


def test_scenarios_that_are_compared_in_a_row_or_with_each_other():
    """Proves: each is compared with what it names, along a chain and in a circle. Without it: the order of the list would
    decide, or the command would not end.
    """
    a = {"id": "a", "title": "a", "compare_with": "b", **SHUT}
    b = {"id": "b", "title": "b", "compare_with": "open"}
    case = one_pipe(a, b, OPEN)
    assert lost(straits.stress(case, ["a"]), "a") == ("b", pytest.approx(40))
    circle = one_pipe(a, {**b, "compare_with": "a"})
    assert lost(straits.stress(circle, ["a"]), "a") == ("b", pytest.approx(40))
    assert lost(straits.stress(circle), "b") == ("a", pytest.approx(-40))


def test_a_small_loss_that_lasts():
    """Proves: 0.4 % of exports, lost on each of 90 days, is behind by a quarter of a day's exports on day 62.5, and over
    with the closure. Without it: the table would end in an error, since no single day falls behind by 1 %.
    """
    start, end = "2022-01-01", "2022-04-01"
    slow = {"id": "slow", "title": "slow", "disruptions": [
        {"asset": "port", "start": start, "end": end, "factor": 0.996}]}  # fmt: skip
    case = build(
        {
            "places": places("F", "S", F="AAA", S="BBB"),
            "links": [link("port", "F", "S", capacity=10)],
            "supplies": [supply("field", "F", 12)],
            "markets": [market("sea", "S", 100)],
        },
        time={"start": start, "end": "2022-05-01", "step": "day", "boundary": "empty"},
        scenarios=[slow],
        focus=FOCUS,
    )
    row = straits.stress(case).summary.iloc[0]
    assert row["lost_exports"] == pytest.approx(0.004 * 10 * 90)
    assert (row["days_to_loss"], row["days_to_recovery"]) == (62, 90)
