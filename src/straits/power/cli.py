"""`straits power CASE`: coalition values, shares, leverage, balance and unions on the command line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.console import AsJson, out, print_table, say, shown, write_json

if TYPE_CHECKING:
    import pandas as pd

power_app = typer.Typer(
    pretty_exceptions_enable=False, help="Who has power over whom: coalitions, leverage, balance."
)

List = Annotated[str | None, typer.Option(metavar="A,B,…")]


def default_players(case: Any) -> list[str]:
    """Return the states that may close something in a case, in the order of table actors."""
    from straits.model import compile_case
    from straits.power.rights import rights_of, spokesmen

    states = [key for key, row in case.rows("actors").items() if row.kind == "state"]
    network = compile_case(case).network
    held = 0
    for right in rights_of(network, spokesmen(case, states), len(states)):
        held |= right.holders
    return [s for i, s in enumerate(states) if held >> i & 1]


# A group without commands, so that it can be mounted as `power`; options may follow the case.
@power_app.callback(invoke_without_command=True, context_settings={"allow_interspersed_args": True})
@shown
def power(
    case: Annotated[str, typer.Argument(help="A bundled case, a folder, or an .xlsx workbook.")],
    players: Annotated[
        str | None,
        typer.Option(metavar="A,B,…", help="Actors; default: all states that may close something."),
    ] = None,
    access: Annotated[
        str, typer.Option(help="veto, or regulated: links and stores are open to all at their cost.")
    ] = "veto",
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
    as_json: AsJson = False,
) -> None:
    """Say who has power over whom in a case."""
    import straits

    loaded = straits.load_case(case)
    chosen = _names(players, loaded) if players else default_players(loaded)
    if union:
        title, tables, notes = _union(loaded, _names(union, loaded), commodity, access, outsiders, scenario)
    elif leverage:
        title, tables, notes = _leverage(
            loaded, chosen, start.date() if start else None, days, scenario, options
        )
    elif balance:
        title, tables, notes = _balance(loaded, _names(balance, loaded)[0], commodity, extra_cost, scenario)
    else:
        how = {"access": access, "outsiders": outsiders, "scenario": scenario, "commodity": commodity}
        title, tables, notes = _shares(loaded, chosen, options, sample, seed, how)
    if as_json:
        found = {name: table.to_dict("records") for name, table in tables.items()}
        write_json({"title": title, "notes": notes, **found})
        return
    _print(title, tables, notes)


def _names(text: str, case: Any) -> list[str]:
    """Read a list of actors by id or by name."""
    by_name = {row.name.lower(): key for key, row in case.rows("actors").items()}
    return [by_name.get(part.strip().lower(), part.strip()) for part in text.split(",") if part.strip()]


def _shares(
    case: Any, players: list[str], options: bool, sample: int | None, seed: int | None, how: dict[str, Any]
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import Game, game, shapley
    from straits.power.summary import shares_table, shares_text

    lazy = sample is not None
    games = {"as it is": game(case, players, sample=lazy, **how)}
    if options:
        games["with options"] = game(case, players, options=True, sample=lazy, **how)
    if lazy:
        solved = {name: shapley(g, sample=sample, rng=seed) for name, g in games.items()}
        tables = {name: a.table() for name, a in solved.items()}
        return "Shapley values from a sample", tables, [f"{g.parameters}" for g in games.values()]
    exact = {name: g for name, g in games.items() if isinstance(g, Game)}
    return "Shares of what all reach together", {"shares": shares_table(exact)}, shares_text(exact)


def _union(
    case: Any, members: list[str], commodity: str | None, access: str, outsiders: str, scenario: str | None
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import union
    from straits.power.summary import union_text

    found = union(case, members, commodity=commodity, access=access, outsiders=outsiders, scenario=scenario)
    title = f"Union of {', '.join(members)}" + (f" for {commodity}" if commodity else "")
    return title, {"members": found.members, "pairs": found.pairs}, union_text(found)


def _leverage(
    case: Any,
    players: list[str],
    start: dt.date | None,
    days: float | None,
    scenario: str | None,
    options: bool,
) -> tuple[str, dict[str, pd.DataFrame], list[str]]:
    from straits.power import leverage
    from straits.power.summary import leverage_text

    found = leverage(case, players, start=start, days=days, scenario=scenario)
    told = found.table[(found.table["loss"] != 0) | (found.table["own_cost"] != 0)]
    lost = found.exports[(found.exports[["amount_lost", "revenue_lost"]].abs() > 1e-6).any(axis=1)]
    title = f"What the target loses when the actor withholds, million {case.settings.currency}"
    tables = {"leverage": told, "exports": lost}
    if options:
        from straits.power import with_each_option

        each = with_each_option(
            case, players, list(case.rows("options")), start=start, days=days, scenario=scenario
        )
        tables["options"] = each[each.iloc[:, 2:].abs().max(axis=1) > 0]
    return title, tables, leverage_text(found)


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
