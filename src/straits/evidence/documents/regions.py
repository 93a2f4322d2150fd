"""Which part of a web text is what: title, lead, body, byline, caption, dates, menus, comments, tickers, footer.

Text that was copied off a web page mixes an article with what stands around it. Lines are labelled by their form (length,
closing signs, numbers, stock phrases of page furniture) and by their place relative to the article's paragraphs. Only title,
lead and body speak for the outlet; drafts are made from lead and body.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from dataclasses import dataclass

from straits.evidence.documents.reading import Reading
from straits.evidence.finding.dates import only_dates
from straits.evidence.records import Frozen

LABELS = (
    "title", "lead", "body", "byline", "caption", "date_meta", "duplicate", "menu", "comment", "ticker", "footer",
)  # fmt: skip

_BULLET = re.compile(r"^\s*(?:[•·▪◦*►»›-]|\d{1,2}[.)])\s+")
_CHROME = re.compile(
    r"""^\W*(?: more\ info | premium\ content | breaking\ news | latest\ news | top\ (?:stories|news|reads)
    | most\ (?:read|popular)
    | read\ (?:more|also|next|next:).* | see\ also.* | related(?:\ (?:articles|news|stories|posts))?\b:?.*
    | share(?:\ (?:this|on).*)?
    | subscribe.* | sign\ (?:in|up).* | log\ ?in | register | newsletters? | follow\ us.* | download\ .*\ app.* | back\ to\ .*
    | home(?:page)? | menu | search | contact(?:\ us)? | about(?:\ us)? | advertis\w* | cookies?.* | privacy.* | terms\ of.*
    | all\ rights\ reserved.* | copyright.* | ©.* | more\ top\ reads.* | tags?:.* | print | e-?mail | facebook
    | twitter | telegram
    | whatsapp | loading.* | skip\ to.* | next\ (?:article|post).* | previous\ (?:article|post).* | trending.* | editor.s\ picks?
    | читайте\ также.* | подписаться.* | подпишитесь.* | поделиться.* | главная | новости | реклама | меню | поиск | войти
    | все\ права\ защищены.* | теги:.* )\W*$""",
    re.I | re.X,
)
_ANNOUNCES_LINK = re.compile(
    r"^\W*(?:breaking news|latest|related|read (?:more|also)|see also|trending|читайте также)\W*:?\W*$", re.I
)
_AGE = re.compile(
    r"^\W*\d+\s+(?:min(?:ute)?s?|hours?|days?|weeks?|months?)\b(?!\s+(?:ago|later|before|after|of|in|on|to|for)\b)",
    re.I,
)
_COMMENTS = re.compile(
    r"^\W*(?:\d+\s+)?(?:leave a (?:comment|reply)|(?:reader )?comments?(?:\s*\(?\d+\)?)?|join the (?:discussion|conversation)"
    r"|post a comment|комментарии(?:\s*\(?\d+\)?)?|оставить комментарий|добавить комментарий)\W*$",
    re.I,
)
_COMMENTER = re.compile(
    r"^\W*[\w .'’-]{2,40}\s(?:on\s.{4,30}\ssaid|said on\s.{4,30}|says?|wrote|пишет|написал\w?)\s*:\s*$", re.I
)
_CAPTION = re.compile(
    r"^\W*(?:photo|picture|image|illustration|fig(?:ure)?|credit|source of (?:photo|image)|фото|иллюстрация)\b.{0,120}$",
    re.I,
)
_BYLINE = re.compile(r"^\W*(?:by|author:?|written by|text:?|автор:?|текст:?)\s+\S.{1,60}$", re.I)
_BYLINE_DATED = re.compile(
    r"^\W*(?:by|author|text|автор|текст)\b.{1,100}?\b(?:published|posted|updated|modified|опубликовано|обновлено)\b",
    re.I,
)
_NAME_ONLY = re.compile(r"^\W*[A-ZА-ЯЁ][\w’'-]+(?:\s+[A-ZА-ЯЁ]\.?)?(?:\s+[A-ZА-ЯЁ][\w’'-]+){1,2}\W*$")
_TICKER_WORD = re.compile(
    r"\b(?:open|buy|sell|bid|ask|vol|volume|prev(?:ious)?|close|high|low|chg|change)(?![a-z])", re.I
)
_MOVE = re.compile(r"(?<!\w)[-+−]\s?\d+(?:[.,]\d+)?(?:\s?%|\b(?![-–.\d]))")
_PRICE = re.compile(r"(?<![\w])\d+[.,]\d{1,4}[MBK]?\b")
_ENDS = re.compile(r"[.!?…:;,][\"'”’»)\]]*\s*$")
_STOPS = re.compile(r"[.!?…][\"'”’»)\]]*(?:\s|$)")


class Region(Frozen):
    """A labelled stretch of a document, in raw code points."""

    label: str
    start: int
    end: int


@dataclass
class _Line:
    start: int
    end: int
    text: str
    words: int
    label: str | None = None

    @property
    def prose(self) -> bool:
        """Whether it is a paragraph: long enough, and with the end of a sentence in it."""
        if self.words >= 40:
            return True
        return (self.words >= 12 and bool(_STOPS.search(self.text))) or (
            self.words >= 6 and bool(_ENDS.search(self.text[-60:]))
        )


def _lines(text: str) -> list[_Line]:
    found = []
    for match in re.finditer(r"[^\n]+", text):
        stripped = match[0].strip()
        if stripped:
            start = match.start() + match[0].index(stripped)
            found.append(_Line(start, start + len(stripped), stripped, len(stripped.split())))
    return found


def _ticker(line: _Line) -> bool:
    if line.words > 12:
        return False
    quoted = _MOVE.search(line.text) or (_PRICE.search(line.text) and _TICKER_WORD.search(line.text))
    return bool(quoted) and not _STOPS.search(line.text)


def _by_form(line: _Line) -> str | None:
    """Label what a line's own form tells, wherever it stands."""
    if line.words <= 12 and only_dates(line.text):
        return "date_meta"
    if _ticker(line):
        return "ticker"
    if _CHROME.match(line.text) and line.words <= 14:
        return "menu"
    if _AGE.match(_BULLET.sub("", line.text)) and line.words <= 25:
        return "menu"
    if line.words <= 14 and _CAPTION.match(line.text):
        return "caption"
    if line.words <= 9 and _BYLINE.match(line.text) and not _STOPS.search(line.text.rstrip()):
        return "byline"
    if line.words <= 30 and _BYLINE_DATED.match(line.text) and re.search(r"\d", line.text):
        return "byline"
    return None


