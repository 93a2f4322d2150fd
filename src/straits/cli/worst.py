"""`straits worst`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.cli.shared.answers import leave, write_result
from straits.cli.shared.console import Bar, end_in_part, number, print_table, say, shown
from straits.cli.shared.groups import FORMER, WithFormer
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
from straits.errors import ModelError, SolveError
from straits.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from straits.results import Result
    from straits.worst import Worst


worst_app = typer.Typer(
    cls=WithFormer,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The closures that hurt most, what to make safe first, and what stops everything.",
)

Attacker = Annotated[
    str | None,
    typer.Option(help="Who closes: only what it and those who belong to it may, while they may."),
]
Rights = Annotated[
    str | None,
    typer.Option(
        "--access",
        help="Which rights of the attacker hold. veto: all; host: but those of owners where states keep it running; "
        "regulated: links and stores are open to all. Default: host.",
    ),
]
Target = Annotated[str | None, typer.Option(help="Whom to hurt.")]
Budget = Annotated[
    float | None,
    typer.Option(
        help="How many assets (or how much weight) may be closed. Default: 3 (to protect: 2), or all."
    ),
]
Objective = Annotated[
    str | None,
    typer.Option(
        help="What is lost: value, volume (exports), imports, unmet (what is promised and not delivered) or account. "
        "Default: account with a target (volume where accounts cannot be "
        "asked about), else value."
    ),
]
Cargo = Annotated[
    str | None,
    typer.Option(
        "--commodity",
        help="Commodity that volume, imports and unmet count. Default: that of the focus, or the only one.",
    ),
]
Over = Annotated[
    str | None,
    typer.Option(
        help="What may be closed, as for sweep: groups or ids; default: what the attacker controls, else links."
    ),
]
Weight = Annotated[
    list[str] | None, typer.Option(metavar="ASSET=NUMBER", help="Cost of closing an asset; default 1.")
]
Remaining = Annotated[float, typer.Option(help="Share of exports over the whole time axis that may remain.")]
Seconds = Annotated[
    float, typer.Option(help="Time for each number; then the best found is given with its bound.")
]


@worst_app.command()
@shown
def attack(
    case: CaseName,
    attacker: Attacker = None,
    access: Rights = None,
    target: Target = None,
    budget: Budget = None,
    window: Window = None,
    objective: Objective = None,
    commodity: Cargo = None,
    over: Over = None,
    weight: Weight = None,
    seconds: Seconds = float("inf"),
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    foresight: Known = None,
    refine: Refine = True,
    workers: Workers = 1,
    store: StoreFolder = None,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 20,
) -> None:
    """Find the closures that hurt most, for every budget, proved, the best reply allowed."""
    import straits
    from straits.worst import worst as search

    with Bar("parts") as progress:
        found = search(
            straits.load_case(case),
            **_closures(attacker, access, target, window, commodity, over, weight, scenario, foresight, refine),
            budget=budget, objective=objective, tariffs=tariffs, seconds=seconds,
            progress=progress, workers=workers, store=store,
        )  # fmt: skip
    if not leave(found, out, as_json):
        _print_worst(found, attacker, top)


@worst_app.command("protect")
@shown
def protect_(
    case: CaseName,
    protect: Annotated[int, typer.Option(min=0, help="How many assets can be made safe at most.")] = 1,
    attacker: Attacker = None,
    access: Rights = None,
    target: Target = None,
    budget: Budget = None,
    window: Window = None,
    objective: Objective = None,
    commodity: Cargo = None,
    over: Over = None,
    weight: Weight = None,
    seconds: Seconds = float("inf"),
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    foresight: Known = None,
    refine: Refine = True,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Find which assets to make safe first, so that the worst closures that are left take least."""
    import straits
    from straits.worst import protect as search

    with Bar("numbers of safe assets") as progress:
        found = search(
            straits.load_case(case),
            **_closures(attacker, access, target, window, commodity, over, weight, scenario, foresight, refine),
            budget=budget, protect=protect, objective=objective, tariffs=tariffs, seconds=seconds, progress=progress,
        )  # fmt: skip
    if not leave(found, out, as_json):
        _print_protect(found)
        _warn(found)


