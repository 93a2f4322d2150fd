"""Tables of trade with named columns: those that this project knows, and any other by a column map.

A table is read as statements: each of its number columns says something, so that a row with what the exporter and what the
importer reported makes two rows of trade.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from straits.goods.cells import LINE, read_cells
from straits.goods.readers.base import Reader
from straits.goods.readers.scales import CURRENCIES, is_kg, scale_of
from straits.goods.statements import Statement, say_all

if TYPE_CHECKING:
    from straits.goods.readers.base import Options, Source
    from straits.goods.refusals import Refusals

Assumed = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table that is known by its header.

    Attributes
    ----------
    name : str
    header : tuple of str
        Its columns, all of them.
    statements : tuple of Statement
    rest : tuple of str
        Names that stand for trade of no country, which this table lists among countries.
    assumptions : tuple of (assumption, value, why)
    with_trade : bool
        Whether its months are those with trade: then a year holds as many as the largest of its rows has, and months without
        trade are no missing ones.
    """

    name: str
    header: tuple[str, ...]
    statements: tuple[Statement, ...]
    rest: tuple[str, ...] = ()
    assumptions: Assumed = ()
    with_trade: bool = False


_EU_HS6 = Statement(
    value="value_eur", flow="export", reporter="=EU27", exporter="=EU27", importer="partner", period="month", good="hs6",
    edition="=by year", currency="EUR", valuation="=FOB", basis="=consignment", source="=Eurostat",
)  # fmt: skip
_EU_TOTAL = replace(_EU_HS6, value="total_eur", good="=total", edition="")
_MEMBER = replace(_EU_TOTAL, value="value_eur", reporter="reporter", exporter="reporter")
_MIRROR_X = Statement(
    value="export_reported_eur", flow="export", reporter="exporter", exporter="exporter", importer="importer", period="year",
    good="=total", currency="EUR", valuation="=FOB", months="export_months_with_trade",
)  # fmt: skip
_ARMENIA = Statement(
    value="import_consignment_kusd", flow="import", reporter="=AM", exporter="country", importer="=AM", period="month",
    good="=total", currency="USD", scale=1000, valuation="=CIF", basis="=consignment", source="=Armstat",
)  # fmt: skip
_NATIONAL = Statement(
    value="value_kusd", flow="flow", reporter="reporter", exporter="by flow", importer="by flow", partner="partner",
    period="year", good="=total", currency="USD", scale=1000, basis="basis", vintage="source", source="source",
)  # fmt: skip

#: Assumption about rates in a table that was converted before it came here.
_CONVERTED = (
    "currency of the importer's side",
    "converted from USD at 1.12 (2019), 1.14 (2020), 1.18 (2021) and 1.05 (2022) USD for 1 EUR",
    "the table was made so; another rate moves the whole side",
)

KNOWN = (
    Table("eu-hs6-monthly", ("hs6", "partner", "month", "value_eur"), (_EU_HS6,)),
    Table(
        "eu-total-and-listed", ("partner", "month", "total_eur", "listed_eur"),
        (_EU_TOTAL, replace(_EU_TOTAL, value="listed_eur", good="=listed")),
    ),
    Table("member-monthly", ("reporter", "partner", "month", "value_eur"), (_MEMBER,)),
    Table(
        "mirror-yearly",
        ("exporter", "importer", "year", "export_reported_eur", "export_months_with_trade", "import_reported_eur"),
        (
            _MIRROR_X,
            replace(_MIRROR_X, value="import_reported_eur", flow="import", reporter="importer", valuation="=CIF", months=""),
        ),
        assumptions=(_CONVERTED,), with_trade=True,
    ),
    Table(
        "armenia-monthly", ("country", "month", "import_consignment_kusd", "import_origin_kusd", "export_kusd"),
        (
            _ARMENIA,
            replace(_ARMENIA, value="import_origin_kusd", basis="=origin"),
            replace(_ARMENIA, value="export_kusd", flow="export", exporter="=AM", importer="country", valuation="=FOB"),
        ),
        rest=("Unknown country", "EU countries not specified"),
    ),
    Table(
        "armenia-eu-yearly", ("exporter", "year", "export_reported_usd", "import_consignment_usd", "import_origin_usd"),
        (
            Statement(
                value="export_reported_usd", flow="export", reporter="exporter", exporter="exporter", importer="=AM",
                period="year", good="=total", currency="USD", valuation="=FOB", basis="=consignment", source="=Eurostat",
            ),
            replace(_ARMENIA, value="import_consignment_usd", exporter="exporter", period="year", scale=1),
            replace(_ARMENIA, value="import_origin_usd", exporter="exporter", period="year", scale=1, basis="=origin"),
        ),
        assumptions=(("currency of the exporters' side", "converted to USD by the table", "the table does not give its rates"),),
    ),
    Table(
        "national-yearly", ("reporter", "partner", "flow", "basis", "year", "value_kusd", "source"), (_NATIONAL,), rest=("WLD",),
        assumptions=(
            ("months of a year", "all", "a national yearly table does not say how many months it holds"),
        ),
    ),
)  # fmt: skip

