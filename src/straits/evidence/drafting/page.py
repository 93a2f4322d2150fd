"""A document as the rules see it: its prose cut into sentences, with everything the word lists find in them."""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from straits.errors import MissingExtra
from straits.evidence.documents.document import Document, published_between
from straits.evidence.documents.reading import Reading
from straits.evidence.finding.date_parts.words import Tense
from straits.evidence.finding.dates import DateHit, find_dates
from straits.evidence.finding.gazetteer import Gazetteer
from straits.evidence.finding.languages import is_read
from straits.evidence.finding.mentions import Mention, cities_or_assets, find_mentions
from straits.evidence.finding.quantities import QuantityHit, find_quantities
from straits.evidence.finding.search import Hit, Searcher
from straits.evidence.finding.states import with_states
from straits.evidence.records import CANDIDATE

#: Signs of the longest sentence. A longer one is cut: within a sentence every word is set against every other.
LONGEST = 1_000

#: Regions that speak for the outlet's article. Titles repeat it; the rest is not its text.
PROSE = ("lead", "body")

_FUTURE = re.compile(
    r"\b(?:will|shall|going to|is to|are to|plans? to|scheduled|upcoming|expected|due|intends?|next|forthcoming|set to"
    r"|(?-i:may|might|could)\s+(?!have\b)[a-z]+|будет|будут|может|могут|намерен\w*|планиру\w+|собира[ею]тся|предстоит|договорил\w+|обеща\w+)\b",
    re.I,
)


@dataclass
class Sentence:
    """A sentence and what stands in it."""

    start: int
    end: int
    paragraph: int
    region: str
    hits: list[Hit] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    dates: list[DateHit] = field(default_factory=list)
    quantities: list[QuantityHit] = field(default_factory=list)


@dataclass
class Page:
    """What the rules work on. Offsets are those of the readable text; `Reading.to_raw` takes them to the file."""

    document: Document
    reading: Reading
    sentences: list[Sentence]
    paragraphs: list[tuple[int, int]]

    @property
    def text(self) -> str:
        """The readable text."""
        return self.reading.text

    @cached_property
    def _starts(self) -> list[int]:
        return [s.start for s in self.sentences]

    @cached_property
    def _persons(self) -> list[Mention]:
        return [m for s in self.sentences for m in s.mentions if m.kind == "person"]

    @cached_property
    def _person_starts(self) -> list[int]:
        return [m.start for m in self._persons]

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [start for start, _ in self.paragraphs]

    def sentence_at(self, offset: int) -> Sentence | None:
        """Give the sentence that holds `offset`."""
        i = bisect.bisect_right(self._starts, offset) - 1
        return self.sentences[i] if i >= 0 and offset < self.sentences[i].end else None

    def sentences_in(self, start: int, end: int) -> list[Sentence]:
        """Give the sentences of which a part lies in `text[start:end]`."""
        i = max(0, bisect.bisect_right(self._starts, start) - 1)
        stop = bisect.bisect_left(self._starts, end)
        return [s for s in self.sentences[i:stop] if start < s.end]

    def paragraph_at(self, offset: int) -> int | None:
        """Give the number of the paragraph that begins last at or before `offset`."""
        i = bisect.bisect_right(self._paragraph_starts, offset) - 1
        return i if i >= 0 else None

    def person_before(self, offset: int) -> Mention | None:
        """Give the person named last before `offset`: whom "he" means, more often than not."""
        i = bisect.bisect_left(self._person_starts, offset)
        return self._persons[i - 1] if i else None


@functools.lru_cache(maxsize=8)
def searcher(gazetteer: Gazetteer) -> Searcher:
    """Give the (cached) searcher of a gazetteer."""
    return Searcher(gazetteer)


@functools.cache
def _tokenizer():  # type: ignore[no-untyped-def]
    try:
        from syntok.tokenizer import Tokenizer
    except ImportError as error:
        raise MissingExtra("drafting by rules", "evidence", error) from None
    return Tokenizer(replace_not_contraction=False)


