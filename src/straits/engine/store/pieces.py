"""Results kept as they come, so that a stopped run resumes and a repeated question costs nothing."""

from __future__ import annotations

import hashlib
import io
import math
import uuid
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from straits.engine.store.places import StoreError, is_address, place_of
from straits.lp import solver_version
from straits.results.result import version

if TYPE_CHECKING:
    import pyarrow as pa

#: Counts up when of equally good plans or prices others are told of: 2 since a rule chooses them, 3 since news that makes a plan
#: no worse leaves it as it is, 4 since of two prices that could move the same one does as in scenarios.
_RULE = 4
_FIXED = ("key", "status", "method", "iterations", "seconds")


class Shared(NamedTuple):
    """What another machine must know to write to a store: where it is, what of it, and the word by which it is known."""

    where: str
    model_hash: str
    measures: tuple[str, ...]
    mark: str

    def opened(self) -> Store | None:
        """Return the store, or None if what this machine sees there is not the same one."""
        try:
            place = place_of(self.where, _named(self.model_hash))
            if place.mark(make=False) != self.mark:
                return None
            return Store(self.where, self.model_hash, self.measures)
        except (OSError, StoreError):
            return None


class Store:
    """A place with Parquet files, one per piece of a batch; keyed by the hash of the model with its case, the versions of
    solver and package, and the hash of each variant.

    Parameters
    ----------
    where : path or str
        A folder, made if it does not exist, or an address of an object store such as `s3://bucket/answers` (needs
        `straits[objects]`). Many models, questions and machines can share it.
    model_hash : str
        Of the model and of the case by which answers are read.
    measures : sequence of str
        A row answers a question only if it holds all its measures.

    Raises
    ------
    StoreError
        If Parquet is not installed, the folder cannot be made or the address not be reached.

    Notes
    -----
    A file is written under another name and then renamed, and an object is there whole or not at all, so what is there is whole;
    every page carries a checksum. A file that fails it is set aside with a warning, and what it held is answered again.
    """

    def __init__(self, where: str | Path, model_hash: str, measures: Sequence[str]) -> None:
        _parquet()
        self.where, self._model_hash = where, model_hash
        self.measures = tuple(measures)
        self._place = place_of(where, _named(model_hash))
        try:
            self._place.open()
        except OSError as error:
            raise StoreError(
                f"store {where}: the folder cannot be made: {error.strerror or error}"
            ) from error

    @property
    def folder(self) -> Path:
        """The folder with the pieces of this model; of a store that is a folder."""
        return Path(self.where) / _named(self._model_hash)

    def shared(self) -> Shared | None:
        """Return what other machines need to write here; None if it cannot be marked as this store."""
        where = self.where if is_address(self.where) else Path(self.where).resolve()
        try:
            return Shared(str(where), self._model_hash, self.measures, self._place.mark(make=True))
        except OSError:
            return None

    def read(self) -> dict[str, tuple[Any, ...]]:
        """Give what is stored: for each variant hash (status, iterations, values in the order of the measures).

        A row of wrong types, or whose numbers are missing or without limit, is left out.
        """
        found: dict[str, tuple[Any, ...]] = {}
        for name in self._place.names():
            table = self._read_piece(name)
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

    def _read_piece(self, name: str) -> pa.Table | None:
        import pyarrow as pa

        try:
            content = pa.BufferReader(self._place.read(name))
            table = _parquet().read_table(content, page_checksum_verification=True)
            if not set(_FIXED) <= set(table.column_names):
                raise pa.ArrowInvalid(f"columns {table.column_names}")
        except (pa.ArrowException, OSError) as error:
            aside = self._place.set_aside(name)
            warnings.warn(
                f"store: {name} is damaged ({str(error).splitlines()[0]}); it is set aside as {aside} and what it "
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
        data = io.BytesIO()
        try:
            _parquet().write_table(table, data, write_page_checksum=True)
            self._place.write(f"{uuid.uuid4().hex}.parquet", data.getvalue())
        except OSError as error:
            raise StoreError(
                f"store {self.where}: {len(rows)} answers could not be written ({error.strerror or error}). What was "
                "written before is whole; make room and run again to go on from there."
            ) from error


def _named(model_hash: str) -> str:
    """Name what answers rest on, besides what was asked: which of equally good plans is found, and what is read off it, can
    differ between versions of the solver and of this package, and of the rule that chooses."""
    return hashlib.sha256(f"{model_hash} {solver_version()} {version()} {_RULE}".encode()).hexdigest()[:32]


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
