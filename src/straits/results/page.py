"""A result as HTML for a notebook: the words, the drawings and the first rows of its tables, never more than 100 kB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from straits.plain import as_text
from straits.results.figure import Figure
from straits.wording import as_amount

#: Bytes that the page may have; what does not fit is left out and named.
LIMIT = 100_000
_ROWS, _COLUMNS, _LETTERS = 12, 14, 60


def html_page(
    question: str,
    method: str,
    sentences: Sequence[str],
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Figure],
) -> str:
    """Return HTML of at most `LIMIT` bytes: the drawings before the tables. The main table has room before any drawing."""
    # No part may take all the room, so that each is shown whole or named as left out.
    parts = [f"<p><b>{escape(question[:2000])}</b></p>"]
    parts += [f"<p>{escape(text[:2000])}</p>" for text in sentences[:20]]
    parts += [f"<p><small>{escape(method[:2000])}</small></p>"]
    told = [(f"table {name}", _table(name, table)) for name, table in tables.items() if len(table)]
    drawn = [
        (f"figure {name}", f"<figure>{figure.svg}<figcaption>{escape(figure.caption)}</figcaption></figure>")
        for name, figure in figures.items()
    ]
    room = LIMIT - 2_000 - sum(len(part.encode()) for part in parts)
    left_out, kept = [], {}
    for name, block in [*told[:1], *drawn, *told[1:]]:
        size = len(block.encode())
        if size > room:
            left_out.append(name[:80])
            continue
        room -= size
        kept[name] = block
    parts += [kept[name] for name, _ in [*drawn, *told] if name in kept]
    if left_out:
        shown = ", ".join(left_out[:10])
        parts.append(f"<p><small>Not shown for want of room: {escape(shown)}.</small></p>")
    return "<div>" + "".join(parts) + "</div>"


def _table(name: str, table: pd.DataFrame) -> str:
    units = table.attrs.get("units", {})
    columns = list(table.columns[:_COLUMNS])
    heads = "".join(f"<th>{escape(_heading(column, units))}</th>" for column in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>"
        for row in table[columns].head(_ROWS).itertuples(index=False, name=None)
    )
    more = []
    if len(table) > _ROWS:
        more.append(f"{len(table) - _ROWS:,} more rows")
    if len(table.columns) > _COLUMNS:
        more.append(f"{len(table.columns) - _COLUMNS} more columns")
    note = f"<p><small>… and {' and '.join(more)}</small></p>" if more else ""
    title = str(table.attrs.get("title", name))[:300]
    return f"<p>{escape(title)}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{note}"


def _heading(column: Any, units: Mapping[str, str]) -> str:
    words = str(column).replace("_", " ")
    unit = units.get(str(column))
    return _cut(f"{words} [{unit}]" if unit else words)


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else as_amount(value).replace(",", "")
    return _cut(as_text(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
