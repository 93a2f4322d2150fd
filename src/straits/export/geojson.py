"""GeoJSON (RFC 7946): one file for places, one for links, each with a style that QGIS finds beside it."""

from __future__ import annotations

import json
import math
from typing import Any

from straits.export.features import Features, Layer
from straits.export.meridian import cut
from straits.export.styles import qml


def geojson_files(made: Features) -> dict[str, bytes]:
    """Return the files by name: `links.geojson`, `places.geojson` and a `.qml` beside each."""
    files = {}
    for layer in made.layers:
        files[f"{layer.name}.geojson"] = _collection(layer, made.about)
        files[f"{layer.name}.qml"] = qml(layer).encode("utf-8")
    return files


def _collection(layer: Layer, about: dict[str, str]) -> bytes:
    records = layer.frame.to_dict("records")
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {str(k): _plain(v) for k, v in row.items()},
                "geometry": _geometry(layer.kind, shape),
            },
            ensure_ascii=False,
            allow_nan=False,
        )
        for row, shape in zip(records, layer.shapes, strict=True)
    ]
    # RFC 7946 leaves further members of a collection to who writes it.
    head = json.dumps({"type": "FeatureCollection", "name": layer.name, "about": about}, ensure_ascii=False)[
        :-1
    ]
    body = ",\n".join(lines)
    return f'{head}, "features": [\n{body}\n]}}\n'.encode()


def _geometry(kind: str, shape: Any) -> dict[str, Any] | None:
    if shape is None:
        return None
    if kind == "Point":
        return {"type": kind, "coordinates": list(shape[0])}
    parts = [[list(point) for point in part] for part in cut(shape)]
    if len(parts) > 1:
        return {"type": f"Multi{kind}", "coordinates": parts}
    return {"type": kind, "coordinates": parts[0]}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return None if value is None else str(value)
