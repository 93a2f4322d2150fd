"""What a document lets others say: direct quotations, fragments and indirect speech, with their speakers.

Direct speech runs between quotation marks, over several paragraphs where they are not closed in between; marks of either
sort may close it. Indirect speech hangs on a word of the list of cues ("said that", "according to"). Marks round a word that
nobody is said to have spoken are not a quotation.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.finding.mentions import Mention
from straits.evidence.records import CANDIDATE

_NAMED = re.compile(r"\b(?:called|named|dubbed|so-called|titled|entitled)\W*$", re.I)
_JOINED = re.compile(r"\s*(?:and|but|or|which|who|while|where|as|because|so)\b", re.I)
_LONGEST = 12_000
_PRONOUN = re.compile(r"\b(?:he|she|him|her)\b", re.I)
_FUNCTION = re.compile(r"\s*(?:that|:|,|–|—)?\s*")
_BEFORE_THAT = re.compile(r"^(?:\s+[\w’'-]+){0,6}?\s*,?\s+that\s+", re.I)
_TRAIL = ' \t\n\r\u00a0\u2009\u202f.,;:!?…"”’»–—-'
_STOPS = (".", "!", "?", "…")
_FULL_STOP = re.compile(r"[.!?](?:\s|$)")
_BARE = re.compile(r"\s+(?=(?:[A-Z][\w’'-]+|the|it|they|he|she|there|this|these|its|his|their|a|an|no|in)\b)")
_BARE_CUES = frozenset(
    ("say", "note", "believe", "think", "add", "warn", "claim", "admit", "state", "stress")
)


@dataclass(frozen=True, slots=True)
class QuoteHit:
    """Attributed content. `start`, `end` bound what is said; `first`, `last` also hold speaker and cue."""

    form: str
    start: int
    end: int
    first: int
    last: int
    speaker: str
    speaker_text: str | None
    cue: str
    minor: bool


@dataclass(frozen=True, slots=True)
class _Speaker:
    id: str
    text: str
    start: int
    end: int


def find_quotes(page: Page) -> list[QuoteHit]:
    """Find direct and indirect quotations in the page's prose, in order."""
    direct = _direct(page)
    starts, ends = [q.start for q in direct], [q.end for q in direct]
    # Marks do not nest here, so that the quotations that touch a sentence lie side by side.
    indirect = [
        q
        for s in page.sentences
        for q in _indirect(
            page, s, direct[bisect.bisect_right(ends, s.start) : bisect.bisect_left(starts, s.end)]
        )
    ]
    return sorted([*direct, *indirect], key=lambda q: (q.start, q.end))


# ---- direct speech -------------------------------------------------------------------------------------------------


def _marks(page: Page) -> list[tuple[int, int]]:
    """Give the outermost stretches between quotation marks, marks excluded."""
    text, found = page.text, []
    i, stop = 0, len(page.paragraphs)
    opened: int | None = None
    sign, depth, straight = "", 0, False
    for i in range(stop):
        first, last = page.paragraphs[i]
        for m in re.finditer(r"[“”„«»\"]", text[first:last]):
            at, mark = first + m.start(), m[0]
            if opened is None:
                if mark in "“„«" or (mark == '"' and not text[at - 1 : at].isalnum()):
                    opened, sign, depth, straight = at, mark, 1, False
                continue
            if at - opened > _LONGEST:
                opened = None
                continue
            ends_line = last - at < 40 and not text[at + 1 : last].strip(" .,;:!?…)")
            if mark in "“„«":
                if (at - first < 40 and text[first:at].strip() == "") or sign == '"':
                    continue  # opened again at the head of a further paragraph
                if mark == "“" and sign == "„":
                    depth -= 1
                else:
                    depth += 1
            elif mark in "”»":
                depth -= 1
            elif sign == '"' or (ends_line and not straight):
                depth = 0
            else:
                straight = not straight
            if depth <= 0:
                found.append((opened + 1, at))
                opened = None
    return found


def _direct(page: Page) -> list[QuoteHit]:
    found: list[QuoteHit] = []
    for start, end in _marks(page):
        start += len(page.text[start:end]) - len(page.text[start:end].lstrip())
        end = start + len(page.text[start:end].rstrip())
        words = len(page.text[start:end].split())
        if words < 2:
            continue
        attributed = _attribution(page, start, end, words)
        if attributed is None:
            continue
        speaker, cue, first, last = attributed
        before = page.text[max(0, start - 3) : start].rstrip("“”„«»\"' ")
        embedded = bool(before) and before[-1].isalpha()
        form = "fragment" if embedded and words < 15 else "direct"
        if form == "fragment" and (
            cue == "according to" or _NAMED.search(page.text[max(0, start - 16) : start])
        ):
            continue
        if form == "direct" and words < 4:
            continue
        found.append(
            QuoteHit(
                form,
                start,
                end,
                min(first, start - 1),
                max(last, end + 1),
                speaker.id,
                speaker.text,
                cue,
                form == "fragment",
            )
        )
    return found


