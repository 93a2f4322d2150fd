"""An answer as the page shows it: flows before and after, the headline, who gains and loses, routes, storage, unmet demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.app.views.series import (
    corridor_rates,
    level_shares,
    link_rates,
    once,
    rounded,
    shared_routes,
    shown_steps,
    told,
)
from straits.app.views.supply import good_names, supply_view
from straits.model import Solution, factors_of
from straits.model.assets import UNTRACKED
from straits.report.study.content import Study
from straits.report.study.links import CLOSED
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
    facts = {
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
        "supply": supply_view(after, before),
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
    found: dict[str, Any] = finite(plain(facts))
    # Long series are plain already.
    return found | {
        "goods": _goods(after, before, shown),
        "routes": _routes(after, before),
        "storage": _storage(after, before),
    }


def _goods(after: Solution, before: Solution, shown: np.ndarray) -> dict[str, dict[str, Any]]:
    """Flows by commodity and link: rates a day in each step, and while the disruptions act."""
    n = after.network
    days = n.steps.days
    weight = np.where(shown, days, 0.0) / days[shown].sum()
    lost = _lost_capacity(after, before, shown)
    capacity = n.link_capacity[:, shown].sum(axis=1) / days[shown].sum()
    per_day = dict(zip(n.link_ids, capacity.tolist(), strict=True))
    return {key: _good(after, before, key, weight, lost, per_day) for key in after.case.rows("commodities")}


def _good(
    after: Solution,
    before: Solution,
    commodity: str,
    weight: np.ndarray,
    lost: dict[str, float],
    per_day: dict[str, float],
) -> dict[str, Any]:
    now, then = link_rates(after, commodity), link_rates(before, commodity)
    means = [{key: float(rate @ weight) for key, rate in rates.items()} for rates in (now, then)]
    links: dict[str, dict[str, Any]] = {}
    for key in sorted(now.keys() | then.keys()):
        gone, capacity = lost.get(key, 0.0), per_day.get(key)
        links[key] = {
            "before": means[1].get(key, 0.0),
            "after": means[0].get(key, 0.0),
            "capacity": _finite(capacity),
            "lost": gone,
            "closed": bool(gone >= CLOSED or (capacity is not None and capacity <= 0)),
        }
    return {
        "links": links,
        "largest": max((v for mean in means for v in mean.values()), default=0.0),
        "after": told(now),
        "before": once(before, f"told {commodity}", lambda: told(then)),
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
        row["origin_name"] = _name(actors, row["origin"])
        row.update(good_names(goods[row["commodity"]].name).items())
        row["focus"] = row["origin"] == origin and row["commodity"] == commodity
        # Infinity is an answer here: exports do not recover within the case.
        row["recovers"] = bool(np.isfinite(row["days_to_recovery"]) or np.isnan(row["days_to_recovery"]))
        found["exports"].append(row)
    for row in deliveries.to_dict("records"):
        row.update(good_names(goods[row["commodity"]].name).items())
        found["deliveries"].append(row)
    found["value_lost"] = comparison.value_lost(run)
    return found


def _name(actors: Mapping[str, Any], key: str) -> str:
    """Return the name of an actor; of cargo whose origin is not tracked, that it is of any."""
    return "any origin" if key == UNTRACKED else str(actors[key].name) if key in actors else str(key)


def _states(comparison: Comparison, run: str) -> list[dict[str, Any]]:
    if run == "baseline":
        return []
    rows = comparison.case.rows("actors")
    table = comparison.states
    most = float(table["change"].abs().max()) if len(table) else 0.0
    kept = table[table["change"].abs() > _LITTLE * most].sort_values("change")
    return [
        {"id": s, "name": _name(rows, s), "kind": k, "change": c}
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
                "name": _name(rows, r["actor"]),
                "kind": r["kind"],
                "residence": _name(rows, r["residence"]),
                "change": 0.0,
                "items": [],
            },
        )
        actor["change"] += r["change"]
        actor["items"].append({k: r[k] for k in ("item", "reference", "amount", "change")})
    return sorted(found.values(), key=lambda a: a["change"])


def _routes(after: Solution, before: Solution) -> list[dict[str, Any]]:
    """Exports by corridor and origin, rates a day, before and after; shared: some cargo takes two of them and stands in both."""
    now, then = corridor_rates(after), corridor_rates(before)
    shared = shared_routes(after) | once(before, "shared routes", lambda: shared_routes(before))
    days = after.network.steps.days
    none = np.zeros(len(days))
    shown, usual = told(now), once(before, "told corridors", lambda: told(then))
    found = [
        {
            "corridor": key[0],
            "commodity": key[1],
            "origin": key[2],
            "before": usual.get(key, none.tolist()),
            "after": shown.get(key, none.tolist()),
            "total_before": float(then.get(key, none) @ days),
            "total_after": float(now.get(key, none) @ days),
            "shared": key[1:] in shared,
        }
        for key in sorted(now.keys() | then.keys())
    ]
    return sorted(found, key=lambda r: -max(r["total_before"], r["total_after"]))


def _storage(after: Solution, before: Solution) -> list[dict[str, Any]]:
    now = level_shares(after)
    then = now if after is before else once(before, "levels", lambda: level_shares(before))
    rows, goods = after.case.rows("stores"), after.case.rows("commodities")
    n = after.network.stores
    # What options add may come in time: the largest is shown.
    whole = dict(zip(n.ids, n.capacity.max(axis=1, initial=0.0) + n.min_level, strict=True))
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
    now = _missed(after)
    then = now if after is before else once(before, "missed", lambda: _missed(before))
    found = [
        {
            "market": key,
            "name": rows[key].name,
            "commodity": rows[key].commodity,
            "unit": goods[rows[key].commodity].unit,
            "before": then.get(key, (0.0, 0.0))[0],
            "after": now.get(key, (0.0, 0.0))[0],
            "cost": now.get(key, (0.0, 0.0))[1] - then.get(key, (0.0, 0.0))[1],
        }
        for key in sorted(now.keys() | then.keys())
    ]
    return sorted(found, key=lambda r: r["before"] - r["after"])


def _missed(solution: Solution) -> dict[str, tuple[float, float]]:
    """Amount promised and not delivered, and its cost, by market."""
    table = solution.unmet.groupby("market")[["amount", "cost"]].sum()
    return {
        str(key): (float(amount), float(cost))
        for key, amount, cost in zip(table.index, table["amount"], table["cost"], strict=True)
    }


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
