"""Who does what to whom, when, for how long and how surely, in single sentences; and who says what."""

from __future__ import annotations

from typing import Any

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import Drafts, draft
from straits.evidence.finding.gazetteer import Entry, Gazetteer, with_world

NAMES = with_world(
    Gazetteer(
        (
            Entry(id="RUR", kind="actor", names=("Ruritania",), adjectives=("Ruritanian",)),
            Entry(id="BOR", kind="actor", names=("Borduria",), adjectives=("Bordurian",)),
            Entry(id="SYL", kind="actor", names=("Syldavia",), adjectives=("Syldavian",)),
            Entry(id="north", kind="asset", names=("North Pipeline terminal",)),
        )
    )
)
TAIL = ", and everybody in the harbour town knows about that now."
KEEL, MARLOW = "candidate:Boris Keel", "candidate:Ada Marlow"


def drafts(text: str) -> Drafts:
    body = f"Quay talk in the harbour town\n\n{text}\n"
    return draft(*describe(body.encode(), "a.txt", "Tide", "2021-03-03"), NAMES)


def _only(text: str, kind: str) -> Any:
    (found,) = (e for e in drafts(text).events if e.type == kind)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "sources", "targets", "assets"),
    [
        ("Borduria and Syldavia banned the export of grain to Ruritania", "ban", "BOR SYL", "RUR", ""),
        ("The import of wheat was banned by Borduria", "ban", "BOR", "", ""),
        ("The traders of Syldavia saw that Borduria banned the export of grain to Ruritania", "ban", "BOR", "RUR", ""),
        ("Ruritania closed the port of Aktau and the Aktau refinery", "closure", "RUR", "", "Aktau"),
        ("Borduria closed the North Pipeline terminal after Syldavia lifted the ban on grain", "closure", "BOR", "", "north"),
        ("Borduria closed the North Pipeline terminal after Syldavia lifted the ban on grain", "lifting", "SYL", "", ""),
        ("Borduria refused to recognise the island and offered gas to Ruritania via Syldavia", "proposal", "BOR", "RUR", ""),
        ("Borduria threatened Ruritania with a blockade", "threat", "BOR", "RUR", ""),
        ("Ruritania and Borduria were threatened by Syldavia with a blockade", "threat", "SYL", "RUR BOR", ""),
        ("Boris Keel met with Ada Marlow in Borduria", "meeting", f"{KEEL};{MARLOW}", "", ""),
        ("Boris Keel and Ada Marlow signed an agreement on transit", "agreement", f"{KEEL};{MARLOW}", "", ""),
        ("The visit of Ada Marlow to Borduria lasted for two days", "visit", MARLOW, "BOR", ""),
        ("Ada Marlow’s visit to Borduria lasted for two days", "visit", MARLOW, "BOR", ""),
        ("On the quay of Ruritania the visit to Borduria was the talk of the day", "visit", "", "BOR", ""),
        ("Ada Marlow arrived in Borduria from Syldavia", "visit", MARLOW, "BOR", ""),
    ],
)  # fmt: skip
def test_who_does_what_to_whom(text: str, kind: str, sources: str, targets: str, assets: str) -> None:
    """Proves: subject and object, turned round in the passive; parties joined by "and"; whose visit, and where to;
    each clause its own; a way ("via") is no target; a name that stands with the word for a facility is an asset.
    Without it: an act would be laid at the wrong door."""
    found = _only(text + TAIL, kind)

    def ids(value: str) -> set[str]:
        return set(value.replace(" ", ";").split(";") if ":" not in value else value.split(";")) - {""}

    wanted = {f"candidate:{a}" if a not in ("north", "") else a for a in assets.split(";")} - {""}
    assert (set(found.sources), set(found.targets)) == (ids(sources), ids(targets))
    assert wanted <= set(found.assets) and all(any(w in a for w in wanted) for a in found.assets)