@worst_app.command("cut-sets")
@shown
def cut_sets_(
    case: CaseName,
    remaining: Remaining = 0.0,
    objective: Annotated[
        str | None,
        typer.Option(
            help="volume (exports) or imports. Default: imports where the focus is on them, else volume."
        ),
    ] = None,
    attacker: Attacker = None,
    access: Rights = None,
    target: Target = None,
    budget: Budget = None,
    window: Window = None,
    commodity: Cargo = None,
    over: Over = None,
    weight: Weight = None,
    scenario: Scenario = None,
    foresight: Known = None,
    refine: Refine = True,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 20,
) -> None:
    """List all smallest sets of closures that stop exports (or imports), or leave no more than a share of them."""
    import straits
    from straits.worst import minimal_cut_sets

    loaded = straits.load_case(case)
    found = minimal_cut_sets(
        loaded,
        **_closures(attacker, access, target, window, commodity, over, weight, scenario, foresight, refine),
        budget=budget, remaining=remaining, objective=objective,  # type: ignore[arg-type]
    )  # fmt: skip
    if not leave(found, out, as_json):
        _print_cut_sets(found, top)
        _warn(found)


@worst_app.command(FORMER, hidden=True)
@shown
def former(
    case: CaseName,
    attacker: Attacker = None,
    access: Rights = None,
    target: Target = None,
    budget: Budget = None,
    window: Window = None,
    objective: Objective = None,
    commodity: Cargo = None,
    over: Over = None,
    weight: Weight = None,
    protect: Annotated[
        int | None,
        typer.Option(help="Also: which assets to make safe first, up to so many. Not for accounts."),
    ] = None,
    cut_sets: Annotated[
        bool, typer.Option(help="Also: all smallest sets of closures that stop exports.")
    ] = False,
    remaining: Remaining = 0.0,
    seconds: Seconds = float("inf"),
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    foresight: Known = None,
    refine: Refine = True,
    out: Out = None,
    top: Top = 20,
) -> None:
    """Answer `worst attack`, and with --protect and --cut-sets the others too, in one go."""
    if (protect is not None or cut_sets) and objective is None:
        # What to make safe is not known for accounts, and tables of two objectives would not speak of the same loss.
        objective = "volume" if target else "value"
    with Bar("parts") as progress:
        import straits
        from straits import worst as room

        loaded = straits.load_case(case)
        common = _closures(
            attacker, access, target, window, commodity, over, weight, scenario, foresight, refine
        )
        found = room.worst(
            loaded, **common, budget=budget, objective=objective, tariffs=tariffs, seconds=seconds,
            progress=progress,
        )  # fmt: skip
        common["budget"] = found.budget  # type: ignore[attr-defined]
        answers: dict[str, Any] = {}
        more: dict[str, Any] = {}
        if protect is not None:
            more["protect"] = lambda: room.protect(
                loaded, **common, protect=protect, objective=objective, tariffs=tariffs, seconds=seconds
            )
        if cut_sets:
            more["cut_sets"] = lambda: room.minimal_cut_sets(loaded, **common, remaining=remaining)
        failed: dict[str, str] = {}
        for name, asked in more.items():
            try:
                answers[name] = asked()
            except SolveError as error:
                failed[name] = str(error)
        write_result(found.with_tables(**{name: answer.table for name, answer in answers.items()}), out)
    _print_worst(found, attacker, top)
    if "protect" in answers:
        _print_protect(answers["protect"])
    if "cut_sets" in answers:
        _print_cut_sets(answers["cut_sets"], top)
    end_in_part(failed)


def _closures(
    attacker: str | None,
    access: str | None,
    target: str | None,
    window: str | None,
    commodity: str | None,
    over: str | None,
    weight: list[str] | None,
    scenario: str | None,
    foresight: str | None,
    refine: bool,
) -> dict[str, Any]:
    """Return the arguments that all questions of this room share."""
    return {
        "attacker": attacker, "access": access, "target": target, "window": window, "commodity": commodity,
        "assets": over, "weights": _weights(weight or []), "scenario": scenario, "foresight": foresight,
        "refine": refine,
    }  # fmt: skip


def _words(attacks: pd.Series) -> pd.Series:
    """Write assets that are joined by `|` with commas, so that a narrow terminal can break between them."""
    return attacks.astype(str).str.replace("|", ", ").replace("", "nothing")


def _proof(proved: bool, bound: float, what: str) -> str:
    """Say whether a result is proved, or how far off the best could be."""
    return (
        "yes" if proved else f"no; {what} {number(bound)}" if math.isfinite(bound) else "no; no bound known"
    )


