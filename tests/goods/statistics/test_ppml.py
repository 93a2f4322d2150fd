"""Poisson regression: against the likelihood solved by brute force, against pyfixest, and where no estimate exists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from straits.errors import StraitsError
from straits.goods.statistics.poisson import ppml

#: What pyfixest gives for `panel(2)`; the command stands in the test.
PYFIXEST = [0.7796729, -0.3109752]
PYFIXEST_ERRORS = [0.18871, 0.02755]
USED = 1408


def panel(seed: int, codes: int = 30, corridors: int = 4, months: int = 12) -> pd.DataFrame:
    """Make a panel with three sets of effects, many zeros, and a treated corridor."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(g, c, m) for g in range(codes) for c in range(corridors) for m in range(months)],
        columns=["good", "corridor", "month"],
    )
    effect = rng.normal(0, 1, (codes, corridors))[frame["good"], frame["corridor"]]
    effect += rng.normal(0, 0.5, (codes, months))[frame["good"], frame["month"]]
    frame["x"] = ((frame["good"] < codes // 3) & (frame["corridor"] == 1) & (frame["month"] >= 6)).astype(
        float
    )
    frame["z"] = rng.normal(0, 1, len(frame))
    mean = np.exp(effect + 0.8 * frame["x"] - 0.3 * frame["z"])
    return frame.assign(y=rng.poisson(mean).astype(float))


def test_equals_newton_with_dummies() -> None:
    """Proves: coefficients equal those of the whole likelihood with a dummy for every effect.
    Without it: a projection that stops too
    early would give other numbers."""
    frame = panel(1, codes=8, corridors=3)
    frame = frame[frame.groupby("good")["y"].transform("sum") > 0]
    frame = frame[frame.groupby(["corridor", "month"])["y"].transform("sum") > 0]
    dummies = pd.get_dummies(
        frame[["good"]].assign(cm=frame["corridor"] * 100 + frame["month"]).astype(str), dtype=float
    )
    columns = np.column_stack([frame[["x", "z"]], dummies])
    y, beta = frame["y"].to_numpy(), np.zeros(columns.shape[1])
    for _ in range(200):
        mu = np.exp(columns @ beta)
        beta += np.linalg.lstsq(columns * np.sqrt(mu)[:, None], (y - mu) / np.sqrt(mu), rcond=None)[0]
    found = ppml(
        frame, outcome="y", regressors=["x", "z"], effects=["good", ("corridor", "month")], cluster="good"
    )
    assert found.table["coefficient"].tolist() == pytest.approx(beta[:2].tolist(), abs=1e-8)


def test_equals_pyfixest() -> None:
    """Proves: coefficients and observations used equal pyfixest's with three sets of effects and separated observations.
    Without it: another treatment of all-zero groups would go unseen.

    pyfixest 0.60.0: fepois("y ~ x + z | gc + gm + cm", panel(2), vcov={"CRV1": "good"}, iwls_tol=1e-10)."""
    found = ppml(
        panel(2), outcome="y", regressors=["x", "z"], effects=[("good", "corridor"), ("good", "month"), ("corridor", "month")],
        cluster="good",
    )  # fmt: skip
    assert found.table["coefficient"].tolist() == pytest.approx(PYFIXEST, abs=1e-6)
    assert found.table["standard_error"].tolist() == pytest.approx(PYFIXEST_ERRORS, rel=0.05)
    assert found.used == USED


def test_separated_observations_are_left_out() -> None:
    """Proves: a regressor that is 1 only where nothing was traded separates those rows; they go, and what is left is estimated.
    Without it: its coefficient would run to minus infinity and take the others with it."""
    frame = panel(3)
    frame["ban"] = ((frame["corridor"] == 2) & (frame["month"] >= 9)).astype(float)
    frame.loc[frame["ban"] == 1, "y"] = 0.0
    effects = [("good", "corridor"), ("good", "month")]
    with pytest.raises(StraitsError, match="explain ban wholly"):
        ppml(frame, outcome="y", regressors=["x", "ban"], effects=effects)
    rest = frame[frame["ban"] == 0]
    assert ppml(rest, outcome="y", regressors=["x"], effects=effects).table["coefficient"].iloc[
        0
    ] == pytest.approx(
        ppml(frame, outcome="y", regressors=["x"], effects=[*effects, ("corridor", "month")])
        .table["coefficient"]
        .iloc[0],
        abs=0.5,
    )


def test_explained_regressor_is_refused() -> None:
    """Proves: a regressor that is constant within an effect is refused by name.
    Without it: a number without meaning would be printed."""
    frame = panel(4).assign(tier=lambda f: (f["good"] % 2).astype(float))
    with pytest.raises(StraitsError, match="explain tier wholly"):
        ppml(frame, outcome="y", regressors=["x", "tier"], effects=["good", "month"])
    with pytest.raises(StraitsError, match="no column nothing"):
        ppml(frame, outcome="y", regressors=["nothing"], effects=["good"])
    with pytest.raises(StraitsError, match="0 or more"):
        ppml(frame.assign(y=-1.0), outcome="y", regressors=["x"], effects=["good"])
