"""Units against conversions done by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import straits
from small import build, days, link, market, places, supply
from straits.case import units
from straits.case.schema.network import Commodity
from straits.errors import CaseError, UnitError

CRUDE = Commodity(
    id="crude", name="Crude", unit="kt", bbl_per_t=8.0, t_per_wagon=60.0, mwh_per_t=11.9, mwh_per_m3_lng=6.6
)
BARE = Commodity(id="coal", name="Coal", unit="kt")
GAS = Commodity(id="gas", name="Gas", unit="mcm")
BOXES = Commodity(id="boxes", name="Boxes", unit="TEU", teu_per_train=82.0)
THINGS = Commodity(id="things", name="Things", unit="unit")
#: Calorific values of 11 kWh/m3, 15 MWh/t and 6.6 MWh in a cubic metre of LNG, chosen to be easy by hand.
METHANE = Commodity(id="methane", name="Methane", unit="mcm", kwh_per_m3=11.0, mwh_per_m3_lng=6.6)
LNG = Commodity(id="lng", name="LNG", unit="kt", mwh_per_t=15.0, mwh_per_m3_lng=6.6)
ENERGY = Commodity(id="gas", name="Gas", unit="GWh", kwh_per_m3=11.0, mwh_per_t=15.0, mwh_per_m3_lng=6.6)
POWER = Commodity(id="power", name="Power", unit="GWh")


@pytest.mark.parametrize(
    ("value", "unit", "commodity", "expected"),
    [
        (1500, "t", CRUDE, 1.5),
        (2, "Mt", CRUDE, 2000.0),
        (8000, "bbl", CRUDE, 1.0),
        (8, "kb", CRUDE, 1.0),
        (1, "mb", CRUDE, 125.0),
        (8000 * 0.158987294928, "m3", CRUDE, 1.0),
        (8 * 0.158987294928, "1000 m3", CRUDE, 1.0),
        (100, "wagon", CRUDE, 6.0),
        (5e6, "m3", GAS, 5.0),
        (3000, "1000 m3", GAS, 3.0),
        (2, "bcm", GAS, 2000.0),
        (3, "FEU", BOXES, 6.0),
        (1.5, "kTEU", BOXES, 1500.0),
        (2, "train", BOXES, 164.0),
        (4, "kunit", THINGS, 4000.0),
        (math.inf, "kt", CRUDE, math.inf),
        (11, "GWh", METHANE, 1.0),
        (3, "TWh", POWER, 3000.0),
        (250, "MWh", POWER, 0.25),
        (3600, "MMBtu", POWER, 1.05505585262),
        (1000 / 6.6, "m3 LNG", ENERGY, 1.0),
        (10, "1000 m3 LNG", METHANE, 6.0),
        (15 / 6.6, "1000 m3 LNG", LNG, 1.0),
        (30, "GWh", LNG, 2.0),
        (2, "mcm", ENERGY, 22.0),
        (2, "kt", ENERGY, 30.0),
    ],
)
def test_amounts(value: float, unit: str, commodity: Commodity, expected: float) -> None:
    """Proves: each unit has the size it has. Without it: barrels, or cubic metres of a liquid, could be off by a factor."""
    assert units.amount(value, unit, commodity) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("value", "unit", "year_days", "expected"),
    [
        (36.5, "Mt/y", 365.0, 100.0),
        (36.6, "Mt/y", 366.0, 100.0),
        (365, "kt/month", 365.0, 12.0),
        (70, "kt/week", 365.0, 10.0),
        (10, "kt/d", 365.0, 10.0),
        (1, "kt/h", 365.0, 24.0),
        (8, "kb/d", 365.0, 1.0),
    ],
)
def test_rates(value: float, unit: str, year_days: float, expected: float) -> None:
    """Proves: a year is that calendar year and a month a twelfth of it. Without it: leap years would lose a day."""
    assert units.amount_per_day(value, unit, CRUDE, year_days=year_days) == pytest.approx(expected, rel=1e-14)


def test_power_is_a_rate() -> None:
    """Proves: a megawatt is a MWh an hour, 24 MWh a day, and is no rate of oil. Without it: a power plant could not be given in
    what everybody gives it in, or would be off by 24."""
    assert units.amount_per_day(1000, "MW", POWER) == pytest.approx(24.0, rel=1e-14)
    assert units.amount_per_day(1, "GW", METHANE) == pytest.approx(24.0 / 11.0, rel=1e-14)
    with pytest.raises(UnitError, match="fill column mwh_per_t of row 'coal' in table commodities"):
        units.amount_per_day(1, "MW", BARE)
    with pytest.raises(UnitError, match="did you mean 'MW'"):
        units.amount_per_day(1, "mw", POWER)


def test_rate_per_step_needs_the_step() -> None:
    """Proves: /step is refused without a step length. Without it: a step would silently be a day."""
    assert units.amount_per_day(14, "kt/step", CRUDE, step_days=7) == 2.0
    with pytest.raises(UnitError, match="per step"):
        units.amount_per_day(14, "kt/step", CRUDE)


@pytest.mark.parametrize(
    ("value", "unit", "commodity", "expected"),
    [
        (75, "USD/bbl", CRUDE, 600.0),
        (75, "USD/t", CRUDE, 75.0),
        (200, "USD/1000 m3", GAS, 200.0),
        (3, "kUSD/TEU", BOXES, 3.0),
        (500, "USD/FEU", BOXES, 0.25),
        (7, "USD/unit", THINGS, 0.007),
        (2, "MUSD/kt", CRUDE, 2000.0),
        (80, "USD/MWh", ENERGY, 80.0),
        (80, "USD/MWh", METHANE, 880.0),
        (10.5505585262, "USD/MMBtu", POWER, 36.0),
        (33, "USD/m3 LNG", ENERGY, 5.0),
    ],
)
def test_prices(value: float, unit: str, commodity: Commodity, expected: float) -> None:
    """Proves: prices come in thousand currency per canonical unit, so USD/t on kt needs no factor."""
    assert units.price(value, unit, commodity) == pytest.approx(expected, rel=1e-14)


def test_money() -> None:
    """Proves: prefixes of money. Without it: a capital cost could be off by a thousand."""
    assert [units.money(1, unit) for unit in ("USD", "kUSD", "MUSD", "bnUSD")] == [1e-3, 1.0, 1e3, 1e6]
    with pytest.raises(UnitError, match=r"EUR.*accepted: USD"):
        units.money(1, "EUR")


def test_money_of_another_currency() -> None:
    """Proves: another currency counts by its rate, with any prefix, in money, payments and prices, and without a rate is refused
    in words that say where it goes.
    Without it: gas in EUR and crude in USD could not stand in one case, or one would be taken for the other."""
    rates = {"EUR": 1.05}
    assert units.money(2, "MEUR", "USD", rates) == pytest.approx(2100.0)
    assert units.money_per_day(365, "kEUR/y", "USD", rates=rates) == pytest.approx(1.05)
    assert units.price(100, "EUR/MWh", POWER, currency="USD", rates=rates) == pytest.approx(105.0)
    with pytest.raises(UnitError, match="needs its rate under `exchange_rates`"):
        units.price(100, "GBP/MWh", POWER, currency="USD", rates=rates)


def test_a_grade_overrides_the_commodity() -> None:
    """Proves: a market's barrels per tonne win. Without it: a price per barrel of a lighter grade would be wrong."""
    assert units.price(75, "USD/bbl", CRUDE, bbl_per_t=7.2) == pytest.approx(540.0)
    assert units.amount(7.2, "kb", BARE, bbl_per_t=7.2) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("unit", "commodity", "text"),
    [
        ("kb", BARE, "fill column bbl_per_t of row 'coal' in table commodities"),
        ("m3", BARE, "fill column bbl_per_t"),
        ("wagon", BARE, "fill column t_per_wagon"),
        ("train", Commodity(id="b", name="B", unit="TEU"), "fill column teu_per_train"),
        ("KT", CRUDE, "did you mean 'kt'"),
        ("Mcm", GAS, "did you mean 'mcm'"),
        ("teu", BOXES, "did you mean 'TEU'"),
        ("bcm", CRUDE, "does not suit"),
        ("kt", GAS, "does not suit"),
        ("train", CRUDE, "does not suit"),
        ("GWh", GAS, "fill column kwh_per_m3 of row 'gas' in table commodities"),
        ("1000 m3 LNG", GAS, "fill column mwh_per_m3_lng"),
        ("m3 LNG", Commodity(id="lng", name="LNG", unit="kt", mwh_per_m3_lng=6.6), "fill column mwh_per_t"),
        ("mcm", POWER, "fill column kwh_per_m3"),
        ("t", POWER, "fill column mwh_per_t"),
        ("GWh", BOXES, "does not suit"),
        ("kb", ENERGY, "does not suit"),
        ("Gwh", POWER, "did you mean 'GWh'"),
        ("furlong", CRUDE, "unknown amount unit"),
    ],
)
def test_bad_amount_units(unit: str, commodity: Commodity, text: str) -> None:
    """Proves: a wrong unit or a lacking factor is an error that says what to do. Without it: a silent guess."""
    with pytest.raises(UnitError, match=text):
        units.amount(1, unit, commodity)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("kt", "not a rate"),
        ("kt/day", "did you mean 'kt/d'"),
        ("Mt/yr", "did you mean 'Mt/y'"),
        ("kt/fortnight", "period"),
    ],
)
def test_bad_rates(unit: str, text: str) -> None:
    """Proves: an amount is no rate, and near misses of periods are named."""
    with pytest.raises(UnitError, match=text):
        units.amount_per_day(1, unit, CRUDE)


