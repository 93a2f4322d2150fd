"""The same question in Python and on the command line."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from straits.app.world.question import scenario_of

if TYPE_CHECKING:
    from straits.app.world.question import Question
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


def python_of(name: str, question: Question, case: Case) -> str:
    """Give Python that answers a question with the public functions of straits, in the steps of the case, as the map does."""
    lines = ["import straits"]
    scenario = scenario_of(case, question)
    made = scenario is not None and scenario.id not in case.scenarios
    needed = {
        "Change": bool(question.trial),
        "Disruption": made and bool(question.closures),
        "Scenario": made and question.scenario == "baseline",
    }
    imports = [name for name, used in needed.items() if used]
    if imports:
        lines.append(f"from straits.case.schema.settings import {', '.join(imports)}")
    lines += ["", f"case = straits.load_case({name!r})"]
    if question.trial:
        lines.append("case = case.with_changes([")
        lines += [
            f"    Change(table={t.table!r}, row={t.row!r}, column={t.column!r}, value={t.value!r}),"
            for t in question.trial
        ]
        lines.append("])")
    if scenario is None:
        return "\n".join([*lines, "print(straits.solve(case))"]) + "\n"
    if not made:
        lines += [f"comparison = straits.stress(case, [{scenario.id!r}], refine=False)"]
    else:
        lines += _scenario_lines(scenario, question)
        lines += ["comparison = straits.stress(case, [scenario], refine=False)"]
    return "\n".join([*lines, "print(comparison.summary)", "print(comparison.states)"]) + "\n"


def _scenario_lines(scenario: Scenario, question: Question) -> list[str]:
    base = question.scenario if question.scenario != "baseline" else None
    if base:
        lines = [f"base = case.scenarios[{base!r}]", "scenario = base.model_copy(update={"]
        lines += [
            f"    'id': {scenario.id!r}, 'foresight': {scenario.foresight!r}, 'options': {scenario.options!r},"
        ]
        start, end, first = (
            "    'disruptions': (*base.disruptions,",
            "    ),",
            len(scenario.disruptions) - len(question.closures),
        )
    else:
        lines = [
            f"scenario = Scenario(id={scenario.id!r}, title={scenario.title!r}, foresight={scenario.foresight!r},"
        ]
        lines += [f"    options={scenario.options!r},"] if scenario.options else []
        start, end, first = "    disruptions=(", "    ),", 0
    lines.append(start)
    lines += [
        f"        Disruption(asset={d.asset!r}, factor={d.factor!r}, start='{d.start}', end='{d.end}'"
        + (f", commodity={d.commodity!r}" if d.commodity else "")
        + "),"
        for d in scenario.disruptions[first:]
    ]
    return [*lines, end, "})" if base else ")"]


def command_of(name: str, question: Question, case: Case) -> str:
    """Give the command line that answers a question; one that is only on the map has to be saved first."""
    scenario = scenario_of(case, question)
    quoted = shlex.quote(name)
    if scenario is None and not question.trial:
        return f"straits solve {quoted}\n"
    if scenario is not None and scenario.id in case.scenarios and not question.trial:
        return f"straits stress {quoted} {shlex.quote(scenario.id)} --all --no-refine\n"
    told = "# Save what is on the map as a scenario of the case first, here as my-scenario.\n"
    return f"{told}straits stress {quoted} my-scenario --all --no-refine\n"
