"""The sections on single failures, the worst attack and documents: what each says, in order."""

from __future__ import annotations

import math
from typing import Any

from straits.report import format as fmt
from straits.report.maps.basemap import Basemap
from straits.report.sections import analysisfigures as figures
from straits.report.sections import analysistables as tables
from straits.report.sections.risksections import pair_blocks
from straits.report.study import documents
from straits.report.study.content import Study
from straits.report.writing.html import Fold, Section, Shown


def failures_section(study: Study, base: Basemap | None, base_id: str) -> Section:
    """Which failures hurt most: ranking, map, whole territories."""
    section = Section("failures", "Which failures hurt most")
    found = study.failures
    if found is None:
        return _lacking(study, section, "failures")
    good, actor = study.name("commodities", study.focus[1]).lower(), study.name("actors", study.focus[0])
    opening = (
        f"Each of {fmt.plural(len(found.links), 'link')} that can carry {good} from {actor} was closed alone for "
        f"{tables.window_words(found.window)}, nothing else disrupted and known from the start; in that time the "
        f"baseline exports {fmt.amount(found.exported, study.commodity_unit)}. "
    )
    figure = figures.ranking_figure(study)
    if figure is None:
        section.blocks.append(opening + "None of these failures takes any of the exports.")
    else:
        section.blocks.extend([opening + _worst_failure(study), figure])
        if base is not None:
            section.blocks.append(figures.criticality_map(study, base, base_id))
    section.blocks.extend(pair_blocks(study))
    broken = found.links[~found.links["possible"]]
    if len(broken):
        names = "; ".join(study.asset_name(str(asset)) for asset in broken["asset"])
        section.blocks.append(
            f"With these a promise without a price cannot be kept, so their loss has no limit: {names}."
        )
    whole = tables.state_failures(study)
    if len(whole.frame):
        section.blocks.extend([_worst_territory(study), Shown(whole, rows=12)])
    return section


def _worst_failure(study: Study) -> str:
    """Say which failure takes most exports, what of its value is for lack of storage, and how many raise exports."""
    assert study.failures is not None
    table, unit = study.failures.links, study.commodity_unit
    worst, near = table.iloc[0], 1e-6 * max(study.exports, 1e-9)
    same = [str(asset) for asset in table.loc[table["exports_lost"] > worst["exports_lost"] - near, "asset"]][
        1:
    ]
    text = f"The failure of {study.asset_name(str(worst['asset']))} takes most, "
    text += f"{fmt.amount(float(worst['exports_lost']), unit)} of the exports of {study.period}"
    if same:
        text += f" (as much as {'; '.join(study.asset_name(asset) for asset in same)})"
    value = float(worst["value_lost"])
    text += f", and {fmt.money(value, study.currency)} of value of all actors and goods together"
    share = tables.storage_share(value, float(worst["lack_of_storage"]))
    if share > 0:
        text += (
            f". {fmt.percent(share)} of that value is lost for lack of storage: it would be kept if no store had a limit"
            f"{_stores(study)}. The rest is lost for lack of another route"
        )
    more = table[table["exports_lost"] < -near]
    if len(more):
        most = more.iloc[int(more["exports_lost"].to_numpy(float).argmin())]
        text += (
            f". {fmt.plural(len(more), 'failure')} {'raises' if len(more) == 1 else 'raise'} exports, as when cargo can "
            f"no longer reach buyers at home; most that of {study.asset_name(str(most['asset']))}, by "
            f"{fmt.amount(-float(most['exports_lost']), unit)}"
        )
    return text + "."


def _stores(study: Study) -> str:
    """Name the stores of the good that are thought without limit, as far as they are few; those with no capacity yet as such."""
    rows = [row for row in study.case.rows("stores").values() if row.commodity == study.focus[1]]
    if not 0 < len(rows) <= 6:
        return ""
    names = [row.name + (" (not built yet)" if row.capacity == 0 else "") for row in rows]
    return f" ({'; '.join(names)})"


def _worst_territory(study: Study) -> str:
    """Say which other state's territory takes most exports if all on it stops, and if only transit does."""
    assert study.failures is not None
    actor = study.name("actors", study.focus[0])
    others = study.failures.states[study.failures.states["state"] != study.focus[0]]
    lost = others["all_exports_lost"].to_numpy(float)
    if not len(others) or not lost.max() > 1e-6 * max(study.exports, 1e-9):
        return f"Of the other states' territories, none takes exports of {actor} if all on it stops for those days."
    row = others.iloc[int(lost.argmax())]
    return (
        f"Whole territories can stop as one. Of the other states, {study.name('actors', str(row['state']))} takes most "
        f"exports of {actor}: {fmt.amount(float(row['all_exports_lost']), study.commodity_unit)} if all on its "
        f"territory stops for those days, {fmt.amount(float(row['transit_exports_lost']), study.commodity_unit)} if "
        "only cargo of others that crosses it does."
    )


