"""Tables of an answer about a threat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.errors import GameError
from straits.results.result import described
from straits.threat.network import wherever
from straits.threat.network.packages import date_of
from straits.threat.network.play import most_asked, play, with_demand
from straits.threat.network.states import OTHERS, RULES
from straits.threat.network.verdicts import COLUMNS, stages, verdicts

if TYPE_CHECKING:
    from straits.threat.network.question import Question
    from straits.threat.network.states import Built


def told(
    rows: Sequence[tuple[Any, ...]],
    columns: Sequence[str],
    title: str,
    money: str,
    counted: Sequence[str],
    note: str = "",
) -> pd.DataFrame:
    """Return rows as a table that says what it is; `counted`: columns of money."""
    frame = pd.DataFrame(rows, columns=list(columns))
    return described(frame, title=title, units=dict.fromkeys(counted, money), note=note)


def _name(built: Built) -> str:
    return ", ".join(built) or "as it is"


def of_verdicts(q: Question, money: str) -> pd.DataFrame:
    """Verdicts on each state of the network under each rule of scarcity."""
    rows = [v.row() for v in verdicts(q.threat, q.numbers, q.states, q.plans, q.backing)]
    return told(
        rows, COLUMNS, "Verdicts", money, ("gap_least", "gap", "gap_most", "turns_at"),
        "yes: the gap is above zero at both ends of every interval; open: it depends on where in the intervals the numbers "
        "lie. "
        "scarcity: who keeps what a full asset is worth.",
    )  # fmt: skip


def of_play(q: Question, money: str) -> pd.DataFrame:
    """Verdicts of the play: what happens wherever in their intervals the numbers lie."""
    rows = []
    for v in q.everywhere:
        turns = v.turns or (("", np.nan),)
        rows += [(v.question, v.verdict, v.at_points, name, at) for name, at in turns]
    return told(
        rows, wherever.COLUMNS, "What happens if all know all numbers, wherever these lie", money, ("turns_at",),
        "yes or no: whatever the numbers are; open: it hangs on them. turns_at: value of one number, the others at their "
        "points, nearest to its own point, at which the answer turns; blank: none does alone. Losses of all states lie at "
        "their low ends, points or high ends together.",
    )  # fmt: skip


def of_thresholds(q: Question, money: str) -> pd.DataFrame:
    """Least retreat cost at which carrying out is credible, and most that can be asked then, by state."""
    rows = []
    for package, step, built in stages(q.plans):
        loss, own = q.backing.of(q.states, built)
        joint = q.states.losses(built).joint
        rows.append(
            (
                package,
                step,
                date_of(q.threat, step),
                own.low,
                own.point,
                own.high,
                loss.low,
                loss.point,
                loss.high,
                joint,
            )
        )
    columns = (
        "package", "step", "from_day", "retreat_least", "retreat", "retreat_most", "asked_least", "asked", "asked_most",
        "joint_loss",
    )  # fmt: skip
    return told(
        rows, columns, "Least retreat cost that makes the threat credible, and most that can then be asked", money, columns[3:],
        "Both move with the prices of the optimum where these are not unique. The package is started in step 0.",
    )  # fmt: skip


def of_payoffs(q: Question, money: str) -> pd.DataFrame:
    """What one act takes, by options built and actor."""
    rows = []
    for built in _states(q):
        found = q.states.losses(built)
        for player, loss in found.by_player.items():
            rows.append(
                (_name(built), player, loss.low, loss.point, loss.high, *(found.by_rule[r][player] for r in RULES[1:]))
            )  # fmt: skip
        joint = found.joint
        rows.append((_name(built), "all together", joint, joint, joint, joint, joint))
    columns = ("built", "actor", "loss_least", "loss", "loss_most", "loss_owners_keep", "loss_tariffs_only")
    return told(
        rows, columns, "What one act takes", money, columns[2:], "Against the same network undisturbed."
    )


def of_items(q: Question, money: str) -> pd.DataFrame:
    """What one act takes, by item of the account."""
    rows = [
        (_name(built), player, item, amount)
        for built in _states(q)
        for (player, item), amount in q.states.losses(built).items.items()
        if player != OTHERS
    ]
    return told(rows, ("built", "actor", "item", "loss"), "What one act takes, by item", money, ("loss",))


def of_destruction(q: Question, money: str) -> pd.DataFrame:
    """What carrying out destroys, now, and what is left to threaten with afterwards."""
    found = q.states.losses(())
    rows: list[tuple[Any, ...]] = [
        ("loss", player, loss.low, loss.point, loss.high) for player, loss in found.by_player.items()
    ]
    rows += [
        ("loss of bystander", state, x, x, x)
        for state, x in sorted(found.bystanders.items(), key=lambda s: -abs(s[1]))
    ]
    rows.append(("joint loss", "all together", found.joint, found.joint, found.joint))
    loss, _ = q.backing.of(q.states, ())
    rows.append(("leverage before", q.threat.target, loss.low, loss.point, loss.high))
    try:
        after = q.states.again()
        rows.append(("leverage after", q.threat.target, after, after, after))
    except GameError:
        pass  # a second act would reach beyond the time of the case
    return told(
        rows, ("what", "actor", "least", "amount", "most"), "What carrying out destroys", money, ("least", "amount", "most"),
        "Leverage after: what a second act, right after the first, would take besides.",
    )  # fmt: skip


def of_decay(q: Question, money: str) -> pd.DataFrame:
    """Leverage and own cost by step for each package."""
    rows = []
    for plan in [None, *q.plans]:
        for step in range(q.threat.horizon):
            built = () if plan is None else plan.at(step)
            loss, own = q.backing.of(q.states, built)
            ratio = (
                loss.point / own.point
                if own.point > 0 and loss.point > 0
                else (np.inf if loss.point > 0 else np.nan)
            )
            rows.append(
                (
                    "" if plan is None else plan.id, step, date_of(q.threat, step), _name(built), loss.low, loss.point, loss.high,
                    own.low, own.point, own.high, ratio, q.states.losses(built).joint,
                )
            )  # fmt: skip
    columns = (
        "package", "step", "day", "built", "loss_least", "loss", "loss_most", "own_least", "own_cost",
        "own_most", "ratio", "joint_loss",
    )  # fmt: skip
    counted = [c for c in columns[4:] if c != "ratio"]
    return told(
        rows,
        columns,
        "How leverage decays once a package is started",
        money,
        counted,
        "ratio: loss for a unit of own cost.",
    )


def of_path(q: Question, money: str) -> pd.DataFrame:
    """What happens step by step in the first equilibrium."""
    rows = []
    for step, (p, age, move) in enumerate(q.played.path()):
        loss, own = q.terms.course(p).at(age)
        rows.append(
            (
                step, date_of(q.threat, step), q.terms.course(p).id, move.threat, move.complied, move.carried_out,
                q.terms.packages[move.starts].id if move.starts >= 0 else "", loss, own,
            )
        )  # fmt: skip
    columns = (
        "step",
        "day",
        "package",
        "threatened",
        "complied",
        "carried_out",
        "starts",
        "loss",
        "own_cost",
    )
    return told(
        rows, columns, "What happens step by step if all know all numbers", money, ("loss", "own_cost"),
        "At the points of all numbers. loss and own_cost: what an act would take in that step.",
    )  # fmt: skip


def of_equilibria(q: Question, money: str) -> pd.DataFrame:
    """All equilibria of the repeated threat."""
    rows = []
    for k, outcome in enumerate(q.played.outcomes):
        path = q.played.path(k)
        moves = [m for _, _, m in path]
        started = [(q.terms.packages[m.starts].id, step) for step, m in enumerate(moves) if m.starts >= 0]
        name, at = started[0] if started else ("", -1)
        rows.append(
            (
                k, outcome.sender, outcome.target, sum(m.threat for m in moves), sum(m.complied for m in moves),
                sum(m.carried_out for m in moves), name, at,
            )
        )  # fmt: skip
    columns = (
        "equilibrium",
        "sender",
        "target",
        "threatened",
        "complied",
        "carried_out",
        "starts",
        "in_step",
    )
    return told(
        rows, columns, "Equilibria of the repeated threat", money, ("sender", "target"),
        "sender, target: what each has of the whole course, discounted, against no threat at all. threatened, complied, "
        "carried_out: "
        "steps in which it happens. in_step: -1 if nothing is started.",
    )  # fmt: skip


def of_demands(q: Question, money: str) -> pd.DataFrame:
    """What some demands would bring: all that can be asked now, the sustainable demand, and the one that is made."""
    worth = {
        "made": q.numbers.cost.point,
        "most that can be asked now": most_asked(q.terms, -1, 0),
        "sustainable": q.lasting[0],
    }
    rows = []
    for name, cost in worth.items():
        if cost <= 0 and name != "made":
            continue
        # Just below, where the target does not yet do otherwise.
        asked = cost if name == "made" else cost * (1.0 - 1e-6)
        found = play(with_demand(q.terms, asked))
        moves = [m for _, _, m in found.path()]
        paid = sum(m.complied for m in moves)
        started = [q.terms.packages[m.starts].id for m in moves if m.starts >= 0]
        rows.append((name, cost, paid, paid * cost, found.outcomes[0].sender, started[0] if started else ""))
    columns = ("demand", "cost", "steps_paid", "paid", "sender", "starts")
    return told(
        rows, columns, "Grab or milk: what a demand brings over the horizon", money, ("cost", "paid", "sender"),
        "cost: to the target, each step. paid: in all, not discounted. sender: what the sender has of it, discounted.",
    )  # fmt: skip


def _states(q: Question) -> list[Built]:
    return list(dict.fromkeys(built for _, _, built in stages(q.plans)))
