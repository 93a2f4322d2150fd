"""A case on disk: folder, CSV, YAML, GeoJSON and workbook; from bytes to typed cells and back."""