def _print_worst(found: Worst, attacker: str | None, top: int) -> None:
    """Print the worst attack of each budget, and the others that take as much."""
    curve = found.curve[found.curve["budget"] > 0]
    start, end = found.window
    who = f" by {attacker}" if attacker else ""
    of = f" of {found.target}" if found.target else ""
    unit = f"{found.unit} of {good}" if (good := found.parameters["commodity"]) else found.unit
    shown_curve = curve[["budget"]].assign(
        closed=_words(curve["attack"]),
        loss=curve["loss"],
        **({"loss_known": curve["loss_known"]} if "loss_known" in curve else {}),
        **({"loss_coarse": curve["loss_coarse"]} if "loss_coarse" in curve else {}),
        proved=[_proof(p, b, "at most") for p, b in zip(curve["proved"], curve["largest_loss"], strict=True)],
    )
    count = f"{len(found.assets)} asset{'s' * (len(found.assets) != 1)}"
    if not len(curve):
        say(f"Nothing may be closed with a budget of 0, so that nothing is lost; out of {count}.")
        return
    surprise = " by surprise" if "loss_known" in curve else ""
    title = (
        f"Worst closures{who}{surprise}, out of {count}, closed from {start} for {(end - start).days} days"
    )
    what = f"more{of} unmet" if found.objective == "unmet" else f"{found.parameters['lost']}{of} lost"
    print_table(shown_curve, f"{title}: {what}, {unit}", top)
    if surprise:
        say(
            "loss_known: the most that as many closures take if all know them from the start; they may be others."
        )
    _print_rights(found, curve["attack"], top)
    if found.objective == "account":
        say(f"The account of {found.target}, with those who belong to it, at local prices.")
    shown = set(zip(curve["budget"], curve["attack"], strict=True))
    others = found.ties[
        [
            b > 0 and (b, a) not in shown
            for b, a in zip(found.ties["budget"], found.ties["attack"], strict=True)
        ]
    ]
    print_table(others[["budget"]].assign(closed=_words(others["attack"])), "Others that take as much", top)


def _print_rights(found: Worst, attacks: pd.Series, top: int) -> None:
    """Print by what right each asset that is closed may be, and when, if that is not the whole window."""
    closed = {asset for attack in attacks for asset in str(attack).split("|")}
    rows = found.rights[found.rights["asset"].isin(closed)]
    start, end = (str(day) for day in found.window)
    whole = (rows["start"] == start) & (rows["end"] == end)
    names = ["asset", "right"] if whole.all() else ["asset", "right", "start", "end"]
    print_table(rows[names], f"By what right, access {found.access}", top)
    _warn(found)


def _warn(found: Result) -> None:
    """Print what changes nothing, and what is too short for its steps."""
    for warning in found.parameters["warnings"]:
        say(f"Warning: {warning}")


def _print_cut_sets(found: Result, top: int) -> None:
    """Print what stops exports, or what is left of them whatever is closed."""
    from straits.worst.protection import left_over, trade_words

    cuts, p = found.table, found.parameters
    trade = trade_words(p)
    does = f"stop {trade}" if p["remaining"] == 0 else f"leave at most {p['remaining']:.4g} of {trade}"
    print_table(
        cuts.assign(**{str(c): _words(cuts[c]) for c in cuts if cuts[c].dtype.kind not in "ifb"}),
        f"Smallest sets of closures that {does}; value: what is left of them, {p['unit']}",
        top,
    )
    if len(cuts):
        return
    whole, least, unit = p["whole"], p["least"], p["unit"]
    say(f"No closures of at most {p['budget']:g} together {does}.")
    if least > p["remaining"] * whole:
        share = math.ceil(1000 * least / whole) / 1000 if whole else 0.0
        say(
            f"Even closing all of them leaves {number(least)} of {number(whole)} {unit} on the time axis: {left_over(trade)}. "
            f"--remaining {share:g} or more asks for what stops the rest."
        )


def _print_protect(found: Result) -> None:
    """Print what to make safe, and what the worst attack then takes."""
    table, p = found.table, found.parameters
    shown_table = table[["protect"]].assign(
        made_safe=_words(table["protected"]),
        then_closed=_words(table["attack"]),
        loss=table["loss"],
        proved=[_proof(p, b, "at least") for p, b in zip(table["proved"], table["least_loss"], strict=True)],
    )
    title = f"What to make safe first against {counted(p['budget'], 'closure')}: {p['lost']} still lost, {p['unit']}"
    print_table(shown_table.rename(columns={"protect": "safe_at_most"}), title)


def _weights(texts: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        asset, _, weight = text.partition("=")
        if asset in found:
            raise ModelError(f"--weight names {asset} twice: {found[asset]:g} and {weight}")
        try:
            found[asset] = float(weight)
        except ValueError as error:
            raise ModelError(f"--weight {text}: expected ASSET=NUMBER, such as cpc=2") from error
    return found