@pytest.mark.parametrize(
    ("text", "kind", "clause"),
    [
        ("The quay was open; “Borduria banned the export of grain to Syldavia” was on the wall.", "ban",
         "Borduria banned the export of grain to Syldavia” was on the wall"),
        ("The quay was open, but Borduria banned the export of grain to Syldavia, which has none.", "ban",
         "but Borduria banned the export of grain to Syldavia"),
        ("Borduria expressed readiness that the states of the bay open the quay.", "statement",
         "Borduria expressed readiness that the states of the bay open the quay"),
        ("Borduria banned the export of grain that the states of the bay had sold.", "ban",
         "Borduria banned the export of grain"),
    ],
)  # fmt: skip
def test_where_a_clause_ends(text: str, kind: str, clause: str) -> None:
    """Proves: an event's evidence is its clause, without the marks and signs at its head; of a statement, what is
    stated belongs to it.
    Without it: an act would be shown by the words of another."""
    assert _only(text, kind).evidence.exact == clause


def test_she_is_the_person_named_before() -> None:
    """Proves: "she" is the person named last in a sentence before; without one nobody acts.
    Without it: a pronoun would be nobody's, or anybody's."""
    said = "Ada Marlow, the president of Ruritania, arrived in Borduria. She banned the export of grain to Syldavia."
    found = _only(said, "ban")
    assert found.sources == (MARLOW,) and found.targets == ("SYL",)
    assert (
        _only("The market fell silent at noon. She banned the export of grain to Syldavia.", "ban").sources
        == ()
    )


@pytest.mark.parametrize(
    ("words", "modality"),
    [
        ("Borduria banned", "asserted"),
        ("Borduria may ban", "hypothetical"),
        ("Borduria could ban", "hypothetical"),
        ("Borduria will ban", "planned"),
        ("Borduria did not ban", "denied"),
        ("Borduria may not ban", "hypothetical"),
        ("Borduria, which will rest soon after a long and hard year of work, banned", "asserted"),
    ],
)
def test_how_surely(words: str, modality: str) -> None:
    """Proves: what may be is hypothetical even where it is denied, what will be planned, what did not happen denied;
    a "will" of another clause is none of the event's.
    Without it: a plan would read as a fact."""
    assert _only(f"{words} the export of grain to Syldavia{TAIL}", "ban").modality == modality


@pytest.mark.parametrize(
    ("text", "day", "duration", "salience"),
    [
        ("Ruritania closed the port of Aktau for 30 days on March 1", "2021-03-01", "P30D", "core"),
        ("Ruritania closed the port of Aktau for about 2 weeks", None, "P2W", "core"),
        ("Ruritania closed the port of Aktau within 3 months", None, None, "core"),
        ("Ruritania closed the port of Aktau for a year", None, None, "core"),
        ("Ruritania closed the port of Aktau until March 9", None, None, "core"),
        ("Ruritania closed the port of Aktau (agreed on March 2) for good", None, None, "core"),
        ("On March 1 Ruritania closed the port of Aktau", "2021-03-01", None, "core"),
        (
            "On March 1, when the wind was high, Ruritania closed the port of Aktau",
            "2021-03-01",
            None,
            "core",
        ),
        (
            "Ruritania closed on March 2 the port of Aktau, where ships lay since March 1",
            "2021-03-02",
            None,
            "core",
        ),
        ("The visit of Ada Marlow to Borduria was long", None, None, "minor"),
        ("The visit of Ada Marlow to Borduria on March 1 was long", "2021-03-01", None, "core"),
    ],
)
def test_when_and_how_long(text: str, day: str | None, duration: str | None, salience: str) -> None:
    """Proves: the day nearest in the clause, or the one at the head of the sentence; not the end of the act and not
    what stands in brackets; a length only where the words say that it lasts; an event told by a noun without a day is
    told in passing.
    Without it: scenarios would begin on the wrong day and last for another time."""
    (found,) = (e for e in drafts(text + TAIL).events if e.type in ("closure", "visit"))
    assert ((found.when and found.when.value), found.duration, found.salience) == (day, duration, salience)
    assert found.evidence.start <= found.trigger.start and found.trigger.end <= found.evidence.end
    if found.duration:
        assert found.duration_text in found.evidence.exact


