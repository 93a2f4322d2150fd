"""Tables of what to build: the steps, what options save, and where a cost would change the choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from straits.report.page import Table
from straits.report.study.content import Study

if TYPE_CHECKING:
    from straits.hedge import Hedge


@dataclass(frozen=True)
class Building:
    """What to build against one closure by the state of the focus.

    Attributes
    ----------
    attacker : str
    found : Hedge
    window : (date, date)
    assets : list of str, optional
        What was held to be closed; None: all that the attacker may close.
    spared : list of str
        What the attacker may close too, but whose closing also lifts an obligation, so that nothing could be proved with it.
    """

    attacker: str
    found: Hedge
    window: tuple[date, date]
    assets: list[str] | None = None
    spared: list[str] = field(default_factory=list)


def names_of(study: Study, portfolio: str) -> str:
    """Return the names of options that are joined by `|`, after each other; of a part, with its share."""
    options = study.case.rows("options")
    found = [
        options[key].name if part == 1.0 else f"{share_of(part)} of {options[key].name}"
        for key, part in parts_of(portfolio).items()
    ]
    return "; ".join(found) or "nothing"


def parts_of(portfolio: str) -> dict[str, float]:
    """Return the part of each option of a portfolio (`berth|tank:0.5`)."""
    pairs = (text.partition(":") for text in portfolio.split("|") if text)
    return {key: float(part) if part else 1.0 for key, _, part in pairs}


def share_of(part: float) -> str:
    return f"{100 * part:.3g} %"


def round_amounts(least: float, most: float) -> list[float]:
    """Return round amounts that could be spent in a year, millions, rising: enough for the cheapest step, for the dearest that is
    worth a word, and for one between. What is much money hangs on the currency, so that no amount fits all cases."""
    most = max(least, most)
    return sorted({_round_up(cost) for cost in (least, math.sqrt(least * most), most)})


def _round_up(amount: float) -> float:
    """Return the least of 1, 2 and 5 times a power of ten that is no less."""
    power = 10.0 ** math.floor(math.log10(amount))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= amount * (1 - 1e-9))


def staircase_table(study: Study) -> Table:
    """The steps of the staircase."""
    part = study.part(Building)
    if part is None:
        return Table("hedge_staircase", "", pd.DataFrame())
    frontier, money = part.found.frontier, f"million {study.currency}"
    frame = pd.DataFrame(
        {
            "cost": frontier["cost"],
            "built": [names_of(study, p) for p in frontier["portfolio"]],
            "remains": frontier["loss"],
            **({"remains_if_known": frontier["loss_known"]} if "loss_known" in frontier else {}),
            "least": frontier["least_loss"],
            "saved": frontier["saved"],
            "quiet_gain": frontier["quiet_gain"],
            "net": frontier["net"],
            "closed": [study.asset_name(a) if a else "nothing" for a in frontier["attack"]],
            "proved": frontier["proved"],
        }
    )
    return Table(
        "hedge_staircase",
        "What to build for how much, and what remains",
        frame,
        {
            "cost": f"{money}/y",
            **dict.fromkeys(("remains", "remains_if_known", "least", "saved", "quiet_gain", "net"), money),
        },
        "Remains: what the worst closure takes, counted from the undisturbed case with nothing built. "
        f"{_KNOWN if 'loss_known' in frontier else ''}Least: no portfolio for that money leaves less. Saved: of what is lost "
        "with nothing built; quiet gain: what it earns where nothing is closed. Net: saved less cost over the "
        "time axis, as if the closure came in each such time.",
    )


_KNOWN = "Remains if known: the same where all know from the start what is closed; else it is a surprise of the first day. "


def options_table(study: Study) -> Table:
    """What each option saves alone and added last."""
    part = study.part(Building)
    if part is None:
        return Table("hedge_options", "", pd.DataFrame())
    found, money = part.found.options, f"million {study.currency}"
    frame = found.assign(
        option=[names_of(study, key) for key in found["option"]],
        **{"with": [names_of(study, text) if text else "" for text in found["with"]]},
    )
    return Table(
        "hedge_options", "What each option saves alone and added last", frame,
        {"cost": f"{money}/y", "alone": money, "added_last": money},
        "Alone: with nothing but what it requires. Added last: where all others stand. Steps: in how many steps of the "
        "staircase. With: options with which it saves more together than both apart.",
    )  # fmt: skip


def flips_table(study: Study) -> Table:
    """Where each cost would change the choice."""
    part = study.part(Building)
    if part is None or not len(part.found.flips):
        return Table("hedge_flips", "", pd.DataFrame())
    found, money = part.found.flips, f"million {study.currency}"
    frame = found.assign(
        option=[names_of(study, key) for key in found["option"]],
        then=[names_of(study, text) if text else "" for text in found["then"]],
        source=found["source"].fillna(""),
    )
    return Table(
        "hedge_flips", "At which cost of an option another portfolio would save more beyond its cost", frame,
        {"cost": f"{money}/y", "flips_at": f"{money}/y"},
        "Of the portfolio that saves most beyond its cost. Flips at: the yearly cost from which on (of an option that is not "
        "chosen: below which) another could save more; blank: no cost does. Then: that portfolio.",
    )  # fmt: skip
