"""Trade as a dense block: goods by corridors by months, a cell without a row being no trade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.goods.spans import between

if TYPE_CHECKING:
    from straits.goods.refusals import Refusals


@dataclass(frozen=True)
class Panel:
    """Values of goods in corridors over months.

    Attributes
    ----------
    goods : tuple of str
    corridors : tuple of str
        Importers, or exporters where one importer stands against many.
    months : tuple of str
        Without gaps.
    values : ndarray of float, shape (goods, corridors, months)
    currency : str
    """

    goods: tuple[str, ...]
    corridors: tuple[str, ...]
    months: tuple[str, ...]
    values: np.ndarray
    currency: str

    def of(self, corridor: str) -> np.ndarray:
        """Return the values of one corridor, shape (goods, months)."""
        found: np.ndarray = self.values[:, self.corridors.index(corridor), :]
        return found

    def where(self, months: list[str]) -> np.ndarray:
        """Return the places of months of the panel; those that it does not have are left out."""
        known = {month: place for place, month in enumerate(self.months)}
        return np.array([known[month] for month in months if month in known], dtype=int)


def block(rows: pd.DataFrame, refusals: Refusals, corridor: str = "importer") -> Panel | None:
    """Return the monthly rows of goods (HS codes) as a block; None, with a refusal, if there are none or months are missing."""
    chosen = rows[(rows["period"].str.len() == 7) & rows["good"].str.fullmatch(r"\d+")]
    if not len(chosen):
        refusals.refuse(
            "question",
            "",
            "good",
            "no monthly rows of HS codes",
            "a table with a row per code and month",
            "no_rows",
        )
        return None
    blank = chosen[chosen["value"].isna()]
    for file, line in zip(blank["file"].head(5), blank["line"].head(5), strict=True):
        refusals.refuse(
            file,
            line,
            "value",
            "a blank, which is not zero",
            "a number, or no row where there was no trade",
            "missing_value",
        )
    months = between(chosen["period"].min(), chosen["period"].max())
    there = set(chosen["period"].unique())
    gone = [month for month in months if month not in there]
    if gone:
        accepted = "every month from the first to the last: a month without any row is missing, not zero"
        refusals.refuse("question", "", "period", ", ".join(gone), accepted, "missing_months")
    if len(blank) or gone:
        return None
    good, goods = pd.factorize(chosen["good"], sort=True)
    side, corridors = pd.factorize(chosen[corridor], sort=True)
    month = chosen["period"].map({name: place for place, name in enumerate(months)}).to_numpy()
    shape = (len(goods), len(corridors), len(months))
    flat = np.ravel_multi_index((good, side, month), shape)
    values = np.bincount(flat, weights=chosen["value"].to_numpy(), minlength=int(np.prod(shape))).reshape(
        shape
    )
    return Panel(tuple(goods), tuple(corridors), tuple(months), values, str(chosen["currency"].iloc[0]))


def predecessors(concordance: pd.DataFrame) -> dict[str, str]:
    """Return the older code with which each code that one edition alone has is counted.

    For a code that only the newer edition has it is the one that the concordance prefers. A pair of many to many codes counts
    only within a heading: by the others a telephone of HS 2017 would be the past of displays and of electronic waste. What has
    none has no past. A code that only the older edition has is counted with the code that it became, where that is one, or are
    several counted together: of two codes that became one, both are its past.
    """
    old, new = set(concordance["old"]), set(concordance["new"])
    near = concordance[
        (concordance["relationship"] != "n:n") | (concordance["new"].str[:4] == concordance["old"].str[:4])
    ]
    chosen = near[near["preferred"] & ~near["new"].isin(old)]
    found = dict(zip(chosen["new"], chosen["old"], strict=True))
    ended = near[~near["old"].isin({*new, *found.values()})]
    into = ended["new"].map(lambda code: found.get(code, code)).groupby(ended["old"]).agg(set)
    return found | {str(code): next(iter(one)) for code, one in into.items() if len(one) == 1}


def joining(goods: pd.Series, concordance: pd.DataFrame | None) -> tuple[str, str, str]:
    """Return what is assumed of renumbered codes, with how many of these goods were joined and how many were not."""
    if concordance is None:
        return "renumbered codes", "not joined", "a code born in a new edition has no past of its own"
    named, new, old = set(goods.unique()), set(concordance["new"]), set(concordance["old"])
    fresh, ended = (named & new) - old, (named & old) - new
    to_old = set(predecessors(concordance))
    text = (
        f"{len(fresh & to_old)} joined to the one old code that the concordance prefers; {len(fresh - to_old)} not joined; "
        f"{len(ended & to_old)} that ended counted with the one code that they became"
    )
    why = "a pair of many to many codes counts only within a heading: the others tie telephones to displays and electrical waste"
    return "renumbered codes", text, why


def joined(panel: Panel, concordance: pd.DataFrame | None) -> tuple[Panel, dict[str, tuple[str, ...]]]:
    """Return the panel with codes of a newer edition under their `predecessors`, and what was joined.

    So a code that was split is compared with its own past. Families by all rows that touch each other would be far too large.
    """
    if concordance is None:
        return panel, {}
    to_old = predecessors(concordance)
    names = [to_old.get(good, good) for good in panel.goods]
    place, goods = pd.factorize(pd.Index(names), sort=True)
    values = np.zeros((len(goods), *panel.values.shape[1:]))
    np.add.at(values, place, panel.values)
    families: dict[str, list[str]] = {}
    for good, name in zip(panel.goods, names, strict=True):
        families.setdefault(name, []).append(good)
    changed = {name: tuple(codes) for name, codes in families.items() if codes != [name]}
    return Panel(tuple(goods), panel.corridors, panel.months, values, panel.currency), changed


def renumbered(goods: tuple[str, ...], concordance: pd.DataFrame) -> np.ndarray:
    """Say of each code whether only one of two editions has it, shape (goods,)."""
    both = set(concordance["new"]) & set(concordance["old"])
    return np.array([good not in both for good in goods])
