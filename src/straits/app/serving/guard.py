"""Who may ask: the browser of this machine's user, on a page of this server, and nobody else.

- Host: only names of this server, so that a name that is led to this machine by somebody else (DNS rebinding) gets nothing.
- Origin, and Sec-Fetch-Site: what another site's page sends is refused. A request that changes something has to be JSON and to
  carry a header of ours, which no form and no foreign page can send without being asked first, and nobody is answered then.
- Token: with `--host`, each request needs it: as a cookie, which the address that is printed sets, or as `Authorization: Bearer`.
- Size: a body above the limit is refused before it is read.

Every refusal says why, in JSON.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Header that a request has to carry that changes something.
OURS = b"x-straits"
COOKIE = "straits-token"
#: Largest body of a request, bytes.
MOST_BODY = 20_000_000

#: Only what this server sends is shown, run or asked; nothing may frame the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), usb=()"),
)
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class Doors:
    """Names under which the server may be asked, and the token that opens it.

    `hosts`: values of the header Host, with port, in small letters; empty for any (then there is a token).
    """

    hosts: frozenset[str] = frozenset()
    token: str | None = None
    most_body: int = MOST_BODY


class TooLarge(Exception):
    """A body above the limit."""


@dataclass
class Guard:
    """ASGI middleware that refuses what may not ask."""

    app: Callable[[Scope, Receive, Send], Awaitable[None]]
    doors: Doors = field(default_factory=Doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await _refuse(send, *refused)
            return
        if self.doors.token and (given := _query_token(scope)) is not None:
            # Seen once in the address, from then on a cookie, so that it stands in no history and no referrer.
            await _let_in(send, scope["path"], given)
            return
        started = False
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.doors.most_body:
                raise TooLarge
            return message

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
            await send(message)

        try:
            await self.app(scope, counted, guarded)
        except TooLarge:
            if not started:
                await _refuse(send, 413, "too_large", self._too_large())

    def _too_large(self) -> str:
        return f"the body of the request is larger than {self.doors.most_body / 1e6:g} million bytes"

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str, str] | None:
        """Say why a request is refused: status, code and words; None if it may pass."""
        method = scope["method"]
        if headers.get(b"\0twice"):
            return 400, "header_twice", "a header that may stand once stands twice"
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if self.doors.hosts and host not in self.doors.hosts:
            return (
                421,
                "host",
                f"host {host[:80]!r} is not this server; it answers to {', '.join(sorted(self.doors.hosts))}",
            )
        origin = headers.get(b"origin")
        if origin is not None and not self._own(origin.decode("latin-1"), host):
            return 403, "origin", "the request comes from a page of another site"
        site = headers.get(b"sec-fetch-site")
        top = headers.get(b"sec-fetch-mode") == b"navigate" and method in _SAFE
        if site not in (None, b"same-origin", b"none") and not top:
            return 403, "site", "the request comes from a page of another site"
        if self.doors.token:
            given = _token(headers) or (_query_token(scope) if method in _SAFE else None)
            if given is None or not hmac.compare_digest(given.encode(), self.doors.token.encode()):
                return (
                    401,
                    "token",
                    "this server asks for its token: open the whole address that was printed when it started",
                )
        if method not in _SAFE:
            if method not in ("POST", "PUT", "DELETE"):
                return 405, "method", f"method {method[:20]} is not used here"
            if OURS not in headers:
                return 403, "header", "a request that changes something has to carry the header X-Straits: 1"
            kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
            if method != "DELETE" and kind not in (b"application/json", b"application/octet-stream"):
                return (
                    415,
                    "content_type",
                    "the body of a request has to be application/json (uploads: application/octet-stream)",
                )
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or int(length) > self.doors.most_body:
                return 413, "too_large", self._too_large()
        return None

    def _own(self, origin: str, host: str) -> bool:
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host


def _headers(scope: Scope) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        key = name.lower()
        if key in found and key in (b"host", b"origin", b"content-length", b"authorization"):
            found[b"\0twice"] = key
        found[key] = value
    return found


def _token(headers: dict[bytes, bytes]) -> str | None:
    scheme, _, value = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    try:
        cookie = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    return cookie[COOKIE].value if COOKIE in cookie else None


def _query_token(scope: Scope) -> str | None:
    found = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token")
    return found[0] if found else None


async def _refuse(send: Send, status: int, code: str, why: str) -> None:
    body = json.dumps({"error": {"code": code, "message": why}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _let_in(send: Send, path: str, token: str) -> None:
    cookie = f"{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/"
    place = path if path.startswith("/") and not path.startswith("//") else "/"
    headers = [
        (b"location", place.encode("latin-1", "ignore")),
        (b"set-cookie", cookie.encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": [*headers, *HEADERS]})
    await send({"type": "http.response.body", "body": b""})
