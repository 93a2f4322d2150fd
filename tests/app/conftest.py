"""A server over a copy of a small case, asked without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

try:
    import fastapi  # noqa: F401
    import uvicorn  # noqa: F401
except ImportError:  # an installation without straits[app]
    collect_ignore_glob = ["test_*.py"]
else:
    from app.client import Client
    from straits.app import create_app
    from straits.app.serving.server import close
    from straits.app.world.opened import Cases
    from straits.case.load import locate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder that holds a case of its own, `mine`."""
    shutil.copytree(locate("two-routes"), tmp_path / "cases" / "mine")
    return tmp_path / "cases"


@pytest.fixture
def client(folder: Path) -> Iterator[Client]:
    """Give a client of a server that holds `mine`, and the bundled cases."""
    app = create_app(Cases([str(folder / "mine")], folder))
    yield Client(app)
    close(app)
