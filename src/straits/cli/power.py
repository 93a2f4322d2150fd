"""`straits power CASE`: coalition values, shares, leverage, balance and unions on the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.cli.console import out, print_table, say, shown, write_json, write_tables
from straits.cli.options import AsJson, CaseName, Commodity, Out, Scenario

if TYPE_CHECKING:
    import pandas as pd

power_app = typer.Typer(
    subcommand_metavar="",
    pretty_exceptions_enable=False,
    help="Who has power over whom: coalitions, leverage, balance.",
)


@dataclass(frozen=True)
class Answer:
    """What a question is answered with: a title, tables, sentences, and how it was found."""

    title: str
    tables: dict[str, pd.DataFrame]
    notes: list[str]
    parameters: Mapping[str, Any] = field(default_factory=dict)


def default_players(case: Any) -> list[str]:
    """Return the players that a case names in its focus, else the states that may close something, as in table actors."""
    if case.settings.focus is not None and case.settings.focus.players:
        return list(case.settings.focus.players)
    from straits.model import compile_case
    from straits.power.network.rights import rights_of, spokesmen

    states = [key for key, row in case.rows("actors").items() if row.kind == "state"]
    network = compile_case(case).network
    held = 0
    for right in rights_of(network, spokesmen(case, states), len(states)):
        held |= right.holders
    return [s for i, s in enumerate(states) if held >> i & 1]


#: Which options each question heeds, beside those of all.
_HEEDED = {
    "shares": {"players", "access", "options", "outsiders", "commodity", "sample", "seed", "keep"},
    "union": {"access", "options", "outsiders", "commodity"},
    "leverage": {"players", "access", "options", "start", "days"},
    "balance": {"commodity", "extra_cost"},
}


def _question(given: dict[str, Any]) -> str:
    """Return what is asked; refuse options that would be passed over."""
    from straits.power.games.game import GameError

    asked = [name for name in ("union", "leverage", "balance") if given.get(name, False) is not False]
    if len(asked) > 1:
        raise GameError(f"--{' and --'.join(asked)} are different questions: ask one at a time")
    question = asked[0] if asked else "shares"
    heeded = {"case", "scenario", "as_json", "folder", "leverage", question} | _HEEDED[question]
    idle = [f"--{name.replace('_', '-')}" for name in given if name not in heeded]
    if idle:
        raise GameError(f"{', '.join(idle)}: says nothing about {question}; leave it out")
    for name in ("seed", "keep"):
        if name in given and "sample" not in given:
            raise GameError(f"--{name} is of a sample: it needs --sample")
    if "sample" in given and "seed" not in given:
        raise GameError("--sample needs --seed, so that it can be repeated")
    return question


# A group without commands, so that it can be mounted as `power`; options may follow the case.
@power_app.callback(invoke_without_command=True, context_settings={"allow_interspersed_args": True})
@shown
def power(
    context: typer.Context,
    case: CaseName,
    players: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,…",
            help="Actors by id or name; default: those of the case's focus, else all states that may close something.",
        ),
    ] = None,
    access: Annotated[
        str | None,
        typer.Option(
            help="Which rights hold. veto: all; host: but those of owners against the state on whose territory it lies; "
            "regulated: links and stores are open to all at their cost. Default: veto; host with --leverage."
        ),
    ] = None,
    options: Annotated[
        bool,
        typer.Option(
            help="Also with what table options lists, built where it pays; with --leverage, each by itself."
        ),
    ] = False,
    outsiders: Annotated[
        str, typer.Option(help="absent, or baseline: outsiders go on as when all act together.")
    ] = "absent",
    scenario: Scenario = None,
    commodity: Commodity = None,
    union: Annotated[
        str | None, typer.Option(metavar="A,B,…", help="Value a union of these actors instead.")
    ] = None,
    leverage: Annotated[bool, typer.Option(help="Who loses what when whom withholds, instead.")] = False,
    start: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the withholding.")
    ] = None,
    days: Annotated[
        float | None, typer.Option(help="How long it lasts; default: to the end of the case.")
    ] = None,
    balance: Annotated[
        str | None, typer.Option(metavar="ACTOR", help="Concentration of this actor's exports instead.")
    ] = None,
    extra_cost: Annotated[
        float, typer.Option(help="What spreading exports may cost, million currency.")
    ] = 0.0,
    sample: Annotated[
        int | None, typer.Option(help="Replicates of a sample, for more than 20 players.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sample.")] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Where the sample is kept; one that was stopped goes on from there."
        ),
    ] = None,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say who has power over whom in a case."""
    import straits

    sources = {name: context.get_parameter_source(name) for name in context.params}
    typed = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    question = _question({name: context.params[name] for name in typed})
    loaded = straits.load_case(case)
    chosen = default_players(loaded) if players is None else _names(players, loaded, "--players")
    if question == "union":
        how = {"access": access or "veto", "options": options, "outsiders": outsiders, "scenario": scenario}
        answer = _union(loaded, _names(union or "", loaded, "--union"), commodity, how)
    elif question == "leverage":
        when = {"start": start.date() if start else None, "days": days, "scenario": scenario}
        answer = _leverage(loaded, chosen, options, {"access": access or "host", **when})
    elif question == "balance":
        answer = _balance(loaded, _one(balance or "", loaded), commodity, extra_cost, scenario)
    else:
        how = {
            "access": access or "veto",
            "outsiders": outsiders,
            "scenario": scenario,
            "commodity": commodity,
        }
        answer = _shares(loaded, chosen, options, (sample, seed, keep), how)
    write_tables({name.replace(" ", "_"): table for name, table in answer.tables.items()}, folder)
    if as_json:
        found = {name: table.to_dict("records") for name, table in answer.tables.items()}
        write_json({"title": answer.title, "notes": answer.notes, "parameters": answer.parameters, **found})
        return
    out.print(answer.title, style="bold", markup=False)
    for frame in _brief(answer.tables).values():
        print_table(frame, "")
    for note in answer.notes:
        say(note)


