"""Names and numbers inside sentences."""

from __future__ import annotations

import pytest

from straits.cli.shared.console import cell
from straits.cli.stress import _recovered
from straits.report import format as fmt
from straits.results.page import _cell
from straits.wording import (
    agreeing,
    as_amount,
    as_money,
    as_whole,
    capital,
    counted,
    in_sentence,
    listed,
    unrounded,
    with_article,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Kazakhstan", "Kazakhstan"),
        ("United States", "the United States"),
        ("European Union", "the European Union"),
        ("EU-27", "the EU-27"),
        ("Netherlands", "the Netherlands"),
        ("Czech Republic", "the Czech Republic"),
        ("Eurasian Economic Union", "the Eurasian Economic Union"),
        ("The Gambia", "The Gambia"),
        ("Ukraine", "Ukraine"),
    ],
)
def test_states_and_alliances_have_their_article(name: str, said: str) -> None:
    """Proves: names stand in a sentence as English has them. Without it: "In 2022 European Union uses 391 bcm"."""
    assert with_article(name) == said


def test_names_inside_sentences() -> None:
    """Proves: a good loses its capital, an abbreviation and an adjective of a state keep it; names are joined by commas and
    "and", by semicolons where a name holds a comma; a text that opens a sentence has a capital.
    Without it: "lng", "russian gas", and lists of which nobody knows where a name ends.
    """
    assert [
        in_sentence(name)
        for name in ("Crude oil", "LNG", "TEU boxes", "Polished rice", "Russian gas", "Urals")
    ] == [
        "crude oil",
        "LNG",
        "TEU boxes",
        "polished rice",
        "Russian gas",
        "Urals",
    ]
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b" and listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["Berths", "Line, eastward"]) == "Berths; Line, eastward"
    assert capital("the largest loss") == "The largest loss" and capital("") == ""


def test_sentences_of_the_command_line_in_a_report() -> None:
    """Proves: minus, per cent, days, money and amounts are written as elsewhere on the page; ids, ranges and dashes stay.
    Without it: one page would write one number in two ways.
    """
    assert fmt.typeset("from 2022-07-02 to 2022-07-30: net -17.77, 7.5% less (-1 to 2)") == (
        "from 2 Jul 2022 to 30 Jul 2022: net \u221217.77, 7.5 % less (\u22121 to 2)"
    )
    assert fmt.typeset(
        "costs 124,500 million USD (8% of 950.2 million USD); 610,000 GWh less, 3 kt, 12,345.6 kt/d"
    ) == ("costs USD 124 billion (8 % of USD 950 million); 610 TWh less, 3 kt, 12,345.6 kt/d")
    assert fmt.typeset(fmt.typeset("-5,005 million USD")) == "USD \u22125 billion"
    assert (
        fmt.typeset("take 13,200 (-4 to 14,000) million USD")
        == "take USD 13.2 billion (USD \u22124 million to USD 14 billion)"
    )
    assert fmt.typeset("+541 million USD, +0 million USD") == "USD +541 million, USD 0"
    for same in ("Kenkiyak-Atyrau", "EU-27", "all-crude", "SPM-1", "2019-2024"):
        assert fmt.typeset(same) == same


def test_marks_that_differ_are_told_apart() -> None:
    """Proves: numbers have as many digits as tell them apart, and three where these do. Without it: an axis of which all marks
    say 12.2."""
    assert fmt.digits_apart([12.18, 12.2, 12.22]) == 4 and fmt.digits_apart([0.0, 5.0, 10.0]) == 3
    assert fmt.number(12.186, fmt.digits_apart([12.186, 12.2157])) == "12.19"


def test_no_amount_is_a_power_of_ten() -> None:
    """Proves: amounts in sentences have four digits that count, however large. Without it: "leaves 1.667e+04 million USD"."""
    assert [as_amount(x) for x in (16668.4, 0.12345, 1234.5, -98765.0, 0.0)] == [
        "16,670",
        "0.1235",
        "1,234",
        "-98,760",
        "0",
    ]


def test_one_is_counted_as_one() -> None:
    """Proves: one of a thing has no plural, large numbers their commas, and parts a plural."""
    assert [counted(n, "row") for n in (0, 1, 2, 1234567)] == ["0 rows", "1 row", "2 rows", "1,234,567 rows"]
    assert [counted(x, "closure") for x in (1.0, 1.5)] == ["1 closure", "1.5 closures"]


