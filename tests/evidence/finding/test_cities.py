"""Seats of government whose name is an asset's too."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import Entry, Gazetteer, with_world

NAMES = with_world(Gazetteer((Entry(id="baku", kind="asset", names=("Baku",)),)))


@pytest.mark.parametrize(
    ("text", "assets", "states"),
    [
        ("Baku suspended the exports of oil to all its neighbours.", (), ("AZE",)),
        ("The company suspended the exports of oil through the port of Baku.", ("baku",), ()),
        ("The company suspended the exports of oil through the Baku terminal.", ("baku",), ()),
        ("The company suspended the exports of oil in Baku.", (), ()),
    ],
)
def test_a_city_is_an_asset_beside_a_word_for_its_kind(
    text: str, assets: tuple[str, ...], states: tuple[str, ...]
) -> None:
    """Proves: a capital of an asset's name is the state that sits there, or nothing; beside a word for a facility it is the
    asset, and no party.
    Without it: every act of a government would befall its port."""
    document, reading = describe(f"Some Title Here\n\n{text}\n".encode(), "a.txt", "Tide", "2021-03-03")
    (event,) = draft(document, reading, NAMES).events
    assert (event.assets, event.source_states) == (assets, states)