def _attribution(page: Page, start: int, end: int, words: int) -> tuple[_Speaker, str, int, int] | None:
    """Find who speaks between the marks: after them in the same sentence, before them in theirs, or in the line above."""
    text = page.text
    number = page.paragraph_at(end)
    paragraph = page.paragraphs[number] if number is not None else None
    if paragraph and end < paragraph[1] + 2:
        tail_end = paragraph[1]
        stop = _FULL_STOP.search(text, end + 1, min(tail_end, end + 300))
        tail_end = stop.start() if stop else tail_end
        closed = text[end - 1 : end] in _STOPS and text[end + 1 : end + 3].strip()[:1].isupper()
        if tail_end - end < 240 and not (closed and words < 3):
            found = _cue_and_speaker(page, end + 1, tail_end)
            if found and found[2] - end < 160:
                return found[0], found[1], start, tail_end
    sentence = page.sentence_at(start - 2) or page.sentence_at(start)
    if sentence and sentence.start < start - 3:
        found = _cue_and_speaker(page, sentence.start, start - 1)
        if found:
            return found[0], found[1], sentence.start, end
    index = page.paragraph_at(start) or 0
    begin = page.paragraphs[index][0]
    at_head = start - begin < 40 and not text[begin : start - 1].strip()
    if index and at_head:
        above = page.sentences_in(
            max(page.paragraphs[index - 1][0], page.paragraphs[index - 1][1] - 1),
            page.paragraphs[index - 1][1],
        )
        if above and text[above[-1].start : above[-1].end].rstrip().endswith((":", "…:", "–")):
            found = _cue_and_speaker(page, above[-1].start, above[-1].end)
            if found:
                return found[0], found[1], above[-1].start, end
    return None


def _cue_and_speaker(page: Page, start: int, end: int) -> tuple[_Speaker, str, int] | None:
    """Give the cue in `text[start:end]`, with a speaker, that stands last before `end` or first after `start`."""
    sentences = page.sentences_in(start, end)
    hits = [
        h for s in sentences for h in s.hits if h.meaning.kind == "cue" and start <= h.start and h.end <= end
    ]
    best: tuple[_Speaker, str, int] | None = None
    for hit in hits:
        speaker = _speaker(page, sentences, start, end, hit.start, hit.end, hit.meaning.form == "according")
        if speaker:
            best = best or (speaker, hit.meaning.key, hit.start)
    return best


def _speaker(
    page: Page,
    sentences: list[Sentence],
    start: int,
    end: int,
    cue: int,
    cue_end: int,
    after_only: bool = False,
) -> _Speaker | None:
    """Give who stands nearest to a cue: persons before organisations before bare nouns; to its left first."""
    candidates = [
        _Speaker(m.id, m.text, m.start, m.end)
        for s in sentences
        for m in s.mentions
        if m.speaks and start <= m.start and m.end <= end and (after_only or _not_object(page.text, m))
    ]
    persons = {m.start for s in sentences for m in s.mentions if m.kind == "person"}
    nouns = [
        _Speaker(
            CANDIDATE + page.text[h.start : h.end].lower(),
            _with_article(page.text, h.start, h.end),
            h.start,
            h.end,
        )
        for s in sentences
        for h in s.hits
        if h.meaning.kind == "speaker"
        and start <= h.start
        and h.end <= end
        and not page.text[h.start].isupper()
    ] + [
        _Speaker(CANDIDATE + page.text[h.start : h.end].lower(), page.text[h.start : h.end], h.start, h.end)
        for s in sentences
        for h in s.hits
        if h.meaning.kind == "speaker" and h.start == s.start and start <= h.start and h.end <= end
    ]

    def before(x: _Speaker) -> bool:
        return x.end <= cue

    def after(x: _Speaker) -> bool:
        return x.start >= cue_end

    for side in (after,) if after_only else (before, after):
        near = [c for c in candidates if side(c) and min(abs(c.end - cue), abs(c.start - cue_end)) < 110]
        named = [c for c in near if c.start in persons]
        bare = [n for n in nouns if side(n) and min(abs(n.end - cue), abs(n.start - cue_end)) < 60]
        for group in (named, near, bare):
            if group:
                chosen = min(group, key=lambda c: min(abs(c.end - cue), abs(c.start - cue_end)))
                closer = [
                    b for b in bare if group is not bare and abs(b.end - cue) < abs(chosen.end - cue) - 45
                ]
                return closer[0] if closer else chosen
        pronoun = [m for m in _PRONOUN.finditer(page.text, start, end) if abs(m.start() - cue) < 40]
        if pronoun and sentences:
            last = page.person_before(sentences[0].start)
            if last:
                return _Speaker(last.id, pronoun[0][0], pronoun[0].start(), pronoun[0].end())
    return None


