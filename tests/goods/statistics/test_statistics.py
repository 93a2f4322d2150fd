"""Growth and gap: solved by hand on small tables, and the numbers of the real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from goods.common import TRADE, real, write
from straits import goods
from straits.goods.spans import months_of

MEMBERS = TRADE / "eu_member_total_exports_monthly.csv.gz"


def monthly(folder: Path, values: dict[str, dict[str, float]], name: str = "m.csv") -> Path:
    """Write exports of members to KZ, by month."""
    lines = [f"{who},KZ,{month},{value:.0f}" for who, by in values.items() for month, value in by.items()]
    return write(folder, name, "\n".join(["reporter,partner,month,value_eur", *lines]))


def year(number: int, value: float, months: int = 12) -> dict[str, float]:
    """Give a value for each of the first months of a year."""
    return {f"{number}-{month:02d}": value for month in range(1, months + 1)}


def test_growth_is_like_for_like(tmp_path: Path) -> None:
    """Proves: a year of eleven months is compared with the same eleven, no amount is given, and the missing month is named.
    Without it: twelve months against eleven would be a fall of 8 % that nobody saw."""
    path = monthly(tmp_path, {"LT": {**year(2021, 10), **year(2022, 20, 11)}})
    result = goods.growth(path, before="2021", after="2022", exporter="LT", importer="KZ")
    assert result.table["growth_pct"].tolist() == [100.0] and result.table["months"].tolist() == [11]
    assert result.table[["value_before", "value_after"]].isna().all(axis=None)
    assert (
        result.refused["code"].tolist() == ["missing_months"] and "2022-12" in result.refused["found"].iloc[0]
    )
    whole = goods.growth(
        path, before="2021-01/2021-11", after="2022-01/2022-11", exporter="LT", importer="KZ"
    )
    assert not len(whole.refused) and whole.table["value_after"].tolist() == [220.0]


def test_growth_of_a_group_needs_its_large_members(tmp_path: Path) -> None:
    """Proves: a missing month of a large member is missing for the group, one of a tiny member is no trade.
    Without it: a file that ends early for Germany would show a fall of the whole union."""
    values = {"DE": {**year(2021, 100), **year(2022, 200)}, "MT": {**year(2021, 1), **year(2022, 1, 6)}}
    asked = {"before": "2021", "after": "2022", "exporter": "EU", "importer": "KZ"}
    assert goods.growth(monthly(tmp_path, values), **asked).table["months"].tolist() == [12]
    del values["DE"]["2022-12"]
    cut = goods.growth(monthly(tmp_path, values, "n.csv"), **asked)
    assert cut.table["months"].tolist() == [11] and cut.refused["code"].tolist() == ["missing_months"]


def test_a_member_that_seldom_trades_is_no_missing_month(tmp_path: Path) -> None:
    """Proves: a member of weight that seldom trades does not make the other months missing, monthly or yearly; one that traded
    in each month and then has no row does. Without it: one shipment of Malta would refuse the growth of the union."""
    asked = {"before": "2021", "after": "2022", "exporter": "EU", "importer": "KZ"}
    seldom = {
        f"{year}-{month:02d}": 60.0 for year, month in ((2021, 3), (2021, 8), (2021, 9), (2022, 1), (2022, 6))
    }
    values = {"DE": {**year(2021, 100), **year(2022, 200)}, "MT": seldom}
    found = goods.growth(monthly(tmp_path, values), **asked)
    assert not len(found.refused) and found.table["factor"].iloc[0] == pytest.approx(2520 / 1380)
    values["MT"] = {**year(2021, 60), **year(2022, 60, 9)}
    ended = goods.growth(monthly(tmp_path, values, "n.csv"), **asked)
    assert ended.table["months"].tolist() == [9] and "2022-10" in ended.refused["found"].iloc[0]
    rows = [
        "exporter,importer,period,good,value_eur",
        "DE,KZ,2021,total,100",
        "DE,KZ,2022,total,200",
        "MT,KZ,2021,total,1",
    ]
    yearly = goods.growth(write(tmp_path, "y.csv", "\n".join(rows)), **asked)
    assert yearly.table["factor"].iloc[0] == pytest.approx(200 / 101) and not len(yearly.refused)


def test_growth_says_that_a_code_changed_its_edition(tmp_path: Path) -> None:
    """Proves: growth of a code from an edition of the nomenclature to the next is told, as it may be another thing; of all
    goods, or within an edition, it is not. Without it: a renumbered telephone grew or fell without a word."""
    rows = [
        f"DE,KZ,{good},2,{year}{month:02d},{value}" for good in ("85171200", "TOTAL")
        for year, value in ((2020, 90), (2021, 100), (2022, 300)) for month in range(1, 13)
    ]  # fmt: skip
    path = write(tmp_path, "t.csv", "\n".join(["REPORTER,PARTNER,PRODUCT_NC,FLOW,PERIOD,VALUE_EUR", *rows]))
    told = {}
    for good, before, after in (
        ("85171200", "2021", "2022"),
        ("85171200", "2020", "2021"),
        ("total", "2021", "2022"),
    ):
        found = goods.growth(path, before=before, after=after, exporter="DE", importer="KZ", good=good)
        notes = found.tables["findings"].to_dict("records") if "findings" in found.tables else []
        told[good, after] = [note["found"] for note in notes if note["code"] == "editions_differ"]
        assert len(found.table) == 1
    assert told == {
        ("85171200", "2022"): ["codes by HS2017 in 2021, by HS2022 in 2022"], ("85171200", "2021"): [], ("total", "2022"): [],
    }  # fmt: skip


def test_growth_refuses_other_seasons(tmp_path: Path) -> None:
    """Proves: half a year is compared with the same half. Without it: summer against winter would be growth."""
    path = monthly(tmp_path, {"LT": {**year(2021, 10), **year(2022, 20)}})
    refused = goods.growth(path, before="2021-H2", after="2022-H1", exporter="LT", importer="KZ").refused
    assert refused["code"].tolist() == ["not_like_for_like"]
    assert months_of("2021-Q4/2022-02") == ["2021-10", "2021-11", "2021-12", "2022-01", "2022-02"]


@real
@pytest.mark.parametrize(("importer", "percent"), [("KG", 344.8), ("Kazakhstan", 88.6)])
def test_growth_of_the_union(importer: str, percent: float) -> None:
    """Proves: exports of the EU in 2022 grew by 344.8 % to Kyrgyzstan and 88.6 % to Kazakhstan, as published.
    Without it: nothing would tie the reader to what a statistical office says."""
    result = goods.growth(MEMBERS, before="2021", after="2022", exporter="EU", importer=importer)
    assert round(result.table["growth_pct"].iloc[0], 1) == percent and not len(result.refused)


@real
def test_turnover() -> None:
    """Proves: both directions of Kazakhstan with Russia grew by a factor of 1.095.
    Without it: "13 times" could not be answered."""
    path = TRADE / "national_partner_yearly.csv.gz"
    table = goods.growth(
        path, before="2021", after="2022", exporter="KAZ", importer="RUS", flow="turnover"
    ).table
    assert round(table["factor"].iloc[0], 3) == 1.095
    assert table["value_before"].iloc[0] == pytest.approx(24_624.3e6, rel=1e-5)


def mirror(folder: Path) -> Path:
    """Write both sides of two exporters: A always sees half of its exports arrive, B all, until 2022."""
    lines = [f"{who},KZ,{y},{x},12,{m}" for who, y, x, m in [
        ("LT", 2020, 100, 50), ("LT", 2021, 100, 50), ("LT", 2022, 400, 200),
        ("DE", 2020, 100, 90), ("DE", 2021, 100, 110), ("DE", 2022, 300, 150),
    ]]  # fmt: skip
    return write(folder, "g.csv", "\n".join(
        ["exporter,importer,year,export_reported_eur,export_months_with_trade,import_reported_eur", *lines]))  # fmt: skip


def test_gap_against_its_own_past(tmp_path: Path) -> None:
    """Proves: raw, LT misses 200 and stands first; against its own past it misses 0.5·400 − 200 = 0 and DE 1·300 − 150 = 150.
    Without it: a country whose goods are always booked elsewhere would be accused."""
    result = goods.gap(mirror(tmp_path))
    table = result.table.set_index("exporter")
    assert table["raw_gap"].to_dict() == {"LT": 200.0, "DE": 150.0} and table["raw_order"].to_dict() == {
        "LT": 1,
        "DE": 2,
    }
    assert table["own_past_gap"].to_dict() == {"LT": 0.0, "DE": 150.0} and table[
        "own_past_order"
    ].to_dict() == {"LT": 2, "DE": 1}
    # Resamples of the two years: both 2020 (0.9), one of each twice (1.0), both 2021 (1.1).
    low, high = np.percentile([0.9 * 300 - 150, 150, 150, 1.1 * 300 - 150], [5, 95])
    assert table.loc["DE", ["low", "high"]].tolist() == pytest.approx([low, high])
    singles = result.tables["baselines"].set_index(["baseline", "exporter"])["gap"]
    assert singles["2020", "DE"] == pytest.approx(120) and singles["2021", "DE"] == pytest.approx(180)
    assert result.tables["totals"]["gap"].tolist() == pytest.approx([350, 150, 120, 180])


def test_gap_refuses_a_short_baseline(tmp_path: Path) -> None:
    """Proves: one year is no baseline, nor is the year asked about. Without it: one odd year would decide the order."""
    for years in (["2021"], ["2021", "2021"], ["2021", "2022"]):
        refused = goods.gap(mirror(tmp_path), baseline=years).refused
        assert "short_baseline" in set(refused["code"]), years


@real
def test_gap_of_kazakhstan() -> None:
    """Proves: 3,086 million raw with Lithuania first, 1,824 against own past with Germany first, Lithuania ninth.
    Without it: the trap that the level of a gap sets would not be seen."""
    result = goods.gap(TRADE / "mirror_yearly.csv", importer="KZ", period="2022")
    assert result.tables["totals"]["gap"].div(1e6).round().tolist()[:2] == [3086, 1824]
    order = result.table.set_index("exporter")
    assert (
        order["raw_order"].idxmin() == "LT"
        and order["own_past_order"].idxmin() == "DE"
        and order.loc["LT", "own_past_order"] == 9
    )


@real
def test_gap_on_both_bases() -> None:
    """Proves: where a reporter gives imports by origin and by consignment, both are shown.
    Without it: the basis would be a guess."""
    assert set(goods.gap(TRADE / "armenia_eu_two_bases_yearly.csv").tables["totals"]["basis"]) == {
        "origin",
        "consignment",
    }
