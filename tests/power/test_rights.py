"""Who may close an asset together."""

from __future__ import annotations

import numpy as np
import pytest

from straits.access.rights import Right, opened
from straits.power import game

from .ways import case_of_ways


def test_closers_by_hand():
    """Proves: the operator alone; of owners, whoever hold half together, none of whom could be missing."""
    assert Right("link", 0, "a", 0b001, ()).closers == (0b001,)
    assert Right("link", 0, "a", 0, ((0.5, 0.5, 0.0),)).closers == (0b001, 0b010)
    assert Right("link", 0, "a", 0, ((0.3, 0.3, 0.4),)).closers == (0b011, 0b101, 0b110)
    assert Right("link", 0, "a", 0b100, ((0.3, 0.3, 0.4),)).closers == (0b011, 0b100)
    assert Right("link", 0, "a", 0, ((0.2, 0.2, 0.0),)).closers == ()
    assert Right("link", 0, "a", 0, ((0.3, 0.3, 0.0), (0.5, 0.0, 0.5))).closers == (0b001, 0b100)
    assert Right("link", 0, "a", 0, ((0.3, 0.3, 0.0), (0.0, 0.6, 0.0))).closers == (0b010,)


def test_owners_of_a_place_and_of_what_stands_there():
    """Proves: A owns 60 % and B 40 % of a shop, C owns the yard where it stands: A and C can each close it, B cannot. So B
    and A reach nothing without C, nor B and C without A. Without it: shares in the one would be diluted by shares in the other,
    and an owner of most of a refinery could not close it.
    """
    case = case_of_ways(
        actors=[{"id": k, "name": k, "kind": "state"} for k in ("P", "T", "B")]
        + [{"id": k, "name": k, "kind": "company"} for k in ("a", "b", "c")],
        controls=[
            {"id": f"c{k}", "asset": asset, "actor": actor, "role": "owner", "share": share}
            for k, (asset, actor, share) in enumerate(
                [("shop", "a", 0.6), ("shop", "b", 0.4), ("town", "c", 1.0)]
            )
        ],
    )
    solved = game(case, ["a", "b", "c"])
    winning = {"".join(solved.coalition(m)) for m in range(8) if solved.values[m] > 0}
    assert winning == {"ac", "abc"}


@pytest.mark.parametrize("seed", range(5))
def test_one_rule_is_one_answer_for_every_coalition(seed):
    """Proves: of 60 random rights of five players, two have the same rule if and only if they leave their assets open to the same
    coalitions; with eleven owners, the same rule still means the same answers.
    Without it: assets would share a switch that are not closed together.
    """
    rng = np.random.default_rng(seed)

    def right(players):
        parts = rng.integers(0, 4, players) * (rng.random(players) < 0.6)
        alone = (
            int(rng.integers(0, 1 << players))
            & int(rng.integers(0, 1 << players))
            & int(rng.integers(0, 1 << players))
        )
        owned = [tuple(p / max(p.sum(), 4)) for p in (parts, rng.permutation(parts))]
        return Right("link", 0, "a", alone, tuple(owned[: rng.integers(0, 3)]))

    rights = [right(5) for _ in range(60)]
    columns = opened(rights, np.arange(32)).T
    for i, one in enumerate(rights):
        for j, other in enumerate(rights[:i]):
            assert (one.rule == other.rule) == bool((columns[i] == columns[j]).all())
    many = [Right("link", 0, "a", 0, (tuple(rng.permutation(np.arange(1, 12)) / 66),)) for _ in range(3)]
    assert many[0].rule == (0, many[0].shares)
