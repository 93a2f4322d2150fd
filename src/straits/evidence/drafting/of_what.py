"""What a quantity is of: the part of its sentence, its time, the actor or asset it is about, and what is counted."""

from __future__ import annotations

import re

from straits.evidence.drafting.page import Sentence
from straits.evidence.finding.dates import DateHit
from straits.evidence.finding.quantities import QuantityHit

#: Between a quantity and a date that is its own: few words, no other clause and nothing that it is compared with.
_APART = re.compile(
    r"\b(?:and|but|or|which|that|who|while|when|after|before|because|if|said|says|than|compared|against|versus|from|since|as)\b|[,;:()]",
    re.I,
)
#: Right before a date with which an amount is compared: "4% below August 2021".
_COMPARED = re.compile(
    r"\b(?:than|compared\s+(?:with|to)|against|versus|vs\.?|below|above|under)\s+(?:in\s+)?(?:the\s+)?$",
    re.I,
)
#: Between a date and the level that was reached then: "rose by 8% in August to 5 million tonnes".
_REACHED = re.compile(
    r"\s*,?\s*(?:and\s+)?(?:to|reaching|totall?ing|or|\()\s*(?:a\s+record\s+|about\s+|some\s+|around\s+)*",
    re.I,
)
#: Words that begin what is no longer of the thing counted: "2 million tonnes of coal were exported by rail".
_NO_NOUN = re.compile(
    r"(?:is|are|was|were|be|been|has|have|had|will|would|may|might|can|could|shall|should|must|do|does|did|not|from|to|by|via|through|at|on|in|into|for"
    r"|with|within|per|which|that|who|whose|after|before|because|while|as|than|compared|against|since|until|out|over|under|across|during|between|along"
    r"|toward|towards|if|when|where|but|went|goes?|came|comes?|fell|falls?|rose|rises?|left|leaves?|got|took|takes?|made|ran|runs?|stood|lay|sank|pass(?:es)?|flows?"
    r"|annually|monthly|daily|yearly|abroad|said|says|it|they|he|she|there|so|also|still|only|already)$",
    re.I,
)
_TAKEN = re.compile(
    r"(?:from|to|by|via|through|at|on|in|into|for|with|during|abroad|last|this|since|until|across|over)$",
    re.I,
)


def period_of(text: str, s: Sentence, q: QuantityHit, last: int, told: int) -> DateHit | None:
    """Give the time that a quantity speaks of: the date just behind it, else the one before it that is no other quantity's.

    Parameters
    ----------
    last : int
        End of the part of the sentence round the quantity.
    told : int
        Where somebody begins to tell it: a date before that is the day on which it was said.

    Notes
    -----
    What a change is reckoned from ("8% from July") and since or until when something holds is no time of an amount.
    """
    if q.measure in ("duration", "length"):
        return None
    others = [(x.start, x.end) for x in s.quantities if (x.start, x.end) != (q.start, q.end)]
    following = min((a for a, _ in others if a >= q.end), default=last)
    dates = [d for d in s.dates if d.kind != "citation_date"]
    before = [
        d for d in dates if told <= d.start and d.end <= q.start and not _of_another(text, d, q, others)
    ]
    after = [d for d in dates if q.end <= d.start and d.end <= min(last, following)]
    if after:
        gap = text[q.end : after[0].start]
        near = len(gap.split()) <= 5 and not _APART.search(gap)
        # "8% from July" is reckoned from it, "30% from March 4" holds from that day on.
        begun = after[0].kind == "since" and not (q.measure == "change" and after[0].precision == "day")
        until = after[0].kind == "until" and not re.match(r"by\b", after[0].text, re.I)
        holds = begun or until or _COMPARED.search(gap) is not None
        if not holds and (near or not before):
            return after[0] if after[0].value else None
    found = before[-1] if before else None
    return found if found and found.value and found.kind != "since" else None


def _of_another(text: str, d: DateHit, q: QuantityHit, others: list[tuple[int, int]]) -> bool:
    """Tell whether a date before a quantity belongs to another: one stands between, or the date just behind one."""
    if any(d.end <= a and b <= q.start for a, b in others):
        return True
    ends = [b for _, b in others if b <= d.start]
    if not ends or re.search(r"[,;:]", text[max(ends) : d.start]):
        return False
    return _REACHED.fullmatch(text, d.end, q.start) is None


def object_of(s: Sentence, q: QuantityHit, first: int, last: int) -> str | None:
    """Give the asset, else the actor, that a quantity is about: one named before the first number of a list, else beside it."""
    clause = [
        m
        for m in s.mentions
        if first <= m.start
        and m.end <= last
        and (m.end <= q.start or m.start >= q.end)
        and (m.kind == "asset" or (m.kind in ("actor", "organisation") and m.form != "adjective"))
    ]
    spans = [
        (x.start, x.end) for x in s.quantities if first <= x.start and (x.start, x.end) != (q.start, q.end)
    ]
    following = min((a for a, _ in spans if a >= q.end), default=last)
    head = min((a for a, _ in spans if a < q.start), default=q.start)
    subjects = [m for m in clause if m.end <= head]
    behind = [m for m in clause if q.end <= m.start and m.end <= following]
    group = subjects + behind if head == q.start else subjects or behind
    return next((m.id for m in group if m.kind == "asset"), group[0].id if group else None)


def around(text: str, s: Sentence, start: int, end: int) -> tuple[int, int]:
    """Give the part of the sentence round a quantity: to the nearest comma, bracket or stop that leaves at least five words."""
    first, last = s.start, s.start + len(text[s.start : s.end].rstrip(' .;:!?"”'))
    for i in range(start - 1, s.start, -1):
        if text[i] in ",;:(–—" and text[i + 1 : i + 2] in ' “"(' and len(text[i + 1 : end].split()) >= 4:
            first = i + 1
            break
    for i in range(end, last):
        if text[i] in ",;:)–—" and (text[i + 1 : i + 2] in (" ", "") or text[i] == ")"):
            last = i
            break
    first += len(text[first:last]) - len(text[first:last].lstrip())
    return first, max(last, end)


def counted(text: str, s: Sentence, q: QuantityHit, last: int) -> str | None:
    """Give what the number is of: the words after "of" or "in", in the document's own words; a date is not among them."""
    match = re.match(r"\s*(?:of|in)\s+((?:[\w’'-]+\s*){1,6})", text[q.end : last])
    if not match:
        return None
    first, stop = q.end + match.start(1), q.end + match.end(1)
    stop = min((d.start for d in s.dates if first < d.end and d.start < stop), default=stop)
    words = list(re.finditer(r"\S+", text[first:stop]))
    for i, word in enumerate(words):
        behind = words[i + 1][0] if i + 1 < len(words) else ""
        if i and (_NO_NOUN.match(word[0]) or (word[0].endswith("ed") and _TAKEN.match(behind))):
            stop = first + word.start()
            break
    return text[first:stop].strip() or None


__all__ = ["around", "counted", "object_of", "period_of"]
