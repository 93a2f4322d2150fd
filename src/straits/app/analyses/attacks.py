"""The worst that can be done with a budget of closures, and what to protect first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.analyses.failures import FORESIGHT, SCENARIO, WINDOW
from straits.app.analyses.registry import Analysis, Parameter, Tell, call, given_only

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.results import Result

_ATTACKER = Parameter("attacker", "Who closes", "actor", hint="Anybody if left blank")
_TARGET = Parameter("target", "Whom to hurt", "actor", hint="All together if left blank")


def _worst(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.worst import worst

    return worst(case, **given_only(given), progress=tell)


def _protect(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.worst import protect

    how = given_only(given)
    return protect(case, **{**how, "protect": int(how.get("protect", 2))}, progress=tell)


ANALYSES = (
    Analysis(
        "worst",
        "Worst case by budget",
        "Which closures within a budget hurt most, the best reply allowed?",
        (
            _ATTACKER,
            _TARGET,
            Parameter("budget", "At most so many closures", "number", 3, least=0, most=20),
            Parameter("access", "Rights of the attacker", "choice", None, ("host", "veto", "regulated")),
            WINDOW,
            FORESIGHT,
            SCENARIO,
            Parameter("seconds", "Seconds for each budget", "number", 60, least=1, most=3600),
        ),
        _worst,
        order=20,
        closes=("attack",),
        chart=("budget", "loss"),
        code=lambda name, given: call("straits.worst.worst", name, given),
    ),
    Analysis(
        "protect",
        "What to protect first",
        "Which assets, made safe, leave least to lose?",
        (
            Parameter("protect", "Assets made safe", "number", 2, least=0, most=10, optional=False),
            _ATTACKER,
            Parameter("budget", "Closures of the attack", "number", 2, least=0, most=10),
            WINDOW,
            FORESIGHT,
            SCENARIO,
            Parameter("seconds", "Seconds for each number", "number", 60, least=1, most=3600),
        ),
        _protect,
        order=25,
        closes=("attack",),
        chart=("protected", "loss"),
        code=lambda name, given: call("straits.worst.protect", name, given),
    ),
)
