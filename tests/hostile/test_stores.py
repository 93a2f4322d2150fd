"""What a store of answers or a stored sample says is held against the model, and read with its types."""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path
from typing import Any

import pytest

import straits
from straits.contingency.failures import sweep
from straits.engine.store import Store, StoreError

parquet = pytest.importorskip("pyarrow.parquet")


def spoil(folder: Path, change: Any) -> None:
    """Write every file of a store anew, as somebody would who knows its form."""
    for path in folder.rglob("*.parquet"):
        frame = parquet.read_table(path).to_pandas()
        import pyarrow

        parquet.write_table(
            pyarrow.Table.from_pandas(change(frame), preserve_index=False), path, write_page_checksum=True
        )


def measured(frame: Any) -> list[str]:
    return [
        name for name in frame.columns if name not in ("key", "status", "method", "iterations", "seconds")
    ]


def halved(frame: Any) -> Any:
    names = measured(frame)
    frame[names] = frame[names] / 2
    return frame


def test_a_forged_store_is_found(tmp_path: Path) -> None:
    """Proves: answers that were halved in the store stop the run, and whole ones are counted as checked or not. Without it:
    halved losses came out as results, with "largest difference 0.0"."""
    case = straits.load_case("two-routes")
    first = sweep(case, store=tmp_path)
    again = sweep(case, store=tmp_path)
    stats = again.stats
    assert stats["solved"] == 0 and stats["stored_checked"] > 0
    alike = [name for name in first.table.columns if name not in ("method", "iterations", "seconds")]
    assert again.table[alike].equals(first.table[alike])
    spoil(tmp_path, halved)
    with pytest.raises(StoreError, match="changed or damaged"):
        sweep(case, store=tmp_path)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, None, "x"])
def test_numbers_that_are_none_are_answered_again(wrong: Any, tmp_path: Path) -> None:
    """Proves: a stored answer that is missing, without limit or a text is answered anew. Without it: it ended in a traceback, or
    in a table."""
    case = straits.load_case("two-routes")
    first = sweep(case, store=tmp_path)

    def change(frame: Any) -> Any:
        for name in measured(frame):
            frame[name] = [wrong] * len(frame)
        return frame

    spoil(tmp_path, change)
    again = sweep(case, store=tmp_path)
    assert again.stats["stored"] == 0 and again.table.round(6).equals(first.table.round(6))


@pytest.mark.parametrize(
    ("key", "status", "iterations"),
    [(1, "optimal", 1), ("k", "fine", 1), ("k", "optimal", "x"), (None, "optimal", 1), ("k", None, 1)],
)
def test_rows_of_wrong_types_are_left_out(key: Any, status: Any, iterations: Any, tmp_path: Path) -> None:
    """Proves: a row whose key, status or count is of another type is no answer."""
    store = Store(tmp_path, "m" * 32, ["lp_value"])
    store.write([(key, status, "solved", iterations, 0.1, (1.0,))])
    assert store.read() == {}


def test_answers_of_another_version_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: what another version of the package, or of the solver, kept is answered again. Without it: accounts read off by
    other rules, and other plans, would stand among those of today."""
    from straits.engine.store import pieces

    Store(tmp_path, "m" * 32, ["lp_value"]).write([("k", "optimal", "solved", 1, 0.1, (1.0,))])
    assert "k" in Store(tmp_path, "m" * 32, ["lp_value"]).read()
    for name in ("version", "solver_version"):
        with monkeypatch.context() as patch:
            patch.setattr(pieces, name, lambda: "another")
            assert Store(tmp_path, "m" * 32, ["lp_value"]).read() == {}


def test_leftovers_of_killed_runs_go(tmp_path: Path) -> None:
    """Proves: what a killed run left in a store is removed by the next."""
    store = Store(tmp_path, "m" * 32, ["lp_value"])
    for name in (f"{'0a' * 16}.part", f".{'0a' * 16}.abcd1234.part.parquet"):
        (store.folder / name).write_text("half")
    (store.folder / "mine.part").write_text("mine")
    Store(tmp_path, "m" * 32, ["lp_value"])
    assert [path.name for path in store.folder.iterdir()] == ["mine.part"]


def test_samples_of_wrong_types_end_in_words(tmp_path: Path) -> None:
    """Proves: whatever stands in a file of a kept sample, it is taken up, or refused as no sample."""
    from straits.power.games.game import Game, GameError
    from straits.power.games.sampling import ShapleySampler

    game = Game(("a", "b"), [0.0, 1.0, 1.0, 2.0])  # type: ignore[arg-type]
    ShapleySampler.stored(game, tmp_path, rng=1).run(2)
    [path] = tmp_path.rglob("*.json")
    whole = json.loads(path.read_text())
    assert ShapleySampler.stored(game, tmp_path, rng=1).replicates == 2
    for name in whole:
        for wrong in (None, [], {}, "x", -1, [None], {"a": []}, float("nan"), 10**400, [[1]], True):
            path.write_text(json.dumps({**whole, name: wrong}))
            with contextlib.suppress(GameError):
                ShapleySampler.stored(game, tmp_path, rng=1).result()
    for text in ("", "[]", "null", "[" * 100_000, "9" * 10_000, '{"a":'):
        path.write_text(text)
        with pytest.raises(GameError):
            ShapleySampler.stored(game, tmp_path, rng=1)
