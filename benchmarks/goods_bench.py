"""Statistics of goods against plainer ways, and how well planted diversion is found. Take the ratios, not the seconds.

    python benchmarks/goods_bench.py [--quick] [--panel FILE] [--seeds N]

- Surge table of a million rows (`straits.goods.statistics.surging.surge_table`) against a group-by that tests code by code
(on a part
  of the codes, multiplied up).
- Poisson regression on 200,000 cells with three sets of effects, against sparse dummies in each step (LSMR).
- Diversion planted in made panels (or, with `--panel`, in a real one of `hs6,partner,month,value_eur`): false discoveries,
recall, how
  often the interval of the mass holds the truth, and its width over the truth.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.linalg import lsmr

from straits.goods.refusals import Refusals
from straits.goods.rows import complete
from straits.goods.spans import months_of
from straits.goods.statistics import poisson
from straits.goods.statistics.fallrise import fall_and_rise
from straits.goods.statistics.surging import surge_table


def million_rows(rows: int) -> pd.DataFrame:
    """Make monthly rows of 5,000 codes in several corridors over two years."""
    rng = np.random.default_rng(0)
    months = months_of("2021/2022")
    corridors = -(-rows // (5000 * len(months)))
    frame = pd.MultiIndex.from_product(
        [[f"{n:06d}" for n in range(5000)], [f"P{n}" for n in range(corridors)], months],
        names=["good", "importer", "period"],
    ).to_frame(index=False)[:rows]
    frame["value"] = rng.lognormal(10, 1, len(frame))
    frame["line"] = np.arange(len(frame))
    frame = frame.assign(exporter="EU", reporter="EU", flow="export", currency="EUR")
    made = complete(frame, "made")
    return made.assign(exporter_label=made["exporter"], importer_label=made["importer"])


def surges(rows: int) -> None:
    """Print the time of the surge table against a group-by."""
    frame = million_rows(rows)
    before, after = months_of("2021"), months_of("2022")
    began = time.process_time()
    table = surge_table(frame, before, after, None, 1e5, 0.1, Refusals())
    ours = time.process_time() - began
    part = frame[frame["good"] < "000100"]
    began = time.process_time()
    checked = {}
    for key, one in part.groupby(["importer", "good"]):
        old = (
            one[one["period"].isin(before)]
            .set_index("period")["value"]
            .reindex(before, fill_value=0)
            .to_numpy()
        )
        new = (
            one[one["period"].isin(after)]
            .set_index("period")["value"]
            .reindex(after, fill_value=0)
            .to_numpy()
        )
        ratio = new.sum() / old.sum()
        error = np.sqrt(12 / 11 * ((new - ratio * old) ** 2).sum()) / new.sum()
        checked[key] = (ratio, stats.t.sf(np.log(ratio) / error, 11))
    plain = (time.process_time() - began) * 50
    same = table.set_index(["importer", "good"]).loc[list(checked), ["ratio", "p"]].to_numpy()
    off = float(np.abs(same - np.array(list(checked.values()))).max())
    told = f"{ours:.2f} s; code by code {plain:.0f} s: {plain / ours:.0f} times; off by {off:.1e}"
    print(f"surge table, {len(frame):,} rows: {told}")


def regression(codes: int) -> None:
    """Print the time of the Poisson regression against one whose projections are plain."""
    rng = np.random.default_rng(1)
    corridors, months = 5, 35
    shape = (codes, corridors, months)
    logs = (
        rng.normal(8, 2, (codes, corridors, 1))
        + rng.normal(0, 0.5, (codes, 1, months))
        + rng.normal(0, 0.3, (1, corridors, months))
    )
    value = np.where(rng.random(shape) < 0.3, 0.0, rng.poisson(np.exp(np.minimum(logs, 14))) * 1.0)
    grid = np.indices(shape).reshape(3, -1)
    frame = pd.DataFrame({"hs6": grid[0], "corridor": grid[1], "month": grid[2], "value": value.ravel()})
    frame["x"] = ((frame["hs6"] < codes // 10) & (frame["corridor"] == 1) & (frame["month"] > 25)).astype(
        float
    )
    asked = {
        "outcome": "value", "regressors": ["x"], "effects": [("corridor", "hs6"), ("hs6", "month"), ("corridor", "month")],
        "cluster": "hs6",
    }  # fmt: skip
    began = time.process_time()
    ours = poisson.ppml(frame, **asked)
    quick = time.process_time() - began
    # The other way: the sparse matrix of all dummies in each step, by at most 300 iterations of LSMR; one step is measured.
    kept = frame[frame.groupby(["hs6", "corridor"])["value"].transform("sum") > 0]
    weight = np.sqrt(kept["value"].to_numpy() + 1.0)
    dummies = [pd.factorize(kept[a] * 10_000 + kept[b])[0] for a, b in asked["effects"]]
    place = np.arange(len(kept))
    matrix = sparse.hstack(
        [sparse.csr_matrix((weight, (place, group))) for group in dummies]
        + [sparse.csr_matrix((weight * kept["x"].to_numpy())[:, None])]
    ).tocsr()
    began = time.process_time()
    lsmr(matrix, weight * np.log(kept["value"].to_numpy() + 1.0), atol=1e-9, btol=1e-9, maxiter=300)
    slow = (time.process_time() - began) * ours.steps
    told = f"{quick:.1f} s in {ours.steps} steps; with sparse dummies {slow:.0f} s or more: {slow / quick:.0f} times"
    print(f"Poisson regression, {len(frame):,} cells: {told}")


def made_panel(rng: np.random.Generator, codes: int = 1200, months: int = 23) -> dict[str, np.ndarray]:
    """Make a target and two hubs of different size, noisier than the target."""
    size = rng.lognormal(13, 1.5, codes)[:, None]
    noise = rng.uniform(0.2, 0.7, codes)[:, None]
    panel = {"target": size * np.exp(rng.normal(0, 1, (codes, months)) * noise)}
    for name, part in (("small", 0.01), ("middle", 0.03)):
        share = part * rng.lognormal(0, 1.5, codes)[:, None]
        trade = rng.random((codes, months)) < rng.uniform(0.3, 1.0, codes)[:, None]
        panel[name] = size * share * np.exp(rng.normal(0, 1, (codes, months)) * 1.5 * noise) * trade
    return panel


def real_panel(path: str, until: str = "2021-11") -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Read codes and a panel up to a month: RU as target, the other partners as hubs."""
    frame = pd.read_csv(path, dtype={"hs6": str})
    frame = frame[frame["month"] <= until]
    wide = frame.pivot_table(
        index="hs6", columns=["partner", "month"], values="value_eur", aggfunc="sum"
    ).fillna(0.0)
    return tuple(wide.index), {
        ("target" if name == "RU" else str(name)): wide[name].to_numpy() for name in frame["partner"].unique()
    }