def _names(text: str, case: Any, option: str) -> list[str]:
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


def _one(text: str, case: Any) -> str:
    """Read one actor by id or by name."""
    from straits.power.games.game import GameError

    if len([part for part in text.split(",") if part.strip()]) != 1:
        raise GameError(f"--balance: expected one actor, found {text!r}")
    return _names(text, case, "--balance")[0]


def _shares(
    case: Any,
    players: list[str],
    options: bool,
    drawn: tuple[int | None, int | None, str | None],
    how: dict[str, Any],
) -> Answer:
    from straits.power import Game, GameError, game, shapley
    from straits.power.games.game import MAX_EXACT
    from straits.power.network.summary import sample_text, shares_table, shares_text

    sample, seed, keep = drawn
    lazy = sample is not None
    if len(players) > MAX_EXACT and not lazy:
        raise GameError(
            f"{len(players)} players: coalitions of more than {MAX_EXACT} are too many to value each; name fewer with "
            "--players, or estimate from a sample with --sample 20 --seed 1"
        )
    _check_options(case, options)
    games = {"as it is": game(case, players, sample=lazy, **how)}
    if options:
        games["with options"] = game(case, players, options=True, sample=lazy, **how)
    if lazy:
        files = {"as it is": keep, "with options": keep and f"{keep}.options"}
        solved = {name: shapley(g, sample=sample, rng=seed, keep=files[name]) for name, g in games.items()}
        return Answer(
            f"Shapley values from a sample, {games['as it is'].unit}",
            {name: a.table() for name, a in solved.items()},
            [note for name, a in solved.items() for note in sample_text(name, a)],
            {name: {**g.parameters, **solved[name].parameters} for name, g in games.items()},
        )
    exact = {name: g for name, g in games.items() if isinstance(g, Game)}
    made = {name: dict(g.parameters) for name, g in exact.items()}
    title = f"Shares of what all reach together, {games['as it is'].unit}"
    return Answer(title, {"shares": shares_table(exact)}, shares_text(exact), made)


