"""UN Comtrade, version 1 of its API: the CSV and the JSON that it gives.

A query can return the parts of a total beside it: by mode of transport (`motCode`, total 0), by second partner
(`partner2Code`, 0), by customs procedure (`customsCode`, C00) and by mode of supply (`mosCode`, 0). The total is kept, the
parts are dropped and counted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.goods import countries
from straits.goods.cells import LINE, read_cells
from straits.goods.readers.base import Options, Reader
from straits.goods.rows import complete
from straits.goods.statements import Statement, say_all
from straits.wording import counted

if TYPE_CHECKING:
    from straits.goods.readers.base import Source
    from straits.goods.refusals import Refusals

NEEDED = ("period", "reporterCode", "flowCode", "partnerCode", "cmdCode", "primaryValue")
#: Dimension -> value of its total.
TOTALS = {"motCode": "0", "partner2Code": "0", "customsCode": "C00", "mosCode": "0"}
EDITIONS = {
    "H0": "HS1992",
    "H1": "HS1996",
    "H2": "HS2002",
    "H3": "HS2007",
    "H4": "HS2012",
    "H5": "HS2017",
    "H6": "HS2022",
}
#: Codes of Comtrade that the standard gives to others, or to nobody: the union, and what of it is assigned to no member.
_OWN_CODES = {"0": "World", "97": "EU", "492": f"{countries.REST} 492"}
#: Flows that are kept; others are parts of these.
_FLOWS = ("X", "M", "RX", "RM")


def _knows(source: Source) -> bool:
    if set(NEEDED) <= set(source.header):
        return True
    return source.start.lstrip().startswith(("{", "[")) and '"primaryValue"' in source.start


def _read(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    is_json = source.start.lstrip().startswith(("{", "["))
    cells = _from_json(source, refusals) if is_json else _from_csv(source, refusals)
    empty = complete(pd.DataFrame({LINE: pd.Series(dtype="int64")}), source.file)
    if cells is None or not _complete(cells, source, refusals):
        return empty, ()
    cells = _totals_only(
        _named_flows(_goods_only(cells, source, refusals), source, refusals), source, refusals
    )
    if not len(cells):
        return empty, ()
    cells["reporter_"] = cells["reporterCode"].map(_side)
    cells["partner_"] = cells["partnerCode"].map(_side)
    cells["edition_"] = _column(cells, "classificationCode").map(lambda code: EDITIONS.get(code, code))
    unit = _column(cells, "qtyUnitAbbr")
    cells["unit_"] = unit.where(~unit.isin(["N/A", "-1", "n/a"]), "")
    counted = "qty" in cells and (cells["unit_"] != "").any()
    if counted:
        cells["qty"] = cells["qty"].where(cells["unit_"] != "", "")
    statement = Statement(
        value="primaryValue", flow="flowCode", reporter="reporter_", exporter="by flow", importer="by flow", partner="partner_",
        period="period", good="cmdCode", edition="edition_", currency="USD", source="=UN Comtrade",
        kg="netWgt" if "netWgt" in cells else "", quantity="qty" if counted else "", unit="unit_" if counted else "",
    )  # fmt: skip
    told = Options(options.columns, options.format, options.decimal or ".", options.thousands, options.more)
    rest = ("World", *{text for text in cells["partner_"] if text.startswith(countries.REST)})
    frame = say_all(cells, (statement,), source.file, told, refusals, rest=rest)
    frame = frame.assign(valuation=frame["flow"].map({"import": "CIF", "re-import": "CIF"}).fillna("FOB"))
    # Weights of nought mean that none was reported.
    return frame.assign(
        kg=frame["kg"].where(frame["kg"] > 0), quantity=frame["quantity"].where(frame["quantity"] > 0)
    ), ()


def _from_csv(source: Source, refusals: Refusals) -> pd.DataFrame | None:
    return read_cells(source, refusals)


def _from_json(source: Source, refusals: Refusals) -> pd.DataFrame | None:
    """Return the records of the answer as cells; `line` counts them from 1."""
    try:
        content: Any = json.loads(source.data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        refusals.refuse(
            source.file, "", "", f"broken JSON: {error}", "the whole answer of the API", "unreadable_file"
        )
        return None
    records = content.get("data") if isinstance(content, dict) else content
    said = content.get("error") if isinstance(content, dict) else None
    if said or not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        found = f"an answer with error {said!r}" if said else "no list of records under `data`"
        refusals.refuse(source.file, "", "data", found, "records of trade", "unreadable_file")
        return None
    names = list(dict.fromkeys(name for one in records for name in one))
    made = {name: pd.Series([_text(one.get(name)) for one in records], dtype="str") for name in names}
    return pd.DataFrame({**made, LINE: range(1, len(records) + 1)})


def _text(value: Any) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _complete(cells: pd.DataFrame, source: Source, refusals: Refusals) -> bool:
    missing = [name for name in NEEDED if name not in cells]
    for name in missing:
        refusals.refuse(
            source.file, 1, name, "no such column", f"columns {', '.join(NEEDED)}", "missing_column"
        )
    return not missing


def _column(cells: pd.DataFrame, name: str) -> pd.Series:
    return cells[name].str.strip() if name in cells else pd.Series("", index=cells.index, dtype="str")


def _side(code: str) -> str:
    """Return the code of a country, the world, or the rest with its own number."""
    text = code.strip()
    if (text.lstrip("0") or "0") in _OWN_CODES and text:
        return _OWN_CODES[text.lstrip("0") or "0"]
    return (
        text
        if countries.country(text) or countries.group(text)
        else f"{countries.REST} {text}"
        if text.isdigit()
        else text
    )


def _goods_only(cells: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Refuse codes of another classification than the HS (SITC, BEC, services), and leave out what stands under no code of it.

    All goods together, `TOTAL`, are the same in each.
    """
    code = cells["cmdCode"].str.strip().str.upper()
    edition = _column(cells, "classificationCode").str.upper()
    other = (edition != "") & ~edition.str.fullmatch(r"H\d|HS") & (code != "TOTAL")
    for line, name, text in zip(cells[LINE][other], edition[other], code[other], strict=True):
        accepted = "codes of the Harmonized System (H0 to H6), or TOTAL"
        refusals.refuse(source.file, line, "classificationCode", f"{text} of {name}", accepted, "not_hs")
    nameless = ~other & code.str.fullmatch(r"\d{2,4}(?=\d*[A-Z])[0-9A-Z]*")
    if nameless.any():
        names = ", ".join(sorted(code[nameless].unique())[:4])
        found = f"{counted(int(nameless.sum()), 'row')} of {names}"
        meaning = "left out: goods that are not specified stand under no code, and sums over codes lack them"
        refusals.note(source.file, "", "cmdCode", found, meaning, "confidential")
    return cells[~other & ~nameless].copy()


