"""What the model leaves open: numbers that could be others without anything being worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import state_of
from straits.engine.measures import supply_measures
from straits.model.assets import UNTRACKED
from straits.report import format as fmt
from straits.report.page import Fold, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import actor_words
from straits.wording import capital

if TYPE_CHECKING:
    from straits.stress import Comparison


#: Narrower ranges than this share of their largest end (or of one unit) are in the tables but not in the report's text.
TOLD = 0.01


#: Kinds of number, by the first word of their measure, in the order of the report.
KINDS = {
    "exports": "exports", "used": "use", "corridor": "route", "state": "account", "change": "change of account", "flow": "link",
    "process": "process",
}  # fmt: skip


def open_numbers(comparison: Comparison, main: str | None = None) -> pd.DataFrame:
    """Find the ranges of exports, routes, links and accounts of states in the runs that a report leads with.

    Parameters
    ----------
    comparison : Comparison
    main : str, optional
        Scenario that the report leads with. Default: the comparison's main scenario.

    Returns
    -------
    DataFrame
        Columns scenario and those of `straits.engine.ranges`: for the baseline and the main scenario, each if there is a
        set of equally good plans; no column where there is for neither. Measures `change:STATE` of the main scenario are those
        of `Comparison.state_ranges`.
    """
    from straits.engine.prices.ranges import ranges, usual_measures, without_ranges

    runs = {"baseline": comparison.baseline}
    used = _used(comparison)
    if comparison.solutions:
        main = main or comparison.main_scenario()
        runs[main] = comparison.solutions[main]
    parts = [
        ranges(solution, [*usual_measures(solution), *used]).assign(scenario=name)
        for name, solution in runs.items()
        if without_ranges(solution) is None
    ]
    if main in runs and without_ranges(runs[main]) is None:
        parts.append(_changes(comparison, main))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _used(comparison: Comparison) -> list[str]:
    """Name what the state of a focus on imports uses of its good, where it uses some."""
    focus = comparison.case.settings.focus
    if focus is None or comparison.direction not in ("imports", "balance"):
        return []
    name = f"used:{focus.commodity}:{state_of(comparison.case, focus.actor)}"
    return [name] if name in supply_measures(comparison.baseline.model) else []


def _changes(comparison: Comparison, scenario: str) -> pd.DataFrame:
    """Give the ranges of changes of accounts as `straits.engine.ranges` gives those of numbers, where they are known."""
    found = comparison.state_ranges(scenario).dropna()
    money = f"million {comparison.case.settings.currency}"
    return found.assign(
        measure=[f"change:{state}" for state in found["state"]], unit=money, scenario=scenario
    ).rename(columns={"change": "amount"})[["measure", "unit", "amount", "least", "most", "open", "scenario"]]


def show(study: Study, _: Basemaps) -> Section:
    """Say which of the report's numbers hold in every equally good plan, and which do not."""
    section = Section("open", "What the model leaves open")
    frame = named_ranges(study)
    if not len(frame):
        return section
    base = frame[frame["scenario"] == "baseline"]
    kinds = (
        ("exports", "amount of a good exported by a country", "amounts of a good exported by a country"),
        ("use", "amount of a good used by a country", "amounts of a good used by a country"),
        ("route", "flow on a route", "flows on routes"),
        ("link", "flow on a link", "flows on links"),
        ("process", "flow into a process", "flows into processes"),
    )
    held = "; ".join(_held(base, *kind) for kind in kinds if (base["kind"] == kind[0]).any())
    section.blocks.append(
        "Often several plans are equally good, as where two moorings or two border crossings cost the same. The model then gives "
        "one of them, and what it says of one mooring alone must not be quoted. In the baseline, of all plans that are as good, "
        f"{held}. "
        "Prices can be open too: where a seller and a buyer have only each other, the model does not say how they share. "
        f"{capital(_held(base, 'account', 'account of a state', 'accounts of states'))}. Of what is listed, quote the range."
    )
    for name in dict.fromkeys(frame["scenario"]):
        rows = frame[(frame["scenario"] == name) & frame["open"] & (frame["width"] > TOLD)]
        if len(rows):
            table = ranges_table(study)
            told = rows.drop(columns=["width", "open", "scenario", "title"])
            shown = Shown(Table(table.name, table.title, told, table.units, table.note))
            section.blocks.append(
                shown if name == "baseline" else Fold(study.scenario_title(str(name)), [shown])
            )
    left = int((frame["open"] & ~(frame["width"] > TOLD)).sum())
    if left:
        section.blocks.append(
            f"{fmt.plural(left, 'range')} narrower than 1 % {'is' if left == 1 else 'are'} in the workbook."
        )
    return section


