"""HTML as a person reads it: its characters, which of them are furniture of the page, and what the mark-up says of itself.

Tags, scripts, styles and hidden elements are left out, entities resolved, blanks of the source collapsed, and every character
keeps its place in the raw file. An element is furniture by its tag (`nav`) or as a place of readers' comments by its class or
id; but one that holds the article itself (its headline or text) is no furniture, whatever its name says.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

_SILENT = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "canvas", "audio", "video", "object", "textarea")
)  # fmt: skip
_CHROME = frozenset(("nav", "header", "footer", "aside", "menu", "form", "button", "select"))
#: Furniture that may nevertheless be wrapped round the whole page or the article.
_WRAPS = frozenset(("form", "aside", "menu", "nav"))
_BLOCK = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "figcaption",
     "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
     "pre", "section", "summary", "table", "td", "th", "title", "tr", "ul")
)  # fmt: skip
_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "source", "wbr", "area", "base", "col", "embed", "track", "param")
)  # fmt: skip
#: Elements that a second of their kind ends.
_ENDED_BY_NEXT = frozenset(("li", "dd", "dt", "td", "th", "tr", "option"))
_PAGE = frozenset(("html", "head", "body", "main"))
#: What a style of the element itself keeps from the eye: not shown, transparent, without size, or far off the page.
_ZERO = r"\s*:\s*0*(?:0|\.0+)\s*(?:%|[a-z]+)?\s*(?:!|;|$)"
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|(?<![\w-])color\s*:\s*transparent"
    rf"|(?<![\w-])(?:opacity|font-size|max-height|max-width){_ZERO}|clip(?:-path)?\s*:\s*(?:rect\(\s*0|inset\(\s*(?:50|100)%)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{4,}",
    re.I,
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COMMENT_WORD = re.compile(
    r"(?:user|reader|fb|facebook|face|vk|post|blog|article|news|page|j|hyper|all|site|web|un)?comments?"
    r"|comment(?:ers?|list|box(?:es)?|body|text|form|area|section|wrap(?:per)?|content|threads?|items?|author|meta|container|block|holder|feed|"
    r"log|panel|row|tree|stream|system|module|widget|inner|main)"
    r"|kommentare?|comentarios?|commentaires?|komentarz\w*|commenti|disqus|livefyre|viafoura|spotim|openweb|hyvor|giscus|utterances|isso|"
    r"remark|cackle|talkbacks?|guestbook",
)
_TALK_TOKENS = frozenset(
    ("respond", "responses", "replies", "reply-list", "discussion", "discussions", "conversation", "reactions-list",
     "mc-container", "coral-stream", "spot-im", "remark42")
)  # fmt: skip
#: Words beside "comment" that make a name tell a state or a number, not a place of comments.
_STATE = frozenset(
    ("open", "opened", "close", "closed", "enabled", "enable", "disabled", "disable", "off", "no", "has", "have",
     "with", "without", "allow", "allowed", "count", "counts", "counter", "number", "num", "link", "links", "icon",
     "toggle", "btn", "button", "status", "show", "hide", "tone", "type", "category", "cat", "tag", "section",
     "pillar", "is", "jump", "supports", "template")
)  # fmt: skip
_TAG = re.compile(r"<[a-zA-Z/!?]")
_ARTICLE_TYPE = re.compile(r"article|report|posting|blog|webpage|liveblog", re.I)
#: A page may be older than the article on it.
_PAGE_TYPE = re.compile(r"webpage", re.I)
_META = {
    "og:site_name": "outlet",
    "author": "author",
    "article:author": "author",
    "og:title": "title",
}
_META_PUBLISHED = frozenset(
    ("article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "sailthru.date",
     "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "pubdate", "publish-date", "publish_date",
     "publication_date", "publicationdate", "date.published", "cxenseparse:recs:publishtime", "date")
)  # fmt: skip
_META_MODIFIED = frozenset(
    ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified", "lastmod")
)  # fmt: skip
#: Signs of structured data that are read, and objects in it that are looked at.
_MOST_DATA, _MOST_OBJECTS = 500_000, 2_000


def is_comments(names: str) -> bool:
    """Tell whether a class or id (several may stand in `names`) is that of a place of readers' comments."""
    for token in names.split():
        words = [w.lower() for w in _WORDS.findall(token)]
        if token.lower() in _TALK_TOKENS:
            return True
        hits = [w for w in words if _COMMENT_WORD.fullmatch(w)]
        if not hits:
            continue
        if any(w in _STATE for w in words) and not (
            words[-1] in ("section", "list", "wrapper", "container") and words[0] in hits
        ):
            continue
        if words[-1] == "on" or words[:2] == ["post", "type"]:
            continue
        return True
    return False


