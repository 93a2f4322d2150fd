"""Who could threaten whom with what: verdicts, decay, path and guesses of each threat of the case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.threatcharts import Course, decay_chart
from straits.report.page import Figure, Fold, Section, Shown
from straits.report.registry import OfCase, Part, Question
from straits.report.sections.basemaps import Basemaps
from straits.report.study.content import Study
from straits.report.table import Table

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.threat import Threatened

#: What of a path is worth a row: steps in which something changes.
_TOLD = ("package", "threatened", "complied", "carried_out", "starts")

#: Who keeps scarcity, and what turns a verdict, in words.
_RULES = {"case": "as the case says", "owners": "owners keep it", "tariffs": "owners earn tariffs alone"}
_NUMBERS = {
    "retreat_cost": "cost of backing down",
    "demand.cost": "what the demand costs the target",
    "demand.worth": "what the demand is worth to the sender",
    "threat_cost": "cost of threatening",
}


@dataclass(frozen=True)
class Threats:
    """Answers about the threats of a case, by id, and why others have none."""

    answers: dict[str, Threatened]
    lacking: dict[str, str]


def find(study: Study) -> Threats:
    """Ask about each threat of the case; one without an answer does not take the others with it."""
    return find_of(study.case)


def find_of(case: Case, _: str = "") -> Threats:
    """Ask about each threat of a case."""
    from straits.errors import StraitsError
    from straits.threat import threat

    answers, lacking = {}, {}
    for key in case.threats:
        try:
            answers[key] = threat(case, key)
        except StraitsError as error:
            lacking[key] = str(error)
    return Threats(answers, lacking)


def show(study: Study, _: Basemaps) -> Section:
    """What each threat could take, whether it is credible, how long it lasts, and what rests on guesses."""
    section = Section("threats", "Threats: what could be taken, at what own cost")
    found = study.part(Threats)
    if found is None:
        if "threats" in study.lacking:
            section.blocks.append(f"This part could not be worked out: {study.lacking['threats']}")
        return section
    if not study.case.threats:
        return section
    section.blocks.append(
        "Each threat is taken at its word: what its act would take from whom, against the same network undisturbed. Nothing "
        "here says what "
        "anybody intends. What backing down would cost is an assumption of the case, and shown as such."
    )
    for key, answer in found.answers.items():
        # What it takes and destroys, then what follows from that.
        told = list(answer.sentences)
        first = next((k for k, text in enumerate(told) if text.startswith("At a retreat cost")), len(told))
        section.blocks.extend(" ".join(part) for part in (told[:first], told[first:]) if part)
        figure = decay_figure(study, key)
        if figure is not None:
            section.blocks.append(figure)
        mine = Table(
            f"threat-{key}", f"Verdicts: {answer.parameters['title']}", _now(answer), {}, answer.verdicts.attrs["note"]
        )  # fmt: skip
        section.blocks.append(Shown(mine))
        folded = [
            _shown(study, answer, name)
            for name in ("play", "beliefs", "secondary", "guarantees", "bargain")
            if name in answer.tables
        ]
        path = answer.path
        changes = path[(path[list(_TOLD)] != path[list(_TOLD)].shift()).any(axis=1)]
        steps = Table(
            f"path-{key}", "What would happen if all knew all numbers", changes, dict(path.attrs["units"]), path.attrs["note"]
        )  # fmt: skip
        section.blocks.append(
            Fold(
                f"{answer.parameters['title']}: path, beliefs, bargain and guesses",
                [Shown(steps), *folded, _shown(study, answer, "assumptions")],
            )
        )
    section.blocks.extend(f"Threat {key} has no answer: {why}" for key, why in found.lacking.items())
    return section


def _shown(study: Study, answer: Threatened, name: str) -> Shown:
    about = answer.tables[name].attrs
    table = _in_words(answer.tables[name].dropna(axis=1, how="all")).drop(columns="key", errors="ignore")
    if "actor" in table:
        table["actor"] = [study.name("actors", actor) for actor in table["actor"]]
    units = {k: v for k, v in about.get("units", {}).items() if k in table}
    note = about.get("note", "") if name != "assumptions" else "Money in millions."
    ident = f"{name}-{answer.parameters['threat']}"
    return Shown(Table(ident, about.get("title", name), table, units, note))


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with words for keys of a file and rules of scarcity."""
    found = table.copy()
    for column, words in (("scarcity", _RULES), ("turns_on", _NUMBERS)):
        if column in found:
            found[column] = [words.get(x, x) for x in found[column]]
    return found


