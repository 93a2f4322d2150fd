"""Quoted figures and mirror gaps: each way in which they are worked out, solved by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goods.common import write
from straits import goods
from straits.goods.refusals import Refusals
from straits.goods.statistics import mirror, verdicts


def told(**fields: object) -> pd.Series:
    """Judge one figure."""
    base = {"claim_id": "c", "kind": "factor", "subject": "", "statement": ""}
    return goods.claim([{**base, **fields}]).table.iloc[0]


@pytest.mark.parametrize(
    ("statement", "claimed", "new", "holds"),
    [
        # Half of the last digit that was written, either way.
        ("rose by 7 %", 1.07, 1075, True), ("rose by 7 %", 1.07, 1077, False), ("rose by 7.0 %", 1.07, 1072, False),
        ("rose by 7,2 per cent", 1.072, 1072.4, True), ("rose by 7,2 %", 1.072, 1073.1, False),
        ("fell by 7 %", 0.93, 925, True), ("declined 7 percent", 0.93, 936, False), ("down −7 %", 0.93, 930, True),
        ("changed by −7 %", 0.93, 930, True), ("changed by -7 %", 0.93, 930, True), ("changed by +7 %", 1.07, 1070, True),
        # What stands before the number is no part of it, and two numbers are a range.
        ("rose by ~7 %", 1.07, 1070, True), ("volume (7 %)", 1.07, 1070, True), ("value/7 %", 1.07, 1070, True),
        ("rose by 10-15 %", 1.12, 1120, True), ("rose by 10–15 %", 1.12, 1160, False), ("fell by 10 to 15 %", 0.88, 880, True),
        ("fell by 10 to 15 %", 0.88, 905, True), ("fell by 10 to 15 %", 0.88, 906, False),
        # No number in per cent: the factor's own last digit.
        ("rose a little", 1.07, 1074, True), ("rose a little", 1.07, 1076, False),
    ],
)  # fmt: skip
def test_growth_in_per_cent(statement: str, claimed: float, new: float, holds: bool) -> None:
    """Proves: growth holds within half of the last digit as it was written, or between two numbers; a sign that belongs to the
    number counts, a hyphen between two does not. Without it: 10-15 % would be a fall of 15 %, and ~7 % an error."""
    # Numbers of the claim with so many digits that they add no slack of their own.
    row = told(
        kind="growth_pct", value_a=1000.0001, value_b=new + 1e-4, factor_claimed=claimed, statement=statement
    )
    assert (row["verdict"] == "consistent") is holds, row["why"]
    assert row["measured"] == pytest.approx(new / 1000, rel=1e-6) and row["claimed"] == claimed


@pytest.mark.parametrize(
    ("statement", "claimed", "measured", "reading"),
    [
        ("3 times", 3, 3.4999, "rounded"), ("3 times", 3, 2.5001, "rounded"), ("3 times", 3, 3.9999, "cut off"),
        ("3 times", 3, 4.0001, ""), ("3 times", 3, 2.4999, ""), ("3.2 times", 3.2, 3.2501, "cut off"), ("3.2 times", 3.2,
        3.3001, ""),
        ("3 times more", 3, 4.4999, "so many times on top"), ("3 times more", 3, 4.5001, ""),
        ("3 times higher", 3, 3.5, "rounded"), ("в 3 раза больше", 3, 4.2, "so many times on top"),
    ],
)  # fmt: skip
def test_readings_of_a_factor(statement: str, claimed: float, measured: float, reading: str) -> None:
    """Proves: rounded to half a last digit, cut off up to a whole one, and so many times on top where the words allow it.
    Without it: 3.9 could not be called "more than 3 times", or 4.5 could."""
    row = {"kind": "factor", "statement": statement}
    found = verdicts._against(row, measured, claimed, "x", measured, measured)
    assert (found.reading, found.verdict == "consistent") == (reading, reading != "")


def test_two_rounded_numbers_allow_a_range() -> None:
    """Proves: 30.7 and 575 allow factors of 574.5 / 30.75 to 575.5 / 30.65; a number that may be nought allows any.
    Without it: the rounding of the figure's own numbers would contradict it."""
    assert verdicts._ratio_range(30.7, 575.0) == pytest.approx((574.5 / 30.75, 575.5 / 30.65))
    assert verdicts._ratio_range(0.5, 0.2) == pytest.approx((0.15 / 0.55, 0.25 / 0.45))
    assert verdicts._ratio_range(0.0, 3.0) == (2.5 / 0.5, float("inf"))
    assert [verdicts._last_digit(number) for number in (13.0, 13.5, 0.125, 1200.0)] == pytest.approx(
        [1, 0.1, 0.001, 1]
    )


