"""Numbers of a case that may be otherwise: what is known of each, and the case with others in their place."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from straits.case.answers import as_yields, ends_of, yields_of
from straits.case.checks.rows import RANGES, Range
from straits.case.conversion import most_made
from straits.case.files.cells import CellError, parse_number
from straits.case.units import customary_unit
from straits.case.units.quantities import asset_table, canonical
from straits.errors import ModelError, UnitError

if TYPE_CHECKING:
    from straits.case.case import Case

#: Numbers that are varied, by table.
VARIED: dict[str, tuple[str, ...]] = {
    "links": ("capacity", "cost", "tariff", "loss", "transit_days"),
    "supplies": ("capacity", "cost", "ramp_down", "forced_cost"),
    "markets": ("price", "demand", "unmet_price", "elasticity", "choke_price", "regulated_price"),
    "stores": ("capacity", "start", "in_rate", "out_rate"),
    "converts": ("capacity", "cost", "tariff"),
    "joints": ("capacity",),
    "fleets": ("count", "payload", "turnaround_days", "availability"),
    "contracts": ("amount", "penalty"),
    "fiscal": ("rate",),
    "world_markets": ("volume",),
    "price_responses": ("elasticity",),
    "exposures": ("net_exports",),
    "measures": ("cost",),
}

#: Columns of `VARIED` that price; the others limit amounts.
PRICES = ("cost", "tariff", "price", "unmet_price", "forced_cost", "penalty", "rate")

#: Columns that divide money and change no plan.
_DIVIDING = ("regulated_price", "net_exports")
_SHARES = ("royalty", "profit_share", "fixed")

#: Spread of a number without an interval of its own, as share of its value.
SPREAD = 0.2


@dataclass(frozen=True)
class Uncertain:
    """A number that may be otherwise: its cell, its ends, and what is known of it."""

    table: str
    row: str
    column: str
    name: str
    value: float
    unit: str
    low: float
    high: float
    basis: str
    confidence: str
    part: str = ""
    """Which number of the cell, where it holds several: of yields, the commodity."""

    @property
    def key(self) -> str:
        """Table, row and column, and the part of the cell, in one word."""
        return ":".join([self.table, self.row, self.column, *([self.part] if self.part else [])])


def uncertain_numbers(
    case: Case, commodity: str | None = None, *, spread: float = SPREAD, of_plan: bool = True
) -> list[Uncertain]:
    """List the numbers that have an interval or competing claims, that rest on low confidence, or that no source supports.

    Parameters
    ----------
    case : Case
    commodity : str, optional
        Only numbers of rows that concern it. Default: all.
    spread : float
        Half the width given to a number that has neither an interval nor competing claims, as share of its value, below 1; 0
        leaves those out.
    of_plan : bool
        Only numbers that can change a plan; else also those that only divide what it brings.

    Returns
    -------
    list of Uncertain
        Zeros and unlimited values without an interval are left out: a share of them is no variation.

    Raises
    ------
    ModelError
        A spread below 0, or of 1 and more: a capacity would be drawn below 0.
    """
    if not 0 <= spread < 1:
        raise ModelError(f"spread={spread!r}: expected a share from 0 to below 1")
    claims: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for claim in case.rows("claims").values():
        claims[claim.table, claim.row, claim.column].append(claim)
    found = []
    for table, columns in VARIED.items():
        # By id: the same seed draws the same numbers in whatever order the rows of the case stand.
        for key, row in sorted(case.rows(table).items()):
            if (commodity is not None and not _concerns(case, table, row, commodity)) or not _acts(
                case, table, row
            ):
                continue
            for column in columns:
                if of_plan and (column in _DIVIDING or (table == "fiscal" and row.kind in _SHARES)):
                    continue
                item = _uncertain(case, table, row, column, claims[table, key, column], spread)
                if item is not None:
                    found.append(item)
            if table == "converts":
                found += _yields(case, row, claims[table, key, "yields"], spread)
    return found


def _yields(case: Case, row: Any, claims: list[Any], spread: float) -> list[Uncertain]:
    """List the yields of a process that have an interval, or that nothing good supports."""
    goods, ends, known = case.rows("commodities"), ends_of(row), _support(row, claims)
    taken, found = customary_unit(goods[row.commodity].unit), []
    for good, share in yields_of(row).items():
        if good in ends:
            basis, (low, high) = "interval", ends[good]
        elif spread and known in ("low", "no source"):
            basis, low, high = f"±{spread:.0%}", share * (1 - spread), share * (1 + spread)
        else:
            continue
        low, high = share if low is None else low, share if high is None else high
        unit = f"{customary_unit(goods[good].unit)}/{taken}"
        name = f"{row.name}, {goods[good].name}"
        found.append(
            Uncertain("converts", row.id, "yields", name, share, unit, low, high, basis, known, good)
        )
    return found


def _support(row: Any, claims: list[Any]) -> str:
    """Say what supports a cell: the confidence of its chosen claim, else that of the row; no source where neither has one."""
    chosen = [c for c in claims if c.chosen]
    return _of_row(row) if not chosen else chosen[0].confidence if chosen[0].source else "no source"


def _uncertain(
    case: Case, table: str, row: Any, column: str, claims: list[Any], spread: float
) -> Uncertain | None:
    value: float | None = getattr(row, column)
    if value is None or not math.isfinite(value) or _unread(case, row, column):
        return None
    known = _support(row, claims)
    low, high = getattr(row, f"{column}_low", None), getattr(row, f"{column}_high", None)
    if low is not None or high is not None:
        basis = "interval"
        low, high = value if low is None else low, value if high is None else high
    elif ends := _claimed(case, table, row, column, claims):
        basis, low, high = "claims", min(value, *ends), max(value, *ends)
    elif spread and value != 0 and known in ("low", "no source"):
        basis = f"±{spread:.0%}"
        low, high = sorted((value * (1 - spread), value * (1 + spread)))
        if column == "loss":
            # Of a link that loses most, what arrives falls by that share; more than all cannot be lost, and all is no link.
            high = min(high, 1.0 - (1.0 - value) * (1.0 - spread))
    else:
        return None
    # Above it a treasury would take more than there is.
    if column == "availability" or (table == "fiscal" and row.kind in ("royalty", "profit_share")):
        high = min(high, 1.0)
    low = max(low, _beside(case, table, row, column, _ABOVE.get((table, column)), -math.inf))
    high = min(high, _beside(case, table, row, column, _BELOW.get((table, column)), math.inf))
    unit = getattr(row, f"{column}_unit", None) or ""
    return Uncertain(table, row.id, column, _name(case, table, row), value, unit, low, high, basis, known)


def _unread(case: Case, row: Any, column: str) -> bool:
    """Whether a profile gives the numbers themselves, so that nobody reads the cell."""
    profile = getattr(row, f"{column}_profile", None)
    return profile is not None and any(
        r.profile == profile and r.value_unit for r in case.rows("profiles").values()
    )


#: What a number must not lie below, in the same row, and what not above.
_ABOVE = {
    ("stores", "start"): "min_level",
    ("stores", "capacity"): "start",
    ("supplies", "capacity"): "min_output",
    ("markets", "price"): "floor_price",
    ("markets", "choke_price"): "price",
}
_BELOW = {("stores", "start"): "capacity", ("markets", "price"): "choke_price"}
#: Numbers drawn together of which one must not lie above the other: the first then gives way.
_WITHIN = (("stores", "start", "capacity"), ("markets", "price", "choke_price"))


def _beside(case: Case, table: str, row: Any, column: str, other: str | None, without: float) -> float:
    """Give another number of a row in the unit of a column; `without` where there is none."""
    its = None if other is None else getattr(row, other)
    if other is None or not its or not math.isfinite(its):
        return without
    theirs, own = (
        canonical(case, table, row, name, 1.0, getattr(row, f"{name}_unit"))[0] for name in (other, column)
    )
    return float(its) * theirs / own


def _claimed(case: Case, table: str, row: Any, column: str, claims: list[Any]) -> list[float]:
    """Give what claims that were not chosen say of a cell, in its unit; none where that cannot be read."""
    unit, found = getattr(row, f"{column}_unit", None), []
    for claim in claims:
        if claim.chosen:
            continue
        try:
            said = parse_number(claim.value)
            if claim.unit is not None and claim.unit != unit:
                ends = [canonical(case, table, row, column, 1.0, u) for u in (claim.unit, unit)]
                said *= ends[0][0] / ends[1][0]
        except (CellError, UnitError, ValueError, IndexError, ZeroDivisionError):
            continue
        # What no cell may hold, as a loss of all, is no end of an interval.
        if math.isfinite(said) and RANGES.get((table, column), Range()).holds(said):
            found.append(said)
    return found


def _name(case: Case, table: str, row: Any) -> str:
    """Name a number's row for people."""
    if table == "fiscal":
        return f"{(row.name or row.kind).replace('_', ' ')}, {_asset_name(case, row.asset)}"
    if table == "price_responses":
        return f"answer of the price of “{case.rows('world_markets')[row.world].name}” over {row.horizon}"
    if table == "exposures":
        return f"trade of {case.rows('actors')[row.actor].name} beyond the network"
    return str(row.name)


