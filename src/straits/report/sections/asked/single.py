"""Close each link and each state once, over one window."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from straits.errors import ModelError
from straits.report.study.content import Study
from straits.report.study.words import window_of


@dataclass(frozen=True)
class Failures:
    """Single failures over one window, nothing else disrupted.

    Attributes
    ----------
    links : DataFrame
        Links that can carry the focus cargo: asset, exports_lost (of that cargo; for an importer what its state uses less),
        cumulative_share (of all single losses),
        value_lost, lack_of_storage, lack_of_route (million currency), possible (whether all hard promises can be kept);
        where the failures are a surprise, value_lost_if_known: what all lose if they know from the start.
    states : DataFrame
        state, and exports_lost and value_lost if all on its territory stops, and if only cargo of others through it stops.
    window : (date, date)
        First day, and day after the last.
    exported : float
        What the baseline exports of the focus cargo, or delivers of it, during the window.
    failed : dict of str to str
        Failures without an answer that could be believed, and what was tried; in none of the tables.
    """

    links: pd.DataFrame
    states: pd.DataFrame
    window: tuple[date, date]
    exported: float
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def unanswered(self) -> dict[str, str]:
        """What the solver did not answer, and why."""
        return {f"failure of {asset}": why for asset, why in self.failed.items()}


def find_failures(study: Study) -> Failures:
    """Close each link that can carry the focus cargo, or of an importer its good of any origin, and each state, for the window.

    Raises
    ------
    ModelError
        If the focus cargo is none of the network.
    """
    from straits.contingency import sweep

    origin, commodity, _ = study.focus
    network, trade = study.baseline.network, study.trade
    mine = [k.commodity == commodity and (trade.imports or k.origin == origin) for k in network.cargoes]
    if not any(mine):
        raise ModelError(f"no {commodity} of {origin} can reach a buyer, so nothing of it can be lost")
    carriers = np.unique(network.pair_link[np.array(mine)[network.pair_cargo]])
    window = window_of(study)
    # What fails is seldom announced, and what a state stops is not: both numbers stand side by side.
    links = [network.link_ids[i] for i in carriers]
    found = sweep(study.case, over=links, window=window, actors=(), foresight="surprise")
    whole = sweep(
        study.case,
        over="territories,transit",
        window=window,
        actors=(),
        split=False,
        foresight="surprise",
        beside=False,
    )
    exported = float(trade.per_step @ network.steps.overlap(*window))
    failed = found.stats["failed"] | whole.stats["failed"]
    answered = found.table[~found.table["failure"].isin(list(failed))]
    return Failures(
        _ranked(answered, trade.measure), _by_state(whole.table, trade.measure), window, exported, failed
    )


def _ranked(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "asset": table["failure"],
            # A sweep leaves out measures that no failure changes.
            "exports_lost": table[measure] if measure in table else np.where(table["status"] == "optimal", 0.0, np.nan),
            "value_lost": table["loss"],
            **({"value_lost_if_known": table["loss_known"]} if "loss_known" in table else {}),
            "lack_of_storage": table["lack_of_storage"],
            "lack_of_route": table["lack_of_route"],
            "possible": table["status"] == "optimal",
        }
    )  # fmt: skip
    frame = frame.sort_values(["exports_lost", "value_lost"], ascending=False, kind="stable")
    lost = frame["exports_lost"].clip(lower=0.0).fillna(0.0)
    total = float(lost.sum())
    frame.insert(2, "cumulative_share", lost.cumsum() / total if total > 0 else np.nan)
    return frame.reset_index(drop=True)


def _by_state(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    lost = table.set_index("failure")
    states = dict.fromkeys(str(name).partition(":")[2] for name in lost.index)
    columns: dict[str, list[Any]] = {"state": list(states)}
    for scope, column in (("territory", "all"), ("transit", "transit")):
        for what, name in ((measure, "exports_lost"), ("loss", "value_lost")):
            values = lost[what] if what in lost else pd.Series(0.0, index=lost.index)
            columns[f"{column}_{name}"] = [float(values.get(f"{scope}:{state}", 0.0)) for state in states]
    order = ["all_exports_lost", "all_value_lost"]
    return pd.DataFrame(columns).sort_values(order, ascending=False, kind="stable", ignore_index=True)
