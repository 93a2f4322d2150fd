"""Build now or wait, against plain enumeration of plans and against a closed form."""

from __future__ import annotations

import random

import numpy as np
import pytest

from small import build, days, link, market, places, supply
from straits.errors import ModelError
from straits.hedge import timing
from straits.hedge.histories import Histories
from straits.hedge.timing import _weighed
from straits.hedge.years import Project, Years


def enumerated(projects, needs, bars, loss, moves, horizon, rate, *, regime=0, year=0, since=None):
    """The least expected cost from a year on, by trying every set to start in every year and regime; dates stay as they are."""
    since = since or (None,) * len(projects)
    if year == horizon:
        return 0.0
    # What has come to its end is not there any more.
    since = tuple(
        None if s is not None and year >= s + p.build + p.life else s
        for s, p in zip(since, projects, strict=True)
    )
    best = np.inf
    free = [i for i, s in enumerate(since) if s is None]
    for choice in range(1 << len(free)):
        start = {free[k] for k in range(len(free)) if choice >> k & 1}
        then = tuple(year if i in start else s for i, s in enumerate(since))
        there = {i for i, s in enumerate(then) if s is not None}
        if any(needs[i] >> j & 1 and j not in there for i in start for j in range(len(projects))):
            continue
        if any(bars[i] >> j & 1 for i in there for j in there):
            continue
        works = {i for i in there if then[i] + projects[i].build <= year}
        for _ in projects:
            works = {i for i in works if all(j in works for j in range(len(projects)) if needs[i] >> j & 1)}
        paid = sum(projects[i].cost for i in there if year < then[i] + projects[i].life)
        ahead = sum(
            p
            * enumerated(
                projects, needs, bars, loss, moves, horizon, rate, regime=r, year=year + 1, since=then
            )
            for r, p in enumerate(moves[regime])
            if p > 0
        )
        best = min(best, loss[sum(1 << i for i in works), regime] + paid + ahead / (1 + rate))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_against_enumeration(seed: int) -> None:
    """Proves: with three options, four years and two regimes the least expected cost is that of trying all plans.
    Without it: a state could be left out, or one be two."""
    chance = random.Random(seed)
    years = 4 if seed % 3 == 0 else 3
    projects = [
        Project(chance.randint(1, 9), chance.randint(0, 2), chance.choice([1, 2, 3, 9])) for _ in range(3)
    ]
    needs, bars = [0, 0, 0], [0, 0, 0]
    if seed % 2:
        needs[2] = 1
    elif seed % 4:
        bars[0], bars[1] = 2, 1
    loss = np.zeros((8, 2))
    gains = [[chance.randint(0, 12) for _ in range(3)] for _ in range(2)]
    for p in range(8):
        for r in range(2):
            loss[p, r] = 40 - sum(gains[r][i] for i in range(3) if p >> i & 1)
    stay = chance.choice([0.5, 0.9])
    moves = np.array([[stay, 1 - stay], [0.25, 0.75]])
    found = Years(projects, needs, bars, loss, moves, years, 0.1).best()
    for r in range(2):
        expected = enumerated(projects, needs, bars, loss, moves, years, 0.1, regime=r)
        assert found[r] == pytest.approx(expected, rel=1e-12)


def test_wait_or_build_by_hand() -> None:
    """Proves: the value of waiting, and the plan, of one option over two years are those worked out by hand.
    Without it: the choice of a year could be taken before its regime is known, and waiting would be worth nothing."""
    # Calm: nothing is lost. Tense: 10 a year, nothing with the option. It costs 4 a year, works at once and for ever.
    loss = np.array([[0.0, 10.0], [0.0, 0.0]])
    moves = np.array([[0.5, 0.5], [0.0, 1.0]])
    years = Years([Project(4.0, 0, 9)], [0], [0], loss, moves, 2, 0.0)
    # From calm: wait a year, then build only if it is tense: 0.5 · 4. Now or never: never 0.5 · 10, now 4 + 4.
    assert years.best().tolist() == [2.0, 8.0]
    assert years.now_or_never().tolist() == [5.0, 8.0]
    assert [years.started(0, r, years.empty) for r in (0, 1)] == [0, 1]


def _case(**more):
    """One way to the market, which the neighbour can close; an option opens another."""
    tables = {
        "places": places("A", "B"),
        "links": [link("old", "A", "B", capacity=10), link("new", "A", "B", capacity=0)],
        "supplies": [supply("s", "A", 10)],
        "markets": [market("m", "B", 100)],
        "options": [{"id": "way", "name": "way", "asset": "new", "adds": 10, "adds_unit": "kt/d", "capital_cost": 0.2,
                     "capital_cost_unit": "MUSD", "life_years": 20, "years_to_build": 0}],
        "regimes": [
            {"id": "calm", "start_probability": 1, "strike_probability": 0, "transitions": "calm:0.5|tense:0.5"},
            {"id": "tense", "strike_probability": 0.5},
        ],
    }  # fmt: skip
    return build(tables | more, time=days(1))


