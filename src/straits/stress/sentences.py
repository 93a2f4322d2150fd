"""What a scenario costs, in sentences that hold by themselves."""

from __future__ import annotations

import pandas as pd

from straits.case import Case
from straits.model import Solution
from straits.stress.tables.changes import Pair, value_lost
from straits.wording import as_amount, as_whole, in_sentence, listed, with_article

#: Share of exports that a route must lose for others to be asked what they take over.
_MUCH = 0.01
#: Part of the money that moves up to which a joint loss is said to be little, and money too little to be told (million).
_LITTLE, _CENT = 0.1, 0.01
#: Who gains or pays most, by name; the others are told together.
_NAMED = 6


def told_of(
    scenario: str,
    before: Solution,
    after: Solution,
    *,
    direction: str,
    summary: pd.DataFrame,
    imports: pd.DataFrame,
    routes: pd.DataFrame,
) -> list[str]:
    """Say what a scenario costs all together, what it takes of what the focus sells or uses, and what other routes take over.

    Parameters
    ----------
    scenario : str
    before, after : Solution
        What it is compared with, and its own.
    direction : {"exports", "imports", "transit", "balance"}
        Of the focus. Of an importer what it uses is told, of others what they sell abroad, of a balance both.
    summary, imports, routes : DataFrame
        `Comparison.summary`, `Comparison.imports` and `Comparison.lost_exports`.

    Returns
    -------
    list of str
    """
    settings = after.case.settings
    focus, beside, money = settings.focus, before.scenario_id, f"million {settings.currency}"
    value = value_lost(Pair(after, before))
    value = 0.0 if abs(value) <= 1e-9 * abs(before.objective) else value
    much = as_amount(abs(value)) if abs(value) >= _CENT else f"less than {_CENT:g}"
    does = f"{'costs' if value >= 0 else 'gains'} {much} {money} of" if value else "costs no"
    asked = after.model.scenario
    struck = asked is not None and bool(asked.disruptions or asked.measures)
    known = (
        ", known to all from the start," if struck and after.provenance.get("foresight") == "perfect" else ""
    )
    told = f"{scenario}{known} {does} joint value beside {beside}"
    if focus is None:
        return [f"{told}."]
    good, who = (
        after.case.rows("commodities")[focus.commodity],
        with_article(name_of(after.case, focus.actor)),
    )
    if direction in ("imports", "balance"):
        mine = (
            (imports["scenario"] == scenario)
            & (imports["state"] == focus.actor)
            & (imports["commodity"] == focus.commodity)
        )
        told += _less(f"what {who} uses of {in_sentence(good.name)} is", imports[mine], "lost", "used")
    if direction == "imports":
        return [f"{told}."]
    mine = (
        (summary["scenario"] == scenario)
        & (summary["commodity"] == focus.commodity)
        & (summary["origin"] == focus.actor)
    )
    told += _less(
        f"exports of {in_sentence(good.name)} from {who} are", summary[mine], "lost_exports", "exports"
    )
    return [f"{told}.", *_taken_over(scenario, routes, focus.commodity, focus.actor, good.unit)]


def name_of(case: Case, actor: str) -> str:
    """Give the name of an actor; what is no actor, as nobody, stands for itself."""
    actors = case.rows("actors")
    return str(actors[actor].name) if actor in actors else actor


def _less(subject: str, rows: pd.DataFrame, lost: str, whole: str) -> str:
    """Say by how much something falls or rises, to go on with a sentence; empty where there is nothing of it."""
    if not len(rows):
        return ""
    row = rows.iloc[0]
    amount, share = float(row[lost]), abs(float(row["lost_share"]))
    if abs(amount) <= 1e-4 * max(float(row[whole]), 1.0):
        return f"; {subject} the same"
    part = f" ({share:.1%})" if share == share else ""
    return f"; {subject} {as_whole(abs(amount))} {row['unit']} {'less' if amount > 0 else 'more'}{part}"


def money_moved(scenario: str, lost: float, states: pd.DataFrame, case: Case) -> list[str]:
    """Say who pays whom in a scenario that moves money and takes little, as a fee does.

    Parameters
    ----------
    scenario : str
    lost : float
        Joint value that it loses, million currency.
    states : DataFrame
        `Comparison.states`.
    case : Case

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
    won, paid = (_largest(part, case) for part in (gains, losses))
    return [f"{scenario} moves money, million {case.settings.currency}: gained by {won}; lost by {paid}."]


def _largest(amounts: pd.Series, case: Case) -> str:
    """Name who has the largest amounts, and how much all others together."""
    ranked = amounts.sort_values(ascending=False)
    first = ranked.head(_NAMED + (len(ranked) == _NAMED + 1))  # one other is named too
    named = [f"{name_of(case, str(who))} {as_amount(float(amount), 4)}" for who, amount in first.items()]
    rest = ranked.iloc[len(first) :]
    return ", ".join(
        [*named, *([f"{len(rest)} others {as_amount(float(rest.sum()), 4)}"] if len(rest) else [])]
    )


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
    which = listed([*map(str, losers.index[:2]), *(["others"] if len(losers) > 2 else [])])
    does = "loses" if len(losers) == 1 else "lose"
    parts = ", ".join(
        f"{route} {as_whole(amount)} {unit}" for route, amount in gained.items() if amount > 0.001 * lost
    )
    by = f" ({parts})" if parts else ""
    return [
        f"Of the {as_whole(lost)} {unit} that {which} {does} in {scenario}, other routes take over {as_whole(taken)} {unit}, "
        f"{taken / lost:.1%}{by}."
    ]
