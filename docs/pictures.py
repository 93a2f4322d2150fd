"""Make the pictures of README and documentation anew: maps and figures as SVG, one screenshot of the report as PNG.

    python docs/pictures.py STUDY

STUDY is the folder of `straits run caspian --out STUDY` (`make study`); its page gives figures and screenshot, so that they show
what a reader gets. The screenshot needs Chromium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import straits
from straits.report.drawing.svg import FONT
from straits.results.picture import standing_alone

HERE = Path(__file__).parent / "_static"

#: Figures of the report that the gallery shows, by their names.
GALLERY = (
    "lead-map", "losses", "gains-state-russia-transit-90", "routes-events", "map-failures", "exceedance", "hedge-staircase",
    "leverage", "shares", "balance", "back-test-plot",
)  # fmt: skip


def main(study: Path) -> None:
    """Write all pictures."""
    case = straits.load_case("caspian")
    straits.solve(case).map().save(HERE / "map.svg")
    page = (study / "report.html").read_text(encoding="utf-8")
    shared = dict(re.findall(r'<defs>(?=<g id="([^"]+)")(.*?)</defs></svg>', page, re.S))
    figures = re.findall(
        r'<figure id="figure-([^"]+)"[^>]*>.*?<div class="drawing">(<svg.*?</svg>)</div>', page, re.S
    )
    (HERE / "gallery").mkdir(parents=True, exist_ok=True)
    for name in GALLERY:
        found = next((svg for ident, svg in figures if ident == name), None)
        if found is None:
            print(f"{name}: not in this study")
            continue
        target = HERE / "gallery" / f"{name}.svg"
        # Within a page a drawing needs no name of its language and no font; a file of its own does.
        svg = standing_alone(found, shared)
        if "xmlns=" not in svg[: svg.index(">")]:
            own = f'xmlns="http://www.w3.org/2000/svg" font-family="{escape(FONT)}"'
            svg = svg.replace("<svg ", f"<svg {own} ", 1)
        target.write_text(svg + "\n", encoding="utf-8")
    screenshot(study / "report.html", HERE / "report.png")


def screenshot(page: Path, target: Path) -> None:
    """Take a picture of the first screen of a page."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        print("no Chromium: the screenshot stays as it is")
        return
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             f"--user-data-dir={profile}", "--window-size=1240,790", f"--screenshot={target}", page.resolve().as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
