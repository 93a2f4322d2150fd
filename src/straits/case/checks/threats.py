"""Checks of threats: what they name, when they act, and whether their sender may do what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from straits.case.built import impossible
from straits.case.checks.registry import Problem, check
from straits.case.checks.scenarios import scope_problem
from straits.case.ownership import closable_by, group_of
from straits.case.schema.settings import Scenario
from straits.case.schema.threats import DAYS
from straits.case.scopes import touched
from straits.errors import did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.records import Option
    from straits.case.schema.threats import Threat

#: The checks of threats, which need no other.
THREAT_CHECKS = ("threat_reference", "threat_time", "threat_package", "threat_right")
#: Columns of an option without which nobody knows what it costs to build, or when it works.
_NEEDED = ("capital_cost", "life_years", "years_to_build")


def _unknown(
    case: CaseData, found: Iterable[tuple[str, str | None]], table: str
) -> Iterator[tuple[str, str]]:
    known = case.known_ids(table)
    for column, name in found:
        if name is not None and name not in known:
            yield column, f"found {name!r}, which is no id of {table}{did_you_mean(name, known)}"


def _references(case: CaseData, threat: Threat) -> Iterator[tuple[str, str]]:
    actors = [("sender", threat.sender), ("target", threat.target), *(("third", a) for a in threat.third)]
    actors += [(f"act.stated.{k}.actor", s.actor) for k, s in enumerate(threat.act.stated)]
    actors += [(f"guarantees.{k}.by", g.by) for k, g in enumerate(threat.guarantees)]
    actors += [(f"secondary.{k}.actor", t.actor) for k, t in enumerate(threat.secondary)]
    strikes = threat.act.disruptions
    origins = [(f"act.disruptions.{k}.origins", o) for k, s in enumerate(strikes) for o in s.origins]
    yield from _unknown(case, [*actors, *origins], "actors")
    yield from _unknown(case, [("act.measures", m) for m in threat.act.measures], "measures")
    commodities = [(f"act.disruptions.{k}.commodity", s.commodity) for k, s in enumerate(strikes)]
    yield from _unknown(case, commodities, "commodities")
    options = [(f"packages.{k}.options", o) for k, p in enumerate(threat.packages) for o in p.options]
    yield from _unknown(case, options, "options")
    yield from _unknown(case, [(f"{n}.source", a.source) for n, a in threat.amounts().items()], "sources")
    for k, strike in enumerate(strikes):
        if problem := scope_problem(case, strike.asset):
            yield f"act.disruptions.{k}.asset", problem
    if threat.scenario is not None and threat.scenario not in {"baseline", *case.scenarios}:
        near = did_you_mean(threat.scenario, case.scenarios)
        yield "scenario", f"found {threat.scenario!r}, which is no scenario{near}"
    if threat.sender == threat.target:
        yield "target", f"found {threat.target!r}, the sender; accepted: another actor"
    for k, name in enumerate(threat.third):
        if name in (threat.sender, threat.target, *threat.third[:k]):
            said = "sender" if name == threat.sender else "target" if name == threat.target else "third"
            yield (
                f"third.{k}",
                f"found {name!r}, which is the {said} already; accepted: bystanders, each once",
            )


@check("threat_reference", "error", refers=True)
def threat_reference(case: CaseData) -> Iterator[Problem]:
    """A threat that names an actor, measure, asset, option, scenario or source which does not exist, or an actor twice."""
    for threat in case.threats.values():
        for column, message in _references(case, threat):
            yield Problem(message, f"threats/{threat.id}", None, column)


@check("threat_time", "error")
def threat_time(case: CaseData) -> Iterator[Problem]:
    """A threat whose act lies outside the time axis, or lasts longer than a step of the game."""
    axis = case.settings.time
    for threat in case.threats.values():
        where, end = f"threats/{threat.id}", threat.end
        if _of_network(threat) and not (axis.start <= threat.start and end <= axis.end):
            message = f"found {threat.start} to {end}; accepted: within the time of the case, {axis.start} to {axis.end}"
            yield Problem(message, where, None, "start")
        # A month may have 31 days.
        if threat.days > DAYS[threat.step] * 31 / 30:
            message = (
                f"found {threat.days:g} days, longer than a step ({threat.step}); accepted: acts that end before the next "
                "demand"
            )
            yield Problem(message, where, None, "days")


@check("threat_package", "error", refers=True)
def threat_package(case: CaseData) -> Iterator[Problem]:
    """A package without options, or with options whose cost or build time is blank, or that cannot be built together."""
    options = case.rows("options")
    for threat in case.threats.values():
        world = case.scenarios.get(threat.scenario or "baseline")
        for k, package in enumerate(threat.packages):
            where, column = f"threats/{threat.id}", f"packages.{k}.options"
            for message in _together(package.options, world, options):
                yield Problem(f"package {package.id!r}: {message}", where, None, column)
            if not package.options:
                yield Problem(f"package {package.id!r} has no options", where, None, column)
            for name in package.options:
                blank = [c for c in _NEEDED if name in options and getattr(options[name], c) is None]
                if blank:
                    message = (
                        f"package {package.id!r} has option {name!r}, of which table options leaves {', '.join(blank)} blank; "
                        "accepted: options whose build time and cost are known"
                    )
                    yield Problem(message, where, None, column)


def _together(names: Sequence[str], world: Scenario | None, options: Mapping[str, Option]) -> Iterator[str]:
    """Say what keeps the options of a package from being built, all together and beside those of a scenario."""
    there = world.options if world is not None else ()
    for number, name in enumerate(names):
        if name in there or name in names[:number]:
            yield f"option {name!r} is {'built in the scenario already' if name in there else 'named twice'}"
    if not options.keys() >= {*there, *names}:
        return  # another check names it
    if world is None:
        world = Scenario(id="baseline", title="baseline")
    yield from impossible(world.model_copy(update={"options": (*there, *names)}), options)


@check("threat_right", "error", whole=True, refers=True)
def threat_right(case: CaseData) -> Iterator[Problem]:
    """A threat of an act of which its sender may close nothing, or of no act at all."""
    for threat in case.threats.values():
        where, act = f"threats/{threat.id}", threat.act
        if not _of_network(threat):
            if not act.stated:
                message = (
                    "nothing is threatened; accepted: measures, disruptions, withhold: true, or stated losses"
                )
                yield Problem(message, where, None, "act")
            continue
        if threat.sender not in case.known_ids("actors"):
            continue
        end = threat.end
        may = {item.asset for item in closable_by(case, threat.sender, threat.start, end)}
        if act.withhold and not may:
            message = f"{threat.sender} and who belongs to it may close nothing; accepted: a sender who has rights in assets"
            yield Problem(message, where, None, "act.withhold")
        assets = [strike.asset for strike in act.disruptions]
        assets += [row.asset for key in act.measures if (row := case.rows("measures").get(key)) and row.asset]
        if act.measures and len(assets) < len(act.measures) + len(act.disruptions):
            yield Problem("a measure without an asset takes nothing", where, None, "act.measures")
        for key in act.measures:
            row = case.rows("measures").get(key)
            if row is not None and row.factor is None and row.cost is not None:
                message = (
                    f"measure {key!r} adds to costs and takes nothing: give it a factor, or name a disruption"
                )
                yield Problem(message, where, None, "act.measures")
        for asset in assets:
            scope, colon, actor = asset.partition(":")
            if colon and scope != "actor" and actor in group_of(case, threat.sender):
                continue
            struck = {row.id for _, row in touched(case, asset, threat.start, end)} | {asset}
            if may.isdisjoint(struck):
                message = (
                    f"found {asset!r}, of which {threat.sender} and who belongs to it may close nothing from {threat.start} "
                    f"to {end}; accepted: what table controls or its territory lets it close"
                )
                yield Problem(message, where, None, "act")


def _of_network(threat: Threat) -> bool:
    """Whether the act closes something in the network."""
    return bool(threat.act.measures or threat.act.disruptions or threat.act.withhold)
