"""The figures of single failures and worst attacks, each with its caption and table."""

from __future__ import annotations

import math

from straits.report import format as fmt
from straits.report.drawing.legend import Grades
from straits.report.drawing.rankings import Lollipop, Step, budget_curve, lollipops
from straits.report.figure import Figure
from straits.report.maps.basemap import Basemap
from straits.report.maps.network import Panel, network_map
from straits.report.sections import analysistables as tables
from straits.report.study.content import Study


def ranking_figure(study: Study, most: int = 16) -> Figure | None:
    """Draw the failures of links that take most exports of the focus; None if none takes any."""
    assert study.failures is not None
    frame = study.failures.links
    lost = frame[frame["exports_lost"] > 1e-6 * max(study.exports, 1e-9)]
    if not len(lost):
        return None
    unit, factor = fmt.larger_unit(study.commodity_unit, float(lost["exports_lost"].max()))
    columns = ["asset", "exports_lost", "cumulative_share", "value_lost", "lack_of_storage"]
    items = [
        Lollipop(
            study.asset_name(asset), value * factor, share,
            (fmt.number(money), fmt.percent(tables.storage_share(money, storage))),
        )
        for asset, value, share, money, storage in lost[columns].head(most).itertuples(index=False)
    ]  # fmt: skip
    good, actor = study.name("commodities", study.focus[1]).lower(), study.name("actors", study.focus[0])
    title = f"Exports of {good} that {actor} loses if one link fails for {tables.window_words(study.failures.window)}"
    svg = lollipops(
        "failure-ranking", title, f"Discs on stems by link, in {unit}.", items, f"exports lost, {unit}",
        "share of the sum of all single losses, %",
        [("value lost,", f"million {study.currency}"), ("of it for lack", "of storage")],
    )  # fmt: skip
    caption = (
        f"Left: each link alone, exports lost in {study.period}. Middle: value that all actors and goods together lose, "
        "and the share of it that would be kept if no store had a limit; the rest is lost for lack of another route. "
        "Right: what this and all links above make up of the sum of all single losses; links in one chain take the "
        "same cargo, so the sum is no loss that occurs."
    )
    if len(lost) > most:
        caption += f" The first {most} of {len(lost)} that take any."
    return Figure("failure-ranking", title, svg, caption, tables.failures(study))


def criticality_map(study: Study, base: Basemap, base_id: str) -> Figure:
    """Draw the network of the focus good in the baseline, coloured by the exports that each link's failure takes."""
    assert study.failures is not None
    lost = study.failures.links.set_index("asset")["exports_lost"].clip(lower=0.0)
    unit, factor = fmt.larger_unit(study.commodity_unit, float(lost.max()))
    links = study.links_table("baseline", study.focus[1])
    links["loss"] = links["id"].map(lost * factor).astype(float)
    title = "Where a failure hurts: links coloured by the exports that their failure takes"
    rate = f"{study.commodity_unit}/d"
    drawn = network_map(
        "map-failures",
        title,
        f"Network of the baseline; colours by exports lost, {unit}. The table of single failures gives every link.",
        [
            Panel(
                f"Exports lost if the link fails for {tables.window_words(study.failures.window)}, {unit}",
                links,
            )
        ],
        study.case.tables["places"],
        base,
        unit=rate,
        base_id=base_id,
        routes=study.case.routes,
        grades=Grades.up_to(f"Exports lost, {unit}", float(lost.max()) * factor),
    )
    caption = f"Width: flow in the baseline, average of the period, all origins, {rate}. "
    caption += f"Numbers: exports lost, {unit}; a chain has one."
    if drawn.dropped:
        caption += f" No room for the names of: {', '.join(drawn.dropped)}."
    return Figure("map-failures", title, drawn.svg, caption, tables.failures(study))


def attack_figure(study: Study) -> Figure | None:
    """Draw the worst loss by number of closures, with what is closed and what one safe asset changes; None if nothing "
    "is lost."""
    found = study.attack
    assert found is not None
    curve = found.curve[found.curve["budget"] > 0]
    if not (curve["loss"] > 1e-6 * max(found.whole, 1e-9)).any():
        return None
    unit, factor = fmt.larger_unit(found.unit, float(curve["loss"].max()))
    steps = []
    for budget, attack, loss, bound, proved in zip(
        curve["budget"], curve["attack"], curve["loss"], curve["largest_loss"], curve["proved"], strict=True
    ):
        left, words = _protected(study, float(budget), float(loss), unit, factor)
        names = tables.asset_names(study, str(attack)) or "nothing"
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
    attacker, target = (study.name("actors", actor) for actor in (found.attacker, found.target))
    title = f"The worst that {attacker} could close, and what it would take from {target}'s exports"
    first, last = found.window
    svg = budget_curve("worst-attack", title, f"Loss by number of closures, in {unit}.", steps, unit)
    caption = (
        f"Closures from {fmt.day(first)} for {(last - first).days} days, out of "
        f"{fmt.plural(len(found.assets), 'asset')} that {attacker} may close as operator, regulator, "
        f"territory, buyer, or owner where no host keeps it running; the others reply as well as they can. Taken "
        f"from the most that {target} could export over the period if cost were no matter, "
        f"{fmt.amount(found.whole, found.unit)}: less than in other parts of this report "
        "may be lost, since idle ways are used at any cost. Disc filled: proved that no other closures take more."
    )
    if len(found.protected):
        caption += " Squares: if one asset, the best choice, could not be closed."
    return Figure("worst-attack", title, svg, caption, tables.attacks(study))


def _protected(study: Study, budget: float, loss: float, unit: str, factor: float) -> tuple[float, str]:
    """Return what is lost of a budget if the best one asset is safe, and that in words; nan and nothing if not known."""
    assert study.attack is not None
    table = study.attack.protected
    row = table[table["budget"] == budget] if len(table) else table
    if not len(row):
        return math.nan, ""
    left, safe = float(row["loss"].iloc[0]), tables.asset_names(study, str(row["protected"].iloc[0]))
    if not safe or left >= loss * (1 - 1e-9):
        return loss * factor, "no one safe asset lowers it"
    return left * factor, f"with {safe} safe: {fmt.number(left * factor)} {unit}"
