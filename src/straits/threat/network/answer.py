"""The answer about one threat: verdicts, payoffs, decay, play, beliefs, bargain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from straits.case.schema.threats import DAYS
from straits.errors import GameError, did_you_mean
from straits.lp import solver_version
from straits.model import provenance_of
from straits.threat.network import game_tables, tables
from straits.threat.network.held import Threatened
from straits.threat.network.interval import Interval
from straits.threat.network.packages import Numbers, losses_of, schedules, terms_of
from straits.threat.network.play import play, sustainable
from straits.threat.network.question import Question
from straits.threat.network.states import States
from straits.threat.network.verdicts import backing_of, stages
from straits.threat.network.wherever import ended, verdicts
from straits.threat.network.words import sentences

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.threats import Threat

Progress = Callable[[int, int, float], None]


def threat(
    case: Case,
    which: str | Threat | Mapping[str, Any],
    *,
    demand: float | None = None,
    retreat_cost: float | None = None,
    packages: Sequence[str] | None = None,
    horizon: int | None = None,
    progress: Progress | None = None,
) -> Threatened:
    """Ask what a threat could take from whom, at what own cost, whether it is credible, and what follows if all know it.

    Parameters
    ----------
    case : Case
    which : str, Threat or mapping
        Id of one of the case's threats, or a threat, or the fields of one as a file of `threats/` has them.
    demand : float, optional
        What is asked in each step, worth to the sender what it costs the target, million currency. Default: that of the threat.
    retreat_cost : float, optional
        What backing down costs the sender. Default: that of the threat.
    packages : sequence of str, optional
        Those packages of the threat that the target can start. Default: all.
    horizon : int, optional
        Number of steps. Default: that of the threat.
    progress : callable, optional
        Called with states of the network that are solved, all of them, and the seconds left (nan: not known).

    Returns
    -------
    Threatened

    Raises
    ------
    GameError
        An unknown threat or package, numbers that make no sense, a target without account in the network.
    CaseError
        A threat that is not the case's, and that cannot be right.
    InfeasibleError
        A promise without a price cannot be kept in some state of the network.

    Notes
    -----
    Payoffs are differences of two optima of the network, with what is built alike and perfect foresight, at prices that the act
    moves no further than it must (`straits.engine.prices.nearest`), with their `alike` range where these are not unique. What a
    package is worth in quiet times is no part of them. The games: Schelling 1960; Selten 1965; Lacy and Niou 2004; Cho and Kreps
    1987; Kohlberg and Neyman 2021. Nothing here says what anybody means to do.
    """
    row = _asked(case, which, demand, retreat_cost, packages, horizon)
    states = States(case, row, progress)
    plans = schedules(case, row)
    states.prepare(built for _, _, built in stages(plans))
    numbers = Numbers(
        Interval.of(row.demand.worth), Interval.of(row.demand.cost), Interval.of(row.retreat_cost), Interval.of(row.threat_cost)
    )  # fmt: skip
    backing, guarantees = backing_of(row)
    terms = terms_of(row, numbers, states, plans, backing)
    played = play(terms)
    lasting = sustainable(terms)
    everywhere = verdicts(ended(terms, losses_of(states, plans, backing)), numbers)
    asked = Question(case, row, states, plans, numbers, backing, terms, played, lasting, everywhere)
    money = f"million {case.settings.currency}"
    made = {
        "verdicts": tables.of_verdicts(asked, money),
        "thresholds": tables.of_thresholds(asked, money),
        "payoffs": tables.of_payoffs(asked, money),
        "items": tables.of_items(asked, money),
        "destroyed": tables.of_destruction(asked, money),
        "decay": tables.of_decay(asked, money),
        "play": tables.of_play(asked, money),
        "path": tables.of_path(asked, money),
        "equilibria": tables.of_equilibria(asked, money),
        "demands": tables.of_demands(asked, money),
        "beliefs": game_tables.of_beliefs(asked, money),
        "brinkmanship": game_tables.of_brinkmanship(asked, money),
        "bargain": game_tables.of_bargain(asked, money),
        "guarantees": game_tables.of_guarantees(guarantees, money),
        "secondary": game_tables.of_secondary(asked, money),
        "assumptions": game_tables.of_assumptions(asked),
    }
    found = {name: table for name, table in made.items() if len(table) or name not in game_tables.OPTIONAL}
    parameters = _parameters(asked)
    return Threatened(
        question=f"Would {row.sender} carry out “{row.title}” against {row.target}, and what follows?",
        method="Each distinct state of the network solved once; backward induction over step, package and age; perfect Bayesian "
        "equilibria of threat and reply; losses are differences of accounts, at "
        "prices that move no further than they must, with their range where these are not unique.",
        parameters=parameters,
        provenance={
            **_of_case(case, states),
            "programs_solved": states.solved,
            "game_states": played.states,
        },
        tables=found,
        figures={},
        sentences=tuple(sentences(asked)),
    )


def _of_case(case: Case, states: States) -> dict[str, Any]:
    """Say of which case and model the payoffs are; an act that closes nothing in the network has no model."""
    if states.act:
        return provenance_of(case, states.model(()))
    return {"case": case.settings.id, "case_hash": case.hash, "solver": solver_version()}


def _asked(
    case: Case,
    which: str | Threat | Mapping[str, Any],
    demand: float | None,
    retreat_cost: float | None,
    packages: Sequence[str] | None,
    horizon: int | None,
) -> Threat:
    """Return the threat with what was asked instead of what its file says."""
    if isinstance(which, str):
        if which not in case.threats:
            raise GameError(
                f"case {case.settings.id} has no threat {which!r}; it has {', '.join(case.threats) or 'none'}"
                f"{did_you_mean(which, case.threats)}"
            )
        row = case.threats[which]
    else:
        key = str(which["id"] if isinstance(which, Mapping) and "id" in which else getattr(which, "id", "?"))
        row = case.with_threat(which).threats[key]
    changed: dict[str, Any] = {}
    if demand is not None:
        changed["demand"] = {"worth": _number(demand, "demand"), "cost": _number(demand, "demand")}
    if retreat_cost is not None:
        changed["retreat_cost"] = _number(retreat_cost, "retreat_cost")
    if horizon is not None:
        if isinstance(horizon, bool) or not isinstance(horizon, int) or horizon < 1:
            raise GameError(
                f"horizon: found {horizon!r}; accepted: a whole number of steps ({row.step}), 1 or more"
            )
        changed["horizon"] = horizon
    if packages is not None:
        known = {p.id: p for p in row.packages}
        names = [packages] if isinstance(packages, str) else list(packages)
        for name in names:
            if name not in known:
                raise GameError(
                    f"packages: threat {row.id} has no package {name!r}; it has "
                    f"{', '.join(known) or 'none'}{did_you_mean(name, known)}"
                )
        changed["packages"] = [known[name].model_dump(exclude_unset=True) for name in names]
    if not changed:
        return row
    # Checked as the file would be: a horizon may be too long, a package named twice.
    return case.with_threat({**row.model_dump(exclude_unset=True), **changed}).threats[row.id]


def _number(value: float, name: str) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not value == value
        or abs(value) == float("inf")
    ):
        raise GameError(f"{name}: found {value!r}; accepted: a number of million currency")
    return float(value)


def _parameters(q: Question) -> dict[str, Any]:
    row = q.threat
    loss, own = q.backing.of(q.states, ())
    return {
        "threat": row.id,
        "title": row.title,
        "sender": row.sender,
        "target": row.target,
        "third": list(row.third),
        "scenario": row.scenario or "baseline",
        "start": row.start,
        "end": row.end,
        "days": row.days,
        "step": row.step,
        "step_days": DAYS[row.step],
        "horizon": row.horizon,
        "discount_rate": row.discount_rate,
        "currency": q.case.settings.currency,
        "packages": {p.id: list(p.built[-1][1]) for p in q.plans},
        "numbers": {
            "worth": q.numbers.worth.point,
            "cost": q.numbers.cost.point,
            "retreat_cost": q.numbers.retreat.point,
            "threat_cost": q.numbers.threat.point,
            "loss": loss.point,
            "own_cost": own.point,
        },
        "types": [list(kind) for kind in q.types],
        "sustainable_demand": q.lasting[0],
        "sustainable_package": q.plans[q.lasting[1]].id if q.lasting[1] >= 0 else "",
        "equilibria_cut": q.played.cut,
    }


__all__ = ["threat"]
