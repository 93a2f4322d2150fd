"""Where cargo arrives in shares, the solver takes an optimum for one."""

from __future__ import annotations

import sys
from pathlib import Path

from straits.lp import Session, Status
from straits.model import compile_case

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from generate import generate_case


def test_an_optimum_is_seen_to_be_one():
    """Proves: of a generated case whose links spread the flow of a week over two, the basis of the optimum needs no iteration,
    and its answer no mending. Without it: by its default HiGHS factorises such bases with pivots so small that it sees another
    plan, and starts on hundreds of iterations from where there is nothing to do.
    """
    model = compile_case(generate_case(20, 40, 2, 26, "week", transit=True))
    first = Session(model)
    meant = first.run()
    again = Session(model)
    again.start_from(first.basis())
    found = again.run()
    assert (found.status, found.iterations, found.tried) == (Status.OPTIMAL, 0, ())
    assert abs(found.value - meant.value) <= 1e-9 * abs(meant.value)
