"""Which single failure hurts most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from straits.case.conversion import places_of_processes
from straits.case.ownership import states_of
from straits.lp.tolerance import NOTHING
from straits.report import format as fmt
from straits.report.drawing.legend import Grades
from straits.report.drawing.rankings import Lollipop, lollipops
from straits.report.maps.basemap import Basemap
from straits.report.maps.network import Panel, network_map
from straits.report.page import Figure, Section, Shown, Table
from straits.report.registry import Part, Question
from straits.report.sections.asked.pairs import pair_blocks
from straits.report.sections.asked.single import Failures, find_failures
from straits.report.sections.basemaps import WIDE_BASE, Basemaps
from straits.report.study.content import Study
from straits.report.study.words import (
    actor_words,
    carriers_words,
    focus_words,
    kinds_words,
    say_why_lacking,
    window_words,
)
from straits.wording import agreeing, if_more, listed


def show(study: Study, bases: Basemaps) -> Section:
    """Which failures hurt most: ranking, map, whole territories."""
    section = Section("failures", "Which failures hurt most")
    found = study.part(Failures)
    if found is None:
        return say_why_lacking(study, section, "failures")
    good, actor = focus_words(study)
    opening = (
        f"Each of {carriers_words(study, found.links['asset'])} that can {_carry(study)} {good}"
        f"{'' if study.trade.imports else f' from {actor}'} was closed alone for {window_words(found.window)}, nothing else "
        f"disrupted and "
        f"{'not known before' if 'value_lost_if_known' in found.links else 'known from the start'}; in that time the "
        f"baseline {f'delivers to {actor}' if study.trade.imports else 'exports'} "
        f"{fmt.amount(found.exported, study.commodity_unit)}. "
    )
    figure = ranking_figure(study)
    if figure is None:
        section.blocks.append(
            opening + f"None of these failures takes any of the {study.trade.word}.{_dearest(study)}"
        )
    else:
        section.blocks.extend([opening + _worst_failure(study), figure])
        if bases.wide is not None:
            section.blocks.append(criticality_map(study, bases.wide, WIDE_BASE))
    section.blocks.extend(pair_blocks(study))
    broken = found.links[~found.links["possible"]]
    if len(broken):
        names = "; ".join(study.asset_name(str(asset)) for asset in broken["asset"])
        section.blocks.append(
            f"With these a promise without a price cannot be kept, so their loss has no limit: {names}."
        )
    whole = state_failures_table(study)
    if len(whole.frame):
        section.blocks.extend([_worst_territory(study), Shown(whole, rows=12)])
    return section


def _worst_failure(study: Study) -> str:
    """Say which failure takes most exports, what of its value is for lack of storage, and how many raise exports."""
    table, unit = study.found(Failures).links, study.commodity_unit
    worst, near = table.iloc[0], 1e-6 * max(study.trade.amount, 1e-9)
    same = [str(asset) for asset in table.loc[table["exports_lost"] > worst["exports_lost"] - near, "asset"]][
        1:
    ]
    text = f"The failure of {study.asset_name(str(worst['asset']))} takes most, "
    text += f"{fmt.amount(float(worst['exports_lost']), unit)} of the {study.trade.word} of {study.period}"
    if same:
        text += f" (as much as {'; '.join(study.asset_name(asset) for asset in same)})"
    value = float(worst["value_lost"])
    text += f", and {fmt.money(value, study.currency)} of value of all actors and goods together"
    known = float(worst.get("value_lost_if_known", np.nan))
    if np.isfinite(known) and (less := fmt.money(known, study.currency)) != fmt.money(value, study.currency):
        text += f" ({less} if all had known it from the start{if_more(known, value)})"
    share = storage_share(value, float(worst["lack_of_storage"]))
    if share > 0:
        text += (
            f". {fmt.percent(share)} of that value is lost for lack of storage: it would be kept if no store had a limit"
            f"{_stores(study)}. The rest is lost for lack of another route"
        )
    more = table[table["exports_lost"] < -near]
    if len(more):
        most = more.iloc[int(more["exports_lost"].to_numpy(float).argmin())]
        text += (
            f". {fmt.plural(len(more), 'failure')} {'raises' if len(more) == 1 else 'raise'} {study.trade.word}, as "
            f"when cargo can "
            f"no longer reach {'others' if study.trade.imports else 'buyers at home'}; most that of "
            f"{study.asset_name(str(most['asset']))}, by "
            f"{fmt.amount(-float(most['exports_lost']), unit)}"
        )
    return text + "."


def _dearest(study: Study) -> str:
    """Say which failure costs most value, where none takes anything of the focus; nothing where none costs any."""
    table = study.found(Failures).links
    table = table[np.isfinite(table["value_lost"])]
    if not len(table) or table["value_lost"].max() < NOTHING:
        return ""
    worst = table.loc[table["value_lost"].idxmax()]
    return (
        f" That of {study.asset_name(str(worst['asset']))} costs most value of all actors and goods together: "
        f"{fmt.money(float(worst['value_lost']), study.currency)}."
    )


def _carry(study: Study) -> str:
    """Return what the assets that are closed do with the good: carry it, or take it in where there are processes."""
    made = study.found(Failures).links["asset"].isin(study.case.rows("converts"))
    return "take in" if made.all() else "carry or take in" if made.any() else "carry"


def _stores(study: Study) -> str:
    """Name the stores of the good that are thought without limit, as far as they are few; those with no capacity yet as such."""
    rows = [row for row in study.case.rows("stores").values() if row.commodity == study.focus[1]]
    if not 0 < len(rows) <= 6:
        return ""
    names = [row.name + (" (not built yet)" if row.capacity == 0 else "") for row in rows]
    return f" ({'; '.join(names)})"


def _worst_territory(study: Study) -> str:
    """Say which other state's territory takes most exports if all on it stops, and if only transit does."""
    actor = actor_words(study, study.focus[0])
    table, mine = study.found(Failures).states, {study.focus[0], *states_of(study.case, study.focus[0])}
    others = table[~table["state"].isin(mine)]
    lost = others["all_exports_lost"].to_numpy(float)
    if not len(others) or not lost.max() > 1e-6 * max(study.trade.amount, 1e-9):
        return f"Of the other states' territories, none takes {study.trade.word} of {actor} if all on it stops for those days."
    row = others.iloc[int(lost.argmax())]
    equal = (lost >= (1.0 - 1e-6) * lost.max()) & (others["state"] != row["state"]).to_numpy()
    named = listed([actor_words(study, str(state)) for state in others["state"][equal]])
    beside = f", as much as {named}" if named else ""
    text = (
        f"Whole territories can stop as one. Of the other states, {actor_words(study, str(row['state']))} takes most "
        f"{study.trade.word} of {actor}{beside}: "
        f"{fmt.amount(float(row['all_exports_lost']), study.commodity_unit)} if all on its territory stops for those days"
    )
    if not _told_apart(study):
        return f"{text}."
    through = fmt.amount(float(row["transit_exports_lost"]), study.commodity_unit)
    return f"{text}, {through} if only cargo of others that crosses it does."


