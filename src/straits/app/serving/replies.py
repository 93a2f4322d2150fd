"""How answers leave: JSON without infinities, and every error as JSON that says what is wrong and where."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.responses import Response

from straits.app.jobs.board import UnknownJob
from straits.app.views.tables import finding_view
from straits.app.world.opened import CaseChanged, UnknownCase
from straits.errors import CaseError, InfeasibleError, StraitsError
from straits.results.plain import finite, plain

JSON = "application/json"
NO_STORE = {"cache-control": "no-store"}


def reply(value: Any, status: int = 200, **headers: str) -> Response:
    """Give a value as JSON; missing and infinite numbers are null."""
    return Response(body_of(value), status, {**NO_STORE, **headers}, JSON)


def body_of(value: Any) -> bytes:
    """Give a value as the bytes of JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str).encode()


def clean(value: Any) -> Any:
    """Give plain values that JSON knows."""
    return finite(plain(value))


def refuse(status: int, code: str, message: str, **more: Any) -> Response:
    """Give an error as JSON."""
    return reply({"error": {"code": code, "message": message, **more}}, status)


def add_refusals(app: FastAPI) -> None:
    """Let every error of an app be answered as JSON."""

    @app.exception_handler(StraitsError)
    async def _(request: Request, error: StraitsError) -> Response:
        if isinstance(error, UnknownCase | UnknownJob):
            return refuse(404, "unknown", str(error))
        if isinstance(error, CaseChanged):
            return refuse(409, "changed", str(error))
        if isinstance(error, CaseError):
            return refuse(422, "case", str(error), findings=[finding_view(f) for f in error.findings])
        if isinstance(error, InfeasibleError):
            return refuse(422, "infeasible", str(error), conflicts=list(error.conflicts)[:50])
        return refuse(422, "question", str(error))

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        slips = [
            {"where": ".".join(str(p) for p in e["loc"][1:]), "message": e["msg"]}
            for e in error.errors()[:50]
        ]
        told = "; ".join(f"{s['where']}: {s['message']}" for s in slips[:5])
        return refuse(422, "request", f"the request cannot be read: {told}", slips=slips)

    # The class from which FastAPI's own is made: routes that are none raise it.
    @app.exception_handler(HTTPException.__mro__[1])
    async def _(request: Request, error: Exception) -> Response:
        return refuse(getattr(error, "status_code", 400), "http", str(getattr(error, "detail", error)))

    @app.exception_handler(OSError)
    async def _(request: Request, error: OSError) -> Response:
        # Names of folders of this machine are for its user, who reads them on the same machine.
        return refuse(422, "file", f"{error.filename or 'a file'}: {error.strerror or error}")

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> Response:
        return refuse(
            500,
            "fault",
            f"a fault of straits: {type(error).__name__}; what it says stands in the window of the server",
        )


__all__ = ["JSON", "NO_STORE", "add_refusals", "body_of", "clean", "refuse", "reply"]
