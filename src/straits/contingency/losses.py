"""What failures cost, as tables and sentences: losses, shares, pairs beside their parts. Nothing is solved here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.engine.measures import of_what_is_missed
from straits.engine.steps import apart
from straits.lp.tolerance import NOTHING
from straits.wording import as_amount, if_more

if TYPE_CHECKING:
    from straits.engine.variant import Variant
    from straits.model import Model


def losses_of(table: pd.DataFrame, measures: Sequence[str], variants: Sequence[Variant]) -> pd.DataFrame:
    """Turn measures into losses against the first row, which is the case without failure."""
    columns: dict[str, Any] = {
        "failure": table["variant"],
        "assets": [len(v.parts) for v in variants],
        "first": [v.names[0] if v.parts else "" for v in variants],
        "second": [v.names[1] if len(v.parts) > 1 else "" for v in variants],
        "status": table["status"],
        "method": table["method"],
    }
    for name in measures:
        lost = table[name].iloc[0] - table[name]
        columns["loss" if name == "value" else name] = -lost if of_what_is_missed(name) else lost
    result = pd.DataFrame(columns).iloc[1:].reset_index(drop=True)
    # Differences of equal numbers are rounding of sums of large ones.
    scale = 1e-9 * (1.0 + abs(float(table["value"].iloc[0])))
    numbers = [c for c in result.columns if c in ("loss", "unmet_cost") or ":" in c]
    for c in numbers:
        amounts = c.startswith(("exports:", "used:", "unmet:"))
        least = NOTHING * (1.0 + float(table[c].abs().max())) if amounts else scale
        result[c] = result[c].mask(result[c].abs() < least, 0.0)
    # A column of zeros says nothing: actors and cargoes without any stake are left out.
    idle = [c for c in numbers if ":" in c and (result[c].fillna(0.0) == 0.0).all()]
    # A copy in one piece: pandas warns of tables of many pieces when others add columns.
    return result.drop(columns=idle).copy()


def cumulative(table: pd.DataFrame) -> pd.Series:
    """Share of all losses of failures of as many assets that this and the greater ones make up; nan for an infinite one."""
    gain = table["loss"].clip(lower=0.0).replace(np.inf, np.nan)
    each = gain.groupby(table["assets"])
    total = each.transform("sum")
    return each.cumsum() / total.where(total > 0)


def excess_of(table: pd.DataFrame) -> pd.DataFrame:
    """Set the loss of each pair beside the sum of the losses of its parts, the greatest excess first."""
    single = table[table["assets"] == 1].set_index("failure")["loss"]
    pairs = table.loc[table["assets"] == 2, ["failure", "first", "second", "loss"]].copy()
    pairs["sum_of_parts"] = pairs["first"].map(single).astype(float) + pairs["second"].map(single).astype(
        float
    )
    with np.errstate(invalid="ignore"):
        pairs["excess"] = pairs["loss"] - pairs["sum_of_parts"]
    return pairs.sort_values("excess", ascending=False, kind="stable", ignore_index=True)


def differing(table: pd.DataFrame) -> pd.DataFrame:
    """Give the failures whose losses in coarse and in fine steps differ by more than a tenth."""
    noise = 1e-4 * float(table["loss"].replace(np.inf, np.nan).max()) if len(table) else 0.0
    pairs = zip(table["loss_coarse"], table["loss"], strict=True)
    return table[[apart(coarse, fine, noise=max(noise, 0.0)) for coarse, fine in pairs]]


def units_of(table: pd.DataFrame, model: Model) -> dict[str, str]:
    """Return the unit of each column: money, or the unit of the commodity that is exported."""
    goods = model.case.rows("commodities")
    found: dict[str, str] = {}
    for column in map(str, table.columns):
        if column.startswith(("exports:", "used:", "unmet:")):
            found[column] = goods[column.split(":")[1]].unit
        elif column in (
            "loss",
            "loss_known",
            "loss_coarse",
            "lack_of_storage",
            "lack_of_route",
            "unmet_cost",
        ) or column.startswith("account:"):
            found[column] = f"million {model.case.settings.currency}"
    return found


def told_of(table: pd.DataFrame, pairs: pd.DataFrame, currency: str) -> list[str]:
    """Say which failure costs most, how many cost nothing, and which pair costs most beyond its parts."""
    single = table[table["assets"] == 1]
    told = []
    if len(single):
        loss = float(single["loss"].iloc[0])
        much = (
            f"{as_amount(loss)} million {currency}"
            if np.isfinite(loss)
            else "a promise that has no price and cannot be kept"
        )
        told.append(f"Of {len(single)} single failures {single['failure'].iloc[0]} costs most: {much}.")
        told.append(f"{int((single['loss'] == 0).sum())} single failures cost nothing.")
        if "loss_known" in single and np.isfinite(loss):
            known = float(single["loss_known"].iloc[0])
            told.append(
                f"{single['failure'].iloc[0]} fails by surprise: had all known it from the start, it would cost "
                f"{as_amount(known)} million {currency}{if_more(known, loss)}."
            )
        if "loss_coarse" in table and len(wrong := differing(single)):
            row = wrong.iloc[0]
            coarse = (
                "have no answer" if np.isnan(row["loss_coarse"]) else f"say {as_amount(row['loss_coarse'])}"
            )
            told.append(
                f"Solved in finer steps, because the window is short: for {row['failure']} the steps of the case {coarse} "
                f"instead of {as_amount(row['loss'])} million {currency}."
            )
    worse = pairs[pairs["excess"] > 1e-6]
    if len(pairs):
        told.append(
            f"{worse['failure'].iloc[0].replace('+', ' and ')} together cost {as_amount(worse['excess'].iloc[0])} million "
            f"{currency} more than the sum of what each costs alone."
            if len(worse)
            else "No pair costs more than the sum of its parts."
        )
    return told