def _asset_name(case: Case, asset: str) -> str:
    """Name what fiscal terms are taken of: a supply, link or market."""
    known = (case.rows(table).get(asset) for table in ("supplies", "links", "markets"))
    return str(next((row.name for row in known if row is not None), asset))


def _acts(case: Case, table: str, row: Any) -> bool:
    """Whether a run of the case uses a row: of elasticities, those of the horizon that holds; of measures, those that act."""
    if table == "measures":
        named = (scenario.measures for scenario in case.scenarios.values())
        return bool(row.baseline or any(row.id in of for of in named))
    if table != "price_responses":
        return True
    world = case.rows("world_markets").get(row.world)
    return bool(row.used and row.side == "both" and world is not None and world.horizon == row.horizon)


def _concerns(case: Case, table: str, row: Any, commodity: str) -> bool:
    """Whether a row concerns a commodity, by itself, by its asset or by its world market."""
    if table in ("price_responses", "exposures"):
        return case.rows("world_markets")[row.world].commodity == commodity
    if table == "links":
        return commodity in row.commodities
    if table == "converts":
        return commodity == row.commodity or commodity in yields_of(row)
    if table == "joints":
        links = case.rows("links")
        return any(commodity in links[key].commodities for key in row.links)
    if getattr(row, "commodity", None) is not None:
        return bool(row.commodity == commodity)
    home = asset_table(case, row.asset) or "" if row.asset is not None else ""
    return home in ("links", "supplies", "markets", "converts", "joints") and _concerns(
        case, home, case.rows(home)[row.asset], commodity
    )


