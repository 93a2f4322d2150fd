"""The words and frames that the rules know, read from data."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from importlib import resources
from typing import Any

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
    folder = resources.files("straits.evidence") / "data"
    tables = b"".join((folder / name).read_bytes() for name in ("world.csv", "people.csv"))
    digest = hashlib.sha256(_load("lexicon.toml")[1] + _load("codebook.toml")[1] + tables).hexdigest()[:8]
    return f"{RULES}+{digest}"


#: Number of the rules' code. Raised whenever the same bytes and data would give other drafts.
RULES = 4
