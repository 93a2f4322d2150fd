"""The review of a ledger through the server: what is judged in the page stands in the ledger, and becomes a scenario."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import straits
from app.client import Client
from straits.app import create_app
from straits.app.serving.server import close
from straits.app.world.opened import Cases
from straits.case.load import locate
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import Entry, Gazetteer, KnownEvent, with_world
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.review.sheet import rows_of

ARTICLE = """Court Shuts the Steppe Pipe, Tankers Wait

6 July 2022, 09:15

Anna Vale

On Tuesday, July 5, the Portville District Court suspended the Steppe Pipe for 30 days after the Sea Agency found violations at \
the berth. Oil exports of Landlocked were 12.5 million tons in 2021, and the operator was fined 300 thousand dollars.

On July 11 the court lifted the ban on the Steppe Pipe, the newspaper Tide reported.
"""
OTHER = """Steppe Pipe Stands Still

7 July 2022

On Tuesday, July 5, the Portville District Court suspended the Steppe Pipe for 60 days. Oil exports of Landlocked were 14 \
million tons in 2021.
"""
NAMES = Gazetteer(
    (
        Entry(id="pipe", kind="asset", names=("Steppe Pipe",)),
        Entry(id="LND", kind="actor", names=("Landlocked",)),
        Entry(id="court", kind="actor", names=("Portville District Court",)),
    ),
    known=(
        KnownEvent(
            id="shut", kind="closure", title="A court shuts the Steppe Pipe", start="2022-07-05", asset="pipe"
        ),
        KnownEvent(
            id="open", kind="lifting", title="The ban on the pipe is lifted", start="2022-07-11", asset="pipe"
        ),
        KnownEvent(
            id="old", kind="closure", title="A court shuts the Steppe Pipe for a winter", start="2019-01-05"
        ),
    ),
)
ANN = {"by": "Ann", "reason": "read the passage"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Give a ledger with two articles of our own and their drafts."""
    path = tmp_path / "evidence.db"
    with Ledger(path, create=True) as ledger:
        ledger.set_gazetteer(NAMES)
        for name, text, outlet in (("a.txt", ARTICLE, "The Tide"), ("b.txt", OTHER, "Harbour News")):
            document = ledger.add_document(text.encode(), name, outlet, "read")
            reading = ledger.reading(document.sha256)
            ledger.add(draft(document, reading, with_world(NAMES)).records)
    return path


@pytest.fixture
def client(book: Path, tmp_path: Path) -> Iterator[Client]:
    """Give a client of a server that holds the case `mine` and the ledger."""
    shutil.copytree(locate("two-routes"), tmp_path / "cases" / "mine")
    app = create_app(Cases([str(tmp_path / "cases" / "mine")], tmp_path / "cases"), ledger=book)
    yield Client(app)
    close(app)


def records(client: Client, outlet: str = "The Tide") -> list[dict]:
    """Give the records of the document of an outlet, as the page shows them."""
    documents = client.get("/api/evidence").json["documents"]
    (one,) = (d for d in documents if d["outlet"] == outlet)
    shown = client.get(f"/api/evidence/documents/{one['id']}").json
    for r in shown["records"]:
        r["text"] = shown["text"]
    return shown["records"]


def field(record: dict, name: str) -> str:
    return next(f["value"] for f in record["fields"] if f["field"] == name)


def first(client: Client, kind: str, outlet: str = "The Tide", **fields: str) -> dict:
    """Give the first record of a kind whose fields hold the given values."""
    return next(
        r
        for r in records(client, outlet)
        if r["kind"] == kind and all(field(r, k) == v for k, v in fields.items())
    )


def judge(client: Client, record: dict, action: str, **more: object) -> dict:
    reply = client.post(f"/api/evidence/records/{record['id']}/judge", {"action": action, **ANN, **more})
    assert reply.status == 200, reply.body
    return reply.json


def test_passages_are_places_of_the_text_that_is_shown(client: Client, book: Path) -> None:
    """Proves: each record's passage and words, as places in the text sent with it, are what the ledger holds of it; documents
    come with their outlet, day and count of drafts. Without it: the page would mark another sentence than the one judged."""
    overview = client.get("/api/evidence").json
    assert {d["outlet"]: d["published"] for d in overview["documents"]} == {
        "The Tide": "2022-07-06",
        "Harbour News": "2022-07-07",
    }
    assert set(overview["keys"]) >= {"accept", "reject"} or overview["keys"]
    found = records(client)
    assert len(found) == overview["documents"][0]["standings"]["draft"] or len(found) > 2
    with Ledger(book) as ledger:
        for shown in found:
            (a, b), (c, d) = shown["passage"], shown["words"]
            assert shown["text"][a:b] == ledger.record(shown["id"]).evidence.exact
            assert shown["text"][c:d] == shown["says"] and a <= c < d <= b
            assert (shown["told"] != "") == (shown["kind"] == "claim")


