"""Tables as columns of plain cells, and back without loss: type, missing values and order are kept.

CSV knows only texts, so each column says in the description beside it what it held: `int`, `float`, `bool`, `time` or `category`
with their pandas dtype, `text` (with what stood for a missing one), or `json` for everything else.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from straits.errors import StraitsError


def encode(table: pd.DataFrame, name: str) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """Return the description of each column and its cells as texts.

    Parameters
    ----------
    table : DataFrame
        Column names are texts, and different.
    name : str
        Of the table, for errors.

    Raises
    ------
    StraitsError
        Column names that are no texts or stand twice, or a cell that has no plain form.
    """
    odd = [column for column in table.columns if not isinstance(column, str)]
    if odd:
        raise StraitsError(f"table {name}: column {odd[0]!r} is not named by a text and cannot be saved")
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise StraitsError(f"table {name}: column {twice[0]} stands twice and cannot be saved")
    told, cells = [], []
    for column in table.columns:
        kind, texts = _encode(table[column], f"table {name}, column {column}")
        told.append({"name": column, **kind})
        cells.append(texts)
    return told, cells


def decode(kind: dict[str, Any], texts: list[str]) -> pd.Series:
    """Return a column from its description and its cells."""
    how, dtype = kind["kind"], kind.get("dtype", "object")
    if how == "text":
        missing = None if kind["missing"] == "none" else np.nan
        values = [missing if text == "" else _unescaped(text) for text in texts]
        if dtype != "object":
            return pd.Series([None if text == "" else _unescaped(text) for text in texts], dtype=dtype)
        return pd.Series(values, dtype="object")
    if how == "json":
        return pd.Series([_from_json(text) for text in texts], dtype="object")
    if how == "category":
        categories = decode(kind["categories"], kind["values"])
        codes = [int(text) for text in texts]
        made = pd.CategoricalDtype(pd.Index(categories), ordered=kind["ordered"])
        return pd.Series(pd.Categorical.from_codes(codes, dtype=made))
    if how == "bool":
        return pd.Series([None if text == "" else text == "true" for text in texts], dtype=dtype)
    if how == "int":
        return pd.Series([None if text == "" else int(text) for text in texts], dtype=dtype)
    if how == "float":
        return pd.Series([np.nan if text == "" else float(text) for text in texts], dtype=dtype)
    # Times are whole numbers of the dtype's own unit since the epoch, so that nothing is rounded.
    whole = np.array([np.iinfo(np.int64).min if text == "" else int(text) for text in texts], dtype=np.int64)
    base = kind["base"]
    series = pd.Series(whole.view(base))
    if kind.get("zone"):
        series = series.dt.tz_localize("UTC").dt.tz_convert(kind["zone"])
    return series.astype(dtype)


def _encode(column: pd.Series, where: str) -> tuple[dict[str, Any], list[str]]:
    dtype = column.dtype
    name = str(dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        inner, values = _encode(pd.Series(dtype.categories), where)
        told = {"kind": "category", "categories": inner, "values": values, "ordered": bool(dtype.ordered)}
        return told, [str(code) for code in column.cat.codes]
    if dtype.kind in "mM":
        zone = getattr(dtype, "tz", None)
        bare = column.dt.tz_convert("UTC").dt.tz_localize(None) if zone is not None else column
        whole = bare.to_numpy().view(np.int64)
        told = {"kind": "time", "dtype": name, "base": str(bare.dtype), "zone": str(zone) if zone else ""}
        return told, ["" if gone else str(n) for n, gone in zip(whole, column.isna(), strict=True)]
    if dtype.kind == "b" or name == "boolean":
        return {"kind": "bool", "dtype": name}, [
            "" if value is pd.NA else ("true" if value else "false") for value in column
        ]
    if dtype.kind in "iu":
        return {"kind": "int", "dtype": name}, ["" if v is pd.NA else str(int(v)) for v in column]
    if dtype.kind == "f":
        return {"kind": "float", "dtype": name}, [
            "" if v is pd.NA or v != v else repr(float(v)) for v in column
        ]
    if dtype.kind == "O" or isinstance(dtype, pd.StringDtype):
        return _encode_objects(column, name, where)
    raise StraitsError(f"{where}: values of type {name} cannot be saved")


def _encode_objects(column: pd.Series, name: str, where: str) -> tuple[dict[str, Any], list[str]]:
    values = list(column)
    missing = [v for v in values if not isinstance(v, str)]
    none = all(v is None for v in missing)
    nan = all(isinstance(v, float) and v != v for v in missing)
    if name != "object" or none or nan:
        told = {"kind": "text", "dtype": name, "missing": "none" if none else "nan"}
        return told, [_escaped(v) if isinstance(v, str) else "" for v in values]
    return {"kind": "json"}, [_to_json(value, where) for value in values]


def _escaped(text: str) -> str:
    """Write a text so that the empty one can be told from a missing one."""
    return "\\" + text if text == "" or text[0] == "\\" else text


def _unescaped(text: str) -> str:
    return text[1:] if text[0] == "\\" else text


def _to_json(value: Any, where: str) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        value = {"float": repr(value)}
    elif isinstance(value, datetime):
        value = {"datetime": value.isoformat()}
    elif isinstance(value, date):
        value = {"date": value.isoformat()}
    elif isinstance(value, tuple):
        value = {"tuple": list(value)}
    elif isinstance(value, dict):
        value = {"dict": value}
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StraitsError(f"{where}: {value!r} has no plain form and cannot be saved") from error


def _from_json(text: str) -> Any:
    value = json.loads(text)
    if not isinstance(value, dict):
        return value
    (tag, inner), *_ = value.items()
    if tag == "float":
        return float(inner)
    if tag == "datetime":
        return datetime.fromisoformat(inner)
    if tag == "date":
        return date.fromisoformat(inner)
    return tuple(inner) if tag == "tuple" else inner
