"""A language model's endpoint that sends on, drips, cuts off or answers nonsense; and where a key may go."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from straits.cli import app
from straits.errors import StraitsError
from straits.evidence.documents.document import describe
from straits.evidence.drafting.by_model import draft_by_model
from straits.evidence.drafting.endpoint import MOST_BYTES, AnswerError, Endpoint, endpoint_key, post
from straits.evidence.finding.gazetteer import with_world

from .ledgers import NAMES, TEXT

DOCUMENT, READING = describe(TEXT.encode(), "quay.txt", "Tide", "read")


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Answer every connection to a port of this machine; give the address and what was received."""
    server = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    asked.append(_request(connection))
                    answer(connection)
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1", asked
    finally:
        server.close()


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def sends(data: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(data)


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choices"]
)
def test_redirects_are_not_followed(status: str) -> None:
    """Proves: whatever the redirect, the other host is not asked, sees no key, and its answer is not taken. Without it: an
    endpoint, or who answers in its place, could send key and document anywhere."""
    good = json.dumps({"choices": [{"message": {"content": '{"records": []}'}}]}).encode()
    with (
        serving(sends(http(good))) as (other, asked),
        serving(sends(http(b"", f"Location: {other}/chat/completions", status=status))) as (url, first),
        pytest.raises(AnswerError, match="not followed"),
    ):
        draft_by_model(DOCUMENT, READING, with_world(NAMES), Endpoint(url, "toy", "secret", timeout=5))
    assert asked == [] and len(first) == 1 and b"Bearer secret" in first[0]


def test_a_proxy_of_the_environment_sees_no_plain_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a request over plain HTTP goes to the endpoint itself, whatever proxy the environment names. Without it: a key
    meant for this machine would go to another."""
    with serving(sends(http(b"{}"))) as (proxy, asked), serving(sends(http(b"{}"))) as (url, own):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.removesuffix("/v1"))
        assert post(Endpoint(url, "toy", "secret", timeout=5), "/x", {}) == b"{}"
    assert asked == [] and len(own) == 1


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://localhost:8000/v1", True), ("http://127.0.0.1/v1", True), ("http://127.9.9.9/v1", True),
        ("http://[::1]:8/v1", True), ("https://example.org/v1", True), ("http://example.org/v1", False),
        ("http://10.0.0.1/v1", False),
        ("http://localhost.example.org/v1", False), ("http://127.0.0.1.example.org/", False), ("http://[::ffff:8.8.8.8]/", False),
        ("http://0.0.0.0/v1", False), ("http://2130706433/", False), ("HTTP://EXAMPLE.ORG/v1", False),
    ],
)  # fmt: skip
def test_where_a_key_may_go(url: str, allowed: bool) -> None:
    """Proves: a key goes unencrypted only to this machine, or elsewhere with an explicit word; without a key any host may be
    asked. Without it: whoever listens on the way has the key."""
    if allowed:
        Endpoint(url, "toy", "secret")
        return
    with pytest.raises(AnswerError, match="unencrypted"):
        Endpoint(url, "toy", "secret")
    assert Endpoint(url, "toy", "secret", plain_key=True).key == "secret" and Endpoint(url, "toy").key is None


@pytest.mark.parametrize(
    "url",
    ["localhost:1", "ftp://x/", "file:///etc/passwd", "http://", "http:///v1", "http://u:p@localhost/", "http://localhost@example.org/",
     "http://localhost\\.example.org/", "http://local host/", "http://h/\r\nX: y", "http://h:99999/", "http://h:x/", "http://[::1/",
     "http://h/?a=b", "http://h/#a", "http://hé/", "", "\x1b[2J", "javascript:alert(1)", "http://h:0/"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    """Proves: an address that reads otherwise than it looks is refused in words. Without it: the host asked would not be the
    host that was read, or a traceback."""
    with pytest.raises(AnswerError, match="accepted: an address"):
        Endpoint(url, "toy")


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: no option takes a key; a file or a variable does; keys that no header can carry are refused, and the endpoint's
    description does not show it. Without it: the list of processes, a log or a header would."""
    result = CliRunner().invoke(app, ["evidence", "draft", "--url", "http://localhost:1", "--key", "secret"])
    assert result.exit_code == 2 and "No such option" in result.output
    (tmp_path / "key").write_text("secret\n")
    assert endpoint_key(tmp_path / "key") == "secret"
    monkeypatch.setenv("STRAITS_MODEL_KEY", "other")
    assert endpoint_key() == "other" and endpoint_key(tmp_path / "key") == "secret"
    monkeypatch.setenv("STRAITS_MODEL_KEY", "")
    assert endpoint_key() is None
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    (tmp_path / "blank").write_bytes(b" \n")
    for false in ("odd", "blank", "none", "."):
        with pytest.raises(AnswerError):
            endpoint_key(tmp_path / false)
    for key in ("a\r\nX-Evil: 1", "a\nb", "\x00", "schlüssel", " "):
        with pytest.raises(AnswerError, match="key"):
            Endpoint("https://example.org", "toy", key)
    assert "secret" not in repr(Endpoint("https://example.org", "toy", "secret"))


