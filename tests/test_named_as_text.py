"""Days and scenarios are named by a text wherever they are asked for: one kind of argument for one thing."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import straits
from straits.case.timeaxis import day_of
from straits.contingency import sweep
from straits.engine.targets import window_of
from straits.errors import ModelError
from straits.power import leverage
from straits.ways import routes

DAY, LAST = dt.date(2022, 7, 2), dt.date(2022, 7, 30)


@pytest.fixture(scope="module")
def case():
    return straits.load_case("two-routes")


def test_a_day_is_a_date_or_a_text():
    """Proves: a date, a time of a day and a text of one are the same day; nothing stays nothing; anything else is refused with
    what was found. Without it: `leverage(start="2022-07-02")` was an error where `sweep(window="2022-07-02:28d")` was none."""
    assert {
        day_of(day, "start") for day in (DAY, "2022-07-02", dt.datetime(2022, 7, 2, 5), pd.Timestamp(DAY))
    } == {DAY}
    assert day_of(None, "start") is None
    for wrong in ("July", "2022-07-32", 20220702, ""):
        with pytest.raises(ModelError, match=r"start: expected a date, or a text such as 2022-07-01, found "):
            day_of(wrong, "start")


def test_leverage_routes_and_windows_take_texts_of_days(case):
    """Proves: leverage from a day, a window of two days and the routes of a day are the same, asked for by dates or by texts.
    Without it: who copies a day out of one answer could not ask the next question with it."""
    one, other = (leverage(case, ["LND", "NBR"], start=day, days=28, check=0) for day in (DAY, "2022-07-02"))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.parameters == other.parameters and one.parameters["start"] == "2022-07-02"
    assert window_of(case, ("2022-07-02", LAST)) == window_of(case, "2022-07-02:28d") == (DAY, LAST)
    for wrong in (("2022-07-02",), ("2022-07-02", "soon"), ("2022-07-02", None)):
        with pytest.raises(ModelError, match="window"):
            window_of(case, wrong)
    one, other = (
        sweep(case, over=["pipe"], window=w, check=0).table
        for w in ((DAY, LAST), ("2022-07-02", "2022-07-30"))
    )
    pd.testing.assert_frame_equal(one, other)
    ways = [routes(case, "LND", "world", "crude", on=day).tables["routes"] for day in (DAY, "2022-07-02")]
    pd.testing.assert_frame_equal(*ways)


def test_one_scenario_needs_no_list(case):
    """Proves: a scenario by itself is the list of it, by its id or as what it is.
    Without it: `stress(case, "pipeline-stop")` said that there is no scenario 'p'."""
    found = [
        straits.stress(case, one)
        for one in (["pipeline-stop"], "pipeline-stop", case.scenarios["pipeline-stop"])
    ]
    assert [list(each.solutions) for each in found] == [["pipeline-stop"]] * 3
    assert len({each.value_lost("pipeline-stop") for each in found}) == 1
    with pytest.raises(ModelError, match="no scenario 'pipe'"):
        straits.stress(case, "pipe")
