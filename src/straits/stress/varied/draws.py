"""A scenario and what it is compared with, solved again with other numbers in the place of uncertain ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import state_of, states_of
from straits.case.units import customary_unit
from straits.engine.prices.nearest import with_nearest_prices
from straits.errors import StraitsError
from straits.stress.comparison import Comparison
from straits.stress.tables.imports import direction_of
from straits.stress.varied.numbers import Uncertain
from straits.stress.varied.runs import runs_of, solve_both

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.model import Solution


#: Multiples of it fill an interval evenly, no two alike.
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


class Tries:
    """The scenario and what it is compared with, solved with other numbers."""

    def __init__(
        self,
        case: Case,
        scenario: Scenario,
        items: Sequence[Uncertain],
        workers: int,
        progress: Callable[[float, float, float], None] | None,
        commodity: str | None = None,
    ) -> None:
        self.case, self.scenario, self.items, self.workers = case, scenario, items, workers
        self.progress, self.done, self.began = progress, 0, time.perf_counter()
        self.commodity = commodity
        self.pair = Pair(case, scenario, items, commodity)
        self.given, self.units = self.pair.given, self.pair.units

    def answers(self, points: np.ndarray, whole: int) -> pd.DataFrame:
        """Give the answers to points (n, items) between 0 and 1, one row each; nan where there is none."""
        rows: list[dict[str, float]] = []
        if self.workers <= 1:
            for point in points:
                rows.append(self.pair.at(point))
                self._told(whole)
        else:
            with ProcessPoolExecutor(
                self.workers,
                get_context("spawn"),
                _begin,
                (self.case, self.scenario, self.items, self.commodity),
            ) as pool:
                for row in pool.map(_answer, points, chunksize=4):
                    rows.append(row)
                    self._told(whole)
        table = pd.DataFrame(rows, columns=list(self.given))
        table.insert(0, "draw", np.arange(len(table)))
        return table

    def _told(self, whole: int) -> None:
        self.done += 1
        if self.progress:
            left = (time.perf_counter() - self.began) / self.done * (whole - self.done)
            self.progress(self.done, whole, left)


_here: dict[str, Pair] = {}


def _begin(case: Case, scenario: Scenario, items: Sequence[Uncertain], commodity: str | None) -> None:
    _here["pair"] = Pair(case, scenario, items, commodity)


def _answer(point: np.ndarray) -> dict[str, float]:
    return _here["pair"].at(point)


class Pair:
    """Both runs with the numbers as given; each draw is solved from there, so that it does not matter which came before."""

    def __init__(
        self, case: Case, scenario: Scenario, items: Sequence[Uncertain], commodity: str | None = None
    ) -> None:
        self.case, self.scenario, self.items = case, scenario, items
        both = runs_of(case, scenario, commodity)
        self.runs, self.solved = both.runs, both.whole
        # Drawn duties and prices tell cargoes apart that are one with the numbers as given: such draws have rows and columns of
        # their own, and start from one draw near the middle.
        with suppress(StraitsError):
            solve_both(self.runs, self._values(0.4 + 0.2 * ((np.arange(len(items)) + 1) * _GOLDEN % 1.0)))
            for run in self.runs:
                run.keep()
        self.units: dict[str, str] = {}
        focus = case.settings.focus
        self.imports = focus is not None and direction_of(both.whole[0]) == "imports"
        self.given = self._read(both.whole)
        part = self._read(both.part)
        #: What the rest of the case adds to each answer, with the numbers as given.
        self._rest = {name: value - part.get(name, 0.0) for name, value in self.given.items()}

    def at(self, point: np.ndarray) -> dict[str, float]:
        """Give the answers to a point (items,) between 0 and 1; nan where there is none."""
        try:
            found = self._read(solve_both(self.runs, self._values(point)))
        except StraitsError:
            # A draw that cannot be, such as a promise above what is left of a field, has no answer.
            return dict.fromkeys(self.given, float("nan"))
        return {name: found.get(name, 0.0) + rest for name, rest in self._rest.items()}

    def _values(self, point: np.ndarray) -> list[tuple[Uncertain, float]]:
        return [(item, drawn(item, float(u))) for item, u in zip(self.items, point, strict=True)]

    def _read(self, solved: Sequence[Solution]) -> dict[str, float]:
        reference, solution = solved
        solution = with_nearest_prices(solution, reference)
        name = self.scenario.id
        compared = Comparison(self.case, reference, {name: solution}, {reference.scenario_id: reference})
        money = f"million {self.case.settings.currency}"
        found: dict[str, float] = {}
        focus = self.case.settings.focus
        if focus is not None and self.imports:
            found |= self._supplied(compared)
        elif focus is not None:
            table = compared.summary
            mine = table[(table["commodity"] == focus.commodity) & (table["origin"] == focus.actor)]
            unit = self.case.rows("commodities")[focus.commodity].unit
            for answer, column, of in (
                ("exports", "exports", unit), ("lost exports", "lost_exports", unit), ("revenue lost", "revenue_lost", money),
            ):  # fmt: skip
                found[answer] = float(mine[column].sum())
                self.units[answer] = of
            found = {"lost exports": found["lost exports"], **found}
        found["value lost"] = compared.value_lost(name)
        for record in compared.states.to_dict("records"):
            if record["kind"] != "nobody":
                found[f"account of {record['state']}"] = float(record["change"])
        if focus is not None:
            home, table = state_of(self.case, focus.actor), compared.parties
            mine = table[
                (table["party"] == "budget") & (table["residence"].isin(states_of(self.case, focus.actor)))
            ]
            found[f"budget of {home}"] = float(mine["change"].sum())
        for row in compared.exposures.to_dict("records"):
            state = state_of(self.case, row["actor"])
            found[f"beyond the network, {row['actor']}"] = row["change"]
            found[f"both together, {row['actor']}"] = row["change"] + found.get(f"account of {state}", 0.0)
        for answer in found:
            self.units.setdefault(answer, money)
        return found

    def _supplied(self, compared: Comparison) -> dict[str, float]:
        """Give what the state of a focus on imports uses, loses and is promised in vain, and how much dearer one more unit is."""
        focus, table = self.case.settings.focus, compared.imports
        assert focus is not None
        state = state_of(self.case, focus.actor)
        mine = table[(table["state"] == state) & (table["commodity"] == focus.commodity)]
        good = self.case.rows("commodities")[focus.commodity]
        columns = {"lost deliveries": "lost", "deliveries": "used", "unmet more": "unmet_more"}
        found = {answer: float(mine[column].sum()) for answer, column in columns.items()}
        self.units |= dict.fromkeys(found, good.unit)
        dearer = "price rise"
        found[dearer] = float(mine["price_rise"].iloc[0]) if len(mine) else float("nan")
        self.units[dearer] = f"{self.case.settings.currency}/{customary_unit(good.unit)}"
        return found


def drawn(item: Uncertain, u: float) -> float:
    """Give a number at a quantile: half of the draws below its value, half above, evenly on either side.

    Where the value is one of the ends, all draws lie on the other side.
    """
    below = 0.5 if item.low < item.value < item.high else 0.0 if item.value <= item.low else 1.0
    if u < below:
        return item.low + (item.value - item.low) * u / below
    return item.value + (item.high - item.value) * (u - below) / (1.0 - below) if below < 1.0 else item.value
