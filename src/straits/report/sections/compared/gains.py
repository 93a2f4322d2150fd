"""Who gains and who loses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from straits.model.accounts.division import AT_TARIFF
from straits.report import format as fmt
from straits.report.drawing.bars import Bar, diverging_bars
from straits.report.page import Figure, Section, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.answers import account_range, how_ranged
from straits.report.study.content import Study
from straits.report.study.words import beyond_states, named, quoted, reference_words


def show(study: Study, _: Basemaps) -> Section:
    section = Section("gains", "Who gains and who loses")
    if study.main is None:
        return section
    figures = [
        gains_figure(study, study.main, by_state=True),
        apart_figure(study, study.main),
        parties_figure(study, study.main),
        gains_figure(study, study.main, by_state=False),
    ]
    section.blocks.extend(figure for figure in figures if figure)
    return section


def _opening(study: Study) -> str:
    """Say what all lose together in the main scenario, and the largest loss and gain of a state; empty where nothing changes."""
    if study.main is None:
        return ""
    found = study.comparison.states
    change = found[found["scenario"] == study.main].set_index("state")["change"]
    if not (change.abs() > 1e-3).any():
        return ""
    total, all_changes = float(change.sum()), {str(key): float(value) for key, value in change.items()}
    parts = [
        f"In {quoted(study, study.main)}, compared with {reference_words(study, study.main)}, all actors and goods together "
        f"{'lose' if total < 0 else 'gain'} {fmt.money(abs(total), study.currency)} in {study.period}{_made_of(study)}"
    ]
    of_states = found[(found["scenario"] == study.main) & (found["kind"] == "state")]
    change = of_states.set_index("state")["change"]
    least, most = (float(change.min()), float(change.max())) if len(change) else (0.0, 0.0)
    if least < -1e-3:
        parts.append(f"the largest loss of a state is {_ranged(study, str(change.idxmin()), -least, -1.0)}")
    if most > 1e-3:
        of = "" if least < -1e-3 else " of a state"
        parts.append(f"the largest gain{of} is {_ranged(study, str(change.idxmax()), most, 1.0)}")
    if beyond := beyond_states(study, all_changes):
        parts.append(beyond)
    return (
        f"{'; '.join(parts)}. A state counts its budget, its companies and its consumers; who belongs to none stands for itself. "
        f"{_to_shippers(study, study.main)}How the sum is divided rests on local prices; how far others would do as well, "
        "“What the model leaves open” says."
    )


#: Who gets what is scarce at a tariff is named up to so many, and where it is at least this share of all that moves.
_NAMED, _NOTABLE = 3, 0.05


def _ranged(study: Study, state: str, amount: float, sign: float) -> str:
    """Tell what a state loses (sign below zero) or gains, with its name, and between what numbers that lies where it is known."""
    low, high = sorted(sign * end for end in account_range(study, state))
    told = ""
    if math.isfinite(low) and math.isfinite(high) and low != high:
        span = f"{fmt.money(low, study.currency)} to {fmt.money(high, study.currency)}"
        told = f"; {span} {how_ranged(study, state)}" + ("" if low >= 0 else ", below zero the other way")
    # A name in brackets needs no article.
    return f"{fmt.money(amount, study.currency)} ({study.name('actors', state)}{told})"


def _to_shippers(study: Study, scenario: str) -> str:
    """Say to whom goes what a full road or pipe at a tariff is worth, which many would look for with its owner or its users."""
    found = study.comparison.actors
    found = found[found["scenario"] == scenario]
    change = found[found["item"].isin(AT_TARIFF)].groupby("actor")["change"].sum()
    moved = float(found.groupby("actor")["change"].sum().abs().max())
    change = change[change.abs() > _NOTABLE * moved].sort_values(key=abs, ascending=False)
    if not len(change):
        return ""
    who = [
        f"{study.name('actors', actor)} {fmt.money(float(amount), study.currency, plus=True)}"
        for actor, amount in change.head(_NAMED).items()
    ]
    return (
        "Roads, pipes and berths that carry at a tariff earn that tariff and no more, however full: what a place on them "
        "is worth beyond it is a holder's of a right to it, else his who owns the supply that the cargo comes from, wherever he "
        f"is ({'; '.join(who)}). If it is the carrier's in truth, or the buyer's, `scarcity_rule` or `rights` say so. "
    )


def _made_of(study: Study) -> str:
    """Say what the change of all together is made of, in brackets: why it is not just the price of what is not sold."""
    found = study.comparison.value_parts
    mine = found[found["scenario"] == study.main].set_index("part")["change"]
    told = mine[mine.abs() > 0.01 * mine.abs().max()] if len(mine) else mine
    if len(told) < 2:
        return ""
    worse, better = (
        ", ".join(
            f"{part} {fmt.money(abs(float(v)), study.currency)}" for part, v in told[sign * told > 0].items()
        )
        for sign in (-1, 1)
    )
    return f" (worse: {worse}; better: {better})" if worse and better else ""


def gains_figure(study: Study, scenario: str, *, by_state: bool, most: int = 14) -> Figure | None:
    """Draw who gains and who loses in a scenario, by state or by actor; None if nobody's account moves."""
    if by_state:
        found = study.comparison.states
        mine = (found["scenario"] == scenario) & (found["kind"] == "state")
        change = found[mine].set_index("state")["change"]
    else:
        found = study.comparison.actors
        change = found[found["scenario"] == scenario].groupby("actor")["change"].sum()
    change = change[change.abs() > 1e-3].sort_values()
    if not len(change):
        return None
    # What would stand alone as "the other 1" takes no more room under its name.
    most += len(change) == most + 1
    kept = change.loc[change.abs().sort_values(ascending=False).index[:most]].sort_values()
    bars = [Bar(study.name("actors", actor), float(value)) for actor, value in kept.items()]
    rest = float(change.sum() - kept.sum())
    if len(kept) < len(change):
        bars.append(Bar(f"the other {len(change) - len(kept)}", rest))
    who = "state" if by_state else "actor"
    money = f"million {study.currency}"
    title = f"Gains and losses by {who}: {study.scenario_title(scenario)}"
    svg = diverging_bars(
        f"gains-{who}-{scenario}", title, f"Bars to both sides of zero, in {money}.", bars, f"change, {money}"
    )
    of = "All states" if by_state else "All"
    caption = f"Change of value against the reference over the period. {of} together: {fmt.signed(float(change.sum()))} {money}."
    if by_state:
        caption += (
            " A state counts its budget, its companies and its consumers; who belongs to none is drawn apart."
        )
        twin = states_table(study, scenario)
        rows = twin.frame[twin.frame["kind"] == "state"].reset_index(drop=True)
        only = Table(twin.name, twin.title, rows, twin.units, twin.note, twin.called)
        return Figure(f"gains-{who}-{scenario}", title, svg, caption, only)
    twin = actors_table(study)
    rows = twin.frame[twin.frame["scenario"] == scenario]
    rows = rows.sort_values("change", key=abs, ascending=False, kind="stable", ignore_index=True)
    return Figure(
        f"gains-{who}-{scenario}",
        title,
        svg,
        caption,
        Table(twin.name, twin.title, rows, twin.units, twin.note, twin.called),
    )


