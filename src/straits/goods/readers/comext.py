"""Eurostat's Comext: the files of the bulk download, old and new, and the table that its API and web site write.

Amounts are euros, exports FOB and imports CIF at the border; imports from outside are by origin, those from members by
consignment, exports by destination. A period of month 52 is a year that stands beside its months; rows of one key by statistical
procedure are parts and are added up, unless their total stands beside them. Codes such as 39XXXXXX and 99RRR100 hide goods that
are confidential: they are no codes of goods and are left out and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.goods import countries
from straits.goods.cells import LINE, mapped, read_cells
from straits.goods.readers.base import Reader
from straits.goods.rows import KEY, complete
from straits.goods.statements import Statement, say_all
from straits.wording import counted

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
#: Columns of the statistical procedure, by any layout, and its codes that count all procedures together.
PROCEDURES = (
    "STAT_PROCEDURE",
    "STAT_REGIME",
    "stat_procedure",
    "stat_regime",
    "STAT_REGIME_LAB",
    "STAT_PROC",
)
ALL_PROCEDURES = ("4", "TOTAL", "T")
#: Columns that say nothing of what a row is about: numbers beside the euros, and remarks.
_REMARKS = ("VALUE_NAC", "OBS_FLAG", "OBS_STATUS", "CONF_STATUS", "LAST UPDATE", "DATAFLOW")
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
    if {"unit", "quantity"} <= set(layout):
        # Where a code has no supplementary unit, files write NO_SU and 0.
        none = cells[layout["unit"]].str.strip().isin(["", "NO_SU"])
        cells.loc[none, [layout["unit"], layout["quantity"]]] = ""
    needed = tuple(name for name in layout if name not in _OPTIONAL)
    table = mapped(cells, layout, file=source.file, needed=needed, refusals=refusals)
    if table is None:
        return empty, ()
    for name in ("reporter", "partner", "good", "flow", "period"):
        if name in table:
            table[name] = table[name].str.strip().str.replace(r"^([\w.]+):.*$", r"\1", regex=True)
    table = _apart(table, cells, layout, source, refusals)
    table = _without_years(table, source, refusals)
    table = _without_secret(table, source, refusals)
    table = _totals_once(table, source, refusals)
    size = 1.0
    if "indicator" in table:
        table, size = _wide(table, source, refusals)
    # What Eurostat assigns to no country (QP to QZ: high seas, stores, not specified, secret) is no sum of the others.
    rest = [text for text in table["partner"].unique() if countries.unnamed(text)]
    frame = say_all(table, (_statement(table),), source.file, options, refusals, rest=rest)
    frame = frame.assign(valuation=np.where(frame["flow"] == "import", "CIF", "FOB"), kg=frame["kg"] * size)
    members = countries.members("EU") or frozenset()
    inside = frame["exporter"].isin(members) & frame["importer"].isin(members)
    frame["basis"] = np.where(frame["flow"].isin(["import", "re-import"]) & ~inside, "origin", "consignment")
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


def _key(table: pd.DataFrame) -> list[str]:
    """Return the columns that say what a row is about, without procedure and what else tells its parts from each other."""
    return [name for name in ("reporter", "partner", "good", "flow", "period", "indicator") if name in table]


def _apart(
    table: pd.DataFrame, cells: pd.DataFrame, layout: dict[str, str], source: Source, refusals: Refusals
) -> pd.DataFrame:
    """Number the parts of each key by the columns that tell them from each other, and refuse what stands twice.

    Without such a column the same key again is the same row again, as where two downloads were put into one file.
    """
    procedure = next((name for name in PROCEDURES if name in cells), None)
    table["procedure"] = cells[procedure].str.strip().str.split(":").str[0] if procedure else ""
    table["part"] = 0
    rest = [name for name in cells.columns if name not in (*layout.values(), *_REMARKS, procedure, LINE)]
    key = [*_key(table), "procedure"]
    twice = table.duplicated(key, keep=False)
    if not twice.any():
        return table
    more = table.loc[twice, [*key, LINE]].join(cells.loc[twice, rest].add_prefix("_"))
    known = [name for name in more.columns if name != LINE]
    table.loc[twice, "part"] = more.groupby(known, sort=False).ngroup()
    again = more.duplicated(known)
    firsts = more.groupby(known, sort=False)[LINE].transform("first")
    values = table["value"]
    for place in more.index[again]:
        line, first = more[LINE][place], firsts[place]
        here, there = values[place], values[table[LINE] == first].iloc[0]
        found = " ".join(more.loc[place, _key(table)].astype(str)) + " again"
        if here != there:
            found += f": {here} here, {there} in row {first}"
        accepted = f"one row for each key (the first is in row {first}), or a column that tells its parts from each other"
        code = "duplicate_key" if here == there else "conflicting_key"
        refusals.refuse(source.file, line, layout["value"], found, accepted, code)
    return table.drop(index=more.index[again])


def _without_secret(table: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Leave out rows of confidential goods, whose code keeps at most its chapter, and say how many and how much they are."""
    if "good" not in table:
        return table
    secret = table["good"].str.fullmatch(r"\d{2}(?=\d*[A-Z])[0-9A-Z]*")
    if not secret.any():
        return table
    hidden = table[secret]
    worth = pd.to_numeric(hidden["value"], errors="coerce").sum() if "indicator" not in table else 0.0
    names = sorted(hidden["good"].unique())
    told = f"{counted(len(hidden), 'row')} of {', '.join(names[:4])}" + (", …" if len(names) > 4 else "")
    told += f", worth {worth:,.0f} EUR" if worth > 0 else ""
    meaning = "left out: what is confidential stands under no code of goods, and sums over codes lack it"
    refusals.note(source.file, "", "PRODUCT_NC", told, meaning, "confidential")
    return table[~secret]


