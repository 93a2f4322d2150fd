"""Tables, units and sentences of sweeps, and how histories are drawn, worked out by hand."""

from __future__ import annotations

import datetime as dt
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import straits
from linescase import case
from straits.contingency import ensemble, hazards, sweep
from straits.contingency.hazards import Event, read_hazards
from straits.contingency.losses import losses_of


def again(base, *, scenarios=(), **tables):
    """The case with more tables and scenarios."""
    kept = {name: frame for name, frame in base.tables.items() if len(frame)}
    return straits.Case.from_tables(kept | tables, scenarios=scenarios, **base.settings.model_dump())


def hazard(key, assets, rate, **more):
    return {
        "id": key,
        "name": key,
        "assets": assets,
        "rate_per_year": rate,
        "duration_shape": "fixed",
        "duration_days": 1,
        **more,
    }


def test_units_and_sentences_of_a_sweep():
    """Proves: money is in millions, exports in kt, names and states have no unit; the ship costs most, 10 kt at 100; nobody costs
    nothing; both lines cost 1.0 together and 0.4 each, 0.2 more than the sum of their parts.
    Without it: a column of kilotonnes could be called money, and the sentence would name another failure or sum.
    """
    found = sweep(case(), k=2, window="2022-01-02:1d", check=0)
    units = found.table.attrs["units"]
    money = {c for c, unit in units.items() if unit == "million USD"}
    accounts = {c for c in found.table if c.startswith("account:")}
    assert accounts and money == {"loss", "lack_of_storage", "lack_of_route", "unmet_cost"} | accounts
    assert units == dict.fromkeys(money, "million USD") | {"exports:oil:AAA": "kt", "used:oil:BBB": "kt"}
    loss = found.table.set_index("failure")[["loss", "cumulative_share"]]
    assert loss.loc[["ship", "one", "two"], "cumulative_share"].tolist() == pytest.approx(
        [1 / 1.8, 1.4 / 1.8, 1.0]
    )
    assert list(found.sentences)[:2] == [
        "Of 3 single failures ship costs most: 1 million USD.",
        "0 single failures cost nothing.",
    ]
    assert any("together cost 0.2 million USD more" in told for told in found.sentences)


def test_stores_can_make_a_route_dearer():
    """Proves: with the ship closed on the first of four days, the lines are of no use on that day and closing one costs nothing;
    were the tank unlimited, the day's 10 kt would wait for the ship, so that a line of 6 that is out would lose 4: 0.4 for lack
    of route, and -0.4 for lack of storage, which the tank of no content spares.
    Without it: what a lack of storage spares would be shown as nothing, and the two would not add up to the loss.
    """
    shut = {
        "id": "shut",
        "title": "shut",
        "disruptions": [{"asset": "ship", "start": "2022-01-01", "end": "2022-01-02"}],
    }
    tank = {
        "id": "tank",
        "name": "tank",
        "place": "h",
        "commodity": "oil",
        "capacity": 1e-6,
        "capacity_unit": "kt",
        "start": 0,
    }
    base = again(case(), scenarios=[shut], stores=[tank])
    table = sweep(base, scenario="shut", window="2022-01-01:1d", check=0).table.set_index("failure")
    assert table.loc["one", ["loss", "lack_of_storage", "lack_of_route"]].tolist() == pytest.approx(
        [0.0, -0.4, 0.4], abs=1e-6
    )


def test_each_event_drawn_falls_into_one_history(monkeypatch):
    """Proves: of the events drawn, each is in one history, and none in two.
    Without it: histories could share events, which leaves every mean as it is and makes errors too small.
    """
    monkeypatch.setattr(hazards, "_lengths", lambda _, rows: np.arange(1, len(rows) + 1))
    found = read_hazards(again(case(days=20), hazards=[hazard("h", "ship", 60)]))
    drawn = found.draw(np.random.default_rng(0), 50)
    assert sorted(e.days for h in drawn for e in h) == list(range(1, 1 + sum(len(h) for h in drawn)))


