"""Tables of an answer about a threat: beliefs, brinkmanship, bargain, allies, third parties, assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.case.schema.threats import DAYS
from straits.errors import GameError, ModelError
from straits.results.result import described
from straits.threat.games.bargain import coco, variable_threats
from straits.threat.games.brink import brinkmanship
from straits.threat.games.exact import exact
from straits.threat.network.informed import kinds, readings
from straits.threat.network.interval import Interval
from straits.threat.network.tables import told
from straits.threat.network.verdicts import yields
from straits.threat.network.words import called
from straits.wording import with_article

if TYPE_CHECKING:
    from straits.case.schema.threats import Amount
    from straits.threat.network.question import Question
    from straits.threat.network.states import Built

#: Tables that are left out where they are empty.
OPTIONAL = ("beliefs", "brinkmanship", "guarantees", "secondary")

#: What stands beside the values of a bargain where the network says anything.
_BESIDE = (
    " shapley: beside it, what `straits power shares` gives each of all that these actors reach together, a step's part of the "
    "case's time: there nobody harms himself to harm another, and all their assets count, not the act alone."
)


def of_beliefs(q: Question, money: str) -> pd.DataFrame:
    """Equilibria of threat and reply over the sender's types, in one round now."""
    rows = []
    loss, _ = q.backing.of(q.states, ())
    columns = (
        "equilibrium", "kind", "type", "probability", "would_carry_out", "threatens", "believed_if_threatened", "payoff",
        "complies_least",
        "complies_most", "bluff", "success", "success_carried_out", "complies_next", "removed_by",
    )  # fmt: skip
    if q.threat.resolve:
        types = kinds(q.types)
        n = q.numbers
        found = readings(types, n.worth.point, n.cost.point, n.threat.point, loss.point)
        for number, reading in enumerate(found):
            e = reading.equilibrium
            for kind in types:
                rows.append(
                    (
                        number, e.kind, kind.id, float(kind.probability), reading.acts[kind.id],
                        float(e.sends[kind.id].get("threat", 0)), float(e.beliefs["threat"][kind.id]), float(e.payoffs[kind.id]),
                        float(e.yes["threat"][0]), float(e.yes["threat"][1]), reading.bluff, reading.success,
                        reading.success_carried_out, reading.complies_next, ", ".join(e.removed_by),
                    )
                )  # fmt: skip
    return told(
        rows, columns, "Threat and reply when the target does not know the sender's costs", money, ("payoff",),
        "One round, now. bluff: chance that a threat comes from a type that would back down. removed_by: refinements that "
        "find no "
        "reasonable belief to support an equilibrium.",
    )  # fmt: skip


def of_brinkmanship(q: Question, money: str) -> pd.DataFrame:
    """Least risk that works and greatest that the sender can bear, in one act and over the horizon."""
    loss, own = q.backing.of(q.states, ())
    n = q.numbers
    columns = ("rounds", "effective", "acceptable", "certain_up_to", "window_up_to")
    rows = []
    if own.point > 0 and loss.point > 0:
        found = brinkmanship(
            {"no_threat": 0, "success": exact(round(n.worth.point, 6)), "disaster": exact(round(-own.point, 6))},
            {"concede": exact(round(-n.cost.point, 6)), "defy": 0, "disaster": exact(round(-loss.point, 6))},
            cost=exact(round(n.threat.point, 6)),
            rounds=q.threat.horizon,
        )  # fmt: skip
        chances = (float(found.certain_up_to), float(found.window_up_to))
        rows = [
            (r, low, high, *chances) for r, low, high in found.rounds if r in (1, 2, 3, 6, 12, 24, 36, 60)
        ]
        rows = rows or [
            (
                1, np.nan if found.effective is None else float(found.effective),
                np.nan if found.acceptable is None else float(found.acceptable), *chances,
            )
        ]  # fmt: skip
    return told(
        rows, columns, "Brinkmanship: a threat that leaves something to chance", money, (),
        "effective, acceptable: least and greatest risk in each of so many rounds. certain_up_to: chance of a target that "
        "gives in to "
        "nothing up to which a certain threat is bearable; window_up_to: up to which some risk is.",
    )  # fmt: skip


