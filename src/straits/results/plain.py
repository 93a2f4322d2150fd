"""Plain values: what JSON can hold, and nothing that needs a program to be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from straits.plain import as_text


def plain(value: Any, where: str = "value") -> Any:
    """Return a value as str, int, float, bool, None, list or dict; dates as ISO texts, tuples and sets as lists.

    Raises
    ------
    TypeError
        Something that has no plain form, with its place.
    """
    if value is None or isinstance(value, str | bool | int | float):
        # Subclasses (NumPy's float64, enums of text) become the plain type.
        for kind in (bool, int, float, str):
            if isinstance(value, kind):
                return kind(value)
        return None
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        return plain(value.item(), where)
    if isinstance(value, pd.Timestamp):
        # Tables hold dates as the beginnings of days.
        return as_text(value) if value == value.normalize() else value.isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item, f"{where}[{place}]") for place, item in enumerate(value)]
    if isinstance(value, set | frozenset):
        return sorted((plain(item, where) for item in value), key=str)
    raise TypeError(f"{where}: {type(value).__name__} has no plain form")


def finite(value: Any) -> Any:
    """Return a plain value with None in place of numbers that JSON does not know."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain records; missing and infinite numbers are None."""
    rows: list[dict[str, Any]] = finite(
        plain(
            [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]
        )
    )
    return rows
