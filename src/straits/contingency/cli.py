"""`straits sweep` and `straits ensemble`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.console import Bar, err, print_table, shown, write_tables

CaseName = Annotated[str, typer.Argument(help="A bundled case, a folder, or an .xlsx workbook.")]
Scenario = Annotated[str | None, typer.Option(help="What acts besides; default: nothing.")]
Tariffs = Annotated[str | None, typer.Option(help="paid or internal; default: the case's.")]
Workers = Annotated[int, typer.Option(help="Processes.")]
Executor = Annotated[str, typer.Option(help="local or ray.")]
StoreFolder = Annotated[
    Path | None, typer.Option(help="Folder that keeps answers, so that a stopped run goes on.")
]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the tables as CSV; default: print the head of them.")
]
Top = Annotated[int, typer.Option(help="Rows printed.")]


def sweep(
    case: CaseName,
    k: Annotated[int, typer.Option(help="1 for single failures, 2 for pairs too.")] = 1,
    over: Annotated[
        str,
        typer.Option(
            help="What fails as one: links, places, actors, territories, transit, …, or ids; with commas."
        ),
    ] = "links",
    window: Annotated[
        str | None,
        typer.Option(metavar="2022-07-01:30d", help="When; default: the whole time axis."),
    ] = None,
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    split: Annotated[bool, typer.Option(help="Divide losses into lack of storage and lack of route.")] = True,
    workers: Workers = 1,
    executor: Executor = "local",
    store: StoreFolder = None,
    out: Out = None,
    top: Top = 20,
) -> None:
    """Close every asset, or every pair, over a window, and rank what is lost."""
    with Bar("failures") as progress:
        import straits
        from straits.contingency.failures import sweep as run

        found = run(
            straits.load_case(case), k=k, over=over, window=window, scenario=scenario, tariffs=tariffs, split=split,
            workers=workers, executor=executor, store=store, progress=progress,  # type: ignore[arg-type]
        )  # fmt: skip
    start, end = found.window
    head = ["failure", "loss", "cumulative_share", "lack_of_storage", "lack_of_route", "unmet_cost"]
    table = found.table[[c for c in head if c in found.table.columns]]
    write_tables({"sweep": found.table, "pairs": found.pairs}, out)
    print_table(table, f"Losses, million {found.currency}, closed from {start} to {end}", top)
    if k == 2:
        worse = found.pairs[found.pairs["excess"] > 1e-6]
        print_table(worse, "Double failures that are worse than the sum of their parts", top)
    s = found.stats
    err.print(
        f"{s['variants']} variants: {s['solved']} solved, {s['skipped']} proved without solving, {s['stored']} from the store; "
        f"{s['checked']} solved cold and compared, largest difference {s['largest_difference']:.1e}."
    )


def ensemble(
    case: CaseName,
    draws: Annotated[int, typer.Option(help="Histories in which something happens.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same number gives the same histories.")] = 0,
    measure: Annotated[
        str, typer.Option(help="What is lost: value, exports:COMMODITY:ORIGIN, account:ACTOR, …")
    ] = "value",
    foresight: Annotated[str, typer.Option(help="perfect or surprise.")] = "perfect",
    contributions: Annotated[bool, typer.Option(help="Work out each hazard's part.")] = True,
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    workers: Workers = 1,
    executor: Executor = "local",
    store: StoreFolder = None,
    out: Out = None,
    top: Top = 20,
) -> None:
    """Draw histories of closures from the hazards of a case: expected loss, VaR, CVaR, exceedance."""
    with Bar("histories") as progress:
        import straits
        from straits.contingency.histories import ensemble as run

        found = run(
            straits.load_case(case), draws=draws, rng=seed, measure=measure, foresight=foresight,  # type: ignore[arg-type]
            contributions=contributions, scenario=scenario, tariffs=tariffs, workers=workers,
            executor=executor, store=store, progress=progress,  # type: ignore[arg-type]
        )  # fmt: skip
    names = ("summary", "exceedance", "contributions", "convergence", "histories")
    write_tables({name: getattr(found, name) for name in names}, out)
    print_table(found.summary, f"Loss of {found.measure}, {found.unit}", top)
    if len(found.contributions):
        print_table(found.contributions, "Expected loss that would not arise without a hazard", top)


def mount(app: typer.Typer) -> None:
    """Add the commands of this room."""
    app.command()(shown(sweep))
    app.command()(shown(ensemble))