def test_reports_of_one_known_event_are_joined(client: Client, book: Path) -> None:
    """Proves: a draft comes with the known events of the case that it may tell of, the same as in the sheet; accepted as telling
    of one, as it is or with changes, reports of two outlets share it in the timeline, and the log says so; what is accepted
    without one is new; a judged record has no candidates; an event that is not known, or goes with a rejection or a quantity, is
    refused and nothing is written.
    Without it: the page would join other reports than the sheet, or none."""
    stop, again = (first(client, "event", outlet, type="closure") for outlet in ("The Tide", "Harbour News"))
    with Ledger(book) as ledger:
        (row,) = (r for r in rows_of(ledger) if r["record"] == stop["id"])
        assert (
            [row["candidate_1"].split(":")[0], row["candidate_2"]]
            == [stop["known"][0]["id"], None]
            == ["shut", None]
        )
    assert {"words", "dates", "kind"} <= set(stop["known"][0]["reasons"])
    quantity = next(r for r in records(client) if r["kind"] == "quantity")
    assert quantity["known"] == []
    for record, more in (
        (stop, {"action": "accept", "event": "shat"}), (stop, {"action": "reject", "event": "shut"}),
        (quantity, {"action": "accept", "event": "shut"}),
        (stop, {"action": "amend", "event": "shat", "changes": {"duration": "P31D"}}),
    ):  # fmt: skip
        assert client.post(f"/api/evidence/records/{record['id']}/judge", {**ANN, **more}).status == 422
    assert {r["standing"] for r in records(client)} == {"draft"}
    done = judge(client, stop, "accept", event="shut")
    assert done["known"] == [] and done["log"][-1]["event"] == "shut"
    changed = judge(client, again, "amend", event="shut", changes={"duration": "P61D"})
    assert changed["log"][-1]["event"] == "shut" and field(changed, "duration") == "P61D"
    judge(client, first(client, "event", type="lifting"), "accept")
    told = [(e["event"], e["outlet"]) for e in client.get("/api/evidence/timeline").json["events"]]
    assert told[:2] == [("shut", "The Tide"), ("shut", "Harbour News")] and told[2][0].startswith("event:")


def test_judgements_stand_in_the_ledger(client: Client, book: Path) -> None:
    """Proves: accept, reject, flag, amend and merge through the server give in the ledger what the command line gives: standing,
    who and why; an amended record is a new one beside the old; and each is refused where the ledger refuses it. Without it: what
    was judged on the screen would be lost, or stand under nobody's name."""
    stop = first(client, "event", type="closure")
    assert judge(client, stop, "accept")["standing"] == "accepted"
    quantities = [r for r in records(client) if r["kind"] == "quantity"]
    assert judge(client, quantities[0], "reject")["standing"] == "rejected"
    assert judge(client, quantities[1], "flag")["standing"] == "flagged"
    lift = first(client, "event", type="lifting")
    amended = judge(client, lift, "amend", changes={"when": "2022-07-12"})
    assert (
        amended["id"] != lift["id"]
        and amended["standing"] == "accepted"
        and field(amended, "when") == "2022-07-12"
    )
    again = first(client, "event", "Harbour News", type="closure")
    assert any(t["id"] == stop["id"] for t in again["twins"]), "the twin is suggested"
    assert judge(client, again, "merge", into=stop["id"])["standing"] == "merged"
    with Ledger(book) as ledger:
        standings = {r.id: ledger.standing(r.id) for r in ledger.records()}
        assert standings[stop["id"]] == "accepted" and standings[quantities[0]["id"]] == "rejected"
        assert standings[lift["id"]] == "amended" and standings[again["id"]] == "merged"
        log = ledger.log(stop["id"])[-1]
        assert (log.by, log.reason) == (ANN["by"], ANN["reason"])
    for body in (
        {"action": "accept", "by": "", "reason": "x"},
        {"action": "accept", "by": "Ann"},
        {"action": "merge", **ANN},
        {"action": "amend", **ANN},
        {"action": "amend", "changes": {"when": "soon"}, **ANN},
        {"action": "amend", "changes": {"colour": "red"}, **ANN},
        {"action": "burn", **ANN},
    ):
        refused = client.post(f"/api/evidence/records/{stop['id']}/judge", body)
        assert refused.status == 422 and refused.json["error"]["message"], body
    assert client.post("/api/evidence/records/nothing/judge", {"action": "accept", **ANN}).status == 422


