"""A new case that runs at once, as a place to start from."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from straits.case.load import load_case
from straits.cases import find_bundled
from straits.errors import StraitsError
from straits.files import LEFTOVER, remove_leftovers, write_together

#: Bundled case that a new one begins as.
TEMPLATE = "two-routes"


def new_case(folder: str | Path) -> Path:
    """Write a small, commented case that runs at once: one field, two routes, a port with a tank farm, two markets.

    Parameters
    ----------
    folder : str or Path
        Made if it does not exist; must be empty. Its name becomes the id of the case. One that ends in .xlsx becomes a workbook.

    Returns
    -------
    Path
        The folder, or the workbook.

    Raises
    ------
    StraitsError
        If the folder holds anything, or a file stands in its place.
    """
    target = Path(folder)
    if target.suffix.lower() == ".xlsx":
        return _new_workbook(target)
    if target.exists() and not target.is_dir():
        raise StraitsError(f"{target} is a file; give the name of a new or empty folder")
    if target.is_dir():
        remove_leftovers(target, LEFTOVER)  # of a run that was killed before anything stood in its place
    if target.is_dir() and any(target.iterdir()):
        raise StraitsError(f"folder {target} is not empty; give the name of a new or empty folder")
    template = find_bundled(TEMPLATE)
    if template is None:
        raise StraitsError(f"the bundled case {TEMPLATE!r} is missing from this installation")
    files = {
        path.relative_to(template).as_posix(): path.read_bytes()
        for path in sorted(template.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip
    text = files["case.yaml"].decode("utf-8")
    name = target.resolve().name
    files["case.yaml"] = text.replace(f"id: {TEMPLATE}\n", f"id: {_quoted(name)}\n", 1).encode("utf-8")
    write_together(target, files)
    return target


def _new_workbook(target: Path) -> Path:
    if target.exists():
        raise StraitsError(f"{target} is there already; give the name of a new workbook")
    with TemporaryDirectory() as folder:
        made = new_case(Path(folder) / (target.stem or TEMPLATE))
        load_case(made).save(target)
    return target


def _quoted(text: str) -> str:
    """Give a YAML text in quotes, whatever it looks like."""
    return "'" + text.replace("'", "''") + "'"
