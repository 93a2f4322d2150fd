"""An answer as the page shows it: flows before and after, the headline, who gains and loses, routes, storage, unmet demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.app.views.series import (
    corridor_rates,
    level_shares,
    link_rates,
    rounded,
    shown_steps,
)
from straits.model import Solution, factors_of
from straits.report.study.content import CLOSED, Study
from straits.results.plain import finite, plain, records

if TYPE_CHECKING:
    from straits.stress.comparison import Comparison

#: Money that changes by less than this share of the largest change is not listed.
_LITTLE = 1e-4


def answer_view(comparison: Comparison, run: str) -> dict[str, Any]:
    """Give all that the map shows of one run.

    Parameters
    ----------
    comparison : Comparison
        With one scenario, or none for the undisturbed case.
    run : str
        Id of the scenario, or `baseline`.

    Returns
    -------
    dict
        Plain values; missing and infinite numbers are None.
    """
    after = comparison.solutions[run] if run != "baseline" else comparison.baseline
    before = comparison.reference(run) if run != "baseline" else comparison.baseline
    study = Study(comparison)
    shown = shown_steps(after, before)
    told = {
        "run": run,
        "title": after.model.scenario.title if after.model.scenario else "Baseline",
        "reference": {
            "id": before.scenario_id,
            "title": before.model.scenario.title if before.model.scenario else "Baseline",
        },
        "shown": np.flatnonzero(shown).tolist(),
        "headline": _headline(comparison, run, study),
        "states": _states(comparison, run),
        "actors": _actors(comparison, run),
        "unmet": _unmet(after, before),
        "stranded": _stranded(after),
        "warnings": [t for w in comparison.warnings.values() for t in w],
        "how": {
            key: after.provenance.get(key)
            for key in (
                "foresight",
                "solves",
                "iterations",
                "seconds_solve",
                "solver",
                "case_hash",
                "model_hash",
            )
        },
    }
    found: dict[str, Any] = finite(plain(told))
    # Long series are plain already.
    return found | {
        "goods": {key: _goods(after, before, key, shown) for key in comparison.case.rows("commodities")},
        "routes": _routes(after, before),
        "storage": _storage(after, before),
    }


def _goods(after: Solution, before: Solution, commodity: str, shown: np.ndarray) -> dict[str, Any]:
    """Flows of a commodity by link: rates a day in each step, and while the disruptions act."""
    days = after.network.steps.days
    weight = np.where(shown, days, 0.0)
    total = weight.sum()
    now, then = link_rates(after, commodity), link_rates(before, commodity)
    lost = _lost_capacity(after, before, shown)
    n = after.network
    per_day = dict(zip(n.link_ids, (n.link_capacity[:, shown].sum(axis=1) / days[shown].sum()), strict=True))
    links: dict[str, dict[str, Any]] = {}
    largest = 0.0
    for key in sorted(now.keys() | then.keys()):
        a = float(now[key] @ weight / total) if key in now else 0.0
        b = float(then[key] @ weight / total) if key in then else 0.0
        gone = lost.get(key, 0.0)
        largest = max(largest, a, b)
        links[key] = {
            "before": b,
            "after": a,
            "capacity": _finite(per_day.get(key)),
            "lost": gone,
            "closed": bool(gone >= CLOSED or per_day.get(key, 1.0) <= 0),
        }
    return {
        "links": links,
        "largest": largest,
        "after": {key: rounded(now[key]) for key in now if now[key].any()},
        "before": {key: rounded(then[key]) for key in then if then[key].any()},
    }


def _lost_capacity(after: Solution, before: Solution, shown: np.ndarray) -> dict[str, float]:
    """Share of the capacity of links that the disruptions of a run take while they act."""
    usual = set(before.model.effects)
    own = [e for e in after.model.effects if e not in usual and e.factor < 1]
    if not own:
        return {}
    n = after.network
    weight = np.where(shown, n.steps.days, 0.0)
    factors = factors_of(n, own)
    found = {
        n.link_ids[i]: float((1 - f) @ weight / weight.sum()) for i, f in factors.by_kind["link"].items()
    }
    pairs: dict[str, list[float]] = {}
    for i, f in factors.by_kind["pair"].items():
        pairs.setdefault(n.link_ids[n.pair_link[i]], []).append(float((1 - f) @ weight / weight.sum()))
    for key, shares in pairs.items():
        found[key] = max(found.get(key, 0.0), float(np.mean(shares)))
    return {key: share for key, share in found.items() if share > 1e-9}


def _headline(comparison: Comparison, run: str, study: Study) -> dict[str, Any]:
    """What is lost of what is exported, or else of what is sold, and the joint value."""
    origin, commodity, _ = study.focus
    case = comparison.case
    found: dict[str, Any] = {
        "focus": {"origin": origin, "commodity": commodity},
        "currency": case.settings.currency,
        "exports": [],
        "deliveries": [],
        "value_lost": 0.0,
    }
    if run == "baseline":
        return found
    summary, deliveries = comparison.summary, comparison.deliveries
    actors, goods = case.rows("actors"), case.rows("commodities")
    for row in summary.to_dict("records"):
        row["origin_name"] = actors[row["origin"]].name if row["origin"] in actors else row["origin"]
        row["commodity_name"] = goods[row["commodity"]].name
        row["focus"] = row["origin"] == origin and row["commodity"] == commodity
        # Infinity is an answer here: exports do not recover within the case.
        row["recovers"] = bool(np.isfinite(row["days_to_recovery"]) or np.isnan(row["days_to_recovery"]))
        found["exports"].append(row)
    for row in deliveries.to_dict("records"):
        row["commodity_name"] = goods[row["commodity"]].name
        found["deliveries"].append(row)
    after, before = comparison.solutions[run], comparison.reference(run)
    found["value_lost"] = before.objective - after.objective
    return found


def _states(comparison: Comparison, run: str) -> list[dict[str, Any]]:
    if run == "baseline":
        return []
    rows = comparison.case.rows("actors")
    table = comparison.states
    most = float(table["change"].abs().max()) if len(table) else 0.0
    kept = table[table["change"].abs() > _LITTLE * most].sort_values("change")
    return [
        {"id": s, "name": rows[s].name if s in rows else s, "kind": k, "change": c}
        for s, c, k in zip(kept["state"], kept["change"], kept["kind"], strict=True)
    ]


def _actors(comparison: Comparison, run: str) -> list[dict[str, Any]]:
    if run == "baseline":
        return []
    rows = comparison.case.rows("actors")
    table = comparison.actors
    most = float(table["change"].abs().max()) if len(table) else 0.0
    table = table[table["change"].abs() > _LITTLE * most]
    found: dict[str, dict[str, Any]] = {}
    for r in table.to_dict("records"):
        actor = found.setdefault(
            r["actor"],
            {
                "id": r["actor"],
                "name": rows[r["actor"]].name if r["actor"] in rows else r["actor"],
                "kind": r["kind"],
                "residence": rows[r["residence"]].name if r["residence"] in rows else r["residence"],
                "change": 0.0,
                "items": [],
            },
        )
        actor["change"] += r["change"]
        actor["items"].append({k: r[k] for k in ("item", "reference", "amount", "change")})
    return sorted(found.values(), key=lambda a: a["change"])


def _routes(after: Solution, before: Solution) -> list[dict[str, Any]]:
    """Exports by corridor and origin, rates a day, before and after."""
    now, then = corridor_rates(after), corridor_rates(before)
    days = after.network.steps.days
    found = []
    for key in now.keys() | then.keys():
        none = np.zeros(len(days))
        a, b = now.get(key, none), then.get(key, none)
        found.append(
            {
                "corridor": key[0],
                "commodity": key[1],
                "origin": key[2],
                "before": rounded(b),
                "after": rounded(a),
                "total_before": float(b @ days),
                "total_after": float(a @ days),
            }
        )
    return sorted(found, key=lambda r: -max(r["total_before"], r["total_after"]))


def _storage(after: Solution, before: Solution) -> list[dict[str, Any]]:
    now, then = level_shares(after), level_shares(before)
    rows, goods = after.case.rows("stores"), after.case.rows("commodities")
    n = after.network.stores
    whole = dict(zip(n.ids, n.capacity + n.min_level, strict=True))
    found = []
    for key, share in now.items():
        usual = then.get(key, share)
        found.append(
            {
                "store": key,
                "name": rows[key].name,
                "place": rows[key].place,
                "commodity": rows[key].commodity,
                "unit": goods[rows[key].commodity].unit,
                "capacity": _finite(whole[key]),
                "before": rounded(usual),
                "after": rounded(share),
                "moved": float(np.abs(share - usual).max()),
            }
        )
    return sorted(found, key=lambda s: -s["moved"])


def _unmet(after: Solution, before: Solution) -> list[dict[str, Any]]:
    """Promised and not delivered, by market, before and after."""
    rows, goods = after.case.rows("markets"), after.case.rows("commodities")
    totals = [s.unmet.groupby(["market", "commodity"])[["amount", "cost"]].sum() for s in (before, after)]
    both = pd.concat(totals, axis=1, keys=["before", "after"]).fillna(0.0)
    found = []
    for key, row in both.iterrows():
        market, commodity = map(str, key)  # type: ignore[call-overload]
        found.append(
            {
                "market": market,
                "name": rows[market].name,
                "commodity": commodity,
                "unit": goods[commodity].unit,
                "before": float(row["before", "amount"]),
                "after": float(row["after", "amount"]),
                "cost": float(row["after", "cost"] - row["before", "cost"]),
            }
        )
    return sorted(found, key=lambda r: r["before"] - r["after"])


def _stranded(solution: Solution) -> list[dict[str, Any]]:
    """Cargo that found no way on, by place; looked for only where there is some."""
    if not solution.x[solution.formulation.stranded.slice].any():
        return []
    names = solution.case.rows("places")
    return [
        {**r, "name": names[r["place"]].name if r["place"] in names else r["place"]}
        for r in records(solution.stranded_by_place)
    ]


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None
