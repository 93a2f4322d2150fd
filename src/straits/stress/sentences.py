"""What a scenario costs, in sentences that hold by themselves."""

from __future__ import annotations

import pandas as pd

from straits.model import Solution
from straits.stress.tables.changes import Pair, value_lost

#: Share of exports that a route must lose for others to be asked what they take over.
_MUCH = 0.01
#: Part of the money that moves up to which a joint loss is said to be little, and money too little to be told (million).
_LITTLE, _CENT = 0.1, 0.01
#: Who gains or pays most, by name; the others are told together.
_NAMED = 6


def told_of(
    scenario: str, before: Solution, after: Solution, summary: pd.DataFrame, routes: pd.DataFrame
) -> list[str]:
    """Say what a scenario costs all together, what exports of the focus it takes, and what other routes take over.

    Parameters
    ----------
    scenario : str
    before, after : Solution
        What it is compared with, and its own.
    summary, routes : DataFrame
        `Comparison.summary` and `Comparison.lost_exports`.

    Returns
    -------
    list of str
    """
    settings = after.case.settings
    focus, beside, money = settings.focus, before.scenario_id, f"million {settings.currency}"
    value = value_lost(Pair(after, before))
    value = 0.0 if abs(value) <= 1e-9 * abs(before.objective) else value
    does = f"costs {as_amount(value)}" if value >= 0 else f"gains {as_amount(-value)}"
    asked = after.model.scenario
    struck = asked is not None and bool(asked.disruptions or asked.measures)
    known = (
        ", known to all from the start," if struck and after.provenance.get("foresight") == "perfect" else ""
    )
    told = f"{scenario}{known} {does} {money} of joint value beside {beside}"
    if focus is None:
        return [f"{told}."]
    mine = (
        (summary["scenario"] == scenario)
        & (summary["commodity"] == focus.commodity)
        & (summary["origin"] == focus.actor)
    )
    rows = summary[mine]
    if len(rows):
        row = rows.iloc[0]
        lost, unit = float(row["lost_exports"]), row["unit"]
        share = abs(float(row["lost_share"])) if row["exports"] or lost else 0.0
        good = f"{focus.commodity} from {focus.actor}"
        if abs(lost) > 1e-4 * max(float(row["exports"]), 1.0):
            told += f"; exports of {good} are {abs(lost):,.0f} {unit} {'less' if lost > 0 else 'more'} ({share:.1%})"
        else:
            told += f"; exports of {good} stay as they are"
    return [
        f"{told}.",
        *_taken_over(
            scenario,
            routes,
            focus.commodity,
            focus.actor,
            after.case.rows("commodities")[focus.commodity].unit,
        ),
    ]


def money_moved(scenario: str, lost: float, states: pd.DataFrame, currency: str) -> list[str]:
    """Say who pays whom in a scenario that moves money and takes little, as a fee does.

    Parameters
    ----------
    scenario : str
    lost : float
        Joint value that it loses, million currency.
    states : DataFrame
        `Comparison.states`.
    currency : str

    Returns
    -------
    list of str
        Nothing where what is lost is more than a tenth of what moves.
    """
    rows = states[states["scenario"] == scenario].set_index("state")["change"]
    rows = rows[rows.abs() > max(_MUCH * float(rows.abs().max()), _CENT)] if len(rows) else rows
    gains, losses = rows[rows > 0], -rows[rows < 0]
    if not len(gains) or not len(losses) or abs(lost) > _LITTLE * float(gains.sum()):
        return []
    won, paid = (_largest(part) for part in (gains, losses))
    return [f"{scenario} moves money: gained by {won}; lost by {paid} million {currency}."]


def _largest(amounts: pd.Series) -> str:
    """Name who has the largest amounts, and how much all others together."""
    ranked = amounts.sort_values(ascending=False)
    named = [f"{who} {as_amount(float(amount))}" for who, amount in ranked.head(_NAMED).items()]
    rest = ranked.iloc[_NAMED:]
    return ", ".join([*named, *([f"{len(rest)} others {as_amount(float(rest.sum()))}"] if len(rest) else [])])


def as_amount(amount: float) -> str:
    """Write an amount with four digits that count, never as a power of ten."""
    return f"{float(f'{amount:.4g}'):,.10g}"


def _taken_over(scenario: str, routes: pd.DataFrame, commodity: str, origin: str, unit: str) -> list[str]:
    """Say what other routes take over of what a route loses, if it loses much."""
    table = routes[
        (routes["scenario"] == scenario) & (routes["commodity"] == commodity) & (routes["origin"] == origin)
    ]
    by_route = table.groupby("corridor")[["reference", "lost"]].sum()
    whole = float(by_route["reference"].sum())
    losers = by_route[by_route["lost"] > _MUCH * whole].sort_values("lost", ascending=False)
    if not len(losers) or float(by_route["lost"].sum()) <= _MUCH * whole:
        return []
    gained = -by_route[by_route["lost"] < 0]["lost"].sort_values()
    lost, taken = float(losers["lost"].sum()), float(gained.sum())
    which = " and ".join(map(str, losers.index[:2])) + (" and others" if len(losers) > 2 else "")
    does = "loses" if len(losers) == 1 else "lose"
    parts = ", ".join(f"{route} {amount:,.0f}" for route, amount in gained.items() if amount > 0.001 * lost)
    by = f" ({parts})" if parts else ""
    return [
        f"Of the {lost:,.0f} {unit} that {which} {does} in {scenario}, other routes take over {taken:,.0f}, "
        f"{taken / lost:.1%}{by}."
    ]
