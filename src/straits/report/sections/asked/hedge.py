"""What to build for how much: the staircase of loss over cost against the state of the focus."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from straits.errors import ModelError
from straits.report import format as fmt
from straits.report.drawing.staircase import Stair, staircase, told_of
from straits.report.page import Figure, Fold, Section, Shown
from straits.report.registry import Headline, Part, Question
from straits.report.sections.asked.attack import Attack
from straits.report.sections.asked.hedgetables import (
    Building,
    flips_table,
    names_of,
    options_table,
    parts_of,
    round_amounts,
    share_of,
    staircase_table,
)
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import actor_words, say_why_lacking, window_of, window_words
from straits.wording import if_more, listed, remaining

#: Closures that are held against what is built.
CLOSURES = 1
#: Time for the staircase, seconds, after which the best found stands with its bounds.
PATIENCE = 120.0
#: Share of the loss below which what is saved is not worth a word.
_LITTLE = 1e-2

#: Losses that differ by less are told with the same digits.
_ALIKE = 1e-3


def find_building(study: Study) -> Building:
    """Find the staircase against the worst closure by the state of the focus.

    Raises
    ------
    ModelError
        If that state controls nothing, or no option has a cost and a life.
    """
    from straits.hedge import hedge

    attacker = study.focus[2]
    assert attacker is not None
    window = window_of(study)
    assets, spared = _closable(study, attacker, window)
    found = hedge(
        study.case, "attack", attacker=attacker, budget=CLOSURES, window=window, options=_priced(study), assets=assets,
        seconds=PATIENCE,
    )  # fmt: skip
    return Building(attacker, found, window, assets, spared)


def _closable(study: Study, attacker: str, window: tuple[date, date]) -> tuple[list[str] | None, list[str]]:
    """Give what may be closed where some of it cannot be reckoned with, and that: buyers who were promised something.

    A state that may refuse what its own buyers were promised would end a duty to deliver: more closures may then cost less, and
    nothing about many sets of options could be proved. What else it may close is held against what is built all the same.
    """
    from straits.engine.targets import controlled_by
    from straits.engine.variant import close_during

    model, spared = study.baseline.model, []
    held = controlled_by(model, attacker, window)
    for asset, rights in held.items():
        try:
            patch = close_during(model, asset, [(item.start, item.end) for item in rights])
        except ModelError:
            continue  # part of an unlimited capacity: hedge says what it makes of it
        if not patch.only_tightens(model):
            spared.append(asset)
    rest = [asset for asset in held if asset not in spared]
    return (rest, spared) if spared and rest else (None, [])


def _priced(study: Study) -> list[str]:
    rows = study.case.rows("options").items()
    return [key for key, row in rows if row.capital_cost is not None and row.life_years is not None]


def show(study: Study, _: Basemaps) -> Section:
    """What to build: the staircase, what is worth more together, and which cost decides."""
    section = Section("hedge", "What to build for how much")
    part = study.part(Building)
    if part is None:
        return say_why_lacking(study, section, "hedge")
    attacker, frontier = actor_words(study, part.attacker), part.found.frontier
    first = frontier.iloc[0]
    money = f"million {study.currency}"
    text = (
        f"If {attacker} saw what was built and then closed the one asset that hurts most for {window_words(part.window)}, the "
        f"loss of {part.found.parameters['lost']} would be {fmt.number(first['loss'])} {money} with nothing built."
        f"{_surprise(frontier, money)}{_spared(study, part)}{_finer(study, part)}"
    )
    if saves_nothing(frontier):
        count = len(part.found.options)
        none = (
            "The only option does not lower"
            if count == 1
            else f"None of {count} options, alone or together, lowers"
        )
        # Where a search was stopped, what it did not find may be there.
        doubt = _doubt(frontier.iloc[int(frontier["least_loss"].to_numpy(float).argmin())], money)
        section.blocks.extend([f"{text} {none} that by a hundredth{doubt}.", _decides(study)])
        flips = flips_table(study)
        section.blocks.extend([Fold(flips.title, [Shown(flips)])] if len(flips.frame) else [])
        return section
    section.blocks.extend([f"{text} {_spending(study)}", _figure(study)])
    section.blocks.append(_together(study))
    section.blocks.append(_decides(study))
    flips = flips_table(study)
    if len(flips.frame):
        section.blocks.append(Fold(flips.title, [Shown(flips)]))
    return section


def saves_nothing(frontier: pd.DataFrame) -> bool:
    """Return whether nothing that could be built lowers the loss by a hundredth, or saves more than it costs."""
    saved = float(frontier["loss"].iloc[0] - frontier["loss"].min())
    return saved < _LITTLE * float(frontier["loss"].iloc[0]) and not (frontier["net"] > 0).any()


def _surprise(frontier: pd.DataFrame, money: str) -> str:
    """Say that nobody is told beforehand, and what would be lost if all were; nothing where nobody could be surprised."""
    if "loss_known" not in frontier:
        return ""
    text = " Nobody is told before the first day: until then all do what pays best with what is built"
    known = frontier["loss_known"].iloc[0]
    return (
        f"{text}. Had all known it from the start, {fmt.number(known)} {money} would be lost"
        f"{if_more(float(known), float(frontier['loss'].iloc[0]))}."
        if known == known
        else f"{text}."
    )


def _spared(study: Study, part: Building) -> str:
    """Say what was left out of what may be closed, and why."""
    if not part.spared:
        return ""
    names = listed([study.asset_name(key) for key in part.spared])
    one = "it" if len(part.spared) == 1 else "any of them"
    return (
        f" Left out of what it may close: {names}, since closing {one} would end a promise or a duty to run."
    )


def _finer(study: Study, part: Building) -> str:
    """Say what the same closure takes in finer steps, where the worst case was found in these: what is built keeps the case's."""
    attack = study.part(Attack)
    if (
        attack is None
        or not attack.in_money
        or (attack.attacker, attack.window) != (part.attacker, part.window)
    ):
        return ""
    fine, here = float(attack.curve["loss"].iloc[1]), float(part.found.frontier["loss"].iloc[0])
    if "loss_coarse" not in attack.curve or abs(fine - here) <= _ALIKE * abs(fine):
        return ""
    return (
        " All this is in the steps of the case: in finer ones, which begin and end with the closure, “The worst that could be "
        f"done” counts {fmt.number(fine)} million {study.currency}."
    )


