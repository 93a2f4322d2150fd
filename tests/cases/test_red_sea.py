"""The Red Sea in 2023 and 2024: inputs pinned, accounts, who leaves and who stays, and months that were no inputs."""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from pathlib import Path

import pytest

import straits
from straits.case import Case
from straits.cases import home
from straits.stress.tables.fleets import fleet_use

SHARED = Path(__file__).parents[3] / "shared" / "facts_redsea"


@functools.cache
def red_sea() -> Case:
    return straits.load_case("red-sea")


@functools.cache
def solved(scenario: str | None = None):
    return straits.solve(red_sea(), scenario)


@functools.cache
def monthly(scenario: str | None = None) -> dict[tuple[str, str, str], float]:
    """Flow by commodity, corridor and month: TEU or kt."""
    found: dict[tuple[str, str, str], float] = defaultdict(float)
    links = red_sea().rows("links")
    for row in solved(scenario).flows.itertuples():
        corridor = links[row.link].corridor
        if corridor is not None:
            found[row.commodity, corridor, str(row.start)[:7]] += row.amount
    return found


def passed(scenario, commodity, corridor, months):
    table = monthly(scenario)
    return sum(table[commodity, corridor, month] for month in months)


SUMMER = ("2024-06", "2024-07", "2024-08")


def test_no_errors():
    """Proves: ids, units, dates and claims of the case hold together. Without it: a slip would stop every run, or bend one."""
    assert red_sea().check().errors == []


def test_inputs_are_those_that_the_documents_state():
    """Proves: boxes by pair, capacities of lines and premiums stand as their sources have them, each claim names its place, and
    what has no source is of low confidence. Without it: a number could drift after its errors were seen.
    """
    case = red_sea()
    markets, links, measures = case.rows("markets"), case.rows("links"), case.rows("measures")
    for key, pair in (("north", 10_220), ("west", 3_010), ("east", 3_350)):
        both = markets[f"box-asia-{key}-lines"].demand + markets[f"box-asia-{key}-ties"].demand
        assert both == pytest.approx(pair, rel=1e-3)
    assert [links[k].capacity for k in ("east-west", "adcop", "sumed")] == [5.0, 1.8, 2.5]
    assert case.rows("fleets")["box-ships"].count == pytest.approx(
        8.25e6 / 14_000 + 0.082 * 28e6 / 14_000, rel=0.01
    )
    ship = 140e6 / 12_320
    for key, share in (("nov", 0.0008), ("dec", 0.007), ("jan", 0.009)):
        assert measures[f"war-risk-box-{key}"].cost == pytest.approx(share * ship, abs=0.06)
    for claim in case.rows("claims").values():
        assert (claim.locator and claim.source) or (claim.confidence == "low" and claim.note), claim.id


def test_no_month_of_2024_is_an_input():
    """Proves: no claim rests on the months of PortWatch in 2024, and no measure takes capacity: the strait is dear, not shut.
    Without it: the back-test would find what was put in.
    """
    case = red_sea()
    assert all(row.factor is None and row.cost for row in case.rows("measures").values())
    used = [c for c in case.rows("claims").values() if c.source == "PW_CP"]
    assert {(c.table, c.column) for c in used} == {("joints", "weights")} and all(
        "2023" in c.locator for c in used
    )


def test_accounts_add_up():
    """Proves: what actors gain sums to the value of the run; insurers have the premiums and the canal its tolls.
    Without it: somebody's gain would be nobody's money.
    """
    s = solved("history")
    table = s.accounts()
    assert table["amount"].sum() == pytest.approx(s.objective, rel=1e-6)
    held = table.groupby(["actor", "item"])["amount"].sum()
    assert held["INSURERS", "premium"] > 1000
    before = solved().accounts().groupby(["actor", "item"])["amount"].sum()
    assert held["SCA", "toll"] < 0.75 * before["SCA", "toll"]


def test_who_is_struck_leaves_and_who_is_spared_stays():
    """Proves: in summer 2024 ships of the large lines go round the Cape, those with Chinese ties and Russian oil pass Bab
    el-Mandeb as before, and tankers of the Gulf for North Europe leave while those for the Mediterranean stay.
    Without it: a factor on the strait would do as well.
    """
    before, after = (dict.fromkeys(("LINES", "TIES", "RUS", "IRQ"), 0.0) for _ in range(2))
    links = red_sea().rows("links")
    for scenario, found in ((None, before), ("history", after)):
        for row in solved(scenario).flows.itertuples():
            if (
                links[row.link].corridor == "Bab el-Mandeb"
                and str(row.start)[:7] in SUMMER
                and row.origin in found
            ):
                found[row.origin] += row.amount
    kept = {origin: after[origin] / before[origin] for origin in before}
    assert kept["LINES"] < 0.15
    assert kept["TIES"] == pytest.approx(1, abs=0.05) and kept["RUS"] == pytest.approx(1, abs=0.05)
    assert 0.3 < kept["IRQ"] < 0.8


