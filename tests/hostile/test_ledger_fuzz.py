"""Spoiled ledgers by the hundred: each is refused in words, or reads as the sound one does."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from straits.errors import StraitsError
from straits.evidence.ledger.conflicts import conflicts
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.ledger.schema import COLUMNS
from straits.evidence.use.exports import from_jsonld, to_jsonld
from straits.evidence.use.tables import timeline

BOUNDED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def told(path: Path) -> list[Any]:
    """Read everything that a ledger tells."""
    with Ledger(path) as book:
        book.verify()
        return [
            list(book.documents()),
            [(r, book.standing(r.id)) for r in book.records()],
            book.log(),
            conflicts(book),
            timeline(book).to_csv(),
            book.gazetteer,
        ]


@pytest.fixture(scope="module")
def right(sound: Path) -> list[Any]:
    return told(sound)


@BOUNDED
@given(
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)),
        min_size=1,
        max_size=4,
    )
)
def test_bytes_overwritten(sound: Path, right: list[Any], spots: list[tuple[float, bytes]]) -> None:
    """Proves: whatever bytes are overwritten, the ledger is refused in words or tells what it told. Without it: a damaged or
    forged file would end in a traceback, or tell something else."""
    data = bytearray(sound.read_bytes())
    for place, new in spots:
        at = int(place * len(data))
        data[at : at + len(new)] = new
    _refused_or_same(bytes(data), right)


@BOUNDED
@given(st.floats(0, 1), st.binary(max_size=40))
def test_cut_and_continued(sound: Path, right: list[Any], place: float, rest: bytes) -> None:
    """Proves: a ledger cut anywhere, with anything after it, is refused in words. Without it: a traceback."""
    data = sound.read_bytes()
    _refused_or_same(data[: int(place * len(data))] + rest, right)


def _refused_or_same(data: bytes, right: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "e.db"
        path.write_bytes(data)
        try:
            assert told(path) == right
        except StraitsError as error:
            assert str(path) in str(error)


VALUES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.binary(max_size=30)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(["{}", "[]", "[" * 5000, '{"a":1,"a":2}', "accept", "reject", "null", "event:0", "NaN", '{"into": 5}'])
)  # fmt: skip


@BOUNDED
@given(st.data())
def test_any_cell_changed(sound: Path, data: st.DataObject) -> None:
    """Proves: a cell of any table that holds another value, of whatever type, is told by `verify`, and reading it ends in words
    or in the old answer. Without it: a blob for a text, a number for a hash or a nested body would end in a traceback."""
    tables = {**COLUMNS, "chain": ("of_table", "of_row", "hash")}
    table = data.draw(st.sampled_from(sorted(tables)))
    column = data.draw(st.sampled_from(("seq", *tables[table])))
    value = data.draw(VALUES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(sound, Path(folder) / "e.db"))
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous=OFF")
            db.execute("PRAGMA journal_mode=MEMORY")
            triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                db.execute(f"DROP TRIGGER {name}")
            row = data.draw(st.integers(1, db.execute(f"SELECT max(seq) FROM {table}").fetchone()[0]))
            before = db.execute(f"SELECT * FROM {table}").fetchall()
            try:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (value, row))
            except sqlite3.Error:
                return
            changed = db.execute(f"SELECT * FROM {table}").fetchall() != before
            for _, text in triggers:
                db.execute(text)
        if changed:
            with pytest.raises(StraitsError), Ledger(path) as book:
                book.verify()
        try:
            with Ledger(path) as book:
                for record in book.records():
                    book.standing(record.id)
                book.log(), conflicts(book), timeline(book), list(book.documents()), book.gazetteer
        except StraitsError as error:
            assert str(error)


NODES = st.recursive(
    VALUES.filter(lambda v: not isinstance(v, bytes)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@BOUNDED
@given(st.data())
def test_any_export_changed(sound: Path, data: st.DataObject) -> None:
    """Proves: a JSON-LD file in which anything was put in the place of anything is read or refused in words. Without it: a
    traceback for a file that came by mail."""
    with Ledger(sound) as book:
        whole = to_jsonld(book)
    node = data.draw(st.sampled_from(whole["@graph"]))
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [v for v in node.values() if isinstance(v, dict) and v]
        if not inner:
            break
        node = data.draw(st.sampled_from(inner))
    node[data.draw(st.sampled_from(sorted(node)))] = data.draw(NODES)
    try:
        found = from_jsonld(data.draw(st.sampled_from([whole, whole["@graph"], whole["@graph"][0], None])))
        assert len(found.records) <= len(whole["@graph"])
    except StraitsError as error:
        assert "@graph" in str(error)