# A stop after four small letters, a short word that shortens no other, a year or a percentage, and before a space and a capital,
# ends a sentence: no abbreviation looks so.
_CLEAR = re.compile(
    r"(?:(?<=[a-zа-яё]{4}[.!?])|(?<=\d{4}[.!?])|(?<=%[.!?])"
    r"|(?<=[ ](?:ago|aid|all|day|gas|her|him|law|now|oil|one|out|own|tax|too|two|war|way)[.!?])"
    r"|(?<=[ ](?:do|it|on|so|up|us)[.!?]))[ \u00a0]+(?=[A-ZА-ЯЁ])"
)
_UNCLEAR = re.compile(r"[.!?…][^\d\s]|[.!?…]\s+\S|[()\[\]{}]")


def split_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut the paragraph `text[start:end]` into sentences.

    Where every stop is clear the cuts are plain; a paragraph with brackets, or a piece with another stop inside (abbreviations,
    initials, closing quotes, missing spaces), is cut by syntok.
    """
    if re.search(r"[(\[{]", text[start:end]):
        return _syntok(text, start, end)
    bounds: list[tuple[int, int]] = []
    cuts = [start, *(m.end() for m in _CLEAR.finditer(text, start, end)), end]
    for first, last in itertools.pairwise(cuts):
        piece = text[first:last].rstrip()
        begin = first + len(piece) - len(piece.lstrip())
        if piece.strip():
            bounds += (
                _syntok(text, first, last)
                if _UNCLEAR.search(piece.rstrip('"”’»'))
                else [(begin, first + len(piece))]
            )
    return bounds


def _cut(text: str, bounds: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut sentences beyond `LONGEST` signs at the last stop, comma or blank that leaves them shorter."""
    for start, end in bounds:
        while end - start > LONGEST:
            most = start + LONGEST
            stop = max(text.rfind(sign, start + LONGEST // 2, most) + 1 for sign in (". ", "; ", ", "))
            stop = stop or text.rfind(" ", start + 1, most) or most
            stop = most if stop <= start else stop
            yield start, stop
            start = stop + len(text[stop:most]) - len(text[stop:most].lstrip())
        if start < end:
            yield start, end


def _syntok(text: str, start: int, end: int) -> list[tuple[int, int]]:
    import syntok.segmenter

    tokens = _tokenizer().tokenize(text[start:end])
    firsts = [start + sentence[0].offset for sentence in syntok.segmenter.split(tokens) if sentence]
    bounds = []
    for i, first in enumerate(firsts):
        last = firsts[i + 1] if i + 1 < len(firsts) else end
        bounds.append((first, first + len(text[first:last].rstrip())))
    return bounds


def open_page(document: Document, reading: Reading, gazetteer: Gazetteer) -> Page:
    """Read a document's prose: sentences, names, dates, quantities, words of the lists."""
    text, published = reading.text, published_between(document)
    paragraphs: list[tuple[int, int]] = []
    sentences: list[Sentence] = []
    for region in document.regions:
        if region.label not in PROSE:
            continue
        begin, stop = reading.from_raw(region.start, region.end)
        for line in re.finditer(r"[^\n]+", text[begin:stop]):
            if not line[0].strip():
                continue
            first, last = begin + line.start(), begin + line.end()
            for s, e in _cut(text, split_sentences(text, first, last)):
                sentences.append(Sentence(s, e, len(paragraphs), region.label))
            paragraphs.append((first, last))
    page = Page(document, reading, sentences, paragraphs)
    if not sentences:
        return page
    hits = searcher(gazetteer).find(text)
    spans, people = [(s.start, s.end) for s in sentences], gazetteer.people
    mentions = cities_or_assets(text, find_mentions(text, hits, spans, people.knows))
    # "LPG" is a good, not somebody.
    goods = {(h.start, h.end) for h in hits if h.meaning.kind == "goods"}
    mentions = [m for m in mentions if not (m.id.startswith(CANDIDATE) and (m.start, m.end) in goods)]
    mentions = with_states(text, mentions, spans, people, published_between(document), gazetteer.acting)
    hits = _outside_names(hits, mentions)
    _deal(hits, sentences, "hits")
    _deal(mentions, sentences, "mentions")
    for sentence in sentences:
        tense: Tense | None = "future" if _FUTURE.search(text, sentence.start, sentence.end) else None
        dates = find_dates(text, published, sentence.start, sentence.end, tense)
        sentence.dates = [
            replace(d, kind="citation_date")
            if _cited(text, sentence, d) or _of_dateline(text, paragraphs[sentence.paragraph][0], d)
            else d
            for d in dates
        ]
        sentence.quantities = find_quantities(
            text, sentence.start, sentence.end, [(d.start, d.end) for d in sentence.dates]
        )
        if sentence.quantities and not is_read(text[sentence.start : sentence.end], document.language):
            sentence.quantities = []
    return page


#: What stands before and behind the day of a dateline: "PORTVILLE, March 3 (Reuters) -", "МОСКВА, 3 мар —".
_BEFORE_DAY = re.compile(r"\s*[A-ZА-ЯЁ][A-ZА-ЯЁ'’-]{2,}(?:[ ,/]+[A-ZА-ЯЁ][\w'’.-]*){0,5}[,.]\s*")
_BEHIND_DAY = re.compile(r"\.?,?\s*(?:[(/][^()/\n]{2,40}[)/]\s*)?[-–—]{1,2}\s")


def _of_dateline(text: str, paragraph: int, date: DateHit) -> bool:
    """Tell whether a day is that of the dateline at the head of a paragraph: when it was written, not when something happened."""
    return (
        date.precision == "day"
        and date.start - paragraph < 80
        and _BEFORE_DAY.fullmatch(text, paragraph, date.start) is not None
        and _BEHIND_DAY.match(text, date.end) is not None
    )


def _cited(text: str, s: Sentence, date: DateHit) -> bool:
    """Tell whether a day in brackets is that of a piece that is cited: "Kommersant (July 6)", "(Reuters, July 6)"."""
    if date.precision not in ("day", "month"):
        return False
    opened = max(text.rfind("(", s.start, date.start), text.rfind("[", s.start, date.start))
    if opened < 0 or text.find(")" if text[opened] == "(" else "]", opened, date.start) >= 0:
        return False
    inside = text[opened + 1 : date.start]
    sources = [m for m in s.mentions if m.kind in ("organisation", "medium", "name", "person")]
    if not inside.strip():
        behind = text[:opened].rstrip('"”»’ ')
        return (
            any(abs(m.end - len(behind)) <= 1 for m in sources)
            and not text[date.end : date.end + 1].isalnum()
        )
    named = re.fullmatch(
        r"\s*(?:see\s+)?(?:the\s+)?(?P<name>[^,;()]{2,60})[,;]\s*(?:on\s+|of\s+|dated\s+|from\s+)?", inside
    )
    return named is not None and any(opened < m.start and m.end <= date.start for m in sources)


def _outside_names(hits: list[Hit], mentions: list[Mention]) -> list[Hit]:
    """Leave out cues, triggers and modal words that are parts of a name ("United States", "May")."""
    covered = sorted((m.start, m.end) for m in mentions)
    kept, i = [], 0
    for hit in hits:
        while i < len(covered) and covered[i][1] <= hit.start:
            i += 1
        inside = i < len(covered) and covered[i][0] <= hit.start and hit.end <= covered[i][1]
        if not (inside and hit.meaning.kind in ("cue", "trigger", "modality")):
            kept.append(hit)
    return kept


def _deal(items: list[Any], sentences: list[Sentence], name: str) -> None:
    """Give every item to the sentence that holds its start."""
    i = 0
    for item in items:
        while i < len(sentences) and sentences[i].end <= item.start:
            i += 1
        if i == len(sentences):
            break
        if item.start >= sentences[i].start:
            getattr(sentences[i], name).append(item)
