"""Which news agency a text comes from: a dateline, a credit or a byline that names it, or the sentence itself.

Two papers that print one agency are one witness. A credit of a photograph is none of the text, and what readers or menus say
is not looked at.
"""

from __future__ import annotations

import functools
import re

from straits.evidence.documents.document import Document
from straits.evidence.documents.reading import Reading
from straits.evidence.finding.lexicon import lexicon
from straits.evidence.records import Claim, Event, Quantity

_LABELS = frozenset(("title", "lead", "body", "byline", "footer", "date_meta"))
_NAME = r"[A-ZА-ЯЁ&][\w&’'.-]*(?:[ -][A-ZА-ЯЁ&][\w&’'.-]*){0,4}"
#: "PORTVILLE, March 3 (Reuters) -" at the head of a paragraph.
_DATELINE = re.compile(rf"^\s*[^\n()]{{0,60}}[(/](?P<name>{_NAME})[)/]\s*(?:[-–—:.]|$)")
#: "TASS, March 3." at the head of a paragraph, "MOSCOW. March 3. INTERFAX.NET -".
_HEAD = re.compile(
    rf"^\s*[^\n.]{{0,40}}?\b(?P<name>{_NAME})[,.]\s*(?:[A-Z][a-z]+\.?\s+\d{{1,2}}|\d{{1,2}}\s+[A-Z][a-z]+)\b"
)
#: A credit in a line of its own, or behind the text.
_CREDIT = re.compile(
    rf"^\W*(?:sources?|reporting by|reported by|(?:with )?reporting (?:from|by)|via|credit|from|by|text|copyright"
    rf"|©(?:\s*\d{{4}})?|источник|по материалам)\s*:?\s*(?:the\s+)?(?P<name>{_NAME})(?P<rest>.{{0,60}})$",
    re.I,
)
_ALONE = re.compile(rf"^[\s(/\[–—-]*(?P<name>{_NAME})[\s)/\].]*$")
_TAIL = re.compile(rf"[(/\[–—]\s*(?P<name>{_NAME})\s*[)/\]]?\.?\s*$")
_STAFF = re.compile(r"\s+(?:Staff|News|Agency|Newswires?|Wire|Service)\b.*$")


@functools.cache
def _agencies() -> dict[str, str]:
    return {name: agency for agency, names in lexicon()["agencies"].items() for name in names}


def agency_of(name: str) -> str | None:
    """Give the agency that goes by a name, or None. Names in capitals count only in capitals, others in any."""
    bare = " ".join(name.split()).strip(" .,")
    for form in (bare, _STAFF.sub("", bare)):
        if form in _agencies():
            return _agencies()[form]
        for known, agency in _agencies().items():
            if len(known) > 4 and form.lower() == known.lower():
                return agency
    return None


def wires_of(document: Document, reading: Reading) -> frozenset[str]:
    """Give the agencies that a document as a whole is credited to."""
    found = {agency_of(document.author)} if document.author else set()
    regions = document.regions
    for i, region in enumerate(regions):
        begin, end = reading.from_raw(region.start, region.end)
        lines = [line.strip() for line in reading.text[begin:end].split("\n") if line.strip()]
        if region.label == "menu":
            # Furniture, but for a line of rights, and for one name just above the article.
            above = i + 1 < len(regions) and regions[i + 1].label in ("lead", "body")
            named = lines[-1:] if above and _ALONE.match(lines[-1]) else []
            lines = [*named, *(line for line in lines if line.startswith("©"))]
        elif region.label not in _LABELS:
            continue
        for line in lines:
            found |= _in_line(line)
    return frozenset(w for w in found if w)


def _in_line(line: str) -> set[str | None]:
    """Give the agencies that a line credits."""
    head = line[:160]
    found: set[str | None] = set()
    for pattern in (_DATELINE, _HEAD):
        m = pattern.match(head)
        if m:
            found.add(agency_of(m["name"]))
    if len(line) <= 120:
        m = _CREDIT.match(line)
        if m:
            found.add(agency_of(m["name"]) or _first_known(m["name"] + m["rest"]))
            if not any(found) and re.match(r"\W*(?:source|источник|reporting by)", line, re.I):
                found.add(" ".join(m["name"].split()))
        m = _ALONE.match(line)
        if m:
            found.add(agency_of(m["name"]))
    m = _TAIL.search(line[-60:])
    if m:
        found.add(agency_of(m["name"]))
    return found


def _first_known(text: str) -> str | None:
    for name in re.findall(_NAME, text):
        agency = agency_of(name)
        if agency:
            return agency
    return None


def wire_of_record(record: Event | Quantity | Claim) -> frozenset[str]:
    """Give the agencies that a record itself names as its voice or medium."""
    named = (record.voice, getattr(record, "via", None), record.voice_text)
    return frozenset(a for n in named if n and (a := agency_of(n.split(":", 1)[-1])))


__all__ = ["agency_of", "wire_of_record", "wires_of"]
