"""What the commands of `straits power` answer: questions put to the room, tables that a terminal has room for, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from straits.results import Result


@dataclass(frozen=True)
class Answer:
    """What a question is answered with: a title, tables, sentences, and how it was found."""

    title: str
    tables: dict[str, pd.DataFrame]
    notes: list[str]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    method: str = ""

    def result(self) -> Result:
        """Return it as a result, to be written."""
        from straits.results import Result

        first: Mapping[str, Any] = next(
            (p for p in (self.parameters, *self.parameters.values()) if "case_hash" in p), {}
        )
        made = {key: first[key] for key in ("case", "case_hash", "scenario") if key in first}
        tables = {name.replace(" ", "_"): table for name, table in self.tables.items()}
        from straits.power.network.summary import METHOD

        return Result(
            self.title, self.method or METHOD, dict(self.parameters), made, tables, {}, tuple(self.notes)
        )


def names_of(text: str, case: Any, option: str) -> list[str]:
    """Read a list of actors by id or by name."""
    from straits.errors import did_you_mean
    from straits.power.games.game import GameError

    rows = case.rows("actors")
    by_name = {row.name.lower(): key for key, row in rows.items()}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise GameError(f"{option}: expected actors, found nothing")
    for part in parts:
        if part not in rows and part.lower() not in by_name:
            hint = did_you_mean(part, [*rows, *(row.name for row in rows.values())])
            raise GameError(
                f"{option}: {part!r} is neither an id nor a name in table actors of case {case.settings.id}{hint}"
            )
    return [part if part in rows else by_name[part.lower()] for part in parts]


def one_of(text: str, case: Any, option: str = "--balance") -> str:
    """Read one actor by id or by name."""
    from straits.power.games.game import GameError

    if len([part for part in text.split(",") if part.strip()]) != 1:
        raise GameError(f"{option}: expected one actor, found {text!r}")
    return names_of(text, case, option)[0]


def shares_of(
    case: Any,
    players: list[str],
    options: bool,
    drawn: tuple[int | None, int | None, str | None],
    how: dict[str, Any],
    work: dict[str, Any] | None = None,
) -> Answer:
    """Divide what all players reach together."""
    from straits.power import game, shapley
    from straits.power import shares as divide
    from straits.power.network.summary import sample_text

    sample, seed, store = drawn
    _check_options(case, options)
    if sample is None:
        found = divide(case, players, options=options, store=store, **how, **(work or {}))
        title = f"Shares of what all reach together, {found.table.attrs['units']['shapley']}"
        return Answer(
            title,
            {"shares": found.table, "values": found.values, "carriage": found.carriage},
            list(found.sentences),
            found.parameters,
            found.method,
        )
    games = {"as it is": game(case, players, sample=True, **how)}
    if options:
        games["with options"] = game(case, players, options=True, sample=True, **how)
    solved = {name: shapley(g, sample=sample, rng=seed, store=store) for name, g in games.items()}
    return Answer(
        f"Shapley values from a sample, {games['as it is'].unit}",
        {name: a.table() for name, a in solved.items()},
        [note for name, a in solved.items() for note in sample_text(name, a)],
        {name: {**g.parameters, **solved[name].parameters} for name, g in games.items()},
    )


def _check_options(case: Any, asked: bool) -> None:
    from straits.power.games.game import GameError

    if asked and not case.rows("options"):
        raise GameError(f"--options: case {case.settings.id} has no table options, or an empty one")


def union_of(case: Any, members: list[str], commodity: str | None, how: dict[str, Any]) -> Answer:
    """Value a union."""
    from straits.power import union

    _check_options(case, how["options"])
    found = union(case, members, commodity=commodity, **how)
    goods = f" for {commodity}" if commodity else ""
    return Answer(
        f"Union of {', '.join(members)}{goods}, {found.game.unit}",
        found.tables,
        list(found.sentences),
        found.parameters,
        found.method,
    )


#: From whom what an actor controls is withheld, in the title.
_FROM = {"all": " from all others", "players": " from the other players only"}


def leverage_of(case: Any, players: list[str], options: bool, how: dict[str, Any]) -> Answer:
    """Say who loses what when whom withholds."""
    from straits.power import leverage, with_each_option
    from straits.power.network.summary import leverage_text

    _check_options(case, options)
    found = leverage(case, players, **how)
    tables = {
        "leverage": found.table,
        "exports": found.exports,
        "supplies": found.supplies,
        "items": found.items,
        "assets": found.assets,
    }
    if options:
        tables["options"] = with_each_option(case, players, list(case.rows("options")), **how)
    title = (
        f"What the target loses when the actor withholds{_FROM[found.parameters['withheld_from']]}, million "
    )
    title += case.settings.currency
    made = found.parameters
    rules = f"leverage: access {made['access']}, foresight {made['foresight']}, scenario {made['scenario']}, "
    rules += f"options {', '.join(made['options']) or 'none'}"
    rules += "; then each option by itself." if options else "."
    return Answer(title, tables, [*leverage_text(found), rules], made, found.method)


def brief(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Choose what a terminal has room for: rows that say something, and not all columns; --json gives all."""
    if "shares" in tables and "network" in tables["shares"]:
        narrow = tables["shares"].drop(columns=["gately", "disrupts"])
        parts = {str(name): part for name, part in narrow.groupby("network", sort=False)}
        told = {
            name: part.drop(columns="network").rename(columns={"player": name})
            for name, part in parts.items()
        }
        fees = tables["carriage"]
        return (
            {**told, "fees": fees.drop(columns="shapley").rename(columns={"player": "as a fee"})}
            if len(fees)
            else told
        )
    if "members" in tables:
        rows = tables["members"]
        paid = ["own_account", "prenucleolus", "side_payment"]
        payments = {"payments": rows[["member", *paid]]} if rows["side_payment"].notna().all() else {}
        return {
            "members": rows.drop(columns=paid),
            **payments,
            "pairs": tables["pairs"],
            "adds": tables["adds"],
        }
    if "leverage" not in tables:
        return tables
    table, exports, assets = tables["leverage"], tables["exports"], tables["assets"]
    supplies = tables["supplies"]
    small = 0.001 * table["loss"].abs().max()
    own = table.drop_duplicates("actor")[["actor", "own_cost", "joint_loss"]]
    coarse = [name for name in ("loss_known", "loss_coarse") if name in table]
    pairs = ["actor", "target", "loss", *coarse, "loss_least", "loss_most", "loss_veto", "saved", "ratio"]
    told = table[(table[["loss", "loss_veto"]].abs() > small).any(axis=1)][pairs]
    found = {
        "own": own[own["joint_loss"] != 0],
        "leverage": told.rename(columns=lambda column: column.removeprefix("loss_")),
        "exports": exports[(exports[["amount_lost", "revenue_lost"]].abs() > 1e-6).any(axis=1)],
        "supplies": supplies[(supplies[["used_lost", "unmet_more"]].abs() > 1e-6).any(axis=1)],
        "assets": _most(assets[assets["loss_alone"] > 10 * small]),
    }
    if "options" in tables:
        found["options"] = _best_options(tables["options"], small)
    return found


