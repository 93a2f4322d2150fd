"""`straits threat`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.shared.answers import leave
from straits.cli.shared.console import Bar, print_table, say, shown
from straits.cli.shared.options import AsJson, CaseName, Out, Top

if TYPE_CHECKING:
    import pandas as pd

    from straits.case import Case
    from straits.threat import Threatened


@shown
def threat(
    case: CaseName,
    which: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A threat of the case; without one they are listed.")
    ] = None,
    demand: Annotated[
        float | None, typer.Option(help="What is asked in each step, million; default: the threat's.")
    ] = None,
    retreat_cost: Annotated[
        float | None, typer.Option(help="What backing down costs the sender, million; default: the threat's.")
    ] = None,
    packages: Annotated[
        str | None,
        typer.Option(metavar="A,B,…", help="Packages that can be started; default: all of the threat's."),
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Number of steps; default: the threat's.")] = None,
    decay: Annotated[bool, typer.Option("--decay", help="Also leverage and own cost step by step.")] = False,
    gambit: Annotated[
        Path | None,
        typer.Option(help="Write one round for Gambit: FILE.efg as a tree, FILE.nfg as a matrix."),
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 20,
) -> None:
    """Ask what a threat could take, at what own cost, whether it is credible, and what follows if all know it."""
    import straits
    from straits.errors import StraitsError

    loaded = straits.load_case(case)
    if which is None:
        asked = {"--demand": demand, "--retreat-cost": retreat_cost, "--packages": packages, "--horizon": horizon,
                 "--decay": decay or None, "--gambit": gambit, "--out": out, "--json": as_json or None}  # fmt: skip
        if idle := [name for name, value in asked.items() if value is not None]:
            raise StraitsError(f"{', '.join(idle)}: needs the ID of a threat; {_known(loaded)}")
        _list(loaded)
        return
    if gambit is not None and gambit.suffix not in (".efg", ".nfg"):
        raise StraitsError(f"--gambit {gambit}: expected a name that ends in .efg or .nfg")
    chosen = None if packages is None else [p.strip() for p in packages.split(",") if p.strip()]
    with Bar("states of the network") as progress:
        found = straits.threat.threat(
            loaded, which, demand=demand, retreat_cost=retreat_cost, packages=chosen, horizon=horizon, progress=progress
        )  # fmt: skip
    if gambit is not None:
        from straits.files import write_file

        write_file(gambit, (found.efg() if gambit.suffix == ".efg" else found.nfg()).encode())
    if not leave(found, out, as_json):
        _show(found, decay, top)


def _known(case: Case) -> str:
    if not case.threats:
        return f"case {case.settings.id} has no threats; they are files of the folder threats/"
    return f"case {case.settings.id} has {', '.join(case.threats)}"


def _list(case: Case) -> None:
    import pandas as pd

    if not case.threats:
        say(_known(case))
    rows = [(t.id, t.title, t.sender, t.target, t.start, t.days) for t in case.threats.values()]
    print_table(pd.DataFrame(rows, columns=["id", "title", "sender", "target", "start", "days"]), "")


def _show(found: Threatened, decay: bool, top: int) -> None:
    money = f"million {found.parameters['currency']}"
    for sentence in found.sentences:
        say(sentence)
    now = found.verdicts.query("step == 0 and package == ''").drop(columns=["package", "step"])
    print_table(now, f"Verdicts now, {money}: above 0 is yes")
    print_table(found.play, f"What would happen wherever in their intervals the numbers lie, {money}")
    print_table(found.thresholds, f"When it is credible, and what can be asked, {money}", top)
    print_table(found.demands, f"Grab or milk, {money}")
    for name in ("beliefs", "guarantees", "secondary"):
        if name in found.tables:
            print_table(found.tables[name].dropna(axis=1, how="all"), found.tables[name].attrs["title"], top)
    print_table(found.bargain.dropna(axis=1, how="all"), f"Bargain under threat, for one step, {money}")
    if decay:
        print_table(_changes(found.decay), f"Leverage by step, where it changes, {money}", top)
    print_table(found.assumptions.drop(columns="key"), "What the answer takes for granted", top)


def _changes(decay: pd.DataFrame) -> pd.DataFrame:
    """Keep the steps in which something changes."""
    last = decay.groupby("package")["built"].shift()
    columns = ["package", "step", "day", "loss_least", "loss", "loss_most", "own_cost", "ratio", "joint_loss"]
    return decay.loc[decay["built"] != last, columns]
