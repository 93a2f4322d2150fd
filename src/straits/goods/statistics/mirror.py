"""Mirror gaps: what the exporter records against what the importer records, raw and against the pair's own past.

Fisman, Wei (2004), Tax rates and tax evasion, Journal of Political Economy 112. The level of a gap says little: imports
are booked by origin, exports by consignment, FOB is not CIF. What a pair's own earlier ratio does not explain is the
better question, and the baseline is an assumption: the answer is shown under each.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.goods.answer import answer
from straits.goods.countries import name_of
from straits.goods.readers.base import Options, read_files, read_helpers
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import trade_rows
from straits.goods.selection import one_vintage, select, to_currency, without_world
from straits.goods.statistics.coverage import by_year
from straits.results import described
from straits.wording import in_millions

if TYPE_CHECKING:
    from straits.results import Result

#: Years of baseline of which every resample is listed; above it they are drawn.
ENUMERATED = 5
_DRAWS = 2000
#: Importers, goods and bases that are told in sentences.
MOST = 12
_PAIR = ["exporter", "importer", "good", "basis"]


def gap(
    files: Files,
    *,
    importer: str | None = None,
    exporter: str | None = None,
    period: str | None = None,
    event: str | None = None,
    baseline: list[str] | None = None,
    good: str | None = None,
    vintage: str | None = None,
    currency: str | None = None,
    rates: Files | None = None,
    level: float = 0.9,
    seed: int = 0,
    options: Options | None = None,
) -> Result:
    """Return the mirror gap of each exporter, importer, good and basis.

    Parameters
    ----------
    files : path or list of paths
        Statements of both sides.
    importer, exporter : str, optional
        Country or group; every member of a group has its own row.
    period : str, optional
        Year asked about; default: the last year that both sides have.
    event : str, optional
        Day or year of the event; baseline years lie before it. Default: the year asked about.
    baseline : list of str, optional
        Baseline years; default: the whole years before the event, without the earliest of them if they would cost trade: so many
        that the pairs which have all of them export most in the year asked about. At least two.
    good, vintage, currency, rates, options
        As for `growth`.
    level : float
        Level of the interval.
    seed : int
        Of the resampling, where not every resample is listed.

    Returns
    -------
    Result
        `.table`: export and import, raw gap `X − M`, gap against its own past `r0·X − M` with `r0 = ΣM/ΣX` over the baseline, its
        interval, and the order under each. `.tables["baselines"]`: the same under every single-year baseline, blank where nothing
        was exported in that year. `.tables["totals"]`: sums over the `exporters` that have a gap.
    """
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    rates_read = read_helpers(rates, "rates", refusals)
    rows = trade_rows(reads, refusals)
    sides, chosen = pd.DataFrame(), rows
    years: list[str] = []
    when = ""
    if not len(refusals):
        chosen = select(rows, exporter=exporter, importer=importer, good=good, vintage=vintage)
        chosen = to_currency(chosen, currency, rates_read[0].frame if rates_read else None, refusals)
        if not len(refusals) and one_vintage(chosen, refusals):
            sides = _both_sides(chosen, rows, refusals)
        if len(sides):
            when, years = _years(sides, period, event, baseline, refusals)
    table, singles, totals = (
        _answer(sides, when, years, level, seed, refusals) if years and not len(refusals) else _nothing()
    )
    units = (
        {
            name: str(sides["currency"].iloc[0])
            for name in ("export", "import", "raw_gap", "own_past_gap", "low", "high")
        }
        if len(table)
        else {}
    )
    return answer(
        f"How much of what exporters record do importers not record{f', {when}' if when else ''}?",
        "Raw X − M, and against the pair's own past r0·X − M with r0 = ΣM/ΣX over the baseline (Fisman, Wei 2004). Interval: the "
        f"baseline's years resampled, {level:.0%}.",
        tables={
            "gaps": described(table, title="Mirror gaps, raw and against their own past", units=units),
            "baselines": described(singles, title="The same under every baseline: gap and place in the order"),
            "totals": described(totals, title="Sums over the exporters, under every assumption"),
        },
        sentences=[
            *_sentences(table, totals, when, str(units.get("raw_gap", ""))), *_left_out(table, _sizes(chosen, when), refusals),
        ],
        refusals=refusals, inputs=[*reads, *rates_read],
        assumptions=[
            *(row for read in reads for row in read.assumptions),
            ("baseline", ", ".join(years) or "none", "another baseline gives another order: see table baselines"),
            ("raw gap", "M/X would be 1", "FOB against CIF and origin against consignment are not taken out"),
            ("gap against own past", "M/X would have stayed as in the baseline", "what changed since is the pattern"),
        ],
        parameters={
            "importer": importer, "exporter": exporter, "period": when, "event": event, "baseline": years, "good": good,
            "level": level, "seed": seed,
        },
    )  # fmt: skip


def _both_sides(rows: pd.DataFrame, every: pd.DataFrame, refusals: Refusals) -> pd.DataFrame:
    """Return yearly rows with both sides: exporter, importer, good, basis, year, export, import, currency.

    Months are added up to the years that are whole on both sides; a year that is not is no year. Rows of the whole world have no
    other side and are left out.
    """
    if (rows["flow"] == "reconciled").any():
        file = str(rows.loc[rows["flow"] == "reconciled", "file"].iloc[0])
        accepted = "records of both sides; BACI averages their disagreement away, and here it is the signal"
        refusals.refuse(file, "", "flow", "values reconciled from both sides", accepted, "reconciled")
        return pd.DataFrame()
    yearly = by_year(without_world(rows), every, refusals)
    _note_editions(rows, refusals)
    out = yearly[yearly["flow"] == "export"].drop(columns=["flow", "basis"])
    back = yearly[yearly["flow"] == "import"].drop(columns="flow")
    key = ["exporter", "importer", "good", "year", "currency"]
    both = out.merge(back, on=key, suffixes=("_x", "_m"))
    if len(both):
        _note_one_sided(out, back, both, refusals)
    if not len(both):
        found = f"{len(out)} yearly records of exporters and {len(back)} of importers, none of the same trade"
        accepted = "records of both sides for the same countries, good, year and currency (whole years)"
        refusals.refuse("question", "", "flow", found, accepted, "one_side")
    return both.rename(columns={"value_x": "export", "value_m": "import"})


def _note_one_sided(out: pd.DataFrame, back: pd.DataFrame, both: pd.DataFrame, refusals: Refusals) -> None:
    """Note the trades that one side alone ever records: the widest gap there is, and one that no past can be set beside."""
    pair = ["exporter", "importer", "good"]
    known = set(both[pair].itertuples(index=False, name=None))
    for one, other in ((out, "importer"), (back, "exporter")):
        for found in sorted(set(one[pair].itertuples(index=False, name=None)) - known):
            said = f"{' '.join(p for p in found if p)}: the {other} records nothing in any year"
            refusals.note("question", found[0], "year", said, "left out of every sum", "missing_years")


def _note_editions(rows: pd.DataFrame, refusals: Refusals) -> None:
    """Note that exporters and importers report by different editions of the nomenclature, in which one code may be two things."""
    coded = rows[(rows["edition"] != "") & rows["good"].str.fullmatch(r"\d+")]
    for year, part in coded.groupby(coded["period"].str[:4]):
        out, back = (set(part["edition"][part["flow"] == flow]) for flow in ("export", "import"))
        if out and back and out != back:
            found = f"{year}: exports by {' and '.join(sorted(out))}, imports by {' and '.join(sorted(back))}"
            meaning = "codes that were renumbered or split are compared with others of the same number"
            refusals.note("question", "", "edition", found, meaning, "editions_differ")


def _years(
    sides: pd.DataFrame, period: str | None, event: str | None, baseline: list[str] | None, refusals: Refusals
) -> tuple[str, list[str]]:
    there = sorted(sides["year"].unique())
    when = period or there[-1]
    if when not in there:
        refusals.refuse(
            "question",
            "",
            "period",
            when,
            f"a year that both sides have whole: {', '.join(there)}",
            "missing_months",
        )
        return when, []
    last = (event or when)[:4]
    earlier = [year for year in there if year < min(last, when)]
    years = sorted(baseline) if baseline else _without_costly(sides, when, earlier)
    unknown = [year for year in years if year not in there]
    if unknown:
        found = ", ".join(unknown)
        refusals.refuse(
            "question",
            "",
            "baseline",
            found,
            f"years that both sides have: {', '.join(there)}",
            "missing_months",
        )
    if len(set(years)) < 2 or len(set(years)) != len(years):
        found = ", ".join(years) or "no year"
        accepted = "two whole years or more before the event, each once: one year alone decides the order"
        refusals.refuse("question", "", "baseline", found, accepted, "short_baseline")
    if when in years:
        refusals.refuse(
            "question", "", "baseline", when, "years before the one asked about", "short_baseline"
        )
    return when, years


def _without_costly(sides: pd.DataFrame, when: str, years: list[str]) -> list[str]:
    """Return the years without the earliest ones if pairs that export more in the year asked about lack those; at least two."""
    if len(years) <= 2 or "exporter" not in sides:
        return years
    wide = sides.pivot_table(index=_PAIR, columns="year", values="export", aggfunc="sum")
    now = wide[when].fillna(0.0)
    kept = [float(now[wide[years[start:]].notna().all(axis=1)].sum()) for start in range(len(years) - 1)]
    return years[int(np.argmax(kept)) :]


def _answer(
    sides: pd.DataFrame, when: str, years: list[str], level: float, seed: int, refusals: Refusals
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    wide = sides.pivot_table(index=_PAIR, columns="year", values=["export", "import"], aggfunc="sum")
    lacking = wide[[(what, year) for what in ("export", "import") for year in [*years, when]]].isna()
    for pair in wide.index[lacking.any(axis=1)]:
        gone = sorted({str(column[1]) for column in lacking.columns if bool(lacking.loc[pair, column])})
        found = f"{' '.join(p for p in pair if p)}: no record of both sides in {', '.join(gone)}"
        refusals.note("question", pair[0], "year", found, "left out of every sum", "missing_years")
    wide = wide[~lacking.any(axis=1)]
    if not len(wide):
        refusals.refuse(
            "question",
            "",
            "year",
            "no pair has every year",
            "both sides in every baseline year",
            "missing_months",
        )
        return _nothing()
    x, m = wide["export"], wide["import"]
    zero = x[years].to_numpy().sum(axis=1) <= 0
    for pair in wide.index[zero]:
        what = f"{' '.join(p for p in pair if p)}: nothing exported in {', '.join(years)}"
        refusals.note("question", pair[0], "export", what, "no past to compare with; left out", "no_baseline")
    x, m = x[~zero], m[~zero]
    share = _resamples(len(years), seed)
    now_x, now_m = x[when].to_numpy(), m[when].to_numpy()
    past_x, past_m = x[years].to_numpy(), m[years].to_numpy()
    ratio = past_m.sum(axis=1) / past_x.sum(axis=1)
    shipped = past_x @ share.T
    # Years without any export tell no ratio: there the whole baseline's stands, else one small pair would decide for the sum.
    ratios = np.where(shipped > 0, (past_m @ share.T) / np.where(shipped > 0, shipped, 1.0), ratio[:, None])
    drawn = ratios * now_x[:, None] - now_m[:, None]
    low, high = _interval(drawn, level)
    table = pd.DataFrame(
        {
            "export": now_x, "import": now_m, "raw_gap": now_x - now_m, "import_per_export": now_m / np.where(now_x > 0,
            now_x, np.nan),
            "baseline_ratio": ratio, "own_past_gap": ratio * now_x - now_m, "low": low, "high": high,
        },
        index=x.index,
    ).reset_index()  # fmt: skip
    groups = table.groupby(["importer", "good", "basis"])
    table.insert(4, "period", when)
    table["raw_order"] = groups["raw_gap"].rank(ascending=False, method="min").astype(int)
    table["own_past_order"] = groups["own_past_gap"].rank(ascending=False, method="min").astype(int)
    table = table.sort_values(["importer", "good", "basis", "raw_order"], ignore_index=True)
    singles = _singles(x, m, when, years)
    return table, singles, _totals(table, singles, x, drawn, level, years)


def _resamples(count: int, seed: int) -> np.ndarray:
    """Return how often each year stands in each resample, shape (resamples, count): all of them for few years, else drawn."""
    if count <= ENUMERATED:
        picks = np.array(list(itertools.product(range(count), repeat=count)))
    else:
        picks = np.random.default_rng(seed).integers(0, count, (_DRAWS, count))
    return np.stack([(picks == year).sum(axis=1) for year in range(count)], axis=1)


def _interval(drawn: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    tail = 50 * (1 - level)
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=-1)
    return low, high


def _singles(x: pd.DataFrame, m: pd.DataFrame, when: str, years: list[str]) -> pd.DataFrame:
    frames = []
    for name, chosen in [(", ".join(years), years), *((year, [year]) for year in years)]:
        past = x[chosen].sum(axis=1)
        ratio = m[chosen].sum(axis=1) / past.where(past > 0)
        frame = pd.DataFrame(
            {"baseline": name, "baseline_ratio": ratio, "gap": ratio * x[when] - m[when]}
        ).reset_index()
        frame["order"] = (
            frame.groupby(["importer", "good", "basis"])["gap"]
            .rank(ascending=False, method="min")
            .astype("Int64")
        )
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _totals(
    table: pd.DataFrame,
    singles: pd.DataFrame,
    x: pd.DataFrame,
    drawn: np.ndarray,
    level: float,
    years: list[str],
) -> pd.DataFrame:
    made: list[dict[str, Any]] = []
    for (importer, good, basis), part in table.groupby(["importer", "good", "basis"], sort=False):
        name = {"importer": importer, "good": good, "basis": basis, "exporters": len(part)}
        here = (
            (x.index.get_level_values("importer") == importer)
            & (x.index.get_level_values("good") == good)
            & (x.index.get_level_values("basis") == basis)
        )
        low, high = _interval(drawn[here].sum(axis=0), level)
        first = part.sort_values("raw_order")["exporter"].iloc[0]
        made.append(
            {
                **name,
                "assumption": "raw",
                "gap": part["raw_gap"].sum(),
                "first": first,
                "low": np.nan,
                "high": np.nan,
            }
        )
        rows = singles[
            (singles["importer"] == importer) & (singles["good"] == good) & (singles["basis"] == basis)
        ]
        for baseline, one in rows.groupby("baseline", sort=False):
            whole = baseline == ", ".join(years)
            # Of one year some may have no past: they are in no sum of it.
            one = one[one["gap"].notna()].sort_values("gap", ascending=False)
            made.append(
                {
                    **name, "assumption": f"own past, {baseline}", "exporters": len(one),
                    "gap": float(one["gap"].sum(min_count=1)), "first": one["exporter"].iloc[0] if len(one) else "",
                    "low": float(low) if whole else np.nan, "high": float(high) if whole else np.nan,
                }
            )  # fmt: skip
    columns = ["importer", "good", "basis", "assumption", "gap", "low", "high", "exporters", "first"]
    return pd.DataFrame(made, columns=columns)


def _nothing() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    columns = [
        *_PAIR, "period", "export", "import", "raw_gap", "import_per_export", "baseline_ratio", "own_past_gap", "low", "high",
        "raw_order", "own_past_order",
    ]  # fmt: skip
    return (
        pd.DataFrame(columns=columns),
        pd.DataFrame(columns=[*_PAIR, "baseline", "baseline_ratio", "gap", "order"]),
        pd.DataFrame(
            columns=["importer", "good", "basis", "assumption", "gap", "low", "high", "exporters", "first"]
        ),
    )


def _sentences(table: pd.DataFrame, totals: pd.DataFrame, when: str, currency: str) -> list[str]:
    if not len(table):
        return ["No gap can be given: see what was refused."]
    told = []
    groups = list(totals.groupby(["importer", "good", "basis"], sort=False))
    largest = (
        sorted(groups, key=lambda one: -abs(one[1]["gap"].iloc[1]))[:MOST] if len(groups) > MOST else groups
    )
    for (importer, good, basis), part in largest:
        raw, own = part.iloc[0], part.iloc[1]
        on = f" ({good}{f', imports by {basis}' if basis else ''})"
        money = f"million {currency}".rstrip()
        told.append(
            f"To {name_of(str(importer))}{on}, {when}: raw gap {in_millions(raw['gap'])} {money}, {_from(raw)}; against their "
            f"own past {in_millions(own['gap'])} {money} ({in_millions(own['low'])} to {in_millions(own['high'])}), {_from(own)}."
        )
    if len(groups) > MOST:
        told.append(
            f"These are the {MOST} largest against their own past; {len(groups) - MOST:,} more stand in table totals."
        )
    return told


def _sizes(rows: pd.DataFrame, when: str) -> dict[str, float]:
    """Return what either side records of each exporter in a year, the larger of the two."""
    now = rows[rows["period"].str[:4] == when] if when else rows.iloc[:0]
    sums = now.groupby(["exporter", "flow"])["value"].sum().groupby("exporter").max()
    return {str(name): float(value) for name, value in sums.items()}


def _left_out(table: pd.DataFrame, sizes: dict[str, float], refusals: Refusals) -> list[str]:
    """Name the exporters whose trade is in no sum, the largest first."""
    lacking = (f for f in refusals.findings if f.code in ("missing_years", "no_baseline"))
    told = set(table["exporter"])
    codes = [code for code in dict.fromkeys(f.row for f in lacking) if code not in told]
    codes.sort(key=lambda code: -sizes.get(code, 0.0))
    names = [name_of(code) for code in codes]
    if not names or not len(table):
        return []
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return [
        "In no sum, as both sides do not record all the years, or nothing was exported in the baseline: "
        f"{', '.join(names[:6])}{more}."
    ]


def _from(total: pd.Series) -> str:
    """Say whose gap is the largest of a sum, which need not be the larger part of it: others may be below zero."""
    return f"{'all' if total['exporters'] == 1 else 'the largest'} from {name_of(total['first'])}"
