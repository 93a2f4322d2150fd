"""Numbers that are varied, and what moves with them."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.stress.varied.numbers import Uncertain, uncertain_numbers, with_numbers


def case(**more):
    """A field of 50 kt a day at 10 USD/t, a line of as much, and a buyer of 6 at 100 USD/t, over ten days."""
    tables = {
        "places": places("A", "B"),
        "links": [link("line", "A", "B", capacity=50)],
        "supplies": [supply("field", "A", 50, cost=10)],
        "markets": [market("m", "B", 100, demand=6)],
        **more,
    }
    return build(tables, time=days(10))


def number(of, key: str) -> Uncertain:
    (found,) = [item for item in uncertain_numbers(of) if item.key == key]
    return found


def test_all_steps_of_a_demand_move_with_its_price_and_amount():
    """Proves: of 4 kt a day at 100 USD/t and 2 at 50, at a cost of 10, 4.4 million are gained; at twice the price of the market
    both steps are as much dearer, 9.4 million; at twice its demand both twice as large, 8.8; at both, 18.8.
    Without it: the steps would stay as they stand, so that the price of such a buyer could not move any answer."""
    whole = case(markets=[market("m", "B", 100, demand=6, steps="100:4|50:2")])
    price, demand = (number(whole, f"markets:m:{column}") for column in ("price", "demand"))
    gained = [
        straits.solve(with_numbers(whole, values)).objective
        for values in ([], [(price, 200.0)], [(demand, 12.0)], [(price, 200.0), (demand, 12.0)])
    ]
    assert gained == pytest.approx([4.4, 9.4, 8.8, 18.8])


def test_a_cell_that_a_profile_leaves_unread_is_not_varied():
    """Proves: where a profile gives a price itself, the price in the cell is none of the uncertain numbers; with factors it is.
    Without it: a number that nobody reads would be drawn and ranked."""
    rows = {
        unit: case(
            markets=[market("m", "B", 100, demand=6, price_profile="p")],
            profiles=[{"id": "p1", "profile": "p", "start": "2022-01-01", "end": "2022-02-01", "value": value,
                       "value_unit": unit}],
        )
        for unit, value in (("USD/t", 80), (None, 0.8))
    }  # fmt: skip
    listed = {unit: "markets:m:price" in {i.key for i in uncertain_numbers(of)} for unit, of in rows.items()}
    assert listed == {"USD/t": False, None: True}


def test_what_is_drawn_together_stays_within_what_it_stands_in():
    """Proves: a full tank is drawn from 4.8 to 6 kt, its content never above its capacity, in whatever unit that stands; a price
    of elastic demand neither above the price at which the buyer goes without nor below its floor, nor that price below the price.
    Without it: a tank would begin with more than it holds, and a curve rise."""
    curve = {
        "demand_kind": "elastic", "elasticity": -1, "choke_price": 0.11, "choke_price_unit": "kUSD/t", "floor_price": 90,
        "floor_price_unit": "USD/t",
    }  # fmt: skip
    whole = case(
        stores=[store("t", "A", 6, start=6000, start_unit="t")],
        markets=[market("m", "B", 100, demand=6, **curve)],
    )
    ends = {i.key: (i.low, i.high) for i in uncertain_numbers(whole)}
    assert ends["stores:t:start"] == pytest.approx((4800, 6000)) and ends[
        "stores:t:capacity"
    ] == pytest.approx((6, 7.2))
    assert ends["markets:m:price"] == pytest.approx((90, 110)) and ends[
        "markets:m:choke_price"
    ] == pytest.approx((0.1, 0.132))
    start, room = (number(whole, f"stores:t:{column}") for column in ("start", "capacity"))
    drawn = with_numbers(whole, [(start, 5900.0), (room, 5.5)]).rows("stores")["t"]
    assert (drawn.start, drawn.capacity) == (pytest.approx(5500.0), 5.5)
    price, choke = (number(whole, f"markets:m:{column}") for column in ("price", "choke_price"))
    assert with_numbers(whole, [(price, 108.0), (choke, 0.104)]).rows("markets")["m"].price == pytest.approx(
        104.0
    )