def _spending(study: Study) -> str:
    """Say what some amounts a year buy, and what remains even then."""
    frontier = study.found(Building).found.frontier
    money = f"million {study.currency}"
    told = []
    before = None
    costs = frontier["cost"][frontier["cost"] > 0]
    for spend in round_amounts(float(costs.min()), float(_cheapest(frontier)["cost"])) if len(costs) else []:
        row = _cheapest(frontier[frontier["cost"] <= spend])
        if row["portfolio"] == before or not row["portfolio"]:
            continue
        before = row["portfolio"]
        told.append(
            f"With {fmt.number(spend)} {money} a year to spend, {_remains(row, money)}, "
            f"with {names_of(study, row['portfolio'])}"
        )
    last = _cheapest(frontier)
    if last["portfolio"] != before:
        told.append(
            f"Whatever is spent, {_remains(last, money)}, at {fmt.number(last['cost'])} "
            f"{money} a year with {names_of(study, last['portfolio'])}"
        )
    elif last["proved"]:
        told.append("More money does not lower that further")
    told.append(
        "What they earn where nothing is closed stands in the table as quiet gain"
        if (frontier["quiet_gain"] > 0).any()
        else "Where nothing is closed they earn nothing"
    )
    return ". ".join(told) + "."


def _cheapest(frontier: pd.DataFrame) -> Any:
    """Return the cheapest step that leaves as little as the last does, to a thousandth."""
    # What is left is below zero where what is built earns more than a closure takes.
    last = float(frontier["loss"].iloc[-1])
    return frontier[frontier["loss"] <= last + _ALIKE * abs(last)].iloc[0]


