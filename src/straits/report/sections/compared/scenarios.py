"""Scenarios beside what they are compared with."""

from __future__ import annotations

import re

from straits.engine.steps import own_effects
from straits.report import format as fmt
from straits.report.drawing.bars import Bar, diverging_bars
from straits.report.page import Block, Figure, Fold, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps, moves
from straits.report.sections.compared.gains import gains_figure
from straits.report.sections.compared.routes import routes_figure
from straits.report.study.content import Study
from straits.report.study.words import focus_words, named, quoted, reference_words
from straits.wording import agreeing, unrounded

#: Share of exports below which a scenario counts as taking none.
_NOTHING = 1e-3


def show(study: Study, bases: Basemaps) -> Section:
    section = Section("scenarios", "Scenarios compared")
    if not study.scenarios:
        return section
    figure = losses_figure(study)
    if figure:
        section.blocks.append(figure)
    table = scenarios_table(study)
    rows = table.frame["scenario"].isin(study.scenarios) & (
        table.frame["origin"] == study.name("actors", study.focus[0])
    )
    rows &= table.frame["commodity"] == study.name("commodities", study.focus[1])
    columns = ("title", "compared_with", "exports", "lost_exports", "lost_share", "revenue_lost", "days_to_loss",
               "days_to_recovery", "forced", "value_lost")  # fmt: skip
    units = {
        **table.units,
        "exports": study.commodity_unit,
        "lost_exports": study.commodity_unit,
        "forced": study.commodity_unit,
    }
    frame = (
        table.frame[rows].sort_values("lost_exports", ascending=False, kind="stable").reset_index(drop=True)
    )
    frame["compared_with"] = [study.scenario_title(str(name)) for name in frame["compared_with"]]
    note = table.note
    if not study.trade.imports:
        section.blocks.append(
            Shown(Table(table.name, "Main results by scenario", frame, units, note), columns)
        )
    order = [str(name) for name in frame["scenario"]]
    for ident in [*order, *(name for name in study.scenarios if name not in order)]:
        if ident == study.main:
            continue
        section.blocks.append(Fold(study.scenario_title(ident), _scenario(study, bases, ident)))
    return section


def _scenario(study: Study, bases: Basemaps, ident: str) -> list[Block]:
    found = study.scenario(ident)
    blocks: list[Block] = []
    if found is not None and found.description:
        blocks.append(found.description)
    with unrounded():
        blocks += [_by_title(study, text) for text in study.comparison.told(ident)]
    moving = [c for c in study.case.rows("commodities") if moves(study, ident, c)]
    if not moving:
        return [
            *blocks,
            f"{'All' if _closes_what_is_used(study, ident) else 'It closes nothing that is used, and all'} markets together buy "
            f"as much, within 1 %, as in the run compared with: {reference_words(study, ident)}.",
            *(
                [paid]
                if study.comparison.money_moved(ident) and (paid := gains_figure(study, ident, by_state=True))
                else []
            ),
        ]
    for commodity in moving:
        blocks += bases.changes(ident, commodity)
    if study.focus[1] in moving and study.corridor_order and not study.trade.imports:
        blocks.append(routes_figure(study, ident, ident=f"routes-{ident}", with_events=False))
    figure = gains_figure(study, ident, by_state=True)
    return [*blocks, *([figure] if figure else [])]


def _closes_what_is_used(study: Study, ident: str) -> bool:
    """Return whether a scenario takes capacity that the run it is compared with uses.

    Words for many assets, stores and fleets count as used.
    """
    run = study.comparison.reference(ident)
    used = {key for frame, name in ((run.flows, "link"), (run.supply, "supply"), (run.sales, "market"))
            for key in frame.loc[frame["amount"] > 0, name]}  # fmt: skip
    known = {key for table in ("links", "supplies", "markets") for key in study.case.rows(table)}
    struck = {effect.asset for effect in own_effects(study.case, study.scenario(ident))}
    return any(key in used or key not in known for key in struck)


def _by_title(study: Study, text: str) -> str:
    """Write titles for the ids of scenarios in a sentence, all at once: a title may hold a word that is the id of another."""
    names = sorted(("baseline", *study.comparison.references, *study.scenarios), key=len, reverse=True)

    def title(found: re.Match[str]) -> str:
        return "the baseline" if found[0] == "baseline" else quoted(study, found[0])

    return re.sub(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])", title, text)


