"""What becomes known on which day, and what is believed until then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from straits.model import Effect, Model
from straits.model.assets import Premium

News = TypeVar("News", Effect, Premium)


def believed(effect: News, today: dt.date) -> News | None:
    """Give an effect, or what a measure adds to costs, as it is believed on a day, or None if it is not known yet.

    Until the expected end it is believed to last as expected; if it is lifted before, that becomes known on that day;
    if it outlasts the expected end, the true end becomes known then.
    """
    assert effect.known is not None and effect.expected_end is not None
    if effect.known > today:
        return None
    if today >= min(effect.end, effect.expected_end):
        return effect
    return replace(effect, end=effect.expected_end)


def news_days(effects: Sequence[Effect | Premium], start: dt.date, end: dt.date) -> list[dt.date]:
    """List the days on which beliefs change, the first day of the axis first."""
    days = {start}
    for effect in effects:
        assert effect.known is not None and effect.expected_end is not None
        days |= {effect.known}
        if effect.end != effect.expected_end:
            days.add(max(effect.known, min(effect.end, effect.expected_end)))
    return sorted(max(day, start) for day in days if day < end)


def known_at_start(model: Model) -> list[Effect]:
    """List the effects that are known when the axis starts, as they are believed then."""
    return [b for e in model.effects if (b := believed(e, model.case.settings.time.start)) is not None]


def believed_premiums(model: Model, today: dt.date) -> list[Premium]:
    """List what measures are believed on a day to add to costs."""
    return [b for p in model.network.premiums if (b := believed(p, today)) is not None]


def step_under_way(model: Model, day: dt.date) -> int:
    """Give the step in which a day lies; the first one for a day before the axis."""
    steps = model.network.steps
    return max(int(np.searchsorted(steps.edges, steps.day(day), side="right")) - 1, 0)
