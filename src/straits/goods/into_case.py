"""A diverted flow against the capacity of a case: mass in kt or TEU by factors that the user gives, and a scenario with
the hub closed.

The one file of this room that knows a model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.errors import StraitsError, did_you_mean
from straits.files import refuse_irregular, refuse_link, write_file
from straits.goods.answer import answer, records
from straits.goods.refusals import Refusals
from straits.goods.spans import months_of
from straits.goods.statistics.diversion import diversion_mass
from straits.results import described, load
from straits.wording import counted

if TYPE_CHECKING:
    from straits.case import Case
    from straits.case.schema.settings import Scenario
    from straits.results import Result

COLUMNS = (
    "link", "unit", "capacity", "used", "left", "diverted_low", "diverted_high", "load_low", "load_high", "fits",
)  # fmt: skip
#: How a scenario that is written here begins.
_OURS = "# Goods diverted to"
#: Units in which a case may count the diverted goods.
UNITS = ("kt", "TEU")


def to_case(
    diverted: Result | Path | str,
    case: Case | str,
    *,
    hub: str,
    links: Sequence[str],
    kg_per_currency: Sequence[float] | None = None,
    t_per_teu: Sequence[float] | None = None,
    source: str = "",
    unit: str = "kt",
    scenario: str = "hub-closed",
    folder: Path | str | None = None,
    start: str | None = None,
    end: str | None = None,
    solve: bool = True,
) -> Result:
    """Return the load of a diverted flow on links of a case, and write a scenario in which they are closed.

    Parameters
    ----------
    diverted : Result or path
        Answer of `divert` with table `mass`, or the place where it was saved.
    case : Case or str
    hub : str
        Hub of the diversion.
    links : sequence of str
        Links of the case that carry the goods to or from the hub.
    kg_per_currency : (low, high), optional
        Kilograms for one unit of currency. Without it nothing is given.
    t_per_teu : (low, high), optional
        Tonnes in a container; needed with unit TEU.
    source : str
        Where the factors are from; without it they must be a range, low below high.
    unit : {"kt", "TEU"}
    scenario : str
        Id of the scenario.
    folder : path, optional
        Folder of the case, into whose `scenarios/` the scenario is written.
    start, end : str, optional
        Days between which the links are closed; default: the whole time axis.
    solve : bool
        Solve baseline and scenario: where the mass reappears and what stays unmet.
    """
    import straits

    refusals = Refusals()
    found = diverted if not isinstance(diverted, str | Path) else load(diverted)
    mass = diversion_mass(found, hub)
    chosen = straits.load_case(case) if isinstance(case, str) else case
    known = list(chosen.rows("links"))
    for link in links:
        if link not in known:
            refusals.refuse(
                f"case {chosen.settings.id}",
                "links",
                "id",
                repr(link),
                f"a link of the case{did_you_mean(link, known)}",
                "unknown_link",
            )
    if unit not in UNITS:
        refusals.refuse("question", "", "unit", repr(unit), " or ".join(UNITS), "unit")
    _refuse_units(chosen, links, unit, refusals)
    weight = _factor("kg_per_currency", kg_per_currency, source, refusals)
    box = _factor("t_per_teu", t_per_teu, source, refusals) if unit == "TEU" else (1000.0, 1000.0)
    tables: dict[str, pd.DataFrame] = {"load": pd.DataFrame(columns=list(COLUMNS))}
    sentences = ["Nothing can be said: see what was refused."]
    if not links:
        refusals.refuse("question", "", "links", "none", "links that carry the goods", "unknown_link")
    if not len(refusals):
        # Tonnes in one unit: of a kt 1000, of a container as given; the least mass goes with the largest box.
        low, high = mass["low"] * weight[0] / 1000 / box[1], mass["high"] * weight[1] / 1000 / box[0]
        months = len(months_of(str(found.parameters.get("after") or "2022")))
        baseline = straits.solve(chosen)
        tables["load"] = described(
            _load(baseline, list(links), low, high, months, unit), title=f"Load of the goods diverted to {hub} on links, a year",
            units={"capacity": f"{unit}/y", "used": f"{unit}/y", "left": f"{unit}/y"},
        )  # fmt: skip
        closed = _scenario(scenario, hub, links, chosen, start, end)
        sentences = _sentences(tables["load"], low, high, unit, months)
        path = None if folder is None else _place(Path(folder), closed)
        told: list[str] = []
        if solve:
            shift, unmet, told = _solved(baseline, chosen, list(links), closed)
            tables |= {"reappears": shift, "unmet": unmet}
        if path is not None:  # last, so that what cannot be answered leaves no scenario behind
            weighs = f"{low:,.4g} to {high:,.4g} {unit} ({counted(int(mass['found']), 'code')})"
            _write(path, closed, f"{_OURS} {hub}: {weighs}. A pattern is not proof.")
            sentences.append(f"Scenario written: {path}.")
        sentences += told
    return answer(
        f"Does what was diverted to {hub} fit through {', '.join(links) or 'no link'}, and what if they close?",
        "Mass = value × kg per currency; capacity less baseline flow; the scenario closes the links and keeps demand.",
        tables=tables, sentences=sentences, refusals=refusals,
        assumptions=[
            ("kg for one unit of currency", f"{weight[0]:g} to {weight[1]:g}", source or "given as a range"),
            *([("tonnes in a container", f"{box[0]:g} to {box[1]:g}", source or "given as a range")] if unit == "TEU" else []),
            ("a year", "the months after, carried on", "the diverted flow is taken to last"),
        ],
        parameters={
            "hub": hub, "links": list(links), "unit": unit, "kg_per_currency": list(kg_per_currency or []),
            "t_per_teu": list(t_per_teu or []), "scenario": scenario, "case": chosen.settings.id, "case_hash": chosen.hash,
        },
    )  # fmt: skip


def _refuse_units(case: Case, links: Sequence[str], unit: str, refusals: Refusals) -> None:
    """Refuse links whose commodities are counted in another unit: their capacity cannot be compared."""
    rows, goods = case.rows("links"), case.rows("commodities")
    for link in links:
        if link not in rows:
            continue
        counted = {str(goods[name].unit) for name in rows[link].commodities or tuple(goods)}
        if unit in UNITS and unit not in counted:
            found = f"{link} carries goods counted in {', '.join(sorted(counted))}"
            accepted = f"links that carry goods in {unit}"
            refusals.refuse(f"case {case.settings.id}", link, "commodities", found, accepted, "unit")


def _factor(name: str, given: Sequence[float] | None, source: str, refusals: Refusals) -> tuple[float, float]:
    """Return a factor as (low, high); refuse one that is missing, or a single number without a source."""
    values = [float(v) for v in given or ()]
    if (
        not values
        or any(not v > 0 or np.isinf(v) for v in values)
        or len(values) > 2
        or values[0] > values[-1]
    ):
        found = ", ".join(f"{v:g}" for v in values) or "no factor"
        refusals.refuse(
            "question",
            "",
            name,
            found,
            "low and high, both above 0, or one number with its source",
            "no_factor",
        )
        return (float("nan"), float("nan"))
    if values[0] == values[-1] and not source:
        refusals.refuse(
            "question",
            "",
            name,
            f"{values[0]:g}",
            "a range low, high, or the source of the one number",
            "no_source",
        )
    return values[0], values[-1]


def _load(baseline: Any, links: list[str], low: float, high: float, months: int, unit: str) -> pd.DataFrame:
    network = baseline.network
    days = float(np.sum(network.steps.days))
    flows = baseline.flows.groupby("link")["amount"].sum()
    rows = []
    for link in links:
        place = list(network.link_ids).index(link)
        capacity = float(np.sum(network.link_capacity[place])) * 365 / days
        used = float(flows.get(link, 0.0)) * 365 / days
        left = max(0.0, capacity - used) if capacity - used > 1e-9 * max(1.0, abs(used)) else 0.0
        yearly = low * 12 / months, high * 12 / months
        fits = "yes" if yearly[1] <= left else ("no" if yearly[0] > left else "between")
        loads = [amount / left if left > 0 else np.inf for amount in yearly]
        rows.append((link, unit, capacity, used, left, *yearly, *loads, fits))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scenario(
    name: str, hub: str, links: Sequence[str], case: Case, start: str | None, end: str | None
) -> Scenario:
    """Return the scenario in which the links are closed."""
    from straits.case.schema.settings import Scenario

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}", name) or name == "baseline":
        accepted = (
            "accepted: up to 200 letters, digits, '-', '_' and '.'; 'baseline' is the case without a scenario"
        )
        raise StraitsError(f"scenario {name!r}: {accepted}")
    first, last = _window(case, start, end)
    stops = [{"asset": link, "start": first, "end": last} for link in links]
    title = f"Ways of the goods diverted to {hub} closed, demand kept"
    try:
        made = Scenario.model_validate({"id": name, "title": title, "disruptions": stops})
    except ValueError as error:
        raise StraitsError(f"start {first!r}, end {last!r}: accepted: dates as YYYY-MM-DD") from error
    _refuse_no_day(made, case)
    return made


def _place(folder: Path, scenario: Scenario) -> Path:
    """Give the file of the scenario in a case that can hold it: in place of one that was written here, never of another.

    Raises
    ------
    StraitsError
        There is no case, another than was asked about and without these links or days, or a scenario of the user's.
    """
    path = folder / "scenarios" / f"{scenario.id}.yaml"
    if not (folder / "case.yaml").is_file():
        raise StraitsError(f"{folder}: there is no case.yaml; accepted: the folder of the case")
    refuse_link(path.parent)
    refuse_irregular(path)
    if path.exists() and not path.read_bytes().startswith(_OURS.encode()):
        raise StraitsError(f"{path}: this scenario was not written here and stays; take another id")
    _refuse_other(folder, scenario)
    return path


def _refuse_other(folder: Path, scenario: Scenario) -> None:
    """Refuse a folder whose case lacks the links that are closed, or all of the days: it could not be read afterwards."""
    import straits

    case = straits.load_case(folder)
    known = list(case.rows("links"))
    for item in scenario.disruptions:
        if item.asset not in known:
            raise StraitsError(
                f"{folder}: its case has no link {item.asset!r}{did_you_mean(item.asset, known)}; accepted: the folder of the "
                "case that is asked about"
            )
    _refuse_no_day(scenario, case, f"{folder}: ")


def _refuse_no_day(scenario: Scenario, case: Case, where: str = "") -> None:
    """Refuse a scenario that closes nothing on any day of a case."""
    time = case.settings.time
    for one in scenario.disruptions:
        if not max(one.start, time.start) < min(one.end, time.end):
            raise StraitsError(
                f"{where}start {one.start}, end {one.end}: no day of the case is closed; accepted: days from {time.start} to "
                f"{time.end}, the end after the start"
            )


def _write(path: Path, scenario: Scenario, above: str) -> None:
    from straits.case.files.yaml import write_yaml

    path.parent.mkdir(exist_ok=True)
    write_file(path, f"{above}\n".encode() + write_yaml(scenario))


def _window(case: Case, start: str | None, end: str | None) -> tuple[str, str]:
    time = case.settings.time
    return start or str(time.start), end or str(time.end)


def _solved(
    baseline: Any, case: Case, links: list[str], scenario: Scenario
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:  # fmt: skip
    """Solve with the links closed; return flows that changed, what stays unmet, and both in words."""
    import straits

    closed = straits.solve(case, scenario)
    before, after = (s.flows.groupby(["link", "commodity"])["amount"].sum() for s in (baseline, closed))
    both = pd.DataFrame({"baseline": before, "closed": after}).fillna(0.0)
    both["change"] = both["closed"] - both["baseline"]
    shift = both[both["change"].abs() > 1e-6].sort_values("change", ascending=False).reset_index()
    unmet = closed.unmet.groupby(["market", "commodity"], as_index=False)[["amount"]].sum()
    rises = shift[(shift["change"] > 0) & ~shift["link"].isin(links)]
    goods = case.rows("commodities")

    def weighed(amount: str, good: str) -> str:
        return f"{amount} {goods[good].unit} of {goods[good].name}"

    told = ", ".join(
        f"{row.link} {weighed(f'{row.change:+,.4g}', str(row.commodity))}"
        for row in rises.head(4).itertuples(index=False)
    )
    said = [
        f"With {', '.join(links)} closed it reappears on {told}."
        if told
        else f"With {', '.join(links)} closed it reappears nowhere."
    ]
    # Amounts of two goods are not added up: they may be counted in different units.
    lacking = [
        weighed(f"{amount:,.4g}", str(good))
        for good, amount in unmet.groupby("commodity")["amount"].sum().items()
    ]
    said.append(f"Unmet: {' and '.join(lacking)}." if lacking else "Nothing that is promised stays unmet.")
    return (
        described(shift, title="Flows on links with the ways closed, against the baseline"),
        described(unmet, title="Promised and not delivered with the ways closed"), said,
    )  # fmt: skip


def _sentences(table: pd.DataFrame, low: float, high: float, unit: str, months: int) -> list[str]:
    said = [f"The diverted goods weigh {low:,.3g} to {high:,.3g} {unit} in {counted(months, 'month')}."]
    for row in records(table):
        fit = {"yes": "it fits", "no": "it does not fit", "between": "it fits or not, by the factors"}[
            row["fits"]
        ]
        share = (
            f" ({row['load_low']:.0%} to {row['load_high']:.0%} of it)"
            if np.isfinite(row["load_high"])
            else ""
        )
        said.append(f"{row['link']}: {row['left']:,.4g} {unit} a year are left; {fit}{share}.")
    return said