def apart_figure(study: Study, scenario: str) -> Figure | None:
    """Draw what groups of many, and others who belong to no state, gain and lose; None if nothing of theirs moves."""
    found = study.comparison.states
    found = found[
        (found["scenario"] == scenario) & (found["kind"] != "state") & (found["change"].abs() > 1e-3)
    ]
    if not len(found):
        return None
    money = f"million {study.currency}"
    bars = [
        Bar(study.name("actors", who), float(change), str(kind))
        for who, change, kind in found.sort_values("change")[["state", "change", "kind"]].itertuples(
            index=False
        )
    ]
    title = f"Gains and losses of who belongs to no state: {study.scenario_title(scenario)}"
    ident = f"gains-apart-{scenario}"
    svg = diverging_bars(ident, title, f"Bars to both sides of zero, in {money}.", bars, f"change, {money}")
    caption = (
        "Groups of many, such as all buyers of a market, are no states and nobody's in particular. All together: "
        f"{fmt.signed(float(found['change'].sum()))} {money}."
    )
    twin = states_table(study, scenario)
    rows = twin.frame[twin.frame["kind"] != "state"].reset_index(drop=True)
    return Figure(
        ident, title, svg, caption, Table(twin.name, title, rows, twin.units, twin.note, twin.called)
    )


def states_table(study: Study, scenario: str | None = None) -> Table:
    """Change of value by state, one column for each scenario (default: all)."""
    found = study.comparison.states
    if not len(found):
        return Table("states", "", found)
    wide = found.pivot_table(
        index="state", columns="scenario", values="change", aggfunc="sum", fill_value=0.0
    )
    wide = wide[[name for name in study.scenarios if name in wide and scenario in (None, name)]]
    order = wide.abs().max(axis=1).sort_values(ascending=False).index
    frame = wide.loc[order].reset_index()
    kind = dict(zip(found["state"], found["kind"], strict=True))
    frame.insert(1, "kind", [kind[value] for value in frame["state"]])
    # Groups of many and others who belong to no state stand after the states.
    frame = frame.iloc[np.argsort((frame["kind"] != "state").to_numpy(), kind="stable")].reset_index(
        drop=True
    )
    frame["state"] = [study.name("actors", value) for value in frame["state"]]
    return Table(
        "states",
        "Gains and losses by state",
        frame,
        dict.fromkeys(map(str, wide), f"million {study.currency}"),
        "Change against the reference of each scenario. A state counts its budget, its companies and its consumers; who "
        "belongs to none stands for itself, after the states.",
        {str(name): study.scenario_title(str(name)) for name in wide},
    )


