"""Tables of single failures and worst attacks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.study.content import Study
from straits.report.table import Table

#: Below this loss in money, millions, a share of it that rerouting saves says nothing.
_NOTHING = 1.0


def window_words(window: tuple[date, date]) -> str:
    """Return a window in words: its length and first day."""
    first, last = window
    return f"{(last - first).days} days from {fmt.day(first)}"


def asset_names(study: Study, joined: str) -> str:
    """Return the names of assets that are joined by `|`, after each other."""
    return "; ".join(study.asset_name(asset) for asset in joined.split("|")) if joined else ""


def storage_share(value: float, storage: float) -> float:
    """Return the share of a loss that is for lack of storage; not a number where rounding or ties leave none."""
    return (
        storage / value
        if np.isfinite(value) and value > 0 and -1e-9 * value <= storage <= value * (1 + 1e-9)
        else np.nan
    )


def failures(study: Study) -> Table:
    """Single failures of links, the one that takes most exports of the focus first."""
    if study.failures is None:
        return Table("failures", "", pd.DataFrame())
    frame = study.failures.links.copy()
    frame.insert(1, "name", [study.asset_name(str(value)) for value in frame["asset"]])
    money = f"million {study.currency}"
    return Table(
        "failures",
        f"Single failures of links for {window_words(study.failures.window)}",
        frame,
        {"exports_lost": study.commodity_unit, "cumulative_share": "share", "value_lost": money, "lack_of_storage": money,
         "lack_of_route": money},
        "Each link alone closed for the whole time given, nothing else disrupted, and known from the start: losses are "
        "the least possible. Exports lost are of the good and origin that the study leads with, over the whole period; "
        "below zero, exports rise. Cumulative share: of the sum of all single losses. Value lost is of all actors and "
        "goods together; lack of storage is the part of it that would not be lost if every store of the case, those "
        "not built yet included, had no limit; lack of route is the rest. possible: no if a promise without a price "
        "cannot be kept; its loss then has no limit.",
    )  # fmt: skip


def state_failures(study: Study) -> Table:
    """All that lies on a state's territory as one failure, and all transit through it."""
    if study.failures is None:
        return Table("state_failures", "", pd.DataFrame())
    frame = study.failures.states.copy()
    frame = frame[frame.drop(columns="state").abs().max(axis=1) > 1e-6].reset_index(drop=True)
    frame["state"] = [study.name("actors", value) for value in frame["state"]]
    scopes = {"all": "all_on_its_territory_stops", "transit": "transit_through_it_stops"}
    frame = frame.rename(
        columns={
            f"{scope}_{what}": f"{what}_if_{words}"
            for scope, words in scopes.items()
            for what in ("exports_lost", "value_lost")
        }
    )
    unit, money = study.commodity_unit, f"million {study.currency}"
    return Table(
        "state_failures",
        f"Whole territories as one failure, for {window_words(study.failures.window)}",
        frame,
        {c: unit if c.startswith("exports") else money for c in map(str, frame) if c != "state"},
        "Transit is cargo of others that crosses the territory. Exports lost are of the good and origin that the study "
        "leads with, over the whole period; value lost is of all actors and goods together.",
    )  # fmt: skip


def attacks(study: Study) -> Table:
    """The worst closures for each budget, all ties, and what one safe asset changes."""
    found = study.attack
    if found is None:
        return Table("worst_attacks", "", pd.DataFrame())
    curve = found.curve[found.curve["budget"] > 0].reset_index(drop=True)
    ties = found.ties.groupby("budget").size()
    frame = pd.DataFrame(
        {
            "closures_at_most": curve["budget"].astype(int),
            "closed": [asset_names(study, str(attack)) for attack in curve["attack"]],
            "lost": curve["loss"],
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
    attacker, target = (study.name("actors", actor) for actor in (found.attacker, found.target))
    unit = found.unit
    return Table(
        "worst_attacks",
        f"The worst that {attacker} could close against {target} for {window_words(found.window)}",
        frame,
        dict.fromkeys(("lost", "largest_loss", "then_lost"), unit),
        f"Lost: of the most that {target} could export over the period if cost were no matter. Largest loss: no set of "
        "as many closures takes more. Others as bad: other choices of closures that take as much. made safe: the one "
        "asset that, if it cannot be closed, lowers the worst loss most.",
    )  # fmt: skip


def worst_ties(study: Study) -> Table:
    """All choices of closures that take as much as the worst of their number."""
    found = study.attack
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
    found = study.attack
    assert found is not None
    start, end = found.window
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
