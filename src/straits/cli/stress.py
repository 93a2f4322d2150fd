"""`straits solve` and `straits stress`: one plan, and what scenarios cost beside the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.shared import console
from straits.cli.shared.console import (
    Spinner,
    cell,
    end_in_part,
    print_table,
    print_totals,
    say,
    shown,
    write_json,
)
from straits.cli.shared.loading import case_with
from straits.cli.shared.options import AsJson, CaseName, Foresight, Refine, Scenario, SetCells, Tariffs
from straits.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from straits.stress import Comparison

#: What is said above a table of stranded cargo.
STRANDED = "Stranded: sent before it was known that nothing leads on"
#: Columns of what `straits solve` prints.
FLOWS = ("corridor", "commodity", "origin", "unit", "amount")
ACCOUNTS = ("actor", "amount")


def print_circles(circles: pd.DataFrame) -> None:
    """Print what would have gone round, and what still does."""
    for left, told in (
        (False, "Would go round for nothing; the plan is another, in which it does not"),
        (True, "Goes round for nothing, and is counted; no plan without was found"),
    ):
        print_table(circles[circles["left"].astype(bool) == left].drop(columns="left"), told)


@shown
def solve(
    case: CaseName,
    scenario: Scenario = None,
    foresight: Foresight = None,
    tariffs: Tariffs = None,
    ranges: Annotated[
        bool,
        typer.Option("--ranges", help="What equally good plans or prices leave open, from least to most."),
    ] = False,
    cells: SetCells = None,
    refine: Refine = True,
    as_json: AsJson = False,
) -> None:
    """Solve one scenario and print its value, corridors and accounts."""
    import straits
    from straits.model.accounts import account_totals

    solution = straits.solve(
        case_with(case, cells), scenario, foresight=foresight, tariffs=tariffs, refine=refine
    )
    found = straits.ranges(solution) if ranges else None
    flows, accounts = solution.corridor_totals(), account_totals(solution)
    currency = solution.case.settings.currency
    if as_json:
        write_json(
            {
                "objective_million": solution.objective,
                "opening_worth_million": solution.opening_worth,
                "closing_worth_million": solution.closing_worth,
                "currency": currency,
                "corridors": [dict(zip(FLOWS, row, strict=True)) for row in flows],
                "accounts_million": [dict(zip(ACCOUNTS, row, strict=True)) for row in accounts],
                "unmet": solution.unmet.to_dict("records"),
                "stranded": solution.stranded_by_place.to_dict("records"),
                "circles": solution.circles.to_dict("records"),
                "warnings": solution.warnings,
                **({} if found is None else {"ranges": found.to_dict("records")}),
                "provenance": solution.provenance,
            }
        )
        return
    told = f"{solution.scenario_id}: joint value {solution.objective:,.1f} million {currency}"
    if solution.opening_worth >= 0.05:
        told += f", {solution.opening_worth:,.1f} of it on its way or in store at the start"
    if abs(solution.closing_worth) >= 0.05:
        told += f", {solution.closing_worth:,.1f} at the end"
    console.out.print(told, highlight=False)
    print_totals(FLOWS, flows, "Flow by corridor")
    print_totals(ACCOUNTS, accounts, f"Accounts, million {currency}")
    # The tables below need pandas, which is imported only where they have rows.
    if solution.occurs(solution.formulation.unmet):
        print_table(solution.unmet, "Promised and not delivered")
    if solution.occurs(solution.formulation.stranded):
        print_table(solution.stranded_by_place, STRANDED)
    if solution.provenance.get("circles"):
        print_circles(solution.circles)
    warn({"baseline": solution.warnings})
    if found is not None:
        count = int(found["open"].sum())
        told = f"{count} of {len(found)} numbers are open: the same joint value from least to most"
        print_table(found[found["open"]].drop(columns="open"), told)
        if not count:
            console.out.print(
                f"All {len(found)} numbers are the same in every plan as good.", highlight=False
            )


def print_imports(found: Comparison, beside: str, *, everything: bool) -> None:
    """Print what the state of the focus uses and brings in, or every state."""
    from straits.case.ownership import state_of

    table, focus, currency = found.imports, found.case.settings.focus, found.case.settings.currency
    columns = [
        "used",
        "lost",
        "lost_share",
        "unmet",
        "brought",
        "drawn",
        "days_to_loss",
        "cover_days",
        "price_rise",
    ]
    of = ""
    if focus and not everything:
        state = state_of(found.case, focus.actor)
        table, of = table[table["state"] == state], f" of {state}"
    named = (
        ["scenario", "state", "commodity", "unit"]
        if everything or not focus
        else ["scenario", "commodity", "unit"]
    )
    print_table(
        table[[*named, *columns]],
        f"What is used{of} beside {beside}: lost, promised and not met, brought in, drawn from stores and what was on its way; "
        f"least cover in days; price in {currency} per t, 1000 m3, MWh or unit",
    )
    from straits.wording import as_amount

    cost = {name: found.value_lost(name) for name in found.solutions}
    told = "; ".join(f"{name} {as_amount(value)}" for name, value in cost.items())
    say(f"Joint value of everybody that is lost, million {currency}: {told}.")


def print_deliveries(found: Comparison, beside: str, goods: list[str] | None = None) -> None:
    """Print what every scenario delivers and costs, of all goods or of some, where nothing that could be lost is exported."""
    currency, table = found.case.settings.currency, found.deliveries
    table = table if goods is None else table[table["commodity"].isin(goods)]
    print_table(table, f"Sales by commodity beside {beside}; money in million {currency}")


def print_built(found: Comparison) -> None:
    """Print what options bring and cost by the year, and from when they work."""
    table = found.built.drop(columns=["gain", "cost", "net", "at_start", "at_end"])
    told = f"Options built: years at work within the case, million {found.case.settings.currency} a year"
    print_table(table, told)
    for name in found.without:
        for text in found.told_of_options(name):
            say(text)


def print_both(found: Comparison, everything: bool) -> None:
    """Print the answers that would be others in the steps of the case, or if all had known what is a surprise."""
    focus, step = found.case.settings.focus, found.case.settings.time.step
    for both, told in (
        (found.steps, f"In steps of a {step} (coarse) and in steps that fit the scenario (fine)"),
        (found.foresights, "If all had known it from the start (known) and as a surprise"),
    ):
        both = both[both["differs"].astype(bool)].drop(columns="differs")
        if focus and not everything:
            asked = ["", focus.actor, focus.commodity, f"{focus.commodity} of {focus.actor}"]
            both = both[both["of"].isin(asked)]
        print_table(both.rename(columns={"of": "whose"}), told)


@shown
def stress(
    case: CaseName,
    scenarios: Annotated[list[str] | None, typer.Argument(help="Scenarios; default: all.")] = None,
    foresight: Foresight = None,
    tariffs: Tariffs = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All cargoes, and gains and losses by state.")
    ] = False,
    ranges: Annotated[
        bool, typer.Option("--ranges", help="How far changes of accounts could be others at prices as good.")
    ] = False,
    cells: SetCells = None,
    refine: Refine = True,
    as_json: AsJson = False,
) -> None:
    """Compare scenarios with the baseline."""
    from straits.model.assets import UNTRACKED
    from straits.stress import stress as compare

    with Spinner("solving") as step:
        found = compare(
            case_with(case, cells), scenarios or None, foresight=foresight, tariffs=tariffs, refine=refine,
            progress=step,
        )  # fmt: skip
    if not found.solutions and not found.failed:
        why = "baseline is what the others are compared with" if scenarios else "scenarios/ID.yaml is one"
        raise ModelError(f"case {found.case.settings.id} was asked for no scenario to compare: {why}")
    if as_json:
        write_json(
            {
                "summary": found.summary.to_dict("records"),
                "direction": found.direction,
                "deliveries": found.deliveries.to_dict("records"),
                "imports": found.imports.to_dict("records"),
                "states": found.states.to_dict("records"),
                **({"state_ranges": _ranges(found).to_dict("records")} if ranges else {}),
                "parties": found.parties.to_dict("records"),
                "value_parts": found.value_parts.to_dict("records"),
                "exposures": found.exposures.to_dict("records"),
                "built": found.built.to_dict("records"),
                "stranded": found.stranded.to_dict("records"),
                "circles": found.circles.to_dict("records"),
                "steps": found.steps.to_dict("records"),
                "foresights": found.foresights.to_dict("records"),
                "failed": found.failed,
                "warnings": found.warnings,
            }
        )
        end_in_part(found.failed)
        return
    if not found.solutions:
        end_in_part(found.failed)
    table, focus = found.summary, found.case.settings.focus
    # Of goods whose origin is not tracked nobody knows what is sold abroad: they are told as sales.
    untracked = list(dict.fromkeys(table.loc[table["origin"] == UNTRACKED, "commodity"]))
    table = table[table["origin"] != UNTRACKED]
    if focus and not everything:
        table = table[(table["commodity"] == focus.commodity) & (table["origin"] == focus.actor)]
    # Named where it is not the baseline for all: two losses against two references do not add up or compare.
    named = ["compared_with"] if (table["compared_with"] != "baseline").any() else []
    columns = [
        "scenario",
        *named,
        "exports",
        "lost_exports",
        "lost_share",
        "days_to_loss",
        "days_to_recovery",
        "value_lost",
    ]
    wide = ["scenario", "compared_with", "commodity", "origin", "unit", *columns[1 + len(named) :]]
    of = f" of {focus.commodity} from {focus.actor}" if focus and not everything else ""
    units = ", ".join(sorted(set(table["unit"])))
    currency = found.case.settings.currency
    beside = "what each is compared with" if named else "the baseline"
    by_imports = found.direction in ("imports", "balance")
    if by_imports or everything:
        print_imports(found, beside, everything=everything)
    if found.direction == "imports" and not everything:
        pass
    elif len(table):
        if (table["days_to_recovery"] == float("inf")).any():
            table = table.assign(days_to_recovery=[_recovered(days) for days in table["days_to_recovery"]])
        print_table(
            table[wide if everything else columns],
            f"Exports{of} beside {beside}, {units}; value in million {currency}",
        )
    else:
        print_deliveries(found, f"{beside}: there are no exports{of} in any scenario")
    if untracked and len(table) and (everything or not focus):
        print_deliveries(found, f"{beside}, of any origin, which is not tracked", untracked)
    for name in found.solutions:
        for told in found.money_moved(name):
            say(told)
    print_built(found)
    print_both(found, everything)
    print_table(found.stranded, STRANDED)
    print_circles(found.circles)
    if ranges:
        _print_ranges(_ranges(found), currency)
    if everything:
        moved = found.states[found.states["change"].abs() >= 0.05]
        apart = moved["kind"] != "state"
        for part, whose in ((moved[~apart], "state"), (moved[apart], "who belongs to no state")):
            if len(part):
                across = part.pivot_table(
                    index="state", columns="scenario", values="change", fill_value=0.0, sort=False
                )
                shown = across.reset_index().rename(columns={"state": "state" if whose == "state" else "who"})
                print_table(shown, f"Gains and losses by {whose}, million {currency}")
        parties = found.parties[found.parties["change"].abs() >= 0.05].pivot_table(
            index=["party", "residence"], columns="scenario", values="change", fill_value=0.0, sort=False
        )
        print_table(
            parties.reset_index(), f"Gains and losses by budget, company and consumer, million {currency}"
        )
        made = found.value_parts[found.value_parts["change"].abs() >= 0.05].pivot_table(
            index="part", columns="scenario", values="change", fill_value=0.0, sort=False
        )
        print_table(made.reset_index(), f"What the joint value that is lost is made of, million {currency}")
        beyond = found.exposures.drop(columns=["net_exports"], errors="ignore")
        print_table(
            beyond, f"What world prices bring those beyond the network, in no account, million {currency}"
        )
    warn(found.warnings)
    end_in_part(found.failed)


def _ranges(found: Comparison) -> pd.DataFrame:
    """Stack the ranges of changes of accounts of all scenarios."""
    import pandas as pd

    columns = ["scenario", "state", "change", "least", "most", "open"]
    parts = [found.state_ranges(name).assign(scenario=name) for name in found.solutions]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def _recovered(days: float) -> str:
    """Write when exports fell no further behind; a report says the same of those that still do when the case ends."""
    return "beyond the period" if days == float("inf") else cell(float(days))


def _print_ranges(table: pd.DataFrame, currency: str) -> None:
    """Print the changes of accounts that are open, and of which scenarios it is not known."""
    wide, unknown = table[table["open"]], sorted(table.loc[table["least"].isna(), "scenario"].unique())
    told = (
        f"Changes of accounts that could be others at prices as good, from least to most, million {currency}"
    )
    print_table(wide.drop(columns="open"), told)
    if unknown:
        say(f"Of {', '.join(unknown)} it is not known how far changes of accounts could be others.")
    elif not len(wide):
        say("No change of an account could be another at prices as good.")


def warn(warnings: Mapping[str, list[str]]) -> None:
    """Print what acts in scenarios and changes nothing."""
    for name, told in warnings.items():
        for warning in told:
            say(f"Warning: scenario {name}: {warning}" if name != "baseline" else f"Warning: {warning}")