def test_the_detour_uses_up_the_ships():
    """Proves: the trades of 2023 use the 589 ships of 753 that sailed by Suez, within a twentieth; round the Cape all are used.
    Without it: a detour would cost fuel alone.
    """
    for scenario, share in ((None, 589 / 753), ("history", 1.0)):
        table = fleet_use(solved(scenario))
        rows = table[(table["asset"] == "box-ships") & table["start"].astype(str).str[:7].isin(SUMMER)]
        assert (rows["used"].sum() / rows["available"].sum()) == pytest.approx(share, rel=0.05)


def test_oil_held_against_single_facts():
    """Proves: the errors of the three means of 2024 that the page of the case tells are those of the run.
    Without it: a page could keep the errors of a kinder run.
    """
    table = straits.stress.back_test(solved("history")).set_index("observation")
    told = {"bab-2024": 5.9 / 4.0, "cape-2024": 7.8 / 9.2, "hormuz-2024": 20.4 / 20.0}
    for key, ratio in told.items():
        assert 1 + table.loc[key, "error"] == pytest.approx(ratio, rel=0.02), key


@functools.cache
def observed() -> dict[tuple[str, str, str, str], float]:
    path = SHARED / "chokepoint_monthly.csv"
    if not path.exists():
        pytest.skip("the monthly series are not beside this checkout (../shared)")
    with path.open(encoding="utf-8") as file:
        return {
            (r["chokepoint"], r["measure"], r["ship_type"], r["month"]): float(r["value"])
            for r in csv.DictReader(file)
        }


def errors(place: str, measure: str, kind: str) -> list[tuple[float, float]]:
    """Observed and modelled change against the same month of 2023, for the months of 2024 at hand."""
    commodity = "box" if kind == "container" else "oil"
    corridor = {"bab": "Bab el-Mandeb", "cape": "Cape of Good Hope",
                "suez": "Suez" if kind == "container" else "Suez and SUMED"}[place]  # fmt: skip
    ship = {"box": 0.0001848, "oil": 0.02053}[commodity]  # calls for a TEU, for a kt
    found, table = [], monthly("history")
    for month in (f"2024-{m:02d}" for m in range(1, 13)):
        ago = f"2023{month[4:]}"
        seen = [observed().get((place, measure, kind, m)) for m in (month, ago)]
        if seen[0] is None or seen[1] is None:
            continue
        now, then = (table[commodity, corridor, m] for m in (month, ago))
        # The Cape carries what is no part of the case: what comes on top is held against all its calls of 2023.
        base, unit = (seen[1], ship) if measure == "transit_calls" else (then, 1.0)
        found.append((seen[0] / seen[1] - 1, (now - then) * unit / base))
    return found


SCORES = [
    ("bab", "trade_volume", "container", -0.92, -0.85, 0.07),
    ("suez", "trade_volume", "container", -0.83, -0.89, 0.07),
    ("cape", "transit_calls", "container", 2.20, 2.74, 0.54),
    ("bab", "trade_volume", "tanker", -0.55, -0.28, 0.27),
    ("suez", "trade_volume", "tanker", -0.52, -0.29, 0.23),
    ("cape", "transit_calls", "tanker", 1.17, 0.64, 0.53),
]


@pytest.mark.parametrize(("place", "measure", "kind", "seen", "found", "missed"), SCORES)
def test_months_of_2024_as_the_page_tells_them(place, measure, kind, seen, found, missed):
    """Proves: the back-test against months that were no input has the errors that the page of the case prints, good and bad.
    Without it: errors could be told from memory.
    """
    pairs = errors(place, measure, kind)
    assert len(pairs) == 8
    n = len(pairs)
    assert sum(o for o, _ in pairs) / n == pytest.approx(seen, abs=0.01)
    assert sum(m for _, m in pairs) / n == pytest.approx(found, abs=0.02)
    assert sum(abs(m - o) for o, m in pairs) / n == pytest.approx(missed, abs=0.02)


