"""Single and double failures: losses solvable by hand, and against solving every failure by itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import straits
from linescase import case
from straits.case.schema.settings import Scenario
from straits.contingency import sweep
from straits.engine import Variant, solve_many
from straits.engine.targets import failures, window_of
from straits.engine.variant import close
from straits.errors import ModelError
from straits.model import compile_case


def test_losses_by_hand():
    """Proves: one line of two out for a day costs 4 kt (0.4 million), the ship 10 kt, both lines 10 kt: 2 more than the sum of
    their parts, so the excess is 0.2 million.
    Without it: a failure could be compared with the wrong baseline."""
    found = sweep(case(), k=2, window="2022-01-02:1d", check=7)
    loss = found.table.set_index("failure")["loss"]
    assert loss["ship"] == pytest.approx(1.0) and loss["one"] == pytest.approx(0.4)
    pairs = found.pairs.set_index("failure")
    both = pairs.loc[next(i for i in pairs.index if set(i.split("+")) == {"one", "two"})]
    assert both["loss"] == pytest.approx(1.0)
    assert both["excess"] == pytest.approx(0.2)
    assert found.table["failure"].iloc[0] in {
        "ship",
        "one+two",
        "ship+one",
        "ship+two",
        "one+ship",
        "two+ship",
    }


def test_lack_of_storage_and_lack_of_route():
    """Proves: with 3 kt of tank at the port, a day without the ship loses 7 kt, all of it for lack of storage, since the ship
    could take 20 kt/d later; a day without one line loses 4 kt for lack of route.
    Without it: building tanks would be advised where a line is missing."""
    table = sweep(case(tank=3), window="2022-01-02:1d").table.set_index("failure")
    assert table.loc["ship", ["loss", "lack_of_storage", "lack_of_route"]].tolist() == pytest.approx(
        [0.7, 0.7, 0.0]
    )
    assert table.loc["one", ["loss", "lack_of_storage", "lack_of_route"]].tolist() == pytest.approx(
        [0.4, 0.0, 0.4]
    )


def test_shares_and_actors():
    """Proves: shares of the losses cumulate to one, exports are counted, and actors' losses add up to the loss."""
    table = sweep(case(), window="2022-01-02:1d").table
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1.0)
    assert table.set_index("failure").loc["ship", "exports:oil:AAA"] == pytest.approx(10.0)
    accounts = [c for c in table.columns if c.startswith("account:")]
    assert table[accounts].sum(axis=1).to_numpy() == pytest.approx(table["loss"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize("over", ["links", "places", "actors", "territories", "transit", "links,supplies"])
def test_groups_are_those_of_scenarios(over):
    """Proves: whatever fails as one, the loss is that of a scenario which closes it.
    Without it: a territory in a sweep could be another than in a stress test."""
    c = case(tank=2)
    found = sweep(c, over=over, window="2022-01-02:2d") if over != "transit" else None
    names = failures(compile_case(c), over)
    if over == "transit":
        assert names == ["transit:AAA"]
        return
    base = straits.solve(c).objective
    table = found.table.set_index("failure")
    assert set(table.index) == set(names)
    for name in names:
        scenario = Scenario(
            id="x", title="x", disruptions=({"asset": name, "start": "2022-01-02", "end": "2022-01-04"},)
        )
        assert table.loc[name, "loss"] == pytest.approx(base - straits.solve(c, scenario).objective, abs=1e-9)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"k": 3}, "expected 1"),
        ({"over": "linke"}, "links"),
        ({"over": "stores"}, "nothing of this kind"),
        ({"window": "2022-01-02:30d"}, "outside the time axis"),
        ({"window": "2022-01-03:2022-01-02"}, "must be after"),
        ({"window": "January"}, "expected a first day"),
        ({"actors": ["CCC"]}, "no actor"),
    ],
)
def test_bad_sweeps_are_refused(more, text):
    """Proves: a sweep over nothing, or in a window that is none, is refused in words."""
    with pytest.raises(ModelError, match=text):
        sweep(case(), **more)


@pytest.mark.slow
def test_every_skipped_answer_of_the_reference_case_is_exact():
    """Proves: on the whole sweep of single failures of `caspian`, and on pairs of what is used most, skipped answers are those
    of cold solves.
    Without it: the certificate would be tested on toys only."""
    model = compile_case(straits.load_case("caspian"))
    start, end = window_of(model.case, "2022-07-02:28d")
    parts = [close(model, a, start, end) for a in model.network.link_ids]
    singles = [Variant(p.name, (p,)) for p in parts]
    found = solve_many(model, singles, ["lp_value"], check=0)
    skipped = [v for v, m in zip(singles, found.table["method"], strict=True) if m == "skipped"]
    assert len(skipped) > 5
    again = solve_many(model, skipped, ["lp_value"], check=len(skipped))
    assert again.stats["largest_difference"] < 1e-9
    chosen = np.random.default_rng(0).choice(len(parts), 12, replace=False)
    pairs = [Variant(f"{i}+{j}", (parts[i], parts[j])) for i, j in combinations(chosen.tolist(), 2)]
    batch = solve_many(model, [*(singles[i] for i in chosen), *pairs], ["lp_value"], check=0)
    proved = [
        v
        for v, m in zip([*(singles[i] for i in chosen), *pairs], batch.table["method"], strict=True)
        if m == "skipped"
    ]
    assert solve_many(model, proved[:15], ["lp_value"], check=15).stats["largest_difference"] < 1e-9