def of_bargain(q: Question, money: str) -> pd.DataFrame:
    """What each would have of a bargain in which threats decide, for one step."""
    row = q.threat
    plays: list[tuple[Built, float]] = [((), 0.0), *((p.built[-1][1], p.cost) for p in q.plans)]

    def cell(act: bool, built: Built, cost: float) -> list[float]:
        loss, own = q.backing.of(q.states, built) if act else (Interval.at(0.0), Interval.at(0.0))
        third = [q.states.losses(built).by_player[name].point if act else 0.0 for name in row.third]
        return [round(x, 6) + 0.0 for x in (-own.point, -loss.point - cost, *(-x for x in third))]

    cells = [[cell(act, built, cost) for built, cost in plays] for act in (False, True)]
    two = coco([[c[0] for c in r] for r in cells], [[c[1] for c in r] for r in cells])
    names = [row.sender, row.target, *row.third]
    values: Sequence[object] = two.payoffs
    if row.third:
        # Bystanders have one strategy each.
        deep = [[_wrapped(c, len(row.third)) for c in r] for r in cells]
        values = variable_threats(deep)
    point = [*map(float, two.threat_point), *[np.nan] * len(row.third)]
    shares = _shapley(q, names)
    rows = [(name, p, float(v), shares[name]) for name, p, v in zip(names, point, values, strict=True)]  # type: ignore[arg-type]
    columns = ("actor", "threat_point", "value", "shapley")
    beside = _BESIDE if np.isfinite([*shares.values()]).any() else ""
    return told(
        rows, columns, "Bargain under threat, for one step", money, columns[1:],
        "value: the coco value of two players, the value of Kohlberg and Neyman of more, against no threat. The sender may "
        "act or not, the target may have built any package, at its cost." + beside,
    )  # fmt: skip


def _shapley(q: Question, names: Sequence[str]) -> dict[str, float]:
    """Return the Shapley value of these actors over the time of the case, for the length of one step; nan where there is none."""
    from straits.power import game, shapley

    nothing = dict.fromkeys(names, float("nan"))
    if not q.states.act:
        return nothing
    try:
        found = shapley(game(q.case, list(names), access=q.threat.act.access, scenario=q.threat.scenario))
    except (GameError, ModelError):
        return nothing  # some of them hold nothing in this network
    time = q.case.settings.time
    part = DAYS[q.threat.step] / (time.end - time.start).days
    return {name: float(found[name]) * part for name in names}


def _wrapped(cell: Any, times: int) -> Any:
    return _wrapped([cell], times - 1) if times else cell


def of_guarantees(rows: Sequence[tuple[object, ...]], money: str) -> pd.DataFrame:
    """Allies and whether they would keep their word."""
    columns = (
        "ally",
        "kind",
        "keeps_its_word",
        "turns_on",
        "turns_at",
        "counted_least",
        "counted",
        "counted_most",
    )
    return told(
        rows, columns, "Guarantees", money, columns[4:],
        "An ally counts as far as keeping its word costs it less than breaking it.",
    )  # fmt: skip


def of_secondary(q: Question, money: str) -> pd.DataFrame:
    """Third parties and what they would give up."""
    columns = (
        "actor",
        "yields",
        "gap_least",
        "gap",
        "gap_most",
        "turns_on",
        "turns_at",
        "target_loses",
        "sender_cost",
    )
    return told(
        [yields(row) for row in q.threat.secondary], columns, "Third parties between market and trade", money,
        ("gap_least", "gap", "gap_most", "turns_at", "target_loses", "sender_cost"),
        "yields: whether the market is worth more than the trade.",
    )  # fmt: skip


def of_assumptions(q: Question) -> pd.DataFrame:
    """What the answer takes for granted, guesses first."""
    names = {key: with_article(row.name) for key, row in q.case.rows("actors").items()}
    amounts = q.threat.amounts().items()
    rows = [
        (called(q.threat, name, names), _ends(a), a.note or "a guess: no source", name)
        for name, a in amounts
        if a.source is None
    ]
    rows += [
        (f"probability of type {t.id}", f"{t.probability:g}", "a guess: no source", "resolve")
        for t in q.threat.resolve
    ]
    rows += [
        (called(q.threat, name, names), _ends(a), f"source {a.source}, confidence {a.confidence}", name)
        for name, a in amounts
        if a.source is not None
    ]
    rows.append(("foresight", "perfect", "all know the act and its length from the start of the case", ""))
    rows.append(
        ("packages", "their worth in quiet times is left out", "each network is compared with itself", "")
    )
    day = q.threat.start.isoformat()
    rows.append(
        (
            "time of the act",
            f"from {day}",
            "that of a later step counts as the same: seasons are left out",
            "",
        )
    )
    return described(
        pd.DataFrame(rows, columns=["assumption", "value", "why", "key"]),
        title="What the answer takes for granted",
        note="key: where the number stands in the file of the threat; money in millions.",
    )


def _ends(amount: Amount) -> str:
    low, high = amount.ends
    return f"{low:g} to {high:g}" if low < high else f"{amount.point:g}"
