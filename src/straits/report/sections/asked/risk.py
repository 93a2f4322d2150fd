"""How likely, and how bad: losses of drawn histories of closures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.lp.tolerance import NOTHING
from straits.report import format as fmt
from straits.report.drawing.riskcharts import Level, Share, exceedance_curve, part_bars
from straits.report.page import Figure, Section, Shown, Table
from straits.report.registry import Part, Question
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.size import most_variants
from straits.report.study.words import focus_words
from straits.wording import agreeing

if TYPE_CHECKING:
    from straits.contingency import Ensemble


#: Drawn histories of a report, and what their number times columns of the model may be, so that a large case does not wait.
DRAWS, FEWEST, WORK = 500, 100, 20_000_000


#: Of so many of them one is drawn once more with each closure a surprise, which takes several solves; no fewer than that many.
SURPRISED, FEWEST_SURPRISED = 10, 20


#: The same seed gives the same report.
SEED = 0


#: Levels of VaR and CVaR: one period in ten, one in twenty. Rarer ones have too few draws here.
LEVELS = (0.9, 0.95)


@dataclass(frozen=True)
class Risk:
    """Exports of the focus, or deliveries to it, that are lost over drawn histories.

    Attributes
    ----------
    found : Ensemble
        Each closure known from the start.
    seed : int
    surprised : Ensemble, optional
        Fewer histories, in which each closure becomes known on its day.
    """

    found: Ensemble
    seed: int
    surprised: Ensemble | None = None

    @property
    def draws(self) -> int:
        """Histories that were drawn."""
        return int(self.found.stats["draws"])

    @property
    def chance(self) -> float:
        """Chance that anything happens at all."""
        return float(self.found.stats["chance"])

    def statistic(self, name: str) -> tuple[float, float]:
        """Return the value and the standard error of a row of the summary, such as "VaR 0.9"."""
        return _statistic(self.found, name)


def _statistic(found: Ensemble, name: str) -> tuple[float, float]:
    row = found.summary[found.summary["statistic"] == name]
    return float(row["value"].iloc[0]), float(row["standard_error"].iloc[0])


def find_risk(study: Study) -> Risk:
    """Draw histories from the hazards of the case and ask what each takes from the exports of the focus, or the deliveries to it.

    Raises
    ------
    ModelError
        As `straits.contingency.ensemble`.
    """
    from straits.contingency import ensemble

    model = study.baseline.model
    draws = int(np.clip(min(WORK // len(model.cost), most_variants(model)), FEWEST, DRAWS))
    few = max(draws // SURPRISED, FEWEST_SURPRISED)
    how: dict[str, Any] = {"rng": SEED, "measure": study.trade.measure, "levels": LEVELS}
    known = ensemble(study.case, draws=draws, **how)
    surprised = ensemble(study.case, draws=few, foresight="surprise", contributions=False, **how)
    return Risk(known, SEED, surprised)


def count_interval(events: float) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a Poisson mean of which so many events were seen, as multiples of the count.

    The exact interval (Garwood, 1936): neither end would have let a count as far off be seen with more than 2.5 %.
    """
    from scipy.stats import chi2

    return float(chi2.ppf(0.025, 2 * events) / 2 / events), float(
        chi2.ppf(0.975, 2 * events + 2) / 2 / events
    )


def show(study: Study, _: Basemaps) -> Section:
    """How likely losses are, and how bad: exceedance, what each hazard adds, and on how little it rests."""
    section = Section("risk", "How likely, and how bad")
    found = study.part(Risk)
    if found is None:
        if "risk" in study.lacking:
            section.blocks.append(f"This part could not be worked out: {study.lacking['risk']}")
        return section
    section.blocks.extend([_opening(study), _grounds(study), _exceedance_figure(study), _parts_figure(study)])
    told = (
        "hazard",
        "closes",
        "capacity_left",
        "events_a_year",
        "mean_length",
        "events_known",
        "source",
        "what_is_known",
    )
    rests = "Events known: how many that happened the rate rests on; blank: the case does not say."
    rates = replace(hazards_table(study), title="What the rates of the hazards rest on", note=rests)
    section.blocks.append(Shown(rates, told))
    return section


