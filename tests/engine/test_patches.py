"""Changes of a model: closures, and bounds and costs by name, one at a time and together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from straits.engine import Variant, change, close, combine, patch_of, solve_many
from straits.errors import ModelError
from straits.model import Effect
from twofields import END, START


@pytest.mark.parametrize("seed", range(8))
def test_patches_are_the_bounds_of_all_effects(model, seed):
    """Proves: patches of random effects, put together, give the bounds of all effects at once.
    Without it: closures that overlap in time or on one link would not be what a scenario with both would be.
    """
    rng = np.random.default_rng(seed)
    case = model.case
    ids = [i for t in ("links", "places", "supplies", "markets", "stores") for i in case.rows(t)] + [
        "territory:AAA",
        "transit:BBB",
    ]
    parts, effects = [], []
    for k in range(3):
        first = START + dt.timedelta(days=int(rng.integers(-2, 2)))
        last = first + dt.timedelta(days=int(rng.integers(1, 4)))
        factor = float(rng.choice([0.0, 0.4]))
        found = [
            Effect(str(a), factor, first, last, known=first, expected_end=last)
            for a in rng.choice(ids, 2, replace=False)
        ]
        found = [e for e in found if factor == 0.0 or (e.asset not in ("tank", "h") and ":" not in e.asset)]
        if found:
            parts.append(patch_of(model, f"part{k}", found))
            effects += found
    if not parts:
        return
    joined = combine(model, parts, "all")
    truth = model.bounds_under((*model.effects, *effects))
    for kind, at in (("column", joined.columns), ("row", joined.rows)):
        for side in ("lower", "upper"):
            bounds = getattr(model.bounds, f"{kind}_{side}").copy()
            bounds[at] = getattr(joined, f"{kind}_{side}")
            assert np.allclose(bounds, getattr(truth, f"{kind}_{side}"))


def test_named_changes(model):
    """Proves: bounds and costs changed by name do what they say, and an unknown name is refused with the nearest."""
    shut = change(model, "shut", columns={"flow(sea,*": (0, 0)})
    dear = change(model, "dear", costs={"supply(one,*": 1000.0})
    table = solve_many(
        model, [Variant("shut", (shut,)), Variant("both", (shut, dear))], ["flow:sea", "lp_value"], check=2
    ).table
    assert table["flow:sea"].tolist() == [0.0, 0.0]
    assert table["lp_value"][1] < table["lp_value"][0]
    with pytest.raises(ModelError, match="did you mean"):
        change(model, "x", columns={"flow(see,oil.AAA,2022-01-01)": (0, 0)})
    with pytest.raises(ModelError, match="not above the upper"):
        change(model, "x", columns={"flow(sea,oil.AAA,2022-01-01)": (2, 1)})
    for wrong in ({"columns": {"flow(sea,*": (0, np.nan)}}, {"columns": {"flow(sea,*": (np.inf, np.inf)}},
                  {"costs": {"supply(one,*": np.nan}}):  # fmt: skip
        with pytest.raises(ModelError, match="change x"):
            change(model, "x", **wrong)
    with pytest.raises(ModelError, match="factor nan"):
        close(model, "sea", START, END, factor=float("nan"))


def test_changes_of_one_column_add_to_one_another(model):
    """Proves: a cost set after a bound of the same column leaves the bound, and the other way round.
    Without it: to make a closed link dear would open it."""
    sea = "flow(sea,oil.AAA,2022-01-03)"
    at = [model.column_name(j) for j in range(len(model.cost))].index(sea)
    shut, dear = change(model, "shut", columns={sea: (0, 0)}), change(model, "dear", costs={sea: 7.0})
    for parts in ((shut, dear), (dear, shut)):
        both = combine(model, parts)
        assert (both.columns.tolist(), both.column_upper.tolist(), both.cost.tolist()) == ([at], [0.0], [7.0])
    later = change(model, "later", columns={sea: (0, 2)})
    assert combine(model, (shut, dear, later)).column_upper.tolist() == [2.0]


def test_changes_by_mask(model):
    """Proves: a mask changes what a list of all names that it fits would, and one that fits nothing is refused."""
    day = change(model, "day", columns={"flow(*,2022-01-03)": (0, 0)})
    names = [
        n for n in map(model.column_name, range(len(model.cost))) if n.startswith("flow(") and "01-03" in n
    ]
    assert len(names) == 9
    assert day.key == change(model, "names", columns=dict.fromkeys(names, (0, 0))).key
    with pytest.raises(ModelError, match="no column"):
        change(model, "x", columns={"flow(*,2023-*": (0, 0)})
