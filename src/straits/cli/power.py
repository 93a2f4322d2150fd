"""`straits power shares|leverage|balance|union CASE`: who has power over whom."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from straits.cli.poweranswers import (
    Answer,
    balance_of,
    brief,
    leverage_of,
    names_of,
    one_of,
    shares_of,
    union_of,
)
from straits.cli.shared import console
from straits.cli.shared.answers import write_result
from straits.cli.shared.console import Bar, print_table, say, shown, write_json
from straits.cli.shared.groups import FORMER, WithFormer
from straits.cli.shared.options import (
    AsJson,
    CaseName,
    Commodity,
    Known,
    Out,
    Refine,
    Scenario,
    StoreFolder,
    Workers,
)

power_app = typer.Typer(
    cls=WithFormer,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Who has power over whom: coalitions, leverage, balance.",
)

Players = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,…",
        help="Actors by id or name; default: those of the case's focus, else all states that may close something.",
    ),
]
Rights = Annotated[
    str,
    typer.Option(
        "--access",
        help="Which rights hold. veto: all; host: but those of owners against the state on whose territory it lies; "
        "regulated: links and stores are open to all at their cost.",
    ),
]
Options = Annotated[bool, typer.Option(help="Also with what table options lists, built where it pays.")]
Outsiders = Annotated[
    str, typer.Option(help="absent, or baseline: outsiders go on as when all act together.")
]
Sample = Annotated[int | None, typer.Option(help="Replicates of a sample, for more than 20 players.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the sample.")]
Start = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the withholding.")
]
Days = Annotated[float | None, typer.Option(help="How long it lasts; default: to the end of the case.")]
ExtraCost = Annotated[float, typer.Option(help="What spreading exports may cost, million currency.")]


@power_app.command()
@shown
def shares(
    case: CaseName,
    players: Players = None,
    access: Rights = "veto",
    options: Options = False,
    outsiders: Outsiders = "absent",
    scenario: Scenario = None,
    commodity: Commodity = None,
    sample: Sample = None,
    seed: Seed = None,
    workers: Workers = 1,
    store: StoreFolder = None,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Divide what all players reach together: Shapley, Banzhaf, prenucleolus, Gately, and whether a division is stable."""
    import straits

    _check_sample({"sample": sample, "seed": seed, "store": store, "outsiders": outsiders})
    loaded = straits.load_case(case)
    how = {"access": access, "outsiders": outsiders, "scenario": scenario, "commodity": commodity}
    chosen = _players(players, loaded)
    with Bar("parts") as progress:
        work = {"workers": workers, "progress": progress}
        answer = shares_of(loaded, chosen, options, (sample, seed, store), how, work)
    _give(answer, folder, as_json)


