"""Sources and the claims they support."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
from markupsafe import Markup

from straits.case.schema.tables import TABLES
from straits.report import format as fmt
from straits.report.page import Section, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study


def show(study: Study, _: Basemaps) -> Section:
    section = Section("sources", "Sources and the claims they support")
    if len(study.case.rows("sources")):
        section.blocks.append(Markup(source_list(study)))
    return section


def claims_table(study: Study) -> Table:
    """What each source says about which number."""
    frame = study.case.tables["claims"].dropna(axis=1, how="all")
    return Table(
        "claims", "Claims", frame, {}, "Several claims about one number compete; the chosen one is used."
    )


def sources_table(study: Study) -> Table:
    """Sources, with how many claims and other rows each supports."""
    tables = study.case.tables
    frame = tables["sources"].dropna(axis=1, how="all").copy()
    if not len(frame):
        return Table("sources", "", frame)
    counted = {
        name: tables[name]["source"].value_counts()
        for name in tables
        if name != "sources" and "source" in tables[name]
    }
    frame["claims"] = frame["id"].map(counted["claims"]).fillna(0).astype(int)
    others = sum(
        (frame["id"].map(count).fillna(0) for name, count in counted.items() if name != "claims"), start=0
    )
    frame["other_rows"] = pd.Series(others, index=frame.index).astype(int)
    return Table("sources", "Sources and what they support", frame)


def source_list(study: Study) -> str:
    """Return the sources as a list, each with its address as text and the claims that it supports."""
    tables = study.case.tables
    claims = tables["claims"]
    by_source = {str(key): part for key, part in claims.groupby("source")} if len(claims) else {}
    parts = ["<ol class='sources'>"]
    for source in study.case.rows("sources").values():
        head = [f"<span class='tag'>{escape(source.id)}</span> <strong>{escape(source.title)}</strong>"]
        head += [escape(str(item)) for item in (source.publisher, source.date, source.kind) if item]
        head.append(f"<span class='tag'>{escape(source.reliability)}</span>")
        parts.append(f"<li id='source-{escape(source.id, quote=True)}'>{', '.join(head)}")
        if source.address:
            parts.append(f"<br>{_address(source.address)}")
        found = by_source.get(source.id)
        if found is not None:
            count = fmt.plural(len(found), "claim")
            rows = "".join(_claim(study, row) for row in found.itertuples())
            parts.append(f"<details><summary>{count}</summary><ul>{rows}</ul></details>")
        parts.append("</li>")
    return "".join([*parts, "</ol>"])


def _address(address: str) -> str:
    text = escape(address, quote=True)
    if address.startswith(("http://", "https://")):
        return f"<a href='{text}' rel='noreferrer noopener'>{text}</a>"
    return f"<span class='address'>{text}</span>"


def _unit(study: Study, claim: Any) -> str:
    """Return the unit of a claim's value: its own, else that of the cell it speaks of."""
    if isinstance(claim.unit, str):
        return claim.unit
    row = _row(study, claim)
    found = getattr(row, f"{claim.column}_unit", None) or (
        getattr(row, "unit", None) if claim.column == "value" else None
    )
    return str(found) if found else ""


def _row(study: Study, claim: Any) -> Any:
    table = str(claim.table)
    return study.case.rows(table).get(str(claim.row)) if table in TABLES else None


def _row_name(study: Study, claim: Any) -> str:
    """Name the row that a claim speaks of: who holds what for a control, else its name, else its id."""
    row = _row(study, claim)
    if str(claim.table) == "controls" and row is not None:
        return f"{study.asset_name(str(row.asset))}, {row.role} {study.name('actors', row.actor)}"
    return str(getattr(row, "name", None) or study.asset_name(str(claim.row)))


def _claim(study: Study, row: Any) -> str:
    unit = f" {of}" if (of := _unit(study, row)) else ""
    where = f"{_row_name(study, row)}, {str(row.column).replace('_', ' ')}: {row.value}{unit}"
    tail = [str(row.confidence)]
    if isinstance(row.locator, str):
        tail.append(row.locator)
    if not row.chosen:
        tail.append("not used: another claim was chosen")
    return f"<li>{escape(where)} <span class='quiet'>({escape('; '.join(tail))})</span></li>"


PART = Part(
    ident="sources",
    order=190,
    show=show,
    tables=(claims_table, sources_table),
)
