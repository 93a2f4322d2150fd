"""All scenarios as a star: tables of facts, and around them what they are about. For Power BI and its like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from straits.model import Solution
    from straits.stress import Comparison


@dataclass(frozen=True)
class Resource:
    """One table of a package.

    Attributes
    ----------
    name : str
    title : str
    frame : DataFrame
    key : tuple of str
        Columns that name a row; empty for none.
    refers : dict of str to (table, column)
        What columns point to.
    texts : dict of str to str
        What columns hold.
    """

    name: str
    title: str
    frame: pd.DataFrame
    key: tuple[str, ...] = ()
    refers: dict[str, tuple[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


#: Dimension of each column by which facts point to one.
_DIMENSIONS = {
    "scenario": "scenarios",
    "step": "dates",
    "link": "links",
    "process": "processes",
    "place": "places",
    "commodity": "commodities",
    "market": "markets",
    "supply": "supplies",
    "store": "stores",
}


def star(comparison: Comparison) -> list[Resource]:
    """Return dimensions and facts of the baseline and all scenarios.

    Facts: `flows`, `conversions` (where the case has processes), `sales`, `output`, `stock`, `unmet` and `accounts`. Their sums
    are those of the tables of each solution. A run that a scenario is compared with in finer steps is its own: what is told
    as lost is the difference of these two, not of the scenario and the same run in the steps of the case.
    """
    runs = {"baseline": comparison.baseline, **comparison.references, **comparison.solutions}
    titles = {key: s.model.scenario.title if s.model.scenario else "Baseline" for key, s in runs.items()}
    compared = dict[str, str]()
    for key in comparison.solutions:
        beside = comparison.reference(key)
        same = next((name for name, run in runs.items() if run is beside), None)
        if same is None:
            same = f"{beside.scenario_id}, in steps of {key}"
            runs[same], titles[same] = beside, f"{titles[beside.scenario_id]}, in steps of {titles[key]}"
        compared[key] = same
    return [*dimensions(comparison, runs, titles, compared), *facts(runs)]


def facts(runs: dict[str, Solution]) -> list[Resource]:
    """Return the tables of facts of solutions by their scenario."""

    numbers = _numbers(runs)

    def of_all(table: Callable[[Solution], pd.DataFrame]) -> pd.DataFrame:
        parts = [table(solution).assign(scenario=name) for name, solution in runs.items()]
        # Runs that are solved in finer steps have others than the rest.
        parts = [
            p.assign(step=numbers[name][p["step"].to_numpy(int)]) if "step" in p else p
            for name, p in zip(runs, parts, strict=True)
        ]
        whole = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        return whole[["scenario", *(c for c in whole if c not in ("scenario", "start"))]]

    amount = {"amount": "unit of the commodity in the step"}
    money = {"amount": "million of the currency"}

    def sold(solution: Solution) -> pd.DataFrame:
        return solution.sales

    some = any(len(solution.processes) for solution in runs.values())
    processed = [
        Resource(
            "conversions", "What processes take in and make", of_all(lambda s: s.processes), texts=amount
        )
    ][: int(some)]
    made = [
        Resource("flows", "What enters each link", of_all(lambda s: s.flows), texts=amount),
        *processed,
        Resource("sales", "What is sold at each market", of_all(sold), texts=amount),
        Resource(
            "output",
            "What each supply puts out",
            of_all(lambda s: s.supply),
            texts={**amount, "forced": "lost by emergency shut-in"},
        ),
        Resource(
            "stock",
            "What stores hold at the end of a step",
            of_all(lambda s: s.stores),
            texts={"level": "above the least content"},
        ),
        Resource(
            "unmet",
            "Promised and not delivered",
            of_all(lambda s: s.unmet),
            texts={**amount, "cost": money["amount"]},
        ),
        Resource("accounts", "Who gets what", of_all(lambda s: s.accounts()), texts=money),
    ]
    for found in made:
        columns = {c: (_DIMENSIONS[c], _KEYS[c]) for c in found.frame if c in _DIMENSIONS}
        found.refers.update(columns)
    return made


_KEYS = {name: "step" if name == "step" else name for name in _DIMENSIONS}


def _spans(runs: dict[str, Solution]) -> list[tuple[dt.date, float]]:
    """List the steps of all runs, by first day and length; where all runs have the same, those."""
    found = {
        span
        for s in runs.values()
        for span in zip(s.network.steps.dates, s.network.steps.days.tolist(), strict=True)
    }
    return sorted(found)


def _numbers(runs: dict[str, Solution]) -> dict[str, np.ndarray]:
    """Return for each run the numbers of its steps among those of all runs."""
    number = {span: i for i, span in enumerate(_spans(runs))}
    return {
        name: np.array(
            [number[d, n] for d, n in zip(s.network.steps.dates, s.network.steps.days.tolist(), strict=True)]
        )
        for name, s in runs.items()
    }


def dimensions(
    comparison: Comparison, runs: dict[str, Solution], titles: dict[str, str], compared: dict[str, str]
) -> list[Resource]:
    """Return what facts are about: scenarios, dates, places, actors, commodities, links, markets, supplies, stores."""
    case, spans = comparison.case, _spans(runs)
    start = pd.to_datetime(pd.Series([day for day, _ in spans]))
    dates = pd.DataFrame(
        {
            "step": np.arange(len(spans)),
            "start": start,
            "days": [days for _, days in spans],
            "year": start.dt.year,
            "quarter": start.dt.quarter,
            "month": start.dt.month,
            # The week of 30 December 2024 is the first of 2025, whatever its calendar year.
            "iso_year": start.dt.isocalendar().year.astype(int),
            "iso_week": start.dt.isocalendar().week.astype(int),
        }
    )
    scenarios = pd.DataFrame(
        {
            "scenario": list(titles),
            "title": list(titles.values()),
            "compared_with": [compared.get(key) for key in titles],
        }
    )

    def rows(table: str, key: str, *columns: str) -> pd.DataFrame:
        found = case.tables[table][["id", *columns]].rename(columns={"id": key})
        return found.drop_duplicates(key).reset_index(drop=True)

    def dimension(name: str, title: str, frame: pd.DataFrame, **refers: tuple[str, str]) -> Resource:
        return Resource(name, title, frame, (str(frame.columns[0]),), dict(refers))

    place, actor, good = ("places", "place"), ("actors", "actor"), ("commodities", "commodity")
    return [
        dimension("scenarios", "Runs", scenarios),
        dimension("dates", "Steps of time", dates),
        dimension("actors", "Who", rows("actors", "actor", "name", "kind", "state", "iso3")),
        dimension("commodities", "What moves", rows("commodities", "commodity", "name", "unit")),
        dimension("places", "Where", rows("places", "place", "name", "kind", "territory", "lon", "lat"), territory=actor),
        dimension("links", "On what", rows("links", "link", "name", "from_place", "to_place", "mode", "corridor"),
                  from_place=place, to_place=place),
        *([dimension("processes", "In what", rows("converts", "process", "name", "place", "commodity", "yields"), place=place,
                     commodity=good)] if len(case.rows("converts")) else []),
        dimension("markets", "To whom", rows("markets", "market", "name", "place", "commodity", "buyer"),
                  place=place, commodity=good, buyer=actor),
        dimension("supplies", "From where", rows("supplies", "supply", "name", "place", "commodity"),
                  place=place, commodity=good),
        dimension("stores", "Held where", rows("stores", "store", "name", "place", "commodity"), place=place, commodity=good),
    ]  # fmt: skip


def plain_kind(values: Any) -> str:
    """Return the type of a column in the words of Table Schema."""
    kind = values.dtype.kind
    return {"f": "number", "i": "integer", "u": "integer", "b": "boolean", "M": "date"}.get(kind, "string")
