"""Who has power over whom."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.powercharts import leverage_map, share_bars
from straits.report.drawing.rankings import Span, index_spans
from straits.report.page import Figure, Fold, Section, Shown
from straits.report.registry import Headline, Part, Question
from straits.report.sections.asked import powertables as tables
from straits.report.sections.asked.players import Power, find_power
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import focus_words, good_words
from straits.wording import agreeing, capital, with_article

#: Fall of an index below which imports or exports are as spread as they can be.
_NOTABLY = 0.02


def show(study: Study, _: Basemaps) -> Section:
    """Who has power over whom: leverage, options, shares, balance."""
    from straits.power.network.summary import balance_text, leverage_text

    section = Section("power", "Who has power over whom")
    found = study.part(Power)
    if found is None:
        if "power" in study.lacking:
            section.blocks.append(f"This part could not be worked out: {study.lacking['power']}")
        return section
    section.blocks.append(" ".join([*leverage_text(found.leverage, study.asset_name), _joint(study)]))
    section.blocks.append(leverage_figure(study))
    focus = study.focus[0] in found.players
    if focus:
        section.blocks.append(Shown(tables.leverage_on_focus(study)))
    if focus and found.each is not None:
        section.blocks.extend([_options(study), Shown(tables.options_on_focus(study))])
    section.blocks.append(Fold("What each player may close", [Shown(tables.controlled(study))]))
    section.blocks.extend([" ".join(found.told), shares_figure(study)])
    figure, trade = balance_figure(study), _trade(study)
    if figure is None:
        section.blocks.append(f"How concentrated {trade} are could not be worked out: {found.balance_lacks}")
    else:
        assert found.balance is not None
        # The figure says by how much, in every way of counting; ten numbers in a row nobody reads.
        notes = [text for text in balance_text(found.balance) if "index" not in text.split(";")[0]]
        section.blocks.extend([_balance(study), figure, *([" ".join(notes)] if notes else [])])
    return section


def _trade(study: Study) -> str:
    return "imports" if study.trade.imports else "exports"


def _joint(study: Study) -> str:
    """Say whose withholding costs all together most; unlike single accounts, that is no division by local prices."""
    table = study.found(Power).leverage.table.drop_duplicates("actor")
    worst = table.iloc[int(table["joint_loss"].to_numpy().argmax())]
    if worst["joint_loss"] <= 0:
        return "Nobody's withholding costs all together anything."
    actor = str(worst["actor"])
    text = (
        "The loss of all together does not hang on how scarce rents are divided: it is largest when "
        f"{with_article(actor)} {agreeing(actor, 'withholds')}, {fmt.money(float(worst['joint_loss']), study.currency)}"
    )
    target = study.found(Power).players.get(study.focus[0])
    # Who lives by what comes in is told in the table what he would use less.
    exports = study.found(Power).leverage.exports
    exports = exports.head(0) if study.trade.imports else exports
    mine = exports[(exports["target"] == target) & (exports["commodity"] == study.focus[1])]
    if len(mine) and float(mine["amount_lost"].max()) > 0:
        row = mine.iloc[int(mine["amount_lost"].to_numpy().argmax())]
        lost = fmt.amount(float(row["amount_lost"]), study.commodity_unit)
        loses = f"{capital(with_article(str(target)))} {agreeing(str(target), 'loses')}"
        text += f". {loses} most exports of {good_words(study)}, {lost}, when "
        text += f"{with_article(str(row['actor']))} {agreeing(str(row['actor']), 'withholds')}"
    return text + "."


def _options(study: Study) -> str:
    """Say which option by itself lowers most what the actor of the focus can lose."""
    found = study.found(Power)
    assert found.each is not None
    target = found.players[study.focus[0]]
    rows = found.each[found.each["target"] == target].sort_values("as_it_is").to_dict("records")
    top = {str(key): value for key, value in rows[-1].items()}
    actor, now = with_article(str(top["actor"])), float(top["as_it_is"])
    whose = with_article(target)
    loses, withholds = agreeing(target, "loses"), agreeing(actor, "withholds")
    built = {key: float(value) for key, value in top.items() if key not in ("actor", "target", "as_it_is")}
    option = min(built, key=lambda key: built[key])
    least = built[option]
    if now <= 0 or least >= now * (1 - 1e-3):
        return f"No option by itself lowers what {whose} {loses} when {actor} {withholds} by a thousandth or more."
    name = study.case.rows("options")[option].name
    return (
        f"Of the options, each built by itself, {name} lowers most what {whose} {loses} when {actor} {withholds}: from "
        f"{fmt.money(now, study.currency)} to {fmt.money(least, study.currency)}, by {fmt.percent(1 - least / now)}."
    )


def leverage_figure(study: Study) -> Figure:
    """Draw the leverage matrix."""
    found = study.found(Power).leverage
    days = (found.window[1] - found.window[0]).days
    title = "Leverage: the row withholds, the column loses"
    caption = (
        f"What each controls is withheld for {days} days from {fmt.day(found.window[0])}: no cargo of others "
        "over it, and no sale of its own to others; stores stay open, other than among failures. What lies wholly in another "
        "state's territory that state keeps open against owners. Accounts of states with their companies, after the best reply "
        "of all others. Small figures: the range that local prices leave, where it is wide."
    )
    return Figure("leverage", title, leverage_map("leverage", found), caption, tables.leverage(study))


def shares_figure(study: Study) -> Figure:
    """Draw the Shapley values, for the network as it is and with options."""
    networks = list(dict.fromkeys(study.found(Power).shares["network"]))
    title = "What each is worth to all together (Shapley value)"
    made = study.found(Power).parameters
    caption = (
        "Every coalition of the players was valued over the whole period: what it reaches when whatever an outsider may close "
        "is closed to it. The Shapley value is a player's average contribution over all orders of joining. Exact: "
        f"{made['coalitions']} coalitions, {made['solves']} programs solved for the network as it is; access "
        f"{made['access']} (hosts keep open what lies in their territory), outsiders {made['outsiders']}, tariffs as transfers."
    )
    if len(networks) > 1:
        caption += " With options: what the case lists could be built where it pays, its capital cost spread over its life."
    svg = share_bars("shares", study.found(Power).shares, study.found(Power).unit)
    return Figure("shares", title, svg, caption, tables.shares(study))


def balance_figure(study: Study) -> Figure | None:
    """Draw how concentrated the exports of the focus are, and how little they could be."""
    found = study.found(Power).balance if study.part(Power) is not None else None
    if found is None:
        return None
    spans = [
        Span(tables.WAYS[way], modelled, lowest, observed)
        for way, modelled, lowest, observed in found.indices[["way", "modelled", "lowest", "observed"]].itertuples(index=False)
    ]  # fmt: skip
    title = f"Balance: how concentrated the {_of(study)} are"
    extra = fmt.money(float(found.parameters["extra_cost"]), study.currency)
    svg = index_spans(
        "balance", title, "Spans of the index, by way of counting.", spans, "Herfindahl–Hirschman index"
    )
    caption = (
        "Sum of squared shares: 1 if all goes by one partner, one half for two equal ones. By territory: one unit may cross "
        "several states or none, and the index is the number of them that two units are expected to have in common. The "
        f"least: the same {_trade(study)}, spread as widely as capacities allow at an extra cost of at most {extra}. Observed by "
        "port and territory: from observed routes, at least."
    )
    if study.trade.imports:
        caption = (
            "Sum of squared shares: 1 if all comes by one partner, one half for two equal ones. The least: the same "
            "imports, spread "
            f"as widely as capacities allow at an extra cost of at most {extra}."
        )
        if found.parameters.get("gross"):
            caption += " Its origin is not tracked: counted is all that enters, also what leaves again."
    # The headline tells the routes that shippers choose, who pay tariffs: the two may differ widely.
    caption += (
        " Modelled, and not observed, is what costs all together least, with tariffs as transfers as in all of this part: "
        "shippers, who pay them, may choose other ways, and those are told elsewhere in this report."
    )
    return Figure("balance", title, svg, caption, tables.concentration(study))


def _of(study: Study) -> str:
    """Name the imports or exports of the focus."""
    good, actor = focus_words(study)
    return f"imports of {good} by {actor}" if study.trade.imports else f"exports of {good} from {actor}"


#: Index of concentration below which there is nothing to spread.
_CONCENTRATED = 0.01


def _balance(study: Study) -> str:
    """Say in one sentence how far exports could be spread."""
    found = study.found(Power).balance
    assert found is not None
    rows = found.indices
    # An index next to nothing, as that of transit which hardly any of it is in, has nothing to spread.
    falls = 1.0 - rows["lowest"].to_numpy(float) / rows["modelled"].to_numpy(float)
    falls = np.where(rows["modelled"].to_numpy(float) >= _CONCENTRATED, falls, 0.0)
    row = rows.to_dict("records")[int(falls.argmax())]
    way = tables.WAYS[row["way"]]
    if float(falls.max()) < _NOTABLY:
        return f"{capital(_of(study))} cannot be spread wider as the network stands. The figure shows every way of counting."
    return (
        f"{capital(_of(study))} cannot be spread much wider as the network stands: "
        if float(falls.max()) < 0.2
        else f"{capital(_of(study))} could be spread wider as the network stands: "
    ) + (
        f"for its size the index {way} falls most, from {fmt.number(row['modelled'])} to {fmt.number(row['lowest'])}, where 1 is "
        "a single partner. The figure shows every way of counting."
    )


def _helps(study: Study) -> str:
    """Say for the first screen which option helps most."""
    found = study.part(Power)
    if found is None or found.each is None or study.focus[0] not in found.players:
        return ""
    text = _options(study)
    if text.startswith("No option"):
        return ""
    return re.sub(r"from (.+? [mb]illion) to (.+? [mb]illion)", r"from [\1](#power) to [\2](#power)", text)


def _numbers(study: Study) -> dict[str, Any]:
    found = study.part(Power)
    if found is None:
        return {}
    ids = {name: player for player, name in found.players.items()}
    return {
        "shapley_million": {
            network: {
                ids[name]: float(value) for name, value in zip(part["player"], part["shapley"], strict=True)
            }
            for network, part in found.shares.groupby("network", sort=False)
        }
    }


def _wanted(study: Study) -> bool:
    return (focus := study.case.settings.focus) is not None and bool(focus.players)


PART = Part(
    ident="power",
    order=110,
    show=show,
    tables=(
        tables.leverage,
        tables.leverage_exports,
        tables.leverage_assets,
        tables.leverage_items,
        tables.leverage_options,
        tables.shares,
        tables.concentration,
    ),
    asks=(Question("power", "power of players", find_power, _wanted, weight=15),),
    numbers=_numbers,
    headlines=(Headline("what helps", _helps, 50),),
    absent="the case names no players",
)
