"""Double failures: pairs of links that cost more together than one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.riskcharts import Pair, pair_bars
from straits.report.page import Figure, Table
from straits.report.registry import Part, Question
from straits.report.sections.asked.single import Failures
from straits.report.study.content import Study
from straits.report.study.size import most_variants
from straits.report.study.words import focus_words, kinds_words, window_words
from straits.wording import agreeing

#: Pairs times columns of the model: how much work the pairs of a report may be, so that a large case does not wait for hours.
WORK = 20_000_000


#: Share of a pair's loss by which it must exceed the sum of its parts to be named.
_BEYOND = 1e-3


@dataclass(frozen=True)
class Pairs:
    """Pairs of links that cost more together than both alone, over the window of the single failures.

    Attributes
    ----------
    table : DataFrame
        first, second, value_lost, first_alone, second_alone, beyond_the_sum (million currency), exports_lost,
        first_exports_lost, second_exports_lost (of the focus); the greatest beyond_the_sum first. An infinite value_lost: a
        hard promise can be kept in each single failure and not in both.
    tried : int
        Pairs that were closed.
    links : int
        Links that were paired.
    carriers : int
        Links that can carry the focus cargo.
    window : (date, date)
    """

    table: pd.DataFrame
    tried: int
    links: int
    carriers: int
    window: tuple[date, date]


def find_pairs(study: Study) -> Pairs:
    """Close pairs of the links of the single failures: of all, or in a large model of those that cost most value alone."""
    from straits.contingency import sweep

    failures = study.part(Failures)
    assert failures is not None
    ranked = failures.links.sort_values("value_lost", ascending=False, kind="stable")["asset"]
    model = study.baseline.model
    links = list(ranked.head(most_links(len(model.cost), 2 * most_variants(model))))
    if len(links) < 2:
        return Pairs(pd.DataFrame(), 0, len(links), len(ranked), failures.window)
    found = sweep(study.case, k=2, over=links, window=failures.window, actors=(), split=False, beside=False)
    table = _worse(found.table, study.trade.measure)
    return Pairs(table, len(links) * (len(links) - 1) // 2, len(links), len(ranked), failures.window)


def most_links(columns: int, variants: float = np.inf) -> int:
    """Return how many links may be paired: pairs times columns within the work of a report, and no more pairs than variants."""
    return max(2, int((1 + np.sqrt(1 + 8 * min(WORK / columns, variants))) / 2))


def _worse(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Set pairs beside their single failures, and keep those worse than the sum."""
    exports = table[measure] if measure in table else pd.Series(0.0, index=table.index)
    single = table["assets"] == 1
    alone = dict(zip(table.loc[single, "failure"], table.loc[single, "loss"], strict=True))
    sold = dict(zip(table.loc[single, "failure"], exports[single], strict=True))
    pairs = table[~single]
    frame = pd.DataFrame(
        {
            "first": pairs["first"],
            "second": pairs["second"],
            "value_lost": pairs["loss"],
            "first_alone": pairs["first"].map(alone).astype(float),
            "second_alone": pairs["second"].map(alone).astype(float),
            "exports_lost": exports[~single],
            "first_exports_lost": pairs["first"].map(sold).astype(float),
            "second_exports_lost": pairs["second"].map(sold).astype(float),
        }
    )
    # A part that loses without limit leaves nothing to compare.
    frame = frame[np.isfinite(frame["first_alone"]) & np.isfinite(frame["second_alone"])]
    beyond = frame["value_lost"] - frame["first_alone"] - frame["second_alone"]
    frame.insert(5, "beyond_the_sum", beyond)
    frame = frame[beyond > np.maximum(_BEYOND * frame["value_lost"].where(np.isfinite(beyond), 0.0), 1e-6)]
    # The part that costs more by itself stands first.
    swap = (frame["second_alone"] > frame["first_alone"]).to_numpy()
    for name in ("{}", "{}_alone", "{}_exports_lost"):
        one, two = name.format("first"), name.format("second")
        frame.loc[swap, [one, two]] = frame.loc[swap, [two, one]].to_numpy()
    order = ["beyond_the_sum", "value_lost"]
    return frame.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def pair_blocks(study: Study, most: int = 12) -> list[Figure | str]:
    """Which pairs cost more than the sum of their parts: a paragraph and a ranking; nothing if no pair was closed."""
    found = study.part(Pairs)
    if found is None or not found.tried:
        return []
    opening = (
        f"All {fmt.plural(found.tried, 'pair')} of {_which(study, found)} were closed too, each pair for the same days and known "
        "from the start. "
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


def _which(study: Study, found: Pairs) -> str:
    """Say of what the pairs are: of all single failures, or of those that cost most value alone."""
    kinds = kinds_words(study, study.found(Failures).links["asset"])
    return (
        f"these {kinds}"
        if found.links == found.carriers
        else f"the {found.links} {kinds} that cost most value alone"
    )


def _pair_figure(study: Study, most: int) -> Figure | None:
    limited = study.found(Pairs).table[np.isfinite(study.found(Pairs).table["value_lost"])]
    if not len(limited):
        return None
    good, actor = focus_words(study)
    items = [
        Pair(
            study.asset_name(str(row.first)), study.asset_name(str(row.second)), float(row.first_alone),
            float(row.second_alone), float(row.beyond_the_sum),
            f"{study.trade.word} lost {fmt.amount(float(row.exports_lost), study.commodity_unit)}",
        )
        for row in limited.head(most).itertuples()
    ]  # fmt: skip
    title = f"Pairs that cost more than the sum of both alone, for {window_words(study.found(Pairs).window)}"
    svg = pair_bars(
        "pair-ranking", title, "Stacked bars by pair.", items, f"value lost, million {study.currency}"
    )
    caption = (
        "Value lost is of all actors and goods together. Assets of one chain stand in several pairs with the same loss. "
        f"Beside: {study.trade.word} of {good} that {actor} {agreeing(actor, 'loses')} with both closed."
    )
    if len(limited) > most:
        caption += f" The first {most} of {len(limited)} that cost more than their parts."
    return Figure("pair-ranking", title, svg, caption, double_failures_table(study))


def double_failures_table(study: Study) -> Table:
    """Pairs of links that cost more together than the sum of both alone."""
    found = study.part(Pairs)
    if found is None or not len(found.table):
        return Table("double_failures", "", pd.DataFrame())
    frame = study.trade.named(found.table.copy())
    for at, column in ((2, "second"), (1, "first")):
        frame.insert(at, f"{column}_name", [study.asset_name(str(value)) for value in frame[column]])
    money, unit = f"million {study.currency}", study.commodity_unit
    return Table(
        "double_failures",
        f"Pairs that cost more than the sum of both alone, for {window_words(found.window)}",
        frame,
        {
            **dict.fromkeys(("value_lost", "first_alone", "second_alone", "beyond_the_sum"), money),
            **dict.fromkeys(
                map(study.trade.column, ("exports_lost", "first_exports_lost", "second_exports_lost")), unit
            ),
        },
        f"{found.tried:,} pairs of {found.links} {kinds_words(study, study.found(Failures).links['asset'])} were closed, each "
        "pair for the whole time given, nothing else disrupted, known from the start; here are those that cost more than the "
        "two losses added up. Value lost is of "
        f"all actors and goods together. {study.trade.what}, over the "
        f"whole period; below zero, {study.trade.word} rise.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    found = study.part(Pairs)
    if found is None or not len(found.table):
        return {}
    worst = found.table.iloc[0]
    return {
        "worst_pair_beyond_its_parts": {
            "assets": [str(worst["first"]), str(worst["second"])],
            **{
                f"{name}_million": float(worst[name])
                for name in ("value_lost", "first_alone", "second_alone", "beyond_the_sum")
            },
            f"lost_{study.trade.word}": float(worst["exports_lost"]),
        }
    }


def _wanted(study: Study) -> bool:
    return study.part(Failures) is not None


PART = Part(
    ident="pairs",
    order=81,
    tables=(double_failures_table,),
    asks=(Question("pairs", "double failures", find_pairs, _wanted, after="failures", weight=10),),
    numbers=_numbers,
    absent="the case names no focus",
)
