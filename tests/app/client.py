"""A client that asks an ASGI application without a network, and keeps no state between requests."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

OURS = {"x-straits": "1", "content-type": "application/json"}


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@dataclass
class Client:
    """Asks an application; host and headers can be set for each request."""

    app: Any
    host: str = "127.0.0.1:8000"

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        host: str | None = None,
    ) -> Reply:
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = {"host": self.host if host is None else host, **({} if method == "GET" else OURS)}
        if method != "GET":
            sent["content-length"] = str(len(data))
        sent |= headers or {}
        pure, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": pure,
            "raw_path": pure.encode(), "query_string": query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000), "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in sent.items()],
        }  # fmt: skip
        found: dict[str, Any] = {"status": 0, "headers": {}, "body": b""}
        given = False

        async def receive() -> dict[str, Any]:
            nonlocal given
            if given:
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                found["status"] = message["status"]
                found["headers"] = {k.decode().lower(): v.decode() for k, v in message["headers"]}
            elif message["type"] == "http.response.body":
                found["body"] += message.get("body", b"")

        asyncio.run(self.app(scope, receive, send))
        return Reply(**found)

    def get(self, path: str, **how: Any) -> Reply:
        return self.ask("GET", path, **how)

    def post(self, path: str, body: Any = None, **how: Any) -> Reply:
        return self.ask("POST", path, {} if body is None else body, **how)
