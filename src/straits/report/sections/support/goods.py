"""Goods: what the questions of a folder `goods/` beside the case gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from straits.goods.answer import CAVEAT
from straits.goods.questions import Answered
from straits.report.drawing.goodscharts import Range, certificate_flow, ranges_plot
from straits.report.drawing.svg import shorten
from straits.report.page import Figure, Fold, Section, Shown
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.table import Table

#: Rows of a table that are shown; all are in the workbook.
ROWS = 30
#: Columns of the main table that a reader needs; others are in the workbook.
SHOWN: dict[str, tuple[str, ...]] = {
    "claim": ("claim_id", "subject", "statement", "verdict", "why", "reading"),
    "to_case": ("link", "unit", "capacity", "used", "left", "diverted_low", "diverted_high", "fits"),
    "growth": (
        "exporter",
        "importer",
        "good",
        "before",
        "after",
        "months",
        "growth_pct",
        "factor",
        "currency",
    ),
    "surges": (
        "exporter",
        "importer",
        "good",
        "codes",
        "before",
        "after",
        "ratio",
        "difference",
        "q",
        "verdict",
    ),
}


@dataclass(frozen=True)
class Goods:
    """Questions of the folder `goods/` beside the case with their answers.

    Attributes
    ----------
    answers : tuple of Answered
    """

    answers: tuple[Answered, ...]


def show(study: Study, _: Basemaps) -> Section:
    """Return what is known of goods; empty without a folder of questions."""
    section = Section("goods", "Goods whose path changed")
    found = study.part(Goods)
    if found is None or not found.answers:
        return section
    section.blocks.append(f"{CAVEAT} Each answer is a range over named assumptions; they stand below it.")
    for one in found.answers:
        section.blocks.extend(_answer(one))
    return section


def _answer(one: Answered) -> list[Any]:
    if one.result is None:
        return [f"{one.title}: not answered. {one.why_not}"]
    result = one.result
    blocks: list[Any] = [f"{one.title}: " + " ".join(text for text in result.sentences if text != CAVEAT)]
    blocks += {"gap": _gap, "divert": _divert, "trace": _trace}.get(one.ask, _plain)(one)
    folded = [
        Shown(_table(one, name, result.tables[name]))
        for name in ("assumptions", "refused", "findings")
        if name in result.tables and len(result.tables[name])
    ]
    if folded:
        blocks.append(Fold(f"{one.title}: assumptions, and what was not accepted", folded))
    return blocks


def _plain(one: Answered) -> list[Any]:
    """Show the main table of an answer that has no drawing: claims, list hits, load of corridors, surges."""
    assert one.result is not None
    name = next(iter(one.result.tables))
    table = _table(one, name, one.result.table)
    return [Shown(table, SHOWN.get(one.ask, ()), ROWS)] if len(table.frame) else []


def _gap(one: Answered) -> list[Any]:
    """Draw each exporter's gap against its own past with its interval, and the raw gap beside it."""
    assert one.result is not None
    made: list[Any] = []
    for (importer, good, basis), part in one.result.table.groupby(["importer", "good", "basis"], sort=False):
        shown = part.reindex(part["own_past_gap"].abs().sort_values(ascending=False).index).head(15)
        rows = [
            Range(
                str(row["exporter"]),
                row["own_past_gap"] / 1e6,
                row["low"] / 1e6,
                row["high"] / 1e6,
                row["raw_gap"] / 1e6,
            )
            for row in _records(shown.sort_values("own_past_gap", ascending=False))
        ]
        currency = part.attrs.get("units", {}).get("raw_gap") or one.result.table.attrs.get("units", {}).get(
            "raw_gap", ""
        )
        title = f"Mirror gaps to {importer}{f', imports by {basis}' if basis else ''}"
        svg = ranges_plot(
            f"goods-{one.name}-{importer}-{good}-{basis}".lower().replace(" ", "-"), title,
            "For each exporter the gap against its own past with its interval, and the raw gap.", rows,
            f"million {currency}".strip(), "against its own past, with interval", "raw: export less import",
        )  # fmt: skip
        caption = (
            "Above zero: more left the exporter than the share of the past would let the importer miss. The raw gap ranks "
            "others first: goods are booked by consignment when they leave and by origin when they arrive."
        )
        made.append(
            Figure(
                f"goods-{one.name}-{len(made)}", title, svg, caption, _table(one, "gaps", one.result.table)
            )
        )
    totals = one.result.tables.get("totals")
    if totals is not None and len(totals):
        made.append(Shown(_table(one, "totals", totals)))
    return made