@pytest.mark.parametrize(
    ("unit", "text"), [("USD", "not a price"), ("usd/t", "did you mean 'USD'"), ("USD/d", "unknown amount")]
)
def test_bad_prices(unit: str, text: str) -> None:
    """Proves: money without an amount is no price."""
    with pytest.raises(UnitError, match=text):
        units.price(1, unit, CRUDE)


def test_factor_must_be_positive() -> None:
    """Proves: barrels per tonne of 0 is an error, not a division by zero."""
    with pytest.raises(UnitError, match="above 0"):
        units.amount(1, "bbl", Commodity(id="x", name="X", unit="kt", bbl_per_t=0.0))


def test_common_factor() -> None:
    """Proves: barrels shared by two grades have no one size. Without it: a shared capacity would depend on the first grade."""
    light = Commodity(id="light", name="Light", unit="kt", bbl_per_t=9.0)
    assert units.common_factor("t", [CRUDE, light]) == 1e-3
    with pytest.raises(UnitError, match="different amounts"):
        units.common_factor("kb", [CRUDE, light])


@given(st.floats(1e-6, 1e6), st.sampled_from(units.amount_units("kt")))
def test_price_times_amount_keeps_its_worth(value: float, unit: str) -> None:
    """Proves: paying P per unit for A units costs P·A in any unit. Without it: prices and amounts could convert differently."""
    worth = units.price(value, f"USD/{unit}", CRUDE) * units.amount(3.0, unit, CRUDE)
    assert worth == pytest.approx(3.0 * value / 1e3, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "dimension", "more", "expected"),
    [
        (8.0, "USD/bbl", "price", {}, 60.0),  # 7.5 barrels a tonne: 60 USD/t, thousands a kt
        (8.0, "USD/bbl", "price", {"bbl_per_t": 7.0}, 56.0),
        (75.0, "kb/d", "rate", {}, 10.0),
        (75.0, "kb/d", "rate", {"bbl_per_t": 5.0}, 15.0),
        (70.0, "kt/step", "rate", {"step_days": 7.0}, 10.0),
        (3660.0, "kt/y", "rate", {"year_days": 366.0}, 10.0),
        (75.0, "kb", "amount", {}, 10.0),
        (2.0, "MUSD", "money", {}, 2000.0),
    ],
)
def test_a_number_of_any_dimension_is_converted(value, unit, dimension, more, expected):
    """Proves: prices, rates, amounts and money are each converted by their own rule, with the grade and lengths that are given.
    Without it: checks and comparisons of cells would compare numbers in two units; prices could be left as they stand.
    """
    oil = CRUDE.model_copy(update={"bbl_per_t": 7.5})
    assert units.convert(value, unit, dimension, oil, **more) == pytest.approx(expected)