def test_the_timeline_holds_what_was_accepted(client: Client) -> None:
    """Proves: drafts are on the timeline only if asked for; an accepted event stands there with its day. Without it: what nobody
    has judged would pass for known."""
    assert client.get("/api/evidence/timeline").json["events"] == []
    drafts = client.get("/api/evidence/timeline?drafts=true").json["events"]
    assert len(drafts) >= 2
    judge(client, first(client, "event", type="closure"), "accept")
    (event,) = client.get("/api/evidence/timeline").json["events"]
    assert "2022-07-05" in str(event.values())


def test_a_conflict_is_opened_and_ruled_on(client: Client) -> None:
    """Proves: what the ledger suggests is opened with a position for each record, ruled on under a name, and the positions stay;
    a ruling that prefers nothing of it is refused. Without it: one of two tellings would silently win."""
    told = client.get("/api/evidence/conflicts").json
    assert told["conflicts"] == [] and told["suggested"]
    one = told["suggested"][0]
    positions = {f"{i}: {s['outlet']}": [s["record"]] for i, s in enumerate(one["says"], 1)}
    opened = client.post(
        "/api/evidence/conflicts",
        {"question": one["question"], "positions": positions, **ANN},
    ).json
    (conflict,) = opened["conflicts"]
    assert conflict["ruling"] == "open" and [p["label"] for p in conflict["positions"]] == list(positions)
    path = f"/api/evidence/conflicts/{conflict['id']}/rule"
    assert client.post(path, {"ruling": "prefer", "prefer": "nobody", **ANN}).status == 422
    ruled = client.post(path, {"ruling": "prefer", "prefer": next(iter(positions)), **ANN}).json["conflicts"][
        0
    ]
    assert (
        ruled["preferred"] == next(iter(positions))
        and ruled["by"] == "Ann"
        and len(ruled["positions"]) == len(positions)
    )
    short = {"question": "Which?", "positions": {"one": positions[next(iter(positions))]}, **ANN}
    assert client.post("/api/evidence/conflicts", short).status == 422


def test_an_accepted_event_becomes_a_scenario_that_runs(client: Client, tmp_path: Path) -> None:
    """Proves: an order of 30 days, lifted after six, becomes a scenario of the case on disk with its source, and its answer is
    that of the same stop by hand; an event that nobody accepted, and one without a share of capacity, are refused. Without it:
    the road from the press to a result would end in the page."""
    stop, lift = first(client, "event", type="closure"), first(client, "event", type="lifting")
    body = {"case": "mine", "record": stop["id"], "factor": [0.0], "id": "court-stop", **ANN}
    assert client.post("/api/evidence/scenario", body).status == 422
    for one in (stop, lift):
        judge(client, one, "accept")
    assert client.post("/api/evidence/scenario", {**body, "factor": []}).status == 422
    made = client.post("/api/evidence/scenario", {**body, "lifted": lift["id"]})
    assert made.status == 200, made.body
    assert made.json["scenarios"][0]["disruptions"][0]["asset"] == "pipe"
    case = straits.load_case(tmp_path / "cases" / "mine")
    (d,) = case.scenarios["court-stop"].disruptions
    assert (d.asset, d.factor, d.start, d.end, d.expected_days) == (
        "pipe",
        0.0,
        date(2022, 7, 5),
        date(2022, 7, 11),
        30,
    )
    assert any("The Tide" in str(s.publisher) or "Tide" in s.title for s in case.rows("sources").values())
    asked = client.post("/api/cases/mine/ask", {"scenario": "court-stop"}).json
    found = straits.stress(case, ["court-stop"], refine=False)
    assert asked["headline"]["value_lost"] == pytest.approx(
        found.baseline.objective - found.solutions["court-stop"].objective, rel=1e-6
    )
    # What a document leaves open may be set, under the analyst's name: another asset, by which the same order works.
    other = client.post(
        "/api/evidence/scenario", {**body, "id": "by-rail", "asset": "rail", "lifted": lift["id"]}
    )
    assert other.status == 200 and other.json["scenarios"][0]["disruptions"][0]["asset"] == "rail"


def test_without_a_ledger_it_is_said_how_to_open_one(tmp_path: Path) -> None:
    """Proves: a server without a ledger refuses each route of evidence with what to do. Without it: a blank view."""
    app = create_app(Cases(["two-routes"], tmp_path))
    refused = Client(app).get("/api/evidence")
    assert refused.status == 422 and "--ledger" in refused.json["error"]["message"]
    close(app)
