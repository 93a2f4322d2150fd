"""Results of this room as tables and plain sentences, for the command line and the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.engine.steps import apart
from straits.power.games.core import best_split, core_check, least_core
from straits.power.games.game import Game, GameError
from straits.power.games.lexicographic import prenucleolus
from straits.power.games.values import banzhaf, gately, propensity_to_disrupt, shapley
from straits.wording import agreeing, as_money, capital, in_sentence, listed, with_article

if TYPE_CHECKING:
    from straits.power.games.allocation import Allocation
    from straits.results import Result

#: How shares and unions are worked out.
METHOD = (
    "Values of coalitions from the model; Shapley (1953), Banzhaf (1965), prenucleolus (Schmeidler 1969, certified after "
    "Kohlberg 1971), Gately (1974), core (Gillies 1959)."
)
#: When a withholding is known, in words.
_KNOWN = {
    "perfect": "known from the start of the case",
    "surprise": "known from its first day on, while what was decided before is carried out",
}
#: How the ways of counting partners are told.
_WAYS = {
    "market": "By buyer",
    "ports": "By state of the last port",
    "territory": "By territory crossed",
    "corridor": "By route",
    "seller": "By state of origin",
    "entry": "By state from which it enters",
}


def shares_table(games: Mapping[str, Game]) -> pd.DataFrame:
    """Return the solutions of one or more games of the same players side by side.

    Columns: network (name of the game), player, alone, shapley, share, banzhaf, prenucleolus, gately (nan
    where it is not defined), adds (v(N) less v without the player), disrupts (propensity to disrupt at the Shapley
    value)."""
    frames = []
    for name, game in games.items():
        fair = shapley(game)
        shares = np.full(game.n, np.nan) if _nothing(game) else fair.shares
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
                    "share": shares,
                    "banzhaf": banzhaf(game, normalised=True).values,
                    "prenucleolus": prenucleolus(game).values,
                    "gately": point,
                    "adds": game.utopia,
                    "disrupts": propensity_to_disrupt(game, fair),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _nothing(game: Game) -> bool:
    """Return whether all players together reach nothing that could be shared."""
    return abs(game.grand) <= 1e-9 * game.scale


def shares_text(games: Mapping[str, Game]) -> list[str]:
    """Say in sentences what the shares mean, and how they were found."""
    told: list[str] = []
    explained = False
    for name, game in games.items():
        p = game.parameters
        if _nothing(game):
            told.append(
                f"{name}: together the players are worth nothing: they can reach no sale that they could lose."
            )
            continue
        fair = shapley(game)
        order = np.argsort(-fair.values)
        most = game.players[order[0]]
        check = core_check(game, fair)
        found = f"{name}: together the players are worth {as_money(game.grand)} {game.unit}, which is lost if all refuse. "
        first = next(iter(games))
        if game.grand < games[first].grand * (1 - 1e-6):
            found += f"That is less than {first[:1].lower()}{first[1:]}: others can then build round them, and less is lost. "
        found += f"{capital(with_article(most))} {agreeing(most, 'has')} the largest Shapley share, {fair.shares[order[0]]:.0%}. "
        if game.n > 1:
            empty = least_core(game).parameters["core_empty"]
            found += "No division satisfies every coalition (the core is empty). " if empty else ""
            who = capital(listed([with_article(name) for name in check.worst]))
            found += (
                "No coalition could get more than its Shapley values on its own."
                if check
                else f"{who} could get {as_money(check.excess)} {game.unit} more on their own than their Shapley values."
            )
        told.append(found.rstrip())
        rivals = rivals_text(game, why=not explained)
        explained |= bool(rivals)
        told += rivals
        if "access" in p:
            told.append(how_valued(name, p))
        if p.get("null_players"):
            told.append(f"{name}: {', '.join(p['null_players'])} can close nothing.")
    return told


def rivals_text(game: Game, *, why: bool = True) -> list[str]:
    """Say which two parts of the players reach more apart than all together, and why that is no reason to part.

    Parameters
    ----------
    game : Game
    why : bool
        Whether the reason is told, which is the same for all games of a case.
    """
    split = best_split(game)
    if split is None:
        return []
    one, other = (listed([with_article(name) for name in part]) for part in split.parts)
    more = f"{as_money(split.excess)} {game.unit} more than all together"
    found = f"Counted apart, {one} on one side and {other} on the other reach {more}"
    if not why or game.parameters.get("outsiders") != "absent":
        return [found + "."]
    return [
        f"{found}: each part is counted as though the other sent nothing, so that what bystanders buy from both and carry for "
        "both counts twice, and values of coalitions are too high. With outsiders who keep to the baseline it counts once."
    ]


def sample_text(name: str, found: Allocation) -> list[str]:
    """Say how large a sample of Shapley values is, what its errors are, and how the coalitions were valued."""
    p = found.parameters
    return [
        f"{name}: means of {p['replicates']} replicates; error: standard error of the mean, {found.game.unit}.",
        how_valued(name, found.game.parameters),
    ]


def owners_text(host: Game, veto: Game) -> list[str]:
    """Say whose share hangs most on rights of owners that hosts could override: two games of the same players."""
    if host.n < 2:
        return []
    ours, theirs = shapley(host).values, shapley(veto).values
    i = int(np.abs(theirs - ours).argmax())
    if abs(theirs[i] - ours[i]) <= 0.01 * host.grand:
        return []
    return [
        "If owners could also close what lies wholly in another player's territory (access veto), "
        f"{with_article(host.players[i])} would have {as_money(theirs[i])} {host.unit}, not {as_money(ours[i])} {host.unit}."
    ]


def how_valued(name: str, p: Mapping[str, Any]) -> str:
    """Say under which rules the coalitions of a case were valued, and with how many solves."""
    access = (
        p["access"] if isinstance(p["access"], str) else ", ".join(f"{a} {r}" for a, r in p["access"].items())
    )
    found = (
        f"{name}: access {access}, outsiders {p['outsiders']}, options {', '.join(p['options']) or 'none'}, "
    )
    found += f"scenario {p['scenario']}, commodity {p['commodity']}"
    if "solves" in p:
        found += f"; {p['coalitions']} coalitions, {p['solves']} solves in {p['parts']} independent parts"
    if not p.get("baseline_unique", True):
        found += ". All together could do as well in other ways; what outsiders keep to is one of them, and so values rest on it"
    return found + "."


def _coarse_text(table: pd.DataFrame, currency: str) -> list[str]:
    """Say for the largest loss what the steps of the case would have said, where that is another answer."""
    noise = 1e-3 * float(table["loss"].abs().max())
    wrong = table[
        [apart(c, f, noise=noise) for c, f in zip(table["loss_coarse"], table["loss"], strict=True)]
    ]
    if not len(wrong):
        return []
    row = wrong.sort_values("loss").to_dict("records")[-1]
    coarse = (
        "have no answer"
        if np.isnan(row["loss_coarse"])
        else f"say {as_money(row['loss_coarse'])} million {currency}"
    )
    return [
        f"Solved in finer steps, so that they begin and end with the withholding: for the loss of {with_article(row['target'])} "
        f"when {with_article(row['actor'])} {agreeing(row['actor'], 'withholds')}, {as_money(row['loss'])} million {currency}, "
        f"the steps of the case {coarse}."
    ]


def leverage_text(found: Result, named: Callable[[str], str] = str) -> list[str]:
    """Say which withholding hurts most, what that rests on, and what owners' rights would add.

    Parameters
    ----------
    found : Result
        Of `leverage`.
    named : callable, optional
        Name of an asset by its id; default: the id.
    """
    p, table = found.parameters, found.table
    told = [
        f"Withheld from {'the other players only' if p['withheld_from'] == 'players' else 'all others'}, from {p['start']} to "
        f"{p['end']}, {_KNOWN[p['foresight']]}; the others reply as well as they can."
    ]
    told += [p["moved"]] if p.get("moved") else []
    told += [f"{text[:1].upper()}{text[1:]}." for text in p["told"]]
    if "loss_coarse" in table:
        told += _coarse_text(table, p["currency"])
    hurt = table[table["loss"] > 0]
    if len(hurt):
        top = hurt.sort_values("loss").to_dict("records")[-1]
        actor, money = with_article(str(top["actor"])), f"million {p['currency']}"
        own = (
            f"at a cost of {as_money(top['own_cost'])} {money} to {actor}"
            if top["own_cost"] >= 0
            else f"and {actor} {agreeing(actor, 'gains')} {as_money(-top['own_cost'])} {money} by it"
        )
        saved = f"; rerouting saves {top['saved']:.0%} of what it would be" if top["saved"] >= 0.005 else ""
        told.append(
            f"The largest loss is that of {with_article(str(top['target']))} when {actor} {agreeing(actor, 'withholds')}: "
            f"{_between(top, p['currency'])}, {own}{saved}. {_known(top, p['currency'])}"
            + _rests_on(found, str(top["actor"]), str(top["target"]), named)
        )
    more = table.assign(more=table["loss_veto"] - table["loss"]).sort_values("more")
    if len(table) and more["more"].max() > 0.01 * table["loss_veto"].abs().max():
        row = more.to_dict("records")[-1]
        kept = rests_on(found, str(row["actor"]), str(row["target"]))
        kept = kept[(kept["kept_open_by"] != "") & (kept["loss_alone"] > 0)]
        names = ", ".join(
            f"{named(str(a))} ({right})" for a, right in zip(kept["asset"], kept["right"], strict=True)
        )
        hosts = ", ".join(with_article(str(host)) for host in dict.fromkeys(kept["kept_open_by"]))
        told.append(
            "Owners are not counted as able to close what lies wholly in another state's territory. If they were, "
            f"{with_article(str(row['actor']))} would take {as_money(row['loss_veto'])} million {p['currency']} from "
            f"{with_article(str(row['target']))}, not {as_money(row['loss'])} million {p['currency']}: the rest lies with "
            f"{names}, kept open by {hosts}."
        )
    return told


def _known(row: Mapping[Any, Any], currency: str) -> str:
    """Say what a loss by surprise would be if all had known from the start, where that is another amount."""
    if "loss_known" not in row or not apart(float(row["loss_known"]), float(row["loss"])):
        return ""
    return f"Had all known it from the start, it would be {as_money(row['loss_known'])} million {currency}. "


def _between(row: Mapping[Any, Any], currency: str) -> str:
    """Write a loss, with its range where local prices leave one open."""
    loss, least, most = (float(row[key]) for key in ("loss", "loss_least", "loss_most"))
    if most - least <= 0.01 * max(abs(loss), 1e-9):
        return f"{as_money(loss)} million {currency}"
    if not np.isfinite([least, most]).all():
        return (
            f"{as_money(loss)} million {currency} (or any other amount: a promise must be kept at any price, so that prices have "
            "no limit; a price of what is promised and not delivered would set one)"
        )
    return (
        f"{as_money(loss)} million {currency} (between {as_money(least)} million {currency} and {as_money(most)} million "
        f"{currency}: prices leave open who earns the rent of what is full)"
    )


def _rests_on(found: Result, actor: str, target: str, named: Callable[[str], str], most: int = 3) -> str:
    """Name the assets behind a loss; those that take as much alone, one behind the other, together."""
    groups = [group for group in behind(found, actor, target) if group[1] >= 0.5][:most]
    if not groups:
        return ""
    money = f"million {found.parameters['currency']}"
    parts = [
        f"{' or '.join(named(a) for a in assets)} ({as_money(amount)} {money})" for assets, amount in groups
    ]
    return f"What closing one asset alone takes: {'; '.join(parts)}."


def rests_on(found: Result, actor: str, target: str) -> pd.DataFrame:
    """Return what an actor withholds with what it takes from a target alone, the most first."""
    assets = found.tables["assets"]
    rows = assets[(assets["actor"] == actor) & (assets["target"] == target)]
    return rows.sort_values("loss_alone", ascending=False, kind="stable", ignore_index=True)


def behind(found: Result, actor: str, target: str) -> list[tuple[list[str], float]]:
    """Group the withheld assets by what closing each alone takes from the target, the most first.

    Assets that take as much to a hundredth stand together: as a rule they lie one behind the other, and their losses
    do not add up.
    """
    rows = rests_on(found, actor, target)
    rows = rows[(rows["kept_open_by"] == "") & (rows["loss_alone"] > 0)]
    groups: list[tuple[list[str], float]] = []
    for asset, loss in zip(rows["asset"].astype(str), rows["loss_alone"].astype(float), strict=True):
        if groups and loss >= 0.99 * groups[-1][1]:
            groups[-1][0].append(asset)
        else:
            groups.append(([asset], loss))
    return groups


def balance_text(found: Result) -> list[str]:
    """Say how concentrated exports are, and how far they could be spread."""
    p, told = found.parameters, []
    for row in found.tables["indices"].to_dict("records"):
        seen = ""
        if np.isfinite(row["observed"]):
            least = "" if row["way"] == "corridor" else "at least "
            seen = f", {least}{row['observed']:.3f} on the routes that were measured"
        told.append(
            f"{_WAYS[row['way']]}: index {row['modelled']:.3f} as modelled{seen}; {row['lowest']:.3f} at the least, "
            f"for the same {p['trade']} and at most {as_money(p['extra_cost'])} million {p['currency']} of extra cost."
        )
    if p["groups"]:
        names = " and ".join(p["groups"].values())
        who = "buyer" if p["trade"] == "exports" else "seller"
        told.append(
            f"By {who}, {names} count as one partner, though they are a group: by each of them the index would be lower."
            if len(p["groups"]) == 1
            else f"By {who}, {names} count as one partner each, though they are groups: by each {who} the index would be lower."
        )
    if p["options"]:
        told.append(
            f"With {listed([p['names'][key] for key in p['options']])} built, at {as_money(p['capital'])} million "
            f"{p['currency']} as far as known, which is no part of the extra cost."
        )
    told += [
        f"{_WAYS[way]} the least is proved to {gap:.1g} only: it may be lower by so much."
        for way, gap in p["proof"].items()
    ]
    if p.get("gross"):
        told.append(
            f"By state of origin nothing is said, since it is not tracked and {with_article(p['names'][p['origin']])} supplies "
            f"{in_sentence(p['names'][p['commodity']])} too: "
            "counted is all that enters, also what leaves again."
        )
    if "entry" in p["left_out"]:
        told.append(
            "By state of entry nothing is said: what enters can leave again, and flows do not tell how much of it stays."
        )
    if "corridor" in p["left_out"]:
        told.append(
            f"By route nothing is said: as modelled, nothing is {p['trade'].removesuffix('s')}ed by a route that has a name."
        )
    if "ports" in p["left_out"]:
        told.append(
            "By port nothing is said: cargo can put to sea twice on its way, or come back home from sea, and flows do not tell "
            "which port it left last."
        )
    if "territory" in p["left_out"]:
        told.append(
            "By territory nothing is said: cargo can come back home from a state that it crossed, or cross one twice, and flows "
            "do not tell how much of it is exported."
        )
    return told


__all__ = [
    "balance_text",
    "behind",
    "how_valued",
    "leverage_text",
    "owners_text",
    "rests_on",
    "sample_text",
    "shares_table",
    "shares_text",
]
