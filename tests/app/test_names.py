"""Names in place of ids in what the app shows of a row."""

from __future__ import annotations

from datetime import date

import straits
from small import build, link, market, places, supply
from straits.app.views.answer import _name, answer_view
from straits.app.views.series import shared_routes
from straits.app.views.supply import good_names
from straits.app.world.numbers import row_view
from straits.case.schema.settings import Disruption, Scenario
from straits.engine.steps import fitted


def test_a_row_is_told_by_names() -> None:
    """Proves: cells that refer to rows have their names, words of a choice no underscore, and words that are no ids stay.
    Without it: the Detail tab says "from place: field".
    """
    case = straits.load_case("two-routes")
    cells = {cell["column"]: cell["value"] for cell in row_view(case, "links", "pipe")["cells"]}
    assert cells["from_place"] == "Steppe field" and cells["commodities"] == "Crude oil"
    assert cells["mode"] == "pipeline"


def test_what_is_too_short_is_told_by_its_name() -> None:
    """Proves: warnings name what is disrupted; words for many assets stay. Without it: "the disruption of pipe"."""
    case = straits.load_case("two-routes")
    when = {"factor": 0.0, "start": date(2022, 7, 1), "end": date(2022, 7, 3)}
    for asset, said in (("pipe", "Pipeline through Neighbour"), ("transit:NBR", "transit:NBR")):
        short = Scenario(id="short", title="Short", disruptions=(Disruption(asset=asset, **when),))
        assert fitted(case, [short]).told[0].startswith(f"the disruption of {said}: from 2022-07-01")


def test_cargo_that_takes_two_routes_is_told() -> None:
    """Proves: where all that is sold takes a pipe and then a ship, each a route, it is said that it stands in both; where only
    one has a name it is not, nor where two routes leave side by side.
    Without it: the routes on the page add up to twice what is exported.
    """
    for corridor, shared in (("ship", {("oil", "AAA")}), (None, set())):
        tables = {
            "places": places("A", "B", "C", B="BBB", C="CCC"),
            "links": [
                link("pipe", "A", "B", corridor="pipe"),
                link("ship", "B", "C", **{"corridor": corridor} if corridor else {}),
            ],
            "supplies": [supply("field", "A", 4)],
            "markets": [market("buyer", "C", 200)],
        }
        case = build(tables)
        assert shared_routes(straits.solve(case)) == shared
        side = [link("pipe", "A", "C", capacity=3, corridor="pipe"), link("ship", "A", "C", corridor="ship")]
        assert shared_routes(straits.solve(build(tables | {"links": side}))) == set()
        assert {row["shared"] for row in answer_view(straits.stress(case, []), "baseline")["routes"]} == {
            bool(shared)
        }


def test_goods_are_told_by_themselves_and_in_a_sentence() -> None:
    """Proves: the page gets the name that stands in a sentence; adjectives of states keep their capital, and cargo without an
    origin is of any. Without it: "use of russian gas lost", and "any" in the list of who pays.
    """
    assert good_names("Russian gas") == {"commodity_name": "Russian gas", "commodity_said": "Russian gas"}
    assert good_names("Crude oil")["commodity_said"] == "crude oil"
    assert _name(straits.load_case("two-routes").rows("actors"), "any") == "any origin"
