"""What a report leads with, and what it tells of a state that uses more, of processes and of steps that fit the lead."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

import straits
from refinerycase import trade
from small import build, days, link, market, places, supply
from straits.report import format as fmt
from straits.report.drawing.riskcharts import Share, part_bars
from straits.report.sections.asked import risk
from straits.report.sections.asked.failures import PART as FAILURES
from straits.report.sections.asked.failures import failures_table
from straits.report.sections.asked.pairs import Pairs, _which
from straits.report.sections.asked.risk import Risk
from straits.report.sections.asked.single import Failures, find_failures
from straits.report.sections.basemaps import Basemaps
from straits.report.sections.compared.imports import supplies_table, use_figure
from straits.report.study.content import Study
from straits.report.writing.headline import headline, plain

DAYS = ("2022-01-01", "2022-01-03")


def _stop(ident, *assets, during=DAYS, **more):
    struck = [{"asset": asset, "start": during[0], "end": during[1]} for asset in assets]
    return {"id": ident, "title": ident.capitalize(), "disruptions": struck} | more


def _importer(*scenarios, **focus):
    """B buys 6 kt/d of 8 that A pumps, 5 of them by a pipe, the rest and what the pipe lacks by rail, for 30 more."""
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("pipe", "A", "B", capacity=5, cost=10), link("rail", "A", "B", capacity=3, cost=40)],
        "supplies": [supply("field", "A", 8, cost=50)],
        "markets": [market("buyer", "B", 200, demand=6)],
    }
    wanted = {"actor": "BBB", "commodity": "oil", "direction": "imports"} | focus
    return build(tables, time=days(10), scenarios=scenarios, focus=wanted)


def test_an_importer_is_led_by_what_takes_most_of_what_it_uses() -> None:
    """Proves: of three stops the one that takes most of what is used leads, though it is the last of the alphabet, in the report
    and in a comparison; where none takes any, the one that costs most.
    Without it: the first of the alphabet would lead, and maps of a comparison would show the baseline.
    """
    stops = _stop("a-rail", "rail"), _stop("b-nothing"), _stop("z-pipe", "pipe")
    found = straits.stress(_importer(*stops))
    assert found.main_scenario() == Study(found).main == "z-pipe"
    named = straits.stress(_importer(*stops, scenario="a-rail"))
    assert named.main_scenario() == Study(named).main == "a-rail"
    cheap = {"table": "markets", "row": "buyer", "column": "demand", "value": 3}
    little = [stop | {"changes": [cheap], "compared": None} for stop in stops]
    for stop in little:
        del stop["compared"]
        stop["compare_with"] = "less"
    calm = straits.stress(
        _importer(*little, {"id": "less", "title": "Less", "changes": [cheap]}),
        ["a-rail", "b-nothing", "z-pipe"],
    )
    assert calm.imports["lost"].abs().max() == pytest.approx(0)
    assert calm.main_scenario() == Study(calm).main == "z-pipe"


def test_more_that_is_used_is_no_loss() -> None:
    """Proves: a scenario in which 1 kt/d more is used says so with its worth, and one that takes nothing says what it costs.
    Without it: "takes -10 kt of what Bbb uses", or that it goes "without nothing".
    """
    more = {
        "id": "more",
        "title": "More",
        "changes": [{"table": "markets", "row": "buyer", "column": "demand", "value": 7}],
    }
    told = [plain(text) for text in headline(Study(straits.stress(_importer(more))))]
    assert told[1].startswith("In “More” BBB uses 10 kt more of oil, 17 %"), told[1]
    dear = {
        "id": "dear",
        "title": "Dear",
        "changes": [{"table": "links", "row": "pipe", "column": "cost", "value": 20}],
    }
    study = Study(straits.stress(_importer(dear)))
    worth = fmt.money(study.comparison.value_lost("dear"), "USD")
    told = [plain(text) for text in headline(study)]
    assert told[1].startswith("“Dear” takes nothing of the oil that BBB uses"), told[1]
    assert told[1].endswith(f"all actors and goods together lose {worth}.") and worth == "USD 0.5 million"


def test_what_is_used_is_drawn_in_the_steps_of_the_lead() -> None:
    """Proves: where the lead was solved in finer steps, its curves and table stand beside the same steps of what it is compared
    with. Without it: the report of an importer would end in an error of NumPy.
    """
    case = straits.load_case("landlocked-importer")
    stop = _stop("short", "near", during=("2023-05-02", "2023-05-06"))
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    settings = case.settings.model_dump(mode="json")
    settings["focus"]["scenario"] = "short"
    study = Study(straits.stress(straits.Case.from_tables(tables, scenarios=[stop], **settings), ["short"]))
    assert len(study.steps("short")) > len(study.days)
    assert use_figure(study) is not None
    counts = supplies_table(study).frame.groupby("scenario").size()
    assert counts["short"] == counts["baseline"]
    assert supplies_table(study).frame["start"].nunique() == len(study.steps("short"))


def test_processes_are_told_as_such() -> None:
    """Proves: closures of a pipe and of the refinery behind it are told as 1 link and 1 process, and their pair too.
    Without it: a refinery would be counted as a link.
    """
    made = trade()
    focus = {"actor": "BBB", "commodity": "oil", "direction": "imports"}
    tables = {name: frame for name, frame in made.tables.items() if len(frame)}
    case = straits.Case.from_tables(tables, **made.settings.model_dump(mode="json") | {"focus": focus})
    study = Study(straits.stress(case, []))
    study = study.with_part(find_failures(study))
    assert len(study.found(Failures).links) == 2
    text = str(FAILURES.section(study, Basemaps(study)).blocks[0])
    assert text.startswith("Each of 1 link and 1 process that can carry or take in oil was closed alone for ")
    assert failures_table(study).title.startswith("Single failures of links and processes for ")
    assert (
        _which(study, Pairs(pd.DataFrame(), 1, 2, 2, study.found(Failures).window))
        == "these links and processes"
    )


def test_a_failure_that_takes_nothing_still_costs() -> None:
    """Proves: where no failure takes any deliveries, the one that costs most is named with its cost: 3 kt/d of the pipe go by
    rail, for 30 a tonne more. Without it: a reader would think that nothing can fail.
    """
    case = _importer().with_changes(
        [straits.case.Change(table="markets", row="buyer", column="demand", value=3)]
    )
    study = Study(straits.stress(case, []))
    study = study.with_part(find_failures(study))
    text = str(FAILURES.section(study, Basemaps(study)).blocks[0])
    worst = study.found(Failures).links.set_index("asset")["value_lost"]
    assert worst["pipe"] == pytest.approx(3 * 30 * 10 / 1000) and worst["rail"] == pytest.approx(0)
    assert text.endswith(
        "That of pipe costs most value of all actors and goods together: USD 0.9 million."
    ), text


def test_hazards_that_raise_what_is_used() -> None:
    """Proves: an expected loss below nothing is told as more that is used, a worst tenth without a least amount by its mean, and
    a bar below nothing stands left of it, as long as its value.
    Without it: "loses -2 kt", "with a chance of 10 % more than 0 kt", and an axis that ends at a billionth.
    """
    rows = [("expected loss", -2.0, 0.1), ("VaR 0.9", 0.0, 0.0), ("CVaR 0.9", 0.5, 0.1), ("VaR 0.95", 0.25, 0.0),
            ("CVaR 0.95", 1.0, 0.2)]  # fmt: skip
    drawn = SimpleNamespace(
        summary=pd.DataFrame(rows, columns=["statistic", "value", "standard_error"]),
        stats={"draws": 9, "chance": 0.997},
        contributions=pd.DataFrame(columns=["hazard", "marginal", "share"]),
    )
    study = Study(straits.stress(_importer(_stop("stop", "pipe")))).with_part(Risk(drawn, 0))  # type: ignore[arg-type]
    text = risk._opening(study)
    assert "(the chance of that is 99.7 %)" in text
    assert "On average BBB uses 2 kt more of oil (standard error 0.1 kt), 3.3 % of what it uses" in text
    assert "; in the worst 10 % of all that can happen it loses 0.5 kt on average" in text
    assert "; with a chance of 5 % it loses more than 0.25 kt, and then 1 kt on average" in text
    svg = ET.fromstring(part_bars("h", "T", "D", [Share("A", -4.0, 0.0, ""), Share("B", 2.0, 0.0, "")], "Mt"))
    bars = [(float(e.get("x") or 0), float(e.get("width") or 0)) for e in svg if e.tag.endswith("rect")]
    assert bars[0][1] == pytest.approx(2 * bars[1][1], abs=0.05)
    assert bars[0][0] + bars[0][1] == pytest.approx(bars[1][0], abs=0.05)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100 %"),
        (1 - 1e-9, "100 %"),
        (0.997, "99.7 %"),
        (0.99996, "99.996 %"),
        (0.99, "99 %"),
        (1.004, "100.4 %"),
        (-0.997, "−99.7 %"),
        (-1.0, "−100 %"),
    ],
)
def test_what_is_not_all_is_not_told_as_all(share, said) -> None:
    """Proves: only the whole is 100 %. Without it: a chance of 0.997 would be certainty."""
    assert fmt.percent(share) == said
