"""The words and frames that the rules know, read from data, and the search for all of them at once."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from straits.errors import MissingExtra
from straits.evidence.finding.gazetteer import Gazetteer
from straits.evidence.text import fold

_VOWELS = "aeiou"


@functools.cache
def _irregular() -> dict[str, list[str]]:
    return {verb: rest for verb, *rest in (line.split() for line in lexicon()["verbs"]["irregular"])}


@functools.cache
def forms(phrase: str) -> tuple[str, ...]:
    """Give the forms of a verb, or of a phrase that begins with one: `lift` → lift, lifts, lifted, lifting."""
    verb, _, rest = phrase.partition(" ")
    if verb in ("is", "are", "was", "were", "made", "gave", "drew", "drawing", "spoke", "expressed"):
        return (phrase,)
    if verb in _irregular():
        found = [verb, *_irregular()[verb]]
    elif verb.endswith("e"):
        found = [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    elif verb.endswith("y") and verb[-2] not in _VOWELS:
        found = [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    else:
        sibilant = verb.endswith(("s", "x", "z", "ch", "sh"))
        found = [verb, verb + ("es" if sibilant else "s"), verb + "ed", verb + "ing"]
    return tuple(f"{form} {rest}" if rest else form for form in found)


@functools.cache
def _load(name: str) -> tuple[dict[str, Any], bytes]:
    data = (resources.files("straits.evidence") / "data" / name).read_bytes()
    return tomllib.loads(data.decode()), data


def lexicon() -> dict[str, Any]:
    """Give the word lists."""
    return _load("lexicon.toml")[0]


def codebook() -> dict[str, Any]:
    """Give the types of event, each with its definition, its label and its frames."""
    found: dict[str, Any] = _load("codebook.toml")[0]["types"]
    return found


@functools.cache
def vocabulary() -> frozenset[str]:
    """Give the single words of the lists, lower case: triggers in all their forms, classes, goods, speakers."""
    data, found = lexicon(), set()
    for spec in codebook().values():
        for frame in spec.get("frames", ()):
            found |= {w for verb in frame.get("verbs", ()) for form in forms(verb) for w in form.split()}
            found |= {w for n in (*frame.get("nouns", ()), *frame.get("phrases", ())) for w in n.split()}
    for group in (*data["classes"].values(), *data["goods"].values(), data["speakers"]["words"]):
        found |= {w for phrase in group for w in phrase.split()}
    return frozenset(w.lower() for w in found)


@functools.cache
def rules_version() -> str:
    """Give the version of the rules: the number of their code and the hash of their data."""
    world = (resources.files("straits.evidence") / "data" / "world.csv").read_bytes()
    digest = hashlib.sha256(_load("lexicon.toml")[1] + _load("codebook.toml")[1] + world).hexdigest()[:8]
    return f"{RULES}+{digest}"


#: Number of the rules' code. Raised whenever the same bytes and data would give other drafts.
RULES = 2


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
    for cue in data["cues"]["according"]:
        add(cue, Meaning("cue", cue, "according"))
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
