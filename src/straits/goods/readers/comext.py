"""Eurostat's Comext: the files of the bulk download, old and new, and the table that its API and web site write.

Amounts are euros, exports FOB and imports CIF at the border; imports from outside are by origin, exports by destination.
A period of month 52 is a year that stands beside its months; rows of one key by statistical procedure are parts and are added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.goods.cells import LINE, mapped, read_cells
from straits.goods.readers.base import Reader
from straits.goods.rows import KEY, complete
from straits.goods.statements import Statement, say_all

if TYPE_CHECKING:
    from straits.goods.readers.base import Options, Source
    from straits.goods.refusals import Refusals

#: Column of each field by layout; the first layout whose needed columns are all there is taken.
LAYOUTS: tuple[dict[str, str], ...] = (
    {
        "reporter": "REPORTER", "partner": "PARTNER", "good": "PRODUCT_NC", "flow": "FLOW", "period": "PERIOD",
        "value": "VALUE_EUR", "kg": "QUANTITY_KG", "quantity": "QUANTITY_SUPPL_UNIT", "unit": "SUPPL_UNIT",
    },
    {
        "reporter": "DECLARANT_ISO", "partner": "PARTNER_ISO", "good": "PRODUCT_NC", "flow": "FLOW", "period": "PERIOD",
        "value": "VALUE_IN_EUROS", "kg": "QUANTITY_IN_KG", "quantity": "SUP_QUANTITY", "unit": "SUPP_UNIT",
    },
    {
        "reporter": "reporter", "partner": "partner", "good": "product", "flow": "flow", "period": "TIME_PERIOD",
        "indicator": "indicators", "value": "OBS_VALUE",
    },
    {
        "reporter": "REPORTER", "partner": "PARTNER", "good": "PRODUCT", "flow": "FLOW", "period": "PERIOD",
        "indicator": "INDICATORS", "value": "INDICATOR_VALUE",
    },
    {
        "reporter": "DECLARANT", "partner": "PARTNER", "good": "PRODUCT", "flow": "FLOW", "period": "PERIOD",
        "indicator": "INDICATORS", "value": "INDICATOR_VALUE",
    },
    {
        "reporter": "DECLARANT_LAB", "partner": "PARTNER_LAB", "good": "PRODUCT", "flow": "FLOW", "period": "PERIOD",
        "indicator": "INDICATORS", "value": "INDICATOR_VALUE",
    },
)  # fmt: skip
_OPTIONAL = ("kg", "quantity", "unit", "good")
#: Indicators of the long layouts: what each counts, and its size in our unit.
INDICATORS = {
    "VALUE_IN_EUROS": ("value", 1.0), "VALUE_EUR": ("value", 1.0), "VALUE_IN_EUR": ("value", 1.0),
    "QUANTITY_IN_100KG": ("kg", 100.0), "QUANTITY_IN_KG": ("kg", 1.0), "QUANTITY_KG": ("kg", 1.0),
    "SUPPLEMENTARY_QUANTITY": ("quantity", 1.0), "SUP_QUANTITY": ("quantity", 1.0),
}  # fmt: skip


def _layout(source: Source) -> dict[str, str] | None:
    header = {name.partition(":")[0] for name in source.header}
    for layout in LAYOUTS:
        if {column for name, column in layout.items() if name not in _OPTIONAL} <= header:
            return {name: column for name, column in layout.items() if column in header}
    return None


def _read(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    layout = _layout(source)
    cells = read_cells(source, refusals)
    empty = complete(pd.DataFrame({LINE: pd.Series(dtype="int64")}), source.file)
    if layout is None or cells is None:
        if cells is not None:
            accepted = "; ".join(", ".join(one.values()) for one in LAYOUTS)
            refusals.refuse(source.file, 1, "", ", ".join(source.header), accepted, "unknown_format")
        return empty, ()
    # Labelled downloads write `code:label` into header and cells.
    cells.columns = [str(name).partition(":")[0] if name != LINE else name for name in cells.columns]
    layout |= {name: column for name, column in options.columns.items() if column in cells.columns}
    needed = tuple(name for name in layout if name not in _OPTIONAL)
    table = mapped(cells, layout, file=source.file, needed=needed, refusals=refusals)
    if table is None:
        return empty, ()
    for name in ("reporter", "partner", "good", "flow", "period"):
        if name in table:
            table[name] = table[name].str.strip().str.replace(r"^([\w.]+):.*$", r"\1", regex=True)
    table = _without_years(table, source, refusals)
    if "indicator" in table:
        table = _wide(table, source, refusals)
    frame = say_all(table, (_statement(table),), source.file, options, refusals)
    frame = frame.assign(valuation=np.where(frame["flow"] == "import", "CIF", "FOB"))
    outside = frame["flow"].isin(["import", "re-import"])
    frame["basis"] = np.where(outside, "origin", "consignment")
    return _added_up(frame, source, refusals), ()


def _statement(table: pd.DataFrame) -> Statement:
    has = set(table.columns)
    counted = "quantity" in has and "unit" in has
    return Statement(
        value="value", flow="flow", reporter="reporter", exporter="by flow", importer="by flow", partner="partner",
        period="period", good="good" if "good" in has else "=total", edition="=by year", currency="EUR",
        source="=Eurostat Comext",
        kg="kg" if "kg" in has else "", quantity="quantity" if counted else "", unit="unit" if counted else "",
    )  # fmt: skip


def _without_years(table: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Leave out whole years that stand beside their months (month 52), and say how many."""
    whole = table["period"].str.fullmatch(r"\d{4}52")
    if not whole.any() or whole.all():
        return table.assign(period=table["period"].str.replace(r"^(\d{4})52$", r"\1", regex=True))
    meaning = "whole years beside months are left out: the months are kept"
    refusals.note(
        source.file, "", "PERIOD", f"{int(whole.sum()):,} rows of month 52", meaning, "totals_beside_parts"
    )
    return table[~whole]


