"""Who may ask: bad hosts, foreign pages, wrong tokens, paths that lead away, bodies that are too large or broken."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from app.client import Client
from straits.app import create_app
from straits.app.serving.guard import Doors
from straits.app.serving.run import serve
from straits.app.serving.server import close
from straits.app.world.opened import Cases
from straits.errors import StraitsError

SECRET = "a-secret-of-24-characters"


@pytest.fixture
def guarded(folder: Path):
    app = create_app(
        Cases([str(folder / "mine")], folder),
        doors=Doors(frozenset({"127.0.0.1:8000", "localhost:8000"}), most_body=100_000),
    )
    yield Client(app)
    close(app)


def test_only_this_machine_under_its_own_name_is_answered(guarded: Client) -> None:
    """Proves: another host name (DNS rebinding), none, another port, and a header that stands twice get nothing but a refusal in
    JSON that says why, also for the page itself. Without it: a site could read the case of whoever visits it."""
    assert guarded.get("/api/cases").status == 200
    assert guarded.get("/api/cases", host="LOCALHOST:8000").status == 200
    for host in (
        "evil.example:8000",
        "127.0.0.1",
        "127.0.0.1:9000",
        "",
        "127.0.0.1:8000.evil.example",
        "[::1]:8000",
    ):
        for path in ("/api/cases", "/", "/assets/x.js"):
            refused = guarded.get(path, host=host)
            assert refused.status == 421 and refused.code == "host" and refused.json["error"]["message"]


def test_pages_of_other_sites_change_and_read_nothing(guarded: Client) -> None:
    """Proves: a foreign Origin, a null one, and what Sec-Fetch-Site calls cross-site are refused; a change without our header or
    with a form's content type too. Without it: a link in a mail could save a case."""
    body = {"closures": []}
    path = "/api/cases/mine/ask"
    assert guarded.post(path, body, headers={"origin": "http://127.0.0.1:8000"}).status == 200
    for origin in (
        "https://evil.example",
        "null",
        "http://localhost:8000",
        "file://",
        "http://127.0.0.1:8000@evil.example",
    ):
        assert guarded.post(path, body, headers={"origin": origin}).code == "origin", origin
        assert guarded.get("/api/cases", headers={"origin": origin}).code == "origin"
    assert guarded.get("/api/cases", headers={"sec-fetch-site": "cross-site"}).code == "site"
    assert guarded.get("/api/cases", headers={"sec-fetch-site": "same-site"}).code == "site"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert guarded.post(path, body, headers={"content-type": kind}).code == "content_type", kind
    bare = Client(guarded.app)
    scope_headers = {"content-type": "application/json"}
    import app.client as own

    kept, own.OURS = own.OURS, {}
    try:
        assert bare.post(path, body, headers=scope_headers).code == "header"
        assert bare.ask("PATCH", path, body, headers=scope_headers).code == "method"
    finally:
        own.OURS = kept


def test_every_answer_carries_the_policy(guarded: Client) -> None:
    """Proves: answers and refusals alike forbid scripts of others, frames, and guessing of types; no page may load anything from
    elsewhere. Without it: one text of a case that slips through would run."""
    for reply in (guarded.get("/api/cases"), guarded.get("/"), guarded.get("/api/cases", host="x")):
        policy = reply.headers["content-security-policy"]
        assert (
            "default-src 'none'" in policy
            and "script-src 'self'" in policy
            and "frame-ancestors 'none'" in policy
        )
        assert "unsafe" not in policy and "http" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_token_opens_and_nothing_else(folder: Path) -> None:
    """Proves: with a token nothing is answered without it, with another, or with the beginning of it; the printed address trades
    it for a cookie; cookie and bearer open. Without it: whoever reaches the machine could read and write."""
    app = create_app(Cases([str(folder / "mine")], folder), doors=Doors(frozenset(), SECRET))
    client = Client(app)
    assert client.get("/api/cases").code == "token"
    for wrong in ("", "x", SECRET[:-1], SECRET + "x", "\u00e9"):
        assert client.get("/api/cases", headers={"authorization": f"Bearer {wrong}"}).status == 401
        assert client.get(f"/?token={wrong}").status == 401
    let = client.get(f"/?token={SECRET}")
    assert let.status == 303 and let.headers["location"] == "/"
    assert "HttpOnly" in let.headers["set-cookie"] and "SameSite=Strict" in let.headers["set-cookie"]
    cookie = let.headers["set-cookie"].split(";")[0]
    assert client.get("/api/cases", headers={"cookie": cookie}).status == 200
    assert client.get("/api/cases", headers={"authorization": f"Bearer {SECRET}"}).status == 200
    assert client.post(f"/api/cases/mine/ask?token={SECRET}", {"closures": []}).status == 401
    close(app)


def test_other_machines_need_both_host_and_token() -> None:
    """Proves: the server does not start on other addresses without a token, nor with a short one, nor for a case or ledger that
    is none. Without it: a slip would open a ministry's cases to its network."""
    for how in (
        {"host": "0.0.0.0"},
        {"token": SECRET},
        {"host": "0.0.0.0", "token": "short"},
        {"ledger": "/nowhere.db"},
    ):
        with pytest.raises(StraitsError):
            serve(["two-routes"], browser=False, **how)  # type: ignore[arg-type]
    with pytest.raises(StraitsError, match="no case"):
        serve(["nothing-of-that-name"], browser=False)


