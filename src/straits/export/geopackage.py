"""GeoPackage, version 1.3 (OGC 12-128r18), written with the SQLite of Python: tables, geometries, and styles that QGIS reads."""

from __future__ import annotations

import math
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

from straits.export.features import Features, Geometry, Layer
from straits.export.meridian import Line, cut
from straits.export.styles import qml

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

#: Tables that every GeoPackage has (clause 1.1), those of features (2.1), and that in which QGIS keeps styles.
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE,
  min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
  description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
"""

#: The same solution gives the same file: it does not carry the moment it was written.
_WHEN = "2000-01-01T00:00:00.000Z"


def write_geopackage(path: Path, made: Features) -> None:
    """Write layers as one GeoPackage; the table `about` says what they are of.

    Parameters
    ----------
    path : Path
        An empty file, or none; one that is put in its place when it is whole (`replacing`).
    made : Features
    """
    with closing(sqlite3.connect(path)) as base:
        # A journal beside the file would outlive a killed run, and nobody takes back a file that is not in its place yet.
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA application_id = 0x47504B47")
        base.execute("PRAGMA user_version = 10300")
        base.executescript(_TABLES)
        base.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, "longitude and latitude, degrees"),
                ("Undefined Cartesian", -1, "NONE", -1, "undefined", ""),
                ("Undefined geographic", 0, "NONE", 0, "undefined", ""),
            ],
        )
        for layer in made.layers:
            _add(base, layer, made.about)
        base.execute("CREATE TABLE about (fid INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, value TEXT)")
        base.executemany("INSERT INTO about (name, value) VALUES (?, ?)", list(made.about.items()))
        # QGIS finds the styles only if their table is among the contents, as its own are.
        base.executemany(
            "INSERT INTO gpkg_contents VALUES (?, 'attributes', ?, ?, ?, NULL, NULL, NULL, NULL, 0)",
            [
                ("about", "about", "what the layers are of", _WHEN),
                ("layer_styles", "layer_styles", "styles of the layers, for QGIS", _WHEN),
            ],
        )
        base.commit()


def _add(base: sqlite3.Connection, layer: Layer, about: dict[str, str]) -> None:
    frame = layer.frame
    parts = [_parts(layer.kind, shape) for shape in layer.shapes]
    several = any(len(one) > 1 for one in parts)
    kind = f"MULTI{layer.kind.upper()}" if several else layer.kind.upper()
    numbers = {str(name) for name in frame if frame[name].dtype.kind == "f"}
    columns = [f'"{name}" {"DOUBLE" if str(name) in numbers else "TEXT"}' for name in frame]
    base.execute(
        f"CREATE TABLE {layer.name} (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom {kind}, {', '.join(columns)})"
    )
    marks = ", ".join("?" * (len(columns) + 1))
    names = ", ".join(f'"{name}"' for name in frame)
    rows = [
        (blob(layer.kind, one, several), *map(_plain, row))
        for row, one in zip(frame.itertuples(index=False, name=None), parts, strict=True)
    ]
    base.executemany(f"INSERT INTO {layer.name} (geom, {names}) VALUES ({marks})", rows)
    points = [point for one in parts for part in one for point in part]
    box = [
        f(point[axis] for point in points) if points else None
        for f, axis in ((min, 0), (min, 1), (max, 0), (max, 1))
    ]
    title = f"{layer.name}: {about.get('title', '')}, {about.get('scenario', '')}"
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)",
        (layer.name, layer.name, title, _WHEN, *box),
    )
    base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (layer.name, kind))
    base.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
        "styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, 'geom', 'straits', ?, '', 1, ?, '', ?)",
        (layer.name, qml(layer), "as on the maps of the report", _WHEN),
    )


def _parts(kind: str, shape: Geometry) -> list[Line]:
    """Return a point or a line as the parts of which its geometry is made; none where there is no shape."""
    if shape is None:
        return []
    return [shape] if kind == "Point" else cut(shape)


def blob(kind: str, parts: list[Line], several: bool = False) -> bytes | None:
    """Return a geometry in the binary form of GeoPackage (clause 2.1.3): a header without envelope, then well-known binary.

    Parameters
    ----------
    kind : {"Point", "LineString"}
    parts : list of list of (lon, lat)
        None of them: there is no geometry.
    several : bool
        Whether lines are written as collections of lines, as all of a layer are where one is.
    """
    if not parts:
        return None
    header = b"GP" + struct.pack("<BBi", 0, 1, 4326)
    if kind == "Point":
        return header + struct.pack("<BIdd", 1, 1, *parts[0][0])
    lines = [struct.pack(f"<BII{2 * len(part)}d", 1, 2, len(part), *sum(part, ())) for part in parts]
    return header + (struct.pack("<BII", 1, 5, len(lines)) + b"".join(lines) if several else lines[0])


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return None if value is None else str(value)
