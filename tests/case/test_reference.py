"""The format reference says everything that a case can hold."""

from __future__ import annotations

import pytest

from straits.case.checks.registry import CHECKS, READING_ERRORS
from straits.case.reference import format_reference, table_reference
from straits.case.schema.settings import Change, Disruption, Focus, Scenario, Settings, TimeAxis
from straits.case.schema.tables import TABLES, columns, row_columns
from straits.case.units.amounts import AMOUNT_UNITS, PERIODS

TEXT = format_reference()


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_its_line(table: str) -> None:
    """Proves: each field is in the reference with its words. Without it: a column nobody can find out about."""
    lines = {
        line.split("|")[1].strip(): line
        for line in table_reference(table).splitlines()
        if line.startswith("| `")
    }
    assert set(lines) == {f"`{name}`" for name in columns(table)}
    for name, column in columns(table).items():
        cells = lines[f"`{name}`"].replace(r"\\|", "/").split(" | ")
        assert len(cells) == 4
        assert all(cell.strip(" |") for cell in cells)
        assert all(f"`{choice}`" in lines[f"`{name}`"] for choice in column.choices)
        if column.unit_column:
            assert f"unit in `{column.unit_column}`" in lines[f"`{name}`"]


def test_settings_scenarios_units_and_checks() -> None:
    """Proves: the same for settings, scenario files, units and codes of checks."""
    for model in (Settings, TimeAxis, Focus, Scenario, Disruption, Change):
        for name in model.model_fields:
            assert f"{name}` |" in TEXT
    for code in [*CHECKS, *READING_ERRORS, *AMOUNT_UNITS]:
        assert f"`{code}`" in TEXT
    assert all(f"`/{period}`" in TEXT for period in PERIODS)


def test_ends_of_an_interval_share_the_unit() -> None:
    """Proves: cost_low has the unit of cost. Without it: it would be compared as a bare number."""
    low = columns("links")["cost_low"]
    assert (low.dimension, low.unit_column) == ("price", "cost_unit")
    assert columns("links")["loss"].unit_column is None
    assert columns("stores")["in_rate"].kind == "limit"
    assert columns("stores")["in_rate"].default == float("inf")
    assert row_columns(Disruption)["origins"].kind == "list"
