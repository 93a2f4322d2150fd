"""Results kept on disk as they come, so that a stopped run resumes and a repeated question costs nothing."""

from __future__ import annotations

import math
import uuid
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from straits.errors import StraitsError
from straits.files import LEFTOVER, remove_leftovers, replacing

if TYPE_CHECKING:
    import pyarrow as pa

_FIXED = ("key", "status", "method", "iterations", "seconds")


class StoreError(StraitsError):
    """A store of results that cannot be read or written."""


class Store:
    """A folder of Parquet files, one per piece of a batch; keyed by the hash of the model with its case, and of each variant.

    Parameters
    ----------
    folder : path
        Made if it does not exist. Many models and questions can share it.
    model_hash : str
        Of the model and of the case by which answers are read.
    measures : sequence of str
        A row answers a question only if it holds all its measures.

    Raises
    ------
    StoreError
        If Parquet is not installed or the folder cannot be made.

    Notes
    -----
    A file is written under another name and then renamed, so a file that is there is whole; every page carries a checksum.
    A file that fails it is set aside with a warning, and what it held is answered again.
    """

    def __init__(self, folder: str | Path, model_hash: str, measures: Sequence[str]) -> None:
        _parquet()
        self.folder = Path(folder) / model_hash[:32]
        self.measures = tuple(measures)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"store {folder}: the folder cannot be made: {error.strerror}") from error
        remove_leftovers(self.folder, rf"{LEFTOVER}|[0-9a-f]{{32}}\.part")

    def read(self) -> dict[str, tuple[Any, ...]]:
        """Give what is stored: for each variant hash (status, iterations, values in the order of the measures).

        A row of wrong types, or whose numbers are missing or without limit, is left out.
        """
        found: dict[str, tuple[Any, ...]] = {}
        for path in sorted(self.folder.glob("[!.]*.parquet")):
            table = self._read_file(path)
            if table is None or not set(self.measures) <= set(table.column_names):
                continue
            values = [table[name].to_pylist() for name in self.measures]
            rows = zip(*values, strict=True) if values else [()] * table.num_rows
            for key, status, iterations, row in zip(
                table["key"].to_pylist(), table["status"].to_pylist(), table["iterations"].to_pylist(), rows, strict=True
            ):  # fmt: skip
                if _sound(key, status, iterations, row):
                    found[key] = (status, iterations, tuple(row))
        return found

    def _read_file(self, path: Path) -> pa.Table | None:
        import pyarrow as pa

        try:
            table = _parquet().read_table(path, page_checksum_verification=True)
            if not set(_FIXED) <= set(table.column_names):
                raise pa.ArrowInvalid(f"columns {table.column_names}")
        except (pa.ArrowException, OSError) as error:
            aside = path.with_suffix(".damaged")
            path.replace(aside)
            warnings.warn(
                f"store: {path.name} is damaged ({str(error).splitlines()[0]}); it is set aside as {aside.name} and what it "
                "held is answered again",
                stacklevel=3,
            )
            return None
        return table

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep answered variants.

        Parameters
        ----------
        rows : sequence of (key, status, method, iterations, seconds, values)

        Raises
        ------
        StoreError
            If the disk is full or the folder is gone. What was written before stays whole.
        """
        import pyarrow as pa

        if not rows:
            return
        names = [*_FIXED, *self.measures]
        columns = list(zip(*((*row[:5], *map(float, row[5])) for row in rows), strict=True))
        table = pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})
        path = self.folder / f"{uuid.uuid4().hex}.parquet"
        try:
            with replacing(path) as part:
                _parquet().write_table(table, part, write_page_checksum=True)
        except OSError as error:
            raise StoreError(
                f"store {self.folder.parent}: {len(rows)} answers could not be written ({error.strerror or error}). What was "
                "written before is whole; make room and run again to go on from there."
            ) from error


def _sound(key: Any, status: Any, iterations: Any, row: Sequence[Any]) -> bool:
    """Whether a stored row can be an answer; what cannot is answered again."""
    if not isinstance(key, str) or not isinstance(iterations, int) or status not in ("optimal", "infeasible"):
        return False
    return all(isinstance(value, float) and (math.isfinite(value) or status == "infeasible") for value in row)


def _parquet() -> Any:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise StoreError(
            "a store of results needs Parquet: install it with `pip install 'straits[parquet]'`, or run without a store"
        ) from error
    return parquet
