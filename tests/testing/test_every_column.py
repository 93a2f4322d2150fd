"""Every column of the format with every sort of wrong cell: refused with its place, or solved, or infeasible for a reason.

The suite tries a part of them, another part on each day of the year; `STRAITS_FUZZ=all` tries all (some minutes).
"""

from __future__ import annotations

import copy
import datetime as dt
import os
import random
from typing import Any

import pytest

import straits
from case.conftest import SCENARIOS, SETTINGS, TABLES
from straits.case import Case
from straits.case.schema.tables import columns
from straits.errors import CaseError, InfeasibleError

#: What is put into a cell, by its name in a test.
WRONG: dict[str, Any] = {
    "empty": None, "negative": -3.0, "zero": 0.0, "huge": 1e308, "large": 1e14, "tiny": 1e-300, "unlimited": "unlimited",
    "word": "parsec", "other id": "BBB", "another id": "port", "list": "AAA|BBB", "date": "2022-02-30", "early": "1999-01-01",
    "late": "2099-01-01", "flag": "true", "rate": "t/fortnight", "twice": "crude|crude",
}  # fmt: skip


def spoilt() -> list[tuple[str, str, str]]:
    """Every table, column and sort of wrong cell."""
    return [(table, column, name) for table in TABLES for column in columns(table) for name in WRONG]


def swapped() -> list[tuple[str, str, str]]:
    """Tables whose rows have a start and an end, which are exchanged."""
    return [(table, "start", "swapped") for table in TABLES if {"start", "end"} <= set(columns(table))]


def outcome(table: str, column: str, name: str) -> str:
    """Say what becomes of the small case with one wrong cell; raise what must not be."""
    tables = copy.deepcopy(TABLES)
    row = tables[table][0]
    if name == "swapped":
        row |= {"start": row.get("end") or "2022-03-01", "end": row.get("start") or "2022-02-01"}
    else:
        row[column] = WRONG[name]
    try:
        case = Case.from_tables(tables, scenarios=copy.deepcopy(SCENARIOS), **copy.deepcopy(SETTINGS))
    except CaseError as error:
        assert error.findings
        assert all(f.message and (f.table or f.code.startswith("missing")) for f in error.findings)
        return "refused"
    if case.check().errors:
        return "refused"
    answers = []
    for scenario in (None, "stop"):
        try:
            straits.solve(case, scenario)
            answers.append("solved")
        except InfeasibleError as error:
            assert "hard requirement" in str(error) and "scenario" in str(error)
            assert error.conflicts
            answers.append("infeasible")
    return "infeasible" if "infeasible" in answers else "solved"


def _tried() -> list[tuple[str, str, str]]:
    every = [*spoilt(), *swapped()]
    if os.environ.get("STRAITS_FUZZ") == "all":
        return every
    return random.Random(dt.date.today().toordinal()).sample(every, 40)


@pytest.mark.parametrize(("table", "column", "name"), _tried())
def test_a_wrong_cell_is_refused_or_solved(table, column, name):
    """Proves: what `check` passes, `solve` takes: no traceback, no "the solver stopped", and what is infeasible says what is too
    much and in which scenario.
    Without it: a slip in a cell would end in words about arrays.
    """
    assert outcome(table, column, name) in ("refused", "solved", "infeasible")


def test_the_case_that_is_spoilt_is_solved():
    """Proves: the fuzz begins from a case that is right, with all tables that the model reads.
    Without it: every wrong cell would be refused, for another reason.
    """
    case = Case.from_tables(TABLES, scenarios=SCENARIOS, **SETTINGS)
    assert not case.check().errors
    assert straits.solve(case, "stop").objective > 0
    read = {
        "links",
        "supplies",
        "markets",
        "stores",
        "fleets",
        "joints",
        "contracts",
        "measures",
        "options",
        "controls",
        "commodities",
        "profiles",
    }
    assert read <= set(TABLES)
