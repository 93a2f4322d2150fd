"""Bundled cases: the reference case and small teaching cases, looked up by name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def home() -> Path:
    """Give the folder of the bundled cases."""
    return Path(str(resources.files(__name__)))


def bundled() -> list[str]:
    """List the names of the bundled cases, in alphabetical order."""
    return sorted(path.parent.name for path in home().glob("*/case.yaml"))


def find_bundled(name: str) -> Path | None:
    """Give the folder of a bundled case, or None if there is no case of this name."""
    return home() / name if name in bundled() else None
