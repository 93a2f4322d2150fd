"""Read the question: what can be built, against whom and what, and by which measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

import numpy as np

from straits.engine.foresight.surprise import Foresight
from straits.errors import InfeasibleError, ModelError, did_you_mean
from straits.hedge.choices import Choices, read_choices
from straits.hedge.histories import (
    NOTHING_HAPPENS,
    Histories,
    Measure,
    drawn_histories,
    given_histories,
    tail_weights,
)
from straits.hedge.replies.lattice import Lattice
from straits.hedge.replies.past import History, undecided
from straits.model.options import Options
from straits.worst.question import Question, ask, read_budget

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.ownership import Access
    from straits.case.schema.settings import Scenario
    from straits.engine.targets import Window

Against = Literal["attack", "hazards", "both"]
MEASURES = ("worst", "expected", "cvar")


class Asked(TypedDict, total=False):
    """What is held against the options.

    Attributes
    ----------
    options : sequence of str, optional
        What can be built. Default: all options of the case.
    attacker, access, target, window, commodity, assets, weights, scenario, tariffs, optional
        Who closes what, when, to hurt whom; see `straits.worst.question.Asked`.
    budget : float, optional
        What the closed assets may weigh together. Default 1.
    objective : {"value", "volume"}, optional
        What is lost: what the model maximises, or the most that could be exported. Default: volume with a target, else value.
    measure : {"worst", "expected", "cvar"}, optional
        worst: of all attacks. expected: the mean over histories. cvar: the mean of the worst `1 - level` of them. Default: worst
        against an attack, else expected.
    level : float, optional
        Of cvar, between 0 and 1. Default 0.95.
    draws : int, optional
        Histories drawn from the hazards of the case in which something happens. Default 1000.
    rng : Generator or int, optional
        The same number gives the same histories. Default 0.
    histories : sequence of str, optional
        Scenarios of the case, each with its probability, instead of drawn histories.
    discount_rate : float, optional
        Yearly. Default: that of the case.
    new_assets : {"exposed", "safe"}, optional
        Whether the attacker may close what is newly built, where it may close the asset. Default exposed.
    foresight : {"perfect", "surprise"}, optional
        Of the attack. perfect: everybody knows from the start what will be closed. surprise: it becomes known on the first day of
        the window; until then all do what was best with what is built, which is in use by then. Default: surprise with an
        attacker, else perfect. What happens by chance is known from the start, as in `straits.ensemble` unless it is asked for
        otherwise.
    """

    options: Sequence[str] | None
    attacker: str | None
    access: Access | None
    target: str | None
    window: str | Window | None
    commodity: str | None
    assets: str | Sequence[str] | None
    weights: Mapping[str, float] | None
    scenario: Scenario | str | None
    tariffs: str | None
    budget: float | None
    objective: str | None
    measure: str | None
    level: float
    draws: int
    rng: np.random.Generator | int
    histories: Sequence[str] | None
    discount_rate: float
    new_assets: str
    foresight: Foresight | None


@dataclass(frozen=True)
class Hedging:
    """The question, read.

    Attributes
    ----------
    question : Question
        Of the attack; without one, of the model alone.
    choices : Choices
    lattice : Lattice
    histories : Histories
    measure_name : str
    measure : callable
    level : float
    budget : float
        0 where nobody attacks.
    ground : float
        The undisturbed case with nothing built: what losses are counted from.
    asked : dict
        What the answer depends on.
    safe : bool
        Whether the attacker spares what is newly built.
    """

    question: Question
    choices: Choices
    lattice: Lattice
    histories: Histories
    measure_name: str
    measure: Measure
    level: float
    budget: float
    ground: float
    asked: dict[str, Any]
    safe: bool

    @cached_property
    def known(self) -> Hedging:
        """The same question where all know the attack from the start."""
        question = _if_known(self.question)
        choices = replace(self.choices, options=Options(question.model, self.choices.ids))
        lattice = _lattice(choices, question, self.histories, self.budget, self.safe)
        ground = lattice.reply((), 0, 0).value
        return replace(self, question=question, choices=choices, lattice=lattice, ground=ground)

    @property
    def years(self) -> float:
        """Length of the axis over which losses are counted, in years of 365 days."""
        return float(self.question.model.network.steps.days.sum()) / 365.0

    def counted(self, loss: np.ndarray) -> np.ndarray:
        """Return what each history counts in the measure of these losses, shape (histories,)."""
        if self.measure_name == "cvar":
            return tail_weights(loss, self.histories.weight, self.level)
        return np.ones(1) if self.measure_name == "worst" else self.histories.weight

    @property
    def weights(self) -> list[float]:
        """What it costs to close each asset."""
        return list(self.question.weights) if self.budget else []


def read(case: Case, against: str, **asked: Unpack[Asked]) -> Hedging:
    """Read the arguments of `straits.hedge.hedge`; see there.

    Raises
    ------
    ModelError
        If an argument names nothing in the case, is out of range, or does not go with another.
    """
    if unknown := set(asked) - Asked.__optional_keys__:
        found = unknown.pop()
        raise ModelError(f"unknown argument {found!r}{did_you_mean(found, Asked.__optional_keys__)}")
    _one_of("against", against, ("attack", "hazards", "both"))
    measure = asked.get("measure") or ("worst" if against == "attack" else "expected")
    _one_of("measure", measure, MEASURES)
    if (measure == "worst") != (against == "attack"):
        fits = "'worst'" if against == "attack" else "'expected' or 'cvar'"
        raise ModelError(f"measure={measure!r}: against {against!r} losses are measured by {fits}")
    level = asked.get("level", 0.95)
    if not 0.0 < level < 1.0:
        raise ModelError(f"level={level!r}: expected a number between 0 and 1, such as 0.95")
    safe = asked.get("new_assets", "exposed")
    _one_of("new_assets", safe, ("exposed", "safe"))
    objective = asked.get("objective") or ("volume" if asked.get("target") else "value")
    if objective == "account":
        raise ModelError(
            "objective='account': an account may rise when less can move, so that nothing about it can be proved for many sets "
            "of options; use 'value' (of all) or 'volume' (what a target could export), and `straits.worst` for one account"
        )
    question, budget = _attack(case, against, objective, asked)
    if not budget:
        question = _if_known(question)  # nobody can be surprised
    rate = asked.get("discount_rate", case.settings.discount_rate)
    choices = read_choices(case, question.model, asked.get("options"), rate)
    histories = _histories(case, against, asked)
    lattice = _lattice(choices, question, histories, budget, safe == "safe")
    _can_be_met(lattice, histories)
    made: dict[str, Any] = {
        "against": against, "measure": measure, "level": level if measure == "cvar" else None, "objective": objective,
        "lost": question.lost,
        "budget": budget or None, "unit": question.unit, "options": choices.ids,
        "discount_rate": rate, "new_assets": safe if budget else None,
        "attacker": asked.get("attacker"), "access": question.access, "target": asked.get("target"),
        "window": list(question.window) if budget else None, "assets": question.names if budget else [],
        "weights": dict(zip(question.names, question.weights, strict=True)) if budget else {},
        "histories": None if against == "attack" else asked.get("histories") and list(asked["histories"] or ()),
        "draws": int(histories.counts.sum()) or None,
        "seed": asked.get("rng", 0) if isinstance(asked.get("rng", 0), int) and histories.counts.any() else None,
        "foresight": question.foresight if budget else None,
        "warnings": question.warnings + choices.warnings,
    }  # fmt: skip
    how: Callable[[np.ndarray], float] = {
        "worst": lambda loss: float(loss[0]), "expected": histories.mean, "cvar": histories.cvar(level),
    }[measure]  # fmt: skip
    ground = lattice.reply((), 0, 0).value
    return Hedging(
        question, choices, lattice, histories, measure, how, level, budget, ground, made, safe == "safe"
    )


def _if_known(question: Question) -> Question:
    """Return a question in which closures are known from the start."""
    made = question.provenance | {"foresight": "perfect"}
    return replace(question, model=undecided(question.model), provenance=made)


def _lattice(
    choices: Choices, question: Question, histories: Histories, budget: float, safe: bool
) -> Lattice:
    attacks = [p.made_of for p in question.patches] if budget else []
    return Lattice(
        choices, attacks, question.names if budget else [], question.scale, safe=safe, histories=histories.effects,
        sloped=len(histories.effects) > 1 and not budget,
    )  # fmt: skip


def _one_of(name: str, found: str, accepted: Sequence[str]) -> None:
    if found not in accepted:
        told = ", ".join(map(repr, accepted))
        raise ModelError(f"{name}={found!r}: expected {told}{did_you_mean(str(found), accepted)}")


def _attack(case: Case, against: str, objective: str, asked: Asked) -> tuple[Question, float]:
    """Read what may be closed; nothing against hazards alone."""
    common: dict[str, Any] = {
        "target": asked.get("target"), "commodity": asked.get("commodity"), "scenario": asked.get("scenario"),
        "tariffs": asked.get("tariffs"), "objective": objective,
        # Attacks and histories share one axis, that of the case; what is too short for its steps is told.
        "refine": False,
    }  # fmt: skip
    if against == "hazards":
        for name in ("attacker", "access", "window", "assets", "weights", "budget", "foresight"):
            if asked.get(name) is not None:
                raise ModelError(
                    f"{name}={asked[name]!r}: nobody attacks against 'hazards'; leave it out, or ask against 'both'"
                )
        question = ask(case, assets="links", **common)
        return question, 0.0
    question = ask(
        case, attacker=asked.get("attacker"), access=asked.get("access"), window=asked.get("window"),
        assets=asked.get("assets"), weights=asked.get("weights"), foresight=asked.get("foresight"), **common,
    )  # fmt: skip
    question.need_nested("hedge")
    budget = asked.get("budget")
    return question, read_budget(question, 1.0 if budget is None else budget, 1.0)


def _histories(case: Case, against: str, asked: Asked) -> Histories:
    given = asked.get("histories")
    if against == "attack":
        for name in ("histories", "draws"):
            if asked.get(name) is not None:
                raise ModelError(
                    f"{name}={asked[name]!r}: against an attack alone nothing else happens; ask against 'both'"
                )
        return NOTHING_HAPPENS
    if given is not None:
        return given_histories(case, [given] if isinstance(given, str) else list(given))
    return drawn_histories(case, asked.get("draws", 1000), asked.get("rng", 0))


def _can_be_met(lattice: Lattice, histories: Histories) -> None:
    """Refuse a history under which nothing is feasible with nothing built: its loss has no limit, and neither has their mean."""
    # Where histories start from.
    lattice.reply((), 0, lattice.choices.all)
    for name, effects in zip(histories.names, histories.effects, strict=True):
        if _worth(lattice, effects) == -np.inf:
            raise ModelError(
                f"history {name!r} leaves no plan that keeps all promises, with nothing built; give hard promises a price "
                "(unmet_price, penalty, forced_cost)"
            )


def _worth(lattice: Lattice, history: History) -> float:
    try:
        return lattice.reply(history, 0, 0, many=True).value
    except InfeasibleError:
        # Before a surprise too there must be a plan.
        return -np.inf
