"""The worst that one actor can do to the exports of another, or to the value of its supply, and what one safe asset changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pandas as pd

from straits.engine.steps import apart
from straits.report import format as fmt
from straits.report.drawing.rankings import Step, budget_curve
from straits.report.page import Figure, Fold, Section, Shown, Table
from straits.report.registry import Part, Question
from straits.report.sections.asked.single import Failures
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import (
    actor_words,
    asset_names,
    or_why,
    say_why_lacking,
    window_of,
    window_words,
)
from straits.wording import if_more

#: Greatest number of closures of the worst attack.
MOST_CLOSURES = 3


#: Time for the worst attack of each budget, seconds, after which the best found stands with its bound.
PATIENCE = 10.0


#: Below this loss in money, millions, a share of it that rerouting saves says nothing.
_NOTHING = 1.0


@dataclass(frozen=True)
class Attack:
    """The worst that one actor can do to the exports of another, or to the value of all where the other lives by imports.

    An importer is hardly ever kept from goods at any price: what an attack makes it pay is the answer, so value is asked there.

    Attributes
    ----------
    attacker, target : str
    measure : str
        What is taken: volume, or the name of the value.
    curve, ties : DataFrame
        As `straits.worst.Worst` has them.
    protected : DataFrame
        As `straits.worst.protect` has it, for one safe asset: one row for each budget, in column budget. Empty where
        closing an asset also lifts an obligation.
    unit : str
    window : (date, date)
    assets : list of str
        What the attacker may close.
    rights : DataFrame
        By what rights, and when: asset, right, start, end.
    """

    attacker: str
    target: str
    measure: str
    curve: pd.DataFrame
    ties: pd.DataFrame
    protected: pd.DataFrame
    unit: str
    window: tuple[date, date]
    assets: list[str]
    rights: pd.DataFrame

    @property
    def whole(self) -> float:
        """The most that could be exported, or be gained by trade, if nothing were closed."""
        return float(self.curve["value"].iloc[0])

    @property
    def in_money(self) -> bool:
        """Whether what is taken is value."""
        return self.measure != "volume"


def find_attack(study: Study) -> Attack:
    """Find the closures by that state that take most of what could be exported, or of value, and what one safe asset changes.

    Raises
    ------
    ModelError
        If that state controls nothing, or the focus cargo is none of the network.
    """
    from straits.engine.targets import controlled_by
    from straits.worst import protect, worst

    target, commodity, attacker = study.focus
    assert attacker is not None
    window = window_of(study)
    held = controlled_by(study.baseline.model, attacker, window)
    budget = min(MOST_CLOSURES, len(held))
    how: dict[str, Any] = {"attacker": attacker, "window": window, "seconds": PATIENCE}
    if study.trade.imports:
        how |= {"objective": "value"}
    else:
        how |= {"objective": "volume", "target": target, "commodity": commodity}
    found = worst(study.case, budget=budget, **how)
    rows = []
    for closures in range(1, budget + 1):
        # The same question has just been answered, so all that can fail is that it has no answer for safe assets.
        safe, _ = or_why(partial(protect, study.case, protect=1, budget=closures, **how))
        if safe is None:
            break
        rows.append(safe.table[safe.table["protect"] == 1].assign(budget=closures))
    protected = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    return Attack(
        attacker,
        target,
        str(found.parameters["lost"]),
        found.curve,
        found.ties,
        protected,
        found.unit,
        found.window,
        found.assets,
        found.rights,
    )


def show(study: Study, _: Basemaps) -> Section:
    """The worst that could be done: closures by budget, and what one safe asset changes."""
    section = Section("worst", "The worst that could be done")
    found = study.part(Attack)
    if found is None:
        return say_why_lacking(study, section, "attack")
    attacker, target = (actor_words(study, actor) for actor in (found.attacker, found.target))
    figure = attack_figure(study)
    if figure is None:
        section.blocks.append(
            f"{attacker} may close {fmt.plural(len(found.assets), 'asset')}; none of them takes anything of "
            f"{f'the {found.measure}' if found.in_money else f'what {target} could export'}."
        )
        return section
    single, last = found.curve.iloc[1], found.curve.iloc[-1]
    text = (
        f"{attacker} may close {fmt.plural(len(found.assets), 'asset')} as operator, regulator, territory, buyer, or "
        f"owner where no host keeps it running. If it closed one of them for {window_words(found.window)} and "
        f"all others replied as well as they can, the worst choice would be {_choices(study, 1)}: "
        f"{_most(study)} would fall by {_amount(study, float(single['loss']))}{_doubt(study, single)}"
    )
    # What no attack of the larger budget takes: a search that was stopped has found no more, and there may be more.
    if last["budget"] > 1 and last["largest_loss"] <= single["loss"] * (1 + 1e-6):
        text += f". Up to {int(last['budget'])} closures would take no more"
    elif last["budget"] > 1:
        text += (
            f". With {int(last['budget'])} closures it would fall by "
            f"{_amount(study, float(last['loss']))}{_doubt(study, last)}: "
            f"{_choices(study, last['budget'])}"
        )
    section.blocks.extend(
        [f"{text}. {_finer(study)}{_beside_failures(study)}{_known(study)}{_protection(study)}", figure]
    )
    ties = worst_ties_table(study)
    if len(ties.frame) > len(found.curve) - 1:
        section.blocks.append(Fold(ties.title, [Shown(ties, ("closures_at_most", "closed"))]))
    held = closable(study)
    section.blocks.append(Fold(held.title, [Shown(held)]))
    return section


def _finer(study: Study) -> str:
    """Say what one closure takes in the steps of the case, where these are too long for it and say something else."""
    single = study.found(Attack).curve.iloc[1]
    if "loss_coarse" not in single or not apart(
        coarse := float(single["loss_coarse"]), float(single["loss"])
    ):
        return ""
    say = "have no answer" if math.isnan(coarse) else f"say {_amount(study, coarse)} for one"
    return f"Solved in finer steps, which begin and end with the closures: the steps of the case {say}. "


def _beside_failures(study: Study) -> str:
    """Say why one closure takes less here than among the single failures, where it does by a tenth or more."""
    found, failures = study.found(Attack), study.part(Failures)
    if found.in_money or failures is None or not len(failures.links):
        return ""
    mine = failures.links[failures.links["asset"].isin(found.assets)]["exports_lost"]
    if not len(mine) or float(found.curve["loss"].iloc[1]) > 0.9 * float(mine.max()):
        return ""
    return (
        "Single failures above take more: there what does not pay is not exported, here every way is used at any cost, and what "
        "is missed is made up for as far as the rest of the period allows. "
    )


def _known(study: Study) -> str:
    """Say what the closures would take of who knew them from the start; nothing where nobody could be surprised."""
    found = study.found(Attack)
    last = found.curve.iloc[-1]
    if "loss_known" not in last:
        return ""
    return (
        f"Nobody is told before the first day; had all known from the start what would be closed, "
        f"{fmt.plural(int(last['budget']), 'closure')} could take {_amount(study, float(last['loss_known']))}"
        f"{if_more(float(last['loss_known']), float(last['loss']))}. "
    )


def _amount(study: Study, value: float) -> str:
    """Write what an attack takes: money, or an amount of the good."""
    found = study.found(Attack)
    return fmt.money(value, study.currency) if found.in_money else fmt.amount(value, found.unit)


def _choices(study: Study, budget: float) -> str:
    """Name the worst closures of a budget, and the others that take as much, or how many there are."""
    found = study.found(Attack)
    attack = str(found.curve.loc[found.curve["budget"] == budget, "attack"].iloc[0])
    others = [a for a in found.ties.loc[found.ties["budget"] == budget, "attack"].astype(str) if a != attack]
    text = asset_names(study, attack)
    if len(others) == 1:
        return f"{text} (or {asset_names(study, others[0])}, which takes as much)"
    return text + (f" ({len(others)} other choices take as much)" if others else "")


def _doubt(study: Study, row: Any) -> str:
    """Say how much worse it could be where the search was stopped before a proof."""
    if row["proved"]:
        return ""
    if math.isfinite(row["largest_loss"]):
        return f" (not proved to be the worst; at most {_amount(study, float(row['largest_loss']))})"
    return " (not proved to be the worst)"


def _protection(study: Study) -> str:
    found = study.found(Attack)
    if not len(found.protected):
        return "What one safe asset would change was not worked out: closing some asset also lifts an obligation."
    row = found.protected.iloc[-1]
    if not row["protected"] or row["loss"] >= float(found.curve["loss"].iloc[-1]) * (1 - 1e-9):
        return "No single asset, made safe, lowers that."
    safe, left = (
        asset_names(study, str(row["protected"])),
        _amount(study, float(row["loss"])),
    )
    return f"If {safe} could not be closed, the worst would be {left}{'' if row['proved'] else ', as far as was searched'}."


def attack_figure(study: Study) -> Figure | None:
    """Draw the worst loss by number of closures, what is closed and what one safe asset changes; None if nothing is lost."""
    found = study.found(Attack)
    curve = found.curve[found.curve["budget"] > 0]
    if not (curve["loss"] > 1e-6 * max(found.whole, 1e-9)).any():
        return None
    unit, factor = fmt.larger_unit(found.unit, float(curve["loss"].max()))
    steps = []
    for budget, attack, loss, bound, proved in zip(
        curve["budget"], curve["attack"], curve["loss"], curve["largest_loss"], curve["proved"], strict=True
    ):
        left, words = _protected(study, float(budget), float(loss), unit, factor)
        names = asset_names(study, str(attack)) or "nothing"
        others = int((found.ties["budget"] == budget).sum()) - 1
        steps.append(
            Step(
                float(budget),
                names,
                float(loss) * factor,
                float(bound) * factor,
                bool(proved),
                left,
                words,
                others,
            )
        )
    attacker, target = (actor_words(study, actor) for actor in (found.attacker, found.target))
    of = f"the {found.measure}" if found.in_money else f"{target}'s exports"
    title = f"The worst that {attacker} could close, and what it would take from {of}"
    first, last = found.window
    svg = budget_curve("worst-attack", title, f"Loss by number of closures, in {unit}.", steps, unit)
    caption = (
        f"Closures from {fmt.day(first)} for {(last - first).days} days, out of "
        f"{fmt.plural(len(found.assets), 'asset')} that {attacker} may close as operator, regulator, "
        f"territory, buyer, or owner where no host keeps it running; the others reply as well as they can. Taken from "
        f"{_most(study).rstrip(',')}. Disc filled: proved that no other closures take more."
    )
    if not found.in_money:
        caption += (
            " Less than in other parts of this report may be lost, since idle ways are used at any cost."
        )
    if len(found.protected):
        caption += " Squares: if one asset, the best choice, could not be closed."
    return Figure("worst-attack", title, svg, caption, attacks_table(study))


def _most(study: Study) -> str:
    """Say what an attack takes from."""
    found = study.found(Attack)
    if found.in_money:
        return f"the {found.measure}, of all goods together,"
    whole = _amount(study, found.whole)
    return f"the most that {actor_words(study, found.target)} could export in {study.period} at any cost, {whole},"


def _protected(study: Study, budget: float, loss: float, unit: str, factor: float) -> tuple[float, str]:
    """Return what is lost of a budget if the best one asset is safe, and that in words; nan and nothing if not known."""
    table = study.found(Attack).protected
    row = table[table["budget"] == budget] if len(table) else table
    if not len(row):
        return math.nan, ""
    left, safe = float(row["loss"].iloc[0]), asset_names(study, str(row["protected"].iloc[0]))
    if not safe or left >= loss * (1 - 1e-9):
        return loss * factor, "no one safe asset lowers it"
    return left * factor, f"with {safe} safe: {fmt.number(left * factor)} {unit}"


def attacks_table(study: Study) -> Table:
    """The worst closures for each budget, all ties, and what one safe asset changes."""
    found = study.part(Attack)
    if found is None:
        return Table("worst_attacks", "", pd.DataFrame())
    curve = found.curve[found.curve["budget"] > 0].reset_index(drop=True)
    ties = found.ties.groupby("budget").size()
    frame = pd.DataFrame(
        {
            "closures_at_most": curve["budget"].astype(int),
            "closed": [asset_names(study, str(attack)) for attack in curve["attack"]],
            "lost": curve["loss"],
            **({"lost_if_known": curve["loss_known"]} if "loss_known" in curve else {}),
            "largest_loss": curve["largest_loss"],
            "proved": curve["proved"],
            "others_as_bad": [int(ties.get(budget, 1)) - 1 for budget in curve["budget"]],
        }
    )
    if len(found.protected):
        safe = found.protected.set_index("budget").reindex(curve["budget"])
        frame["made_safe"] = [asset_names(study, str(value)) for value in safe["protected"].fillna("")]
        frame["then_closed"] = [asset_names(study, str(value)) for value in safe["attack"].fillna("")]
        frame["then_lost"] = safe["loss"].to_numpy(float)
        frame["then_proved"] = safe["proved"].eq(True).to_numpy()
    attacker, target = (actor_words(study, actor) for actor in (found.attacker, found.target))
    unit = found.unit
    return Table(
        "worst_attacks",
        f"The worst that {attacker} could close against {target} for {window_words(found.window)}",
        frame,
        dict.fromkeys(("lost", "lost_if_known", "largest_loss", "then_lost"), unit),
        f"Lost: of {_most(study).rstrip(',')}. Largest loss: no set of as many closures takes more. Lost if known: the most that "
        "as many closures take if all know them from the start; else they are a surprise of the first day. Others as bad: other "
        "choices that take as much. made safe: the one asset that, if it cannot be closed, lowers the worst loss most.",
    )  # fmt: skip


def worst_ties_table(study: Study) -> Table:
    """All choices of closures that take as much as the worst of their number."""
    found = study.part(Attack)
    if found is None:
        return Table("worst_ties", "", pd.DataFrame())
    ties = found.ties[found.ties["budget"] > 0]
    frame = pd.DataFrame(
        {
            "closures_at_most": ties["budget"].astype(int),
            "closed": [asset_names(study, str(attack)) for attack in ties["attack"]],
            "ids": ties["attack"].str.replace("|", " | "),
        }
    )
    return Table(
        "worst_ties",
        "All choices of closures that take as much as the worst",
        frame,
        {},
        "Without members that take nothing. The loss of each number of closures is in table worst_attacks.",
    )


def closable(study: Study) -> Table:
    """What the attacker may close, and by what right."""
    found = study.found(Attack)
    start, end = map(pd.Timestamp, found.window)
    rights = found.rights
    whole = (rights["start"] == start) & (rights["end"] == end)
    rows = [
        (
            study.asset_name(asset),
            right,
            "" if always else f"{fmt.day(first)} to {fmt.day(last - timedelta(days=1))}",
        )
        for (asset, right, first, last), always in zip(
            rights[["asset", "right", "start", "end"]].itertuples(index=False), whole, strict=True
        )
    ]
    frame = pd.DataFrame(rows, columns=["asset", "right", "when"])
    if whole.all():
        frame = frame.drop(columns="when")
    return Table(
        "closable",
        f"What {study.name('actors', found.attacker)} may close, and by what right",
        frame,
        {},
        "Its own rights and those of its companies, authorities and members. territory: it lies on or crosses the territory. An "
        "owner needs half or more, and closes nothing that lies wholly on land of states, who keep it running.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    found = study.part(Attack)
    if found is None:
        return {}
    curve = found.curve[found.curve["budget"] > 0]
    return {
        "worst_attacks": [
            {
                "closures": str(row["attack"]).split("|") if row["attack"] else [],
                "lost": float(row["loss"]),
                **({"lost_if_known": float(row["loss_known"])} if "loss_known" in row else {}),
                "proved": bool(row["proved"]),
            }
            for row in curve.to_dict("records")
        ]
    }


def _wanted(study: Study) -> bool:
    return (focus := study.case.settings.focus) is not None and focus.against is not None


PART = Part(
    ident="attack",
    order=90,
    show=show,
    tables=(attacks_table, worst_ties_table),
    asks=(Question("attack", "worst attack", find_attack, _wanted, weight=3),),
    numbers=_numbers,
    absent="the focus of the case names nobody against whom",
)
