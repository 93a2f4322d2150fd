"""A result on disk: one folder or one zip of tables (CSV or Parquet) and a `result.json`; an exact round trip, and no pickle."""

from __future__ import annotations

import csv
import errno
import hashlib
import importlib.util
import io
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.errors import StraitsError
from straits.files import read_regular, replacing, write_together
from straits.results.columns import decode, encode
from straits.results.figure import Figure
from straits.spreadsheet import bared, guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: Version of the files; a newer one is refused.
FORMAT = 1
#: Kinds of columns that Parquet keeps in their own type.
_NATIVE = ("int", "float", "bool", "time", "text")
#: Bytes to which the files of a zip may unpack: a small file that unpacks to all there is of memory is no result.
MOST_UNPACKED = 2_000_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def write(
    said: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Figure],
    path: Path | str,
    *,
    parquet: bool | None = None,
) -> Path:
    """Write what a result says and holds; see `straits.results.save`.

    Parameters
    ----------
    said : mapping
        kind, question, method, parameters, provenance, sentences.
    tables, figures : mapping
    path : Path or str
    parquet : bool, optional
    """
    path = Path(path)
    files = _files(said, tables, figures, _with_parquet(parquet))
    try:
        if path.suffix == ".zip":
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in files.items():
                    # The moment of writing is no part of the result: the same result gives the same file.
                    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
            return path
        write_together(path, files)
        return path
    except OSError as error:
        raise StraitsError(f"{path}: the result cannot be written: {error.strerror or error}") from error


def read(path: Path | str) -> dict[str, Any]:
    """Return what `write` was given, as `straits.results.load` wants it."""
    path = Path(path)
    try:
        if path.is_dir():
            return _read(path, lambda name: _member(path, name))
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > MOST_UNPACKED:
                raise StraitsError(
                    f"{path}: its files unpack to {unpacked / 1e9:.3g} GB; accepted of a zip: up to {MOST_UNPACKED / 1e9:g} GB. "
                    "Unpack it into a folder, which is read whatever its size, if you trust where it is from"
                )
            return _read(path, archive.read)
    except (OSError, KeyError) as error:
        raise StraitsError(f"{path}: no saved result: {error}") from error
    except zipfile.BadZipFile as error:
        raise StraitsError(f"{path}: neither a folder nor a zip of a saved result, or damaged") from error
    # What the archive says of damage, a password, or a packing that Python does not know.
    except (ValueError, TypeError, AttributeError, EOFError, zlib.error, RuntimeError) as error:
        raise StraitsError(f"{path}: the saved result is damaged: {error}") from error


def _member(folder: Path, name: str) -> bytes:
    """Read a file of a saved result: a regular one of its folder, not what a link in it leads to."""
    inner = (folder / name).parent
    if inner != folder and inner.is_symlink():
        raise OSError(
            errno.ELOOP, "it is a link, which is not followed; put the folder itself there", str(inner)
        )
    return read_regular(folder / name, 1 << 40)


def hash_of(table: pd.DataFrame, name: str) -> str:
    """Return the SHA-256 of the cells of a table, whatever file holds them."""
    columns, cells = encode(_flat(table)[0], name)
    return _hash([column["name"] for column in columns], cells)


def _with_parquet(parquet: bool | None) -> bool:
    there = importlib.util.find_spec("pyarrow") is not None
    if parquet and not there:
        raise StraitsError("Parquet needs pyarrow: pip install 'straits[parquet]'; or save as CSV")
    return there if parquet is None else parquet


def _files(
    said: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], figures: Mapping[str, Figure], parquet: bool
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    told: dict[str, Any] = {}
    for name, table in tables.items():
        if not _NAME.fullmatch(name):
            raise StraitsError(f"table {name!r}: letters, digits, '_', '-' and '.' are accepted as a name")
        flat, index = _flat(table)
        columns, cells = encode(flat, name)
        file = f"tables/{name}.{'parquet' if parquet else 'csv'}"
        names = [column["name"] for column in columns]
        files[file] = _to_parquet(flat, columns, cells) if parquet else _to_csv(names, cells)
        told[name] = {
            "file": file,
            "rows": len(table),
            "index": index,
            "index_names": [None if label is None else str(label) for label in table.index.names],
            "columns_name": None if table.columns.name is None else str(table.columns.name),
            "columns": columns,
            "hash": _hash(names, cells),
            **{key: table.attrs.get(key) for key in ("title", "units", "note") if key in table.attrs},
        }
    content = {
        "format": FORMAT,
        "kind": said["kind"],
        "question": said["question"],
        "method": said["method"],
        "parameters": _tagged(said["parameters"]),
        "provenance": _tagged(said["provenance"]),
        "sentences": list(said["sentences"]),
        "tables": told,
        "figures": {name: vars(figure) for name, figure in figures.items()},
    }
    files["result.json"] = (
        json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    ).encode()
    return files


