"""What is told in other words: indirect speech, which hangs on a word of the list of cues.

"X said that …", "according to X, …", "…, X said", "as X explained, …", "…, as X has noted", "X's remark that …", and a
sentence whose source the next one names ("This was announced by X").
"""

from __future__ import annotations

import re

from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.drafting.speakers import QuoteHit, Speaker, speaker_of

_JOINED = re.compile(r"\s*(?:and|but|or|which|who|while|where|as|because|so)\b", re.I)
_BEFORE_THAT = re.compile(r"^(?:\s+[\w’'-]+){0,6}?\s*,?\s+that\s+", re.I)
_TRAIL = ' \t\n\r\u00a0\u2009\u202f.,;:!?…"”’»–—-'
_BARE = re.compile(r"\s+(?=(?:[A-Z][\w’'-]+|the|it|they|he|she|there|this|these|its|his|their|a|an|no|in)\b)")
#: Before a cue: what nobody says is no claim ("did not say that", "neither country says it").
_UNSAID = re.compile(
    r"(?:\b(?:not|never|hardly)|n[’']t)\s+(?:\w+ly\s+|yet\s+|even\s+)?$|\b(?:neither|nobody|no\s+one|none|nor)\b[^.;,]{0,70}$",
    re.I,
)
#: What is put beside a sentence behind a comma without being its source: "contrary to earlier media reports".
_BESIDE = re.compile(
    r"\s*(?:contrary|counter|despite|unlike|following|amid|against|before|after|notwithstanding|regardless|given|in\s+(?:spite|contrast|response|reply|line)|"
    r"even|though|although|if|unless|after|denying|rejecting|dismissing|contradicting|refuting|correcting|confirming|to)\b",
    re.I,
)
#: Where what one tells ends and another begins to speak.
_ANOTHER = re.compile(r",\s+(?=(?:while|whereas|but|and|although|though)\s)", re.I)
_BARE_CUES = frozenset(
    ("say", "note", "believe", "think", "add", "warn", "claim", "admit", "state", "stress")
)
#: In front of a noun of speech: whose it is.
_WHOSE = re.compile(r"(?:['’]s?|\b(?:his|her|their|its))\s+(?:[\w-]+\s+){0,2}$", re.I)
#: Behind it, up to "that": by whom it is.
_BY_WHOM = re.compile(r"\s+(?:by|of|from)\s+(?P<who>[^,;.]{2,80}?)\s+that\s+", re.I)
_AS = re.compile(r"[,–—]\s+as\s", re.I)
#: A sentence that names the source of the one before it.
_SAID_BEFORE = re.compile(
    r"\s*(?:This|That|It|Such\s+(?:an?\s+)?\w+|The\s+(?:information|news|data|facts?|figures?))\s+(?:was|were|is|has\s+been|have\s+been)\s+"
    r"(?:\w+ly\s+|also\s+|earlier\s+|first\s+)?(?P<cue>announced|reported|stated|said|written|confirmed|told|disclosed|noted|revealed|"
    r"informed|published)\b[^.;:]{0,80}?\bby\s+(?:the\s+)?"
)
_SAID_THIS = re.compile(
    r"\b(?P<cue>announced|reported|stated|said|wrote|confirmed|noted|told)\s+(?:about\s+)?(?:this|it)\b(?!\s+(?:was|is|will|would|has|had|week|"
    r"month|year|morning|summer|winter|spring|autumn|could|may|might|does|did|can|should|must))"
)


def indirect_in(page: Page, s: Sentence, direct: list[QuoteHit]) -> list[QuoteHit]:
    """Find the indirect quotations of a sentence, beside the direct ones that touch it."""
    text = page.text
    found: list[QuoteHit] = []
    body_end = s.start + len(text[s.start : s.end].rstrip(_TRAIL))
    ends, inner = [body_end], [body_end]
    for q in direct:
        if s.start <= q.start < s.end and q.start > s.start + 1:
            inner.append(q.start - 1)
            if q.form == "direct" or _spoken_behind(s, q):
                ends.append(q.start - 1)
    for hit in s.hits:
        if (
            hit.meaning.kind != "cue"
            or any(
                (q.start <= s.start and hit.start >= q.end and q.end > s.start)
                # "…," said the president of X: the cue belongs to what stands before it.
                or (
                    q.form == "direct"
                    and re.fullmatch(
                        r"[,.!?\"”’»\s]*", text[q.end : hit.start] if hit.start >= q.end else "-"
                    )
                )
                for q in direct
            )
        ):
            continue
        # Marks inside what is told in other words do not cut it, unless they have a word of speech of their own behind them.
        limit = min(inner if hit.meaning.form == "name" else ends)
        if hit.meaning.form == "that" and _UNSAID.search(text[max(s.start, hit.start - 90) : hit.start]):
            continue
        span = _content(page, s, hit.start, hit.end, hit.meaning.form, hit.meaning.key, limit)
        if span is None:
            continue
        begin, stop, side_start, side_end = span
        stop = _until_another(text, s, begin, stop) if begin >= hit.end else stop
        stop = begin + len(text[begin:stop].rstrip(_TRAIL))
        after_only = hit.meaning.form == "according" or side_start >= hit.end
        speaker = speaker_of(page, [s], side_start, side_end, hit.start, hit.end, after_only)
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


