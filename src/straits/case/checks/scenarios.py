"""Checks of scenarios, dates against the time axis, the focus and the routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from straits.case.built import works
from straits.case.changes import with_changes_of
from straits.case.checks.dates import periods_of
from straits.case.checks.registry import Problem, check
from straits.case.effects import (
    TAKEN,
    Acting,
    acting,
    is_unlimited,
    origins_without_meaning,
    parts_of_unlimited,
)
from straits.case.findings import Finding
from straits.case.schema.tables import ASSET_TABLES
from straits.case.scopes import SCOPES, touched
from straits.case.timeaxis import Steps
from straits.case.units.quantities import asset_table
from straits.errors import CaseError, did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.settings import Scenario


def _unknown(found: Iterable[str | None], table: str, case: CaseData) -> Iterator[str]:
    known = case.known_ids(table)
    for name in found:
        if name is not None and name not in known:
            yield f"found {name!r}, which is no id of {table}{did_you_mean(name, known)}"


@check("scenario_reference", "error", refers=True)
def scenario_reference(case: CaseData) -> Iterator[Problem]:
    """A scenario that names a measure, option, asset, actor, commodity, source or scenario which does not exist."""
    for scenario in case.scenarios.values():
        where = f"scenarios/{scenario.id}"
        if scenario.compare_with not in {"baseline", *case.scenarios}:
            accepted = ["baseline", *case.scenarios]
            message = f"found {scenario.compare_with!r}, which is no scenario{did_you_mean(scenario.compare_with, accepted)}"
            yield Problem(message, where, None, "compare_with")
        yield from _references(case, scenario)


def _references(case: CaseData, scenario: Scenario) -> Iterator[Problem]:
    """Give what a scenario names and the tables of the case do not hold."""
    where = f"scenarios/{scenario.id}"
    for message in _unknown(scenario.measures, "measures", case):
        yield Problem(message, where, None, "measures")
    for message in _unknown(scenario.options, "options", case):
        yield Problem(message, where, None, "options")
    decided = [decision.option for decision in scenario.decisions]
    for number, option in enumerate(decided):
        if option not in scenario.options:
            told = f"found {option!r}; accepted: an option of the scenario{did_you_mean(option, scenario.options)}"
            yield Problem(told, where, None, "decisions")
        elif option in decided[:number]:
            yield Problem(f"{option!r} is decided twice", where, None, "decisions")
    for item in scenario.disruptions:
        problem = scope_problem(case, item.asset)
        if problem:
            yield Problem(problem, where, None, "asset")
        for message in _unknown((item.commodity,), "commodities", case):
            yield Problem(message, where, None, "commodity")
        for message in _unknown(item.origins, "actors", case):
            yield Problem(message, where, None, "origins")
        for message in _unknown((item.source,), "sources", case):
            yield Problem(message, where, None, "source")


def refuse_wrong(case: CaseData, scenario: Scenario) -> None:
    """Refuse a scenario that was made in memory and that no file of the case could hold.

    What it is compared with is looked for where it is compared; an asset or option that does not exist is refused by the model.

    Raises
    ------
    CaseError
        It names what is not in the case, or a period of it ends before it begins: it would close nothing, and nobody would know.
    """
    known = [
        item for item in scenario.disruptions if ":" in item.asset or scope_problem(case, item.asset) is None
    ]
    problems = [*_references(case, scenario.model_copy(update={"disruptions": known})), *periods_of(scenario)]
    if problems:
        found = [
            Finding("scenario", "error", one.message, one.table, one.row, one.column) for one in problems
        ]
        raise CaseError(found, case.name)


def scope_problem(case: CaseData, asset: str) -> str | None:
    """Say what is wrong with the asset of a disruption: an asset id, or `transit:`, `territory:` or `actor:` and an actor."""
    scope, colon, actor = asset.partition(":")
    if colon and scope in SCOPES:
        return next(_unknown((actor,), "actors", case), None)
    if any(asset in case.known_ids(table) for table in ASSET_TABLES):
        return None
    assets = [key for table in ASSET_TABLES for key in case.known_ids(table)]
    if colon:
        accepted = ", ".join(f"{name}:ACTOR" for name in SCOPES)
        return f"found {asset!r}; accepted: an asset id, {accepted}{did_you_mean(scope, SCOPES)}"
    return f"found {asset!r}, which is no id of {', '.join(ASSET_TABLES)}{did_you_mean(asset, assets)}"


@check("scenario_change", "error", whole=True)
def scenario_change(case: CaseData) -> Iterator[Problem]:
    """A change of a scenario that names no cell, or that makes a case which cannot be right."""
    for scenario in case.scenarios.values():
        if not scenario.changes:
            continue
        try:
            with_changes_of(case, scenario)
        except CaseError as error:
            for finding in error.findings:
                yield Problem(
                    f"{finding.where}: {finding.message}", f"scenarios/{scenario.id}", None, "changes"
                )


@check("focus", "error", refers=True)
def focus(case: CaseData) -> Iterator[Problem]:
    """A focus on an actor or commodity that does not exist."""
    found = case.settings.focus
    if found is None:
        return
    for name, table in (("actor", "actors"), ("against", "actors"), ("commodity", "commodities")):
        for message in _unknown((getattr(found, name),), table, case):
            yield Problem(message, "case.yaml", None, f"focus.{name}")
    for message in _unknown(found.players, "actors", case):
        yield Problem(message, "case.yaml", None, "focus.players")


@check("route_link", "error", refers=True)
def route_link(case: CaseData) -> Iterator[Problem]:
    """A route whose feature names no link, by its id or by its property `link`."""
    known = case.known_ids("links")
    for number, feature in enumerate((case.routes or {}).get("features", []), start=1):
        properties = feature.get("properties") or {}
        name = properties.get("link", feature.get("id"))
        if name not in known:
            message = (
                f"feature {number}: found {name!r}, which is no id of links{did_you_mean(str(name), known)}"
            )
            yield Problem(message, "routes.geojson")


def _outside(case: CaseData, start: date | None, end: date | None) -> bool:
    axis = case.settings.time
    return (start is not None and start >= axis.end) or (end is not None and end <= axis.start)


@check("outside_axis", "warning")
def outside_axis(case: CaseData) -> Iterator[Problem]:
    """A contract, effect, disruption or option that does nothing: it lies outside the time axis, or ends before it works."""
    axis = f"the case covers {case.settings.time.start} to {case.settings.time.end}"
    for key, contract in case.rows("contracts").items():
        if _outside(case, contract.start, contract.end):
            yield Problem(f"it does nothing: {axis}", "contracts", key, "start")
    for key, measure in case.rows("measures").items():
        first, last = measure.effect_start or measure.start, measure.effect_end or measure.end
        if (measure.factor is not None or measure.cost is not None) and _outside(case, first, last):
            yield Problem(f"its physical effect does nothing: {axis}", "measures", key, "start")
    for scenario in case.scenarios.values():
        for item in scenario.disruptions:
            if _outside(case, item.start, item.end):
                message = f"the disruption of {item.asset!r} from {item.start} does nothing: {axis}"
                yield Problem(message, f"scenarios/{scenario.id}", None, "start")
        yield from _idle_options(case, scenario, axis)


def _idle_options(case: CaseData, scenario: Scenario, axis: str) -> Iterator[Problem]:
    """Name the options of a scenario that work on no day of the case, whichever decision it hangs on."""
    options = case.rows("options")
    decided = {decision.option: decision.day for decision in scenario.decisions}
    for key in scenario.options:
        if key not in options:
            continue
        begins, ends = works(scenario, options[key], options)
        since = f", decided on {decided[key]}," if key in decided else ""
        if begins is not None and begins == ends:
            why = f"never works: it, or what it requires, has come to its end before the last of them works, on {begins}"
        elif _outside(case, begins, ends):
            why = f"works from {begins}{f' to {ends}' if ends else ''} and does nothing: {axis}"
        else:
            continue
        yield Problem(f"{key!r}{since} {why}", f"scenarios/{scenario.id}", None, "decisions")


@check("measure_effect", "warning")
def measure_effect(case: CaseData) -> Iterator[Problem]:
    """A measure that a scenario names, or that is baseline, but that has no effect on capacity or cost."""
    measures = case.rows("measures")
    users: dict[str, str] = {key: "it is baseline" for key, row in measures.items() if row.baseline}
    for scenario in case.scenarios.values():
        users |= dict.fromkeys(scenario.measures, f"scenario {scenario.id!r} names it")
    for key, why in users.items():
        row = measures.get(key)
        if row is not None and not row.acts:
            lacks = "factor" if row.asset is not None or row.factor is None else "asset"
            yield Problem(f"{why}, but without {lacks} it changes nothing", "measures", key, lacks)


@check("measure_cost", "error", refers=True)
def measure_cost(case: CaseData) -> Iterator[Problem]:
    """A cost of a measure on what is no link or joint capacity, or somebody who receives a cost that is not given."""
    for key, row in case.fresh("measures").items():
        if row.cost is not None and (
            row.asset is None or asset_table(case, row.asset) not in ("links", "joints")
        ):
            message = (
                f"found a cost on {row.asset!r}; accepted: a link or a joint capacity, whose cargo it strikes"
            )
            yield Problem(message, "measures", key, "asset" if row.asset else "cost")
        if row.cost_to and row.cost is None:
            yield Problem("nobody can receive a cost that is not given", "measures", key, "cost_to")


def _runs(case: CaseData) -> Iterator[tuple[CaseData, Scenario | None]]:
    """Yield the case of each run, with the changes of its scenario, and the scenario."""
    yield case, None
    for scenario in case.scenarios.values():
        taken = {name for names in TAKEN.values() for name in names}
        if not any(change.column in taken or change.table == "measures" for change in scenario.changes):
            yield case, scenario  # other changes neither limit nor strike anything
            continue
        try:
            yield with_changes_of(case, scenario), scenario
        except CaseError:
            continue  # the check of changes says what is wrong


def _effects(case: CaseData) -> Iterator[Acting]:
    """Yield the effects that act in some run."""
    for scenario in (None, *case.scenarios.values()):
        yield from acting(case, scenario)


def _steps(case: CaseData, scenario: Scenario | None) -> Steps:
    """Give the steps of a run that is not refined by itself."""
    return Steps(case.with_steps(scenario.refine if scenario else ()).settings.time)


@check("part_stops", "error", whole=True, refers=True, at_load=False)
def part_stops(case: CaseData) -> Iterator[Problem]:
    """An effect that leaves a part of an unlimited capacity in some step, which has no meaning: finer steps may answer."""
    if case.settings.time.end <= case.settings.time.start:
        return
    found = {
        Problem(message, *effect.where, "asset"): None
        for now, scenario in _runs(case)
        for effect, message in parts_of_unlimited(now, scenario, _steps(now, scenario))
    }
    yield from found


@check("origins_of_store", "error", whole=True, refers=True, at_load=False)
def origins_of_store(case: CaseData) -> Iterator[Problem]:
    """An effect on some origins only that strikes a store, a fleet or a market: nothing says whose cargo it would keep out."""
    for effect in dict.fromkeys(_effects(case)):
        struck = list(origins_without_meaning(case, effect))
        if struck:
            named = "" if len(struck) == 1 and effect.asset in struck[0] else f" of {effect.asset!r}"
            some = (
                f"some origins only ({', '.join(effect.origins)})" if effect.origins else "one commodity only"
            )
            column = "origins" if effect.origins else "commodity"
            message = (
                f"{', '.join(struck)}{named}: a disruption of {some} has no meaning "
                f"for it. Name the links that bring this cargo, or leave out the {column}"
            )
            yield Problem(message, *effect.where, column)


@check("part_of_unlimited", "warning", whole=True)
def part_of_unlimited(case: CaseData) -> Iterator[Problem]:
    """An effect that leaves a part of an unlimited capacity in its first or last step: it changes nothing there."""
    for effect in dict.fromkeys(_effects(case)):
        unlimited = [row.id for table, row in touched(case, effect.asset) if is_unlimited(table, row)]
        if unlimited and _leaves_part(case, effect):
            what = f"the effect on {effect.asset!r} from {effect.start}"
            also = "" if unlimited == [effect.asset] else f" of {', '.join(map(repr, unlimited[:5]))}"
            message = (
                f"{what} leaves a part of an unlimited capacity{also} in some step: nothing changes there. "
                f"Give a capacity, or let the effect cover whole steps with factor 0"
            )
            yield Problem(message, *effect.where, "asset")


@check("part_by_origin", "warning", whole=True)
def part_by_origin(case: CaseData) -> Iterator[Problem]:
    """An effect on some cargo of a link that leaves a part: each such cargo keeps that share of the link's whole capacity."""
    for effect in dict.fromkeys(_effects(case)):
        links = any(table == "links" for table, _ in touched(case, effect.asset))
        if links and (effect.origins or effect.commodity) and _leaves_part(case, effect):
            kept = " of ".join(filter(None, [effect.commodity, ", ".join(effect.origins)]))
            message = (
                f"the effect on {effect.asset!r} from {effect.start} is on {kept} only: in the steps that it covers in part, "
                f"each of these cargoes may use that share of the whole capacity of a link, not of what it used before"
            )
            yield Problem(message, *effect.where, "factor")


def _leaves_part(case: CaseData, effect: Acting) -> bool:
    """Whether some step keeps more than nothing and less than all."""
    if case.settings.time.end <= case.settings.time.start:
        return False
    covered = Steps(case.settings.time).overlap(effect.start, effect.end)
    reached = covered[covered > 0]
    return bool(reached.size) and effect.factor < 1 and bool(effect.factor > 0 or (reached < 1).any())
