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
