"""A drawing that stands alone: it shows itself in a notebook and is saved as SVG, HTML, PNG or PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from straits.errors import StraitsError
from straits.files import write_file, write_text
from straits.results.brief import short

_USED = re.compile(r'href="#([^"]+)"')

#: Endings that `Picture.save` knows.
ENDINGS = (".svg", ".html", ".png", ".pdf")


@dataclass(frozen=True, repr=False)
class Picture:
    """A drawing with its title and caption. At the end of a notebook's cell it is shown.

    Attributes
    ----------
    title : str
    svg : str
        One `<svg>` element that refers to nothing outside itself.
    caption : str
        How to read it.
    """

    title: str
    svg: str
    caption: str = ""

    def html(self) -> str:
        """Return a page that holds the drawing and its caption, and asks nothing of any network."""
        rule = "default-src 'none'; style-src 'unsafe-inline'"
        style = "body{margin:24px;font:15px/1.5 Arial,Helvetica,sans-serif;max-width:1300px}svg{max-width:100%;height:auto}"
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{rule}"><title>{escape(self.title)}</title>'
            f"<style>{style}</style></head><body>{self._repr_html_()}</body></html>\n"
        )

    def save(self, path: Path | str, *, width: int = 2000) -> Path:
        """Write the drawing, whole or not at all.

        Parameters
        ----------
        path : Path or str
            Ends in .svg, .html, .png or .pdf; the last two need `straits[report]`.
        width : int
            Of a PNG, pixels.

        Returns
        -------
        Path

        Raises
        ------
        StraitsError
            Another ending, the extra is missing, or the file cannot be written.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in ENDINGS:
            raise StraitsError(f"{path}: the ending {kind!r} is unknown; accepted: {', '.join(ENDINGS)}")
        try:
            if kind == ".svg":
                write_text(path, self.svg + "\n")
            elif kind == ".html":
                write_text(path, self.html())
            else:
                from straits.results.typeset import drawing_bytes

                write_file(path, drawing_bytes(self.svg, kind[1:], width))
        except OSError as error:
            raise StraitsError(f"{path}: cannot be written: {error.strerror or error}") from error
        return path

    def __repr__(self) -> str:
        """Two lines: the title, and the size."""
        return f"Picture: {short(self.title)}\n  {len(self.svg.encode()) / 1000:,.0f} kB of SVG"

    def _repr_html_(self) -> str:
        caption = f"<figcaption><small>{escape(self.caption)}</small></figcaption>" if self.caption else ""
        return f"<figure style='margin:0'>{self.svg}{caption}</figure>"


def standing_alone(svg: str, shared: Mapping[str, str]) -> str:
    """Return a drawing with the shared parts inside that it refers to.

    Parameters
    ----------
    svg : str
        One `<svg>` element.
    shared : mapping of str to str
        Elements by their id, such as the basemaps of a page.
    """
    used = [ident for ident in dict.fromkeys(_USED.findall(svg)) if ident in shared]
    if not used:
        return svg
    at = svg.index(">") + 1
    return f"{svg[:at]}<defs>{''.join(shared[ident] for ident in used)}</defs>{svg[at:]}"


__all__ = ["ENDINGS", "Picture", "standing_alone"]