def test_own_numbers_against_statistics(tmp_path: Path) -> None:
    """Proves: a figure without a factor is held against the series; one with only a factor is measured by the series, and the
    text says what would be needed; without series it is right for its own numbers, which decides nothing.
    Without it: two numbers of an article would prove each other."""
    path = write(
        tmp_path, "l.csv", "exporter,importer,period,value_eur\nLT,KZ,2021,100000000\nLT,KZ,2022,250000000"
    )
    base = {
        "claim_id": "c",
        "kind": "factor",
        "statement": "",
        "subject": "LT to KZ",
        "period_a": "2021",
        "period_b": "2022",
    }
    rows = [
        {**base, "value_a": 100, "value_b": 251}, {**base, "value_a": 100, "value_b": 260},
        {**base, "factor_claimed": 2.5}, {**base, "factor_claimed": 4},
        {**base, "subject": "LT to KZ of cars", "factor_claimed": 4}, {**base, "subject": "cars", "value_a": 100, "value_b": 200},
        {**base, "subject": "LT to KZ", "period_a": "", "factor_claimed": 4}, {**base, "subject": "Atlantis to KZ",
        "factor_claimed": 4},
        {**base, "subject": "LT-KZ turnover", "factor_claimed": 2.5}, {**base, "subject": "LT to KZ exports",
        "factor_claimed": 2.5},
        {**base, "subject": "LT to KZ hs 854231", "factor_claimed": 2.5},
    ]  # fmt: skip
    table = goods.claim(rows, path).table
    assert table["verdict"].tolist()[:6] == [
        "consistent",
        "contradicted",
        "consistent",
        "contradicted",
        "undecidable",
        "undecidable",
    ]
    assert table["measured"].tolist()[:4] == pytest.approx([2.5] * 4) and table["measured"].iloc[5] == 2.0
    assert "a factor of 4 needs 62.5 million in 2021" in table["why"].iloc[3]
    assert "no series of of cars" in table["why"].iloc[4]
    assert "which periods" in table["why"].iloc[6] and "names no two countries" in table["why"].iloc[7]
    assert table["verdict"].tolist()[6:8] == ["undecidable", "undecidable"]
    assert table["verdict"].tolist()[9] == "consistent" and table["verdict"].tolist()[10] == "undecidable"
    alone = goods.claim([{**base, "value_a": 100, "value_b": 251}]).table.iloc[0]
    assert alone["verdict"] == "undecidable" and "factor 2.51 (+151.0 %)" in alone["why"]


def test_levels_by_hand(tmp_path: Path) -> None:
    """Proves: a level holds within half of its last digit in the unit that it is said in; a subject that names no two countries
    and a year that is not there decide nothing, with why. Without it: the claim would end in an error."""
    path = write(tmp_path, "l.csv", "exporter,importer,period,value_eur\nLT,KZ,2022,2450000000")
    base = {
        "claim_id": "c",
        "kind": "level",
        "statement": "",
        "subject": "LT to KZ",
        "period_b": "2022",
        "unit": "billion EUR",
    }
    rows = [
        {**base, "value_b": 2.45}, {**base, "value_b": 2.5}, {**base, "value_b": 2.39},
        {**base, "value_a": 2.45, "unit": "billion"},
        {**base, "value_b": 2450, "unit": "million EUR"}, {**base, "value_b": 2450000, "unit": "thousand EUR"},
        {**base, "value_b": 2.45, "subject": "cars"}, {**base, "value_b": 2.45, "period_b": "2023"},
    ]  # fmt: skip
    table = goods.claim(rows, path).table
    assert table["verdict"].tolist() == [
        "consistent", "consistent", "contradicted", "consistent", "consistent", "consistent", "undecidable", "undecidable",
    ]  # fmt: skip
    assert table["measured"].tolist()[:6] == pytest.approx([2.45, 2.45, 2.45, 2.45, 2450, 2450000])
    assert "names no two countries" in table["why"].iloc[6] and "no series decides" in table["why"].iloc[7]
    assert goods.claim(rows[:1]).table["why"].tolist() == ["no series is loaded"]


