"""The least and the most: for each good, what must and what can have reached the target without a lawful origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from straits.goods import countries
from straits.goods.tracing.certificate import Certificate, make_certificates
from straits.goods.tracing.legs import CONSUME, ENTRY, EXIT, PRODUCE, Legs
from straits.goods.tracing.network import Cut, Nodes, make_nodes, max_flow
from straits.goods.tracing.stock import Stocks
from straits.goods.tracing.yields import solve_with_yields


@dataclass(frozen=True)
class Origins:
    """Which origins are barred.

    An entry without an origin may be either: it counts as lawful for the least, and as barred for the most. So does one from a
    group of which some members are barred and some are not, or whose members are not known.

    Parameters
    ----------
    barred : iterable of str, optional
        Origins that are barred; all others are lawful.
    lawful : iterable of str, optional
        Origins that are lawful; all others are barred. One of the two is given.
    """

    barred: frozenset[str] | None = None
    lawful: frozenset[str] | None = None

    def may_be_lawful(self, origin: str) -> bool:
        """Say whether goods of this origin may be lawful."""
        places = _places(origin)
        if not places:
            return True
        return (
            bool(places & self.lawful)
            if self.lawful is not None
            else not places <= (self.barred or frozenset())
        )

    def may_be_barred(self, origin: str) -> bool:
        """Say whether goods of this origin may be barred."""
        places = _places(origin)
        if not places:
            return True
        return (
            not places <= self.lawful
            if self.lawful is not None
            else bool(places & (self.barred or frozenset()))
        )


def _places(origin: str) -> frozenset[str]:
    """Return the countries that an origin may be: one, the members of a group, or none that are known."""
    if not origin or countries.country(origin) is not None:
        return frozenset({origin} - {""})
    return countries.members(origin) or frozenset()


@dataclass(frozen=True)
class Bounds:
    """What is known about the exits of one good to the target.

    Attributes
    ----------
    good : int
        Row of `Legs.goods`.
    exits : float
        All that went to the target.
    least : float
        At least so much of it has no lawful origin.
    most : float
        At most so much of it can be of barred origin, by the entries on record.
    certificates : tuple of Certificate
        Regions that prove the least; their shortfalls add up to it.
    """

    good: int
    exits: float
    least: float
    most: float
    certificates: tuple[Certificate, ...]


def bounds(events: pd.DataFrame, legs: Legs, held: Stocks, origins: Origins, target: str) -> list[Bounds]:
    """Find least and most for every good of which something went to the target."""
    codes, distinct = pd.factorize(_column(events, "origin"))
    lawful = np.array([origins.may_be_lawful(o) for o in distinct], dtype=bool)[codes]
    barred = np.array([origins.may_be_barred(o) for o in distinct], dtype=bool)[codes]
    to_target = (_column(events, "destination") == target).to_numpy(dtype=bool)
    found = []
    for mine, stock in by_group(legs, held):
        asked = (mine.role == EXIT) & to_target[mine.row]
        if not asked.any():
            continue
        nodes, entry = make_nodes(mine, stock), mine.role == ENTRY
        lawful_entry, barred_entry = entry & lawful[mine.row], entry & barred[mine.row]
        for good in np.unique(mine.good[asked]):
            exits = asked & (mine.good == good)
            total, scale = int(-mine.change[exits].sum()), int(legs.scale[good])
            cut = coloured_flow(mine, nodes, lawful_entry, exits, every_input=True)
            most = coloured_flow(mine, nodes, barred_entry, exits, every_input=False)
            proofs: list[Certificate] = []
            if total > cut.flow:
                proofs = make_certificates(events, mine, stock, nodes, cut, lawful_entry, exits)
            least = (total - cut.flow) / scale
            found.append(Bounds(int(good), total / scale, least, most.flow / scale, tuple(proofs)))
    return sorted(found, key=lambda one: one.good)


def by_group(legs: Legs, held: Stocks) -> Iterator[tuple[Legs, Stocks]]:
    """Give the legs, and their stocks, of each group of goods that processes make of each other."""
    number = linked_goods(legs)[legs.good]
    order = np.argsort(number, kind="stable")
    for chosen in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        part = replace(
            legs,
            row=legs.row[chosen],
            role=legs.role[chosen],
            account=legs.account[chosen],
            change=legs.change[chosen],
            process=legs.process[chosen],
        )
        by_account = np.argsort(part.account, kind="stable")
        yield part, Stocks(held.before[chosen], held.after[chosen], held.missing[chosen], by_account)


def coloured_flow(
    legs: Legs, nodes: Nodes, coloured: np.ndarray, asked: np.ndarray, every_input: bool
) -> Cut:
    """Take the maximum flow where that is enough, and the linear program where goods are processed."""
    if not np.isin(legs.role, (CONSUME, PRODUCE)).any():
        cut = max_flow(legs, nodes, coloured, asked)
        if cut is not None:
            return cut
    return solve_with_yields(legs, nodes, coloured, asked, every_input)


def linked_goods(legs: Legs) -> np.ndarray:
    """Number the groups of goods that processes make of each other."""
    chosen = np.flatnonzero(legs.process >= 0)
    count, processes = len(legs.goods), int(legs.process.max(initial=-1)) + 1
    links = sparse.coo_matrix(
        (np.ones(len(chosen)), (legs.good[chosen], count + legs.process[chosen])),
        shape=(count + processes,) * 2,
    )
    return np.asarray(csgraph.connected_components(links, directed=False)[1][:count])


def _column(events: pd.DataFrame, name: str) -> pd.Series:
    if name not in events.columns:
        return pd.Series([""] * len(events), index=events.index)
    return events[name].fillna("").astype(str)


def origins_of(barred: Iterable[str] = (), lawful: Iterable[str] = ()) -> Origins:
    """Give the rule that says which origins are barred."""
    given = frozenset(lawful)
    return Origins(lawful=given) if given else Origins(barred=frozenset(barred))
