"""The page in a real browser, driven by Node.js over a server of its own; skipped without a browser or a built page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.test_evidence import book
from straits.case.load import locate

__all__ = ["book"]

WEB = Path(__file__).parents[2] / "src/straits/app/web"
BUILT = WEB.parent / "static" / "index.html"


def _why_not() -> str:
    if not (shutil.which("chromium") and shutil.which("node")):
        return "needs Chromium and Node.js"
    if not BUILT.is_file():
        return "the page is not built: make front"
    if not (WEB / "node_modules" / "playwright-core").is_dir():
        return "npm ci was not run in app/web"
    return ""


@pytest.fixture
def server(tmp_path: Path, book: Path) -> Iterator[str]:
    """Start the app over a copy of a small case and a ledger; give its address."""
    shutil.copytree(locate("two-routes"), tmp_path / "mine")
    command = [
        sys.executable,
        "-m",
        "straits",
        "app",
        str(tmp_path / "mine"),
        "--no-browser",
        "--folder",
        str(tmp_path),
        "--ledger",
        str(book),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found, line
    yield found[0]
    process.terminate()
    process.wait(10)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(bool(_why_not()), reason=_why_not())
def test_the_page_in_a_browser(server: str, tmp_path: Path) -> None:
    """Proves: toggle to repaint, compare, a wrong cell, two browsers on one case, save, export, stop, reload, keyboard alone, the
    first-time user's tasks in four clicks each, arrows of power, imports, the review of a ledger and build work in Chromium;
    axe-core finds nothing serious; no request leaves the machine; the exported page works from disk. Without it: a page that
    compiles could still show nothing."""
    from straits.app import export_page

    page = export_page("two-routes", tmp_path / "page.html")
    env = {**os.environ, "STRAITS_URL": server, "STRAITS_OUT": str(tmp_path), "STRAITS_PAGE": str(page)}
    began = time.monotonic()
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", "e2e/app.test.mjs"],
        cwd=WEB,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, (
        f"after {time.monotonic() - began:.0f} s\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    )
