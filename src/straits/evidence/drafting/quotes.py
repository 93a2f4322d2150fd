"""What a document lets others say: direct quotations, fragments and indirect speech, with their speakers.

Direct speech runs between quotation marks, over several paragraphs where they are not closed in between; marks of either
sort may close it. Indirect speech hangs on a word of the list of cues ("said that", "according to"). Marks round a word that
nobody is said to have spoken are not a quotation.
"""

from __future__ import annotations

import bisect
import re

from straits.evidence.drafting.indirect import indirect_in, said_before
from straits.evidence.drafting.page import Page
from straits.evidence.drafting.speakers import QuoteHit, Speaker, speaker_of

_NAMED = re.compile(r"\b(?:called|named|dubbed|so-called|titled|entitled)\W*$", re.I)
_LONGEST = 12_000
_STOPS = (".", "!", "?", "…")
_FULL_STOP = re.compile(r"[.!?](?:\s|$)")


def find_quotes(page: Page) -> list[QuoteHit]:
    """Find direct and indirect quotations in the page's prose, in order."""
    direct = _direct(page)
    starts, ends = [q.start for q in direct], [q.end for q in direct]
    # Marks do not nest here, so that the quotations that touch a sentence lie side by side.
    indirect = [
        q
        for s in page.sentences
        for q in indirect_in(
            page, s, direct[bisect.bisect_right(ends, s.start) : bisect.bisect_left(starts, s.end)]
        )
    ]
    indirect += said_before(page, [*direct, *indirect])
    spans = sorted((q.start, q.end, q.speaker) for q in indirect if not q.minor)
    whole = [
        q
        for q in direct
        if q.form != "fragment"
        or not any(a <= q.start and q.end <= b and who == q.speaker for a, b, who in _near(spans, q))
    ]
    return sorted([*whole, *indirect], key=lambda q: (q.start, q.end))


def _near(spans: list[tuple[int, int, str]], q: QuoteHit) -> list[tuple[int, int, str]]:
    """Give the indirect quotations that begin last before a fragment: they lie side by side, a sentence holding a few."""
    i = bisect.bisect_right(spans, (q.start, 1 << 60, ""))
    return spans[max(0, i - 3) : i]


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


def _attribution(page: Page, start: int, end: int, words: int) -> tuple[Speaker, str, int, int] | None:
    """Find who speaks between the marks, by which cue, and from where to where that is told.

    The cue stands after them in the same sentence, before them in theirs, or in the line above.
    """
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


def _cue_and_speaker(page: Page, start: int, end: int) -> tuple[Speaker, str, int] | None:
    """Give the cue in `text[start:end]`, with a speaker, that stands last before `end` or first after `start`."""
    sentences = page.sentences_in(start, end)
    hits = [
        h
        for s in sentences
        for h in s.hits
        if h.meaning.kind == "cue" and h.meaning.form != "noun" and start <= h.start and h.end <= end
    ]
    best: tuple[Speaker, str, int] | None = None
    for hit in hits:
        speaker = speaker_of(page, sentences, start, end, hit.start, hit.end, hit.meaning.form == "according")
        if speaker:
            best = best or (speaker, hit.meaning.key, hit.start)
    return best
