"""`straits worst`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from straits.console import Bar, print_table, shown, write_tables
from straits.errors import ModelError

CaseName = Annotated[str, typer.Argument(help="A bundled case, a folder, or an .xlsx workbook.")]


def worst(
    case: CaseName,
    attacker: Annotated[str | None, typer.Option(help="Who closes: only what it controls.")] = None,
    target: Annotated[str | None, typer.Option(help="Whom to hurt.")] = None,
    budget: Annotated[
        float,
        typer.Option(help="How many assets (or how much weight) may be closed; all less are answered too."),
    ] = 3,
    window: Annotated[
        str | None, typer.Option(metavar="2022-07-01:30d", help="When; default: the whole time axis.")
    ] = None,
    objective: Annotated[
        str | None, typer.Option(help="value, volume or account; default: account with a target, else value.")
    ] = None,
    commodity: Annotated[str | None, typer.Option(help="What volume counts.")] = None,
    over: Annotated[
        str | None,
        typer.Option(
            help="What may be closed: links, places, …, or ids; default: the attacker's, else links."
        ),
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="ASSET=NUMBER", help="Cost of closing an asset; default 1.")
    ] = None,
    protect: Annotated[
        int | None, typer.Option(help="Also: which assets to make safe, up to so many.")
    ] = None,
    cut_sets: Annotated[
        bool, typer.Option(help="Also: all smallest sets of closures that stop exports.")
    ] = False,
    seconds: Annotated[
        float, typer.Option(help="Time for each budget; then the best found is given with its bound.")
    ] = float("inf"),
    scenario: Annotated[str | None, typer.Option(help="What acts besides; default: nothing.")] = None,
    tariffs: Annotated[str | None, typer.Option(help="paid or internal; default: the case's.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables as CSV.")] = None,
) -> None:
    """Find the closures that hurt most, proved, the best reply allowed."""
    tables: dict[str, Any] = {}
    with Bar("budgets") as progress:
        import straits
        from straits import worst as room

        loaded = straits.load_case(case)
        common: dict[str, Any] = {
            "attacker": attacker, "target": target, "budget": budget, "window": window, "commodity": commodity,
            "assets": over, "weights": _weights(weight or []), "scenario": scenario,
        }  # fmt: skip
        found = room.worst(
            loaded, **common, objective=objective, tariffs=tariffs, seconds=seconds,
            progress=lambda done, all_: progress(done, all_, 0.0),
        )  # fmt: skip
        tables |= {"curve": found.curve, "ties": found.ties}
        if protect is not None:
            tables["protect"] = room.protect(
                loaded, **common, protect=protect, objective=objective, tariffs=tariffs, seconds=seconds
            )
        if cut_sets:
            tables["cut_sets"] = room.minimal_cut_sets(loaded, **common)
        write_tables(tables, out)
    columns = ["budget", "attack", "loss", "largest_loss", "proved", "ties"]
    print_table(found.curve[columns], f"Worst attacks on {found.objective}, {found.unit}", 50)
    for name, title in (
        ("protect", "What to make safe first"),
        ("cut_sets", "Smallest sets that stop exports"),
    ):
        if name in tables:
            print_table(tables[name], title, 50)


def _weights(texts: list[str]) -> dict[str, float]:
    found = {}
    for text in texts:
        asset, _, number = text.partition("=")
        try:
            found[asset] = float(number)
        except ValueError as error:
            raise ModelError(f"--weight {text}: expected ASSET=NUMBER, such as cpc=2") from error
    return found


def mount(app: typer.Typer) -> None:
    """Add the command of this room."""
    app.command()(shown(worst))
