"""What happens besides the attack: drawn or given histories, and one number for the losses of all of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from straits.contingency.hazards import read_hazards
from straits.errors import ModelError
from straits.hedge.replies.past import History
from straits.model import effects_of, find_scenario

if TYPE_CHECKING:
    from straits.case.case import Case

#: Probabilities that are meant to add up to 1 may miss it by rounding.
_ROUNDING = 1e-6
#: Turns the losses of all histories into one number.
Measure = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Histories:
    """Histories of which one happens.

    Attributes
    ----------
    effects : list of History
        All different.
    weight : ndarray, shape (histories,)
        Probability of each; they add up to 1.
    counts : ndarray of int, shape (histories,)
        How often each was drawn; 0 for what was not drawn but counted by its chance. All 0 for given histories.
    names : list of str
    events : ndarray of int, shape (histories,)
        How many events each has, of drawn ones.
    """

    effects: list[History]
    weight: np.ndarray
    counts: np.ndarray
    names: list[str]
    events: np.ndarray

    def mean(self, loss: np.ndarray) -> float:
        """Return the expected loss."""
        return float(self.weight @ loss)

    def cvar(self, level: float) -> Measure:
        """Return the measure that gives the mean of the worst `1 - level` of all that can happen; see `tail_mean`."""
        return lambda loss: tail_mean(loss, self.weight, level)

    def error_of_mean(self, saved: np.ndarray) -> float:
        """Return the standard error of the mean of what is saved in each history, both facing the same draws."""
        return self._error(saved)

    def error_of_cvar(self, before: np.ndarray, after: np.ndarray, level: float) -> float:
        """Return the standard error of the difference of two tail means, at the quantiles found."""
        beyond = [
            np.maximum(x - quantile(x, self.weight, level), 0.0) / (1.0 - level) for x in (before, after)
        ]
        return self._error(beyond[0] - beyond[1])

    def _error(self, each: np.ndarray) -> float:
        n = int(self.counts.sum())
        if n < 2:
            return math.nan
        drawn = self.counts > 0
        mean = float(self.counts[drawn] @ each[drawn]) / n
        spread = float(self.counts[drawn] @ (each[drawn] - mean) ** 2) / (n - 1)
        return float(self.weight[drawn].sum()) * math.sqrt(spread / n)


def quantile(loss: np.ndarray, weight: np.ndarray, level: float) -> float:
    """Return the least loss that is not exceeded with probability `level`."""
    order = np.argsort(loss, kind="stable")
    reached = np.cumsum(weight[order])
    return float(loss[order][min(int(np.searchsorted(reached, level - 1e-12)), len(loss) - 1)])


def tail_mean(loss: np.ndarray, weight: np.ndarray, level: float) -> float:
    """Return the mean of the worst `1 - level` of all that can happen, a history that lies across the line counted in part.

    Rockafellar and Uryasev 2000, *Journal of Risk* 2(3): the least over q of q + E[(loss - q)+] / (1 - level), reached at the
    quantile.
    """
    q = quantile(loss, weight, level)
    if np.isinf(q):
        return q
    return q + float(weight @ np.maximum(loss - q, 0.0)) / (1.0 - level)


def tail_weights(loss: np.ndarray, weight: np.ndarray, level: float) -> np.ndarray:
    """Return what each history counts in `tail_mean`; they add up to 1, and no tail mean is less with others' weights."""
    q = quantile(loss, weight, level)
    beyond = np.where(loss > q, weight, 0.0) / (1.0 - level)
    at = np.where(loss == q, weight, 0.0)
    return np.asarray(beyond + at / at.sum() * max(1.0 - float(beyond.sum()), 0.0))


#: The one history in which nothing happens.
NOTHING_HAPPENS = Histories([()], np.ones(1), np.zeros(1, dtype=int), ["nothing"], np.zeros(1, dtype=int))


def drawn_histories(case: Case, draws: int, rng: np.random.Generator | int) -> Histories:
    """Draw histories from the hazards of a case; that in which nothing happens is counted by its chance.

    Raises
    ------
    ModelError
        If the case has no hazards, or `draws` is no whole number from 2 up.
    """
    if not isinstance(draws, int) or draws < 2:
        raise ModelError(f"draws={draws!r}: expected a whole number, 2 or more")
    hazards = read_hazards(case)
    drawn = Counter(hazards.draw(np.random.default_rng(rng), draws))
    names = [" ".join(f"{e.hazard}@{e.start}+{e.days}d" for e in h) for h in drawn]
    effects = [tuple(x for e in h for x in hazards.effects(e)) for h in drawn]
    counts = np.array([0, *drawn.values()], dtype=int)
    weight = np.array([1.0 - hazards.chance, *(hazards.chance * n / draws for n in drawn.values())])
    events = np.array([0, *(len(h) for h in drawn)], dtype=int)
    return Histories([(), *effects], weight, counts, ["nothing", *names], events)


def given_histories(case: Case, names: Sequence[str]) -> Histories:
    """Read histories that are scenarios of a case, each with its probability.

    Raises
    ------
    ModelError
        If one is unknown, has no probability, or changes more than what stops; or the probabilities do not add up to 1.
    """
    if not names:
        raise ModelError("histories: none is named; expected ids of scenarios")
    own = effects_of(case, None)
    effects, weight, problems = [], [], []
    for name in names:
        scenario = find_scenario(case, name)
        if scenario is None:
            problems.append(
                "histories: 'baseline' has no probability; add a scenario without disruptions, with its probability"
            )
            continue
        where = f"scenarios/{scenario.id}"
        if scenario.probability is None:
            problems.append(
                f"{where}, probability: blank, but it is one of the histories; expected a number from 0 to 1"
            )
        for column in ("changes", "options"):
            if getattr(scenario, column):
                problems.append(
                    f"{where}, {column}: a history may disrupt and name measures, but not change the case; leave it out"
                )
        dear = [
            key
            for key in scenario.measures
            if (row := case.rows("measures").get(key)) and row.cost is not None
        ]
        if dear:
            problems.append(
                f"{where}, measures: {', '.join(dear)} adds to costs; a history may only take from capacities"
            )
        rest = list(own)
        found = []
        for effect in effects_of(case, scenario):
            if effect in rest:
                rest.remove(effect)
            else:
                found.append(effect)
        effects.append(tuple(found))
        weight.append(scenario.probability or 0.0)
    if len(set(names)) < len(names):
        problems.append(f"histories: {', '.join(names)}: one is named twice")
    total = math.fsum(weight)
    if not problems and abs(total - 1.0) > _ROUNDING:
        told = ", ".join(f"{name} {w:g}" for name, w in zip(names, weight, strict=True))
        problems.append(f"histories: the probabilities ({told}) add to {total:.7g}; they must add to 1")
    if problems:
        raise ModelError("\n".join(problems))
    none = np.zeros(len(effects), dtype=int)
    return Histories(effects, np.array(weight), none, list(names), none)
