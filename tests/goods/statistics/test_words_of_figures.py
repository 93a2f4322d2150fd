"""Quoted figures in words: units, currencies, up and down, numbers with groups of three."""

from __future__ import annotations

from pathlib import Path

import pytest

from goods.common import write
from straits import goods
from straits.goods import figures

SERIES = """reporter,flow,partner,period,value_usd
    KZ,X,RU,2021,7000000000
    KZ,X,RU,2022,8800000000"""


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("million USD", (1e6, "USD")), ("USD billion", (1e9, "USD")), ("bn US dollars", (1e9, "USD")),
        ("млрд долл. США", (1e9, "USD")),
        ("US$ million", (1e6, "USD")), ("$bn", (1e9, "USD")), ("тыс. евро", (1e3, "EUR")), ("billion", (1e9, "")),
        ("", (1.0, "")),
        ("%", (1.0, "")), ("million t", None), ("kt", None), ("barrels per day", None),
    ],
)  # fmt: skip
def test_units_of_money(text: str, unit: tuple[float, str] | None) -> None:
    """Proves: words of size and of currency are read in either order and in both languages; what is no money is none.
    Without it: 8.8 bn would be 8.8 dollars, and tonnes would be held against dollars."""
    assert figures.unit_of(text) == unit


@pytest.mark.parametrize(
    ("kind", "fields", "verdict", "why"),
    [
        ("level", {"value_b": 8.8, "unit": "bn USD"}, "consistent", "8.8 bn USD"),
        ("level", {"value_b": 8.8, "unit": "млрд долл."}, "consistent", "8.8"),
        ("level", {"value_b": 8.8, "unit": "billion EUR"}, "undecidable", "the figure is in EUR, the series in USD"),
        ("level", {"value_b": 8.8, "unit": "million t"}, "undecidable", "in million t, the series in money"),
        ("factor", {"factor_claimed": 1.26, "unit": "t"}, "undecidable", "the figure is in t"),
        ("factor", {"factor_claimed": 1.26, "unit": "million EUR"}, "undecidable", "their growth differs by the rate"),
        ("factor", {"factor_claimed": 1.26, "unit": "million USD"}, "consistent", ""),
    ],
)  # fmt: skip
def test_figures_are_held_against_the_same_unit(
    tmp_path: Path, kind: str, fields: dict[str, object], verdict: str, why: str
) -> None:
    """Proves: a level in another currency or in tonnes is not decided by a series in dollars, nor is its growth.
    Without it: a right figure would be contradicted a billion times over, and a wrong one confirmed."""
    row = {
        "claim_id": "c",
        "kind": kind,
        "subject": "Kazakhstan to Russia",
        "statement": "",
        "period_a": "2021",
        "period_b": "2022",
    }
    found = goods.claim([{**row, **fields}], write(tmp_path, "s.csv", SERIES)).table.iloc[0]
    assert found["verdict"] == verdict and why in found["why"], found["why"]


@pytest.mark.parametrize(
    ("statement", "claimed", "new", "verdict"),
    [
        ("Imports fell 3 %, but exports grew by 25.7 %", 1.257, 1257, "consistent"),
        ("Exports grew by 25.7 % while imports fell", 1.257, 1257, "consistent"),
        ("Exports grew by 25.7 % while imports fell", 1.257, 1261, "contradicted"),
        ("a drop of 20.4 %", 0.796, 795.6, "consistent"), ("Fell by 20.4 %", 0.796, 796.4, "consistent"),
        ("сократился на 20,4 %", 0.796, 796, "consistent"), ("plunged 20.4 %", 0.796, 804, "contradicted"),
        ("rose 1,200 %", 13, 13000, "consistent"), ("rose 1 200 %", 13, 13003, "consistent"),
        ("rose 1,200 %", 13, 13100, "contradicted"),
        ("rose by 20 %", 0.8, 800, "undecidable"), ("fell by 20 %", 1.2, 1200, "undecidable"),
        ("grew to 3 % of all trade", 1.26, 1260, "consistent"),
    ],
)  # fmt: skip
def test_growth_in_words(statement: str, claimed: float, new: float, verdict: str) -> None:
    """Proves: of several numbers in per cent the one counts with which the claimed factor agrees; a fall may be told in any word
    and with a capital; a comma may part thousands; words that go the other way than the number decide nothing.
    Without it: a true "exports grew by 25.7 % while imports fell" would be contradicted."""
    row = {"claim_id": "c", "kind": "growth_pct", "subject": "", "statement": statement}
    found = goods.claim(
        [{**row, "value_a": 1000.0001, "value_b": new + 1e-4, "factor_claimed": claimed}]
    ).table.iloc[0]
    assert found["verdict"] == verdict, found["why"]


def test_shares_below_one_per_cent() -> None:
    """Proves: "0.5 %" is half a per cent where the statement writes so, and with unit % alone a half or half a per cent.
    Without it: every share below one per cent would be contradicted."""
    row = {
        "claim_id": "c",
        "kind": "share",
        "subject": "",
        "statement": "0.5 % of all",
        "unit": "%",
        "value_a": 1000.1,
    }
    verdict = lambda more: goods.claim([{**row, "factor_claimed": 0.5, **more}]).table["verdict"].iloc[0]  # noqa: E731
    assert verdict({"value_b": 5.1}) == "consistent" and verdict({"value_b": 500.1}) == "contradicted"
    assert verdict({"value_b": 500.1, "statement": "half"}) == "consistent"
