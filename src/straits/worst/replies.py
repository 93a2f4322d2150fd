"""The worst attack on something that the best reply does not itself maximise: every different reply is looked at.

Closing what a reply does not use leaves the reply optimal, so only assets that a reply uses are worth closing next. The tree
that branches on them, first closing an asset and then never, meets every reply that some attack can bring about. Its branches
do not know of each other: they are divided among workers, and what was answered before is not answered again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from straits.engine.cold import drawn
from straits.engine.executors import Executors, Progress, do_all, with_progress
from straits.engine.foresight.settled import wish_after
from straits.engine.reduction import Reduction
from straits.engine.store import Store, StoreError
from straits.engine.variant import combine
from straits.errors import SolveError
from straits.lp import Answer, Status
from straits.lp.certificate import only_tighter, still_optimal
from straits.lp.parts.parted import Bases
from straits.lp.patch import Patch
from straits.lp.tolerance import ON, SAME
from straits.worst.oracle import bits
from straits.worst.question import Question

#: Seconds between two writings of what was answered.
_WRITE = 1.0
#: The attacks on the way to a branch, from none on, and the assets (bits) that are never closed from there on.
_Piece = tuple[tuple[int, ...], int]
#: What is stored of a reply.
_MEASURES = ("value", "cost")


class Node(NamedTuple):
    """The reply to an attack: what remains, the minimised cost (infinite if nothing is feasible), and the assets (bits) that it
    does not need."""

    value: float
    cost: float
    idle: int


@dataclass
class Replies:
    """Every different reply to the attacks of a budget.

    Attributes
    ----------
    nodes : dict of int to Node
        Attack (bits) to its reply; each other attack within the budget has the reply of one of these with fewer assets.
    complete : bool
        Whether all were met before the time was used up.
    solves, stored : int
        Replies that were solved, and that were found in the store.
    seconds : float
    """

    nodes: dict[int, Node] = field(default_factory=dict)
    complete: bool = True
    solves: int = 0
    stored: int = 0
    seconds: float = 0.0


def all_replies(
    question: Question,
    budget: float,
    *,
    seconds: float = np.inf,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
) -> Replies:
    """Meet every reply that an attack within the budget can bring about.

    Parameters
    ----------
    question : Question
    budget : float
    seconds : float
        Time after which the search stops.
    workers, executor, store, progress
        As in `straits.engine.solve_many`; progress counts branches.
    check : int
        How many replies of the store, drawn at random, are solved again.

    Raises
    ------
    StoreError
        If answers cannot be written, or one of the store is not that of the question.
    """
    began, kept = time.perf_counter(), None
    known: dict[int, Node] = {}
    if store is not None:
        kept = Store(store, _meaning(question, budget), _MEASURES)
        known = dict(_read(store, key, numbers) for key, (_, _, numbers) in kept.read().items())
    tree = _Tree(question, budget, time.time() + seconds, known, kept)
    root = tree.here.node((0,), 0)
    found = Replies({0: root})
    pieces = [((0, attack), forbidden) for attack, forbidden in tree.children(0, 0, root)]
    paths: dict[int, _Piece] = {0: ((0,), 0)} if 0 in known else {}
    for branch in with_progress(do_all(tree, pieces, workers, executor), len(pieces), progress):
        found.nodes |= branch.nodes
        found.complete &= branch.complete
        paths |= branch.paths
        if kept is not None:
            kept.write(branch.rows)
    if kept is not None:
        kept.write(tree.here.rows)
    found.stored, found.solves = len(paths), len(found.nodes) - len(paths)
    # Drawn anew each time, as of every store.
    for attack in drawn(paths, check, np.random.default_rng()):
        tree.here.compare(paths[attack], known[attack])
    found.seconds = time.perf_counter() - began
    return found


def _meaning(question: Question, budget: float) -> str:
    """Fingerprint of all that a reply, and where the tree goes on from it, rest on."""
    told = (question.model.hash, question.model.case.hash, [p.key for p in question.patches], question.weights, budget,
            question.objective, question.target)  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _read(store: str | Path, key: str, numbers: Sequence[float]) -> tuple[int, Node]:
    """Read a row of a store: an attack and its reply."""
    try:
        attack, idle = (int(part, 16) for part in key.split())
        value, cost = numbers
    except ValueError as error:
        raise StoreError(
            f"store {store}: {key!r} is no reply ({error}); name another folder, or remove it"
        ) from None
    return attack, Node(value, cost, idle)


class _Stop(Exception):
    pass


class _Branch(NamedTuple):
    """What a branch gives: its replies, the way to those of the store, whether it was met whole, rows that are not stored yet."""

    nodes: dict[int, Node]
    paths: dict[int, _Piece]
    complete: bool
    rows: list[tuple[Any, ...]]


class _Tree:
    """Work (see `straits.engine.executors`) whose pieces are branches."""

    def __init__(
        self, question: Question, budget: float, deadline: float, known: dict[int, Node], kept: Store | None
    ) -> None:
        self.question, self.budget, self.deadline, self.known = question, budget, deadline, known
        self.shared = kept.shared() if kept is not None else None
        self.here = _Walk(self, kept)

    def __getstate__(self) -> dict[str, Any]:
        """Travel without a solver."""
        return {name: value for name, value in self.__dict__.items() if name != "here"}

    def begin(self, *, away: bool) -> Callable[[_Piece], _Branch]:
        """Give what meets a branch."""
        if not away:
            return self.here.branch
        return _Walk(self, self.shared.opened() if self.shared is not None else None).branch

    def closed(self, attack: int) -> Patch | None:
        """Give the patch of an attack."""
        q = self.question
        return combine(q.model, [q.patches[i] for i in bits(attack)]) if attack else None

    def free(self, attack: int, forbidden: int) -> Iterator[int]:
        """Give the assets (bits) that may be closed besides."""
        weights = self.question.weights
        spent = sum(weights[i] for i in bits(attack))
        for i, weight in enumerate(weights):
            if not (attack | forbidden) >> i & 1 and spent + weight <= self.budget + ON:
                yield 1 << i

    def children(self, attack: int, forbidden: int, node: Node) -> Iterator[tuple[int, int]]:
        """Give the attacks that close one asset more, and what they never close: the assets of those before."""
        for bit in self.free(attack, forbidden):
            if not node.idle & bit:
                yield attack | bit, forbidden
                forbidden |= bit


class _Walk:
    """Walks through branches with one solver.

    Every reply starts from where that of the attack before it ended, and of equally good plans and prices a rule chooses one: so
    accounts depend neither on who solves it, nor on what was solved or stored before.
    """

    def __init__(self, tree: _Tree, kept: Store | None) -> None:
        self.tree, self.kept = tree, kept
        self.rows: list[tuple[Any, ...]] = []
        q = tree.question
        # Of what the reply itself maximises nothing is chosen: all that are as good are worth the same.
        wish = wish_after(q.model) if q.objective == "account" else None
        self._reduction = Reduction(q.model, q.patches, whole=True, wish=wish)
        self._session = self._reduction.session
        self._written = time.perf_counter()
        #: Plans of the attacks on the way to the present one.
        self._plans: dict[tuple[int, ...], tuple[Answer, Bases, Bases]] = {}

    def branch(self, piece: _Piece) -> _Branch:
        """Meet all replies of a branch."""
        nodes: dict[int, Node] = {}
        paths: dict[int, _Piece] = {}
        left, complete = [piece], True
        try:
            while left:
                path, forbidden = left.pop()
                attack = path[-1]
                if attack in self.tree.known:
                    paths[attack] = path, forbidden
                nodes[attack] = node = self.node(path, forbidden)
                below = [((*path, a), f) for a, f in self.tree.children(attack, forbidden, node)]
                left += below[::-1]
        except _Stop:
            complete = False
        rows, self.rows = self.rows, []
        return _Branch(nodes, paths, complete, rows)

    def node(self, path: tuple[int, ...], forbidden: int) -> Node:
        """Give the reply to the last attack of a path, from the store if it is there."""
        tree, attack = self.tree, path[-1]
        if attack in tree.known:
            return tree.known[attack]
        if attack and time.time() > tree.deadline:
            raise _Stop
        node, answer = self._solved(path, forbidden)
        self.rows.append(
            (f"{attack:x} {node.idle:x}", str(answer.status), "solved", answer.iterations, 0.0, node[:2])
        )
        if self.kept is not None and time.perf_counter() - self._written > _WRITE:
            self.kept.write(self.rows)
            self.rows, self._written = [], time.perf_counter()
        return node

    def compare(self, piece: _Piece, node: Node) -> None:
        """Solve an attack of the store again, and refuse the store if it says something else."""
        found, _ = self._solved(*piece)
        near = (
            a == b or abs(a - b) <= SAME * max(1.0, abs(b)) for a, b in zip(node[:2], found[:2], strict=True)
        )
        if not all(near) or node.idle != found.idle:
            names = [self.tree.question.names[i] for i in bits(piece[0][-1])]
            raise StoreError(
                f"closing {', '.join(names) or 'nothing'}: the store says {tuple(node)!r}, and solving it says {tuple(found)!r}. "
                "The store was changed or damaged, and nothing of it is used: name another folder, or remove it"
            )

    def _solved(self, path: tuple[int, ...], forbidden: int) -> tuple[Node, Answer]:
        tree, attack = self.tree, path[-1]
        answer, _, _ = self._plan(path)
        here, idle, model = tree.closed(attack), 0, tree.question.model
        for bit in tree.free(attack, forbidden):
            after = tree.closed(attack | bit)
            assert after is not None
            if answer.status == Status.OPTIMAL:
                same = still_optimal(model, answer, here, after)
            else:
                same = only_tighter(model, here, after)
            idle |= bit * same
        return Node(*self._numbers(answer), idle), answer

    def _numbers(self, answer: Answer) -> tuple[float, float]:
        if answer.status != Status.OPTIMAL:
            return -np.inf, np.inf
        return self.tree.question.read(answer), float(answer.value)

    def _plan(self, path: tuple[int, ...]) -> tuple[Answer, Bases, Bases]:
        """Solve the last attack of a path from where the one before it ended; give the reply that is told, the basis that was
        found, and that of the plan which is told."""
        patch = self.tree.closed(path[-1])
        if patch is None:
            return self._reduction.answer, self._reduction.basis, self._reduction.chosen
        if path not in self._plans:
            before, start, chosen = self._plan(path[:-1])
            self._plans = {way: plan for way, plan in self._plans.items() if path[: len(way)] == way}
            self._session.take(patch)
            if before.status == Status.OPTIMAL:
                self._session.start_from(start)
                answer = self._session.run()
            else:
                answer = self._session.run_cold()
            if answer.status not in (Status.OPTIMAL, Status.INFEASIBLE):
                names = [self.tree.question.names[i] for i in bits(path[-1])]
                raise SolveError(f"the best reply to {names} ends {answer.status}{answer.told}")
            basis = start
            if answer.status == Status.OPTIMAL:
                basis = self._session.basis()
                answer, chosen = self._reduction.settled(answer, chosen)
            self._plans[path] = answer, basis, chosen
        return self._plans[path]
