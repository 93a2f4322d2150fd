"""Rows for an arc and a commodity: the same optimum as without them, and as of trying all sets of options."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from hedge.random_options import Everything, allowed_sets, cost
from hedge.test_design import CANAD, canad_case
from small import build, days, link, market, places, store, supply
from straits import Case
from straits.errors import InfeasibleError
from straits.hedge import design
from straits.hedge.choices import read_choices
from straits.hedge.design import _program
from straits.hedge.linking import linking_rows, most_moved, strengthened, without_repeats
from straits.lp import Bounds, LinearProgram, Session, Status
from straits.model import compile_case

NODES = "ABCDE"


def shared_case(seed: int, *, divisible: bool = False) -> Case:
    """Two or three goods on arcs that they share, with ways back, losses, agreed flows, tanks and options that pile up."""
    chance = random.Random(seed)
    goods = ["oil", "gas", "ore"][: chance.choice([2, 2, 3])]
    arcs = [(a, b) for a in NODES for b in NODES if a != b]
    arcs = chance.sample(arcs, 9)
    links = [
        link(
            f"l{i}", a, b, capacity=chance.choice([0, 0, 0, 1, 3]), cost=chance.choice([0, 0, 2, 7]),
            loss=chance.choice([0, 0, 0, 0, 0.2]), commodities="|".join(goods),
        )
        for i, (a, b) in enumerate(arcs)
    ]  # fmt: skip
    where = {k: chance.sample(NODES, 3) for k in goods}
    tables = {
        "commodities": [{"id": k, "name": k, "unit": "kt", "tracked": False} for k in goods],
        "places": places(*NODES),
        "links": links,
        "supplies": [
            supply(f"s{k}", where[k][0], chance.randint(1, 6), cost=chance.randint(0, 9), commodity=k)
            for k in goods
        ],
        "markets": [
            market(f"m{k}{p}", p, chance.randint(20, 60), demand=chance.randint(1, 5), commodity=k)
            for k in goods
            for p in where[k][1:]
        ],
    }
    if chance.random() < 0.3:
        tables["contracts"] = [{"id": "q", "name": "q", "kind": "least", "asset": "l0", "amount": 1, "amount_unit": "kt/d",
                                "penalty": 4, "penalty_unit": "USD/t"}]  # fmt: skip
    if chance.random() < 0.3:
        tables["stores"] = [store("t", "C", 6, in_rate=4, out_rate=4) | {"commodity": goods[0]}]
    tables["options"] = [
        {"id": f"o{i}", "name": f"o{i}", "asset": f"l{chance.randrange(9)}", "adds": chance.choice([1, 2, 8, 20]),
         "adds_unit": "kt/d", "capital_cost": chance.randint(0, 60), "capital_cost_unit": "kUSD", "life_years": 1 / 365 * 4,
         "fixed_cost": chance.choice([0, 9]), "fixed_cost_unit": "kUSD", "divisible": divisible}
        for i in range(6)
    ]  # fmt: skip
    return build(tables, time=days(chance.choice([1, 1, 2, 3])))


def program_of(case: Case):
    model = compile_case(case)
    program, whole, size = _program(read_choices(case, model, None, 0.0), None)
    return program, whole, size, model.formulation.balance.slice


@pytest.mark.parametrize("seed", range(30))
def test_against_all_sets(seed: int) -> None:
    """Proves: with the rows, what is built and the net value are those of trying all sets of options.
    Without it: a bound on what a commodity can need that is too small would shut out the best plan."""
    case = shared_case(seed)
    everything, share = Everything(case, []), compile_case(case).network.steps.days.sum() / 365
    nets = {
        chosen: everything.value(chosen) - share * cost(case, chosen, 0.0) for chosen in allowed_sets(case)
    }
    best = max(nets.values())
    if best == -np.inf:
        with pytest.raises(InfeasibleError):
            design(case, discount_rate=0.0)
        return
    row = design(case, discount_rate=0.0).design.iloc[0]
    assert row["net"] == pytest.approx(best, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("seed", range(30, 50))
def test_parts_as_without_the_rows(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: where parts can be built, the net value is that of the program without the rows.
    Without it: a row could ask for more of an option than a plan needs."""
    case = shared_case(seed, divisible=True)
    found = design(case, discount_rate=0.0).design["net"].iloc[0]
    monkeypatch.setattr(
        sys.modules["straits.hedge.design"], "strengthened", lambda program, *_, **__: program
    )
    assert found == pytest.approx(design(case, discount_rate=0.0).design["net"].iloc[0], rel=1e-7, abs=1e-9)


def test_the_rows_are_there_and_say_more() -> None:
    """Proves: most of the random cases have such rows, and on a published network the relaxation rises from 55 to 87 % of the
    optimum. Without it: the tests above would hold of programs without the rows."""
    there = 0
    for program, _, size, balance in map(program_of, map(shared_case, range(30))):
        there += len(linking_rows(program, size, most_moved(program, size, balance)).upper) > 0
    assert there > 15
    name = "CPlus/c25_100_10_F_L_5.dow"
    program, _, size, balance = program_of(canad_case(CANAD[name]))
    optimum = 1000 * CANAD[name]["expected"]["mip_optimum"]
    shares = [Session(p).solve().value / optimum for p in (program, strengthened(program, size, balance))]
    assert shares == pytest.approx([0.55, 0.87], abs=0.01)