def _opening(study: Study) -> str:
    found = study.found(Risk)
    good, actor = focus_words(study)
    unit = study.commodity_unit
    mean, error = found.statistic("expected loss")
    does = "uses" if study.trade.imports else "exports"
    much = f"{fmt.amount(abs(mean), unit)} of {study.trade.whole}"
    if mean < 0:
        much = f"{fmt.amount(-mean, unit)} more of {good}"
    text = (
        f"Closures were drawn from the {fmt.plural(len(study.case.rows('hazards')), 'hazard')} of the case: "
        f"{found.draws} histories of {study.period} in each of which something happens (the chance of that is "
        f"{fmt.percent(found.chance)}), nothing else disrupted, every closure known from the start. On average {actor} "
        f"{agreeing(actor, does if mean < 0 else 'loses')} {much} (standard error {fmt.amount(error, unit, 2)})"
    )
    if study.trade.amount > 0:
        text += f", {fmt.percent(abs(mean) / study.trade.amount)} of what it {does} in the baseline"
    for level in LEVELS:
        least, _ = found.statistic(f"VaR {level:g}")
        tail, tail_error = found.statistic(f"CVaR {level:g}")
        share = fmt.percent(1 - level)
        # Where so many draws lose nothing, no amount is exceeded with just that chance.
        it = "it loses " if mean < 0 or least <= NOTHING else ""
        chance = (
            f"in the worst {share} of all that can happen {it}"
            if least <= NOTHING
            else f"with a chance of {share} {it}more than {fmt.amount(least, unit)}, and then "
        )
        text += f"; {chance}{fmt.amount(tail, unit)} on average (standard error {fmt.amount(tail_error, unit, 2)})"
    parts = found.found.contributions
    if len(parts) and parts["marginal"].iloc[0] > 0:
        row = parts.iloc[0]
        name = study.case.rows("hazards")[str(row["hazard"])].name
        part = float(row["share"])
        much = "Most comes from one hazard" if part > 0.5 else "The largest part comes from one hazard"
        text += (
            f". All of it comes from one hazard, {name}"
            if part > 1 - 1e-3
            else f". {much}, {name}: without it {fmt.percent(part)} of that average would not be lost"
        )
    return f"{text}.{_as_surprises(found, unit)}"


def _as_surprises(found: Risk, unit: str) -> str:
    """Say what is lost where nobody knows of a closure before its day: who knows fills stores and sends ships in time."""
    if found.surprised is None:
        return ""
    draws = int(found.surprised.stats["draws"])
    known, known_error = found.statistic("expected loss")
    mean, error = _statistic(found.surprised, "expected loss")
    tail, tail_error = _statistic(found.surprised, f"CVaR {LEVELS[0]:g}")
    text = f" Where each becomes known on its first day, {draws} drawn histories lose"
    if abs(mean - known) <= 2 * math.hypot(error, known_error) + NOTHING:
        return f"{text} as much on average, within two standard errors."
    return (
        f"{text} {fmt.amount(mean, unit)} on average (standard error {fmt.amount(error, unit, 2)}), and in the worst "
        f"{fmt.percent(1 - LEVELS[0])} of all that can happen {fmt.amount(tail, unit)} (standard error "
        f"{fmt.amount(tail_error, unit, 2)}): who knows of a closure fills stores and sends cargo another way in time."
    )


