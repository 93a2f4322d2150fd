"""Tables of single failures, worst attacks and power."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.content import Study
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
    ties = found.ties.groupby("budget")["attack"].agg(list)
    frame = pd.DataFrame(
        {
            "closures_at_most": curve["budget"].astype(int),
            "closed": [asset_names(study, str(attack)) for attack in curve["attack"]],
            "lost": curve["loss"],
            "largest_loss": curve["largest_loss"],
            "proved": curve["proved"],
            "as_bad": [
                "  or  ".join(asset_names(study, other) for other in ties.get(budget, []) if other != attack)
                for budget, attack in zip(curve["budget"], curve["attack"], strict=True)
            ],
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
        "as many closures takes more. as bad: other closures that take as much. made safe: the one asset that, if it "
        "cannot be closed, lowers the worst loss most.",
    )  # fmt: skip


def closable(study: Study) -> Table:
    """What the attacker may close, and by what right."""
    found = study.attack
    assert found is not None
    start, end = found.window
    held: dict[str, list[str]] = {}
    for row in study.case.rows("controls").values():
        now = (row.start is None or row.start < end) and (row.end is None or row.end > start)
        if row.actor == found.attacker and now:
            held.setdefault(row.asset, []).append(row.role)
    rows = [(study.asset_name(asset), ", ".join(held.get(asset, ["its place"]))) for asset in found.assets]
    return Table(
        "closable",
        f"What {study.name('actors', found.attacker)} may close, and by what right",
        pd.DataFrame(rows, columns=["asset", "right"]),
        {},
        "As table controls of the case has it, in the actor's own name. territory: it lies on or crosses the territory.",
    )


def leverage(study: Study) -> Table:
    """Who loses what when whom withholds."""
    if study.power is None:
        return Table("leverage", "", pd.DataFrame())
    frame = study.power.leverage.table.copy()
    # A share of next to nothing, or of what others gain, says nothing.
    told = (frame["loss_without_reply"] > _NOTHING) & frame["saved"].between(0.0, 1.0)
    frame["saved"] = frame["saved"].where(told, np.nan)
    money = f"million {study.currency}"
    return Table(
        "leverage",
        "What the target loses when the actor withholds",
        frame,
        {**dict.fromkeys(("loss", "loss_without_reply", "own_cost", "joint_loss"), money), "saved": "share"},
        "Loss of the target's account, companies of the state included, after the best reply of all others. Loss "
        "without reply: if no flow could grow anywhere. saved: share of it that rerouting saves. Accounts rest on "
        "local prices, which may not be unique; the joint loss of all actors is, but for ties between plans of "
        "shippers where tariffs are paid.",
    )  # fmt: skip


def leverage_exports(study: Study) -> Table:
    """Exports that the target loses when the actor withholds."""
    if study.power is None:
        return Table("leverage_exports", "", pd.DataFrame())
    found = study.power.leverage.exports
    frame = found[(found[["amount_lost", "revenue_lost"]].abs() > 1e-6).any(axis=1)].reset_index(drop=True)
    frame["commodity"] = [study.name("commodities", value) for value in frame["commodity"]]
    return Table(
        "leverage_exports",
        "Exports that the target loses when the actor withholds",
        frame,
        {"revenue_lost": f"million {study.currency}"},
        "Sales of the target's cargo abroad, over the whole period. Below zero: more is sold abroad.",
    )


def leverage_on_focus(study: Study) -> Table:
    """What the actor of the focus loses when each other player withholds; the exports are those of the focus good."""
    assert study.power is not None
    target = study.power.players.get(study.focus[0])
    table, exports = study.power.leverage.table, study.power.leverage.exports
    good = study.focus[1]
    mine = exports[(exports["target"] == target) & (exports["commodity"] == good)].set_index("actor")
    rows = table[table["target"] == target]
    frame = pd.DataFrame(
        {
            "withholds": rows["actor"],
            "exports_lost": [float(mine["amount_lost"].get(actor, 0.0)) for actor in rows["actor"]],
            "revenue_lost": [float(mine["revenue_lost"].get(actor, 0.0)) for actor in rows["actor"]],
            "account_lost": rows["loss"],
            "cost_to_who_withholds": rows["own_cost"],
            "joint_loss": rows["joint_loss"],
        }
    )
    frame = frame.sort_values("exports_lost", ascending=False, kind="stable", ignore_index=True)
    money = f"million {study.currency}"
    return Table(
        "leverage_on_focus",
        f"What {target} loses when each withholds",
        frame,
        {**dict.fromkeys(("revenue_lost", "account_lost", "cost_to_who_withholds", "joint_loss"), money),
         "exports_lost": study.commodity_unit},
        f"Exports and revenue of {study.name('commodities', good).lower()}. The account holds all goods and the state's "
        "companies.",
    )  # fmt: skip


def shares(study: Study) -> Table:
    """Shapley value and other divisions, for the network as it is and with options."""
    if study.power is None:
        return Table("shares", "", pd.DataFrame())
    unit = study.power.unit
    return Table(
        "shares",
        "What each player is worth to all together",
        study.power.shares,
        {**dict.fromkeys(("alone", "shapley", "nucleolus", "gately", "adds"), unit), "share": "share"},
        "alone: what the player reaches by itself. shapley: its average contribution over all orders of joining; share "
        "is its part of the joint value. banzhaf: the same over all coalitions, scaled to the joint value. nucleolus: "
        "the division that leaves the worst-off coalition best off. adds: what all lose without it. disrupts: what the "
        "others lose by its leaving, for each unit that it loses itself.",
    )  # fmt: skip


def controlled(study: Study) -> Table:
    """Which players may close which assets."""
    assert study.power is not None
    held: dict[str, list[str]] = study.power.parameters["controlled"]
    rows = []
    for name in study.power.players.values():
        mine = [study.asset_name(asset) for asset, who in held.items() if name in who]
        rows.append((name, len(mine), "; ".join(mine)))
    return Table(
        "controlled",
        "What each player may close",
        pd.DataFrame(rows, columns=["player", "assets", "which"]),
        {},
        "As operator, territory or regulator alone; as owner with half of the shares or more. Players who both may "
        "close an asset stand with it both.",
    )


def concentration(study: Study) -> Table:
    """Shares of exports by partner, in four ways of counting."""
    if study.power is None or study.power.balance is None:
        return Table("concentration", "", pd.DataFrame())
    frame = study.power.balance.table.copy()
    frame["partner"] = [study.name("actors", value) for value in frame["partner"]]
    for column in ("observed", "modelled", "spread"):
        frame[column] = frame[column].mask(frame[column].abs() < 1e-6, 0.0)
    return Table(
        "concentration",
        "Shares of exports by partner",
        frame,
        dict.fromkeys(("observed", "modelled", "spread"), "share"),
        "spread: the least concentrated pattern of the same exports within the extra cost. Ways: who buys; the state "
        "from whose ports cargo puts to sea last; the state that it enters first; the route. Blank: not observed.",
    )
