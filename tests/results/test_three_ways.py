"""Every analysis three ways: solve; save the case, load it, solve; solve, save the answer, load it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import straits
from straits.contingency import sweep
from straits.power import balance, leverage
from straits.results import Result, load
from straits.worst import minimal_cut_sets, protect, worst

WINDOW = "2022-07-02:28d"
ANALYSES: dict[str, Callable[[straits.Case], Result]] = {
    "stress": lambda case: straits.stress(case),
    "sweep": lambda case: sweep(case, k=2, window=WINDOW, check=0),
    "attack": lambda case: worst(case, budget=1, window=WINDOW),
    "protect": lambda case: protect(case, protect=1, budget=1, window=WINDOW),
    "cut sets": lambda case: minimal_cut_sets(case, target="LND", budget=1, window=WINDOW, remaining=0.98),
    "leverage": lambda case: leverage(case, ["LND", "NBR"]),
    "balance": lambda case: balance(case, "LND", "crude", extra_cost=1.0),
}


@pytest.mark.parametrize("name", ANALYSES)
def test_three_ways(name: str, tmp_path: Path) -> None:
    """Proves: an analysis gives the same answer for a case that was saved and loaded, and its saved answer is the same table for
    table, word for word, with a hash for each table and the hash of the case.
    Without it: what is kept of an answer could be another one."""
    ask = ANALYSES[name]
    case = straits.load_case("two-routes")
    found = ask(case)
    assert found.question.endswith(("?", ".")) and found.method and found.sentences
    assert found.provenance["case_hash"] == case.hash and found.provenance["straits"] == straits.__version__
    assert len(found.table) and all(len(table.attrs["hash"]) == 64 for table in found.tables.values())

    case.save(tmp_path / "case")
    again = ask(straits.load_case(tmp_path / "case"))
    for key, table in found.tables.items():
        timed = [c for c in table if c == "seconds"]
        pd.testing.assert_frame_equal(again.tables[key].drop(columns=timed), table.drop(columns=timed))

    for form in ("r.zip", "r"):
        loaded = load(found.save(tmp_path / form, parquet=None if form == "r.zip" else False))
        assert list(loaded.tables) == list(found.tables)
        for key, table in found.tables.items():
            pd.testing.assert_frame_equal(loaded.tables[key], table, check_exact=True)
            assert loaded.tables[key].attrs == table.attrs
        for said in ("question", "method", "parameters", "provenance", "sentences"):
            assert getattr(loaded, said) == getattr(found, said), said
    # An answer that is all tables and words is of its own class again.
    assert type(loaded) is (Result if name == "stress" else type(found))


def test_starts_are_dates() -> None:
    """Proves: every column that says when a step begins or ends holds dates. Without it: texts would be sorted and subtracted."""
    compared = straits.stress(straits.load_case("two-routes"))
    found = worst(straits.load_case("two-routes"), attacker="NBR", budget=1, window=WINDOW)
    tables = [*compared.tables.values(), *found.tables.values(), compared.baseline.flows]
    columns = [table[c] for table in tables for c in ("start", "end") if c in table and len(table)]
    assert len(columns) >= 5 and all(column.dtype.kind == "M" for column in columns)
