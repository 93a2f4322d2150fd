"""Does what enters leave again? Lagged pass-through, share re-exported and ratio of unit values, good by good.

A weight that cannot be right (kg per unit off its median by more than four times; single months of trade data are off by
thirty) is flagged and left out; the answer is shown with and without. Values stay: it is the weight that is wrong. Entries and
exits are compared over the periods that the records of both cover.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from straits.goods.answer import answer, records
from straits.goods.countries import WORLD, name_of
from straits.goods.readers.base import Options, read_files, read_helpers
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import trade_rows
from straits.goods.selection import one_vintage, select, side, to_currency, without_parts
from straits.goods.spans import between, months_of
from straits.goods.statistics.coverage import WEIGHTY, covered, without_part_years
from straits.results import described

if TYPE_CHECKING:
    from straits.results import Result

#: Factor off the median beyond which kg per unit cannot be right.
OFF = 4.0
#: Share of the value of one way that may have no weight, if a share of the mass is given.
LIGHT = 0.01
COLUMNS = (
    "good", "weights", "entered", "left", "share_of_value", "entered_kg", "left_kg", "share_of_kg", "unit_value_in",
    "unit_value_out", "unit_value_ratio", "pass_through", "standard_error", "p", "lags", "periods", "left_out",
    "first", "last",
)  # fmt: skip


def reexport(
    files: Files,
    *,
    hub: str,
    target: str,
    source: str | None = None,
    good: str | None = None,
    span: str | None = None,
    basis: str | None = None,
    lags: int = 3,
    currency: str | None = None,
    rates: Files | None = None,
    options: Options | None = None,
) -> Result:
    """Return how much of what enters a hub leaves it for a target.

    Parameters
    ----------
    files : path or list of paths
        Imports of the hub and its exports to the target, by good; from either side's records.
    hub, target : str
    source : str, optional
        Country or group from which goods enter; default: all.
    good : str, optional
    span : str, optional
        Months or years counted; default: all that the records of both ways cover. Of yearly rows only whole years.
    basis : {"origin", "consignment"}, optional
        Of imports, needed where a reporter gives both.
    lags : int
        Months after entry within which goods leave.

    Returns
    -------
    Result
        `.table` two rows a good: all weights, and without those that cannot be right; `first` and `last` say the periods.
        `.tables["weights"]`: what was left out.
    """
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    rated = read_helpers(rates, "rates", refusals)
    rows = trade_rows(reads, refusals)
    here, there = side(hub)[0], side(target)[0]
    table, flagged = pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame()
    money = ""
    if not len(refusals):
        wanted = (
            rows
            if basis is None
            else rows[(rows["basis"] == basis) | ~rows["flow"].isin(("import", "re-import"))]
        )
        entered = select(wanted, exporter=source, importer=here, good=good)
        left = select(wanted, exporter=here, importer=there, good=good)
        (entered, blank_in), (left, blank_out) = (
            _one_side(part, here, span, what, refusals)
            for part, what in ((entered, "entries"), (left, "exits"))
        )
        known: set[str] = set()
        if not len(refusals):
            entered, left, known = _over_the_same(entered, left, wanted, refusals)
        both = pd.concat([entered.assign(way="in"), left.assign(way="out")])
        unknown = blank_in | blank_out
        if not len(refusals):
            both = _without_blanks(both, unknown, refusals)
        both = to_currency(both, currency, rated[0].frame if rated else None, refusals)
        if not len(refusals) and one_vintage(both, refusals, bases_apart=False):
            money = str(both["currency"].iloc[0])
            table, flagged = _answer(both, lags, known, unknown, refusals)
    return answer(
        f"Does what enters {name_of(here)} leave again for {name_of(there)}?",
        f"Least squares of exits on entries of the same and the {lags} months before (Newey, West 1987); sums and unit values.",
        tables={
            "reexport": described(
                table, title=f"What entered {name_of(here)} and left for {name_of(there)}",
                units={"entered": money, "left": money, "entered_kg": "kg", "left_kg": "kg"} if len(table) else {},
            ),
            "weights": described(flagged, title=f"Weights off the median by more than {OFF:g} times, left out of the second row"),
        },
        sentences=_sentences(table, here, there),
        refusals=refusals, inputs=[*reads, *rated],
        assumptions=[
            *(row for read in reads for row in read.assumptions),
            ("goods", "those that leave are not known to be those that entered", "codes are the same, the things need not be"),
            ("weights", f"off by more than {OFF:g} times is an error", "both answers are shown"),
        ],
        parameters={
            "hub": here, "target": there, "source": source, "good": good, "span": span, "basis": basis, "lags": lags,
        },
    )  # fmt: skip


def _one_side(
    rows: pd.DataFrame, hub: str, span: str | None, what: str, refusals: Refusals
) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """Return the rows of the span, of the hub's own records where there are any, none a part of another.

    And the goods and periods of which some row has no value, unless the whole of them stands beside it.
    """
    own = rows[rows["reporter"] == hub]
    chosen = own if len(own) else rows
    if span is not None:
        months = months_of(span)
        years = [year for year in {month[:4] for month in months} if set(months_of(year)) <= set(months)]
        chosen = chosen[chosen["period"].isin([*months, *years])]
    if len(chosen["period"].str.len().unique()) > 1:
        chosen = chosen[chosen["period"].str.len() == 7]
    chosen = without_part_years(chosen, refusals)
    partner = "exporter" if what == "entries" else "importer"
    told = without_parts(chosen[chosen["value"].notna()], refusals, partner)
    if not len(told):
        accepted = "rows of the hub's imports and of its exports to the target"
        refusals.refuse("question", "", what, f"no {what} with a value", accepted, "no_rows")
    blank, whole = chosen[chosen["value"].isna()], told[told[partner] == WORLD]
    return told, _goods_and_periods(blank) - _goods_and_periods(whole)


def _goods_and_periods(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(rows[["good", "period"]].itertuples(index=False, name=None))


def _without_blanks(both: pd.DataFrame, unknown: set[tuple[str, str]], refusals: Refusals) -> pd.DataFrame:
    """Leave out both ways of the goods and periods of which one is not known: a blank is not zero."""
    at = pd.MultiIndex.from_frame(both[["good", "period"]])
    gone = at.isin(list(unknown)) if unknown else np.zeros(len(both), dtype=bool)
    for good in sorted({str(name) for name in both["good"][gone]}):
        when = sorted(period for name, period in unknown if name == good)
        found = f"{good}: no value in {', '.join(when[:6])}" + (
            f" and {len(when) - 6} more" if len(when) > 6 else ""
        )
        refusals.note(
            "question",
            "",
            "value",
            found,
            "left out, entries and exits: a blank is not zero",
            "missing_value",
        )
    if gone.all():
        found = "no good has a value both ways in any period"
        refusals.refuse(
            "question", "", "value", found, "periods with a value for entries and exits", "no_rows"
        )
    return both[~gone]


def _over_the_same(
    entered: pd.DataFrame, left: pd.DataFrame, rows: pd.DataFrame, refusals: Refusals
) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """Return entries and exits of the periods that the records of both cover, and these periods; note those of one alone.

    What a reporter's record covers is seen from all its rows of that direction: a month in which the hub sold nothing to the
    target, but something to others, is covered. Where several report, as partners of a hub that does not, it is what all of
    weight give.
    """
    months = [len(str(part["period"].iloc[0])) == 7 for part in (entered, left)]
    if months[0] != months[1]:
        accepted = "months of both ways, or years of both"
        refusals.refuse(
            "question", "", "period", "months of one way and years of the other", accepted, "not_monthly"
        )
        return entered, left, set()
    width = 7 if months[0] else 4
    given = rows[rows["value"].notna() & (rows["period"].str.len() == width) & ~(rows["months"] < 12)]
    both = _given_by_all(entered, given) & _given_by_all(left, given)
    kept = [part[part["period"].isin(both)] for part in (entered, left)]
    for part, what, other in ((entered, "entries", "exits"), (left, "exits", "entries")):
        alone = sorted(set(part["period"]) - both)
        if alone:
            found = (
                f"{what} of {alone[0]}"
                + (f" to {alone[-1]}" if len(alone) > 1 else "")
                + f" ({len(alone)} periods)"
            )
            refusals.note(
                "question",
                "",
                "period",
                found,
                f"left out: the files hold no {other} of then",
                "one_way_only",
            )
    if not len(kept[0]) or not len(kept[1]):
        refusals.refuse(
            "question",
            "",
            "period",
            "no period of both ways",
            "entries and exits of the same time",
            "no_rows",
        )
    return kept[0], kept[1], both


def _given_by_all(part: pd.DataFrame, given: pd.DataFrame) -> set[str]:
    """Return the periods that the records of all reporters of weight cover."""
    sums = part.groupby("reporter")["value"].sum()
    directed = given[given["flow"].isin(set(part["flow"]))]
    records = [
        set(covered(directed["period"][directed["reporter"] == name]))
        for name in sums.index[sums >= WEIGHTY * sums.sum()]
    ]
    return set.intersection(*records) if records else set()


def _answer(
    both: pd.DataFrame, lags: int, known: set[str], unknown: set[tuple[str, str]], refusals: Refusals
) -> tuple[pd.DataFrame, pd.DataFrame]:
    per_unit, unit = _per_unit(both)
    both = both.assign(per_unit=per_unit, per=unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = both["per_unit"] / both.groupby(["good", "way", "per"])["per_unit"].transform("median")
    wrong = (off > OFF) | (off < 1 / OFF)
    made: list[dict[str, Any]] = []
    for name, part in both.groupby("good", sort=True):
        bad = wrong.loc[part.index] if part.index.is_unique else wrong[both["good"] == name]
        bad_rows = np.asarray(bad, dtype=bool)
        if set(part["way"]) != {"in", "out"}:
            continue
        there = {month for month in known if (str(name), month) not in unknown}
        _note_unweighed(str(name), part, refusals)
        made.append(_row(str(name), "all", part, np.zeros(len(part), dtype=bool), lags, there))
        made.append(_row(str(name), "without those off", part, bad_rows, lags, there))
    if not made:
        accepted = "a good that both enters and leaves: codes of one edition and length on both sides"
        refusals.refuse("question", "", "good", "no good on both sides", accepted, "no_rows")
    flagged = both[wrong.to_numpy()].assign(times_off=off[wrong.to_numpy()])
    shown = ["file", "line", "good", "period", "exporter", "importer", "kg", "quantity", "unit", "times_off"]
    return pd.DataFrame(made, columns=list(COLUMNS)), flagged[shown].reset_index(drop=True)


def _note_unweighed(good: str, part: pd.DataFrame, refusals: Refusals) -> None:
    """Note the rows that have a value and no weight, where others have one: what is weighed is not all that moved."""
    light = (part["value"] > 0) & ~(part["kg"] > 0)
    if not light.any() or light.all():
        return
    ways = {what: part["way"] == way for way, what in (("in", "entries"), ("out", "exits"))}
    told = ", ".join(f"{int((light & on).sum())} of {int(on.sum())} {what}" for what, on in ways.items())
    meaning = f"have no weight: kg are those of the others; no share of kg where it is more than {LIGHT:.0%} of the value"
    refusals.note("question", "", "kg", f"{good}: {told}", meaning, "weight_missing")


def _per_unit(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return kg per unit where units are counted, else kg per value, and which unit: only what is per the same is alike."""
    by_unit = rows["kg"] / rows["quantity"].where(rows["quantity"] > 0)
    by_value = rows["kg"] / rows["value"].where(rows["value"] > 0)
    counted = by_unit.notna()
    return by_unit.where(counted, by_value), rows["unit"].where(counted, "value")


