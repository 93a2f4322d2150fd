"""Objects that print as two lines and show their tables in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.results.figure import Figure

if TYPE_CHECKING:
    import pandas as pd

#: Letters of one value, and of a line, that are printed.
_VALUE, _LINE = 60, 150


class Brief:
    """Mixin for dataclasses whose fields are too long to print: give it to the class together with `repr=False`.

    The first line is what `_headline` says, or the fields that are plain values; the second says how much the other fields hold.
    """

    def _headline(self) -> str:
        """Return what the first line says after the name of the class."""
        told = (_plain(f.name, getattr(self, f.name)) for f in fields(self) if f.repr)  # type: ignore[arg-type]
        return ", ".join(t for t in told if t)

    def _tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that a notebook shows, the main one first."""
        import pandas as pd

        found = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in found.items() if isinstance(value, pd.DataFrame)}

    def _drawings(self) -> dict[str, Figure]:
        """Return the drawings that a notebook shows before the tables."""
        return {}

    def __repr__(self) -> str:
        """Two lines, whatever the size of what is inside."""
        sizes = (_size(f.name, getattr(self, f.name)) for f in fields(self) if f.repr)  # type: ignore[arg-type]
        held = ", ".join(s for s in sizes if s) or "nothing more"
        return f"{short(f'{type(self).__name__}: {self._headline()}')}\n  {short(held)}"

    def _repr_html_(self) -> str:
        """Return HTML for a notebook, at most 100 kB."""
        from straits.results.page import html_page

        return html_page(
            f"{type(self).__name__}: {self._headline()}", "", (), self._tables(), self._drawings()
        )


def _plain(name: str, value: Any) -> str:
    if isinstance(value, str | bool | int | date):
        return f"{name} {short(str(value), _VALUE)}"
    if isinstance(value, float | np.floating):
        return f"{name} {value:,.6g}"
    if (case := _case_id(value)) is not None:
        return f"case {short(case, _VALUE)}"
    return ""


def _size(name: str, value: Any) -> str:
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return f"{name} {len(value):,} row{'s' * (len(value) != 1)}"
    if isinstance(value, np.ndarray):
        return f"{name} {' x '.join(f'{n:,}' for n in value.shape)}"
    if isinstance(value, Mapping | Sequence | Set) and not isinstance(value, str | bytes):
        return f"{name} {len(value):,}"
    return ""


def _case_id(value: Any) -> str | None:
    settings = getattr(value, "settings", None)
    key = getattr(settings, "id", None)
    return key if isinstance(key, str) else None


def short(text: str, most: int = _LINE) -> str:
    """Return a text as one line of at most so many letters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
