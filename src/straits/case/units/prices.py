"""Units of money, prices and payments: thousands of the currency of the case.

So USD/t on kt, USD/1000 m3 on mcm and EUR/MWh on GWh need no factor. An exchange rate is a claim, not a unit.
"""

from __future__ import annotations

from collections.abc import Mapping

from straits.case.units.amounts import CommodityFactors, amount, amount_factor, amount_per_day, amount_units
from straits.errors import UnitError, did_you_mean

#: Currency to what one unit of it is worth in the currency of the case.
Rates = Mapping[str, float]
NO_RATES: Rates = {}

#: Prefix of a currency to thousands of it.
MONEY_PREFIXES = {"": 1e-3, "k": 1.0, "M": 1e3, "bn": 1e6}


def money_units(currency: str) -> list[str]:
    """List the money units of a currency: itself, thousand, million, billion."""
    return [prefix + currency for prefix in MONEY_PREFIXES]


def money(value: float, unit: str, currency: str = "USD", rates: Rates = NO_RATES) -> float:
    """Convert money to thousands of the case's currency.

    Parameters
    ----------
    value : float
    unit : str
        Currency code with prefix k, M or bn, or none.
    currency : str
        Currency of the case.
    rates : mapping of str to float
        What one unit of another currency is worth in it. One without a rate is an error: an exchange rate is a claim, not a unit.

    Returns
    -------
    float
        Thousand currency.

    Raises
    ------
    UnitError
        Unknown unit or another currency.
    """
    for name in (currency, *rates):
        if unit in money_units(name):
            return (
                value * MONEY_PREFIXES[unit.removesuffix(name)] * (1.0 if name == currency else rates[name])
            )
    accepted = [of for name in (currency, *rates) for of in money_units(name)]
    near = (
        did_you_mean(unit, accepted)
        or "; another currency needs its rate under `exchange_rates` in case.yaml"
    )
    raise UnitError(f"unknown money unit {unit!r}; accepted: {', '.join(accepted)}{near}")


def money_per_day(
    value: float, unit: str, currency: str = "USD", *, year_days: float = 365.0, rates: Rates = NO_RATES
) -> float:
    """Convert a payment, money per time such as `MUSD/y`, to thousands of the case's currency per day.

    Parameters
    ----------
    value : float
    unit : str
        `<money>/<period>`; `/y` is the payment of a full calendar year, `/month` a twelfth of it.
    currency : str
        Currency of the case.
    year_days : float
        Days of that calendar year: 365 or 366.
    rates
        As in `money`.

    Returns
    -------
    float
        Thousand currency per day.

    Raises
    ------
    UnitError
        As `money`, and for an unknown period.
    """
    money_unit, slash, period = unit.rpartition("/")
    lengths = {"y": year_days, "month": year_days / 12.0, "week": 7.0, "d": 1.0, "h": 1.0 / 24.0}
    if not slash or period not in lengths:
        accepted = [f"{name}/{per}" for name in money_units(currency) for per in lengths]
        raise UnitError(
            f"unit {unit!r} is not money per time; write money/period, such as {accepted[-10]!r}, with a period of "
            f"{', '.join(lengths)}{did_you_mean(unit, accepted)}"
        )
    return money(value, money_unit, currency, rates) / lengths[period]


def price(
    value: float,
    unit: str,
    commodity: CommodityFactors,
    *,
    currency: str = "USD",
    bbl_per_t: float | None = None,
    rates: Rates = NO_RATES,
) -> float:
    """Convert a price to thousand currency per canonical unit.

    Parameters
    ----------
    value : float
    unit : str
        `<money>/<amount>`, such as `USD/bbl`, `USD/1000 m3`, `kUSD/TEU`.
    commodity : Commodity
    currency : str
        Currency of the case.
    bbl_per_t : float, optional
        Barrels per tonne of a grade, in place of the commodity's.
    rates
        As in `money`.

    Returns
    -------
    float
        Thousand currency per kt, mcm, GWh, TEU or unit.

    Raises
    ------
    UnitError
        As `amount_factor` and `money`.
    """
    money_unit, slash, amount_unit = unit.partition("/")
    if not slash:
        accepted = [f"{currency}/{name}" for name in amount_units(commodity.unit)]
        raise UnitError(
            f"unit {unit!r} is not a price; write money/amount, such as {', '.join(accepted)}"
            f"{did_you_mean(unit, accepted)}"
        )
    return money(value, money_unit, currency, rates) / amount_factor(
        amount_unit, commodity, bbl_per_t=bbl_per_t
    )


def convert(
    value: float,
    unit: str | None,
    dimension: str,
    commodity: CommodityFactors | None,
    *,
    currency: str = "USD",
    bbl_per_t: float | None = None,
    step_days: float = 1.0,
    year_days: float = 365.0,
    rates: Rates = NO_RATES,
) -> float:
    """Convert a number of a named dimension to its canonical unit, for checks and comparisons.

    Parameters
    ----------
    value : float
    unit : str or None
    dimension : {"rate", "amount", "price", "money", "payment"}
    commodity : Commodity or None
        Needed for all dimensions but money and payment.
    currency, bbl_per_t, rates
        As in `price`.
    step_days, year_days : float
        Days of a step, for rates per step, and of the year, for rates per year or month.

    Returns
    -------
    float
        Canonical units per day, canonical units, thousand currency per canonical unit, or thousand currency.

    Raises
    ------
    UnitError
    """
    if unit is None:
        raise UnitError("unit is missing")
    if dimension == "money":
        return money(value, unit, currency, rates)
    if dimension == "payment":
        return money_per_day(value, unit, currency, rates=rates)
    if commodity is None:
        raise UnitError(f"unit {unit!r} has no commodity to be of")
    if dimension == "rate":
        return amount_per_day(
            value, unit, commodity, year_days=year_days, step_days=step_days, bbl_per_t=bbl_per_t
        )
    if dimension == "amount":
        return amount(value, unit, commodity, bbl_per_t=bbl_per_t)
    if dimension == "price":
        return price(value, unit, commodity, currency=currency, bbl_per_t=bbl_per_t, rates=rates)
    raise ValueError(f"unknown dimension {dimension!r}")
