"""What drawn losses say about all losses: expected loss, quantiles, and how far each may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Resamples for the standard error of a quantile.
_RESAMPLES = 200
#: Draws for each number that is fitted; with fewer, the fit would flatter the error.
_DRAWS_PER_NUMBER = 20


@dataclass(frozen=True)
class Estimates:
    """Estimates from equally likely draws, given that something happens.

    Parameters
    ----------
    loss : ndarray, shape (draws,)
    chance : float
        That something happens; else nothing is lost.
    controls : ndarray, shape (draws, numbers)
        Other numbers of each draw.
    known : ndarray, shape (numbers,)
        Their means, given that something happens.
    """

    loss: np.ndarray
    chance: float
    controls: np.ndarray
    known: np.ndarray

    def mean(self, draws: int | None = None) -> tuple[float, float]:
        """Give the expected loss and its standard error, from the first draws or all.

        Notes
        -----
        Regression-adjusted control variates (Glasserman 2003, *Monte Carlo Methods in Financial Engineering*, section 4.1): the
        loss is fitted to the controls, and the fit is taken at their known means instead of at those that were drawn.
        """
        loss, controls = self.loss[:draws], self.controls[:draws]
        apart = controls[:, controls.std(axis=0) > 0.0]
        if len(loss) < _DRAWS_PER_NUMBER * (1 + apart.shape[1]):
            return self.plain_mean(draws)
        off = apart - self.known[controls.std(axis=0) > 0.0]
        fitted = np.column_stack([np.ones(len(loss)), off])
        weights, _, rank, _ = np.linalg.lstsq(fitted, loss, rcond=None)
        rest = loss - fitted @ weights
        spread = np.sqrt(rest @ rest / (len(loss) - rank))
        # The error of the constant, where the controls drawn are off their means.
        inverse = np.linalg.pinv(fitted.T @ fitted)[0, 0]
        return self.chance * float(weights[0]), self.chance * float(spread * np.sqrt(inverse))

    def plain_mean(self, draws: int | None = None) -> tuple[float, float]:
        """Give the expected loss and its standard error from the losses alone."""
        loss = self.loss[:draws]
        return self.chance * float(loss.mean()), self.chance * float(loss.std(ddof=1) / np.sqrt(len(loss)))

    def summary(self, levels: Sequence[float], rng: np.random.Generator) -> pd.DataFrame:
        """Give statistic, value, standard_error."""
        loss, chance, n = self.loss, self.chance, len(self.loss)
        rows = [
            ("expected loss", *self.mean()),
            ("chance that anything happens", chance, 0.0),
        ]
        for level in levels:
            var = quantile(loss, chance, level)
            # CVaR = VaR + E[(loss - VaR)+] / (1 - level): the mean of a number that each draw gives, and nothing lost where
            # nothing happens, which is beyond a VaR that is a gain.
            beyond = np.maximum(loss - var, 0.0) / (1.0 - level)
            quiet = (1.0 - chance) * max(-var, 0.0) / (1.0 - level)
            samples = [quantile(rng.choice(loss, n), chance, level) for _ in range(_RESAMPLES)]
            rows.append((f"VaR {level:g}", var, float(np.std(samples, ddof=1))))
            error = chance * beyond.std(ddof=1) / np.sqrt(n)
            rows.append((f"CVaR {level:g}", var + chance * beyond.mean() + quiet, error))
        rows.append(("expected loss, plain mean", *self.plain_mean()))
        return pd.DataFrame(rows, columns=["statistic", "value", "standard_error"])

    def exceedance(self) -> pd.DataFrame:
        """Give loss and probability: the chance that the loss is greater, falling."""
        values, counts = np.unique(np.concatenate([[0.0], self.loss]), return_counts=True)
        counts[values == 0.0] -= 1
        greater = len(self.loss) - np.cumsum(counts)
        # Where nothing happens nothing is lost, which is more than a gain.
        quiet = np.where(values < 0.0, 1.0 - self.chance, 0.0)
        return pd.DataFrame({"loss": values, "probability": self.chance * greater / len(self.loss) + quiet})

    def convergence(self) -> pd.DataFrame:
        """Give draws, expected_loss, standard_error, plain_mean, plain_standard_error of the first draws."""
        n = len(self.loss)
        sizes = sorted({int(size) for size in np.geomspace(min(100, n), n, 9)})
        columns = ["draws", "expected_loss", "standard_error", "plain_mean", "plain_standard_error"]
        return pd.DataFrame([(k, *self.mean(k), *self.plain_mean(k)) for k in sizes], columns=columns)


def quantile(loss: np.ndarray, chance: float, level: float) -> float:
    """Give the least loss that is not exceeded with probability `level`, where with 1 - chance nothing is lost.

    Parameters
    ----------
    loss : ndarray
        Of equally likely histories in which something happens.
    chance : float
        That something happens.
    level : float
    """
    values = np.concatenate([[0.0], loss])
    weight = np.concatenate([[1.0 - chance], np.full(len(loss), chance / len(loss))])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][min(int(np.searchsorted(reached, level - 1e-12)), len(values) - 1)])
