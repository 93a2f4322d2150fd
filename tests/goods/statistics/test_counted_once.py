"""Nothing is counted twice: parts beside totals, two bases, the world beside its countries, rows that a file holds again."""

from __future__ import annotations

from pathlib import Path

import pytest

from goods.common import write
from straits import goods
from straits.results import Result

COMTRADE = "period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue,netWgt,classificationCode"
COMEXT = "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
ARMENIA = "country,month,import_consignment_kusd,import_origin_kusd,export_kusd"
MONTHS = range(1, 13)


def test_re_exports_and_the_world_are_parts_and_sums(tmp_path: Path) -> None:
    """Proves: of 100 that entered 50 left, though re-exports stand beside the exports that hold them, and the world beside its
    countries; where only single countries or only re-exports are there, they count.
    Without it: twice as much would be said to have entered, and to have left."""
    rows = [
        "2022,398,M,276,851712,60,6,H6", "2022,398,M,156,851712,30,3,H6", "2022,398,M,0,851712,100,10,H6",
        "2022,398,RM,0,851712,5,1,H6", "2022,398,X,643,851712,50,5,H6", "2022,398,RX,643,851712,40,4,H6",
    ]  # fmt: skip
    found = goods.reexport(write(tmp_path, "a.csv", "\n".join([COMTRADE, *rows])), hub="KZ", target="RU")
    assert found.table.iloc[0][["entered", "left", "entered_kg", "left_kg"]].tolist() == [100, 50, 10, 5]
    assert found.sentences[0].startswith("851712, 2022: 50% of the value that entered Kazakhstan left for")
    assert set(found.findings["code"]) == {"parts_beside_totals"}
    less = [row for row in rows if ",M,0," not in row and ",X," not in row]
    bare = goods.reexport(write(tmp_path, "b.csv", "\n".join([COMTRADE, *less])), hub="KZ", target="RU")
    assert bare.table.iloc[0][["entered", "left"]].tolist() == [90, 40]


def test_two_bases_are_not_added_up(tmp_path: Path) -> None:
    """Proves: imports by origin beside the same by consignment are refused where they would be added, and each is answered alone.
    Without it: what entered would be twice what it was, and the share that left half."""
    rows = [f"{who},{year}-{m:02d},{10 * (year - 2019)},{12 * (year - 2019)},{out}"
            for year in (2020, 2021) for m in MONTHS for who, out in (("Germany", 0), ("Russian Federation", 4))]  # fmt: skip
    path = write(tmp_path, "am.csv", "\n".join([ARMENIA, *rows]))
    both = goods.reexport(path, hub="AM", target="RU")
    assert both.refused["code"].tolist() == ["two_bases"] and not len(both.table)
    for basis, entered in (("consignment", 720e3), ("origin", 864e3)):
        row = goods.reexport(path, hub="AM", target="RU", basis=basis).table.iloc[0]
        assert row[["entered", "left"]].tolist() == [entered, 96e3]
        asked = {"before": "2020", "after": "2021", "flow": "import", "least": 1.0}
        assert set(goods.surges(path, basis=basis, **asked).table["before"]) == {entered / 6}
    assert goods.surges(path, **asked).refused["code"].tolist() == ["two_bases"]


def test_shares_are_of_the_time_that_both_ways_cover(tmp_path: Path) -> None:
    """Proves: where exits are known of one year of three, the share is of that year, and the years left out are noted; a month
    without exits of a good that the record else covers is a month without exits; of yearly rows a span takes whole years alone.
    Without it: two years of which nothing is known would count as years in which nothing left."""
    rows = ["exporter,importer,month,value_eur,hs6"]
    rows += [f"DE,KZ,{year}-{m:02d},100,851712" for year in (2020, 2021, 2022) for m in MONTHS]
    late = [f"KZ,RU,2022-{m:02d},90,851712" for m in MONTHS]
    found = goods.reexport(write(tmp_path, "a.csv", "\n".join([*rows, *late])), hub="KZ", target="RU")
    row = found.table.iloc[0]
    assert row[["entered", "left", "share_of_value"]].tolist() == [1200, 1080, 0.9]
    assert (row["first"], row["last"]) == ("2022-01", "2022-12")
    assert "entries of 2020-01 to 2021-12" in found.findings["found"].iloc[0]
    others = [f"KZ,UZ,{year}-{m:02d},1,010121" for year in (2020, 2021, 2022) for m in MONTHS]
    known = goods.reexport(
        write(tmp_path, "b.csv", "\n".join([*rows, *late, *others])), hub="KZ", target="RU"
    )
    assert known.table.iloc[0][["entered", "left"]].tolist() == [3600, 1080]
    yearly = ["exporter,importer,year,value_eur,hs6", "DE,KZ,2022,200,851712", "KZ,RU,2022,150,851712"]
    path = write(tmp_path, "y.csv", "\n".join(yearly))
    assert goods.reexport(path, hub="KZ", target="RU", span="2022").table["left"].iloc[0] == 150
    assert (
        goods.reexport(path, hub="KZ", target="RU", span="2022-03").refused["code"].tolist()
        == ["no_rows"] * 2
    )


