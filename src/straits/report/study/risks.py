"""How likely, and how bad: losses of drawn histories of closures, and the tables of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.report.table import Table

if TYPE_CHECKING:
    from straits.contingency import Ensemble
    from straits.report.study.content import Study

#: Drawn histories of a report, and what their number times columns of the model may be, so that a large case does not wait.
DRAWS, FEWEST, WORK = 500, 100, 20_000_000
#: The same seed gives the same report.
SEED = 0
#: Levels of VaR and CVaR: one period in ten, one in twenty. Rarer ones have too few draws here.
LEVELS = (0.9, 0.95)


@dataclass(frozen=True)
class Risk:
    """Exports of the focus that are lost over drawn histories.

    Attributes
    ----------
    found : Ensemble
    seed : int
    """

    found: Ensemble
    seed: int

    @property
    def draws(self) -> int:
        """Histories that were drawn."""
        return int(self.found.stats["draws"])

    @property
    def chance(self) -> float:
        """Chance that anything happens at all."""
        return float(self.found.stats["chance"])

    def statistic(self, name: str) -> tuple[float, float]:
        """Return the value and the standard error of a row of the summary, such as "VaR 0.9"."""
        row = self.found.summary[self.found.summary["statistic"] == name]
        return float(row["value"].iloc[0]), float(row["standard_error"].iloc[0])


def find_risk(study: Study) -> Risk:
    """Draw histories from the hazards of the case and ask what each takes from the exports of the focus.

    Raises
    ------
    ModelError
        As `straits.contingency.ensemble`.
    """
    from straits.contingency import ensemble

    origin, commodity, _ = study.focus
    draws = int(np.clip(WORK // len(study.baseline.model.cost), FEWEST, DRAWS))
    measure = f"exports:{commodity}:{origin}"
    return Risk(ensemble(study.case, draws=draws, rng=SEED, measure=measure, levels=LEVELS), SEED)


def count_interval(events: float) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a Poisson mean of which so many events were seen, as multiples of the count.

    The exact interval (Garwood, 1936): neither end would have let a count as far off be seen with more than 2.5 %.
    """
    from scipy.stats import chi2

    return float(chi2.ppf(0.025, 2 * events) / 2 / events), float(
        chi2.ppf(0.975, 2 * events + 2) / 2 / events
    )


def risk_summary(study: Study) -> Table:
    """Expected loss, VaR and CVaR with their standard errors."""
    if study.risk is None:
        return Table("risk", "", pd.DataFrame())
    good, actor = _focus(study)
    frame = study.risk.found.summary.copy()
    frame["unit"] = [
        "chance" if name.startswith("chance") else study.commodity_unit for name in frame["statistic"]
    ]
    return Table(
        "risk",
        f"Exports of {good} that {actor} loses by drawn closures",
        frame,
        {},
        f"Over {study.period}, {study.risk.draws} drawn histories, seed {study.risk.seed}. VaR 0.9: exceeded with a "
        "chance of 10 %. CVaR 0.9: mean of the worst 10 %. The standard error is that of the number of draws alone, "
        "not of the rates.",
    )


def exceedance(study: Study) -> Table:
    """Chance that more than a given amount is lost."""
    if study.risk is None:
        return Table("exceedance", "", pd.DataFrame())
    return Table(
        "exceedance",
        "Chance that exports lost are greater",
        study.risk.found.exceedance,
        {"loss": study.commodity_unit, "probability": "share"},
        f"Over {study.period}; below zero, exports rise.",
    )


def hazards(study: Study) -> Table:
    """Hazards with what they rest on and what each adds to the expected loss."""
    if study.risk is None:
        return Table("hazards", "", pd.DataFrame())
    rows = study.case.rows("hazards")
    parts = study.risk.found.contributions
    each = [rows[name] for name in parts["hazard"]]
    frame = pd.DataFrame(
        {
            "hazard": [row.name for row in each],
            "closes": ["; ".join(study.asset_name(asset) for asset in row.assets) for row in each],
            "capacity_left": [row.factor for row in each],
            "events_a_year": [row.rate_per_year for row in each],
            "mean_length": [row.duration_days for row in each],
            "events_known": [math.nan if row.events_known is None else row.events_known for row in each],
            "adds_to_expected_loss": parts["marginal"].to_numpy(float),
            "standard_error": parts["standard_error"].to_numpy(float),
            "share_of_expected_loss": parts["share"].to_numpy(float),
            "source": [row.source or "none" for row in each],
            "what_is_known": [row.note or "" for row in each],
        }
    )
    unit = study.commodity_unit
    return Table(
        "hazards",
        "What can happen, what each adds to the expected loss, and what its rate rests on",
        frame,
        {"capacity_left": "share", "mean_length": "days", "adds_to_expected_loss": unit, "standard_error": unit,
         "share_of_expected_loss": "share"},
        "Adds to expected loss: what would not be lost if this hazard were never to strike. Shares need not add up to "
        "100 %: hazards that strike together share a loss. Events known: how many that happened the rate rests on; "
        "blank: the case does not say.",
    )  # fmt: skip


def _focus(study: Study) -> tuple[str, str]:
    return study.name("commodities", study.focus[1]).lower(), study.name("actors", study.focus[0])


__all__ = ["Risk", "count_interval", "exceedance", "find_risk", "hazards", "risk_summary"]
