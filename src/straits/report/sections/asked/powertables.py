"""Tables of power: leverage and what it rests on, shares, who may close what, concentration."""

from __future__ import annotations

import pandas as pd

from straits.power.network.withheld.held import LOSSES
from straits.report import format as fmt
from straits.report.sections.asked.players import Power
from straits.report.study.content import Study
from straits.report.table import Table
from straits.wording import agreeing, in_sentence, with_article

#: How the ways of counting partners are called.
WAYS = {
    "market": "by buyer",
    "ports": "by state of the last port",
    "territory": "by territory crossed",
    "corridor": "by route",
    "seller": "by seller",
    "entry": "by state from which it enters",
}


def leverage(study: Study) -> Table:
    """Who loses what when whom withholds."""
    if study.part(Power) is None:
        return Table("leverage", "", pd.DataFrame())
    money = dict.fromkeys(LOSSES, f"million {study.currency}")
    return Table(
        "leverage",
        "What the target loses when the actor withholds",
        study.found(Power).leverage.table,
        {**money, "saved": "share"},
        "Loss of the target's account, companies of the state included, after the best reply of all others. known: if all had "
        "known it from the start; else it is a surprise of the first day. least, most: "
        "if the rents that prices leave open fell to the target as little or as much as they can; where they differ, the "
        "loss is known no better. veto: if owners could also close what lies wholly in another player's territory, who "
        "keeps it open. without reply: if no flow could grow anywhere, at the prices before. saved: share of it that "
        "rerouting saves; blank where prices move more than that. joint loss: of all actors; it is no division by prices.",
    )


def leverage_exports(study: Study) -> Table:
    """Exports that the target loses when the actor withholds."""
    if study.part(Power) is None:
        return Table("leverage_exports", "", pd.DataFrame())
    found = study.found(Power).leverage.exports
    frame = found[(found[["amount_lost", "revenue_lost"]].abs() > 1e-6).any(axis=1)].reset_index(drop=True)
    frame["commodity"] = [study.name("commodities", value) for value in frame["commodity"]]
    return Table(
        "leverage_exports",
        "Exports that the target loses when the actor withholds",
        frame,
        {"revenue_lost": f"million {study.currency}"},
        "Sales of the target's cargo abroad, over the whole period. Below zero: more is sold abroad.",
    )


def leverage_assets(study: Study) -> Table:
    """What each loss rests on: the assets that are withheld, by what right, and what each takes alone."""
    if study.part(Power) is None:
        return Table("leverage_assets", "", pd.DataFrame())
    found = study.found(Power).leverage.assets
    frame = found[found["loss_alone"] != 0].sort_values(
        ["actor", "target", "loss_alone"], ascending=[True, True, False], kind="stable", ignore_index=True
    )
    frame.insert(2, "name", [study.asset_name(str(asset)) for asset in frame["asset"]])
    return Table(
        "leverage_assets",
        "What each loss rests on",
        frame,
        dict.fromkeys(("loss_alone", "joint_alone"), f"million {study.currency}"),
        "Assets that cargo of others used, closed one at a time. Assets one behind the other each take as much alone as "
        "together, so the losses do not add up. kept open by: the host, who keeps it running against an owner; it is not "
        "in the loss. moved: cargo of others that used it. kind sale: own cargo not sold to others.",
    )


def leverage_items(study: Study) -> Table:
    """What each loss consists of."""
    if study.part(Power) is None:
        return Table("leverage_items", "", pd.DataFrame())
    return Table(
        "leverage_items",
        "What each loss consists of",
        study.found(Power).leverage.items,
        {"loss": f"million {study.currency}"},
        "Items of the target's account, as in the table of actors. Tariffs, unmet demand and penalties do not hang on local "
        "prices; margins, scarcity and surplus do. Below zero: the item rises.",
    )


