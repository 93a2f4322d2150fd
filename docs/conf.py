"""Sphinx settings. The format reference is written from the schema each time the documentation is built."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from straits import __version__
from straits.case.reference import format_reference

project = "straits"
author = "The straits developers"
copyright = "2026, The straits developers"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "mathml",
    "notebook",
    "attributes",
    "filenames",
]
html_math_renderer = "mathml"
source_suffix = {".md": "markdown", ".ipynb": "notebook"}
html_static_path = ["_static"]
html_css_files = ["docs.css"]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "_ext", "_static"]
html_theme = "furo"
html_title = f"straits {version}"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_ivar = True
# No lexer fits blocks that show what a program prints.
suppress_warnings = ["misc.highlighting_failure"]

_reference = Path(__file__).parent / "format.md"
if not _reference.exists() or _reference.read_text(encoding="utf-8") != format_reference():
    _reference.write_text(format_reference(), encoding="utf-8")