def _totals_once(table: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Keep the total over statistical procedures where it stands, and leave out its parts."""
    total = table["procedure"].str.upper().isin(ALL_PROCEDURES)
    if not total.any() or total.all():
        return table
    key = _key(table)
    beside = ~total & pd.MultiIndex.from_frame(table[key]).isin(
        pd.MultiIndex.from_frame(table.loc[total, key])
    )
    if beside.any():
        meaning = "parts by statistical procedure beside their total are left out: the total is kept once"
        refusals.note(
            source.file,
            "",
            "STAT_PROCEDURE",
            counted(int(beside.sum()), "row"),
            meaning,
            "parts_beside_totals",
        )
    return table[~beside]


def _without_years(table: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Leave out whole years that stand beside their months (month 52), and say how many."""
    whole = table["period"].str.fullmatch(r"\d{4}52")
    if not whole.any() or whole.all():
        return table.assign(period=table["period"].str.replace(r"^(\d{4})52$", r"\1", regex=True))
    meaning = "whole years beside months are left out: the months are kept"
    refusals.note(
        source.file,
        "",
        "PERIOD",
        f"{counted(int(whole.sum()), 'row')} of month 52",
        meaning,
        "totals_beside_parts",
    )
    return table[~whole]


def _wide(table: pd.DataFrame, source: Source, refusals: Refusals) -> tuple[pd.DataFrame, float]:
    """Turn a row per indicator into a row per key, with a column for each; and say how many kg one of its masses is."""
    known = table["indicator"].str.strip().str.upper().str.split(":").str[0]
    for name in sorted(set(known) - set(INDICATORS)):
        for line in table[LINE][known == name]:
            accepted = ", ".join(INDICATORS)
            refusals.refuse(source.file, line, "indicators", repr(name), accepted, "unknown_indicator")
    key = [*(name for name in _key(table) if name != "indicator"), "procedure", "part"]
    made: pd.DataFrame | None = None
    sizes: dict[str, tuple[str, float]] = {}
    for name, (what, size) in INDICATORS.items():
        part = table[known == name]
        if not len(part) or what == "quantity":
            continue
        if what in sizes:
            accepted = f"one of {sizes[what][0]} and {name}: a file has the {what} of each row once"
            refusals.refuse(
                source.file, part[LINE].iloc[0], "indicators", repr(name), accepted, "two_indicators"
            )
            continue
        sizes[what] = name, size
        one = part[[*key, LINE]].assign(**{what: part["value"]})
        made = one if made is None else made.merge(one.drop(columns=LINE), on=key, how="outer")
        made[what] = made[what].fillna("")
    if made is None:
        return table.assign(value="").iloc[:0], 1.0
    if "value" not in made:
        made["value"] = ""
    made = made.assign(**{LINE: made[LINE].fillna(0).astype(int), "value": made["value"].fillna("")})
    return made, sizes.get("kg", ("", 1.0))[1]


def _added_up(frame: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Add up rows of one key: parts by statistical procedure or kind of trade."""
    twice = frame.duplicated(list(KEY), keep=False)
    if not twice.any():
        return frame
    meaning = "parts of one key (by statistical procedure) are added up"
    refusals.note(source.file, "", "", counted(int(twice.sum()), "row"), meaning, "parts_added_up")
    # Of a part that is not known the sum is not known either.
    numbers = {name: (name, lambda v: v.sum(min_count=len(v))) for name in ("value", "kg", "quantity")}
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
