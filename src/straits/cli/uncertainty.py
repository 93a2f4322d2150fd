"""`straits uncertainty`: how sure an answer is, and which number matters most."""

from __future__ import annotations

from typing import Annotated

import typer

from straits.cli.shared.answers import leave
from straits.cli.shared.console import Bar, print_table, say, shown
from straits.cli.shared.options import AsJson, CaseName, Commodity, Out, Top, Workers


@shown
def uncertainty(
    case: CaseName,
    scenario: Annotated[
        str | None, typer.Argument(help="Default: that of the focus, or the only one.")
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Points at which all uncertain numbers are drawn together.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same number gives the same draws.")] = 0,
    indices: Annotated[
        int,
        typer.Option(
            min=0,
            help="Points of each sample for Sobol indices, best a power of two; 0: none. Eleven draws a point.",
        ),
    ] = 0,
    spread: Annotated[
        float,
        typer.Option(
            min=0,
            help="Half the width of numbers of low confidence without an interval, as a share; 0: none.",
        ),
    ] = 0.2,
    commodity: Commodity = None,
    workers: Workers = 1,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 15,
) -> None:
    """Draw all uncertain numbers together, solve a scenario for each draw, and tell the range of every main answer."""
    with Bar("draws") as progress:
        import straits
        from straits.stress.varied.uncertain import uncertainty as run

        loaded = straits.load_case(case)
        found = run(
            loaded, scenario, draws=draws, rng=seed, indices=indices, spread=spread, commodity=commodity, workers=workers,
            progress=progress,
        )  # fmt: skip
    if leave(found, out, as_json):
        return
    money = f"million {loaded.settings.currency}"
    columns = ["answer", "unit", "given", "q05", "q50", "q95", "least", "most"]
    plain = ~found.answers["answer"].str.startswith(("account of ", "budget of "))
    print_table(found.answers.loc[plain, columns], "Main answers: as given, and over the draws", top * 2)
    states = found.states[found.states[["given", "low", "high"]].abs().max(axis=1) >= 0.5]
    print_table(
        states, f"Account of each state: over the draws, by what prices leave open, and both, {money}", top
    )
    names = ["name", "column", "value", "unit", "low", "high", "basis", "rank_correlation"]
    names += [name for name in ("first", "total") if name in found.numbers]
    shown_numbers = found.numbers[names].assign(column=found.numbers["column"].str.replace("_", " "))
    print_table(shown_numbers, f"What moves {found.answers['answer'].iloc[0]}", top)
    p = found.parameters
    say(
        f"{p['draws']} draws of {p['numbers_drawn']} numbers, seed {p['rng']}"
        + (f"; {p['failed']} have no answer and are left out" if p["failed"] else "")
        + f". q05 to q95 hold nine of ten draws. Of so many numbers chance alone could bring one to a rank correlation "
        f"of {p['noise']:.2f}."
    )
