"""Records that begin late, stop early or hold less than they seem to: they are told, and make no pattern."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from goods.common import write
from straits import goods

MONTHS = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]


def file(folder: Path, head: str, rows: list[str], name: str = "rows.csv") -> Path:
    """Write a table."""
    return write(folder, name, "\n".join([head, *rows]))


def test_a_year_without_export_tells_no_ratio(tmp_path: Path) -> None:
    """Proves: where a resample holds only years in which a pair exported nothing, the ratio of its whole baseline stands, in its
    own interval and in that of the sum; a single year without export has no gap, is in no sum of it, and the sum says of how many
    it is. Without it: one small exporter with a quiet year made the interval of all exporters end at `nan`."""
    past = {  # exports and imports of two years, then of the year asked about
        "DE": ([100, 100], [80, 90], 200, 120),
        "IT": ([0, 8], [4, 4], 10, 2),
        "TR": ([10, 10], [9, 0], 0, 5),
    }
    rows = []
    for who, (out, back, now, arrived) in past.items():
        for year, x, m in zip((2020, 2021, 2022), [*out, now], [*back, arrived], strict=True):
            rows += [f"{who},KZ,X,{year},{x}", f"{who},KZ,M,{year},{m}"]
    found = goods.gap(file(tmp_path, "exporter,importer,flow,year,value_eur", rows), importer="KZ")

    drawn: dict[str, list[float]] = {who: [] for who in past}
    for years in itertools.product((0, 1), repeat=2):
        for who, (out, back, now, arrived) in past.items():
            used = years if sum(out[y] for y in years) else (0, 1)
            ratio = sum(back[y] for y in used) / sum(out[y] for y in used)
            drawn[who].append(ratio * now - arrived)
    table = found.table.set_index("exporter")
    for who, values in drawn.items():
        assert table.loc[who, ["low", "high"]].tolist() == pytest.approx(
            np.percentile(values, [5, 95]).tolist()
        )
    totals = found.tables["totals"].set_index("assumption")
    sums = np.sum(list(drawn.values()), axis=0)
    assert totals.loc["own past, 2020, 2021", ["low", "high"]].tolist() == pytest.approx(
        np.percentile(sums, [5, 95]).tolist()
    )
    assert totals["exporters"].tolist() == [3, 3, 2, 3] and totals["gap"].tolist() == [83, 53, 35, 58]
    assert "nan" not in found.sentences[0]
    alone = goods.gap(
        file(tmp_path, "exporter,importer,flow,year,value_eur", [r for r in rows if r.startswith("IT")]),
        importer="KZ",
    )
    nothing = alone.tables["totals"].set_index("assumption").loc["own past, 2020"]
    assert np.isnan(nothing["gap"]) and nothing["exporters"] == 0 and nothing["first"] == ""


def members(since: str, *, code: bool = True) -> list[str]:
    """Give what two members say they export to Kazakhstan and Russia; France's record begins late."""
    rows = []
    for k, month in enumerate(MONTHS):
        for who in ("DE", "FR"):
            if who == "DE" or month >= since:
                rows += [
                    f"{who},{where},{month},{good},{1_000_000 + 20_000 * ((3 * k + len(where + good)) % 7 - 3)}"
                    for where in ("KZ", "RU")
                    for good in (("854231", "870323") if code else ("total", "listed"))
                ]
    return rows


HEAD = "exporter,importer,month,good,value_eur"


def test_a_record_that_begins_late_is_no_surge(tmp_path: Path) -> None:
    """Proves: a reporter that has no rows at all in half of the months before is left out of both periods, and named; so is a
    member of a group. Without it: the day on which a statistic begins is found as a surge of all its codes."""
    path = file(tmp_path, HEAD, members("2021-07"))
    found = goods.surges(path, before="2021", after="2022")
    assert set(found.table["exporter"]) == {"DE"} and "surge" not in set(found.table["verdict"])
    note = found.findings.set_index("code").loc["short_record"]
    assert note["found"] == "exports of FR lack 2021-01 and 5 others"
    union = goods.surges(path, before="2021", after="2022", exporter="EU", importer="KZ")
    assert union.table["ratio"].tolist() == pytest.approx([1, 1], rel=0.05)
    whole = goods.surges(file(tmp_path, HEAD, members("2021-01")), before="2021", after="2022")
    assert len(whole.table) == 8 and "findings" not in whole.tables