def _flat(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with its index as its first columns, and their names; a plain count of rows is no index."""
    count = pd.RangeIndex(len(table))
    if isinstance(table.index, pd.RangeIndex) and table.index.equals(count) and table.index.name is None:
        return table, []
    index = [f"index_{place}" if name is None else str(name) for place, name in enumerate(table.index.names)]
    return table.reset_index(names=index), index


def _read(path: Path, read: Callable[[str], bytes]) -> dict[str, Any]:
    content = json.loads(read("result.json"))
    if content["format"] > FORMAT:
        raise StraitsError(
            f"{path}: written by a newer straits (format {content['format']}; this one knows {FORMAT})"
        )
    _typed(content)
    tables = {}
    for name, told in content["tables"].items():
        data = read(told["file"])
        is_parquet = told["file"].endswith(".parquet")
        names, cells = _from_parquet(data, told["columns"]) if is_parquet else _from_csv(data)
        if names != [column["name"] for column in told["columns"]] or _hash(names, cells) != told["hash"]:
            raise StraitsError(
                f"{path}: {told['file']} was changed since it was saved: its hash is not {told['hash']}"
            )
        made = {
            column["name"]: decode(column, texts)
            for column, texts in zip(told["columns"], cells, strict=True)
        }
        table = pd.DataFrame(made, index=range(told["rows"]), columns=pd.Index(names, dtype=object))
        if told["index"]:
            table = table.set_index(told["index"])
            table.index.names = told["index_names"]
        left = [name for name in names if name not in told["index"]]
        table.columns = pd.Index(left, name=told["columns_name"]) if left else pd.RangeIndex(0)
        table.attrs = {key: told[key] for key in ("title", "units", "note", "hash") if key in told}
        tables[name] = table
    return {
        "kind": content.get("kind", ""),
        "question": content["question"],
        "method": content["method"],
        "parameters": _untagged(content["parameters"]),
        "provenance": _untagged(content["provenance"]),
        "tables": tables,
        "figures": {name: Figure(**figure) for name, figure in content["figures"].items()},
        "sentences": tuple(content["sentences"]),
    }


def _typed(content: dict[str, Any]) -> None:
    """Raise a TypeError for what is of another kind than was written: it would come to light only where it is shown."""
    kinds = {
        "question": str,
        "method": str,
        "parameters": dict,
        "provenance": dict,
        "sentences": list,
        "figures": dict,
    }
    wrong = [name for name, kind in kinds.items() if not isinstance(content[name], kind)]
    wrong += [] if isinstance(content.get("kind", ""), str) else ["kind"]
    wrong += ["sentences"] if not wrong and not _is_text(content["sentences"]) else []
    figures = content["figures"].values() if "figures" not in wrong else ()
    wrong += (
        ["figures"] if not all(isinstance(one, dict) and _is_text(one.values()) for one in figures) else []
    )
    files = {f"tables/{name}.{kind}": name for name in content["tables"] for kind in ("csv", "parquet")}
    named = [
        files.get(told["file"]) == name and bool(_NAME.fullmatch(name))
        for name, told in content["tables"].items()
    ]
    wrong += [] if all(named) else ["tables"]
    if wrong:
        raise TypeError(f"{', '.join(wrong)} of result.json: of another kind than was written")


def _is_text(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _to_csv(names: list[str], cells: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    # Python's writer leaves a lone carriage return bare, and its reader takes it for the end of a line.
    bare = any("\r" in text for texts in cells for text in texts)
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL)
    writer.writerow(map(guarded, names))
    writer.writerows(map(guarded, row) for row in zip(*cells, strict=True))
    return out.getvalue().encode("utf-8")


def _from_csv(data: bytes) -> tuple[list[str], list[list[str]]]:
    rows = [
        [bared(cell) for cell in row] for row in csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    ]
    names = rows[0] if rows else []
    return names, [list(column) for column in zip(*rows[1:], strict=True)] or [[] for _ in names]


def _to_parquet(flat: pd.DataFrame, columns: list[dict[str, Any]], cells: list[list[str]]) -> bytes:
    """Return columns in their own types where Parquet has them, as texts otherwise."""
    made: dict[str, Any] = {}
    for column, texts in zip(columns, cells, strict=True):
        own = flat[column["name"]].reset_index(drop=True)
        if column["kind"] == "text":
            own = pd.Series([v if isinstance(v, str) else None for v in own], dtype="object")
        made[column["name"]] = own if column["kind"] in _NATIVE else pd.Series(texts, dtype="object")
    out = io.BytesIO()
    pd.DataFrame(made).to_parquet(out, index=False)
    return out.getvalue()


def _from_parquet(data: bytes, columns: list[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    frame = pd.read_parquet(io.BytesIO(data))
    names = [str(name) for name in frame.columns]
    kinds = {column["name"]: column for column in columns}
    cells = []
    for name in names:
        told, own = kinds.get(name, {"kind": "json"}), frame[name]
        if told["kind"] in _NATIVE:
            # Parquet has no bounds of its own for some types: what it gives is made what it was.
            own = own.astype("object" if told["kind"] == "text" else told["dtype"])
            cells.append(encode(own.to_frame(name), name)[1][0])
        else:
            cells.append([str(text) for text in own])
    return names, cells


def _hash(names: list[str], cells: list[list[str]]) -> str:
    """Return the SHA-256 of the cells, whatever file holds them."""
    digest = hashlib.sha256(json.dumps(names).encode())
    for texts in cells:
        digest.update(json.dumps(texts).encode())
    return digest.hexdigest()


def _tagged(value: Any) -> Any:
    """Return plain values with numbers that JSON does not know as `{"float": text}`."""
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return {"float": repr(value)}
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    return [_tagged(item) for item in value] if isinstance(value, list) else value


def _untagged(value: Any) -> Any:
    if isinstance(value, dict):
        if list(value) == ["float"] and isinstance(value["float"], str):
            return float(value["float"])
        return {key: _untagged(item) for key, item in value.items()}
    return [_untagged(item) for item in value] if isinstance(value, list) else value