def _remains(row: Any, money: str) -> str:
    """Say what is left to lose, and what is not proved of it."""
    left = remaining(row["loss"], lambda much: f"{fmt.number(much)} {money}", "the least that remains is {}")
    return left + _doubt(row, money)


def _doubt(row: Any, money: str) -> str:
    return (
        ""
        if row["proved"]
        else f" (not proved: it could be as little as {fmt.number(row['least_loss'])} {money})"
    )


def _together(study: Study) -> str:
    """Say which options are worth more together than apart, and which save nothing."""
    found = study.found(Building).found
    options = found.options
    if found.frontier["ties"].isna().any():
        return ""  # chosen by a program: pairs are not gone through
    if options[["alone", "added_last"]].isna().any(axis=None):
        return "What options save alone and together was not worked out in the time."
    rows = options.to_dict("records")
    pairs = {
        tuple(sorted((row["option"], other))) for row in rows for other in row["with"].split("|") if other
    }
    named = study.case.rows("options")
    told = []
    if pairs:
        text = "; ".join(f"{named[a].name} with {named[b].name}" for a, b in sorted(pairs))
        told.append(f"Worth more together than both apart: {text}")
    idle = [
        named[row["option"]].name
        for row in rows
        if row["alone"] == 0 and row["added_last"] == 0 and row["steps"] == 0 and not row["with"]
    ]
    if idle:
        told.append(f"Neither alone nor added to all others saves anything: {'; '.join(idle)}")
    return ". ".join(told) + "." if told else "No two options are worth more together than both apart."


def _decides(study: Study) -> str:
    """Say which unsourced cost would change the choice soonest."""
    part = study.found(Building)
    flips = part.found.flips
    if not len(flips):
        return ""
    best = part.found.frontier.iloc[int(part.found.frontier["net"].to_numpy(float).argmax())]
    money = f"million {study.currency}"
    text = (
        "If the closure came every year, the portfolio that saves most beyond its cost would be "
        f"{names_of(study, best['portfolio'])}"
        if best["portfolio"]
        else "Even if the closure came every year, no portfolio would save more than it costs"
        if part.found.frontier["proved"].all()
        else "Even if the closure came every year, no portfolio that was found would save more than it costs"
    )
    near = flips[flips["flips_at"].notna() & (flips["confidence"] == "low")].copy()
    if not len(near):
        return text + ". No cost of low confidence would change that by itself, whatever it is."
    near["ratio"] = near["flips_at"] / near["cost"].where(near["cost"] > 0)
    near["far"] = near["ratio"].sub(1.0).abs()
    far = near["far"].fillna(float("inf")).to_numpy(float)
    row = near.iloc[int(far.argmin())]
    name = study.case.rows("options")[row["option"]].name
    way = "from" if row["chosen"] else "below"
    return (
        f"{text}. Of the costs of low confidence, that of {name} would change this soonest: {way} {fmt.number(row['flips_at'])} "
        f"{money} a year in place of {fmt.number(row['cost'])}, another could save more beyond its cost."
    )


def _changes(study: Study, before: dict[str, float], now: dict[str, float]) -> list[str]:
    """Say what one step has that the step before has not, and the other way round."""
    names = {key: study.case.rows("options")[key].name for key in {**before, **now}}
    added = [
        f"add {names[k] if now[k] == 1.0 else f'{share_of(now[k])} of {names[k]}'}"
        for k in sorted({*now} - {*before})
    ]
    moved = [f"{names[k]}: {share_of(now[k])}" for k in sorted({*now} & {*before}) if now[k] != before[k]]
    return [*added, *moved, *(f"leave out {names[k]}" for k in sorted({*before} - {*now}))]


