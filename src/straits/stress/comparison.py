"""Compare scenarios: what is lost, by whom, for how long, and what would have helped."""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.results.brief import short
from straits.results.figure import Figure, map_for_notebook
from straits.results.page import html_page
from straits.results.plain import plain
from straits.results.result import Result, described, signed, version
from straits.stress.sentences import money_moved, told_of
from straits.stress.tables.built import built_text
from straits.stress.titles import TABLES
from straits.stress.twoways import foresight_text, steps_text

if TYPE_CHECKING:
    from straits.results.picture import Picture
from straits.stress.compared import Compared


class Comparison(Compared, Result):
    """Scenarios beside the baseline, as a result that can be told, shown and saved; attributes and tables as of `Compared`."""

    @cached_property
    def question(self) -> str:
        """What was asked."""
        if len(self.solutions) == 1:
            (name,) = self.solutions
            return f"What does {name} cost, and whom, beside {self.reference_id(name)}?"
        return f"What do {', '.join(self.solutions) or 'no scenarios'} cost, and whom, beside what each is compared with?"

    @cached_property
    def method(self) -> str:
        """How it was answered."""
        return "One optimum of the linear model for each scenario, started from that of what it is compared with."

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What was compared with what."""
        compared = {name: self.reference_id(name) for name in self.solutions}
        return {"compared_with": compared, "failed": dict(self.failed), "warnings": plain(self.warnings)}

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """How the baseline was made, and each scenario."""
        runs = {name: plain(s.provenance) for name, s in self.solutions.items()}
        return {"straits": version(), **plain(self.baseline.provenance), "scenarios": runs}

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables, the summary first."""
        money = f"million {self.case.settings.currency}"
        focus = self.case.settings.focus
        names = [
            name for name in TABLES if name != "bypass" or (focus is not None and focus.against is not None)
        ]
        paid = (
            "revenue_lost",
            "value_lost",
            "change",
            "cost",
            "gain",
            "net",
            "gain_per_year",
            "cost_per_year",
            "net_per_year",
            "at_start",
            "at_end",
        )
        found = {name: getattr(self, name) for name in names}
        return {
            name: signed(
                name, described(table, title=TABLES[name], units={c: money for c in paid if c in table})
            )
            for name, table in found.items()
        }

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """None: the report draws them."""
        return {}

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What each scenario costs all together, and what it does to exports of the focus."""
        told = [text for name in self.solutions for text in self.told(name)]
        told += steps_text(self.steps) + foresight_text(self.foresights)
        return (*told, *(f"{name} has no answer: {why}" for name, why in self.failed.items()))

    def told(self, scenario: str) -> list[str]:
        """Say what a scenario costs all together, and what it does to exports of the focus."""
        told = told_of(
            scenario,
            self.reference(scenario),
            self.solutions[scenario],
            direction=self.direction,
            summary=self.summary,
            imports=self.imports,
            routes=self.lost_exports,
        )
        return told + self.told_of_options(scenario) + self.money_moved(scenario)

    def told_of_options(self, scenario: str, called: str = "") -> list[str]:
        """Say what the options of a scenario, called by its id or otherwise, bring and cost; nothing where it has none."""
        rows = self.built[self.built["scenario"] == scenario]
        return [built_text(self.solutions[scenario], rows, called or scenario)] if len(rows) else []

    def money_moved(self, scenario: str) -> list[str]:
        """Say who pays whom in a scenario that moves money and takes little; nothing for others."""
        return money_moved(scenario, self.value_lost(scenario), self.states, self.case)

    def plain(self) -> Result:
        """Return what can be saved: all tables, without the case and the solutions."""
        return Result(
            self.question, self.method, self.parameters, self.provenance, self.tables, {}, self.sentences
        )

    def with_tables(self, **tables: pd.DataFrame) -> Result:  # type: ignore[override]
        """Return what can be saved with more tables, or with others of the same names."""
        return self.plain().with_tables(**tables)

    def save(self, path: Path | str, *, parquet: bool | None = None) -> Path:
        """Write all tables; what is loaded again is a plain `Result`."""
        return self.plain().save(path, parquet=parquet)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return self.plain().to_json()

    def __repr__(self) -> str:
        """Two lines, without working out a table."""
        held = (
            f"solutions {len(self.solutions)}, references {len(self.references)}, failed {len(self.failed)}"
        )
        return (
            short(f"Comparison: case {self.case.settings.id}, {', '.join(self.solutions) or 'no scenario'}")
            + f"\n  {held}"
        )

    def _repr_html_(self) -> str:
        """Return HTML for a notebook, of the two tables that most look at."""
        shown = {"summary": self.summary, "states": self.states}
        return html_page(self.question, self.method, self.sentences, shown, map_for_notebook(self))

    def map(self, scenario: str | None = None, *, commodity: str | None = None) -> Picture:
        """Draw a scenario beside what it is compared with; see `straits.draw_map`.

        Parameters
        ----------
        scenario : str, optional
            Default: the main scenario.
        commodity : str, optional
            Default: that of the focus, else the one that is worth most abroad.

        Returns
        -------
        Picture
            Shows itself in a notebook; `save` writes SVG, HTML, PNG or PDF.

        Raises
        ------
        StraitsError
            No place has coordinates, or there is no such scenario or commodity.
        """
        return sys.modules["straits"].draw_map(self, scenario, commodity=commodity)
