"""A case as a folder: `case.yaml`, one CSV file per table, `scenarios/*.yaml`, `threats/*.yaml` and `routes.geojson`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from straits.case.data import CaseData
from straits.case.files.cells import format_cell
from straits.case.files.csv import MOST_BYTES, read_csv, write_csv
from straits.case.files.raw import RawCase
from straits.case.files.routes import ROUTES_FILE, read_routes, routes_bytes
from straits.case.files.yaml import MOST_BYTES as MOST_YAML
from straits.case.files.yaml import read_yaml, short, write_yaml
from straits.case.findings import Finding
from straits.case.schema.tables import TABLES
from straits.errors import StraitsError, did_you_mean
from straits.files import read_regular, refuse_link, write_together

SETTINGS_FILE = "case.yaml"
SCENARIOS_FOLDER = "scenarios"
THREATS_FOLDER = "threats"
#: Folders of YAML files, one for each scenario or threat.
_FOLDERS = (SCENARIOS_FOLDER, THREATS_FOLDER)
#: Folder of questions on goods beside the tables; it is no part of the model, and `straits.goods.questions` reads it.
GOODS_FOLDER = "goods"


def read_folder(folder: Path, findings: list[Finding]) -> RawCase:
    """Read all files of a folder, adding what is wrong to `findings`.

    Files whose names begin with a point or an underscore, and text files (`.md`, `.txt`), are left alone, so that notes can
    stand beside the tables.

    Parameters
    ----------
    folder : Path
    findings : list of Finding

    Returns
    -------
    RawCase
    """
    raw = RawCase()
    accepted = [SETTINGS_FILE, *(f"{name}.csv" for name in TABLES), *_FOLDERS, ROUTES_FILE]
    for path in _members(folder):
        name = path.name
        if _is_note(path):
            continue
        if name in (*_FOLDERS, GOODS_FOLDER) and path.is_symlink() and not is_ours(path):
            message = f"{name} is a link, which is not followed; put the folder itself there"
            findings.append(Finding("unreadable_file", "error", message, name))
        elif name == GOODS_FOLDER and path.is_dir():
            continue
        elif name == SETTINGS_FILE:
            data = _bytes(path, SETTINGS_FILE, findings)
            raw.settings = None if data is None else read_yaml(SETTINGS_FILE, data, findings)
        elif name in _FOLDERS and path.is_dir():
            (raw.scenarios if name == SCENARIOS_FOLDER else raw.threats).extend(_read_members(path, findings))
        elif name == ROUTES_FILE:
            data = _bytes(path, ROUTES_FILE, findings)
            raw.routes = None if data is None else read_routes(data, findings)
        elif name in accepted:
            data = _bytes(path, path.stem, findings)
            table = None if data is None else read_csv(path.stem, data, findings)
            if table is not None:
                raw.tables[path.stem] = table
        else:
            what = "folder" if path.is_dir() else "file"
            message = (
                f"unknown {what} {name!r}; accepted: {', '.join(accepted)}{did_you_mean(name, accepted)}"
            )
            findings.append(Finding("unknown_file", "error", message))
    if not (folder / SETTINGS_FILE).exists():
        findings.append(Finding("missing_file", "error", f"{SETTINGS_FILE} is missing"))
    return raw


def _members(folder: Path) -> list[Path]:
    """List a folder in alphabetical order.

    Raises
    ------
    StraitsError
        If it may not be read.
    """
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise StraitsError(f"{folder}: the folder cannot be read: {error.strerror}") from error


def _is_note(path: Path) -> bool:
    """Whether a file stands beside the tables without being part of the case."""
    return path.name.startswith((".", "_", "~$")) or path.suffix.lower() in (".md", ".txt")


def _bytes(path: Path, where: str, findings: list[Finding]) -> bytes | None:
    """Give the content of a file; None, with an error added to `findings`, where it cannot be read."""
    try:
        most = MOST_YAML if path.suffix == ".yaml" else MOST_BYTES
        return read_regular(path, most, links=is_ours(path))
    except OSError as error:
        findings.append(
            Finding("unreadable_file", "error", f"{path.name} cannot be read: {error.strerror}", where)
        )
        return None


def is_ours(path: Path) -> bool:
    """Whether a file belongs to a bundled case: an installer may have made links of those."""
    from straits.cases import home

    return home() in path.parents


def holds_case(folder: Path) -> bool:
    """Whether a folder holds any file that a case is made of."""
    names = {path.name.lower() for path in _members(folder)}
    return not names.isdisjoint({SETTINGS_FILE, *_FOLDERS, *(f"{name}.csv" for name in TABLES)})


def _read_members(folder: Path, findings: list[Finding]) -> Iterator[dict[str, Any]]:
    """Yield the mappings of the YAML files of a folder; each has the name of its file as its id."""
    for path in _members(folder):
        if _is_note(path):
            continue
        where = f"{folder.name}/{path.name}"
        if path.suffix != ".yaml":
            findings.append(
                Finding("unknown_file", "error", f"unknown file {where!r}; {folder.name} are *.yaml files")
            )
            continue
        data = _bytes(path, where, findings)
        found = None if data is None else read_yaml(where, data, findings)
        if found is None:
            continue
        if found.setdefault("id", path.stem) != path.stem:
            message = f"found id {short(found['id'])} in the file {path.name!r}; both must be the same"
            findings.append(Finding("scenario_id", "error", message, where, column="id"))
        yield found


def case_files(case: CaseData) -> dict[str, bytes]:
    """Give the files of a case, by path relative to its folder."""
    files = {SETTINGS_FILE: write_yaml(case.settings)}
    for name in TABLES:
        used = case.used_columns(name)
        if used:
            frame = case.parsed(name).frame
            cells = [[format_cell(cell) for cell in frame[column]] for column in used]
            files[f"{name}.csv"] = write_csv(list(used), list(zip(*cells, strict=True)))
    for scenario in case.scenarios.values():
        files[f"{SCENARIOS_FOLDER}/{scenario.id}.yaml"] = write_yaml(scenario)
    for threat in case.threats.values():
        files[f"{THREATS_FOLDER}/{threat.id}.yaml"] = write_yaml(threat)
    routes = case.routes
    if routes is not None:
        files[ROUTES_FILE] = routes_bytes(routes)
    return files


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of a case, all or none, and remove files of tables, scenarios and threats that the case no longer has.

    Only files that a reader of the case would have read are removed: notes, drafts, links and whatever else stands in the folder
    stay. Nothing is written or removed through a link.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    files : dict of str to bytes
        Content by path relative to the folder.

    Raises
    ------
    OSError
        If the folder does not take them, or a link or a device stands in the place of one.
    """
    old = [*_tables_and_routes(folder), *(path for name in _FOLDERS for path in _members_of(folder / name))]
    for path in old:
        refuse_link(path)
    write_together(folder, files)
    for path in old:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink(missing_ok=True)


def _tables_and_routes(folder: Path) -> list[Path]:
    paths = [*(folder / f"{name}.csv" for name in TABLES), folder / ROUTES_FILE]
    return [path for path in paths if path.is_file() or path.is_symlink()]


def _members_of(folder: Path) -> list[Path]:
    """List what a reader would take for scenarios or threats."""
    refuse_link(folder)
    if not folder.is_dir():
        return []
    return [
        path for path in _members(folder) if path.suffix == ".yaml" and not _is_note(path) and path.is_file()
    ]
