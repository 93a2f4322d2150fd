"""`straits sweep` and `straits ensemble`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.cli.shared import console
from straits.cli.shared.answers import leave
from straits.cli.shared.console import Bar, end_in_part, print_table, say, shown
from straits.cli.shared.options import (
    AsJson,
    CaseName,
    Known,
    Out,
    Refine,
    Scenario,
    StoreFolder,
    Tariffs,
    Top,
    Window,
    Workers,
)

if TYPE_CHECKING:
    import pandas as pd

    from straits.contingency import Ensemble, Sweep

#: Warnings printed at most.
_WARNINGS = 5


@shown
def sweep(
    case: CaseName,
    k: Annotated[int, typer.Option(help="1 for single failures, 2 for pairs too.")] = 1,
    over: Annotated[
        str,
        typer.Option(
            help="What fails as one: links, places, supplies, markets, stores, converts (processes), fleets, joints, actors, "
            "territories, transit, or ids; several with commas."
        ),
    ] = "links",
    window: Window = None,
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    access: Annotated[
        str,
        typer.Option(
            help="Which rights of actors hold, where actors fail. veto: all; host: but those of owners where states keep it "
            "running; regulated: links and stores are open to all."
        ),
    ] = "veto",
    split: Annotated[bool, typer.Option(help="Divide losses into lack of storage and lack of route.")] = True,
    foresight: Known = None,
    refine: Refine = True,
    workers: Workers = 1,
    store: StoreFolder = None,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 20,
) -> None:
    """Close every asset, or every pair too, over a window, and rank what is lost; everybody adapts as well as they can."""
    with Bar("failures") as progress:
        import straits
        from straits.contingency.failures import sweep as run

        found = run(
            straits.load_case(case), k=k, over=over, window=window, scenario=scenario, tariffs=tariffs, split=split,
            access=access, foresight=foresight, refine=refine, workers=workers,  # type: ignore[arg-type]
            store=store, progress=progress,
        )  # fmt: skip
    if leave(found, out, as_json):
        end_in_part(found.stats["failed"])
        return
    _print_sweep(found, k, top, _supplies(case))
    for warning in found.warnings[:_WARNINGS]:
        say(f"Warning: {warning}")
    if len(found.warnings) > _WARNINGS:
        say(f"Warning: and {len(found.warnings) - _WARNINGS} others that change nothing.")
    s = found.stats
    console.err.print(
        f"{s['variants']} variants: {s['solved']} solved, {s['skipped']} proved without solving, {s['stored']} from the store"
        f"{_from_store(s)}; "
        f"{s['checked']} solved cold and compared, largest difference {s['largest_difference']:.1e}."
    )
    end_in_part(s["failed"])


def _from_store(stats: dict[str, Any]) -> str:
    """Say how much of a store is believed without being checked."""
    if not stats["stored"]:
        return ""
    return f" ({stats['stored_checked']} of them solved again and the same, {stats['stored_unchecked']} not checked)"


def _supplies(case: str) -> tuple[str, str] | None:
    """Give the good and the state of a focus that may be about what is brought in; None where it is not."""
    import straits
    from straits.case.ownership import state_of

    loaded = straits.load_case(case)
    focus = loaded.settings.focus
    if focus is None or focus.direction in ("exports", "transit"):
        return None
    return focus.commodity, state_of(loaded, focus.actor)


def _of_supplies(found: Sweep, focus: tuple[str, str] | None) -> dict[str, str]:
    """Give the columns of what the state of the focus goes without, and their headings; none where it loses exports instead."""
    if focus is None or f"exports:{focus[0]}:{focus[1]}" in found.table:
        return {}
    names = {f"used:{focus[0]}:{focus[1]}": "used less", f"unmet:{focus[0]}:{focus[1]}": "unmet more"}
    unit = found.table.attrs.get("units", {})
    return {c: f"{name}, {unit.get(c, '')}" for c, name in names.items() if c in found.table}


def _print_sweep(found: Sweep, k: int, top: int, focus: tuple[str, str] | None) -> None:
    """Print the ranking of failures, and of pairs beside what each of them alone costs."""
    import pandas as pd

    from straits.contingency.losses import differing
    from straits.wording import counted

    # Shares are of the failures of as many assets, so among singles and pairs together they would not rise.
    share = [] if k == 2 else ["cumulative_share"]
    both = ["loss_coarse"] if "loss_coarse" in found.table and len(differing(found.table)) else []
    supplied = _of_supplies(found, focus)
    known = ["loss_known"] if "loss_known" in found.table else []
    head = [
        "failure",
        "loss",
        *known,
        *both,
        *supplied,
        *share,
        "lack_of_storage",
        "lack_of_route",
        "unmet_cost",
    ]
    table = found.table[[c for c in head if c in found.table.columns]].assign(
        failure=found.table["failure"].str.replace("+", " + ")
    )
    table = table.rename(columns=supplied)
    money = f"million {found.currency}"
    start, end = found.window
    how = "by surprise" if known else "known to all from the start of the case"
    long = counted((end - start).days, "day")
    print_table(table, f"Joint value lost, {money}, closed from {start} for {long}, {how}", top)
    if known:
        say(
            "loss_known: the same if all had known the closure from the start; it is more where what was sent in ignorance "
            "strands, since nobody sends that knowingly."
        )
    if supplied and focus:
        say(f"Used less, unmet more: {focus[0]} sold and promised in {focus[1]}, over the whole time axis.")
    if both:
        say("loss_coarse: the same in the steps of the case, which are too long for the window.")
    if (table["loss"] < -1e-6).any():
        say(
            "Negative: all together gain. Shippers choose by what they pay, tariffs included, and use it although another "
            "way costs less and only charges more."
        )
    if "lack_of_storage" in table:
        say(
            "Lack of storage: kept if every store, those not built yet included, had no limit. Lack of route: the rest."
        )
    if k == 1:
        return
    single = found.table[found.table["assets"] == 1].set_index("failure")["loss"]
    worse = found.pairs[found.pairs["excess"] > 1e-6]
    beside = pd.DataFrame(
        {
            "pair": worse["first"] + " + " + worse["second"],
            "loss": worse["loss"],
            "first_alone": worse["first"].map(single),
            "second_alone": worse["second"].map(single),
            "beyond_the_sum": worse["excess"],
        }
    )
    print_table(beside, f"Pairs worse than the sum of their parts, {money}", top)
    if not len(beside):
        say("No pair costs more than the sum of its parts.")


@shown
def ensemble(
    case: CaseName,
    draws: Annotated[int, typer.Option(help="Histories in which something happens.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same number gives the same histories.")] = 0,
    measure: Annotated[
        str,
        typer.Option(
            help="What is lost: value, exports:COMMODITY[:ORIGIN], corridor:CORRIDOR:COMMODITY[:ORIGIN], flow:LINK, "
            "sales:MARKET, account:ACTOR or state:STATE."
        ),
    ] = "value",
    foresight: Annotated[
        str, typer.Option(help="perfect, or surprise: each closure becomes known on its day (slower).")
    ] = "perfect",
    contributions: Annotated[bool, typer.Option(help="Work out each hazard's part.")] = True,
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    workers: Workers = 1,
    store: StoreFolder = None,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 20,
) -> None:
    """Draw histories of closures from the hazards of a case: expected loss, VaR, CVaR, exceedance."""
    with Bar("histories") as progress:
        import straits
        from straits.contingency.histories import ensemble as run

        loaded = straits.load_case(case)
        found = run(
            loaded, draws=draws, rng=seed, measure=measure, foresight=foresight,  # type: ignore[arg-type]
            contributions=contributions, scenario=scenario, tariffs=tariffs, workers=workers,
            store=store, progress=progress,
        )  # fmt: skip
    if leave(found, out, as_json):
        end_in_part(found.stats["failed"])
        return
    print_table(found.summary, f"Loss of {found.measure} over the time axis, {found.unit}", top)
    print_table(_chances(found), f"Chance that more is lost, {found.unit}", top)
    rows = loaded.rows("hazards")
    if len(found.contributions):
        known = [rows[name].events_known for name in found.contributions["hazard"]]
        beside = found.contributions.assign(
            events_known=["not said" if n is None else f"{n:g}" for n in known]
        )
        print_table(beside, f"Expected loss that would not arise without a hazard, {found.unit}", top)
    counted = [row.events_known for row in rows.values() if row.events_known is not None]
    on = f"{sum(counted):g} events that happened" if counted else "events that the case does not count"
    say(
        f"{draws:,} histories drawn in which something happens, seed {seed}, {foresight} foresight. Standard errors are those of "
        f"the draws alone; the rates rest on {on}."
    )
    for warning in found.parameters["warnings"]:
        say(f"Warning: {warning}")
    end_in_part(found.stats["failed"])


def _chances(found: Ensemble) -> pd.DataFrame:
    """Read losses off the exceedance curve at round chances, as far as the draws reach."""
    import pandas as pd

    curve = found.exceedance
    rarest = curve.loc[curve["probability"] > 0, "probability"].min()
    rows = [
        (f"{100 * chance:g} %", float(curve.loc[curve["probability"] <= chance, "loss"].iloc[0]))
        for chance in (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001)
        if chance >= rarest
    ]
    return pd.DataFrame(rows, columns=["chance", "loss"])
