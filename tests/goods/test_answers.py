"""Surges, re-exports, quoted figures and the way into a case: solved by hand on small tables."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import straits
from goods.common import TRADE, real, write
from straits import goods
from straits.case.files.scaffold import new_case
from straits.errors import StraitsError
from straits.results import Result, described, load
from straits.wording import in_millions

AFTER = [f"2022-{m:02d}" for m in range(1, 7)]
BEFORE = [f"2021-{m:02d}" for m in range(1, 7)]


def hs6(folder: Path, values: dict[str, tuple[list[float], list[float]]], name: str = "s.csv") -> Path:
    """Write exports of codes to KZ in two half years."""
    rows = ["hs6,partner,month,value_eur"]
    for code, (old, new) in values.items():
        rows += [
            f"{code},KZ,{month},{value:.0f}"
            for month, value in zip([*BEFORE, *AFTER], [*old, *new], strict=True)
            if value
        ]
    return write(folder, name, "\n".join(rows))


def concordance(folder: Path) -> Path:
    """Write an edition that split 851712 in two, and kept two codes."""
    rows = ["851713,851712,n:1,1", "851714,851712,n:1,1", "010121,010121,1:1,1", "020110,020110,1:1,1"]
    return write(folder, "c.csv", "\n".join(["hs2022,hs2017,relationship,conversion", *rows]))


VALUES = {
    "010121": ([100, 110, 90, 100, 105, 95], [300, 310, 290, 320, 280, 305]),
    "020110": ([100, 110, 90, 100, 105, 95], [100, 95, 110, 90, 105, 101]),
    "851712": ([500, 520, 480, 510, 490, 500], [0] * 6),
    "851713": ([0] * 6, [400, 420, 380, 410, 390, 400]),
    "851714": ([0] * 6, [110, 100, 90, 100, 105, 95]),
}


def test_surge_against_its_own_past(tmp_path: Path) -> None:
    """Proves: a code that tripled surges, one that did not does not, a code born with the edition has no baseline and no ratio.
    Without it: renumbering would be the largest surge of all, and its ratio infinite."""
    asked = {"before": "2021-H1", "after": "2022-H1", "least": 100.0}
    table = goods.surges(hs6(tmp_path, VALUES), **asked).table.set_index("good")
    assert table["verdict"].to_dict() == {
        "010121": "surge", "020110": "", "851712": "", "851713": "no baseline", "851714": "no baseline",
    }  # fmt: skip
    assert (
        table.loc["010121", "ratio"] == pytest.approx(1805 / 600)
        and table.loc["010121", "difference"] == 1205
    )
    assert np.isnan(table.loc["851713", ["ratio", "q"]].astype(float)).all()


def test_editions_are_joined(tmp_path: Path) -> None:
    """Proves: with the concordance the two new codes together (3,000) are compared with the old one (3,000): no surge.
    Without it: a telephone with a new number would be a diversion."""
    asked = {"before": "2021-H1", "after": "2022-H1", "least": 100.0}
    table = goods.surges(hs6(tmp_path, VALUES), concordance=concordance(tmp_path), **asked).table.set_index(
        "good"
    )
    assert (
        table.loc["851712", "ratio"] == pytest.approx(1.0)
        and table.loc["851712", "codes"] == "851712 851713 851714"
    )
    assert bool(table.loc["851712", "renumbered"]) and (table["verdict"] == "surge").sum() == 1


def test_one_month_is_no_surge(tmp_path: Path) -> None:
    """Proves: a code with trade in a single month has no scatter and thus no proof; it is not called a surge.
    Without it: the rarest codes would come first, their error being nought."""
    values = {**VALUES, "722880": ([0, 0, 90, 0, 0, 0], [0, 0, 9000, 0, 0, 0])}
    table = goods.surges(hs6(tmp_path, values), before="2021-H1", after="2022-H1", least=100).table.set_index(
        "good"
    )
    assert table.loc["722880", "p"] == 1.0 and table.loc["722880", "verdict"] == ""


def test_surges_refuse_missing_months(tmp_path: Path) -> None:
    """Proves: a month that the file does not hold is missing, not a month without trade. Without it: every code would fall."""
    result = goods.surges(hs6(tmp_path, VALUES), before="2021", after="2022")
    assert not len(result.table) and result.refused["code"].tolist() == ["missing_months"]


def through(folder: Path, share: float = 0.5, off: float = 1.0) -> Path:
    """Write what enters KZ from DE and leaves it for RU one month later, dearer by half, with one weight that is off."""
    rng = np.random.default_rng(5)
    rows = ["reporter,flow,partner,period,hs6,value_usd,kg,quantity,unit"]
    entries = rng.integers(80, 160, 30) * 10.0
    for n in range(30):
        month = f"{2020 + n // 12}-{n % 12 + 1:02d}"
        rows.append(
            f"KZ,M,DE,{month},851712,{entries[n]:.0f},{entries[n] / 10 * (off if n == 7 else 1):.1f},{entries[n]:.0f},piece"
        )
        if n:
            left = share * entries[n - 1]
            rows.append(f"KZ,X,RU,{month},851712,{left:.1f},{left / 15:.4f},{left / 1.5:.4f},piece")
    return write(folder, "h.csv", "\n".join(rows))


def test_what_enters_leaves_a_month_later(tmp_path: Path) -> None:
    """Proves: half of what enters leaves one month later: pass-through 0.5, unit values 1.5 times higher on the way out.
    Without it: a lag would hide that the same goods leave."""
    table = goods.reexport(through(tmp_path), hub="KZ", target="RU", lags=2).table
    assert table["pass_through"].tolist() == pytest.approx([0.5, 0.5], abs=1e-6)
    assert table["unit_value_ratio"].tolist() == pytest.approx([1.5, 1.5], rel=1e-3)
    assert table["left_out"].tolist() == [0, 0]


def test_a_weight_that_is_off_is_left_out(tmp_path: Path) -> None:
    """Proves: a month whose kg per piece is thirty times the median is flagged, and the answer is shown with and without it.
    Without it: one slip of a key would halve the unit value of three years."""
    result = goods.reexport(through(tmp_path, off=30), hub="KZ", target="RU", lags=2)
    with_it, without = result.table["unit_value_in"]
    assert without == pytest.approx(10.0, rel=1e-3) and with_it < 0.6 * without
    assert result.table["left_out"].tolist() == [0, 1]
    assert result.tables["weights"]["times_off"].round().tolist() == [30.0] and result.tables["weights"][
        "period"
    ].tolist() == ["2020-08"]


def test_what_entered_in_a_span_by_hand(tmp_path: Path) -> None:
    """Proves: shares are of value and of weight over the span alone; years count that months of the span lie in; the hub's own
    records go before those of others; what one side lacks is no good on both sides.
    Without it: goods of other years would be counted as passing through."""
    head = "reporter,flow,partner,period,hs6,value_usd,kg"
    rows = [
        "KZ,M,DE,2020,851712,100,10", "KZ,M,DE,2021,851712,400,40", "KZ,X,RU,2020,851712,90,6", "KZ,X,RU,2021,851712,100,5",
        "RU,M,KZ,2021,851712,777,9", "KZ,M,DE,2021,010121,5,1",
    ]  # fmt: skip
    path = write(tmp_path, "y.csv", "\n".join([head, *rows]))
    asked = {"hub": "KZ", "target": "RU"}
    whole = goods.reexport(path, **asked).table.iloc[0]
    assert whole[["entered", "left", "share_of_value"]].tolist() == pytest.approx([500, 190, 0.38])
    one = goods.reexport(path, span="2021", **asked).table
    assert one["good"].tolist() == ["851712"] * 2 and one["weights"].tolist() == ["all", "without those off"]
    row = one.iloc[0]
    assert row[["entered", "left", "share_of_value"]].tolist() == [400.0, 100.0, 0.25]
    assert row[["entered_kg", "left_kg", "share_of_kg"]].tolist() == [40.0, 5.0, 0.125]
    assert row[["unit_value_in", "unit_value_out", "unit_value_ratio"]].tolist() == [10.0, 20.0, 2.0]
    assert np.isnan(row["pass_through"]) and row["periods"] == 0
    assert goods.reexport(path, span="2019", **asked).refused["code"].tolist() == ["no_rows", "no_rows"]


def quoted(**fields: object) -> dict[str, object]:
    """Give a quoted figure with defaults."""
    return {"claim_id": "c", "kind": "factor", "subject": "", "statement": "", **fields}


@pytest.mark.parametrize(
    ("fields", "verdict", "reading"),
    [
        ({"value_a": 30.7, "value_b": 575.1, "factor_claimed": 18, "statement": "18 times more"}, "consistent", "cut off"),
        ({"value_a": 100, "value_b": 1920, "factor_claimed": 18, "statement": "18 times more"}, "consistent",
        "so many times on top"),
        ({"value_a": 10.0, "value_b": 190.0, "factor_claimed": 17, "statement": "17 times"}, "contradicted", ""),
        ({"value_a": 1000, "value_b": 1952, "factor_claimed": 2, "statement": "2 times"}, "consistent", "rounded"),
        ({"kind": "growth_pct", "value_a": 1000, "value_b": 1072, "factor_claimed": 1.07, "statement": "by 7 %"},
        "consistent", "rounded"),
        ({"kind": "growth_pct", "value_a": 1000, "value_b": 1082, "factor_claimed": 1.07, "statement": "by 7 %"},
        "contradicted", ""),
        ({"kind": "growth_pct", "value_a": 1000, "value_b": 930, "factor_claimed": 0.93, "statement": "fell by 7 %"},
        "consistent", "rounded"),
        ({"value_a": 37, "value_b": 178}, "undecidable", ""),
        ({"factor_claimed": 13, "subject": "KZ-RU turnover", "period_a": "2021", "period_b": "2022"}, "undecidable", ""),
        ({"kind": "part_whole", "value_a": 30.7, "value_b": 37, "period_a": "2021", "period_b": "2021-H1"}, "contradicted", ""),
        ({"kind": "part_whole", "value_a": 30.7, "value_b": 37, "period_a": "2021-H1", "period_b": "2021"}, "undecidable", ""),
        ({"kind": "part_whole", "value_a": 40, "value_b": 37, "period_a": "2021", "period_b": "2021-H1"}, "consistent", ""),
        ({"kind": "sum", "value_b": 21.1, "statement": "exports 6.9, imports 14.2"}, "consistent", ""),
        ({"kind": "sum", "value_b": 22.1, "statement": "exports 6.9, imports 14.2"}, "contradicted", ""),
        ({"kind": "share", "value_a": 200, "value_b": 50, "factor_claimed": 25, "unit": "%"}, "consistent", ""),
        ({"kind": "share", "value_a": 200, "value_b": 50, "factor_claimed": 40, "unit": "%"}, "contradicted", ""),
    ],
)  # fmt: skip
def test_quoted_figure(fields: dict[str, object], verdict: str, reading: str) -> None:
    """Proves: each sort of figure is worked out again and held against every way in which its words can be read.
    Without it: rounding would be called a lie, or 13 times would pass for growth."""
    row = goods.claim([quoted(**fields)]).table.iloc[0]
    assert (row["verdict"], row["reading"]) == (verdict, reading), row["why"]


def test_quoted_level_against_a_series(tmp_path: Path) -> None:
    """Proves: a level is held against the series, within its own rounding. Without it: a level could only be believed."""
    path = write(tmp_path, "l.csv", "exporter,importer,period,value_eur\nLT,KZ,2022,866500000")
    base = {"kind": "level", "subject": "LT to KZ", "period_b": "2022", "unit": "million EUR"}
    told = goods.claim([quoted(value_b=867, **base), quoted(value_b=870, **base)], path).table["verdict"]
    assert told.tolist() == ["consistent", "contradicted"]


@real
def test_quoted_figures_of_the_articles() -> None:
    """Proves: the figures of the articles get the answers of a careful reader; "13 times" is contradicted by 1.095.
    Without it: a number would be repeated because it was printed."""
    import pandas as pd

    files = [TRADE / "national_partner_yearly.csv.gz", TRADE / "eu_member_total_exports_monthly.csv.gz"]
    result = goods.claim(TRADE / "claims_a.csv", files)
    expected = pd.read_csv(TRADE / "claims_a.csv")
    assert result.table["verdict"].tolist() == expected["expected"].tolist()
    assert round(result.table["measured"].iloc[0], 3) == 1.095


def test_contradiction_becomes_a_conflict(tmp_path: Path) -> None:
    """Proves: a contradiction between two records of a ledger is opened there as a conflict without a ruling; with one
    record it is
    only said that another is needed. Without it: the verdict would be lost, or taken for a ruling."""
    from straits.evidence import Ledger, draft
    from straits.evidence.ledger.conflicts import conflicts

    path = tmp_path / "ledger.sqlite"
    book = Ledger(path, create=True)
    text = b"Smartphone sales rose from $37 million to $178 million in 2022. Exports reached $575 million in 2022.\n"
    document = book.add_document(text, "a.txt", "A paper", "2022-08-22")
    ids = book.add(draft(document, book.reading(document.sha256)).records)
    assert len(ids) >= 2
    figure = quoted(
        kind="part_whole",
        value_a=30.7,
        value_b=37,
        period_a="2021",
        period_b="2021-H1",
        statement="37 of 30.7",
    )
    one = goods.claim([{**figure, "record": ids[0]}], ledger=path, by="reader")
    assert one.table["conflict"].tolist() == [""] and one.tables["findings"]["code"].tolist() == [
        "one_record"
    ]
    two = goods.claim([{**figure, "record": ids[0], "against_record": ids[1]}], ledger=path, by="reader")
    found = conflicts(Ledger(path))
    assert [c.id for c in found] == two.table["conflict"].tolist() and found[0].ruling == "open"


def diverted() -> Result:
    """Give an answer of `divert`: 10 to 20 million euros in seven months."""
    import pandas as pd

    mass = pd.DataFrame([("KZ", "all", 3, 15e6, 10e6, 20e6, 50e6, 0.3)], columns=[
        "hub", "codes", "found", "mass", "low", "high", "fall_of_target", "substitution"])  # fmt: skip
    return Result("q", "m", {"after": "2021-05/2021-11"}, tables={"mass": described(mass, title="t")})


def test_diverted_mass_in_a_case(tmp_path: Path) -> None:
    """Proves: 10 to 20 million EUR at 0.1 to 0.2 kg/EUR are 1 to 4 kt in seven months, 1.7 to 6.9 a year; the scenario
    that closes the
    pipe keeps demand, is read by the case, and solved says where the flow reappears. Without it: euros would be compared
    with tonnes."""
    folder = tmp_path / "case"
    new_case(folder)
    result = goods.to_case(
        diverted(), str(folder), hub="KZ", links=["pipe"], kg_per_currency=(0.1, 0.2), folder=folder
    )
    row = result.table.iloc[0]
    assert (row["diverted_low"], row["diverted_high"]) == pytest.approx((1 * 12 / 7, 4 * 12 / 7))
    case = straits.load_case(str(folder))
    assert [d.asset for d in case.scenarios["hub-closed"].disruptions] == ["pipe"]
    shift = result.tables["reappears"].set_index("link")["change"]
    assert shift["pipe"] < 0 and shift.max() > 0
    assert load(result.save(tmp_path / "r.zip")).table.equals(result.table)


@pytest.mark.parametrize(
    "ident", ["12", "pipe #2", "no", "~", "[pipe]", "2022-01-01", '"pipe"', "- pipe", "!x", "é ü"]
)
def test_the_scenario_closes_the_link_that_is_meant(tmp_path: Path, ident: str) -> None:
    """Proves: whatever sign an id holds, the scenario that is written closes that link. Without it: `pipe #2` closed `pipe`, and
    others left a case that could no longer be read."""
    whole = straits.load_case("two-routes")
    tables = {name: frame for name, frame in whole.tables.items() if len(frame)}
    for name, column in (("links", "id"), ("controls", "asset"), ("claims", "row"), ("measures", "asset")):
        tables[name] = tables[name].assign(**{column: tables[name][column].replace("pipe", ident)})
    if ident == "pipe #2":
        tables["links"] = pd.concat([tables["links"], tables["links"].iloc[[0]].assign(id="pipe")])
    case = straits.Case.from_tables(tables, **whole.settings.model_dump())
    case.save(tmp_path / "case")
    goods.to_case(
        diverted(),
        case,
        hub="KZ",
        links=[ident],
        kg_per_currency=(0.1, 0.2),
        folder=tmp_path / "case",
        solve=False,
    )
    found = straits.load_case(tmp_path / "case").scenarios["hub-closed"]
    assert [(d.asset, d.factor) for d in found.disruptions] == [(ident, 0.0)]


def test_a_scenario_of_another_is_not_written_over(tmp_path: Path) -> None:
    """Proves: a scenario of the user's stays, what was written here is renewed, and neither `baseline`, a folder without a case
    nor a day that is none is accepted. Without it: a scenario was lost, or the case could no longer be read."""
    folder = tmp_path / "case"
    new_case(folder)
    asked = {"hub": "KZ", "links": ["pipe"], "kg_per_currency": (0.1, 0.2), "folder": folder, "solve": False}
    for _ in range(2):
        goods.to_case(diverted(), str(folder), **asked)
    mine = folder / "scenarios" / "hub-closed.yaml"
    mine.write_text("title: Mine\n")
    with pytest.raises(StraitsError, match="was not written here and stays"):
        goods.to_case(diverted(), str(folder), **asked)
    assert mine.read_text() == "title: Mine\n"
    for more, words in (
        ({"scenario": "baseline"}, "the case without a scenario"),
        ({"start": "2022-13-01"}, "YYYY-MM-DD"),
    ):
        with pytest.raises(StraitsError, match=words):
            goods.to_case(diverted(), str(folder), **asked, **more)
    with pytest.raises(StraitsError, match=r"there is no case\.yaml"):
        goods.to_case(diverted(), str(folder), **{**asked, "folder": tmp_path})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "no_factor"), ({"kg_per_currency": (0.2, 0.1)}, "no_factor"), ({"kg_per_currency": (0.0, 0.1)}, "no_factor"),
        ({"kg_per_currency": (0.1,)}, "no_source"), ({"kg_per_currency": (0.1, 0.2), "links": ["pip"]}, "unknown_link"),
        ({"kg_per_currency": (0.1, 0.2), "unit": "TEU"}, "no_factor"),
        ({"kg_per_currency": (0.1, 0.2), "unit": "TEU", "t_per_teu": (8, 12)}, "unit"),
    ],
)  # fmt: skip
def test_without_factors_nothing_is_given(given: dict, code: str) -> None:
    """Proves: no factor, a range upside down, one number without a source, an unknown link or one of another unit are refused.
    Without it: a guess of kg per euro would look like a result."""
    result = goods.to_case(diverted(), "two-routes", hub="KZ", **{"links": ["pipe"], **given})
    assert not len(result.table) and code in set(result.refused["code"])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2022-03-01", "2022-02-01"),
        ("2022-03-01", "2022-03-01"),
        ("1999-01-01", "1999-02-01"),
        (None, "2001-01-01"),
    ],
)
def test_a_closure_of_no_day_is_refused(tmp_path: Path, start: str | None, end: str) -> None:
    """Proves: days that end before they begin, or that the case does not have, are refused, and no scenario is written. Without
    it: a scenario that closes nothing was written, and the case could not be loaded again."""
    new_case(folder := tmp_path / "case")
    asked = {"hub": "KZ", "links": ["pipe"], "kg_per_currency": (0.1, 0.2), "folder": folder}
    with pytest.raises(StraitsError, match="no day of the case is closed"):
        goods.to_case(diverted(), str(folder), **asked, start=start, end=end)
    assert not (folder / "scenarios" / "hub-closed.yaml").exists()


def test_a_scenario_goes_into_the_case_that_was_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: a folder whose case lacks the link or the days, or an id longer than a case can hold, is refused, and nothing is
    written; nor is anything where the solver fails. Without it: the other case could no longer be read."""
    other, mine = tmp_path / "other", tmp_path / "mine"
    straits.load_case("landlocked-importer").save(other)
    straits.load_case("two-routes").save(mine)
    asked = {"hub": "KZ", "links": ["pipe"], "kg_per_currency": (0.1, 0.2)}
    with pytest.raises(StraitsError, match="its case has no link 'pipe'"):
        goods.to_case(diverted(), "two-routes", **asked, folder=other)
    with pytest.raises(StraitsError, match="up to 200 letters"):
        goods.to_case(diverted(), "two-routes", **asked, folder=mine, scenario="x" * 201)
    settings = mine / "case.yaml"
    settings.write_text(
        settings.read_text().replace("2023-01-01", "2024-01-01").replace("2022-01-01", "2023-01-01")
    )
    with pytest.raises(StraitsError, match=r"mine: start 2022-01-01.*no day of the case is closed"):
        goods.to_case(diverted(), "two-routes", **asked, folder=mine)
    straits.load_case("two-routes").save(mine)
    with monkeypatch.context() as patch:
        patch.setattr("straits.goods.into_case._solved", lambda *_: (_ for _ in ()).throw(StraitsError("no")))
        with pytest.raises(StraitsError, match="no"):
            goods.to_case(diverted(), "two-routes", **asked, folder=mine)
    for folder in (other, mine):
        assert not (folder / "scenarios" / "hub-closed.yaml").exists()


