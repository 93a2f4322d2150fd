"""Players who sell to the same bystanders: the section on power says what that does to coalitions."""

from __future__ import annotations

import straits
from straits.report.sections.asked.players import find_power
from straits.report.study.content import Study
from straits.stress import Comparison
from straits.testing import build, link, market, places, supply


def rivals() -> straits.Case:
    """AAA and BBB, 10 kt a day each, sell to one bystander, who takes 12."""
    states = [{"id": key, "name": key, "kind": "state"} for key in ("AAA", "BBB")]
    return build(
        {
            "actors": [*states, {"id": "W", "name": "W", "kind": "group"}],
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": True}],
            "places": places("A", "B", "M", A="AAA", B="BBB"),
            "links": [link("am", "A", "M", territory="AAA"), link("bm", "B", "M", territory="BBB")],
            "supplies": [supply("fa", "A", 10), supply("fb", "B", 10)],
            "markets": [market("sea", "M", 100, demand=12, buyer="W")],
        },
        time={"start": "2022-01-01", "end": "2022-01-11", "step": "day", "boundary": "empty"},
        focus={"actor": "AAA", "commodity": "oil", "players": ["AAA", "BBB"]},
    )


def test_the_section_says_why_parts_reach_more_apart() -> None:
    """Proves: the report tells that AAA and BBB apart reach more than together, and the reason, once.
    Without it: "no division satisfies every coalition" would stand alone, and be quoted.
    """
    case = rivals()
    told = " ".join(find_power(Study(Comparison(case, straits.solve(case), {}))).told)
    assert "Counted apart, AAA on one side and BBB on the other reach" in told
    assert told.count("what bystanders buy from both") == 1