@pytest.mark.parametrize(
    ("months", "first", "count", "in_year"),
    [("1|03", 1, 31, 62), ("2", 32, 28, 28), ("12", None, 0, 31), ("", 1, 59, 365)],
)
def test_months_and_rates_by_hand(months, first, count, in_year):
    """Proves: of 73 events a year, the days of the months that lie on an axis of January and February take their part of all such
    days of a year of 365: 31 of the 62 of January and March, 28 of 28, none of December.
    Without it: a month could be left out, or its events be spread over the whole year.
    """
    base = case(days=20)
    settings = base.settings.model_dump() | {
        "time": {"start": "2022-01-01", "end": "2022-03-01", "step": "day"}
    }
    kept = {name: frame for name, frame in base.tables.items() if len(frame)}
    rows = [hazard("h", "ship", 73, months=months or None), hazard("other", "one", 365)]
    found = read_hazards(straits.Case.from_tables(kept | {"hazards": rows}, **settings))
    assert len(found.days[0]) == count and found.expected.tolist() == pytest.approx(
        [73 * count / in_year, 59]
    )
    assert found.total == pytest.approx(found.expected.sum())
    if first is not None:
        assert found.days[0][0] == first - 1


def test_closed_days_and_their_effects():
    """Proves: an event of 5 days that begins on the last but one day of 20 closes 2; days of two events of one hazard add up; it
    acts on its assets from its day on, and by its factor.
    Without it: control variates would count days behind the end of the axis.
    """
    found = read_hazards(again(case(days=20), hazards=[hazard("h", "one|two", 9, factor=0.25)]))
    assert found.closed_days((Event("h", 18, 5), Event("h", 3, 4))).tolist() == [6.0]
    effects = found.effects(Event("h", 3, 4))
    assert [(e.asset, e.factor, e.start, e.end) for e in effects] == [
        (a, 0.25, dt.date(2022, 1, 4), dt.date(2022, 1, 8)) for a in ("one", "two")
    ]


def test_only_what_is_asked_is_answered():
    """Proves: without contributions only the drawn histories and the undisturbed case are answered; with them, each also without
    each of its hazards. Both say the same losses, of the same case, with what was drawn.
    Without it: the cheap way would cost as much as the dear one.
    """
    rows = [hazard("a", "one", 200), hazard("b", "two", 200)]
    base = again(case(days=6), hazards=rows)
    plain, more = (ensemble(base, draws=30, rng=3, contributions=c, check=0) for c in (False, True))
    drawn = set(plain.histories["events"])
    assert plain.contributions.empty and list(more.contributions["hazard"]) == ["a", "b"]
    assert plain.histories["loss"].tolist() == pytest.approx(more.histories["loss"].tolist(), abs=1e-9)
    asked = [sum(e.stats[k] for k in ("solved", "skipped")) for e in (plain, more)]
    assert asked[0] == len(drawn) + 1 < asked[1]
    assert "batch" not in plain.stats and plain.stats["draws"] == 30 and plain.stats["seed"] == 3


def test_losses_of_many_accounts_are_one_table():
    """Proves: columns can be put beside the losses of two hundred accounts without a word of pandas.
    Without it: `straits sweep` on a case of many actors printed warnings about its own tables.
    """
    accounts = [f"account:A{i}" for i in range(200)]
    found = pd.DataFrame(
        {"variant": ["base", "a"], "status": "optimal", "method": "solved", "value": [2.0, 1.0]}
        | {name: [2.0, 1.0] for name in accounts}
    )
    variants = [SimpleNamespace(parts=(), names=()), SimpleNamespace(parts=("a",), names=("a",))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = losses_of(found, ["value", *accounts], variants)
        table.insert(1, "beside", [0.0])
    assert table["loss"].tolist() == [1.0] and len(table.columns) == 8 + len(accounts)
