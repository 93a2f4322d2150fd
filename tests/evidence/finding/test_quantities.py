"""Numbers, ranges, units and periods in running text; every form with its right value, and what is left open with none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.numbers import read_digits, read_words
from straits.evidence.finding.quantities import find_quantities, number
from straits.evidence.ledger.validate import problems_of
from straits.evidence.records import sealed


def read(text: str) -> list[tuple[float, str, str]]:
    return [(q.value, q.unit, q.op) for q in find_quantities(text)]


SIGNS = {
    "thin": "\u2009",
    "narrow": "\u202f",
    "no-break": "\u00a0",
    "figure": "\u2007",
    "comma": ",",
    "apostrophe": "'",
    "curly": "’",
}


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS.keys())
@given(st.integers(0, 10**13))
def test_groups_of_three(sign: str, n: int) -> None:
    """Proves: whatever parts the thousands, the number is whole. Without it: 816 000 was read as its last group, 0."""
    text = f"{n:,}".replace(",", sign)
    assert number(text) == n
    if 0 < n < 10**12:
        assert read(f"moved {text} barrels in all") == [(n, "bbl", "=")]


@given(st.integers(100_000, 10**9))
def test_groups_of_two(n: int) -> None:
    """Proves: lakh and crore groups are read. Without it: 12,34,567 was 567."""
    head, tail = str(n)[:-3], str(n)[-3:]
    pairs = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
    assert number(",".join([*pairs, tail])) == n


@pytest.mark.parametrize(
    ("text", "scaled", "value"),
    [
        ("816.000", None, None), ("0.125", None, 0.125), ("1.250", "million", 1.25), ("3.125", "%", 3.125),
        ("1.234.567,5", None, 1234567.5),
        ("1,234,567.5", None, 1234567.5), ("1 234,5", None, 1234.5), ("12,5", None, 12.5), ("12,345", None, 12345),
        ("12,345", "млн", 12.345),
        ("1.234", "млн", 1.234), ("12.30.45", None, None), ("1,23,45", None, None), ("1'23", None, None),
        ("2021.5", None, 2021.5), ("0,125", None, 0.125),
        ("1234.567", None, 1234.567), ("12·5", None, 12.5),
    ],
)  # fmt: skip
def test_points_and_commas(text: str, scaled: str | None, value: float | None) -> None:
    """Proves: what is certain is read, what could be two numbers is not. Without it: 816.000 t would be 816 t."""
    assert read_digits(text, scaled) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one hundred and fifty", 150), ("twenty-five", 25), ("two and a half million", 2.5e6), ("half a million", 5e5),
        ("a hundred thousand", 1e5),
        ("three hundred forty-two thousand one hundred and five", 342105), ("two million three hundred thousand", 2.3e6),
        ("ten", 10),
        ("five and six", None), ("twenty twelve", None), ("twenty ten", None), ("thousand million", None),
        ("fifteen hundred", 1500),
        ("ninety and", None),
        ("five hundred hundred", None), ("twenty thirty", None), ("one billion two million", 1.002e9), ("three five", None),
        ("twenty hundred", None), ("hundred", 100), ("one hundred and twenty-one", 121), ("a hundred five", 105),
    ],
)  # fmt: skip
def test_numbers_in_words(text: str, value: float | None) -> None:
    """Proves: words are added and multiplied as they are meant. Without it: "one hundred and fifty tonnes" was 50."""
    assert read_words(text) == value


SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SCALE = {
    "hundred": 2, "thousand": 3, "million": 6, "mln": 6, "mn": 6, "billion": 9, "bln": 9, "bn": 9, "trillion": 12,
    "trn": 12, "lakh": 5, "crore": 7, "тыс.": 3, "млн": 6, "млрд": 9,
}  # fmt: skip


def test_every_word_of_number() -> None:
    """Proves: each word has its own value, counted out. Without it: one slip in the list would stay unseen."""
    assert [read_words(w) for w in SMALL.split()] == list(range(1, 20))
    assert [read_words(w) for w in TENS.split()] == list(range(20, 100, 10))
    for word, power in SCALE.items():
        assert read(f"moved 3 {word} barrels") == [(3 * 10**power, "bbl", "=")], word
    assert [read(f"${n}") for n in ("3k", "3m", "3b")] == [[(3 * 10**p, "USD", "=")] for p in (3, 6, 9)]
    vague = {
        "tens": 10,
        "dozens": 12,
        "hundreds": 100,
        "thousands": 10**3,
        "millions": 10**6,
        "billions": 10**9,
    }
    for word, value in vague.items():
        assert read(f"{word} of tankers") == [(value, "tanker", ">=")]
    assert read("hundreds of trillions of dollars") == [(10**14, "USD", ">=")]


LOW, HIGH = ">=", "<="


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("12.8–13.0 bcm", 12.8e9, 13e9, "m3"), ("$38–42 million", 38e6, 42e6, "USD"),
        ("$38 million to $42 million", 38e6, 42e6, "USD"),
        ("$38-$42m", 38e6, 42e6, "USD"), ("US$1.2bn-1.4bn", 1.2e9, 1.4e9, "USD"),
        ("between 5 and 7 million tonnes", 5e6, 7e6, "t"),
        ("between $38 and $42 million", 38e6, 42e6, "USD"), ("from 5 million tonnes to 7 million tonnes", 5e6, 7e6, "t"),
        ("38–42 million dollars", 38e6, 42e6, "USD"),
        ("900,000 to 1 million tonnes", 9e5, 1e6, "t"), ("5-10%", 5, 10, "%"), ("10% to 15%", 10, 15, "%"),
        ("between 10 per cent and 12 per cent", 10, 12, "%"),
        ("30-45 days", 30, 45, "day"), ("two to three million tonnes a year", 2e6, 3e6, "t/y"),
        ("12—14 Mtpa", 12e6, 14e6, "t/y"), ("5 to 10 km", 5, 10, "km"),
        ("1.2 - 1.4 million b/d", 1.2e6, 1.4e6, "bbl/d"), ("ten to twelve tankers", 10, 12, "tanker"),
        ("500 or 600 states", 500, 600, "state"),
        ("1 200–1 400 tonnes", 1200, 1400, "t"), ("€5-6 bn a year", 5e9, 6e9, "EUR/y"), ("2–3 times", 2, 3, "times"),
        ("12,34,567–12,50,000 tonnes", 1234567, 1250000, "t"),
        ("five hundred to six hundred railcars", 500, 600, "railcar"),
        ("5%-7%", 5, 7, "%"), ("5%–7%", 5, 7, "%"), ("5bcm-7bcm", 5e9, 7e9, "m3"), ("5 Mt–7 Mt", 5e6, 7e6, "t"),
        ("5−7 bcm", 5e9, 7e9, "m3"), ("5~7 bcm", 5e9, 7e9, "m3"), ("5…7 bcm", 5e9, 7e9, "m3"), ("5..7 bcm", 5e9, 7e9, "m3"),
        ("5 bcm to 7 bcm a year", 5e9, 7e9, "m3/y"), ("between 5 bcm and 7 bcm a year", 5e9, 7e9, "m3/y"),
        ("5 bcm – 7 bcm of gas a year", 5e9, 7e9, "m3/y"), ("$5 million to $7 million a day", 5e6, 7e6, "USD/d"),
        ("2½–3 million tonnes", 2.5e6, 3e6, "t"), ("5-7 mln. tonnes", 5e6, 7e6, "t"), ("$5-million–$7-million", 5e6, 7e6, "USD"),
        ("$5-million-to-$7-million", 5e6, 7e6, "USD"), ("10-to-12-day", 10, 12, "day"),
    ],
)  # fmt: skip
def test_ranges_are_two_bounds(text: str, low: float, high: float, unit: str) -> None:
    """Proves: a range gives its lower and upper end as bounds, the scale and unit of the second belonging to both.
    Without it: $38–42 million was 38 dollars."""
    assert read(f"about {text}".removeprefix("about ")) == [
        (low, unit, LOW),
        (high, unit, HIGH),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rose from 5 to 7 million tonnes", [(5e6, "t", "="), (7e6, "t", "=")]),
        ("cut from 5 million tonnes to 7 million tonnes", [(5e6, "t", "="), (7e6, "t", "=")]),
        ("fell by 10% to 15 million tonnes", [(10, "%", "="), (15e6, "t", "=")]),
        ("up to 5–7 million tonnes", [(7e6, "t", "<=")]),
        ("more than 5–7 million tonnes", [(5e6, "t", ">=")]),
        ("5 km and 7 km", [(5, "km", "="), (7, "km", "=")]),
        ("moved 15 and 20 tonnes", [(20, "t", "=")]),
        ("20 to 15 percent", [(15, "%", "=")]),
        ("7–5 tonnes", []),
        ("won 3-1 and 2–0", []),
        ("in 2019–2020", []),
        ("650-700,000 barrels", []),
        ("Il-76 tons, G-7 tons and COVID-19 barrels", []),
        ("rose from 5 bcm to 7 bcm a year", [(5e9, "m3/y", "="), (7e9, "m3/y", "=")]),
        ("twenty-five tankers", [(25, "tanker", "=")]),
        ("one in five tankers", []),
        ("$300 per 1,000 cubic metres", []),
        ("−5% and -7% and –8%", []),
        ("10^6 tonnes, 1/2 tonnes", []),
        ("several hundred railcars", [(100, "railcar", ">=")]),
        ("USD 38 million", [(38e6, "USD", "=")]),
        ("67m tonnes and 300k barrels", [(67e6, "t", "="), (3e5, "bbl", "=")]),
        ("5 lakh tonnes and 2 crore tonnes", [(5e5, "t", "="), (2e7, "t", "=")]),
    ],
)
def test_what_is_no_range(text: str, found: list[tuple[float, str, str]]) -> None:
    """Proves: changes, bounds, scores, years, signs and words joined by hyphens are not taken for ranges or other numbers.
    Without it: "from 5 to 7" after "rose" would be an interval."""
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("55,000 MT of wheat", [(55000, "t")]), ("55,000 mt of wheat", [(55000, "t")]), ("1.2 Mt of coal", [(1.2e6, "t")]),
        ("9,999 Mt of it", [(9.999e9, "t")]),
        ("1.2 MT of coal", []), ("999 mt of coal", []), ("1,000 MT of coal", [(1000, "t")]), ("55,000 Mt of wheat", []),
        ("10,000 Mt of it", []),
        ("1.2 million MT", [(1.2e6, "t")]), ("5 kt of coal", [(5000, "t")]), ("loaded 12 kt a day", [(12000, "t/d")]),
        ("exported 15 kt in May", [(15000, "t")]),
        ("sailed at 15 kt", []), ("winds of 35 kt", []), ("stood at 15 kt", []), ("a speed of 15 kt", []), ("35 kt winds", []),
        ("gusts reached 40 kt", []),
        ("500 nautical miles", [(500, "nautical mile")]), ("500 miles", [(500, "mile")]), ("2 GW", [(2000, "MW")]),
        ("2 mw", []), ("3 TWh", [(3e6, "MWh")]),
        ("40 million m³", [(4e7, "m3")]), ("2 tcm", [(2e12, "m3")]), ("300 mcm", [(3e8, "m3")]), ("3 GWh", [(3000, "MWh")]),
        ("3 MWh", [(3, "MWh")]), ("5 MW", [(5, "MW")]),
        ("5 kilotonnes", [(5000, "t")]), ("500 t of wheat", [(500, "t")]), ("5 kg", [(5, "kg")]), ("8 bbl", [(8, "bbl")]),
        ("3 hours", [(3, "hour")]), ("3 weeks", [(3, "week")]),
        ("3 months", [(3, "month")]), ("3 years", [(3, "year")]), ("5 percentage points", [(5, "percentage point")]),
        ("2 TEU", [(2, "TEU")]),
    ],
)  # fmt: skip
def test_units_with_their_case(text: str, found: list[tuple[float, str]]) -> None:
    """Proves: Mt, MT and kt are what they say, or nothing. Without it: 55,000 MT of wheat were 55 thousand million tonnes."""
    assert [(v, u) for v, u, _ in read(text)] == [(v, u) for v, u in found]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("40 mcm/d", 4e7, "m3/d"), ("40 mcm a day", 4e7, "m3/d"), ("40 mcmd", 4e7, "m3/d"), ("12 bcm annually", 12e9, "m3/y"),
        ("12 bcma", 12e9, "m3/y"), ("67 Mt p.a.", 67e6, "t/y"),
        ("5 kt per day", 5e3, "t/d"), ("2 Mt each month", 2e6, "t/month"), ("300 TEU per week", 300, "TEU/week"),
        ("4,500 tpd", 4500, "t/d"), ("4,500 t/d", 4500, "t/d"),
        ("40 million m3/d", 4e7, "m3/d"), ("1.4 million barrels daily", 1.4e6, "bbl/d"),
        ("1.4 million barrels of crude oil per day", 1.4e6, "bbl/d"), ("67 tpa", 67, "t/y"),
        ("400,000 tonnes of crude a month", 4e5, "t/month"), ("67 million tonnes of oil through Russia annually", 67e6, "t/y"),
        ("5 bcm in a year", 5e9, "m3/y"), ("67 ktpa", 67e3, "t/y"),
        ("annual exports of 67 Mt", 67e6, "t/y"), ("daily output of about 1.2 million barrels", 1.2e6, "bbl/d"),
        ("Every year some 67 million tonnes", 67e6, "t/y"),
        ("monthly 5 kt", 5e3, "t/month"), ("a capacity of 67 million tonnes per annum", 67e6, "t/y"),
        ("20 tankers a month", 20, "tanker/month"), ("5 t/h", 5, "t/h"), ("9 t a quarter", 9, "t/quarter"),
        ("$5 million a day", 5e6, "USD/d"), ("$85 a barrel", 85, "USD/bbl"), ("$250 per tonne", 250, "USD/t"),
        ("85 dollars/bbl", 85, "USD/bbl"), ("€30/MWh", 30, "EUR/MWh"), ("$7 per cubic metre", 7, "USD/m3"),
        ("5% a year", 5, "%/y"), ("80 km/h", 80, "km/h"), ("1.2 mb/d", 1.2e6, "bbl/d"), ("1.2 mmb/d", 1.2e6, "bbl/d"),
        ("300 kb/d", 3e5, "bbl/d"), ("300 bpd", 300, "bbl/d"), ("12 Mtpa", 12e6, "t/y"),
        ("1.3 million barrels-a-day", 1.3e6, "bbl/d"), ("67-million-tonne-a-year", 67e6, "t/y"), ("$90-a-barrel", 90, "USD/bbl"),
        ("Annual capacity: 67 Mt", 67e6, "t/y"), ("5 bcm p/a", 5e9, "m3/y"), ("$5-million-a-day", 5e6, "USD/d"),
        ("annual 12 Mt", 12e6, "t/y"), ("2 Mt/mo", 2e6, "t/month"), ("2 Mt/wk", 2e6, "t/week"),
    ],
)  # fmt: skip
def test_rates_keep_their_period(text: str, value: float, unit: str) -> None:
    """Proves: a period is read behind the unit, behind what is measured, and before the number; prices keep what they are of.
    Without it: a daily flow became an amount (17 of 20)."""
    (q,) = find_quantities(f"It had {text}")
    assert (q.value, q.unit) == (value, unit)
    assert q.measure == (
        "price"
        if unit.split("/")[1] in ("bbl", "t", "MWh", "m3") and unit[:3] in ("USD", "EUR")
        else "share"
        if unit == "%/y"
        else "rate"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 Mt, compared with 10 Mt a year earlier", [(12e6, "t"), (10e6, "t")]),
        ("10 Mt a year ago", [(10e6, "t")]),
        ("5 Mt of oil for a year", [(5e6, "t")]),
        ("5 Mt of oil and was closed every day", [(5e6, "t")]),
        ("5 Mt, and 3 kt per day", [(5e6, "t"), (3e3, "t/d")]),
        ("the daily Kommersant reported 5 million tonnes", [(5e6, "t")]),
        ("80% of exports a year", [(80, "%")]),
        ("500 km a day", [(500, "km/d")]),
        ("8 hours a day", []),
        ("3 times a week", []),
        ("$5 a gallon", []),
        ("$5 per unit", []),
        ("30 m3/s", []),
        ("30 cubic metres per second", []),
        ("3 tonnes per capita", []),
    ],
)
def test_periods_that_are_none(text: str, found: list[tuple[float, str]]) -> None:
    """Proves: other times near an amount do not make it a rate, and times of times are left. Without it: last year's amount would
    be a yearly rate."""
    assert [(v, u) for v, u, _ in read(text)] == [(v, u) for v, u in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1٬234 tonnes", [1234]),
        ("1٫5 million tonnes", [1.5e6]),
        ("1.234,5 tonnes", [1234.5]),
        ("2½ million tonnes", [2.5e6]),
        ("½ million tonnes", [5e5]),
        ("5 mln. tonnes", [5e6]),
        ("a $5-million fine", [5e6]),
        ("a €38-billion deal", [38e9]),
        ("1˙234 tonnes", []),
        ("1‧234 tonnes", []),
        ("1_234 tonnes", []),
        ("1&nbsp;234 tonnes", []),
        ("2 1/2 million tonnes", []),
        ("10^6 million tonnes", []),
    ],
)
def test_no_part_of_a_number_is_a_number(text: str, found: list[float]) -> None:
    """Proves: groups, decimals, fractions and scale words of every kind are one number, or none. Without it: 1٬234 tonnes were
    234, two and a half million were a million, and a $5-million fine was five dollars."""
    assert [v for v, *_ in read(text)] == found


def test_what_stands_between_unit_and_period_is_what_is_measured() -> None:
    """Proves: "barrels of crude oil per day" is of crude oil. Without it: the longer span would lose it."""
    (q,) = find_quantities("1.4 million barrels of crude oil per day")
    assert q.of == "crude oil"


SENTENCE = (
    "Port report on the year\n\nThe port loaded 5–7 million tonnes of coal in all, and exports rose from 5 to 7 million "
    "tonnes when the quay was open again for 30–45 days in the summer of that year."
)


def test_ranges_pass_the_validator_only_as_what_they_are() -> None:
    """Proves: both bounds, and both levels of a change, are taken; a range's end as an exact number is refused, and so is another
    number. Without it: a model could turn a range into one number."""
    document, reading = describe(SENTENCE.encode(), "a.txt", "X", "2021-03-10")
    drafts = draft(document, reading)

    def problems(q) -> list[str]:  # type: ignore[no-untyped-def]
        from straits.evidence.finding.gazetteer import world

        return problems_of(q, SENTENCE, document, world())

    assert [(q.value, q.op) for q in drafts.quantities if q.unit == "t"] == [
        (5e6, ">="),
        (7e6, "<="),
        (5e6, "="),
        (7e6, "="),
    ]
    assert all(problems(q) == [] for q in drafts.quantities)
    low = drafts.quantities[0]
    for change in (
        {"op": "="},
        {"op": "<="},
        {"value": 6e6},
        {"unit": "kg"},
        {"measure": "volume"},
        {"value": float("nan")},
    ):
        assert problems(sealed(low.model_copy(update=change))) != [], change
    assert all(e.duration is None for e in drafts.events)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("снизил подачу газа до 5,7 млн кубометров в сутки", (5.7e6, "m3/d", "rate")),
        ("прокачивает 67 млн тонн в год.", (67e6, "t/y", "rate")),
        ("добыла 60 млн тонн в год пандемии", (60e6, "t", "mass")),
        ("получит 1,5 млн баррелей в сутки", (1.5e6, "bbl/d", "rate")),
        ("3 млрд куб. м в год и больше", (3e9, "m3/y", "rate")),
        ("отправляет 60 млн тонн ежегодно", (60e6, "t/y", "rate")),
        ("до 5 млн м³/сутки", (5e6, "m3/d", "rate")),
        ("поставила 20 млн кубометров газа в Румынию", (20e6, "m3", "volume")),
        ("за год добыли 5 млн тонн", (5e6, "t", "mass")),
        ("что на 49% меньше, чем в контракте", (49, "%", "change")),
        ("поставки сократятся на 30%", (30, "%", "change")),
        ("станция обеспечивала 70% потребления", (70, "%", "share")),
        ("доля на 1 января составила 30%", (30, "%", "share")),
        ("поставили 250 тыс. МВт·ч", (250e3, "MWh", "energy")),
        ("станция на 300 МВт", (300, "MW", "energy")),
        ("120 ГВт-ч в месяц", (120e3, "MWh/month", "rate")),
        ("экспорт 5 млн т.", (5e6, "t", "mass")),
        ("2,5 тыс. т/сут", (2500, "t/d", "rate")),
        ("около 15 т. угля", (15, "t", "mass")),
        ("20 тыс. ДФЭ", (20e3, "TEU", "count")),
        ("контракт на 40 млн евро", (40e6, "EUR", "money")),
        ("3 млрд руб.", (3e9, "RUB", "money")),
        ("до 85 евро за МВт·ч", (85, "EUR/MWh", "price")),
        ("по 70 долларов США за баррель", (70, "USD/bbl", "price")),
        ("по 70 долл. США за баррель", (70, "USD/bbl", "price")),
        ("400 долл. за тонну", (400, "USD/t", "price")),
    ],
)
def test_rates_and_changes_in_russian(text: str, found: tuple[float, str, str]) -> None:
    """Proves: a period behind a Russian unit makes a rate, and "by so much" a change; the year of something is no rate.
    Without it: 5.7 million cubic metres a day were an amount, as much as the country had got in all."""
    hits = [(q.value, q.unit, q.measure) for q in find_quantities(text)]
    assert hits[-1] == (pytest.approx(found[0]), *found[1:])


@pytest.mark.parametrize(
    "text",
    [
        "700 долларов за тысячу кубометров",
        "700 долл. за 1000 кубометров",
        "700 долларов США за 1000 кубометров",
        "5 т. е. пять",
        "3 т. н.",
        "50 млн т н.э.",
        "50 млн т у. т.",
        "50 млн тонн условного топлива",
        "50 million tonnes of oil equivalent",
    ],
)
def test_no_amount_in_russian(text: str) -> None:
    """Proves: a price of what has no unit here is no amount of money, nor what it is of an amount of gas; "т. е." is no tonne.
    Without it: 700 dollars would be paid in all, for a thousand cubic metres that were delivered."""
    assert find_quantities(text) == []


@pytest.mark.parametrize(
    ("text", "high", "low", "unit"),
    [
        ("fell from 40 to 32 million cubic meters a day", 40e6, 32e6, "m3/d"),
        ("was cut from 9.5 to 8 million tonnes a year", 9.5e6, 8e6, "t/y"),
        ("down from 67 to 54.3 million tons", 67e6, 54.3e6, "t"), ("dropped from 40 to 32 bcm", 40e9, 32e9, "m3"),
        ("fell from $40 to $32 a barrel", 40, 32, "USD/bbl"), ("fell from five to three million tonnes", 5e6, 3e6, "t"),
        ("declined from 1.2 million to 900,000 barrels a day", 1.2e6, 900e3, "bbl/d"),
        ("fell from 1,200 to 900 vessels a month", 1200, 900, "vessel/month"),
        ("fell from 1,200 to 900 million tonnes", 1.2e9, 9e8, "t"),
    ],
)  # fmt: skip
def test_a_fall_is_two_levels(text: str, high: float, low: float, unit: str) -> None:
    """Proves: what fell from one level to another gives both, each in the scale and unit of the second. Without it: a cut from 40
    to 32 million was one from 40 to 32 million times as much, $40 a barrel was 40 dollars, and 40 bcm was passed over."""
    assert read(text) == [(high, unit, "="), (low, unit, "=")]


def test_a_rise_whose_scale_is_in_doubt() -> None:
    """Proves: of a rise from 900 to 1.2 million only the second is read. Without it: output rose from 900 barrels a day."""
    assert read("rose from 900 to 1.2 million barrels a day") == [(1.2e6, "bbl/d", "=")]
    assert read("lower prices: it rose from 900 to 1.2 million barrels a day") == [(1.2e6, "bbl/d", "=")]
    assert read("rose from 900,000 to 1.2 million barrels a day") == [
        (9e5, "bbl/d", "="),
        (1.2e6, "bbl/d", "="),
    ]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$1.5tn", 1.5e12, "USD"), ("RUB 1.5 trln", 1.5e12, "RUB"), ("$2 mio", 2e6, "USD"), ("€5 Mrd", 5e9, "EUR"),
        ("$3 mld", 3e9, "USD"), ("$4 mlrd", 4e9, "USD"), ("$4 milliards", 4e9, "USD"), ("USD 5 bil", 5e9, "USD"),
        ("$2 MM", 2e6, "USD"), ("€300 thsd", 3e5, "EUR"), ("$4 hundred million", 4e8, "USD"), ("5 mio tonnes", 5e6, "t"),
    ],
)  # fmt: skip
def test_words_of_scale_from_elsewhere(text: str, value: float, unit: str) -> None:
    """Proves: words of scale of offices and markets multiply. Without it: 5 Mrd euros were 5 euros."""
    assert read(f"It cost {text} in all.") == [(value, unit, "=")]


@pytest.mark.parametrize("text", ["$1.5T", "$2.5 mil", "€300 thou", "$1-2T", "$3zn"])
def test_money_of_a_scale_in_doubt_is_not_read(text: str) -> None:
    """Proves: money before letters that may multiply it, by one knows not what, is passed over. Without it: $1.5T was $1.50."""
    assert read(f"It cost {text} in all.") == []
