"""`straits power CASE`: coalition values, shares, leverage, balance and unions on the command line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.console import AsJson, out, print_table, say, shown, write_json

if TYPE_CHECKING:
    import pandas as pd

power_app = typer.Typer(
    subcommand_metavar="",
    pretty_exceptions_enable=False,
    help="Who has power over whom: coalitions, leverage, balance.",
)

List = Annotated[str | None, typer.Option(metavar="A,B,…")]


def default_players(case: Any) -> list[str]:
    """Return the players that a case names in its focus, else the states that may close something, as in table actors."""
    if case.settings.focus is not None and case.settings.focus.players:
        return list(case.settings.focus.players)
    from straits.model import compile_case
    from straits.power.rights import rights_of, spokesmen

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
    from straits.power.games import GameError

    asked = [name for name in ("union", "leverage", "balance") if given.get(name)]
    if len(asked) > 1:
        raise GameError(f"--{' and --'.join(asked)} are different questions: ask one at a time")
    question = asked[0] if asked else "shares"
    heeded = {"case", "scenario", "as_json", "leverage", question} | _HEEDED[question]
    idle = [f"--{name.replace('_', '-')}" for name in given if name not in heeded]
    if idle:
        raise GameError(f"{', '.join(idle)}: says nothing about {question}; leave it out")
    return question


# A group without commands, so that it can be mounted as `power`; options may follow the case.
@power_app.callback(invoke_without_command=True, context_settings={"allow_interspersed_args": True})
@shown
def power(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="A bundled case, a folder, or an .xlsx workbook.")],
    players: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,…",
            help="Actors; default: those of the case's focus, else all states that may close something.",
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
    scenario: Annotated[str | None, typer.Option(help="Scenario; default: the undisturbed case.")] = None,
    commodity: Annotated[str | None, typer.Option(help="Only this commodity.")] = None,
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
    as_json: AsJson = False,
) -> None:
    """Say who has power over whom in a case."""
    import straits

    sources = {name: context.get_parameter_source(name) for name in context.params}
    typed = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    question = _question({name: context.params[name] for name in typed})
    loaded = straits.load_case(case)
    chosen = _names(players, loaded) if players else default_players(loaded)
    if question == "union":
        how = {"access": access or "veto", "options": options, "outsiders": outsiders, "scenario": scenario}
        title, tables, notes = _union(loaded, _names(union or "", loaded), commodity, how)
    elif question == "leverage":
        when = {"start": start.date() if start else None, "days": days, "scenario": scenario}
        title, tables, notes = _leverage(loaded, chosen, options, {"access": access or "host", **when})
    elif question == "balance":
        title, tables, notes = _balance(loaded, _one(balance or "", loaded), commodity, extra_cost, scenario)
    else:
        how = {
            "access": access or "veto",
            "outsiders": outsiders,
            "scenario": scenario,
            "commodity": commodity,
        }
        title, tables, notes = _shares(loaded, chosen, options, (sample, seed, keep), how)
    if as_json:
        found = {name: table.to_dict("records") for name, table in tables.items()}
        write_json({"title": title, "notes": notes, **found})
        return
    _print(title, _brief(tables), notes)


def _names(text: str, case: Any) -> list[str]:
    """Read a list of actors by id or by name."""
    by_name = {row.name.lower(): key for key, row in case.rows("actors").items()}
    return [by_name.get(part.strip().lower(), part.strip()) for part in text.split(",") if part.strip()]


def _one(text: str, case: Any) -> str:
    """Read one actor by id or by name."""
    from straits.power.games import GameError

    names = _names(text, case)
    if len(names) != 1:
        raise GameError(f"--balance: expected one actor, found {text!r}")
    return names[0]


def _shares(
    case: Any,
    players: list[str],
    options: bool,
    drawn: tuple[int | None, int | None, str | None],
    how: dict[str, Any],
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import Game, GameError, game, shapley
    from straits.power.games import MAX_EXACT
    from straits.power.summary import how_valued, shares_table, shares_text

    sample, seed, keep = drawn
    lazy = sample is not None
    if keep is not None and not lazy:
        raise GameError("--keep holds a sample: it needs --sample")
    if len(players) > MAX_EXACT and not lazy:
        raise GameError(
            f"{len(players)} players: coalitions of more than {MAX_EXACT} are too many to value each; name fewer with "
            "--players, or estimate from a sample with --sample 20 --seed 1"
        )
    games = {"as it is": game(case, players, sample=lazy, **how)}
    if options:
        games["with options"] = game(case, players, options=True, sample=lazy, **how)
    if lazy:
        files = {"as it is": keep, "with options": keep and f"{keep}.options"}
        solved = {name: shapley(g, sample=sample, rng=seed, keep=files[name]) for name, g in games.items()}
        tables = {name: a.table() for name, a in solved.items()}
        return (
            "Shapley values from a sample",
            tables,
            [how_valued(name, g.parameters) for name, g in games.items()],
        )
    exact = {name: g for name, g in games.items() if isinstance(g, Game)}
    return "Shares of what all reach together", {"shares": shares_table(exact)}, shares_text(exact)


def _union(
    case: Any, members: list[str], commodity: str | None, how: dict[str, Any]
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import union
    from straits.power.summary import how_valued, union_text

    found = union(case, members, commodity=commodity, **how)
    title = f"Union of {', '.join(members)}" + (f" for {commodity}" if commodity else "")
    return (
        title,
        {"members": found.members, "pairs": found.pairs},
        [*union_text(found), how_valued("union", found.game.parameters)],
    )


def _leverage(
    case: Any, players: list[str], options: bool, how: dict[str, Any]
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import leverage, with_each_option
    from straits.power.summary import leverage_text

    found = leverage(case, players, **how)
    tables = {"leverage": found.table, "exports": found.exports, "items": found.items, "assets": found.assets}
    if options:
        tables["options"] = with_each_option(case, players, list(case.rows("options")), **how)
    title = f"What the target loses when the actor withholds, million {case.settings.currency}"
    return title, tables, leverage_text(found)


def _brief(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Choose what a terminal has room for: rows that say something, and not all columns; --json gives all."""
    if "shares" in tables and "network" in tables["shares"]:
        narrow = tables["shares"].drop(columns=["gately", "disrupts"])
        parts = {str(name): part for name, part in narrow.groupby("network", sort=False)}
        return {
            name: part.drop(columns="network").rename(columns={"player": name})
            for name, part in parts.items()
        }
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
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import GameError, balance
    from straits.power.summary import balance_text

    if commodity is None:
        raise GameError(f"--balance needs --commodity, one of {', '.join(case.rows('commodities'))}")
    found = balance(case, origin, commodity, extra_cost=extra_cost, scenario=scenario)
    return (
        f"Balance of {origin}'s exports of {commodity}",
        {"indices": found.indices, "shares": found.table},
        balance_text(found),
    )


def _print(title: str, tables: dict[str, pd.DataFrame], notes: list[str]) -> None:
    out.print(title, style="bold", markup=False)
    for frame in tables.values():
        print_table(frame, "")
    for note in notes:
        say(note)
