"""Results of this room as tables and plain sentences, for the command line and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.power.core import core_check, least_core
from straits.power.games import Game, GameError
from straits.power.lexicographic import prenucleolus
from straits.power.values import banzhaf, gately, propensity_to_disrupt, shapley

if TYPE_CHECKING:
    from straits.power.alliance import Union
    from straits.power.concentration import Balance
    from straits.power.withholding import Leverage


def shares_table(games: Mapping[str, Game]) -> pd.DataFrame:
    """Return the solutions of one or more games of the same players side by side.

    Columns: network (name of the game), player, alone, shapley, share, banzhaf, nucleolus (prenucleolus), gately (nan
    where it is not defined), adds (v(N) less v without the player), disrupts (propensity to disrupt at the Shapley
    value)."""
    frames = []
    for name, game in games.items():
        fair = shapley(game)
        try:
            point = gately(game).values
        except GameError:
            point = np.full(game.n, np.nan)
        frames.append(
            pd.DataFrame(
                {
                    "network": name,
                    "player": game.players,
                    "alone": game.alone,
                    "shapley": fair.values,
                    "share": fair.shares,
                    "banzhaf": banzhaf(game, normalised=True).values,
                    "nucleolus": prenucleolus(game).values,
                    "gately": point,
                    "adds": game.utopia,
                    "disrupts": propensity_to_disrupt(game, fair),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def shares_text(games: Mapping[str, Game]) -> list[str]:
    """Say in sentences what the shares mean, and how they were found."""
    told = []
    for name, game in games.items():
        fair = shapley(game)
        order = np.argsort(-fair.values)
        most = game.players[order[0]]
        check = core_check(game, fair)
        found = f"{name}: together the players reach {game.grand:,.0f} {game.unit}. {most} has the largest Shapley share, "
        found += f"{fair.shares[order[0]]:.0%}. "
        if game.n > 1:
            empty = least_core(game).parameters["core_empty"]
            found += "No division satisfies every coalition (the core is empty). " if empty else ""
            found += (
                "No coalition could get more than its Shapley values on its own."
                if check
                else f"{', '.join(check.worst)} could get {check.excess:,.0f} more on their own than their Shapley values."
            )
        told.append(found)
        p = game.parameters
        if "solves" in p:
            told.append(
                f"{name}: {p['coalitions']} coalitions, {p['solves']} solves in {p['parts']} independent parts; "
                f"access {p['access']}, "
                f"outsiders {p['outsiders']}, "
                f"options {', '.join(p['options']) or 'none'}, scenario {p['scenario']}."
            )
        if p.get("null_players"):
            told.append(f"{name}: {', '.join(p['null_players'])} can close nothing.")
    return told


def union_text(found: Union) -> list[str]:
    """Say what a union is worth, whether it holds, and what would hold it together."""
    game, told = found.game, []
    told.append(
        f"The union reaches {found.value:,.0f} {game.unit}, {found.surplus:,.0f} more than its members alone. "
        "Others close nothing."
    )
    told.append(
        "The Shapley division lies in the core: no member and no pair does better apart."
        if found.core
        else f"The Shapley division is not in the core: {', '.join(found.core.worst)} would gain "
        f"{found.core.excess:,.0f} by leaving."
    )
    if found.stable:
        told.append(
            f"A stable division exists; each coalition could lose {found.slack:,.0f} before one leaves."
        )
    else:
        told.append(
            f"No division is stable: each coalition would need {-found.slack:,.0f} from outside to stay."
        )
    paid = found.members["side_payment"]
    if paid.notna().all():
        flows = [
            f"{m} {'receives' if x > 0 else 'pays'} {abs(x):,.0f}"
            for m, x in zip(found.members["member"], paid, strict=True)
        ]
        told.append(
            f"To reach the prenucleolus: {'; '.join(flows)}; the rest of the joint value is earned by others."
        )
    return told


def leverage_text(found: Leverage) -> list[str]:
    """Say which withholding hurts most, and which costs the actor least for what it does."""
    told = [
        f"Withheld from {found.parameters['start']} to {found.parameters['end']}, known from the start of the case; "
        "the others reply as well as they can."
    ]
    hurt = found.table[found.table["loss"] > 0]
    if len(hurt):
        top = hurt.sort_values("loss", ascending=False).to_dict("records")[0]
        saved = (
            f"; rerouting saves {top['saved']:.0%} of what it would be" if np.isfinite(top["saved"]) else ""
        )
        told.append(
            f"The largest loss is that of {top['target']} when {top['actor']} withholds: {top['loss']:,.0f} million "
            f"{found.parameters['currency']}, at a cost of {top['own_cost']:,.0f} to {top['actor']}{saved}."
        )
    return told


def balance_text(found: Balance) -> list[str]:
    """Say how concentrated exports are, and how far they could be spread."""
    p, told = found.parameters, []
    for row in found.indices.to_dict("records"):
        seen = f", observed {row['observed']:.3f}" if np.isfinite(row["observed"]) else ""
        told.append(
            f"By {row['way']}: index {row['modelled']:.3f} as modelled{seen}; {row['lowest']:.3f} at the least, "
            f"for the same exports and at most {p['extra_cost']:,.0f} million {p['currency']} of extra cost."
        )
    return told


__all__ = ["balance_text", "leverage_text", "shares_table", "shares_text", "union_text"]