def _told_apart(study: Study) -> bool:
    """Return whether cargo of others can be told from a state's own: where the origin of the good is tracked."""
    return bool(study.case.rows("commodities")[study.focus[1]].tracked)


def ranking_figure(study: Study, most: int = 16) -> Figure | None:
    """Draw the failures of links that take most exports of the focus; None if none takes any."""
    frame = study.found(Failures).links
    lost = frame[frame["exports_lost"] > 1e-6 * max(study.trade.amount, 1e-9)]
    if not len(lost):
        return None
    unit, factor = fmt.larger_unit(study.commodity_unit, float(lost["exports_lost"].max()))
    columns = ["asset", "exports_lost", "cumulative_share", "value_lost", "lack_of_storage"]
    items = [
        Lollipop(
            study.asset_name(asset), value * factor, share,
            (fmt.number(money), fmt.percent(storage_share(money, storage))),
        )
        for asset, value, share, money, storage in lost[columns].head(most).itertuples(index=False)
    ]  # fmt: skip
    good, actor = focus_words(study)
    title = f"{study.trade.word.capitalize()} of {good} that {actor} {agreeing(actor, 'loses')} if one "
    title += f"{kinds_words(study, lost['asset'], 'or')} fails for "
    title += window_words(study.found(Failures).window)
    svg = lollipops(
        "failure-ranking", title, f"Discs on stems by link, in {unit}.", items, f"{study.trade.word} lost, {unit}",
        "share of the sum of all single losses, %",
        [("value lost,", f"million {study.currency}"), ("of it for lack", "of storage")],
    )  # fmt: skip
    caption = (
        f"Left: each alone, {study.trade.word} lost in {study.period}. Middle: value that all actors and goods "
        f"together lose, "
        "and the share of it that would be kept if no store had a limit; the rest is lost for lack of another route. "
        "Right: what this and all above make up of the sum of all single losses; links in one chain take the "
        "same cargo, so the sum is no loss that occurs."
    )
    if len(lost) > most:
        caption += f" The first {most} of {len(lost)} that take any."
    return Figure("failure-ranking", title, svg, caption, failures_table(study))


