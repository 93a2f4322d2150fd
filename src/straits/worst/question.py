"""Read a worst-case question: what is to be hurt, what may be closed, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np

from straits.case.checks.idle.effects import idle_effects
from straits.case.ownership import Access, Closable, group_of
from straits.engine.circles.uncircled import told_of_circles
from straits.engine.foresight.surprise import Foresight, knowing
from straits.engine.measures import Measures
from straits.engine.prices.base import with_reference_dual
from straits.engine.steps import fitted
from straits.engine.targets import DEFAULT_ACCESS, Window, controlled_by, failures, window_of
from straits.engine.variant import close_during
from straits.errors import ModelError, did_you_mean
from straits.lp import Answer
from straits.lp.patch import Patch
from straits.model import Model, compile_case, find_scenario, provenance_of
from straits.worst.amounts import AMOUNTS, counting

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

OBJECTIVES = ("value", *AMOUNTS, "account")


@dataclass(frozen=True)
class Question:
    """What is to be hurt, and by what.

    Attributes
    ----------
    model : Model
        The best reply maximises its value.
    objective : {"value", "volume", "imports", "unmet", "account"}
    target : str or None
    unit : str
        Unit of the objective.
    window : (date, date)
    patches : list of Patch
        One per asset that may be closed.
    weights : list of float
    provenance : dict
        Case, hashes, scenario, solver, and what was asked.
    access : str or None
        Which rights of the attacker hold; None without an attacker.
    rights : dict of str to list of Closable
        What the attacker may close, when, and by what rights, by asset.
    warnings : list of str
        What was asked for and changes nothing.
    good : str or None
        What is counted, where the objective is an amount.
    """

    model: Model
    objective: str
    target: str | None
    unit: str
    window: Window
    patches: list[Patch]
    weights: list[float]
    provenance: dict[str, Any] = field(default_factory=dict)
    access: Access | None = None
    rights: Mapping[str, list[Closable]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    good: str | None = None

    @property
    def names(self) -> list[str]:
        """Assets that may be closed."""
        return [p.name for p in self.patches]

    @property
    def scale(self) -> float:
        """Turns the minimised cost of the model into the unit of the objective."""
        return 1.0 if self.objective in AMOUNTS else 1e-3

    @property
    def foresight(self) -> str:
        """Whether closures are known from the start: perfect or surprise."""
        return str(self.provenance["foresight"])

    @property
    def lost(self) -> str:
        """Name of what is lost. With tariffs paid the model maximises what shippers gain after tariffs, and no joint value."""
        if self.objective != "value":
            return self.objective
        return (
            "joint value" if self.model.network.tariffs == "internal" else "value to shippers after tariffs"
        )

    @cached_property
    def nested(self) -> bool:
        """Whether closing more never helps: the reply maximises the objective, and closing only takes possibilities away."""
        return self.objective != "account" and not self.lifting

    @cached_property
    def lifting(self) -> list[str]:
        """Assets whose closing also lifts an obligation, so that it may help."""
        return [p.name for p in self.patches if not p.only_tightens(self.model)]

    def need_nested(self, what: str) -> None:
        """Refuse to answer what can be proved only where closing more never helps.

        Raises
        ------
        ModelError
            An account is asked about, or closing some asset lifts an obligation; it is named.
        """
        if self.objective == "account":
            raise ModelError(
                f"{what}: needs an objective that the reply maximises ('value', 'volume', 'imports' or 'unmet'), not 'account'"
            )
        if self.lifting:
            raise ModelError(
                f"{what}: closing {', '.join(self.lifting)} lifts an obligation (a fixed demand, a least output, a ramp), so "
                "that closing more may help; name the assets that may be closed without them (`assets`, --over)"
            )

    @cached_property
    def _accounts(self) -> Measures:
        held = group_of(self.model.case, self.target or "")
        return Measures(self.model, [f"account:{key}" for key in sorted(held)])

    def read(self, answer: Answer) -> float:
        """What remains under a reply; of an account, what the target holds with those who belong to it: a state is hurt with its
        companies."""
        if self.objective == "account":
            return float(sum(self._accounts.read(answer)))
        return -answer.value * self.scale


class Closures(TypedDict, total=False):
    """What may be closed, to hurt whom: arguments that all questions of this room share.

    Attributes
    ----------
    attacker : str, optional
        Only what this actor, and who belongs to it, may close, on the days on which they may (`straits.case.ownership`).
        Default: any of `assets`.
    access : {"host", "veto", "regulated"}, optional
        Which rights of the attacker hold. host: those of owners not where the asset lies on land of states, who keep it
        running. veto: all. regulated: links and stores are open to all. Default: host, as for leverage.
    target : str, optional
        Whom to hurt.
    window : str or (date, date), optional
        For example `2022-07-01:30d`. Default: the whole time axis.
    commodity : str, optional
        For the objectives `volume`, `imports` and `unmet`, where there are several. Default: that of the focus.
    assets : str or sequence of str, optional
        What may be closed; see `straits.engine.targets.failures`. Default: what the attacker controls, else all links.
    weights : dict of str to float, optional
        Cost of closing an asset. Default 1.
    scenario : Scenario or str, optional
        See `straits.solve`.
    foresight : {"perfect", "surprise"}, optional
        perfect: everybody knows from the start what will be closed. surprise: it becomes known on the first day of the window,
        with all its days; what was decided before is carried out. Default: surprise with an attacker, as acts of states are
        in scenarios, else perfect.
    refine : bool, optional
        Whether steps are cut into shorter ones round a window, or a disruption of the scenario, of less than three steps.
        Default: yes.
    """

    attacker: str | None
    access: Access | None
    target: str | None
    window: str | Window | None
    commodity: str | None
    assets: str | Sequence[str] | None
    weights: Mapping[str, float] | None
    scenario: Scenario | str | None
    foresight: Foresight | None
    refine: bool


class Asked(Closures, total=False):
    """`Closures`, and by what the hurt is measured.

    Attributes
    ----------
    objective : {"value", "volume", "imports", "unmet", "account"}, optional
        value: what the model maximises (with tariffs paid, the value to shippers; with internal tariffs the joint value).
        volume: the most that could be exported of a commodity, of the target's origin if one is given. imports: the most that
        the target, or else each state, could use of what it does not supply itself. unmet: the least of what is promised there
        that is not delivered. account: the target's account, for a state with those of its companies. Default: account with a
        target, else value.
    tariffs : {"paid", "internal"}, optional
        See `straits.solve`.
    """

    objective: str | None
    tariffs: str | None


def ask(case: Case, **asked: Unpack[Asked]) -> Question:
    """Read the arguments of `straits.worst.worst`; see there.

    Raises
    ------
    ModelError
        If an argument names nothing in the case, or the attacker controls nothing.
    """
    if unknown := set(asked) - Asked.__optional_keys__:
        raise ModelError(
            f"unknown argument {unknown.pop()!r}; accepted: {', '.join(sorted(Asked.__optional_keys__))}"
        )
    attacker, target, commodity = asked.get("attacker"), asked.get("target"), asked.get("commodity")
    objective = asked.get("objective")
    objective = objective or ("account" if target else "value")
    if objective not in OBJECTIVES:
        raise ModelError(
            f"objective={objective!r}: expected one of {', '.join(OBJECTIVES)}{did_you_mean(objective, OBJECTIVES)}"
        )
    actors = case.rows("actors")
    for role, actor in (("attacker", attacker), ("target", target)):
        if actor is not None and actor not in actors:
            raise ModelError(f"{role}: the case has no actor {actor!r}{did_you_mean(actor, actors)}")
    if objective == "account" and target is None:
        raise ModelError("objective 'account' needs a target: whose account is to be hurt?")
    if objective == "value" and target is not None:
        raise ModelError(
            "objective 'value' is that of all together; for a target choose 'account', 'volume', 'imports' or 'unmet'"
        )
    scenario, span = find_scenario(case, asked.get("scenario")), window_of(case, asked.get("window"))
    fit = fitted(case, [scenario], [span], refine=asked.get("refine", True))
    model = compile_case(fit.case, scenario, tariffs=asked.get("tariffs"))
    if objective == "account":
        model = with_reference_dual(model, fit, scenario, asked.get("tariffs"))
    # The plan under way is that of traders, whatever is counted then.
    model, foresight, sooner = knowing(model, asked.get("foresight"), span[0], acts=attacker is not None)
    unit = f"million {case.settings.currency}"
    good, told = None, list[str]()
    if objective in AMOUNTS:
        model, good, told = counting(model, objective, target, commodity)
        unit = case.rows("commodities")[good].unit
    elif commodity is not None:
        raise ModelError(
            f"commodity={commodity!r}: only objectives {', '.join(map(repr, AMOUNTS))} count a commodity, not {objective!r}"
        )
    access, rights = _rights(model, attacker, asked.get("access"), span)
    chosen = _assets(model, attacker, rights, asked.get("assets"))
    patches, warnings = _patches(model, chosen, rights, span)
    told += sooner
    warnings = told + told_of_circles(model) + idle_effects(case, model.scenario) + list(fit.told) + warnings
    named = asked.get("assets") is not None
    warnings += [
        f"closing {p.name} changes nothing: nothing can move there then" for p in patches if named and p.idle
    ]
    names = [p.name for p in patches]
    made = provenance_of(case, model) | {
        "objective": objective,
        "attacker": attacker,
        "access": access,
        "target": target,
        "window": [day.isoformat() for day in span],
        "assets": names,
        "foresight": foresight,
        "refined": fit.words,
    }
    return Question(model, objective, target, unit, span, patches, _weights(names, asked.get("weights")), made,
                    access, rights, warnings, good)  # fmt: skip


def _rights(
    model: Model, attacker: str | None, access: Access | None, window: Window
) -> tuple[Access | None, dict[str, list[Closable]]]:
    if attacker is None:
        if access is not None:
            raise ModelError(
                f"access={access!r}: it says which rights of an attacker hold; name the attacker, or leave it out"
            )
        return None, {}
    access = access or DEFAULT_ACCESS
    return access, controlled_by(model, attacker, window, access)


def _assets(
    model: Model,
    attacker: str | None,
    rights: Mapping[str, list[Closable]],
    assets: str | Sequence[str] | None,
) -> list[str]:
    if attacker is None:
        return failures(model, assets or "links")
    if assets is None:
        return list(rights)
    chosen = failures(model, assets)
    if beyond := [a for a in chosen if a not in rights]:
        raise ModelError(
            f"attacker {attacker} does not control {', '.join(beyond)}; it controls {', '.join(rights)}"
        )
    return chosen


def _patches(
    model: Model, assets: Sequence[str], rights: Mapping[str, list[Closable]], window: Window
) -> tuple[list[Patch], list[str]]:
    """Close each asset as long as the attacker may; leave out what cannot be closed for the part of a step that it may."""
    patches, warnings = [], []
    for asset in assets:
        times = [(item.start, item.end) for item in rights.get(asset, ())] or [window]
        try:
            patches.append(close_during(model, asset, times))
        except ModelError:
            if sum((end - start).days for start, end in times) == (window[1] - window[0]).days:
                raise
            # The window is the asker's to choose, the days of a right are not.
            warnings.append(
                f"{asset} is left out: its capacity is unlimited, and it may be closed in parts of steps only"
            )
    return patches, warnings


def _weights(assets: Sequence[str], weights: Mapping[str, float] | None) -> list[float]:
    weights = weights or {}
    if unknown := [a for a in weights if a not in assets]:
        raise ModelError(
            f"weights: {unknown[0]!r} is not among the assets that may be closed{did_you_mean(unknown[0], assets)}"
        )
    found = [float(weights.get(a, 1.0)) for a in assets]
    for asset, weight in zip(assets, found, strict=True):
        if not (np.isfinite(weight) and weight > 0):
            raise ModelError(f"weights: {asset} has weight {weight}; expected a number above 0")
    return found


def read_budget(question: Question, budget: float | None, usual: float) -> float:
    """Give the budget, or the usual one as far as there is something to close; refuse what is no number, or more than that."""
    total = sum(question.weights)
    if budget is None:
        return min(usual, total)
    if not (np.isfinite(budget) and budget >= 0):
        raise ModelError(f"budget={budget!r}: expected a number, 0 or more")
    if budget > total:
        raise ModelError(
            f"budget={budget:g}: closing all {len(question.patches)} assets that may be closed costs {total:g}; "
            "choose no more than that"
        )
    return budget


def check_seconds(seconds: float) -> None:
    """Refuse a time that is none."""
    if not seconds >= 0:
        raise ModelError(f"seconds={seconds!r}: expected a number, 0 or more")
