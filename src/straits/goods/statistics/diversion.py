"""Did goods move from a target to a hub? Three answers that rest on different things, side by side.

(a) Listed goods against other goods, with placebo and pre-trend (`listed`). (b) Poisson regression with corridor×code,
code×month and corridor×month effects (`ppml`). (c) Codes that fell to the target and rose to the hub (`fallrise`).
Javorcik, Kitzmueller, Schweiger, Yıldırım, EBRD working paper 276.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.errors import StraitsError
from straits.goods import countries
from straits.goods.answer import answer
from straits.goods.countries import name_of
from straits.goods.readers.base import Options, read_files, read_helpers
from straits.goods.reading import Files
from straits.goods.refusals import Refusals
from straits.goods.rows import trade_rows
from straits.goods.selection import one_vintage, select, side, to_currency
from straits.goods.spans import told
from straits.goods.statistics.coverage import without_short
from straits.goods.statistics.listed import COLUMNS as LISTED
from straits.goods.statistics.listed import SETTLING, Windows, windows
from straits.goods.statistics.panel import joining
from straits.goods.statistics.parts import MASS, PARTS, Asked, answers
from straits.results import described
from straits.wording import capital, in_millions

if TYPE_CHECKING:
    from collections.abc import Callable

    from straits.results import Result


def divert(
    files: Files,
    *,
    target: str,
    hubs: Sequence[str] | None = None,
    event: str = "2022-02-24",
    after: str | None = None,
    exporter: str | None = None,
    concordance: Files | None = None,
    listed: Files | None = None,
    reference: str | None = None,
    parts: Sequence[str] | None = None,
    fdr: float = 0.1,
    level: float = 0.9,
    least: float = 1e5,
    rates: Files | None = None,
    options: Options | None = None,
    progress: Callable[[str], None] | None = None,
) -> Result:
    """Return whether trade moved from a target to hubs.

    Parameters
    ----------
    files : path or list of paths
        Monthly rows: goods `total` and `listed` for (a), HS codes for (b) and (c).
    target : str
        Importer from which goods may have moved away.
    hubs : sequence of str, optional
        Importers to which they may have moved; default: all other countries and groups of the files.
    event : str
        Day or month of the event.
    after : str, optional
        Span that is compared; default: from the month of the event on, or, if a day was given, from the third month after it. It
        ends eleven months after that of the event at the latest, since the same months one year before are no past else.
    exporter : str, optional
        Needed if the files have several.
    concordance : path, optional
        Two editions of the HS: codes that were renumbered are compared with their own past, and everything is answered twice.
    listed : path, optional
        Codes whose trade is expected to move, for (b): any file with a column `hs6`.
    reference : str, optional
        Corridor that (b) compares with; default: the target.
    parts : sequence of {"listed", "codes", "ppml"}, optional
        Default: those for which the files have rows.
    fdr, level, least : float
        False discovery rate of (c), level of intervals, and least yearly value to the target of a code that is tested.

    Returns
    -------
    Result
        `.table` the answer of (a) if it was asked, else the mass of (c); tables `listed`, `mass`, `codes`, `ppml`.
    """
    unknown = sorted(set(parts or ()) - set(PARTS))
    if unknown:
        raise StraitsError(f"parts {', '.join(unknown)}: known are {', '.join(PARTS)}")
    refusals = Refusals()
    reads = read_files(files, options, refusals)
    helpers = read_helpers(concordance, "concordance", refusals)
    rated = read_helpers(rates, "rates", refusals)
    rows = trade_rows(reads, refusals)
    code = side(target)[0]
    tables: dict[str, pd.DataFrame] = {}
    money = ""
    months = windows(rows, event, after) if len(rows) else Windows([], [])
    if not len(refusals):
        chosen = select(
            rows, exporter=exporter, flow=None if (rows["flow"] == "reconciled").all() else "export"
        )
        chosen = to_currency(chosen, None, rated[0].frame if rated else None, refusals)
        _refuse_several(chosen, refusals)
        _refuse_late(months, event, refusals)
        if not len(refusals) and one_vintage(chosen, refusals, bases_apart=False):
            money = str(chosen["currency"].iloc[0])
            names = (
                [side(hub)[0] for hub in hubs]
                if hubs
                else [
                    name for name in sorted(chosen["importer"].unique()) if name != code and _is_place(name)
                ]
            )
            chosen = without_short(
                chosen, rows, sorted({*months.past, *months.before, *months.after}), refusals
            )
            table = helpers[0].frame if helpers else None
            ask = Asked(code, names, months, table, listed, reference, parts, fdr, level, least)
            tables = answers(chosen, ask, refusals, progress)
    tables = tables or {"listed": pd.DataFrame(columns=list(LISTED))}
    return answer(
        f"Did goods move from {name_of(code)} after {event}, and where to?",
        "Listed goods against others with placebo and pre-trend; codes that fell to the target and rose to the hub (Berger 1982; "
        "false discoveries as Benjamini, Hochberg 1995); Poisson regression with three sets of effects (Santos Silva, Tenreyro "
        "2006).",
        tables={name: described(table, title=_TITLES[name], units=_units(table, money)) for name,
        table in tables.items()},
        sentences=_sentences(tables, code, money),
        refusals=refusals, inputs=[*reads, *helpers, *rated],
        assumptions=[
            *(row for read in reads for row in read.assumptions),
            ("months after", told(months.after), f"the first {SETTLING} whole months after the day of an event are left out"),
            ("months before", told(months.before), "the same months one year earlier"),
            ("listed goods", "would have moved like other goods", "the placebo and the pre-trend look whether they did before"),
            joining(rows["good"], helpers[0].frame if helpers else None),
            ("own growth of a hub", "that of its usual code", "taken out of what moved"),
        ],
        parameters={
            "target": code, "hubs": list(hubs or []), "event": event, "after": told(months.after), "exporter": exporter,
            "reference": reference, "fdr": fdr, "level": level, "least": least,
        },
    )  # fmt: skip


_TITLES = {
    "listed": "Listed goods against other goods, one year apart, in logarithms",
    "mass": "Diverted mass: what arrived at the hub beyond its own past, of codes that fell to the target",
    "codes": "Codes that fell to the target and rose to the hub",
    "ppml": "Listed codes against others by corridor, Poisson regression",
}


def _is_place(name: str) -> bool:
    """Say whether an importer is a place to which goods can move: not the world, and not what is assigned to no country."""
    return name != countries.WORLD and not name.startswith(countries.REST) and not countries.unnamed(name)


def _units(table: pd.DataFrame, currency: str) -> dict[str, str]:
    money = ("target_change", "hub_change", "hub_low", "hub_high", "mass", "fall_of_target")
    units = {name: currency for name in money if name in table}
    if "mass" in table:
        units |= {"low": currency, "high": currency}
    if "pre_trend" in table:
        units["pre_trend"] = "ln per year"
    return units


def _refuse_several(rows: pd.DataFrame, refusals: Refusals) -> None:
    """Refuse several exporters or reporters: their rows would be added up unasked."""
    found = sorted(rows["exporter_label"].unique())
    if len(found) > 1 or not found:
        told_ = ", ".join(found[:6]) + (", …" if len(found) > 6 else "") if found else "no rows"
        refusals.refuse(
            "question", "", "exporter", told_, "one exporter or group: --from EU", "several_exporters"
        )


def _refuse_late(months: Windows, event: str, refusals: Refusals) -> None:
    """Refuse months of which the same one year before lie in or after the event, or are compared themselves."""
    late = [month for month in months.before if month >= min(event[:7], months.after[0])]
    if late:
        found = f"{told(months.after)}, compared with {told(months.before)}: {told(late)} is no past"
        accepted = "twelve months at most, up to eleven after that of the event"
        refusals.refuse("question", "", "after", found, accepted, "no_past")


def _sentences(tables: dict[str, pd.DataFrame], target: str, money: str) -> list[str]:
    said = []
    lost = name_of(target)
    for row in tables.get("listed", pd.DataFrame()).to_dict("records"):
        codes = "" if row["codes"] == "all" else f" ({row['codes']} codes)"
        where = capital(name_of(row["corridor"]))
        if row["verdict"].startswith("refused"):
            said.append(f"{where}{codes}: {row['verdict']} (failed: {row['failed']}).")
        else:
            change, low, high = (100.0 * math.expm1(row[key]) for key in ("delta", "low", "high"))
            number = f"{change:+.0f} % ({low:+.0f} to {high:+.0f})".replace("-", "−")
            said.append(f"{where}{codes}: listed goods beside other goods {number}.")
    for row in tables.get("mass", pd.DataFrame()).to_dict("records"):
        if row["codes"] == "all":
            hub = name_of(row["hub"])
            said.append(
                f"{row['found']} {'code' if row['found'] == 1 else 'codes'} fell to {lost} and rose to {hub}: "
                f"{in_millions(row['mass'])} million {money} moved ({in_millions(row['low'])} to {in_millions(row['high'])}), "
                f"{row['substitution']:.2f} of what {lost} lost in them."
                if row["found"] else
                f"Codes that fell to {lost} and rose to {hub} are no more than chance puts together: none is named."
            )  # fmt: skip
    for row in tables.get("ppml", pd.DataFrame()).to_dict("records"):
        number = f"{row['coefficient']:+.2f} ± {row['standard_error']:.2f}".replace("-", "−")
        said.append(
            f"Poisson regression, {name_of(row['corridor'])} against {name_of(row['against'])}: {number}."
        )
    return said or ["Nothing can be answered: see what was refused."]


def diversion_mass(result: Result, hub: str) -> dict[str, Any]:
    """Return the mass of one hub from a result of `divert`, for `to_case`."""
    table = result.tables.get("mass", pd.DataFrame(columns=list(MASS)))
    rows = table[(table["hub"] == side(hub)[0]) & (table["codes"] == "all")]
    if not len(rows):
        raise StraitsError(f"the result has no diverted mass for {hub}")
    return {str(name): value for name, value in rows.iloc[0].items()}