def _now(answer: Threatened) -> pd.DataFrame:
    rows = answer.verdicts
    return _in_words(rows[(rows["step"] == 0) & (rows["package"] == "")].drop(columns=["package", "step"]))


def decay_figure(study: Study, key: str) -> Figure | None:
    """Draw how leverage decays with each package; None where there is none."""
    answer = study.found(Threats).answers[key]
    if not answer.parameters["packages"]:
        return None
    courses = []
    for package in answer.parameters["packages"]:
        rows = answer.decay[answer.decay["package"] == package].reset_index(drop=True)
        begun = rows.index[rows["built"] != rows["built"].shift()].tolist()[1:]
        marks = [(int(k), f"{pd.Timestamp(rows['day'][k]):%Y-%m}") for k in begun]
        loss, least, most, own = (rows[c].tolist() for c in ("loss", "loss_least", "loss_most", "own_cost"))
        courses.append(Course(f"package {package}", loss, least, most, own, marks))
    p = answer.parameters
    title = f"{p['title']}: how leverage decays"
    options = study.case.rows("options")
    listed = "; ".join(
        f"{package}: {', '.join(options[o].name for o in members)}"
        for package, members in p["packages"].items()
    )
    caption = (
        f"One act of {fmt.number(p['days'])} days, in each {p['step']} after the start of a package on "
        f"{fmt.day(pd.Timestamp(p['start']).date())}; each counts as one on that day, whatever the season. "
        f"Dotted: when options come on line. Packages: {listed}."
    )
    svg = decay_chart(
        f"decay-{key}", title, "Loss of the target and own cost of the sender by step, for each package.", courses, p["step"],
        f"million {p['currency']}",
    )  # fmt: skip
    whole = decay_table(study)
    own = whole.frame[whole.frame["threat"] == key].reset_index(drop=True)
    return Figure(f"decay-{key}", title, svg, caption, replace(whole, frame=own))


def _all(study: Study, name: str, ident: str, title: str) -> Table:
    """Return a table of all threats, one under the other."""
    found = study.part(Threats)
    answers = {} if found is None else found.answers
    frames = [a.tables[name].assign(threat=key) for key, a in answers.items() if name in a.tables]
    if not frames:
        return Table(ident, title, pd.DataFrame())
    told = next(iter(answers.values())).tables[name].attrs
    joined = pd.concat(frames, ignore_index=True)
    joined = joined[["threat", *(c for c in joined.columns if c != "threat")]]
    joined.attrs = {}
    return Table(ident, title, joined, dict(told.get("units", {})), told.get("note", ""))


def verdicts_table(study: Study) -> Table:
    """Verdicts of all threats."""
    return _all(study, "verdicts", "threats-verdicts", "Verdicts on threats")


def thresholds_table(study: Study) -> Table:
    """When each threat is credible and what can be asked."""
    return _all(study, "thresholds", "threats-thresholds", "When threats are credible, and what can be asked")


def decay_table(study: Study) -> Table:
    """How the leverage of all threats decays."""
    return _all(study, "decay", "threats-decay", "How leverage decays")


def play_table(study: Study) -> Table:
    """What would happen wherever in their intervals the numbers lie."""
    return _all(
        study, "play", "threats-play", "What would happen, wherever in their intervals the numbers lie"
    )


def bargain_table(study: Study) -> Table:
    """What each would have of a bargain in which threats decide, beside its Shapley value."""
    return _all(study, "bargain", "threats-bargain", "Bargains under threat")


def payoffs_table(study: Study) -> Table:
    """What each act takes."""
    return _all(study, "payoffs", "threats-payoffs", "What the acts take")


def assumptions_table(study: Study) -> Table:
    """What is taken for granted."""
    return _all(
        study, "assumptions", "threats-assumptions", "What the answers about threats take for granted"
    )


def _numbers(study: Study) -> dict[str, Any]:
    found = study.part(Threats)
    if found is None or not found.answers:
        return {}
    return {
        "threats": {
            key: {**a.parameters["numbers"], "sustainable_demand": a.parameters["sustainable_demand"]}
            for key, a in found.answers.items()
        }
    }


PART = Part(
    ident="threats",
    order=115,
    show=show,
    tables=(
        verdicts_table,
        play_table,
        thresholds_table,
        decay_table,
        payoffs_table,
        bargain_table,
        assumptions_table,
    ),
    asks=(
        Question(
            "threats", "threats", find, lambda study: bool(study.case.threats),
            OfCase(find_of, lambda case: bool(case.threats)), weight=5,
        ),
    ),
    numbers=_numbers,
    absent="the case has no threats",
)  # fmt: skip
