"""What an importer uses, lacks and pays, and by which ways it is supplied."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.case.ownership import state_of, states_of
from straits.lp.tolerance import NOTHING
from straits.report import format as fmt
from straits.report.drawing.bars import Bar, diverging_bars
from straits.report.drawing.charts import Levels, storage_levels
from straits.report.page import Figure, Section, Shown, Table
from straits.report.registry import Headline, Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.answers import amounts, in_unit, monies, open_range, ranged, spread, usual_range
from straits.report.study.content import Study
from straits.report.study.words import actor_words, good_words, named, quoted
from straits.stress.tables.imports import supplies
from straits.wording import agreeing, in_sentence

if TYPE_CHECKING:
    from straits.model import Solution

#: Share of what is used below which a scenario takes nothing.
_NOTHING = 1e-3
#: Share of what is lost from which on it is all of it.
_ALL = 0.999


def asked(study: Study) -> bool:
    """Return whether the report is about what a state brings in."""
    return study.comparison.direction in ("imports", "balance")


def show(study: Study, _: Basemaps) -> Section:
    section = Section("imports", f"What {_who(study)} uses and brings in")
    if not asked(study):
        return section
    for figure in (losses_figure(study), use_figure(study)):
        if figure:
            section.blocks.append(figure)
    table, state, who = imports_table(study), _state_name(study), _who(study)
    rows = table.frame[table.frame["state"] == state].reset_index(drop=True)
    columns = ("title", "commodity", "unit", "used", "lost", "lost_share", "unmet", "brought", "drawn", "days_to_loss",
               "days_to_recovery", "cover_days", "price_rise")  # fmt: skip
    section.blocks.append(
        Shown(Table(table.name, f"What {who} uses, by scenario", rows, table.units, table.note), columns)
    )
    ways = entries_table(study)
    good = study.name("commodities", study.focus[1])
    runs = ["baseline", *([study.main] if study.main else [])]
    mine = (
        (ways.frame["state"] == state) & (ways.frame["commodity"] == good) & ways.frame["scenario"].isin(runs)
    )
    note = f"{ways.note} Of {in_sentence(good)}; other goods and scenarios are in the workbook."
    rows = ways.frame[mine].sort_values("amount", ascending=False, kind="stable")
    rows = rows.sort_values("scenario", key=lambda run: run.map(runs.index), kind="stable").reset_index(
        drop=True
    )
    section.blocks.append(Shown(Table(ways.name, f"Entry of {in_sentence(good)} into {who}, by link", rows, ways.units, note),
                                ("title", "origin", "link", "from_state", "amount", "share", "unit")))  # fmt: skip
    return section


def _state(study: Study) -> str:
    return state_of(study.case, study.focus[0])


def _state_name(study: Study) -> str:
    return study.name("actors", _state(study))


def _of_focus(study: Study, table: Table, *, every_good: bool = False) -> Table:
    """Return the rows of a table that a figure of the focus shows: of its state, and of its good."""
    mine = table.frame["state"] == _state_name(study)
    if not every_good:
        mine &= table.frame["commodity"] == study.name("commodities", study.focus[1])
    return replace(table, frame=table.frame[mine].reset_index(drop=True))


def _focus_first(study: Study, table: Table) -> Table:
    """Return a table with the good of the focus first: of many rows a page shows the first."""
    apart = table.frame["commodity"] != study.name("commodities", study.focus[1])
    return replace(
        table, frame=table.frame.loc[apart.sort_values(kind="stable").index].reset_index(drop=True)
    )


def _who(study: Study) -> str:
    """Return the state of the focus as it stands in a sentence."""
    return actor_words(study, _state(study))


def _row(study: Study, scenario: str | None) -> dict[str, Any] | None:
    """Return the line of the focus in a scenario; None if there is none."""
    found = study.comparison.imports
    rows = found[
        (found["scenario"] == scenario)
        & (found["state"] == _state(study))
        & (found["commodity"] == study.focus[1])
    ].to_dict("records")
    return {str(key): value for key, value in rows[0].items()} if rows else None


def _used(study: Study) -> pd.DataFrame:
    """Return what the state of the focus uses of its good in the baseline, step by step."""
    table = supplies(study.baseline)
    return table[(table["state"] == _state(study)) & (table["commodity"] == study.focus[1])]


def _opening(study: Study) -> str:
    used, good = _used(study), good_words(study)
    whole = float(used["used"].sum())
    if not whole:
        return ""
    made, brought, drawn = (float(used[name].sum()) for name in ("made", "brought", "drawn"))
    # Where nothing of what is produced is used at home, all of it leaves, and what leaves is no part of what is used.
    apart = made > _NOTHING * whole and min(made, _own(study)) <= _NOTHING * whole
    parts = {"produced at home, to be used or sent out": 0.0 if apart else made,
             "brought in": brought + made if apart else brought,
             "from stores, or on its way before the first day": drawn}  # fmt: skip
    told = [f"{fmt.amount(float(amount), study.commodity_unit)} {what}" for what, amount in parts.items()
            if abs(float(amount)) > _NOTHING * whole]  # fmt: skip
    return (
        f"In the baseline {_who(study)} uses {fmt.amount(whole, study.commodity_unit)} of {good} in {study.period}: "
        f"{', '.join(told)}. "
        + (
            f"What it produces, {fmt.amount(made, study.commodity_unit)}, leaves its territory."
            if apart
            else "Brought in is what enters its territory less what leaves it."
        )
    )


def losses_figure(study: Study) -> Figure | None:
    """Draw what each scenario takes of what the state of the focus uses."""
    found = study.comparison.imports
    rows = found[(found["state"] == _state(study)) & (found["commodity"] == study.focus[1])]
    if not len(rows):
        return None
    unit, factor = fmt.larger_unit(study.commodity_unit, float(rows["lost"].abs().max()))
    bars = [
        Bar(study.scenario_title(str(name)), float(lost) * factor, f"{fmt.percent(share)} of what is used")
        for name, lost, share in zip(rows["scenario"], rows["lost"], rows["lost_share"], strict=True)
    ]
    bars.sort(key=lambda bar: -bar.value)
    title = f"{study.name('commodities', study.focus[1])} that {_who(study)} {agreeing(_who(study), 'goes')} without, by scenario"
    svg = diverging_bars(
        "use-lost", title, f"Bars by scenario, in {unit}.", bars, f"not used over the period, {unit}", loss_is_left=False,
        signs=False, label_width=430.0,
    )  # fmt: skip
    caption = "Each against the run it is compared with. Below zero: more is used."
    return Figure("use-lost", title, svg, caption, _of_focus(study, imports_table(study)))


def use_figure(study: Study) -> Figure | None:
    """Draw what is used a day, of each good, in the main scenario and in the run that it is compared with, in its steps."""
    if study.main is None:
        return None
    (ident, base), (_, other) = ((name, supplies(run)) for name, run in _runs(study).items())
    base = base[base["state"] == _state(study)]
    if not len(base):
        return None
    panels, steps = [], study.steps(study.main)
    goods = sorted(base["commodity"].unique(), key=lambda good: (good != study.focus[1], good))
    for good in goods:
        name = study.name("commodities", str(good))
        after = other[(other["state"] == _state(study)) & (other["commodity"] == good)]
        curves = [base[base["commodity"] == good], after]
        used, then = (
            curve["used"].to_numpy(float) / steps.days if len(curve) else np.zeros(len(steps))
            for curve in curves
        )
        panels.append(Levels(name, used, then, math.inf, f"{study.unit(str(good))}/d"))
    beside = "baseline" if ident == "baseline" else study.scenario_title(ident)
    title = f"What {_who(study)} uses a day: {beside} and {study.scenario_title(study.main)}"
    svg = storage_levels(
        "use", title, "One panel for each good, with what is used in each step.", panels[:6], study.case.settings.time.start,
        steps.edges, study.scenario_title(study.main), beside,
    )  # fmt: skip
    return Figure(
        "use",
        title,
        svg,
        "What is sold on its territory, or taken in by processes there, in each step, divided by its days; in the table, of "
        "whole steps.",
        _focus_first(study, _of_focus(study, supplies_table(study), every_good=True)),
    )


def _runs(study: Study) -> dict[str, Solution]:
    """Return the main scenario and, before it, the run that it is compared with, over the same steps; else the baseline alone."""
    if study.main is None:
        return {"baseline": study.baseline}
    return {
        study.comparison.reference_id(study.main): study.reference(study.main),
        study.main: study.run(study.main),
    }


def imports_table(study: Study) -> Table:
    """One row for each scenario, state and good that it uses."""
    if not asked(study):
        return Table("imports", "", pd.DataFrame())
    frame = study.comparison.imports
    frame = frame.assign(state=[study.name("actors", state) for state in frame["state"]])
    frame = frame.assign(compared_with=[study.scenario_title(str(name)) for name in frame["compared_with"]])
    prices = [fmt.price_unit(str(unit), study.currency) for unit in frame["unit"]]
    units = dict.fromkeys(("price", "price_usual", "price_rise"), prices[0] if prices else "")
    if len(set(prices)) > 1:  # each row has its own
        frame, units = frame.assign(price_unit=prices), {}
    return Table(
        "imports",
        "What states use, make and bring in",
        named(study, frame),
        {"lost_share": "share", "days_to_loss": "days", "days_to_recovery": "days", "cover_days": "days",
         **units},
        "Used: sold on the territory, or taken in by processes there. Brought: what enters it less what leaves it, by day of "
        "departure. Drawn: the rest, from stores or on its way before the first day. Unmet: promised and not delivered. Cover: "
        "the least that the state's stores "
        "hold at the end of a step, in days of what it usually uses. Price: what one more unit is worth at its markets.",
    )  # fmt: skip


def entries_table(study: Study) -> Table:
    """By which links goods enter states."""
    if not asked(study):
        return Table("entries", "", pd.DataFrame())
    frame = study.comparison.entries
    whole = frame.groupby(["scenario", "state", "commodity"])["amount"].transform("sum")
    frame = frame.assign(
        share=frame["amount"] / whole,
        unit=[study.unit(str(good)) for good in frame["commodity"]],
        state=[study.name("actors", state) for state in frame["state"]],
        from_state=[
            study.name("actors", s) if isinstance(s, str) else "no state" for s in frame["from_state"]
        ],
        link=[study.name("links", key) for key in frame["link"]],
    )
    return Table("entries", "By which links goods enter states", named(study, frame), {"share": "share"},
                 "Amounts that arrive, over the whole period. Share: of what enters.")  # fmt: skip


def supplies_table(study: Study) -> Table:
    """What states use, step by step, in the main scenario and the run that it is compared with."""
    if not asked(study):
        return Table("supplies", "", pd.DataFrame())
    runs = _runs(study)
    frame = pd.concat([supplies(run).assign(scenario=name) for name, run in runs.items()], ignore_index=True)
    frame = frame[["scenario", *(name for name in frame.columns if name not in ("scenario", "step"))]]
    frame["unit"] = [study.unit(str(good)) for good in frame["commodity"]]
    frame["state"] = [study.name("actors", state) for state in frame["state"]]
    return Table("supplies", "What states use, step by step", named(study, frame), {},
                 "As in the table of what states use; stock: in the state's stores at the end of the step.")  # fmt: skip


def _what_it_is(study: Study) -> str:
    if study.comparison.direction != "imports":
        return ""
    used, good = _used(study), good_words(study)
    whole, made = float(used["used"].sum()), float(used["made"].sum())
    amount = fmt.amount(whole, study.commodity_unit)
    text = f"In {study.period} {_who(study)} uses [{amount}](#imports){usual_range(study)} of {good} in the baseline"
    kept = min(made, _own(study))
    if kept > _NOTHING * whole:
        text += f" and produces [{fmt.percent(kept / whole)}](#imports) of it at home"
    elif made > _NOTHING * whole:
        text += f", all of it from abroad; the [{fmt.amount(made, study.commodity_unit)}](#imports) that it produces leave it"
    elif whole > 0:
        text += " and produces none"
    ways = study.comparison.entries
    ways = ways[
        (ways["scenario"] == "baseline")
        & (ways["state"] == _state(study))
        & (ways["commodity"] == study.focus[1])
    ]
    if len(ways):
        by_link = ways.groupby("link")["amount"].sum()
        first = str(by_link.idxmax())
        share = float(by_link.max() / by_link.sum())
        part = "all" if share > 1 - 1e-6 else fmt.percent(share)
        text += f"; [{part}](#imports) of what enters comes by one link, {study.name('links', first)}"
        text += open_range(study, f"flow:{first}")
    return f"{text}."


def _how_bad(study: Study) -> str:
    if study.comparison.direction != "imports" or study.main is None:
        return ""
    row, state, name = _row(study, study.main), _who(study), quoted(study, study.main)
    good, worth = good_words(study), study.comparison.value_lost(study.main)
    if row is None:
        return f"The report leads with {name}; {state} {agreeing(state, 'uses')} no {good} in it."
    lost, share = float(row["lost"]), fmt.percent(abs(float(row["lost_share"])))
    taken = fmt.amount(abs(lost), study.commodity_unit)
    if abs(lost) <= _NOTHING * max(float(row["used"]), 1e-9):
        text = f"{name} takes [nothing](#imports) of the {good} that {state} {agreeing(state, 'uses')}{ranged(study)}"
    elif lost < 0:
        text = f"In {name} {state} {agreeing(state, 'uses')} [{taken}](#imports) more of {good}, {share}"
    else:
        text = f"{name} takes [{taken}](#imports) of what {state} {agreeing(state, 'uses')}, {share}{ranged(study)}"
    if float(row["unmet_more"]) > _NOTHING * float(row["used"]):
        unmet = float(row["unmet_more"])
        told = spread(study, "unmet more", amounts(study), fmt.amount(unmet, study.commodity_unit))
        if unmet - lost > (1.0 - _ALL) * max(lost, 0.0):
            # More was promised in vain than is used less: it is no part of that.
            text += f"; [{told}](#imports) is promised and not delivered, while more is used at other times or for other ends"
        else:
            told = "all" if abs(unmet - lost) <= (1.0 - _ALL) * lost else told
            text += f", [{told}](#imports) of it promised and not delivered"
    if math.isfinite(float(row["price_rise"])) and float(row["price_rise"]) > 0:
        unit = fmt.price_unit(study.commodity_unit, study.currency)
        dearer = spread(study, "price rise", in_unit(unit), "")
        told = f"{dearer} more" if dearer else f"{fmt.number(float(row['price']))} {unit}"
        text += f"; one more unit is worth [{told}](#imports) to it on average over the period"
        text += " than otherwise" if dearer else f", in place of {fmt.number(float(row['price_usual']))}"
    if lost <= _NOTHING * max(float(row["used"]), 1e-9) and worth > NOTHING:
        told = spread(study, "value lost", monies(study), fmt.money(worth, study.currency))
        text += f"; all actors and goods together lose [{told}](#gains)"
    return f"{text}."


def _own(study: Study) -> float:
    """Give how much of what is used has its origin at home; all that is made where origins are not told apart."""
    if not study.case.rows("commodities")[study.focus[1]].tracked:
        return math.inf
    network, sales = study.baseline.network, study.baseline.sales
    sales = sales[sales["commodity"] == study.focus[1]]
    mine = states_of(study.case, _state(study))
    at = {
        market: network.territory_of_place(p)
        for market, p in zip(network.markets.ids, network.markets.place, strict=True)
    }
    home = sales["market"].map(at).isin(mine) & sales["origin"].isin(mine)
    return float(sales.loc[home, "amount"].sum())


def _numbers(study: Study) -> dict[str, Any]:
    found = {"direction": study.comparison.direction}
    row = _row(study, study.main) if asked(study) else None
    return found if row is None else found | {"imports": row}


PART = Part(
    ident="imports",
    order=15,
    show=show,
    opening=_opening,
    tables=(imports_table, entries_table, supplies_table),
    numbers=_numbers,
    headlines=(Headline("what it is", _what_it_is, 5), Headline("how bad", _how_bad, 5)),
    absent="the report is about what is sold abroad",
)
