"""`straits routes`: the best ways between two places."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from straits.cli.shared.answers import leave
from straits.cli.shared.console import print_table, say, shown
from straits.cli.shared.options import AsJson, CaseName, Out, Scenario


@shown
def routes(
    case: CaseName,
    start: Annotated[
        str, typer.Option("--from", help="Place by id or name, supply, or state: where it begins.")
    ],
    end: Annotated[str, typer.Option("--to", help="Place by id or name, market, or state: where it ends.")],
    commodity: Annotated[str, typer.Option(help="What moves.")],
    by: Annotated[
        str, typer.Option(help="What is least: paid (cost and tariff), cost, tariff or days.")
    ] = "paid",
    count: Annotated[int, typer.Option("--best", min=1, help="How many routes at most.")] = 5,
    origin: Annotated[str | None, typer.Option(help="Origin of the cargo; default: any.")] = None,
    scenario: Scenario = None,
    on: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which it is sent: what is closed then is left out."),
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List the best routes between two places: time, cost, tariff, and the share of each state."""
    import straits

    found = straits.routes(
        straits.load_case(case), start, end, commodity, by=by, count=count, origin=origin, scenario=scenario,
        on=on.date() if on else None,
    )  # fmt: skip
    if leave(found, out, as_json):
        return
    money = found.parameters["unit"]
    table = found.table
    print_table(
        table[["route", "ways", "places", "days", "cost", "tariff", "paid"]].assign(
            places=table["places"].str.replace(" > ", ", ")
        ),
        f"Routes of {commodity} from {start} to {end}, the best by {by} first; {money}",
    )
    states = found.tables["states"]
    states = states[states["days"] > 0].pivot_table(
        index="state", columns="route", values="days", fill_value=0.0, sort=False
    )
    print_table(states.reset_index(), "Days in each state, by route")
    for told in found.sentences:
        say(told)
