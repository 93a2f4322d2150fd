"""Numbers that break ties come from names, not from places."""

from __future__ import annotations

import numpy as np

from small import build, link, market, places, supply
from straits.model import compile_case


def numbers_by_name(case) -> dict[str, float]:
    model = compile_case(case)
    rows = model.formulation.rows
    drawn = rows.drawn()
    assert drawn is rows.drawn() and len(drawn) == rows.size
    assert ((drawn >= 0.0) & (drawn < 1.0)).all() and len(np.unique(drawn)) == rows.size
    return {model.row_name(index): float(drawn[index]) for index in range(rows.size)}


def test_what_breaks_ties_hangs_on_names_alone():
    """Proves: a buyer more, before all others, leaves every other row the number that breaks its ties, and the order of the rows
    of a table changes none. Without it: which of two equally good prices moves would change with a row that has nothing to do
    with it.
    """
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("road", "A", "B", capacity=1, cost=20), link("pipe", "A", "B", capacity=5, cost=10)],
        "supplies": [supply("wells", "A", 5, cost=20)],
        "markets": [market("buyers", "B", 100, demand=9)],
    }  # fmt: skip
    plain = numbers_by_name(build(tables))
    turned = numbers_by_name(build({**tables, "links": tables["links"][::-1]}))
    assert turned == plain
    first = {**tables, "markets": [market("anew", "B", 90, demand=2), *tables["markets"]]}
    more = numbers_by_name(build(first))
    assert len(more) > len(plain)
    assert {name: more[name] for name in plain} == plain