#: Names that columns of a table with a row per statement may have, by field.
ALIASES: dict[str, tuple[str, ...]] = {
    "reporter": ("reporter", "declarant"),
    "partner": ("partner",),
    "exporter": ("exporter", "from"),
    "importer": ("importer", "to"),
    "flow": ("flow",),
    "period": ("period", "month", "year", "date"),
    "good": ("good", "hs6", "cn8", "hs4", "hs2", "hs", "code", "product", "commodity"),
    "edition": ("edition", "nomenclature", "classification"),
    "value": ("value",),
    "currency": ("currency",),
    "kg": ("kg", "net_weight_kg", "netweight_kg"),
    "quantity": ("quantity", "qty"),
    "unit": ("unit", "qty_unit"),
    "basis": ("basis",),
    "valuation": ("valuation",),
    "vintage": ("vintage",),
    "source": ("source",),
    "months": ("months",),
}
_MONEY = re.compile(rf".*?(?P<currency>{CURRENCIES})")


def _known(source: Source) -> Table | None:
    header = source.header
    for table in KNOWN:
        if set(header) == set(table.header):
            return table
    return None


def _knows(source: Source) -> bool:
    return _known(source) is not None


def _read_known(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    table = _known(source)
    if table is None:
        columns = "; ".join(", ".join(known.header) for known in KNOWN)
        refusals.refuse(source.file, 1, "", ", ".join(source.header), columns, "unknown_format")
        return _nothing(source), ()
    cells = read_cells(source, refusals)
    if cells is None:
        return _nothing(source), ()
    frame = say_all(cells, table.statements, source.file, options, refusals, rest=table.rest)
    if table.with_trade:
        frame["months"] = frame.groupby(["flow", "period"])["months"].transform("max")
    return frame, table.assumptions


def _nothing(source: Source) -> pd.DataFrame:
    from straits.goods.rows import complete

    return complete(pd.DataFrame({LINE: pd.Series(dtype="int64")}), source.file)


def _fields(header: list[str], options: Options) -> dict[str, str]:
    """Return field -> column for a table of one statement per row: what the user maps, and columns that have the field's name."""
    lower = {name.lower(): name for name in header}
    found = {}
    for name, aliases in ALIASES.items():
        if name in options.columns:
            found[name] = options.columns[name]
        else:
            column = next((lower[alias] for alias in aliases if alias in lower), None)
            if column is not None and column not in options.columns.values():
                found[name] = column
    if "value" not in found:
        money = [name for name in header if _MONEY.fullmatch(name.lower())]
        if len(money) == 1:
            found["value"] = money[0]
    return found


def _knows_any(source: Source) -> bool:
    from straits.goods.readers.base import Options

    fields = _fields(source.header, Options())
    sides = {"exporter", "importer"} <= set(fields) or {"reporter", "partner"} <= set(fields)
    return sides and {"period", "value"} <= set(fields)


#: ISO 4217 for a transaction without a currency.
NO_CURRENCY = "=XXX"


def _read_any(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, Assumed]:
    cells = read_cells(source, refusals)
    if cells is None:
        return _nothing(source), ()
    fields = _fields(source.header, options)
    wrong = [column for column in options.columns.values() if column not in cells.columns]
    for column in wrong:
        accepted = f"a column of the file: {', '.join(source.header)}"
        refusals.refuse(source.file, 1, column, "no such column", accepted, "missing_column")
    said = {name: column for name, column in fields.items() if column in cells.columns}
    said |= {name: f"={text}" for name, text in options.more.items() if name not in options.columns}
    statement = _statement(source, said, refusals)
    if statement is None or wrong:
        return _nothing(source), ()
    made = say_all(cells, (statement,), source.file, options, refusals)
    # Read all the same, so that every other fault is told too; what has no currency says nothing.
    return (_nothing(source) if statement.currency == NO_CURRENCY else made), ()


def _statement(source: Source, said: dict[str, str], refusals: Refusals) -> Statement | None:
    """Return what a row says; None, with refusals, if something is missing without which it says nothing."""
    missing = []
    if not {"exporter", "importer"} <= set(said) and not {"reporter", "partner"} <= set(said):
        missing.append(
            ("exporter and importer", "columns exporter and importer, or reporter, partner and flow")
        )
    missing += [
        (name, f"a column {name}, or --column {name}=COLUMN")
        for name in ("period", "value")
        if name not in said
    ]
    both = {"exporter", "importer"} <= set(said)
    if not both and "flow" not in said:
        missing.append(("flow", "a column flow (X or M), or --set flow=export"))
    for name, accepted in missing:
        refusals.refuse(source.file, 1, name, "no column for it", accepted, "missing_column")
    money = _MONEY.fullmatch(said.get("value", "").lower())
    scale, currency = scale_of(said.get("value", "")), said.get("currency", "")
    if scale is None:
        accepted = "a name that says what one unit is, such as value_eur, value_keur, value_million_eur"
        refusals.refuse(source.file, 1, said["value"], "a scale that is not known", accepted, "scale")
        return None
    if not is_kg(said.get("kg", "")):
        refusals.refuse(source.file, 1, said["kg"], "another unit than kg", "a column of kilograms", "unit")
        return None
    if money:
        currency = currency or f"={money['currency'].upper()}"
    if not currency and "value" in said:
        accepted = (
            "a column currency, a column name that ends in one (value_eur, value_kusd), or --set currency=EUR"
        )
        refusals.refuse(source.file, 1, said["value"], "no unit or currency", accepted, "no_currency")
        currency = NO_CURRENCY
    if missing:
        return None
    # Who reports says which direction it is, and the direction says who reports; where neither is said, exporters do.
    by_reporter = both and "reporter" in said and "flow" not in said
    flow = "by reporter" if by_reporter else said.get("flow", "=export")
    return Statement(
        value=said["value"], flow=flow.removeprefix("=") if flow.startswith("=") else flow,
        reporter=said.get("reporter", "by flow"),
        exporter=said["exporter"] if both else "by flow", importer=said["importer"] if both else "by flow",
        partner=said.get("partner", ""), period=said["period"], good=said.get("good", "=total"), edition=said.get("edition", ""),
        currency=currency, scale=scale, basis=said.get("basis", ""), valuation=said.get("valuation", ""),
        vintage=said.get("vintage", ""), source=said.get("source", ""), months=said.get("months", ""), kg=said.get("kg", ""),
        quantity=said.get("quantity", ""), unit=said.get("unit", ""),
    )  # fmt: skip


READERS = (
    Reader("table", "trade", "tables of trade that this project knows by their header", _knows, _read_known),
    Reader(
        "rows",
        "trade",
        "any table with a row per statement, by its column names or a column map",
        _knows_any,
        _read_any,
    ),
)
