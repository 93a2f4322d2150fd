"""What the documents of a ledger say: events in time, and terms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from straits.report.page import Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study


@dataclass(frozen=True)
class Documents:
    """What a ledger of evidence gives a report.

    Attributes
    ----------
    timeline : DataFrame
        Accepted events, one row for each outlet's telling; see `straits.evidence.timeline`.
    terms : DataFrame
        Terms by concept, outlet and voice, with their places; see `straits.evidence.terms`.
    """

    timeline: pd.DataFrame
    terms: pd.DataFrame


def read_documents(ledger: Path, key: bytes | None = None) -> Documents:
    """Read timeline and terms from a ledger, whose seal is checked if its key is given.

    Raises
    ------
    StraitsError
        If there is no ledger at the path, or it cannot be read, or it is not as it was written: all of it is checked first.
    """
    from straits.evidence.ledger.ledger import Ledger
    from straits.evidence.use.tables import terms, timeline

    with Ledger(ledger, key=key) as opened:
        opened.verify()
        return Documents(timeline(opened), terms(opened))


def show(study: Study, _: Basemaps) -> Section:
    """What the documents of a ledger say: events in time, and terms; empty without a ledger."""
    section = Section("documents", "What the documents say")
    if study.part(Documents) is None:
        return section
    told = timeline_table(study)
    if len(told.frame):
        section.blocks.append(Shown(told, ("when", "type", "outlet", "voice", "says", "modality", "line")))
    else:
        section.blocks.append("No event of the ledger has been accepted yet.")
    if len(terms_table(study).frame):
        section.blocks.append(Shown(term_places(study)))
    return section


def timeline_table(study: Study) -> Table:
    """Accepted events with what each outlet said of them."""
    frame = found.timeline if (found := study.part(Documents)) else pd.DataFrame()
    note = "Only accepted records. `voice` is who says it: the outlet, or someone it quotes; who meant what stays their claim."
    return Table("timeline", "Events, as each outlet tells them", frame, note=note)


def terms_table(study: Study) -> Table:
    """Terms that outlets choose for the same thing, each with its place."""
    frame = found.terms if (found := study.part(Documents)) else pd.DataFrame()
    note = "Counts of words as they stand in the documents; no score of sentiment."
    return Table("terms", "Terms chosen for the same thing", frame, note=note)


def term_places(study: Study) -> Table:
    """Terms counted by concept, outlet and voice, with the lines in which they stand."""
    chosen = terms_table(study)
    counted = chosen.frame.groupby(["concept", "outlet", "voice", "term"], as_index=False).agg(
        times=("term", "size"), lines=("line", _lines)
    )
    return Table("terms", chosen.title, counted, note=chosen.note)


def _lines(found: pd.Series) -> str:
    return ", ".join(str(number) for number in sorted(set(found)))


PART = Part(
    ident="documents",
    order=120,
    show=show,
    tables=(timeline_table, terms_table),
    absent="no ledger of evidence was given",
)