def _comments_from(lines: list[_Line], body_start: int) -> int:
    """Give the index of the first line of readers' comments after the article began, or the number of lines."""
    for i in range(body_start + 1, len(lines)):
        if _COMMENTS.match(lines[i].text) or _COMMENTER.match(_BULLET.sub("", lines[i].text)):
            return i
    return len(lines)


def _body_start(lines: list[_Line]) -> int | None:
    """Give the index of the first paragraph that others follow: there the article begins."""
    free = [i for i, line in enumerate(lines) if line.label is None]
    for at, i in enumerate(free):
        if not _opens(lines[i]) or _BULLET.match(lines[i].text):
            continue
        following = [lines[j] for j in free[at + 1 : at + 5]]
        prose = sum(line.prose and not _BULLET.match(line.text) for line in following)
        if prose * 2 >= len(following):
            return _after_lead(lines, i)
    return free[0] if free else None


def _opens(line: _Line) -> bool:
    """Tell whether an article can begin with a line: a paragraph, not a title that asks or exclaims."""
    if line.words >= 40:
        return True
    return (
        line.words >= 8
        and line.prose
        and bool(_ENDS.search(line.text[-60:]))
        and (line.words >= 20 or line.text[-1] not in "?!")
    )


def _after_lead(lines: list[_Line], start: int) -> int:
    """Pass over a lead: a first paragraph that is repeated, or that a byline, date or caption parts from the article."""
    for i in range(start + 1, min(start + 4, len(lines))):
        parted = lines[i].label in ("byline", "date_meta", "caption") or (
            _NAME_ONLY.match(lines[i].text) and lines[i].words <= 4
        )
        if parted or lines[i].text.casefold() == lines[start].text.casefold():
            rest = [j for j in range(i + 1, len(lines)) if lines[j].label is None and lines[j].prose]
            return rest[0] if rest else start
        if lines[i].label is None and lines[i].words >= 40:
            break
    return start


