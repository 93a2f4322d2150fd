"""What an optimum leaves open: ranges by hand, and against programs that ask for the same in another way."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import straits
from randomcases import cases
from small import build, days, link, market, places, supply
from straits.case.schema.settings import Scenario
from straits.engine.prices.ranges import change_ranges, changes_alike
from straits.lp.optimal_set import Duals
from straits.model.accounts import books_of
from straits.model.solution import Solution

PROPERTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: A field of 6 kt/d, two ways that cost the same, a market that takes it all.
TWINS = {
    "places": places("A", "B", B="BBB"),
    "links": [link("one", "A", "B", capacity=5, cost=10), link("two", "A", "B", capacity=4, cost=10)],
    "supplies": [supply("field", "A", 6, cost=50)],
    "markets": [market("buyer", "B", 200)],
    # What nobody owns would earn for nobody.
    "controls": [
        {"id": f"of-{key}", "asset": key, "actor": "AAA", "role": "owner", "share": 1}
        for key in ("field", "one")
    ],
}


def table(case, measures=None, **how):
    found = straits.ranges(straits.solve(case, **how), measures).set_index("measure")
    assert (found["least"] <= found["amount"]).all() and (found["amount"] <= found["most"]).all()
    return found


def between(found, measure):
    return found.loc[measure, ["least", "most"]].tolist()


def test_two_ways_that_cost_the_same():
    """Proves: of 6 kt each of two equal ways carries what the other leaves: 2 to 5 and 1 to 4 kt; together they carry 6, which is
    what is exported, and nothing else is open.
    Without it: the solver's choice between equals would be quoted as if the model had made it.
    """
    found = table(build(TWINS), ["flow:one", "flow:two", "exports:oil", "sales:buyer", "value", "state:AAA"])
    assert between(found, "flow:one") == pytest.approx([2, 5])
    assert between(found, "flow:two") == pytest.approx([1, 4])
    for measure in ("exports:oil", "sales:buyer"):
        assert between(found, measure) == pytest.approx([6, 6])
    assert between(found, "value") == pytest.approx([0.84, 0.84])
    assert found["unit"].tolist() == ["kt"] * 4 + ["million USD"] * 2


def test_a_seller_and_a_buyer_who_have_only_each_other():
    """Proves: a field of 6 kt/d at 50 and a market of 6 kt/d at 200, 10 apart: the price at the field is anything from 50 to 190,
    so each may have the whole 840 thousand or nothing; the sum stays. With room for more demand the seller has it all.
    Without it: half of a bargain would be reported as somebody's certain gain.
    """
    owned = {**TWINS, "links": [link("one", "A", "B", capacity=20, cost=10)]}
    owned["markets"] = [market("buyer", "B", 200, demand=6, buyer="BBB")]
    found = table(build(owned), ["state:AAA", "state:BBB", "account:BBB", "flow:one"])
    assert between(found, "state:AAA") == pytest.approx([0, 0.84])
    assert between(found, "state:BBB") == between(found, "account:BBB") == pytest.approx([0, 0.84])
    assert found.loc[["state:AAA", "state:BBB"], "amount"].sum() == pytest.approx(0.84)
    assert between(found, "flow:one") == pytest.approx([6, 6])
    owned["markets"] = [market("buyer", "B", 200, demand=7, buyer="BBB")]
    found = table(build(owned), ["state:AAA", "state:BBB"])
    assert between(found, "state:AAA") == pytest.approx([0.84, 0.84])
    assert between(found, "state:BBB") == pytest.approx([0, 0])


def test_a_promise_that_must_be_kept_has_any_price():
    """Proves: where all that the only field makes is promised, whatever it costs, no price is too high for the buyer.
    Without it: the solver's last basis would set a limit that is not there.
    """
    promised = {**TWINS, "links": [link("one", "A", "B", capacity=20, cost=10)]}
    promised["markets"] = [market("buyer", "B", 200, demand=6, demand_kind="fixed", buyer="BBB")]
    found = table(build(promised), ["state:AAA", "state:BBB"])
    assert between(found, "state:AAA") == pytest.approx([0, np.inf])
    assert between(found, "state:BBB") == pytest.approx([-np.inf, 0.84])


def test_what_is_asked_for_when_nothing_is_said():
    """Proves: without measures, all exports, corridors, links and states that have an account are asked for; a corridor over both
    ways carries 6 kt whichever way it goes, and its name may hold a colon.
    Without it: the widest range could be the one left out.
    """
    ways = [row | {"corridor": "to sea: all"} for row in TWINS["links"]]
    found = table(build({**TWINS, "links": ways}))
    corridor = "corridor:to sea: all:oil:AAA"
    assert list(found.index) == [
        "exports:oil:AAA",
        corridor,
        "flow:one",
        "flow:two",
        "state:AAA",
        "state:BBB",
        "state:(nobody)",
    ]
    assert between(found, corridor) == between(found, "exports:oil:AAA") == pytest.approx([6, 6])
    assert found.loc[corridor, "unit"] == "kt"


def believed_longer(foresight):
    """A stop that is believed to last longer than it does."""
    stop = {"asset": "pipe", "start": "2022-07-06", "end": "2022-07-27", "expected_days": 60}
    return Scenario.model_validate(
        {"id": "long", "title": "long", "disruptions": [stop], "foresight": foresight}
    )


def test_a_plan_decided_window_by_window_has_no_equals():
    """Proves: a plan made window by window is refused and the error says why, and so is one with surprises that does not say
    what was decided last; that plan as it is, and the same scenario with perfect foresight, are not.
    Without it: duals of several programs would be taken for a proof.
    """
    case = straits.load_case("two-routes")
    surprised = straits.solve(case, believed_longer("surprise"))
    by_window = straits.solve(case, believed_longer("surprise"), foresight="rolling(1)")
    for solution in (by_window, replace(surprised, remaining=None)):
        with pytest.raises(
            straits.errors.ModelError, match=r"ranges of scenario long: its plan was decided window by window"
        ):
            straits.ranges(solution)
    for solution in (surprised, straits.solve(case, believed_longer("perfect"))):
        assert len(straits.ranges(solution))


def test_what_was_decided_before_the_news_stays():
    """Proves: of two equal ways with 6 kt/d between them, one is closed by surprise for the last day of ten: what the nine days
    before carried is decided, on the last day the other carries all it can, and nothing is left open; a stop of three more days
    at the other end of the axis, where either way may still be used, leaves open those days alone.
    Without it: ranges of a surprise would count plans that nobody could go back to.
    """
    case = build(TWINS, time=days(10))
    stop = {"asset": "one", "start": "2022-01-10", "end": "2022-01-11", "factor": 0}
    late = Scenario.model_validate(
        {"id": "late", "title": "late", "disruptions": [stop], "foresight": "surprise"}
    )
    solution = straits.solve(case, late)
    carried = solution.flows.groupby("link")["amount"].sum()
    found = straits.ranges(solution, ["flow:one", "flow:two"]).set_index("measure")
    assert not found["open"].any()
    assert carried["one"] + carried["two"] == pytest.approx(9 * 6 + 4)
    early = late.model_copy(
        update={
            "disruptions": (
                late.disruptions[0].model_copy(
                    update={"start": dt.date(2022, 1, 2), "end": dt.date(2022, 1, 3)}
                ),
            )
        }
    )
    solution = straits.solve(case, early)
    first = solution.flows.query("link == 'one' and step == 0")["amount"].sum()
    # On the first day it is decided, on the second closed, on the other eight it carries 2 to 5.
    found = straits.ranges(solution, ["flow:one"]).iloc[0]
    assert (found["least"], found["most"]) == pytest.approx((first + 16, first + 40))


def bargain(sold):
    """A field of 10 kt/d at 50 USD/t and a buyer at 200 who wants so much of it, with 10 USD/t between them; nothing else."""
    tables = {**TWINS, "links": [link("one", "A", "B", capacity=20, cost=10)]}
    tables["supplies"] = [supply("field", "A", sold, cost=50)]
    tables["markets"] = [market("buyer", "B", 200, demand=sold, buyer="BBB")]
    return build(tables)


def test_changes_range_before_and_after_alike():
    """Proves: where a seller and a buyer who have only each other trade 6 and then 3 kt/d, each loses between nothing
    and all of the half, 0.42 million; who had all loses all of it. That one had all before and nothing after is not asked.
    Where nothing changes nobody's change is open, though prices are.
    Without it: every scenario would leave open all that the plan before it leaves open.
    """
    before, after = (straits.solve(bargain(sold)) for sold in (6, 3))
    groups = [["AAA"], ["BBB"]]
    assert change_ranges(after, before, groups) == pytest.approx(np.array([[-0.42, 0.0], [-0.42, 0.0]]))
    assert change_ranges(before, before, groups) == pytest.approx(np.zeros((2, 2)))


def test_ends_without_a_limit_say_nothing():
    """Proves: a change whose ends have no limit before and after is unknown to both sides; one that gains a limit is infinite."""
    inf = np.inf
    before = np.array([[1.0, 0.0, inf], [1.0, -inf, 2.0], [1.0, 0.0, 2.0]])
    after = np.array([[2.0, 0.0, inf], [2.0, 0.0, 2.0], [4.0, 1.0, 4.0]])
    assert changes_alike(before, after).tolist() == [[-inf, inf], [0.0, inf], [1.0, 3.0]]


def test_a_plan_that_keeps_cargo_from_going_round_has_no_equals():
    """Proves: where a promise could be kept by cargo that goes round a triangle, the plan shown is not the optimum of the
    program; its ranges are refused for that reason, though it was made with perfect foresight.
    Without it: the reason given would be false, or ranges of another plan would be quoted.
    """
    names = "ABC"
    promise = {"id": "p", "name": "p", "kind": "least", "asset": "AB", "amount": 8, "amount_unit": "kt/d"}
    tables = {
        "places": places(*names, A="AAA", B="AAA", C="AAA"),
        "links": [link(a + b, a, b, capacity=20, cost=1) for a, b in ("AB", "BC", "CA")],
        "supplies": [supply(f"at-{name}", name, rate) for name, rate in zip(names, (4, 2, 2), strict=True)],
        "markets": [
            market(f"in-{name}", name, 80, demand=d) for name, d in zip(names, (1, 5, 1), strict=True)
        ],
        "contracts": [promise | {"penalty": 50, "penalty_unit": "USD/t"}],
    }
    solution = straits.solve(build(tables))
    assert not solution.circles.empty
    with pytest.raises(straits.errors.ModelError, match="chosen so that no cargo goes round"):
        straits.ranges(solution)


def test_unknown_measures():
    """Proves: a misspelt measure or state is refused with what is accepted.
    Without it: nothing would be reported for it.
    """
    solution = straits.solve(build(TWINS))
    with pytest.raises(straits.errors.ModelError, match=r"no state 'AAB'.*AAA"):
        straits.ranges(solution, ["state:AAB"])
    with pytest.raises(straits.errors.ModelError, match="unknown measure 'flows:one'"):
        straits.ranges(solution, ["flows:one"])
    with pytest.raises(straits.errors.ModelError, match="the case has no corridor 'sea'"):
        straits.ranges(solution, ["corridor:sea:oil"])


@given(cases(), st.sampled_from(["paid", "internal"]), st.integers(0, 99))
@PROPERTY
def test_ranges_of_plans_are_those_of_a_program_with_the_optimum_as_a_row(case, tariffs, seed):
    """Proves: the least and most of any flow are those that another solver finds when the worth of the plan is a row instead of
    what has a price being held.
    Without it: the face could be too wide, or leave optima out.
    """
    solution = straits.solve(case, tariffs=tariffs)
    assume(solution.circles.empty)  # refused: see below
    model, b = solution.model, solution.model.bounds
    link_id = np.random.default_rng(seed).choice(solution.network.link_ids)
    found = straits.ranges(solution, [f"flow:{link_id}"]).iloc[0]
    f, n = model.formulation, solution.network
    weights = np.zeros(len(model.cost))
    weights[f.flow.slice] = np.repeat((n.pair_link == n.link_ids.index(link_id)).astype(float), n.T)
    worth, scale = float(model.cost @ solution.x), np.abs(model.cost).max()
    upper, lower = np.isfinite(b.row_upper), np.isfinite(b.row_lower)
    matrix = model.matrix.toarray()
    rows = np.vstack([matrix[upper], -matrix[lower], model.cost / scale])
    limits = np.concatenate([b.row_upper[upper], -b.row_lower[lower], [worth / scale]])
    ends = [
        linprog(
            sign * weights,
            A_ub=rows,
            b_ub=limits + 1e-8,
            bounds=np.column_stack([b.column_lower, b.column_upper]),
        )
        for sign in (1, -1)
    ]
    if all(end.status == 0 for end in ends):
        assert found["least"] == pytest.approx(ends[0].fun, abs=1e-3)
        assert found["most"] == pytest.approx(-ends[1].fun, abs=1e-3)


@given(cases(), st.sampled_from(["paid", "internal"]))
@settings(PROPERTY, max_examples=12)
def test_ranges_of_accounts_are_those_of_the_dual_program(case, tariffs):
    """Proves: the least and most of an account are those of the program of all duals whose worth is that of the plan; there, all
    accounts add up to the joint value, and the sum of all cannot move.
    Without it: somebody's gain could come from prices that no plan has.
    """
    solution = straits.solve(case, tariffs=tariffs)
    assume(solution.circles.empty)
    model, books = solution.model, books_of(solution)
    every = np.asarray(books.amount.sum(axis=0)).ravel()
    assert Duals(model, solution.x, solution.dual).range_of(every) == pytest.approx((0, 0), abs=1e-2)
    for actor in sorted({a for a, _ in books.keys if a in case.rows("actors")}):
        found = straits.ranges(solution, [f"account:{actor}"]).iloc[0]
        which = [k for k, (a, _) in enumerate(books.keys) if a == actor]
        weights = np.asarray(books.amount[which].sum(axis=0)).ravel()
        for sign, end in ((1, found["least"]), (-1, found["most"])):
            best = best_duals(model, sign * weights, float(model.cost @ solution.x))
            if best is None:
                assert end == -sign * np.inf
                continue
            total = books.constant[which].sum() / 1000 + weights @ best / 1000
            assert end == pytest.approx(total, abs=1e-3, rel=1e-4)
            moved = Solution(model, solution.x, best, model.cost - model.matrix.T @ best, "optimal")
            assert moved.accounts()["amount"].sum() == pytest.approx(solution.objective, rel=1e-4, abs=1e-3)


def best_duals(model, weights, worth):
    """Solve for the duals with the least sum, written with a price for each bound; None if there is no least."""
    b, (rows, columns) = model.bounds, model.matrix.shape
    # y = up - down at rows, reduced cost = low - high at columns; only finite bounds can have a price.
    sides = [(b.row_lower, 1), (b.row_upper, -1), (b.column_lower, 1), (b.column_upper, -1)]
    identity = [np.eye(rows)] * 2 + [np.eye(columns)] * 2
    finite = [np.isfinite(bound) for bound, _ in sides]
    into = np.hstack([
        (model.matrix.T.toarray() if k < 2 else np.eye(columns)) @ (sign * identity[k][:, finite[k]])
        for k, (_, sign) in enumerate(sides)
    ])  # fmt: skip
    value = np.concatenate([sign * bound[finite[k]] for k, (bound, sign) in enumerate(sides)])
    cost = np.concatenate(
        [
            sign * weights[finite[k]] if k < 2 else np.zeros(finite[k].sum())
            for k, (_, sign) in enumerate(sides)
        ]
    )
    found = linprog(
        cost,
        A_ub=[-value],
        b_ub=[-worth + 1e-11 * (1 + abs(worth))],
        A_eq=into,
        b_eq=model.cost,
        bounds=(0, None),
    )
    if found.status == 3:
        return None
    # What is left out of the worth for rounding, a price of a very small limit could make much of: so little that it may fail.
    assume(found.status == 0)
    y, at = np.zeros(rows), 0
    for k in range(2):
        y[finite[k]] += sides[k][1] * found.x[at : at + finite[k].sum()]
        at += finite[k].sum()
    return y


def test_states_are_the_sum_of_their_actors():
    """Proves: `state:STATE` is what the comparison of scenarios says of that state.
    Without it: two tables would give one state two numbers.
    """
    case = straits.load_case("caspian")
    compared = straits.stress(case, ["russia-transit-30"], foresight="perfect")
    solution = compared.solutions["russia-transit-30"]
    found = straits.ranges(solution, ["state:KAZ", "state:RUS"]).set_index("measure")["amount"]
    before = straits.ranges(compared.reference("russia-transit-30"), ["state:KAZ", "state:RUS"]).set_index(
        "measure"
    )["amount"]
    change = compared.states.set_index("state")["change"]
    for state in ("KAZ", "RUS"):
        assert found[f"state:{state}"] - before[f"state:{state}"] == pytest.approx(change[state])
