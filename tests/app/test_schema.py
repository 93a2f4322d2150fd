"""The server against its own description, by a program that knows nothing of straits; where schemathesis is installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.test_evidence import book
from straits.app import create_app
from straits.app.serving.server import close
from straits.app.world.opened import Cases
from straits.case.load import locate

schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")
hypothesis = pytest.importorskip("hypothesis")

__all__ = ["book"]
OURS = {"x-straits": "1"}
#: Starts a process for each request; its own tests ask it.
LEFT_OUT = ("POST", "/api/cases/{case}/jobs")
#: What a drawn path is replaced by half of the time, so that requests come past the door.
KNOWN = {
    "case": "mine", "table": "links", "row": "rail", "column": "capacity", "asset": "pipe", "commodity": "crude", "kind": "csv",
}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path, book: Path) -> Iterator[Any]:
    """Give a server with a case of its own and a ledger."""
    shutil.copytree(locate("two-routes"), tmp_path / "cases" / "mine")
    app = create_app(Cases([str(tmp_path / "cases" / "mine")], tmp_path / "cases"), ledger=book)
    yield app
    close(app)


def test_schemathesis_finds_no_fault(server: Any) -> None:
    """Proves: of requests that schemathesis draws from the server's OpenAPI description, right and wrong, none ends in a fault
    (500), and every refusal is JSON that says why. Without it: only our own idea of a strange request would have been tried."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", server)
    asked = {"requests": 0, "refused": 0}
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) == LEFT_OUT:
            continue
        both = [
            operation.as_strategy(generation_mode=mode)
            for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
        ]

        @hypothesis.settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=hypothesis.strategies.one_of(both), real=hypothesis.strategies.booleans())
        def ask(case: Any, real: bool) -> None:
            if real and case.path_parameters:
                case.path_parameters = {k: KNOWN.get(k, v) for k, v in case.path_parameters.items()}
            reply = case.call(headers={**OURS, **dict(case.headers or {})})
            asked["requests"] += 1
            assert reply.status_code < 500 or reply.json()["error"]["code"] == "not_built", reply.content[
                :300
            ]
            if reply.status_code >= 400:
                asked["refused"] += 1
                assert reply.json()["error"]["message"]

        ask()
    assert asked["requests"] > 200 and asked["refused"] > 50