def test_amounts_and_what_they_are_of() -> None:
    """Proves: an event's amount is the quantity in its words, never its length; a quantity's object is the asset of
    its part of the sentence, else the state; its time the date before it with no other quantity between, or just
    after it; a time has none.
    Without it: a fine would have the size of a cargo, and a flow of one year would stand in another."""
    found = drafts(
        f"The court fined the North Pipeline terminal 300 thousand dollars on March 1, 2021, for 30 days{TAIL}"
    )
    fine = next(e for e in found.events if e.type == "fine")
    money = next(q for q in found.quantities if q.unit == "USD")
    assert (
        fine.amount == money.id
        and (money.value, money.object) == (3e5, "north")
        and fine.assets == ("north",)
    )
    shut = drafts(f"Ruritania closed the port of Aktau for 30 days{TAIL}")
    assert shut.events[0].amount is None and shut.quantities[0].period is None
    took = drafts(
        "In 2020 the North Pipeline terminal of Ruritania took 12 million tons of oil and 4 million tons of grain from Borduria."
    )
    oil, grain = took.quantities
    assert (oil.value, oil.object, oil.period.value) == (1.2e7, "north", "2020")
    assert (grain.value, grain.period) == (4e6, None)
    sold = drafts(
        "Borduria exported 12 million tons of oil in 2020, and people were glad about that in the whole town."
    ).quantities[0]
    assert (sold.object, sold.period.value, sold.evidence.exact) == (
        "BOR",
        "2020",
        "Borduria exported 12 million tons of oil in 2020",
    )


def test_a_date_is_not_what_a_number_is_of() -> None:
    """Proves: in "fell by 8% in 2020" nothing is named of which it is a share, in "8% of the grain" the grain, in "8%
    in grain" as well.
    Without it: a share "of 2020" would stand in the tables."""
    assert (
        drafts("Exports of oil fell by 8% in 2020, as the harbour office of the town told the papers.")
        .quantities[0]
        .of
        is None
    )
    assert (
        drafts("Exports of oil fell by 8% in March 2020, as the harbour office told the papers.")
        .quantities[0]
        .of
        is None
    )
    share = drafts(
        "About 8% of the grain, as the harbour office of the town told the papers, was wet."
    ).quantities[0]
    assert share.of == "the grain"
    sold = drafts(
        "Borduria exported 12 million tons of oil in 2020, and people were glad about that in the whole town."
    )
    assert sold.quantities[0].of == "oil"
    assert (
        drafts("Exports rose by 8% in grain, as the harbour office told the papers.").quantities[0].of
        == "grain"
    )


