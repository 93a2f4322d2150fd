"""Read every built page: nothing is asked of another machine, and every link within the pages leads somewhere.

python docs/check_built.py docs/_build/html
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes by which a page loads something, without being asked by a click.
_LOADS = {"src", "srcset", "data", "poster", "xlink:href"}
_STYLE = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)'\"]+)|@import\s+['\"]?((?:https?:)?//[^'\";]+)")


class Page(HTMLParser):
    """Ids of a page, what it loads and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.loads: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names, loads and links to."""
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        self.loads += [value for name, value in given.items() if name in _LOADS]
        if "href" in given:
            # A `link` loads; only these kinds of it do not.
            passive = tag != "link" or given.get("rel") in (
                "index",
                "search",
                "next",
                "prev",
                "canonical",
                "alternate",
            )
            (self.links if passive else self.loads).append(given["href"])


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the pages of a folder, in words."""
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        pages[path.resolve()] = page
    if not pages:
        return [f"{folder}: no page was found"]
    found = []
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        for address in page.loads:
            if urlsplit(address).scheme in ("http", "https") or address.startswith("//"):
                found.append(f"{name} loads {address}")
        for address in [*page.links, *page.loads]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                found.append(f"{name} leads to {address}, which is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                found.append(f"{name} leads to {address}: there is no such place in the page")
    for path in sorted(folder.rglob("*.css")):
        for match in _STYLE.finditer(path.read_text(encoding="utf-8", errors="replace")):
            found.append(f"{path.relative_to(folder)} loads {match[1] or match[2]}")
    return found


def main() -> None:
    """Say what is wrong; status 1 if something is."""
    found = problems(Path(sys.argv[1]))
    print("\n".join(found) or "the pages ask for nothing outside, and every link within them leads somewhere")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
