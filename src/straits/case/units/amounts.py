"""Units of amounts and rates: explicit, sourced factors only. A conversion that lacks one is an error that names the column.

Canonical units are kt (mass), mcm (million cubic metres of gas), GWh (energy), TEU and unit for amounts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Protocol

from straits.errors import UnitError, did_you_mean

#: Cubic metres in a barrel of 42 US gallons of 231 cubic inches of (2.54 cm)³, exact.
M3_PER_BBL = 0.158987294928

#: MWh in a million British thermal units of the International Table, 1,055.05585262 J each, exact.
MWH_PER_MMBTU = 1055.05585262 / 3600.0


class CommodityFactors(Protocol):
    """What a conversion needs to know of a commodity; `straits.case.schema.network.Commodity` is one."""

    @property
    def id(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def bbl_per_t(self) -> float | None: ...
    @property
    def t_per_wagon(self) -> float | None: ...
    @property
    def teu_per_train(self) -> float | None: ...
    @property
    def kwh_per_m3(self) -> float | None: ...
    @property
    def mwh_per_t(self) -> float | None: ...
    @property
    def mwh_per_m3_lng(self) -> float | None: ...


class _Amount(NamedTuple):
    family: str
    factor: float


#: Amount unit to its family and the size of one unit in the family's base (t, bbl, m3, MWh, m3 LNG, TEU, wagon, train, unit).
AMOUNT_UNITS: dict[str, _Amount] = {
    "t": _Amount("mass", 1.0),
    "kt": _Amount("mass", 1e3),
    "Mt": _Amount("mass", 1e6),
    "bbl": _Amount("barrel", 1.0),
    "kb": _Amount("barrel", 1e3),
    "mb": _Amount("barrel", 1e6),
    "m3": _Amount("volume", 1.0),
    "1000 m3": _Amount("volume", 1e3),
    "mcm": _Amount("volume", 1e6),
    "bcm": _Amount("volume", 1e9),
    "MWh": _Amount("energy", 1.0),
    "GWh": _Amount("energy", 1e3),
    "TWh": _Amount("energy", 1e6),
    "MMBtu": _Amount("energy", MWH_PER_MMBTU),
    "m3 LNG": _Amount("lng", 1.0),
    "1000 m3 LNG": _Amount("lng", 1e3),
    "TEU": _Amount("container", 1.0),
    "FEU": _Amount("container", 2.0),
    "kTEU": _Amount("container", 1e3),
    "wagon": _Amount("wagon", 1.0),
    "train": _Amount("train", 1.0),
    "unit": _Amount("unit", 1.0),
    "kunit": _Amount("unit", 1e3),
}

#: Canonical unit of a commodity to the families of units in which its amounts may be given.
FAMILIES: dict[str, tuple[str, ...]] = {
    "kt": ("mass", "barrel", "volume", "wagon", "energy", "lng"),
    "mcm": ("volume", "energy", "lng"),
    "GWh": ("energy", "volume", "mass", "lng"),
    "TEU": ("container", "train"),
    "unit": ("unit",),
}

#: Units of power, which are rates by themselves: the amount of energy and the period that they stand for.
POWER_UNITS = {"MW": ("MWh", "h"), "GW": ("GWh", "h")}

PERIODS = ("y", "month", "week", "d", "h", "step")


def amount_units(kept: str) -> list[str]:
    """List the amount units that suit commodities kept in a canonical unit.

    `mcm` and `bcm` stand for gas only: a liquid, though its cubic metres convert, is never given in them.

    Parameters
    ----------
    kept : {"kt", "mcm", "GWh", "TEU", "unit"}
        Canonical unit of the commodity.

    Returns
    -------
    list of str
    """
    return list(_suited(kept))


@cache
def _suited(kept: str) -> tuple[str, ...]:
    """As `amount_units`, kept because it is asked for every number of a case."""
    suited = [unit for unit, amount in AMOUNT_UNITS.items() if amount.family in FAMILIES[kept]]
    return tuple(unit for unit in suited if not (kept == "kt" and unit in ("mcm", "bcm")))


def _factor(value: float | None, column: str, unit: str, commodity: CommodityFactors) -> float:
    if value is None:
        raise UnitError(
            f"unit {unit!r} of commodity {commodity.id!r} needs a factor: fill column {column} of row "
            f"{commodity.id!r} in table commodities"
        )
    if not value > 0:
        raise UnitError(f"{column} of commodity {commodity.id!r} is {value:g}; it must be above 0")
    return value


def amount_factor(unit: str, commodity: CommodityFactors, *, bbl_per_t: float | None = None) -> float:
    """Give the size of one `unit` in the canonical unit of a commodity.

    Parameters
    ----------
    unit : str
        Amount unit, such as `t`, `kb`, `1000 m3`, `FEU`. Upper and lower case matter.
    commodity : Commodity
        Row with the canonical unit and the factors.
    bbl_per_t : float, optional
        Barrels per tonne of a grade, in place of the commodity's.

    Returns
    -------
    float
        Canonical units (kt, mcm, GWh, TEU, unit) in one `unit`.

    Raises
    ------
    UnitError
        Unknown unit, unit that does not suit the commodity, or factor not given.
    """
    accepted = _suited(commodity.unit)
    if unit not in accepted:
        what = f"unit {unit!r} does not suit" if unit in AMOUNT_UNITS else f"unknown amount unit {unit!r} for"
        raise UnitError(
            f"{what} commodity {commodity.id!r}, which is kept in {commodity.unit}; accepted: "
            f"{', '.join(accepted)}{did_you_mean(unit, accepted)}"
        )
    family, size = AMOUNT_UNITS[unit]
    if family in ("energy", "lng") or commodity.unit == "GWh":
        return _through_energy(family, size, unit, commodity)
    if family in ("barrel", "volume") and commodity.unit == "kt":
        grade = _factor(
            bbl_per_t if bbl_per_t is not None else commodity.bbl_per_t, "bbl_per_t", unit, commodity
        )
        barrels = size if family == "barrel" else size / M3_PER_BBL
        return barrels / grade / 1e3
    if family == "wagon":
        return size * _factor(commodity.t_per_wagon, "t_per_wagon", unit, commodity) / 1e3
    if family == "train":
        return size * _factor(commodity.teu_per_train, "teu_per_train", unit, commodity)
    base = {"kt": 1e3, "mcm": 1e6, "TEU": 1.0, "unit": 1.0}[commodity.unit]
    return size / base


def _through_energy(family: str, size: float, unit: str, commodity: CommodityFactors) -> float:
    """Give the size of a unit in the canonical one by the energy in it: a calorific value in, and where goods are not kept in
    energy another one out."""
    mwh = size
    if family == "volume":
        mwh *= _factor(commodity.kwh_per_m3, "kwh_per_m3", unit, commodity) / 1e3
    elif family == "mass":
        mwh *= _factor(commodity.mwh_per_t, "mwh_per_t", unit, commodity)
    elif family == "lng":
        mwh *= _factor(commodity.mwh_per_m3_lng, "mwh_per_m3_lng", unit, commodity)
    if commodity.unit == "mcm":
        return mwh / _factor(commodity.kwh_per_m3, "kwh_per_m3", unit, commodity) / 1e3
    if commodity.unit == "kt":
        return mwh / _factor(commodity.mwh_per_t, "mwh_per_t", unit, commodity) / 1e3
    return mwh / 1e3


def amount(value: float, unit: str, commodity: CommodityFactors, *, bbl_per_t: float | None = None) -> float:
    """Convert an amount to the canonical unit of its commodity.

    Parameters and errors are those of `amount_factor`.

    Returns
    -------
    float
        Amount in kt, mcm, GWh, TEU or unit.
    """
    return value * amount_factor(unit, commodity, bbl_per_t=bbl_per_t)


def split_rate(unit: str) -> tuple[str, str]:
    """Split a rate unit such as `kb/d` into amount unit and period; `MW` is `MWh/h`.

    Raises
    ------
    UnitError
        No period, or an unknown one.
    """
    if unit in POWER_UNITS:
        return POWER_UNITS[unit]
    amount_unit, slash, period = unit.rpartition("/")
    if not slash:
        raise UnitError(
            f"unit {unit!r} is not a rate; write amount/period with a period of {', '.join(PERIODS)}, such as 'kt/d'"
            f"{did_you_mean(unit, POWER_UNITS) or did_you_mean(f'{unit}/d', [f'{name}/d' for name in AMOUNT_UNITS])}"
        )
    if period not in PERIODS:
        aliases = {
            "yr": "y",
            "year": "y",
            "a": "y",
            "day": "d",
            "mo": "month",
            "m": "month",
            "wk": "week",
            "hr": "h",
        }
        near = aliases.get(period.lower())
        hint = f"; did you mean {f'{amount_unit}/{near}'!r}?" if near else did_you_mean(period, PERIODS)
        raise UnitError(f"unknown period {period!r} in unit {unit!r}; accepted: {', '.join(PERIODS)}{hint}")
    return amount_unit, period


def amount_per_day(
    value: float,
    unit: str,
    commodity: CommodityFactors,
    *,
    year_days: float = 365.0,
    step_days: float | None = None,
    bbl_per_t: float | None = None,
) -> float:
    """Convert a rate to canonical units per day.

    Parameters
    ----------
    value : float
        Number in the cell; infinity stays infinity.
    unit : str
        `<amount>/<period>`, or `MW`, `GW`; `/y` is the amount of a full calendar year, `/month` a twelfth of it.
    commodity : Commodity
    year_days : float
        Days of that calendar year: 365 or 366.
    step_days : float, optional
        Days of the step, needed for `/step`.
    bbl_per_t : float, optional
        Barrels per tonne of a grade, in place of the commodity's.

    Returns
    -------
    float
        kt, mcm, GWh, TEU or unit per day.

    Raises
    ------
    UnitError
        As `amount_factor`, and for `/step` without `step_days`.
    """
    amount_unit, period = split_rate(unit)
    if period == "step":
        if step_days is None:
            raise UnitError(f"unit {unit!r} is a rate per step, which has no meaning without a time axis")
        days = step_days
    else:
        days = {"y": year_days, "month": year_days / 12.0, "week": 7.0, "d": 1.0, "h": 1.0 / 24.0}[period]
    return amount(value, amount_unit, commodity, bbl_per_t=bbl_per_t) / days


#: Unit in which prices of a commodity are usually told, by its canonical unit, and how many of it one canonical unit holds.
CUSTOMARY = {"kt": ("t", 1000.0), "mcm": ("1000 m3", 1000.0), "GWh": ("MWh", 1000.0)}


def customary_unit(unit: str) -> str:
    """Give the unit in which prices of a commodity kept in `unit` are usually told: t, 1000 m3, MWh, TEU, unit."""
    return CUSTOMARY.get(unit, (unit, 1.0))[0]


def customary(unit: str) -> float:
    """Customary units of price in one model unit: tonnes in kt, 1000 m3 in mcm, MWh in GWh; 1 for TEU and abstract units.

    Thousand currency per model unit, times 1000, divided by this, is currency per tonne, 1000 m3, MWh, TEU or unit.
    """
    return CUSTOMARY.get(unit, (unit, 1.0))[1]


def common_factor(unit: str, commodities: Iterable[CommodityFactors]) -> float:
    """Give the factor of an amount unit that several commodities share.

    Parameters
    ----------
    unit : str
    commodities : iterable of Commodity
        At least one.

    Returns
    -------
    float

    Raises
    ------
    UnitError
        When the factor differs between them, so that a shared capacity in this unit has no meaning.
    """
    factors = {commodity.id: amount_factor(unit, commodity) for commodity in commodities}
    if max(factors.values()) > min(factors.values()) * (1 + 1e-12):
        raise UnitError(
            f"unit {unit!r} means different amounts of {', '.join(map(repr, factors))}; give the shared number in their "
            f"canonical unit"
        )
    return next(iter(factors.values()))