def parties_figure(study: Study, scenario: str, most: int = 14) -> Figure | None:
    """Draw what budgets, companies by residence and consumers gain and lose; None if nobody's account moves."""
    table = parties_table(study, scenario)
    if not len(table.frame):
        return None
    labels = [
        f"{who}: {where}" for who, where in zip(table.frame["party"], table.frame["residence"], strict=True)
    ]
    change = table.frame[scenario].astype(float)
    most += len(change) == most + 1
    kept = change.abs().sort_values(ascending=False).index[:most]
    bars = [Bar(labels[i], float(change[i])) for i in sorted(kept, key=lambda i: float(change[i]))]
    if len(bars) < len(change):
        bars.append(Bar(f"the other {len(change) - len(bars)}", float(change.drop(kept).sum())))
    money = f"million {study.currency}"
    title = f"Gains and losses by budget, companies and consumers: {study.scenario_title(scenario)}"
    svg = diverging_bars(
        f"gains-party-{scenario}", title, f"Bars to both sides of zero, in {money}.", bars, f"change, {money}", label_width=300.0
    )  # fmt: skip
    caption = (
        "Budgets take royalties, duties and shares of profit as the case gives them; where it gives none, a budget has nothing. "
        f"{_rules(study, scenario)}"
    )
    largest = table.frame.sort_values(scenario, key=abs, ascending=False, kind="stable", ignore_index=True)
    return Figure(f"gains-party-{scenario}", title, svg, caption, replace(table, frame=largest))


def _rules(study: Study, scenario: str) -> str:
    """Say how much scarcity moved by which rule."""
    found = study.comparison.scarcity
    change = found[found["scenario"] == scenario].groupby("rule")["change"].sum()
    words = {
        "tariff": "to holders of rights and to shippers, the owners of the supplies that the cargo comes from",
        "scarcity": "to the owners of what is scarce",
    }
    told = [
        f"{fmt.signed(float(change[rule]))} million {study.currency} {to}"
        for rule, to in words.items()
        if rule in change and abs(float(change[rule])) > 0.05
    ]
    return f"Of scarcity, {' and '.join(told)}." if told else "No scarcity changes hands."


def parties_table(study: Study, scenario: str | None = None) -> Table:
    """Change of value of budgets, companies by residence and consumers, one column for each scenario (default: all)."""
    found = study.comparison.parties
    found = found[found["scenario"].isin(study.scenarios if scenario is None else [scenario])]
    if not len(found):
        return Table("parties", "", found)
    wide = found.pivot_table(
        index=["party", "residence"],
        columns="scenario",
        values="change",
        aggfunc="sum",
        fill_value=0.0,
        sort=False,
    )
    wide = wide[[name for name in study.scenarios if name in wide]]
    frame = wide[wide.abs().max(axis=1) > 1e-3].reset_index()
    frame["residence"] = [study.name("actors", value) for value in frame["residence"]]
    return Table(
        "parties",
        "Gains and losses by budget, companies and consumers",
        frame,
        dict.fromkeys(map(str, wide), f"million {study.currency}"),
        "Change against the reference of each scenario. Companies stand by the state in which they reside; what buyers gain "
        "and lose is the consumers', whoever buys.",
        {str(name): study.scenario_title(str(name)) for name in wide},
    )


def actors_table(study: Study) -> Table:
    """Change of value by actor and item."""
    found = study.comparison.actors
    frame = named(study, found[found[["reference", "amount"]].abs().max(axis=1) > 1e-6])
    frame["actor"] = [study.name("actors", value) for value in frame["actor"]]
    frame["residence"] = [study.name("actors", value) for value in frame["residence"]]
    money = f"million {study.currency}"
    return Table(
        "actors",
        "Gains and losses by actor and item",
        frame,
        {"reference": money, "amount": money, "change": money},
        "Cargo changes hands at the local price; all accounts of a run add up to its joint value. By the rule `tariff` scarcity "
        "goes to holders of rights and to shippers, the owners of the supplies that the cargo comes from, in the items scarcity "
        "by right, scarcity to shippers and untraced; by the rule `scarcity` to its "
        "owner, in the items scarcity and storage.",
    )


PART = Part(
    ident="gains",
    order=30,
    show=show,
    opening=_opening,
    tables=(states_table, parties_table, actors_table),
    absent="nothing is compared",
)
