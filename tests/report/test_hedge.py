"""The section on what to build: its sentences, its figure and its tables say the same."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

import straits
from straits.case.schema.settings import Change
from straits.hedge import hedge
from straits.report.page import Figure
from straits.report.sections.asked import hedge as section
from straits.report.sections.asked.hedgetables import round_amounts
from straits.report.study.content import Study
from straits.stress import stress


@pytest.fixture(scope="module")
def study() -> Study:
    case = straits.load_case("two-routes")
    made = Study(stress(case), findings=case.check())
    return made.with_part(section.find_building(made))


def test_the_section_says_what_the_table_says(study: Study) -> None:
    """Proves: the paragraph, the figure and its twin speak of the steps of the frontier, with names in place of ids.
    Without it: a minister could quote a number that no table has."""
    part = study.found(section.Building)
    saved = part.found.frontier.assign(loss=lambda f: f["loss"].where(f["cost"] == 0, 0.8 * f["loss"]))
    found = replace(part.found, tables=part.found.tables | {"frontier": saved})
    study = study.with_part(replace(part, found=found))
    shown = section.show(study, None)  # type: ignore[arg-type]
    frontier = study.found(section.Building).found.frontier
    text, figure = shown.blocks[0], shown.blocks[1]
    assert f"{frontier['loss'].iloc[0]:,.0f}" in text and "nothing built" in text
    assert "loss of value to shippers after tariffs would be" in text
    assert "Second berth at the port" in text and "berth" not in text.replace("Second berth at the port", "")
    assert figure.twin.frame["remains"].tolist() == frontier["loss"].tolist()
    assert figure.svg.startswith("<svg") and "add Second berth at the port" in figure.svg
    assert len(section.options_table(study).frame) == 1
    assert "Nobody is told before the first day" in text
    assert f"from the start, {frontier['loss_known'].iloc[0]:,.0f}" in text
    assert figure.twin.frame["remains_if_known"].tolist() == frontier["loss_known"].tolist()


def test_what_earns_more_than_a_closure_takes_leaves_nothing_to_lose(study: Study) -> None:
    """Proves: where the last steps of the frontier leave less than nothing, the cheapest of them is told in words.
    Without it: the section ended in an IndexError, or "-62 million remain"."""
    part = study.found(section.Building)
    gained = part.found.frontier.assign(loss=lambda f: f["loss"].where(f["cost"] == 0, -62.0))
    found = replace(part.found, tables=part.found.tables | {"frontier": gained})
    text = section.show(study.with_part(replace(part, found=found)), None).blocks[0]  # type: ignore[arg-type]
    assert "nothing remains to be lost, with 62 million USD more than undisturbed with nothing built" in text
    assert "-62" not in text and "−62" not in text


def test_what_lowers_nothing_is_not_said_to_help(study: Study) -> None:
    """Proves: where no portfolio lowers the loss by a hundredth, nor saves what it costs, one sentence says so in place of a
    staircase. Without it: "with 50 million a year, the least that remains is 878 million", as much as with nothing built.
    """
    shown = section.show(study, None)  # type: ignore[arg-type]
    assert "The only option does not lower that by a hundredth." in shown.blocks[0]
    assert "a year to spend" not in shown.blocks[0]
    assert shown.blocks[1].startswith(
        "Even if the closure came every year, no portfolio would save more than it costs"
    )
    assert not any(isinstance(block, Figure) for block in shown.blocks)


def test_what_was_not_found_is_not_said_not_to_be(study: Study) -> None:
    """Proves: where the search was stopped before its proof, that nothing helps is told with what could remain, and as what was
    found. Without it: a search without an answer would be quoted as one that no option helps.
    """
    part = study.found(section.Building)
    frontier = part.found.frontier.assign(proved=False, least_loss=12.5)
    found = replace(part.found, tables=part.found.tables | {"frontier": frontier})
    shown = section.show(study.with_part(replace(part, found=found)), None)  # type: ignore[arg-type]
    assert (
        "does not lower that by a hundredth (not proved: it could be as little as 12.5 million"
        in shown.blocks[0]
    )
    assert "no portfolio that was found would save more than it costs" in shown.blocks[1]


def test_the_cheapest_of_what_leaves_as_much_is_told_and_no_part_is_larger_than_its_whole(
    study: Study,
) -> None:
    """Proves: of steps that leave as much to a thousandth the cheapest is named; what is earned where nothing is closed stands
    beside what is saved. Without it: 44 million a year for what 26 million do, and "805 million, of which 1.03 billion".
    """
    part = study.found(section.Building)
    first, last = (part.found.frontier.iloc[[at]] for at in (0, -1))
    steps = [
        first.assign(loss=100.0),
        last.assign(cost=20.0, loss=60.0004, saved=40.0, quiet_gain=50.0, net=30.0, portfolio="berth"),
        last.assign(cost=40.0, loss=60.0, saved=40.0, quiet_gain=50.0, net=20.0, portfolio="berth|berth"),
    ]
    frontier = pd.concat(steps, ignore_index=True)
    assert section._cheapest(frontier)["cost"] == 20.0
    found = replace(part.found, tables=part.found.tables | {"frontier": frontier})
    told = section._helps(study.with_part(replace(part, found=found)))
    assert (
        "USD 40 million](#hedge) of value to shippers after tariffs where it comes, beside USD 50 million"
        in told
    )
    assert "of which" not in told


def test_without_options_there_is_no_section() -> None:
    """Proves: a case whose options have no cost does not ask what to build.
    Without it: a report would end in an error about a blank cell."""
    case = straits.load_case("two-routes")
    row = case.rows("options")["berth"]
    assert row.capital_cost is not None
    without = case.with_changes([Change(table="options", row="berth", column="capital_cost", value="")])
    assert not section._wanted(Study(stress(without), findings=without.check()))


def test_the_summary_names_the_first_of_many_options() -> None:
    """Proves: of a portfolio of five the summary names the two that save most alone and the number of all, of three every one.
    Without it: the first screen would hold a sentence of seven names that nobody reads to its end."""
    options = {key: SimpleNamespace(name=key.upper()) for key in "abcde"}
    told = SimpleNamespace(case=SimpleNamespace(rows=lambda table: options))
    alone = pd.DataFrame({"option": list("abcde"), "alone": [1.0, 5.0, 2.0, 4.0, 3.0]})
    many = SimpleNamespace(found=SimpleNamespace(options=alone))
    assert (
        section._in_short(told, many, "a|b|c|d|e")
        == "a set of 5 options, of which “B” and “D” save most alone,"
    )  # type: ignore[arg-type]
    assert section._in_short(told, many, "a|b|c") == "“A”, “B” and “C”"  # type: ignore[arg-type]
    alone.loc[0, "alone"], alone["cost"] = float("nan"), [1.0, 2.0, 9.0, 3.0, 8.0]
    assert section._in_short(told, many, "a|b|c|d|e") == "a set of 5 options, of which “C” and “E” cost most,"  # type: ignore[arg-type]


def test_what_was_not_worked_out_is_not_told(study: Study) -> None:
    """Proves: where a search was stopped before it knew what options save alone, the section says so, and claims nothing about
    pairs. Without it: blanks would be read as options that are worth no more together."""
    found = study.found(section.Building).found
    assert "worth more together" in section._together(study)
    options = found.options.assign(alone=float("nan"))
    stopped = replace(found, tables=found.tables | {"options": options})
    part = replace(study.found(section.Building), found=stopped)
    text = section._together(study.with_part(part))
    assert "was not worked out in the time" in text and "worth more" not in text


def test_a_loss_is_named_by_what_is_lost() -> None:
    """Proves: with tariffs paid what remains to be lost is that of shippers, with internal tariffs the joint value, for a target
    the volume; the sentences say so. Without it: a loss to shippers would be quoted as one of all together."""
    case = straits.load_case("two-routes")
    how = {"attacker": "NBR", "window": "2022-07-02:28d"}
    for more, lost in (
        ({}, "value to shippers after tariffs"), ({"tariffs": "internal"}, "joint value"), ({"target": "LND"}, "volume"),
    ):  # fmt: skip
        found = hedge(case, "attack", **how, **more)
        assert found.parameters["lost"] == lost and f"of {lost} " in found.sentences[0]


def test_a_neighbour_who_was_promised_something_is_held_against_what_is_built() -> None:
    """Proves: where the neighbour could also refuse what its own buyers were promised, the staircase is that of all else that it
    may close, to the million, and the section names what is left out.
    Without it: each importer that shares its port with a neighbour read that what to build could not be worked out."""
    case = straits.load_case("two-routes")
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    promised = {
        **tables["markets"][1],
        "id": "near",
        "name": "Buyers next door",
        "place": "terminal",
        "buyer": "NBR",
    }
    tables["markets"] = [*tables["markets"], promised]
    settings = case.settings.model_dump(mode="json", exclude={"schema_version"})
    made = straits.Case.from_tables(tables, scenarios=list(case.scenarios.values()), **settings)
    study = Study(stress(made), findings=made.check())
    study = study.with_part(section.find_building(study))
    part = study.found(section.Building)
    assert part.spared == ["near"]
    straight = hedge(made, attacker="NBR", budget=1, window=part.window, assets=["pipe"])
    assert part.found.frontier["loss"].tolist() == pytest.approx(straight.frontier["loss"].tolist())
    text = section.show(study, None).blocks[0]  # type: ignore[arg-type]
    assert "Left out of what it may close: Buyers next door, since closing it would end a promise" in text


def test_what_could_be_spent_fits_the_money_of_the_case(study: Study) -> None:
    """Proves: the amounts that the text speaks of are round ones that buy the cheapest step, the one that leaves least, and one
    between, in dollars, in a currency of which 600 are a dollar, and where nothing costs a million; the steps are told with them.
    Without it: with 10, 50 and 100 million a year an XOF case would buy nothing, and read "Whatever is spent" alone.
    """
    assert round_amounts(22.0, 150.0) == [50.0, 100.0, 200.0]
    assert round_amounts(22.0 * 600, 150.0 * 600) == [20_000.0, 50_000.0, 100_000.0]
    assert round_amounts(0.3, 0.3) == round_amounts(0.3, 0.0) == [0.5] and round_amounts(5.0, 5.0) == [5.0]
    part = study.found(section.Building)
    first, last = (part.found.frontier.iloc[[at]] for at in (0, -1))
    for dear in (1.0, 600.0):
        steps = [
            first.assign(loss=100.0 * dear),
            last.assign(
                cost=22.0 * dear, loss=60.0 * dear, saved=40.0 * dear, net=18.0 * dear, portfolio="berth"
            ),
            last.assign(
                cost=150.0 * dear,
                loss=20.0 * dear,
                saved=80.0 * dear,
                net=-70.0 * dear,
                portfolio="berth:0.5",
            ),
        ]
        frontier = pd.concat(steps, ignore_index=True)
        found = replace(part.found, tables=part.found.tables | {"frontier": frontier})
        told = section._spending(study.with_part(replace(part, found=found)))
        for spend, left in zip(
            round_amounts(22.0 * dear, 150.0 * dear)[::2], (60.0 * dear, 20.0 * dear), strict=True
        ):
            assert (
                f"With {spend:,.0f} million USD a year to spend, the least that remains is {left:,.0f} million USD"
                in told
            )
        assert "Whatever is spent" not in told