def test_shares_and_parts_by_hand() -> None:
    """Proves: a share in per cent holds within half a per cent as written; a part may exceed its whole by the rounding of
    both and no more; parts that add up say what a factor implies.
    Without it: 31.2 of 31 would be a contradiction."""
    share = {"kind": "share", "value_a": 2000.1, "value_b": 510.1, "unit": "%"}
    assert told(**share, factor_claimed=26)["verdict"] == "consistent"
    row = told(**share, factor_claimed=27)
    assert row["verdict"] == "contradicted" and (row["measured"], row["claimed"]) == pytest.approx(
        (510.1 / 2000.1, 0.27)
    )
    assert told(kind="share", value_a=2000.1, value_b=510.1, factor_claimed=0.26)["verdict"] == "consistent"
    assert told(kind="share", value_a=2000.1, value_b=510.1)["verdict"] == "undecidable"
    assert told(kind="share", value_a=0, value_b=510.1, factor_claimed=0.3)["verdict"] == "undecidable"
    part = {"kind": "part_whole", "value_a": 31, "period_a": "2021", "period_b": "2021-H1"}
    assert [told(**part, value_b=value)["verdict"] for value in (31.5, 31.6, 31.51)] == [
        "consistent", "contradicted", "contradicted"
    ]  # fmt: skip
    assert told(**{**part, "period_b": ""}, value_b=30)["verdict"] == "undecidable"
    assert told(**{**part, "value_a": ""}, value_b=30)["why"] == "part or whole is not given"
    added = {"kind": "sum", "statement": "exports from 6.0 to 6.9, imports 14.2"}
    row = told(**added, value_b=21.2, factor_claimed=2)
    assert row["verdict"] == "consistent" and row["measured"] == pytest.approx(21.1)
    assert row["why"].endswith("a factor of 2 implies 10.6 before")
    # Half a last digit each: 0.05 three times.
    assert [told(**added, value_b=value)["verdict"] for value in (21.2, 21.3)] == [
        "consistent",
        "contradicted",
    ]
    assert told(kind="sum", statement="exports 6.9", value_b=6.9)["verdict"] == "undecidable"
    factor = told(kind="factor", statement="exports 6.9, imports 14.2", value_b=21.1, factor_claimed=2)
    assert factor["verdict"] == "consistent" and factor["measured"] == pytest.approx(21.1)


def records(folder: Path, rows: list[tuple[str, str, float, float]], name: str = "g.csv") -> Path:
    """Write yearly exports of an exporter to KZ and what KZ records: exporter, year, export, import; NaN is no record."""
    lines = ["reporter,partner,flow,period,value_eur"]
    for who, year, out, back in rows:
        lines += [f"{who},KZ,X,{year},{out:.0f}"] if out == out else []
        lines += [f"KZ,{who},M,{year},{back:.0f}"] if back == back else []
    return write(folder, name, "\n".join(lines))


NAN = float("nan")
PAIRS = [
    ("DE", "2019", 100, 80), ("DE", "2020", 200, 180), ("DE", "2021", 300, 150),
    ("LT", "2019", 50, 50), ("LT", "2020", 50, 40), ("LT", "2021", 400, 100),
]  # fmt: skip


