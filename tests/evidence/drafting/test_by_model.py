"""Drafts by a language model, against an endpoint of our own on this machine."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from straits.evidence.drafting import by_model
from straits.evidence.drafting.by_model import AnswerError, Endpoint, draft_by_model

from ..conftest import ARTICLE

EVENT = {
    "kind": "event",
    "type": "closure",
    "evidence": "On Tuesday, March 2, the Portville District Court suspended loading at the North Pipeline terminal for 45 days",
    "trigger": "suspended loading",
    "sources": ["court"],
    "assets": ["north-terminal"],
    "date": "2021-03-02",
    "date_text": "Tuesday, March 2",
    "duration": "P45D",
    "duration_text": "45 days",
}
QUANTITY = {
    "kind": "quantity",
    "evidence": "Ruritania exported 12.5 million tons of oil in 2020",
    "span": "12.5 million tons",
    "value": 12.5e6,
    "unit": "t",
}
CLAIM = {
    "kind": "claim",
    "form": "direct",
    "evidence": 'The berth is safe, and the "violations" are paper," said Boris Keel',
    "content": 'The berth is safe, and the "violations" are paper,',
    "speaker": "candidate:Boris Keel",
    "speaker_text": "Boris Keel",
}
GOOD = [EVENT, QUANTITY, CLAIM]


def _chat(content, reason="stop"):
    return json.dumps({"choices": [{"message": {"content": content}, "finish_reason": reason}]}).encode()


@pytest.fixture
def endpoint():
    """A local endpoint; set `.answer` to what it returns. `.asked` holds what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.key = self.headers.get("Authorization")
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(server.answer)))
            self.end_headers()
            self.wfile.write(server.answer)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.answer = 200, b""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.where = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "toy", key="secret", timeout=10)
    yield server
    server.shutdown()
    server.server_close()


def _drafts(endpoint, article, names, records, reason="stop"):
    endpoint.answer = _chat(json.dumps({"records": records}), reason)
    return draft_by_model(*article, names, endpoint.where)


def test_good_answers_become_drafts(endpoint, article, names):
    """Proves: quotations are found in the raw text (curly marks and all), the schema, key and only the article's prose are sent.
    Without it: the one thing the endpoint is for would not work."""
    drafts = _drafts(endpoint, article, names, GOOD)
    assert drafts.refused == []
    event, quantity, claim = drafts.records
    assert ARTICLE[event.evidence.start : event.evidence.end] == EVENT["evidence"]
    assert (event.when.value, event.duration, event.origin.method, event.origin.tool) == (
        "2021-03-02",
        "P45D",
        "model",
        "toy",
    )
    assert quantity.value == 12.5e6 and "“violations”" in claim.content.exact
    sent = endpoint.asked
    assert (
        sent["response_format"]["json_schema"]["schema"]["properties"]["records"]["maxItems"]
        == by_model.MOST_RECORDS
    )
    assert (
        "Rob Roe" not in sent["messages"][1]["content"]
        and "suspended loading" in sent["messages"][1]["content"]
    )
    assert endpoint.key == "Bearer secret"


INVENTED = {
    "words": {**EVENT, "evidence": "the court closed the harbour for ever"},
    "a trigger from elsewhere": {**EVENT, "trigger": "lifted the ban"},
    "an actor": {**EVENT, "sources": ["Atlantis"]},
    "an asset": {**EVENT, "assets": ["south-terminal"]},
    "a day": {**EVENT, "date": "2021-03-05"},
    "a day without words": {**EVENT, "date_text": None},
    "a date that is none": {**EVENT, "date": "next week"},
    "a duration": {**EVENT, "duration": "P90D"},
    "a type": {**EVENT, "type": "miracle"},
    "a field": {**EVENT, "confidence": 0.99},
    "a number": {**QUANTITY, "value": 99.0},
    "a unit": {**QUANTITY, "unit": "bbl"},
    "a speaker": {**CLAIM, "speaker_text": "Ada Marlow"},
    "a reader's comment": {
        **EVENT,
        "evidence": "Russia invaded my garden on March 1",
        "trigger": "invaded",
        "type": "military",
    },
    "no object at all": "the court closed the harbour",
}


@pytest.mark.parametrize("kind", INVENTED)
def test_inventions_are_dropped_with_a_reason(endpoint, article, names, kind):
    """Proves: an invented item is dropped, its reason told, and the good ones beside it stay.
    Without it: a fluent model could put anything into the ledger."""
    drafts = _drafts(endpoint, article, names, [INVENTED[kind], *GOOD])
    assert len(drafts.records) == 3
    ((_, why),) = drafts.refused
    assert why


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (_chat(json.dumps({"records": GOOD})[:-40]), "not JSON"),
        (_chat(json.dumps({"records": GOOD}), "length"), "cut off"),
        (_chat("Sure! Here is the JSON: {}"), "not JSON"),
        (_chat("[]"), "one list"),
        (_chat(None), "not JSON"),
        (_chat(json.dumps({"records": [EVENT] * 500})), "at most"),
        (b"x" * 2_000_100, "longer than"),
        (b"<html>busy</html>", "chat format"),
        (b'{"choices": []}', "chat format"),
    ],
)
def test_broken_and_over_long_answers_are_refused_whole(endpoint, article, names, answer, says):
    """Proves: truncated, chatty, over-long and foreign answers give one clear error and no records.
    Without it: half of an answer would pass for the whole."""
    endpoint.answer = answer
    with pytest.raises(AnswerError, match=says):
        draft_by_model(*article, names, endpoint.where)


def test_an_endpoint_that_fails_is_told(endpoint, article, names):
    """Proves: an error status and an unreachable address are errors of ours. Without it: no drafts would look like no events."""
    endpoint.status = 500
    with pytest.raises(AnswerError, match="500"):
        draft_by_model(*article, names, endpoint.where)
    with pytest.raises(AnswerError):
        draft_by_model(*article, names, Endpoint("http://127.0.0.1:1/v1", "toy", timeout=2))
