"""One figure of the report by itself, for a slide or a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from straits.errors import StraitsError, did_you_mean
from straits.report.drawing.svg import FONT, QUIET, wrap
from straits.report.gather import ask_all, build_study, check_asked
from straits.report.page import Figure, Fold
from straits.report.registry import all_parts
from straits.report.sections.basemaps import Basemaps
from straits.results.picture import Picture, standing_alone
from straits.results.typeset import size_of

if TYPE_CHECKING:
    from straits.case.case import Case

#: Sizes of a sheet in pixels; a page of A4 lies on its side.
SIZES = {"16:9": (1600.0, 900.0), "4:3": (1280.0, 960.0), "A4": (1123.0, 794.0)}
AS_IS = "as-is"


def check_size(size: str) -> None:
    """Refuse a size that does not exist.

    Raises
    ------
    StraitsError
    """
    if size != AS_IS and size not in SIZES:
        raise StraitsError(f"size {size!r} is unknown; accepted: {', '.join([*SIZES, AS_IS])}")


def find_figure(
    case: Case,
    name: str,
    *,
    size: str = AS_IS,
    lead: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Picture:
    """Return one figure of the report of a case.

    The scenarios are solved first; what single sections ask is solved one after another until one has the figure.

    Parameters
    ----------
    case : Case
    name : str
        As `list_figures` gives it.
    size : {"as-is", "16:9", "4:3", "A4"}
        A sheet on which the figure stands with its title and caption; as-is: the drawing alone.
    lead : str, optional
        Scenario that the report leads with.
    progress : callable, optional

    Raises
    ------
    StraitsError
        No such figure, size or scenario.
    """
    check_size(size)
    known = {}
    for found, bases in _figures(case, lead, progress):
        known[found.ident] = found.title
        if found.ident == name:
            svg = standing_alone(found.svg, bases.shared())
            svg = svg if size == AS_IS else on_sheet(svg, found.title, found.caption, SIZES[size])
            return Picture(found.title, svg, found.caption if size == AS_IS else "")
    raise StraitsError(f"figure {name!r} is unknown; accepted: {', '.join(known)}{did_you_mean(name, known)}")


def list_figures(
    case: Case, *, lead: str | None = None, progress: Callable[[str], None] | None = None
) -> dict[str, str]:
    """Return name and title of every figure of the report of a case; all is solved for it."""
    return {found.ident: found.title for found, _ in _figures(case, lead, progress)}


def _figures(
    case: Case, lead: str | None, progress: Callable[[str], None] | None
) -> Iterator[tuple[Figure, Basemaps]]:
    """Give figures, those first for which nothing but the scenarios is solved."""
    check_asked(case, lead, None)
    study = build_study(case, tried=0, lead=lead, sections=(), progress=progress)
    bases = Basemaps(study)
    if (found := bases.lead()) is not None:
        yield found, bases
    parts = sorted(all_parts(), key=lambda part: bool(part.asks))
    late = ("intervals", "weak-numbers", "open")
    for part in parts:
        if part.ident in late:
            continue
        asked = ask_all(replace(study, sections=frozenset([part.ident])), progress)
        made = part.section(replace(asked, sections=None), bases)
        for figure in of_blocks(made.blocks if made else ()):
            yield figure, bases
    moved = build_study(case, lead=lead, sections=late, progress=progress)
    bases = Basemaps(moved)
    for part in all_parts():
        if part.ident in late and (made := part.section(moved, bases)) is not None:
            for figure in of_blocks(made.blocks):
                yield figure, bases


def of_blocks(blocks: Sequence[object]) -> Iterator[Figure]:
    """Give the figures of a section, those in folds among them."""
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Fold):
            yield from of_blocks(block.blocks)


def on_sheet(svg: str, title: str, caption: str, size: tuple[float, float]) -> str:
    """Put a drawing on a sheet of that size: title above, caption below, as large as there is room."""
    width, height = size
    edge, across = 0.035 * width, width * 0.93
    big, small = width / 52, width / 105
    heads = wrap(title, big, across, 2)
    lines = wrap(caption, small, across, 4)
    top, bottom = edge + 1.25 * big * len(heads), edge + 1.4 * small * len(lines)
    w, h = size_of(svg)
    scale = min(across / w, (height - top - bottom - 0.8 * big) / h)
    inner = re.sub(r'(<svg\b[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
    x, y = (width - w * scale) / 2, top + 0.3 * big
    place = f'<svg x="{x:.1f}" y="{y:.1f}" width="{w * scale:.1f}" height="{h * scale:.1f}"'
    told = [
        f'<text x="{edge:.1f}" y="{edge + 1.25 * big * (i + 0.75):.1f}" font-size="{big:.1f}" font-weight="bold">'
        f"{escape(text)}</text>"
        for i, text in enumerate(heads)
    ] + [
        f'<text x="{edge:.1f}" y="{height - bottom + 1.4 * small * (i + 1) - 0.3 * small:.1f}" font-size="{small:.1f}" '
        f'fill="{QUIET}">{escape(text)}</text>'
        for i, text in enumerate(lines)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'font-family="{FONT}" fill="#1b1f24"><rect width="100%" height="100%" fill="#fff"/>{"".join(told)}'
        f"{inner.replace('<svg', place, 1)}</svg>"
    )


__all__ = ["AS_IS", "SIZES", "check_size", "find_figure", "list_figures", "on_sheet"]