def _divert(one: Answered) -> list[Any]:
    """Draw each corridor's estimate with its interval, and the placebo beside it; show the mass that moved."""
    assert one.result is not None
    made: list[Any] = []
    listed = one.result.tables.get("listed")
    if listed is not None and len(listed):
        rows = [
            Range(
                f"{row['corridor']}, {row['codes']}", row["delta"], row["low"], row["high"], row["placebo"],
                row["verdict"] if str(row["verdict"]).startswith("refused") else "",
            )
            for row in _records(listed)
        ]  # fmt: skip
        svg = ranges_plot(
            f"goods-{one.name}-listed", "Listed goods against other goods",
            "For each corridor the change with its interval, and the placebo.",
            rows, "change of listed less change of other goods, logarithms", "estimate, with interval",
            "placebo one year earlier",
        )  # fmt: skip
        caption = "Where the placebo or the trend before already differs from none, the estimate is refused."
        made.append(
            Figure(
                f"goods-{one.name}-listed",
                "Placebo beside estimate",
                svg,
                caption,
                _table(one, "listed", listed),
            )
        )
    for name in ("mass", "ppml"):
        table = one.result.tables.get(name)
        if table is not None and len(table):
            made.append(Shown(_table(one, name, table)))
    codes = one.result.tables.get("codes")
    if codes is not None and codes["found"].any():
        frame = codes[codes["found"]].reset_index(drop=True)
        frame.attrs = codes.attrs
        made.append(
            Shown(
                _table(one, "codes", frame),
                ("hub", "good", "target_change", "hub_change", "substitution", "q"),
                ROWS,
            )
        )
    return made


def _trace(one: Answered) -> list[Any]:
    """Draw the largest certificate as a flow, and show all of them."""
    assert one.result is not None
    made: list[Any] = _plain(one)
    found = one.result.tables.get("certificates")
    if found is None or not len(found):
        return made
    first = _records(found)[0]
    lawful, claim = float(first["lawful_total"]), float(first["claim"])
    # The certificate gives the total of the sources, not what each of them gave: they are one band.
    each = [(shorten(_sources(first["lawful_sources"]), 12, 170.0), lawful)]
    svg = certificate_flow(
        f"goods-{one.name}-certificate", f"Certificate for {first['hs6']}",
        f"Exits claim {claim:g}, lawful sources give at most {lawful:g}.", each, claim, lawful, str(first["unit"]),
    )  # fmt: skip
    caption = f"{first['text']} Whatever the identity of the goods, what is hatched has no lawful source in this ledger."
    table = _table(one, "certificates", found)
    return [
        *made,
        Figure(f"goods-{one.name}-certificate", "A certificate, drawn as a flow", svg, caption, table),
    ]


def _sources(value: Any) -> str:
    names = value if isinstance(value, str) else ", ".join(str(one) for one in value)
    return names or "no lawful source"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
    return [{key: np.nan if value is None else value for key, value in row.items()} for row in rows]


def goods_tables(study: Study) -> list[Table]:
    """Return every table of every answer, for the workbook and the folder of tables."""
    made = []
    found = study.part(Goods)
    for one in found.answers if found is not None else ():
        if one.result is None:
            continue
        for name, frame in one.result.tables.items():
            if len(frame):
                made.append(_table(one, name, frame))
    return made


def _table(one: Answered, name: str, frame: pd.DataFrame) -> Table:
    """Return a table of an answer as the report shows it."""
    attrs = frame.attrs
    title = f"{one.title}: {attrs.get('title', name)}"
    return Table(
        f"goods_{one.name}_{name}", title, frame, dict(attrs.get("units", {})), str(attrs.get("note", ""))
    )


PART = Part(
    ident="goods",
    order=125,
    show=show,
    more_tables=goods_tables,
    absent="no questions on goods stand beside the case",
)
