"""Verdicts: yes, no or open, and the value of which number turns them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from straits.threat.network.interval import Interval, least
from straits.threat.network.packages import Backing, Numbers, Schedule
from straits.threat.network.states import RULES

if TYPE_CHECKING:
    from straits.case.schema.threats import Guarantee, Third, Threat
    from straits.threat.network.states import Built, States

#: Columns of the table of verdicts.
COLUMNS = (
    "question",
    "package",
    "step",
    "scarcity",
    "verdict",
    "gap_least",
    "gap",
    "gap_most",
    "turns_on",
    "turns_at",
)
CREDIBLE = "carrying out costs less than backing down"
GIVES_IN = "complying costs the target less than the act"
PAYS = "the demand is worth more than the threat costs"
WORKS = "the threat would work if all know the numbers"


@dataclass(frozen=True)
class Verdict:
    """One row of the table of verdicts; `turns_at` is the value of `turns_on` at which it turns."""

    question: str
    package: str
    step: int
    scarcity: str
    gap: Interval
    verdict: str
    turns_on: str
    turns_at: float

    def row(self) -> tuple[object, ...]:
        """Return the row."""
        return (
            self.question, self.package, self.step, self.scarcity, self.verdict, self.gap.low, self.gap.point, self.gap.high,
            self.turns_on, self.turns_at,
        )  # fmt: skip


def stages(plans: list[Schedule]) -> list[tuple[str, int, Built]]:
    """Return the states that a verdict is given for: the network as it is, and each package as its options come on line."""
    found: list[tuple[str, int, Built]] = [("", 0, ())]
    return found + [(p.id, age, built) for p in plans for age, built in p.built if built]


def verdicts(
    threat: Threat, numbers: Numbers, states: States, plans: list[Schedule], backing: Backing
) -> Iterator[Verdict]:
    """Yield the verdicts on each state of the network, under each rule of who keeps scarcity."""
    for package, step, built in stages(plans):
        # Where the network says nothing no rule of scarcity matters.
        for rule in RULES if states.act else RULES[:1]:
            loss, own = _under(threat, states, built, backing, rule)
            gaps = (
                (CREDIBLE, numbers.retreat - own, "retreat_cost", own.point),
                (GIVES_IN, loss - numbers.cost, "demand.cost", loss.point),
                (PAYS, numbers.worth - numbers.threat, "demand.worth", numbers.threat.point),
            )
            parts = [
                Verdict(question, package, step, rule, gap, gap.verdict, name, turns)
                for question, gap, name, turns in gaps
            ]
            yield from parts if rule == "case" else parts[:2]
            # All must hold: the gap is the least of theirs, and the weakest says what would have to change.
            weakest, gap = min(parts, key=lambda v: v.gap.point), least(*(v.gap for v in parts))
            yield Verdict(WORKS, package, step, rule, gap, gap.verdict, weakest.turns_on, weakest.turns_at)


def _under(
    threat: Threat, states: States, built: Built, backing: Backing, rule: str
) -> tuple[Interval, Interval]:
    """Return loss and own cost under a rule of scarcity; prices that are not unique widen them as under the rules of the
    case."""
    loss, own = backing.of(states, built)
    found = states.losses(built)
    if rule == "case":
        return loss, own
    moved = [
        found.by_rule[rule][name] - found.by_rule["case"][name] for name in (threat.target, threat.sender)
    ]
    return loss + Interval.at(moved[0]), own + Interval.at(moved[1])


def backing_of(threat: Threat) -> tuple[Backing, list[tuple[object, ...]]]:
    """Return what guarantees change, and a row for each: an ally counts as far as keeping its word costs it less than
    breaking it."""
    retaliation, insurance = Interval.at(0.0), Interval.at(0.0)
    rows: list[tuple[object, ...]] = []
    for row in threat.guarantees:
        keeps, counted = _counted(row)
        if row.kind == "retaliation":
            retaliation += counted
        else:
            insurance += counted
        cost = Interval.of(row.cost)
        rows.append(
            (row.by, row.kind, keeps, "retreat_cost", cost.point, counted.low, counted.point, counted.high)
        )
    return Backing(retaliation, insurance), rows


def _counted(row: Guarantee) -> tuple[str, Interval]:
    keeps, amount = (Interval.of(row.retreat_cost) - Interval.of(row.cost)), Interval.of(row.amount)
    if keeps.verdict == "yes":
        return "yes", amount
    if keeps.verdict == "no":
        return "no", Interval.at(0.0)
    # Open: it may be nothing; the point is what the points say.
    point = amount.point if keeps.point > 0 else 0.0
    return "open", Interval(min(0.0, amount.low), point, max(0.0, amount.high))


def yields(row: Third) -> tuple[object, ...]:
    """Return the row of a third party: whether it gives up trade for the market, and what follows."""
    gap = Interval.of(row.market) - Interval.of(row.trade)
    lost = 0.0 if row.target_loss is None else row.target_loss.point
    cost = float("nan") if row.sender_cost is None else row.sender_cost.point
    return row.actor, gap.verdict, gap.low, gap.point, gap.high, "market", row.trade.point, lost, cost


__all__ = [
    "COLUMNS",
    "CREDIBLE",
    "GIVES_IN",
    "PAYS",
    "WORKS",
    "Verdict",
    "backing_of",
    "stages",
    "verdicts",
    "yields",
]
