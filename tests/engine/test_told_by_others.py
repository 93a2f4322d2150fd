"""What drawn histories, leverage and threats tell of closures is what `stress` tells of them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

import straits
from closedcase import closing, closing_all, lost_by
from straits.access.rights import spokesmen
from straits.case.ownership import counted_for
from straits.contingency import ensemble
from straits.engine.measures import export_weights
from straits.power import leverage
from straits.threat.network.states import States


def lost(compared, scenario, measure):
    """What a scenario takes of a measure, by `stress`."""
    case, (what, *rest) = compared.case, measure.split(":")
    if what == "value":
        return compared.value_lost(scenario)
    if what == "state":
        return lost_by(compared, scenario, counted_for(case, rest[0]))
    before, after = compared.beside[scenario], compared.solutions[scenario]
    return float((export_weights(before.model, *rest) * (before.x - after.x)).sum())


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("caspian", "state:KAZ"),
        ("caspian", "exports:crude:KAZ"),
        ("euro-gas", "value"),
        ("red-sea", "exports:oil:KWT"),
    ],
)
def test_drawn_histories_are_told_as_scenarios(name, measure):
    """Proves: what a drawn history takes is what a scenario with the same closures takes, of accounts, exports and joint value.
    Without it: a history of `red-sea` took 2.9 kt of Kuwait's exports where `stress` told 0.02, and one of `euro-gas` 33
    million USD more than there.
    """
    case = straits.load_case(name)
    start, end, hazards = case.settings.time.start, case.settings.time.end, case.rows("hazards")
    drawn = ensemble(case, draws=8, rng=3, measure=measure).histories
    scenarios = []
    for number, text in enumerate(drawn["events"]):
        closed = []
        for hazard, begins, days in re.findall(r"(\S+)@(\d+)\+(\d+)d", text):
            first = start + dt.timedelta(days=int(begins))
            last = min(first + dt.timedelta(days=int(days)), end)
            row = hazards[hazard]
            closed += [(asset, first, last, row.factor) for asset in row.assets]
        assert closed
        scenarios.append(closing_all(f"h{number}", closed))
    compared = straits.stress(case, scenarios, refine=False)
    for scenario, told in zip(scenarios, drawn["loss"], strict=True):
        assert told == pytest.approx(lost(compared, scenario.id, measure), abs=1e-3), scenario.id


@pytest.mark.parametrize(
    ("name", "players", "actor", "link", "start", "days"),
    [
        ("euro-gas", ["RUS", "UKR", "DEU", "POL", "AUT", "SVK"], "SVK", "kapusany", dt.date(2022, 7, 1), 31),
        ("caspian", ["KAZ", "RUS", "AZE", "GEO", "TUR", "UZB"], "TUR", "btc", dt.date(2022, 7, 2), 28),
    ],
)
def test_leverage_by_one_link_is_told_as_a_scenario(name, players, actor, link, start, days):
    """Proves: what the closure of one link, on which nothing of its host's own moves, takes from each player by leverage is what
    it takes from the player and its companies by `stress`.
    Without it: leverage would tell of the plan that the solver ended with: Germany gained 2.4 million USD by it, not 5.9.
    """
    case = straits.load_case(name)
    found = leverage(case, players, start=start, days=days, foresight="perfect", refine=False)
    assets, p = found.tables["assets"], found.parameters
    told = assets[(assets["asset"] == link) & (assets["actor"] == actor)].set_index("target")
    compared = straits.stress(case, [closing(link, p["start"], p["end"])], refine=False)
    speaks = spokesmen(case, players)
    assert len(told) == len(players) - 1
    for target, row in told.iterrows():
        theirs = [actor for actor, number in speaks.items() if number == players.index(target)]
        assert row["loss_alone"] == pytest.approx(lost_by(compared, f"no-{link}", theirs), abs=2e-2), target
        assert row["joint_alone"] == pytest.approx(compared.value_lost(f"no-{link}"), abs=1e-3)


@pytest.mark.parametrize("name", ["cpc-july-2022", "russia-transit"])
def test_threats_are_told_as_scenarios(name):
    """Proves: what a threatened act takes from sender, target and others, with nothing built, is what `stress` says of it.
    Without it: what a threat is worth would rest on which of equally good plans a solver ends with: 1,439 and 1,442 million USD.
    """
    case = straits.load_case("caspian")
    threat = case.threats[name]
    states = States(case, threat)
    told = states.losses(())
    end = threat.start + dt.timedelta(days=threat.days)
    act = closing_all(
        "act", [(strike.asset, threat.start, end, strike.factor) for strike in threat.act.disruptions]
    )
    compared = straits.stress(case, [act])
    assert told.joint == pytest.approx(compared.value_lost("act"), abs=1e-3)
    for number, player in enumerate(states.players):
        theirs = [actor for actor, of in states.speaker.items() if of == number]
        assert told.by_player[player].point == pytest.approx(lost_by(compared, "act", theirs), abs=2e-2)
