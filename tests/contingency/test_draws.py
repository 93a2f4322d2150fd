"""What a seed draws, and the unit of what is lost."""

from __future__ import annotations

import pandas as pd
import pytest

import straits
from linescase import case
from straits.contingency import ensemble


def drawn_from(*hazards, corridor=None):
    """The case of two lines and a ship over 20 days, with hazards; the ship on a corridor, if one is given."""
    base = case(days=20)
    tables = {name: frame for name, frame in base.tables.items() if len(frame)}
    if corridor:
        tables["links"] = tables["links"].copy()
        tables["links"].loc[tables["links"]["id"] == "ship", "corridor"] = corridor
    full = [{"name": row["id"], "duration_shape": "fixed", "duration_days": 1, **row} for row in hazards]
    return straits.Case.from_tables(tables | {"hazards": full}, **base.settings.model_dump())


def test_draws_do_not_hang_on_the_order_of_rows_or_cells():
    """Proves: hazards sorted in another way, and the assets of each, give the same histories and losses from the same seed.
    Without it: a table that was sorted anew would give other numbers from the same seed.
    """
    rows = [
        {"id": "x", "assets": "one|two", "rate_per_year": 20},
        {"id": "a", "assets": "ship", "rate_per_year": 30, "duration_days": 3, "duration_shape": "exponential"},
    ]  # fmt: skip
    turned = [rows[1], rows[0] | {"assets": "two|one"}]
    one, other = (ensemble(drawn_from(*r), draws=40, rng=5) for r in (rows, turned))
    pd.testing.assert_frame_equal(one.histories, other.histories)
    pd.testing.assert_frame_equal(one.contributions, other.contributions)


@pytest.mark.parametrize(
    ("measure", "unit"),
    [("corridor:sea:oil", "kt"), ("flow:one", "kt"), ("sales:sale", "kt"), ("value", "million USD")],
)
def test_unit_of_what_is_lost(measure, unit):
    """Proves: losses of flows, sales and corridors are in the unit of the commodity, of value in money.
    Without it: kilotonnes of a corridor would be called million USD.
    """
    hit = drawn_from({"id": "h", "assets": "ship", "rate_per_year": 30}, corridor="sea")
    assert ensemble(hit, draws=5, measure=measure, contributions=False).unit == unit
