"""`straits hedge`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.cli.shared.answers import leave
from straits.cli.shared.console import Bar, number, print_table, say, shown
from straits.cli.shared.options import AsJson, CaseName, Known, Out, Scenario, Tariffs, Top, Window
from straits.errors import ModelError

if TYPE_CHECKING:
    from straits.hedge import Hedge
    from straits.results import Result


@shown
def hedge(
    case: CaseName,
    attacker: Annotated[str | None, typer.Option(help="Who closes, once it sees what was built.")] = None,
    budget: Annotated[float | None, typer.Option(help="How many assets may be closed. Default: 1.")] = None,
    window: Window = None,
    hazards: Annotated[
        bool, typer.Option("--hazards", help="Against what the hazards of the case close at random.")
    ] = False,
    histories: Annotated[
        str | None,
        typer.Option(help="Scenarios with their probability, with commas, instead of drawn histories."),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(help="worst, expected or cvar. Default: worst against an attack, else expected."),
    ] = None,
    level: Annotated[float, typer.Option(help="Of cvar, between 0 and 1.")] = 0.95,
    draws: Annotated[
        int | None, typer.Option(help="Histories drawn. Default: 1000 (for --timing: 200).")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same number draws the same histories.")] = 0,
    options: Annotated[
        str | None, typer.Option(help="What can be built, with commas; default: all options of the case.")
    ] = None,
    spend: Annotated[float | None, typer.Option(help="Most that may be spent in a year, million.")] = None,
    discount_rate: Annotated[float | None, typer.Option(help="Yearly. Default: that of the case.")] = None,
    new_assets: Annotated[
        str, typer.Option(help="exposed, or safe: the attacker cannot close what is newly built.")
    ] = "exposed",
    target: Annotated[
        str | None, typer.Option(help="Whose exports count; default: the value of all.")
    ] = None,
    commodity: Annotated[str | None, typer.Option(help="Which exports count.")] = None,
    over: Annotated[
        str | None,
        typer.Option(
            help="What may be closed: groups or ids; default: what the attacker controls, else links."
        ),
    ] = None,
    foresight: Known = None,
    timing: Annotated[
        bool,
        typer.Option("--timing", help="Build now or wait: a plan over years, for the regimes of the case."),
    ] = False,
    horizon: Annotated[int | None, typer.Option(help="Years of --timing. Default: 10.")] = None,
    near: Annotated[
        float | None,
        typer.Option(help="Also give other portfolios within this share of a step, such as 0.02."),
    ] = None,
    seconds: Annotated[float, typer.Option(help="Time; then what is not proved keeps its bounds.")] = float(
        "inf"
    ),
    scenario: Scenario = None,
    tariffs: Tariffs = None,
    out: Out = None,
    as_json: AsJson = False,
    top: Top = 40,
) -> None:
    """Find which options leave least to lose, for every amount that could be spent, proved."""
    import straits
    from straits.hedge import hedge as search
    from straits.hedge import timing as plan
    from straits.results import described

    loaded = straits.load_case(case)
    asked: dict[str, Any] = {
        "attacker": attacker, "budget": budget, "window": window, "measure": measure, "options": _listed(options),
        "target": target, "commodity": commodity, "assets": over, "scenario": scenario, "tariffs": tariffs,
        "histories": _listed(histories), "draws": draws, "discount_rate": discount_rate, "new_assets": new_assets, "level": level,
        "rng": seed, "foresight": foresight,
    }  # fmt: skip
    asked = {name: value for name, value in asked.items() if value is not None}
    if timing:
        for name, value in (("--spend", spend), ("--near", near), ("--hazards", hazards or None), ("--measure", measure),
                            ("--histories", histories)):  # fmt: skip
            if value is not None:
                raise ModelError(
                    f"{name}: not for --timing, which asks for expected losses over years; leave it out"
                )
        found = plan(loaded, None, 10 if horizon is None else horizon, **asked)
        if not leave(found, out, as_json):
            _print_timing(found, top)
        return
    if horizon is not None:
        raise ModelError("--horizon: for --timing only")
    if near is not None and not near >= 0:
        raise ModelError(f"--near: found {near:g}; accepted: a share, 0 or more, such as 0.02")
    chance = hazards or histories is not None
    attack = any(value is not None for value in (attacker, budget, over)) or not chance
    against = "both" if chance and attack else "hazards" if chance else "attack"
    with Bar("steps") as progress:
        answer = search(loaded, against, spend=spend, seconds=seconds, progress=progress, **asked)
    told = answer
    if near is not None:
        title = f"Other portfolios within {near:.3g} of a step"
        told = answer.with_tables(near=described(answer.near(near), title=title))
    if not leave(told, out, as_json):
        _print_hedge(answer, near, top)


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def _words(text: str) -> str:
    return text.replace("|", ", ") or "nothing"


def _changes(portfolios: Iterable[str]) -> list[str]:
    """Say what each set has that the one before has not, and the other way round."""
    before: list[str] = []
    told = []
    for portfolio in portfolios:
        now = [part for part in portfolio.split("|") if part]
        added = [f"add {', '.join(more)}"] if (more := [p for p in now if p not in before]) else []
        left = [f"leave out {', '.join(less)}"] if (less := [p for p in before if p not in now]) else []
        told.append("; ".join(added + left) or "nothing built")
        before = now
    return told


def _print_hedge(found: Hedge, near: float | None, top: int) -> None:
    """Print the staircase, what each option is worth, and what is nearly as good."""
    table, p = found.frontier, found.parameters
    shown_table = table[["cost"]].assign(
        change=_changes(table["portfolio"]),
        loss=table["loss"],
        **({"loss_known": table["loss_known"]} if "loss_known" in table else {}),
        quiet_gain=table["quiet_gain"],
        saved=table["saved"],
    )
    if table["standard_error"].notna().any():
        shown_table["error"] = table["standard_error"]
    if p["budget"]:
        shown_table["closed"] = [_words(t) for t in table["attack"]]
    shown_table["proved"] = [
        "yes" if proved else f"no; at least {number(least)}"
        for proved, least in zip(table["proved"], table["least_loss"], strict=True)
    ]
    surprise = ", by surprise" if "loss_known" in table else ""
    what = {
        "worst": "worst loss",
        "expected": "expected loss",
        "cvar": f"mean of the worst {1 - (p['level'] or 0):.3g}",
    }
    currency = table.attrs["units"]["cost"]
    print_table(
        shown_table,
        f"What to build for how much ({currency}): {what[p['measure']]} of {p['lost']}{surprise}, {found.unit}",
        top,
    )
    say(
        "change: against the row above (whole sets: --out). Losses are counted from the undisturbed case with nothing built; "
        "quiet_gain, what is earned while nothing happens, is part of what is saved."
    )
    if surprise:
        say("loss_known: the most that the same options lose where all know from the start what is closed.")
    options = found.options
    print_table(
        options[["option", "cost", "alone", "added_last", "steps"]].assign(
            better_with=[t.replace("|", ", ") for t in options["with"]]
        ),
        f"What each option saves, {found.unit}: alone with what it requires, and added last to all others", top,
    )  # fmt: skip
    if near is not None:
        rows = found.near(near)
        print_table(
            rows.assign(step=[_words(t) for t in rows["step"]], portfolio=[_words(t) for t in rows["portfolio"]]),
            f"Other portfolios within {near:.3g} of a step", top,
        )  # fmt: skip
    for sentence in found.sentences:
        say(sentence)
    for warning in p["warnings"]:
        say(f"Warning: {warning}")


def _print_timing(found: Result, top: int) -> None:
    """Print what to start now in each regime, and later."""
    table = found.tables["decisions"]
    print_table(
        table.assign(start=[_words(t) for t in table["start"]]).drop(columns="start_probability"),
        f"What to start now, {table.attrs['units']['waiting']} over {found.parameters['horizon']} years", top,
    )  # fmt: skip
    plan = found.tables["plan"]
    later = plan[plan["start"] != ""]
    print_table(
        later.assign(start=[_words(t) for t in later["start"]], works=[_words(t) for t in later["works"]]),
        "What to start in which year, if the regime stays", top,
    )  # fmt: skip
    for sentence in found.sentences:
        say(sentence)
    for warning in found.parameters["warnings"]:
        say(f"Warning: {warning}")
