"""Mirror gaps are of years that both sides give whole; what is left out is told, and costs as little trade as it can."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from goods.common import write
from straits import goods
from straits.goods.statistics.coverage import covered
from straits.goods.statistics.panel import joining, predecessors

HEAD = "exporter,importer,month,reporter,value_eur"
YEARS = (2019, 2020, 2021, 2022)


def months(
    exporter: str, reporter: str, amount: float, *, until: str = "2022-12", but: str = ""
) -> list[str]:
    """Give the rows of a record over four years, up to a month."""
    every = [f"{year}-{m:02d}" for year in YEARS for m in range(1, 13)]
    return [
        f"{exporter},KZ,{month},{reporter},{amount:g}" for month in every if month <= until and month != but
    ]


GERMANY = [*months("DE", "DE", 10), *months("DE", "KZ", 9)]


def test_a_reporter_that_stops_has_no_whole_year(tmp_path: Path) -> None:
    """Proves: a member that reports half of a year has no gap in it, though others report all of it in the same file; a year in
    two files is whole. Without it: months that were not reported yet would be a gap below nought, or half a year none at all."""
    france = [*months("FR", "FR", 10, until="2022-06"), *months("FR", "KZ", 9)]
    found = goods.gap(
        write(tmp_path, "a.csv", "\n".join([HEAD, *GERMANY, *france])), importer="KZ", period="2022"
    )
    assert found.table["exporter"].tolist() == ["DE"] and found.sentences[1].endswith(": France.")
    assert "exports of FR: 6 months of 2022" in set(found.findings["found"])
    halves = [
        write(
            tmp_path,
            f"{name}.csv",
            "\n".join([HEAD, *(row for row in GERMANY if (row.split("-")[1][:2] <= "06") == first)]),
        )
        for name, first in (("one", True), ("two", False))
    ]
    assert goods.gap(halves, importer="KZ").table[["export", "import"]].values.tolist() == [[120, 108]]


def test_a_blank_month_and_a_year_beside_its_months(tmp_path: Path) -> None:
    """Proves: a month that is blank leaves the year out, as it is no nought; a yearly row beside its months is not added.
    Without it: a confidential month would be goods that never arrived, and a year would count double."""
    blank = [row.replace(",FR,10", ",FR,:") if "2022-03" in row else row for row in months("FR", "FR", 10)]
    rows = [HEAD, *GERMANY, *blank, *months("FR", "KZ", 9)]
    found = goods.gap(write(tmp_path, "b.csv", "\n".join(rows)), importer="KZ", period="2022")
    assert found.table["exporter"].tolist() == ["DE"]
    assert "FR KZ total: blank months of 2022 (export)" in set(found.findings["found"])
    yearly = [f"DE,KZ,{year},DE,120" for year in YEARS]
    both = goods.gap(write(tmp_path, "y.csv", "\n".join([HEAD, *GERMANY, *yearly])), importer="KZ")
    assert both.table[["export", "import"]].values.tolist() == [[120, 108]]
    assert "totals_beside_parts" in set(both.findings["code"])


def test_the_baseline_does_not_cost_the_trade_asked_about(tmp_path: Path) -> None:
    """Proves: where one small pair goes back further than the large ones, the baseline begins with the large ones; who is in no
    sum is named by size. Without it: one early row would take all else out of the sum."""
    rows = ["exporter,importer,year,reporter,value_eur"]
    for who, first, out in (("KG", 2017, 5), ("DE", 2019, 900), ("LT", 2019, 400)):
        rows += [f"{who},KZ,{year},{by},{out}" for year in range(first, 2023) for by in (who, "KZ")]
    rows += [f"{who},KZ,2022,KZ,{size}" for who, size in (("AD", 1), ("CN", 9000), ("RU", 99000))]
    found = goods.gap(write(tmp_path, "l.csv", "\n".join(rows)), importer="KZ")
    assert found.parameters["baseline"] == ["2019", "2020", "2021"]
    assert sorted(found.table["exporter"]) == ["DE", "KG", "LT"]
    assert "the Russian Federation, the People's Republic of China, Andorra." in found.sentences[1]
    named = goods.gap(tmp_path / "l.csv", importer="KZ", baseline=["2017", "2018"])
    assert named.table["exporter"].tolist() == ["KG"]


def test_the_world_and_many_goods(tmp_path: Path) -> None:
    """Proves: a row of the whole world has no other side and is not named as one that records nothing; of many goods the largest
    gaps are told and the rest counted; editions that differ are noted.
    Without it: an answer would open with thousands of sentences."""
    rows = ["period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue,classificationCode"]
    for n in range(20):
        for year in (2020, 2021, 2022):
            rows += [
                f"{year},276,X,398,{851700 + n},{1e6 * (n + 1):.0f},H6",
                f"{year},398,M,276,{851700 + n},900000,H5",
            ]
            rows += [f"{year},398,M,0,{851700 + n},9000000,H5"]
    found = goods.gap(write(tmp_path, "g.csv", "\n".join(rows)), importer="KZ")
    assert len(found.table) == 20 and len(found.sentences) == 14
    assert (
        found.sentences[12]
        == "These are the 12 largest against their own past; 8 more stand in table totals."
    )
    assert not any("WORLD" in text for text in found.findings["found"])
    assert "2022: exports by HS2022, imports by HS2017" in set(found.findings["found"])


def test_what_a_record_covers() -> None:
    """Proves: a scattered month without a row is one without trade; a run of them at the end of a record without any is missing.
    Without it: a country that stopped reporting would have stopped trading."""
    every = [f"2021-{m:02d}" for m in range(1, 13)]
    assert covered(pd.Series(every[:3] + every[4:])) == every[:3] + every[4:]
    assert covered(pd.Series([m for n, m in enumerate(every) if n % 3]), every) == every
    assert covered(pd.Series(every[:8]), every) == every[:8]
    assert (
        covered(pd.Series(["2019", "2021"])) == ["2019", "2020", "2021"]
        and covered(pd.Series([], dtype="str")) == []
    )


MERGED = """hs2022,hs2017,relationship,conversion
    620120,620111,n:1,1
    620120,620191,1:n,0
    490590,490590,1:1,1
    490590,490510,1:n,0
    701963,701952,n:n,1
    701963,701951,n:n,0
    701964,701951,n:n,0
    701964,701959,n:n,1
    854921,850740,n:n,0
    850780,850780,1:1,1
    850780,850740,n:n,0"""


def test_codes_that_became_one(tmp_path: Path) -> None:
    """Proves: a code that ended is counted with the one that it became, new or old; what went into several that are counted apart
    is not. Two codes of 500 a month that became one of 1,000 are no surge.
    Without it: a merged code would seem to double, and the other to have moved elsewhere."""
    table = goods.read(write(tmp_path, "c.csv", MERGED))[0].frame
    joined = predecessors(table)
    assert joined == {
        "620120": "620111", "620191": "620111", "490510": "490590", "701963": "701952", "701964": "701959", "850740": "850780",
    }  # fmt: skip
    assert "2 that ended counted" in joining(pd.Series(["620191", "490510", "701951", "620120"]), table)[1]
    rows = ["hs6,partner,month,value_eur"]
    for m in range(1, 13):
        wave = 500 + 10 * (m % 4)
        rows += [f"{code},KZ,2021-{m:02d},{wave}" for code in ("620111", "620191")] + [
            f"620120,KZ,2022-{m:02d},{2 * wave}"
        ]
    found = goods.surges(
        write(tmp_path, "s.csv", "\n".join(rows)),
        before="2021",
        after="2022",
        concordance=tmp_path / "c.csv",
        least=1.0,
    ).table
    assert found["codes"].tolist() == ["620111 620120 620191"] and found["ratio"].iloc[0] == pytest.approx(
        1.0
    )
    assert found["verdict"].tolist() == [""]
