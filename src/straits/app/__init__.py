"""The local web application: click a strait shut and see who pays.

A server on this machine alone (`serve`) and one page that works from disk (`export_page`). It holds no logic of its own: numbers
come from `straits.stress`, `straits.engine.Warm` and the analyses, maps from `straits.report.maps`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.app.onefile import export_page as export_page
    from straits.app.serving.run import serve as serve
    from straits.app.serving.server import create_app as create_app

# Loaded on first use: the server's packages belong to the extra straits[app].
_HOME = {
    "create_app": "straits.app.serving.server",
    "export_page": "straits.app.onefile",
    "serve": "straits.app.serving.run",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