def test_gap_by_hand(tmp_path: Path) -> None:
    """Proves: of each pair the raw gap, the ratio over the baseline (not the mean of ratios), the gap against it, the order under
    each, and the sums over exporters with the interval of sums: all resamples of two years, 1/4 of them each year twice.
    Without it: the years' ratios would be averaged, or the intervals of pairs added up."""
    result = goods.gap(records(tmp_path, PAIRS), importer="KZ", level=0.5)
    table = result.table.set_index("exporter")
    assert result.parameters["period"] == "2021" and result.parameters["baseline"] == ["2019", "2020"]
    assert table["raw_gap"].to_dict() == {"LT": 300, "DE": 150} and table["raw_order"].to_dict() == {
        "LT": 1,
        "DE": 2,
    }
    assert table["import_per_export"].to_dict() == {"DE": 0.5, "LT": 0.25}
    assert table["baseline_ratio"].to_dict() == pytest.approx({"DE": 260 / 300, "LT": 0.9})
    own = {"DE": 260 / 300 * 300 - 150, "LT": 0.9 * 400 - 100}
    assert table["own_past_gap"].to_dict() == pytest.approx(own)
    # Both years (half of the resamples), 2019 twice, 2020 twice.
    of = {"DE": [110, 90, 110, 120], "LT": [260, 300, 260, 220]}
    assert of["DE"][0] == pytest.approx(own["DE"])
    for name in ("DE", "LT"):
        low, high = np.percentile([of[name][0], *of[name][1:3], of[name][3]], [25, 75])
        assert table.loc[name, ["low", "high"]].tolist() == pytest.approx([low, high])
    totals = result.tables["totals"].set_index("assumption")
    assert totals["gap"].to_dict() == pytest.approx(
        {"raw": 450, "own past, 2019, 2020": 370, "own past, 2019": 390, "own past, 2020": 340}
    )
    assert totals["first"].tolist() == ["LT"] * 4 and totals["exporters"].tolist() == [2] * 4
    sums = np.percentile([370, 390, 370, 340], [25, 75])
    assert totals.loc["own past, 2019, 2020", ["low", "high"]].tolist() == pytest.approx(sums.tolist())
    assert totals.drop("own past, 2019, 2020")[["low", "high"]].isna().all(axis=None)
    singles = result.tables["baselines"].set_index(["exporter", "baseline"])
    assert singles["gap"].to_dict() == pytest.approx(
        {("DE", "2019, 2020"): 110, ("LT", "2019, 2020"): 260, ("DE", "2019"): 90, ("LT", "2019"): 300, ("DE", "2020"): 120,
         ("LT", "2020"): 220}
    )  # fmt: skip
    assert singles["order"].tolist() == [2, 1, 2, 1, 2, 1]


def test_the_largest_gap_is_told_as_such(tmp_path: Path) -> None:
    """Proves: of gaps of 40, 35 and 35 the sentence says whose is the largest, and does not say that it is most of the sum; of
    one exporter it is all.
    Without it: a country would be said to send most of what it sends the largest third of."""
    even = [
        (who, year, out, into)
        for who, lacks in (("DE", 40), ("LT", 35), ("PL", 35))
        for year, out, into in (("2019", 100, 100), ("2020", 100, 100), ("2021", 100, 100 - lacks))
    ]
    told = goods.gap(records(tmp_path, even), importer="KZ").sentences[0]
    assert "the largest from Germany" in told and "most" not in told
    told = goods.gap(records(tmp_path, even[:3]), importer="KZ").sentences[0]
    assert "all from Germany" in told


