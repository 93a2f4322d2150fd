"""Answers beside what they would be in the steps of the case, or if all had known what is a surprise."""

from __future__ import annotations

import pandas as pd

from straits.report.page import Block, Section, Shown, Table
from straits.report.registry import Part
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.study.words import named, quoted
from straits.wording import if_more

#: Share of a loss from which on a larger one, had all known, is told.
_NOTABLY = 0.005


def show(study: Study, _: Basemaps) -> Section:
    section = Section("steps", "Short stops and surprises")
    compared, step = study.comparison, study.case.settings.time.step
    mine = {"", study.focus[0]}
    if not study.trade.imports:  # these are exports
        mine.add(f"{study.focus[1]} of {study.focus[0]}")
    if count := len(compared.coarse):
        which = "One scenario stops" if count == 1 else f"{count} scenarios stop"
        section.blocks.append(
            f"{which} something for less than three steps of a {step}. What could not move then is made up for in the rest of "
            f"the {step}, so that a {step} hides what a short stop costs. Round it these runs, and what they are compared with, "
            "were solved in shorter steps; all figures of theirs here are from these."
        )
        coarse = "the steps of the case"
        section.blocks.extend(_both(steps_table(study), compared.steps, mine, ("coarse", "fine"), coarse))
    if count := len(compared.expected):
        which, it, its = (
            ("One scenario is", "it", "its") if count == 1 else (f"{count} scenarios are", "them", "their")
        )
        section.blocks.append(
            f"{which} a surprise: nobody acts on {it} before {its} day. If all had known {it} from the start they would have "
            "sold, stored and sent otherwise: less joint value would be lost, even if less were sold, and somebody would have "
            f"gained by knowing{_lost_by_knowing(study)}."
        )
        known = "knowing it from the start"
        section.blocks.extend(
            _both(foresights_table(study), compared.foresights, mine, ("known", "surprise"), known)
        )
    return section


def _lost_by_knowing(study: Study) -> str:
    """Name the scenarios in which who knows loses more, and those that only differ more, or less, from what they are beside."""
    found = study.comparison.foresights
    told = []
    for row in found[found["answer"] == "joint value lost"].to_dict("records"):
        name, known, loss = str(row["scenario"]), float(row["known"]), float(row["surprise"])
        beside = study.comparison.expected[name]
        if beside is None:
            continue
        if known <= loss + _NOTABLY * abs(loss):
            continue
        if beside.after.objective < study.run(name).objective and if_more(known, loss):
            told.append(
                f"in {quoted(study, name)} more would be lost, since nobody sends knowingly what would strand"
            )
            continue
        # What it is beside is a surprise too, and gains more by being known.
        reference = study.comparison.reference_id(name)
        differs = "lose more" if loss >= 0 else "gain less" if known <= 0 else "lose, not gain"
        told.append(f"beside {quoted(study, reference)}, known too, {quoted(study, name)} would {differs}")
    return "".join(f"; {text}" for text in told)


def _both(
    table: Table, found: pd.DataFrame, mine: set[str], names: tuple[str, str], otherwise: str
) -> list[Block]:
    """Show the rows of the focus that differ by more than a tenth."""
    rows = table.frame[found["differs"].astype(bool).to_numpy() & found["of"].isin(mine).to_numpy()]
    if not len(rows):
        return [f"No answer about the focus of the case would differ by more than a tenth with {otherwise}."]
    title = f"Answers that would differ with {otherwise}"
    shown = Table(table.name, title, rows.reset_index(drop=True), table.units, table.note)
    return [Shown(shown, ("title", "answer", "of", "unit", *names))]


def _whose(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Put names in place of ids in the column that says whose an answer is: a state, or a good of a state."""

    def words(of: str) -> str:
        good, _, state = of.rpartition(" of ")
        who = study.name("actors", state)
        return f"{study.name('commodities', good)}, {who}" if good else who

    return named(study, frame.assign(of=[words(str(of)) for of in frame["of"]]) if len(frame) else frame)


def steps_table(study: Study) -> Table:
    """Answers in the steps of the case, and in steps that fit the scenario."""
    return Table(
        "steps",
        "Answers in the steps of the case and in steps that fit the scenario",
        _whose(study, study.comparison.steps),
        {},
        "coarse: in the steps of the case; fine: with shorter ones round disruptions of less than three of them. differs: by "
        "more than a tenth of the larger.",
    )


def foresights_table(study: Study) -> Table:
    """Answers if all had known it from the start, and as a surprise."""
    return Table(
        "foresights",
        "Answers if all had known it from the start, and as a surprise",
        _whose(study, study.comparison.foresights),
        {},
        "For scenarios that are a surprise by themselves. differs: by more than a tenth of the larger.",
    )


PART = Part(
    ident="steps",
    order=45,
    show=show,
    tables=(steps_table, foresights_table),
    absent="no scenario is too short for the steps of the case or a surprise",
)
