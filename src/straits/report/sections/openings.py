"""What sections say before their figures, in sentences that hold by themselves: run, period, unit and what is compared."""

from __future__ import annotations

from straits.report import format as fmt
from straits.report.study.content import Study

#: Share of exports below which a scenario counts as taking none.
_NOTHING = 1e-3


def scenarios(study: Study) -> str:
    """Say how many scenarios take exports of the focus, and which takes most; empty where none was compared."""
    table = study.focus_summary
    if not len(table):
        return ""
    good, actor = _focus(study)
    some = int((table["lost_share"] >= _NOTHING).sum())
    text = (
        f"{fmt.plural(len(table), 'scenario')}, each beside the run that it is compared with: {some} "
        f"{'takes' if some == 1 else 'take'} a thousandth or more of the exports of {good} from {actor} in {study.period}"
    )
    if some:
        row = table.iloc[int(table["lost_exports"].to_numpy(float).argmax())]
        name = str(row["scenario"])
        text += (
            f". {_quoted(study, name)} takes most, {fmt.amount(float(row['lost_exports']), study.commodity_unit)} "
            f"({fmt.percent(float(row['lost_share']))}), compared with {_reference(study, name)}"
        )
    return text + "."


def gains(study: Study) -> str:
    """Say what all lose together in the main scenario, and which state loses and gains most; empty where nothing changes."""
    if study.main is None:
        return ""
    found = study.comparison.states
    change = found[found["scenario"] == study.main].set_index("state")["change"]
    if not (change.abs() > 1e-3).any():
        return ""
    total = float(change.sum())
    parts = [
        f"In {_quoted(study, study.main)}, compared with {_reference(study, study.main)}, all actors and goods together "
        f"{'lose' if total < 0 else 'gain'} {fmt.money(abs(total), study.currency)} in {study.period}"
    ]
    least, most = float(change.min()), float(change.max())
    if least < -1e-3:
        worst = study.name("actors", str(change.idxmin()))
        parts.append(f"of the states {worst} loses most, {fmt.money(-least, study.currency)}")
    if most > 1e-3:
        best = study.name("actors", str(change.idxmax()))
        parts.append(f"{best} gains most, {fmt.money(most, study.currency)}")
    return (
        f"{'; '.join(parts)}. Companies count for the state they belong to, and who belongs to none stands for itself. "
        "How the sum is divided rests on local prices; how far others would do as well, “What the model leaves open” says."
    )


def routes(study: Study) -> str:
    """Say which route carries most in the baseline, and what it carries in the main scenario."""
    totals = study.route_totals(study.baseline)
    whole = sum(totals.values())
    if not whole > 0:
        return ""
    good, actor = _focus(study)
    top = max(totals, key=lambda name: totals[name])
    text = (
        f"In the baseline {top} carries {fmt.amount(totals[top], study.commodity_unit)} of the exports of {good} from "
        f"{actor} in {study.period}, {fmt.percent(totals[top] / whole)}"
    )
    if study.main is not None:
        then = study.route_totals(study.scenarios[study.main])
        text += f"; in {_quoted(study, study.main)} {fmt.amount(then.get(top, 0.0), study.commodity_unit)}"
        if sum(then.values()) > 0:
            text += f", {fmt.percent(then.get(top, 0.0) / sum(then.values()))}"
    return text + "."


def storage(study: Study) -> str:
    """Say how long the busiest store of the focus good lasts if its way out closes; empty without such a store."""
    table = study.comparison.storage_days
    rows = table[
        (table["scenario"] == "baseline")
        & (table["commodity"] == study.focus[1])
        & (table["capacity"] > 0)
        & (table["throughput_per_day"] > 0)
    ]
    if not len(rows):
        return ""
    row = rows.iloc[int(rows["throughput_per_day"].to_numpy(float).argmax())]
    return (
        f"If the way out of {study.name('stores', str(row['store']))} closed and as much kept arriving as on average in "
        f"the baseline, {fmt.number(float(row['throughput_per_day']))} {study.commodity_unit}/d, it would be full after "
        f"{fmt.number(float(row['days_from_mean']), 2)} days from its mean level."
    )


def bottlenecks(study: Study) -> str:
    """Say which bottleneck of the baseline is worth most; empty where none binds."""
    table = study.comparison.bottlenecks
    rows = table[(table["scenario"] == "baseline") & (table["worth"] > 0) & (table["kind"] != "supply")]
    if not len(rows):
        return ""
    row = rows.iloc[int(rows["worth"].to_numpy(float).argmax())]
    return (
        f"In the baseline the dearest bottleneck is {study.asset_name(str(row['asset']))}: one more {row['unit']} of "
        f"capacity, kept for the whole of {study.period}, would gain shippers and owners together "
        f"{fmt.money(float(row['worth']), study.currency)}. Such values hold at the margin, not for large additions."
    )


def _focus(study: Study) -> tuple[str, str]:
    return study.name("commodities", study.focus[1]).lower(), study.name("actors", study.focus[0])


def _quoted(study: Study, scenario: str) -> str:
    return f"“{study.scenario_title(scenario)}”"


def _reference(study: Study, scenario: str) -> str:
    name = study.comparison.reference_id(scenario)
    return "the baseline" if name == "baseline" else _quoted(study, name)


__all__ = ["bottlenecks", "gains", "routes", "scenarios", "storage"]
