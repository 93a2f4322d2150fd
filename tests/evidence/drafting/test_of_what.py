"""The time, the object and the thing counted that a number has in a sentence of several."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import Drafts, draft

ENGLISH = " The work of the harbour goes on as it did before that day in the region, and that is all that is known of it."
RUSSIAN = " Работа порта идёт так же, как шла до этого дня в регионе, и больше о ней ничего не известно."


def read(sentence: str) -> Drafts:
    rest = RUSSIAN if "а" in sentence else ENGLISH
    text = f"Report on the work of the port\n\n14 September 2022\n\n{sentence}{rest}\n"
    return draft(*describe(text.encode(), "a.txt", "Tide", "2022-09-14"))


@pytest.mark.parametrize(
    ("sentence", "periods"),
    [
        ("Loadings of oil will fall to 4.9 million tonnes in October from 5.3 million tonnes in September.",
         ["2022-10", "2022-09"]),
        ("Turkey imported 5.2 bcm in 2020, 4.7 bcm in 2021 and 6.1 bcm in the first half of 2022.",
         ["2020", "2021", "2022-01/2022-06"]),
        ("The port took 1.9 million tonnes in August, compared with 2.3 million tonnes in August 2021.", ["2022-08", "2021-08"]),
        ("The ministry said on Monday that output would grow by 15,000 tonnes in October.", ["2022-10"]),
        ("The ministry said on Monday that output would grow by 15,000 tonnes.", [None]),
        ("In August exports of oil fell by 8% from July.", ["2022-08"]),
        ("Exports rose by 8% in August to 5 million tonnes.", ["2022-08", "2022-08"]),
        ("Exports in August were 8% below August 2021.", ["2022-08"]),
        ("About 1,000 wagons have stood at the border since the end of August.", [None]),
        ("They extended until 2030 a contract for 30 bcm of gas.", ["2030"]),
        ("The line carries 30 bcm until 2030.", [None]),
        ("The oil leaked 70 km from the town on Tuesday.", [None]),
        ("In 2021 the port took 5 million tonnes, and in 2022 it took 7 million tonnes.", ["2021", "2022"]),
    ],
)  # fmt: skip
def test_each_number_has_its_own_time(sentence: str, periods: list[str | None]) -> None:
    """Proves: a number has the date just behind it, else the one before that is no other number's, and neither the day of
    saying nor the month it is compared with.

    Without it: what was loaded in September stood in October, and the imports of 2021 in 2020.
    """
    assert [q.period and q.period.value for q in read(sentence).quantities] == periods


@pytest.mark.parametrize(
    ("sentence", "objects"),
    [
        ("Of these, 14 million tons were sent to Russia, 2 million tons to Uzbekistan and 1 million tons to Kyrgyzstan.",
         ["RUS", "UZB", "KGZ"]),
        ("It shipped 53 million tonnes from Kazakhstan and 7 million tonnes from Russia.", ["KAZ", "RUS"]),
        ("Kazakhstan sold 5 million tonnes to China and 3 million tonnes to Turkey.", ["KAZ", "KAZ"]),
        ("KZT 92 billion was spent.", [None]),
    ],
)  # fmt: skip
def test_each_number_has_its_own_object(sentence: str, objects: list[str | None]) -> None:
    """Proves: of a list each number is about whom it names, unless one name stands before all; a currency is no object.

    Without it: what went to Uzbekistan was Russia's.
    """
    assert [q.object for q in read(sentence).quantities] == objects


@pytest.mark.parametrize(
    ("sentence", "of"),
    [
        ("About 19 million tons of coal were exported by rail.", "coal"),
        ("About 19 million tons of coal exported by rail are paid.", "coal"),
        ("About 60% of the oil exports of the region pass through it.", "the oil exports of the region"),
        ("The port took 19 million tons of liquefied gas.", "liquefied gas"),
        ("A price of $3 million of fuel per voyage was told.", "fuel"),
    ],
)
def test_what_is_counted_ends_before_the_verb(sentence: str, of: str) -> None:
    """Proves: what is counted are nouns. Without it: there were tons of "coal were exported by rail"."""
    assert [q.of for q in read(sentence).quantities] == [of]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Freight costs $0.35 per tonne-kilometre.", []),
        ("Freight costs $0.35 per tonne-km.", []),
        ("The line carried 5 million tonne-kilometres.", []),
        ("Перевезли 5 млн тонно-километров.", []),
        ("The 2.2 million dwt of tankers wait.", []),
        ("The port was hit three times in May.", []),
        ("Exports grew three times.", [(3.0, "times", "=")]),
        ("They have three times as many ships.", [(3.0, "times", "=")]),
        ("Shipments were 4pc above those of May.", [(4.0, "%", "=")]),
        ("The repair will take from a month and a half to two months.", [(2.0, "month", "<=")]),
        ("It seized 24 tonnes, correcting an earlier figure of 42 tonnes.", [(24.0, "t", "=")]),
        ("Exports were revised to 24 Mt from a previously reported 26 Mt.", [(2.4e7, "t", "=")]),
        ("Работу приостановили на срок до 90 суток.", [(90.0, "day", "<=")]),
        ("Вывоз запрещен на шесть месяцев.", [(6.0, "month", "=")]),
        ("Ремонт займет не менее четырех недель.", [(4.0, "week", ">=")]),
        ("Порт открыли в 18 часов.", []),
        ("Два года назад порт закрыли.", []),
        ("Порт закрыли на два-три дня.", []),
    ],
)
def test_units_and_times(sentence: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: a unit that is multiplied by another is none of the two, how often is no factor, what is taken back is no number,
    and Russian times are read in digits and in words.

    Without it: a price per tonne-kilometre was one per tonne, and 2.2 million dwt were as many tankers.
    """
    assert [(q.value, q.unit, q.op) for q in read(sentence).quantities] == found
