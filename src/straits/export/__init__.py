"""Results and cases for other programs: maps for QGIS, a network for PyPSA, tables for Power BI, a data package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.lazy import on_first_use

if TYPE_CHECKING:
    from straits.export.geometry import find_routes as find_routes
    from straits.export.write import FORMATS as FORMATS
    from straits.export.write import export as export
    from straits.export.write import export_study as export_study
    from straits.export.xarrays import to_xarray as to_xarray

_HOME = {
    "FORMATS": "straits.export.write",
    "export": "straits.export.write",
    "export_study": "straits.export.write",
    "find_routes": "straits.export.geometry",
    "to_xarray": "straits.export.xarrays",
}

__all__ = sorted(_HOME)

__getattr__, __dir__ = on_first_use(__name__, _HOME)
