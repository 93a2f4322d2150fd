"""Registry of the tables of a case, and what each column of them holds, read from the row models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from straits.case.schema import converts, division, network, prices, profiles, records
from straits.case.schema.fields import Limit, Row, docs_of

#: Table name to row model, in the order in which tables are listed, saved and reported.
TABLES: dict[str, type[Row]] = {
    "actors": network.Actor,
    "commodities": network.Commodity,
    "places": network.Place,
    "links": network.Link,
    "supplies": network.Supply,
    "markets": network.Market,
    "stores": network.Store,
    "converts": converts.Convert,
    "joints": network.Joint,
    "fleets": network.Fleet,
    "profiles": profiles.Profile,
    "controls": records.Control,
    "contracts": records.Contract,
    "fiscal": division.Fiscal,
    "rights": division.Right,
    "world_markets": prices.WorldMarket,
    "price_responses": prices.PriceResponse,
    "exposures": prices.Exposure,
    "measures": records.Measure,
    "hazards": records.Hazard,
    "options": records.Option,
    "regimes": records.Regime,
    "observations": records.Observation,
    "events": records.Event,
    "people": records.Person,
    "claims": records.Claim,
    "sources": records.Source,
}

REQUIRED_TABLES = ("places", "links")

#: Tables whose rows can be controlled, disrupted and built. Their ids are unique across all of them.
ASSET_TABLES = ("links", "places", "supplies", "markets", "stores", "converts", "fleets", "joints")


def tables_of(refers: str) -> tuple[str, ...]:
    """Give the tables whose ids a column may hold, by what it refers to; none for the names of profiles, which are no ids."""
    assets = {"asset": ASSET_TABLES, "asset or contract": (*ASSET_TABLES, "contracts"), "profile": ()}
    return assets.get(refers, (refers,))


#: Fixed units of numbers that have no unit column; claims about them may repeat the unit.
FIXED_UNITS: dict[str, str] = {
    "bbl_per_t": "bbl/t",
    "t_per_wagon": "t/wagon",
    "teu_per_train": "TEU/train",
    "kwh_per_m3": "kWh/m3",
    "mwh_per_t": "MWh/t",
    "mwh_per_m3_lng": "MWh/m3 LNG",
    "lon": "deg",
    "lat": "deg",
    "precision_km": "km",
    "length_km": "km",
    "transit_days": "d",
    "turnaround_days": "d",
    "expected_days": "d",
    "speed_knots": "kn",
    "years_to_build": "y",
    "life_years": "y",
    "ramp_down": "1/d",
    "ramp_up": "1/d",
}

Kind = Literal["text", "choice", "list", "number", "limit", "flag", "date"]


@dataclass(frozen=True)
class Column:
    """What one column holds.

    Attributes
    ----------
    kind : str
        `limit` is a number or `unlimited`; `flag` is true or false; `list` is texts separated by `|`.
    refers : str or None
        Table whose ids it holds; `asset` for any asset table; see `tables_of`.
    dimension : str or None
        `rate`, `amount`, `price`, `money` or `payment`, for numbers that have a unit column.
    unit_column : str or None
        Column with the unit.
    default : Any
        Value of a blank cell; None if blank means "not given".
    of : type of Row
        Model of its rows.
    """

    name: str
    kind: Kind
    required: bool
    default: Any
    choices: tuple[str, ...]
    refers: str | None
    dimension: str | None
    unit_column: str | None
    of: type[Row]

    @property
    def doc(self) -> str:
        """What the column means, in the words of its field; an empty text for one that says it by its name."""
        return docs_of(self.of).get(self.name, "")

    @property
    def is_number(self) -> bool:
        """Whether the column is stored as floating-point numbers."""
        return self.kind in ("number", "limit")


def _bare(annotation: Any) -> Any:
    """Strip `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        members = [part for part in get_args(annotation) if part is not NoneType]
        if len(members) == 1:
            return members[0]
    return annotation


def _kind(info: FieldInfo) -> tuple[Kind, tuple[str, ...]]:
    bare = _bare(info.annotation)
    if get_origin(bare) is Literal:
        return "choice", tuple(str(choice) for choice in get_args(bare))
    if get_origin(bare) is tuple:
        return "list", ()
    if bare is bool:
        return "flag", ()
    if bare is date:
        return "date", ()
    if bare is str:
        return "text", ()
    if bare is float:
        limit = any(mark in info.metadata for mark in get_args(Limit)[1:])
        return ("limit" if limit else "number"), ()
    raise TypeError(f"no column kind for {info.annotation!r}")


@cache
def columns(table: str) -> dict[str, Column]:
    """Give the columns of a table by name, in the order of its row model.

    Parameters
    ----------
    table : str
        Name of a table in `TABLES`.

    Returns
    -------
    dict of str to Column
    """
    return row_columns(TABLES[table])


@cache
def row_columns(model: type[Row], skip: tuple[str, ...] = ()) -> dict[str, Column]:
    """Give the columns of any row model whose fields, apart from those to `skip`, are plain cells.

    The ends of an interval (`cost_low`, `cost_high`) take dimension and unit column from their number.
    """
    found: dict[str, Column] = {}
    for name, info in model.model_fields.items():
        if name in skip:
            continue
        kind, choices = _kind(info)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        unit = f"{name}_unit"
        whole = found.get(name.removesuffix("_low").removesuffix("_high"))
        found[name] = Column(
            name=name,
            kind=kind,
            required=info.is_required(),
            default=None if info.is_required() else info.default,
            choices=choices,
            refers=str(extra["refers"]) if "refers" in extra else None,
            dimension=str(extra["dimension"]) if "dimension" in extra else whole.dimension if whole else None,
            unit_column=unit if unit in model.model_fields else whole.unit_column if whole else None,
            of=model,
        )
    return found
