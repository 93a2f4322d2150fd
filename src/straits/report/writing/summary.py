"""The answer in three sentences, and the same numbers for machines. Every number comes from the study."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.study.content import Study

#: Money below this, millions, is not worth naming a winner for.
_SMALL_MONEY = 0.5


def _of_scenario(table: pd.DataFrame, scenario: str) -> list[dict[str, Any]]:
    records = table[table["scenario"] == scenario].drop(columns="scenario").to_dict("records")
    return [{str(column): value for column, value in record.items()} for record in records]


def key_numbers(study: Study) -> dict[str, Any]:
    """Return the numbers of the answer, in canonical units, with their units beside them."""
    origin, commodity, against = study.focus
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
    if len(study.bypass):
        base = study.bypass[study.bypass["scenario"] == "baseline"]
        out["bypass"] = {
            "against": against,
            "baseline": {
                str(meaning): {"around": float(around), "share": float(share)}
                for meaning, around, share in zip(
                    base["definition"], base["around"], base["share"], strict=True
                )
            },
        }
    low, high = answer_range(study)
    if math.isfinite(low):
        out["lost_exports_across_intervals"] = [low, high]
    tests = study.comparison.back_test
    if len(tests):
        errors = tests["error"].abs().to_numpy(float)
        errors = errors[np.isfinite(errors)]
        out["back_test"] = {
            "observations": len(tests),
            "within_10_percent": int((errors <= 0.1).sum()),
            "largest_error": float(errors.max(initial=0.0)),
        }
    out |= _analyses(study)
    if study.comparison.warnings:
        out["warnings"] = study.comparison.warnings
    if study.findings is not None:
        out["unsourced_numbers"] = study.findings.unsourced_by_table
    return out


def _analyses(study: Study) -> dict[str, Any]:
    """Return the first lines of the rankings of failures, attacks and players, as far as they were asked for."""
    out: dict[str, Any] = {}
    if study.failures is not None:
        worst = study.failures.links.iloc[0]
        out["worst_single_failure"] = {
            "asset": str(worst["asset"]),
            "from": study.failures.window[0].isoformat(),
            "to": study.failures.window[1].isoformat(),
            "lost_exports": float(worst["exports_lost"]),
            "value_lost_million": float(worst["value_lost"]),
        }
    if study.pairs is not None and len(study.pairs.table):
        worst = study.pairs.table.iloc[0]
        out["worst_pair_beyond_its_parts"] = {
            "assets": [str(worst["first"]), str(worst["second"])],
            **{
                f"{name}_million": float(worst[name])
                for name in ("value_lost", "first_alone", "second_alone", "beyond_the_sum")
            },
            "lost_exports": float(worst["exports_lost"]),
        }
    if study.risk is not None:
        found = study.risk
        out["drawn_histories"] = {
            "draws": found.draws,
            "seed": found.seed,
            "chance_of_any_event": found.chance,
            "lost_exports": {
                name: dict(zip(("value", "standard_error"), found.statistic(name), strict=True))
                for name in found.found.summary["statistic"]
                if not name.startswith("chance")
            },
        }
    if study.attack is not None:
        curve = study.attack.curve[study.attack.curve["budget"] > 0]
        out["worst_attacks"] = [
            {"closures": attack.split("|") if attack else [], "lost": float(loss), "proved": bool(proved)}
            for attack, loss, proved in zip(curve["attack"], curve["loss"], curve["proved"], strict=True)
        ]
    if study.power is not None:
        ids = {name: player for player, name in study.power.players.items()}
        out["shapley_million"] = {
            network: {
                ids[name]: float(value) for name, value in zip(part["player"], part["shapley"], strict=True)
            }
            for network, part in study.power.shares.groupby("network", sort=False)
        }
    return out


def answer_range(study: Study) -> tuple[float, float]:
    """Return the lowest and highest main answer over intervals of costs, tariffs and prices; not numbers if none were tried.

    Over single intervals and over all of them at their ends together.
    """
    values: list[float] = []
    if len(study.intervals):
        values += [float(value) for value in study.intervals["lost"]]
    single = study.single_intervals
    if len(single):
        single = single[single["column"].isin(["cost", "tariff", "price"])]
        values += [float(value) for value in single[["lost_low", "lost_high"]].to_numpy(float).ravel()]
    values = [value for value in values if math.isfinite(value)]
    return (min(values), max(values)) if values else (math.nan, math.nan)


def answer_span(study: Study) -> str:
    """Return the range of the main answer in words."""
    low, high = answer_range(study)
    unit, factor = fmt.larger_unit(study.commodity_unit, max(abs(low), abs(high)))
    ends = fmt.number(low * factor), fmt.number(high * factor)
    return f"{ends[0]} {unit} throughout" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]} {unit}"


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