def _row(
    name: str, weights: str, part: pd.DataFrame, bad: np.ndarray, lags: int, known: set[str]
) -> dict[str, Any]:
    ways = {way: part["way"] == way for way in ("in", "out")}
    v_in, v_out = (float(part["value"][ways[way]].sum()) for way in ("in", "out"))
    weighed = {way: part[on & ~bad & (part["kg"] > 0)] for way, on in ways.items()}
    kg_in, kg_out = (float(weighed[way]["kg"].sum()) for way in ("in", "out"))
    light = part["value"].where(~bad & ~(part["kg"] > 0), 0.0)
    whole = all(float(light[on].sum()) <= LIGHT * float(part["value"][on].sum()) for on in ways.values())
    uv_in = float(weighed["in"]["value"].sum()) / kg_in if kg_in else float("nan")
    uv_out = float(weighed["out"]["value"].sum()) / kg_out if kg_out else float("nan")
    through, error, p, used = _pass_through(part, lags, known)
    return {
        "good": name, "weights": weights, "entered": v_in, "left": v_out,
        "share_of_value": v_out / v_in if v_in else float("nan"),
        "entered_kg": kg_in or float("nan"), "left_kg": kg_out or float("nan"),
        "share_of_kg": kg_out / kg_in if kg_in and whole else float("nan"),
        "unit_value_in": uv_in, "unit_value_out": uv_out, "unit_value_ratio": uv_out / uv_in if uv_in else float("nan"),
        "pass_through": through, "standard_error": error, "p": p, "lags": lags, "periods": used, "left_out": int(bad.sum()),
        "first": str(part["period"].min()), "last": str(part["period"].max()),
    }  # fmt: skip