def planted(
    panel: dict[str, np.ndarray], hub: str, seed: int, count: int = 25
) -> tuple[np.ndarray, np.ndarray, set[int], float]:
    """Plant codes that move and two sorts of decoys (a fall alone, a rise alone) in the last seven months; return both
    corridors, what was planted and its mass."""
    rng = np.random.default_rng(seed)
    target, other = panel["target"].copy(), panel[hub].copy()
    first = target.shape[1] - 7
    large = (target[:, first:].sum(axis=1) > 1.2e6) & ((target > 0).mean(axis=1) > 0.95)
    open_ = np.flatnonzero(large & ((other > 0).sum(axis=1) >= 10))
    chosen = rng.choice(open_, min(3 * count, len(open_) // 3 * 3), replace=False)
    moved, falls, rises = np.split(chosen, 3)
    mass = 0.0
    for code in [*moved, *falls]:
        share = np.clip(rng.uniform(0.55, 0.85) * rng.lognormal(0, 0.2, 7), 0, 0.97)
        lost = target[code, first:] * share
        target[code, first:] -= lost
        if code in moved:
            added = lost * np.clip(rng.uniform(0.17, 0.51) * rng.lognormal(0, 0.35, 7), 0, 1.2)
            other[code, first:] += added
            mass += added.sum()
    for code in rises:
        other[code, first:] *= np.maximum(1, rng.uniform(3, 5.5) * rng.lognormal(0, 0.25, 7))
    return target, other, {int(code) for code in moved}, mass


def detection(panels: list[tuple[tuple[str, ...], dict[str, np.ndarray]]], seeds: int, start: int) -> None:
    """Print how well planted diversion is found, by hub."""
    for hub in [name for name in panels[0][1] if name != "target"]:
        found = []
        for seed in range(seeds):
            goods, panel = panels[seed % len(panels)]
            target, other, moved, mass = planted(panel, hub, start + seed)
            months = target.shape[1]
            first = np.arange(months - 7), np.arange(months - 7, months)
            told = fall_and_rise(goods, target, other, *first, fdr=0.1, level=0.9, least=1e5)
            picked = set(np.flatnonzero(told.table["found"]))
            found.append((
                len(picked - moved) / max(1, len(picked)), len(picked & moved) / len(moved), told.low <= mass <= told.high,
                (told.high - told.low) / mass,
            ))  # fmt: skip
        false, recall, cover, width = np.mean(found, axis=0)
        told = f"false {false:.1%}, recall {recall:.1%}, interval holds {cover:.0%}, width {width:.2f} of the truth"
        print(f"diversion to {hub}: {told}")


def main() -> None:
    """Run what was asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--panel", help="real panel in which diversion is planted")
    parser.add_argument("--seeds", type=int, default=0, help="first seed of the plantings")
    options = parser.parse_args()
    surges(100_000 if options.quick else 1_000_000)
    regression(120 if options.quick else 1_143)
    if options.panel:
        panels = [real_panel(options.panel)]
    else:
        codes = tuple(f"{10 + n % 80:02d}{n:04d}" for n in range(1200))
        panels = [(codes, made_panel(np.random.default_rng(seed))) for seed in range(5)]
    detection(panels, 10 if options.quick else 40, options.seeds)


if __name__ == "__main__":
    main()
