"""Closures as scenarios, and what `stress` says that they take from whom."""

from __future__ import annotations

import pytest

from straits.case.schema.settings import Scenario


def closing(asset, start, end, factor=0, foresight="perfect"):
    """A scenario in which an asset is closed, known from the start unless something else is said."""
    return closing_all(f"no-{asset}", [(asset, start, end, factor)], foresight)


def closing_all(name, closures, foresight="perfect"):
    """A scenario in which assets are closed, each from a day to a day to a factor."""
    cuts = [dict(zip(("asset", "start", "end", "factor"), one, strict=True)) for one in closures]
    return Scenario.model_validate(
        {"id": name, "title": "closed", "foresight": foresight, "disruptions": cuts}
    )


def accounts_lost(compared, scenario):
    """What each actor loses, by `stress`."""
    held = [
        s.accounts().groupby("actor")["amount"].sum()
        for s in (compared.beside[scenario], compared.solutions[scenario])
    ]
    return held[0].sub(held[1], fill_value=0.0)


def lost_by(compared, scenario, actors):
    """What some actors lose together, by `stress`."""
    lost = accounts_lost(compared, scenario)
    return float(lost[lost.index.isin(list(actors))].sum())


def agree(table, compared, links, leave_out=()):
    """Hold losses and accounts of failures, by their names, against the scenarios of the same closures."""
    for link in links:
        assert table.loc[link, "loss"] == pytest.approx(compared.value_lost(f"no-{link}"), abs=1e-3)
        lost = accounts_lost(compared, f"no-{link}")
        told = {c.partition(":")[2]: table.loc[link, c] for c in table.columns if c.startswith("account:")}
        assert len(told) > 10
        for actor, amount in told.items():
            if actor not in leave_out:
                assert amount == pytest.approx(lost.get(actor, 0.0), abs=2e-2), (link, actor)