def test_gap_of_what_lacks_a_side_or_a_past(tmp_path: Path) -> None:
    """Proves: a pair without a record of one side in one year is left out of every sum and named; so is one that exported
    nothing in the baseline; a file of one side alone and a baseline that cannot be are refused and no table is given.
    Without it: a missing record would be a gap of the whole export, or a sum would be told as if there were no others."""
    more = [*PAIRS, ("PL", "2019", 10, 10), ("PL", "2020", 10, NAN), ("PL", "2021", 10, 10)]
    more += [("IT", "2019", 0, 0), ("IT", "2020", 0, 0), ("IT", "2021", 10, 10)]
    result = goods.gap(records(tmp_path, more), importer="KZ")
    assert sorted(result.table["exporter"]) == ["DE", "LT"] and not len(result.refused)
    notes = result.findings.set_index("code")["found"].to_dict()
    assert (
        "PL" in notes["missing_years"] and "2020" in notes["missing_years"] and "IT" in notes["no_baseline"]
    )
    assert result.tables["totals"]["gap"].iloc[0] == 450
    assert "raw gap 0.00045 million" in result.sentences[0] and "-0" not in result.sentences[0]
    assert "In no sum" in result.sentences[1] and result.sentences[1].endswith(": Poland, Italy.")
    # The importer never records what France says it sends: no pair at all, and the widest gap there is.
    never = [*PAIRS, *(("FR", year, 9_000, NAN) for year in ("2019", "2020", "2021"))]
    told = goods.gap(records(tmp_path, never), importer="KZ")
    assert told.sentences[1].endswith(": France.")
    assert "FR KZ" in told.findings["found"].iloc[0] and told.tables["totals"]["gap"].iloc[0] == 450
    one = goods.gap(records(tmp_path, [(who, year, out, NAN) for who, year, out, _ in PAIRS]), importer="KZ")
    assert one.refused["code"].tolist() == ["one_side"] and not len(one.table)
    for asked, code in (
        ({"baseline": ["2020"]}, "short_baseline"), ({"baseline": ["2020", "2020"]}, "short_baseline"),
        ({"baseline": ["2018", "2020"]}, "missing_months"), ({"baseline": ["2020", "2021"]}, "short_baseline"),
        ({"period": "2023"}, "missing_months"), ({"event": "2020-06-01"}, "short_baseline"),
    ):  # fmt: skip
        refused = goods.gap(records(tmp_path, PAIRS), importer="KZ", **asked)
        assert refused.refused["code"].tolist() == [code] and not len(refused.table), asked
    asked = goods.gap(
        records(tmp_path, PAIRS), importer="KZ", period="2021", event="2021-05-01", baseline=["2020", "2019"]
    )
    assert asked.parameters["baseline"] == ["2019", "2020"] and len(asked.table) == 2


def test_months_become_years_where_they_are_whole(tmp_path: Path) -> None:
    """Proves: twelve months make a year and eleven none; months of one side stand against a year of the other.
    Without it: a year that has not ended would be a gap."""
    months = [f"DE,KZ,X,{year}-{month:02d},10" for year in (2019, 2020, 2021) for month in range(1, 13)]
    years = [f"KZ,DE,M,{year},90" for year in (2019, 2020, 2021)]
    head = "reporter,partner,flow,period,value_eur"
    files = [
        write(tmp_path, "x.csv", "\n".join([head, *months])),
        write(tmp_path, "m.csv", "\n".join([head, *years])),
    ]
    found = goods.gap(files, importer="KZ")
    assert found.table[["export", "import", "raw_gap"]].values.tolist() == [[120.0, 90.0, 30.0]]
    files[0] = write(tmp_path, "x.csv", "\n".join([head, *months[:-1]]))
    assert "2021" not in set(goods.gap(files, importer="KZ").table["period"])


def test_resamples_are_listed_for_few_years_and_drawn_for_many() -> None:
    """Proves: of two years the four resamples, of five all 3,125, of six two thousand draws; each has as many years as there are.
    Without it: an interval of few years would hang on a seed."""
    assert sorted(mirror._resamples(2, 0).tolist()) == [[0, 2], [1, 1], [1, 1], [2, 0]]
    assert mirror._resamples(5, 0).shape == (3125, 5) and mirror._resamples(6, 0).shape == (2000, 6)
    assert (mirror._resamples(6, 3).sum(axis=1) == 6).all()
    assert (mirror._resamples(6, 3) == mirror._resamples(6, 3)).all() and (
        mirror._resamples(6, 3) != mirror._resamples(6, 4)
    ).any()


def test_years_lie_before_the_event_and_the_year_asked_about() -> None:
    """Proves: baseline years lie before the event, and before the year asked about where that is earlier.
    Without it: a year after the event would be the past that it is compared with."""
    sides = pd.DataFrame({"year": ["2017", "2018", "2019", "2020", "2021"]})
    ask = lambda period, event: mirror._years(sides, period, event, None, Refusals())  # noqa: E731
    assert ask(None, None) == ("2021", ["2017", "2018", "2019", "2020"])
    assert ask(None, "2019-03-01") == ("2021", ["2017", "2018"])
    assert ask("2019", "2021") == ("2019", ["2017", "2018"])
