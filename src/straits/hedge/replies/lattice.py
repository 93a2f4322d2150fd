"""Best replies to closures and histories with sets of options built, over all parts of the model that share nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.engine.solve import demand_optimal
from straits.errors import SolveError
from straits.hedge.choices import Choices, bits
from straits.hedge.replies.closures import Closures
from straits.hedge.replies.part import Known, Part
from straits.hedge.replies.past import History, Past, Pasts
from straits.hedge.replies.slopes import Slopes
from straits.hedge.replies.uses import Uses
from straits.lp import Answer, Patch, Session, Status
from straits.lp.tolerance import PROVED
from straits.model import Effect, Model
from straits.worst.pieces import Losses

#: Models and sets of patches that are kept, the last used.
_KEPT = 128


class Lattice:
    """The value v(A, h, P) that the best reply reaches when the assets A are closed under history h with the options P built.

    Parameters
    ----------
    choices : Choices
    attacks : sequence of tuple of Effect
        What closes each asset.
    names : sequence of str
        Of the assets.
    scale : float
        Turns the minimised cost into the unit of the value.
    safe : bool
        Whether the attacker spares what is newly built.
    histories : sequence of History
        All that will be asked about.
    sloped : bool
        Whether replies carry slopes over options.

    Attributes
    ----------
    solves : int
        Linear programs solved so far.

    Raises
    ------
    ModelError
        If nothing is feasible with nothing built and nothing closed.
    """

    def __init__(
        self,
        choices: Choices,
        attacks: Sequence[tuple[Effect, ...]],
        names: Sequence[str],
        scale: float,
        *,
        safe: bool,
        histories: Sequence[History] = (),
        sloped: bool = False,
    ) -> None:
        self.choices, self.attacks, self.names, self.scale = choices, list(attacks), list(names), scale
        self.closures = Closures(choices.options, safe=safe)
        self.base = choices.options.model
        decided = self.base.decided
        #: Plans under way, where closures are a surprise.
        self._pasts = None if decided is None else Pasts(choices, safe=safe)
        self._uses = Uses(choices, self.closures)
        self._slopes = Slopes(choices, self.closures) if sloped else None
        self._columns, self._rows = choices.options.entries
        if decided is not None:
            self._columns = self._columns[~decided.columns[self._columns]]
            self._rows = self._rows[~decided.rows[self._rows]]
        self._models: OrderedDict[int, Model] = OrderedDict()
        self._closed: OrderedDict[int, list[Patch]] = OrderedDict()
        #: What plans lose, by the number of the past.
        self._plain: dict[int, Losses] = {}
        self._network = Losses(self.base, [])
        self.solves = 1
        self._still = demand_optimal(self.base, Session(self.base).run(duals=False))
        self._effects = self._touching(histories)
        self.parts = self._parts()
        within = sum(float(part.program.cost @ self._still.x[part.columns]) for part in self.parts)
        #: Value of what no option, attack or history touches.
        self._rest = -(self._still.value - within) * scale
        self._cut: dict[tuple[int, History], History] = {}

    def _touching(self, histories: Sequence[History]) -> dict[Effect, Patch]:
        """Return what each effect of the histories changes where all is built, and nothing is decided."""
        one = self.choices.parts(self.choices.all)
        known = self if self._pasts is None else self._pasts
        every = known.choices.options.built(one)
        return {
            e: known.closures.patch(every, one, (e,), ())
            for e in dict.fromkeys(x for h in histories for x in h)
        }

    def _parts(self) -> list[Part]:
        """Divide the model into parts that share nothing; those that nothing touches are left out."""
        m = self.base.matrix
        rows = m.shape[0]
        graph = sparse.block_array([[None, m], [m.T, None]], format="csr")
        _, label = connected_components(graph, directed=False)
        row_label, column_label = label[:rows], label[rows:]

        def touched(patch: Patch) -> set[int]:
            return {*column_label[patch.columns].tolist(), *row_label[patch.rows].tolist()}

        base = self.base.bounds
        of_option = []
        for i in range(len(self.choices.ids)):
            one = self.model(1 << i).bounds
            changed = [
                label_[np.flatnonzero(getattr(one, name) != getattr(base, name))]
                for name, label_ in (
                    ("column_upper", column_label), ("row_upper", row_label), ("row_lower", row_label),
                )
            ]  # fmt: skip
            of_option.append(set(np.concatenate(changed).tolist()))
        closed = self._closing(self.choices.all) if self.attacks else []
        of_asset = [touched(patch) for patch in closed]
        of_effect = [touched(patch) for patch in self._effects.values()]
        # A row without columns is kept or broken whatever is done.
        some = set(column_label.tolist())
        alike: dict[tuple[int, int], list[int]] = {}
        for which in sorted(some.intersection(set().union(*of_option, *of_asset, *of_effect))):
            options = sum(1 << i for i, where in enumerate(of_option) if which in where)
            assets = sum(1 << i for i, where in enumerate(of_asset) if which in where)
            # What the same options and assets touch, as the days of a network without stores, is one part.
            alike.setdefault((options, assets), []).append(which)
        found = []
        changes = self._changes(closed)
        for number, ((options, assets), of) in enumerate(alike.items()):
            columns, inside = (
                np.flatnonzero(np.isin(column_label, of)),
                np.flatnonzero(np.isin(row_label, of)),
            )
            past = None if self._pasts is None else partial(self._pasts.find, number, columns, options)
            found.append(Part(self.base, columns, inside, options, assets, self._solve, changes, past))
        return found

    def _changes(self, closed: Sequence[Patch]) -> list[Patch]:
        """Return patches that between them touch all that sets of options, histories, attacks and pasts change."""
        every = self.patch((), 0, self.choices.all)
        struck = [self._struck((e,), 0, 0) for e in self._effects]
        plain = [self._struck((), 1 << i, 0) for i in range(len(self.attacks))]
        pasts = [] if self._pasts is None else [self._pasts.touched]
        return [
            *([] if every is None else [every]),
            *closed,
            *plain,
            *self._effects.values(),
            *struck,
            *pasts,
        ]

    # ------------------------------------------------------------------ what is known

    @property
    def sloped(self) -> bool:
        """Whether replies carry slopes over options."""
        return self._slopes is not None

    def reply(self, history: History, attack: int, built: int, *, many: bool = False) -> Known:
        """Return the best reply; `many` if it is asked for with many sets of options."""
        found = []
        for number, part in enumerate(self.parts):
            ask = part.most if many else part.reply
            known = ask(self._here(number, history), attack & part.assets, built & part.options)
            found.append(known)
        used, most = 0, self.choices.all
        for part, known in zip(self.parts, found, strict=True):
            used |= known.used
            # Within what every part that an option touches is answered for.
            most &= known.built | ~part.options
        loss = sum((known.loss for known in found), np.zeros(len(self.attacks)))
        value = self._rest + sum(known.value for known in found)
        if self._slopes is None:
            return Known(used, most, value, loss)
        height = self._rest + sum(known.height for known in found)
        return Known(
            used,
            most,
            value,
            loss,
            height,
            sum((known.slopes for known in found), np.zeros(len(self.choices.ids))),
        )

    def shared(self, histories: Sequence[History], built: int) -> tuple[int, int]:
        """Return the sets of options with one past in each of some histories: all between a least and a largest one."""
        least, most = 0, self.choices.all
        for history in histories if self._pasts is not None else ():
            for number, part in enumerate(self.parts):
                past = part.past(self._here(number, history), built & part.options)
                least |= past.used
                most &= past.built | ~part.options
        return least, most

    def _here(self, number: int, history: History) -> History:
        """Return the effects of a history that touch a part."""
        if not history:
            return history
        key = (number, history)
        if key not in self._cut:
            part = self.parts[number]
            self._cut[key] = tuple(e for e in history if part.touched_by(self._effects[e]))
        return self._cut[key]

    # ------------------------------------------------------------------ solving

    def model(self, built: int) -> Model:
        """Return the model with a set of options built."""
        if built not in self._models:
            self._models[built] = self.choices.options.built(self.choices.parts(built))
            if len(self._models) > _KEPT:
                self._models.popitem(last=False)
        return self._models[built]

    def patch(self, history: History, attack: int, built: int) -> Patch | None:
        """Return what a set of options, a history and an attack change of the model with nothing built."""
        if not (history or attack or built):
            return None
        model = self.model(built)
        b, cost = model.bounds, model.cost
        grown = Patch(
            "", self._columns, b.column_lower[self._columns], b.column_upper[self._columns], cost[self._columns],
            self._rows, b.row_lower[self._rows], b.row_upper[self._rows],
        )  # fmt: skip
        if not (history or attack):
            return grown
        return grown.with_over(self._struck(history, attack, built))

    def _struck(self, history: History, attack: int, built: int) -> Patch:
        effects = [e for i in bits(attack) for e in self.attacks[i]]
        return self.closures.patch(self.model(built), self.choices.parts(built), history, effects)

    def _solve(self, part: Part, history: History, attack: int, built: int) -> Known:
        self.solves += 1
        sloped = self._slopes is not None
        answer = part.answer(self.patch(history, attack, built), history, attack, built, duals=sloped)
        if answer.status == Status.INFEASIBLE:
            return Known(
                0,
                built,
                -np.inf,
                np.zeros(len(self.attacks)),
                np.inf,
                np.zeros(len(self.choices.ids) * sloped),
            )
        if answer.status != Status.OPTIMAL:
            closed = [self.names[i] for i in bits(attack)]
            raise SolveError(
                f"the best reply to {closed} with {self.choices.text(built) or 'nothing'} built ends {answer.status}{answer.told}"
            )
        # The rest of the plan is that of the case with nothing built or closed.
        x, activity = self._still.x.copy(), self._still.row_value.copy()
        x[part.columns], activity[part.rows] = answer.x, answer.row_value
        whole = replace(answer, x=x, row_value=activity)
        effects = [e for i in bits(attack) for e in self.attacks[i]]
        used = self._uses.of(x, activity, history, effects, built)
        value, loss = -answer.value * self.scale, self._loss(part, whole, history, attack, built, used)
        if not sloped:
            return Known(used, built, value, loss)
        slopes = self._sloped(part, answer, history, attack, built)
        height = value - float(sum(slopes[i] for i in bits(built)))
        # What is worth nothing at the prices of a best reply leaves it the best.
        idle = sum(
            1 << i
            for i in bits(part.options & ~built)
            if slopes[i] <= PROVED * (1.0 + abs(value)) / len(slopes)
        )
        return Known(used, built | idle, value, loss, height, slopes, part.ended if history else None)

    def _sloped(self, part: Part, answer: Answer, history: History, attack: int, built: int) -> np.ndarray:
        """Return by how much the value of a part moves with each option."""
        assert self._slopes is not None
        reduced, dual = np.zeros(len(self.base.cost)), np.zeros(self.base.matrix.shape[0])
        reduced[part.columns], dual[part.rows] = answer.reduced_cost, answer.dual
        effects = [e for i in bits(attack) for e in self.attacks[i]]
        return -self._slopes.of(self.choices, built, (history, effects), (reduced, dual)) * self.scale

    # ------------------------------------------------------------------ bounds on all attacks

    def _loss(
        self, part: Part, answer: Answer, history: History, attack: int, built: int, used: int
    ) -> np.ndarray:
        if not part.assets:
            return np.zeros(len(self.attacks))
        closed = self._closing(used)
        if history:
            closed = self._closing_besides(closed, history, used)
        closed = [part.cut(patch) for patch in closed]
        past = part.past(history, built)
        if past.number not in self._plain:
            self._plain[past.number] = self._network.after(self._after(past, part), closed)
        plain = self._plain[past.number].against(closed)
        return plain.of(answer, self.patch(history, attack, used)) * self.scale

    def _after(self, past: Past, part: Part) -> Model:
        """Return the program with nothing built after a past of one part."""
        if self._pasts is None or past.patch is None:
            return self.base
        b, at = self.base.bounds.copy(), past.patch.columns
        b.column_lower[at], b.column_upper[at] = past.patch.column_lower, past.patch.column_upper
        return replace(self.base, bounds=b, decided=self._pasts.decided_in(past.number, part.columns))

    def _closing(self, built: int) -> list[Patch]:
        """Return what closing each asset changes where a set of options is built."""
        if built not in self._closed:
            self._closed[built] = [self._struck((), 1 << i, built) for i in range(len(self.attacks))]
            if len(self._closed) > _KEPT:
                self._closed.popitem(last=False)
        return self._closed[built]

    def _closing_besides(self, closed: list[Patch], history: History, built: int) -> list[Patch]:
        """Return the same under a history; only what both touch has to be worked out anew."""
        struck = self._struck(history, 0, built)
        found = []
        for i, patch in enumerate(closed):
            apart = not (
                np.isin(patch.columns, struck.columns).any() or np.isin(patch.rows, struck.rows).any()
            )
            found.append(patch if apart else self._struck(history, 1 << i, built))
        return found
