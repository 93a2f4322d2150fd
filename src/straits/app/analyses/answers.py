"""What to do about it, and whether it would be done: hedges, and threats of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.analyses.failures import FORESIGHT, SCENARIO, WINDOW
from straits.app.analyses.registry import Analysis, Parameter, Tell, call, given_only
from straits.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.results import Result


def _hedge(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.hedge import hedge

    how = given_only(given)
    against = how.pop("against", "attack")
    return hedge(case, against, **how, progress=tell)


def _threat(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.threat import threat

    which = given["which"]
    if which not in case.threats:
        raise ModelError(f"the case has no threat {which!r}{did_you_mean(which, case.threats)}")
    return threat(case, which, demand=given["demand"], progress=tell)


def _no_options(case: Case) -> str:
    return (
        ""
        if case.rows("options")
        else "The case has no table options: nothing could be built, stored or agreed."
    )


def _no_threats(case: Case) -> str:
    return "" if case.threats else "The case has no threats; they are files of its folder threats."


ANALYSES = (
    Analysis(
        "hedge",
        "What to build, store or agree",
        "Which options leave least to lose, for every amount that could be spent?",
        (
            Parameter("against", "Against", "choice", "attack", ("attack", "hazards", "both")),
            Parameter("attacker", "Who closes", "actor", hint="Anybody if left blank"),
            Parameter("budget", "At most so many closures", "number", 1, least=0, most=6),
            Parameter("spend", "At most a year, million", "number", None, least=0),
            WINDOW,
            FORESIGHT,
            SCENARIO,
            Parameter("seconds", "Seconds", "number", 120, least=1, most=3600),
        ),
        _hedge,
        order=35,
        closes=("attack",),
        chart=("portfolio", "loss"),
        wanted=_no_options,
        code=lambda name, given: call(
            "straits.hedge.hedge",
            name,
            {k: v for k, v in given.items() if k != "against"},
            f"case, {given.get('against') or 'attack'!r}",
        ),
    ),
    Analysis(
        "threat",
        "Threats: would they do it",
        "What could a threat take, at what own cost, is it credible, and what follows if all know it?",
        (
            Parameter(
                "which",
                "Threat",
                "choice",
                lambda case: next(iter(case.threats), None),
                lambda case: tuple(case.threats),
                optional=False,
            ),
            Parameter("demand", "Asked in each step, million", "number", None, least=0),
        ),
        _threat,
        order=55,
        wanted=_no_threats,
        code=lambda name, given: call(
            "straits.threat.threat", name, {"demand": given.get("demand")}, f"case, {given.get('which')!r}"
        ),
    ),
)