def _named_flows(cells: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    other = ~cells["flowCode"].str.strip().isin(_FLOWS)
    if other.any():
        found = (
            f"{counted(int(other.sum()), 'row')} of flows {', '.join(sorted(set(cells['flowCode'][other])))}"
        )
        refusals.note(source.file, "", "flowCode", found, "left out: parts of X or M", "parts_beside_totals")
    return cells[~other].copy()


def _totals_only(cells: pd.DataFrame, source: Source, refusals: Refusals) -> pd.DataFrame:
    """Keep the total of each key; where there is none, keys are refused, since parts need not be all."""
    dimensions = [name for name in TOTALS if name in cells]
    is_total = pd.Series(True, index=cells.index)
    for name in dimensions:
        is_total &= cells[name].str.strip().isin([TOTALS[name], ""])
    parts = cells[~is_total]
    if not len(parts):
        return cells
    key = ["period", "reporterCode", "flowCode", "partnerCode", "cmdCode"]
    have = set(cells[is_total][key].itertuples(index=False, name=None))
    orphans = [
        index
        for index, row in zip(parts.index, parts[key].itertuples(index=False, name=None), strict=True)
        if row not in have
    ]
    for index in orphans:
        row = cells.loc[index]
        found = ", ".join(f"{name} {row[name]}" for name in dimensions if row[name].strip() != TOTALS[name])
        accepted = "the total beside its parts (" + ", ".join(f"{n}={TOTALS[n]}" for n in dimensions) + ")"
        refusals.refuse(
            source.file,
            row[LINE],
            dimensions[0],
            f"a part without its total: {found}",
            accepted,
            "part_without_total",
        )
    dropped = len(parts) - len(orphans)
    if dropped:
        meaning = "parts beside their total are dropped: the total is kept once"
        refusals.note(
            source.file, "", ", ".join(dimensions), counted(dropped, "row"), meaning, "parts_beside_totals"
        )
    return cells[is_total].copy()


READERS = (Reader("comtrade", "trade", "UN Comtrade v1, CSV or JSON", _knows, _read),)
