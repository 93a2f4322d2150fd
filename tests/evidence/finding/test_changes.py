"""Changes, levels and the periods and prices that two numbers share."""

from __future__ import annotations

import pytest

from straits.evidence.finding.quantities import find_quantities


def read(text: str) -> list[tuple[float, str, str]]:
    return [(q.value, q.unit, q.op) for q in find_quantities(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("с 85 до 60 евро", [(85, "EUR", "="), (60, "EUR", "=")]),
        ("снизилась с 85 до 60 евро за МВт·ч", [(85, "EUR/MWh", "="), (60, "EUR/MWh", "=")]),
        ("вырос с 60 до 65 млн тонн в год", [(60e6, "t/y", "="), (65e6, "t/y", "=")]),
        ("от 5 до 7 млн тонн", [(5e6, "t", ">="), (7e6, "t", "<=")]), ("между 5 и 7 млн тонн", [(5e6, "t", ">="), (7e6, "t",
        "<=")]),
        ("от 300 до 400 долларов за тонну", [(300, "USD/t", ">="), (400, "USD/t", "<=")]),
        ("from 85 to 60 euros", [(85, "EUR", "="), (60, "EUR", "=")]),
        ("$900 to $1.2 million", [(1.2e6, "USD", "<=")]), ("900 to 1.2 million dollars", [(1.2e6, "USD", "<=")]),
        ("$900-1.2 million", []), ("between 7 and 5 million tonnes", []),
        ("corrected from 5 million to 7 million tonnes", [(5e6, "t", "="), (7e6, "t", "=")]),
    ],
)  # fmt: skip
def test_two_numbers(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: a range in Russian has both ends, a level before a fall its unit, and an end of a scale in doubt is left out.

    Without it: "с 85 до 60 евро" was 60 alone, and $900 the least of a range in millions.
    """
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Brent fell $2 to $83 a barrel", [(2, "USD/bbl", "="), (83, "USD/bbl", "=")]),
        ("the tariff was raised by $2 to $38 per tonne", [(2, "USD/t", "="), (38, "USD/t", "=")]),
        ("output was down 300,000 b/d to 1.2 million b/d", [(3e5, "bbl/d", "="), (1.2e6, "bbl/d", "=")]),
        ("cut by 2 million to 40 million barrels per day", [(40e6, "bbl/d", "=")]),
        ("cut by 5 to 7 million tonnes", [(5e6, "t", ">="), (7e6, "t", "<=")]),
        ("Brent rose $5 to $7 a barrel", []), ("the stake rose 5% to 15%", []), ("cut by 5 to 60 million tonnes", []),
        ("экспорт упал на 5 млн до 60 млн тонн", [(60e6, "t", "=")]),
    ],
)  # fmt: skip
def test_a_change_and_its_level_are_no_range(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: what fell by so much to so much is no range, and what may be either is left out.

    Without it: oil that fell $2 to $83 cost at least 2 and at most 83 dollars.
    """
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("output was down 5% to 60 Mt", 5), ("exports, up 12%, grew", 12), ("fell 5% to", 5), ("a drop of 5% from", 5),
        ("a 5% fall", 5),
        ("rose about 5% in May", 5), ("dropped 12 percent year on year", 12), ("5% y/y", 5), ("5% less than planned", 5),
        ("Brent fell $2.15, or 2.5%, to", 2.5), ("grew by more than 5%", 5),
    ],
)  # fmt: skip
def test_a_share_by_which_something_changed(text: str, value: float) -> None:
    """Proves: a percentage that tells a change is one, wherever its word stands. Without it: exports fell to a share of 5%."""
    assert [(q.value, q.measure) for q in find_quantities(text) if q.unit == "%"] == [(value, "change")]


@pytest.mark.parametrize(
    "text",
    [
        "fell to 5%",
        "up to 5%",
        "a 5% stake",
        "cut 5% of its staff",
        "a tariff of 5%",
        "5% of the rise",
        "rose from 5%",
        "gas makes up 5 percent",
        "exports made up 5% that year",
        "the upstream 5% is lost",
    ],
)
def test_a_share_that_is_none(text: str) -> None:
    """Proves: a level, a part or a rate is no change. Without it: a stake of 5% would have grown by 5%."""
    assert [q.measure for q in find_quantities(text)] == ["share"]


