"""Several who act or are acted upon, passives with all their agents, and what is told between commas."""

from __future__ import annotations

import pytest

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
    ],
)  # fmt: skip
def test_all_parties_and_no_others(text: str, kind: str, sources: str, targets: str, modality: str) -> None:
    """Proves: each of several targets and agents is found, by its place in the sentence; a relative clause lends neither its
    subject nor its "not"; what is joined to a circumstance is one.
    Without it: a country under sanctions would be missing from its own event, and another be told to have acted."""
    (found,) = (e for e in drafts(text).events if e.type == kind)
    assert (" ".join(found.sources), " ".join(found.targets), found.modality) == (sources, targets, modality)
