"""What the main answer counts: exports of the focus, or what is delivered to its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from straits.case.ownership import state_of
from straits.wording import in_sentence, with_article

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model import Solution
    from straits.stress.comparison import Comparison


class Leading(Protocol):
    """What of a study says what it leads with."""

    @property
    def case(self) -> Case: ...
    @property
    def baseline(self) -> Solution: ...
    @property
    def comparison(self) -> Comparison: ...
    @property
    def days(self) -> np.ndarray: ...
    @property
    def focus(self) -> tuple[str, str, str | None]: ...
    def name(self, table: str, key: str) -> str: ...


@dataclass(frozen=True)
class Trade:
    """The side of its trade on which the state of the focus loses.

    Attributes
    ----------
    imports : bool
    word : str
        What is lost: exports, or deliveries.
    measure : str
        The measure of the engine that counts it (`straits.engine.measures`).
    per_step : ndarray, shape (T,)
        In the baseline, unit of the commodity.
    what : str
        Whose it is, for notes.
    whole : str
        Of whom it is a part, for sentences: its exports of oil, the fuel that it uses.
    """

    imports: bool
    word: str
    measure: str
    per_step: np.ndarray
    what: str
    whole: str

    @property
    def amount(self) -> float:
        """What it amounts to in the baseline over the whole axis."""
        return float(self.per_step.sum())

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table whose columns of exports lost are named after what they hold."""
        return frame.rename(columns=lambda c: self.column(str(c))) if self.imports else frame

    def column(self, name: str) -> str:
        """Return the name of a column of exports lost."""
        return name.replace("exports_lost", "deliveries_lost") if self.imports else name


def trade_of(study: Leading) -> Trade:
    """Return what the main answer of a study counts."""
    origin, commodity, _ = study.focus
    imports, good = study.comparison.direction == "imports", in_sentence(study.name("commodities", commodity))
    per_step = np.zeros(len(study.days))
    if imports:
        from straits.stress.tables.imports import supplies

        state = state_of(study.case, origin)
        table, who = supplies(study.baseline), with_article(study.name("actors", state))
        table = table[(table["state"] == state) & (table["commodity"] == commodity)]
        np.add.at(per_step, table["step"].to_numpy(int), table["used"].to_numpy(float))
        what = f"Deliveries lost are what {who} uses less of {good}, its own output included"
        return Trade(
            True, "deliveries", f"used:{commodity}:{state}", per_step, what, f"the {good} that it uses"
        )
    from straits.stress.tables.measures import exports

    sold = exports(study.baseline)
    sold = sold[(sold["commodity"] == commodity) & (sold["origin"] == origin)]
    np.add.at(per_step, sold["step"].to_numpy(int), sold["amount"].to_numpy(float))
    what = "Exports lost are of the good and origin that the study leads with"
    return Trade(False, "exports", f"exports:{commodity}:{origin}", per_step, what, f"its exports of {good}")


__all__ = ["Trade", "trade_of"]
