"""What the main scenario does to world prices, and what carrying it out brings or costs who is exposed to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.report import format as fmt
from straits.report.page import Section, Shown, Table
from straits.report.registry import OfCase, Part, Question
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import quoted, reference_words

if TYPE_CHECKING:
    from straits.case.case import Case

#: Share up to which a price is told as the same.
_NO_RISE = 1e-6


@dataclass(frozen=True)
class Exposed:
    """The main scenario over the ends of the elasticity, as `straits.stress.tables.worldprices.over_elasticity` gives it."""

    table: pd.DataFrame


def _wanted(study: Study) -> bool:
    return (
        study.main is not None
        and bool(study.case.rows("exposures"))
        and bool(study.baseline.network.markets.worlds)
    )


def _find(study: Study) -> Exposed:
    return _find_of(study.case, study.main or "")


def _find_of(case: Case, main: str) -> Exposed:
    from straits.stress.elasticity import over_elasticity

    return Exposed(over_elasticity(case, main))


def _span(study: Study, actor: str, column: str) -> tuple[float, float]:
    """Give the least and the most over the settings, for what is outside over its own interval too."""
    table = study.found(Exposed).table
    mine = table[table["actor"] == actor]
    if column == "rise":
        return float(mine["rise"].min()), float(mine["rise"].max())
    if column == "within":
        return float(mine["within"].min()), float(mine["within"].max())
    low, high = mine["outside_low"], mine["outside_high"]
    if column == "together":
        low, high = low + mine["within"], high + mine["within"]
    return float(low.min()), float(high.max())


def _money_span(study: Study, ends: tuple[float, float]) -> str:
    least, most = ends
    if least >= 0:
        return f"gains {fmt.money(least, study.currency)} to {fmt.money(most, study.currency)}"
    if most <= 0:
        return f"loses {fmt.money(-most, study.currency)} to {fmt.money(-least, study.currency)}"
    return f"is between {fmt.money(-least, study.currency)} worse off and {fmt.money(most, study.currency)} better off"


def _opening(study: Study) -> str:
    """Say how far the price rises and what carrying out the scenario costs the state that the report is measured against."""
    if study.part(Exposed) is None or study.main is None:
        return ""
    table = study.found(Exposed).table
    shown, actor = table[table["setting"] == "as given"], study.focus[2]
    rise = _span(study, str(shown["actor"].iloc[0]), "rise")
    world = study.comparison.solutions[study.main].case.rows("world_markets")[str(shown["world"].iloc[0])]
    horizon = "a year" if world.horizon == "year" else world.horizon
    text = f"In {quoted(study, study.main)}, compared with {reference_words(study, study.main)}, "
    if rise[1] <= _NO_RISE:
        text += f"nothing is missing in the world, so that the price of “{world.name}” does not rise."
    else:
        text += (
            f"cargo is missing in the world, and the price of “{world.name}” is {fmt.percent(rise[0])} to "
            f"{fmt.percent(rise[1])} higher while it is. The range is that of the elasticity over {horizon}: how far demand "
            "falls and others supply more, together."
        )
    if actor in set(table["actor"]):
        within, beyond, both = (
            _money_span(study, _span(study, str(actor), what)) for what in ("within", "outside", "together")
        )
        text += (
            f" What carrying it out costs {study.name('actors', actor)}: within the network it {within}; by the price of what it "
            f"sells and buys beyond, it {beyond}; both together, it {both}. This is what the model counts, and no motive."
        )
    return text


def show(study: Study, _: Basemaps) -> Section:
    """Show what a rise of the price brings and costs beyond the network."""
    section = Section("prices", "What the price does beyond the network")
    if study.part(Exposed) is None:
        return section
    section.blocks.append(Shown(exposed_table(study)))
    section.blocks.append(
        "Beyond the network stands what an actor sells to the world or buys, less what the case holds. It is in no account of "
        "this report and in no sum: what exporters gain importers pay."
    )
    return section


def exposed_table(study: Study) -> Table:
    """What the main scenario brings those who are exposed to the price: within the network, and beyond it, as ranges."""
    found = study.part(Exposed)
    if found is None:
        return Table("exposed", "", pd.DataFrame())
    shown = found.table[found.table["setting"] == "as given"]
    rows: list[tuple[Any, ...]] = []
    for actor, within, outside in zip(shown["actor"], shown["within"], shown["outside"], strict=True):
        low, high = _span(study, actor, "outside")
        rows.append((study.name("actors", actor), within, *_span(study, actor, "within"), outside, low, high))
    columns = ["actor", "within", "within_low", "within_high", "beyond", "beyond_low", "beyond_high"]
    money = f"million {study.currency}"
    return Table(
        "exposed",
        "What a change of the price brings beyond the network",
        pd.DataFrame(rows, columns=columns),
        dict.fromkeys(columns[1:], money),
        "Change against the reference of the scenario that the report leads with. Within: the state's account in the network. "
        "Beyond: net exports outside the case times the change of the price, in no account. Low and high: over the elasticity, "
        "for which both are solved again, and beyond over the net exports too.",
    )


def _numbers(study: Study) -> dict[str, Any]:
    actor = study.focus[2]
    if actor is None or study.part(Exposed) is None or actor not in set(study.found(Exposed).table["actor"]):
        return {}
    spans = {column: list(_span(study, actor, column)) for column in ("within", "outside", "together")}
    return {"cost_of_carrying_out_million": {"actor": actor, **spans}}


PART = Part(
    ident="prices",
    order=35,
    show=show,
    opening=_opening,
    tables=(exposed_table,),
    asks=(
        Question(
            "exposed", "what the price does beyond the network", _find, _wanted,
            OfCase(_find_of, lambda case: bool(case.rows("exposures")) and bool(case.rows("world_markets"))), weight=2,
        ),
    ),
    numbers=_numbers,
)  # fmt: skip