def _opening(study: Study) -> str:
    """Say how many scenarios take exports of the focus, and which most; empty for importers, and where none was compared."""
    table = study.focus_summary
    if study.trade.imports or not len(table):
        return ""
    good, actor = focus_words(study)
    some = int((table["lost_share"] >= _NOTHING).sum())
    if len(table) == 1:
        name = str(table["scenario"].iloc[0])
        lost = fmt.amount(float(table["lost_exports"].iloc[0]), study.commodity_unit)
        share = fmt.percent(float(table["lost_share"].iloc[0]))
        of = f"of the exports of {good} from {actor} in {study.period}"
        takes = f"{lost} {of} ({share})" if some else f"no thousandth {of}"
        return f"The only scenario, {quoted(study, name)}, takes {takes}, compared with {reference_words(study, name)}."
    text = (
        f"{len(table)} scenarios, each beside the run that it is compared with: {some} "
        f"{'takes' if some == 1 else 'take'} a thousandth or more of the exports of {good} from {actor} in {study.period}"
    )
    if some:
        row = table.iloc[int(table["lost_exports"].to_numpy(float).argmax())]
        name = str(row["scenario"])
        text += (
            f". {quoted(study, name)} takes most, {fmt.amount(float(row['lost_exports']), study.commodity_unit)} "
            f"({fmt.percent(float(row['lost_share']))}), compared with {reference_words(study, name)}"
        )
    return text + "."


def losses_figure(study: Study) -> Figure | None:
    """Draw the exports that each scenario takes away; of an importer, what it goes without stands in its own section."""
    table = study.focus_summary
    if study.trade.imports or not len(table):
        return None
    unit, factor = fmt.larger_unit(study.commodity_unit, float(table["lost_exports"].abs().max()))
    bars = [
        Bar(study.scenario_title(str(name)), float(lost) * factor, f"{fmt.percent(share)} of exports")
        for name, lost, share in zip(
            table["scenario"], table["lost_exports"], table["lost_share"], strict=True
        )
    ]
    bars.sort(key=lambda bar: -bar.value)
    good, actor = focus_words(study)
    title = f"Exports of {good} that {actor} {agreeing(actor, 'loses')}, by scenario"
    svg = diverging_bars(
        "losses", title, f"Bars by scenario, in {unit}.", bars, f"lost exports over the period, {unit}", loss_is_left=False,
        signs=False, label_width=430.0,
    )  # fmt: skip
    caption = "Each against the run it is compared with. Below zero: exports grow."
    return Figure("losses", title, svg, caption, scenarios_table(study))


def scenarios_table(study: Study) -> Table:
    """One row for each scenario and cargo."""
    currency = f"million {study.currency}"
    return Table(
        "scenarios",
        "Scenarios compared",
        named(study, study.comparison.summary),
        {"lost_share": "share", "revenue_lost": currency, "value_lost": currency, "days_to_loss": "days",
         "days_to_recovery": "days"},
        "Exports are sales outside the state of origin. Days to loss: from the start of the disruption until exports are "
        "behind by a quarter of a day's exports; blank if they never are. Days to recovery: until they no longer fall further "
        "behind; beyond the period if they still do at its end. Both to the length of a "
        "step. Forced: output lost by emergency shut-in. Value lost: "
        "of all actors and goods together.",
    )  # fmt: skip


def unmet_table(study: Study) -> Table:
    """Promised and not delivered."""
    frame = study.comparison.unmet
    if not len(frame):
        return Table("unmet", "", frame)
    frame = frame.groupby(["scenario", "market", "commodity"], as_index=False, sort=False)[
        ["amount", "cost"]
    ].sum()
    frame["unit"] = [study.unit(str(value)) for value in frame["commodity"]]
    frame["market"] = [study.name("markets", value) for value in frame["market"]]
    return Table(
        "unmet", "Promised and not delivered", named(study, frame), {"cost": f"million {study.currency}"}
    )


def shortfall_table(study: Study) -> Table:
    """Agreed and not moved."""
    frame = study.comparison.shortfall
    return Table(
        "shortfall", "Agreed and not moved", named(study, frame), {"cost": f"million {study.currency}"}
    )


def stranded_table(study: Study) -> Table:
    """Sent before it was known that nothing leads on."""
    frame = study.comparison.stranded
    if len(frame):
        frame = frame.assign(place=[study.name("places", value) for value in frame["place"]])
    return Table(
        "stranded",
        "Stranded",
        named(study, frame),
        {},
        "Cargo that was under way when it became known, or the period began, and for which nothing leads on where it arrives. It "
        "is worth nothing.",
    )


def circles_table(study: Study) -> Table:
    """Cargo that would have gone round."""
    return Table(
        "circles",
        "Cargo that would have gone round for nothing",
        named(study, study.comparison.circles),
        {},
        "To keep an agreed flow, or to burn what a field must give. The plans shown are others, without it; where left is true, "
        "none was found, and flows there count more than is moved.",
    )


PART = Part(
    ident="scenarios",
    order=20,
    show=show,
    opening=_opening,
    tables=(scenarios_table, unmet_table, shortfall_table, stranded_table, circles_table),
    absent="no scenario is compared",
)
