"""Events of Russian sentences: the frames of the codebook on a dependency parse by Natasha (`straits[russian]`).

Only sentences in which a trigger of the Russian word list stands are parsed. Subject, object and what depends on them give the
parties, as states where a word of the list or the table of people in office tells one.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from typing import Any

from straits.errors import MissingExtra, StraitsError
from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.finding.lexicon import codebook
from straits.evidence.records import CANDIDATE

#: The version of Natasha whose models these rules were written for.
EXPECTED = "1.6"
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")
_SUBJECTS = ("nsubj", "nsubj:pass")
_OBJECTS = ("obj", "iobj", "obl")
_INSIDE = ("nmod", "amod", "appos", "flat:name", "conj", "compound", "nummod:gov", "nummod", "flat:foreign")


class ModelError(StraitsError, ValueError):
    """The parser is there in another version than the rules need."""


@dataclass(frozen=True)
class RussianEvent:
    """An event that a frame found: places in the readable text, and its fields."""

    type: str
    start: int
    end: int
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    source_states: tuple[str, ...]
    target_states: tuple[str, ...]
    goods: tuple[str, ...]
    modality: str


@functools.cache
def words() -> dict[str, Any]:
    """Give the Russian word list."""
    return tomllib.loads(
        (resources.files("straits.evidence") / "data" / "russian.toml").read_text(encoding="utf-8")
    )


@functools.cache
def _natasha() -> tuple[Any, Any, Any, Any]:
    try:
        import natasha
    except ImportError as error:
        raise MissingExtra("drafting Russian", "russian", error) from None
    found = metadata.version("natasha")
    if not found.startswith(EXPECTED + "."):
        raise ModelError(
            f"natasha: found {found}; expected {EXPECTED}.x, with its models; `pip install 'straits[russian]'` installs it"
        )
    embedding = natasha.NewsEmbedding()
    return (
        natasha.Doc,
        natasha.Segmenter(),
        natasha.NewsMorphTagger(embedding),
        natasha.NewsSyntaxParser(embedding),
    )


def reader() -> str:
    """Give the name and version of the parser, as the origin of drafts names it.

    Raises
    ------
    MissingExtra
        If it is not installed.
    ModelError
        If it is there in another version.
    """
    _natasha()
    return f"natasha {metadata.version('natasha')}"


def is_russian(text: str) -> bool:
    """Tell whether a sentence is in Cyrillic letters for the most part."""
    return len(_CYRILLIC.findall(text)) * 2 > len(re.findall(r"[^\W\d_]", text))


@functools.cache
def _stems(group: str, name: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in words()[group][name]))


@functools.cache
def _triggers() -> re.Pattern[str]:
    stems = sorted({v for frame in words()["frames"] for v in frame["verbs"]}, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, stems)) + r")", re.I)


def russian_events(page: Page, people: Any, published: Any) -> Iterator[tuple[Sentence, RussianEvent]]:
    """Give the events of the Russian sentences of a page, in order."""
    for s in page.sentences:
        text = page.text[s.start : s.end]
        if is_russian(text) and _triggers().search(text):
            for event in _Parse(text, s.start, people, published).events():
                yield s, event


class _Parse:
    """A parsed sentence."""

    def __init__(self, text: str, offset: int, people: Any, published: Any) -> None:
        make, segmenter, tagger, parser = _natasha()
        doc = make(text)
        doc.segment(segmenter)
        doc.tag_morph(tagger)
        doc.parse_syntax(parser)
        self.offset, self.people, self.published = offset, people, published
        self.untrue = (
            re.search(r"\bчто\b.*\bне\s+соответству\w+\s+действительности", text, re.I | re.S) is not None
        )
        self.tokens = {t.id: t for t in doc.tokens}
        self.below: dict[str, list[Any]] = defaultdict(list)
        for t in doc.tokens:
            if t.head_id != t.id:
                self.below[t.head_id].append(t)

    def events(self) -> Iterator[RussianEvent]:
        taken: set[str] = set()
        for frame in words()["frames"]:
            for token in self.tokens.values():
                if (
                    token.id in taken
                    or token.pos not in ("VERB", "ADJ")
                    or not _begins(token.text, frame["verbs"])
                ):
                    continue
                event = self._fire(frame, token)
                if event and not self._governed(token, taken):
                    taken.add(token.id)
                    yield event

    def _governed(self, token: Any, taken: set[str]) -> bool:
        """Tell whether a verb is the content of another event: "threatened to stop"."""
        return token.rel in ("xcomp", "ccomp") and token.head_id in taken

    def _fire(self, frame: dict[str, Any], token: Any) -> RussianEvent | None:
        dependents = [
            t for t in self.below[token.id] if t.rel not in ("punct", "cc", "conj", "advcl", "parataxis")
        ]
        phrase = [w for d in dependents for w in self._subtree(d)]
        if frame.get("needs") and not any(self._meets(need, phrase) for need in frame["needs"]):
            return None
        passive = any(d.rel == "nsubj:pass" for d in dependents)
        subjects = [d for d in dependents if d.rel in _SUBJECTS] or self._shared_subject(token)
        objects = [
            d for d in dependents if d.rel in ("obj", "iobj", "obl", "xcomp", "ccomp") and d not in subjects
        ]
        objects += [
            t for o in objects if o.rel in ("xcomp", "ccomp") for t in self.below[o.id] if t.rel in _OBJECTS
        ]
        acting, undergone = ([], subjects + objects) if passive else (subjects, objects)
        sources, source_states = self._parties(acting, named=True)
        targets, target_states = self._parties(undergone, named=False)
        if codebook()[frame["type"]].get("mutual"):
            with_whom = [
                w for w in phrase if any(c.text.lower() in ("с", "со", "между") for c in self.below[w.id])
            ]
            joined, joined_states = self._parties(with_whom, named=False)
            sources = tuple(dict.fromkeys((*sources, *joined)))
            source_states = tuple(dict.fromkeys((*source_states, *joined_states)))
            targets, target_states = (), ()
        targets = tuple(t for t in targets if t not in sources)
        target_states = tuple(t for t in target_states if t not in source_states)
        goods = tuple(
            g for g in words()["goods"] if any(_stems("goods", g).match(w.text.lower()) for w in phrase)
        )
        return RussianEvent(
            frame["type"], self.offset + token.start, self.offset + token.stop, sources, targets, source_states,
            target_states, goods, self._modality(token),
        )  # fmt: skip

    def _subtree(self, token: Any) -> Iterator[Any]:
        stack, seen = [token], set()
        while stack:
            t = stack.pop()
            if t.id in seen:
                continue
            seen.add(t.id)
            yield t
            stack += self.below[t.id]

    def _shared_subject(self, token: Any) -> list[Any]:
        """Give the subject of the verb to which this one is joined."""
        head = self.tokens.get(token.head_id)
        if (
            token.rel in ("xcomp", "ccomp")
            and head is not None
            and _begins(head.text, words()["modality"]["asked"])
        ):
            # Whom somebody asks to do it does it.
            return [t for t in self.below[head.id] if t.rel in ("obj", "iobj") and t.pos in ("NOUN", "PROPN")]
        if token.rel in ("conj", "xcomp", "advcl") and head is not None:
            return [t for t in self.below[head.id] if t.rel in _SUBJECTS]
        return []

    def _meets(self, need: str, phrase: list[Any]) -> bool:
        if need == "goods":
            return any(_stems("goods", g).match(w.text.lower()) for g in words()["goods"] for w in phrase)
        if need in ("place", "party"):
            return bool(self._states(phrase)) or any(w.pos == "PROPN" for w in phrase)
        return any(_stems("classes", need).match(w.text.lower()) for w in phrase)

    def _states(self, tokens: list[Any]) -> list[str]:
        found = []
        for t in tokens:
            for w in self._subtree(t):
                low = w.text.lower()
                found += [s for s in words()["states"] if _is_state(low, s)]
                if w.pos == "PROPN":
                    found += {p.state for p in self.people.holders(w.text, *self.published)}
        return list(dict.fromkeys(found))

    def _parties(self, tokens: list[Any], named: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the parties of a subject or object: people by name, others as states; with `named`, also who acts for none."""
        ids: list[str] = []
        states: list[str] = []
        for head in tokens:
            for part in (head, *(t for t in self.below[head.id] if t.rel == "conj")):
                own = self._states_of(part)
                name = self._name(part)
                if own:
                    states += own
                    ids += (
                        [CANDIDATE + name]
                        if name and part.pos == "PROPN" and not self._is_country(part)
                        else own
                    )
                elif named and name and not self._is_thing(part):
                    states.append(CANDIDATE + name)
                    ids.append(CANDIDATE + name)
        return tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(states))

    def _is_thing(self, token: Any) -> bool:
        """Tell whether a noun is a flow, a facility or a good, which do not act: "экспорт", "порт"."""
        return token.pos != "PROPN" and any(
            self._meets(need, [token]) for need in ("flow", "facility", "goods")
        )

    def _is_country(self, token: Any) -> bool:
        return any(_is_state(token.text.lower(), s) for s in words()["states"])

    def _states_of(self, token: Any) -> list[str]:
        """Give the states of a noun and of what describes it, without those that are joined to it."""
        inside = [token]
        found: list[str] = []
        while inside:
            t = inside.pop(0)
            low = t.text.lower()
            found += [s for s in words()["states"] if _is_state(low, s)]
            if t.pos == "PROPN":
                found += sorted({p.state for p in self.people.holders(t.text, *self.published)})
            inside += [c for c in self.below[t.id] if c.rel in _INSIDE and c.rel != "conj"]
        return list(dict.fromkeys(found))

    def _name(self, token: Any) -> str | None:
        """Give the words of a name, as they stand: those next to the noun that belong to it."""
        parts = [
            token,
            *(t for t in self._subtree(token) if t.rel in ("flat:name", "appos") and t.pos == "PROPN"),
        ]
        first, last = min(t.start for t in parts), max(t.stop for t in parts)
        joined = " ".join(t.text for t in sorted(parts, key=lambda t: t.start))
        return joined if len(joined) >= last - first - 1 and token.pos in ("NOUN", "PROPN") else None

    def _modality(self, token: Any) -> str:
        near = [token, *self.below[token.id]]
        head = self.tokens.get(token.head_id)
        if head is not None and token.rel == "xcomp":
            near += [head, *self.below[head.id]]
        low = [t.text.lower() for t in near]
        above = self._told_by(token)
        told = words()["modality"]
        if any(_begins(w, told["denials"]) for w in above) or self.untrue:
            return "denied"
        if any(_begins(w, [*told["threats"], *told["asked"]]) for w in above):
            return "hypothetical"
        # "If X does not", "would not": the condition comes first; else "does not mean to" denies, whatever is meant.
        if any(_matches(w, told["conditions"]) for w in low):
            return "hypothetical"
        if "не" in low:
            return "denied"
        future = getattr(token, "feats", None) and token.feats.get("Tense") == "Fut"
        if any(_begins(w, told["agreed"]) for w in above):
            return "planned"
        for name in ("hypothetical", "planned", "denied"):
            if any(_matches(w, told[name]) for w in low) or (name == "planned" and future):
                return name
        return "asserted"

    def _told_by(self, token: Any) -> list[str]:
        """Give the words on which a clause hangs that is told, meant or refused by them ("опроверг, что …", "отказалась …")."""
        found: list[str] = []
        head = self.tokens.get(token.head_id)
        while (
            head is not None
            and len(found) < 4
            and token.rel in ("ccomp", "xcomp", "acl", "csubj", "nmod", "obl", "obj")
        ):
            # "He did not deny that" tells neither.
            if any(t.text.lower() == "не" for t in self.below[head.id]):
                break
            found.append(head.text.lower())
            token, head = head, self.tokens.get(head.head_id)
        return found


def _matches(word: str, stems: list[str]) -> bool:
    return any(word == s if len(s) <= 2 else word.startswith(s) for s in stems)


def _begins(word: str, stems: list[str]) -> bool:
    low = word.lower()
    return any(low.startswith(s) for s in stems)


def _is_state(word: str, state: str) -> bool:
    return any(word == s if len(s) <= 3 else word.startswith(s) for s in words()["states"][state])


__all__ = ["EXPECTED", "ModelError", "RussianEvent", "is_russian", "reader", "russian_events"]
