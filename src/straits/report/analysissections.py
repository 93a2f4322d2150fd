"""The sections on single failures, the worst attack, power and documents: what each says, in order."""

from __future__ import annotations

from straits.report import analysisfigures as figures
from straits.report import analysistables as tables
from straits.report import documents
from straits.report import format as fmt
from straits.report.basemap import Basemap
from straits.report.content import Study
from straits.report.html import Fold, Section, Shown


def failures_section(study: Study, base: Basemap | None, base_id: str) -> Section:
    """Which failures hurt most: ranking, map, whole territories."""
    section = Section("failures", "Which failures hurt most")
    found = study.failures
    if found is None:
        return _lacking(study, section, "failures")
    good, actor = study.name("commodities", study.focus[1]).lower(), study.name("actors", study.focus[0])
    opening = (
        f"Each of {fmt.plural(len(found.links), 'link')} that can carry {good} from {actor} was closed alone for "
        f"{tables.window_words(found.window)}; in that time the baseline exports "
        f"{fmt.amount(found.exported, study.commodity_unit)}. "
    )
    figure = figures.ranking_figure(study)
    if figure is None:
        section.blocks.append(opening + "None of these failures takes any of the exports.")
    else:
        section.blocks.extend([opening + _worst_failure(study), figure])
        if base is not None:
            section.blocks.append(figures.criticality_map(study, base, base_id))
    broken = found.links[~found.links["possible"]]
    if len(broken):
        names = "; ".join(study.asset_name(str(asset)) for asset in broken["asset"])
        section.blocks.append(
            f"With these a promise without a price cannot be kept, so their loss has no limit: {names}."
        )
    whole = tables.state_failures(study)
    if len(whole.frame):
        section.blocks.append(Shown(whole, rows=12))
    return section


def _worst_failure(study: Study) -> str:
    """Say which failure takes most exports, what of its value is for lack of storage, and how many raise exports."""
    assert study.failures is not None
    table = study.failures.links
    worst = table.iloc[0]
    text = f"The failure of {study.asset_name(str(worst['asset']))} takes most, "
    text += fmt.amount(float(worst["exports_lost"]), study.commodity_unit)
    storage, value = max(0.0, float(worst["lack_of_storage"])), float(worst["value_lost"])
    if 0 < storage <= value < float("inf"):
        text += (
            f"; {fmt.percent(storage / value)} of the value lost with it is for lack of storage (it would be kept if stores "
            "had no limit), the rest for lack of another way"
        )
    more = table[table["exports_lost"] < -1e-6 * max(study.exports, 1e-9)]
    if len(more):
        raise_them = "failure raises exports" if len(more) == 1 else "failures raise exports"
        most = more.iloc[int(more["exports_lost"].to_numpy(float).argmin())]
        text += f". {len(more)} {raise_them}, most that of {study.asset_name(str(most['asset']))}, by "
        text += fmt.amount(-float(most["exports_lost"]), study.commodity_unit)
    return text + "."


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
            f"{target} could "
            "export."
        )
        return section
    single, last = found.curve.iloc[1], found.curve.iloc[-1]
    text = (
        f"One closure, {tables.asset_names(study, str(single['attack']))}, takes up to "
        f"{fmt.amount(float(single['loss']), found.unit)} of what {target} could export"
    )
    if last["budget"] > 1:
        text += (
            f"; {int(last['budget'])} closures together take {fmt.amount(float(last['loss']), found.unit)}"
        )
    ties = found.ties[found.ties["budget"] == last["budget"]]
    if len(ties) > 1:
        text += f" ({len(ties)} choices of closures take as much)"
    section.blocks.extend([f"{text}. {_protection(study)}", figure])
    return section


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


def power_section(study: Study) -> Section:
    """Who has power over whom: leverage, shares, balance."""
    from straits.power.summary import balance_text, leverage_text

    section = Section("power", "Who has power over whom")
    found = study.power
    if found is None:
        return _lacking(study, section, "power")
    section.blocks.append(" ".join([*leverage_text(found.leverage), _joint(study)]))
    section.blocks.append(figures.leverage_figure(study))
    if study.focus[0] in found.players:
        section.blocks.append(Shown(tables.leverage_on_focus(study)))
    section.blocks.append(Fold("What each player may close", [Shown(tables.controlled(study))]))
    section.blocks.extend([" ".join(found.told), figures.shares_figure(study)])
    figure = figures.balance_figure(study)
    if figure is None:
        section.blocks.append(f"How concentrated exports are could not be worked out: {found.balance_lacks}")
    else:
        assert found.balance is not None
        section.blocks.extend([" ".join(balance_text(found.balance)), figure])
    return section


def _joint(study: Study) -> str:
    """Say whose withholding costs all together most; unlike single accounts, that is no division by local prices."""
    assert study.power is not None
    table = study.power.leverage.table.drop_duplicates("actor")
    worst = table.loc[table["joint_loss"].idxmax()]
    if worst["joint_loss"] <= 0:
        return "Nobody's withholding costs all together anything."
    text = (
        "Accounts of single players rest on local prices, which may not be unique. The loss of all together rests on "
        f"them far less: it is largest when {worst['actor']} withholds, "
        f"{fmt.money(float(worst['joint_loss']), study.currency)}"
    )
    target = study.power.players.get(study.focus[0])
    exports = study.power.leverage.exports
    mine = exports[(exports["target"] == target) & (exports["commodity"] == study.focus[1])]
    if len(mine) and float(mine["amount_lost"].max()) > 0:
        row = mine.loc[mine["amount_lost"].idxmax()]
        good = study.name("commodities", study.focus[1]).lower()
        text += f". {target} loses most exports of {good}, {fmt.amount(float(row['amount_lost']), study.commodity_unit)}, when "
        text += f"{row['actor']} does"
    return text + "."


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
