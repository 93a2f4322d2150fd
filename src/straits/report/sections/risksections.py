"""The parts of the report on double failures and on drawn histories: what each says, and its figures."""

from __future__ import annotations

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.riskcharts import Level, Pair, Part, exceedance_curve, pair_bars, part_bars
from straits.report.figure import Figure
from straits.report.sections.analysistables import window_words
from straits.report.study import pairs, risks
from straits.report.study.content import Study
from straits.report.writing.html import Section, Shown

# ---------------------------------------------------------------------- pairs


def pair_blocks(study: Study, most: int = 12) -> list[Figure | str]:
    """Which pairs cost more than the sum of their parts: a paragraph and a ranking; nothing if no pair was closed."""
    found = study.pairs
    if found is None or not found.tried:
        return []
    which = (
        "these links"
        if found.links == found.carriers
        else f"the {found.links} links that cost most value alone"
    )
    opening = (
        f"All {fmt.plural(found.tried, 'pair')} of {which} were closed too, each pair for the same days. "
    )
    if not len(found.table):
        return [opening + "No pair costs more than the two losses added up."]
    worst = found.table.iloc[0]
    one, two = (study.asset_name(str(worst[column])) for column in ("first", "second"))
    parts = [fmt.money(float(worst[column]), study.currency) for column in ("first_alone", "second_alone")]
    text = (
        f"{len(found.table):,} cost more than the two losses added up: alone, each leaves the other to take its place, "
        "at least in part. "
    )
    if np.isfinite(worst["value_lost"]):
        text += (
            f"The most beyond the sum is lost with {one} and {two}: "
            f"{fmt.money(float(worst['value_lost']), study.currency)} of value of all actors and goods together, where "
            f"they alone cost {parts[0]} and {parts[1]}."
        )
    else:
        text += f"With {one} and {two} both closed a promise without a price cannot be kept, so the loss has no limit."
    return [opening + text, *([figure] if (figure := _pair_figure(study, most)) else [])]


def _pair_figure(study: Study, most: int) -> Figure | None:
    assert study.pairs is not None
    limited = study.pairs.table[np.isfinite(study.pairs.table["value_lost"])]
    if not len(limited):
        return None
    good, actor = _focus(study)
    items = [
        Pair(
            study.asset_name(str(row.first)), study.asset_name(str(row.second)), float(row.first_alone),
            float(row.second_alone), float(row.beyond_the_sum),
            f"exports lost {fmt.amount(float(row.exports_lost), study.commodity_unit)}",
        )
        for row in limited.head(most).itertuples()
    ]  # fmt: skip
    title = f"Pairs that cost more than the sum of both alone, for {window_words(study.pairs.window)}"
    svg = pair_bars(
        "pair-ranking", title, "Stacked bars by pair.", items, f"value lost, million {study.currency}"
    )
    caption = (
        "Value lost is of all actors and goods together. Links of one chain stand in several pairs with the same loss. "
        f"Beside: exports of {good} that {actor} loses with both closed."
    )
    if len(limited) > most:
        caption += f" The first {most} of {len(limited)} that cost more than their parts."
    return Figure("pair-ranking", title, svg, caption, pairs.double_failures(study))


# ---------------------------------------------------------------------- drawn histories


def risk_section(study: Study) -> Section:
    """How likely losses are, and how bad: exceedance, what each hazard adds, and on how little it rests."""
    section = Section("risk", "How likely, and how bad")
    found = study.risk
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
    section.blocks.append(Shown(risks.hazards(study), told))
    return section


def _opening(study: Study) -> str:
    found = study.risk
    assert found is not None
    good, actor = _focus(study)
    unit = study.commodity_unit
    mean, error = found.statistic("expected loss")
    text = (
        f"Closures were drawn from the {fmt.plural(len(study.case.rows('hazards')), 'hazard')} of the case: "
        f"{found.draws} histories of {study.period} in each of which something happens (the chance of that is "
        f"{fmt.percent(found.chance)}), nothing else disrupted, every closure known from the start. On average {actor} "
        f"loses {fmt.amount(mean, unit)} of its exports of {good} (standard error {fmt.amount(error, unit, 2)})"
    )
    if study.exports > 0:
        text += f", {fmt.percent(mean / study.exports)} of what it exports in the baseline"
    for level in risks.LEVELS:
        least, _ = found.statistic(f"VaR {level:g}")
        tail, tail_error = found.statistic(f"CVaR {level:g}")
        share = fmt.percent(1 - level)
        text += (
            f"; with a chance of {share} more than {fmt.amount(least, unit)}, and then {fmt.amount(tail, unit)} on "
            f"average (standard error {fmt.amount(tail_error, unit, 2)})"
        )
    parts = found.found.contributions
    if len(parts) and parts["marginal"].iloc[0] > 0:
        row = parts.iloc[0]
        name = study.case.rows("hazards")[str(row["hazard"])].name
        share = fmt.percent(float(row["share"]))
        text += f". Most comes from one hazard, {name}: without it {share} of the average would not be lost"
    return text + "."


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
            low, high = (fmt.number(end, 2) for end in risks.count_interval(most))
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
    found = study.risk
    assert found is not None
    good, actor = _focus(study)
    curve = found.found.exceedance
    loss, chance = curve["loss"].to_numpy(float), curve["probability"].to_numpy(float)
    # What raises exports is no loss: the curve begins at nothing lost, which is always one of its points.
    loss, chance = loss[loss >= 0], chance[loss >= 0]
    share = chance / found.chance
    errors = found.chance * np.sqrt(share * (1 - share) / found.draws)
    mean, mean_error = found.statistic("expected loss")
    unit, factor = fmt.larger_unit(study.commodity_unit, float(loss[-1]))
    levels = []
    for level in risks.LEVELS:
        value, error = found.statistic(f"VaR {level:g}")
        name = f"more is lost with a chance of {fmt.percent(1 - level)}"
        levels.append(Level(value * factor, error * factor, 1 - level, f"{name} (VaR)"))
    title = f"Chance that {actor} loses more than so much of its exports of {good} in {study.period}"
    svg = exceedance_curve(
        "exceedance", title, f"Falling curve, losses in {unit}.", loss * factor, chance, errors, levels,
        (mean * factor, mean_error * factor), f"exports lost in {study.period}, {unit}", unit,
    )  # fmt: skip
    caption = (
        f"{found.draws} drawn histories, seed {found.seed}; losses against the baseline, in which no hazard strikes. "
        "Each history is solved with perfect foresight, so losses are the least possible. Chances are drawn by their "
        "orders of magnitude; the rarest is that of a single draw. Where plans are equally good, exports may differ by "
        "a little from one to another."
    )
    return Figure("exceedance", title, svg, caption, risks.risk_summary(study))


def _parts_figure(study: Study) -> Figure:
    found = study.risk
    assert found is not None
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
        parts.append(Part(row.name, float(value) * factor, float(error) * factor, note))
    title = "What each hazard adds to the expected loss"
    svg = part_bars(
        "hazard-parts",
        title,
        f"Bars by hazard, in {unit}.",
        parts,
        f"expected exports lost in {study.period}, {unit}",
    )
    caption = (
        "What would not be lost if this hazard were never to strike, the others as before; lines: two standard errors "
        "of the draws to each side. Hazards that strike together share a loss, so the parts need not add up to the "
        "whole."
    )
    return Figure("hazard-parts", title, svg, caption, risks.hazards(study))


def _focus(study: Study) -> tuple[str, str]:
    return study.name("commodities", study.focus[1]).lower(), study.name("actors", study.focus[0])


__all__ = ["pair_blocks", "risk_section"]
