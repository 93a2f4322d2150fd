"""Writing a case back: only the files that say something else, all or none, so that comments in the others stay."""

from __future__ import annotations

from pathlib import Path

from straits.case.case import Case
from straits.case.files.folder import case_files
from straits.files import refuse_link, write_together


def save_changed(path: Path, old: Case, new: Case) -> None:
    """Write a case to the folder or workbook that it was read from.

    Parameters
    ----------
    path : Path
    old : Case
        As it stands there.
    new : Case

    Raises
    ------
    OSError
        If it cannot be written; then everything stays as it was.
    """
    if not path.is_dir():
        new.save(path)
        return
    before, after = case_files(old), case_files(new)
    changed = {name: data for name, data in after.items() if before.get(name) != data}
    gone = [path / name for name in before if name not in after]
    for file in gone:
        refuse_link(file)
    if changed:
        write_together(path, changed)
    for file in gone:
        file.unlink(missing_ok=True)