def test_a_member_that_stops_is_no_diversion(tmp_path: Path) -> None:
    """Proves: a member of a group without rows in some of the months compared is left out of all of them.
    Without it: its end would be a fall of every code to the target."""
    moved = {}
    for since in ("2021-07", "2023-01"):
        path = file(tmp_path, HEAD, members(since), f"{since}.csv")
        found = goods.divert(
            path,
            target="RU",
            hubs=["KZ"],
            exporter="EU",
            event="2022-03-01",
            after="2022-03/2022-08",
            parts=["codes"],
        )
        moved[since] = found.tables["codes"][["good", "target_change", "hub_change"]].values.tolist()
        assert ("findings" in found.tables and "short_record" in set(found.findings["code"])) == (
            since == "2021-07"
        )
    assert moved["2021-07"] == moved["2023-01"]


def test_a_partner_that_stops_ends_what_is_compared(tmp_path: Path) -> None:
    """Proves: where a hub reports nothing, entries are what its partners say they sent there, over the time that all of weight
    give; a small one that seldom trades ends nothing. Without it: what one no longer tells would have left without entering."""
    rows = [f"DE,KG,{month},100,X" for month in MONTHS] + [f"FR,KG,{month},100,X" for month in MONTHS[:12]]
    rows += [f"KG,RU,{month},150,M" for month in MONTHS] + ["MT,KG,2022-03,1,X"]
    path = file(tmp_path, "exporter,importer,month,value_eur,flow", rows)
    found = goods.reexport(path, hub="KG", target="RU").table.iloc[0]
    assert (found["last"], found["share_of_value"]) == ("2021-12", pytest.approx(0.75))


def test_kg_are_compared_per_the_same_unit(tmp_path: Path) -> None:
    """Proves: where some rows count pieces, others litres and others nothing, kg per piece, per litre and per euro are each held
    against their own median. Without it: rows without a count would be a hundred times off, and left out as slips."""
    rows = []
    for k, month in enumerate(MONTHS):
        count = ("1000,piece", "10,litre", ",")[k % 3]
        kg = 6_000 if month == "2022-05" else 200
        rows += [f"DE,KG,{month},100000,{kg},{count},M", f"KG,RU,{month},90000,180,{count},X"]
    head = "exporter,importer,month,value_eur,kg,quantity,unit,flow"
    # One partner counts in one unit.
    rows = [row.replace("DE", "FR") if "litre" in row else row for row in rows]
    rows = [row for row in rows if not ("litre" in row and row.startswith("KG"))]
    found = goods.reexport(file(tmp_path, head, rows), hub="KG", target="RU")
    assert found.tables["weights"]["period"].tolist() == ["2022-05"]
    assert found.table["left_out"].tolist() == [0, 1]


def test_a_year_that_says_it_is_short_is_no_year(tmp_path: Path) -> None:
    """Proves: a row of a year with fewer than twelve months is left out of gaps, surges and re-exports, and named, as growth
    refuses it; with twelve it counts. Without it: half a year beside a whole one would be a gap, or a fall by half."""
    head = "exporter,importer,flow,year,value_eur,months"

    def ask(months: int) -> Path:
        rows = [f"DE,KZ,X,{year},100,{months if year == 2022 else 12}" for year in range(2019, 2023)]
        rows += [f"DE,KZ,M,{year},90,12" for year in range(2019, 2023)]
        rows += [f"KZ,RU,X,{year},45,12" for year in range(2019, 2023)]
        return file(tmp_path, head, rows, f"{months}.csv")

    short, whole = ask(6), ask(12)
    assert goods.gap(whole, importer="KZ").parameters["period"] == "2022"
    gap = goods.gap(short, importer="KZ")
    assert gap.parameters["period"] == "2021" and "exports of DE: 6 months of 2022" in set(
        gap.findings["found"]
    )
    assert goods.gap(ask(11), importer="KZ").parameters["period"] == "2021"
    asked = {"before": "2021", "after": "2022", "exporter": "DE", "importer": "KZ", "flow": "export"}
    assert goods.growth(whole, **asked).table[["factor", "months"]].values.tolist() == [[1, 12]]
    assert goods.growth(short, **asked).refused["code"].tolist() == ["missing_months"]
    told = goods.surges(short, before="2021", after="2022")
    assert told.table["exporter"].tolist() == ["KZ"] and told.findings["found"].tolist() == [
        "exports of DE lack 2022"
    ]
    assert len(goods.surges(whole, before="2021", after="2022").table) == 2
    sent = [row for row in short.read_text().splitlines() if ",M," not in row]
    passed = goods.reexport(write(tmp_path, "sent.csv", "\n".join(sent)), hub="KZ", target="RU")
    assert passed.table["last"].iloc[0] == "2021" and passed.table["share_of_value"].iloc[0] == pytest.approx(
        0.45
    )


