"""What a type checker sees of `import straits`; read by mypy in `make lint`, not run.

Proves: names that are loaded on first use have their types. Without it: an editor would know nothing of them, and a wrong
argument would show only when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

import pandas as pd

import straits
from straits.case import Case
from straits.case.schema.network import Link
from straits.contingency import Ensemble, Sweep
from straits.model import Solution
from straits.power import Game, LazyGame, Leverage
from straits.stress import Comparison, Uncertainty
from straits.threat import Threatened
from straits.worst import Worst

case = straits.load_case("two-routes")
assert_type(case, Case)
assert_type(case.rows("links"), Mapping[str, Link])
assert_type(case.with_changes([]), Case)
solution = straits.solve(case, "pipeline-stop")
assert_type(solution, Solution)
assert_type(straits.stress(case, ["pipeline-stop"]), Comparison)
assert_type(straits.stress.exports(solution), pd.DataFrame)
assert_type(straits.stress.Comparison, type[Comparison])
assert_type(straits.ranges(solution), pd.DataFrame)
assert_type(straits.uncertainty(case, "pipeline-stop"), Uncertainty)
assert_type(straits.contingency.sweep(case), Sweep)
assert_type(straits.contingency.ensemble(case), Ensemble)
assert_type(straits.worst.worst(case, attacker="NBR", budget=1), Worst)
assert_type(straits.power.game(case, ["LND", "NBR"]), Game | LazyGame)
assert_type(straits.threat.threat(case, "stop"), Threatened)
assert_type(straits.power.leverage(case, ["LND", "NBR"]), Leverage)