@pytest.mark.parametrize(
    ("text", "form", "speaker", "words", "content"),
    [
        ("Ada Marlow said that the harbour of the town was safe for ships.", "indirect", MARLOW, "Ada Marlow",
         "the harbour of the town was safe for ships"),
        ("“The harbour of the town is safe,” said Boris Keel, the director.", "direct", KEEL, "Boris Keel",
         "The harbour of the town is safe,"),
        ("Boris Keel went home to the town. “The harbour of the town is safe for ships,” he said.", "direct", KEEL, "he",
         "The harbour of the town is safe for ships,"),
        ("According to the Ministry of Trade, the harbour of the town is safe for ships.", "indirect",
         "candidate:Ministry of Trade", "Ministry of Trade", "the harbour of the town is safe for ships"),
        ("The harbour of the town is safe for ships of all sizes according to the Ministry of Trade.", "indirect",
         "candidate:Ministry of Trade", "Ministry of Trade", "The harbour of the town is safe for ships of all sizes"),
        ("The harbour of the town is safe for ships of all sizes, Boris Keel said on Monday.", "indirect", KEEL, "Boris Keel",
         "The harbour of the town is safe for ships of all sizes"),
        ("As Boris Keel reported earlier, the harbour of the town is safe for ships.", "indirect", KEEL, "Boris Keel",
         "the harbour of the town is safe for ships"),
        ("Boris Keel said the harbour of the town was safe for ships of all sizes.", "indirect", KEEL, "Boris Keel",
         "the harbour of the town was safe for ships of all sizes"),
        ("Boris Keel went home. He said that the harbour of the town was safe for ships.", "indirect", KEEL, "He",
         "the harbour of the town was safe for ships"),
        ("Boris Keel spoke of “a safe place for ships” on Monday.", "fragment", KEEL, "Boris Keel", "a safe place for ships"),
        ("Boris Keel said in a statement that the harbour was safe for ships of all sizes.", "indirect", KEEL, "Boris Keel",
         "the harbour was safe for ships of all sizes"),
    ],
)  # fmt: skip
def test_who_says_what(text: str, form: str, speaker: str, words: str, content: str) -> None:
    """Proves: content, form and speaker of each way to let somebody speak, the speaker before or after, named or
    "he"; fragments are told in passing.
    Without it: words would be put into the wrong mouth, or be the outlet's."""
    (found,) = drafts(text).claims
    assert found.cue in ("say", "according to", "report", "speak of")
    assert (found.form, found.speaker, found.speaker_text, found.content.exact) == (
        form,
        speaker,
        words,
        content,
    )
    assert found.salience == ("minor" if form == "fragment" else "core")
    assert found.evidence.start <= found.content.start and found.content.end <= found.evidence.end


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “safe harbour” was closed on Monday, and Boris Keel went home to the town.",
        "Boris Keel called the harbour “a safe place for ships” on Monday, and went home to the town.",
        "“The harbour of the town is safe for ships” stood on the wall of the quay.",
        "Boris Keel said in the harbour that he would come.",
        "The law says that.",
    ],
)
def test_what_nobody_is_said_to_have_said(text: str) -> None:
    """Proves: names in marks, words on a wall and less than four words are no quotation.
    Without it: marks alone would make somebody say something."""
    assert [c for c in drafts(text).claims if c.form != "indirect" or len(c.content.exact.split()) < 4] == []


def test_the_voice_is_the_innermost() -> None:
    """Proves: an event told inside a quotation has the speaker's voice, one outside it the outlet's, and one that is
    only quoted without day, amount or asset is told in passing.
    Without it: a speaker's word would be the outlet's report."""
    found = drafts(
        "Borduria banned the export of grain to Syldavia. “Syldavia will ban the export of wheat to Ruritania,” said Boris Keel."
    ).events
    assert [(e.voice, e.salience) for e in found if e.type == "ban"] == [("outlet", "core"), (KEEL, "minor")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The start of the war in Borduria was a day like any other for the people.", "military"),
        ("The war of words that a start of trade needs was a day like any other for the people.", ""),
        (
            "The protests of March 1 were known to everybody, and nobody came to the quay on any day.",
            "unrest",
        ),
        (
            "The protests of the harbour town were known to everybody, and nobody came to the quay on March 1.",
            "",
        ),
        ("The quay was open on March 1. The protests of the harbour town were known to everybody there.", ""),
        ("Borduria joined Syldavia in the long row over the quay of the harbour town.", "policy"),
        ("Ada Marlow joined Boris Keel in the long row over the houses of the harbour town.", ""),
        ("The banned goods of Borduria lay on the quay of the town, and nobody knew what to do.", ""),
        ("The suspended loading at the quay of the town was the talk of the day for everybody.", ""),
    ],
)
def test_what_a_frame_needs(text: str, kinds: str) -> None:
    """Proves: a trigger counts with a word of the kind that it needs, near enough, on the side that is asked and in
    its sentence; a participle before its noun tells no act.
    Without it: every mention of a war or a ban would be an event."""
    assert {e.type for e in drafts(text).events} == set(kinds.split())


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("Boris Keel, director, North Pipeline Company, said that the harbour of the town was safe for ships.", KEEL,
         "Boris Keel"),
        ("The North Pipeline Company said that the harbour of the town was safe for ships.",
         "candidate:North Pipeline Company", "North Pipeline Company"),
        ("Experts said that the harbour of the town was safe for ships.", "candidate:experts", "Experts"),
        ("It was on Monday that the experts said that the harbour of the town was safe for ships.", "candidate:experts",
         "the experts"),
    ],
)  # fmt: skip
def test_which_of_several_speaks(text: str, speaker: str, words: str) -> None:
    """Proves: a person speaks before the firm that stands nearer, a firm before a bare noun, and a bare noun with its
    article where nobody is named.
    Without it: a firm would say what its critic said."""
    (found,) = drafts(text).claims
    assert (found.speaker, found.speaker_text, found.voice) == (speaker, words, speaker)