def criticality_map(study: Study, base: Basemap, base_id: str) -> Figure:
    """Draw the network of the focus good in the baseline, coloured by the exports that each link's failure takes."""
    lost = study.found(Failures).links.set_index("asset")["exports_lost"].clip(lower=0.0)
    unit, factor = fmt.larger_unit(study.commodity_unit, float(lost.max()))
    links = study.links_table("baseline", study.focus[1])
    links["loss"] = links["id"].map(lost * factor).astype(float)
    title = f"Where a failure hurts: links coloured by the {study.trade.word} that their failure takes"
    rate = f"{study.commodity_unit}/d"
    drawn = network_map(
        "map-failures",
        title,
        f"Network of the baseline; colours by {study.trade.word} lost, {unit}. The table of single failures gives every link.",
        [
            Panel(
                f"{study.trade.word.capitalize()} lost if the link fails for "
                f"{window_words(study.found(Failures).window)}, {unit}",
                links,
            )
        ],
        study.case.tables["places"],
        base,
        unit=rate,
        base_id=base_id,
        routes=study.case.routes,
        grades=Grades.up_to(f"{study.trade.word.capitalize()} lost, {unit}", float(lost.max()) * factor),
        processes=places_of_processes(study.case, study.focus[1]),
    )
    caption = f"Width: flow in the baseline, average of the period, all origins, {rate}. "
    caption += f"Numbers: {study.trade.word} lost, {unit}; a chain has one."
    if drawn.dropped:
        caption += f" No room for the names of: {'; '.join(drawn.dropped)}."
    return Figure("map-failures", title, drawn.svg, caption, failures_table(study))


def _knowing(study: Study) -> str:
    if "value_lost_if_known" not in study.found(Failures).links:
        return "and known from the start, so that all adapt to it"
    return (
        "and not known before its first day, until which the plan without failures is carried out; value lost if known: what is "
        "lost if all know it from the start, more where what was sent in ignorance strands, since nobody sends that knowingly"
    )


def storage_share(value: float, storage: float) -> float:
    """Return the share of a loss that is for lack of storage; not a number where rounding or ties leave none."""
    return (
        storage / value
        if np.isfinite(value) and value > 0 and -1e-9 * value <= storage <= value * (1 + 1e-9)
        else np.nan
    )


def failures_table(study: Study) -> Table:
    """Single failures of links, the one that takes most exports of the focus first."""
    if study.part(Failures) is None:
        return Table("failures", "", pd.DataFrame())
    frame = study.found(Failures).links.copy()
    frame.insert(1, "name", [study.asset_name(str(value)) for value in frame["asset"]])
    money = f"million {study.currency}"
    return Table(
        "failures",
        f"Single failures of {kinds_words(study, frame['asset'])} for {window_words(study.found(Failures).window)}",
        study.trade.named(frame),
        {study.trade.column("exports_lost"): study.commodity_unit, "cumulative_share": "share", "value_lost": money,
         "value_lost_if_known": money, "lack_of_storage": money, "lack_of_route": money},
        f"Each alone closed for the whole time given, nothing else disrupted, {_knowing(study)}. "
        f"{study.trade.what}, over the whole period; "
        f"below zero, {study.trade.word} rise. Cumulative share: of the sum of all single losses. Value lost is of "
        f"all actors and "
        "goods together; lack of storage is the part of it that would not be lost if every store of the case, those "
        "not built yet included, had no limit; lack of route is the rest. possible: no if a promise without a price "
        "cannot be kept; its loss then has no limit.",
    )  # fmt: skip


def state_failures_table(study: Study) -> Table:
    """All that lies on a state's territory as one failure, and all transit through it."""
    if study.part(Failures) is None:
        return Table("state_failures", "", pd.DataFrame())
    frame = study.found(Failures).states.copy()
    if not (apart := _told_apart(study)):
        frame = frame.drop(columns=[c for c in frame.columns if str(c).startswith("transit_")])
    frame = frame[frame.drop(columns="state").abs().max(axis=1) > 1e-6].reset_index(drop=True)
    frame["state"] = [study.name("actors", value) for value in frame["state"]]
    scopes = {"all": "all_on_its_territory_stops", "transit": "transit_through_it_stops"}
    frame = frame.rename(
        columns={
            f"{scope}_{what}": f"{what}_if_{words}"
            for scope, words in scopes.items()
            for what in ("exports_lost", "value_lost")
        }
    )
    unit, money = study.commodity_unit, f"million {study.currency}"
    return Table(
        "state_failures",
        f"Whole territories as one failure, for {window_words(study.found(Failures).window)}",
        study.trade.named(frame),
        {study.trade.column(c): unit if c.startswith("exports") else money for c in map(str, frame) if c != "state"},
        f"{'Transit is cargo of others that crosses the territory. ' if apart else ''}{study.trade.what}, over the whole period; "
        "value lost is of all actors and goods together.",
    )  # fmt: skip


def _numbers(study: Study) -> dict[str, Any]:
    found = study.part(Failures)
    if found is None:
        return {}
    worst = found.links.iloc[0]
    return {
        "worst_single_failure": {
            "asset": str(worst["asset"]),
            "from": found.window[0].isoformat(),
            "to": found.window[1].isoformat(),
            f"lost_{study.trade.word}": float(worst["exports_lost"]),
            "value_lost_million": float(worst["value_lost"]),
        }
    }


def _wanted(study: Study) -> bool:
    return study.case.settings.focus is not None


PART = Part(
    ident="failures",
    order=80,
    show=show,
    tables=(failures_table, state_failures_table),
    asks=(Question("failures", "single failures", find_failures, _wanted, weight=3),),
    numbers=_numbers,
    absent="the case names no focus",
)