def test_a_weight_that_is_off_takes_no_value_away(tmp_path: Path) -> None:
    """Proves: a month whose weight cannot be right keeps its value, in the share and in the pass-through; nothing that entered
    gives no share. Without it: a slip in a weight would be a month in which nothing entered."""
    rows = ["reporter,flow,partner,period,hs6,value_usd,kg"]
    for n in range(24):
        month = f"{2020 + n // 12}-{n % 12 + 1:02d}"
        rows += [f"KZ,M,DE,{month},851712,{100 + n * n},{(100 + n * n) * (50 if n == 7 else 1)}"]
        rows += [f"KZ,X,RU,{month},851712,{(100 + n * n) / 2},{(100 + n * n) / 2}"]
    table = goods.reexport(write(tmp_path, "w.csv", "\n".join(rows)), hub="KZ", target="RU", lags=0).table
    assert table["left_out"].tolist() == [0, 1] and table["share_of_value"].tolist() == pytest.approx(
        [0.5, 0.5]
    )
    assert table["pass_through"].tolist() == pytest.approx([0.5, 0.5])
    nought = ["exporter,importer,year,value_eur,hs6", "DE,KZ,2022,0,851712", "KZ,RU,2022,150,851712"]
    told = goods.reexport(write(tmp_path, "n.csv", "\n".join(nought)), hub="KZ", target="RU").sentences[0]
    assert "nan" not in told and "nothing of value entered Kazakhstan" in told


def test_totals_are_no_codes_and_the_world_no_corridor(tmp_path: Path) -> None:
    """Proves: of surges over all corridors neither the sum of all goods nor that of the world is one; yearly rows are told to be
    without a test, and not to be without a surge.
    Without it: each surge would stand twice, and a growth of 900 % would be none."""
    rows = [COMTRADE]
    for year, amount in ((2021, 1e6), (2022, 1e7)):
        for m in MONTHS:
            for who in ("643", "0"):
                for code, size in (("851712", 1 + m % 3 / 10), ("TOTAL", 2 + m % 2)):
                    rows.append(f"{year}{m:02d},398,X,{who},{code},{amount * size:.0f},,H5")
    path = write(tmp_path, "s.csv", "\n".join(rows))
    found = goods.surges(path, before="2021", after="2022")
    assert found.table[["importer", "good", "verdict"]].values.tolist() == [["RU", "851712", "surge"]]
    assert (
        found.sentences[1].startswith("Kazakhstan to the Russian Federation, 851712: 10 times")
        and "USD" in found.sentences[1]
    )
    world = goods.surges(path, before="2021", after="2022", importer="World").table
    assert world["importer"].tolist() == ["WORLD"]
    yearly = write(
        tmp_path,
        "y.csv",
        "exporter,importer,year,value_eur,hs6\nDE,KZ,2021,1000000,851712\nDE,KZ,2022,9000000,851712",
    )
    told = goods.surges(yearly, before="2021", after="2022").sentences
    assert told[0].startswith("No surge is tested") and told[2].startswith(
        "Germany to Kazakhstan, 851712: 9 times"
    )