def _pass_through(rows: pd.DataFrame, lags: int, known: set[str]) -> tuple[float, float, float, int]:
    """Return the sum of the coefficients of exits on entries of the same and earlier months, its error, p and the months used.

    In a month of those `known` no row is no trade. Months of which that, or one of the months before, is not known are left out.
    """
    nothing = (float("nan"), float("nan"), float("nan"), 0)
    if not len(rows) or rows["period"].str.len().min() != 7:
        return nothing
    months = between(rows["period"].min(), rows["period"].max())
    wide = (
        rows.pivot_table(index="period", columns="way", values="value", aggfunc="sum")
        .reindex(months)
        .fillna(0.0)
    )
    if len(months) <= lags or "in" not in wide or "out" not in wide:
        return nothing
    there = np.array([month in known for month in months])
    entries, exits = wide["in"].to_numpy(), wide["out"].to_numpy()[lags:]
    before = [slice(lags - lag, len(months) - lag) for lag in range(lags + 1)]
    used = np.all([there[span] for span in before], axis=0)
    count = int(used.sum())
    if count < lags + 8:
        return nothing
    x = np.column_stack([np.ones(len(used)), *(entries[span] for span in before)])[used]
    exits = exits[used]
    beta, _, rank, _ = np.linalg.lstsq(x, exits, rcond=None)
    if rank < x.shape[1]:
        return nothing
    cover = _newey_west(x, exits - x @ beta, lags)
    pick = np.array([0.0, *np.ones(lags + 1)])
    through, error = float(pick @ beta), float(np.sqrt(max(pick @ cover @ pick, 0.0)))
    p = float(2 * stats.t.sf(abs(through) / error, count - x.shape[1])) if error > 0 else 0.0
    return through, error, p, count


def _newey_west(x: np.ndarray, left: np.ndarray, lags: int) -> np.ndarray:
    """Return the covariance of least squares under scatter that lasts (Newey, West 1987)."""
    scores = x * left[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        shifted = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (shifted + shifted.T)
    bread = np.linalg.pinv(x.T @ x)
    found: np.ndarray = bread @ middle @ bread * len(x) / max(len(x) - x.shape[1], 1)
    return found


def _sentences(table: pd.DataFrame, hub: str, target: str) -> list[str]:
    if not len(table):
        return ["Nothing can be said: see what was refused."]
    shown = table[table["weights"] == "without those off"].sort_values("left", ascending=False).head(3)
    told = []
    for row in records(shown):
        through = row["pass_through"]
        more = f", pass-through {through:.2f} ± {row['standard_error']:.2f}" if through == through else ""
        when = row["first"] if row["first"] == row["last"] else f"{row['first']} to {row['last']}"
        if row["entered"] > 0:
            what = f"{row['share_of_value']:.0%} of the value that entered {name_of(hub)} left for {name_of(target)}"
        else:
            what = f"nothing of value entered {name_of(hub)}, and no share can be given"
        told.append(f"{row['good']}, {when}: {what}{more}.")
    return told