def _held(frame: pd.DataFrame, kind: str, one: str, many: str) -> str:
    """Say how many numbers of a kind are the same in all equally good plans."""
    rows = frame[frame["kind"] == kind]
    some = int(rows["open"].sum())
    if len(rows) == 1:
        return f"the only {one} {'is open' if some else 'is the same'}"
    if not some:
        return f"{'both' if len(rows) == 2 else f'all {len(rows)}'} {many} are the same"
    return f"{some} of {len(rows)} {many} {'is' if some == 1 else 'are'} open"


def ranges_table(study: Study) -> Table:
    """Give all numbers that are open, widest first within their kind."""
    frame = named_ranges(study)
    if len(frame):
        frame = frame[frame["open"]].drop(columns=["open", "width"])
    return Table(
        "ranges",
        "Numbers that equally good plans or prices leave open",
        frame,
        {},
        "Over the whole period. shown is the number of the run that this report shows; it could be anything from least to most, "
        "and all together would be worth the same. Links and routes range over equally good plans; accounts of states over the "
        "prices that support the plan shown, and what one gains by other prices another loses. Changes of accounts beside what "
        "the scenario is compared with range as if who has the better of a bargain had it before and after alike.",
    )


def named_ranges(study: Study) -> pd.DataFrame:
    """Give the ranges with names, widest first within their kind; `width` as a share of the largest end, or of one unit."""
    found = study.ranges
    if not len(found):
        return found
    # Where origins are not told apart there is no country whose exports these would be.
    nobodys = found["measure"].map(lambda m: m.startswith("exports:") and m.endswith(f":{UNTRACKED}"))
    found = found[~nobodys].reset_index(drop=True)
    kind, _, rest = zip(*(str(m).partition(":") for m in found["measure"]), strict=True)
    ends, largest = found[["least", "most"]], found[["least", "most"]].abs().max(axis=1)
    unlimited = ends.isin([np.inf, -np.inf]).any(axis=1)
    width = ((ends["most"] - ends["least"]) / largest.clip(lower=1.0)).where(~unlimited, np.inf)
    frame = pd.DataFrame(
        {
            "scenario": found["scenario"],
            "title": [study.scenario_title(str(name)) for name in found["scenario"]],
            "kind": [
                KINDS["process" if k == "flow" and r in study.case.rows("converts") else k]
                for k, r in zip(kind, rest, strict=True)
            ],
            "name": [_name(study, k, r) for k, r in zip(kind, rest, strict=True)],
            "unit": found["unit"],
            "shown": found["amount"],
            "least": found["least"],
            "most": found["most"],
            "open": found["open"],
            "width": width,
        }
    )
    order = {name: i for i, name in enumerate(KINDS.values())}
    by = frame.assign(order=frame["kind"].map(order), run=frame["scenario"] != "baseline")
    by = by.sort_values(["run", "order", "width"], ascending=[True, True, False], kind="stable")
    return frame.loc[by.index].reset_index(drop=True)


def _name(study: Study, kind: str, rest: str) -> str:
    if kind == "flow":
        return study.asset_name(rest)
    if kind in ("state", "change"):
        return study.name("actors", rest)
    if kind == "used":
        good, _, state = rest.partition(":")
        return f"{study.name('commodities', good)} used by {actor_words(study, state)}"
    head, commodity, origin = ["", *rest.split(":")] if kind == "exports" else rest.rsplit(":", 2)
    good = study.name("commodities", commodity)
    cargo = good if origin == UNTRACKED else f"{good} from {actor_words(study, origin)}"
    return f"{head}: {cargo}" if head else cargo


PART = Part(
    ident="open",
    order=140,
    show=show,
    tables=(ranges_table,),
    absent="no ranges were found",
)
