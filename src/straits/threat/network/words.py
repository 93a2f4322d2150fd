"""An answer about a threat in sentences that can be quoted. Nothing says what anybody means to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING

from straits.threat.network import wherever
from straits.threat.network.interval import Interval
from straits.threat.network.packages import date_of
from straits.threat.network.verdicts import CREDIBLE, GIVES_IN, Verdict, verdicts
from straits.wording import as_money, listed, with_article

if TYPE_CHECKING:
    from straits.case.schema.threats import Threat
    from straits.threat.network.question import Question


def amount(value: Interval, unit: str) -> str:
    """Return an amount with its range, if that is wider than rounding."""
    if abs(value.low) == inf or abs(value.high) == inf:
        return f"{as_money(value.point)} {unit} (with no limit to what prices leave open)"
    if as_money(value.low) == as_money(value.high):
        return f"{as_money(value.point)} {unit}"
    return f"{as_money(value.point)} ({as_money(value.low)} to {as_money(value.high)}) {unit}"


def called(threat: Threat, key: str, names: Mapping[str, str]) -> str:
    """Say in words which number of a threat a key of its file names, such as `act.stated.0.loss`."""
    of, *rest = key.split(".")
    sender, target = names[threat.sender], names[threat.target]
    plain = {
        "demand.worth": f"what the demand is worth to {sender}",
        "demand.cost": f"what the demand costs {target}",
        "retreat_cost": f"what backing down costs {sender}",
        "threat_cost": f"what threatening costs {sender}",
    }
    if key in plain:
        return plain[key]
    if key.startswith("act.stated."):
        return f"what the act takes from {names[threat.act.stated[int(rest[1])].actor]}"
    if of == "secondary":
        actor = names[threat.secondary[int(rest[0])].actor]
        return {
            "market": f"what the market is worth to {actor}",
            "trade": f"what the trade with {target} is worth to {actor}",
            "target_loss": f"what {target} loses if {actor} gives it up",
            "sender_cost": f"what shutting {actor} out costs {sender}",
        }[rest[1]]
    if of == "guarantees":
        row = threat.guarantees[int(rest[0])]
        return {
            "amount": f"the {row.kind} that {names[row.by]} promises",
            "cost": f"what keeping its word costs {names[row.by]}",
            "retreat_cost": f"what breaking its word costs {names[row.by]}",
        }[rest[1]]
    if of == "resolve":
        kind = threat.resolve[int(rest[0])].id
        return {
            "own_cost": f"what carrying out costs a sender of type {kind}",
            "retreat_cost": f"what backing down costs a sender of type {kind}",
        }[rest[1]]
    return key


def _could(loss: Interval, target: str, unit: str) -> str:
    """Say what an act takes from its target, or gives it where that is below zero."""
    if loss.point < 0:
        return f"'s act would bring {target} {amount(-loss, unit)}"
    return f" could take {amount(loss, unit)} from {target}"


def sentences(q: Question) -> Iterator[str]:
    """Yield the answer, most important first."""
    t, unit = q.threat, f"million {q.case.settings.currency}"
    name = {key: with_article(row.name) for key, row in q.case.rows("actors").items()}
    sender, target = name[t.sender], name[t.target]
    loss, own = q.backing.of(q.states, ())
    at_cost = (
        f"at an own cost of {amount(own, unit)}"
        if own.point >= 0
        else f"and gain {amount(-own, unit)} itself"
    )
    yield f"{t.title}: {sender}{_could(loss, target, unit)} in {t.days:g} days, {at_cost}{_until(q)}."
    if loss.low < 0 <= loss.point:
        yield f"What prices or guesses leave open is wide enough for {target} to gain {as_money(-loss.low)} {unit} instead."
    joint = q.states.losses(()).joint
    done = "bring all together" if joint < 0 else "destroy"
    yield f"Carried out once, it would {done} {as_money(abs(joint))} {unit}{'' if joint < 0 else ' of what all have together'}."
    yield from _verdict_sentences(q, sender, target, unit)
    yield _lasting(q, target, unit)
    yield _path(q, target)
    yield from _wherever(q, sender, target, unit)
    guesses = [n for n, a in t.amounts().items() if a.source is None]
    if guesses:
        yield (
            f"{len(guesses)} of the threat's numbers rest on no source, among them "
            f"{', '.join(called(t, key, name) for key in guesses[:3])}: what backing down costs is an assumption, and nothing "
            "here says what anybody intends."
        )


def _until(q: Question) -> str:
    """Say until when the leverage lasts: the first day on which some package has halved it."""
    now = q.terms.now.at(0)[0]
    if now <= 0:
        return ""
    halved = [
        (age, plan.id)
        for plan, course in zip(q.plans, q.terms.packages, strict=True)
        for age in range(course.last + 1)
        if course.at(age)[0] <= now / 2
    ]
    if not q.plans:
        return ""
    if not halved:
        least = min((c.at(c.last)[0] for c in q.terms.packages), default=now)
        return (
            f"; no package halves that: the best leaves {as_money(least)} million {q.case.settings.currency}"
        )
    age, plan = min(halved)
    return f"; package {plan}, begun at once, halves that from {date_of(q.threat, age)}"


def _verdict_sentences(q: Question, sender: str, target: str, unit: str) -> Iterator[str]:
    now = list(verdicts(q.threat, q.numbers, q.states, [], q.backing))
    words = {"yes": "is credible", "no": "is not credible", "open": "may be credible or not"}
    retreat = amount(q.numbers.retreat, unit)
    by_rule = {v.scarcity: v for v in now if v.question == CREDIBLE}
    case = by_rule["case"]
    yield (
        f"At a retreat cost of {retreat} the threat {words[case.verdict]}: "
        + (
            f"{sender} would gain by the act, and carries out unless backing down brings it more than "
            f"{as_money(-case.turns_at)} {unit}."
            if case.turns_at < 0
            else f"carrying out costs {sender} less than backing down if that is above {as_money(case.turns_at)} {unit}."
        )
    )
    if (
        len({v.verdict for v in by_rule.values()}) > 1
        or len({round(v.turns_at) for v in by_rule.values()}) > 1
    ):
        told = [_turning(by_rule[rule], sender, unit) for rule in ("owners", "tariffs")]
        yield f"If owners kept the scarcity of what is full, {told[0]}; if they earned tariffs alone, {told[1]}."
    gives = next(v for v in now if v.question == GIVES_IN and v.scarcity == "case")
    said = {
        "yes": "costs less than the act",
        "no": "costs more than the act",
        "open": "may cost less than the act or more",
    }
    if gives.turns_at <= 0:
        most = "nothing can be asked for what takes nothing"
    else:
        believed = "" if case.gap.point >= 0 else " of who believes the threat"
        most = f"the most that can be asked{believed} is {as_money(gives.turns_at)} {unit}"
    yield f"The demand, {amount(q.numbers.cost, unit)} a {q.threat.step}, {said[gives.verdict]} to {target}: {most}."


def _turning(v: Verdict, sender: str, unit: str) -> str:
    """Say at which retreat cost a threat turns credible under another rule of scarcity."""
    if v.turns_at < 0:
        return f"{sender} would gain {as_money(-v.turns_at)} {unit} by the act, whatever backing down costs"
    held = {"yes": "credible", "no": "not credible", "open": "open"}[v.verdict]
    return f"it would turn at {as_money(v.turns_at)} {unit} ({held})"


def _lasting(q: Question, target: str, unit: str) -> str:
    demand, which = q.lasting
    if demand <= 0:
        own = q.terms.now.at(0)[1]
        why = (
            f"it pays {target} to build package {q.plans[which].id} whatever is asked"
            if which >= 0
            else "the threat is not credible at the points of its numbers"
            if q.terms.retreat < own
            else f"at the points of its numbers the act takes nothing from {target}"
        )
        return f"Nothing can be asked for long: {why}."
    if which < 0:
        why = "no package pays" if q.plans else "the case names nothing that the target could build"
        return f"Up to {as_money(demand)} {unit} a {q.threat.step} could be asked over {q.threat.horizon} steps: {why}."
    return (
        f"Above {as_money(demand)} {unit} a {q.threat.step} it pays {target} to build package {q.plans[which].id}: that is what "
        f"could be asked "
        f"over {q.threat.horizon} steps."
    )


def _path(q: Question, target: str) -> str:
    moves = [m for _, _, m in q.played.path()]
    threats, complied, acts = (
        sum(getattr(m, x) for m in moves) for x in ("threat", "complied", "carried_out")
    )
    started = [(s, q.terms.packages[m.starts].id) for s, m in enumerate(moves) if m.starts >= 0]
    built = (
        f"; {target} starts package {started[0][1]} in step {started[0][0]}"
        if started
        else "; nothing is built"
    )
    more = (
        ""
        if len(q.played.outcomes) == 1
        else f" (the first of {'more than ' if q.played.cut else ''}{len(q.played.outcomes)} equilibria)"
    )
    if not threats:
        return f"If all knew all numbers, no threat would be made in {len(moves)} steps{built}{more}."
    return (
        f"If all knew all numbers, a threat would be made in {threats} of {len(moves)} steps, met in {complied} and carried "
        f"out in "
        f"{acts}{built}{more}."
    )


#: What a number is called, by its name in a file.
_CALLED = {
    "demand.cost": "a demand that costs {target} {at}",
    "demand.worth": "a demand worth {at} to {sender}",
    "retreat_cost": "a retreat cost of {at}",
    "threat_cost": "a cost of threatening of {at}",
}


def _wherever(q: Question, sender: str, target: str, unit: str) -> Iterator[str]:
    """Say what of that holds wherever in their intervals the numbers lie."""
    told = {
        wherever.MADE: ("a threat is made", "no threat is made", "whether a threat is made"),
        wherever.DONE: (
            "the act is carried out",
            "the act is not carried out",
            "whether the act is carried out",
        ),
    }
    if q.plans:
        told[wherever.BUILT] = (f"{target} builds", f"{target} builds nothing", f"whether {target} builds")
    sure, loose = [], []
    for v in q.everywhere:
        yes, no, doubt = told.get(v.question, ("", "", ""))
        if not yes:
            continue
        if v.verdict != "open":
            sure.append(yes if v.verdict == "yes" else no)
            continue
        ends = {name: (x.low, x.high) for name, x in zip(wherever.NUMBERS, q.numbers.asked, strict=True)}
        turns = " or ".join(
            _CALLED[name].format(at=f"{as_money(at)} {unit}", target=target, sender=sender)
            for name, at in v.turns
            if ends[name][0] < at < ends[name][1]
        )
        loose.append(f"{doubt} (it turns at {turns})" if turns else doubt)
    if sure:
        yield f"Wherever in their intervals the numbers lie, {listed(sure)}."
    if loose:
        yield f"Within the intervals of the numbers it is open {', and '.join(loose)}."


__all__ = ["amount", "called", "sentences"]