def test_months_without_trade_are_no_missing_months(tmp_path: Path) -> None:
    """Proves: a table that counts months with trade holds a year as far as any of its rows does: seldom traders have whole years,
    a year of ten months at most is short. Without it: one shipment of Malta refused the growth of the union."""
    head = "exporter,importer,year,export_reported_eur,export_months_with_trade,import_reported_eur"
    rows = [f"DE,KZ,{year},{year - 1920},12,90" for year in (2020, 2021, 2022)]
    rows += [f"MT,KZ,{year},5,{n},4" for year, n in ((2020, 3), (2021, 2), (2022, 1))]
    asked = {"before": "2021", "after": "2022", "exporter": "EU", "importer": "KZ", "flow": "export"}
    found = goods.growth(file(tmp_path, head, rows), **asked)
    assert not len(found.refused) and found.table["factor"].iloc[0] == pytest.approx(107 / 106)
    assert goods.gap(file(tmp_path, head, rows), importer="KZ").table["exporter"].tolist() == ["DE", "MT"]
    cut = [row.replace("2022,102,12", "2022,102,10") for row in rows]
    assert goods.growth(file(tmp_path, head, cut), **asked).refused["code"].tolist() == ["missing_months"]


def test_what_is_compared_with_itself_is_no_past(tmp_path: Path) -> None:
    """Proves: spans of surges that share months are refused, and so are months of a diversion whose same months one year before
    lie after the event, or are compared themselves; eleven months after that of the event is accepted.
    Without it: surges ended in an error of pandas, and a shift that had happened was taken for the past of its second year."""
    path = file(tmp_path, HEAD, members("2021-01"))
    for before, after in (("2022", "2022"), ("2021-01/2022-06", "2022-01/2023-06")):
        assert goods.surges(path, before=before, after=after).refused["code"].tolist() == [
            "not_like_for_like"
        ]
    asked = {"target": "RU", "hubs": ["KZ"], "exporter": "EU", "event": "2021-12-24", "parts": ["codes"]}
    for after, code in (
        ("2022-11", []), ("2022-10/2022-12", ["no_past"]), ("2021-01/2022-06", ["no_past"]), ("2022-09/2022-11", []), (None, []),
    ):  # fmt: skip
        refused = goods.divert(path, after=after, **asked).refused["code"].tolist()
        assert [one for one in refused if one == "no_past"] == code, after
    assert goods.divert(path, **asked).parameters["after"] == "2022-03/2022-11"


def test_a_currency_is_named_in_any_letters(tmp_path: Path) -> None:
    """Proves: the currency of an answer may be asked for in small letters, as in files.
    Without it: there was "no rate of USD to usd"."""
    path = file(
        tmp_path, "exporter,importer,year,value,currency", ["DE,KZ,2021,100,eur", "DE,KZ,2022,220,USD"]
    )
    rates = write(tmp_path, "rates.csv", "currency,per,period,rate\nusd,eur,2021,1.2\nUSD,EUR,2022,1.1")
    found = goods.growth(path, before="2021", after="2022", currency="usd", rates=rates)
    assert found.table[["value_before", "value_after", "currency"]].values.tolist() == [[120.0, 220.0, "USD"]]