def test_hubs_are_countries(tmp_path: Path) -> None:
    """Proves: among all others of a file neither the world nor what is assigned to nobody is a hub, and both stand beside
    countries without a refusal. Without it: goods would be said to have moved to the world."""
    rows = [COMTRADE]
    for n in range(36):
        rows += [
            f"{2020 + n // 12}{n % 12 + 1:02d},276,X,{who},851712,{1000 + n},,"
            for who in ("643", "398", "0", "899", "492")
        ]
    found = goods.divert(write(tmp_path, "d.csv", "\n".join(rows)), target="RU", event="2022-03")
    assert found.tables["mass"]["hub"].unique().tolist() == ["KZ"]
    secret = "\n".join(
        [COMEXT, *(f"AT,{who},E,39269097,2,1,NO_SU,202402,76,5,0" for who in ("KZ", "QP", "QZ", "XC", "XU"))]
    )
    assert not len(goods.check(write(tmp_path, "c.csv", secret)).refused)


def test_growth_from_nothing_has_a_sentence(tmp_path: Path) -> None:
    """Proves: growth from nought is told to be none that can be given. Without it: an analyst would quote "+nan %"."""
    path = write(tmp_path, "z.csv", "exporter,importer,year,value_eur\nDE,KZ,2021,0\nDE,KZ,2022,5000000")
    found = goods.growth(path, before="2021", after="2022")
    assert "nan" not in found.sentences[0] and "nothing in 2021" in found.sentences[0]


def test_comext_parts_copies_and_totals(tmp_path: Path) -> None:
    """Proves: parts by procedure are added once, in rows of indicators too; the total over procedures (regime 4) stands for them;
    the same row again, as in two downloads put together, is refused, and so is one with another number.
    Without it: a file that holds itself twice would double all trade."""
    wide = [COMEXT, "AT,KZ,E,39269097,2,1,NO_SU,202402,76,5,0", "AT,KZ,E,39269097,2,3,NO_SU,202402,4,1,0"]
    frame = goods.read(write(tmp_path, "p.csv", "\n".join(wide)))[0].frame
    assert frame[["value", "kg"]].values.tolist() == [[80, 6]] and frame["quantity"].isna().all()
    total = [*wide, "AT,KZ,E,39269097,2,4,NO_SU,202402,80,6,0"]
    result = goods.check(write(tmp_path, "t.csv", "\n".join(total)))
    assert "parts_beside_totals" in set(result.findings["code"])
    assert goods.read(tmp_path / "t.csv")[0].frame["value"].tolist() == [80]
    again = [*wide, wide[1], "AT,KZ,E,39269097,2,3,NO_SU,202402,5,1,0"]
    refused = goods.check(write(tmp_path, "d.csv", "\n".join(again))).refused
    assert refused[["row", "code"]].values.tolist() == [["4", "duplicate_key"], ["5", "conflicting_key"]]
    long = ["freq,reporter,partner,product,flow,stat_procedure,indicators,TIME_PERIOD,OBS_VALUE"]
    for what, amounts in (("VALUE_IN_EUROS", (100, 50)), ("QUANTITY_IN_KG", (5, 1))):
        long += [
            f"M,DE,KZ,851713,2,{part},{what},2022-03,{n}" for part, n in zip((1, 3), amounts, strict=True)
        ]
    frame = goods.read(write(tmp_path, "l.csv", "\n".join(long)))[0].frame
    assert frame[["value", "kg"]].values.tolist() == [[150, 6]]
    blank = [COMEXT, "AT,KZ,E,39269097,2,1,NO_SU,202402,76,5,0", "AT,KZ,E,39269097,2,3,NO_SU,202402,:,1,0"]
    assert goods.read(write(tmp_path, "b.csv", "\n".join(blank)))[0].frame["value"].isna().all()


def test_codes_that_hide_goods(tmp_path: Path) -> None:
    """Proves: confidential goods, which Comext hides in codes like 39XXXXXX, are left out, their amount told; imports of one
    member from another are by consignment.
    Without it: no bulk file of Eurostat could be read, or its sums would lack an amount unsaid."""
    rows = [
        COMEXT, "AT,KZ,E,39269097,2,1,NO_SU,202402,76,5,0", "AT,KZ,E,39XXXXXX,2,1,NO_SU,202402,89,0,0",
        "AT,KZ,E,99RRR100,2,1,NO_SU,202402,11,0,0", "AT,DE,I,40129090,1,1,NO_SU,202402,9,0,0",
        "AT,KZ,E,40129090,1,1,NO_SU,202402,9,0,0",
    ]  # fmt: skip
    result = goods.check(write(tmp_path, "c.csv", "\n".join(rows)))
    assert not len(result.refused)
    assert result.findings["found"].tolist() == ["2 rows of 39XXXXXX, 99RRR100, worth 100 EUR"]
    frame = goods.read(tmp_path / "c.csv")[0].frame
    assert frame[["exporter", "value", "basis"]].values.tolist() == [
        ["AT", 76, "consignment"], ["DE", 9, "consignment"], ["KZ", 9, "origin"],
    ]  # fmt: skip