def _grounds(study: Study) -> str:
    """Say on how many events that happened the rates rest, and how little such counts can tell."""
    rows = study.case.rows("hazards").values()
    known = [row.events_known for row in rows if row.events_known is not None]
    if not known:
        text = "The case does not say on how many events that happened its rates rest."
    else:
        counts = "; ".join(
            f"{row.name}: {'none' if row.events_known == 0 else fmt.number(row.events_known)}"
            for row in rows
            if row.events_known is not None
        )
        text = f"The rates rest on {fmt.plural(int(sum(known)), 'event')} that happened in all ({counts})."
        if len(known) < len(study.case.rows("hazards")):
            text += " For the other hazards the case does not say."
        most = max(known)
        if most > 0:
            low, high = (fmt.number(end, 2) for end in count_interval(most))
            text += (
                f" Even {fmt.plural(int(most), 'event')}, the most that any rate rests on, "
                f"{'allow' if most > 1 else 'allows'} a true rate between {low} and {high} times the one counted (95 % "
                "interval of a Poisson count)."
            )
    return (
        text
        + " The standard errors know nothing of this: they say how far the number of draws blurs the result. Read the order of "
        "the hazards and the shape of the curve; the level is no better than the rates."
    )


def _exceedance_figure(study: Study) -> Figure:
    found = study.found(Risk)
    _, actor = focus_words(study)
    curve = found.found.exceedance
    loss, chance = curve["loss"].to_numpy(float), curve["probability"].to_numpy(float)
    # What raises exports is no loss: the curve begins at nothing lost, which is always one of its points.
    loss, chance = loss[loss >= 0], chance[loss >= 0]
    share = chance / found.chance
    errors = found.chance * np.sqrt(share * (1 - share) / found.draws)
    mean, mean_error = found.statistic("expected loss")
    unit, factor = fmt.larger_unit(study.commodity_unit, float(loss[-1]))
    levels = []
    for level in LEVELS:
        value, error = found.statistic(f"VaR {level:g}")
        name = f"more is lost with a chance of {fmt.percent(1 - level)}"
        levels.append(Level(value * factor, error * factor, 1 - level, f"{name} (VaR)"))
    title = f"Chance that {actor} {agreeing(actor, 'loses')} more than so much of {study.trade.whole} in {study.period}"
    svg = exceedance_curve(
        "exceedance", title, f"Falling curve, losses in {unit}.", loss * factor, chance, errors, levels,
        (mean * factor, mean_error * factor), f"{study.trade.word} lost in {study.period}, {unit}", unit,
    )  # fmt: skip
    caption = (
        f"{found.draws} drawn histories, seed {found.seed}; losses against the baseline, in which no hazard strikes. "
        "Each history is solved with perfect foresight, so that all adapt to it. Chances are drawn by their "
        f"orders of magnitude; the rarest is that of a single draw. Where plans are equally good, {study.trade.word} "
        f"may differ by "
        "a little from one to another."
    )
    return Figure("exceedance", title, svg, caption, risk_summary_table(study))


def _parts_figure(study: Study) -> Figure:
    found = study.found(Risk)
    rows = study.case.rows("hazards")
    table = found.found.contributions
    top = float((table["marginal"] + 2 * table["standard_error"]).max())
    unit, factor = fmt.larger_unit(study.commodity_unit, top)
    parts = []
    for name, value, error in zip(table["hazard"], table["marginal"], table["standard_error"], strict=True):
        row = rows[str(name)]
        note = f"{fmt.number(row.rate_per_year)} a year, {fmt.number(row.duration_days)} days on average"
        if row.events_known is not None:
            note += f"; {fmt.plural(int(row.events_known), 'known event')}"
        parts.append(Share(row.name, float(value) * factor, float(error) * factor, note))
    title = "What each hazard adds to the expected loss"
    svg = part_bars(
        "hazard-parts",
        title,
        f"Bars by hazard, in {unit}.",
        parts,
        f"expected {study.trade.word} lost in {study.period}, {unit}",
    )
    caption = (
        "What would not be lost if this hazard were never to strike, the others as before; lines: two standard errors "
        "of the draws to each side. Hazards that strike together share a loss, so the parts need not add up to the "
        "whole."
    )
    return Figure("hazard-parts", title, svg, caption, hazards_table(study))