def one_way(**more):
    """A field of 4 and a buyer of 3, with a road between that is to be built."""
    tables = {
        "places": places("A", "B"),
        "links": [link("l", "A", "B", capacity=0, **more)],
        "supplies": [supply("s", "A", 4)],
        "markets": [market("m", "B", 100, demand=3)],
        "options": [{"id": "o", "name": "o", "asset": "l", "adds": 50, "adds_unit": "kt/d", "capital_cost": 1,
                     "capital_cost_unit": "kUSD", "life_years": 1}],
    }  # fmt: skip
    return tables


def bounds_of(tables, **how) -> list[float]:
    program, _, size, balance = program_of(build(tables, **how))
    flow = compile_case(build(tables, **how)).formulation.flow.slice
    return most_moved(program, size, balance)[flow].tolist()


def test_what_a_commodity_can_need() -> None:
    """Proves: the bound is what the buyer takes, or what the field has where that is less, a step at a time; with a tank, what it
    can take or give besides (before the first day it has nothing). Where cargo is lost on the way, some of it is longer under way
    than a step, or moving it pays, nothing is known.
    Without it: it would be wrong, or miss what is plain."""
    assert bounds_of(one_way(), time=days(1)) == [3.0]
    few = one_way() | {"supplies": [supply("s", "A", 2)]}
    assert bounds_of(few, time=days(1)) == [2.0]
    assert bounds_of(one_way(), time=days(3)) == [3.0, 3.0, 3.0]
    tank = {"stores": [store("t", "A", 6, in_rate=9, out_rate=9)]}
    assert bounds_of(one_way() | tank, time=days(3)) == pytest.approx([4.0, 9.0, 9.0])
    for unknown in ({"loss": 0.1}, {"transit_days": 0.5}):
        assert bounds_of(one_way(**unknown), time=days(2))[0] == np.inf
    program, _, size, balance = program_of(build(one_way(), time=days(1)))
    assert np.isinf(most_moved(replace(program, cost=program.cost - 1e6), size, balance)).all()


def test_what_is_said_twice_is_left_out() -> None:
    """Proves: of arcs that goods share, only the row of the arc stays, with the same relaxation.
    Without it: the program would carry thousands of rows that say nothing."""
    program, _, size, _ = program_of(canad_case(CANAD["R/r01.1.dow"]))
    bare = without_repeats(program, size)
    assert bare.matrix.shape[0] < program.matrix.shape[0] / 2
    before, after = Session(program).solve(), Session(bare).solve()
    assert after.status == Status.OPTIMAL and after.value == pytest.approx(before.value, rel=1e-9)


def test_what_is_not_said_twice_stays() -> None:
    """Proves: of three rows of one column, `x <= 1 + z`, `x <= 2 w` and `x <= 9 w`, beside `2 x + y <= 6 w` the last alone says
    nothing: the first is loosened by something else, the second is closer.
    Without it: a limit could be lost."""
    one = [[2, 1, 0, -6, 0, 0], [1, 0, -1, 0, 0, 0], [1, 0, 0, -2, 0, 0], [1, 0, 0, -9, 0, 0]]
    upper = np.array([0.0, 1.0, 0.0, 0.0])
    bounds = Bounds(np.zeros(6), np.full(6, 9.0), np.full(4, -np.inf), upper)
    found = without_repeats(LinearProgram(np.zeros(6), sparse.csc_matrix(one, dtype=float), bounds), 2)
    assert found.matrix.toarray().tolist() == [one[0], one[1], one[2]]
    assert found.bounds.row_upper.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("under_way", "sold", "least", "most"),
    [(0.0, 6.0, -np.inf, 3.0), (0.0, 20.0, -np.inf, 4.0), (2.0, 20.0, -np.inf, 6.0), (0.0, 6.0, 1.0, np.inf)],
)
def test_what_a_commodity_can_need_by_hand(under_way: float, sold: float, least: float, most: float) -> None:
    """Proves: over a way there, with a way back beside it, goes what a row of `2 m <= 6` lets the buyer take, or the 4 of the
    field and what is under way at the start; of a way that a row asks for at least 1 of, nothing is known.
    Without it: amounts of another unit, or what comes by itself, could be left out, and an agreed flow cut off."""
    # There, back, supply, sale; a part and whether it is built.
    rows = [[-1, 1, 1, 0, 0, 0], [1, -1, 0, -1, 0, 0], [0, 0, 0, 2, 0, 0], [1, 0, 0, 0, 0, 0]]
    upper = np.array([-under_way, 0.0, sold, np.inf])
    lower = np.array([-under_way, 0.0, -np.inf, least])
    bounds = Bounds(np.zeros(6), np.array([9.0, 9.0, 4.0, np.inf, 1.0, 1.0]), lower, upper)
    program = LinearProgram(np.zeros(6), sparse.csc_matrix(rows, dtype=float), bounds)
    assert most_moved(program, 4, slice(0, 2))[0] == most
