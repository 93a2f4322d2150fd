"""How far numbers could move: equally good plans, and uncertain inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.analyses.registry import Analysis, Parameter, Tell, call
from straits.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from straits.case.case import Case
    from straits.results import Result


def _wrapped(
    case: Case, question: str, method: str, table: pd.DataFrame, title: str, note: str = ""
) -> Result:
    from straits.results import Result, described

    return Result(
        question=question,
        method=method,
        provenance={"case": case.settings.id, "case_hash": case.hash},
        tables={"answer": described(table, title=title, note=note)},
    )


def _ranges(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits import ranges, solve

    table = ranges(solve(case, given["scenario"], foresight="perfect"))
    return _wrapped(
        case,
        f"What do equally good plans leave open in {given['scenario'] or 'the baseline'}?",
        "Least and most of each number over all optima of the linear model (complementary slackness).",
        table[table["open"]].drop(columns="open").reset_index(drop=True),
        "Numbers that equally good plans or prices leave open",
        f"{int((~table['open']).sum())} of {len(table)} numbers are the same in every plan as good, and are not listed",
    )


def _sensitivity(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.stress.varied.sensitivity import chosen_of, sensitivity

    if not given["scenario"]:
        raise ModelError("a scenario is needed: of its lost exports it is asked how far they move")
    limit = int(given["limit"]) if given["limit"] is not None else None
    done = [0]

    def told(_: str) -> None:
        done[0] += 1
        tell(done[0], 0, float("nan"))

    table = sensitivity(case, given["scenario"], limit=limit, progress=told)
    return _wrapped(
        case,
        f"Which uncertain numbers move the lost exports of {given['scenario']} most?",
        "Each uncertain number is set to its ends, one at a time, and the scenario is solved again.",
        table,
        "Numbers that move the answer, widest swing first",
        chosen_of(table, case.settings.currency),
    )


def _uncertainty(case: Case, given: dict[str, Any], tell: Tell) -> Result:
    from straits.stress.varied.uncertain import uncertainty

    return uncertainty(
        case,
        given["scenario"],
        draws=int(given["draws"] or 100),
        indices=int(given["indices"] or 0),
        progress=tell,
    )


def _main(case: Case) -> str | None:
    focus = case.settings.focus
    return focus.scenario if focus else None


ANALYSES = (
    Analysis(
        "ranges",
        "Ranges of equally good plans",
        "Which numbers do equally good plans leave open, and how far?",
        (Parameter("scenario", "Scenario", "scenario"),),
        _ranges,
        order=60,
        code=lambda name, given: (
            f"import straits\n\ncase = straits.load_case({name!r})\n"
            f"print(straits.ranges(straits.solve(case, {given.get('scenario')!r})))\n"
        ),
    ),
    Analysis(
        "uncertainty",
        "How sure an answer is",
        "Between what numbers does the answer lie if all uncertain inputs are drawn together?",
        (
            Parameter("scenario", "Scenario", "scenario", _main, optional=False),
            Parameter("draws", "Draws", "number", 100, least=2, most=100000),
            Parameter("indices", "Points for Sobol indices", "number", 0, least=0, most=4096, hint="0: none"),
        ),
        _uncertainty,
        order=62,
        code=lambda name, given: call(
            "straits.stress.varied.uncertain.uncertainty",
            name,
            {k: v for k, v in given.items() if k != "scenario"},
            f"case, {given.get('scenario')!r}",
        ),
    ),
    Analysis(
        "sensitivity",
        "Numbers that move the answer",
        "Which uncertain inputs move the lost exports most?",
        (
            Parameter("scenario", "Scenario", "scenario", _main, optional=False),
            Parameter("limit", "Numbers solved at both ends", "number", 10, least=0, most=400),
        ),
        _sensitivity,
        order=65,
        wanted=lambda case: "" if case.settings.focus else "The case names no focus (whose exports of what).",
        code=lambda name, given: call(
            "straits.stress.varied.sensitivity.sensitivity",
            name,
            {"limit": given.get("limit")},
            f"case, {given.get('scenario')!r}",
        ),
    ),
)