def test_verbs_agree_with_names() -> None:
    """Proves: names of many have the verb of many, whatever stands behind them; names with a capital in the end, states and
    organisations have that of one; an article belongs to the head of a name. Without it: "the Houthis withholds"."""
    many = (
        "Houthis (Ansar Allah)", "the Houthis", "Buyers on the open sea", "Coal producers of Ekibastuz", "Large container lines",
        "Shippers and traders of containers", "Petoro and the other owners of gas", "Open Grid Europe and others",
    )  # fmt: skip
    one = (
        "Kazakhstan", "the United States", "Netherlands", "Belarus", "Russian Railways", "Organization of Turkic States", "gas",
        "KazMunayGas", "Polish State Railways", "Bosnia and Herzegovina", "Trinidad and Tobago", "Operation Aspides",
    )  # fmt: skip
    assert {agreeing(name, "withholds") for name in many} == {"withhold"}
    assert {agreeing(name, "withholds") for name in one} == {"withholds"}
    assert [agreeing("Buyers", verb) for verb in ("loses", "has", "goes", "gains")] == [
        "lose",
        "have",
        "go",
        "gain",
    ]
    assert with_article("Buyers in the European Union") == "Buyers in the European Union"
    assert with_article("Houthis (Ansar Allah)") == "the Houthis (Ansar Allah)"
    assert with_article("Republic of the Congo") == "the Republic of the Congo"


def test_no_small_number_is_a_power_of_ten() -> None:
    """Proves: shares and amounts far below one are written out, in sentences, in printed tables and in those of a notebook.
    Without it: a share of exports lost was printed as 1.879e-05.
    """
    assert as_amount(1.8791e-05) == cell(1.8791e-05) == _cell(1.8791e-05) == "0.00001879"
    assert (
        as_amount(float("inf")) == "inf"
        and cell(-0.0003263) == "-0.0003263"
        and as_amount(6e11) == "600,000,000,000"
    )


def test_nothing_has_no_sign() -> None:
    """Proves: nothing, and what is rounded to nothing, is written without a minus.
    Without it: building nothing left "-0 million USD" of value."""
    assert (as_amount(-0.0), as_whole(-0.3), as_amount(-0.3)) == ("0", "0", "-0.3")


def test_small_money_keeps_its_digits() -> None:
    """Proves: millions below a hundred have the digits that count, those above are whole.
    Without it: a loss of 3.57 million was told as 4, at a cost of 0.15, told as 0."""
    assert [as_money(x) for x in (0.15, 3.57, -99.96, 896.4, 12_345.6, -0.0)] == [
        "0.15",
        "3.57",
        "-99.96",
        "896",
        "12,346",
        "0",
    ]


def test_what_a_report_shows_is_rounded_once() -> None:
    """Proves: a sentence of an analysis has all its digits where the report rounds it: 124,526 million are 125 billion, and
    1,284.6 kt less are 1.28 Mt; what is listed without a unit keeps four.
    Without it: 124,526 was told as 124,500 and that, rounded again, as 124 billion, beside a table that says 124,526.
    """
    assert as_amount(124_526.1112) == "124,500" and as_whole(1_284.6) == "1,285"
    with unrounded():
        assert fmt.typeset(f"costs {as_amount(124_526.1112)} million USD") == "costs USD 125 billion"
        assert fmt.typeset(f"is {as_whole(1_284.6)} kt less") == "is 1.28 Mt less"
        assert as_amount(38_537.4, 4) == "38,540"
    assert as_amount(124_526.1112) == "124,500"


def test_containers_are_no_currency() -> None:
    """Proves: millions of boxes stay an amount of boxes. Without it: "Europe uses TEU 47 million of full containers"."""
    told = "uses 47 million TEU, of them 1.79 million TEU from China"
    assert fmt.typeset(told) == told
    assert fmt.typeset("47 million USD") == "USD 47 million"


def test_what_has_no_end_is_a_word_in_printed_tables() -> None:
    """Proves: exports that never recover within the case do so "beyond the period", and a ratio to nothing is unlimited, as in a
    report. Without it: `straits stress` and `straits power leverage` printed "inf".
    """
    assert [_recovered(days) for days in (float("inf"), 78.0, float("nan"))] == [
        "beyond the period",
        "78",
        "–",
    ]
    assert cell(float("inf")) == "unlimited" and cell(float("-inf")) == "-unlimited"
