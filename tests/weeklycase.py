"""A small network in weeks whose large programs are solved by few columns, and what tests of that ask of every program."""

from __future__ import annotations

import pytest

from small import build, link, market, places, store, supply
from straits.lp import Basis, Session, Status
from straits.lp.program import Arrays
from straits.model import compile_case


def arrays(model) -> Arrays:
    b = model.bounds
    return Arrays(model.cost, model.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper)


def ends_as_cold(model, basis: Basis | None) -> int | None:
    """Solve from a basis and cold; the two must be worth the same. Give the iterations from the basis."""
    cold = Session(model).run_cold()
    if basis is None:
        return None
    warm = Session(model)
    warm.start_from(basis)
    answer = warm.run()
    assert answer.status == cold.status == Status.OPTIMAL
    assert answer.value == pytest.approx(cold.value, rel=1e-9, abs=1e-9)
    return answer.iterations


def weekly(*, boundary="steady", **changes):
    """Two fields, a way that takes a week and a half, one that takes none, a store, a promise and a buyer."""
    tables = {
        "places": places("A", "B", "C", "D"),
        "links": [
            link("slow", "A", "B", capacity=9, cost=4, transit_days=10.5),
            link("quick", "A", "B", capacity=2, cost=30),
            link("on", "B", "C", cost=5, loss=0.1),
            link("back", "C", "B", cost=5),
            link("last", "C", "D", capacity=4, cost=1, transit_days=3),
        ],
        "supplies": [supply("field", "A", 8, cost=50)],
        "markets": [market("town", "C", 200), market("buyer", "D", 90, demand=3, demand_kind="fixed", unmet_price=400)],
        "stores": [store("tank", "B", 40, start=20, start_origin="AAA")],
    }  # fmt: skip
    time = {"start": "2022-01-01", "end": "2022-05-21", "step": "week", "boundary": boundary}
    return compile_case(build({**tables, **changes}, time=time))