def _weekly(claim=("49", "kt/step"), right=(7.0, "kt/d"), sold=(7.0, "kt/d"), volume=(70.0, "kt/d")):
    """A line of 49 kt a step of a week, with one claim, one right to it, and a world market."""
    world = {
        "id": "world",
        "name": "world",
        "commodity": "oil",
        "price": 100,
        "price_unit": "USD/t",
    }
    world |= {"sold": sold[0], "sold_unit": sold[1], "volume": volume[0], "volume_unit": volume[1]}
    return build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("line", "A", "B", capacity=49.0) | {"capacity_unit": "kt/step"}],
            "supplies": [supply("field", "A", 9)],
            "markets": [market("sea", "B", 100)],
            "sources": [{"id": "book", "title": "book"}],
            "claims": [{"id": "c", "table": "links", "row": "line", "column": "capacity", "value": claim[0], "unit": claim[1],
                        "source": "book"}],
            "rights": [{"id": "r", "asset": "line", "actor": "BBB", "amount": right[0], "amount_unit": right[1]},
                       {"id": "s", "asset": "line", "actor": "CCC", "share": 0.1}],
            "world_markets": [world],
            "price_responses": [
                {"id": "p", "world": "world", "horizon": "months", "elasticity": -1.0, "side": "both", "used": True},
            ],
        },
        time=days(14, step="week"),
    )  # fmt: skip


