"""Build now or wait: a plan over years for the regimes of the case, with the options that the staircase chose."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from straits.errors import ModelError
from straits.report import format as fmt
from straits.report.page import Section, Shown, Table
from straits.report.registry import Part, Question
from straits.report.sections.asked.hedge import CLOSURES
from straits.report.sections.asked.hedgetables import Building, names_of, parts_of
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import actor_words, say_why_lacking, window_words
from straits.results.result import Result

#: Years of the plan.
YEARS = 10
#: Options that are planned with: every set of them is held against the attacker.
MOST = 4


@dataclass(frozen=True)
class Timing:
    """A plan over years.

    Attributes
    ----------
    options : list of str
        Those that are planned with.
    found : Result
        Of `straits.hedge.timing`.
    """

    options: list[str]
    found: Result


def find_timing(study: Study) -> Timing:
    """Plan over years with the options that save most beyond their cost, against the state of the focus.

    Raises
    ------
    ModelError
        If the case has no regimes, the staircase has no answer, or nothing on it helps.
    """
    from straits.hedge import timing

    if not study.case.rows("regimes"):
        raise ModelError("the case has no regimes")
    part = study.part(Building)
    if part is None:
        raise ModelError("what to build was not found, so that there is nothing to plan with")
    options = _chosen(study, part)
    if not options:
        raise ModelError("no option lowers the loss, so that there is nothing to plan with")
    found = timing(
        study.case, None, YEARS, attacker=part.attacker, budget=CLOSURES, window=part.window, options=options,
        assets=part.assets, draws=0,
    )  # fmt: skip
    return Timing(options, found)


def _chosen(study: Study, part: Building) -> list[str]:
    """Return the options of the largest step with no more than a few that saves most beyond its cost; they are planned whole."""
    frontier = part.found.frontier.sort_values("net", ascending=False, kind="stable")
    for portfolio in frontier["portfolio"]:
        named = list(parts_of(portfolio))
        if 0 < len(named) <= MOST:
            return named
    return []


def show(study: Study, _: Basemaps) -> Section:
    """What to start now in each regime, what being able to wait is worth, and when the rest follows."""
    section = Section("timing", "Build now or wait")
    if not study.case.rows("regimes"):
        return section
    part = study.part(Timing)
    if part is None:
        return say_why_lacking(study, section, "timing")
    building = study.found(Building)
    attacker, money = actor_words(study, building.attacker), f"million {study.currency}"
    guessed = [r for r in study.case.rows("regimes").values() if r.source is None]
    section.blocks.append(
        f"The plan is made with {names_of(study, '|'.join(part.options))}, over {YEARS} years. Each year has a regime, which "
        f"says how likely {attacker} is to close the one asset that then hurts most for {window_words(building.window)}; what is "
        f"decided in a year works once it is built. Losses are of {building.found.parameters['lost']}. "
        f"{_whole(study, part.options)}{_guesses(len(guessed), len(study.case.rows('regimes')))}"
    )
    section.blocks.append(
        " ".join(_told(study, row, money) for row in part.found.tables["decisions"].to_dict("records"))
    )
    section.blocks.extend([Shown(decisions_table(study)), Shown(plan_table(study))])
    return section


def _whole(study: Study, options: list[str]) -> str:
    """Say which options the plan builds whole though any part of them could be built."""
    rows = study.case.rows("options")
    parted = [rows[key].name for key in options if rows[key].divisible]
    return f"Built whole here, though any part could be: {', '.join(parted)}. " if parted else ""


def _guesses(count: int, every: int) -> str:
    if not count:
        return "All regimes have a source."
    which = "All regimes are" if count == every else f"{fmt.plural(count, 'regime')} of {every} are"
    return f"{which} guesses: how likely a strike is, and how long a regime lasts, nobody has said."


def _told(study: Study, row: dict[Hashable, Any], money: str) -> str:
    """Say what to start now if the first year is in a regime, and at which chance of a strike that turns."""
    name, start = _regime(study, row["regime"]), names_of(study, row["start"])
    chance = fmt.percent(row["strike_probability"], 3)
    what = f"start {start} now" if row["start"] else "start nothing yet"
    text = (
        f"If the first year is “{name}”, with a chance of a strike of {chance}, the plan that costs least is to {what}. Being "
        f"able to start more later, and again what has come to its end, is worth {fmt.number(row['waiting'])} {money}"
    )
    if row["as_good_at"] == row["as_good_at"]:
        text += f"; starting something now is as good as waiting a year at a chance of {fmt.percent(row['as_good_at'], 3)}"
    elif row["start"]:
        text += "; whatever that chance is, waiting a year is no better"
    else:
        text += "; whatever that chance is, starting something now is no better"
    return text + "."


def _regime(study: Study, key: str) -> str:
    return study.case.rows("regimes")[key].name or key


def decisions_table(study: Study) -> Table:
    """What to start now, by regime of the first year."""
    part = study.part(Timing)
    if part is None:
        return Table("hedge_timing", "", pd.DataFrame())
    found = part.found.tables["decisions"]
    frame = found.drop(columns="start_probability").assign(
        regime=[_regime(study, key) for key in found["regime"]],
        start=[names_of(study, text) for text in found["start"]],
    )
    money = f"million {study.currency}"
    return Table(
        "hedge_timing", f"What to start now, over {YEARS} years", frame,
        dict.fromkeys(("expected_cost", "now_or_never", "waiting"), money),
        "Expected cost: least expected loss and cost; below zero, where more is earned while nothing is closed. Now or never: "
        "the same if nothing can be started later. Waiting: what it is worth that something can. As good at: "
        "chance of a strike at which starting now is as good as waiting a year; blank: none.",
    )  # fmt: skip


def plan_table(study: Study) -> Table:
    """What to start in which year, if a regime stays."""
    part = study.part(Timing)
    if part is None:
        return Table("hedge_plan", "", pd.DataFrame())
    found = part.found.tables["plan"]
    changes = (found["works"] != found.groupby("regime")["works"].shift()) | (found["start"] != "")
    rows = found[changes]
    frame = rows.assign(
        regime=[_regime(study, key) for key in rows["regime"]],
        start=[names_of(study, text) for text in rows["start"]],
        works=[names_of(study, text) for text in rows["works"]],
    )
    return Table(
        "hedge_plan", "What to start in which year, if the regime stays", frame[["regime", "year", "start", "works"]], {},
        "Years count from 0; rows in which nothing is started and nothing new works are left out.",
    )  # fmt: skip


def _numbers(study: Study) -> dict[str, Any]:
    part = study.part(Timing)
    if part is None:
        return {}
    rows = part.found.tables["decisions"].to_dict("records")
    return {
        "timing": {row["regime"]: {"start": row["start"].split("|") if row["start"] else []} for row in rows}
    }


def _wanted(study: Study) -> bool:
    return bool(study.case.rows("regimes"))


PART = Part(
    ident="timing",
    order=96,
    show=show,
    tables=(decisions_table, plan_table),
    asks=(Question("timing", "build now or wait", find_timing, _wanted, after="hedge", weight=2),),
    numbers=_numbers,
    absent="the case has no regimes, or nothing to build",
)
