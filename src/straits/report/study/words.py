"""Words that several sections share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import pandas as pd

from straits.errors import StraitsError
from straits.report import format as fmt
from straits.report.page import Section
from straits.report.study.content import Study
from straits.wording import agreeing, in_sentence, with_article

#: Length that a window of failures comes near, days; it is made of whole steps.
WINDOW_DAYS = 30.0
#: Money below this, millions, is not worth naming a winner for.
SMALL_MONEY = 0.5


def window_of(study: Study) -> tuple[date, date]:
    """Return whole steps of about 30 days: from the first disruption of the main scenario, else in the middle of the axis.

    Whole steps, since an asset without a limit can be closed for a step or not at all.
    """
    edges = study.edges
    struck = study.disrupted_days(study.main) if study.main else None
    begin = struck[0] if struck else (edges[0] + edges[-1] - WINDOW_DAYS) / 2
    first = int(np.argmin(np.abs(edges[:-1] - begin)))
    last = first + 1 + int(np.argmin(np.abs(edges[first + 1 :] - edges[first] - WINDOW_DAYS)))
    start = study.case.settings.time.start
    return start + timedelta(days=float(edges[first])), start + timedelta(days=float(edges[last]))


def window_words(window: tuple[date, date]) -> str:
    """Return a window in words: its length and first day."""
    first, last = window
    return f"{(last - first).days} days from {fmt.day(first)}"


def asset_names(study: Study, joined: str) -> str:
    """Return the names of assets that are joined by `|`, after each other."""
    return "; ".join(study.asset_name(asset) for asset in joined.split("|")) if joined else ""


def carriers_words(study: Study, assets: Iterable[str]) -> str:
    """Return how many links and processes assets are: 8 links and 2 processes."""
    links, processes = _told_apart(study, assets)
    counts = [fmt.plural(links, "link")] if links or not processes else []
    return " and ".join([*counts, *([fmt.plural(processes, "process", "processes")] if processes else [])])


def kinds_words(study: Study, assets: Iterable[str], join: str = "and") -> str:
    """Return what assets are: links, links and processes."""
    links, processes = _told_apart(study, assets)
    one = join == "or"
    kinds = [
        *(["link" if one else "links"] if links else []),
        *(["process" if one else "processes"] if processes else []),
    ]
    return f" {join} ".join(kinds)


def _told_apart(study: Study, assets: Iterable[str]) -> tuple[int, int]:
    """Count links and processes among assets."""
    made = [asset in study.case.rows("converts") for asset in assets]
    return len(made) - sum(made), sum(made)


def beyond_states(
    study: Study,
    changes: Mapping[str, float],
    written: str = "{}",
    ranged: Callable[[str], str] = lambda actor: "",
) -> str:
    """Tell of who belongs to no state and loses, or gains, more than any state: else a reader takes the states' for the most.

    Parameters
    ----------
    study : Study
    changes : mapping of str to float
        Of states and of who belongs to none, million currency.
    written : str
        How an amount is written.
    ranged : callable
        Says of an actor behind its amount between what numbers that lies.

    Returns
    -------
    str
        Empty where nobody does.
    """
    actors, parts = study.case.rows("actors"), []
    for verb, sign in (("loses", -1), ("gains", 1)):
        most = {True: SMALL_MONEY, False: 0.0}
        first = ""
        for actor, change in changes.items():
            is_state = actor in actors and actors[actor].kind == "state"
            if actor in actors and sign * change > most[is_state]:
                most[is_state], first = sign * change, first if is_state else actor
        if first and most[False] > most[True]:
            name = actor_words(study, first)
            parts.append(
                f"{name} {agreeing(name, verb)} {written.format(fmt.money(most[False], study.currency))}{ranged(first)}"
            )
    return f"of those who belong to no state, {' and '.join(parts)}" if parts else ""


def good_words(study: Study) -> str:
    """Return the good that the report leads with, as it stands in a sentence."""
    return in_sentence(study.name("commodities", study.focus[1]))


def actor_words(study: Study, ident: str) -> str:
    """Return an actor as it stands in a sentence: states and alliances with the article that English gives them."""
    row = study.case.rows("actors").get(ident)
    name = study.name("actors", ident)
    return with_article(name) if row is not None and row.kind in ("state", "alliance") else name


def focus_words(study: Study) -> tuple[str, str]:
    """Return good and actor of the focus, as they stand in a sentence."""
    return good_words(study), actor_words(study, study.focus[0])


def quoted(study: Study, scenario: str) -> str:
    return f"“{study.scenario_title(scenario)}”"


def reference_words(study: Study, scenario: str) -> str:
    name = study.comparison.reference_id(scenario)
    return "the baseline" if name == "baseline" else quoted(study, name)


def named(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Put names beside the ids of scenarios, and in place of those of origins and commodities."""
    frame = frame.copy()
    if "scenario" in frame:
        frame.insert(0, "title", [study.scenario_title(str(value)) for value in frame["scenario"]])
    for column, table in (("origin", "actors"), ("commodity", "commodities")):
        if column in frame:
            frame[column] = [study.name(table, value) for value in frame[column]]
    return frame


def say_why_lacking(study: Study, section: Section, part: str) -> Section:
    """Say why a part that was asked for is not there; a part that nobody asked for has no section."""
    if part in study.lacking:
        section.blocks.append(f"This part could not be worked out: {study.lacking[part]}")
    return section


T = TypeVar("T")


def or_why(asked: Callable[[], T]) -> tuple[T | None, str]:
    """Return the result of an analysis, or None and why there is none, so that one lacking part does not cost the report."""
    try:
        return asked(), ""
    except StraitsError as error:
        return None, str(error)
