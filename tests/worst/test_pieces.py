"""What plans can lose: bounds on the harm of attacks, by hand and against solving."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import straits
from attackedcases import random_case
from small import days, link, market, places, supply
from straits.errors import ModelError
from straits.worst import worst
from straits.worst.cuts import Cuts
from straits.worst.oracle import Oracle, bits, mask_of
from straits.worst.pieces import _shares
from straits.worst.question import ask


def case_of(links, supplies, markets, **more):
    return straits.Case.from_tables(
        {
            "actors": [{"id": "AAA", "name": "AAA", "kind": "state"}],
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}],
            "places": places("A", "B", "C"),
            "links": links, "supplies": supplies, "markets": markets,
        } | more,
        id="small",
        title="small",
        time=days(2),
    )  # fmt: skip


def oracle_of(case, assets="links", **asked):
    question = ask(case, assets=assets, **asked)
    return Oracle(question.model, question.patches, question.scale), question


def test_a_chain_loses_what_its_pieces_are_worth():
    """Proves: of 4 kt/d to a near buyer (worth 90 each) and 2 kt/d on to a far one (worth 150 - 10 - 20), the first link takes
    both and the second its own; together no more than the first alone is counted twice.
    Without it: every bound on an attack rests on numbers nobody worked out.
    """
    case = case_of(
        [link("first", "A", "B", capacity=6, cost=10), link("second", "B", "C", capacity=9, cost=20)],
        [supply("field", "A", 6)],
        [
            market("b", "B", 100, demand=4, demand_unit="kt/d"),
            market("c", "C", 150, demand=2, demand_unit="kt/d"),
        ],
    )
    oracle, _ = oracle_of(case)
    reply = oracle.reply(0)
    assert reply.value == pytest.approx(2 * (4 * 90 + 2 * 120) / 1e3)
    assert reply.loss == pytest.approx([2 * (4 * 90 + 2 * 120) / 1e3, 2 * 2 * 120 / 1e3])
    assert oracle.reply(1).loss == pytest.approx([0, 0])


def test_a_promise_costs_its_price_and_its_penalty():
    """Proves: what a closure takes from a promised delivery is the price and the penalty for what is not delivered."""
    case = case_of(
        [link("pipe", "A", "B", capacity=6, cost=10)],
        [supply("field", "A", 6)],
        [market("b", "B", 100, demand=4, demand_unit="kt/d", demand_kind="fixed", unmet_price=50, unmet_price_unit="USD/t")],
    )  # fmt: skip
    oracle, _ = oracle_of(case)
    assert oracle.reply(0).loss == pytest.approx([2 * 4 * 140 / 1e3])
    assert oracle.value(0) - oracle.value(1) == pytest.approx(2 * 4 * 140 / 1e3)


def test_a_plan_that_may_not_shrink_says_so():
    """Proves: a hard promise cannot be left out of a plan: its loss is unknown, the attack leaves nothing feasible, and it is
    found.
    Without it: an infeasible attack would be ruled out by a bound that assumes that promises can be broken.
    """
    case = case_of(
        [
            link("pipe", "A", "B", capacity=6),
            link("spare", "A", "B", capacity=1, cost=5),
            link("last", "B", "C"),
        ],
        [supply("field", "A", 6)],
        [market("c", "C", 100, demand=4, demand_unit="kt/d", demand_kind="fixed")],
    )
    oracle, _ = oracle_of(case)
    assert np.isinf(oracle.reply(0).loss).tolist() == [True, True, False]
    found = worst(case, budget=1)
    assert found.curve["value"].iloc[1] == -np.inf and found.curve["proved"].all()
    assert found.ties.loc[found.ties["budget"] == 1, "attack"].tolist() == ["last", "pipe"]


def test_pieces_that_add_to_what_is_closed_are_made_up_for():
    """Proves: a value 1.5 over its closed bound, which one piece lowers by 3 and another raises by 1, needs 2.5 of the
    3; one that is 2.5 over cannot be brought down for certain.
    Without it: a selection of pieces could leave a closed store filling.
    """
    leaves = sparse.coo_array(np.array([[3.0, -1.0], [3.0, -1.0]]))
    share, lost = np.zeros((2, 2)), np.zeros(2, dtype=bool)
    _shares(leaves, np.array([1.5, 2.5]), np.zeros(2), np.array([0, 1]), share, lost)
    assert share.tolist() == [[pytest.approx(2.5 / 3), 0], [0, 0]]
    assert lost.tolist() == [False, True]


def test_a_case_without_a_solution_is_refused():
    """Proves: where nothing is feasible even without an attack, that is said, and no attack is called the worst."""
    case = case_of(
        [link("pipe", "A", "B", capacity=1)],
        [supply("field", "A", 6)],
        [market("b", "B", 100, demand=4, demand_unit="kt/d", demand_kind="fixed")],
    )
    with pytest.raises(ModelError, match="even if nothing is closed"):
        worst(case, budget=1)


@pytest.mark.parametrize("block", range(4))
def test_no_attack_takes_more_than_a_bound_says(block):
    """Proves: on random cases with everything a model can hold, an attack on top of another takes no more than its losses add up
    to; and many of these are known.
    Without it: a bound that is too low would prove a wrong attack.
    """
    known = asked = 0
    for seed in range(15 * block, 15 * block + 15):
        rng = np.random.default_rng(seed)
        case = random_case(seed, promises=seed % 2 == 1, ramps=seed % 5 == 4, rich=True)
        window = "2022-01-01:2d" if seed % 3 else "2022-01-02:2d"
        oracle, question = oracle_of(case, "links,stores,fleets", window=window)
        assert question.nested
        near = 1e-7 * (1 + abs(oracle.value(0)))
        for _ in range(12):
            first = mask_of(rng.choice(len(question.patches), rng.integers(0, 3), replace=False).tolist())
            reply = oracle.reply(first)
            used = np.flatnonzero(reply.loss)
            if not len(used):
                continue
            more = rng.choice(used, min(len(used), int(rng.integers(1, 4))), replace=False).tolist()
            asked += 1
            if np.isfinite(loss := reply.loss[more].sum()):
                known += 1
                assert oracle.value(first | mask_of(more)) >= reply.value - loss - near, (seed, first, more)
    assert known > 0.4 * asked


@pytest.mark.parametrize("assets", ["links,stores,fleets,supplies", "transit"])
def test_bounds_hold_on_caspian(assets):
    """Proves: the same on the reference case, with its quotas, tankers, ramps and transit times, for all kinds of asset whose
    closing only takes capacity away.
    """
    question = ask(straits.load_case("caspian"), assets=assets, window="2022-07-05:17d")
    patches = [p for p in question.patches if p.only_tightens(question.model)]
    oracle, rng = Oracle(question.model, patches, question.scale), np.random.default_rng(0)
    for _ in range(25):
        first = mask_of(rng.choice(len(patches), rng.integers(0, 3), replace=False).tolist())
        reply = oracle.reply(first)
        finite = np.flatnonzero((reply.loss > 0) & np.isfinite(reply.loss))
        more = rng.choice(finite, min(len(finite), 2), replace=False).tolist()
        least = reply.value - reply.loss[more].sum() - 1e-7 * abs(oracle.value(0))
        assert oracle.value(first | mask_of(more)) >= least, (first, more)


@given(st.integers(0, 10_000), st.booleans())
def test_cuts_are_the_greatest_sums(seed, weighted):
    """Proves: the bound on all attacks within a budget is no less than that of each, equal to the greatest without weights; and
    every attack that takes enough closes one of the children.
    Without it: the search would throw away attacks that it never looked at.
    """
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 2, 7).round(1) if weighted else np.ones(7)
    budget = float(rng.integers(1, 4))
    cuts = Cuts(weights)
    lines = [
        (float(rng.uniform(0, 5)), np.where(rng.random(7) < 0.4, 0, rng.uniform(0, 9, 7))) for _ in range(3)
    ]
    for number, (base, loss) in enumerate(lines):
        cuts.add(number, base, loss)
    more = rng.random(7) < 0.8
    more[0] = False
    room = budget - weights[0]
    attacks = [
        (0, *rest)
        for size in range(7)
        for rest in combinations(np.flatnonzero(more).tolist(), size)
        if weights[list(rest)].sum() <= room + 1e-9
    ]
    if room < 0:
        return
    sums = {a: min(base + loss[list(a)].sum() for base, loss in lines) for a in attacks}
    greatest = [max(base + loss[list(a)].sum() for a in attacks) for base, loss in lines]
    bound = cuts.within([0], more, room)
    assert bound >= max(sums.values()) - 1e-9
    if not weighted:
        assert bound == pytest.approx(min(greatest))
    least = float(rng.uniform(0, 20))
    children = set(cuts.children([0], more, room, least))
    for attack, most in sums.items():
        if len(attack) > 1 and most >= least:
            assert children & set(attack)
    assert list(bits(mask_of(children))) == sorted(children)
