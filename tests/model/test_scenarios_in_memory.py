"""Scenarios that were made in memory are held to what a file of the case could hold."""

from __future__ import annotations

from typing import Any

import pytest

import straits
from straits.case.schema.settings import Scenario
from straits.engine import Warm
from straits.errors import CaseError


def scenario(**more: Any) -> Scenario:
    stop = {"asset": "pipe", "start": "2022-02-01", "end": "2022-03-01", **more}
    return Scenario.model_validate({"id": "own", "title": "Own", "disruptions": [stop]})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"commodity": "crudde"}, "column commodity: found 'crudde', which is no id of commodities"),
        ({"origins": ["LDN"]}, "column origins: found 'LDN', which is no id of actors"),
        ({"asset": "transit:LDN"}, "column asset: found 'LDN', which is no id of actors"),
        ({"start": "2022-03-01", "end": "2022-02-01"}, "end 2022-02-01 is not after start 2022-03-01"),
    ],
)
def test_what_would_close_nothing_is_an_error(given: dict[str, Any], said: str) -> None:
    """Proves: `solve`, `stress` and a warm session refuse a scenario whose closure names what the case does not have, or ends
    before it begins. Without it: the undisturbed case was given as the answer, and nobody was told."""
    case = straits.load_case("two-routes")
    for ask in (straits.solve, lambda c, s: straits.stress(c, [s]), lambda c, s: Warm(c).solve(s)):
        with pytest.raises(CaseError) as told:
            ask(case, scenario(**given))
        assert said in str(told.value)
    assert straits.solve(case, scenario()).objective < straits.solve(case).objective - 1
