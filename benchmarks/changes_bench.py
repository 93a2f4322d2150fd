"""What one changed cell of a case costs beside a cold solve of it, and what the readers of text would take for it.

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/changes_bench.py [CASE]. Times are CPU time, the least of several in one run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import straits
from straits.case import Case, Change
from straits.model import compile_case


def least(work: Callable[[], Any], times: int) -> float:
    """Return the least CPU time of several runs, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return 1e3 * min(found)


def read_again(case: Case) -> Case:
    """Return the case made anew of its tables: every cell typed, every check run."""
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    settings = case.settings.model_dump()
    return Case.from_tables(tables, scenarios=case.scenarios.values(), routes=case.routes, **settings)


def main() -> None:
    case = straits.load_case(sys.argv[1] if len(sys.argv) > 1 else "caspian")
    solve = least(lambda: straits.solve(case), 5)
    print(f"{case.name}: cold solve {solve:.1f} ms")
    print(f"  read again              {least(lambda: read_again(case), 2):8.1f} ms")
    key, link = next(iter(case.rows("links").items()))
    cells = {
        "a number": Change(table="links", row=key, column="cost", value=link.cost),
        "a text": Change(table="links", row=key, column="note", value="another"),
        "a list": Change(table="links", row=key, column="commodities", value="|".join(link.commodities)),
    }
    for what, change in cells.items():
        took = least(lambda change=change: case.with_changes([change]), 20)  # type: ignore[misc]
        print(f"  {what:<8} changed        {took:8.1f} ms, {took / solve:.3f} of a cold solve")
    changed = case.with_changes([cells["a number"]])
    print(f"  compiled                {least(lambda: compile_case(changed), 5):8.1f} ms")
    numbers = [(k, row.cost) for k, row in case.rows("links").items()]
    many = [Change(table="links", row=k, column="cost", value=v) for k, v in numbers]
    took = least(lambda: case.with_changes(many), 5)
    print(f"  {len(many)} numbers changed     {took:8.1f} ms, {took / solve:.3f} of a cold solve")


if __name__ == "__main__":
    main()