def test_what_is_quoted_is_not_told_twice() -> None:
    """Proves: what is told in own words ends where the marks begin, and what follows the marks is told in own words
    again.
    Without it: one saying would count as two claims, or the second be lost."""
    both = drafts(
        "Boris Keel said that the harbour was safe for all ships, and “it will be safe for a long time,” he added later."
    )
    direct = next(c for c in both.claims if c.form == "fragment")
    indirect = next(c for c in both.claims if c.form == "indirect")
    assert len(both.claims) == 2 and indirect.content.end < direct.content.start
    assert direct.content.exact == "it will be safe for a long time,"
    added = "said Boris Keel and added that the harbour was open for all ships."
    after = drafts(f"“It is safe for a long time,” {added}")
    assert [
        (c.form, c.speaker, c.content.exact) for c in sorted(after.claims, key=lambda c: c.content.start)
    ] == [
        ("direct", KEEL, "It is safe for a long time,"),
        ("indirect", KEEL, "the harbour was open for all ships"),
    ]


@pytest.mark.parametrize(
    ("text", "day", "voice"),
    [
        ("Boris Keel said on Monday that Borduria banned the export of grain to Syldavia.", None, KEEL),
        ("On Monday Boris Keel said that Borduria banned the export of grain to Syldavia.", None, KEEL),
        (
            "Boris Keel said that on Monday Borduria banned the export of grain to Syldavia.",
            "2021-03-01",
            KEEL,
        ),
        (
            "Boris Keel said that Borduria banned the export of grain to Syldavia on March 2.",
            "2021-03-02",
            KEEL,
        ),
        (
            "Boris Keel said on Monday that Borduria banned the export of grain on February 9.",
            "2021-02-09",
            KEEL,
        ),
        (
            "According to Boris Keel, on Monday Borduria banned the export of grain to Syldavia.",
            "2021-03-01",
            KEEL,
        ),
        (
            "According to Boris Keel, Ada Marlow warned that Borduria banned the export of grain.",
            None,
            MARLOW,
        ),
        ("On Monday Borduria banned the export of grain to Syldavia.", "2021-03-01", "outlet"),
    ],
)
def test_the_day_of_saying_is_not_the_day_of_the_act(text: str, day: str | None, voice: str) -> None:
    """Proves: the day on which somebody said it is not the event's; a day inside what is said is; who says it is the
    innermost.
    Without it: a ban would begin on the day of an interview."""
    found = _only(text, "ban")
    assert ((found.when and found.when.value), found.voice) == (day, voice)


def test_an_amount_of_the_next_clause_is_not_the_event_s() -> None:
    """Proves: money that the next clause tells is not the ban's.
    Without it: a ban would have cost what an office was paid."""
    text = "Borduria banned the export of grain to Syldavia, but 5 million dollars were paid to the harbour office."
    assert _only(text, "ban").amount is None and drafts(text).quantities[0].value == 5e6