@pytest.mark.parametrize(
    "text",
    [
        "rose 2 pp to",
        "2 ppt",
        "2 percentage points",
        "2 percentage-point",
        "2 п.п.",
        "2 п. п.",
        "2 процентных пункта",
    ],
)
def test_percentage_points(text: str) -> None:
    """Proves: points are points however they are written. Without it: "2 процентных пункта" were 2 %."""
    assert [(q.value, q.unit) for q in find_quantities(text)] == [(2, "percentage point")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fell to $60 from $85 a barrel", [(60, "USD/bbl", "="), (85, "USD/bbl", "=")]),
        ("fell from $85 a barrel to $60", [(85, "USD/bbl", "="), (60, "USD/bbl", "=")]),
        ("rose from 15 Mt a year to 20 Mt", [(15e6, "t/y", "="), (20e6, "t/y", "=")]),
        ("1.2 million barrels (160,000 tonnes) per day", [(1.2e6, "bbl/d", "="), (160e3, "t/d", "=")]),
        ("1.2 million barrels, or 160,000 tonnes, a day", [(1.2e6, "bbl/d", "="), (160e3, "t/d", "=")]),
        ("5 million tonnes (100,000 b/d)", [(5e6, "t", "="), (1e5, "bbl/d", "=")]),
        ("5 million tonnes, or 14,000 tonnes a day", [(5e6, "t", "="), (14e3, "t/d", "=")]),
        ("annual output fell 5% to 60 million tonnes", [(5, "%", "="), (60e6, "t/y", "=")]),
        ("daily output fell by 300,000 barrels to 1.2 million barrels", [(3e5, "bbl/d", "="), (1.2e6, "bbl/d", "=")]),
        ("annual exports of 5 Mt and stocks of 3 Mt", [(5e6, "t/y", "="), (3e6, "t", "=")]),
        ("1.2 million barrels per day, and 10 tankers", [(1.2e6, "bbl/d", "="), (10, "tanker", "=")]),
        ("3 trains per day, each of 60 wagons", [(3, "train/d", "="), (60, "wagon", "=")]),
        ("5 trains each day and 200 wagons", [(5, "train/d", "="), (200, "wagon", "=")]),
        ("in 2021 each day 24 ships passed", [(24, "ship/d", "=")]),
        ("per day it carries 24 trains", [(24, "train/d", "=")]),
    ],
)  # fmt: skip
def test_a_period_or_price_belongs_to_both(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: of two levels, or one amount in two units, each has the period or what the price is of; a conversion keeps its own.

    The period of one amount is not that of another behind it.

    Without it: $85 a barrel before were 85 dollars, a daily flow in two units two amounts, and waiting tankers a daily flow.
    """
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "20 trains twice a day", "40 mcm every 24 hours", "5 Mt every two years", "5 Mt every other day",
        "300 trains a fortnight",
        "5 Mt semi-annually", "5 Mt half-yearly", "5 Mt a half", "67 Mt a marketing year", "300 tonnes a minute",
        "300 m3 every second",
        "30 tonnes a hectare", "80 tonnes each", "80 tonnes apiece", "80 tonnes a wagon", "$5 million each", "$5 apiece",
        "5 Mt per 30 days", "300 тонн в минуту", "300 куб. м в секунду", "67 млн т/г", "5 млн тонн в полугодие",
        "300 тонн с гектара",
        "$300/1000 m3", "3,500 tenge per tonne per 1,000 km", "$50,000 per day per vessel", "5 t a day per hectare",
    ],
)  # fmt: skip
def test_an_amount_of_each_of_something_else(text: str) -> None:
    """Proves: what is of each of something without a unit here is left out. Without it: twenty trains twice a day were twenty."""
    assert [q for q in find_quantities(text) if q.measure != "duration"] == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("экспортирует 67 млн тонн нефти в год", 67e6, "t/y"), ("ежегодно экспортирует 67 млн тонн", 67e6, "t/y"),
        ("в сутки добывают 1,2 млн баррелей", 1.2e6, "bbl/d"), ("годовой объем транзита — 67 млн тонн", 67e6, "t/y"),
        ("среднесуточная добыча составила 5 тыс. тонн", 5e3, "t/d"), ("в месяц отгружают около 5 млн тонн", 5e6, "t/month"),
        ("40 млн кубометров газа в сутки", 40e6, "m3/d"), ("67 млн т./год", 67e6, "t/y"),
        ("отгрузили 5 тыс. тонн в день открытия", 5e3, "t"), ("в год столетия отгрузили 5 млн тонн", 5e6, "t"),
        ("годовой отчет сообщает о 67 млн тонн", 67e6, "t"), ("5 млн тонн за месяц", 5e6, "t"), ("80% экспорта в год", 80, "%"),
    ],
)  # fmt: skip
def test_periods_in_russian(text: str, value: float, unit: str) -> None:
    """Proves: a period is read before the number and behind what is measured.

    Without it: 67 million tonnes a year were an amount.
    """
    assert [(q.value, q.unit) for q in find_quantities(text)] == [(pytest.approx(value), unit)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("€30 a megawatt hour", [(30, "EUR/MWh")]), ("$300/mt", [(300, "USD/t")]),
        ("30 euros per megawatt-hour", [(30, "EUR/MWh")]),
        ("300 mb/d", []), ("100 mb/d", [(1e8, "bbl/d")]),
    ],
)  # fmt: skip
def test_prices_and_barrels(text: str, found: list[tuple[float, str]]) -> None:
    """Proves: what a price is of is read in its longer words, and mb/d is no million where it cannot be.

    Without it: €30 a megawatt hour was 30 euros.
    """
    assert [(q.value, q.unit) for q in find_quantities(text)] == found
