"""Steps that fit the shock: round what is shorter than three of its steps, a run cuts them into days or weeks by itself.

A week that holds a stop of five days has two sevenths of its capacity left, and everything that could not move in those days is
made up for in the rest of the week: in coarse steps a short stop costs next to nothing. Fine steps round it, with what they reach
before and after, give the answer of an axis of days at a fraction of its size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from straits.case.effects import acting
from straits.case.schema.tables import ASSET_TABLES
from straits.case.timeaxis import FEWEST, finer_round, so_short, too_short
from straits.model.availability import Effect, effects_of

if TYPE_CHECKING:
    import datetime as dt

    from straits.case.case import Case
    from straits.case.schema.settings import Change, Refine, Scenario

#: By what share of the larger of two answers, in coarse and in fine steps, they differ so much that both are shown.
APART = 0.1
#: Tables that say how far world prices answer.
ANSWERS = ("world_markets", "price_responses")


@dataclass(frozen=True)
class Fitted:
    """A case whose steps fit what is asked.

    Attributes
    ----------
    asked : Case
        The case asked about.
    case : Case
        With the refined axis, and the answers of world prices that the scenarios ask for; the one asked about where there is
        neither.
    refine : tuple of Refine
        What was refined beyond what case and scenario ask for.
    told : tuple of str
        What is too short for its steps, and what was done about it.
    answers : tuple of Change
        How far world prices answer, where a scenario says so.
    """

    asked: Case
    case: Case
    refine: tuple[Refine, ...] = ()
    told: tuple[str, ...] = ()
    answers: tuple[Change, ...] = ()

    @property
    def words(self) -> list[str]:
        """The refinements, for what an answer says of how it was made."""
        return _joined(self.refine)


def answers_of(scenarios: Iterable[Scenario]) -> tuple[Change, ...]:
    """Give the changes of scenarios that say how far world prices answer; of two for one cell, the first.

    A scenario and what it is compared with must be valued by one curve: with two, the level of what the world gains by all that
    it buys differs by more than any stop costs.
    """
    found: dict[tuple[str, str, str], Change] = {}
    for scenario in scenarios:
        for change in scenario.changes:
            if change.table in ANSWERS:
                found.setdefault((change.table, change.row, change.column), change)
    return tuple(found.values())


def own_effects(case: Case, scenario: Scenario | None) -> list[Effect]:
    """List the effects of a scenario that are not those of every run."""
    if scenario is None:
        return []
    changed = case.with_changes(scenario.changes) if scenario.changes else case
    usual = set(effects_of(case, None))
    return [effect for effect in effects_of(changed, scenario) if effect not in usual and effect.factor < 1]


def fitted(
    case: Case,
    scenarios: Iterable[Scenario | None] = (),
    times: Iterable[tuple[dt.date, dt.date]] = (),
    *,
    refine: bool = True,
) -> Fitted:
    """Give a case with steps that fit the disruptions of scenarios, and other times.

    Parameters
    ----------
    case : Case
    scenarios : iterable of Scenario or None
        Their own effects count, not those of every run; the refinements that they ask for are made.
    times : iterable of (date, date)
        Windows in which something is closed, first day and day after the last.
    refine : bool
        False leaves steps as case and scenarios ask for, and only says what is too short for them.

    Returns
    -------
    Fitted
        Without scenario and time it says what of every run is too short for its steps, and refines nothing.
    """
    acted = [scenario for scenario in scenarios if scenario is not None]
    asked, case = case, case.with_steps(part for scenario in acted for part in scenario.refine)
    answers = answers_of(acted)
    case = case.with_changes(answers) if answers else case
    axis = case.settings.time
    named: dict[tuple[dt.date, dt.date], str] = {}
    for scenario in acted:
        for effect in own_effects(case, scenario):
            named.setdefault((effect.start, effect.end), f"the disruption of {_called(case, effect.asset)}")
    for time in times:
        named.setdefault(time, "the window")
    short = {time: filled for time in named if (filled := too_short(axis, *time))}
    parts = finer_round(axis, short) if refine else ()
    told = [] if acted or named else short_always(case)
    done = "solved in " + ", ".join(_joined(parts))
    done = done if parts else f"steps of a {axis.step} may blur what it costs; refine the time axis"
    told += [f"{named[time]}: {so_short(*time, filled)}; {done}" for time, filled in short.items()]
    return Fitted(asked, case.with_steps(parts), parts, tuple(told), answers)


def _joined(parts: Iterable[Refine]) -> list[str]:
    """Say when steps are shorter, first days first; what overlaps or follows in the same steps is one time."""
    times: list[tuple[str, dt.date, dt.date]] = []
    for part in sorted(parts, key=lambda part: (part.step, part.start)):
        step, start, end = times[-1] if times else ("", part.start, part.end)
        if step == part.step and part.start <= end:
            times[-1] = (step, start, max(end, part.end))
        else:
            times.append((part.step, part.start, part.end))
    return [f"{step}s from {start} to {end}" for step, start, end in sorted(times, key=lambda time: time[1:])]


def _called(case: Case, asset: str) -> str:
    """Return the name of an asset; words for many, as transit:RUS, stand for themselves."""
    rows = (case.rows(table) for table in ASSET_TABLES)
    return next((str(found[asset].name) for found in rows if asset in found), asset)


def short_always(case: Case) -> list[str]:
    """Say which physical effects that belong to every run are too short for its steps; they are not refined round."""
    axis = case.settings.time
    rows = case.rows("measures")
    short = [str(e.where[1]) for e in acting(case, None) if e.factor < 1 and too_short(axis, e.start, e.end)]
    named = [str(rows[key].name) if key in rows else key for key in short]
    if not named:
        return []
    return [
        f"measures {', '.join(named)}: in every run, and less than {FEWEST} steps long; a {axis.step} blurs what they cost"
    ]


def apart(coarse: float, fine: float, *, noise: float = 0.0) -> bool:
    """Whether two answers differ by more than a tenth of the larger; what is below the noise is nothing.

    Parameters
    ----------
    coarse, fine : float
    noise : float
        Amount up to which an answer is rounding.
    """
    if coarse == fine:  # infinite ones too
        return False
    return not abs(fine - coarse) <= max(APART * max(abs(fine), abs(coarse)), noise)
