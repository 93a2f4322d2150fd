"""A small study that has everything a report can show: the teaching case with events, an observation and a back-test."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import straits
from straits.case import Case
from straits.report import Study
from straits.report.gather import ask_all as find_all
from straits.report.sections.support.openness import open_numbers
from straits.stress import stress
from straits.stress.varied.sensitivity import COLUMNS

HOSTILE = "<script>alert('x')</script> & \"more\""


def richer(case: Case) -> Case:
    """Add an observation, events and a back-tested scenario to the teaching case."""
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["observations"] = pd.DataFrame(
        [
            {"id": "o1", "name": "By pipeline", "target_kind": "link", "target": "pipe", "commodity": "crude",
             "start": "2022-01-01", "end": "2023-01-01", "value": 20.0, "value_unit": "Mt", "note": "works nobody reported",
             "confidence": "high"},
            {"id": "o2", "name": "Exports", "target_kind": "exports", "commodity": "crude", "origin": "LND",
             "start": "2022-01-01", "end": "2023-01-01", "value": 30.0, "value_unit": "Mt", "confidence": "high"},
        ]
    )  # fmt: skip
    tables["events"] = pd.DataFrame(
        [
            {
                "id": "e1",
                "title": HOSTILE,
                "kind": "closure",
                "start": "2022-07-06",
                "asset": "pipe",
                "confidence": "low",
            },
            {
                "id": "e2",
                "title": "Before the case",
                "kind": "visit",
                "start": "2021-12-31",
                "confidence": "low",
            },
        ]
    )
    scenarios = [scenario.model_copy(update={"back_test": True}) for scenario in case.scenarios.values()]
    settings = case.settings.model_dump()
    settings["focus"] |= {"players": ["LND", "NBR", "oilco"]}
    return Case.from_tables(tables, scenarios=scenarios, **settings)


@pytest.fixture(scope="session")
def teaching() -> Case:
    return richer(straits.load_case("two-routes"))


@pytest.fixture(scope="session")
def study(teaching: Case) -> Study:
    compared = stress(teaching)
    found = Study(compared, findings=teaching.check(), ranges=open_numbers(compared), seconds=1.0)
    answer = float(found.focus_summary["lost_exports"].iloc[0])
    row = {
        "table": "links", "row": "rail", "column": "cost", "name": "Railway to the port", "value": 30.0, "unit": "USD/t",
        "low": 20.0, "high": 40.0, "basis": "interval", "confidence": "low", "lost": answer,
        "lost_low": answer - 111.0, "lost_high": answer + 222.0, "swing": 333.0, "lost_unit": "kt", "value_lost": 10.0,
        "value_lost_low": 8.0, "value_lost_high": 11.0, "value_swing": 3.0, "first_order": 2.5, "solved": True,
    }  # fmt: skip
    other = {**row, "row": "pipe", "name": "Pipeline through Neighbour", "basis": "±20%", "confidence": "no source",
             "lost_low": answer - 50.0, "lost_high": float("nan"), "swing": 50.0, "value_swing": 0.0}  # fmt: skip
    together = pd.DataFrame(
        {
            "setting": ["as given", "all low"],
            "lost": [answer, answer - 7.0],
            "value_lost": [1.0, 2.0],
            "unit": ["kt", "kt"],
        }
    )
    told = replace(found, sensitivity=pd.DataFrame([row, other])[COLUMNS], intervals=together)
    return find_all(told)
