"""Plans that are under way before a surprise, by what is built: which sets of options share one.

What was built is in use before the news, so that sets of options can have different pasts: other stocks, other cargo on its way.
Two sets with one past are answered by one program but for the bounds that options lift, and all that is known of one holds for
the other; of sets with different pasts nothing can be said: one that has more can lose more, by relying on what is closed.

The plan under way is the one that `straits.engine.foresight.settled` chooses of the optimal ones. Where it uses nothing of what
an option adds, it is optimal without it too, and chosen again: fewer plans are allowed, this one among them. So it is under way
with every set between what it uses and what was built.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from straits.engine.foresight.stepwise import plan_under_way
from straits.hedge.choices import Choices
from straits.hedge.replies.closures import Closures
from straits.hedge.replies.uses import Uses
from straits.lp import Patch, Session
from straits.lp.tolerance import NEAR
from straits.model import Effect, Model
from straits.model.compiled import Decided
from straits.model.options import Options

History = tuple[Effect, ...]


@dataclass(frozen=True)
class Past:
    """A plan under way, and the sets of options of one part with which it is.

    Attributes
    ----------
    used, built : int
        It is under way with every set that has all of `used` and nothing beyond `built`.
    number : int
        Equal pasts have the same; 0 is that of the program itself.
    patch : Patch or None
        What it changes of the program: the columns that it fixes. None: nothing.
    """

    used: int
    built: int
    number: int = 0
    patch: Patch | None = None


def undecided(model: Model) -> Model:
    """Return a model as it was before anything was decided: what all would do who know all."""
    return (
        model
        if model.decided is None
        else replace(model, bounds=model.bounds_under(model.effects), decided=None)
    )


class Pasts:
    """Finds the plans under way before the news.

    Parameters
    ----------
    choices : Choices
        Of a model whose past is decided with nothing built.
    safe : bool
        As of `Closures`.
    """

    def __init__(self, choices: Choices, *, safe: bool) -> None:
        model = choices.options.model
        assert model.decided is not None
        self._base, self.decided = model, model.decided
        # The plan under way is that of traders, whatever is counted then.
        traders = replace(undecided(model), cost=model.formulation.costs())
        self.choices = replace(choices, options=Options(traders, choices.ids))
        self.closures = Closures(self.choices.options, safe=safe)
        self._uses = Uses(self.choices, self.closures)
        self._session = Session(traders)
        f = model.formulation
        fixed = self.decided.columns.copy()
        fixed[f.stranded.slice] = True
        #: Columns that a past fixes, or whose bounds hang on it.
        self._fixed = np.flatnonzero(fixed)
        self._known: dict[tuple[int, History], list[Past]] = {}
        #: Different pasts of a part: number, bounds of the fixed columns, and what they change.
        self._different: dict[int, list[tuple[int, np.ndarray, Patch | None]]] = {}
        self._last = 0
        self._x: dict[int, np.ndarray] = {0: self.decided.x}

    def find(self, part: int, columns: np.ndarray, options: int, history: History, built: int) -> Past:
        """Return the plan under way in a part of the model.

        Parameters
        ----------
        part : int
            Its number.
        columns : ndarray of int
            Of the part.
        options : int
            That can change something there.
        history : History
            Known from the start.
        built : int
            Among `options`.

        Raises
        ------
        InfeasibleError
            If the history leaves no plan.
        """
        known = self._known.setdefault((part, history), [])
        at = options
        while True:
            # Largest sets first: their plans answer most others.
            for past in known:
                if past.used & ~built == 0 and built & ~past.built == 0:
                    return past
            larger = [k for k in known if built & ~k.built == 0]
            if larger:
                least = min(larger, key=lambda k: (k.built & ~built).bit_count())
                at = least.built & ~(least.used & ~built)
            known.append(self._plan(part, columns, history, at))

    @property
    def touched(self) -> Patch:
        """A patch of the columns that pasts change, as they are."""
        return self._fixing(self._fixed, self._base.bounds.column_lower, self._base.bounds.column_upper)

    def decided_in(self, number: int, columns: np.ndarray) -> Decided:
        """Return the past of a program in which that of one part is that of a number."""
        x = self.decided.x.copy()
        x[columns] = self._x[number][columns]
        return replace(self.decided, x=x)

    def _plan(self, part: int, columns: np.ndarray, history: History, built: int) -> Past:
        parts = self.choices.parts(built)
        model = self.choices.options.built(parts)
        if history:
            struck = self.closures.patch(model, parts, history, ())
            b = model.bounds.copy()
            b.column_lower[struck.columns], b.column_upper[struck.columns] = (
                struck.column_lower,
                struck.column_upper,
            )
            b.row_lower[struck.rows], b.row_upper[struck.rows] = struck.row_lower, struck.row_upper
            model = replace(model, bounds=b)
        x = plan_under_way(model, self._session).x
        used = self._uses.of(x, model.matrix @ x, history, (), built)
        number, patch = self._numbered(part, columns, x)
        return Past(used, built, number, patch)

    def _numbered(self, part: int, columns: np.ndarray, x: np.ndarray) -> tuple[int, Patch | None]:
        """Return the number of a past, and what it changes; one that is equal but for rounding counts as the one known."""
        f, b = self._base.formulation, self._base.bounds
        lower, upper = b.column_lower.copy(), b.column_upper.copy()
        fixed = self.decided.columns
        lower[fixed] = upper[fixed] = x[fixed]
        upper[f.stranded.slice] = f.committed(x, self.decided.first).ravel()
        here = np.intersect1d(self._fixed, columns, assume_unique=True)
        values = np.concatenate([lower[here], upper[here]])
        different = self._different.setdefault(
            part, [(0, np.concatenate([b.column_lower[here], b.column_upper[here]]), None)]
        )
        for number, known, patch in different:
            if np.all(np.abs(values - known) <= NEAR * (1.0 + np.abs(known))):
                return number, patch
        self._last += 1
        patch = self._fixing(here, lower, upper)
        different.append((self._last, values, patch))
        self._x[self._last] = x
        return self._last, patch

    def _fixing(self, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Patch:
        """Return the patch that gives some columns bounds of all."""
        none = np.empty(0)
        cost = self._base.cost[columns]
        return Patch("", columns, lower[columns], upper[columns], cost, none.astype(int), none, none)


__all__ = ["Past", "Pasts", "undecided"]
