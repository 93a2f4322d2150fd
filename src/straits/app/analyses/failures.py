"""Failures ranked, and random histories of closures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.analyses.registry import Analysis, Parameter, Tell, call, given_only
from straits.engine.targets import GROUPS

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.results import Result

WINDOW = Parameter(
    "window", "When", "window", hint="The whole case if left blank; for example 2022-07-01:30d"
)
SCENARIO = Parameter("scenario", "Scenario that acts besides", "scenario")
#: Whether closures are known from the start; blank: what the analysis takes.
FORESIGHT = Parameter(
    "foresight",
    "Known beforehand",
    "choice",
    None,
    ("surprise", "perfect"),
    hint="Blank: a surprise where an actor closes, else known from the start",
)


def _sweep(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.contingency import sweep

    how = given_only(given)
    return sweep(case, **{**how, "k": int(how.get("k", 1))}, split=False, progress=tell)


def _ensemble(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.contingency import ensemble

    how = given_only(given)
    return ensemble(case, **{**how, "draws": int(how.get("draws", 1000))}, progress=tell)


def _hazards(case: Case) -> str:
    return "" if case.rows("hazards") else "The case has no table hazards, from which histories are drawn."


ANALYSES = (
    Analysis(
        "failures",
        "Failures, ranked",
        "Which single failure, or which two together, cost most?",
        (
            Parameter("over", "What fails", "choice", "links", GROUPS),
            Parameter("k", "At once", "number", 1, least=1, most=2, hint="1 or 2; two take much longer"),
            WINDOW,
            FORESIGHT,
            SCENARIO,
        ),
        _sweep,
        order=10,
        closes=("failure",),
        chart=("failure", "loss"),
        code=lambda name, given: call("straits.contingency.sweep", name, {**given, "split": False}),
    ),
    Analysis(
        "histories",
        "Random histories",
        "How bad can a year get, and how likely is it?",
        (
            Parameter("draws", "Histories drawn", "number", 1000, least=2, most=100000),
            Parameter("foresight", "Foresight", "choice", "perfect", ("perfect", "surprise")),
            SCENARIO,
        ),
        _ensemble,
        order=30,
        wanted=_hazards,
        code=lambda name, given: call("straits.contingency.ensemble", name, given),
    ),
)