def test_the_page_has_these_errors():
    """Proves: the table on the page of the case is the one that is tested. Without it: the two could part."""
    text = Path(home() / "red-sea" / "README.md").read_text(encoding="utf-8")
    rows = [
        [c.strip() for c in line.strip("|\n ").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    told = [
        tuple(float(c.rstrip(" %")) for c in row[2:])
        for row in rows
        if row[0] in ("Bab el-Mandeb", "Suez", "Cape")
    ]
    assert told == [(round(100 * s), round(100 * f), m) for *_, s, f, m in SCORES]


def test_a_closed_strait_takes_who_would_have_stayed():
    """Proves: shut to all, Bab el-Mandeb lets nobody pass in summer, and Russian oil goes round too; that costs more than what
    happened took from all together. Without it: a choice of carriers and a closure would be one thing.
    """
    assert passed("bab-closed", "oil", "Bab el-Mandeb", SUMMER) == pytest.approx(0, abs=1e-6)
    assert passed("bab-closed", "oil", "Cape of Good Hope", SUMMER) > 1.2 * passed(
        "history", "oil", "Cape of Good Hope", SUMMER
    )
    assert solved("bab-closed").objective < solved("history").objective < solved().objective


def test_carriers_come_back_when_it_pays():
    """Proves: with the danger over on 1 July 2024 boxes pass Bab el-Mandeb in autumn as in 2023. Without it: the model would know
    of no way back."""
    autumn = ("2024-10", "2024-11")
    back = passed("carriers-come-back", "box", "Bab el-Mandeb", autumn)
    assert back == pytest.approx(passed(None, "box", "Bab el-Mandeb", autumn), rel=0.05)


@functools.cache
def short_stops():
    return straits.stress.stress(red_sea(), ["hormuz-30", "suez-six-days"])


def test_ships_wait_while_the_canal_is_blocked():
    """Proves: in the six days cargo waits at anchor; of boxes less than a hundredth of those that wait come to nothing, of oil
    none, and six sevenths have gone on five days later; undisturbed, hardly anything waits. The page says how much waits at most.
    Without it: a canal blocked for a week would sink what was at sea.
    """
    found = short_stops()
    lost = found.stranded.query("scenario == 'suez-six-days'").groupby("commodity")["amount"].sum()
    content = found.storage.query("scenario == 'suez-six-days'")
    waiting = content.groupby(["commodity", "start"])["level"].sum()
    most = waiting.groupby("commodity").max()
    assert set(lost.index) == {"box"} and lost["box"] < 0.01 * most["box"]
    assert most["box"] == pytest.approx(615e3, rel=0.02) and most["oil"] == pytest.approx(2.9e3, rel=0.02)
    assert waiting["box"]["2023-04-02":].max() < most["box"] / 7
    assert found.storage.query("scenario == 'baseline'")["level"].max() < 0.001 * most["box"]
    assert found.value_lost("suez-six-days") < 3000


def test_ships_turn_when_the_strait_shuts_before_them():
    """Proves: with Bab el-Mandeb shut for a year, boxes and oil under way to it go back round the Cape, and no more than
    a tenth of these come to nothing, as the page says; some turn in what happened; undisturbed, none does.
    Without it: a closure would sink a million boxes.
    """
    turned = {
        scenario: plan.flows[plan.flows["link"].str.contains("-turn-")].groupby("commodity")["amount"].sum()
        for scenario in (None, "history", "bab-closed")
        for plan in [solved(scenario)]
    }
    lost = solved("bab-closed").stranded.groupby("commodity")["amount"].sum()
    assert turned[None].sum() == pytest.approx(0, abs=1e-6)
    assert turned["history"]["box"] == pytest.approx(127e3, rel=0.05)
    assert turned["bab-closed"]["box"] == pytest.approx(1.1e6, rel=0.02)
    assert lost["box"] == pytest.approx(101e3, rel=0.02) and lost.get("oil", 0.0) == pytest.approx(
        0, abs=1e-6
    )
    assert turned["bab-closed"]["oil"] == pytest.approx(21.3e3, rel=0.02)


def test_short_stops_are_answered():
    """Proves: Hormuz shut for 30 days and the canal blocked for six are answered by surprise, in shorter steps, and cost all
    together; what Europe brings in stands beside the baseline. Without it: the case could tell scenarios that nobody can run.
    """
    found = short_stops()
    assert found.failed == {} and {"EUR", "EGY"} & set(found.imports["state"])
    for scenario in ("hormuz-30", "suez-six-days"):
        assert found.solutions[scenario].objective < found.reference(scenario).objective