def _not_object(text: str, mention: Mention) -> bool:
    """Leave out "of Kazakhstan", "with Putin", "at the Forum": what a preposition governs does not speak."""
    if mention.kind == "person":
        return True
    return not re.search(
        r"\b(?:of|in|on|with|for|to|from|at|against|between|by|via)\s+(?:the\s+)?$",
        text[max(0, mention.start - 14) : mention.start],
    )


def _with_article(text: str, start: int, end: int) -> str:
    match = re.search(
        r"\b(?:the|a|some|many|most|both|several|local|foreign|russian)\s+$",
        text[max(0, start - 12) : start],
        re.I,
    )
    return text[start - len(match[0]) if match else start : end]


# ---- indirect speech -----------------------------------------------------------------------------------------------


def _indirect(page: Page, s: Sentence, direct: list[QuoteHit]) -> list[QuoteHit]:
    text = page.text
    found: list[QuoteHit] = []
    body_end = s.start + len(text[s.start : s.end].rstrip(_TRAIL))
    ends = [s.end]
    for q in direct:
        if s.start <= q.start < s.end and q.start > s.start + 1:
            ends.append(q.start - 1)
    limit = min(ends)
    for hit in s.hits:
        if hit.meaning.kind != "cue" or any(
            q.start <= s.start and hit.start >= q.end and q.end > s.start for q in direct
        ):
            continue
        span = _content(page, s, hit.start, hit.end, hit.meaning.form, hit.meaning.key, min(body_end, limit))
        if span is None:
            continue
        begin, stop, side_start, side_end = span
        stop = begin + len(text[begin:stop].rstrip(_TRAIL))
        speaker = _speaker(
            page, [s], side_start, side_end, hit.start, hit.end, hit.meaning.form == "according"
        )
        if speaker is None or len(text[begin:stop].split()) < 4 or begin <= speaker.start < stop:
            continue
        if any(_same_words(q, begin, stop) for q in direct) or any(abs(f.start - begin) < 3 for f in found):
            continue
        found.append(
            QuoteHit(
                "indirect",
                begin,
                stop,
                s.start,
                s.end,
                speaker.id,
                speaker.text,
                hit.meaning.key,
                hit.meaning.form == "name",
            )
        )
    return found


def _same_words(q: QuoteHit, begin: int, stop: int) -> bool:
    """Tell whether a direct quotation is most of what would be told indirectly."""
    return q.start >= begin - 2 and q.end <= stop + 3 and (q.end - q.start) * 2 > stop - begin


def _content(
    page: Page, s: Sentence, cue: int, cue_end: int, form: str, key: str, end: int
) -> tuple[int, int, int, int] | None:
    """Give (content start, content end, where the speaker may stand from, to), or None if the cue introduces nothing."""
    text = page.text
    if form == "according":
        comma = text.find(",", cue_end, end)
        if cue - s.start < 4 and comma > 0:
            return comma + 2, end, cue, comma
        return (s.start, cue, cue, end) if cue - s.start > 25 else None
    if form == "name":
        colon = text.find(":", cue_end, end)
        return cue_end + 1, colon if colon > 0 else end, s.start, cue
    that = _BEFORE_THAT.match(text[cue_end:end])
    if that:
        return cue_end + that.end(), end, s.start, cue_end
    # "As X reported earlier, …" and "…, X said."
    if re.match(r"As\s", text[s.start : s.start + 3]) and cue - s.start < 70:
        comma = text.find(",", cue_end, end)
        if 0 < comma - cue_end < 30:
            return comma + 2, end, s.start, comma
    comma = text.rfind(",", s.start, cue)
    if (
        end - cue_end < 30
        and comma > s.start + 25
        and cue - comma < 90
        and not _JOINED.match(text, comma + 1)
    ):
        return s.start, comma, comma, end
    if key in _BARE_CUES and text[cue:cue_end].lower() not in (key, key + "ing"):
        bare = _BARE.match(text[cue_end:end])
        if bare and not re.match(
            r"\s+(?:in|a|an|the)\s+[\w-]+(?:[.,;]|\s+(?:and|to|in|on)\b)", text[cue_end:end]
        ):
            return cue_end + bare.end(), end, s.start, cue
    if key == "recall":
        return (cue_end + 1, end, s.start, cue) if end > cue_end + 20 else None
    return None
