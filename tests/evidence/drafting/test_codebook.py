"""The written codebook is the one that is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.lexicon import codebook, lexicon

PAGE = Path(__file__).parents[3] / "docs" / "codebook.md"


@pytest.mark.parametrize("name", codebook())
def test_every_type_is_written_down(name):
    """Proves: the page has each type with its label, definition and examples. Without it: coders and code would drift apart."""
    spec = codebook()[name]
    assert (
        f"| `{name}` | {spec['label']} | {spec['definition']} | {'; '.join(spec['examples'])} |"
        in PAGE.read_text(encoding="utf-8")
    )


def test_every_frame_asks_for_what_exists():
    """Proves: classes that frames need are in the word lists. Without it: a misspelt class would silence its frame."""
    known = {
        *lexicon()["classes"],
        "actor",
        "asset",
        "goods",
        "place",
        "somebody",
        "somewhere",
        "money",
        "date",
        "infinitive",
        "speaker",
    }
    for name, spec in codebook().items():
        for frame in spec["frames"]:
            asked = {w.rstrip("<>") for w in (*frame.get("needs", ()), *frame.get("once", ()))}
            assert asked <= known, f"{name}: {asked - known}"


EXAMPLES = {
    "closure": "The ministry halted all loadings at the port.",
    "restriction": "Egypt restricted grain exports.",
    "ban": "Egypt banned the import of wheat.",
    "lifting": "Brazil resumed coal exports.",
    "agreement": "Japan and Egypt signed a memorandum on transit.",
    "investment": "Japan invests in the port.",
    "visit": "Ada Marlow arrived in Tokyo.",
    "meeting": "Ada Marlow held talks with the delegation.",
    "statement": "Ada Marlow announced plans to leave.",
    "refusal": "Egypt refused to supply grain to Japan.",
    "proposal": "Egypt proposed a gas union.",
    "directive": "Ada Marlow instructed the government to build a road.",
    "policy": "Egypt adopted a new law.",
    "inspection": "Inspectors found violations.",
    "legal": "The company filed an appeal.",
    "fine": "The company was fined 30 thousand dollars.",
    "threat": "Egypt threatened Japan with a blockade.",
    "sanction": "Japan imposed sanctions on Egypt.",
    "sanction_risk": "Egypt may fall under secondary sanctions.",
    "route": "Egypt launched an alternative route.",
    "military": "Egypt invaded Brazil.",
    "unrest": "Protests began in the capital.",
    "incident": "A storm damaged the mooring of the terminal.",
    "trade_change": "Coal exports fell by a third.",
}


@pytest.mark.parametrize("name", codebook())
def test_every_type_is_found_in_a_plain_sentence(name):
    """Proves: each type has a sentence from which it is drafted. Without it: a type could be dead and nobody would know."""
    opening = "It was a day like any other in the small town by the sea, and people went to work."
    text = f"A title for it\n\n{opening} {EXAMPLES[name]}\n"
    document, reading = describe(text.encode(), "a.txt", "X", "2021-03-10")
    assert name in {e.type for e in draft(document, reading).events}
