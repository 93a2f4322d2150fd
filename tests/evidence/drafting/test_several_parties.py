"""Several who act or are acted upon, passives with all their agents, and what is told between commas."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import KnownEvent, from_tables, with_world
from straits.evidence.review.known import _reasons

from .test_clauses import drafts


@pytest.mark.parametrize(
    ("text", "kind", "sources", "targets", "modality"),
    [
        # All at whom an act aims, in either voice.
        ("Borduria imposed sanctions on Ruritania, Syldavia and France", "sanction", "BOR", "RUR SYL FRA", "asserted"),
        ("Sanctions were imposed on Ruritania and Syldavia by Borduria and France", "sanction", "BOR FRA", "RUR SYL", "asserted"),
        ("Sanctions on Ruritania were imposed by Borduria, France and Syldavia", "sanction", "BOR FRA SYL", "RUR", "asserted"),
        ("Tankers of Ruritania were attacked by Borduria and Syldavia", "military", "BOR SYL", "RUR", "asserted"),
        ("A company of Ruritania was fined by Borduria for violations", "fine", "BOR", "RUR", "asserted"),
        ("Borduria fined a company of Ruritania for violations", "fine", "BOR", "RUR", "asserted"),
        ("Neither Borduria nor Ruritania closed the North Pipeline terminal", "closure", "BOR RUR", "", "denied"),
        # What is told between commas has a subject of its own, and its own "not".
        ("Ruritania, which Borduria had criticised, closed the port of Aktau", "closure", "RUR", "", "asserted"),
        ("Ruritania, whose president Borduria had invited, banned grain from Syldavia", "ban", "RUR", "", "asserted"),
        ("Borduria, not Syldavia, closed the port of Aktau", "closure", "BOR", "", "asserted"),
        ("The terminal, which Ruritania owns, was closed by Borduria", "closure", "BOR", "", "asserted"),
        # Circumstances go together.
        ("At a forum in Ruritania and Syldavia, Borduria threatened France with a blockade", "threat", "BOR", "FRA", "asserted"),
        ("In Ruritania, Syldavia and France, Borduria imposed sanctions", "sanction", "BOR", "", "asserted"),
        ("In Ruritania, Borduria and Syldavia threatened France with a blockade", "threat", "BOR SYL", "FRA", "asserted"),
        ("Borduria threatened France with a blockade in Ruritania and Syldavia", "threat", "BOR", "FRA", "asserted"),
        # Who tells, who meets meanwhile, and what another verb is about have no part.
        ("According to the old port office of Borduria, the North Pipeline terminal was closed", "closure", "", "", "asserted"),
        ("The North Pipeline terminal was closed during talks between Borduria and Ruritania", "closure", "", "", "asserted"),
        ("Borduria restricted exports of grain, saying it was bound by France", "restriction", "BOR", "", "asserted"),
        ("Borduria restricted exports of grain and refused to help Syldavia", "restriction", "BOR", "", "asserted"),
        ("The North Pipeline terminal was shut, and Syldavia has refused to open it", "closure", "", "", "asserted"),
        ("The North Pipeline terminal was shut", "closure", "", "", "asserted"),
        ("Borduria shut the North Pipeline terminal", "closure", "BOR", "", "asserted"),
        ("Borduria urged Ruritania to reopen the North Pipeline terminal", "lifting", "RUR", "", "hypothetical"),
        ("Borduria disputes that the North Pipeline terminal was closed", "closure", "", "", "denied"),
        ("Borduria refused to comment on the closure of the North Pipeline terminal", "closure", "", "", "asserted"),
        ("Borduria banned imports of LPG by road", "ban", "BOR", "", "asserted"),
        ("Borduria and Syldavia agreed to raise transit through the port of France", "agreement", "BOR SYL", "", "asserted"),
    ],
)  # fmt: skip
def test_all_parties_and_no_others(text: str, kind: str, sources: str, targets: str, modality: str) -> None:
    """Proves: each of several targets and agents is found, by its place in the sentence; a relative clause lends neither its
    subject nor its "not"; what is joined to a circumstance is one.
    Without it: a country under sanctions would be missing from its own event, and another be told to have acted."""
    (found,) = (e for e in drafts(text).events if e.type == kind)
    assert (" ".join(found.sources), " ".join(found.targets), found.modality) == (sources, targets, modality)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("The company of Borduria declined to comment on the closure of the port of Aktau", "refusal", 0),
        ("Borduria declined to answer questions", "refusal", 0),
        ("Borduria refused to answer the demand of Ruritania", "refusal", 1),
        ("Borduria considered exports of grain but dropped the idea", "trade_change", 0),
        ("Exports of grain of Borduria dropped", "trade_change", 1),
        ("If attacks stop, ships may come back to the port of Aktau", "closure", 0),
    ],
)
def test_what_is_no_act(text: str, kind: str, number: int) -> None:
    """Proves: silence refuses nothing, and what stops by itself closes nothing.
    Without it: every company that did not speak to a paper had refused."""
    assert sum(e.type == kind for e in drafts(text + ".").events) == number


def test_where_a_court_sits_is_not_what_it_closes() -> None:
    """Proves: an asset that only places who acts is none of the event's. Without it: a fine was on the port of the court."""
    told = drafts("A court at the North Pipeline terminal fined Borduria 300 thousand dollars.").events
    assert [e.assets for e in told if e.type == "fine"] == [()]
    told = drafts("A court of Borduria closed the North Pipeline terminal.").events
    assert [e.assets for e in told if e.type == "closure"] == [("north",)]


def test_an_authority_acts_for_its_state() -> None:
    """Proves: an authority of a case keeps its id and stands for its state, a company does not; a known event is looked for by
    the authority, not by its state.
    Without it: what a state's inspectors did was no act of that state."""
    rows = [
        {"id": "BOR", "name": "Borduria", "kind": "state"},
        {"id": "SEA", "name": "Seawatch", "kind": "authority", "state": "BOR"},
        {"id": "OIL", "name": "Bordoil", "kind": "company", "state": "BOR"},
    ]
    names = with_world(from_tables({"actors": rows}))
    text = "Quay talk in the harbour town\n\nSeawatch closed the pipeline of the town. Bordoil halted exports of oil.\n"
    first, second = draft(*describe(text.encode(), "a.txt", "Tide", "2021-03-03"), names).events
    assert (first.sources, first.source_states) == (("SEA",), ("BOR",))
    assert (second.sources, second.source_states) == (("OIL",), ("OIL",))
    other = KnownEvent(id="a", kind="closure", title="x", actors=("BOR",))
    own = KnownEvent(id="b", kind="closure", title="x", actors=("SEA", "OIL"))
    assert _reasons(first, other, names.acting)["actors"] == 0.0
    assert _reasons(first, own, names.acting)["actors"] == 0.4