def _check_options(case: Any, asked: bool) -> None:
    from straits.power.games.game import GameError

    if asked and not case.rows("options"):
        raise GameError(f"--options: case {case.settings.id} has no table options, or an empty one")


def _union(case: Any, members: list[str], commodity: str | None, how: dict[str, Any]) -> Answer:
    from straits.power import union
    from straits.power.network.summary import how_valued, union_text

    _check_options(case, how["options"])
    found = union(case, members, commodity=commodity, **how)
    goods = f" for {commodity}" if commodity else ""
    made = found.game.parameters
    return Answer(
        f"Union of {', '.join(members)}{goods}, {found.game.unit}",
        {"members": found.members, "others": found.others, "pairs": found.pairs},
        [*union_text(found), how_valued("union", made)],
        dict(made),
    )


def _leverage(case: Any, players: list[str], options: bool, how: dict[str, Any]) -> Answer:
    from straits.power import leverage, with_each_option
    from straits.power.network.summary import leverage_text

    _check_options(case, options)
    found = leverage(case, players, **how)
    tables = {"leverage": found.table, "exports": found.exports, "items": found.items, "assets": found.assets}
    if options:
        tables["options"] = with_each_option(case, players, list(case.rows("options")), **how)
    title = f"What the target loses when the actor withholds, million {case.settings.currency}"
    made = found.parameters
    rules = f"leverage: access {made['access']}, scenario {made['scenario']}, options {', '.join(made['options']) or 'none'}"
    rules += "; then each option by itself." if options else "."
    return Answer(title, tables, [*leverage_text(found), rules], made)


def _brief(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Choose what a terminal has room for: rows that say something, and not all columns; --json gives all."""
    if "shares" in tables and "network" in tables["shares"]:
        narrow = tables["shares"].drop(columns=["gately", "disrupts"])
        parts = {str(name): part for name, part in narrow.groupby("network", sort=False)}
        return {
            name: part.drop(columns="network").rename(columns={"player": name})
            for name, part in parts.items()
        }
    if "members" in tables:
        rows = tables["members"]
        paid = ["own_account", "prenucleolus", "side_payment"]
        payments = {"payments": rows[["member", *paid]]} if rows["side_payment"].notna().all() else {}
        return {"members": rows.drop(columns=paid), **payments, "pairs": tables["pairs"]}
    if "leverage" not in tables:
        return tables
    table, exports, assets = tables["leverage"], tables["exports"], tables["assets"]
    small = 0.001 * table["loss"].abs().max()
    own = table.drop_duplicates("actor")[["actor", "own_cost", "joint_loss"]]
    pairs = ["actor", "target", "loss", "loss_least", "loss_most", "loss_veto", "saved", "ratio"]
    told = table[(table[["loss", "loss_veto"]].abs() > small).any(axis=1)][pairs]
    found = {
        "own": own[own["joint_loss"] != 0],
        "leverage": told.rename(columns=lambda column: column.removeprefix("loss_")),
        "exports": exports[(exports[["amount_lost", "revenue_lost"]].abs() > 1e-6).any(axis=1)],
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


def _balance(
    case: Any, origin: str, commodity: str | None, extra_cost: float, scenario: str | None
) -> Answer:
    from straits.power import GameError, balance
    from straits.power.network.summary import balance_text

    if commodity is None:
        raise GameError(f"--balance needs --commodity, one of {', '.join(case.rows('commodities'))}")
    found = balance(case, origin, commodity, extra_cost=extra_cost, scenario=scenario)
    made = found.parameters
    rules = f"balance: scenario {made['scenario']}; {made['exported']:,.0f} {made['unit']} exported."
    return Answer(
        f"Balance of {origin}'s exports of {commodity}",
        {"indices": found.indices, "shares": found.table},
        [*balance_text(found), rules],
        made,
    )
