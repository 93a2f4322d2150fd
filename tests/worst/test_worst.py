"""The worst attack, its proof, its ties and what to protect, against brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import small
import straits
from attackedcases import random_case
from straits.case.ownership import closable_by
from straits.engine import Session, close, combine
from straits.engine.measures import Measures
from straits.engine.targets import window_of
from straits.errors import ModelError
from straits.model import compile_case
from straits.worst import minimal_cut_sets, protect, worst
from straits.worst.question import ask
from straits.worst.search import Search

WINDOW = "2022-01-01:2d"


def brute(case, budget, *, objective="value", read=None, weights=None, assets=None, **more):
    """Every attack within the budget, each solved; gives {attack: value}."""
    q = ask(
        case, target=more.get("target"), objective=objective, assets=assets, weights=weights, window=WINDOW
    )
    found, session = {}, Session(q.model)
    for size in range(len(q.patches) + 1):
        for chosen in combinations(range(len(q.patches)), size):
            if sum(q.weights[i] for i in chosen) > budget + 1e-9:
                continue
            session.take(combine(q.model, [q.patches[i] for i in chosen]) if chosen else None)
            answer = session.run_cold() if read else session.run()
            value = (
                -np.inf
                if answer.status == "infeasible"
                else read(q, answer)
                if read
                else -answer.value * q.scale
            )
            found[frozenset(q.names[i] for i in chosen)] = value
    return found


def attack_of(text):
    return frozenset(text.split("|")) if text else frozenset()


def minimal_worst(found, near):
    least = min(found.values())
    worst_sets = [a for a, v in found.items() if v <= least + near]
    return least, {a for a in worst_sets if not any(b < a for b in worst_sets)}


@pytest.mark.parametrize("block", range(10))
def test_search_is_brute_force_on_200_cases(block):
    """Proves: value, attack, bound and every tie of budgets 0 to 3 equal brute force, on 200 random cases.
    Without it: a covering cut that is too strong would lose an attack without a word.
    """
    for seed in range(20 * block, 20 * block + 20):
        case = random_case(seed, promises=seed % 2 == 1, ramps=seed % 5 == 4)
        result = worst(case, budget=3, window=WINDOW)
        found = brute(case, 3)
        for row in result.curve.itertuples():
            within = {a: v for a, v in found.items() if len(a) <= row.budget}
            near = 1e-7 * (1 + abs(found[frozenset()]))
            least, ties = minimal_worst(within, near)
            assert row.value == pytest.approx(least, rel=1e-9, abs=1e-9), (seed, row.budget)
            assert row.proved and row.gap == 0 and row.largest_loss == row.loss
            named = {attack_of(a) for a in result.ties.loc[result.ties["budget"] == row.budget, "attack"]}
            if row.all_ties:
                assert named == ties, (seed, row.budget)
            else:
                assert named <= ties and len(ties) > 50
            assert attack_of(row.attack) in ties


@pytest.mark.parametrize("assets", ["places", "stores,links"])
@pytest.mark.parametrize("seed", [500, 501, 503, 505])
def test_search_is_brute_force_where_tanks_are_closed(seed, assets):
    """Proves: the same where tanks that hold something at the start may be closed, alone or with their place.
    Without it: what a tank held from the start, followed back to the tank itself, would end the search."""
    case = random_case(seed, rich=seed != 503)
    found = brute(case, 2, assets=assets)
    row = worst(case, budget=2, window=WINDOW, assets=assets).curve.iloc[-1]
    assert row["value"] == pytest.approx(min(found.values()), rel=1e-9, abs=1e-9) and row["proved"]


@pytest.mark.parametrize("seed", range(20))
def test_search_is_brute_force_where_there_is_everything(seed):
    """Proves: the same where transit splits arrivals, tanks have rates, fleets share a link, demand is a curve and quotas cost.
    Without it: the bounds of the search would be tried on the simplest models only.
    """
    case = random_case(seed, promises=seed % 2 == 1, ramps=seed % 5 == 4, rich=True)
    assets = "links,stores,fleets"
    result = worst(case, budget=2, window=WINDOW, assets=assets)
    found = brute(case, 2, assets=assets)
    least, ties = minimal_worst(found, 1e-7 * (1 + abs(found[frozenset()])))
    row = result.curve.iloc[-1]
    assert row["value"] == pytest.approx(least, rel=1e-9, abs=1e-9) and row["proved"]
    named = {attack_of(a) for a in result.ties.loc[result.ties["budget"] == 2, "attack"]}
    assert named == ties if row["all_ties"] else named <= ties


@pytest.mark.parametrize("seed", range(12))
def test_account_is_brute_force(seed):
    """Proves: an actor's account, which the reply does not maximise, is as low as brute force finds it.
    Without it: skipping attacks whose reply is known could skip the worst.
    """
    case = random_case(seed, promises=seed % 2 == 1)
    result = worst(case, target="AAA", budget=2, window=WINDOW)
    read = lambda q, answer: Measures(q.model, ["account:AAA"]).read(answer)[0]  # noqa: E731
    found = brute(case, 2, objective="account", read=read, target="AAA")
    assert result.curve["value"].iloc[-1] == pytest.approx(min(found.values()), rel=1e-7)
    assert result.curve["proved"].all()


@pytest.mark.parametrize("seed", range(12))
def test_released_obligations_are_brute_force(seed):
    """Proves: where closing a buyer releases a promise, so that closing more can help, the worst attack is still exact.
    Without it: the search would trust that closing more never helps.
    """
    case = random_case(seed, promises=True, ramps=True)
    assets = "links,markets,supplies"
    result = worst(case, assets=assets, budget=2, window=WINDOW)
    found = brute(case, 2, assets=assets)
    assert result.curve["value"].iloc[-1] == pytest.approx(min(found.values()), rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_weights_are_brute_force(seed):
    """Proves: with costs of closing, the worst attack of a budget that is no whole number is that of brute force."""
    case = random_case(seed)
    rng = np.random.default_rng(seed)
    weights = {f"l{k}": float(rng.uniform(0.3, 2)) for k in range(9)}
    result = worst(case, budget=2.5, weights=weights, window=WINDOW)
    found = brute(case, 2.5, weights=weights)
    assert result.curve["budget"].tolist() == [0, 1, 2, 2.5]
    assert result.curve["value"].iloc[-1] == pytest.approx(min(found.values()), rel=1e-9)
    assert result.curve["weight"].iloc[-1] <= 2.5


@pytest.mark.parametrize("seed", range(12))
def test_volume_and_cut_sets_are_brute_force(seed):
    """Proves: the least of the greatest exports, and all minimal sets that stop them, are those of brute force."""
    case = random_case(seed)
    found = brute(case, 3, objective="volume", target="AAA")
    result = worst(case, target="AAA", objective="volume", budget=3, window=WINDOW)
    assert result.curve["value"].iloc[-1] == pytest.approx(min(found.values()), rel=1e-9, abs=1e-9)
    whole = found[frozenset()]
    for remaining in (0.0, 0.6):
        cuts = minimal_cut_sets(case, target="AAA", budget=3, remaining=remaining, window=WINDOW)
        small = [a for a, v in found.items() if v <= remaining * whole + 1e-7 * (1 + whole)]
        assert {attack_of(a) for a in cuts.table["attack"]} == {
            a for a in small if not any(b < a for b in small)
        }
        assert cuts.complete


@pytest.mark.parametrize("seed", range(10))
def test_protection_is_nested_brute_force(seed):
    """Proves: the safe assets, and the worst attack that they leave, are those of trying every choice against every attack.
    Without it: a choice could be thrown away that leaves less to lose.
    """
    case = random_case(seed, promises=seed % 2 == 1)
    table = protect(case, protect=2, budget=2, window=WINDOW).table
    found = brute(case, 2)
    names = sorted({n for a in found for n in a})
    for count in range(3):
        best = max(
            min(v for a, v in found.items() if not a & set(safe))
            for size in range(count + 1)
            for safe in combinations(names, size)
        )
        row = table.iloc[count]
        assert row["value"] == pytest.approx(best, rel=1e-9), count
        assert row["proved"] and row["gap"] == 0
        safe = attack_of(row["protected"])
        assert min(v for a, v in found.items() if not a & safe) == pytest.approx(row["value"], rel=1e-9)
        assert found[attack_of(row["attack"])] == pytest.approx(row["value"], rel=1e-9)


def test_stopped_search_has_a_true_bound():
    """Proves: a search that is stopped at once says that nothing is proved, and its bound is not below the true worst loss.
    Without it: an unproved attack would be shown as the worst.
    """
    case = random_case(3)
    truth = worst(case, budget=3, window=WINDOW).curve.iloc[-1]
    stopped = worst(case, budget=3, window=WINDOW, seconds=0.0).curve.iloc[-1]
    assert not stopped["proved"] and stopped["gap"] > 0
    assert stopped["loss"] <= truth["loss"] <= stopped["largest_loss"] + 1e-9


@pytest.mark.parametrize("ticks", [3, 8, 20, 40])
def test_search_stopped_anywhere_has_a_true_bound(ticks, monkeypatch):
    """Proves: wherever a search is stopped, no attack takes more than it says; and the longer it runs, the less it leaves open.
    Without it: what is still to be looked at when the time is up could be forgotten.
    """
    clock = iter(range(10**9))
    monkeypatch.setattr("straits.worst.search.time.perf_counter", lambda: next(clock))
    open_ends = 0
    for seed in range(8):
        question = ask(random_case(seed, promises=seed % 2 == 1), window=WINDOW)
        truth = Search.on(question).worst(3)
        found = Search.on(question, seconds=ticks).worst(3)
        near = 1e-7 * (1 + abs(truth.value))
        assert found.bound - near <= truth.value <= found.value + near, seed
        open_ends += found.bound < found.value
    assert open_ends > 0 if ticks < 10 else open_ends < 8


def test_attacker_closes_only_what_it_controls():
    """Proves: with an attacker, only what it may close is in the attack: under veto what it owns too, under host only what
    lies on its land or is its market."""
    case = random_case(1)
    own = {f"l{k}" for k in range(0, 9, 2)}
    for access in ("veto", "host"):
        result = worst(case, attacker="BBB", budget=2, window=WINDOW, access=access)
        may = {item.asset for item in closable_by(case, "BBB", access=access)}
        assert set(result.assets) == may
        assert set(result.curve["attack"].iloc[-1].split("|")) <= may
        assert (own <= may) is (access == "veto")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"budget": 10}, "costs 9"),
        ({"budget": float("nan")}, "budget"),
        ({"attacker": "CCC"}, "no actor 'CCC'"),
        ({"objective": "account"}, "needs a target"),
        ({"objective": "valu"}, "did you mean 'value'"),
        ({"window": "2023-01-01:5d"}, "outside the time axis"),
        ({"window": "soon"}, "expected a first day"),
        ({"weights": {"l99": 1.0}}, "l99"),
        ({"weights": {"l1": float("nan")}}, "above 0"),
        ({"assets": "l77"}, "l77"),
        ({"target": "BBB", "objective": "volume"}, "origin of no cargo"),
    ],
)
def test_bad_questions_are_refused(more, text):
    """Proves: a question that has no meaning is refused in words that say what would be accepted."""
    with pytest.raises(ModelError, match=text):
        worst(random_case(0), **({"window": WINDOW, "budget": 1} | more))


def test_attacker_without_assets_is_refused():
    """Proves: an attacker who controls nothing in the window is an error, not an attack of nothing."""
    case = random_case(1)
    with pytest.raises(ModelError, match="actor BBB controls nothing"):
        worst(build_without_land(case), attacker="BBB", budget=1, window=WINDOW)


def build_without_land(case):
    """Return the case with nothing of BBB's: no land, no market, no control."""
    tables = {name: frame for name, frame in case.tables.items() if len(frame) and name != "controls"}
    tables["places"] = tables["places"].assign(territory="AAA")
    tables["markets"] = tables["markets"].assign(buyer="AAA")
    return straits.Case.from_tables(tables, id="bare", title="bare", time=case.settings.time.model_dump())


