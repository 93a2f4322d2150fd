"""The answer in three sentences, and the same numbers for machines. Every number comes from the study."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from straits.report import format as fmt
from straits.report.registry import all_parts
from straits.report.study.answers import answer_range, answer_span
from straits.report.study.content import Study

#: Money below this, millions, is not worth naming a winner for.
_SMALL_MONEY = 0.5


def _of_scenario(table: pd.DataFrame, scenario: str) -> list[dict[str, Any]]:
    records = table[table["scenario"] == scenario].drop(columns="scenario").to_dict("records")
    return [{str(column): value for column, value in record.items()} for record in records]


def key_numbers(study: Study) -> dict[str, Any]:
    """Return the numbers of the answer, in canonical units, with their units beside them."""
    origin, commodity, _ = study.focus
    totals = study.route_totals(study.baseline)
    out: dict[str, Any] = {
        "case": study.case.settings.id,
        "title": study.case.settings.title,
        "period": [study.case.settings.time.start.isoformat(), study.case.settings.time.end.isoformat()],
        "origin": origin,
        "commodity": commodity,
        "unit": study.commodity_unit,
        "currency": study.currency,
        "exports": study.exports,
        "exports_by_route": dict(sorted(totals.items(), key=lambda item: -item[1])),
        "scenarios": len(study.scenarios),
        "case_hash": study.case.hash,
        "model_hash": study.baseline.provenance.get("model_hash"),
    }
    if study.main is not None:
        row = study.focus_summary
        row = row[row["scenario"] == study.main]
        states = study.comparison.states
        states = states[states["scenario"] == study.main]
        out["main_scenario"] = {
            "id": study.main,
            "title": study.scenario_title(study.main),
            "compared_with": study.comparison.reference_id(study.main),
            "lost_exports": float(row["lost_exports"].sum()),
            "lost_share": float(row["lost_share"].iloc[0]) if len(row) else math.nan,
            "revenue_lost_million": float(row["revenue_lost"].sum()),
            "value_lost_million": float(row["value_lost"].iloc[0]) if len(row) else math.nan,
            "days_to_recovery": float(row["days_to_recovery"].iloc[0]) if len(row) else math.nan,
            "stranded": _of_scenario(study.comparison.stranded, study.main),
            "circles": _of_scenario(study.comparison.circles, study.main),
            "change_by_state_million": {
                str(state): float(change)
                for state, change in zip(states["state"], states["change"], strict=True)
            },
        }
    if study.comparison.warnings:
        out["warnings"] = study.comparison.warnings
    for part in all_parts():
        if part.numbers is not None:
            out |= part.numbers(study)
    return out


def answer(study: Study) -> list[str]:
    """Return the answer in three sentences: what there is, what the main scenario takes, how sure that is."""
    return [_what_there_is(study), _what_is_lost(study), _how_sure(study)]


def _what_there_is(study: Study) -> str:
    numbers = key_numbers(study)
    origin, commodity, _ = study.focus
    actor, good = study.name("actors", origin), study.name("commodities", commodity).lower()
    text = f"In {study.period} {actor} exports {fmt.amount(study.exports, study.commodity_unit)} of {good} in the baseline"
    routes = numbers["exports_by_route"]
    total = sum(routes.values())
    if total > 0:
        name, most = next(iter(routes.items()))
        text += f", {fmt.percent(most / total)} of it by one route, {name}"
    around = numbers.get("bypass", {}).get("baseline", {})
    if "ports" in around and "territory" in around:
        against = study.name("actors", study.focus[2])
        ports, territory = around["ports"], around["territory"]
        text += (
            f"; {fmt.amount(ports['around'], study.commodity_unit)} ({fmt.percent(ports['share'])}) goes round the ports of "
            f"{against}, and {fmt.amount(territory['around'], study.commodity_unit)} ({fmt.percent(territory['share'])}) "
            "round its territory"
        )
    return text + "."


def _what_is_lost(study: Study) -> str:
    if study.main is None:
        if study.failed:
            return "None of the scenarios has a solution, so nothing is compared."
        return "The case has no scenario, so nothing is compared."
    main = key_numbers(study)["main_scenario"]
    actor = study.name("actors", study.focus[0])
    lost, unit = main["lost_exports"], study.commodity_unit
    if lost <= 1e-6 * max(study.exports, 1e-9):
        return f"In the scenario that this report leads with, “{main['title']}”, {actor} loses no exports."
    of = "of that"
    if main["compared_with"] != "baseline":
        of = f"of the exports of “{study.scenario_title(main['compared_with'])}”, with which it is compared"
    text = (
        f"The scenario that this report leads with, “{main['title']}”, takes {fmt.amount(lost, unit)} {of} "
    )
    text += f"({fmt.percent(main['lost_share'])}), worth {fmt.money(main['revenue_lost_million'], study.currency)} at the "
    text += "prices paid"
    changes = main["change_by_state_million"]
    own = changes.get(study.focus[0])
    if own is not None and own < -_SMALL_MONEY:
        text += f"; {actor} with its companies is {fmt.money(-own, study.currency)} worse off"
    actors = study.case.rows("actors")
    states = [state for state in changes if state in actors and actors[state].kind == "state"]
    winner = max(states, key=lambda state: changes[state], default=None)
    if winner is not None and winner != study.focus[0] and changes[winner] > _SMALL_MONEY:
        text += f"; of the states {study.name('actors', winner)} gains most, {fmt.money(changes[winner], study.currency)}"
    return text + "."


def _how_sure(study: Study) -> str:
    parts = []
    if math.isfinite(answer_range(study)[0]):
        parts.append(f"exports lost across the intervals of unknown costs: {answer_span(study)}")
    else:
        parts.append(
            "no interval of unknown costs was tried, so how far the answer moves with them is not known"
        )
    tests = key_numbers(study).get("back_test")
    if tests:
        parts.append(
            f"against {fmt.plural(tests['observations'], 'measured amount')} of the period the model is within 10 % in "
            f"{tests['within_10_percent']}, with a largest error of {fmt.percent(tests['largest_error'])}"
        )
    else:
        parts.append("no measured amounts of the period were there to test the model")
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def write_summary(study: Study, path: Path) -> Path:
    """Write the key numbers and the sentences as JSON; numbers that are missing or without limit become null."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    content = {"answer": answer(study), **key_numbers(study)}
    content["failed"] = study.failed
    path.write_text(
        json.dumps(plain(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8"
    )
    return path
