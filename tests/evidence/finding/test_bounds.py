"""What words and signs beside a number make of it: a bound, about right, or none of the text's own."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import world
from straits.evidence.finding.quantities import find_quantities
from straits.evidence.ledger.validate import problems_of


def read(text: str) -> list[tuple[float, str, str]]:
    return [(q.value, q.unit, q.op) for q in find_quantities(text)]


@pytest.mark.parametrize(
    ("words", "op"),
    [
        ("more than", ">"), ("well over", ">"), ("in excess of", ">"), ("upwards of", ">"), ("greater than", ">"), (">", ">"),
        ("exceeded", ">"), ("north of", ">"), ("just above", ">"),
        ("less than", "<"), ("just under", "<"), ("fell short of", "<"), ("did not reach", "<"), ("failed to reach", "<"),
        ("has never reached", "<"), ("<", "<"), ("fewer than", "<"), ("will not even reach", "<"),
        ("at least", ">="), ("no less than", ">="), ("not less than", ">="), ("no fewer than", ">="), ("a minimum of", ">="),
        ("as little as", ">="), ("≥", ">="), ("not below", ">="),
        ("up to", "<="), ("at most", "<="), ("not more than", "<="), ("no more than", "<="), ("never more than", "<="),
        ("not exceeding", "<="), ("does not exceed", "<="), ("cannot exceed", "<="), ("as much as", "<="), ("≤", "<="),
        ("didn't exceed", "<="), ("must never surpass", "<="), ("no greater than", "<="), ("not over", "<="),
        ("cannot export more than", "<="), ("has not been more than", "<="), ("did not carry less than", ">="),
        ("did not only lose more than", ">"),
        ("более", ">"), ("более чем", ">"), ("свыше", ">"), ("больше", ">"), ("превысил", ">"), ("более чем на", ">"),
        ("менее", "<"), ("меньше", "<"), ("не достиг", "<"),
        ("не менее", ">="), ("не меньше", ">="), ("как минимум", ">="), ("по меньшей мере", ">="), ("не ниже", ">="),
        ("не более", "<="), ("не больше", "<="), ("не превышает", "<="), ("до", "<="), ("пропускает до", "<="), ("максимум",
        "<="),
    ],
)  # fmt: skip
def test_a_bound_is_no_exact_number(words: str, op: str) -> None:
    """Proves: words of comparison, with their negation, and signs make a bound of the right side, in both languages.

    Without it: "not more than 5 million tonnes" was more than 5 million, and "до 5 млн тонн" exactly that.
    """
    number, unit = ("5 млн тонн", "t") if words[0] in "бсмнпдк" else ("5 million tonnes", "t")
    assert read(f"{words} {number}") == [(5e6, unit, op)]
    assert read(f"{words} {'около' if number[2] == 'м' else 'about'} {number}") == [(5e6, unit, op)]


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("5 million tonnes or more", ">="), ("5 million tonnes or less", "<="), ("300 tankers or fewer", "<="), ("$5m-plus",
        ">="),
        ("5 million tonnes at most.", "<="), ("5 million tonnes at least", ">="), ("5 млн тонн и более", ">="),
        ("5 million tonnes a year or more", ">="), ("5 млн тонн или менее", "<="), ("5 million tonnes maximum", "<="),
        ("5 million tonnes or more than that", "="), ("5 million tonnes at least in theory", "="),
        ("5 million tonnes and more", "="),
    ],
)  # fmt: skip
def test_a_bound_may_stand_behind(text: str, op: str) -> None:
    """Proves: "or more" behind a quantity bounds it, and what only looks so does not. Without it: five days or more were five."""
    assert [o for _, _, o in read(text)] == [op]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("снизил подачу до 5 млн кубометров", [(5e6, "m3", "=")]), ("довел экспорт до 67 млн тонн", [(67e6, "t", "=")]),
        ("вырос на 5% до 60 млн тонн", [(5, "%", "="), (60e6, "t", "=")]),
        ("от 5% до 7%", [(5, "%", ">="), (7, "%", "<=")]), ("не более 5-7 млн тонн", [(7e6, "t", "<=")]),
    ],
)  # fmt: skip
def test_up_to_and_to_are_one_word_in_russian(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: a level to which something changed is that level. Without it: output cut to 5 million would be at most that."""
    assert read(text) == found


