"""Did listed goods move against other goods? A difference of log changes with its placebo and pre-trend.

`δ = [ln S1 − ln S0] − [ln O1 − ln O0]`: listed goods S against other goods O, after (1) against the same months one year
before (0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from straits.goods.spans import month_at, months_of, number_of, shifted

if TYPE_CHECKING:
    from straits.goods.refusals import Refusals

#: Whole months after an event of a certain day that are left out: contracts run out, goods are under way.
SETTLING = 2
#: Level of the tests of placebo and pre-trend.
ALPHA = 0.05
REFUSED = "refused: placebo"
COLUMNS = (
    "corridor", "codes", "verdict", "delta", "standard_error", "low", "high", "months", "placebo", "placebo_p", "pre_trend",
    "pre_trend_p", "failed",
)  # fmt: skip


@dataclass(frozen=True)
class Windows:
    """Months of a comparison: after, the same one year before, and all months before the event."""

    after: list[str]
    past: list[str]

    @property
    def before(self) -> list[str]:
        """The same months one year before."""
        return shifted(self.after, -12)


def windows(rows: pd.DataFrame, event: str, after: str | None) -> Windows:
    """Return the months that are compared: from the event on, or, after an event of a certain day, when contracts have run out.

    Parameters
    ----------
    rows : DataFrame
        Rows with `period`; only months count.
    event : str
        Day or month.
    after : str or None
        Span that is compared, instead.
    """
    monthly = rows["period"][rows["period"].str.len() == 7]
    first, last = (str(monthly.min()), str(monthly.max())) if len(monthly) else (event[:7], event[:7])
    if after is not None:
        chosen = months_of(after)
    else:
        start = number_of(event[:7]) + (SETTLING + 1 if len(event) == 10 and not event.endswith("-01") else 0)
        # Not beyond one year after the event: the same months one year earlier would not lie before it.
        chosen = _run(start, max(start, min(number_of(last), number_of(event[:7]) + 11)))
    past = _run(number_of(first), number_of(min(event[:7], chosen[0])) - 1)
    return Windows(chosen, past)


def _run(start: int, end: int) -> list[str]:
    return [month_at(place) for place in range(start, end + 1)]


def against_others(
    listed: pd.DataFrame, other: pd.DataFrame, windows: Windows, codes: str, level: float, refusals: Refusals
) -> pd.DataFrame:
    """Return a row for each corridor: δ, its standard error over paired months, placebo one year earlier, and pre-trend.

    Parameters
    ----------
    listed, other : DataFrame
        Month by corridor.
    windows : Windows
    codes : str
        Which codes `listed` holds, for the table.
    level : float
        Level of the interval.
    refusals : Refusals
        Months that are missing.
    """
    made = [
        _row(name, listed[name], other[name], windows, codes, level, refusals)
        for name in listed.columns
        if name in other
    ]
    return pd.DataFrame([row for row in made if row], columns=list(COLUMNS))


def _row(
    name: str,
    listed: pd.Series,
    other: pd.Series,
    windows: Windows,
    codes: str,
    level: float,
    refusals: Refusals,
) -> dict[str, object] | None:
    needed = [*windows.after, *windows.before]
    there = set(listed.index[(listed > 0) & (other > 0)])
    gone = [month for month in needed if month not in there]
    if gone:
        accepted = "listed and other goods in every month after and one year before"
        refusals.refuse(
            "question",
            name,
            "period",
            f"{name}: {', '.join(gone)} missing or nothing",
            accepted,
            "missing_months",
        )
        return None
    delta, error, freedom, _ = _change(listed, other, windows.after, windows.before)
    earlier = shifted(windows.after, -24)
    failed = []
    placebo = placebo_p = float("nan")
    if all(month in there for month in earlier):
        placebo, _, _, placebo_p = _change(listed, other, windows.before, earlier)
        if placebo_p < ALPHA:
            failed.append("placebo")
    else:
        failed.append("no placebo: a year earlier is missing")
    slope, slope_p = _trend(listed, other, [month for month in windows.past if month in there])
    if not slope_p >= ALPHA:
        failed.append("pre-trend" if slope_p == slope_p else "no pre-trend: too few months")
    reach = stats.t.ppf(0.5 + level / 2, freedom) * error
    held = not failed
    return {
        "corridor": name, "codes": codes, "verdict": ("rise" if delta > 0 else "fall") if held else REFUSED,
        "delta": delta if held else float("nan"), "standard_error": error, "low": delta - reach if held else float("nan"),
        "high": delta + reach if held else float("nan"), "months": len(windows.after), "placebo": placebo, "placebo_p": placebo_p,
        "pre_trend": 12 * slope, "pre_trend_p": slope_p, "failed": ", ".join(failed),
    }  # fmt: skip


def _change(
    listed: pd.Series, other: pd.Series, after: list[str], before: list[str]
) -> tuple[float, float, int, float]:
    """Return δ of the sums, its standard error over paired months, degrees of freedom, and p of δ = 0."""
    sums = [float(series[months].sum()) for series in (listed, other) for months in (after, before)]
    delta = float(np.log(sums[0] / sums[1]) - np.log(sums[2] / sums[3]))
    now, then = ((listed[months] / other[months]).to_numpy(dtype=float) for months in (after, before))
    by_month = np.log(now) - np.log(then)
    freedom = len(by_month) - 1
    if freedom < 1:
        return delta, float("nan"), 1, float("nan")
    error = float(by_month.std(ddof=1) / np.sqrt(len(by_month)))
    return delta, error, freedom, float(2 * stats.t.sf(abs(delta) / error, freedom)) if error > 0 else 0.0


def _trend(listed: pd.Series, other: pd.Series, months: list[str]) -> tuple[float, float]:
    """Return the monthly slope of ln(S/O) before the event, and p of no slope."""
    if len(months) < 6:
        return float("nan"), float("nan")
    found = stats.linregress(np.arange(len(months)), np.log((listed / other)[months].to_numpy(dtype=float)))
    return float(found.slope), float(found.pvalue)
