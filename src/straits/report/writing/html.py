"""The report: one HTML file that asks nothing of any network, made of sections of text, figures and tables."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.grouped import grouped
from straits.report.drawing.svg import FONT
from straits.report.page import Figure, Fold, Section, Shown, Table
from straits.report.study.content import Study
from straits.report.writing.headline import linked

#: Rows of the table beside a figure that the page shows; all are in the workbook.
TWIN_ROWS = 8

#: A place in a drawing with more than one decimal.
_PLACE = re.compile(r' (c[xy]|[xy][12]?)="(-?\d+\.\d\d+)"')

_SHARES = ("share", "of capacity", "share of observed", "share of capacity left")
#: Where one sentence ends and the next begins, and from how many letters on one is not told twice.
_SENTENCES, _TOLD = re.compile(r"(?<=\.) (?=[A-Z])"), 50
_OF_LAST = re.compile(r"(They|These|Those|It|This) ")

#: What has no end, in the words of its column: a store that nothing fills is never full, which no period bounds.
_ENDLESS = {"days_to_recovery": "beyond the period"}


def cell(value: Any, unit: str = "", column: str = "") -> tuple[str, bool]:
    """Return the text of a cell and whether it is a number."""
    if isinstance(value, bool | np.bool_):
        return ("yes" if value else "no"), False
    if isinstance(value, int | np.integer) and not unit:
        return f"{int(value):,}".replace("-", fmt.MINUS), True
    if isinstance(value, int | float | np.integer | np.floating):
        number = float(value)
        if math.isinf(number) and column in _ENDLESS:
            return _ENDLESS[column], True
        if unit in _SHARES and math.isfinite(number):
            return fmt.percent(number, 3), True
        return fmt.number(0.0 if abs(number) < 1e-9 else number, 4), True
    if value is None or value != value:
        return "", False
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}", False
    return re.sub(r"(?<=\d)%", " %", str(value)), False


class Told:
    """What a page said under its figures and tables: what stands in a fold, or beside a figure, does not say it again."""

    def __init__(self) -> None:
        self._sentences: set[str] = set()

    def whole(self, text: str) -> str:
        """Return a text as it is."""
        self._sentences.update(_SENTENCES.split(text))
        return text

    def anew(self, text: str, rest: str) -> str:
        """Return the sentences of a text that are short or were not told before; `rest` stands for the others."""
        sentences = _SENTENCES.split(text)
        new: list[str] = []
        for place, one in enumerate(sentences):
            # "They imply no position." says nothing where what it speaks of is left out.
            speaks_of_last = _OF_LAST.match(one) and place and (not new or new[-1] != sentences[place - 1])
            if one not in self._sentences or (len(one) < _TOLD and not speaks_of_last):
                new.append(one)
        self._sentences.update(sentences)
        return text if len(new) == len(sentences) else " ".join([*new, rest])


def table_html(shown: Shown, told: Told | None = None) -> str:
    """Return a table as HTML: units in the headings, numbers to the right. End tags that HTML can do without are left out.

    With `told` its note leaves out what was told before.
    """
    table = shown.table
    names = columns_of(shown)
    frame = table.frame[names] if shown.rows is None else table.frame[names].head(shown.rows)
    names, same = said_once(table, frame, names)
    frame = frame[names]
    numeric = {name for name in names if frame[name].dtype.kind in "iuf"}
    parts = ["<div class='scroll'><table><thead><tr>"]
    for name in names:
        words, unit = table.words(str(name))
        unit = f" <span class='unit'>{escape(unit)}</span>" if unit else ""
        parts.append(f"<th scope='col'{' class=n' if name in numeric else ''}>{escape(words)}{unit}")
    parts.append("</thead><tbody>")
    units = [table.units.get(str(name), "") for name in names]
    for row in frame.itertuples(index=False, name=None):
        parts.append("<tr>")
        for name, value, unit in zip(names, row, units, strict=True):
            text, is_number = cell(value, unit, str(name))
            parts.append(f"<td{' class=n' if is_number else ''}>{escape(text)}")
    parts.append("</tbody></table></div>")
    if shown.rows is not None and len(table.frame) > shown.rows:
        parts.append(
            f"<p class='note'>The first {shown.rows} of {len(table.frame):,} rows; all are in the workbook.</p>"
        )
    if same:
        parts.append(f"<p class='note'>{escape(prose(in_every_row(same)))}</p>")
    if table.note:
        note = (
            table.told() if told is None else told.anew(table.told(), "Else as the first table of this kind.")
        )
        parts.append(f"<p class='note'>{escape(prose(note))}</p>")
    return "".join(parts)


def columns_of(shown: Shown) -> list[str]:
    """Return the columns of a table that the page shows: those chosen, without those that say nothing in any row."""
    frame = shown.table.frame
    names = [name for name in shown.columns if name in frame] or list(map(str, frame.columns))
    told = [name for name in names if not (frame[name].isna() | (frame[name].astype(object) == "")).all()]
    return told or names


def said_once(table: Table, frame: pd.DataFrame, names: list[str]) -> tuple[list[str], list[str]]:
    """Take columns of words that say the same in every row out of a longer table.

    Returns
    -------
    names, said : list of str
        Columns that are left, and what those that were taken say.
    """
    if len(frame) < 4:
        return names, []
    same = [n for n in names if frame[n].dtype.kind not in "iufb" and len(set(map(str, frame[n]))) == 1]
    left = [name for name in names if name not in same]
    if len(left) < 2:
        return names, []
    said = [(table.heading(name), cell(frame[name].iloc[0])[0]) for name in same]
    return left, [f"{heading} {text}" for heading, text in said if text]


def prose(text: str) -> str:
    """Return a sentence as all of the report writes it, with every number beside its unit."""
    return fmt.unbroken(fmt.typeset(text))


def in_every_row(said: Sequence[str]) -> str:
    """Return a sentence of what every row of a table says."""
    return f"In every row: {'; '.join(said)}."


def render(
    study: Study,
    sections: Sequence[Section],
    symbols: Sequence[str],
    answer: Sequence[str],
    lead: Figure | None,
    absent: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page.

    Parameters
    ----------
    study
    sections
        In order.
    symbols
        Hidden drawings that figures refer to.
    answer
        Sentences that open the report, with their links.
    lead
        The map of the first screen.
    absent
        Title of each section that has nothing to show, and why.
    """
    from jinja2 import Environment
    from markupsafe import Markup

    room = files("straits.report").joinpath("data")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    told = Told()
    environment.filters["table"] = lambda shown: Markup(table_html(shown))
    environment.filters["twin"] = lambda shown: Markup(table_html(shown, told))
    environment.filters["whole"] = told.whole
    environment.filters["anew"] = lambda text: told.anew(text, "Else as the first figure of this kind.")
    environment.filters["prose"] = prose
    environment.tests["figure"] = lambda block: isinstance(block, Figure)
    environment.tests["shown"] = lambda block: isinstance(block, Shown)
    environment.tests["fold"] = lambda block: isinstance(block, Fold)
    environment.globals["Shown"] = Shown
    known = {section.ident for section in sections}
    template = environment.from_string(room.joinpath("report.html.j2").read_text(encoding="utf-8"))
    return template.render(
        title=study.case.settings.title,
        period=study.period.removeprefix("the time ").removeprefix("the years "),
        description=study.case.settings.description,
        sections=sections,
        symbols=[Markup(symbol) for symbol in symbols],
        answer=[Markup(linked(text, known)) for text in answer],
        lead=lead,
        absent=absent,
        twin_rows=TWIN_ROWS,
        style=Markup(room.joinpath("report.css").read_text(encoding="utf-8")),
        svg=lambda drawing: Markup(_in_page(drawing)),
    )


def _in_page(drawing: str) -> str:
    """Return a drawing as it stands in the page, which says once what each says by itself: the kind of file, and the font.

    Places are rounded to a tenth of a pixel, as those of lines are.
    """
    for said in (' xmlns="http://www.w3.org/2000/svg"', f' font-family="{escape(FONT)}"'):
        drawing = drawing.replace(said, "", 1)
    return grouped(_PLACE.sub(lambda m: f' {m[1]}="{float(m[2]):.1f}"', drawing))


__all__ = ["render", "table_html"]