def risk_summary_table(study: Study) -> Table:
    """Expected loss, VaR and CVaR with their standard errors."""
    if study.part(Risk) is None:
        return Table("risk", "", pd.DataFrame())
    good, actor = focus_words(study)
    frame = study.found(Risk).found.summary.copy()
    frame["unit"] = [
        "chance" if name.startswith("chance") else study.commodity_unit for name in frame["statistic"]
    ]
    return Table(
        "risk",
        f"{study.trade.word.capitalize()} of {good} that {actor} {agreeing(actor, 'loses')} by drawn closures",
        frame,
        {},
        f"Over {study.period}, {study.found(Risk).draws} drawn histories, seed {study.found(Risk).seed}. VaR 0.9: exceeded "
        "with a chance of 10 %. CVaR 0.9: mean of the worst 10 %. The standard error is that of the number of draws alone, "
        "not of the rates.",
    )


def exceedance_table(study: Study) -> Table:
    """Chance that more than a given amount is lost."""
    if study.part(Risk) is None:
        return Table("exceedance", "", pd.DataFrame())
    return Table(
        "exceedance",
        f"Chance that {study.trade.word} lost are greater",
        study.found(Risk).found.exceedance,
        {"loss": study.commodity_unit, "probability": "share"},
        f"Over {study.period}; below zero, {study.trade.word} rise.",
    )


def hazards_table(study: Study) -> Table:
    """Hazards with what they rest on and what each adds to the expected loss."""
    if study.part(Risk) is None:
        return Table("hazards", "", pd.DataFrame())
    rows = study.case.rows("hazards")
    parts = study.found(Risk).found.contributions
    each = [rows[name] for name in parts["hazard"]]
    frame = pd.DataFrame(
        {
            "hazard": [row.name for row in each],
            "closes": ["; ".join(study.asset_name(asset) for asset in row.assets) for row in each],
            "capacity_left": [row.factor for row in each],
            "events_a_year": [row.rate_per_year for row in each],
            "mean_length": [row.duration_days for row in each],
            "events_known": [math.nan if row.events_known is None else row.events_known for row in each],
            "adds_to_expected_loss": parts["marginal"].to_numpy(float),
            "standard_error": parts["standard_error"].to_numpy(float),
            "share_of_expected_loss": parts["share"].to_numpy(float),
            "source": [row.source or "none" for row in each],
            "what_is_known": [row.note or "" for row in each],
        }
    )
    unit = study.commodity_unit
    return Table(
        "hazards",
        "What can happen, what each adds to the expected loss, and what its rate rests on",
        frame,
        {"capacity_left": "share", "mean_length": "days", "adds_to_expected_loss": unit, "standard_error": unit,
         "share_of_expected_loss": "share"},
        "Adds to expected loss: what would not be lost if this hazard were never to strike. Shares need not add up to "
        "100 %: hazards that strike together share a loss. Events known: how many that happened the rate rests on; "
        "blank: the case does not say.",
    )  # fmt: skip


def _numbers(study: Study) -> dict[str, Any]:
    found = study.part(Risk)
    if found is None:
        return {}
    lost = f"lost_{study.trade.word}"
    numbers: dict[str, Any] = {
        "drawn_histories": {
            "draws": found.draws,
            "seed": found.seed,
            "chance_of_any_event": found.chance,
            lost: _told(found.found),
        }
    }
    if found.surprised is not None:
        draws = int(found.surprised.stats["draws"])
        numbers["drawn_histories"]["by_surprise"] = {"draws": draws, lost: _told(found.surprised)}
    return numbers


def _told(found: Ensemble) -> dict[str, dict[str, float]]:
    """Give the statistics of drawn histories with their errors, by name."""
    return {
        name: dict(zip(("value", "standard_error"), _statistic(found, name), strict=True))
        for name in found.summary["statistic"]
        if not name.startswith("chance")
    }


def _wanted(study: Study) -> bool:
    return study.case.settings.focus is not None and bool(study.case.rows("hazards"))


PART = Part(
    ident="risk",
    order=100,
    show=show,
    tables=(risk_summary_table, exceedance_table, hazards_table),
    asks=(Question("risk", "drawn histories", find_risk, _wanted, weight=20),),
    numbers=_numbers,
    absent="the case has no hazards",
)