def _most(assets: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """Keep the assets that take most alone, of each actor, from the target that they take most from."""
    ranked = assets.sort_values("loss_alone", ascending=False, kind="stable")
    ranked = ranked[ranked["target"] == ranked.groupby("actor")["target"].transform("first")]
    ranked = ranked.groupby("actor", sort=False).head(most).sort_values("actor", kind="stable")
    pair = [f"{a} > {t}" for a, t in zip(ranked["actor"], ranked["target"], strict=True)]
    first = ranked["right"].str.split(",").str[0]
    return ranked.assign(actor_and_target=pair, right=first)[
        ["actor_and_target", "asset", "right", "kept_open_by", "loss_alone"]
    ]


def _best_options(each: pd.DataFrame, small: float) -> pd.DataFrame:
    """Name for each pair the option that lowers its loss most, where one does."""
    losses = each.set_index(["actor", "target"])
    built = losses.drop(columns="as_it_is")
    if not len(built.columns):
        return each.head(0)
    told = losses[["as_it_is"]].assign(option=built.idxmin(axis=1), with_it=built.min(axis=1)).reset_index()
    return told[told["as_it_is"] - told["with_it"] > small]


def balance_of(
    case: Any,
    actor: str,
    commodity: str | None,
    extra_cost: float,
    scenario: str | None,
    options: bool = False,
    imports: bool = False,
) -> Answer:
    """Say how concentrated exports or imports are."""
    from straits.power import GameError, balance
    from straits.power.network.summary import balance_text

    if commodity is None:
        raise GameError(f"--balance needs --commodity, one of {', '.join(case.rows('commodities'))}")
    found = balance(
        case, actor, commodity, extra_cost=extra_cost, scenario=scenario, options=options, imports=imports
    )
    made = found.parameters
    rules = f"balance: scenario {made['scenario']}; {made['exported']:,.0f} {made['unit']} {'im' if imports else 'ex'}ported."
    return Answer(
        f"Balance of {actor}'s {made['trade']} of {commodity}",
        {"indices": found.indices, "shares": found.table},
        [*balance_text(found), rules],
        made,
        found.method,
    )