def _until_another(text: str, s: Sentence, begin: int, stop: int) -> int:
    """Give where what is told ends: before "while", "but" or "and" and somebody else who speaks, or a person."""
    for m in _ANOTHER.finditer(text, begin, stop):
        contrast = not text.startswith("and", m.end())
        cue = next(
            (
                h
                for h in s.hits
                if h.meaning.kind == "cue" and h.meaning.form == "that" and m.end() < h.start < stop
            ),
            None,
        )
        for who in s.mentions:
            if who.speaks and who.form != "adjective" and m.end() < who.start < min(stop, m.end() + 80):
                person = contrast and who.kind == "person"
                if person or (cue and who.end <= cue.start < who.end + 60):
                    return m.start()
    return stop


def _spoken_behind(s: Sentence, q: QuoteHit) -> bool:
    """Tell whether a word of speech follows the marks in their sentence."""
    return any(h.meaning.kind == "cue" and h.meaning.form == "that" and h.start >= q.end for h in s.hits)


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
    if form == "noun":
        return _of_noun(text, s, cue, cue_end, end)
    that = _BEFORE_THAT.match(text[cue_end:end])
    if that:
        return cue_end + that.end(), end, s.start, cue_end
    # "As X reported earlier, …" and "…, X said."
    if re.match(r"As\s", text[s.start : s.start + 3]) and cue - s.start < 70:
        comma = text.find(",", cue_end, end)
        if 0 < comma - cue_end < 90:
            return comma + 2, end, s.start, comma
    aside = _aside(text, s, cue, cue_end, end)
    if aside:
        return aside
    comma = text.rfind(",", s.start, cue)
    if (
        end - cue_end < 30
        and comma > s.start + 25
        and cue - comma < 90
        and not _JOINED.match(text, comma + 1)
        and not _BESIDE.match(text, comma + 1, cue)
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


def _of_noun(text: str, s: Sentence, cue: int, cue_end: int, end: int) -> tuple[int, int, int, int] | None:
    """Give what a noun of speech introduces: "X's remark that …", "the statement by X that …"."""
    if _WHOSE.search(text[max(s.start, cue - 40) : cue]):
        that = re.compile(r"\s+that\s+").match(text, cue_end, end)
        return (that.end(), end, s.start, cue) if that else None
    by = _BY_WHOM.match(text, cue_end, end)
    return (by.end(), end, by.start("who"), by.end("who")) if by else None


def _aside(text: str, s: Sentence, cue: int, cue_end: int, end: int) -> tuple[int, int, int, int] | None:
    """Give the longer part of a sentence into which "as X has noted" is put, behind a comma."""
    opened = list(_AS.finditer(text, max(s.start, cue - 80), cue))
    if not opened or text.find(",", opened[-1].end(), cue) >= 0:
        return None
    first = opened[-1].start()
    comma = text.find(",", cue_end, end)
    if comma < 0 or comma - cue_end > 90:
        return (s.start, first, first, end) if end - cue_end < 90 else None
    if first - s.start >= end - comma:
        return s.start, first, first, comma
    return comma + 2, end, first, comma


def said_before(page: Page, known: list[QuoteHit]) -> list[QuoteHit]:
    """Give the sentences whose source the next sentence names: "This was announced by X", "X reported this"."""
    text, found = page.text, []
    taken = {q.start for q in known}
    for before, s in zip(page.sentences, page.sentences[1:], strict=False):
        if not any(h.meaning.kind == "cue" for h in s.hits):
            continue
        passive = _SAID_BEFORE.match(text, s.start, s.end)
        active = None if passive else _SAID_THIS.search(text, s.start, min(s.end, s.start + 160))
        hit = passive or active
        if (
            hit is None
            or before.start in taken
            or s.paragraph - before.paragraph > 1
            or before.region != s.region
        ):
            continue
        who = _source(
            page,
            s,
            passive.end() if passive else s.start,
            s.end if passive else hit.start("cue"),
            bool(passive),
        )
        stop = before.start + len(text[before.start : before.end].rstrip(_TRAIL))
        if who is None or len(text[before.start : stop].split()) < 4:
            continue
        found.append(
            QuoteHit(
                "indirect",
                before.start,
                stop,
                before.start,
                s.end,
                who.id,
                who.text,
                hit["cue"],
                False,
            )
        )
    return found


def _source(page: Page, s: Sentence, start: int, end: int, directly: bool) -> Speaker | None:
    """Give who is named in a part of a sentence: at its beginning, or last in it."""
    named = [m for m in s.mentions if m.speaks and start <= m.start and m.end <= end]
    if directly:
        named = [m for m in named if m.start - start < 60]
        return Speaker(named[0].id, named[0].text, named[0].start, named[0].end) if named else None
    return Speaker(named[-1].id, named[-1].text, named[-1].start, named[-1].end) if named else None


__all__ = ["indirect_in", "said_before"]
