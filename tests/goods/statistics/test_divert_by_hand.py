"""The parts of `divert`, each solved by hand: windows, listed goods against others, codes that fell and rose, the regression."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from goods.common import write
from straits import goods
from straits.goods.refusals import Refusals
from straits.goods.statistics import changes as ch
from straits.goods.statistics import fallrise
from straits.goods.statistics.listed import Windows, against_others, windows
from straits.goods.statistics.panel import block, renumbered


def months(first: int, last: int) -> list[str]:
    """Give the months of whole years."""
    return [f"{year}-{month:02d}" for year in range(first, last + 1) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("event", "after", "first", "last", "past"),
    [
        # A day: what is left of its month and two whole months are not counted. Of March 2022 the same month one year before lies
        # after the event.
        ("2021-02-24", None, "2021-05", "2022-01", "2021-01"),
        # The first of a month begins it, as a month does.
        ("2021-03-01", None, "2021-03", "2022-02", "2021-02"),
        ("2021-03", None, "2021-03", "2022-02", "2021-02"),
        # To the last month of the files where that is less than a year.
        ("2022-06-15", None, "2022-09", "2022-12", "2022-05"),
        ("2021-02-24", "2021-10/2021-12", "2021-10", "2021-12", "2021-01"),
        # What is compared begins before the event: the past ends where it begins.
        ("2021-02-24", "2021-01/2021-03", "2021-01", "2021-03", "2020-12"),
    ],
)
def test_windows(event: str, after: str | None, first: str, last: str, past: str) -> None:
    """Proves: which months are after, the same one year before, and which are the past, for an event of a day and of a month.
    Without it: contracts that run out would count as an answer to the event, or months after it as its past."""
    rows = pd.DataFrame({"period": ["2019", *months(2020, 2022)]})
    found = windows(rows, event, after)
    assert (found.after[0], found.after[-1]) == (first, last)
    assert found.before == [f"{int(month[:4]) - 1}{month[4:]}" for month in found.after]
    assert (found.past[0], found.past[-1]) == ("2020-01", past)


def logs(
    **corridors: tuple[list[float], list[float], list[float]],
) -> tuple[pd.DataFrame, pd.DataFrame, Windows]:
    """Make listed goods whose logarithm against others is given for three half years (2020, 2021, 2022), 0 elsewhere."""
    every = months(2020, 2021) + months(2022, 2022)[:6]
    listed = pd.DataFrame(100.0, index=every, columns=list(corridors))
    for name, halves in corridors.items():
        for year, half in zip((2020, 2021, 2022), halves, strict=True):
            listed.loc[months(year, year)[:6], name] *= np.exp(half)
    window = Windows(months(2022, 2022)[:6], months(2020, 2021))
    return listed, pd.DataFrame(1000.0, index=every, columns=list(corridors)), window


NOUGHT, SWING = [0.0] * 6, [0.1, -0.1] * 3


def test_listed_against_others_by_hand() -> None:
    """Proves: the change is that of the sums, its error that of the paired months over √6, the interval that of t with five
    degrees; the placebo is the year before; corridors without a change before hold, the others are refused with what failed.
    Without it: an interval of the normal, or an error without √n, would call a rise certain that is not."""
    listed, other, window = logs(
        KG=(SWING, NOUGHT, [0.4, 0.6] * 3),
        RU=(SWING, NOUGHT, [-0.4, -0.6] * 3),
        BY=([-1.0, -0.9] * 3, NOUGHT, [0.4, 0.6] * 3),
    )
    refusals = Refusals()
    table = against_others(listed, other, window, "all", 0.9, refusals).set_index("corridor")
    assert not len(refusals) and table["verdict"].tolist() == ["rise", "fall", "refused: placebo"]
    delta = np.log((np.exp(0.4) + np.exp(0.6)) / 2)
    error = np.sqrt(6 * 0.1**2 / 5) / np.sqrt(6)
    reach = stats.t.ppf(0.95, 5) * error
    row = table.loc["KG"]
    assert row[["delta", "standard_error", "low", "high"]].tolist() == pytest.approx(
        [delta, error, delta - reach, delta + reach]
    )
    placebo = -np.log((np.exp(0.1) + np.exp(-0.1)) / 2)
    assert row["placebo"] == pytest.approx(placebo) and row["months"] == 6 and row["failed"] == ""
    assert row["placebo_p"] == pytest.approx(2 * stats.t.sf(abs(placebo) / error, 5))
    slope = stats.linregress(np.arange(24), np.log(listed["KG"][:24] / 1000.0))
    assert row[["pre_trend", "pre_trend_p"]].tolist() == pytest.approx([12 * slope.slope, slope.pvalue])
    assert np.isnan(table.loc["BY", ["delta", "low", "high"]].astype(float)).all()
    assert table.loc["BY", "failed"].startswith("placebo")


def test_what_listed_goods_need() -> None:
    """Proves: without an earlier year there is no placebo and without six months no pre-trend, and each is said; a month in which
    nothing was listed refuses its corridor by name; one month alone has no error.
    Without it: a comparison without a placebo would stand beside those that passed one."""
    listed, other, window = logs(KG=(SWING, NOUGHT, [0.4, 0.6] * 3), RU=(SWING, NOUGHT, SWING))
    late, refusals = listed.index >= "2021-01", Refusals()
    table = against_others(listed[late], other[late], window, "all", 0.9, refusals)
    assert table["failed"].str.startswith("no placebo: a year earlier is missing").all()
    assert not table["failed"].str.contains("pre-trend: too few").any()
    short = Windows(window.after, months(2020, 2020)[:5])
    assert (
        against_others(listed, other, short, "all", 0.9, refusals)["failed"]
        .str.contains("no pre-trend")
        .all()
    )
    enough = Windows(window.after, months(2020, 2020)[:6])
    assert (
        not against_others(listed, other, enough, "all", 0.9, refusals)["failed"]
        .str.contains("too few")
        .any()
    )
    listed.loc["2021-03", "RU"] = 0.0
    left = against_others(listed, other, window, "all", 0.9, refusals)
    assert left["corridor"].tolist() == ["KG"]
    refused = refusals.table()
    assert refused["row"].tolist() == ["RU"] and "2021-03" in refused["found"].iloc[0]
    one = against_others(listed[["KG"]], other, Windows(["2022-01"], window.past), "all", 0.9, refusals)
    assert np.isnan(one["standard_error"].iloc[0])


def flows(folder: Path) -> list[Path]:
    """Write two listed codes and two others to RU, KZ and BY, and totals: RU loses half of what is listed, KZ has four times as
    much. In the months after the event that are left out everything is thirty times larger."""
    before = {"RU": (100.0, 200.0), "KZ": (10.0, 20.0), "BY": (30.0, 90.0)}
    factor = {"RU": 0.5, "KZ": 4.0, "BY": 1.0}
    codes, totals = ["hs6,partner,month,value_eur"], ["partner,month,total_eur,listed_eur"]
    for at, month in enumerate(months(2020, 2021)):
        settling = 30.0 if "2021-02" <= month < "2021-05" else 1.0
        for name, (listed, other) in before.items():
            mine = listed * (factor[name] if month >= "2021-05" else settling)
            for code, amount in (
                ("854231", mine),
                ("854232", mine),
                ("010121", other * settling),
                ("020110", other * settling),
            ):
                codes.append(f"{code},{name},{month},{amount:.6f}")
            swung = 2 * mine * (1 + 0.01 * (-1) ** at)
            totals.append(f"{name},{month},{swung + 2 * other * settling:.6f},{swung:.6f}")
    return [write(folder, "codes.csv", "\n".join(codes)), write(folder, "totals.csv", "\n".join(totals))]


def test_regression_by_hand(tmp_path: Path) -> None:
    """Proves: with effects of corridor and code, code and month, corridor and month, the coefficient of KZ is how much listed
    codes rose there against other codes and against RU: ln (4 / ½) = ln 8; against BY it is ln 4 and RU's ln ½. Months that are
    left out after the event do not count: 4 codes, 3 corridors, 13 months before and 8 after.
    Without it: the months of settling would make the answer."""
    listed = write(tmp_path, "listed.csv", "hs6\n854231\n854232")
    asked = {"target": "RU", "event": "2021-02-24", "parts": ["ppml"]}
    found = goods.divert(flows(tmp_path), listed=listed, **asked).tables["ppml"].set_index("corridor")
    assert found["coefficient"].to_dict() == pytest.approx({"BY": np.log(2), "KZ": np.log(8)}, abs=1e-6)
    assert set(found["against"]) == {"RU"} and set(found["clusters"]) == {4}
    assert set(found["cells"]) == {4 * 3 * (13 + 8)} and set(found["separated"]) == {0}
    other = (
        goods.divert(flows(tmp_path), listed=listed, reference="BY", **asked)
        .tables["ppml"]
        .set_index("corridor")
    )
    assert other["coefficient"].to_dict() == pytest.approx({"RU": np.log(0.5), "KZ": np.log(4)}, abs=1e-6)
    two = goods.divert(flows(tmp_path), listed=listed, hubs=["KZ"], **asked).tables["ppml"]
    assert two["corridor"].tolist() == ["KZ"] and two["cells"].tolist() == [4 * 2 * 21]


def test_regression_says_what_it_lacks(tmp_path: Path) -> None:
    """Proves: without a list, with a list without codes, with codes that are not there, and of a file of totals alone, the
    regression is refused by name and nothing else is. Without it: an empty table would be an answer."""
    asked = {"target": "RU", "event": "2021-02-24"}
    none = goods.divert(flows(tmp_path), parts=["ppml"], **asked)
    assert none.refused["code"].tolist() == ["no_list"] and not len(none.table)
    names = write(tmp_path, "names.csv", "name\ncars")
    assert "missing_column" in goods.divert(flows(tmp_path), listed=names, **asked).refused["code"].tolist()
    absent = write(tmp_path, "absent.csv", "cn8\n99999900")
    failed = goods.divert(flows(tmp_path), listed=absent, parts=["ppml"], **asked)
    assert failed.refused["code"].tolist() == ["not_estimable"] and not len(failed.table)
    eight = write(tmp_path, "eight.csv", "cn8\n85423190\n85423290")
    done = goods.divert(flows(tmp_path), listed=eight, parts=["ppml"], **asked)
    assert not len(done.refused) and len(done.table) == 2
    codes, totals = flows(tmp_path)
    for part in ("codes", "ppml"):
        assert goods.divert(totals, parts=[part], listed=eight, **asked).refused["code"].tolist() == [
            "no_rows"
        ]
    refused = goods.divert(codes, parts=["listed"], **asked)
    assert refused.refused["code"].tolist() == ["no_rows"] and not len(refused.table)
    assert goods.divert(codes, hubs=["AM"], **asked).refused["found"].tolist() == ["AM"]


def test_a_file_with_a_fault_gives_no_answer(tmp_path: Path) -> None:
    """Proves: where a row is refused nothing is answered from the others. Without it: what is missing would be no trade."""
    codes, totals = flows(tmp_path)
    codes.write_text(codes.read_text() + "010121,KZ,2021-12,1.5x\n")
    result = goods.divert([codes, totals], target="RU", event="2021-02-24")
    assert len(result.refused) and not len(result.table) and "mass" not in result.tables


def test_parts_are_those_with_rows(tmp_path: Path) -> None:
    """Proves: by default each part is answered for which there are rows, hubs are all other importers, and listed goods stand
    beside those without the renumbered ones once there is a concordance. Without it: a part would be left out in silence."""
    asked = {"target": "RU", "event": "2021-02-24"}
    plain = goods.divert(flows(tmp_path), **asked)
    assert set(plain.tables) >= {"listed", "mass", "codes"} and "ppml" not in plain.tables
    assert plain.tables["listed"]["corridor"].tolist() == ["RU", "BY", "KZ"]
    assert plain.tables["listed"]["codes"].unique().tolist() == ["all"]
    assert set(plain.tables["mass"]["hub"]) == {"BY", "KZ"} and set(plain.tables["mass"]["codes"]) == {"all"}
    assert plain.findings["code"].tolist().count("not_without_renumbered") == 2
    kept = ["854232,854232,1:1,1", "010121,010121,1:1,1", "020110,020110,1:1,1", "854231,854230,1:1,1"]
    table = write(tmp_path, "hs.csv", "\n".join(["hs2022,hs2017,relationship,conversion", *kept]))
    both = goods.divert(flows(tmp_path), concordance=table, **asked)
    listed = both.tables["listed"].set_index(["corridor", "codes"])
    assert set(both.tables["mass"]["codes"]) == {"all", "without renumbered"}
    assert both.tables["codes"].drop_duplicates("good").set_index("good")["renumbered"].to_dict() == {
        "854230": True, "854232": False, "010121": False, "020110": False,
    }  # fmt: skip
    assert set(listed.index.get_level_values("codes")) == {"all", "without renumbered"}
    # 8 months after against the same of 2020; what was not renumbered has no swing and is held against the same other goods.
    assert plain.tables["listed"].set_index("corridor")["months"].tolist() == [8, 8, 8]


def test_renumbered_codes() -> None:
    """Proves: renumbered are codes that only one edition has, from either side. Without it: the kept codes would be left out."""
    table = pd.DataFrame({"new": ["1", "2"], "old": ["1", "3"]})
    assert renumbered(("1", "2", "3"), table).tolist() == [False, True, True]


def test_block_by_hand() -> None:
    """Proves: rows of one cell are added up, a cell without a row is 0, and yearly rows and totals are left out; a blank value
    and a month without any row refuse the block. Without it: a missing month would be one without trade."""
    rows = pd.DataFrame(
        [
            ("KZ", "2022-01", "2", 5.0), ("KZ", "2022-01", "2", 7.0), ("RU", "2022-02", "1", 3.0), ("KZ", "2022", "1", 99.0),
            ("KZ", "2022-01", "total", 99.0),
        ],
        columns=["importer", "period", "good", "value"],
    ).assign(currency="EUR", file="f", line=range(2, 7))  # fmt: skip
    panel = block(rows, Refusals())
    assert panel is not None and panel.goods == ("1", "2") and panel.corridors == ("KZ", "RU")
    assert panel.values.tolist() == [[[0.0, 0.0], [0.0, 3.0]], [[12.0, 0.0], [0.0, 0.0]]]
    assert panel.of("KZ").tolist() == [[0.0, 0.0], [12.0, 0.0]] and panel.where(
        ["2022-02", "2030-01"]
    ).tolist() == [1]
    refusals = Refusals()
    assert block(rows.assign(value=[5.0, np.nan, 3.0, 1.0, 1.0]), refusals) is None
    assert refusals.table()[["row", "code"]].values.tolist() == [["3", "missing_value"]]
    refusals = Refusals()
    later = rows.assign(period=["2022-01", "2022-01", "2022-04", "2022", "2022-01"])
    assert block(later, refusals) is None and refusals.table()["found"].tolist() == ["2022-02, 2022-03"]
    refusals = Refusals()
    assert block(rows[rows["good"] == "total"], refusals) is None and refusals.table()["code"].tolist() == [
        "no_rows"
    ]


def test_mass_by_hand() -> None:
    """Proves: a code counts with 1 − q and with no more than it lost at the target; the interval holds the scatter, the doubt and
    the error of detection, and above it what is likely but not found. Without it: a hub that grew more than the target lost would
    count whole."""
    gained, lost = np.array([40.0, 90.0, 5.0, -3.0]), np.array([-100.0, -50.0, -60.0, 20.0])
    weight, likely = np.array([0.9, 1.0, 0.0, 0.0]), np.array([False, False, True, True])
    mass, low, high = fallrise._mass(gained, lost, np.array([4.0, 9.0, 1.0, 1.0]), weight, likely, 0.9)
    assert mass == pytest.approx(0.9 * 40 + 50)
    variance = 0.81 * 4 + 9 + 0.9 * 0.1 * 40**2 + (0.08 * mass) ** 2
    reach = stats.norm.ppf(0.95) * np.sqrt(variance)
    assert (low, high) == pytest.approx((mass - reach, mass + reach + 5.0))
    wide = fallrise._mass(gained[:1], lost[:1], np.array([1e6]), weight[:1], likely[:1], 0.9)
    assert wide[1] == 0.0


def test_what_a_hub_would_have_had() -> None:
    """Proves: a hub's growth is that of its usual code traded in more than six months of ten; what a code would have had is
    its own past times that growth; its variance is that of the months after and of the mean before, and of the growth over
    codes.
    Without it: a code that is seldom traded would set the growth of all."""
    before, after = np.arange(4), np.arange(4, 6)
    hub = np.array([[9.0] * 4 + [19.0] * 2, [99.0] * 4 + [199.0] * 2, [0.0, 0.0, 4.0, 4.0, 900.0, 900.0]])
    growth = fallrise._own_growth(hub, before, after)
    assert growth == pytest.approx(2.0)
    assert fallrise._own_growth(hub[2:], before, after) == 1.0
    expected, variance = fallrise._expected(hub, before, after, growth)
    assert expected.tolist() == pytest.approx([2 * 2 * 9, 2 * 2 * 99, 2 * 2 * 2])
    assert variance.tolist() == pytest.approx([0.0, 0.0, (2 + 4 / 4) * (16 / 3) * 4])
    # Four regular codes or more: the middle half of their growth counts as well.
    many = np.array([[9.0] * 4 + [10 * factor - 1] * 2 for factor in (1, 2, 3, 4, 5)])
    spread = (np.log(4) - np.log(2)) / 1.349
    assert fallrise._expected(many, before, after, 1.0)[1] == pytest.approx(np.full(5, (18 * spread) ** 2))
    assert fallrise._expected(many[:3], before, after, 1.0)[1] == pytest.approx(np.zeros(3))


def change(
    moved: list[float], amount: list[float], sign: float, late: list[float] | None = None
) -> ch.Change:
    """Make a change with an error of 0.1 and 10 degrees of freedom."""
    here = np.array(moved)
    return ch.Change(
        here, np.full(len(here), 0.1), 10.0, np.array(late or moved), here, np.array(amount), sign
    )


def test_p_values_by_hand() -> None:
    """Proves: a fall is tested beyond 0.2 in logarithms by t; what stood already in the last months before, what rose by less
    than 8 % of what was lost or by more than 1.15 times it counts as no proof; likely is what more likely than not did both.
    Without it: a fall of a year ago would be found, or a rise ten times the fall."""
    tested = np.ones(5, dtype=bool)
    fell = change([-0.5] * 5, [-100.0] * 5, -1.0, [-0.5, -0.2, -0.5, -0.5, -0.5])
    rose = change([0.5] * 5, [50.0, 50.0, 8.0, 115.1, 114.9], 1.0, [0.5, 0.5, 0.5, 0.5, 0.2])
    p_fall, p_rise = fallrise._p_values(fell, rose, tested)
    sure = stats.t.sf(3.0, 10)
    assert p_fall.tolist() == pytest.approx([sure, 1.0, sure, sure, sure])
    assert p_rise.tolist() == pytest.approx([sure, sure, 1.0, 1.0, 1.0])
    untested = fallrise._p_values(fell, rose, ~tested)
    assert (untested[0] == 1.0).all() and (untested[1] == 1.0).all()
    gained = change([0.1] * 4, [50.0] * 4, 1.0)
    loss = change([-0.1, 0.1, -0.1, -0.1], [-100.0] * 4, -1.0)
    likely = fallrise._likely(
        loss, gained, np.array([4.0, 4.0, 3.0, 4.0]), np.array([-100.0, -100.0, -100.0, 1.0])
    )
    assert likely.tolist() == [True, False, False, False]


def test_fall_and_rise_by_hand() -> None:
    """Proves: the columns of the table: changes are those of sums against the past and the hub's growth, the fall is that of the
    codes found, a code below the least yearly value is not tested. Without it: a year would be taken for a month."""
    before, after = np.arange(12), np.arange(12, 18)
    target = np.full((3, 18), 10.0)
    target[0, 12:] = 2.0
    target[2] = 0.5
    hub = np.full((3, 18), 5.0)
    hub[0, 12:] = 9.0
    found = fallrise.fall_and_rise(
        ("a", "b", "c"), target, hub, before, after, fdr=0.1, level=0.9, least=12.0
    )
    table = found.table
    assert table["tested"].tolist() == [True, True, False]
    assert table["target_change"].tolist() == pytest.approx([-48.0, 0.0, 0.0])
    assert table["hub_change"].tolist() == pytest.approx([24.0, 0.0, 0.0])
    # A past without scatter leaves no doubt.
    assert table["hub_high"].tolist() == table["hub_low"].tolist() == pytest.approx([24.0, 0.0, 0.0])
    assert table["substitution"].iloc[0] == pytest.approx(0.5) and table["substitution"].iloc[1:].isna().all()
    assert found.fall == pytest.approx(48.0 if table["found"].iloc[0] else 0.0)


def test_variances_of_codes_by_hand() -> None:
    """Proves: the prior of variances is that of Smyth (2004, section 6.2): its mean and degrees of freedom from the mean and
    variance of their logarithms; where these scatter no more than chance, all codes have one variance. Moderated variances
    are the mean of both, weighted by degrees of freedom.
    Without it: a code with a quiet dozen months would be found for its silence."""
    spread, freedom = np.array([0.1, 1.0, 10.0]), 10
    logs = np.log(spread) - special.digamma(5) + np.log(5)
    half = ch._trigamma_inverse(float(logs.var(ddof=1) - special.polygamma(1, 5)))
    assert float(special.polygamma(1, half)) == pytest.approx(
        logs.var(ddof=1) - special.polygamma(1, 5), rel=1e-8
    )
    prior, prior_freedom = ch._prior(spread, freedom)
    assert (prior, prior_freedom) == pytest.approx(
        (np.exp(logs.mean() + special.digamma(half)) / half, 2 * half)
    )
    alike = ch._prior(np.array([1.0, 1.1]), freedom)
    wide = np.log([1.0, 1.1]).mean() - special.digamma(5) + np.log(5)
    assert alike == pytest.approx((np.exp(wide), np.inf))
    assert ch._prior(np.array([4.0]), freedom) == (4.0, 0.0) and ch._prior(np.zeros(0), freedom) == (0.0, 0.0)
    values = np.array([[1.0, -1.0, 1.0, -1.0, 2.0, 2.0], [10.0, -10.0, 10.0, -10.0, 2.0, 2.0]])
    before, after, tested = np.arange(4), np.arange(4, 6), np.ones(2, dtype=bool)
    own = np.array([1.0, 100.0])
    first, several = ch._prior(own, 4)
    got, degrees = ch._moderated(values, before, after, tested)
    assert np.isfinite(several) and degrees == pytest.approx(4 + several)
    assert got == pytest.approx((several * first + 4 * own) / (several + 4))
    same, endless = ch._moderated(values[[0, 0]], before, after, tested)
    assert np.isinf(endless) and same[0] == same[1] == pytest.approx(ch._prior(own[[0, 0]], 4)[0])


def test_what_months_did_to_all() -> None:
    """Proves: a chapter of fifteen codes or more has months of its own, a smaller one those of all; what a whole chapter did
    beyond 0.2 against the usual code counts again, and a fall of everything counts as a fall but a rise of everything not as
    a rise.
    Without it: a chapter that moved as one would be taken for a season."""
    chapters = np.array(["01"] * 20 + ["02"] * 15 + ["03"] * 2)
    logs = np.zeros((37, 4))
    logs[20:35, 2:] = 1.0
    logs[35:, 2:] = 0.7
    tested = np.ones(37, dtype=bool)
    net = ch._net_of_months(logs, chapters, tested)
    assert net[20:35].tolist() == np.zeros((15, 4)).tolist() and net[35:, 2:].tolist() == [[0.7, 0.7]] * 2
    assert ch._net_of_months(logs, chapters, ~tested) is logs
    few = tested & (np.arange(37) != 34)
    assert ch._net_of_months(logs, chapters, few)[20:34, 2:].tolist() == [[1.0, 1.0]] * 14
    before, after = np.arange(2), np.arange(2, 4)
    rose = ch._shared(logs, net, before, after, tested, 1.0)
    assert rose.tolist() == pytest.approx([0.0] * 20 + [0.8] * 15 + [0.0] * 2)
    assert ch._shared(logs, net, before, after, tested, -1.0).tolist() == [0.0] * 37
    fell = ch._shared(-logs, -net, before, after, tested, -1.0)
    assert fell.tolist() == pytest.approx([0.0] * 20 + [-0.8] * 15 + [0.0] * 2)
    down = np.zeros((3, 4)) - np.array([0.0, 0.0, 0.5, 0.5])
    all_fell = ch._shared(
        down, ch._net_of_months(down, chapters[:3], tested[:3]), before, after, tested[:3], -1.0
    )
    assert all_fell.tolist() == pytest.approx([-0.5] * 3)
    all_rose = ch._shared(
        -down, ch._net_of_months(-down, chapters[:3], tested[:3]), before, after, tested[:3], 1.0
    )
    assert all_rose.tolist() == [0.0] * 3
    assert ch._shared(down, down, before, after, ~tested[:3], -1.0).tolist() == [0.0] * 3


def test_t_values_wider_than_they_should_be() -> None:
    """Proves: from forty codes on errors are widened by the middle half of t values over that of a normal distribution, never
    narrowed. Without it: months that hang together would double what is found."""
    t = stats.norm.ppf((np.arange(41) + 0.5) / 41)
    known = np.ones(41, dtype=bool)
    middle = np.subtract(*np.percentile(t, [75, 25])) / 1.349
    assert ch._inflation(3 * t, np.ones(41), known) == pytest.approx(3 * middle)
    assert ch._inflation(0.5 * t, np.ones(41), known) == 1.0
    assert ch._inflation(3 * t[:39], np.ones(39), known[:39]) == 1.0
    assert ch._inflation(3 * t, np.r_[0.0, 0.0, np.ones(39)], known) == 1.0


def test_a_line_that_outliers_do_not_bend() -> None:
    """Proves: of forty points on a line of which four are far off, the line is found (Huber 1964), where least squares is off.
    Without it: a code that went to nothing would set what is expected of all."""
    x = np.arange(40.0)
    columns, outcome = np.column_stack([np.ones(40), x]), 2.0 + 0.5 * x + 0.01 * (-1.0) ** np.arange(40)
    outcome[:4] += 100.0
    assert ch._huber(columns, outcome) == pytest.approx([2.0, 0.5], abs=0.05)
    assert abs(np.linalg.lstsq(columns, outcome, rcond=None)[0][1] - 0.5) > 0.5
