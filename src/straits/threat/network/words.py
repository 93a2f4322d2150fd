"""An answer about a threat in sentences that can be quoted. Nothing says what anybody means to do."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

from straits.threat.network.interval import Interval
from straits.threat.network.packages import date_of
from straits.threat.network.verdicts import CREDIBLE, GIVES_IN, verdicts

if TYPE_CHECKING:
    from straits.threat.network.question import Question


def amount(value: Interval, unit: str) -> str:
    """Return an amount with its range, if that is wider than rounding."""
    if abs(value.low) == inf or abs(value.high) == inf:
        return f"{value.point:,.0f} {unit} (with no limit to what prices leave open)"
    if f"{value.low:,.0f}" == f"{value.high:,.0f}":
        return f"{value.point:,.0f} {unit}"
    return f"{value.point:,.0f} ({value.low:,.0f} to {value.high:,.0f}) {unit}"


def sentences(q: Question) -> Iterator[str]:
    """Yield the answer, most important first."""
    t, unit = q.threat, f"million {q.case.settings.currency}"
    name = {key: row.name for key, row in q.case.rows("actors").items()}
    sender, target = name[t.sender], name[t.target]
    loss, own = q.backing.of(q.states, ())
    yield (
        f"{t.title}: {sender} could take {amount(loss, unit)} from {target} in {t.days:g} days, at an own cost of "
        f"{amount(own, unit)}{_until(q)}."
    )
    joint = q.states.losses(()).joint
    yield f"Carried out once, it would destroy {joint:,.0f} {unit} of all together."
    yield from _verdict_sentences(q, sender, target, unit)
    yield _lasting(q, target, unit)
    yield _path(q, target)
    guesses = [n for n, a in t.amounts().items() if a.source is None]
    if guesses:
        yield (
            f"{len(guesses)} of the threat's numbers rest on no source, among them {', '.join(guesses[:3])}: what backing "
            f"down costs "
            "is an assumption, and nothing here says what anybody intends."
        )


def _until(q: Question) -> str:
    """Say until when the leverage lasts: the first day on which some package has halved it."""
    now = q.terms.now.at(0)[0]
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
        return f"; no package halves that: the best leaves {least:,.0f}"
    age, plan = min(halved)
    return f"; package {plan}, begun at once, halves that from {date_of(q.threat, age)}"


def _verdict_sentences(q: Question, sender: str, target: str, unit: str) -> Iterator[str]:
    now = list(verdicts(q.threat, q.numbers, q.states, [], q.backing))
    words = {"yes": "is credible", "no": "is not credible", "open": "may be credible or not"}
    retreat = amount(q.numbers.retreat, unit)
    by_rule = {v.scarcity: v for v in now if v.question == CREDIBLE}
    case = by_rule["case"]
    yield (
        f"At a retreat cost of {retreat} the threat {words[case.verdict]}: carrying out costs {sender} less than backing "
        f"down if "
        f"that is above {case.turns_at:,.0f} {unit}."
    )
    if (
        len({v.verdict for v in by_rule.values()}) > 1
        or len({round(v.turns_at) for v in by_rule.values()}) > 1
    ):
        owners, tariffs = by_rule["owners"], by_rule["tariffs"]
        yield (
            f"If owners kept the scarcity of what is full it would turn at a retreat cost of {owners.turns_at:,.0f} "
            f"({owners.verdict}), if they earned tariffs alone at {tariffs.turns_at:,.0f} ({tariffs.verdict})."
        )
    gives = next(v for v in now if v.question == GIVES_IN and v.scarcity == "case")
    said = {
        "yes": "costs less than the act",
        "no": "costs more than the act",
        "open": "may cost less than the act or more",
    }
    yield (
        f"The demand, {amount(q.numbers.cost, unit)} a {q.threat.step}, {said[gives.verdict]} to {target}: the most that can "
        f"be asked is "
        f"{gives.turns_at:,.0f} {unit}."
    )


def _lasting(q: Question, target: str, unit: str) -> str:
    demand, which = q.lasting
    if demand <= 0:
        return "Nothing can be asked for long: the threat is not credible at the points of its numbers."
    if which < 0:
        return f"Up to {demand:,.0f} {unit} a {q.threat.step} could be asked over {q.threat.horizon} steps: no package pays."
    return (
        f"Above {demand:,.0f} {unit} a {q.threat.step} it pays {target} to build package {q.plans[which].id}: that is what "
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


__all__ = ["amount", "sentences"]