def _wide(table: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Turn a row per indicator into a row per key, with a column for each."""
    known = table["indicator"].str.strip().str.upper().str.partition(":")[0]
    for name in sorted(set(known) - set(INDICATORS)):
        for line in table[LINE][known == name]:
            accepted = ", ".join(INDICATORS)
            refusals.refuse(source.file, line, "indicators", repr(name), accepted, "unknown_indicator")
    key = [name for name in ("reporter", "partner", "good", "flow", "period") if name in table]
    made: pd.DataFrame | None = None
    for name, (what, size) in INDICATORS.items():
        part = table[known == name]
        if not len(part) or (size == 1.0 and what == "quantity"):
            continue
        values = part["value"]
        if size != 1.0:
            # Kept as text, so that the one strict reader of numbers sees it; the exponent does the scaling exactly.
            values = values.where(~values.str.fullmatch(r"\s*\d+(\.\d*)?\s*"), values.str.strip() + "e2")
        one = part[[*key, LINE]].assign(**{what: values})
        if made is None:
            made = one
        elif what not in made:
            made = made.merge(one.drop(columns=LINE), on=key, how="outer")
        made[what] = made[what].fillna("")
    if made is None:
        return table.assign(value="").iloc[:0]
    if "value" not in made:
        made["value"] = ""
    return made.assign(**{LINE: made[LINE].fillna(0).astype(int), "value": made["value"].fillna("")})


def _added_up(frame: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Add up rows of one key: parts by statistical procedure or kind of trade."""
    twice = frame.duplicated(list(KEY), keep=False)
    if not twice.any():
        return frame
    meaning = "parts of one key (by statistical procedure) are added up"
    refusals.note(source.file, "", "", f"{int(twice.sum()):,} rows", meaning, "parts_added_up")
    numbers = {name: (name, lambda v: v.sum(min_count=1)) for name in ("value", "kg", "quantity")}
    rest = {name: (name, "first") for name in frame.columns if name not in numbers and name not in KEY}
    return frame.groupby(list(KEY), sort=False, as_index=False).agg(**numbers, **rest)[list(frame.columns)]


READERS = (
    Reader(
        "comext",
        "trade",
        "Eurostat Comext: bulk files, downloads as CSV",
        lambda s: _layout(s) is not None,
        _read,
    ),
)