def leverage_on_focus(study: Study) -> Table:
    """What the actor of the focus loses when each other player withholds; the exports are those of the focus good."""
    from straits.power.network.summary import behind

    target = study.found(Power).players.get(study.focus[0])
    found, good = study.found(Power).leverage, study.focus[1]
    mine = found.exports[(found.exports["target"] == target) & (found.exports["commodity"] == good)]
    mine = mine.set_index("actor")
    rows = found.table[found.table["target"] == target]
    # Of a good whose origin is not tracked nobody can say whose exports are lost.
    known = study.case.rows("commodities")[good].tracked
    frame = pd.DataFrame(
        {
            "withholds": rows["actor"],
            "exports_lost": [float(mine["amount_lost"].get(actor, 0.0)) if known else float("nan") for actor in rows["actor"]],
            "account_lost": rows["loss"],
            **({"if_known": rows["loss_known"]} if "loss_known" in rows else {}),
            "as_prices_leave_open": [fmt.between(a, b) for a, b in zip(rows["loss_least"], rows["loss_most"], strict=True)],
            "if_owners_could_close": rows["loss_veto"],
            "cost_to_who_withholds": rows["own_cost"],
            "joint_loss": rows["joint_loss"],
            "one_asset_alone_takes": [
                _told(study, behind(found, str(actor), str(target))) for actor in rows["actor"]
            ],
        }
    )  # fmt: skip
    if study.trade.imports:
        # Who lives by what comes in exports nothing: what it uses less, of any origin, stands in the place of exports.
        lacked = found.supplies
        lacked = lacked[(lacked["target"] == target) & (lacked["commodity"] == good)]
        less = lacked.set_index("actor")["used_lost"]
        frame["exports_lost"] = [float(less.get(actor, 0.0)) for actor in frame["withholds"]]
    frame = study.trade.named(frame)
    frame = frame.sort_values("account_lost", ascending=False, kind="stable", ignore_index=True)
    money = f"million {study.currency}"
    columns = (
        "account_lost", "if_known", "as_prices_leave_open", "if_owners_could_close", "cost_to_who_withholds", "joint_loss",
        "one_asset_alone_takes",
    )  # fmt: skip
    return Table(
        "leverage_on_focus",
        f"What {with_article(str(target))} {agreeing(str(target), 'loses')} when each withholds, and what that rests on",
        frame,
        {**dict.fromkeys(columns, money), study.trade.column("exports_lost"): study.commodity_unit},
        f"{'Deliveries lost are what it uses less' if study.trade.imports else 'Exports'} of "
        f"{in_sentence(study.name('commodities', good))}. The account holds all goods and the state's companies. If known: "
        "had all known it from the start, instead of from the first day. If owners could close: what lies wholly in another "
        "player's territory too. Assets with an “or” between them lie one behind the other: each of them alone takes as much.",
    )


def _told(study: Study, groups: list[tuple[list[str], float]], most: int = 2) -> str:
    """Name the assets that take most alone."""
    parts = []
    for assets, amount in [(a, x) for a, x in groups if x >= 0.5][:most]:
        names = " or ".join(study.asset_name(asset) for asset in assets[:2])
        more = f" or {len(assets) - 2} more" if len(assets) > 2 else ""
        parts.append(f"{names}{more}: {fmt.number(round(amount))}")
    return "; ".join(parts)


def leverage_options(study: Study) -> Table:
    """Losses on the network as it is and with each option built by itself; one column for each network."""
    frame = None if (found := study.part(Power)) is None else found.each
    if frame is None:
        return Table("leverage_options", "", pd.DataFrame())
    names = {key: row.name for key, row in study.case.rows("options").items()}
    if len(set(names.values())) == len(names):
        frame = frame.rename(columns=names)
    return Table(
        "leverage_options",
        "What the target loses when the actor withholds, with each option",
        frame,
        dict.fromkeys([str(c) for c in frame.columns[2:]], f"million {study.currency}"),
        "Each option built by itself, its cost left out; the loss is against the same network with nothing withheld.",
    )