def test_unlimited_windows_are_the_axis():
    """Proves: without a window the whole axis is closed."""
    model = compile_case(random_case(0))
    assert window_of(model.case, None) == (model.case.settings.time.start, model.case.settings.time.end)
    assert (
        len(close(model, "l0", *window_of(model.case, None)).columns)
        + len(close(model, "l0", *window_of(model.case, None)).rows)
        == 3
    )


def test_a_state_is_hurt_with_its_companies():
    """Proves: what a company of the target loses is counted: 4 kt a day at 200 - 60 USD/t.
    Without it: a state whose fields and pipes belong to companies would look safe.
    """
    case = small.build(
        {
            "actors": [{"id": "co", "name": "co", "kind": "company", "state": "AAA"}],
            "places": small.places("A", "B"),
            "links": [small.link("pipe", "A", "B", cost=10)],
            "supplies": [small.supply("field", "A", 4, cost=50)],
            "markets": [small.market("buyer", "B", 200)],
            "controls": [
                {"id": "own", "asset": "field", "actor": "co", "role": "owner", "share": 1.0},
            ],
        }
    )
    found = worst(case, target="AAA", budget=1)
    assert found.curve["loss"].iloc[-1] == pytest.approx(0.56)


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_protection_that_runs_out_of_time_has_a_true_bound(seed):
    """Proves: with no time at all the best loss lies between `least_loss` and `loss`, `gap` is their difference as a share, and
    nothing is called proved that was not tried.
    Without it: a choice made in haste would be shown as the best there is.
    """
    case = random_case(seed)
    true = protect(case, protect=2, budget=2, window=WINDOW).table
    hasty = protect(case, protect=2, budget=2, window=WINDOW, seconds=0.0).table
    assert not hasty["proved"].all()
    for best, row in zip(true.itertuples(), hasty.itertuples(), strict=True):
        assert row.least_loss <= best.loss + 1e-6 <= row.loss + 2e-6
        assert row.gap == pytest.approx(0.0 if row.proved else (row.loss - row.least_loss) / row.loss)
        assert row.loss == pytest.approx(true["loss"][0] - (row.value - true["value"][0]))


def test_a_good_that_nobody_brings_in_is_named():
    """Proves: for what comes in, another good than those that are used is refused with those that are.
    Without it: zero would be an answer."""
    case = straits.load_case("landlocked-importer")
    goods = sorted(case.rows("commodities"))
    with pytest.raises(ModelError, match=f"commodity 'none': expected .*{goods[0]}"):
        worst(case, objective="imports", commodity="none", budget=1)
