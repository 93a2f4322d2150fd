"""The application: its routes, its guard, and the built front end."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from straits.errors import MissingExtra

try:
    from fastapi import FastAPI, Request
    from fastapi.responses import FileResponse, Response
except ImportError as error:  # pragma: no cover - tried with the wheel alone
    raise MissingExtra("the app", "app", error) from error

from straits.app.jobs.board import Board
from straits.app.serving import ask, cases, evidence, exports, jobs, tables
from straits.app.serving.guard import Doors, Guard
from straits.app.serving.replies import add_refusals, refuse
from straits.app.serving.state import State
from straits.app.world.opened import Cases

STATIC = Path(__file__).parent.parent / "static"
_KINDS = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
}  # fmt: skip
_NOT_BUILT = (
    "the front end is not built: in a checkout `make app` builds it and opens it; an installed package brings it along. The "
    "server itself runs, and /api/openapi.json says what it can be asked"
)


def create_app(held: Cases, *, doors: Doors | None = None, ledger: Path | None = None) -> Guard:
    """Make the application.

    Parameters
    ----------
    held : Cases
        What may be read and written.
    doors : Doors, optional
        Who may ask. Default: any host, without a token, for tests.
    ledger : Path, optional
        Ledger of evidence that the page reviews.

    Returns
    -------
    Guard
        An ASGI application; its `app` is the FastAPI application inside.
    """
    app = FastAPI(
        title="straits", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
    )
    app.state.straits = State(held, Board(), ledger)
    add_refusals(app)
    for room in (cases, ask, tables, jobs, evidence, exports):
        app.include_router(room.router, prefix="/api")

    @app.get("/{path:path}", include_in_schema=False)
    def static(path: str, request: Request) -> Response:
        return _static(path, "gzip" in request.headers.get("accept-encoding", ""))

    return Guard(app, doors or Doors())


def _static(path: str, packed: bool) -> Response:
    """Give a file of the built front end, and nothing from anywhere else."""
    if path.startswith("api/") or path == "api":
        return refuse(404, "unknown", f"there is no /{path[:200]}")
    known = (
        {p.relative_to(STATIC).as_posix(): p for p in STATIC.rglob("*") if p.is_file()}
        if STATIC.is_dir()
        else {}
    )
    file = known.get(path or "index.html")
    if file is None:
        if not known:
            return refuse(503, "not_built", _NOT_BUILT)
        return refuse(404, "unknown", f"there is no /{path[:200]}")
    lasting = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
    headers = {"cache-control": lasting, "vary": "accept-encoding"}
    kind = _KINDS.get(file.suffix, "application/octet-stream")
    if not packed:
        return FileResponse(file, media_type=kind, headers=headers)
    body = _packed(file, file.stat().st_mtime_ns)
    return Response(body, media_type=kind, headers={**headers, "content-encoding": "gzip"})


@lru_cache(maxsize=32)
def _packed(file: Path, changed: int) -> bytes:
    """Give a file of the built front end compressed, once for each time it was built."""
    return gzip.compress(file.read_bytes(), 6, mtime=0)


def close(app: Guard) -> None:
    """Stop the jobs of an application and remove what they wrote."""
    inner: FastAPI = app.app  # type: ignore[assignment]
    inner.state.straits.board.close()
