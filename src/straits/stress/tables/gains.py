"""Who gains and who loses: changes of accounts, by actor, state, party and rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import NOBODY, state_of, states_of
from straits.engine.prices.ranges import change_ranges
from straits.lp.tolerance import DIFFERS, NOTHING
from straits.model import Solution
from straits.model.accounts import AT_TARIFF, OF_OWNERS
from straits.stress.tables import measures
from straits.stress.tables.changes import Pair, dearer_at_the_end, joined

if TYPE_CHECKING:
    from straits.case.case import Case

#: Names of parties by kind of account, but for companies, in the order in which they are shown after these.
_PARTIES = {
    "budget": "budget", "consumer": "consumers", "group": "groups", "cargo": "cargo under way", "nobody": "nobody",
}  # fmt: skip
_COMPANIES = ("home companies", "companies", "foreign companies")


def changes_by_actor(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Compare accounts.

    Returns
    -------
    DataFrame
        Columns scenario, actor, item, reference, amount, change (million currency), kind, residence. Item `price at the end`,
        of nobody, takes back what cargo left at the end is dearer in a scenario: those who pay for it come after the axis. With
        it the changes add up to the joint value that is gained.
    """
    keys = ["actor", "item", "kind", "residence"]
    both = joined(pairs, Solution.accounts, keys)
    moved = {name: dearer_at_the_end(pair) for name, pair in pairs.items()}
    later = [
        (name, f"{NOBODY} buyers after the end", "price at the end", "nobody", NOBODY, 0.0, -amount)
        for name, amount in moved.items()
        if amount
    ]
    if later:
        rows = pd.DataFrame(later, columns=["scenario", *keys, "reference", "amount"])
        order = {name: i for i, name in enumerate(pairs)}
        both = pd.concat([both, rows], ignore_index=True)
        both = both.sort_values("scenario", key=lambda s: s.map(order), kind="stable", ignore_index=True)
    both = both.assign(change=both["amount"] - both["reference"])
    return both[["scenario", "actor", "item", "reference", "amount", "change", "kind", "residence"]]


def by_state(case: Case, changes: pd.DataFrame) -> pd.DataFrame:
    """Add up changes of accounts by residence.

    Parameters
    ----------
    case : Case
    changes : DataFrame
        Of `changes_by_actor`.

    Returns
    -------
    DataFrame
        Columns scenario, state, change, kind; states first, who belongs to no state after them.
    """
    table = changes.assign(
        state=changes["residence"], size=changes[["reference", "amount"]].abs().sum(axis=1)
    )
    found = table.groupby(["scenario", "state"], as_index=False, sort=False)[["change", "size"]].sum()
    # What is left of large amounts that cancel is rounding.
    found["change"] = found["change"].mask(found["change"].abs() <= NOTHING * found.pop("size"), 0.0)
    rows = case.rows("actors")
    found["kind"] = [rows[s].kind if s in rows else "nobody" for s in found["state"]]
    apart = (found["kind"] != "state").to_numpy()
    return found.iloc[np.lexsort((apart, _order(changes, found)))].reset_index(drop=True)


def ranges_by_state(pair: Pair, states: Collection[str] | None = None) -> pd.DataFrame:
    """Say how far changes of accounts of states, and of who belongs to none, could be others at prices that are as good.

    Parameters
    ----------
    pair : Pair
    states : collection of str, optional
        Which, in this order; of an alliance all its members together. Default: all who have an account in either plan.

    Returns
    -------
    DataFrame
        Columns state, change, least, most (million currency, as `straits.engine.prices.ranges.change_ranges` gives them) and open
        (whether they differ by more than rounding).
    """
    case, both = pair.after.case, [plan.accounts() for plan in (pair.before, pair.after)]
    # Who has nothing at these prices may have something at others.
    actors = {actor for plan in (pair.before, pair.after) for actor, _ in plan.books.keys}
    of = {actor: state_of(case, actor) for actor in sorted(actors)}
    names = (
        [name for name in dict.fromkeys(of.values()) if name != NOBODY] if states is None else list(states)
    )
    groups = [[actor for actor, state in of.items() if state in states_of(case, name)] for name in names]
    before, after = (
        np.array([accounts.loc[accounts["actor"].isin(g), "amount"].sum() for g in groups])
        for accounts in both
    )
    change = np.where(
        np.abs(after - before) <= NOTHING * (np.abs(after) + np.abs(before)), 0.0, after - before
    )
    ends = change_ranges(pair.after, pair.before, groups)
    least, most = np.minimum(ends[:, 0], change), np.maximum(ends[:, 1], change)
    wide = most - least > DIFFERS * np.maximum(1.0, np.maximum(np.abs(before), np.abs(after)))
    return pd.DataFrame({"state": names, "change": change, "least": least, "most": most, "open": wide})


def by_party(case: Case, changes: pd.DataFrame) -> pd.DataFrame:
    """Add up changes of accounts by budgets, companies, consumers and others.

    Parameters
    ----------
    case : Case
    changes : DataFrame
        Of `changes_by_actor`.

    Returns
    -------
    DataFrame
        Columns scenario, party, residence, reference, amount, change.
    """
    focus = case.settings.focus
    home = states_of(case, focus.actor) if focus else None

    def party(kind: str, residence: str) -> str:
        if kind != "company":
            return _PARTIES[kind]
        if home is None:
            return "companies"
        return "home companies" if residence in home else "foreign companies"

    kinds = zip(changes["kind"], changes["residence"], strict=True)
    table = changes.assign(party=[party(kind, residence) for kind, residence in kinds])
    amounts = ["reference", "amount", "change"]
    found = table.groupby(["scenario", "party", "residence"], as_index=False)[amounts].sum()
    budget, *others = _PARTIES.values()
    shown = [budget, *_COMPANIES, *others]
    rank = np.array([shown.index(p) for p in found["party"]], dtype=int)
    by = np.lexsort((-found["change"].abs().to_numpy(), rank, _order(changes, found)))
    return found.iloc[by].reset_index(drop=True)


def by_rule(changes: pd.DataFrame) -> pd.DataFrame:
    """Add up scarcity by the rule that moved it: scenario, rule, item, reference, amount, change (million currency)."""
    rules = dict.fromkeys(OF_OWNERS, "scarcity") | dict.fromkeys(AT_TARIFF, "tariff")
    table = changes[changes["item"].isin(rules)]
    table = table.assign(rule=table["item"].map(rules))
    found = table.groupby(["scenario", "rule", "item"], as_index=False, sort=False)
    return found[["reference", "amount", "change"]].sum()


def of_parts(reference: Solution, solution: Solution) -> pd.DataFrame:
    """Compare what the joint value is made of: part, reference, amount, change (million currency).

    What is left at the end is worth in both what it is worth in the reference.
    """
    before, after = (measures.value_parts(s) for s in (reference, solution))
    # The last part is what is left at the end: worth the same in both plans.
    after.loc[after.index[-1], "amount"] -= dearer_at_the_end(Pair(solution, reference))
    table = after.assign(reference=before["amount"])
    return table.assign(change=table["amount"] - table["reference"])[
        ["part", "reference", "amount", "change"]
    ]


def _order(changes: pd.DataFrame, found: pd.DataFrame) -> np.ndarray:
    """Rank of each row's scenario, in the order asked for."""
    of_scenario = {name: i for i, name in enumerate(dict.fromkeys(changes["scenario"]))}
    return np.array([of_scenario[s] for s in found["scenario"]], dtype=int)
