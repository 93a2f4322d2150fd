"""The report as PDF, set by Typst: figures, tables, page numbers, contents. What the page folds away stays in the workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from straits.report import format as fmt
from straits.report.page import Figure, Fold, Section, Shown
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.writing.chosen import chosen_sections
from straits.report.writing.headline import headline, plain
from straits.report.writing.html import cell, columns_of, in_every_row, prose, said_once
from straits.results.picture import standing_alone
from straits.results.typeset import compiled, size_of
from straits.wording import listed

#: Rows and columns of a table on paper; all are in the workbook.
_ROWS, _COLUMNS = 15, 9

_HEAD = """
#set page(paper: "a4", flipped: true, margin: (x: 18mm, top: 16mm, bottom: 18mm), numbering: "1 / 1",
  footer: context [#set text(8pt, fill: rgb("#5b6570")); #{title} #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"), size: 9.5pt, lang: "en", fallback: true)
#set par(leading: 0.62em, spacing: 0.9em)
#set table(stroke: (x, y) => if y == 0 {{ (bottom: 0.7pt) }} else {{ (bottom: 0.3pt + rgb("#d5dbe1")) }}, inset: (x: 4pt, y: 3pt))
#show heading.where(level: 1): it => block(above: 1.6em, below: 0.8em, text(15pt, it.body))
#show heading.where(level: 2): it => block(above: 1.3em, below: 0.6em, text(11pt, it.body))
#show figure: set block(breakable: false)
#let quiet(body) = block(width: 82%, text(8pt, fill: rgb("#5b6570"), body))
#let said(body) = block(width: 78%, above: 1em, below: 1em, body)
#let small(body) = block(above: 0.7em, text(7.5pt, body))
"""


def report_pdf(study: Study) -> bytes:
    """Return the report as PDF.

    Raises
    ------
    StraitsError
        If Typst is not installed.
    """
    source, files = report_typst(study)
    return compiled(source, files, format="pdf")


def report_typst(study: Study) -> tuple[str, dict[str, str]]:
    """Return the report as a Typst document, and its drawings by file name."""

    bases = Basemaps(study)
    sections, absent = chosen_sections(study, bases)
    made = _Paper(bases)
    title = study.case.settings.title
    period = study.period.removeprefix("the time ").removeprefix("the years ")
    made.parts += [
        _HEAD.format(title=_text(title)).strip(),
        f'#text(22pt, weight: "bold", {_text(title)})\\\n#text(12pt, fill: rgb("#5b6570"), {_text(period)})\n#v(3mm)',
        made.first(headline(study)),
        "#pagebreak()\n#columns(2, outline(depth: 1, title: [Contents]))\n#pagebreak()",
    ]
    for section in sections:
        made.section(section)
    if absent:
        made.parts.append("= Left out, since there is nothing to say")
        made.parts += [f"#quiet({_text(f'{name}: {why}.')})" for name, why in absent]
    return "\n\n".join(made.parts) + "\n", made.files


class _Paper:
    """The document under construction."""

    def __init__(self, bases: Basemaps) -> None:
        self.bases = bases
        self.parts: list[str] = []
        self.files: dict[str, str] = {}

    def first(self, sentences: Sequence[str]) -> str:
        """Return the first page: sentences at the left, the map at the right."""
        told = "\n\n".join(f"#text(11pt, {_text(plain(text))})" for text in sentences)
        if (lead := self.bases.lead()) is None:
            return f"#said[{told}]"
        self.files["lead-map.svg"] = standing_alone(lead.svg, self.bases.shared())
        shown = f'#text(weight: "bold", {_text(lead.title)})\n\n#image("lead-map.svg", width: 100%)'
        return f"#grid(columns: (9fr, 11fr), column-gutter: 8mm, [{told}], [{shown}])\n\n#quiet({_text(lead.caption)})"

    def section(self, section: Section) -> None:
        self.parts.append(f"#heading(level: 1, {_text(section.title)})")
        folded = self.blocks(section.blocks)
        if folded:
            told = f"In the page, and as tables in the workbook: {'; '.join(folded)}."
            self.parts.append(f"#quiet({_text(told)})")

    def blocks(self, blocks: Sequence[Any]) -> list[str]:
        """Set blocks; returns the titles of folds, which are left out."""
        folded = []
        for block in blocks:
            if isinstance(block, Figure):
                self.figure(block)
            elif isinstance(block, Shown):
                self.table(block)
            elif isinstance(block, Fold):
                folded.append(block.title)
            else:
                # What sources say stays in their own numbers.
                form, told = ("small", fmt.unbroken) if hasattr(block, "__html__") else ("said", prose)
                self.parts += [f"#{form}({_text(told(text))})" for text in _paragraphs(block)]
        return folded

    def figure(self, figure: Figure) -> None:
        name = f"{re.sub(r'[^a-z0-9-]+', '-', figure.ident.lower())}-{len(self.files)}.svg"
        self.files[name] = standing_alone(figure.svg, self.bases.shared())
        width, height = size_of(figure.svg)
        # One scale for all, so that letters have one size; a drawing that is taller than the page shrinks to it.
        share = min(1.0, width / 1300, 0.5 * width / height)
        self.parts.append(
            f'#block(breakable: false)[#text(weight: "bold", {_text(figure.title)})\n\n'
            f'#image("{name}", width: {100 * share:.0f}%, alt: {_text(figure.title)})\n\n#quiet({_text(prose(figure.caption))})]'
        )

    def table(self, shown: Shown) -> None:
        table = shown.table
        frame = table.frame.head(min(_ROWS, shown.rows or _ROWS))
        if not len(frame):
            return
        names, same = said_once(table, frame, columns_of(shown))
        names, cut = names[:_COLUMNS], names[_COLUMNS:]
        columns, align = [], []
        for name in names:
            numeric = frame[name].dtype.kind in "iuf"
            longest = max([len(cell(value)[0]) for value in frame[name]], default=0)
            # Breadths by what the cells hold; headings break.
            columns.append(f"{min(max(longest, 7), 40) ** 0.7:.1f}fr")
            align.append("right" if numeric else "left")
        cells = [_heading(*table.words(name)) for name in names]
        units = [table.units.get(name, "") for name in names]
        for row in frame[names].itertuples(index=False, name=None):
            cells += [
                _text(cell(value, unit, name)[0]) for name, value, unit in zip(names, row, units, strict=True)
            ]
        heads, body = ", ".join(cells[: len(names)]), ", ".join(cells[len(names) :])
        notes = [
            "" if len(frame) == len(table.frame) else f"The first {len(frame)} of {len(table.frame):,} rows.",
            f"In the workbook alone: {listed([table.words(name)[0] for name in cut])}." if cut else "",
            in_every_row(same) if same else "",
            table.told(),
        ]
        self.parts.append(
            f"#heading(level: 2, {_text(table.title)})\n"
            f"#text(7.5pt, table(columns: ({', '.join(columns)},), align: ({', '.join(align)},), table.header({heads}), {body}))"
            f"\n\n#quiet({_text(prose(' '.join(filter(None, notes))))})"
        )


def _heading(words: str, unit: str) -> str:
    """Return the heading of a column: its words bold, its unit grey."""
    beside = f' + text(fill: rgb("#5b6570"), {_text(" " + unit)})' if unit else ""
    return f'text(weight: "bold", {_text(words)}){beside}'


def _paragraphs(block: Any) -> list[str]:
    """Return the text of a block; of markup, its lines without tags."""
    if not hasattr(block, "__html__"):
        return [str(block)]
    # What is listed below something stands on one line with it, after what it is called.
    inner = re.sub(
        r"<ul>(.*?)</ul>",
        lambda m: " · ".join(re.findall(r"<li>(.*?)</li>", m[1], flags=re.S)),
        str(block.__html__()),
        flags=re.S,
    )
    for tag, said in ((r"<details\b[^>]*>", ". "), ("</summary>", ": "), (r"<br\b[^>]*>", " ")):
        inner = re.sub(tag, said, inner)
    text = re.sub(r"</(p|li|ul|ol|div|h\d)>", "\n", inner)
    lines = (" ".join(unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _text(value: str) -> str:
    """Return a text as a string of Typst, in which nothing is markup; a number and its unit stay on one line."""
    clean = "".join(c if c.isprintable() or c in " \u00a0" else " " for c in fmt.unbroken(value))
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'
