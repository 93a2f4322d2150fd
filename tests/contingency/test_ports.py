"""Events at ports, whose ships have no limit: closed in whole steps, while what has a limit loses its part of a step."""

from __future__ import annotations

import pytest

import straits
from small import build, link, market, places, supply
from straits.contingency import ensemble
from straits.contingency.hazards import Event, read_hazards
from straits.stress import stress

WEEKS = {"start": "2022-01-03", "end": "2022-02-14", "step": "week", "boundary": "empty"}


def port(factor=0.0, scenarios=()):
    """A field, a road of 6 kt/d to a port, ships without limit from there; a storm of ten days at the port."""
    return build(
        {
            "places": places("A", "P", "B"),
            "links": [link("road", "A", "P", capacity=6), link("ships", "P", "B", capacity="unlimited")],
            "supplies": [supply("field", "A", 6, cost=50)],
            "markets": [market("buyer", "B", 200)],
            "hazards": [{"id": "storm", "name": "Storm", "assets": "P", "rate_per_year": 9, "duration_days": 10,
                         "duration_shape": "fixed", "factor": factor}],
        },
        time=WEEKS, scenarios=list(scenarios),
    )  # fmt: skip


def struck(case, event):
    hazards = read_hazards(case)
    return sorted((e.asset, e.factor, (e.start - case.settings.time.start).days, (e.end - e.start).days)
                  for e in hazards.effects(event))  # fmt: skip


def test_what_an_event_strikes():
    """Proves: a storm from the ninth day on lasts ten days: the road loses all of them, ships the one week that it fills; one of
    six days, or one that leaves a half, changes nothing for the ships.
    Without it: how likely losses are could not be said of any case with a port whose ships have no limit.
    """
    assert struck(port(), Event("storm", 5, 10)) == [("road", 0.0, 5, 10), ("ships", 0.0, 7, 7)]
    assert struck(port(), Event("storm", 8, 6)) == [("road", 0.0, 8, 6)]
    assert struck(port(0.5), Event("storm", 5, 10)) == [("road", 0.5, 5, 10)]


@pytest.mark.parametrize("foresight", ["perfect", "surprise"])
def test_the_loss_of_a_storm_is_that_of_its_closures(foresight):
    """Proves: drawn storms cost what a scenario says that closes the road on their days, by hand 150 a tonne on 6 kt a day.
    Without it: trimmed closures could take more, or less, than the road's.
    """
    found = ensemble(port(), draws=12, rng=0, foresight=foresight, contributions=False)
    checked = 0
    for row in found.histories.to_dict("records"):
        days = set()
        for text in row["events"].split():
            start, length = (int(part.rstrip("d")) for part in text.split("@")[1].split("+"))
            days |= set(range(start, min(start + length, 42)))
        assert row["loss"] == pytest.approx(len(days) * 6 * 150 / 1000)
        checked += 1
    assert checked == 12


def test_the_check_says_what_an_event_cannot_close():
    """Proves: a hazard on the ships alone is warned of, one on the port, whose road has a limit, is not.
    Without it: a risk that no draw can show would look like none.
    """
    case = port()
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    assert not [f for f in case.check() if f.code == "hazard_unlimited"]
    # An ensemble cuts no steps, as a run of a scenario does.
    [short] = [f for f in case.check() if f.code == "short_for_steps"]
    assert "runs take it in the steps of the case" in short.message
    tables["hazards"][0]["assets"] = "ships"
    alone = straits.Case.from_tables(tables, **case.settings.model_dump())
    [warned] = [f for f in alone.check() if f.code == "hazard_unlimited"]
    assert (
        "'ships' has unlimited capacity: an event changes nothing in steps that it fills in part"
        in warned.message
    )
    assert stress(alone, []).baseline.objective > 0