def test_other_classifications_are_no_codes_of_the_hs(tmp_path: Path) -> None:
    """Proves: codes of BEC and SITC are refused as such, not as codes of the HS that lost a zero; all goods together are the same
    in each; what is not specified is left out and told. Without it: group 334 of the SITC would be taken for chapter 03."""
    rows = [
        COMTRADE, "2022,398,X,643,111,100,,B5", "2022,398,X,643,334,100,,S4", "2022,398,X,643,TOTAL,100,,B4",
        "2022,398,X,643,9999AA,100,,H6", "2022,398,X,643,851712,100,,H5",
    ]  # fmt: skip
    result = goods.check(write(tmp_path, "k.csv", "\n".join(rows)))
    assert result.refused[["row", "code"]].values.tolist() == [["2", "not_hs"], ["3", "not_hs"]]
    assert result.findings["found"].tolist() == ["1 row of 9999AA"]


def passing(folder: Path, months: dict[str, tuple[object, object, object]], *more: str) -> Result:
    """Answer `reexport` for what DE sends to KG and KG to RU: value and kg in, value out (of 5 kg), by month."""
    rows = ["reporter,partner,flow,period,good,value_eur,kg", *more]
    for month, (value, kg, out) in months.items():
        rows += [f"KG,DE,import,{month},851712,{value},{kg}", f"KG,RU,export,{month},851712,{out},5"]
    return goods.reexport(write(folder, "p.csv", "\n".join(rows)), hub="KG", target="RU", lags=1)


TWO_YEARS = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]


def test_a_blank_month_is_no_entry_of_nothing(tmp_path: Path) -> None:
    """Proves: a month in which a value is blank counts on neither side, in shares and in pass-through, and is told; whether other
    goods have that month makes no difference. Without it: what was not reported entered as nothing, and more left than entered.
    """
    into = {month: 100 + 10 * (at * 7 % 5) for at, month in enumerate(TWO_YEARS)}
    out = {month: into[TWO_YEARS[at - 1]] / 2 if at else 50 for at, month in enumerate(TWO_YEARS)}
    months = {m: (":" if m == "2022-05" else into[m], 10, out[m]) for m in TWO_YEARS}
    other = [
        f"KG,{p},{f},{m},847130,70,7" for m in TWO_YEARS for p, f in (("DE", "import"), ("RU", "export"))
    ]
    entered, left = (sum(side[m] for m in TWO_YEARS if m != "2022-05") for side in (into, out))
    for more in ([], other):
        found = passing(tmp_path, months, *more)
        row = found.table[found.table["good"] == "851712"].iloc[0]
        assert (row["entered"], row["left"], row["left_kg"]) == pytest.approx((entered, left, 5 * 23))
        # Exits are half the entries of the month before: of 23 months with one before, two lean on May.
        assert (row["pass_through"], row["periods"]) == pytest.approx((0.5, 21))
        assert "2022-05" in " ".join(found.tables["findings"]["found"])


def test_a_share_of_kg_is_of_all_kg(tmp_path: Path) -> None:
    """Proves: where a part of the value has no weight, that is told and no share of the mass is given, nor where it is next to
    nothing withheld. Without it: of 12 entries of 10 kg six were weighed, and 60 kg of 120 were "all that entered"."""
    half = {m: (100, 10 if at % 2 else "", 50) for at, m in enumerate(TWO_YEARS)}
    found = passing(tmp_path, half)
    assert found.table["share_of_kg"].isna().all() and found.table["share_of_value"].eq(0.5).all()
    assert "12 of 24 entries, 0 of 24 exits" in " ".join(found.tables["findings"]["found"])
    little = passing(tmp_path, dict.fromkeys(TWO_YEARS, (100, 10, 50)), "KG,PL,import,2022-01,851712,3,")
    assert little.table["share_of_kg"].tolist() == pytest.approx([0.5, 0.5])