def test_no_path_leads_out(client: Client, folder: Path) -> None:
    """Proves: no spelling of a path reads a file beside the built front end and the cases; names of cases and jobs are looked up,
    never joined. Without it: /etc/passwd would be a page."""
    (folder / "secret.txt").write_text("SECRET")
    ways = (
        "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../secret.txt", "//etc/passwd",
        "/etc/passwd", "/static/../server.py", "/api/cases/..", "/api/cases/../secret.txt",
        "/api/cases/..%2f..%2fetc/tables/links", "/api/cases/mine/tables/..%2f..%2fsecret", "/api/jobs/..%2f..%2fx",
        "/api/jobs/../../etc/result",
        "/api/evidence/documents/..", "/\x00", "/a\\..\\b",
    )  # fmt: skip
    for way in ways:
        reply = client.get(way)
        assert reply.status in (404, 405, 422, 503), (way, reply.status)
        assert b"SECRET" not in reply.body and b"root:" not in reply.body and reply.json["error"]["message"]


def test_large_and_broken_bodies_are_refused(guarded: Client) -> None:
    """Proves: a body above the limit is refused by its announced length, and by its true one where it lies; broken JSON, deep
    nesting, numbers beyond reason and wrong types are refused with 4xx, never 500."""
    path = "/api/cases/mine/ask"
    assert guarded.post(path, raw=b"x" * 100_001).code == "too_large"
    assert guarded.post(path, raw=b"{}", headers={"content-length": "99999999999"}).code == "too_large"
    assert guarded.post(path, raw=b"{}", headers={"content-length": "-1"}).code == "too_large"
    lied = guarded.post(path, raw=b'{"scenario": "' + b"x" * 200_000 + b'"}', headers={"content-length": "2"})
    assert lied.status in (400, 413)
    for raw in (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 20000, b'{"closures": [{"asset": 1}]}', b'{"closures": "x"}',
                b'{"closures": [{"asset":"pipe","start":"2022-07-01","end":"2022-07-31","factor":NaN}]}',
                b'{"closures": [{"asset":"pipe","start":"0001-01-01","end":"9999-12-31","factor":1e308}]}'):  # fmt: skip
        reply = guarded.post(path, raw=raw)
        assert 400 <= reply.status < 500 and reply.json["error"]["message"], raw[:40]


def test_no_request_that_the_server_describes_makes_it_fail(client: Client) -> None:
    """Proves: of drawn requests over every route of the server's own OpenAPI description, right and wrong in every part, none
    ends in a fault (500), and every refusal is JSON that says why. Without it: a request of another program could do what no
    button does."""
    spec = client.get("/api/openapi.json").json
    rng = random.Random(16)
    texts = [
        "mine",
        "links",
        "rail",
        "capacity",
        "pipe",
        "two-routes",
        "",
        "..",
        "a" * 300,
        "é",
        "\u202e",
        "%00",
        "0",
        "-1",
        "null",
    ]

    def value(schema: dict[str, Any], depth: int = 0) -> Any:
        if "$ref" in schema:
            return value(spec["components"]["schemas"][schema["$ref"].split("/")[-1]], depth)
        if rng.random() < 0.08:
            return rng.choice([None, -1, 1e300, "x", [], {}, True, ["x"] * 3])
        if "anyOf" in schema:
            return value(rng.choice(schema["anyOf"]), depth)
        if "enum" in schema:
            return rng.choice([*schema["enum"], "other"])
        kind = schema.get("type")
        if kind == "object":
            props = schema.get("properties", {})
            need = set(schema.get("required", []))
            made = {k: value(s, depth + 1) for k, s in props.items() if k in need or rng.random() < 0.4}
            if schema.get("additionalProperties") and rng.random() < 0.5:
                made[rng.choice(texts)] = rng.choice(texts)
            return made
        if kind == "array":
            return [
                value(schema.get("items", {"type": "string"}), depth + 1) for _ in range(rng.randrange(3))
            ]
        if kind in ("number", "integer"):
            return rng.choice([0, 1, 2, 0.5, -3, 1e9])
        if kind == "boolean":
            return rng.random() < 0.5
        if schema.get("format") == "date":
            return rng.choice(["2022-07-01", "2022-07-31", "2022-02-30", "9999-12-31", "x"])
        return rng.choice(texts)

    asked = 0
    for path, methods in spec["paths"].items():
        for method, about in methods.items():
            if method == "post" and path.endswith("/jobs"):
                continue  # starts processes; its own test asks it
            for _ in range(7):
                way = path
                for p in about.get("parameters", []):
                    if p["in"] == "path":
                        known = "mine" if p["name"] == "case" and rng.random() < 0.8 else None
                        way = way.replace(
                            "{" + p["name"] + "}",
                            known or rng.choice(["x", "links", "rail", "..", "é", "a" * 250]),
                        )
                body = about.get("requestBody", {}).get("content", {})
                schema = next(iter(body.values()), {}).get("schema")
                raw = json.dumps(value(schema)).encode("utf-8", "surrogatepass") if schema else b""
                reply = client.ask(method.upper(), way, raw=raw)
                asked += 1
                assert reply.status < 500 or reply.code == "not_built", (
                    method,
                    way,
                    raw[:300],
                    reply.body[:300],
                )
                if reply.status >= 400:
                    assert reply.json["error"]["message"]
    assert asked > 150