def test_rates_by_the_step_are_compared_with_rates_by_the_day():
    """Proves: 49 kt a week are 7 kt a day: a claim of 7 kt/d says what the cell says and one of 49 kt/d does not; a right to
    6.3 kt/d beside a tenth is the whole and one to 7 kt/d is more; the world cannot buy 49 kt/d where it buys 70 a week.
    Without it: a step was taken for a day, and a right to a seventh of a line for all of it.
    """
    assert not _weekly(claim=("7", "kt/d"), right=(6.3, "kt/d")).check().errors
    assert not _weekly(right=(44.1, "kt/step"), sold=(70.0, "kt/step"), volume=(10.0, "kt/d")).check().errors
    for wrong, code in (
        ({"claim": ("49", "kt/d"), "right": (6.3, "kt/d")}, "claim_value"),
        ({"right": (7.0, "kt/d")}, "rights"),
        ({"right": (6.3, "kt/d"), "sold": (49.0, "kt/d"), "volume": (70.0, "kt/step")}, "world_market"),
    ):
        with pytest.raises(CaseError) as error:
            assert [f.code for f in _weekly(**wrong).check().errors] == []
        assert [f.code for f in error.value.findings if f.severity == "error"] == [code]


def _energy(rates=({"currency": "EUR", "rate": 1.25, "source": "book"},), **commodity):
    """One day of gas kept in GWh: a field of 2 mcm/d, a line of 1,250 MW, a buyer that pays 40 EUR/MWh."""
    gas = {"id": "gas", "name": "Gas", "unit": "GWh", "kwh_per_m3": 10.0}
    return build(
        {
            "commodities": [gas | commodity],
            "places": places("A", "B", B="BBB"),
            "links": [link("line", "A", "B", commodities="gas", capacity=1250.0, capacity_unit="MW", cost_unit="USD/MWh")],
            "supplies": [supply("field", "A", 2.0, commodity="gas", capacity_unit="mcm/d", cost_unit="USD/MWh")],
            "markets": [market("hub", "B", 40.0, commodity="gas", price_unit="EUR/MWh", demand=100, demand_unit="GWh/d")],
            "sources": [{"id": "book", "title": "book"}],
        },
        exchange_rates=list(rates),
    )  # fmt: skip


@pytest.mark.parametrize("way", ["solved", "saved first", "saved after", "workbook"])
def test_gas_in_energy_is_worth_what_it_is(way, tmp_path):
    """Proves: of 2 mcm/d, 20 GWh/d, all pass a line of 1,250 MW, 30 GWh/d, and are sold for 20,000 MWh of 50 USD, a million; its
    price stands in USD/MWh.
    Without it: a case in energy could be solved in cubic metres, in EUR, or lose its rates when it is saved.
    """
    case = _energy()
    if way in ("saved first", "workbook"):
        name = tmp_path / ("case.xlsx" if way == "workbook" else "case")
        case.save(name)
        case = straits.load_case(name)
        assert case.hash == _energy().hash
    found = straits.solve(case)
    if way == "saved after":
        case.save(tmp_path / "case")
        assert straits.solve(straits.load_case(tmp_path / "case")).objective == found.objective
    assert found.objective == pytest.approx(1.0)
    assert found.sales["amount"].sum() == pytest.approx(20.0)
    assert found.prices.set_index("place").loc["B", "price"] == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        (lambda: _energy(kwh_per_m3=None), "fill column kwh_per_m3 of row 'gas'"),
        (lambda: _energy(rates=()), "exchange_rates"),
        (lambda: _energy(rates=[{"currency": "EUR", "rate": 0.0}]), "found 0 for 'EUR'; accepted: a number above 0"),
        (lambda: _energy(rates=[{"currency": "EUR", "rate": 1.0}] * 2), "'EUR' has 2 rates"),
        (lambda: _energy(rates=[{"currency": "EUR", "rate": 1.0}, {"currency": "USD", "rate": 2.0}]), "currency of the case"),
        (lambda: _energy(rates=[{"currency": "EUR", "rate": 1.0, "source": "bok"}]), "did you mean 'book'"),
    ],
)  # fmt: skip
def test_what_energy_lacks_is_refused(case, text):
    """Proves: a calorific value or a rate that is not there, a rate that is none, and a source that does not exist are errors
    that say what to do.
    Without it: amounts or money would be off by a factor without a word.
    """
    with pytest.raises(CaseError, match=text):
        case()


def test_a_rate_without_a_source_counts():
    """Proves: an exchange rate without a source is a number that rests on nothing. Without it: it would hide from the count."""
    found = _energy(rates=[{"currency": "EUR", "rate": 1.25}]).check().unsourced
    assert ("case.yaml", "EUR", "exchange_rates", 1.25) in list(found.itertuples(index=False, name=None))
