"""Units of amounts, rates, money and prices: explicit, sourced factors only. What lacks one is an error that names the column."""

from straits.case.units.amounts import (
    AMOUNT_UNITS,
    CommodityFactors,
    amount,
    amount_factor,
    amount_per_day,
    amount_units,
    common_factor,
    customary,
    customary_unit,
    split_rate,
)
from straits.case.units.prices import (
    NO_RATES,
    Rates,
    convert,
    money,
    money_per_day,
    money_units,
    price,
)

__all__ = [
    "AMOUNT_UNITS",
    "NO_RATES",
    "CommodityFactors",
    "Rates",
    "amount",
    "amount_factor",
    "amount_per_day",
    "amount_units",
    "common_factor",
    "convert",
    "customary",
    "customary_unit",
    "money",
    "money_per_day",
    "money_units",
    "price",
    "split_rate",
]