@dataclass
class _Container:
    """A labelled element."""

    label: str
    parent: int
    wraps: bool
    """Whether it loses its label by holding the article."""
    holds: bool = False


@dataclass
class Stamp:
    """A date that the mark-up gives."""

    kind: str
    """published, modified; time for a `<time>` that says neither."""
    text: str
    source: str
    """meta, data (JSON-LD), time."""


#: What names the date of the last change, and what names any date of the article.
_CHANGED = re.compile(r"modif|updat|revis|обновл|измен|aktualisiert|mis\s+à\s+jour|actualizado")
_TOLD = re.compile(rf"{_CHANGED.pattern}|publi|posted|entry-date|created|issued|опубл")


class Page(HTMLParser):
    """Collects readable characters with their places."""

    def __init__(self, raw: str) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.line_starts = [0, *(m.end() for m in re.finditer("\n", raw))]
        self.pieces: list[str] = []
        self.last = "\n"
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.marks: list[int] = []
        self.containers: list[_Container] = []
        self.stack: list[tuple[str, bool, int]] = []
        self.open: Counter[str] = Counter()
        self.silent = 0
        self.here = -1
        self.headlines = 0
        self.data: list[str] | None = None
        self.has_pre = False
        self.found: dict[str, str] = {}
        self.stamps: list[Stamp] = []

    # ---- characters ----------------------------------------------------------------------------------------------------

    def place(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def _put(self, text: str, starts: range | list[int], ends: range | list[int]) -> None:
        self.pieces.append(text)
        self.starts.extend(starts)
        self.ends.extend(ends)
        self.marks.extend([self.here] * len(text))
        self.last = text[-1]

    def break_line(self) -> None:
        if self.last != "\n":
            at = self.ends[-1]
            self._put("\n", [at], [at])
            self.marks[-1] = -1

    def handle_data(self, data: str) -> None:
        if self.data is not None:
            self.data.append(data)
        if self.silent:
            return
        if (
            self.open["time"]
            and self.stamps
            and self.stamps[-1].kind == "time"
            and _CHANGED.search(data.lower())
        ):
            self.stamps[-1].kind = "modified"
        at = self.place()
        if self.open["pre"]:
            self._put(data, range(at, at + len(data)), range(at + 1, at + len(data) + 1))
            return
        for m in re.finditer(r"[ \t\n\r\f]+|[^ \t\n\r\f]+", data):
            begin, end = at + m.start(), at + m.end()
            if m[0][0] not in " \t\n\r\f":
                self._put(m[0], range(begin, end), range(begin + 1, end + 1))
            elif self.last not in " \n":
                self._put(" ", [begin], [end])

    def handle_entityref(self, name: str) -> None:
        self._entity(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._entity(f"&#{name}")

    def _entity(self, source: str) -> None:
        if self.silent:
            return
        start = self.place()
        end = start + len(source)
        if self.raw[end : end + 1] == ";":
            end += 1
        text = html.unescape(self.raw[start:end])
        if text:
            self._put(text, [start] * len(text), [end] * len(text))

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Pass over `<![…`, which HTML does not have, up to its end, as browsers do; the base class fails on it."""
        end = self.rawdata.find(">", i)
        return end + 1 if end >= 0 else -1

    # ---- elements ------------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag == "meta":
            self._meta(values)
        if tag in _BLOCK:
            self.break_line()
            if self.stack and self.stack[-1][0] == "p":
                self._pop()
        if tag in _VOID:
            return
        if tag in _ENDED_BY_NEXT and self.stack and self.stack[-1][0] == tag:
            self._pop()
        label = self._label(tag, values)
        if tag == "h1":
            self.headlines += 1
        if (tag == "h1" and self.headlines == 1) or values.get("itemprop", "").lower() == "articlebody":
            self._holds_article(comments=True)
        elif tag == "article" and label is None:
            self._holds_article(comments=False)
        quiet = (
            tag in _SILENT
            or "hidden" in values
            or (tag == "dialog" and "open" not in values)
            or bool(_HIDDEN.search(values.get("style", "")))
        )
        self.stack.append((tag, quiet, self.here))
        self.open[tag] += 1
        self.silent += quiet
        self.has_pre |= tag == "pre"
        if label:
            self.containers.append(_Container(label, self.here, tag in _WRAPS or label == "comment"))
            self.here = len(self.containers) - 1
        if tag == "script" and "ld+json" in values.get("type", "").lower():
            self.data = []
        if tag == "time":
            self._time(values)

    def _label(self, tag: str, values: dict[str, str]) -> str | None:
        kind = f"{values.get('itemprop', '')} {values.get('itemtype', '').rsplit('/', 1)[-1]} {values.get('role', '')}".lower()
        if tag not in _PAGE and (
            is_comments(f"{values.get('class', '')} {values.get('id', '')}")
            or any(w in ("comment", "usercomments", "comments") for w in kind.split())
        ):
            return "comment"
        if tag in _CHROME and not self.open["article"]:
            return "menu"
        return {"h1": "title", "title": "menu", "figcaption": "caption"}.get(tag)

    def _holds_article(self, comments: bool) -> None:
        """Mark the elements round this place as holding the article, up to one that is marked (its own are)."""
        at = self.here
        while at >= 0:
            container = self.containers[at]
            if container.label != "comment" or comments:
                if container.holds:
                    return
                container.holds = True
            at = container.parent

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK:
            self.break_line()
        if tag == "script" and self.data is not None:
            self._structured("".join(self.data))
            self.data = None
        if self.open[tag]:
            while self._pop() != tag:
                pass

    def _pop(self) -> str:
        tag, quiet, self.here = self.stack.pop()
        self.open[tag] -= 1
        self.silent -= quiet
        return tag

    # ---- what the page says of itself ----------------------------------------------------------------------------------

    def _meta(self, values: dict[str, str]) -> None:
        content = values.get("content")
        if not content:
            return
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = values.get(attribute, "").lower()
            if name in _META:
                self.found.setdefault(_META[name], content)
            if name in _META_PUBLISHED:
                self.stamps.append(Stamp("published", content, "meta" if name != "date" else "time"))
            elif name in _META_MODIFIED:
                self.stamps.append(Stamp("modified", content, "meta"))

    def _time(self, values: dict[str, str]) -> None:
        if not values.get("datetime") or self.silent:
            return
        said = " ".join(values.get(k, "") for k in ("itemprop", "class", "id", "property")).lower()
        # What its element does not say, the words before it in the line do: "Updated <time>".
        line = "".join(self.pieces[-12:]).rpartition("\n")[2]
        said = said if _TOLD.search(said) else f"{said} {re.split(r'[0-9]', line)[-1].lower()}"
        if any(c == "comment" or c == "menu" for c in self._labels_here()):
            return
        if _CHANGED.search(said):
            kind = "modified"
        elif "pubdate" in values or _TOLD.search(said):
            kind = "published"
        elif self.open["article"] or self.headlines:
            kind = "time"
        else:
            return
        self.stamps.append(Stamp(kind, values["datetime"], "time"))

    def _labels_here(self) -> Iterator[str]:
        # Bounded: a date of the article does not stand in a hundred pieces of furniture.
        at = self.here
        for _ in range(100):
            if at < 0:
                return
            if not (self.containers[at].wraps and self.containers[at].holds):
                yield self.containers[at].label
            at = self.containers[at].parent

    def _structured(self, text: str) -> None:
        """Read JSON-LD: the first object that is an article, those further out first, and pages for want of one."""
        if len(text) > _MOST_DATA:
            return
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            return
        for seen, item in enumerate(waiting):
            if seen >= _MOST_OBJECTS:
                return
            if isinstance(item, list):
                waiting.extend(item)
            if not isinstance(item, dict):
                continue
            kind = str(item.get("@type", ""))[:200]
            if _PAGE_TYPE.search(kind) and item.get("datePublished"):
                self.stamps.append(Stamp("published", str(item["datePublished"]), "page"))
                waiting.append(item.get("mainEntity"))  # what else it holds may be other articles
                continue
            if _ARTICLE_TYPE.search(kind) and item.get("datePublished"):
                self.stamps.append(Stamp("published", str(item["datePublished"]), "data"))
                publisher = item.get("publisher")
                if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                    self.found.setdefault("outlet", publisher["name"])
                return
            waiting.extend(v for v in item.values() if isinstance(v, dict | list))

    # ---- outcome -------------------------------------------------------------------------------------------------------

    def labels(self) -> list[str | None]:
        """Give the label of each container as it holds: comments over all, else the innermost."""
        found: list[str | None] = []
        for container in self.containers:
            outer = found[container.parent] if container.parent >= 0 else None
            own = None if container.wraps and container.holds else container.label
            found.append("comment" if outer == "comment" else own or outer)
        return found


def parse(raw: str) -> Page:
    """Parse HTML text."""
    page = Page(raw)
    page.feed(raw[: _readable_end(raw)])
    page.close()
    return page


def _readable_end(raw: str) -> int:
    """Give where the last whole tag, and the text behind it, ends. A comment or tag that is never closed hides what follows."""
    opened = raw.find("<!--", raw.rfind("-->") + 1)
    end = opened if opened >= 0 else len(raw)
    unclosed = _TAG.search(raw, raw.rfind(">", 0, end) + 1, end)
    return unclosed.start() if unclosed else end


__all__ = ["Page", "Stamp", "is_comments", "parse"]
