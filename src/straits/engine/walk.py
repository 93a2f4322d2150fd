"""Walk over the tree of variants: each starts from the one that has all its parts but the last.

So neighbours differ by one part, most need few iterations or none, and no answer depends on order, workers or executor: the
start of every solve is fixed by the variants asked for.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from straits.engine.foresight.settled import wish_after
from straits.engine.measures import Measures
from straits.engine.reduction import Reduction
from straits.engine.variant import combine
from straits.lp import Answer, Status
from straits.lp.certificate import Change, change_of, only_tighter, repriced, still_optimal, summed
from straits.lp.parts.parted import Bases
from straits.lp.patch import Patch
from straits.lp.starts import Starts
from straits.model import Model

_log = logging.getLogger("straits.engine")
#: Iterations below which a start was so good that the answer makes no better one.
_NEAR = 20

#: Names of the parts of a variant.
Names = tuple[str, ...]


class Result(NamedTuple):
    """One answered variant.

    `method`: solved, skipped (its answer is proved: that of the variant it starts from, that with what its other parts change
    alone, or that of a variant that changes the same), or stored (read from a store). `tried`: what the solver was asked besides,
    and why, where its first answer could not be believed.
    """

    names: Names
    status: str
    method: str
    iterations: int
    seconds: float
    values: tuple[float, ...]
    tried: str = ""


@dataclass(frozen=True)
class _Node:
    """A variant on the way from the root to the present one: what it changes in the program that is solved, and its answer."""

    names: Names
    patch: Patch | None
    answer: Answer
    basis: Bases
    #: Where the plan stands that was chosen of all that are as good.
    chosen: Bases


class Walker:
    """Answers variants of one model, one after another, in one process.

    Parameters
    ----------
    model : Model
    parts : dict of str to Patch
    measures : sequence of str
    skip : bool
        Whether variants whose answer is proved may be left unsolved.
    alone : frozenset of str
        Parts that are worth answering alone, to add up what they change.
    alike : bool
        Whether to look among the last answers for a better start than the model as it is.
    """

    def __init__(
        self,
        model: Model,
        parts: Mapping[str, Patch],
        measures: Sequence[str],
        *,
        skip: bool = True,
        alone: frozenset[str] = frozenset(),
        alike: bool = False,
    ) -> None:
        self.model, self.parts, self.skip, self.alone, self.alike = model, parts, skip, alone, alike
        self.measures = Measures(model, measures)
        self._reprices = any(p.reprices(model.cost) for p in parts.values())
        # Of what is unique in all equally good plans nothing is chosen.
        wish = wish_after(model) if self.measures.needs else None
        # What an actor holds is read off the duals of all rows, which the smaller program does not have.
        self.reduction = Reduction(model, list(parts.values()), whole=self.measures.needs > 1, wish=wish)
        self.program, self.session = self.reduction.program, self.reduction.session
        self._root = _Node((), None, self.reduction.answer, self.reduction.basis, self.reduction.chosen)
        self._path = [self._root]
        self._changes: dict[str, Change | None] = {}
        self._starts: Starts | None = None

    def run(self, variants: Sequence[Names], parents: Mapping[Names, Names]) -> Iterator[Result]:
        """Answer variants; those that share a beginning should follow one another.

        Parameters
        ----------
        variants : sequence of tuple of str
            Names of parts.
        parents : dict
            The variant that each starts from; `()` is the model as it is.
        """
        has_children = set(parents.values())
        if self.alike:
            self._starts = self._fresh_starts()
        for names in variants:
            yield self._answer(names, parents, names in has_children)

    def _fresh_starts(self) -> Starts | None:
        """Begin with the model as it is, so that what is answered before these variants makes no difference.

        None where variants are answered by what they move, which counts from the model as it is.
        """
        if self._root.answer.status != Status.OPTIMAL or self._reprices or self.session.locates:
            return None
        starts = Starts(self.program, self.reduction.columns, self.reduction.rows)
        starts.add(None, self._root.answer, self._root.basis)
        return starts

    def _answer(self, names: Names, parents: Mapping[Names, Names], keep: bool) -> Result:
        began = time.perf_counter()
        if not names:
            return self._result(self._root, "solved", began)
        parent = self._at(parents[names], parents)
        node, method = self._step(parent, names, keep)
        self._path.append(node)
        return self._result(node, method, began)

    def _at(self, names: Names, parents: Mapping[Names, Names]) -> _Node:
        """Go to a variant on which others build, answering it again if it is not on the present path."""
        while self._path and self._path[-1].names != names[: len(self._path[-1].names)]:
            self._path.pop()
        if self._path[-1].names == names:
            return self._path[-1]
        node, _ = self._step(self._at(parents[names], parents), names, True)
        self._path.append(node)
        return node

    def _step(self, parent: _Node, names: Names, keep: bool) -> tuple[_Node, str]:
        change = combine(self.model, [self.parts[name] for name in names], "+".join(names))
        patch = self.reduction.patch(change)
        if self.skip:
            answer = self._proved(parent, patch) or self._added(parent, names, patch)
            if answer is not None:
                return _Node(names, patch, answer, parent.basis, parent.chosen), "skipped"
        # Only variants that nothing builds on: others may be answered again in another piece, and must come out the same.
        starts = self._starts if parent is self._root and not keep else None
        self.session.take(patch)
        if parent.answer.status == Status.OPTIMAL:
            self.session.start_from(parent.basis if starts is None else starts.best(patch))
            answer = self.session.run(read=False)
        else:
            answer = self.session.run_cold(read=False)
        remember = starts is not None and answer.iterations >= _NEAR and answer.status == Status.OPTIMAL
        if answer.status == Status.STOPPED:
            # One variant without an answer does not take the others with it.
            return _Node(names, patch, answer, parent.basis, parent.chosen), "solved"
        all_vectors = keep or remember or self.measures.needs > 1
        settle = self.measures.needs and answer.status == Status.OPTIMAL
        if all_vectors or self.measures.needs:
            answer = self.session.read(answer, duals=all_vectors or bool(settle))
        basis = self.session.basis() if keep or remember else parent.basis
        if remember:
            assert starts is not None
            starts.add(patch, answer, basis)
        chosen = parent.chosen
        if settle:
            answer, chosen = self.reduction.settled(answer, chosen)
        return _Node(names, patch, answer, basis, chosen), "solved"

    def _proved(self, parent: _Node, patch: Patch) -> Answer | None:
        if parent.answer.status == Status.INFEASIBLE:
            return (
                replace(parent.answer, iterations=0)
                if only_tighter(self.program, parent.patch, patch)
                else None
            )
        if parent.answer.status != Status.OPTIMAL:
            return None
        if not still_optimal(self.program, parent.answer, parent.patch, patch):
            return None
        return repriced(self.program, parent.answer, parent.patch, patch)

    def _added(self, parent: _Node, names: Names, patch: Patch) -> Answer | None:
        """Add to the answer of the parent what each other part changes alone, if that is proved to be optimal."""
        others = names[len(parent.names) :]
        # What a part changes is counted from the model as it is, so that must have an answer too.
        answered = parent.answer.status == self._root.answer.status == Status.OPTIMAL
        if len(names) < 2 or not self.alone.issuperset(others) or not answered:
            return None
        changes = [change for name in others if (change := self._change(name)) is not None]
        if len(changes) < len(others):
            return None
        return summed(self.program, parent.answer, parent.patch, changes, patch)

    def _change(self, name: str) -> Change | None:
        """What a part changes alone; None if it leaves nothing feasible."""
        if name not in self._changes:
            node, _ = self._step(self._root, (name,), True)
            if node.answer.status == Status.OPTIMAL and node.patch is not None:
                self._changes[name] = change_of(node.patch, self._root.answer, node.answer)
            else:
                self._changes[name] = None
        return self._changes[name]

    def _is_root(self, answer: Answer) -> bool:
        """Say whether an answer is that of the model as it is, with the same plan and prices."""
        root = self._root.answer
        kept = answer.x is root.x and answer.dual is root.dual and answer.reduced_cost is root.reduced_cost
        return kept and answer.status == root.status and answer.value == root.value

    @cached_property
    def _of_root(self) -> tuple[float, ...]:
        """What is measured of the model as it is: many closures leave all of it as it is."""
        return self.measures.read(self.reduction.postsolve(self._root.answer))

    def _result(self, node: _Node, method: str, began: float) -> Result:
        answer = node.answer
        values = (
            self._of_root if self._is_root(answer) else self.measures.read(self.reduction.postsolve(answer))
        )
        seconds = time.perf_counter() - began
        tried = answer.story if method == "solved" else ""
        _log.debug("%s %s: %s, %d iterations", node.names, method, answer.status, answer.iterations)
        return Result(node.names, str(answer.status), method, answer.iterations, seconds, values, tried)


def tree_of(variants: Sequence[Names]) -> tuple[list[Names], dict[Names, Names]]:
    """Order variants so that each follows the one it starts from, and say which that is.

    Parameters
    ----------
    variants : sequence of tuple of str

    Returns
    -------
    ordered : list
        Without repetitions, depth first.
    parents : dict
        The longest beginning of each that is a variant too, else `()`.
    """
    known = set(variants)
    parents: dict[Names, Names] = {}
    children: dict[Names, list[Names]] = {}
    for names in dict.fromkeys(variants):
        if names:
            beginning = names[:-1]
            while beginning and beginning not in known:
                beginning = beginning[:-1]
            parents[names] = beginning
            children.setdefault(beginning, []).append(names)
    ordered: list[Names] = [()] if () in known else []
    stack = children.get((), [])[::-1]
    while stack:
        names = stack.pop()
        ordered.append(names)
        stack += children.get(names, [])[::-1]
    return ordered, parents


def worth_alone(variants: Sequence[Names], *, alike: bool = False) -> frozenset[str]:
    """Give the parts that are asked for alone anyway, or are in so many variants that answering them alone may save more.

    Of variants that are alike, only the first: they start so well that the others would cost more than they save (caspian: a
    third more time, to leave out every thirtieth history).
    """
    single = {names[0] for names in variants if len(names) == 1}
    if alike:
        return frozenset(single)
    count = Counter(name for names in variants if len(names) > 1 for name in names)
    return frozenset(single | {name for name, n in count.items() if n > 2})
