"""Several acts in one clause, nouns of known verbs, and what something is done for."""

from __future__ import annotations

import pytest

from .test_clauses import drafts


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Borduria suspended the loading of oil and blocked the port of the town", ["closure", "closure"]),
        ("Borduria stopped the loading of oil and stopped the ships of the port", ["closure"]),
        ("The new restrictions on exports of grain are felt in the harbour town", ["restriction"]),
        ("The bans on imports of wheat are felt in the whole harbour town", ["ban"]),
        ("Borduria lifted all of the old and hated restrictions on exports of grain", ["lifting"]),
        ("Borduria sent its trucks to block the port of the harbour town", []),
        ("In order to stop the oil exports the trucks of Borduria came", []),
        ("Borduria decided to block the port of the harbour town", ["closure"]),
        ("Borduria ordered the harbour office to close the port of the town", ["directive", "closure"]),
        ("Borduria is going to close the port of the harbour town", ["closure"]),
    ],
)
def test_acts_of_one_clause(text: str, kinds: list[str]) -> None:
    """Proves: two verbs are two acts of one type, one verb twice is one; nouns in either number are acts, but not what another
    act's verb is about; what something is done for ("to block the port") is no act, what is decided, ordered or meant is.
    Without it: acts would be lost or told twice, and aims would be deeds."""
    assert sorted(e.type for e in drafts(text + ".").events) == sorted(kinds)
