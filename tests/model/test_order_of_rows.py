"""No answer hangs on the order of rows: a table sorted in another way is the same case."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import straits
from randomcases import cases
from small import build, days, link, market, places, store, supply
from straits.model import compile_case
from straits.stress import corridors, exports

PROPERTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


#: Columns of lists in which the order says something: prices fall from step to step, also where they are claimed.
IN_ORDER = ("steps", "value")


def turned(column):
    """Give a column of lists with each list the other way round."""
    if column.name in IN_ORDER:
        return column
    return column.map(lambda cell: "|".join(cell.split("|")[::-1]) if isinstance(cell, str) else cell)


def shuffled(case, seed):
    """Give the same case with the rows of all tables and the members of all lists in another order, and the disruptions and
    measures of its scenarios."""
    tables = {
        name: frame.sample(frac=1.0, random_state=seed + i).apply(turned)
        for i, (name, frame) in enumerate(case.tables.items())
        if len(frame)
    }
    scenarios = [
        s.model_copy(update={name: tuple(getattr(s, name))[::-1] for name in ("disruptions", "measures", "options")})
        for s in case.scenarios.values()
    ]  # fmt: skip
    return straits.Case.from_tables(
        tables, scenarios=scenarios[::-1], routes=case.routes, **case.settings.model_dump()
    )


def numbers(solution):
    """Everything that is quoted of a solution."""
    tables = [
        solution.flows,
        solution.sales,
        solution.prices,
        exports(solution),
        corridors(solution),
        solution.accounts(),
    ]
    return pd.concat(
        [
            t.sort_values([c for c in t.columns if t[c].dtype.kind not in "f"]).reset_index(drop=True)
            for t in tables
        ]
    )


@given(cases(), st.integers(0, 99), st.sampled_from(["perfect", "surprise", "rolling(2)"]))
@PROPERTY
def test_any_order_gives_the_same_numbers(case, seed, foresight):
    """Proves: flows, sales, prices, exports, corridors and accounts are the same, to the last digit, whatever the order of rows.
    Without it: among plans as good the solver's choice hung on the row that came first, and with it the worth at the end.
    """
    one, other = (straits.solve(c, "stop", foresight=foresight) for c in (case, shuffled(case, seed)))
    assert one.objective == other.objective
    pd.testing.assert_frame_equal(numbers(one), numbers(other), rtol=1e-12)


@pytest.mark.parametrize("name", ["caspian", "eurasian-gas", "two-routes"])
def test_bundled_cases_give_the_same_model(name):
    """Proves: for every scenario of the bundled cases the arrays of the model are the same to the last bit, so answers are too.
    Without it: the reference case would give other numbers after somebody sorted a table.
    """
    case = straits.load_case(name)
    other = shuffled(case, 1)
    for scenario in (None, *case.scenarios):
        assert compile_case(case, scenario).hash == compile_case(other, scenario).hash


GOODS = [
    {"id": "oil", "name": "oil", "unit": "kt", "bbl_per_t": 7.5},
    {"id": "cond", "name": "cond", "unit": "kt", "bbl_per_t": 9},
]


def two_goods(order, **contract):
    """A pipe for two goods, listed in some order, and an agreed flow of both, 2 kt/d for a penalty of 5 USD/t."""
    agreed = {"id": "c", "name": "c", "kind": "least", "asset": "pipe", "amount": 2, "amount_unit": "kt/d", "penalty": 5,
              "penalty_unit": "USD/t"}  # fmt: skip
    return build(
        {
            "commodities": GOODS,
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", commodities=order, capacity=7)],
            "supplies": [supply("field", "A", 9), supply("plant", "A", 9, commodity="cond")],
            "markets": [market("buyer", "B", 100), market("other", "B", 90, commodity="cond")],
            "contracts": [agreed | contract],
        }
    )


def test_goods_of_a_link_in_any_order():
    """Proves: a link that carries two goods gives the same model in whatever order the cell lists them; an agreed flow of both in
    barrels, of which each has another number in a tonne, is refused, and so is its penalty; for one good it is not.
    Without it: units would be those of the good that stands first: 270 or 324 thousand USD for the same shortfall.
    """
    assert compile_case(two_goods("oil|cond")).hash == compile_case(two_goods("cond|oil")).hash
    for wrong in ({"amount_unit": "kb/d"}, {"penalty_unit": "USD/bbl"}):
        (column,) = wrong
        with pytest.raises(straits.errors.CaseError, match=f"{column}.*different amounts of 'oil', 'cond'"):
            two_goods("oil|cond", **wrong)
        assert straits.solve(two_goods("oil|cond", commodity="cond", **wrong)).objective > 0


def test_overlapping_factors_in_any_order():
    """Proves: three overlapping disruptions leave the same share, to the last bit, in whatever order they are listed.
    Without it: a product rounds differently, and a last digit decides among plans as good.
    """
    tables = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=7)],
        "supplies": [supply("field", "A", 9)],
        "markets": [market("buyer", "B", 100)],
    }
    parts = [
        {"asset": "pipe", "start": "2022-01-01", "end": "2022-01-02", "factor": f} for f in (0.1, 0.3, 0.7)
    ]
    hashes = {
        compile_case(build(tables, scenarios=[{"id": "s", "title": "s", "disruptions": order}]), "s").hash
        for order in (parts, parts[::-1], [parts[1], parts[0], parts[2]])
    }
    assert len(hashes) == 1


def test_equal_ways_from_a_tank_that_nothing_fills():
    """Proves: 35.9 kt in a tank with two ways to one buyer at 84 USD/t are worth at most 84 each, less the way, and the same
    whichever row comes first.
    Without it: (the price at rest being any that supports a flow of nothing) 51 million USD, at most 3 of which are possible.
    """
    ways = [link("one", "P", "B", capacity=5, cost=1), link("two", "P", "B", capacity=5, cost=1)]
    values = set()
    for order in (ways, ways[::-1]):
        tables = {
            "places": places("A", "P", "B"),
            "links": order,
            "supplies": [supply("field", "A", 1)],
            "markets": [market("buyer", "B", 84)],
            "stores": [store("tank", "P", 50, start=35.9, start_origin="AAA")],
        }
        values.add(straits.solve(build(tables, time=days(5, boundary="steady"))).objective)
    assert len(values) == 1 and values.pop() == pytest.approx(35.9 * 83 / 1000)
