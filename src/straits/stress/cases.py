"""Two cases beside each other: in which cells they differ, and what that changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.case.files.cells import format_cell
from straits.case.schema.tables import TABLES
from straits.errors import ModelError
from straits.lp.tolerance import DIFFERS
from straits.results.result import Result, described, version
from straits.stress.tables.measures import corridors
from straits.wording import as_amount

if TYPE_CHECKING:
    from straits.case import Case
    from straits.model import Solution

#: Table, row, column, and what stands there in both.
_Line = tuple[str, str, str | None, str | None, str | None]
_CELLS = ["table", "row", "column", "first", "second"]


def compare_cases(first: Case, second: Case, scenario: str | None = None) -> Result:
    """Say in which cells two cases differ, and what that changes in their plans.

    Parameters
    ----------
    first, second : Case
    scenario : str, optional
        Solved in both; both must have it. Default: the undisturbed cases.

    Returns
    -------
    Result
        Tables cells (table, row, column, first, second: cells that differ, as they would stand in a file; a row that one of them
        does not have is one line without column; settings stand as table `case.yaml`, scenarios as `scenarios`), values (what,
        first, second, change), corridors and sales (with their unit), accounts (by actor and item, million currency); of the last
        four, the lines that differ.

    Raises
    ------
    StraitsError
        A scenario that one of them does not have, a case without a solution, or two currencies.
    """
    from straits.engine import solve

    money, other = first.settings.currency, second.settings.currency
    if money != other:
        raise ModelError(
            f"case.yaml, currency: found {money} in the first case and {other} in the second; accepted: two cases of one currency"
        )
    a, b = (solve(case, scenario) for case in (first, second))
    tables = {
        "cells": described(cells(first, second), title="Cells that differ"),
        "values": described(_values(a, b), title="What the plans are worth, and what they miss"),
        "corridors": described(_beside(a, b, _corridors), title="Flow by corridor"),
        "sales": described(_beside(a, b, _sales), title="Sales by market"),
        "accounts": described(
            _beside(a, b, _accounts), title="Accounts by actor and item, million currency of each case"
        ),
    }
    names = first.settings.id, second.settings.id
    count = len(tables["cells"])
    differ = "1 cell or row differs" if count == 1 else f"{count} cells or rows differ"
    told = f"{differ}; the joint value changes by {as_amount(b.objective - a.objective)} million {money}."
    asked = f"What is different in {names[1]} beside {names[0]}, and what does it change?"
    made = {"first": dict(a.provenance), "second": dict(b.provenance)}
    how = {"scenario": a.scenario_id, "first": names[0], "second": names[1]}
    return Result(
        asked,
        "One optimum of the linear model for each case.",
        how,
        {"straits": version(), **made},
        tables,
        {},
        (told,),
    )


def cells(first: Case, second: Case) -> pd.DataFrame:
    """List the cells in which two cases differ, table by table; see `compare_cases`."""
    found: list[_Line] = []
    for table in TABLES:
        a, b = (case.tables[table].set_index("id") for case in (first, second))
        for key in dict.fromkeys((*a.index, *b.index)):
            if key not in a.index or key not in b.index:
                found.append((table, key, None, *("there" if key in t.index else None for t in (a, b))))
                continue
            for column in dict.fromkeys((*a.columns, *b.columns)):
                old, new = (_text(t, key, column) for t in (a, b))
                if old != new:
                    found.append((table, key, column, old, new))
    found += _beyond_tables(first, second)
    return pd.DataFrame(found, columns=_CELLS)


def _beyond_tables(first: Case, second: Case) -> list[_Line]:
    """List what differs in settings, but for the id, and in scenarios."""
    settings = [
        case.settings.model_dump(mode="json", exclude={"id"}, by_alias=True) for case in (first, second)
    ]
    found: list[_Line] = [("case.yaml", "", *line) for line in _fields(*settings)]
    for key in dict.fromkeys((*first.scenarios, *second.scenarios)):
        a, b = first.scenarios.get(key), second.scenarios.get(key)
        if a is None or b is None:
            found.append(("scenarios", key, None, "there" if a else None, "there" if b else None))
        else:
            fields = _fields(*(one.model_dump(mode="json", by_alias=True) for one in (a, b)))
            found += [("scenarios", key, *line) for line in fields]
    return found


def _fields(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the fields that differ, those of a field that holds fields one by one."""

    def text(value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value)

    for name in dict.fromkeys((*old, *new)):
        a, b = old.get(name), new.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            yield from ((f"{name}.{inner}", was, now) for inner, was, now in _fields(a, b))
        elif a != b:
            yield name, text(a), text(b)


def _text(table: pd.DataFrame, key: str, column: str) -> str | None:
    if column not in table.columns:
        return None
    value: Any = table.loc[key, column]
    return None if value is None or pd.isna(value) else format_cell(value)


def _values(a: Solution, b: Solution) -> pd.DataFrame:
    old, new = _worth(a), _worth(b)
    rows = [(what, old[what], new[what], _change(old[what], new[what])) for what in old]
    return pd.DataFrame(rows, columns=["what", "first", "second", "change"])


def _worth(s: Solution) -> dict[str, float]:
    return {
        "joint value": s.objective,
        "tariffs paid": s.tariffs_paid,
        "duties paid": s.duties_paid,
        "worth at the start": s.opening_worth,
        "worth at the end": s.closing_worth,
        "penalties for what is not delivered": float(s.unmet["cost"].sum() + s.shortfall["cost"].sum()),
    }


def _corridors(s: Solution) -> pd.DataFrame:
    return _amounts(s, corridors(s), "corridor")


def _sales(s: Solution) -> pd.DataFrame:
    return _amounts(s, s.sales, "market")


def _amounts(s: Solution, table: pd.DataFrame, of: str) -> pd.DataFrame:
    """Sum amounts by what they are of, each with the unit of its commodity: two cases need not have the same."""
    goods = s.case.rows("commodities")
    table = table.assign(unit=[goods[good].unit for good in table["commodity"]])
    return table.groupby([of, "commodity", "origin", "unit"])[["amount"]].sum()


def _accounts(s: Solution) -> pd.DataFrame:
    return s.accounts().groupby(["actor", "item"])[["amount"]].sum()


def _beside(a: Solution, b: Solution, of: Any) -> pd.DataFrame:
    """Join a table of both plans, the lines that differ, largest change first."""
    both = (
        pd.concat([of(a)["amount"].rename("first"), of(b)["amount"].rename("second")], axis=1)
        .fillna(0.0)
        .reset_index()
    )
    both["change"] = [_change(x, y) for x, y in zip(both["first"], both["second"], strict=True)]
    both = both[both["change"] != 0]
    return both.reindex(both["change"].abs().sort_values(ascending=False, kind="stable").index).reset_index(
        drop=True
    )


def _change(old: float, new: float) -> float:
    change = new - old
    return 0.0 if abs(change) <= DIFFERS * max(1.0, abs(old), abs(new)) else change