def _figure(study: Study) -> Figure:
    part = study.found(Building)
    frontier = part.found.frontier
    steps = [Stair(float(row["cost"]), float(row["loss"]), float(row["least_loss"]), bool(row["proved"]))
             for row in frontier.to_dict("records")]  # fmt: skip
    # The key tells of some of the steps: each says what changes since the one that is told before it.
    built = [parts_of(str(portfolio)) for portfolio in frontier["portfolio"]]
    before, changes = dict[str, float](), dict[int, str]()
    for place in told_of(steps):
        changes[place] = "; ".join(_changes(study, before, built[place])) or "nothing built"
        before = built[place]
    money = f"million {study.currency}"
    attacker = actor_words(study, part.attacker)
    title = f"What remains to be lost to {attacker}, by what is spent"
    svg = staircase(
        "hedge-staircase",
        title,
        f"A falling staircase, in {money}.",
        steps,
        changes,
        f"cost, {money} a year",
        money,
    )
    caption = (
        f"Each step is the set of options that leaves least for its cost, against the closure of one asset "
        f"that takes most for {window_words(part.window)}. Losses are counted from the undisturbed case with nothing built. "
        "At the right the steps that save most, each beside the one told above it; the table has all. Disc "
        "filled: proved that no portfolio for that money leaves less."
    )
    return Figure("hedge-staircase", title, svg, caption, staircase_table(study))


def _numbers(study: Study) -> dict[str, Any]:
    part = study.part(Building)
    if part is None:
        return {}
    return {
        "hedge": [
            {
                "options": list(parts_of(p)),
                "cost": float(c),
                "remains": float(loss),
                "proved": bool(proved),
            }
            for p, c, loss, proved in part.found.frontier[["portfolio", "cost", "loss", "proved"]].itertuples(
                index=False
            )
        ]
    }


def _helps(study: Study) -> str:
    """Say in one sentence what the portfolio that saves most beyond its cost is, and what it leaves."""
    part = study.part(Building)
    if part is None or len(part.found.frontier) == 1:
        return ""
    frontier = part.found.frontier
    best = frontier.iloc[int(frontier["net"].to_numpy(float).argmax())]
    if not best["portfolio"]:
        return ""
    attacker = actor_words(study, part.attacker)
    quiet = float(best["quiet_gain"])
    earned = (
        f" where it comes, beside {fmt.money(quiet, study.currency)} that it would earn where nothing is closed"
        if quiet > 0.01 * best["saved"]
        else ""
    )
    return (
        f"Against the worst closure of one asset by {attacker} for {window_words(part.window)}, if it came every year, "
        f"{_in_short(study, part, best['portfolio'])} would save most beyond its cost: "
        f"[{fmt.money(float(best['saved']), study.currency)}](#hedge) of {part.found.parameters['lost']}{earned}, "
        f"for {fmt.money(float(best['cost']), study.currency)} a year."
    )


#: Options that a sentence of the summary names; of more, those that save most alone.
_NAMED = 3


def _in_short(study: Study, part: Building, portfolio: str) -> str:
    """Name a portfolio, of many options only those that save most alone, or cost most where that is not known."""
    chosen = list(parts_of(portfolio))
    if len(chosen) <= _NAMED:
        return listed([f"“{names_of(study, key)}”" for key in portfolio.split("|")])
    options = part.found.options.set_index("option")
    alone = options["alone"][chosen]
    by, what = (options["cost"], "cost most") if alone.isna().any() else (alone, "save most alone")
    most = sorted(chosen, key=lambda option: -float(by[option]))[: _NAMED - 1]
    names = listed([f"“{names_of(study, option)}”" for option in most])
    return f"a set of {len(chosen)} options, of which {names} {what},"


def _wanted(study: Study) -> bool:
    focus = study.case.settings.focus
    return focus is not None and focus.against is not None and bool(_priced(study))


PART = Part(
    ident="hedge",
    order=95,
    show=show,
    tables=(staircase_table, options_table, flips_table),
    asks=(Question("hedge", "what to build", find_building, _wanted, weight=8),),
    numbers=_numbers,
    headlines=(Headline("what helps", _helps, 20),),
    absent="no option of the case has a cost and a life, or its focus names nobody against whom",
)
