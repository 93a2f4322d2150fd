"""The one result type of all solutions: who gets what, by which rule, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.power.games.game import Array, Game, GameError
from straits.power.games.lazygame import LazyGame

if TYPE_CHECKING:
    import pandas as pd

    from straits.power.games.kohlberg import Certificate


@dataclass(frozen=True, eq=False)
class Allocation:
    """What each player gets under one solution.

    Attributes
    ----------
    game : Game or LazyGame
        What was divided.
    method : str
        Name of the solution.
    values : ndarray, shape (n,)
        What each player gets, in the unit of the game; read-only.
    parameters : Mapping
        What the solution depends on beyond the game: unions, graph, sample, …
    solves : int
        Linear programs solved for it (0 for a formula).
    tolerance : float
        Absolute accuracy of `values`, in the unit of the game. For samples see `errors`.
    certificate : Certificate or None
        Proof that another program can check (`straits.power.verify`).
    errors : ndarray or None
        Standard errors of sampled values.
    """

    game: Game | LazyGame
    method: str
    values: Array
    parameters: Mapping[str, Any] = field(default_factory=dict)
    solves: int = 0
    tolerance: float = 0.0
    certificate: Certificate | None = None
    errors: Array | None = None

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=float)
        if values.shape != (self.game.n,) or not np.isfinite(values).all():
            raise GameError(f"{self.method}: expected {self.game.n} finite numbers, found {values}")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def players(self) -> tuple[str, ...]:
        """Names of the players, in the order of `values`."""
        return self.game.players

    def __getitem__(self, player: str) -> float:
        return float(self.values[self.game.index(player)])

    def as_dict(self) -> dict[str, float]:
        """Return player and value as a dictionary."""
        return {p: float(x) for p, x in zip(self.players, self.values, strict=True)}

    @property
    def shares(self) -> Array:
        """Each player's part of the whole. Raises `GameError` when the values add up to nothing."""
        total = self.values.sum()
        if abs(total) <= 1e-12 * (np.abs(self.values).max() or 1.0):
            raise GameError(f"{self.method}: the values add up to {total:g}, so that shares are not defined")
        return self.values / total

    def table(self) -> pd.DataFrame:
        """Return a table [player, value] with `error` (standard error) for samples."""
        import pandas as pd

        columns: dict[str, Any] = {"player": self.players, "value": self.values}
        if self.errors is not None:
            columns["error"] = self.errors
        return pd.DataFrame(columns)

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process or a file: a view of a dict does not."""
        return {**self.__dict__, "parameters": dict(self.parameters)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {"parameters": MappingProxyType(state["parameters"])})

    def __repr__(self) -> str:
        shown = ", ".join(f"{p}: {x:.6g}" for p, x in list(self.as_dict().items())[:8])
        more = ", …" if self.game.n > 8 else ""
        return f"Allocation({self.method}; {shown}{more})"


__all__ = ["Allocation"]
