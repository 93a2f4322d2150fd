"""Which records may tell the same thing, and which of them count as one witness.

Likely twins are suggested, never merged. For corroboration records fall into *lines*: what one outlet says twice, what two
outlets have from one speaker, what one has from the other, and what is told in the same words is one line, not two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from straits.evidence import edtf
from straits.evidence.documents.wires import agency_of, wire_of_record, wires_of
from straits.evidence.finding.lexicon import codebook
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import OUTLET, Claim, Event, Quantity, canonical
from straits.evidence.text import fold

#: Records whose evidence shares at least this part of its word triples are told in the same words.
SAME_WORDS = 0.5


def shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
    """Give the runs of `size` words of a text, lower case and without signs."""
    words = re.findall(r"\w+", fold(text).lower())
    return {tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1))}


def likeness(a: str, b: str) -> float:
    """Give the share of word triples that two texts have in common (Jaccard index, 0 to 1)."""
    x, y = shingles(a), shingles(b)
    return len(x & y) / len(x | y) if x | y else 0.0


@dataclass(frozen=True)
class Twin:
    """A record that may tell the same as another."""

    id: str
    likeness: float
    """From 0 to 1: what speaks for it, averaged."""
    reasons: tuple[str, ...]


def likely_twins(ledger: Ledger, id: str, least: float = 0.5, drafts: bool = False) -> list[Twin]:
    """Suggest reviewed records that may tell the same as `id`, likeliest first; drafts too, if they are asked for.

    Events of one label that share an asset or an actor are compared by these and by date; quantities of one unit by value,
    object and words; claims of one speaker by words. Rejected, amended and merged records are left out.
    """
    record = ledger.record(id)
    found = []
    for other in _candidates(ledger, record):
        if other.id == record.id or not (drafts or ledger.standing(other.id) != "draft"):
            continue
        reasons = _reasons(record, other)
        if reasons is None:
            continue
        score = sum(value for _, value in reasons) / len(reasons)
        if score >= least:
            found.append(Twin(other.id, round(score, 3), tuple(name for name, value in reasons if value > 0)))
    return sorted(found, key=lambda t: (-t.likeness, t.id))


def _candidates(ledger: Ledger, record: Event | Quantity | Claim) -> Iterator[Event | Quantity | Claim]:
    """Give the standing records that share with `record` what twins must share."""
    if isinstance(record, Quantity):
        yield from ledger.holding("quantity", [f'"unit":{canonical(record.unit)}'])
    elif isinstance(record, Claim):
        yield from ledger.holding("claim", [f'"speaker":{canonical(record.speaker)}'])
    else:
        label = codebook()[record.type]["label"]
        ids = [canonical(i) for i in (*record.assets, *record.sources, *record.targets)]
        if not ids and record.when and record.when.value:
            ids = [f'"value":{canonical(record.when.value)}']
        for name, spec in codebook().items():
            if spec["label"] == label and ids:
                yield from ledger.holding("event", [f'"type":{canonical(name)}'], ids)


def _shared(a: Sequence[str], b: Sequence[str]) -> float:
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a or b else 0.0


def _reasons(a: Event | Quantity | Claim, b: Event | Quantity | Claim) -> list[tuple[str, float]] | None:
    words = ("same words", likeness(a.evidence.exact, b.evidence.exact))
    if isinstance(a, Event) and isinstance(b, Event):
        if codebook()[a.type]["label"] != codebook()[b.type]["label"]:
            return None
        actors = ("same actors", _shared((*a.sources, *a.targets), (*b.sources, *b.targets)))
        reasons = [("same type", 1.0), actors]
        if a.assets or b.assets:
            reasons.append(("same assets", _shared(a.assets, b.assets)))
        if a.when and b.when and a.when.value and b.when.value:
            reasons.append(("same time", 1.0 if edtf.overlaps(a.when.value, b.when.value) else 0.0))
        return reasons
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        if a.unit != b.unit or abs(a.value - b.value) > 0.01 * max(abs(a.value), abs(b.value)):
            return None
        return [
            ("same value", 1.0),
            ("same object", 1.0 if a.object and a.object == b.object else 0.0),
            words,
        ]
    if isinstance(a, Claim) and isinstance(b, Claim):
        same = ("same speaker", 1.0 if a.speaker == b.speaker else 0.0)
        return [same, ("same words", likeness(a.content.exact, b.content.exact))]
    return None


@dataclass(frozen=True)
class Line:
    """Records that count as one witness."""

    records: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why they hang together; empty for a line of one."""


def independent_lines(ledger: Ledger, ids: Sequence[str]) -> list[Line]:
    """Divide records into lines of testimony that do not rest on each other, as far as the documents show.

    Two records are one line if they stand in one document or outlet, if both are said by the same quoted speaker, if both rest on
    one news agency (dateline, credit, byline or sentence), if one names the other's outlet as its voice or medium, or if they are
    told in the same words.
    """
    records = [ledger.record(i) for i in ids]
    outlets = [ledger.document(r.document).outlet for r in records]
    wires = _wires(ledger, records)
    parent = list(range(len(records)))
    reasons: dict[int, list[str]] = {}

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, a in enumerate(records):
        for j in range(i):
            why = _one_witness(a, records[j], outlets[i], outlets[j], wires[i], wires[j])
            if why:
                parent[root(i)] = root(j)
                reasons.setdefault(i, []).append(why)
    lines: dict[int, list[int]] = {}
    for i in range(len(records)):
        lines.setdefault(root(i), []).append(i)
    return [
        Line(
            tuple(records[i].id for i in members),
            tuple(dict.fromkeys(w for i in members for w in reasons.get(i, ()))),
        )
        for members in lines.values()
    ]


def _wires(ledger: Ledger, records: Sequence[Event | Quantity | Claim]) -> list[frozenset[str]]:
    """Give the news agencies on which each record rests: those of its document, and those that it names itself."""
    whole = {d: wires_of(ledger.document(d), ledger.reading(d)) for d in {r.document for r in records}}
    return [whole[r.document] | wire_of_record(r) for r in records]


def _one_witness(
    a: Event | Quantity | Claim,
    b: Event | Quantity | Claim,
    outlet_a: str | None,
    outlet_b: str | None,
    wires_a: frozenset[str] = frozenset(),
    wires_b: frozenset[str] = frozenset(),
) -> str | None:
    if a.document == b.document:
        return "one document"
    if outlet_a and outlet_a == outlet_b:
        return f"one outlet, {outlet_a}"
    if a.voice != OUTLET and a.voice == b.voice:
        return f"one speaker, {a.voice}"
    if wires_a & wires_b:
        return f"one source, {', '.join(sorted(wires_a & wires_b))}"
    for wires, outlet in ((wires_a, outlet_b), (wires_b, outlet_a)):
        if outlet and (agency_of(outlet) or outlet) in wires:
            return f"has it from {outlet}"
    for record, outlet in ((a, outlet_b), (b, outlet_a)):
        named = {record.voice, getattr(record, "via", None)}
        if outlet and any(v and _names(v, outlet) for v in named):
            return f"has it from {outlet}"
    if likeness(a.evidence.exact, b.evidence.exact) >= SAME_WORDS:
        return "told in the same words"
    return None


def _names(id: str, outlet: str) -> bool:
    plain = re.sub(r"\W+", " ", id.split(":", 1)[-1]).strip().lower()
    other = re.sub(r"\W+", " ", outlet).strip().lower()
    return len(plain) > 2 and (plain == other or other.endswith(" " + plain) or plain.endswith(" " + other))


__all__ = ["SAME_WORDS", "Line", "Twin", "independent_lines", "likely_twins", "likeness"]