def test_a_scenario_goes_through_no_link_or_pipe(tmp_path: Path) -> None:
    """Proves: where a pipe stands for the scenario, or a link for its folder, nothing is read or written. Without it: the pipe
    was waited for, and the scenario went where the link led."""
    new_case(folder := tmp_path / "case")
    asked = {"hub": "KZ", "links": ["pipe"], "kg_per_currency": (0.1, 0.2), "folder": folder}
    (folder / "scenarios").mkdir(exist_ok=True)
    os.mkfifo(folder / "scenarios" / "hub-closed.yaml")
    with pytest.raises(OSError, match="no regular file"):
        goods.to_case(diverted(), "two-routes", **asked)
    (folder / "scenarios").rename(tmp_path / "theirs")
    (tmp_path / "theirs" / "hub-closed.yaml").unlink()
    before = sorted((tmp_path / "theirs").iterdir())
    (folder / "scenarios").symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="is a link"):
        goods.to_case(diverted(), "two-routes", **asked)
    assert sorted((tmp_path / "theirs").iterdir()) == before


@pytest.mark.parametrize(
    ("amount", "decimals", "told"),
    [(3.086e9, 0, "3,086"), (1.4e6, 0, "1"), (999_999, 0, "1"), (430_000, 0, "0.43"), (4_321, 0, "0.0043"), (-12, 0, "-0.000012"),
     (0.0, 0, "0"), (-0.0, 1, "0"), (1.26e6, 1, "1.3"), (49_000, 1, "0.049")],
)  # fmt: skip
def test_small_amounts_in_millions(amount: float, decimals: int, told: str) -> None:
    """Proves: what is less than a million keeps two digits that count. Without it: a gap of 4,321 euros was told as 0 million."""
    assert in_millions(amount, decimals) == told
