"""What a number of a case is of: the commodities and the dimension behind a cell, and its value in canonical units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.case.schema.tables import ASSET_TABLES, columns
from straits.case.units import convert
from straits.errors import UnitError

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.network import Commodity


def asset_table(case: CaseData, asset: str) -> str | None:
    """Give the table that an asset stands in, or None if there is no such asset."""
    return next((table for table in ASSET_TABLES if asset in case.known_ids(table)), None)


def commodities_of(case: CaseData, table: str, row: Any) -> list[Commodity]:
    """Give the commodities whose units a row's numbers are in.

    Those of a link are all that it carries; those of a contract, option or measure without a commodity are those of its asset.
    Ids that do not exist are left out, as another check names them.
    """
    known = case.rows("commodities")
    names: tuple[str, ...] = ()
    if table == "links":
        names = row.commodities
    elif table == "joints":
        links = case.rows("links")
        names = tuple(dict.fromkeys(c for key in row.links if key in links for c in links[key].commodities))
    elif table in ("supplies", "markets", "stores", "converts", "fleets", "observations", "world_markets"):
        names = (row.commodity,)
    elif table == "profiles":
        users = case.profile_uses.get(row.profile, ())
        found = [c for t, key, _ in users for c in commodities_of(case, t, case.rows(t)[key])]
        return list({c.id: c for c in found}.values())
    elif table == "exposures":
        world = case.rows("world_markets").get(row.world)
        names = () if world is None else (world.commodity,)
    elif table in ("contracts", "options", "fiscal", "rights", "measures"):
        own: str | None = getattr(row, "commodity", None)
        if own is not None:
            names = (own,)
        else:
            home = asset_table(case, row.asset) if row.asset is not None else None
            if home is None and table == "options" and row.asset in case.rows("contracts"):
                home = "contracts"
            asset = case.rows(home).get(row.asset) if home else None
            return commodities_of(case, home, asset) if home and asset is not None else []
    return [known[name] for name in names if name in known]


def dimension_of(case: CaseData, table: str, row: Any, column: str) -> str | None:
    """Give the dimension of a number: `rate`, `amount`, `price`, `money`, `payment` (money per time), `count`, `share`, or None
    for one without a unit column.

    A value of a profile is a share of the cell, or has the dimension of the cells that follow it: None where there is none.
    What an option adds, and the amount of a right, have the dimension of the asset's capacity: an amount for stores, a count for
    fleets. A fiscal rate is a share, a price or a payment, by its kind.
    """
    dimension = columns(table)[column].dimension
    if table == "profiles" and column == "value":
        if row.value_unit is None:
            return "share"
        users = case.profile_uses.get(row.profile, ())
        return columns(users[0][0])[users[0][2]].dimension if users else None
    if table == "fiscal" and column.startswith("rate"):
        return {"royalty": "share", "profit_share": "share", "fixed": "payment"}.get(row.kind, dimension)
    if (table, column) in (("options", "adds"), ("rights", "amount")):
        return {"stores": "amount", "fleets": "count", "joints": "count"}.get(
            asset_table(case, row.asset) or "", dimension
        )
    return dimension


def grade_of(case: CaseData, table: str, row: Any) -> float | None:
    """Give the barrels per tonne in which a row's numbers count, where they are of a market that gives its own; else None.

    These are a market, what is levied on it, agreed on it or observed at it, and what adds to what was agreed.
    """
    if table == "options":
        row, table = case.rows("contracts").get(row.asset), "contracts"
    if row is None:
        return None
    if table == "observations":
        key = row.target if row.target_kind == "market" else None
    else:
        key = row.id if table == "markets" else row.asset if table in ("fiscal", "contracts") else None
    market = case.rows("markets").get(key) if key is not None else None
    return market.bbl_per_t if market is not None else None


def canonical(
    case: CaseData,
    table: str,
    row: Any,
    column: str,
    value: float,
    unit: str | None,
    *,
    step_days: float = 1.0,
    year_days: float = 365.0,
) -> list[float]:
    """Convert a number of a cell to canonical units, once for each commodity that it is of.

    Parameters
    ----------
    case : Case
    table, column : str
    row : Row
        Row that the number stands in.
    value : float
    unit : str or None
    step_days, year_days : float
        Length of the step and of the year, for rates.

    Returns
    -------
    list of float
        One value, or one per commodity of a link. Rates are per day: with the default lengths a scale that compares numbers
        of one cell, not one to compute with.

    Raises
    ------
    UnitError
    """
    dimension = dimension_of(case, table, row, column)
    if table == "profiles" and dimension is None and row.value_unit is not None:
        return []  # nothing follows the profile, so nothing says what its unit should be
    if dimension == "share" and unit is not None:
        raise UnitError(f"unit {unit!r} for a share, which has none; 0.25 stands for 25 %")
    if dimension in (None, "count", "share"):
        if unit is not None and not (dimension == "count" and unit == "unit"):
            raise UnitError(
                f"unit {unit!r} for a number without a unit" + ("; accepted: 'unit'" * (dimension == "count"))
            )
        return [value]
    currency, rates = case.settings.currency, case.settings.rates
    if dimension in ("money", "payment"):
        return [convert(value, unit, dimension, None, currency=currency, rates=rates)]
    grade = grade_of(case, table, row)
    return [
        convert(
            value, unit, dimension, commodity, currency=currency, bbl_per_t=grade, step_days=step_days,
            year_days=year_days, rates=rates,
        )
        for commodity in commodities_of(case, table, row)
    ]  # fmt: skip