def test_of_a_case() -> None:
    """Proves: losses of a year are those of the axis for a whole year, and the probability at which starting now is as good
    is that of the closed form.
    Without it: a loss of a day would be held against a cost of a year."""
    found = timing(_case(), horizon=1, assets=["old"], budget=1, discount_rate=0.0)
    losses = found.losses.set_index(["works", "regime"])["loss"]
    # 1 MUSD a day, 365 a year, half of it in a tense year.
    assert losses["", "tense"] == pytest.approx(182.5) and losses["way", "tense"] == pytest.approx(0.0)
    row = found.decisions.iloc[0]
    assert row["start"] == "" and row["waiting"] == 0.0
    # The option costs 0.01 a year and saves 365 p: as good at p = 0.01 / 365.
    assert row["as_good_at"] == pytest.approx(0.01 / 365, rel=1e-6)
    assert (found.plan["start"] == "").tolist() == [True, False]
    # It takes no time to build: what is started works in the same year.
    assert found.plan["works"].tolist() == found.plan["start"].tolist()


def test_chance_can_be_left_out() -> None:
    """Proves: with `draws=0` the plan of a case with hazards is that of the case without them, and other than with them.
    Without it: who asks about an attacker alone would have to take the hazards out of the case."""
    storm = {"id": "storm", "name": "storm", "assets": "old", "rate_per_year": 300, "duration_days": 1,
             "duration_shape": "fixed"}  # fmt: skip
    asked = {"horizon": 1, "assets": ["old"], "budget": 1, "discount_rate": 0.0}
    stormy = _case(hazards=[storm])
    without, plain = timing(stormy, draws=0, **asked), timing(_case(), **asked)
    assert without.losses["loss"].tolist() == plain.losses["loss"].tolist()
    assert timing(stormy, **asked).losses["loss"].iloc[0] > plain.losses["loss"].iloc[0]
    with pytest.raises(ModelError, match="draws=0"):
        timing(stormy, [{"id": "a", "start_probability": 1}], draws=0)


def test_a_divisible_option_is_told() -> None:
    """Proves: an option that could be built in part, and is taken whole in a plan over years, is named in a warning.
    Without it: the plan would be taken for one of parts."""
    whole = _case()
    tables = {name: frame.to_dict("records") for name, frame in whole.tables.items() if len(frame)}
    tables["options"][0]["divisible"] = True
    case = type(whole).from_tables(tables, **whole.settings.model_dump())
    found = timing(case, horizon=1, assets=["old"], budget=1)
    assert any("divisible" in told for told in found.parameters["warnings"])
    assert not timing(whole, horizon=1, assets=["old"], budget=1).parameters["warnings"]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([{"id": "a", "start_probability": 0.4}], "start_probability"),
        ([{"id": "a", "start_probability": 1, "transitions": "b:1"}], "transitions"),
        ([{"id": "a", "start_probability": 1, "transitions": "a:0.5"}], "transitions"),
        ([{"id": "a", "start_probability": 1, "strike_probability": 2}], "strike_probability"),
        ([{"id": "a", "start": 1}], "unknown column .start"),
    ],
)
def test_wrong_regimes(rows, names) -> None:
    """Proves: regimes that cannot be right are refused, naming row and column.
    Without it: probabilities that add to less than 1 would make the future cheap."""
    with pytest.raises(ModelError, match=names):
        timing(_case(), rows, assets=["old"])


def test_strikes_need_an_attacker() -> None:
    """Proves: regimes in which an attacker strikes, and none is named, are an error that says what to give.
    Without it: nothing would be lost, and nothing built."""
    with pytest.raises(ModelError, match="attacker"):
        timing(_case())


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_histories_where_rates_are_higher(factor: float) -> None:
    """Proves: with all rates `factor` times as high nothing happens with the chance to that power, and a history of n events
    weighs that power of the factor against the others. Without it: one factor, twice, could leave all weights as they were."""
    weight = np.array([0.5, 0.3, 0.2])
    drawn = Histories(
        [(), ("a",), ("b",)], weight, np.array([0, 30, 20]), ["", "a", "b"], np.array([0, 1, 2])
    )  # type: ignore[list-item]
    likely = np.array([0.3 * factor, 0.2 * factor**2])
    expected = [0.5**factor, *(likely / max(likely.sum(), 1e-300) * (1 - 0.5**factor))]
    assert _weighed(drawn, factor).weight == pytest.approx(expected)
