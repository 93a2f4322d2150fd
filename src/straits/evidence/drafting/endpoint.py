"""Asking a language model's endpoint: one request, one answer, within a time and a size, and nowhere else than asked for.

A redirect is not followed: it would take the key and the document to another host, whose answer would then be believed. A key
goes over plain HTTP only to this machine, unless the caller says so.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from straits.errors import StraitsError

#: Longest answer that is read, bytes. A longer one is refused unread.
MOST_BYTES = 2_000_000
#: Holds the key where no file is named.
KEY_VARIABLE = "STRAITS_MODEL_KEY"
_MOST_KEY = 8192


class AnswerError(StraitsError, ValueError):
    """The endpoint gave no answer that can be read."""


@dataclass(frozen=True)
class Endpoint:
    """Where the model is."""

    url: str
    """Base address, such as `http://localhost:8000/v1`."""
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 120.0
    """Seconds that an answer may take from first to last."""
    plain_key: bool = False
    """Whether the key may go unencrypted to another machine than this."""

    def __post_init__(self) -> None:
        parts = _parts(self.url)
        if self.key is not None and not (self.key.isascii() and self.key.isprintable() and self.key.strip()):
            raise AnswerError("the endpoint's key holds signs that no header can carry, or none at all")
        if self.key and parts.scheme == "http" and not self.plain_key and not _here(parts.hostname or ""):
            raise AnswerError(
                f"{self.url}: the key would go unencrypted to {parts.hostname}; use https, or say that it may (--key-over-http)"
            )


def _parts(url: str) -> urllib.parse.SplitResult:
    """Take an address apart.

    Raises
    ------
    AnswerError
        If it is none that can be asked: another scheme, no host, a name and password before the host, blanks or controls.
    """
    form = f"found {url!r}; accepted: an address that begins with http:// or https://, such as http://localhost:8000/v1"
    if not url.isprintable() or any(sign in url for sign in " \\") or not url.isascii():
        raise AnswerError(f"--url: {form}, of printable ASCII without blanks")
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AnswerError(f"--url: {form}: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise AnswerError(f"--url: {form}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise AnswerError(f"--url: {form}, without a name, a password, a question mark or #")
    return parts


def _here(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def endpoint_key(path: Path | None = None) -> str | None:
    """Read the endpoint's key from a file or, without one, from the environment; never from the command line, which others see.

    Raises
    ------
    AnswerError
        If the file cannot be read or holds no key.
    """
    if path is None:
        return os.environ.get(KEY_VARIABLE, "").strip() or None
    try:
        if not path.is_file():
            raise AnswerError(f"{path}: the key is read from a regular file")
        with path.open("rb") as file:
            key = file.read(_MOST_KEY).decode("ascii").strip()
    except (OSError, UnicodeError) as error:
        raise AnswerError(
            f"{path}: no key can be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    if not key:
        raise AnswerError(f"{path}: holds no key")
    return key


def post(endpoint: Endpoint, path: str, body: dict[str, Any]) -> bytes:
    """Send a request and give the body of its answer.

    Raises
    ------
    AnswerError
        If the endpoint cannot be reached, redirects, answers with another status than 200, in another time than
        `endpoint.timeout`, with more than `MOST_BYTES`, or with less than it announced.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    address = endpoint.url.rstrip("/") + path
    exchange = _Exchange(
        urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST"), endpoint.timeout
    )
    # The time of a socket starts anew with every byte; that of a thread does not.
    thread = threading.Thread(target=exchange.run, daemon=True)
    thread.start()
    thread.join(endpoint.timeout)
    if thread.is_alive():
        exchange.stop()
        raise AnswerError(f"{endpoint.url}: no whole answer within {endpoint.timeout:g} s")
    if exchange.failure is not None:
        raise AnswerError(f"{endpoint.url}: {exchange.failure}") from None
    return exchange.data


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Exchange:
    """One request and its answer, in a thread of its own."""

    def __init__(self, request: urllib.request.Request, timeout: float) -> None:
        self.request = request
        self.timeout = timeout
        self.data = b""
        self.failure: str | None = None
        self._sockets: list[socket.socket] = []
        self._stopped = False

    def run(self) -> None:
        try:
            self.data = self._read()
        except AnswerError as error:
            self.failure = str(error)
        except urllib.error.HTTPError as error:
            self.failure = self._status(error)
        except urllib.error.URLError as error:
            self.failure = str(error.reason)
        except http.client.HTTPException as error:
            self.failure = f"the answer is no HTTP, or was cut off: {type(error).__name__} {error}"[:200]
        except (OSError, ValueError) as error:
            self.failure = str(error) or type(error).__name__

    def stop(self) -> None:
        """End the exchange, so that the thread does."""
        self._stopped = True
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _read(self) -> bytes:
        # A proxy of the environment is used for https only, where it sees neither key nor document.
        proxies = {k: v for k, v in urllib.request.getproxies().items() if k in ("https", "no")}
        handlers = (urllib.request.ProxyHandler(proxies), _NoRedirect(), *self._watched())
        opener = urllib.request.build_opener(*handlers)
        end = time.monotonic() + self.timeout
        with opener.open(self.request, timeout=self.timeout) as response:
            if response.status != 200:
                raise AnswerError(f"status {response.status}")
            announced = response.headers.get("Content-Length")
            data = bytearray()
            while piece := response.read1(65536):
                data += piece
                if len(data) > MOST_BYTES:
                    raise AnswerError(f"the answer is longer than {MOST_BYTES} bytes")
                if self._stopped or time.monotonic() > end:
                    raise AnswerError("no whole answer in time")
        if announced is not None and announced.strip().isdecimal() and int(announced) > len(data):
            raise AnswerError(
                f"the answer was cut off: {announced.strip()} bytes announced, {len(data)} came"
            )
        return bytes(data)

    def _status(self, error: urllib.error.HTTPError) -> str:
        with error:
            where = error.headers.get("Location")
        if where and 300 <= error.code < 400:
            return f"sends on to {where[:200]!r} (status {error.code}), which is not followed; name that address if you trust it"
        return f"status {error.code} {error.reason}"[:200]

    def _watched(self) -> tuple[urllib.request.BaseHandler, urllib.request.BaseHandler]:
        """Give handlers whose sockets can be shut down from outside."""
        sockets = self._sockets

        class Plain(http.client.HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        class Secure(http.client.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        class PlainHandler(urllib.request.HTTPHandler):
            def http_open(self, request: Any) -> Any:
                return self.do_open(Plain, request)

        class SecureHandler(urllib.request.HTTPSHandler):
            def https_open(self, request: Any) -> Any:
                return self.do_open(Secure, request)

        return PlainHandler(), SecureHandler()


__all__ = ["KEY_VARIABLE", "MOST_BYTES", "AnswerError", "Endpoint", "endpoint_key", "post"]
