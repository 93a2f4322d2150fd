"""Where pieces of a store lie: a folder, or an object store that fsspec reaches. Small files by name, each written whole."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from straits.errors import StraitsError
from straits.files import LEFTOVER, remove_leftovers, write_file

#: Name of the file by which a machine knows that it sees the same store as another.
_MARK = ".straits-store"
#: Ending of pieces that are read.
_PIECE = ".parquet"
#: What an address of an object store begins with; one letter is a drive.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class StoreError(StraitsError):
    """A store of results that cannot be read or written."""


class Place(Protocol):
    """Files by name in one place."""

    def open(self) -> None:
        """Make it if it is not there, and remove what killed runs have left half written."""

    def names(self) -> list[str]:
        """Give the names of all pieces, in their order."""

    def read(self, name: str) -> bytes:
        """Give the content of a piece."""

    def write(self, name: str, data: bytes) -> None:
        """Write a piece whole or not at all."""

    def set_aside(self, name: str) -> str:
        """Give a piece a name under which it is not read, and return that."""

    def mark(self, *, make: bool) -> str:
        """Give the word by which this place is known; empty if it has none and none is to be made."""


class Folder:
    """Files of a folder; machines that mount it share it.

    Parameters
    ----------
    root : Path
        Of the store.
    name : str
        Of the folder in it.
    """

    def __init__(self, root: Path, name: str) -> None:
        self._root, self.path = root, root / name
        self._made: list[Path] = []

    def open(self) -> None:
        self._made = [place for place in (self.path, *self.path.parents) if not place.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        remove_leftovers(self.path, rf"{LEFTOVER}|[0-9a-f]{{32}}\.part")

    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.glob(f"[!.]*{_PIECE}"))

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        self._write(self.path / name, data)

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file; if that fails, as on a full disk, leave no empty folder that was made for it."""
        try:
            write_file(path, data)
        except OSError:
            for place in self._made:
                with suppress(OSError):
                    place.rmdir()
            raise

    def set_aside(self, name: str) -> str:
        aside = (self.path / name).with_suffix(".damaged")
        (self.path / name).replace(aside)
        return aside.name

    def mark(self, *, make: bool) -> str:
        path = self._root / _MARK
        if make and not path.exists():
            self._write(path, uuid.uuid4().hex.encode())
        return path.read_text().strip() if path.exists() else ""


class Objects:
    """Objects below an address such as `s3://bucket/answers`, by fsspec. An object is there whole or not at all.

    Parameters
    ----------
    root : str
        Address of the store.
    name : str
        Of the part of it.
    """

    def __init__(self, root: str, name: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise StoreError(
                f"store {root}: an object store needs fsspec and what it reaches that store with: install "
                "`pip install 'straits[objects]'` and, for S3, `s3fs`; or name a folder"
            ) from error
        try:
            files, path = url_to_fs(root)
        except (ImportError, ValueError) as error:
            raise StoreError(f"store {root}: it cannot be reached: {error}") from error
        self._files: Any = files
        self._root = path.rstrip("/")
        self._path = f"{self._root}/{name}"

    def open(self) -> None:
        self._files.makedirs(self._path, exist_ok=True)

    def names(self) -> list[str]:
        # What another machine wrote a moment ago must be seen.
        self._files.invalidate_cache(self._path)
        found = (str(path).rsplit("/", 1)[-1] for path in self._files.ls(self._path, detail=False))
        return sorted(name for name in found if name.endswith(_PIECE) and not name.startswith("."))

    def read(self, name: str) -> bytes:
        return bytes(self._files.cat_file(f"{self._path}/{name}"))

    def write(self, name: str, data: bytes) -> None:
        self._files.pipe_file(f"{self._path}/{name}", data)

    def set_aside(self, name: str) -> str:
        aside = name.removesuffix(_PIECE) + ".damaged"
        self._files.mv(f"{self._path}/{name}", f"{self._path}/{aside}")
        return aside

    def mark(self, *, make: bool) -> str:
        path = f"{self._root}/{_MARK}"
        if self._files.exists(path):
            return str(bytes(self._files.cat_file(path)).decode()).strip()
        if not make:
            return ""
        word = uuid.uuid4().hex
        self._files.pipe_file(path, word.encode())
        return word


def is_address(store: str | Path) -> bool:
    """Whether a store is an address of an object store and no folder."""
    return isinstance(store, str) and bool(_ADDRESS.match(store))


def place_of(store: str | Path, name: str) -> Folder | Objects:
    """Give the part of a store with a name.

    Raises
    ------
    StoreError
        If it is an address that cannot be reached.
    """
    return Objects(str(store), name) if is_address(store) else Folder(Path(store), name)
