"""What is asked wrong about options: an error that says where, what was found and what to do."""

from __future__ import annotations

import numpy as np
import pytest

from hedge.random_options import random_case
from small import build, days, link, market, places, supply
from straits.errors import ModelError, StraitsError
from straits.hedge import design, hedge

OPTION = {"id": "way", "name": "way", "asset": "new", "adds": 10, "adds_unit": "kt/d", "capital_cost": 1,
          "capital_cost_unit": "MUSD", "life_years": 20}  # fmt: skip
#: Thousand USD/t times kt is million: 10 kt/d at 100 USD/t are 1 MUSD a day.
OLD = link("old", "A", "B", capacity=10)


def case(*options, scenarios=(), contracts=(), **more):
    return build(
        {
            "places": places("A", "B", "C"),
            "links": [OLD, link("new", "A", "B", capacity=0), link("aside", "C", "B", capacity=5)],
            "supplies": [supply("s", "A", 10)],
            "markets": [market("m", "B", 100)],
            **({"contracts": list(contracts)} if contracts else {}),
            "options": [OPTION | dict(o) for o in options] or [OPTION],
            **more,
        },
        scenarios=scenarios,
        time=days(1),
    )  # fmt: skip


QUIET = {"id": "quiet", "title": "quiet", "probability": 0.5}
STOP = {"id": "stop", "title": "stop", "probability": 0.4,
        "disruptions": [{"asset": "old", "start": "2022-01-01", "end": "2022-01-02"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "asked", "names"),
    [
        ([{"capital_cost": None}], {}, ["options", "way", "capital_cost"]),
        ([{"life_years": None}], {}, ["options", "way", "life_years"]),
        ([{"adds": float("inf")}], {}, ["way"]),
        ([], {"options": ["wya"]}, ["wya", "way"]),
        ([], {"options": ["way", "way"]}, ["way", "twice"]),
        ([], {"attacker": "CCC"}, ["CCC", "controls nothing"]),
        ([], {"objective": "account", "target": "AAA"}, ["account", "value", "volume"]),
        ([], {"level": 1.0, "against": "hazards", "measure": "cvar", "histories": ["quiet"]}, ["level"]),
        ([], {"measure": "expected"}, ["measure", "worst"]),
        ([], {"against": "hazards", "measure": "worst", "histories": ["quiet"]}, ["measure", "expected"]),
        ([], {"against": "hazards", "histories": ["quiet", "stop"]}, ["0.9", "add", "1"]),
        ([], {"against": "hazards", "histories": ["baseline"]}, ["baseline", "probability"]),
        ([], {"against": "hazards", "histories": ["quiet"], "budget": 2}, ["budget", "both"]),
        ([], {"histories": ["quiet"]}, ["histories", "both"]),
        ([], {"against": "hazards"}, ["hazards"]),
        ([], {"against": "chance"}, ["against", "attack"]),
        ([], {"spend": -1}, ["spend"]),
        ([], {"discount_rate": -0.1}, ["discount_rate"]),
        ([], {"new_assets": "sound"}, ["new_assets", "safe"]),
        ([], {"seconds": -1}, ["seconds"]),
        ([], {"buget": 1}, ["buget", "budget"]),
    ],
)
def test_an_error_says_what(options, asked, names) -> None:
    """Proves: each slip is an error that names what was found and what would be accepted.
    Without it: it would be answered as another question."""
    with pytest.raises(StraitsError) as error:
        hedge(case(*options, scenarios=[QUIET, STOP]), **asked)
    for name in names:
        assert name in str(error.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Proves: blank costs of several options are told together.
    Without it: a user would find them one by one."""
    with pytest.raises(ModelError) as error:
        hedge(case({"capital_cost": None}, {"id": "other", "life_years": None}))
    assert "row way, column capital_cost" in str(error.value) and "row other, column life_years" in str(
        error.value
    )


def test_what_is_required_must_be_there_to_choose() -> None:
    """Proves: an option cannot be chosen from a list without what it requires.
    Without it: it would be built alone."""
    both = case({}, {"id": "other", "requires": "way"})
    with pytest.raises(ModelError, match="requires 'way'"):
        hedge(both, options=["other"])


def test_a_history_that_no_plan_can_meet() -> None:
    """Proves: a history that breaks a hard promise is named, and what gives it a price.
    Without it: the mean would be infinite, and nothing would help."""
    hard = market("m", "B", 100, demand=5, demand_kind="fixed")
    found = case(scenarios=[QUIET, STOP | {"probability": 0.5}], markets=[hard])
    with pytest.raises(ModelError, match=r"'stop'.*unmet_price"):
        hedge(found, "hazards", histories=["quiet", "stop"])


def test_an_option_that_no_cargo_reaches_is_a_warning() -> None:
    """Proves: an option on a link that leads from nowhere adds nothing; it is told, and the rest is answered.
    Without it: one idle row would stop every question about a case."""
    found = hedge(case({}, {"id": "idle", "asset": "aside"}), budget=1, assets=["old"])
    assert any("'idle'" in w for w in found.parameters["warnings"])
    assert found.frontier["portfolio"].tolist() == ["", "way"]
    assert design(case({}, {"id": "idle", "asset": "aside"})).design["portfolio"].tolist() == [""]


def test_stopped_keeps_its_bounds() -> None:
    """Proves: without time the staircase still has what is lost at most and at least, the true one between.
    Without it: a stopped run would say nothing, or claim what it has not proved."""
    for seed in (16,):
        drawn = random_case(seed)
        whole = hedge(drawn, budget=2, window="2022-01-02:2d")
        stopped = hedge(drawn, budget=2, window="2022-01-02:2d", seconds=0)
        assert not stopped.frontier["proved"].all()
        for row in stopped.frontier.to_dict("records"):
            true = whole.frontier.loc[whole.frontier["cost"] <= row["cost"] + 1e-12, "loss"].min()
            assert row["least_loss"] <= true + 1e-9 <= row["loss"] + 2e-9
            assert row["proved"] or row["gap"] > 0


def test_without_time_or_attacker_nothing_is_named() -> None:
    """Proves: against chance alone no attack is named, and without time the first step costs nothing, of parts of options too.
    Without it: a blank would read as an attack on nothing, or what is not built would cost money."""
    scenarios = [QUIET | {"probability": 0.6}, STOP]
    chance = hedge(case(scenarios=scenarios), "hazards", measure="expected", histories=["quiet", "stop"])
    assert chance.frontier["attack"].isna().all()
    first = hedge(case({"divisible": True}), budget=1, assets=["old"], seconds=0).frontier.iloc[0]
    assert first["cost"] == 0 and first["portfolio"] == ""


def test_an_agreement_is_an_option() -> None:
    """Proves: an option on a contract raises the agreed amount, and one that is new is closed by nobody where it is safe.
    Without it: a signature could not be weighed against steel."""
    agreed = [
        {
            "id": "quota",
            "name": "quota",
            "kind": "greatest",
            "asset": "old",
            "amount": 2,
            "amount_unit": "kt/d",
        }
    ]
    found = hedge(case({"asset": "quota", "adds": 3}, contracts=agreed), budget=0)
    assert found.frontier["saved"].tolist() == pytest.approx([0.0, 0.3])
    exposed, safe = (
        hedge(case(), budget=2, assets=["old", "new"], new_assets=how).frontier["loss"].tolist()
        for how in ("exposed", "safe")
    )
    assert exposed == pytest.approx([1.0]) and safe == pytest.approx([1.0, 0.0], abs=1e-9)


def test_an_enlarged_link_keeps_what_is_new() -> None:
    """Proves: with safe new assets a closed link keeps what the option added, in part of a step too.
    Without it: a link would be safe as a whole or not at all."""
    wide = case({"asset": "old", "adds": 5}, supplies=[supply("s", "A", 20)])
    found = hedge(wide, budget=1, assets=["old"], new_assets="safe")
    assert found.frontier["loss"].tolist() == pytest.approx([1.0, 0.5])
    assert np.isnan(found.frontier["standard_error"]).all()


@pytest.mark.parametrize(
    ("against", "asked"),
    [
        ("hazards", {}),
        ("both", {"budget": 1, "window": "2022-01-01:1d", "assets": ["new"]}),
        ("both", {"budget": 1, "window": "2022-01-01:1d", "assets": ["new"], "foresight": "surprise"}),
    ],
)
def test_a_history_that_breaks_a_promise_without_price_is_named(against: str, asked: dict) -> None:
    """Proves: a history under which a hard promise cannot be kept is named, also where closures come by surprise and the
    plan before the news is what fails. Without it: the mean would hold a loss without limit."""
    promised = [market("m", "B", 100, demand_kind="fixed", demand=3)]
    hard = case(markets=promised, scenarios=[QUIET | {"probability": 0.6}, STOP])
    with pytest.raises(ModelError, match="'stop' leaves no plan"):
        hedge(hard, against, measure="expected", histories=["quiet", "stop"], **asked)
