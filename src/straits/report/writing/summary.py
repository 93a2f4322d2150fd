"""The answer in sentences, and the same numbers for machines. Every number comes from the study."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from straits.case.ownership import state_of
from straits.report.registry import all_parts
from straits.report.study.content import Study
from straits.report.writing.headline import headline, plain


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
            **_lost(study, row),
            "value_lost_million": study.comparison.value_lost(study.main),
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


def _lost(study: Study, row: pd.DataFrame) -> dict[str, float]:
    """Give what the main scenario takes of what the study counts: exports, or deliveries to an importer."""
    if study.trade.imports:
        table = study.comparison.imports
        state = state_of(study.case, study.focus[0])
        mine = (table["state"] == state) & (table["commodity"] == study.focus[1])
        row = table[mine & (table["scenario"] == study.main)]
        found = {"lost_deliveries": float(row["lost"].sum()), "unmet_more": float(row["unmet_more"].sum())}
    else:
        found = {
            "lost_exports": float(row["lost_exports"].sum()),
            "revenue_lost_million": float(row["revenue_lost"].sum()),
        }
    return found | {
        name: float(row[name].iloc[0]) if len(row) else math.nan
        for name in ("lost_share", "days_to_recovery")
    }


def answer(study: Study) -> list[str]:
    """Return the answer in sentences: what it is, how bad, for whom, how sure, what helps; see `headline`."""
    return [plain(text) for text in headline(study)]


def summary_json(study: Study) -> bytes:
    """Give the key numbers and the sentences as JSON; numbers that are missing or without limit become null."""

    def finite(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: finite(item) for key, item in value.items()}
        if isinstance(value, list):
            return [finite(item) for item in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    content = {"answer": answer(study), **key_numbers(study)}
    content["failed"] = study.failed
    return (json.dumps(finite(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")