def options_on_focus(study: Study) -> Table:
    """What each option changes of what the actor of the focus loses; one row for each network."""
    found = study.found(Power)
    assert found.each is not None
    target = found.players.get(study.focus[0])
    rows = found.each[found.each["target"] == target].set_index("actor").drop(columns="target")
    worst = rows["as_it_is"].abs()
    told = rows[worst >= 0.01 * worst.max()].T
    titles = {key: row.name for key, row in study.case.rows("options").items()}
    frame = told.rename(index=lambda key: titles.get(key, "as it is")).rename_axis("network").reset_index()
    frame.columns = [str(c) if c == "network" else f"{c} {agreeing(c, 'withholds')}" for c in frame.columns]
    return Table(
        "options_on_focus",
        f"What {with_article(str(target))} {agreeing(str(target), 'loses')} with each option",
        frame,
        dict.fromkeys([c for c in frame.columns if c != "network"], f"million {study.currency}"),
        "Each option built by itself, its cost left out; against the same network with nothing withheld, so that an option "
        "that earns much can also raise what there is to lose.",
    )


def shares(study: Study) -> Table:
    """Shapley value and other divisions, for the network as it is and with options."""
    if study.part(Power) is None:
        return Table("shares", "", pd.DataFrame())
    unit = study.found(Power).unit
    return Table(
        "shares",
        "What each player is worth to all together",
        study.found(Power).shares,
        {**dict.fromkeys(("alone", "shapley", "banzhaf", "prenucleolus", "gately", "adds"), unit), "share": "share"},
        "alone: what the player reaches by itself. shapley: its average contribution over all orders of joining; share "
        "is its part of the joint value. banzhaf: the same over all coalitions, scaled to the joint value. prenucleolus: the "
        "division that leaves the worst-off coalition best off. adds: what all lose without it. disrupts: what the others "
        "lose by its leaving, for each unit that it loses itself.",
    )  # fmt: skip


def controlled(study: Study) -> Table:
    """Which players may close which assets."""
    held: dict[str, list[str]] = study.found(Power).parameters["controlled"]
    rows = []
    for name in study.found(Power).players.values():
        mine = [study.asset_name(asset) for asset, who in held.items() if name in who]
        rows.append((name, len(mine), "; ".join(mine)))
    return Table(
        "controlled",
        "What each player may close",
        pd.DataFrame(rows, columns=["player", "assets", "which"]),
        {},
        "As operator, territory, regulator or buyer alone; as owner with half of the shares or more, but for what lies "
        "wholly in the territory of players, who keep it open. Players who both may close an asset stand with it both.",
    )


def concentration(study: Study) -> Table:
    """Shares of exports by partner, in four ways of counting."""
    spread = None if (found := study.part(Power)) is None else found.balance
    if spread is None:
        return Table("concentration", "", pd.DataFrame())
    frame = spread.table.copy()
    frame["way"] = [WAYS[way] for way in frame["way"]]
    frame["partner"] = [study.name("actors", value) for value in frame["partner"]]
    for column in ("observed", "modelled", "spread"):
        frame[column] = frame[column].mask(frame[column].abs() < 1e-6, 0.0)
    return Table(
        "concentration",
        f"Shares of {'imports' if study.trade.imports else 'exports'} by partner",
        frame,
        dict.fromkeys(("observed", "modelled", "spread"), "share"),
        f"spread: the least concentrated pattern of the same {'imports' if study.trade.imports else 'exports'} within the extra "
        "cost. Ways: who buys or sells; the state from which goods enter, or from whose ports they put to sea last; the states "
        "that they cross on their way, of which one unit may cross several or none, so that these shares do not add up to one; "
        "the route. Observed by port and territory: routes all ways of which lead there, so at least. Blank: not observed.",
    )


__all__ = [
    "WAYS",
    "concentration",
    "controlled",
    "leverage",
    "leverage_assets",
    "leverage_exports",
    "leverage_items",
    "leverage_on_focus",
    "leverage_options",
    "options_on_focus",
    "shares",
]