@pytest.mark.parametrize(
    "words", ["about", "around", "c.", "ca.", "approx.", "~", "≈", "some", "около", "порядка", "примерно"]
)
def test_about(words: str) -> None:
    """Proves: words and signs of about mark a number. Without it: "approx. 5 million" was exact."""
    (q,) = find_quantities(f"{words} 5 {'млн тонн' if words[0] in 'опр' else 'million tonnes'}")
    assert (q.value, q.op, q.approx) == (5e6, "=", True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("not 5 million tonnes but 7 million tonnes", [(7e6, "t", "=")]),
        ("7 million tonnes (not 5 million tonnes)", [(7e6, "t", "=")]),
        ("7 million tonnes instead of 5 million tonnes", [(7e6, "t", "=")]), ("rather than 5 million tonnes", []),
        ("не 5 млн тонн, а 7 млн тонн", [(7e6, "t", "=")]), ("вместо 5 млн тонн", []), ("minus 5%", []), ("+5%", []),
        ("± 5%", []),
        ("5 million ± 0.5 million tonnes", []), ("3 x 80,000 tonnes", []), ("3×80,000 tonnes", []), ("5E+06 tonnes", []),
        ("twice the 5 million tonnes", []), ("half of 60 million tonnes", []), ("three quarters of 60 million tonnes", []),
        ("one point two million tonnes", []), ("at this point 300 tankers waited", [(300, "tanker", "=")]),
        ("nine out of ten tankers", []), ("No. 5 tankers", []),
    ],
)  # fmt: skip
def test_what_the_text_rejects_is_no_quantity(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: a number that the text says it is not, a sign, a factor or a part of another is left out.

    Without it: three loads of 80,000 tonnes were 80,000, and minus 5% was 5%.
    """
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "1 million 250 thousand tonnes", "$3 million 200 thousand", "1 млн 250 тыс. тонн", "5 and a half million tonnes",
        "a half million tonnes", "half million tonnes", "quarter of a million tonnes", "three-quarters of a million tonnes",
        "quarter million tonnes", "multi-million tonnes", "two dozen tankers", "5 dozen tankers", "two score ships",
        "5+ million tonnes", "1 million and 250 thousand tonnes",
    ],
)  # fmt: skip
def test_no_part_of_a_number_in_words(text: str) -> None:
    """Proves: a number that two words of scale, a half or a dozen make is not read by its last word.

    Without it: 1.25 million tonnes were 250,000, half a million a million, and two dozen tankers two.
    """
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "C$5 million",
        "HK$5 million",
        "A$5m",
        "R$5 million",
        "NZ$5m",
        "¥5 billion",
        "CN¥5bn",
        "5 million pounds of coffee",
    ],
)
def test_money_of_others_is_no_money_of_ours(text: str) -> None:
    """Proves: dollars of other countries, a sign of two currencies and pounds of weight are left out.

    Without it: they were US dollars.
    """
    assert read(f"It sold {text} in all.") == []
    assert read(text) == []


def test_words_of_scale_in_russian() -> None:
    """Proves: the whole words multiply as their short forms do. Without it: "3 тысячи тонн" was passed over."""
    for word, value in (
        ("тысячи", 3e3),
        ("тысяч", 3e3),
        ("миллиона", 3e6),
        ("миллиардов", 3e9),
        ("триллиона", 3e12),
        ("трлн", 3e12),
    ):
        assert read(f"продали 3 {word} тонн") == [(value, "t", "=")]


TEXT = (
    "Port report on the year\n\nThe port loaded not more than 5 million tonnes of coal in all, 300 tankers or fewer called, and "
    "the price fell $2 to $83 a barrel. It carried 1.2 million barrels (160,000 tonnes) a day, and annual output fell 5% to 60 "
    "million tonnes in the end. The fee fell to $60 a barrel from $85, and it was open for 30 days.\n"
)


def test_bounds_and_shared_units_pass_the_validator() -> None:
    """Proves: what is read from words beside a span is taken by the check that reads the span again; nothing else is.

    Without it: drafts with a bound or a shared period would be refused by the ledger.
    """
    document, reading = describe(TEXT.encode(), "a.txt", "X", "2021-03-10")
    found = draft(document, reading).quantities
    assert [(q.value, q.unit, q.op) for q in found] == [
        (5e6, "t", "<="), (300, "tanker", "<="), (2, "USD/bbl", "="), (83, "USD/bbl", "="), (1.2e6, "bbl/d", "="),
        (160e3, "t/d", "="), (5, "%", "="), (60e6, "t/y", "="), (60, "USD/bbl", "="), (85, "USD/bbl", "="), (30, "day", "="),
    ]  # fmt: skip
    assert [problems_of(q, TEXT, document, world()) for q in found] == [[]] * len(found)


def test_a_number_with_a_unit_of_its_own_is_no_part_of_another() -> None:
    """Proves: what stands behind an amount in millions and "and" is read. Without it: 30 tankers were a part of 5 billion."""
    assert read("worth $5 billion and 30 tankers") == [(5e9, "USD", "="), (30, "tanker", "=")]
    assert read("5 million and 3 million tonnes") == [(3e6, "t", "=")]


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("lent over 10 years", "="), ("for over 10 years", ">"), ("it took over 10 years", ">"), ("more than 10 years", ">"),
        ("the delay is over 10 years", ">"), ("waited over 10 years", ">"), ("was held over 10 years", ">"),
    ],
)  # fmt: skip
def test_over_a_time_is_during_it(text: str, op: str) -> None:
    """Proves: what goes on over ten years does not last longer. Without it: a loan over 10 years ran for more than ten."""
    assert read(text) == [(10, "year", op)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a profit of -$12 million", []),
        ("a profit of \u2212$12 million", []),
        ("$10 -$12 million", [(1e7, "USD", ">="), (1.2e7, "USD", "<=")]),
        ("$10-$12 million", [(1e7, "USD", ">="), (1.2e7, "USD", "<=")]),
    ],
)
def test_money_behind_a_minus_is_no_amount(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: a minus before a sign of money leaves no amount, and a dash between two of them is that of a range. Without it: a
    loss of 12 million was a gain."""
    assert read(f"The company told of {text} in 2020.") == found
