"""Files that are written whole or not at all, so that a full disk or a killed process leaves the old one as it was."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give the path of a temporary file beside `target`, with its ending; it takes its place when the block has ended well.

    Parameters
    ----------
    target : Path

    Raises
    ------
    OSError
        If the folder does not take a file.
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}.", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    path = Path(name)
    try:
        yield path
        settle(path)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


def stage(target: Path, data: bytes) -> Path:
    """Write `data` to a temporary file beside `target`, flushed to disk, and give its path; remove it if that fails."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        settle(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def write_file(target: Path, data: bytes) -> None:
    """Write one file whole or not at all."""
    stage(target, data).replace(target)


def settle(path: Path) -> None:
    """Flush a temporary file to disk, and give it the rights that a new file has."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