def attack_section(study: Study) -> Section:
    """The worst that could be done: closures by budget, and what one safe asset changes."""
    section = Section("worst", "The worst that could be done")
    found = study.attack
    if found is None:
        return _lacking(study, section, "attack")
    attacker, target = (study.name("actors", actor) for actor in (found.attacker, found.target))
    figure = figures.attack_figure(study)
    if figure is None:
        section.blocks.append(
            f"{attacker} may close {fmt.plural(len(found.assets), 'asset')}; none of them takes anything of what "
            f"{target} could export."
        )
        return section
    single, last = found.curve.iloc[1], found.curve.iloc[-1]
    text = (
        f"{attacker} may close {fmt.plural(len(found.assets), 'asset')} as operator, regulator, territory, buyer, or "
        f"owner where no host keeps it running. If it closed one of them for {tables.window_words(found.window)} and "
        f"all others replied as well as they can, the worst choice would be {_choices(study, 1)}: "
        f"the most that {target} could export in {study.period} at any cost, "
        f"{fmt.amount(found.whole, found.unit)}, would fall by {fmt.amount(float(single['loss']), found.unit)}"
        f"{_doubt(single, found.unit)}"
    )
    if last["budget"] > 1:
        text += (
            f". With {int(last['budget'])} closures it would fall by "
            f"{fmt.amount(float(last['loss']), found.unit)}{_doubt(last, found.unit)}: "
            f"{_choices(study, last['budget'])}"
        )
    section.blocks.extend([f"{text}. {_protection(study)}", figure])
    ties = tables.worst_ties(study)
    if len(ties.frame) > len(found.curve) - 1:
        section.blocks.append(Fold(ties.title, [Shown(ties, ("closures_at_most", "closed"))]))
    held = tables.closable(study)
    section.blocks.append(Fold(held.title, [Shown(held)]))
    return section


def _choices(study: Study, budget: float) -> str:
    """Name the worst closures of a budget, and the others that take as much, or how many there are."""
    found = study.attack
    assert found is not None
    attack = str(found.curve.loc[found.curve["budget"] == budget, "attack"].iloc[0])
    others = [a for a in found.ties.loc[found.ties["budget"] == budget, "attack"].astype(str) if a != attack]
    text = tables.asset_names(study, attack)
    if len(others) == 1:
        return f"{text} (or {tables.asset_names(study, others[0])}, which takes as much)"
    return text + (f" ({len(others)} other choices take as much)" if others else "")


def _doubt(row: Any, unit: str) -> str:
    """Say how much worse it could be where the search was stopped before a proof."""
    if row["proved"]:
        return ""
    if math.isfinite(row["largest_loss"]):
        return f" (not proved to be the worst; at most {fmt.amount(float(row['largest_loss']), unit)})"
    return " (not proved to be the worst)"


def _protection(study: Study) -> str:
    found = study.attack
    assert found is not None
    if not len(found.protected):
        return "What one safe asset would change was not worked out: closing some asset also lifts an obligation."
    row = found.protected.iloc[-1]
    if not row["protected"] or row["loss"] >= float(found.curve["loss"].iloc[-1]) * (1 - 1e-9):
        return "No single asset, made safe, lowers that."
    safe, left = (
        tables.asset_names(study, str(row["protected"])),
        fmt.amount(float(row["loss"]), found.unit),
    )
    return f"If {safe} could not be closed, the worst would be {left}{'' if row['proved'] else ', as far as was searched'}."


def _lacking(study: Study, section: Section, part: str) -> Section:
    """Say why a part that was asked for is not there; a part that nobody asked for has no section."""
    if part in study.lacking:
        section.blocks.append(f"This part could not be worked out: {study.lacking[part]}")
    return section


def documents_section(study: Study) -> Section:
    """What the documents of a ledger say: events in time, and terms; empty without a ledger."""
    section = Section("documents", "What the documents say")
    if study.documents is None:
        return section
    told = documents.timeline(study)
    if len(told.frame):
        section.blocks.append(Shown(told, ("when", "type", "outlet", "voice", "says", "modality", "line")))
    else:
        section.blocks.append("No event of the ledger has been accepted yet.")
    if len(documents.terms(study).frame):
        section.blocks.append(Shown(documents.term_places(study)))
    return section
