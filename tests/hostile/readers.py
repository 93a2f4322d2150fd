"""What tests of readers ask for: the errors of a case, a workbook packed anew, and how long reading may take."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from straits.case import check_case

#: Seconds that no reading of a small input may take; ten times what the slowest takes on a busy machine.
SOON = 20.0


def texts(path: Path) -> list[str]:
    return [finding.text for finding in check_case(path).errors]


def repacked(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Write a workbook anew, each part as `change` gives it; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path
