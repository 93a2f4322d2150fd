"""What is on the map is answered as the library answers it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import straits
from app.client import Client
from straits.app.views.answer import answer_view
from straits.app.views.scene import laid_out
from straits.app.world.opened import answer_of
from straits.app.world.question import Closure, Question, Trial
from straits.case.schema.settings import Change, Disruption, Scenario
from straits.engine import Warm

CLOSED = {"asset": "pipe", "start": "2022-07-01", "end": "2022-07-31"}


def test_a_warm_case_answers_as_a_cold_one_in_any_order() -> None:
    """Proves: a disruption, a surprise, an option, a change and the case itself have the same worth and flows warm and cold, and
    asking them again in another order changes nothing. Without it: the map could show what nobody gets from the library."""
    case = straits.load_case("two-routes")
    warm = Warm(case)
    stop = Disruption(asset="pipe", start="2022-07-01", end="2022-07-31")
    half = Disruption(asset="rail", factor=0.5, start="2022-03-01", end="2022-05-01")
    option = next(iter(case.rows("options")))
    asked = [
        Scenario(id="a", title="a", disruptions=(stop,)),
        Scenario(id="b", title="b", disruptions=(stop, half), foresight="surprise"),
        Scenario(id="c", title="c", disruptions=(stop,), options=(option,)),
        Scenario(
            id="d", title="d", changes=(Change(table="links", row="rail", column="capacity", value="30"),)
        ),
        *case.scenarios.values(),
    ]
    cold = {s.id: straits.solve(case, s, near=warm.baseline) for s in asked}
    for order in (asked, asked[::-1]):
        for scenario in order:
            found = warm.solve(scenario)
            assert found.objective == pytest.approx(cold[scenario.id].objective, rel=1e-9)
            np.testing.assert_allclose(found.x, cold[scenario.id].x, atol=1e-6)
    assert warm.baseline.objective == pytest.approx(straits.solve(case).objective, rel=1e-12)


def test_a_scenario_that_sets_how_prices_answer_is_valued_by_one_curve() -> None:
    """Proves: the five days of July, whose world price answers over days, cost on the map what they cost in the steps of the case
    where all know them. Without it: the map would show billions, the difference of two levels of what all the world gains."""
    case = straits.load_case("caspian")
    comparison, _ = answer_of(Warm(case), Question(scenario="july-order-five-days", foresight="perfect"))
    lost = comparison.summary["value_lost"].iloc[0]
    cold = (
        straits.stress(case, ["july-order-five-days"], refine=False, foresight="perfect")
        .summary["value_lost"]
        .iloc[0]
    )
    assert lost == pytest.approx(cold, rel=1e-6)
    assert 0 < lost < 400


@pytest.mark.parametrize("name", ["russia-transit-90", "july-order-as-ordered", "btc-instead-of-cpc"])
def test_the_map_and_the_report_tell_one_account(name: str) -> None:
    """Proves: what every state gains or loses on the map is what `straits.stress` says in the steps of the case, also beside
    another scenario and where prices are open.
    Without it: the map said that Russia loses 409 million and China 651 by 90 days without transit, the report 488 and 571.
    """
    case = straits.load_case("caspian")
    comparison, _ = answer_of(Warm(case), Question(scenario=name))
    cold = straits.stress(case, [name], refine=False)
    shown, told = (found.states.set_index("state")["change"] for found in (comparison, cold))
    assert set(shown.index) == set(told.index) and told.abs().max() > 100
    assert shown[told.index].to_numpy() == pytest.approx(told.to_numpy(), abs=0.05)


def test_the_view_says_what_the_comparison_says() -> None:
    """Proves: exports lost, gains by state, flows before and after, storage and routes of the view are those of `straits.stress`,
    and gains and losses of actors add up to those of states. Without it: two rooms would give two numbers."""
    case = straits.load_case("two-routes")
    question = Question(closures=[Closure.model_validate(CLOSED)])
    comparison, run = answer_of(Warm(case), question)
    view = answer_view(comparison, run)
    made = Scenario(
        id="on-the-map",
        title="x",
        disruptions=(Disruption(asset="pipe", start="2022-07-01", end="2022-07-31"),),
    )
    cold = straits.stress(case, [made])
    lost = cold.summary.set_index(["commodity", "origin"])["lost_exports"]
    for row in view["headline"]["exports"]:
        assert row["lost_exports"] == pytest.approx(lost[row["commodity"], row["origin"]], rel=1e-6, abs=1e-9)
    assert view["headline"]["value_lost"] == pytest.approx(
        cold.baseline.objective - cold.solutions["on-the-map"].objective
    )
    states = dict(zip(cold.states["state"], cold.states["change"], strict=True))
    assert {s["id"]: s["change"] for s in view["states"]} == pytest.approx(
        {k: v for k, v in states.items() if abs(v) > 1e-9}
    )
    assert sum(a["change"] for a in view["actors"]) == pytest.approx(sum(states.values()), rel=1e-3)
    days = comparison.baseline.network.steps.days
    flows = cold.solutions["on-the-map"].flows.groupby("link")["amount"].sum()
    for link, series in view["goods"]["crude"]["after"].items():
        assert np.array(series) @ days == pytest.approx(flows[link], rel=1e-4)
    assert view["goods"]["crude"]["links"]["pipe"]["closed"]
    assert view["goods"]["crude"]["links"]["pipe"]["after"] == pytest.approx(0.0)
    assert view["goods"]["crude"]["links"]["pipe"]["before"] > 0
    assert max(view["storage"][0]["after"]) <= 1 + 1e-6


def test_closures_add_up_and_a_switch_brings_the_case_back(client: Client) -> None:
    """Proves: two closures cost at least as much as each, a share of capacity costs less than a stop, and none costs nothing.
    Without it: chips could be forgotten on the way to the model."""

    def lost(*closures: dict) -> float:
        reply = client.post("/api/cases/mine/ask", {"closures": list(closures)})
        assert reply.status == 200, reply.json
        return float(reply.json["headline"]["value_lost"])

    pipe, rail = CLOSED, {**CLOSED, "asset": "rail"}
    assert lost() == 0
    assert lost(pipe, rail) >= max(lost(pipe), lost(rail)) - 1e-9
    assert 0 < lost({**pipe, "factor": 0.5}) < lost(pipe)
    assert lost({**CLOSED, "asset": "transit:NBR"}) > 0


def test_a_trial_solves_again_and_leaves_the_case_as_it_is(client: Client) -> None:
    """Proves: a value that is tried changes the answer as `with_changes` does, and the next question without it does not see it.
    Without it: a trial would be an edit that nobody saved."""
    trial = Trial(table="links", row="rail", column="capacity", value="40")
    tried = client.post("/api/cases/mine/ask", {"closures": [CLOSED], "trial": [trial.model_dump()]}).json
    plain = client.post("/api/cases/mine/ask", {"closures": [CLOSED]}).json
    case = straits.load_case("two-routes").with_changes([Change(**trial.model_dump())])
    made = Scenario(
        id="t",
        title="t",
        disruptions=(Disruption.model_validate(CLOSED),),
    )
    expected = straits.stress(case, [made]).summary["lost_exports"].sum()
    assert sum(r["lost_exports"] for r in tried["headline"]["exports"]) == pytest.approx(expected, rel=1e-6)
    assert tried["headline"]["value_lost"] != pytest.approx(plain["headline"]["value_lost"])


def test_the_code_that_is_shown_gives_the_same(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    """Proves: the Python that the page shows for closures, an option, a trial and a scenario runs, and loses what the page shows.
    Without it: who copies it gets another answer, or an error."""
    option = next(iter(straits.load_case("two-routes").rows("options")))
    trial = {"table": "links", "row": "rail", "column": "cost", "value": "36"}
    for question in (
        {},
        {"scenario": "pipeline-stop"},
        {"closures": [CLOSED], "options": [option], "foresight": "surprise", "trial": [trial]},
        {"scenario": "pipeline-stop", "closures": [{**CLOSED, "asset": "rail", "factor": 0.5}]},
    ):
        shown = client.post("/api/cases/mine/ask", question).json
        code = client.post("/api/cases/mine/code", question).json
        space: dict = {}
        exec(code["python"].replace("print(", "str("), space)
        if "comparison" in space:
            lost = space["comparison"].summary["lost_exports"].sum()
            assert sum(r["lost_exports"] for r in shown["headline"]["exports"]) == pytest.approx(
                lost, rel=1e-6, abs=1e-6
            )
        assert code["command"].splitlines()[-1].startswith("straits ")


def test_what_has_no_meaning_is_told(client: Client) -> None:
    """Proves: an unknown asset, scenario or option, a window outside the case and a share above one are refused with what would
    be accepted; none ends in a fault of the server."""
    for question, word in (
        ({"closures": [{**CLOSED, "asset": "pipo"}]}, "pipe"),
        ({"scenario": "pipeline-stopp"}, "pipeline-stop"),
        ({"options": ["nothing"]}, "no option"),
        ({"closures": [{**CLOSED, "start": "2031-01-01", "end": "2031-02-01"}]}, "2022-01-01"),
        ({"closures": [{**CLOSED, "factor": 2}]}, "factor"),
        ({"closures": [{**CLOSED, "end": "2022-06-01"}]}, "after the start"),
        ({"surprise": True}, "surprise"),
    ):
        reply = client.post("/api/cases/mine/ask", question)
        assert reply.status == 422 and word in reply.json["error"]["message"], reply.json


def test_places_without_coordinates_are_laid_out() -> None:
    """Proves: places of a chain stand one right of the other, two ways part in height, and no two stand on one spot. Without it:
    a case without coordinates would be a heap of points."""
    found = laid_out(["a", "b", "c", "d"], [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    assert found["a"][0] < found["b"][0] == found["c"][0] < found["d"][0]
    assert found["b"][1] != found["c"][1]
    assert len(set(laid_out(["x", "y"], [("x", "y"), ("y", "x")]).values())) == 2


def test_the_scene_places_points_as_its_projection_says(client: Client) -> None:
    """Proves: the numbers of the projection that the page gets put a place where the scene draws it (conic equal-area, Snyder
    14-1). Without it: a place that is built on the map would lie elsewhere."""
    scene = client.get("/api/cases/mine").json["scene"]
    view, place = scene["view"], scene["places"][0]
    p1, p2 = np.radians(view["parallels"])
    n = (np.sin(p1) + np.sin(p2)) / 2
    c = np.cos(p1) ** 2 + 2 * n * np.sin(p1)
    lam = np.radians(place["lon"] + view["rotate"][0])
    rho, rho0 = (
        np.sqrt(c - 2 * n * np.sin(np.radians(lat))) / n for lat in (place["lat"], view["centre"][1])
    )
    x = view["translate"][0] + view["scale"] * rho * np.sin(n * lam)
    y = view["translate"][1] - view["scale"] * (rho0 - rho * np.cos(n * lam))
    assert (x, y) == pytest.approx((place["x"], place["y"]), abs=1e-6)


def test_a_case_from_nothing_can_be_solved(client: Client, folder: Path) -> None:
    """Proves: a case begun on the page is a case of the library, with a field, a market and a way between them."""
    reply = client.post("/api/cases", {"name": "fresh", "title": "Fresh"})
    assert reply.status == 200, reply.json
    assert straits.solve(straits.load_case(folder / "fresh")).objective > 0
    assert client.get("/api/cases/fresh").json["scene"]["places"]
    assert client.post("/api/cases", {"name": "fresh", "title": "Again"}).status == 422
    assert client.post("/api/cases", {"name": "../out", "title": "Out"}).status == 422