def _of_row(row: object) -> str:
    """What supports a row that carries its source itself; a row that cannot has none."""
    return getattr(row, "confidence", "no source") if getattr(row, "source", None) else "no source"


def _steps(market: Any, of: Mapping[str, float]) -> tuple[str, ...]:
    """Give the steps of a demand at another price or amount of the market: all move alike, as with a profile."""
    listed = {column: getattr(market, column) for column in ("price", "demand")}
    dearer, larger = (of.get(column, its) / its if its else 1.0 for column, its in listed.items())
    parts = [text.split(":") for text in market.steps]
    return tuple(f"{float(price) * dearer!r}:{float(amount) * larger!r}" for price, amount in parts)


def with_numbers(case: Case, values: Iterable[tuple[Uncertain, float]]) -> Case:
    """Give a case in which some numbers are others, without checking it anew.

    Parameters
    ----------
    case : Case
    values : iterable of (Uncertain, float)
        In the unit of the cell; later ones of a cell win.

    Returns
    -------
    Case
    """
    cells: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for item, value in values:
        if item.part:
            shares[item.row][item.part] = float(value)
        else:
            cells[item.table][item.row][item.column] = float(value)
    for key, of in shares.items():
        row = case.rows("converts")[key]
        drawn = row.model_copy(update={"yields": as_yields(yields_of(row) | of)})
        cells["converts"][key]["yields"] = as_yields(most_made(case, drawn))
    for key, moved in cells.get("markets", {}).items():
        if steps := _steps(case.rows("markets")[key], moved):
            moved["steps"] = steps
    changed: dict[str, Any] = {}
    for where, lower, upper in _WITHIN:
        for key, moved in cells.get(where, {}).items():
            if lower in moved and upper in moved:
                drawn = case.rows(where)[key].model_copy(update=dict(moved))
                moved[lower] = min(moved[lower], _beside(case, where, drawn, lower, upper, math.inf))
    for table, rows in cells.items():
        parsed = case.parsed(table)
        made: Mapping[str, Any] = {
            key: parsed.rows[key].model_copy(update=dict(of)) for key, of in rows.items()
        }
        texts = {
            key: {name: "|".join(v) if isinstance(v, tuple) else v for name, v in of.items()}
            for key, of in rows.items()
        }
        changed[table] = parsed.with_cells(texts, made)
    return case.with_tables(changed)
