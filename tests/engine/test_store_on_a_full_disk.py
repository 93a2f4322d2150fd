"""What a store leaves behind where nothing can be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from straits.engine.store import places


def test_no_empty_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a store whose first piece cannot be written takes away the folders that it made, and no others; one with a piece
    keeps them. Without it: a full disk would leave a folder that looks like a store of answers."""
    there = tmp_path / "there"
    there.mkdir()

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    written = places.write_file
    for act in (lambda place: place.write("a.parquet", b"x"), lambda place: place.mark(make=True)):
        place = places.Folder(there / "new" / "store", "answers")
        place.open()
        monkeypatch.setattr(places, "write_file", full)
        with pytest.raises(OSError, match="No space left"):
            act(place)
        assert list(there.iterdir()) == []
        monkeypatch.setattr(places, "write_file", written)
    place = places.Folder(there, "answers")
    place.open()
    place.write("a.parquet", b"x")
    monkeypatch.setattr(places, "write_file", full)
    with pytest.raises(OSError, match="No space left"):
        place.write("b.parquet", b"x")
    assert place.names() == ["a.parquet"]
