"""Indirect speech: asides, nouns of speech, the sentence before, and marks inside it."""

from __future__ import annotations

import pytest

from .test_clauses import KEEL, MARLOW, drafts


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        ("As Boris Keel explained in a long talk with the paper, the harbour of the town is safe.", KEEL,
         "the harbour of the town is safe"),
        ("The harbour of the town is safe for all ships, as Boris Keel has noted.", KEEL,
         "The harbour of the town is safe for all ships"),
        ("The harbour of the town is safe, as Boris Keel has noted, and ships of all sizes come here every day.", KEEL,
         "and ships of all sizes come here every day"),
        ("Everybody heard Boris Keel's remark that the harbour of the town was safe.", KEEL, "the harbour of the town was safe"),
        ("The statement by Ada Marlow that the harbour of the town was safe came late.", MARLOW,
         "the harbour of the town was safe came late"),
        ("The harbour of the town is open again. This was announced by Boris Keel.", KEEL,
         "The harbour of the town is open again"),
        ("The harbour of the town is open again. The news was confirmed in the evening by Ada Marlow.", MARLOW,
         "The harbour of the town is open again"),
        ("The harbour of the town is open again. Boris Keel reported this on Monday.", KEEL,
         "The harbour of the town is open again"),
        ("Boris Keel said that the harbour, a “safe place” for ships, was open again.", KEEL,
         "the harbour, a “safe place” for ships, was open again"),
    ],
)  # fmt: skip
def test_ways_to_tell_in_other_words(text: str, speaker: str, content: str) -> None:
    """Proves: asides before, behind and inside a sentence (the longer part of it), nouns of speech with "that", a source that the
    next sentence names, and marks that do not cut what is told.
    Without it: what somebody said is the outlet's, or half of it is lost."""
    (found,) = drafts(text).claims
    assert (found.form, found.speaker, found.content.exact) == ("indirect", speaker, content)
    assert found.evidence.start <= found.content.start and found.content.end <= found.evidence.end


@pytest.mark.parametrize(
    "text",
    [
        "The harbour of the town is open again. This was built by Boris Keel.",
        "The harbour of the town is open again. Boris Keel said it was safe.",
        "Everybody read Boris Keel's statement on the harbour of the town and of the sea.",
        "The claim that the harbour of the town was safe was believed by nobody.",
        "Nobody works as hard as Boris Keel, and the harbour of the town is safe.",
    ],
)
def test_what_is_no_saying(text: str) -> None:
    """Proves: acts, sentences of another subject, nouns without "that" or without a speaker and comparisons tell no claim of the
    sentence before.
    Without it: every sentence before a name would be somebody's words."""
    assert not any(c.content.exact.startswith("The harbour of the town is open") for c in drafts(text).claims)
    assert not any(c.cue in ("statement", "claim", "as") for c in drafts(text).claims)


@pytest.mark.parametrize(
    "text",
    [
        "The harbour of the town has not been closed to ships, contrary to earlier media reports.",
        "The harbour of the town was closed to all ships, citing Ruritania sanctions.",
        "Neither Boris Keel nor Ada Marlow said that the harbour of the town was closed.",
        "Boris Keel has never said that the harbour of the town was closed.",
    ],
)
def test_what_nobody_says_is_no_claim(text: str) -> None:
    """Proves: who is contradicted, what is cited as a reason and who does not say it speak for nothing.
    Without it: the media denied what they had reported, and both sides said that they were at war."""
    assert drafts(text).claims == []


def test_who_speaks_next_is_not_quoted_by_the_first() -> None:
    """Proves: what one tells ends where another begins to speak.
    Without it: the minister of one state was quoted with the words of the other's."""
    first, second = drafts(
        "Boris Keel said that the harbour of the town was safe, while Ada Marlow complained that 17 wagons were held there."
    ).claims
    assert (first.speaker, first.content.exact) == (KEEL, "the harbour of the town was safe")
    assert (second.speaker, second.content.exact) == (MARLOW, "17 wagons were held there")


def test_he_is_whoever_spoke_last() -> None:
    """Proves: behind somebody who speaks without a name, "he" is not the person named before. Without it: the words of a governor
    were those of a spokesman."""
    found = drafts(
        "Boris Keel said that the harbour of the town was safe. Half of the cargo would be barred, the governor estimated. "
        "The town will not lift its ban on cars, he added."
    ).claims
    assert [c.speaker for c in found] == [KEEL, "candidate:governor", "candidate:governor"]