def _title(lines: list[_Line], before: int) -> int | None:
    """Give the index of the title: the likeliest short line before the article's paragraphs."""
    best, best_score = None, 0.0
    folded = [line.text.casefold() for line in lines]
    count = Counter(folded)
    first_free = next((i for i, line in enumerate(lines) if line.label is None), None)
    for i in range(before + 1):
        line = lines[i]
        if line.label is not None or _BULLET.match(line.text) or not 2 <= line.words <= 30:
            continue
        if line.text.endswith((".", "…", ":", ",")) or (
            i == before and line.prose and not line.text.endswith("?")
        ):
            continue
        score = 1.0 + (line.words >= 4) + (line.words <= 20) + (count[folded[i]] > 1) * 2 * (line.words >= 4)
        score += (i == first_free) * 1.0
        score += 1.0 if before - i <= 3 else 0.0
        if i and _ANNOUNCES_LINK.match(lines[i - 1].text):
            score -= 4
        if score > best_score:
            best, best_score = i, score
    return best


def _before_body(lines: list[_Line], title: int | None, body: int) -> None:
    seen = set()
    if title is not None:
        lines[title].label = "title"
        seen.add(lines[title].text.casefold())
    for i in range(body):
        line = lines[i]
        if line.label is not None:
            if line.label == "title":
                continue
        elif line.text.casefold() in seen:
            line.label = "duplicate"
        elif title is None or i < title:
            line.label = "menu"
        elif _BULLET.match(line.text) or line.words >= 8:
            line.label = "lead"
        elif _NAME_ONLY.match(line.text) and line.words <= 4:
            line.label = "byline"
        else:
            line.label = "menu" if line.words <= 4 else "lead"
        seen.add(line.text.casefold())


def _body(lines: list[_Line], body: int, stop: int) -> None:
    last = max((i for i in range(body, stop) if lines[i].label is None and lines[i].prose), default=body)
    for i in range(body, stop):
        line = lines[i]
        if line.label in ("menu", "caption", "ticker"):
            continue
        if i <= last:
            line.label = line.label if line.label == "byline" and i > body else "body"
        elif line.label is None:
            line.label = (
                "byline" if _NAME_ONLY.match(line.text) and line.words <= 4 and i == last + 1 else "footer"
            )


def _comments(lines: list[_Line], stop: int) -> None:
    tail = len(lines)
    while tail > stop and (lines[tail - 1].label in ("ticker", "menu") or _furniture(lines[tail - 1])):
        lines[tail - 1].label = lines[tail - 1].label or "menu"
        tail -= 1
    for line in lines[stop:tail]:
        line.label = "comment"


def _furniture(line: _Line) -> bool:
    return bool(_COMMENTS.match(line.text)) or (
        line.words <= 12 and line.label is None and " - " in line.text
    )


def find_regions(reading: Reading) -> tuple[Region, ...]:
    """Label the parts of a document.

    Returns
    -------
    tuple of Region
        In the order of the text; neighbouring lines of one label are one region, in raw code points.
    """
    lines = _lines(reading.text)
    if not lines:
        return ()
    marked = sorted(reading.labels)
    starts = [s for s, _, _ in marked]
    for line in lines:
        i = bisect.bisect_right(starts, line.start) - 1
        given = marked[i][2] if i >= 0 and line.start < marked[i][1] else None
        line.label = given or _by_form(line)
    body = _body_start(lines)
    if body is not None:
        stop = _comments_from(lines, body)
        named = next((i for i, line in enumerate(lines) if line.label == "title"), None)
        title = named if named is not None else _title(lines, body)
        if title == body:
            body += 1
        body = min(body, len(lines))
        # A second paragraph equal to one before it is furniture of the page, not body.
        heads = {line.text.casefold() for line in lines[:body]}
        if body < len(lines) and lines[body].text.casefold() in heads:
            lines[body].label = "duplicate"
            body += 1
        _before_body(lines, title, body)
        _body(lines, body, stop)
        _comments(lines, stop)
    return _merge(lines, reading)


def _merge(lines: list[_Line], reading: Reading) -> tuple[Region, ...]:
    merged: list[tuple[str, int, int]] = []
    for line in lines:
        label = line.label or "footer"
        if merged and merged[-1][0] == label:
            merged[-1] = (label, merged[-1][1], line.end)
        else:
            merged.append((label, line.start, line.end))
    found = []
    for label, start, end in merged:
        raw_start, raw_end = reading.to_raw(start, end)
        found.append(Region(label=label, start=raw_start, end=raw_end))
    return tuple(found)


__all__ = ["LABELS", "Region", "find_regions"]