def _drips(piece: bytes, before: bytes = b"") -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        for _ in range(200):
            connection.sendall(piece)
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        _drips(b"x", http(b"", "Content-Length: 1000")),
        _drips(b"1\r\nx\r\n", http(b"", "Transfer-Encoding: chunked")),
        _drips(b"X: y\r\n", b"HTTP/1.1 200 OK\r\n"),
        _drips(b"H"),
        _drips(b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda connection: time.sleep(2),
    ],
)
def test_time_counts_from_first_to_last(answer: Callable[[socket.socket], None]) -> None:
    """Proves: an endpoint that sends a little now and then, in status, headers or body, or nothing, ends at the stated time.
    Without it: one document could hold a night's batch for ever."""
    with serving(answer) as (url, _):
        start = time.monotonic()
        with pytest.raises(AnswerError):
            post(Endpoint(url, "toy", timeout=0.3), "/x", {})
        assert time.monotonic() - start < 1.5


BROKEN = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "cut in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "cut in the body": http(b'{"choices"', "Content-Length: 5000"),
    "cut in a chunk": http(b"ff\r\nabc", "Transfer-Encoding: chunked"),
    "a chunk of no length": http(b"zz\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    "a line without end": b"HTTP/1.1 200 " + b"O" * 100_000,
    "a thousand headers": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
    "a length that is none": http(b"{}", "Content-Length: many"),
    "a negative length": http(b"{}", "Content-Length: -5"),
    "another status": http(b"{}", status="204 No Content"),
    "an error": http(b"{}", status="500 No"),
    "a status that is none": http(b"{}", status="abc def"),
    "too much": http(b"x" * (MOST_BYTES + 10)),
    "no UTF-8": http(b"\xff\xfe\xfa"),
    "nested": http(b"[" * 100_000),
    "no object": http(b'"choices"'),
    "choices of texts": http(b'{"choices": ["a"]}'),
    "choices of nulls": http(b'{"choices": [null]}'),
    "a message of numbers": http(b'{"choices": [{"message": 5}]}'),
    "a content of numbers": http(b'{"choices": [{"message": {"content": 5}}]}'),
    "a nested content": http(json.dumps({"choices": [{"message": {"content": "[" * 100_000}}]}).encode()),
    "a number of many digits": http(
        json.dumps({"choices": [{"message": {"content": "9" * 10_000}}]}).encode()
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_answers_end_in_words(how: str) -> None:
    """Proves: cut, endless, foreign and nested answers end in an error of ours. Without it: a traceback, or half an answer."""
    with serving(sends(BROKEN[how])) as (url, _), pytest.raises(AnswerError) as told:
        draft_by_model(DOCUMENT, READING, with_world(NAMES), Endpoint(url, "toy", timeout=5))
    assert len(str(told.value)) < 600


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["event", "quantity", "claim", "closure", "2021-03-02", "P30D", "suspended", "\ud800", "P9" * 9]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
PASSAGES = st.sampled_from(
    [line for line in TEXT.splitlines() if line]
    + ["suspended loading", "30 days", "Boris Keel", "12 million tons"]
)
FIELDS = ["kind", "type", "evidence", "trigger", "sources", "assets", "date", "date_text", "duration", "duration_text",
          "modality", "span", "value", "unit", "of", "object", "form", "content", "speaker", "speaker_text", "voice"]  # fmt: skip
ITEMS = st.dictionaries(st.sampled_from(FIELDS), VALUES | PASSAGES, max_size=10)
KINDS = st.builds(
    lambda item, kind, text: {**item, **kind, "evidence": text},
    ITEMS,
    st.sampled_from([
        {"kind": "event", "type": "closure", "trigger": "suspended"},
        {"kind": "quantity", "span": "30 days", "value": 30, "unit": "day"},
        {"kind": "claim", "form": "direct", "content": "The quay is safe", "speaker": "candidate:Boris Keel",
         "speaker_text": "Boris Keel"},
    ]),
    PASSAGES,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(KINDS | ITEMS | VALUES, max_size=4))
def test_any_answer_ends_in_records_or_reasons(items: list[object]) -> None:
    """Proves: of any items each becomes a record or is dropped with a reason. Without it: a traceback for what a model
    thinks up."""
    from straits.evidence.drafting import by_model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_model, "ask", lambda *_: items)
        drafts = draft_by_model(DOCUMENT, READING, with_world(NAMES), Endpoint("http://localhost", "toy"))
    assert len(drafts.records) + len(drafts.refused) <= len(items)
    assert all(why for _, why in drafts.refused)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | VALUES.map(lambda v: json.dumps(v).encode("utf-8", "surrogatepass"))
       | VALUES.map(lambda v: json.dumps({"choices": [{"message": {"content": v}}]}).encode())
       | VALUES.map(lambda v: json.dumps({"choices": [{"message": {"content": json.dumps(v)}}]}).encode()))  # fmt: skip
def test_any_bytes_end_in_items_or_words(data: bytes) -> None:
    """Proves: the reader of answers ends in a list or in an error of ours. Without it: a traceback."""
    from straits.evidence.drafting.by_model import _items

    try:
        assert isinstance(_items(data), list)
    except StraitsError as error:
        assert str(error)


def test_an_answer_that_reads_well_but_was_cut() -> None:
    """Proves: less than was announced is told, even if what came can be read. Without it: a half would pass for the whole."""
    good = json.dumps({"choices": [{"message": {"content": '{"records": []}'}}]}).encode()
    with (
        serving(sends(http(good, f"Content-Length: {len(good) + 9}"))) as (url, _),
        pytest.raises(AnswerError, match="cut off"),
    ):
        post(Endpoint(url, "toy", timeout=5), "/x", {})
