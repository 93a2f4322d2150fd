"""The search for every word of lexicon, codebook and gazetteer at once, and what a word means where it is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from straits.errors import MissingExtra
from straits.evidence.finding.gazetteer import Gazetteer
from straits.evidence.finding.lexicon import codebook, forms, lexicon
from straits.evidence.text import fold


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word of the lists means where it is found."""

    kind: str
    """name, goods, cue, class, trigger, modality, speaker or term."""
    key: str
    """Entry id, class, frame or concept."""
    form: str = ""
    """name, adjective, capital; asset or actor; the cue's sort; the trigger's form (verb, noun, phrase)."""
    cased: str = ""
    """The word with its capitals where they matter."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the lists in a text."""

    start: int
    end: int
    meaning: Meaning


class Searcher:
    """Finds every word of lexicon, codebook and gazetteer in one pass (Aho–Corasick)."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        try:
            import ahocorasick
        except ImportError as error:
            raise MissingExtra("drafting by rules", "evidence", error) from None
        words: dict[str, list[Meaning]] = {}

        def add(word: str, meaning: Meaning) -> None:
            known = words.setdefault(fold(word).lower(), [])
            if meaning not in known:
                known.append(meaning)

        for entry in gazetteer.entries:
            for form, names in (
                ("name", entry.names),
                ("adjective", entry.adjectives),
                ("capital", entry.capitals),
            ):
                for name in names:
                    if len(name) > 1:
                        kind = "goods" if entry.kind == "goods" else "name"
                        add(
                            name,
                            Meaning(kind, entry.id, f"{entry.kind}:{form}", name if kind == "name" else ""),
                        )
        _add_words(add)
        _add_frames(add)
        self._automaton = ahocorasick.Automaton()
        for word, meanings in words.items():
            self._automaton.add_word(word, (len(word), tuple(meanings)))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """Give all hits in `text` that stand as whole words, ordered by start, longer first."""
        low = fold(text).lower()
        if len(low) != len(text):
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in fold(text))
        size, hits = len(low), []
        for last, (length, meanings) in self._automaton.iter(low):
            start, end = last - length + 1, last + 1
            if (start and low[start - 1].isalnum()) or (end < size and low[end].isalnum()):
                continue
            raw = text[start:end]
            for meaning in meanings:
                if meaning.cased and not _same_case(raw, meaning.cased):
                    continue
                hits.append(Hit(start, end, meaning))
        hits.sort(key=lambda h: (h.start, h.start - h.end))
        return hits


def _same_case(raw: str, name: str) -> bool:
    if name.isupper() and len(name) <= 6:
        return raw == name
    return raw[0].isupper() if name[0].isupper() else True


def _add_words(add: Any) -> None:
    data = lexicon()
    for sort in ("that", "name"):
        for cue in data["cues"][sort]:
            for form in forms(cue):
                add(form, Meaning("cue", cue, sort))
    for sort in ("according", "noun"):
        for cue in data["cues"][sort]:
            add(cue, Meaning("cue", cue, sort))
    for word in data["speakers"]["words"]:
        add(word, Meaning("speaker", word))
    for name, words in data["classes"].items():
        for word in words:
            add(word, Meaning("class", name))
    for name, words in data["modality"].items():
        for word in words:
            add(word, Meaning("modality", name))


def _add_frames(add: Any) -> None:
    for type_name, spec in codebook().items():
        for number, frame in enumerate(spec.get("frames", ())):
            key = f"{type_name}/{number}"
            for verb in frame.get("verbs", ()):
                base = forms(verb)
                for form in base:
                    add(form, Meaning("trigger", key, "base" if form == base[0] else "verb"))
            for noun in frame.get("nouns", ()):
                add(noun, Meaning("trigger", key, "noun"))
            for phrase in frame.get("phrases", ()):
                add(phrase, Meaning("trigger", key, "phrase"))