@power_app.command()
@shown
def leverage(
    case: CaseName,
    players: Players = None,
    access: Rights = "host",
    options: Annotated[bool, typer.Option(help="Also with each of table options by itself.")] = False,
    start: Start = None,
    days: Days = None,
    scenario: Scenario = None,
    foresight: Known = None,
    refine: Refine = True,
    from_players_only: Annotated[
        bool,
        typer.Option(
            "--from-players-only", help="Own cargo is withheld from the other players, not from all."
        ),
    ] = False,
    workers: Workers = 1,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say who loses what when whom withholds, and what it costs who does."""
    import straits

    loaded = straits.load_case(case)
    when: dict[str, Any] = {"start": start.date() if start else None, "days": days, "refine": refine}
    when["foresight"] = foresight
    how = {"access": access, "scenario": scenario, "from_players_only": from_players_only, **when}
    chosen = _players(players, loaded)
    with Bar("parts") as progress:
        answer = leverage_of(loaded, chosen, options, how | {"workers": workers, "progress": progress})
    _give(answer, folder, as_json)


@power_app.command()
@shown
def balance(
    case: CaseName,
    actor: Annotated[
        str | None, typer.Option(help="Whose exports or imports; default: that of the case's focus.")
    ] = None,
    commodity: Annotated[str | None, typer.Option(help="Of what; default: that of the case's focus.")] = None,
    extra_cost: ExtraCost = 0.0,
    options: Annotated[bool, typer.Option(help="With all of table options built.")] = False,
    imports: Annotated[
        bool,
        typer.Option(
            "--imports",
            help="What is bought abroad; the default where the focus is on imports.",
        ),
    ] = False,
    scenario: Scenario = None,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say how concentrated exports or imports are, by partner, port, territory and route, and how little they could be."""
    import straits
    from straits.engine.side import on_imports
    from straits.power import GameError

    loaded = straits.load_case(case)
    focus = loaded.settings.focus
    if actor is None and on_imports(loaded):
        imports = True
    who, what = actor or (focus and focus.actor), commodity or (focus and focus.commodity)
    if not who or not what:
        raise GameError("balance needs --actor and --commodity: the case names no focus")
    _give(
        balance_of(loaded, one_of(who, loaded, "--actor"), what, extra_cost, scenario, options, imports),
        folder,
        as_json,
    )


@power_app.command()
@shown
def union(
    case: CaseName,
    members: Annotated[
        str, typer.Option(metavar="A,B,…", help="Actors by id or name, at least two, or an alliance.")
    ],
    access: Rights = "veto",
    options: Options = False,
    outsiders: Outsiders = "absent",
    scenario: Scenario = None,
    commodity: Commodity = None,
    apart: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,…", help="Origins whose cargo is left out once, to tell what of it is transit."
        ),
    ] = None,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Value a union of actors: what it reaches, whether it holds, and what would hold it together."""
    import straits

    loaded = straits.load_case(case)
    how: dict[str, Any] = {"access": access, "options": options, "outsiders": outsiders, "scenario": scenario}
    how["apart"] = names_of(apart, loaded, "--apart") if apart else ()
    _give(union_of(loaded, names_of(members, loaded, "--members"), commodity, how), folder, as_json)


def _players(given: str | None, case: Any) -> list[str]:
    from straits.power import default_players

    return default_players(case) if given is None else names_of(given, case, "--players")


def _give(answer: Answer, folder: Path | None, as_json: bool) -> None:
    """Write the tables of an answer, and print it, or its JSON."""
    write_result(answer.result(), folder)
    if as_json:
        found = {name: table.to_dict("records") for name, table in answer.tables.items()}
        write_json({"title": answer.title, "notes": answer.notes, "parameters": answer.parameters, **found})
        return
    console.out.print(answer.title, style="bold", markup=False)
    for frame in brief(answer.tables).values():
        print_table(frame, "")
    for note in answer.notes:
        say(note)


#: Which options each question heeds, beside those of all.
_HEEDED = {
    "shares": {"players", "access", "options", "outsiders", "commodity", "sample", "seed", "store"},
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
    _check_sample(given)
    return question


def _check_sample(given: dict[str, Any]) -> None:
    """Refuse options of a sample without one, and a sample that could not be repeated."""
    from straits.power.games.game import GameError

    asked = {name for name in ("sample", "seed", "store") if given.get(name) is not None}
    if "seed" in asked and "sample" not in asked:
        raise GameError("--seed is of a sample: it needs --sample")
    if "store" in asked and "sample" not in asked and given.get("outsiders") != "baseline":
        raise GameError("--store needs --sample or --outsiders baseline: all else takes seconds")
    if "sample" in asked and "seed" not in asked:
        raise GameError("--sample needs --seed, so that it can be repeated")


@power_app.command(FORMER, hidden=True)
@shown
def former(
    context: typer.Context,
    case: CaseName,
    players: Players = None,
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
    store: StoreFolder = None,
    folder: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say who has power over whom in a case: shares, or another question by --union, --leverage or --balance."""
    import straits

    sources = {name: context.get_parameter_source(name) for name in context.params}
    typed = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    question = _question({name: context.params[name] for name in typed})
    loaded = straits.load_case(case)
    chosen = _players(players, loaded)
    if question == "union":
        how = {"access": access or "veto", "options": options, "outsiders": outsiders, "scenario": scenario}
        answer = union_of(loaded, names_of(union or "", loaded, "--union"), commodity, how)
    elif question == "leverage":
        when = {"start": start.date() if start else None, "days": days, "scenario": scenario}
        answer = leverage_of(loaded, chosen, options, {"access": access or "host", **when})
    elif question == "balance":
        answer = balance_of(loaded, one_of(balance or "", loaded), commodity, extra_cost, scenario)
    else:
        how = {
            "access": access or "veto",
            "outsiders": outsiders,
            "scenario": scenario,
            "commodity": commodity,
        }
        answer = shares_of(loaded, chosen, options, (sample, seed, store), how)
    _give(answer, folder, as_json)
