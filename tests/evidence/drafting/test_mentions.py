"""Which names a sentence holds, of what kind, and whom a short form means."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.page import open_page
from straits.evidence.finding.gazetteer import Entry, Gazetteer, with_world

NAMES = with_world(
    Gazetteer((Entry(id="RUR", kind="actor", names=("Ruritania",), adjectives=("Ruritanian",)),))
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Quays are shut in the town, as everybody knows who lives there.", ""),
        ("Keel came to the town, and everybody was glad when they saw Keel again.", "Keel=Keel:name Keel=Keel:name"),
        ("The paper Gazeta.ru told the town that the ships lay still.", "Gazeta.ru=Gazeta.ru:medium"),
        ("The ships passed the Amber Strait on the way to the town.", "Amber_Strait=Amber_Strait:place"),
        ("They met with Energy Minister Boris Keel and with President of Ruritania Ada Marlow in the town.",
         "Boris_Keel=Boris_Keel:person Ruritania=RUR:actor Ada_Marlow=Ada_Marlow:person"),
        ("The Ruritanian President Ada Marlow came, and later Marlow went to the harbour.",
         "Ruritanian=RUR:actor Ada_Marlow=Ada_Marlow:person Marlow=Ada_Marlow:person"),
        ("The Northern Quay Agency (NQA) shut the harbour, and the NQA told nobody.",
         "Northern_Quay_Agency=Northern_Quay_Agency:organisation NQA=Northern_Quay_Agency:organisation "
         "NQA=Northern_Quay_Agency:organisation"),
        ("They saw that the Director came to the town with Mr Vale.", "Vale=Vale:person"),
        ("They saw Boris Keel and Ada Marlow in the town.", "Boris_Keel=Boris_Keel:person Ada_Marlow=Ada_Marlow:person"),
        ("They saw the house of Ada Marlow’s mother in the town.", "Ada_Marlow=Ada_Marlow:person"),
    ],
)  # fmt: skip
def test_names_and_whom_they_mean(text: str, names: str) -> None:
    """Proves: roles, genitive endings and "and" are cut off; the first word of a sentence is a name only if it is one
    elsewhere; a surname and an acronym lead to the full name; a web address is a medium, a strait a place.
    Without it: one person would be two, or a word at the head of a sentence somebody."""
    body = f"Quay talk in the harbour town\n\n{text}\n"
    page = open_page(*describe(body.encode(), "a.txt", "Tide", "2021-03-03"), NAMES)
    found = [
        f"{m.text}={m.id.removeprefix('candidate:')}:{m.kind}".replace(" ", "_")
        for s in page.sentences
        for m in s.mentions
    ]
    assert found == names.split()
    assert all(page.text[m.start : m.end] == m.text for s in page.sentences for m in s.mentions)
